"""Whether one text is a copy of another: cut, re-ordered, edited, merged or embedded - or only of the same form.

Copies share most runs of words of the shorter text, or tell whole passages of it in the same words.  So do others:
- routine reports (earthquakes, results, prices) are one form filled in anew; there, what differs are just the words
  that carry the news: names and numbers, each in the place of another;
- reports of one event have the same quotes, releases of one house the same ending; these count for nothing where the
  texts share little else.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from aggregator.compiled import twin
from aggregator.identity.shingles import LONGEST, RUN, Shingles, parted, runs, runs_of_text, unspaced
from aggregator.text import joined_words, words

COPIED = 0.48
"""Share of the shorter text's shingles from which it is a copy: two newsrooms' reports of one event, with the same
quotes, stay below 0.41 on the development pairs, cut and edited copies above 0.53."""

PASSAGES = 0.28
"""Share of the shorter text's words from which it is a copy where they stand in passages that are told, not quoted."""

PASSAGE = 10
"""Words in a row that make a passage; turns of phrase are shorter."""

PASSAGES_WORDS = 90
"""Words of such passages that there must be."""

STATEMENT = 120
"""The same where it is one passage: a statement that was given to all is seldom longer."""

COPIED_WORDS = 40
"""Words that must be shared: fewer are too often a form (a caption, a notice, a block page)."""

ENDING = 110
"""Words of a passage at the end of both texts up to which it may be what a house says of itself."""

WHOLE = 0.8
"""Containment from which a copy is one whatever its end is."""

FILLED_IN = 0.3
"""Share of names and numbers that differ in place from which two texts are one form filled in twice."""

FILLED_IN_SHORT = 0.1
"""The same where less than `SHORT` words are shared: then a changed name or two are all that the text tells."""

SHORT = 60

FILLED_WORDS = 0.07
"""The same as a share of all aligned words, for scripts without capitals, where any word may be a name."""

ALIGNED = 160
"""Words of a gap between two passages that are aligned: difflib is quadratic, and slots are short."""

PREPARED = 1_024
"""Texts that are kept as they were prepared: a known one is compared with several newcomers."""

_SLOT = 5
"""Words of a replacement that may be a slot of a form; longer ones are rewritten passages, or lists."""

_LISTED = 0.4
"""Share of names and numbers from which a longer replacement is a list that is filled in, too."""

_UNSPACED_LETTERS = 1.6
"""Letters of a script without spaces that say as much as a word elsewhere."""

_NAME = re.compile(r"(?<![.!?:\u2026\"'\u201c\u201d\u00ab(]\s)(?<!^)\b[^\W\d_]\w+", re.MULTILINE)
_DIGIT = re.compile(r"\d")
_QUOTE = re.compile('["\u201c\u201d\u201e\u00ab\u00bb\u300c\u300d\u300e\u300f]')


@dataclass(frozen=True, slots=True, eq=False)
class Text:
    """A text as it is compared."""

    headline: str
    body: str
    folded: str
    """its words"""
    count: int
    """of them"""
    size: int
    """of its tokens: words, or letters where the script has no spaces; `LONGEST` at most"""
    hashes: Shingles
    """of its runs of tokens, each once, ascending"""
    places: npt.NDArray[np.int64]
    """where each of them stands first"""

    @classmethod
    def of(cls, headline: str, body: str) -> Text:
        """Prepares a text; one that was prepared lately is not prepared again."""
        return _prepared(headline, body)

    @property
    def lettered(self) -> bool:
        """Whether most of its tokens are letters, not words."""
        return self.size > 2 * self.count

    def tokens(self) -> list[str]:
        """Its tokens, in their order; made anew each time, as few texts are looked into."""
        return parted(self.folded.split())


@lru_cache(maxsize=PREPARED)
def _prepared(headline: str, body: str) -> Text:
    folded = joined_words(body)
    if unspaced(folded):
        found = folded.split()
        single = parted(found)
        return Text(headline, body, folded, len(found), len(single), *runs(single))
    hashes, places, count = runs_of_text(body)
    return Text(headline, body, folded, count, min(count, LONGEST), hashes, places)


