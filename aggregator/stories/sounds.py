"""Names as they sound: one key for a name in whatever script and language it is written.

A word is reduced to the skeleton of its consonants in nine coarse classes, after the idea of Soundex (Russell, 1918)
and of consonant skeletons for Semitic names: vowels are not written in Arabic and Hebrew, so they are dropped
everywhere.  Letters of scripts without a table here are read from their Unicode names (KATAKANA LETTER TO, HANGUL
SYLLABLE GIM), which spell their sound.  Han has no letters; names of places come from CLDR (`places.py`).
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

SHORTEST = 3
"""Classes of a key: shorter skeletons collide too often to say anything."""

_CLASSES = str.maketrans("bpfvkgqcxszjtdlrmn", "PPFFKKKKKSSSTTLRMN")

_ARABIC = {
    "ا": "a", "ب": "b", "پ": "p", "ت": "t", "ث": "t", "ج": "j", "چ": "s", "ح": "", "خ": "k", "د": "d", "ذ": "d",
    "ڈ": "d", "ٹ": "t", "ر": "r", "ڑ": "r", "ڕ": "r", "ز": "z", "ژ": "z", "س": "s", "ش": "s", "ص": "s", "ض": "z",
    "ط": "t", "ظ": "z", "ع": "a", "غ": "g", "ف": "f", "ڤ": "v", "ق": "k", "ک": "k", "گ": "g", "ل": "l", "ڵ": "l",
    "م": "m", "ن": "n", "ں": "n", "و": "w", "ۆ": "o", "ۇ": "u", "ه": "h", "ی": "y", "ێ": "e", "ے": "e",
}  # fmt: skip
_HEBREW = {
    "א": "a", "ב": "b", "ג": "g", "ד": "d", "ה": "h", "ו": "w", "ז": "z", "ח": "k", "ט": "t", "י": "y", "כ": "k",
    "ך": "k", "ל": "l", "מ": "m", "ם": "m", "נ": "n", "ן": "n", "ס": "s", "ע": "a", "פ": "p", "ף": "f", "צ": "s",
    "ץ": "s", "ק": "k", "ר": "r", "ש": "s", "ת": "t",
}  # fmt: skip
_CYRILLIC = {
    "а": "a", "б": "b", "в": "v", "г": "g", "ґ": "g", "д": "d", "е": "e", "ж": "z", "з": "z", "и": "i", "к": "k",
    "л": "l", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r", "с": "s", "т": "t", "у": "u", "ф": "f", "х": "k",
    "ц": "s", "ч": "s", "ш": "s", "щ": "s", "ъ": "", "ы": "y", "ь": "", "э": "e", "ю": "u", "я": "a", "і": "i",
    "є": "e", "ј": "y", "љ": "l", "њ": "n", "ћ": "s", "ђ": "z", "џ": "z",
}  # fmt: skip
_GREEK = {
    "α": "a", "β": "v", "γ": "g", "δ": "d", "ε": "e", "ζ": "z", "η": "i", "θ": "t", "ι": "i", "κ": "k", "λ": "l",
    "μ": "m", "ν": "n", "ξ": "ks", "ο": "o", "π": "p", "ρ": "r", "σ": "s", "τ": "t", "υ": "i", "φ": "f", "χ": "k",
    "ψ": "ps", "ω": "o",
}  # fmt: skip
_LETTERS = str.maketrans(_ARABIC | _HEBREW | _CYRILLIC | _GREEK | {"ł": "l", "ø": "o", "đ": "d", "æ": "e", "œ": "e"})

# What several letters say together in languages written in Latin letters, and a g that is not heard after n.
_TOGETHER = (
    (re.compile("tsch|sch|tch|dzh|dsch|sh|ch|cz|sz|zh|dj"), "s"),
    (re.compile("ph"), "f"),
    (re.compile("th"), "t"),
    (re.compile("kh|gh|ck|qu"), "k"),
    (re.compile("ge(?=[aou])|g(?=[eiy])"), "j"),
    (re.compile("c(?=[eiy])"), "s"),
    (re.compile("x"), "ks"),
)
_NASAL = re.compile("ng(?![aeiouyrl])|nk(?=[tds])")
_VOWELS = re.compile("[aeiouyhw]+")
_DOUBLED = re.compile(r"(.)\1+")
_ENDINGS = re.compile("(?<=...)(?:ами|ями|ого|его|ому|ему|ыми|ими|ов|ев|ам|ям|ах|ях|ом|ем|им|ым|ых|их)$")
_ARTICLE = re.compile("^(?:[وبکف]?ال|لل)(?=...)")
_NAMED = re.compile(r"(?:LETTER|SYLLABLE|CHARACTER)(?: SMALL)? ([A-Z]+)")


@lru_cache(maxsize=200_000)
def sound(word: str) -> str:
    """The key of a folded word: "TRMP" for Trump, Трамп and ترامپ; empty where it is too short to tell anything."""
    if not word or (word[0] > "\u2e80" and unicodedata.name(word[0], "").startswith("CJK")):
        return ""
    if not word.isascii():
        word = _latin(word)
    word = _NASAL.sub("n", word)
    for letters, one in _TOGETHER:
        word = letters.sub(one, word)
    if not word:
        return ""
    first = word[0]
    head = "A" if first in "aeiouy" else "F" if first == "w" else ""
    skeleton = _DOUBLED.sub(r"\1", _VOWELS.sub("", word).translate(_CLASSES))
    skeleton = head + skeleton.replace("NP", "MP")
    return skeleton if len(skeleton) >= SHORTEST and skeleton.isalpha() and skeleton.isascii() else ""


def _latin(word: str) -> str:
    if "\u0600" <= word[0] <= "\u06ff":
        word = _ARTICLE.sub("", word)
    elif "\u0400" <= word[0] <= "\u04ff":
        word = _ENDINGS.sub("", word)
    word = word.translate(_LETTERS)
    return word if word.isascii() else "".join(_spelt(letter) for letter in word)


@lru_cache(maxsize=20_000)
def _spelt(letter: str) -> str:
    if letter.isascii():
        return letter
    named = _NAMED.search(unicodedata.name(letter, ""))
    return named[1].lower() if named else ""
