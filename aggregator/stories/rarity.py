"""How much a word says: learned from the stream itself, for each language, and for each source.

A word's weight is its inverse document frequency among the articles seen so far (Sparck Jones, 1972).  Frequencies
fade, so that the words of a long story do not lose their weight for ever, and memory stays bounded.  A word that a
site has in its own articles far more often than others have it (its name, its slogans, its series) says nothing
about them.  A language begins with some articles that have but its usual words, so that a young stream is not tied
together by "the" and "of".
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from aggregator.stories.reading import hashed
from aggregator.stories.signals import Signals
from aggregator.stories.tally import Hashes, Numbers, Tally
from aggregator.stories.usual import usual

FADES_AT = 30_000
"""Articles of a language after which all counts are halved."""

SOURCE_FADES_AT = 400
"""The same for the articles of a source."""

BUCKETS = 1 << 18
"""Most buckets of words of all languages: some two million words, 16 MB."""

SOURCE_BUCKETS = 1 << 8
"""Most buckets of a source's words: what a quarter of its articles have stays in them."""

SOURCES = 2_000
"""Sources whose words are known: those with the latest articles."""

FORM = 5
"""Articles that must have a run of words before it counts as a form's."""

RUN_BUCKETS = 1 << 16
"""Most buckets of runs of words."""

RUNS_KEPT = 400_000
"""Runs that are counted; where there are more, those seen once are forgotten."""

OWN_AT_LEAST = 12
"""Articles of a source before its own words are known."""

OWN_SHARE = 0.25
"""Share of a source's articles from which a word may be one of its own."""

OWN_TIMES = 3.0
"""How many times more often than all sources together it must have the word."""

YOUTH = 20
"""Articles that a language begins with."""

YOUTH_USUAL = 5
"""How many of them have each of its usual words: a quarter.  Both, and how many words are usual, were chosen on the
labelled sets of `benchmarks/stories.py`."""

COMMON = 0.12
"""Share of a language's articles from which a word says nothing."""


@dataclass(slots=True)
class Own:
    """A source's own words."""

    articles: float = 0.0
    words: Tally = field(default_factory=lambda: Tally(1 << 6, SOURCE_BUCKETS))


class Seen(NamedTuple):
    """How often an article's features were seen, itself counted."""

    in_language: Numbers
    in_source: Numbers | None


class Rarity:
    """Document frequencies of a stream."""

    def __init__(self) -> None:
        """Begins with no article known."""
        self.articles_of: dict[str, float] = {}
        self.words = Tally(1 << 12, BUCKETS)
        self.sources: dict[str, Own] = {}

    def learn(self, found: Signals) -> Seen:
        """Counts an article."""
        language = found.language
        if language not in self.articles_of:
            self._begin(language)
        self.articles_of[language] = self.articles_of.get(language, 0.0) + 1
        in_language = self.words.add(_salted(found.features, language))
        if self.articles_of[language] >= FADES_AT:
            self.words.fade()
            self.articles_of = {name: count / 2 for name, count in self.articles_of.items()}
            in_language *= np.float32(0.5)
        return Seen(in_language, self._learn_own(found) if found.source else None)

    def _begin(self, language: str) -> None:
        words = usual(language)
        self.articles_of[language] = float(YOUTH) if words.size else 0.0
        for _ in range(YOUTH_USUAL if words.size else 0):
            self.words.add(np.unique(_salted(words, language)))

    def _learn_own(self, found: Signals) -> Numbers:
        own = self.sources.pop(found.source, None) or Own()
        self.sources[found.source] = own  # at the end: the first one is that which has been silent longest
        if len(self.sources) > SOURCES:
            del self.sources[next(iter(self.sources))]
        own.articles += 1
        seen = own.words.add(found.features)
        if own.articles >= SOURCE_FADES_AT:
            own.words.fade()
            own.articles /= 2
            seen *= np.float32(0.5)
        return seen

    def seen(self, found: Signals) -> Seen:
        """How often an article's features were seen by now."""
        own = self.sources.get(found.source)
        return Seen(
            self.words.of(_salted(found.features, found.language)), own.words.of(found.features) if own else None
        )

    def articles(self, language: str) -> float:
        """Articles of a language that were counted, as far as they have not faded."""
        return self.articles_of.get(language, 0.0)

    def weights(self, found: Signals, seen: Seen) -> Numbers:
        """Counts times inverse document frequency; 0 for what is common in the language or the source's own."""
        articles = self.articles(found.language)
        weights: Numbers = found.counts * np.log((articles + 20.0) / (seen.in_language + 1.0))
        out = seen.in_language >= max(COMMON * articles, 4.0)
        own = self.sources.get(found.source)
        if own is not None and seen.in_source is not None and own.articles >= OWN_AT_LEAST:
            times = OWN_TIMES * own.articles / max(articles, 1.0)
            out |= (seen.in_source >= OWN_SHARE * own.articles) & (seen.in_source > times * seen.in_language)
        weights[out] = 0
        return weights


def _salted(features: Hashes, language: str) -> Hashes:
    """Features as one language's own."""
    salted = features * np.uint32(2_654_435_761) ^ np.uint32(hashed(language))
    own: Hashes = np.maximum(salted, np.uint32(1))
    return own


class Wordings:
    """Runs of words that many articles have: the wording of forms."""

    def __init__(self) -> None:
        """Begins with no run known."""
        self.runs = Tally(1 << 10, RUN_BUCKETS)

    def routine(self, wording: Hashes) -> float:
        """The share of an article's sampled runs that many earlier ones had; counts them."""
        if not wording.size:
            return 0.0
        seen = self.runs.add(wording)
        if self.runs.used > RUNS_KEPT:
            self.runs.fade()
        return float(np.count_nonzero(seen > FORM)) / wording.size

    def share(self, wording: Hashes) -> float:
        """The share of sampled runs that many articles have."""
        return float(np.count_nonzero(self.runs.of(wording) >= FORM)) / wording.size if wording.size else 0.0
