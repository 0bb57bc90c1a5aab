"""Whether entries came and went between two polls, told by what two answers have in common.

A feed shows its last entries, mostly 10 to 50.  As long as an answer still has entries of the one before, nothing was
pushed out unseen.  Where it has none, entries were lost: the feed is asked twice as often at once, and comes back
slowly (as TCP does with its window, RFC 5681: halve at a loss, grow by a little while all is well).
"""

from __future__ import annotations

from typing import NamedTuple

from aggregator.records import PollState

THIN = 0.1
"""Share of an answer's entries that must be known; below it they are taken for pinned ones, which never go."""
SAFE = 0.25
"""Share from which on all is well."""
SMALLEST = 3
"""A window of fewer entries says nothing: one entry that is replaced by the next is the whole feed."""
HASTIEST = 1 / 64
CALMER_WITH_NEWS, CALMER = 1.2, 1.02
"""Growth of the interval's factor at a poll that brought new entries and overlapped, and at one that brought none."""


class Overlap(NamedTuple):
    """What an answer says of the interval before it; the fields are those of PollState."""

    haste: float
    missed_risk: bool
    misses: int


def overlap(state: PollState, *, fresh: int, familiar: int, on_time: bool) -> Overlap:
    """What follows from an answer with `fresh` entries that the feed had not shown before, and `familiar` ones.

    `on_time`: the poll came when it was due; entries that were lost while nobody asked are not the interval's fault.
    """
    entries, haste = fresh + familiar, state.haste
    if state.entries and fresh and entries >= SMALLEST and familiar < max(1.0, THIN * entries):
        return Overlap(max(haste / 2, HASTIEST) if on_time else haste, True, state.misses + 1)
    if not fresh:
        haste = min(1.0, haste * CALMER)
    elif familiar >= SAFE * entries:
        haste = min(1.0, haste * CALMER_WITH_NEWS)
    return Overlap(haste, haste < 1.0, state.misses)
