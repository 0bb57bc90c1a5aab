"""The vectors and what is usual between them, as numbers that go through a restart exactly (`state.py`)."""

from __future__ import annotations

import msgspec
import numpy as np
import numpy.typing as npt

from aggregator.stories.meaning import LEAST_ROOM, SEARCHED, Meaning
from aggregator.stories.models import STEPS

COLUMNS = (np.int64, np.int32, np.int16)
"""Of each article that has a vector: its number, its language, and the steps of its vector."""

Columns = tuple[npt.NDArray[np.int64], npt.NDArray[np.int32], npt.NDArray[np.int16]]


class Head(msgspec.Struct, array_like=True):
    """All but the columns."""

    languages: list[int]
    sums: list[tuple[int, int, float, float, float]]
    agreed: list[tuple[int, int, float, float]]
    room: int
    count: int
    dimensions: int


def columns_of(meaning: Meaning) -> tuple[Head, Columns]:
    """What is known, in parts."""
    held = (meaning.numbers >= 0).nonzero()[0]
    sums = [(one, other, *map(float, total)) for (one, other), total in meaning.usual.sums.items()]
    agreed = [(one, other, *map(float, total)) for (one, other), total in meaning.agreed.sums.items()]
    steps = np.rint(meaning.vectors[held] * STEPS).astype(np.int16)
    dimensions = meaning.vectors.shape[1]
    head = Head(
        list(meaning.languages),
        sums,  # type: ignore[arg-type]
        agreed,  # type: ignore[arg-type]
        len(meaning.numbers),
        len(held),
        dimensions,
    )
    return head, (meaning.numbers[held], meaning.spoken[held], steps)


def restored(head: Head, columns: Columns) -> Meaning:
    """The same from its parts; ValueError where they do not fit together."""
    numbers, spoken, steps = columns
    room = head.room
    if room and (room & (room - 1) or not LEAST_ROOM <= room <= SEARCHED):
        raise ValueError(f"room for {room} vectors")
    if len(numbers) and (len(np.unique(numbers & (room - 1))) < len(numbers) or numbers.min() < 0):
        raise ValueError("two vectors in one place")
    if len(spoken) and not 0 <= spoken.min() <= spoken.max() < len(head.languages):
        raise ValueError("vectors in languages that are not known")
    meaning = Meaning()
    meaning.languages = {language: place for place, language in enumerate(head.languages)}
    meaning.usual.sums = {(one, other): np.array(total) for one, other, *total in head.sums}
    meaning.agreed.sums = {(one, other): np.array(total) for one, other, *total in head.agreed}
    if room:
        meaning.hold(room, head.dimensions, numbers, spoken, (steps / STEPS).astype(np.float32))
    return meaning
