"""What is done for each article over arrays of numbers, as loops that are compiled (`aggregator.compiled`).

Each function gives what the one of the same name in numpy gives, to the last bit; what it is for stands there.
"""

from __future__ import annotations

from math import sqrt

import numpy as np
import numpy.typing as npt

from aggregator.compiled import native
from aggregator.stories import postings, tally
from aggregator.stories.reading import CAPITAL, NUMBER
from aggregator.stories.signals import NAMED, TERM, TITLED
from aggregator.stories.weighing import KEPT, KEPT_TERMS, STEPS, Rows

Hashes = npt.NDArray[np.uint32]
Numbers = npt.NDArray[np.float32]

_TALLY_WAYS, _POSTING_WAYS = tally.WAYS, postings.WAYS
_SLOTS = 1 << 10
"""Room to find a number again: more than twice what can be found for one article."""


@native
def _room(count: int) -> int:
    size = 64
    while size < 2 * count:
        size *= 2
    return size


@native
def _named(table: Hashes, running: int, cased: bool) -> npt.NDArray[np.bool_]:
    words = len(table)
    size = _room(words)
    small = np.zeros(size, np.uint32)
    for word in range(running, words if cased else 0):
        if not table[word, 5] & CAPITAL:
            place = table[word, 4] & (size - 1)
            while small[place] != 0 and small[place] != table[word, 4]:
                place = (place + 1) & (size - 1)
            small[place] = table[word, 4]
    named = np.zeros(words, np.bool_)
    for word in range(words):
        marks = table[word, 5]
        if table[word, 1] == 0 or (cased and not marks & (CAPITAL | NUMBER)):
            continue
        named[word] = True
        if cased and not marks & NUMBER:
            place = table[word, 4] & (size - 1)
            while small[place] != 0 and small[place] != table[word, 4]:
                place = (place + 1) & (size - 1)
            named[word] = small[place] == 0
    return named


@native
def _taken(table: Hashes, named: npt.NDArray[np.bool_], column: int, index: int) -> bool:
    """Whether a word counts in a column: its stem always, how it sounds where it is a name, a place where there is."""
    return column == 0 or (table[index, column] > 0 and (column == 3 or named[index]))


@native
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
    """`signals.counted`."""
    words = len(table)
    named = _named(table, running, cased)
    most = 4 * words + len(pairs) + len(places)
    columns = np.empty(most, np.uint32), np.empty(most, np.float32), np.zeros(most, np.uint8)
    features, weights, marks = columns
    end = 0
    for column in range(4):
        for index in range(words):
            if _taken(table, named, column, index):
                features[end] = table[index, column]
                weights[end] = title if index < titled else lead if index < leading else 1.0
                if column == 0:
                    marks[end] = TERM
                elif column < 3:
                    marks[end] = NAMED | TITLED if index < titled else NAMED if index < leading else 0
                end += 1
        if column == 0:
            features[end : end + len(pairs)], weights[end : end + len(pairs)] = pairs, pair_weights
            marks[end : end + len(pairs)] = TERM
            end += len(pairs)
    features[end : end + len(places)], weights[end : end + len(places)] = places, place_weights
    return _summed(features[: end + len(places)], weights, marks)


@native
def _summed(
    features: Hashes, weights: Numbers, marks: npt.NDArray[np.uint8]
) -> tuple[Hashes, Numbers, npt.NDArray[np.uint8], npt.NDArray[np.int64]]:
    size = _room(len(features))
    slots = np.full(size, -1, np.int32)
    first = np.empty(len(features), np.int64)
    count = 0
    for index in range(len(features)):
        feature = features[index]
        if feature == 0:
            continue
        place = feature & (size - 1)
        while slots[place] >= 0 and features[slots[place]] != feature:
            place = (place + 1) & (size - 1)
        slot = slots[place]
        if slot < 0:
            slots[place] = count
            features[count], weights[count], marks[count], first[count] = feature, weights[index], marks[index], index
            count += 1
        else:
            weights[slot] += weights[index]
            marks[slot] |= marks[index]
    return features[:count], weights[:count], marks[:count], first[:count]


