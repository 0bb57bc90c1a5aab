"""Text as it is compared, and text as it is written.

`clean` is applied to everything that comes from outside before it is kept;
`fold` only to what is compared, never to what is shown.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache
from hashlib import blake2b
from typing import TypeVar

_CONTROLS = re.compile(
    # C0 and C1 without tab and newline; lone surrogates; bidi embeddings, overrides and isolates; BOM; noncharacters
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff]"
)
_ODD_SPACES = re.compile("[\x0b\x0c\x1c-\x1f]")
"""Controls that Python takes for white space: they leave nothing behind, white space leaves a space."""
_LINES = re.compile(r"\r\n|[\u2028\u2029\x85\r]")

# Each alternative begins at `<` and ends before the next one, so the time is linear but for texts made of tags alone.
_HIDDEN = re.compile(r"<(script|style)\b[^<>]*+>[^<]*+</\1\s*+>", re.I)
_TAGS = re.compile(
    r"<!--[^<>]*+(?:-->|>)|<!--|<!(?:doctype|\[cdata\[)[^<>]*+>|<\?[a-z][^<>]*+>"
    r"|</?+(?:a|abbr|address|applet|area|article|aside|audio|b|base|bdi|bdo|big|blink|blockquote|body|br|button|canvas"
    r"|center|cite|code|col|dd|del|details|dialog|dir|div|dl|dt|em|embed|fieldset|figcaption|figure|font|footer|form"
    r"|frame|frameset|h[1-6]|head|header|hr|html|i|iframe|img|input|ins|kbd|label|legend|li|link|main|map|mark|marquee"
    r"|math|menu|meta|nav|nobr|noscript|object|ol|option|p|param|picture|portal|pre|q|s|samp|script|section|select"
    r"|slot|small|source|span|strike|strong|style|sub|summary|sup|svg|table|tbody|td|template|textarea|tfoot|th|thead"
    r"|time|title|tr|track|tt|u|ul|var|video|wbr|xmp)(?:[\s/][^<>]*+)?+(?:>|(?<=[\"'=/])\Z)"
    r"|<[a-z][^<>]*?\son[a-z]+\s*+=[^<>]*+(?:>|\Z)",
    re.I,
)

_NESTED = 5
"""Tags within the names of tags are looked for so often; who goes deeper gets no `<` at all."""

# Letters that the same word is spelt with in Arabic, Persian, Urdu and Kurdish keyboards.
_LETTERS = str.maketrans(
    {
        "ي": "ی", "ى": "ی", "ې": "ی", "ۍ": "ی", "ئ": "ی", "ك": "ک", "ڪ": "ک",
        "أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ٲ": "ا", "ٳ": "ا", "ؤ": "و", "ة": "ه", "ۀ": "ه", "ە": "ه", "ھ": "ه",
        "ہ": "ه", "ۃ": "ه", "ء": "", "ـ": "",
        "\u200b": "", "\u200c": "", "\u200d": "", "\u200e": "", "\u200f": "", "\u061c": "", "\u00ad": "", "\u2060": "",
        "’": "'", "‘": "'", "‚": "'", "‛": "'", "ʼ": "'", "′": "'", "`": "'", "´": "'",
        "“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "″": '"', "‹": "'", "›": "'",
        "‐": "-", "‑": "-", "‒": "-", "–": "-", "—": "-", "―": "-", "−": "-",
        "ı": "i", "İ": "i", "ß": "ss", "ς": "σ",
    }
)  # fmt: skip
_WORD = re.compile(r"\w+")
_WORD_LENGTH = 48
_REMEMBERED = 50_000
"""Entries of the table of folded words: some 10 MB."""


def clean(text: str) -> str:
    """`text` as it may be stored: NFC, one space between words, no control, bidi or unpaired characters.

    Newlines stay; carriage returns, U+2028 and U+2029 become newlines.
    """
    if text.isprintable():
        return " ".join(unicodedata.normalize("NFC", text).split())
    text = _LINES.sub("\n", text)
    text = _CONTROLS.sub("", text)
    text = unicodedata.normalize("NFC", text)
    return "\n".join(" ".join(line.split()) for line in text.split("\n")).strip()


def untagged(text: str) -> str:
    """`text` without what a browser would take for markup: tags of HTML, comments, scripts with what is in them.

    A publisher who escapes twice shows tags as text, and who attacks a reader does the same; either way they are no
    words.  `a < b` stays.  Idempotent.
    """
    for _ in range(_NESTED):
        if "<" not in text:
            return text
        shorter = _TAGS.sub("", _HIDDEN.sub("", text))
        if shorter == text:
            return text
        text = shorter  # what was taken out may have parted another one
    return text.replace("<", "‹")


def one_line(text: str | None) -> str | None:
    """`text` cleaned and on one line; None where nothing is left."""
    if not text:
        return None
    line = " ".join(text.split())
    if line.isprintable() and not _ODD_SPACES.search(text):
        return (line if line.isascii() else unicodedata.normalize("NFC", line)) or None
    return " ".join(clean(text).split()) or None


def fold(text: str) -> str:
    """`text` as it is compared: letters that differ only by keyboard, case, form, digits or diacritics made equal.

    Idempotent.  Arabic and Persian yeh and kaf, alef forms, tatweel, zero-width characters, vowel marks,
    accents, digits of any script, quotes, dashes and the Turkish dotted and dotless i are folded.
    """
    if text.isascii():
        return " ".join(text.replace("`", "'").lower().split())
    # Nothing in folding reaches over a space.
    return " ".join(filter(None, map(_FOLDED.__getitem__, text.split())))


def _folded(part: str) -> str:
    if part.isascii():
        return part.replace("`", "'").lower()
    part = unicodedata.normalize("NFKC", part).translate(_LETTERS).casefold()
    folded = _composed(part)
    return folded if folded == part or folded.isascii() else _settled(folded)


Folded = TypeVar("Folded")


class _Remembered(dict[str, Folded]):
    """What stands between two spaces, with what was made of it.  Few words make up most of all texts (Zipf), so that
    a table of those seen lately answers ten times as fast as folding does; what is long hardly comes again."""

    def __init__(self, make: Callable[[str], Folded]) -> None:
        self._make = make

    def __missing__(self, part: str) -> Folded:
        made = self._make(part)
        if len(part) <= _WORD_LENGTH:
            if len(self) >= _REMEMBERED:
                self.clear()
            self[part] = made
        return made


_FOLDED: _Remembered[str] = _Remembered(_folded)
_WORDS: _Remembered[str] = _Remembered(lambda part: " ".join(_WORD.findall(_folded(part))))


def _settled(text: str) -> str:
    # A letter that loses its marks can become one that folds on (U+01C5 and the like): go on until nothing moves.
    for _ in range(4):
        again = _composed(unicodedata.normalize("NFKC", text).translate(_LETTERS).casefold())
        if again == text:
            break
        text = again
    return text


class _Bare(dict[int, str | int | None]):
    """A table for `str.translate` that drops marks and writes digits of any script as 0-9; it fills as it is used."""

    def __missing__(self, code: int) -> str | int | None:
        category = unicodedata.category(chr(code))
        bare: str | int | None = code
        if category.startswith("M"):
            bare = None
        elif category == "Nd":
            bare = str(unicodedata.decimal(chr(code)))
        if code < 0x10000:
            self[code] = bare
        return bare


_BARE = _Bare()


def _composed(text: str) -> str:
    bare = unicodedata.normalize("NFKD", text).translate(_BARE)
    return " ".join(unicodedata.normalize("NFC", bare).translate(_LETTERS).split())


def words(text: str) -> list[str]:
    """Folded words of `text`, in order."""
    return joined_words(text).split()


def joined_words(text: str) -> str:
    """The same with one space between two."""
    return " ".join(filter(None, map(_WORDS.__getitem__, parts(text))))


def words_of_part(part: str) -> list[str]:
    """The same of what stands between two spaces."""
    return _WORDS[part].split()


@lru_cache(maxsize=4)
def parts(text: str) -> list[str]:
    """What stands between the spaces of a text, to be read only: several ask for it, one after the other."""
    return text.split()


def digest(*parts: str) -> str:
    """32 hex digits over the parts, each kept apart from the next."""
    state = blake2b(digest_size=16)
    for part in parts:
        data = part.encode("utf-8", "surrogatepass")
        state.update(len(data).to_bytes(8, "big"))
        state.update(data)
    return state.hexdigest()


_UNTELLING = frozenset({"application/octet-stream", "binary/octet-stream", "application/unknown", "unknown/unknown"})
"""Content types of servers that know none."""


def says_nothing(content_type: str) -> bool:
    """Whether a Content-Type is missing, is none, or tells nothing of the body: then its bytes show what it is."""
    kind = content_type.partition(";")[0].strip().lower()
    return "/" not in kind or kind in _UNTELLING
