"""By what articles are found: for each feature the latest articles that have it, in memory that does not grow.

Buckets of a few places hold pairs of a feature and an article; the oldest gives way.  A feature that everybody has
takes no more than its share of a bucket.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from aggregator.stories.tally import Hashes

WAYS = 16
"""Places of a bucket."""

HOLDERS = 10
"""Articles that are remembered for a feature, at least where its bucket is full of others: the latest ones."""

FULL = 0.6
"""Share of all places that are taken when there are to be more."""

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
        self._flat = table.reshape(-1)
        self.used = int(np.count_nonzero(table[:, 1])) if used is None else used
        """places that are taken, about"""

    def add(self, number: int, features: Hashes) -> None:
        """Makes an article one that has these features; its number is higher than those before."""
        if not features.size:
            return
        buckets = features & np.uint32(len(self.table) - 1)
        rows = self.table.take(buckets, axis=0)
        numbers = rows[:, 1]
        same = rows[:, 0] == features[:, None]
        crowded = same.sum(1) >= HOLDERS
        if crowded.any():
            numbers[crowded[:, None] & ~same] = NEVER
        places = numbers.argmin(1)
        at = buckets * np.int64(2 * WAYS) + places
        self.used += len(features) - int(np.count_nonzero(self._flat[at + WAYS]))
        self._flat[at] = features
        self._flat[at + WAYS] = number + 1
        if self.used > FULL * self.table.size / 2 and len(self.table) < self.most:
            self._grow()

    def of(self, features: Hashes) -> tuple[list[int], list[int]]:
        """Who has these features: places among them, and the articles' numbers."""
        rows = self.table.take(features & np.uint32(len(self.table) - 1), axis=0)
        same = rows[:, 0] == features[:, None]
        return same.nonzero()[0].tolist(), (rows[:, 1][same] - np.uint32(1)).tolist()

    def _grow(self) -> None:
        """Parts each bucket in two, by the next bit of what is in it."""
        size = 2 * len(self.table)
        table = np.concatenate([self.table, self.table])
        elsewhere = (table[:, 0] & np.uint32(size - 1)) != np.arange(size, dtype=np.uint32)[:, None]
        table[np.broadcast_to(elsewhere[:, None], table.shape)] = 0
        self.hold(table)
