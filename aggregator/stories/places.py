"""Names of countries and of well-known cities, in the article's language, as codes that all languages share.

The names are those of the Unicode CLDR, which babel carries: territories (ISO 3166) and the cities of time zones.
They are what ties together languages that share neither words nor letters.
"""

from __future__ import annotations

from functools import lru_cache

from babel import Locale, UnknownLocaleError

from aggregator.text import fold

LONGEST = 4
"""Words of a name that are looked up: "united arab emirates" has three."""

_STEM = 4
"""Letters that a name keeps where the language inflects it (Германии, Almanya'nın)."""

_UNSPACED = frozenset({"zh", "ja", "th", "lo", "my", "km", "yue"})


class Places:
    """The names of one language: folded name to code."""

    def __init__(self, language: str) -> None:
        self.unspaced = language.split("-")[0] in _UNSPACED
        self.names: dict[str, str] = {}
        """code to name, for people to read"""
        self._names: dict[str, str] = {}
        self._starts: dict[str, int] = {}
        self._stems: set[str] = set()
        for name, code in _cldr(language):
            folded = fold(name)
            if len(folded) < (2 if self.unspaced else 3):
                continue
            self.names.setdefault(code, name)
            self._names.setdefault(folded, code)
            if not self.unspaced and " " not in folded and len(folded) >= _STEM:
                self._names.setdefault(folded[: max(_STEM, len(folded) - 2)] + "*", code)
                self._stems.add(folded[:_STEM])
            start = folded[:2] if self.unspaced else folded.split()[0]
            self._starts[start] = max(self._starts.get(start, 0), len(folded) if self.unspaced else folded.count(" "))

    def of_word(self, word: str) -> str | None:
        """The code of a place whose name is this one folded word, inflected or not."""
        code = self._names.get(word)
        if code is None and len(word) > _STEM and word[:_STEM] in self._stems:
            for length in range(len(word), max(_STEM, len(word) - 3) - 1, -1):
                code = self._names.get(word[:length] + "*")
                if code is not None:
                    return code
        return code

    def opens(self, word: str) -> bool:
        """Whether names of several words begin with this folded one."""
        return self._starts.get(word, 0) > 0

    def longest(self, words: list[str]) -> str | None:
        """The code of the place with the longest name of several words that these folded words begin with."""
        for count in range(min(self._starts.get(words[0], 0), LONGEST), 0, -1):
            code = self._names.get(" ".join(words[: count + 1]))
            if code is not None:
                return code
        return None

    def of_text(self, text: str) -> list[str]:
        """The codes of the places in a folded text that has no spaces between words, each time they are named."""
        found = []
        for place in range(len(text) - 1):
            longest = self._starts.get(text[place : place + 2], 0)
            for length in range(longest, 1, -1):
                code = self._names.get(text[place : place + length])
                if code is not None:
                    found.append(code)
                    break
        return found


def _cldr(language: str) -> list[tuple[str, str]]:
    try:
        locale = Locale.parse(language.replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        return []
    territories = [(str(name), code) for code, name in locale.territories.items() if code.isalpha()]
    cities = [
        (str(known["city"]), str(zone).rsplit("/", 1)[-1].lower())
        for zone, known in locale.time_zones.items()
        if "city" in known
    ]
    if language.startswith("en"):
        # English names of zones' cities are the zones' own; CLDR leaves them out.
        zones = Locale.parse("de").time_zones
        names = [str(zone).rsplit("/", 1)[-1] for zone in zones]
        cities += [(name.replace("_", " "), name.lower()) for name in names]
    return territories + cities


@lru_cache(maxsize=64)
def places_of(language: str) -> Places:
    """The names of a language; none where CLDR does not know it."""
    return Places(language)