@native
def wording(order: Hashes, most: int) -> Hashes:
    """`signals.wording`."""
    count = len(order) - 2
    if count < 1:
        return np.zeros(0, np.uint32)
    runs = np.empty(count, np.uint32)
    for place in range(count):
        run = (np.uint64(order[place]) * np.uint64(31) + np.uint64(order[place + 1])) * np.uint64(31)
        run = ((run + np.uint64(order[place + 2])) & np.uint64(0xFFFFFFFF)) * np.uint64(2_654_435_761)
        runs[place] = np.uint32(run & np.uint64(0xFFFFFFFF))
    runs.sort()
    kept = 1
    for place in range(1, count):
        if runs[place] != runs[kept - 1]:
            runs[kept] = runs[place]
            kept += 1
    return runs[: min(kept, most)].copy()


@native
def added(table: Hashes, things: Hashes) -> tuple[Numbers, int, Hashes]:
    """`tally.added`."""
    buckets = len(table)
    counts = table.view(np.float32)
    ways = _TALLY_WAYS
    chosen = np.empty(len(things), np.int64)
    now = np.empty(len(things), np.float32)
    known = np.zeros(len(things), np.bool_)
    taken = 0
    for index in range(len(things)):
        thing = things[index]
        bucket = thing & (buckets - 1)
        best = 0
        for way in range(ways):
            if table[bucket, 0, way] == thing:
                best = way
                known[index] = True
                break
            if counts[bucket, 1, way] < counts[bucket, 1, best]:
                best = way
        chosen[index] = best
        before = counts[bucket, 1, best]
        taken += before == 0
        now[index] = before + np.float32(1) if known[index] else np.float32(1)
    for index in range(len(things)):
        bucket = things[index] & (buckets - 1)
        table[bucket, 0, chosen[index]] = things[index]
        counts[bucket, 1, chosen[index]] = now[index]
    lost = np.empty(len(things), np.uint32)
    count = 0
    for index in range(len(things)):
        if not known[index] and table[things[index] & (buckets - 1), 0, chosen[index]] != things[index]:
            lost[count] = things[index]
            count += 1
    return now, taken - count, lost[:count].copy()


@native
def _heaviest(row: Rows, terms: int, anchors: int) -> tuple[Hashes, Numbers]:
    own = row[0]
    features, weights = np.empty(terms + anchors, np.uint32), np.empty(terms + anchors, np.float32)
    count = 0
    for index in range(terms + anchors):
        place = index if index < terms else KEPT_TERMS + index - terms
        if own.features[place] > 0:
            features[count] = own.features[place]
            weights[count] = own.weights[place] / (own.terms_norm if index < terms else own.anchors_norm)
            count += 1
    return features[:count], weights[:count]


@native
def posted(table: Hashes, number: int, row: Rows, terms: int, anchors: int, holders: int) -> int:
    """`postings.posted`."""
    features, _ = _heaviest(row, terms, anchors)
    buckets = len(table)
    ways = _POSTING_WAYS
    chosen = np.empty(len(features), np.int64)
    taken = 0
    for index in range(len(features)):
        feature = features[index]
        bucket = feature & (buckets - 1)
        same = 0
        for way in range(ways):
            same += table[bucket, 0, way] == feature
        crowded = same >= holders
        best, least = 0, np.uint32(0xFFFFFFFF)
        for way in range(ways):
            if crowded and table[bucket, 0, way] != feature:
                continue
            if table[bucket, 1, way] < least:
                best, least = way, table[bucket, 1, way]
        chosen[index] = best
        taken += table[bucket, 1, best] == 0
    for index in range(len(features)):
        bucket = features[index] & (buckets - 1)
        table[bucket, 0, chosen[index]] = features[index]
        table[bucket, 1, chosen[index]] = number + 1
    return taken


