"""What texts are compared by: the hashes of their runs of four words.

Shingles are Broder's (On the resemblance and containment of documents, 1997).  A sample of them is what an index
holds; the same hashes are in the sample of every text that has them, so that a cut, re-ordered or embedded copy is
found by whichever part it has.
"""

from __future__ import annotations

import re
from zlib import crc32

import numpy as np
import numpy.typing as npt

from aggregator.text import words

RUN = 4
"""Words of a shingle: long enough that two reports of one event share few, short enough to survive an edit."""

SAMPLED = 8
"""Of a long text one shingle in so many is in its sample."""

SAMPLE_AT_LEAST = 16
"""Shingles in the sample of a short text, where it has them."""

LONGEST = 4_000
"""Words of a text that are looked at."""

Shingles = npt.NDArray[np.int64]

# Han, kana and Thai, Lao, Khmer, Burmese: no spaces between words, so each letter stands for one.
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff]")
# The finalizer of splitmix64 (Steele, Lea, Flood 2014): neighbouring inputs give unrelated outputs.
_STEP, _FIRST, _SECOND = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)


def tokens(text: str) -> list[str]:
    """Folded words of a text, in order; letters where the script has no spaces between words."""
    found = words(text)
    if _UNSPACED.search(text) is None:
        return found[:LONGEST]
    parted: list[str] = []
    for word in found:
        if _UNSPACED.search(word):
            parted.extend(word)
        else:
            parted.append(word)
        if len(parted) >= LONGEST:
            break
    return parted[:LONGEST]


def shingles(found: list[str]) -> Shingles:
    """Hashes of every run of words, each once, in ascending order and never negative; none below `RUN` words."""
    if len(found) < RUN:
        return np.zeros(0, np.int64)
    ids = np.fromiter((crc32(word.encode("utf-8", "surrogatepass")) for word in found), np.uint64, len(found))
    count = len(ids) - RUN + 1
    hashes = np.zeros(count, np.uint64)
    for place in range(RUN):
        hashes = (hashes + ids[place : place + count]) * _STEP
        hashes ^= hashes >> np.uint64(32)
    hashes = (hashes ^ (hashes >> np.uint64(30))) * _FIRST
    hashes = (hashes ^ (hashes >> np.uint64(27))) * _SECOND
    hashes ^= hashes >> np.uint64(31)
    return np.unique((hashes >> np.uint64(1)).astype(np.int64))


def sample(hashes: Shingles) -> Shingles:
    """The part of them that an index holds: those below a fixed bound, or the lowest of a short text."""
    below = int(np.searchsorted(hashes, np.int64((1 << 63) // SAMPLED - 1)))
    return hashes[: max(below, SAMPLE_AT_LEAST)]


def shared(first: Shingles, second: Shingles) -> int:
    """How many hashes two texts have in common."""
    return int(np.intersect1d(first, second, assume_unique=True).size)
