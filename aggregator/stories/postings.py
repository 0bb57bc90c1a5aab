"""By what articles are found: for each feature the latest articles that have it, in memory that does not grow.

Buckets of a few places hold pairs of a feature and an article; the oldest gives way.  A feature that everybody has
takes no more than its share of a bucket.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from aggregator.compiled import twin
from aggregator.stories.tally import Hashes
from aggregator.stories.weighing import KEPT_TERMS, Rows

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

    def add(self, number: int, row: Rows, terms: int, anchors: int) -> None:
        """Makes an article one that has so many of its row's features; its number is higher than those before."""
        self.used += posted(self.table, number, row, terms, anchors, HOLDERS)
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
def posted(table: npt.NDArray[np.uint32], number: int, row: Rows, terms: int, anchors: int, holders: int) -> int:
    """Makes an article one that has the heaviest features of its row; how many places are newly taken."""
    features, _ = _heaviest(row, terms, anchors)
    if not features.size:
        return 0
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
    shelf: Rows,
    row: Rows,
    own: int,
    first: int,
    terms: int,
    anchors: int,
    least: float,
    most: int,
) -> tuple[Numbers, Numbers]:
    """The articles that have most of the heaviest features of a row: so many of its language, and so many of others.

    `least` is what share of the row's weight an article must have; those before `first` are forgotten.  `shelf` has
    each article's row at its number, from the beginning again where it ends.
    """
    features, weights = _heaviest(row, terms, anchors)
    counts = (weights * weights).astype(np.float64).tolist()
    rows = table.take(features & np.uint32(len(table) - 1), axis=0)
    same = rows[:, 0] == features[:, None]
    found: dict[int, float] = {}
    for place, held in zip(same.nonzero()[0].tolist(), rows[:, 1][same].tolist(), strict=True):
        found[held - 1] = found.get(held - 1, 0.0) + counts[place]
    worth = [(weight, number) for number, weight in found.items() if weight >= least and number >= first]
    worth.sort(reverse=True)
    numbers = np.array([number for _, number in worth if number != own], np.int64)
    spoken = shelf["language"][numbers & (len(shelf) - 1)] == row[0]["language"]
    return numbers[spoken][:most], numbers[~spoken][:most]


def _heaviest(row: Rows, terms: int, anchors: int) -> tuple[Hashes, npt.NDArray[np.float32]]:
    """The heaviest features of a row, and their weights as shares of its length."""
    own = row[0]
    features = np.concatenate([own["features"][:terms], own["features"][KEPT_TERMS : KEPT_TERMS + anchors]])
    weights = np.concatenate([
        own["weights"][:terms] / own["terms_norm"],
        own["weights"][KEPT_TERMS : KEPT_TERMS + anchors] / own["anchors_norm"],
    ])  # fmt: skip
    return features[features > 0], weights[features > 0]
