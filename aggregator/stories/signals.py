"""What an article is about, as far as it can be counted: words, names as they sound, numbers, places.

Terms are compared within one language, anchors across all.  Both are hashed, and weighted later, by how rare they are
in the stream (`rarity.py`); nothing here depends on other articles.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

import numpy as np
import numpy.typing as npt

from aggregator.compiled import twin
from aggregator.stories.places import LONGEST
from aggregator.stories.reading import CAPITAL, NUMBER, OPENS, SILENT, Read, Words, hashed, pairs_of, words_of
from aggregator.stories.tally import Hashes, Numbers
from aggregator.text import fold

TITLE = 3.0
"""What a headline's word counts, a body's being one."""

LEAD = 1.5
"""What a word of the first `LEAD_WORDS` words counts: news tells first what happened."""

LEAD_WORDS = 40

READ_WORDS = 220
"""Words of a body that are looked at: what is further down is background."""

READ_LETTERS = 2_400
"""Letters of a body that are looked at, whatever its words."""

TITLE_WORDS = 100
"""Words of a headline that are looked at."""

UNSPACED_LETTERS = 600
"""Letters of a body that are looked at where words are not parted by spaces."""

WORDING_WORDS = 120
"""Words of whose runs of three the wording is sampled."""

WORDING = 20
"""Runs that are kept of an article: those with the lowest hashes, so that two articles keep the same ones."""

Vectors = npt.NDArray[np.float32]
"""Rows of numbers, one for each text; or one such row."""

TERM, NAMED, TITLED = 1, 2, 4
"""Marks of a feature: a term, not an anchor; a name or number of the headline or the lead; one of the headline."""

TITLE_NUMBERS = 4
"""Numbers of a headline that are kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """An article as it is placed: what a journal's line or any other collection of news can tell."""

    id: str
    language: str
    """BCP 47, or "und"; only articles of one language are compared by their words"""
    headline: str
    text: str = ""
    published: datetime
    source: str = ""
    country: str = ""
    duplicate_of: str | None = None
    """the article that it is a copy of, which was placed before"""
    links: tuple[str, ...] = ()
    """ids of known articles that its publisher points to (read_more, related, also_read)"""
    vector: Vectors | None = field(default=None, compare=False, repr=False)
    """what a model says of its meaning, where there is one (`models.py`)"""


@dataclass(frozen=True, slots=True)
class Signals:
    """What is counted of one article."""

    language: str
    source: str
    features: Hashes
    """terms, then anchors, in the order in which they come first"""
    terms: int
    """how many of them are terms"""
    counts: Numbers
    marks: npt.NDArray[np.uint8]
    first: npt.NDArray[np.int64]
    """where each feature comes first"""
    read: Read
    """the article's words as they were counted"""
    pairs: list[str]
    """pairs of letters, which were counted after them"""
    numbers: Hashes
    """numbers of the headline"""
    wording: Hashes

    def told(self, places: Sequence[int]) -> list[str]:
        """What was counted in these places, for people to read; to be asked before the next article is counted."""
        texts, words = words_of(self.language).texts, len(self.read)
        return [texts[self.read[place]] if place < words else self.pairs[place - words] for place in places]


def signals(item: Item) -> Signals:
    """Counts an article."""
    language = item.language.replace("_", "-").split("-")[0].lower() or "und"
    words = words_of(language)
    words.tidy()
    text = item.text if len(item.text) <= READ_LETTERS else item.text[:READ_LETTERS]
    title, body = words.of(item.headline, TITLE_WORDS), words.of(text, READ_WORDS)
    found = _Found(words, title, body)
    if words.places.unspaced:
        found.unspaced(fold(item.headline), TITLE)
        found.unspaced(fold(item.text[:UNSPACED_LETTERS]), 1.0)
    features, counts, marks, first = found.counted()
    head = found.table[: len(title)]
    numbered = (head[:, 5] & NUMBER).nonzero()[0]
    numbers = sorted(set(head[numbered, 1].tolist()))[:TITLE_NUMBERS] if numbered.size else []
    return Signals(
        language=language,
        source=item.source,
        features=features,
        terms=int(np.count_nonzero(marks & TERM)),
        counts=1 + np.log(counts),
        marks=marks,
        first=first,
        read=found.read,
        pairs=found.pairs,
        numbers=np.array(numbers, np.uint32),
        wording=wording(found.order(), WORDING),
    )


