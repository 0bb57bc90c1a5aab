"""Store: what is true now, in SQL.

Keeps the durable frontier, poll states, articles, relations, the log, and every decision with its reason.  Decides
nothing: where a transaction needs a decision in its middle, the caller hands in a pure function.
`interface.py` is the promise; `runs.py` and what it stands on keep it, on a connection to SQLite or PostgreSQL.
"""

from aggregator.store.copying import Copied, copy_store
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
from aggregator.store.opening import open_store
from aggregator.store.places import Place as StorePlace
from aggregator.store.places import masked, place_of, there
from aggregator.store.runs import SqlStore
from aggregator.store.sqlite import SqliteStore

__all__ = [
    "NOT_FETCHED",
    "Copied",
    "Follow",
    "Hosts",
    "Placements",
    "PollOutcome",
    "Settled",
    "SqlStore",
    "SqliteStore",
    "Store",
    "StorePlace",
    "StoredPlacement",
    "StoryFilter",
    "Tally",
    "copy_store",
    "masked",
    "open_store",
    "place_of",
    "there",
]
