"""What two articles have in common, in numbers that likeness is made of (`likeness.py`)."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from aggregator.stories.signals import NAMED, TITLED
from aggregator.stories.weighing import KEPT_TERMS, Rows

Column = npt.NDArray[np.float64]

TERMS, ANCHORS, SPECIFIC, TITLE_OWN, TITLE_OTHER, RUNS, NUMBERS = range(7)
"""Rows of `overlaps`: the products of the weights of common terms and anchors; the weight of common names and numbers
that stand in the headline or lead of both; of those common ones in the one headline, and in the other; sampled runs
of words in common; and whether a number of the headlines agrees."""

SAME, TERMS_NORM, ANCHORS_NORM, NAMED_ALL, TITLED_ALL, ROUTINE, RUNS_ALL, NUMBERED = range(7, 15)
"""The others': whether they have the same language, and what stands in their rows; whether their headlines have a
number."""

COLUMNS = 15


def overlaps(row: Rows, rows: Rows, places: npt.NDArray[np.int64]) -> Column:
    """What the article of one row has in common with those of others, in these places: a column for each.

    Weights are in steps (`weighing.STEPS`), so that their sums are exact in whatever order they are taken.
    """
    own, rows = row[0], rows[places]
    features, theirs = rows["features"], rows["weights"]
    order = own["features"].argsort()
    ordered = own["features"][order]
    at = ordered.searchsorted(features)
    both = ordered.take(at, mode="clip") == features
    mine = own["weights"][order].take(at, mode="clip") * both
    found = np.zeros((COLUMNS, len(rows)))
    products = np.multiply(mine, theirs, dtype=np.float64)
    found[TERMS] = products[:, :KEPT_TERMS].sum(1)
    found[ANCHORS] = products[:, KEPT_TERMS:].sum(1)
    mine = mine[:, KEPT_TERMS:].astype(np.float64)
    marks, other = own["marks"][order].take(at[:, KEPT_TERMS:], mode="clip"), rows["marks"][:, KEPT_TERMS:]
    found[SPECIFIC] = (mine * ((marks & other & NAMED) > 0)).sum(1)
    found[TITLE_OWN] = (mine * ((marks & TITLED) > 0)).sum(1)
    found[TITLE_OTHER] = (theirs[:, KEPT_TERMS:] * (both[:, KEPT_TERMS:] & ((other & TITLED) > 0))).sum(1, np.float64)
    runs = own["wording"]
    runs = runs[runs > 0]
    if runs.size:
        found[RUNS] = (runs.take(runs.searchsorted(rows["wording"]), mode="clip") == rows["wording"]).sum(1)
    numbers = own["numbers"]
    found[NUMBERS] = ((rows["numbers"][:, :, None] == numbers) & (numbers > 0)).any(axis=(1, 2))
    found[SAME] = rows["language"] == own["language"]
    found[TERMS_NORM], found[ANCHORS_NORM] = rows["terms_norm"], rows["anchors_norm"]
    found[NAMED_ALL], found[TITLED_ALL] = rows["named"], rows["titled"]
    found[ROUTINE], found[RUNS_ALL] = rows["routine"], rows["runs"]
    found[NUMBERED] = rows["numbers"][:, 0] > 0
    return found