class _Found:
    """The words of one article, with the weight of where they stand."""

    def __init__(self, words: Words, title: Read, body: Read) -> None:
        self.words, self.read = words, np.concatenate([title, body])
        table = words.table.take(self.read, axis=0)
        self.running = len(title) if len(body) else 0
        cased = bool((table[self.running :, 5] & CAPITAL).any())
        if not cased and (table[:, 5] & SILENT).any():
            for number in set(self.read[(table[:, 5] & SILENT) > 0].tolist()):
                words.sounds(number)
            table = words.table.take(self.read, axis=0)
        self.table = table
        self.titled, self.leading = len(title), len(title) + LEAD_WORDS
        self.cased = cased
        self.places: list[tuple[int, float]] = []
        self.pairs: list[str] = []
        self.pair_hashes: list[int] = []
        self.pair_weights: list[float] = []
        if not words.places.unspaced:
            self._long_places(0, self.titled, TITLE)
            self._long_places(self.titled, self.leading, LEAD)

    def _long_places(self, start: int, end: int, weight: float) -> None:
        """Counts the places whose names have several words."""
        opening = (self.table[start:end, 5] & OPENS).nonzero()[0]
        if opening.size:
            texts = self.words.texts
            codes = {
                code
                for place in opening.tolist()
                if (
                    code := self.words.places.longest(
                        [texts[number] for number in self.read[start + place : min(end, start + place + LONGEST + 1)]]
                    )
                )
            }
            self.places.extend((hashed(f"@{code}"), weight) for code in sorted(codes))

    def unspaced(self, folded: str, weight: float) -> None:
        """Counts pairs of letters, and the places, of a text without spaces between words."""
        pairs, hashes = pairs_of(folded)
        self.pairs += pairs
        self.pair_hashes += hashes
        self.pair_weights += [weight] * len(pairs)
        self.places.extend((hashed(f"@{code}"), weight) for code in self.words.places.of_text(folded))

    def counted(self) -> tuple[Hashes, Numbers, npt.NDArray[np.uint8], npt.NDArray[np.int64]]:
        """Features, what each counts, their marks, and where each comes first."""
        return counted(
            self.table,
            self.titled,
            self.leading,
            self.running,
            self.cased,
            np.array(self.pair_hashes, np.uint32),
            np.array(self.pair_weights, np.float32),
            np.array([code for code, _ in self.places], np.uint32),
            np.array([weight for _, weight in self.places], np.float32),
            TITLE,
            LEAD,
        )

    def order(self) -> Hashes:
        """The words in their order, without those that say nothing."""
        stems = self.table[:, 0]
        order = stems[stems > 0][:WORDING_WORDS]
        if self.pairs and len(order) < WORDING_WORDS:
            order = np.concatenate([order, np.array(self.pair_hashes[: WORDING_WORDS - len(order)], np.uint32)])
        return order


@twin("aggregator.stories.loops")
def counted(
    table: Hashes,
    titled: int,
    leading: int,
    running: int,
    cased: bool,
    pairs: Hashes,
    pair_weights: Numbers,
    places: Hashes,
    place_weights: Numbers,
    title: float,
    lead: float,
) -> tuple[Hashes, Numbers, npt.NDArray[np.uint8], npt.NDArray[np.int64]]:
    """Each feature of an article once, in the order in which it comes first: what it counts, its marks, and where.

    `table` has the columns of the article's words, those of the headline before `titled`, those of the lead before
    `leading`; from `running` on it is seen which names are also written without a capital, where the text is `cased`.
    """
    weights = np.ones(len(table), np.float32)
    weights[:leading] = lead
    weights[:titled] = title
    stands = np.zeros(len(table), np.uint8)
    stands[:leading] = NAMED
    stands[:titled] = NAMED | TITLED
    named = _names(table, running, cased).nonzero()[0]
    second = named[table[named, 2] > 0]
    placed = table[:, 3].nonzero()[0]
    count, anchors = len(table) + len(pairs), len(table) + len(pairs) + len(named)
    features = np.concatenate([table[:, 0], pairs, table[named, 1], table[second, 2], table[placed, 3], places])
    summed = np.concatenate([
        weights, pair_weights, weights[named], weights[second], weights[placed], place_weights,
    ])  # fmt: skip
    marks = np.zeros(len(features), np.uint8)
    marks[:count] = TERM
    marks[count:anchors] = stands[named]
    marks[anchors : anchors + len(second)] = stands[second]
    return _summed(features, summed, marks)


def _names(table: Hashes, running: int, cased: bool) -> npt.NDArray[np.bool_]:
    """Which words are names: where a script has capitals, what is never written without one."""
    marks = table[:, 5]
    named = table[:, 1] > 0
    if cased:
        small = np.sort(table[running:][(marks[running:] & CAPITAL) == 0, 4])
        named &= (marks & (CAPITAL | NUMBER)) > 0
        if small.size:
            asked = table[:, 4]
            also_small = small.take(small.searchsorted(asked), mode="clip") == asked
            named &= ~also_small | ((marks & NUMBER) > 0)
    return named


def _summed(
    features: Hashes, weights: Numbers, marks: npt.NDArray[np.uint8]
) -> tuple[Hashes, Numbers, npt.NDArray[np.uint8], npt.NDArray[np.int64]]:
    """Each feature once, in the order in which it comes first; and where it does."""
    places = features.argsort(kind="stable")
    ordered = features[places]
    starts = np.empty(len(ordered), np.bool_)
    starts[:1] = ordered[:1] > 0  # nothing is hashed to 0: that is no feature
    np.not_equal(ordered[1:], ordered[:-1], out=starts[1:])
    begins = starts.nonzero()[0]
    if not begins.size:
        return features[:0], weights[:0], marks[:0], places[:0]
    summed = np.add.reduceat(weights[places], begins)
    marked = np.bitwise_or.reduceat(marks[places], begins)
    first = places[begins]
    rank = first.argsort()
    return ordered[begins][rank], summed[rank], marked[rank], first[rank]


@twin("aggregator.stories.loops")
def wording(order: Hashes, most: int) -> Hashes:
    """The lowest hashes of the runs of three words, at most so many."""
    if len(order) < 3:
        return np.zeros(0, np.uint32)
    runs = ((order[:-2] * np.uint32(31) + order[1:-1]) * np.uint32(31) + order[2:]) * np.uint32(2_654_435_761)
    runs.sort()
    new = np.empty(len(runs), np.bool_)
    new[0] = True
    np.not_equal(runs[1:], runs[:-1], out=new[1:])
    return runs[new][:most]
