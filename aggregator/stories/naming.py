"""What two articles share, in the newcomer's own words, and which of it decides.

Rows have hashes; what they stand for is known of the article that is placed, as long as its text is at hand.  What
would have changed a decision is not guessed: the known article is taken without some of what is shared, or with some
of what it lacks, and compared again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from aggregator.stories.likeness import Likeness, again
from aggregator.stories.options import Options
from aggregator.stories.places import places_of
from aggregator.stories.reading import hashed, words_of
from aggregator.stories.signals import NAMED, TITLED, Signals
from aggregator.stories.weighing import KEPT, KEPT_TERMS, Rows

MOST = 5
"""Words, and names, that are told of a pair; and how many of them may decide."""


@dataclass(frozen=True, slots=True)
class Shared:
    """What an article has in common with another, the heaviest first."""

    words: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    """names as they sound, numbers and places"""
    own: tuple[str, ...] = ()
    """names and numbers of its headline and lead that the other does not have, or not among its heaviest"""
    linked: bool = False
    """whether a publisher has linked the two"""


@dataclass(frozen=True, slots=True)
class Member:
    """An article of a story, and how like it the newcomer is."""

    row: Rows
    like: Likeness
    linked: bool
    """whether a publisher has linked the two"""


@dataclass(frozen=True, slots=True)
class _Unit:
    """A word with all that is counted of it: its stem, its sound, the place that it names."""

    text: str
    name: bool
    stands: bool
    """in the headline or the lead"""
    features: tuple[int, ...]
    """places in the newcomer's row"""


class Naming:
    """The features of one article, by the words that they come from.  To be asked before the next one is counted."""

    def __init__(self, found: Signals, row: Rows, options: Options) -> None:
        """Takes what was counted of an article, and its row."""
        self._row, self._options = row, options
        self._features: list[int] = row["features"][0].tolist()
        self._texts = _texts(found, self._features)
        self._standing = ((row["marks"][0] & NAMED) > 0).tolist()
        self._own = self._units(self._products(row))

    def shared(self, other: Rows, *, linked: bool) -> Shared:
        """What it has in common with the article of another row, and what it has alone."""
        units = self._units(self._products(other))
        common = {unit.text for unit in units}
        return Shared(
            tuple([unit.text for unit in units if not unit.name][:MOST]),
            tuple([unit.text for unit in units if unit.name][:MOST]),
            tuple([unit.text for unit in self._own if unit.stands and unit.text not in common][:MOST]),
            linked,
        )

    def decisive(self, story: Sequence[Member], enough: float) -> tuple[str, ...]:
        """The fewest of the heaviest words in common without which it would not belong to a story, together.

        `story` has the members that it was compared with, the nearest first, and `enough` is the score that it needed.
        None where more than `MOST` words would have to go.
        """
        units = self._units(self._products(story[0].row))[:MOST]
        scores = self._scores(story, units, self._without)
        return next((_told(units[: at + 1]) for at, score in enumerate(scores) if score < enough), ())

    def missing(self, story: Sequence[Member], enough: float) -> tuple[str, ...]:
        """The fewest of its heaviest words that a story would have needed, too, for it to belong there.

        None where more than `MOST` words would be needed.
        """
        nearest = story[0].row
        common = {unit.text for unit in self._units(self._products(nearest))}
        across = bool(nearest["language"][0] != self._row["language"][0])
        units = [unit for unit in self._own if unit.text not in common and (unit.name or not across)][:MOST]
        scores = self._scores(story, units, self._beside)
        return next((_told(units[: at + 1]) for at, score in enumerate(scores) if score >= enough), ())

    def _scores(
        self, story: Sequence[Member], units: list[_Unit], change: Callable[[Rows, list[_Unit]], None]
    ) -> list[float]:
        """Its scores with a story whose members are changed by the first word, by the first two, and so on."""
        if not units:
            return []
        count = len(units)
        rows = np.concatenate([member.row for member in story for _ in units])
        for at in range(len(story)):
            change(rows[at * count : (at + 1) * count], units)
        _sum(rows)
        likes, linked = [m.like for m in story for _ in units], [m.linked for m in story for _ in units]
        scores = again(self._row, rows, likes, linked, self._options).reshape(-1, count)
        share = self._options.best_share
        of_story: list[float] = (share * scores.max(0) + (1 - share) * scores.mean(0)).tolist()
        return of_story

    def _without(self, rows: Rows, units: list[_Unit]) -> None:
        """Takes words from an article's rows: one from the first, two from the second, and so on."""
        stands = {feature: place for place, feature in enumerate(rows["features"][0].tolist())}
        features, weights = rows["features"], rows["weights"]
        for count, unit in enumerate(units):
            for place in unit.features:
                there = stands.get(self._features[place])
                if there is not None:
                    features[count:, there] = weights[count:, there] = 0

    def _beside(self, rows: Rows, units: list[_Unit]) -> None:
        """Gives an article's rows words, with the same weights, in the place of its lightest other ones."""
        held, common = rows["features"][0].tolist(), set(self._features)
        free = [[place for place in part if held[place] not in common] for part in (_TERMS, _ANCHORS)]
        for count, unit in enumerate(units):
            for place in unit.features:
                room = free[place >= KEPT_TERMS]
                if self._features[place] not in held and room:
                    there = room.pop()
                    for name in ("features", "weights", "marks"):
                        rows[name][count:, there] = self._row[name][0, place]

    def _products(self, other: Rows) -> list[float]:
        """What each feature that both have adds to the likeness of words, or of names, weighed against each other."""
        of = dict(zip(other["features"][0].tolist(), other["weights"][0].tolist(), strict=True))
        theirs = np.array([of.get(feature, 0.0) for feature in self._features])
        products = self._row["weights"][0] * theirs
        if other["language"][0] == self._row["language"][0]:
            share = self._options.names_share
        else:
            share = 1 - self._options.words_across
        products[:KEPT_TERMS] *= (1 - share) / float(self._row["terms_norm"][0] * other["terms_norm"][0])
        products[KEPT_TERMS:] *= share / float(self._row["anchors_norm"][0] * other["anchors_norm"][0])
        counts: list[float] = products.tolist()
        return counts

    def _units(self, counts: list[float]) -> list[_Unit]:
        """The words that stand for features that count, each once, the heaviest first."""
        places: dict[str, list[int]] = {}
        weights: dict[str, float] = {}
        texts, standing = self._texts, self._standing
        for place, count in enumerate(counts):
            if count > 0 and texts[place]:
                text = texts[place]
                places.setdefault(text, []).append(place)
                weights[text] = weights.get(text, 0.0) + count
        heaviest = sorted(weights, key=weights.__getitem__, reverse=True)
        return [
            # Terms come first: what has an anchor ends with one.
            _Unit(text, held[-1] >= KEPT_TERMS, any(standing[place] for place in held), tuple(held))
            for text in heaviest
            for held in (places[text],)
        ]


