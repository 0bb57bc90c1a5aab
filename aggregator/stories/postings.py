"""By what articles are found: for each feature the latest articles that have it, in memory that does not grow.

Buckets of a few places hold pairs of a feature and an article; the oldest gives way.  A feature that everybody has
takes no more than its share of a bucket.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from aggregator.compiled import twin
from aggregator.stories.tally import Hashes

WAYS = 16
"""Places of a bucket."""

HOLDERS = 10
"""Articles that are remembered for a feature, at least where its bucket is full of others: the latest ones."""

FULL = 0.6
"""Share of all places that are taken when there are to be more."""

Numbers = npt.NDArray[np.int64]

NEVER = np.uint32(0xFFFFFFFF)
"""Higher than any article's number."""

LEAST = 1 << 12
"""Buckets at the beginning."""


class Postings:
    """Which articles have a feature."""

    def __init__(self, most: int) -> None:
        """Begins empty; `most` is for how many pairs of feature and article there will be room."""
        self.most = max(LEAST, 1 << (int(most / FULL) // WAYS).bit_length())
        self.hold(np.zeros((LEAST, 2, WAYS), np.uint32))

    def hold(self, table: npt.NDArray[np.uint32], used: int | None = None) -> None:
        """Takes a table of buckets: features, and for each an article's number, counted from 1."""
        self.table = table
        self.used = int(np.count_nonzero(table[:, 1])) if used is None else used
        """places that are taken, about"""

    def add(self, number: int, features: Hashes) -> None:
        """Makes an article one that has these features; its number is higher than those before."""
        if not features.size:
            return
        self.used += posted(self.table, number, features, HOLDERS)
        if self.used > FULL * self.table.size / 2 and len(self.table) < self.most:
            self._grow()

    def _grow(self) -> None:
        """Parts each bucket in two, by the next bit of what is in it."""
        size = 2 * len(self.table)
        table = np.concatenate([self.table, self.table])
        elsewhere = (table[:, 0] & np.uint32(size - 1)) != np.arange(size, dtype=np.uint32)[:, None]
        table[np.broadcast_to(elsewhere[:, None], table.shape)] = 0
        self.hold(table)


@twin("aggregator.stories.loops")
def posted(table: npt.NDArray[np.uint32], number: int, features: Hashes, holders: int) -> int:
    """Makes an article one that has features; how many places are newly taken."""
    flat = table.reshape(-1)
    buckets = features & np.uint32(len(table) - 1)
    rows = table.take(buckets, axis=0)
    numbers = rows[:, 1]
    same = rows[:, 0] == features[:, None]
    crowded = same.sum(1) >= holders
    if crowded.any():
        numbers[crowded[:, None] & ~same] = NEVER
    places = numbers.argmin(1)
    at = buckets * np.int64(2 * WAYS) + places
    taken = len(features) - int(np.count_nonzero(flat[at + WAYS]))
    flat[at] = features
    flat[at + WAYS] = number + 1
    return taken


@twin("aggregator.stories.loops")
def found(
    table: npt.NDArray[np.uint32],
    features: Hashes,
    shares: npt.NDArray[np.float64],
    own: int,
    first: int,
    least: float,
    languages: Hashes,
    most: int,
) -> tuple[Numbers, Numbers]:
    """The articles that have most of an article's features: so many of its language, and so many of others.

    `shares` are what each feature counts, `least` what an article must have of them; those before `first` are
    forgotten.  `languages` has each article's at its number, from the beginning again where it ends.
    """
    rows = table.take(features & np.uint32(len(table) - 1), axis=0)
    same = rows[:, 0] == features[:, None]
    counts = shares.tolist()
    weights: dict[int, float] = {}
    for place, held in zip(same.nonzero()[0].tolist(), rows[:, 1][same].tolist(), strict=True):
        weights[held - 1] = weights.get(held - 1, 0.0) + counts[place]
    worth = [(weight, number) for number, weight in weights.items() if weight >= least and number >= first]
    worth.sort(reverse=True)
    numbers = np.array([number for _, number in worth if number != own], np.int64)
    spoken = languages[numbers & (len(languages) - 1)] == languages[own & (len(languages) - 1)]
    return numbers[spoken][:most], numbers[~spoken][:most]
