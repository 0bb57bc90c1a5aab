"""How much a word says: learned from the stream itself, for each language, and for each source.

A word's weight is its inverse document frequency among the articles seen so far (Sparck Jones, 1972).  Frequencies
fade, so that the words of a long story do not lose their weight for ever, and memory stays bounded.  A word that a
site has in its own articles far more often than others have it (its name, its slogans, its series) says nothing
about them.
"""

from __future__ import annotations

from math import log

FADES_AT = 30_000
"""Articles of a language after which all counts are halved."""

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

    def learn(self, language: str, source: str, features: list[str]) -> None:
        """Counts an article."""
        self._languages.setdefault(language, _Counts()).add(features, FADES_AT)
        if source:
            self._sources.setdefault(source, _Counts()).add(features, 200)

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
