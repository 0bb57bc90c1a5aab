"""The state of the room as bytes, to go on from after a restart.

A mark, the version, a digest of what follows, a header in MessagePack, and the tables as they stand in memory, so that
the articles of two months come up in a moment.  Nothing in it is run: a file that somebody changed can give wrong
stories, never code, and one whose parts do not fit together is refused.
"""

from __future__ import annotations

import sys
from collections import deque
from dataclasses import dataclass
from hashlib import blake2b
from math import prod
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt

from aggregator.errors import StateError
from aggregator.stories import meaning_state, postings, tally
from aggregator.stories.meaning import Meaning
from aggregator.stories.options import Options
from aggregator.stories.postings import Postings
from aggregator.stories.rarity import Own, Rarity, Wordings
from aggregator.stories.signals import Signals
from aggregator.stories.tally import Tally
from aggregator.stories.weighing import ROW, Shelf
from aggregator.stories.window import Held, Open, Window

MARK = b"aggregator: stories\n"
VERSION = 3
"""Of the bytes and of what they mean: to be raised whenever articles are counted or weighed in another way."""

Table = Tally | Postings

LAST = 0xFFFFFFFF
"""Articles that can be numbered."""

_DIGEST = 16
_LENGTH = 8
_HEAD = len(MARK) + 2 + _DIGEST + _LENGTH
_COLUMNS = (np.uint32, np.float32, np.uint8, np.uint32, np.uint32)
"""Of signals: features, counts, marks, numbers, wording."""


@dataclass(frozen=True, slots=True)
class State:
    """What the room knows."""

    window: Window
    rarity: Rarity
    wordings: Wordings
    looks: deque[int]
    """numbers of the articles that get a second look, in order"""
    unsettled: dict[int, Signals]
    """what was counted of these"""


class _Waiting(msgspec.Struct, array_like=True):
    """An article that gets a second look."""

    number: int
    language: str
    source: str
    sizes: tuple[int, int, int, int]
    """how many features, terms among them, numbers and runs of words it has"""


class _Header(msgspec.Struct, array_like=True):
    """All but the tables."""

    options: str
    order: str
    """of the bytes of a number"""
    next: int
    clock: float
    held: list[tuple[str, int, str, str, str, str, float, tuple[str, ...], str, float, list[str]]]
    stories: list[tuple[str, list[int], int]]
    looks: list[int]
    waiting: list[_Waiting]
    articles_of: dict[str, float]
    sources: list[tuple[str, float]]
    tables: list[tuple[int, int]]
    """buckets and places taken: of words, of runs of words, of what articles are found by, then of each source"""
    meaning: meaning_state.Head | None = None
    """of the vectors, where a model is asked"""


def pack(state: State) -> bytes:
    """A state as bytes."""
    window, rarity = state.window, state.rarity
    own = rarity.sources.values()
    tables: list[Table] = [rarity.words, state.wordings.runs, window.postings, *(source.words for source in own)]
    rows = window.shelf.of(list(window.held))
    header = _Header(
        options=_digest_of(window.options),
        order=sys.byteorder,
        next=window.next,
        clock=window.clock,
        held=[
            (
                h.id,
                h.number,
                h.language,
                h.headline,
                h.source,
                h.country,
                h.published,
                h.words,
                h.story,
                h.score,
                h.copies,
            )
            for h in window.held.values()
        ],
        stories=[(story.id, story.members, story.audited) for story in window.stories.values()],
        looks=list(state.looks),
        waiting=[
            _Waiting(
                number,
                found.language,
                found.source,
                (found.features.size, found.terms, found.numbers.size, found.wording.size),
            )
            for number, found in state.unsettled.items()
        ],
        articles_of=rarity.articles_of,
        sources=[(name, source.articles) for name, source in rarity.sources.items()],
        tables=[(len(table.table), table.used) for table in tables],
    )
    vectors: meaning_state.Columns | tuple[()] = ()
    if window.meaning is not None:
        header.meaning, vectors = meaning_state.columns_of(window.meaning)
    encoded = msgspec.msgpack.encode(header)
    parts = [len(encoded).to_bytes(_LENGTH, "little"), encoded, rows.tobytes()]
    parts += [table.table.tobytes() for table in tables]
    for found in state.unsettled.values():
        columns = (found.features, found.counts, found.marks, found.numbers, found.wording)
        parts += [np.asarray(column, dtype).tobytes() for column, dtype in zip(columns, _COLUMNS, strict=True)]
    parts += [column.tobytes() for column in vectors]
    digest = blake2b(digest_size=_DIGEST)
    for part in parts:
        digest.update(part)
    return b"".join([MARK, VERSION.to_bytes(2, "little"), digest.digest(), *parts])


