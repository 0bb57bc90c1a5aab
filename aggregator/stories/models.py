"""What is asked of an optional model, and what it is given: one short text for each article that is no copy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

import numpy as np

from aggregator.errors import ConfigError
from aggregator.stories.signals import Item, Vectors

HEADLINE, LEAD = 200, 250
"""Letters of the headline and of the text that are encoded: news tells first what happened, and time goes with length
(60 tokens take an e5 half as long as 120)."""

STEPS = 2048.0
"""Steps in which a vector's numbers are kept: sums of products of multiples of 1/2048 are exact in 32 bits, in whatever
order a processor takes them, so that a restart, or another machine, gives the same stories."""


class Model(Protocol):
    """What gives texts their vectors."""

    name: str
    dimensions: int

    def encode(self, texts: Sequence[str]) -> Vectors:
        """One unit row of `dimensions` numbers for each text."""
        ...


def text_of(item: Item) -> str:
    """What of an article is encoded: its headline and the beginning of its text."""
    headline = " ".join(item.headline[: 2 * HEADLINE].split())[:HEADLINE]
    lead = " ".join(item.text[: 2 * LEAD].split())[:LEAD]
    return f"{headline}. {lead}" if lead else headline


def encoded(items: Sequence[Item], model: Model) -> list[Item]:
    """The same articles with their vectors, as far as they have none; copies need none.

    Raises ConfigError where the model does not give what it promises.
    """
    wanted = [place for place, item in enumerate(items) if item.vector is None and item.duplicate_of is None]
    found = list(items)
    if wanted:
        vectors = np.asarray(model.encode([text_of(items[place]) for place in wanted]))
        if vectors.shape != (len(wanted), model.dimensions) or vectors.dtype.kind != "f":
            told = f"{vectors.dtype} numbers of the shape {vectors.shape}"
            raise ConfigError(
                f"the model {model.name} gave {told} for {len(wanted)} texts; it promises {model.dimensions} for each",
                key="stories.model",
            )
        for place, vector in zip(wanted, vectors, strict=True):
            found[place] = replace(found[place], vector=vector)
    return found


def kept(vector: Vectors) -> Vectors | None:
    """A vector of length one, in steps; None where it says nothing: not all numbers, or all zero."""
    length = float(np.sqrt(np.square(vector, dtype=np.float64).sum()))
    if not np.isfinite(length) or length < 1e-6:
        return None
    unit: Vectors = (np.round(vector.astype(np.float64) * (STEPS / length)) / STEPS).astype(np.float32)
    return unit
