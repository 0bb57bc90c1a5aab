"""Where a store is: a path is a SQLite file, an address that begins with `postgresql://` a PostgreSQL database."""

from __future__ import annotations

import re
from pathlib import Path

Place = Path | str
"""A SQLite file, or the address of a PostgreSQL database."""

SCHEMES = ("postgresql://", "postgres://")

_PASSWORD = re.compile(r"(?<=://)([^/?#@:]*):[^/?#]*@")
_GIVEN = re.compile(r"([?&](?:ssl)?password=)[^&]*")


def place_of(words: str) -> Place:
    """The place that is meant by what was typed."""
    return words if words.startswith(SCHEMES) else Path(words)


def there(place: Place) -> bool:
    """Whether something may have been collected there: a file that exists; of a server nobody is asked."""
    return place.exists() if isinstance(place, Path) else True


def masked(place: Place) -> str:
    """A place as it may stand in a message or a log: without its password."""
    return _GIVEN.sub(r"\1***", _PASSWORD.sub(r"\1:***@", str(place)))
