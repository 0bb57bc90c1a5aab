"""How much a word says: learned from the stream itself, for each language, and for each source.

A word's weight is its inverse document frequency among the articles seen so far (Sparck Jones, 1972).  Frequencies
fade, so that the words of a long story do not lose their weight for ever, and memory stays bounded.  A word that a
site has in its own articles far more often than others have it (its name, its slogans, its series) says nothing
about them.
"""

from __future__ import annotations

from math import log

from aggregator.stories.signals import Signals

FADES_AT = 30_000
"""Articles of a language after which all counts are halved."""

SOURCE_FADES_AT = 400
"""The same for the articles of a source."""

FORM = 5
"""Articles that must have a run of words before it counts as a form's."""

RUNS_KEPT = 400_000
"""Runs that are counted; where there are more, those seen once are forgotten."""

OWN_AT_LEAST = 12
"""Articles of a source before its own words are known."""

OWN_SHARE = 0.25
"""Share of a source's articles from which a word may be one of its own."""

OWN_TIMES = 3.0
"""How many times more often than all sources together it must have the word."""

COMMON = 0.12
"""Share of a language's articles from which a word says nothing."""


class _Counts:
    __slots__ = ("articles", "of")

    def __init__(self) -> None:
        self.articles = 0.0
        self.of: dict[str, float] = {}

    def add(self, features: list[str], fades_at: int) -> None:
        self.articles += 1
        of = self.of
        for feature in features:
            of[feature] = of.get(feature, 0.0) + 1
        if self.articles >= fades_at:
            self.articles /= 2
            self.of = {feature: count / 2 for feature, count in of.items() if count >= 2}


class Rarity:
    """Document frequencies of a stream."""

    def __init__(self) -> None:
        self._languages: dict[str, _Counts] = {}
        self._sources: dict[str, _Counts] = {}

    def learn(self, found: Signals) -> None:
        """Counts an article."""
        features = [*found.terms, *found.anchors]
        self._languages.setdefault(found.language, _Counts()).add(features, FADES_AT)
        if found.source:
            self._sources.setdefault(found.source, _Counts()).add(features, SOURCE_FADES_AT)

    def articles(self, language: str) -> float:
        """Articles of a language that were counted, as far as they have not faded."""
        counts = self._languages.get(language)
        return counts.articles if counts else 0.0

    def weighted(self, language: str, source: str, features: dict[str, float]) -> dict[str, float]:
        """Counts times inverse document frequency, without what is common in the language or the source's own."""
        counts = self._languages.get(language) or _Counts()
        of, articles = counts.of, counts.articles
        top, common = articles + 20.0, max(COMMON * articles, 4.0)
        weights = {
            feature: count * log(top / (seen + 1.0))
            for feature, count in features.items()
            if (seen := of.get(feature, 0.0)) < common
        }
        own = self._sources.get(source)
        if own is not None and own.articles >= OWN_AT_LEAST:
            least, times = OWN_SHARE * own.articles, OWN_TIMES * own.articles / max(articles, 1.0)
            for feature in features:
                count = own.of.get(feature, 0.0)
                if count >= least and count > times * of.get(feature, 0.0):
                    weights.pop(feature, None)
        return weights


class Wordings:
    """Runs of words that many articles have: the wording of forms."""

    def __init__(self) -> None:
        self._runs: dict[int, int] = {}

    def routine(self, wording: frozenset[int]) -> float:
        """The share of an article's sampled runs that many earlier ones had; counts them."""
        share = self.share(wording)
        runs = self._runs
        for run in wording:
            runs[run] = runs.get(run, 0) + 1
        if len(runs) > RUNS_KEPT:
            self._runs = {run: count // 2 for run, count in runs.items() if count > 1}
        return share

    def share(self, wording: frozenset[int]) -> float:
        """The share of sampled runs that many articles have."""
        runs = self._runs
        return sum([runs.get(run, 0) >= FORM for run in wording]) / len(wording) if wording else 0.0
