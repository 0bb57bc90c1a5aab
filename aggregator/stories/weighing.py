"""An article's signals with what they weigh, as one row of a table: what is kept of it to compare others with."""

from __future__ import annotations

from math import sqrt

import numpy as np
import numpy.typing as npt

from aggregator.compiled import twin
from aggregator.stories.reading import hashed
from aggregator.stories.signals import NAMED, TITLE_NUMBERS, TITLED, WORDING, Signals
from aggregator.stories.tally import Hashes, Numbers

KEPT_TERMS, KEPT_ANCHORS = 56, 40
"""Features of an article that are kept: the heaviest ones."""

KEPT = KEPT_TERMS + KEPT_ANCHORS

ROW = np.dtype([
    ("features", np.uint32, KEPT),
    ("weights", np.float32, KEPT),
    ("marks", np.uint8, KEPT),
    ("wording", np.uint32, WORDING),
    ("runs", np.uint8),
    ("numbers", np.uint32, TITLE_NUMBERS),
    ("language", np.uint32),
    ("published", np.float64),
    ("terms_norm", np.float32),
    ("anchors_norm", np.float32),
    ("named", np.float32),
    ("titled", np.float32),
    ("routine", np.float32),
])  # fmt: skip
"""Terms by falling weight, then nothing (0), and from `KEPT_TERMS` on anchors in the same way; `published` in seconds
since 1970; `named` and `titled` are the weight of the names and numbers of headline and lead, and of the headline
alone; `runs` is how many of `wording` there are, `routine` the
share of a form's among them."""

Rows = npt.NDArray[np.void]

STEPS = 16_384.0
"""Steps in which weights are kept: sums of products of multiples of 1/16384 are exact in 64 bits, in whatever order
they are taken."""


def row_of(found: Signals, weights: Numbers, published: float, routine: float) -> tuple[Rows, npt.NDArray[np.int64]]:
    """One row, and which of the features are its terms."""
    row = np.zeros(1, ROW)
    heaviest = filled(row, found.features, weights, found.marks, found.terms, found.wording, found.numbers)
    held = row[0]
    held["language"] = hashed(found.language)
    held["published"], held["routine"] = published, routine
    return row, heaviest


@twin("aggregator.stories.loops")
def filled(
    row: Rows,
    features: Hashes,
    weights: Numbers,
    marks: npt.NDArray[np.uint8],
    terms: int,
    wording: Hashes,
    numbers: Hashes,
) -> npt.NDArray[np.int64]:
    """Fills a row with what an article counts, of whose features so many are terms; which of these it has."""
    held = row[0]
    heaviest, words = _heaviest(weights[:terms], KEPT_TERMS)
    places, names = _heaviest(weights[terms:], KEPT_ANCHORS)
    places += terms
    end = KEPT_TERMS + names.size
    held["features"][: words.size], held["weights"][: words.size] = features[heaviest], words
    held["features"][KEPT_TERMS:end], held["weights"][KEPT_TERMS:end] = features[places], names
    held["marks"][KEPT_TERMS:end] = kept = marks[places]
    long, wide = words.astype(np.float64), names.astype(np.float64)
    held["terms_norm"], held["anchors_norm"] = sqrt(float(long @ long)) or 1.0, sqrt(float(wide @ wide)) or 1.0
    held["named"], held["titled"] = wide @ ((kept & NAMED) > 0), wide @ ((kept & TITLED) > 0)
    held["wording"][: wording.size] = wording
    held["runs"] = wording.size
    held["numbers"][: numbers.size] = numbers
    return heaviest


def _heaviest(weights: Numbers, most: int) -> tuple[npt.NDArray[np.int64], Numbers]:
    """The places of the highest weights, those of 0 left out, and the weights in steps."""
    order = (-weights).argsort(kind="stable")[:most]
    kept = np.rint(weights[order] * np.float32(STEPS)) * np.float32(1 / STEPS)
    count = int(np.count_nonzero(kept))
    return order[:count], kept[:count]


class Shelf:
    """The rows of the articles of the window, whose numbers follow each other."""

    def __init__(self, size: int = 1 << 8) -> None:
        """Begins with room for so many articles, a power of two."""
        self.rows: Rows = np.zeros(size, ROW)

    def put(self, number: int, row: Rows) -> None:
        """Keeps an article's row."""
        self.rows[number & (len(self.rows) - 1)] = row[0]

    def make_room(self, first: int, end: int) -> None:
        """Makes room for all numbers from `first` to before `end`; those before `first` are forgotten."""
        size = len(self.rows)
        if end - first <= size:
            return
        old = self.rows
        self.rows = np.zeros(2 * size, ROW)
        numbers = np.arange(first, end - 1)
        self.rows[numbers & (2 * size - 1)] = old[numbers & (size - 1)]

    def of(self, numbers: list[int]) -> Rows:
        """The rows of articles."""
        rows: Rows = self.rows[self.places(numbers)]
        return rows

    def places(self, numbers: list[int]) -> npt.NDArray[np.int64]:
        """Where the rows of articles stand."""
        places: npt.NDArray[np.int64] = np.array(numbers, np.int64) & (len(self.rows) - 1)
        return places

    def one(self, number: int) -> Rows:
        """The row of one article, to be read and changed."""
        place = number & (len(self.rows) - 1)
        return self.rows[place : place + 1]
