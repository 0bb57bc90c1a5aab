"""The words that every text of a language has, for a stream that is too young to tell.

justext's lists are in order of how frequent a word is in the language's Wikipedia; their heads are articles,
prepositions and auxiliaries.
"""

from __future__ import annotations

from functools import lru_cache
from importlib import resources

import numpy as np
from babel import Locale, UnknownLocaleError

from aggregator.stories.reading import words_of
from aggregator.stories.tally import Hashes

MOST = 150
"""Words of a list that are taken: further down stand words that say something, such as names of countries."""

_OTHERWISE = {"no": "Norwegian_Bokmal", "nb": "Norwegian_Bokmal", "nn": "Norwegian_Nynorsk", "kmr": "Kurdish"}
"""Names of lists that are not the language's own in CLDR."""

_STEM, _SOUND = 0, 1
"""Columns of a word's stem, and of how it sounds."""


@lru_cache(maxsize=64)
def usual(language: str) -> Hashes:
    """Stems and sounds of a language's most usual words, hashed, each once; empty where no list is known."""
    read = words_of(language)
    numbers = sorted({number for word in usual_words(language) for number in read.read(word)})
    for number in numbers:
        read.sounds(number)  # where a script has capitals, nobody asked for it yet
    found = read.table[numbers][:, (_STEM, _SOUND)].ravel() if numbers else np.zeros(0, np.uint32)
    hashes: Hashes = np.unique(found[found > 0])
    return hashes


def usual_words(language: str) -> list[str]:
    """A language's most usual words as they are written, the most usual first; none where no list is known."""
    try:
        name = _OTHERWISE.get(language) or Locale.parse(language).get_display_name("en") or ""
        text = resources.files("justext").joinpath("stoplists", f"{name}.txt").read_text("utf-8")
    except (UnknownLocaleError, ValueError, OSError):
        return []
    return [line for line in text.splitlines() if line][:MOST]