def unpack(data: bytes, options: Options) -> State:
    """The state that bytes hold; StateError where they are damaged, of another version, or made with other options."""
    if not data.startswith(MARK) or len(data) < _HEAD:
        raise StateError("this is no state of stories; place the articles again", reason="damaged")
    version = int.from_bytes(data[len(MARK) : len(MARK) + 2], "little")
    if version != VERSION:
        raise StateError(f"a state of version {version}, not {VERSION}; place the articles again", reason="version")
    body = memoryview(data)[len(MARK) + 2 + _DIGEST :]
    if blake2b(body, digest_size=_DIGEST).digest() != data[len(MARK) + 2 : len(MARK) + 2 + _DIGEST]:
        raise StateError("the state of stories is damaged; place the articles again", reason="damaged")
    try:
        size = int.from_bytes(body[:_LENGTH], "little")
        header = msgspec.msgpack.decode(body[_LENGTH : _LENGTH + size], type=_Header)
        if header.options != _digest_of(options) or header.order != sys.byteorder:
            raise StateError("the state was made with other options; place the articles again", reason="options")
        return _restored(header, _Tables(body[_LENGTH + size :]), options)
    except (msgspec.MsgspecError, ValueError, LookupError, TypeError, OverflowError) as error:
        raise StateError(f"the parts of the state do not fit together: {error}", reason="damaged") from error


class _Tables:
    """The tables behind the header, one after the other."""

    def __init__(self, body: memoryview) -> None:
        self._body, self._at = body, 0

    def take(self, dtype: npt.DTypeLike, *shape: int) -> npt.NDArray[Any]:
        """The next table; ValueError where there are not so many bytes."""
        if any(size < 0 for size in shape):
            raise ValueError(f"a table of size {shape}")
        count = prod(shape)
        found = np.frombuffer(self._body, dtype, count, self._at) if count else np.zeros(0, dtype)
        self._at += count * found.dtype.itemsize
        return found.reshape(shape).copy()

    def done(self) -> None:
        """ValueError where something is left."""
        if self._at != len(self._body):
            raise ValueError(f"{len(self._body) - self._at} bytes too many")


def _restored(header: _Header, tables: _Tables, options: Options) -> State:
    window, rarity, wordings = Window(options), Rarity(), Wordings()
    window.next, window.clock = header.next, header.clock
    rows = tables.take(ROW, len(header.held))
    _fill(window, header, rows)
    rarity.articles_of = header.articles_of
    rarity.sources = {name: Own(articles) for name, articles in header.sources}
    kept: list[Table] = [rarity.words, wordings.runs, window.postings, *(own.words for own in rarity.sources.values())]
    for (buckets, used), table in zip(header.tables, kept, strict=True):
        if not 0 < buckets <= table.most or buckets & (buckets - 1):
            raise ValueError(f"a table of {buckets} buckets")
        ways = postings.WAYS if table is window.postings else tally.WAYS
        table.hold(tables.take(np.uint32, buckets, 2, ways), used)
    unsettled = {}
    for waiting in header.waiting:
        features, terms, numbers, wording = waiting.sizes
        if not 0 <= terms <= features:
            raise ValueError(f"{terms} terms of {features} features")
        sizes = (features, features, features, numbers, wording)
        columns: list[Any] = [tables.take(dtype, count) for dtype, count in zip(_COLUMNS, sizes, strict=True)]
        unsettled[waiting.number] = Signals(
            language=waiting.language,
            source=waiting.source,
            features=columns[0],
            terms=terms,
            counts=columns[1],
            marks=columns[2],
            first=np.zeros(0, np.int64),
            read=np.zeros(0, np.int32),
            pairs=[],
            numbers=columns[3],
            wording=columns[4],
        )
    if header.meaning is not None:
        window.meaning = _vectors(header.meaning, tables)
    tables.done()
    if sorted(unsettled) != sorted(header.looks):
        raise ValueError("second looks at articles of which nothing was counted")
    return State(window, rarity, wordings, deque(header.looks), unsettled)


def _vectors(head: meaning_state.Head, tables: _Tables) -> Meaning:
    numbers, spoken, steps = meaning_state.COLUMNS
    columns = (
        tables.take(numbers, head.count),
        tables.take(spoken, head.count),
        tables.take(steps, head.count, head.dimensions),
    )
    return meaning_state.restored(head, columns)


def _fill(window: Window, header: _Header, rows: npt.NDArray[Any]) -> None:
    """Puts the articles and stories into a window."""
    first = header.next - len(header.held)
    if first < 0 or header.next >= LAST:
        raise ValueError(f"the next article's number is {header.next}")
    for number, columns in enumerate(header.held, first):
        held = Held(*columns)
        if held.number != number:
            raise ValueError(f"article {held.number} stands in the place of {number}")
        window.held[number] = held
        window.numbers[held.id] = number
        for copy in held.copies:
            window.copies[copy] = held.id
    window.shelf = Shelf(1 << max(8, len(header.held).bit_length()))
    numbers = np.arange(first, header.next)
    window.shelf.rows[numbers & (len(window.shelf.rows) - 1)] = rows
    for name, members, audited in header.stories:
        window.stories[name] = Open(name, members, audited)
        if not members or any(window.held[number].story != name for number in members):
            raise ValueError(f"story {name} and its articles do not agree")
    if sum(len(story.members) for story in window.stories.values()) != len(window.held):
        raise ValueError("articles that stand in no story, or in two")


def _digest_of(options: Options) -> str:
    told = repr(sorted((name, getattr(options, name)) for name in Options.__dataclass_fields__))
    return blake2b(told.encode(), digest_size=8).hexdigest()
