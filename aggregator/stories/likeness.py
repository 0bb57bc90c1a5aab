"""How alike two articles are, signal by signal, and whether that is enough to be one event."""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, log2, sqrt

from aggregator.stories.rarity import Rarity
from aggregator.stories.signals import Signals

DAY = 86_400.0

FAR = 0.4
"""Share of the threshold below which it is not asked any more what speaks against a pair."""

FORM_SHARED = 0.2
"""Share of the sampled runs of words from which two articles may be one form filled in twice."""

FORM_NAMES = 0.42
"""Share of names and numbers that must agree all the same: independent reports that quote one text have half."""

UNNAMED, NAMED = 0.14, 1.5
"""What likeness of words may count where no names agree, and how much more with each share of names that do: what is
alike in wording and not in names is a form."""

FAMILIAR = 0.1
"""Share of an article's runs of words that many articles have, from which this is asked."""

ROUTINE = 0.25
"""Share of an article's runs of words that many articles have, from which it is a routine report."""

ROUTINE_NAMES = 0.7
"""Share of the names and numbers in each headline that the other routine report must have."""

KEPT_TERMS, KEPT_ANCHORS = 72, 40
"""Features of an article that are kept: the heaviest ones."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """Thresholds of the room, one set for all languages; `benchmarks/stories.py` tells what they reach."""

    same_language: float = 0.17
    other_language: float = 0.122
    names_share: float = 0.2
    """what names count beside words within a language"""
    words_across: float = 0.42
    """what words count beside names across languages: cognates, and names with the same letters"""
    event_days: float = 1.5
    story_days: float = 14.0
    lasting: float = 0.75
    link_bonus: float = 0.02
    growth: float = 0.03
    """how much the threshold grows with each doubling of a story"""
    best_share: float = 0.6
    """what the best pair counts beside the mean over the story's members"""
    window_days: float = 60.0
    held: int = 50_000
    second_look: int = 150


@dataclass(slots=True)
class Weighted:
    """An article's signals with what they weigh now."""

    signals: Signals
    published: float
    """seconds since 1970"""
    terms: dict[str, float]
    anchors: dict[str, float]
    terms_norm: float
    anchors_norm: float
    names_weight: float
    routine: float = 0.0


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


def weigh(signals: Signals, published: float, rarity: Rarity) -> Weighted:
    """Weighs an article by how rare its words are now; the heaviest features are kept, in falling order."""
    terms = rarity.weighted(signals.language, signals.source, signals.terms)
    anchors = rarity.weighted(signals.language, signals.source, signals.anchors)
    terms, anchors = _heaviest(terms, KEPT_TERMS), _heaviest(anchors, KEPT_ANCHORS)
    return Weighted(
        signals,
        published,
        terms,
        anchors,
        sqrt(sum([weight * weight for weight in terms.values()])) or 1.0,
        sqrt(sum([weight * weight for weight in anchors.values()])) or 1.0,
        sum([anchors[name] for name in signals.names if name in anchors]),
    )


def _heaviest(features: dict[str, float], count: int) -> dict[str, float]:
    return {key: features[key] for key in sorted(features, key=features.__getitem__, reverse=True)[:count]}


def memory(gap: float, options: Options) -> float:
    """What is left of a likeness after a gap in seconds: hours for the event, weeks, weaker, for what follows."""
    days = abs(gap) / DAY
    return (1 - options.lasting) * exp(-days / options.event_days) + options.lasting * exp(-days / options.story_days)


def compare(one: Weighted, other: Weighted, options: Options, *, linked: bool = False) -> Likeness:
    """How alike two articles are."""
    words = _cosine(one.terms, other.terms, one.terms_norm * other.terms_norm)
    names = _cosine(one.anchors, other.anchors, one.anchors_norm * other.anchors_norm)
    time = memory(one.published - other.published, options)
    same = one.signals.language == other.signals.language
    if same:
        share = options.names_share
        if max(one.routine, other.routine) >= FAMILIAR:
            words = min(words, UNNAMED + NAMED * max(names, _specific(one, other)))
        score = (1 - share) * words + share * names
    else:
        share = options.words_across
        score = (share * words + (1 - share) * names) * options.same_language / options.other_language
    score = score * (0.5 + 0.5 * time) + (options.link_bonus if linked else 0.0)
    if score < options.same_language * FAR:
        return Likeness(score, words, names, 0.0, 0.0, time)
    specific = _specific(one, other)
    wording = _wording(one.signals, other.signals) if same else 0.0
    conflict = _conflict(one, other, specific, wording) if same else ""
    return Likeness(0.0 if conflict else score, words, names, specific, wording, time, conflict)


def needed(size: int, options: Options) -> float:
    """The score from which an article belongs to a story of so many articles."""
    return options.same_language * (1 + options.growth * log2(max(size, 1)))


def _cosine(one: dict[str, float], other: dict[str, float], norms: float) -> float:
    shared = one.keys() & other.keys()
    return sum([one[key] * other[key] for key in shared]) / norms if shared else 0.0


def _specific(one: Weighted, other: Weighted) -> float:
    less = min(one.names_weight, other.names_weight)
    if less <= 0:
        return 0.0
    anchors = one.anchors
    shared = one.signals.names & other.signals.names
    return min(1.0, sum([anchors[name] for name in shared if name in anchors]) / less)


def _titled(one: Weighted, other: Weighted) -> float:
    """The smaller share of the names and numbers of one headline that the other article has."""
    shares = []
    for mine, theirs in ((one, other), (other, one)):
        titled = {name: mine.anchors[name] for name in mine.signals.title_names if name in mine.anchors}
        total = sum(titled.values())
        shares.append(sum([w for name, w in titled.items() if name in theirs.anchors]) / total if total else 0.0)
    return min(shares)


def _wording(one: Signals, other: Signals) -> float:
    less = min(len(one.wording), len(other.wording))
    return len(one.wording & other.wording) / less if less >= 3 else 0.0


def _conflict(one: Weighted, other: Weighted, specific: float, wording: float) -> str:
    if wording >= FORM_SHARED and specific < FORM_NAMES:
        return "the same form with other names"
    mine, theirs = one.signals.title_numbers, other.signals.title_numbers
    if wording >= FORM_SHARED and mine and theirs and not mine & theirs:
        return "the same form with other numbers"
    if max(one.routine, other.routine) >= ROUTINE and _titled(one, other) < ROUTINE_NAMES:
        return "routine reports about different subjects"
    return ""
