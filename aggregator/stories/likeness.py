"""How alike articles are, signal by signal, and whether that is enough to be one event."""

from __future__ import annotations

from dataclasses import dataclass
from math import log2

import numpy as np
import numpy.typing as npt

from aggregator.stories.options import Options
from aggregator.stories.signals import NAMED, TITLED
from aggregator.stories.weighing import KEPT, KEPT_TERMS, Rows

DAY = 86_400.0

FAR = 0.4
"""Share of the threshold below which it is not asked any more what speaks against a pair."""

FORM_SHARED = 0.3
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

_SUMS = np.zeros((KEPT, 2), np.float32)
_SUMS[:KEPT_TERMS, 0] = 1
_SUMS[KEPT_TERMS:, 1] = 1
_SUM = _SUMS[KEPT_TERMS:, 1].copy()

Column = npt.NDArray[np.float64]


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
    columns: tuple[Column, Column, Column, Column, Column]
    """words, names, specific, wording, time"""
    conflicts: npt.NDArray[np.int8]
    meaning: Column | None = None

    def at(self, place: int) -> Likeness:
        """How alike it is to one of them."""
        words, names, specific, wording, time = [float(column[place]) for column in self.columns]
        conflict = CONFLICTS[self.conflicts[place]]
        meaning = 0.0 if self.meaning is None else float(self.meaning[place])
        return Likeness(self.scores[place], words, names, specific, wording, time, conflict, meaning)


