"""Opening the store of a place: the one spot that knows which class keeps it."""

from __future__ import annotations

from pathlib import Path

from aggregator.errors import StoreUnavailable
from aggregator.store.places import Place
from aggregator.store.runs import SqlStore
from aggregator.store.sqlite import SqliteStore


def open_store(place: Place) -> SqlStore:
    """The store at a place, made where there is none; raises StoreUnavailable where it cannot be opened."""
    if isinstance(place, Path):
        return SqliteStore(place)
    try:
        from aggregator.store.postgres import PostgresStore  # an extra: nobody else loads it
    except ImportError as error:
        raise StoreUnavailable(
            f"a store on PostgreSQL needs more ({error}): install regional-news-aggregator[postgres]"
        ) from error
    return PostgresStore(place)
