"""Store: what is true now, in SQL.

Keeps the durable frontier, poll states, articles, relations, the log, and every decision with its reason.  Decides
nothing: where a transaction needs a decision in its middle, the caller hands in a pure function.
`interface.py` is the promise; `sqlite.py` and its neighbours keep it on SQLite.
"""

from aggregator.store.frontier import NOT_FETCHED
from aggregator.store.interface import (
    Follow,
    Hosts,
    Placements,
    PollOutcome,
    Settled,
    Store,
    StoredPlacement,
    StoryFilter,
    Tally,
)
from aggregator.store.sqlite import SqliteStore

__all__ = [
    "NOT_FETCHED",
    "Follow",
    "Hosts",
    "Placements",
    "PollOutcome",
    "Settled",
    "SqliteStore",
    "Store",
    "StoredPlacement",
    "StoryFilter",
    "Tally",
]
