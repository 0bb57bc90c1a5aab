"""How alike articles are, signal by signal, and whether that is enough to be one event."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import log2

import numpy as np
import numpy.typing as npt

from aggregator.compiled import twin
from aggregator.stories import overlaps as common
from aggregator.stories.options import Options
from aggregator.stories.overlaps import Column, overlaps
from aggregator.stories.weighing import Rows, Shelf

DAY = 86_400.0

FAR = 0.4
"""Share of the threshold below which it is not asked any more what speaks against a pair."""

FORM_SHARED = 0.2
"""Share of the sampled runs of words from which two articles may be one form filled in twice."""

FORM_RUNS = 3
"""Runs that both articles must have for this to be asked."""

FORM_NAMES = 0.42
"""Share of names and numbers that must agree all the same: independent reports that quote one text have half."""

UNNAMED, NAMED_TIMES = 0.14, 1.5
"""What likeness of words may count where no names agree, and how much more with each share of names that do: what is
alike in wording and not in names is a form."""

FAMILIAR = 0.1
"""Share of an article's runs of words that many articles have, from which this is asked."""

ROUTINE = 0.25
"""Share of an article's runs of words that many articles have, from which it is a routine report."""

ROUTINE_NAMES = 0.7
"""Share of the names and numbers in each headline that the other routine report must have."""

AGAINST, FOR = -2.5, 3.5
"""Standard deviations at which a model takes away or adds no more."""

SLIGHT = 0.03
"""Likeness of words and of names below which there is no evidence but the model's."""

ALONE = 0.8
"""Share of the threshold that a model may add to such a pair where it is not linked: never enough by itself."""

CONFLICTS = (
    "",
    "the same form with other names",
    "the same form with other numbers",
    "routine reports about different subjects",
)
"""Why two articles are not one event however alike they are."""

_UNLINKED, _UNSAID = np.zeros(0, np.bool_), np.zeros(0)


@dataclass(frozen=True, slots=True)
class Likeness:
    """How alike two articles are; each 0 to 1."""

    score: float
    words: float
    names: float
    specific: float
    """share of names and numbers of the headline and the lead that agree, by weight"""
    wording: float
    """share of the sampled runs of words that agree"""
    time: float
    conflict: str = ""
    """why they are not one event however alike they are"""
    meaning: float = 0.0
    """what the model's opinion added or took away, where there is one"""


@dataclass(frozen=True, slots=True)
class Likenesses:
    """How alike one article is to each of several."""

    scores: list[float]
    columns: list[list[float]]
    """what `likened` gives, a row for each"""

    def at(self, place: int) -> Likeness:
        """How alike it is to one of them."""
        score, words, names, specific, wording, time, conflict, meaning = self.columns[place]
        return Likeness(score, words, names, specific, wording, time, CONFLICTS[int(conflict)], meaning)


class Compared:
    """One article, made ready to be compared with many."""

    def __init__(self, row: Rows, options: Options) -> None:
        """Takes an article's row."""
        self.options = options
        self.row = row

    def to(
        self,
        shelf: Shelf,
        numbers: list[int],
        linked: npt.NDArray[np.bool_] | None = None,
        opinions: tuple[Column, Column] | None = None,
    ) -> Likenesses:
        """How alike the article is to each of several.

        Its publisher may have linked to some; `opinions` are what a model says of them, and how far it is trusted.
        """
        places = shelf.places(numbers)
        time = self._time(shelf.rows["published"][places])
        links = _UNLINKED if linked is None else linked
        said, trust = opinions or (_UNSAID, _UNSAID)
        found = likened(self.row, shelf.rows, places, time, links, said, trust, _factors(self.options))
        return Likenesses(found[:, 0].tolist(), found.tolist())

    def _time(self, published: Column) -> Column:
        """What is left of a likeness after a gap: hours for the event, weeks, weaker, for what follows."""
        options = self.options
        days = np.abs(published - self.row["published"]) / -DAY
        left: Column = (1 - options.lasting) * np.exp(days / options.event_days)
        left += options.lasting * np.exp(days / options.story_days)
        return left


@lru_cache(maxsize=64)
def _factors(options: Options) -> Column:
    """What `likened` takes of the options: the share of names, that of words across languages, what a score across
    them is multiplied by, what a link adds and each standard deviation of meaning, and the threshold."""
    return np.array([
        options.names_share,
        options.words_across,
        options.same_language / options.other_language,
        options.link_bonus,
        options.meaning,
        options.same_language,
    ])  # fmt: skip