_TERMS, _ANCHORS = range(KEPT_TERMS), range(KEPT_TERMS, KEPT)


def _told(units: Iterable[_Unit]) -> tuple[str, ...]:
    return tuple(unit.text for unit in units)


def _texts(found: Signals, features: list[int]) -> list[str]:
    """What each feature of an article comes from: a word as it is written there, or a place's name."""
    words = words_of(found.language)
    texts = {hashed(pair): pair for pair in found.pairs}
    numbers = found.read.tolist()[::-1]  # from the end: the first one that has a feature is told
    columns = words.table.take(numbers, axis=0)
    written = [words.written[number] for number in numbers]
    for column in (3, 2, 1, 0):
        texts.update(zip(columns[:, column].tolist(), written, strict=True))
    names = _place_names(found.language)
    return [(texts.get(feature) or names.get(feature, "")) if feature else "" for feature in features]


@lru_cache(maxsize=64)
def _place_names(language: str) -> dict[int, str]:
    return {hashed(f"@{code}"): name for code, name in places_of(language).names.items()}


def _sum(rows: Rows) -> None:
    """Makes the sums of rows anew, after what they have was changed."""
    weights, marks = rows["weights"].astype(np.float64), rows["marks"]
    squares = weights * weights
    for name, part in (("terms_norm", squares[:, :KEPT_TERMS]), ("anchors_norm", squares[:, KEPT_TERMS:])):
        norms = np.sqrt(part.sum(1))
        rows[name] = np.where(norms > 0, norms, 1.0)
    rows["named"] = (weights * ((marks & NAMED) > 0))[:, KEPT_TERMS:].sum(1)
    rows["titled"] = (weights * ((marks & TITLED) > 0))[:, KEPT_TERMS:].sum(1)
