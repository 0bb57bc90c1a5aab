"""aggregator: one steady, clean stream of a region's news.

The flow is told in `pipelines/` as an order and here as rooms; `records.py`
has every record that moves, in the order in which it moves.
"""

__version__ = "0.1.0"