@twin("aggregator.stories.likeness_loops")
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
    """How alike an article is to those of other rows, in these places: a row of eight numbers for each.

    They are the score, words, names, specific, wording, time (as it was given), the place of a conflict in
    `CONFLICTS`, and what the model's opinion added.  `linked`, `said` and `trust` are empty where there are none.
    """
    own = row[0]
    share, across, between, link_bonus, meant, least = factors.tolist()
    both = overlaps(row, rows, places)
    words = both[common.TERMS] / (float(own["terms_norm"]) * both[common.TERMS_NORM])
    names = both[common.ANCHORS] / (float(own["anchors_norm"]) * both[common.ANCHORS_NORM])
    same = both[common.SAME] > 0
    score = np.where(same, (1 - share) * words + share * names, (across * words + (1 - across) * names) * between)
    nearness = 0.5 + 0.5 * time
    score *= nearness
    bonus = linked * link_bonus if linked.size else np.zeros(len(places))
    meaning = np.zeros(len(places))
    if said.size:
        meaning = _meant(said, trust, meant, least, nearness, np.maximum(words, names), linked)
        bonus = bonus + meaning
    score += bonus
    close = score >= least * FAR
    specific = wording = conflicts = np.zeros(len(places))
    if close.any():
        specific = _specific(own, both) * close
        routine = np.maximum(both[common.ROUTINE], float(own["routine"]))
        kin = same & close
        form = kin & (routine >= FAMILIAR)
        if form.any():
            most = UNNAMED + NAMED_TIMES * np.maximum(names, specific)
            capped = ((1 - share) * np.minimum(words, most) + share * names) * nearness + bonus
            capped -= np.maximum(meaning, 0.0)  # forms are alike in meaning, too: a model only takes away
            score = np.where(form, capped, score)
        wording = _wording(own, both) * kin
        conflicts = _conflicts(own, both, specific, wording)
        asked = kin & (routine >= ROUTINE) & (conflicts == 0)
        if asked.any():
            conflicts[asked & (_titled(own, both) < ROUTINE_NAMES)] = 3
        score[conflicts > 0] = 0.0
    return np.array((score, words, names, specific, wording, time, conflicts, meaning)).T


def _meant(
    said: Column,
    trust: Column,
    meant: float,
    least: float,
    nearness: Column,
    others: Column,
    linked: npt.NDArray[np.bool_],
) -> Column:
    """What a model's opinion adds or takes away: it fades with time, and is never enough without other evidence."""
    opinion: Column = np.nan_to_num(np.clip(said, AGAINST, FOR)) * trust * meant
    opinion = np.where(opinion > 0, opinion * nearness, opinion)
    alone = others < SLIGHT
    if linked.size:
        alone &= ~linked
    return np.where(alone, np.minimum(opinion, ALONE * least), opinion)


def _specific(own: np.void, both: Column) -> Column:
    less = np.minimum(both[common.NAMED_ALL], float(own["named"]))
    specific: Column = np.minimum(1.0, both[common.SPECIFIC] / np.maximum(less, 1e-9))
    return specific


def _wording(own: np.void, both: Column) -> Column:
    less = np.minimum(both[common.RUNS_ALL], float(own["runs"]))
    wording: Column = both[common.RUNS] * (less >= FORM_RUNS) / np.maximum(less, 1)
    return wording


def _conflicts(own: np.void, both: Column, specific: Column, wording: Column) -> Column:
    found = np.zeros(len(specific))
    form = wording >= FORM_SHARED
    if form.any():
        if own["numbers"][0] > 0:
            found[form & (both[common.NUMBERED] > 0) & (both[common.NUMBERS] == 0)] = 2
        found[form & (specific < FORM_NAMES)] = 1
    return found


def _titled(own: np.void, both: Column) -> Column:
    """The smaller share of the names and numbers of one headline that the other article has."""
    first = both[common.TITLE_OWN] / max(float(own["titled"]), 1e-9)
    second = both[common.TITLE_OTHER] / np.maximum(both[common.TITLED_ALL], 1e-9)
    smaller: Column = np.minimum(first, second)
    return smaller


def again(row: Rows, rows: Rows, likes: Sequence[Likeness], linked: Sequence[bool], options: Options) -> Column:
    """The scores of an article with changed forms of those that it is so `like`, time, links and opinion as they were.

    `linked` says of each whether a publisher has linked the two.
    """
    time, links = np.array([like.time for like in likes]), np.array(linked, np.bool_)
    found = likened(row, rows, np.arange(len(rows)), time, links, _UNSAID, _UNSAID, _factors(options))
    scores: Column = found[:, 0] + np.array([like.meaning for like in likes]) * (found[:, 6] == 0)
    return scores


def needed(size: int, options: Options) -> float:
    """The score from which an article belongs to a story of so many articles."""
    return options.same_language * (1 + options.growth * log2(max(size, 1)))
