"""What texts are compared by: the hashes of their runs of four words.

Shingles are Broder's (On the resemblance and containment of documents, 1997).  A sample of them is what an index
holds; the same hashes are in the sample of every text that has them, so that a cut, re-ordered or embedded copy is
found by whichever part it has.
"""

from __future__ import annotations

import re
import sys
from zlib import crc32

import numpy as np
import numpy.typing as npt

from aggregator.compiled import twin
from aggregator.text import parts, words, words_of_part

RUN = 4
"""Words of a shingle: long enough that two reports of one event share few, short enough to survive an edit."""

SAMPLED = 8
"""Of a long text one shingle in so many is in its sample."""

SAMPLE_AT_LEAST = 16
"""Shingles in the sample of a short text, where it has them."""

LONGEST = 4_000
"""Words of a text that are looked at."""

REMEMBERED = 50_000
"""Words whose number is remembered: most of all texts are made up of fewer."""

Shingles = npt.NDArray[np.int64]

# Han, kana and Thai, Lao, Khmer, Burmese: no spaces between words, so each letter stands for one.
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff]")
# The finalizer of splitmix64 (Steele, Lea, Flood 2014): neighbouring inputs give unrelated outputs.
_STEP, _FIRST, _SECOND = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)


class _Numbers(dict[str, int]):
    """A number for each word; those that were seen lately are remembered."""

    def __missing__(self, word: str) -> int:
        if len(self) >= REMEMBERED:
            self.clear()
        self[word] = number = crc32(word.encode("utf-8", "surrogatepass"))
        return number


_NUMBERS = _Numbers()


class _Ids(dict[str, bytes]):
    """The numbers of the words of what stands between two spaces, one after the other."""

    def __missing__(self, part: str) -> bytes:
        if len(self) >= REMEMBERED:
            self.clear()
        self[part] = ids = b"".join([_NUMBERS[word].to_bytes(8, sys.byteorder) for word in words_of_part(part)])
        return ids


_IDS = _Ids()


def tokens(text: str) -> list[str]:
    """Folded words of a text, in order; letters where the script has no spaces between words."""
    return parted(words(text))


def parted(found: list[str]) -> list[str]:
    """Folded words, with those of scripts without spaces between words parted into letters."""
    if not unspaced(" ".join(found)):
        return found if len(found) <= LONGEST else found[:LONGEST]
    single: list[str] = []
    for word in found:
        if _UNSPACED.search(word):
            single.extend(word)
        else:
            single.append(word)
        if len(single) >= LONGEST:
            break
    return single[:LONGEST]


def unspaced(text: str) -> bool:
    """Whether a text has letters of a script without spaces between words."""
    return not text.isascii() and _UNSPACED.search(text) is not None


def runs_of_text(text: str) -> tuple[Shingles, Shingles, int]:
    """`runs` of a text whose words are parted by spaces, and how many words it has."""
    ids = np.frombuffer(b"".join(map(_IDS.__getitem__, parts(text))), np.uint64)
    return *sorted_runs(ids[:LONGEST]), ids.size


def runs(found: list[str]) -> tuple[Shingles, Shingles]:
    """Hashes of every run of words, each once, in ascending order and never negative; and where each stands first."""
    return sorted_runs(np.fromiter(map(_NUMBERS.__getitem__, found), np.uint64, len(found)))


@twin("aggregator.identity.loops")
def sorted_runs(ids: npt.NDArray[np.uint64]) -> tuple[Shingles, Shingles]:
    """The same of words that are given as numbers; none below `RUN` words."""
    count = len(ids) - RUN + 1
    if count < 1:
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    hashes = np.zeros(count, np.uint64)
    for place in range(RUN):
        hashes = (hashes + ids[place : place + count]) * _STEP
        hashes ^= hashes >> np.uint64(32)
    hashes = (hashes ^ (hashes >> np.uint64(30))) * _FIRST
    hashes = (hashes ^ (hashes >> np.uint64(27))) * _SECOND
    hashes ^= hashes >> np.uint64(31)
    return _distinct((hashes >> np.uint64(1)).astype(np.int64))


def shingles(found: list[str]) -> Shingles:
    """The same, each once and in ascending order."""
    return runs(found)[0]


def _distinct(hashes: Shingles) -> tuple[Shingles, Shingles]:
    places = hashes.argsort(kind="stable")
    ordered = hashes[places]
    first = np.empty(hashes.size, np.bool_)
    first[0] = True
    np.not_equal(ordered[1:], ordered[:-1], out=first[1:])
    return ordered[first], places[first]


def sample(hashes: Shingles) -> Shingles:
    """The part of them that an index holds: those below a fixed bound, or the lowest of a short text."""
    below = int(np.searchsorted(hashes, np.int64((1 << 63) // SAMPLED - 1)))
    return hashes[: max(below, SAMPLE_AT_LEAST)]
