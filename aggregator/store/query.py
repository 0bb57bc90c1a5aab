"""What a person typed into the search field, read: words, phrases, and `source: country: lang: region: after: before:`.

Nothing here knows a database; `search.py` turns a `Query` into what SQLite is asked.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from aggregator.text import fold, words

MOST_LETTERS = 400
"""Letters of a query that are read: more is no question."""

MOST_TERMS = 16
"""Words and phrases that are looked for."""

_PARTS = re.compile(r'(?:(\w+):)?(?:["“”«»„]([^"“”«»„]*)["“”«»„]?|(\S+))')
_NAMES = {
    "source": "source",
    "country": "country",
    "lang": "language",
    "language": "language",
    "region": "region",
    "after": "after",
    "since": "after",
    "before": "before",
    "until": "before",
}
_UNSPACED = re.compile(r"([\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff])")
"""Letters of scripts that put no space between words: each is a word of its own, and a word of them a phrase."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """Which articles are looked for; all that is given must hold."""

    phrases: tuple[tuple[str, ...], ...] = ()
    """folded words that stand side by side; a single word is a phrase of one"""
    source: str | None = None
    country: str | None = None
    language: str | None = None
    region: str | None = None
    after: datetime | None = None
    """published, or where that is unknown fetched, at this time or later"""
    before: datetime | None = None
    ignored: tuple[str, ...] = ()
    """what could not be read, for the person who typed it"""

    @property
    def empty(self) -> bool:
        """Whether nothing is asked for."""
        filters = (self.source, self.country, self.language, self.region, self.after, self.before)
        return not self.phrases and not any(filters)


def tokens(text: str) -> list[str]:
    """Words of a text as they are indexed and looked for: folded, unspaced scripts letter by letter."""
    found: list[str] = []
    folded = words(text)
    if (joined := "".join(folded)).isascii() and joined.isalnum():
        return folded  # most texts in Latin letters, of which nothing need be looked at word by word
    for word in folded:
        if word.isalnum() and (word.isascii() or not _UNSPACED.search(word)):
            found.append(word)
        else:
            found += _UNSPACED.sub(r" \1 ", word).replace("_", " ").split()
    return found


def parse(text: str) -> Query:
    """The query that `text` is; what it does not know is a word to be looked for, a date that is none is ignored."""
    phrases: list[tuple[str, ...]] = []
    filters: dict[str, str] = {}
    times: dict[str, datetime] = {}
    ignored: list[str] = []
    for name, quoted, bare in _PARTS.findall(text[:MOST_LETTERS]):
        value = quoted or bare
        meaning = _NAMES.get(fold(name)) if name else None
        if meaning in ("after", "before"):
            moment = day(value)
            if moment is None:
                ignored.append(f"{name}:{value}")
            else:
                times[meaning] = moment
        elif meaning and value:
            filters[meaning] = value.strip().lower()
        elif found := tuple(tokens(f"{name} {value}" if name else value)):
            phrases.append(found)
    return Query(
        phrases=tuple(phrases[:MOST_TERMS]),
        source=filters.get("source"),
        country=filters.get("country"),
        language=filters.get("language"),
        region=filters.get("region"),
        after=times.get("after"),
        before=times.get("before"),
        ignored=tuple(ignored),
    )


def day(text: str) -> datetime | None:
    """A year, month, day or time as a person types it, UTC unless it says a zone; None where it is none."""
    text = fold(text).upper()
    if re.fullmatch(r"\d{4}", text):
        text += "-01-01"
    elif re.fullmatch(r"\d{4}-\d{2}", text):
        text += "-01"
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    # Years at the ends of the calendar cannot be moved to another zone.
    return moment.astimezone(UTC) if timedelta(days=2) < moment - _FIRST < _SPAN else None


_FIRST = datetime(1, 1, 1, tzinfo=UTC)
_SPAN = datetime(9999, 12, 30, tzinfo=UTC) - _FIRST
