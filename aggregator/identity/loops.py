"""What is done for each article over arrays of numbers, as loops that are compiled (`aggregator.compiled`).

Each function gives what the one of the same name in numpy gives; what it is for stands there.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from aggregator.compiled import native
from aggregator.identity.shingles import RUN, Shingles
from aggregator.nearness import CANDIDATES, COMMON_AT_LEAST, ROUTINE

_STEP, _FIRST, _SECOND = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)


@native
def sorted_runs(ids: npt.NDArray[np.uint64]) -> tuple[Shingles, Shingles]:
    """`shingles.sorted_runs`."""
    count = max(0, len(ids) - RUN + 1)
    hashes = np.empty(count, np.int64)
    for start in range(count):
        value = np.uint64(0)
        for place in range(start, start + RUN):
            value = (value + ids[place]) * _STEP
            value ^= value >> np.uint64(32)
        value = (value ^ (value >> np.uint64(30))) * _FIRST
        value = (value ^ (value >> np.uint64(27))) * _SECOND
        value ^= value >> np.uint64(31)
        hashes[start] = np.int64(value >> np.uint64(1))
    places = hashes.argsort(kind="mergesort")
    kept = 0
    ordered = np.empty(count, np.int64)
    for place in places:
        if kept == 0 or ordered[kept - 1] != hashes[place]:
            ordered[kept] = hashes[place]
            places[kept] = place
            kept += 1
    return ordered[:kept].copy(), places[:kept].copy()


@native
def common(one: Shingles, other: Shingles) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """`sameness.common`."""
    most = min(len(one), len(other))
    ones, others = np.empty(most, np.int64), np.empty(most, np.int64)
    count = left = right = 0
    while left < len(one) and right < len(other):
        if one[left] < other[right]:
            left += 1
        elif one[left] > other[right]:
            right += 1
        else:
            ones[count], others[count] = left, right
            count += 1
            left += 1
            right += 1
    return ones[:count].copy(), others[:count].copy()


@native
def found(hashes: Shingles, wanted: Shingles) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """`index.found`."""
    first = np.empty(len(wanted), np.int64)
    last = np.empty(len(wanted), np.int64)
    total = 0
    for index in range(len(wanted)):
        value = wanted[index]
        low, high = 0, len(hashes)
        while low < high:
            middle = (low + high) >> 1
            if hashes[middle] < value:
                low = middle + 1
            else:
                high = middle
        end = low
        while end < len(hashes) and hashes[end] == value:
            end += 1
        first[index], last[index] = low, end
        total += end - low
    places, here = np.empty(total, np.int64), np.empty(total, np.int64)
    count = 0
    for index in range(len(wanted)):
        for at in range(first[index], last[index]):
            places[count], here[count] = index, at
            count += 1
    return places, here


@native
def most_common(places: npt.NDArray[np.int64], numbers: npt.NDArray[np.int32]) -> npt.NDArray[np.int64]:
    """`index.most_common`."""
    top = 0
    for place in places:
        top = max(top, place)
    holders = np.zeros(top + 1, np.int64)
    for place in places:
        holders[place] += 1
    size = 64
    while size < 2 * len(numbers):
        size *= 2
    slots = np.full(size, -1, np.int64)
    counts = np.zeros((len(numbers), 3), np.int64)
    count = 0
    for index in range(len(numbers)):
        number = numbers[index]
        slot = number & (size - 1)
        while slots[slot] >= 0 and counts[slots[slot], 0] != number:
            slot = (slot + 1) & (size - 1)
        if slots[slot] < 0:
            slots[slot] = count
            counts[count, 0] = number
            count += 1
        counts[slots[slot], 1] += 1
        counts[slots[slot], 2] += holders[places[index]] >= ROUTINE
    best = np.empty((CANDIDATES, 3), np.int64)
    kept = 0
    for index in range(count):
        if counts[index, 1] < COMMON_AT_LEAST:
            continue
        end = min(kept, CANDIDATES)
        while end > 0 and (
            counts[index, 1] > best[end - 1, 1]
            or (counts[index, 1] == best[end - 1, 1] and counts[index, 0] < best[end - 1, 0])
        ):
            if end < CANDIDATES:
                best[end] = best[end - 1]
            end -= 1
        if end < CANDIDATES:
            best[end] = counts[index]
        kept += 1
    return best[: min(kept, CANDIDATES)].copy()
