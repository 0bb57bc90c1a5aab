"""Full text on PostgreSQL: a `tsvector` of each article in a GIN index
(https://www.postgresql.org/docs/current/textsearch.html).

The words are folded and parted before they come here, so no parser, dictionary or locale of the server has a say: the
vector is written out, word by word with its places.  Marks begin with a slash, which no word has.
"""

from __future__ import annotations

from collections.abc import Sequence

from aggregator.store.connection import Connection, Row
from aggregator.store.wordlists import HEADLINE_WEIGHT, Asked, Columns

LAST_PLACE = 16_383
"""The highest place of a word that a vector can tell; what stands behind it is found, but in no phrase."""

MOST_PLACES = 255
"""Places of one word that a vector can tell."""

MOST_BYTES = 900_000
"""Of a vector's megabyte: words beyond it are not found.  A text has to be longer than any novel for that."""

_GAP = 2
"""Between headline and text, so that no phrase reaches over."""

_WEIGHTS = f"{{{1 / HEADLINE_WEIGHT:.4f}, 0, 0, 1}}"
"""Of words in the text (D) and in the headline (A), as `ts_rank_cd` takes them."""


def put(connection: Connection, number: int, article: Columns) -> None:
    """Puts an article's words in, under its number."""
    connection.run(
        "INSERT INTO words (number, vector) VALUES (:number, CAST(:vector AS tsvector))",
        {"number": number, "vector": vector(article)},
    )


def take_out(connection: Connection, number: int, article: Columns) -> None:  # noqa: ARG001 - SQLite needs it
    """Takes out what `put` was given for this number."""
    connection.run("DELETE FROM words WHERE number = :number", {"number": number})


def matching(connection: Connection, asked: Asked, limit: int) -> Sequence[Row]:
    """Articles with all that is asked for, the newest first: number, id, root, score."""
    score = "ts_rank_cd(:weights, found.vector, CAST(:words AS tsquery), 1)" if asked.phrases else "0.0"
    values: dict[str, object] = {"expression": expression(asked), "limit": limit, **asked.values}
    if asked.phrases:
        values |= {"words": _words(asked), "weights": _WEIGHTS}
    # Ranked outside: only what is within the limit is unpacked for it.
    return connection.rows(
        f"SELECT number, id, root, {score} AS score FROM ("  # noqa: S608 - constants
        " SELECT a.first_seq AS number, a.id, a.root, words.vector FROM words"
        " JOIN articles AS a ON a.first_seq = words.number"
        f" WHERE words.vector @@ CAST(:expression AS tsquery) AND words.number < :below {asked.spans}"
        " ORDER BY words.number DESC LIMIT :limit) AS found ORDER BY number DESC",
        values,
    )


def vector(article: Columns) -> str:
    """What is indexed of an article, as PostgreSQL reads a `tsvector`."""
    places: dict[str, list[str]] = {f"/{mark}": [] for mark in article.marks}
    size = sum(map(len, places))
    begins = len(article.headline) + _GAP
    weighted = [*((at, word, "A") for at, word in enumerate(article.headline, 1))]
    weighted += ((at, word, "") for at, word in enumerate(article.body, begins))
    for at, word, weight in weighted:
        own = places.get(word)
        if own is None:
            size += len(word.encode("utf-8", "replace")) + 4  # and what its first place and the gap before it take
            if size > MOST_BYTES:
                break
            own = places[word] = []
        if len(own) < MOST_PLACES:
            size += 2
            own.append(f"{min(at, LAST_PLACE)}{weight}")
    return " ".join(f"{_quoted(word)}:{','.join(own)}" if own else _quoted(word) for word, own in places.items())


def expression(asked: Asked) -> str:
    """What is asked for, as PostgreSQL reads a `tsquery`."""
    parts = [_words(asked)] if asked.phrases else []
    parts += [_quoted(f"/{mark}") for mark in asked.marks]
    if asked.days:
        parts.append(f"({' | '.join(_quoted(f'/{day}') for day in asked.days)})")
    return " & ".join(parts)


def _words(asked: Asked) -> str:
    return " & ".join(f"({' <-> '.join(map(_quoted, phrase))})" for phrase in asked.phrases)


def _quoted(word: str) -> str:
    return f"'{word}'"  # letters and figures alone: no quote in them
