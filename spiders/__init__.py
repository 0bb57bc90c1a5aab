"""How pages come in: one thin spider for each way.  What to ask and when is decided in `aggregator/`."""