@dataclass(frozen=True, slots=True)
class Sameness:
    """How two texts compare."""

    containment: float
    """share of the shorter one's shingles that the other has"""
    resemblance: float
    """Jaccard coefficient of their shingles"""
    words: int
    """words shared, about"""
    within: float = 0.0
    """share of the newcomer's shingles that the known text has"""
    filled_in: float = 0.0
    """share of aligned names and numbers that differ; 0 where the texts were not aligned"""
    passages: int = 0
    """words in passages that are told in the same words, without quotes and a common ending"""
    told: float = 0.0
    """their share of the shorter text"""
    several: bool = False
    """whether there is more than one such passage"""
    ending: int = 0
    """words of a passage at the end of both"""
    beside: float = 1.0
    """containment of the shorter text without that ending"""

    @property
    def copied(self) -> bool:
        """Whether one is a copy of the other, or of a part of it."""
        if self.words < COPIED_WORDS or self.filled_in >= (FILLED_IN_SHORT if self.words < SHORT else FILLED_IN):
            return False
        if self.containment >= COPIED:
            return self.containment >= WHOLE or self.beside >= PASSAGES
        return self.told >= PASSAGES and self.passages >= (PASSAGES_WORDS if self.several else STATEMENT)

    def evidence(self) -> tuple[str, ...]:
        """What agreed and what did not, in words."""
        lines = [f"{self.containment:.0%} of the shorter text's four-word runs are in the other", f"{self.words} words"]
        if self.containment < COPIED:
            lines.append(f"{self.passages} of them in passages told alike, not quoted")
        if self.filled_in:
            lines.append(f"{self.filled_in:.0%} of names and numbers differ")
        return tuple(lines)


class _Block(NamedTuple):
    """A passage that both texts have: where it begins in each, in tokens, and how long it is."""

    one: int
    other: int
    length: int


def compare(known: Text, newcomer: Text, *, least: float = 0.0) -> Sameness:
    """How a newcomer compares with a known text; but for `within` the order does not matter.

    Below a containment of `least` it is not looked at what they share, which takes longest.
    """
    one, other = sorted((known, newcomer), key=lambda text: (text.hashes.size, text.body))
    if not one.hashes.size:
        return Sameness(0.0, 0.0, 0)
    ones, others = common(one.hashes, other.hashes)
    shared, shorter = int(ones.size), int(one.hashes.size)
    containment = shared / shorter
    # Letters say less than words: of a script without spaces it takes more of them.
    letters = one.lettered
    count = int((shared + RUN - 1) / (_UNSPACED_LETTERS if letters else 1)) if shared else 0
    within = shared / newcomer.hashes.size
    resemblance = shared / (shorter + other.hashes.size - shared)
    if containment < max(PASSAGES, least) or count < COPIED_WORDS:
        return Sameness(containment, resemblance, count, within)
    blocks = _blocks(one.places[ones], other.places[others])
    ending = _ending(blocks, one.size, other.size)
    passages = _passages(one, blocks[:-1] if ending else blocks)
    told = sum(passages)
    return Sameness(
        containment=containment,
        resemblance=resemblance,
        words=count,
        within=within,
        filled_in=_filled_in(one, other, blocks) if containment < 1 else 0.0,
        passages=int(told / (_UNSPACED_LETTERS if letters else 1)),
        told=told / one.size,
        several=len(passages) > 1,
        ending=ending,
        beside=(shared - ending) / (shorter - ending) if 0 < ending < shorter else float(not ending),
    )