class Compared:
    """One article, made ready to be compared with many."""

    def __init__(self, row: Rows, options: Options) -> None:
        """Takes an article's row."""
        self.options = options
        self.row = row[0]
        order = self.row["features"].argsort()
        self._features, self._weights = self.row["features"][order], self.row["weights"][order]
        self._marks = self.row["marks"][order]

    def to(
        self, rows: Rows, linked: npt.NDArray[np.bool_] | None = None, opinions: tuple[Column, Column] | None = None
    ) -> Likenesses:
        """How alike the article is to each of several.

        Its publisher may have linked to some; `opinions` are what a model says of them, and how far it is trusted.
        """
        options, row = self.options, self.row
        features, theirs = rows["features"], rows["weights"]
        places = self._features.searchsorted(features)
        mine = self._weights.take(places, mode="clip")
        both = self._features.take(places, mode="clip") == features
        mine *= both
        shared = mine * theirs
        products = shared @ _SUMS
        words = products[:, 0] / (row["terms_norm"] * rows["terms_norm"])
        names = products[:, 1] / (row["anchors_norm"] * rows["anchors_norm"])
        time = self._time(rows["published"])
        same = rows["language"] == row["language"]
        share, across = options.names_share, options.words_across
        score = np.where(
            same,
            (1 - share) * words + share * names,
            (across * words + (1 - across) * names) * (options.same_language / options.other_language),
        )
        nearness = 0.5 + 0.5 * time
        score *= nearness
        bonus = linked * options.link_bonus if linked is not None else None
        meaning = None
        if opinions is not None:
            meaning = self._meant(*opinions, nearness, np.maximum(words, names), linked)
            bonus = meaning if bonus is None else bonus + meaning
        if bonus is not None:
            score += bonus
        specific, wording = np.zeros(len(rows)), np.zeros(len(rows))
        conflicts = np.zeros(len(rows), np.int8)
        close = (score >= options.same_language * FAR).nonzero()[0]
        if close.size:
            near = rows[close]
            at, marks = mine[close, KEPT_TERMS:], self._marks.take(places[close, KEPT_TERMS:], mode="clip")
            specific[close] = self._specific(at, marks, near)
            routine = np.maximum(near["routine"], row["routine"])
            form = same[close] & (routine >= FAMILIAR)
            if form.any():
                most = UNNAMED + NAMED_TIMES * np.maximum(names[close], specific[close])
                capped = (1 - share) * np.minimum(words[close], most) + share * names[close]
                capped *= nearness[close]
                if bonus is not None:
                    capped += bonus[close]
                if meaning is not None:  # forms are alike in meaning, too: a model only takes away
                    capped -= np.maximum(meaning[close], 0.0)
                score[close] = np.where(form, capped, score[close])
            kin = same[close]
            wording[close] = told = self._wording(near) * kin
            found = self._conflicts(near, specific[close], told)
            asked = (routine >= ROUTINE) & (found == 0) & kin
            if asked.any():
                titled = self._titled(at, marks, both[close, KEPT_TERMS:] * theirs[close, KEPT_TERMS:], near)
                found[asked & (titled < ROUTINE_NAMES)] = 3
            conflicts[close] = found
            score[close[found > 0]] = 0.0
        return Likenesses(score.tolist(), (words, names, specific, wording, time), conflicts, meaning)

    def _meant(
        self, said: Column, trust: Column, nearness: Column, others: Column, linked: npt.NDArray[np.bool_] | None
    ) -> Column:
        """What a model's opinion adds or takes away: it fades with time, and is never enough without other evidence."""
        opinion: Column = np.nan_to_num(np.clip(said, AGAINST, FOR)) * trust * self.options.meaning
        opinion = np.where(opinion > 0, opinion * nearness, opinion)
        alone = others < SLIGHT
        if linked is not None:
            alone &= ~linked
        return np.where(alone, np.minimum(opinion, ALONE * self.options.same_language), opinion)

    def _time(self, published: Column) -> Column:
        """What is left of a likeness after a gap: hours for the event, weeks, weaker, for what follows."""
        options = self.options
        days = np.abs(published - self.row["published"]) / -DAY
        left: Column = (1 - options.lasting) * np.exp(days / options.event_days)
        left += options.lasting * np.exp(days / options.story_days)
        return left

    def _specific(self, mine: npt.NDArray[np.float32], marks: npt.NDArray[np.uint8], near: Rows) -> Column:
        less = np.minimum(near["named"], self.row["named"])
        shared = (mine * ((marks & near["marks"][:, KEPT_TERMS:] & NAMED) > 0)) @ _SUM
        specific: Column = np.minimum(1.0, shared / np.maximum(less, 1e-9))
        return specific

    def _wording(self, near: Rows) -> Column:
        own = self.row["wording"]
        own = own[own > 0]
        if own.size < FORM_RUNS:
            return np.zeros(len(near))
        runs = near["wording"]
        less = np.minimum(near["runs"], own.size)
        shared = (own.take(own.searchsorted(runs), mode="clip") == runs).sum(1)
        shared[less < FORM_RUNS] = 0
        wording: Column = shared / np.maximum(less, 1)
        return wording

    def _conflicts(self, near: Rows, specific: Column, wording: Column) -> npt.NDArray[np.int8]:
        found = np.zeros(len(near), np.int8)
        form = wording >= FORM_SHARED
        if not form.any():
            return found
        own, others = self.row["numbers"], near["numbers"]
        agree = ((others[:, :, None] == own) & (own > 0)).any(axis=(1, 2))
        found[form & (others[:, 0] > 0) & (own[0] > 0) & ~agree] = 2
        found[form & (specific < FORM_NAMES)] = 1
        return found

    def _titled(
        self,
        mine: npt.NDArray[np.float32],
        marks: npt.NDArray[np.uint8],
        theirs: npt.NDArray[np.float32],
        near: Rows,
    ) -> Column:
        """The smaller share of the names and numbers of one headline that the other article has."""
        first = (mine * ((marks & TITLED) > 0)) @ _SUM / max(float(self.row["titled"]), 1e-9)
        titled = (near["marks"][:, KEPT_TERMS:] & TITLED) > 0
        second = (theirs * titled) @ _SUM / np.maximum(near["titled"], 1e-9)
        smaller: Column = np.minimum(first, second)
        return smaller


def needed(size: int, options: Options) -> float:
    """The score from which an article belongs to a story of so many articles."""
    return options.same_language * (1 + options.growth * log2(max(size, 1)))