@native
def found(
    table: Hashes,
    shelf: Rows,
    row: Rows,
    own: int,
    first: int,
    terms: int,
    anchors: int,
    least: float,
    most: int,
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """`postings.found`."""
    features, shares = _heaviest(row, terms, anchors)
    buckets = len(table)
    size = _SLOTS
    slots = np.full(size, -1, np.int32)
    entries = len(features) * _POSTING_WAYS
    numbers, weights = np.empty(entries, np.int64), np.empty(entries, np.float64)
    count = 0
    for index in range(len(features)):
        feature = features[index]
        bucket = feature & (buckets - 1)
        for way in range(_POSTING_WAYS):
            if table[bucket, 0, way] != feature:
                continue
            number = np.int64(table[bucket, 1, way]) - 1
            if number < first or number == own:
                continue
            place = number & (size - 1)
            while slots[place] >= 0 and numbers[slots[place]] != number:
                place = (place + 1) & (size - 1)
            if slots[place] < 0:
                slots[place] = count
                numbers[count], weights[count] = number, 0.0
                count += 1
            weights[slots[place]] += np.float64(shares[index] * shares[index])
    language = row[0].language
    best, best_weights = np.empty((2, most), np.int64), np.empty((2, most), np.float64)
    held = np.zeros(2, np.int64)
    for index in range(count):
        weight, number = weights[index], numbers[index]
        if weight < least:
            continue
        kind = 0 if shelf[number & (len(shelf) - 1)].language == language else 1
        end = held[kind]
        if end == most:
            end -= 1
            if weight < best_weights[kind, end] or (weight == best_weights[kind, end] and number < best[kind, end]):
                continue
        else:
            held[kind] += 1
        while end > 0 and (
            weight > best_weights[kind, end - 1]
            or (weight == best_weights[kind, end - 1] and number > best[kind, end - 1])
        ):
            best[kind, end], best_weights[kind, end] = best[kind, end - 1], best_weights[kind, end - 1]
            end -= 1
        best[kind, end], best_weights[kind, end] = number, weight
    return best[0, : held[0]].copy(), best[1, : held[1]].copy()


@native
def filled(
    row: Rows,
    features: Hashes,
    weights: Numbers,
    marks: npt.NDArray[np.uint8],
    terms: int,
    wording: Hashes,
    numbers: Hashes,
) -> npt.NDArray[np.int64]:
    """`weighing.filled`."""
    held = row[0]
    chosen = np.empty(KEPT_TERMS, np.int64)
    count = 0
    for part in range(2):
        start, end = (0, terms) if part == 0 else (terms, len(features))
        target, most = (0, KEPT_TERMS) if part == 0 else (KEPT_TERMS, KEPT - KEPT_TERMS)
        order = (-weights[start:end]).argsort(kind="mergesort")
        length = named = titled = 0.0
        for rank in range(min(most, end - start)):
            place = start + order[rank]
            weight = np.float32(np.rint(weights[place] * np.float32(STEPS)) * np.float32(1 / STEPS))
            if weight == 0:
                break
            held.features[target + rank] = features[place]
            held.weights[target + rank] = weight
            length += np.float64(weight) * np.float64(weight)
            if part == 0:
                chosen[rank] = place
                count += 1
            else:
                held.marks[target + rank] = marks[place]
                named += float(weight) * ((marks[place] & NAMED) > 0)
                titled += float(weight) * ((marks[place] & TITLED) > 0)
        norm = np.float32(sqrt(length)) if length > 0 else np.float32(1)
        if part == 0:
            held.terms_norm = norm
        else:
            held.anchors_norm, held.named, held.titled = norm, np.float32(named), np.float32(titled)
    for place in range(len(wording)):
        held.wording[place] = wording[place]
    held.runs = len(wording)
    for place in range(len(numbers)):
        held.numbers[place] = numbers[place]
    return chosen[:count].copy()
