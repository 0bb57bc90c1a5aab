"""Counts of very many things in little memory: buckets of a few places, in which what is rarest gives way.

Things are 32-bit hashes.  A bucket is full of what was counted there; a newcomer takes the place of the lowest count,
as in the space-saving algorithm (Metwally, Agrawal, El Abbadi, 2005), but begins anew with one: what comes once and
never again must not seem frequent.  Until a tally is full it grows, and next to nothing is lost.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from aggregator.compiled import twin

Hashes = npt.NDArray[np.uint32]
Numbers = npt.NDArray[np.float32]

WAYS = 8
"""Places of a bucket."""

FULL = 0.3
"""Share of all places that are taken when a tally grows."""


class Tally:
    """How often each of very many things was counted."""

    def __init__(self, least: int, most: int) -> None:
        """Begins empty; `least` and `most` are how many buckets it has, powers of two."""
        self.most = most
        self.hold(np.zeros((least, 2, WAYS), np.uint32))

    def hold(self, table: npt.NDArray[np.uint32], used: int | None = None) -> None:
        """Takes a table of buckets, each as one line of memory: what is counted, and how often."""
        self.table = table
        self.things: Hashes = table[:, 0]
        self.counts: Numbers = table.view(np.float32)[:, 1]
        self.used = int(np.count_nonzero(self.counts)) if used is None else used
        """places that are taken, about"""

    def add(self, things: Hashes) -> Numbers:
        """Counts each thing once; how often each was counted by now."""
        now, taken, lost = added(self.table, things)
        self.used += taken
        if lost.size:
            self.add(lost)
        if self.used > FULL * self.things.size and len(self.table) < self.most:
            self._grow()
        return now

    def of(self, things: Hashes) -> Numbers:
        """How often each thing was counted; 0 for what is not known."""
        rows = self.table.take(things & np.uint32(len(self.table) - 1), axis=0)
        counts: Numbers = np.where(rows[:, 0] == things[:, None], rows.view(np.float32)[:, 1], 0).max(1)
        return counts

    def fade(self) -> None:
        """Halves all counts, and forgets what was counted once."""
        self.counts *= np.float32(0.5)
        gone = self.counts < 1
        self.counts[gone] = 0
        self.things[gone] = 0
        self.used = int(np.count_nonzero(self.counts))

    def _grow(self) -> None:
        """Parts each bucket in two, by the next bit of what is in it."""
        size = 2 * len(self.table)
        table = np.concatenate([self.table, self.table])
        elsewhere = (table[:, 0] & np.uint32(size - 1)) != np.arange(size, dtype=np.uint32)[:, None]
        table[np.broadcast_to(elsewhere[:, None], table.shape)] = 0
        self.hold(table)


@twin("aggregator.stories.loops")
def added(table: npt.NDArray[np.uint32], things: Hashes) -> tuple[Numbers, int, Hashes]:
    """Counts things in a table: how often each was counted by now, the places newly taken, and what found no place."""
    flat = table.reshape(-1)
    buckets = things & np.uint32(len(table) - 1)
    rows = table.take(buckets, axis=0)
    counts = rows.view(np.float32)[:, 1]
    # The thing's own place, else that of the lowest count.
    choice = np.where(rows[:, 0] == things[:, None], np.float32(-1), counts)
    places = choice.argmin(1)
    each = np.arange(0, counts.size, WAYS) + places
    before = counts.ravel()[each]
    known = choice.ravel()[each] < 0
    now: Numbers = before * known + np.float32(1)
    at = buckets * np.int64(2 * WAYS) + places
    flat[at] = things
    flat[at + WAYS] = now.view(np.uint32)
    # Two that are new to one bucket chose the same place: the one that lost it takes the next.
    new = (~known).nonzero()[0]
    lost = things[new[flat[at[new]] != things[new]]]
    return now, len(things) - int(np.count_nonzero(before)) - len(lost), lost
