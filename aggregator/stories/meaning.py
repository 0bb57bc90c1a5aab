"""What an optional model says: how near articles are in meaning, by what is usual in the stream itself.

A model gives each text a vector, and vectors of one event are near each other.  How near unrelated ones are differs
by model and by the two languages, so a cosine says nothing by itself: it is counted in standard deviations above what
pairs of these languages mostly have, which is learned from the stream, without labels.

The search for neighbours is exact: one product of the window's matrix with the newcomer's vector.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite

import numpy as np
import numpy.typing as npt

from aggregator.errors import ConfigError
from aggregator.stories.models import kept
from aggregator.stories.signals import Vectors

Column = npt.NDArray[np.float64]

SEARCHED = 1 << 14
"""Articles whose vectors are kept, the latest ones; a power of two.  25 MB where a vector has 384 numbers."""

LEAST_ROOM = 1 << 8
"""Articles for which there is room at the beginning."""

NEAR = 8
"""Neighbours that an article is compared with, beside those that share its words and names."""

NEARER = 3.0
"""Standard deviations above the usual from which an article is a neighbour."""

PRIOR = 300.0
"""Pairs that each two languages have in advance, with the mean and spread of all languages."""

SILENT = 300.0
"""Pairs that must have been seen before the model is heard: two dozen articles."""

FADES_AT = 2e6
"""Pairs of two languages after which their counts are halved."""

NARROW = 0.005
"""Least standard deviation of cosines that is believed: a model to which everything is alike says nothing."""

TRUSTED = 2.0
"""Standard deviations by which pairs that the other signals put together must be nearer than usual for the model to be
heard in full.  One that has them no nearer than others, as a model of one language has those of two, is not heard."""

EXPECTED, EVIDENT = 4.0, 20.0
"""Standard deviations of such pairs, as a small e5 has them, and how many of these all languages together have in
advance; each two have as many with what all have."""

NEUTRAL = 2.5
"""Standard deviations above the usual at which a model neither adds nor takes away."""

DEMANDED = 0.7
"""The same as a share of those of such pairs, where it is more: among articles about few things unrelated ones are
nearer, too."""

ALL = -1
"""Stands for all languages, with 1 for pairs of one language and 0 for those of two."""


class Usual:
    """What cosines the articles of two languages have; the related ones among them are too few to matter."""

    def __init__(self) -> None:
        """Begins with no pair seen."""
        self.sums: dict[tuple[int, int], Column] = {}
        """how many pairs, and the sums of their cosines and of the squares of these"""

    def learn(self, one: int, others: npt.NDArray[np.int32], cosines: Column) -> None:
        """Counts the pairs of an article with others, whose languages are numbered."""
        counts = np.bincount(others)
        sums, squares = np.bincount(others, cosines), np.bincount(others, cosines * cosines)
        for other in counts.nonzero()[0].tolist():
            added = np.array([counts[other], sums[other], squares[other]])
            for key in ((min(one, other), max(one, other)), (ALL, int(one == other))):
                total = self.sums.get(key, np.zeros(3)) + added
                self.sums[key] = total / 2 if total[0] >= FADES_AT else total

    def of(self, one: int, other: int) -> tuple[float, float] | None:
        """Mean and standard deviation; None while too little is known, and where everything is alike."""
        general = self.sums.get((ALL, int(one == other)))
        if general is None or general[0] < SILENT:
            return None
        own = self.sums.get((min(one, other), max(one, other)), np.zeros(3))
        count, total, squares = (own + general * (PRIOR / general[0])).tolist()
        mean = total / count
        spread = max(squares / count - mean * mean, 0.0) ** 0.5
        return (mean, spread) if spread >= NARROW else None


class Agreed:
    """How near the model has pairs that the other signals put together."""

    def __init__(self) -> None:
        """Begins with no pair seen."""
        self.sums: dict[tuple[int, int], Column] = {}
        """how many pairs, and the sum of their standard deviations above the usual"""

    def learn(self, one: int, other: int, above: float) -> None:
        """Counts a pair of articles in two languages."""
        for key in ((min(one, other), max(one, other)), (ALL, int(one == other))):
            total = self.sums.get(key, np.zeros(2)) + np.array([1.0, above])
            self.sums[key] = total / 2 if total[0] >= FADES_AT else total

    def of(self, one: int, other: int) -> float:
        """Standard deviations above the usual that such pairs of two languages have."""
        general = self.sums.get((ALL, int(one == other)), np.zeros(2)) + EVIDENT * np.array([1.0, EXPECTED])
        own = self.sums.get((min(one, other), max(one, other)), np.zeros(2)) + general * (EVIDENT / general[0])
        return float(own[1] / own[0])


class Meaning:
    """The vectors of the window's articles, each in the place of its number."""

    def __init__(self) -> None:
        """Begins with no article known."""
        self.usual = Usual()
        self.agreed = Agreed()
        self.languages: dict[int, int] = {}
        """hashes of languages, numbered in the order in which they came"""
        self.vectors: Vectors = np.zeros((0, 0), np.float32)
        self.numbers: npt.NDArray[np.int64] = np.zeros(0, np.int64)
        """of the articles; -1 where there is none"""
        self.spoken: npt.NDArray[np.int32] = np.zeros(0, np.int32)
        """their languages"""

    def add(self, number: int, language: int, vector: Vectors) -> None:
        """Takes in an article, whose number is higher than those before; one whose vector says nothing is left out.

        Raises ConfigError where the vector is not as long as those before.
        """
        unit = kept(vector)
        if unit is None:
            return
        if self.vectors.size and unit.shape != self.vectors.shape[1:]:
            raise ConfigError(
                f"a vector of {unit.size} numbers came after vectors of {self.vectors.shape[1]}: one model a stream",
                key="stories.model",
            )
        spoken = self.languages.setdefault(language, len(self.languages))
        known = self.numbers >= 0
        if known.any():
            self.usual.learn(spoken, self.spoken[known], (self.vectors @ unit)[known].astype(np.float64))
        self._make_room(number, unit.size)
        place = number & (len(self.numbers) - 1)
        self.vectors[place], self.numbers[place], self.spoken[place] = unit, number, spoken

    def forget(self, number: int) -> None:
        """Forgets an article that left the window."""
        place = self._find(number)
        if place is not None:
            self.numbers[place] = -1

    def margins(self, number: int, others: Sequence[int]) -> Column:
        """Standard deviations by which an article is nearer to others than is usual; NaN for what is not known."""
        margins = np.full(len(others), np.nan)
        own = self._find(number)
        if own is None:
            return margins
        found = [(at, place) for at, other in enumerate(others) if (place := self._find(other)) is not None]
        if found:
            places = np.array([place for _, place in found])
            margins[[at for at, _ in found]] = self._above(own, places, self.vectors[places] @ self.vectors[own])
        return margins

    def learn(self, number: int, others: Sequence[int]) -> None:
        """Learns from articles that tell of one event by what is known without the model."""
        own = self._find(number)
        for other, above in zip(others, self.margins(number, others).tolist(), strict=True):
            place = self._find(other)
            if own is not None and place is not None and isfinite(above):
                self.agreed.learn(int(self.spoken[own]), int(self.spoken[place]), above)

    def opinions(self, number: int, others: Sequence[int]) -> tuple[Column, Column]:
        """What the model says of an article and others, and how far it is trusted in their languages, 0 to 1.

        It is told in standard deviations: more than 0 speaks for one event, and less against it.
        """
        said, trust = self.margins(number, others), np.zeros(len(others))
        own = self._find(number)
        for at, other in enumerate(others):
            place = self._find(other)
            if own is not None and place is not None:
                mean = self.agreed.of(int(self.spoken[own]), int(self.spoken[place]))
                said[at] -= max(NEUTRAL, DEMANDED * mean)
                trust[at] = min(max(mean / TRUSTED, 0.0), 1.0)
        return said, trust

    def nearest(self, number: int) -> list[int]:
        """An article's neighbours, the nearest first; none where nothing is unusually near."""
        own = self._find(number)
        if own is None:
            return []
        above = self._above(own, np.arange(len(self.numbers)), self.vectors @ self.vectors[own])
        found = ((above >= NEARER) & (self.numbers >= 0) & (self.numbers != number)).nonzero()[0]
        best = found[np.lexsort((-self.numbers[found], -above[found]))][:NEAR]
        numbers: list[int] = self.numbers[best].tolist()
        return numbers

    def _above(self, own: int, places: npt.NDArray[np.int64], cosines: Vectors) -> Column:
        means, spreads = np.full(len(self.languages), np.nan), np.ones(len(self.languages))
        for language in range(len(self.languages)):
            usual = self.usual.of(int(self.spoken[own]), language)
            if usual is not None:
                means[language], spreads[language] = usual
        spoken = self.spoken[places]
        above: Column = (cosines - means[spoken]) / spreads[spoken]
        return above

    def _find(self, number: int) -> int | None:
        if not len(self.numbers):
            return None
        place = number & (len(self.numbers) - 1)
        return place if self.numbers[place] == number else None

    def _make_room(self, number: int, dimensions: int) -> None:
        size = len(self.numbers)
        while not size or (size < SEARCHED and self.numbers[number & (size - 1)] >= 0):
            size = max(2 * size, LEAST_ROOM)
            self.hold(size, dimensions, self.numbers, self.spoken, self.vectors)

    def hold(
        self,
        size: int,
        dimensions: int,
        numbers: npt.NDArray[np.int64],
        spoken: npt.NDArray[np.int32],
        vectors: Vectors,
    ) -> None:
        """Holds these articles and no others, in room for `size` of them, a power of two."""
        held = (numbers >= 0).nonzero()[0]
        places = numbers[held] & (size - 1)
        old = vectors[held]
        self.numbers, self.spoken = np.full(size, -1, np.int64), np.zeros(size, np.int32)
        self.numbers[places], self.spoken[places] = numbers[held], spoken[held]
        self.vectors = np.zeros((size, dimensions), np.float32)
        if held.size:
            self.vectors[places] = old
