"""How alike articles are, as loops that are compiled (`aggregator.compiled`).

Each function gives what the one of the same name in numpy gives, to the last bit; what it is for stands there.
Exponentials are numpy's, and given: those of the C library differ in the last bit.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from aggregator.compiled import native
from aggregator.stories.likeness import (
    AGAINST,
    ALONE,
    FAMILIAR,
    FAR,
    FOR,
    FORM_NAMES,
    FORM_RUNS,
    FORM_SHARED,
    NAMED_TIMES,
    ROUTINE_NAMES,
    SLIGHT,
    UNNAMED,
)
from aggregator.stories.likeness import ROUTINE as ROUTINE_SHARE
from aggregator.stories.overlaps import (
    ANCHORS,
    ANCHORS_NORM,
    COLUMNS,
    NAMED_ALL,
    NUMBERED,
    NUMBERS,
    ROUTINE,
    RUNS,
    RUNS_ALL,
    SAME,
    SPECIFIC,
    TERMS,
    TERMS_NORM,
    TITLE_OTHER,
    TITLE_OWN,
    TITLED_ALL,
)
from aggregator.stories.signals import NAMED, TITLED, WORDING
from aggregator.stories.weighing import KEPT, KEPT_TERMS, Rows

Hashes = npt.NDArray[np.uint32]
Column = npt.NDArray[np.float64]


@native
def _runs(own: Hashes, other: Hashes) -> int:
    one = count = 0
    for run in other:
        while one < WORDING and own[one] < run and (own[one] > 0 or one == 0):
            one += 1
        count += run > 0 and one < WORDING and own[one] == run
    return count


@native
def _agree(own: Hashes, other: Hashes) -> bool:
    for number in other:
        for one in own:
            if number > 0 and number == one:
                return True
    return False


@native
def _told(found: npt.NDArray[np.float64], at: int, own: Any, other: Any) -> None:
    found[SAME, at] = other.language == own.language
    found[TERMS_NORM, at], found[ANCHORS_NORM, at] = other.terms_norm, other.anchors_norm
    found[NAMED_ALL, at], found[TITLED_ALL, at] = other.named, other.titled
    found[ROUTINE, at], found[RUNS_ALL, at] = other.routine, other.runs
    found[NUMBERED, at] = other.numbers[0] > 0
    found[RUNS, at] = _runs(own.wording, other.wording)
    found[NUMBERS, at] = _agree(own.numbers, other.numbers)


@native
def _places(own: Any, size: int) -> npt.NDArray[np.int16]:
    slots = np.full(size, -1, np.int16)
    for index in range(KEPT):
        feature = own.features[index]
        if feature != 0:
            place = feature & (size - 1)
            while slots[place] >= 0:
                place = (place + 1) & (size - 1)
            slots[place] = index
    return slots


@native
def _overlaps(row: Rows, rows: Rows, places: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    own = row[0]
    size = 256
    slots = _places(own, size)
    found = np.zeros((COLUMNS, len(places)))
    for at in range(len(places)):
        other = rows[places[at]]
        _told(found, at, own, other)
        for column in range(KEPT):
            feature = other.features[column]
            if feature == 0:
                continue
            place = feature & (size - 1)
            while slots[place] >= 0 and own.features[slots[place]] != feature:
                place = (place + 1) & (size - 1)
            slot = slots[place]
            if slot < 0:
                continue
            mine, theirs = np.float64(own.weights[slot]), np.float64(other.weights[column])
            if column < KEPT_TERMS:
                found[TERMS, at] += mine * theirs
            else:
                found[ANCHORS, at] += mine * theirs
                marks, others = own.marks[slot], other.marks[column]
                if marks & others & NAMED:
                    found[SPECIFIC, at] += mine
                if marks & TITLED:
                    found[TITLE_OWN, at] += mine
                if others & TITLED:
                    found[TITLE_OTHER, at] += theirs
    return found


@native
def _meant(said: float, trust: float, meant: float, least: float, nearness: float, alone: bool) -> float:
    opinion = min(max(said, AGAINST), FOR) if said == said else 0.0
    opinion = opinion * trust * meant
    if opinion > 0:
        opinion *= nearness
    return min(opinion, ALONE * least) if alone else opinion


@native
def _titled(own: Any, both: Column, at: int) -> float:
    first: float = both[TITLE_OWN, at] / max(float(own.titled), 1e-9)
    second: float = both[TITLE_OTHER, at] / max(both[TITLED_ALL, at], 1e-9)
    return min(first, second)


@native
def _conflict(own: Any, both: Column, at: int, specific: float, wording: float) -> int:
    if wording < FORM_SHARED:
        return 0
    if specific < FORM_NAMES:
        return 1
    return 2 if own.numbers[0] > 0 and both[NUMBERED, at] > 0 and both[NUMBERS, at] == 0 else 0


@native
def likened(
    row: Rows,
    rows: Rows,
    places: npt.NDArray[np.int64],
    time: Column,
    linked: npt.NDArray[np.bool_],
    said: Column,
    trust: Column,
    factors: Column,
) -> Column:
    """`likeness.likened`."""
    own = row[0]
    share, across, between, link_bonus, meant, least = factors
    both = _overlaps(row, rows, places)
    found = np.zeros((len(places), 8))
    for at in range(len(places)):
        words = both[TERMS, at] / (float(own.terms_norm) * both[TERMS_NORM, at])
        names = both[ANCHORS, at] / (float(own.anchors_norm) * both[ANCHORS_NORM, at])
        same = both[SAME, at] > 0
        mixed = (1 - share) * words + share * names if same else (across * words + (1 - across) * names) * between
        nearness = 0.5 + 0.5 * time[at]
        bonus, meaning = link_bonus if len(linked) and linked[at] else 0.0, 0.0
        if len(said):
            alone = max(words, names) < SLIGHT and not (len(linked) and linked[at])
            meaning = _meant(said[at], trust[at], meant, least, nearness, alone)
            bonus += meaning
        score = mixed * nearness + bonus
        specific, wording, conflict = 0.0, 0.0, 0
        if score >= least * FAR:
            less = min(both[NAMED_ALL, at], float(own.named))
            specific = min(1.0, both[SPECIFIC, at] / max(less, 1e-9))
            routine = max(both[ROUTINE, at], float(own.routine))
            if same and routine >= FAMILIAR:
                most = UNNAMED + NAMED_TIMES * max(names, specific)
                score = ((1 - share) * min(words, most) + share * names) * nearness + bonus - max(meaning, 0.0)
            if same:
                runs = min(both[RUNS_ALL, at], float(own.runs))
                wording = both[RUNS, at] / max(runs, 1.0) if runs >= FORM_RUNS else 0.0
                conflict = _conflict(own, both, at, specific, wording)
                if conflict == 0 and routine >= ROUTINE_SHARE and _titled(own, both, at) < ROUTINE_NAMES:
                    conflict = 3
            if conflict > 0:
                score = 0.0
        told = found[at]
        told[0], told[1], told[2], told[3], told[4] = score, words, names, specific, wording
        told[5], told[6], told[7] = time[at], conflict, meaning
    return found
