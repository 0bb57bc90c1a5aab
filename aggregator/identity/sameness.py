"""Whether one text is a copy of another: cut, re-ordered, edited, merged or embedded - or only of the same form.

Copies share most runs of words of the shorter text.  So do routine reports (earthquakes, results, prices), which are
one form filled in anew; there, what differs are just the words that carry the news: names and numbers, each in the
place of another.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher

from aggregator.identity.shingles import RUN, Shingles, shared, shingles, tokens
from aggregator.text import words

COPIED = 0.48
"""Share of the shorter text's shingles from which it is a copy: two newsrooms' reports of one event, with the same
quotes, stay below 0.41 on the development pairs, cut and edited copies above 0.53."""

COPIED_WORDS = 40
"""Words that must be shared: fewer are too often a form (a caption, a notice, a block page)."""

FILLED_IN = 0.3
"""Share of names and numbers that differ in place from which two texts are one form filled in twice."""

ALIGNED = 1_200
"""Words of each text that are aligned: difflib is quadratic, and forms are short."""

_SLOT = 5
"""Words of a replacement that may be a slot of a form; longer ones are rewritten passages."""

_NAME = re.compile(r"(?<![.!?:\u2026\"'\u201c\u201d\u00ab(]\s)(?<!^)\b[^\W\d_]\w+", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Text:
    """A text as it is compared."""

    headline: str
    body: str
    tokens: list[str]
    hashes: Shingles

    @classmethod
    def of(cls, headline: str, body: str) -> Text:
        """Prepares a text."""
        found = tokens(body)
        return cls(headline, body, found, shingles(found))


@dataclass(frozen=True, slots=True)
class Sameness:
    """How two texts compare."""

    containment: float
    """share of the shorter one's shingles that the other has"""
    resemblance: float
    """Jaccard coefficient of their shingles"""
    words: int
    """words shared, about"""
    filled_in: float
    """share of aligned names and numbers that differ; 0 where the texts were not aligned"""

    @property
    def copied(self) -> bool:
        """Whether one is a copy of the other, or of a part of it."""
        return self.containment >= COPIED and self.words >= COPIED_WORDS and self.filled_in < FILLED_IN

    def evidence(self) -> tuple[str, ...]:
        """What agreed and what did not, in words."""
        lines = [f"{self.containment:.0%} of the shorter text's four-word runs are in the other", f"{self.words} words"]
        if self.filled_in:
            lines.append(f"{self.filled_in:.0%} of names and numbers differ")
        return tuple(lines)


def compare(known: Text, newcomer: Text) -> Sameness:
    """How a newcomer compares with a known text; the order does not matter."""
    common = shared(known.hashes, newcomer.hashes)
    shorter = min(known.hashes.size, newcomer.hashes.size)
    if not common or not shorter:
        return Sameness(0.0, 0.0, 0, 0.0)
    containment = common / shorter
    seems = containment >= COPIED and common + RUN - 1 >= COPIED_WORDS
    return Sameness(
        containment=containment,
        resemblance=common / (known.hashes.size + newcomer.hashes.size - common),
        words=common + RUN - 1,
        filled_in=_filled_in(known, newcomer) if seems and containment < 1 else 0.0,
    )


def _filled_in(known: Text, newcomer: Text) -> float:
    """Share of the names and numbers of aligned passages that stand in the place of others."""
    before, after = known.tokens[:ALIGNED], newcomer.tokens[:ALIGNED]
    names = _names(known) | _names(newcomer)
    changed = 0
    same: set[str] = set()
    for kind, i1, i2, j1, j2 in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if kind == "equal":
            same.update(word for word in before[i1:i2] if word in names or _is_number(word))
        elif kind == "replace" and i2 - i1 <= _SLOT and j2 - j1 <= _SLOT:
            changed += _news_changed(before[i1:i2], after[j1:j2], names)
    return changed / (changed + len(same)) if changed > 1 else 0.0


def _news_changed(before: list[str], after: list[str], names: set[str]) -> int:
    """How many names or numbers of one side of a replacement stand for others on the other side."""
    old = [word for word in before if word in names or _is_number(word)]
    new = [word for word in after if word in names or _is_number(word)]
    pairs = zip(old, new, strict=False)
    return sum(not _misspelt(left, right) for left, right in pairs)


def _is_number(word: str) -> bool:
    return any(letter.isdigit() for letter in word)


def _misspelt(left: str, right: str) -> bool:
    if _is_number(left) or _is_number(right):
        return left == right
    return sorted(left) == sorted(right) or SequenceMatcher(None, left, right).ratio() > 0.8


def _names(text: Text) -> set[str]:
    """Words that are names by their capital within a sentence, or that the headline has: folded."""
    capitals = {match[0] for match in _NAME.finditer(text.body) if match[0][0].isupper()}
    return {word for name in capitals for word in words(name)} | {
        word for word in tokens(text.headline) if len(word) > 3 or not word.isascii()
    }