@twin("aggregator.identity.loops")
def common(one: Shingles, other: Shingles) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Where two texts have the same hashes: places in the one, and in the other."""
    found = other.searchsorted(one)
    ones = (other.take(found, mode="clip") == one).nonzero()[0]
    return ones, found[ones]


def _blocks(ones: npt.NDArray[np.int64], others: npt.NDArray[np.int64]) -> list[_Block]:
    """Places of shared runs, joined where they follow each other in both texts, in the order of the first."""
    order = np.argsort(ones)
    ones, others = ones[order], others[order]
    parted_at = np.flatnonzero((np.diff(ones) != 1) | (np.diff(others) != 1)) + 1
    starts, ends = [0, *parted_at.tolist()], [*parted_at.tolist(), ones.size]
    return [
        _Block(int(ones[start]), int(others[start]), end - start + RUN - 1)
        for start, end in zip(starts, ends, strict=True)
    ]


def _ending(blocks: list[_Block], one: int, other: int) -> int:
    """Words of the last passage, where it stands at the end of both texts and is no longer than a notice."""
    last, near = blocks[-1], ENDING // 6
    at_end = one - last.one - last.length <= near and other - last.other - last.length <= near
    after_all = min(last.one, last.other) > near  # what stands at the beginning, too, is the text itself
    return last.length if at_end and after_all and PASSAGE <= last.length <= ENDING else 0


def _passages(text: Text, blocks: list[_Block]) -> list[int]:
    """How long the passages are that stand in no quotation marks, in tokens."""
    quoted = _quoted(text)
    own = [block.length - int(quoted[block.one : block.one + block.length].sum()) for block in blocks]
    return [length for length in own if length >= PASSAGE]


def _quoted(text: Text) -> npt.NDArray[np.bool_]:
    """Which tokens stand between quotation marks; marks are paired within a paragraph."""
    marks: list[bool] = []
    for paragraph in text.body.split("\n"):
        for place, piece in enumerate(_QUOTE.split(paragraph)):
            marks += [place % 2 == 1] * len(parted(words(piece)))
    known = np.zeros(text.size, np.bool_)
    known[: len(marks)] = marks[: known.size]
    return known


def _filled_in(one: Text, other: Text, blocks: list[_Block]) -> float:
    """Share of the names and numbers that stand in the place of others, between the passages that both have."""
    cased = any(letter.isupper() for letter in one.body)
    slot = int(_SLOT * _UNSPACED_LETTERS) if one.lettered else _SLOT
    ones, others = one.tokens(), other.tokens()
    names = _names(one) | _names(other)
    same: set[str] = set()
    changed = equal = replaced = 0
    for block in blocks:
        equal += block.length
        same.update(word for word in ones[block.one : block.one + block.length] if _tells(word, names))
    for before, after in _gaps(ones, others, blocks):
        for kind, i1, i2, j1, j2 in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
            if kind == "equal":
                equal += i2 - i1
                same.update(word for word in before[i1:i2] if _tells(word, names))
            elif kind == "replace" and _is_slot(old := before[i1:i2], new := after[j1:j2], names, slot):
                changed += _news_changed(old, new, names)
                replaced += min(i2 - i1, j2 - j1) - sum(map(_misspelt, old, new))
    share = changed / (changed + len(same)) if changed > 1 else 0.0
    if not cased and replaced >= 4 and replaced / (replaced + equal) >= FILLED_WORDS:
        return max(share, FILLED_IN)
    return share


def _gaps(ones: list[str], others: list[str], blocks: list[_Block]) -> list[tuple[list[str], list[str]]]:
    """What stands between two passages, before the first and after the last, in both texts."""
    whole = [_Block(0, 0, 0), *blocks, _Block(len(ones), len(others), 0)]
    found = []
    for left, right in pairwise(whole):
        before, after = ones[left.one + left.length : right.one], others[left.other + left.length : right.other]
        if 0 < len(before) <= ALIGNED and 0 < len(after) <= ALIGNED:
            found.append((before, after))
    return found


def _is_slot(old: list[str], new: list[str], names: set[str], longest: int) -> bool:
    """Whether a replacement may be a slot of a form: a short one, or a list of names and numbers."""
    if len(old) <= longest and len(new) <= longest:
        return True
    return all(sum(_tells(word, names) for word in side) >= _LISTED * len(side) for side in (old, new))


def _news_changed(before: list[str], after: list[str], names: set[str]) -> int:
    """How many names or numbers of one side of a replacement stand for others on the other side."""
    old = [word for word in before if _tells(word, names)]
    new = [word for word in after if _tells(word, names)]
    pairs = zip(old, new, strict=False)
    return sum(not _misspelt(left, right) for left, right in pairs)


def _tells(word: str, names: set[str]) -> bool:
    return word in names or _is_number(word)


def _is_number(word: str) -> bool:
    return _DIGIT.search(word) is not None


def _misspelt(left: str, right: str) -> bool:
    if _is_number(left) or _is_number(right):
        return left == right
    return sorted(left) == sorted(right) or SequenceMatcher(None, left, right).ratio() > 0.8


def _names(text: Text) -> set[str]:
    """Words that are names by their capital within a sentence, or that the headline has: folded."""
    capitals = {match[0] for match in _NAME.finditer(text.body) if match[0][0].isupper()}
    return {word for name in capitals for word in words(name)} | {
        word for word in parted(words(text.headline)) if len(word) > 3 or not word.isascii()
    }
