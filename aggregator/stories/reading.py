"""Words as they are counted: read once, then known by a number, with what they stand for in columns.

What stands between two spaces is looked up whole; few words make up most of all texts (Zipf), so reading is rare.
Nothing here is state: what is forgotten is read again and gives the same.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final
from zlib import crc32

import numpy as np
import numpy.typing as npt

from aggregator.stories.places import places_of
from aggregator.stories.sounds import sound
from aggregator.text import fold, parts

STEM = 6
"""Letters that stand for a word: endings differ by case and number in most languages of the catalogue."""

SIGNS = 20
"""Parts of a text without a word in them (dashes, bullets) that are allowed for."""

REMEMBERED = 60_000
"""Words of a language that are remembered, at least."""

CAPITAL, NUMBER, OPENS, SILENT = 1, 2, 4, 8
"""Marks of a word: begins with a capital; is a number; may open a place's name of several words; how it sounds was not
asked yet."""

_WORD = re.compile(r"[^\W_]+(?:[.,:][0-9]+)*")
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff]+")
_INSIDE = re.compile("[\u200c\u200d\u00ad\u0640]")
"""Zero-width joiners, soft hyphens, tatweel: they stand inside a word."""
_HEBREW_PREFIXES = frozenset("בלמהושכ")


Read = npt.NDArray[np.int32]
"""Words as they stand in a text, by their numbers."""


def hashed(feature: str) -> int:
    """A feature as a number, the same in every process; never 0, which stands for none."""
    return crc32(feature.encode("utf-8", "surrogatepass")) or 1


class _Parts(dict[str, bytes]):
    """What stands between two spaces, with the numbers of its words."""

    def __init__(self, words: Words) -> None:
        self._words = words

    def __missing__(self, part: str) -> bytes:
        self[part] = numbers = np.array(self._words.read(part), np.int32).tobytes()
        return numbers


class Words:
    """The words of one language that were read lately."""

    columns: Final = ("stem", "anchor", "second", "place", "folded", "marks")

    def __init__(self, language: str) -> None:
        """Begins with no word read."""
        self.language = language
        self.places = places_of(language)
        self._clear()

    def _clear(self) -> None:
        self._parts = _Parts(self)
        self._numbers: dict[str, int] = {}
        self.texts: list[str] = []
        """each word, folded"""
        self.written: list[str] = []
        """each word, as it is written"""
        self.table: npt.NDArray[np.uint32] = np.zeros((1_024, len(self.columns)), np.uint32)
        """for each word: its stem, how it sounds or its digits, the same without a prefix, the place that it names,
        the folded word, all hashed; and its marks"""

    def of(self, text: str, most: int) -> Read:
        """So many words of a text, in order, as numbers that hold until the words are tidied."""
        numbers = b"".join(map(self._parts.__getitem__, parts(text)[: most + SIGNS]))
        return np.frombuffer(numbers, np.int32)[:most]

    def tidy(self) -> None:
        """Forgets all words where there are too many; numbers that were given before do not hold any more."""
        if len(self._parts) > 2 * REMEMBERED or len(self.texts) > REMEMBERED:
            self._clear()

    def sounds(self, number: int) -> None:
        """Asks how a word sounds that nobody takes for a name where there are capitals."""
        self.table[number, 1] = _sound(self.texts[number])
        self.table[number, 5] &= ~np.uint32(SILENT)

    def read(self, part: str) -> tuple[int, ...]:
        """The words of what stands between two spaces."""
        plain = part if part.isascii() else _INSIDE.sub("", part)
        return tuple([self._number(word) for word in _WORD.findall(plain)])

    def _number(self, word: str) -> int:
        number = self._numbers.get(word)
        if number is None:
            number = self._numbers[word] = len(self.texts)
            if number == len(self.table):
                self.table = np.concatenate([self.table, np.zeros_like(self.table)])
            folded = fold(word)
            self.texts.append(folded)
            self.written.append(word)
            self.table[number] = self._read(word, folded)
        return number

    def _read(self, word: str, folded: str) -> tuple[int, int, int, int, int, int]:
        marks = CAPITAL if word[0].isupper() else 0
        if not folded.isalpha() and any(letter.isdigit() for letter in folded):
            digits = "".join(letter for letter in folded if letter.isdigit())
            if len(digits) < 2:
                return 0, 0, 0, 0, hashed(folded), marks
            return hashed(f"#{digits}"), hashed(f"={digits}"), 0, 0, hashed(folded), marks | NUMBER
        if len(folded) < 2 or _UNSPACED.match(folded):
            return 0, 0, 0, 0, hashed(folded), marks
        if self.places.opens(folded):
            marks |= OPENS
        second = 0
        if self.language == "he" and len(folded) > 4 and folded[0] in _HEBREW_PREFIXES:
            second = _sound(folded[1:])
        code = self.places.of_word(folded)
        silent = not marks & CAPITAL and word != word.upper()
        return (
            hashed(folded[:STEM]),
            0 if silent else _sound(folded),
            second,
            hashed(f"@{code}") if code else 0,
            hashed(folded),
            marks | SILENT if silent else marks,
        )


def _sound(folded: str) -> int:
    key = sound(folded)
    return hashed(f"~{key}") if key else 0


@lru_cache(maxsize=64)
def words_of(language: str) -> Words:
    """The words of a language."""
    return Words(language)


class _Pairs(dict[str, int]):
    """Pairs of letters of scripts without spaces between words, hashed."""

    def __missing__(self, pair: str) -> int:
        if len(self) >= REMEMBERED:
            self.clear()
        self[pair] = number = hashed(pair)
        return number


_PAIRS = _Pairs()


def pairs_of(folded: str) -> tuple[list[str], list[int]]:
    """The pairs of letters of a folded text that has no spaces between words, and the same hashed."""
    pairs = [run[start : start + 2] for run in _UNSPACED.findall(folded) for start in range(len(run) - 1)]
    return pairs, [_PAIRS[pair] for pair in pairs]
