"""An article's signals with what they weigh, as one row of a table: what is kept of it to compare others with."""

from __future__ import annotations

from math import sqrt

import numpy as np
import numpy.typing as npt

from aggregator.stories.reading import hashed
from aggregator.stories.signals import NAMED, TERM, TITLE_NUMBERS, TITLED, WORDING, Signals
from aggregator.stories.tally import Hashes, Numbers

KEPT_TERMS, KEPT_ANCHORS = 56, 40
"""Features of an article that are kept: the heaviest ones."""

ROW = np.dtype([
    ("terms", np.uint32, KEPT_TERMS),
    ("term_weights", np.float32, KEPT_TERMS),
    ("anchors", np.uint32, KEPT_ANCHORS),
    ("anchor_weights", np.float32, KEPT_ANCHORS),
    ("anchor_marks", np.uint8, KEPT_ANCHORS),
    ("wording", np.uint32, WORDING),
    ("numbers", np.uint32, TITLE_NUMBERS),
    ("language", np.uint32),
    ("published", np.float64),
    ("terms_norm", np.float32),
    ("anchors_norm", np.float32),
    ("named", np.float32),
    ("titled", np.float32),
    ("routine", np.float32),
])  # fmt: skip
"""Features by falling weight, then nothing (0); `published` in seconds since 1970; `named` and `titled` are the weight
of the names and numbers of headline and lead, and of the headline alone; `routine` is the share of a form's wording."""

Rows = npt.NDArray[np.void]


def row_of(found: Signals, weights: Numbers, published: float, routine: float) -> tuple[Rows, npt.NDArray[np.int64]]:
    """One row, and which of the features are its terms."""
    row = np.zeros(1, ROW)
    held = row[0]
    is_term = (found.marks & TERM) > 0
    words, heaviest = _keep(held, "term", found.features, np.where(is_term, weights, 0), KEPT_TERMS)
    names, kept = _keep(held, "anchor", found.features, np.where(is_term, 0, weights), KEPT_ANCHORS)
    marks = found.marks[kept]
    held["anchor_marks"][: kept.size] = marks
    held["terms_norm"], held["anchors_norm"] = sqrt(float(words @ words)) or 1.0, sqrt(float(names @ names)) or 1.0
    held["named"], held["titled"] = names[(marks & NAMED) > 0].sum(), names[(marks & TITLED) > 0].sum()
    held["wording"][: found.wording.size] = found.wording
    held["numbers"][: found.numbers.size] = found.numbers
    held["language"] = hashed(found.language)
    held["published"], held["routine"] = published, routine
    return row, heaviest


def _keep(
    held: np.void, kind: str, features: Hashes, weights: Numbers, most: int
) -> tuple[Numbers, npt.NDArray[np.int64]]:
    """Puts the heaviest features into a row; their weights, and their places."""
    order = (-weights).argsort(kind="stable")[:most]
    order = order[: int(np.count_nonzero(weights[order]))]
    kept = weights[order]
    held[f"{kind}s"][: order.size] = features[order]
    held[f"{kind}_weights"][: order.size] = kept
    return kept, order


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
        rows: Rows = self.rows[np.array(numbers, np.int64) & (len(self.rows) - 1)]
        return rows

    def one(self, number: int) -> Rows:
        """The row of one article, to be read and changed."""
        place = number & (len(self.rows) - 1)
        return self.rows[place : place + 1]
