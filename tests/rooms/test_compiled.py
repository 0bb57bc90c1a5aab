"""What is compiled gives the same bits as numpy does, so that one may take the place of the other at any time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import numpy as np
import pytest

from aggregator import compiled
from aggregator.identity import index, sameness, shingles
from aggregator.operations.clustering import Clustering, in_bulk
from aggregator.stories import Item, Stories, likeness, postings, signals, tally, weighing
from aggregator.stories.weighing import KEPT_TERMS, ROW
from benchmarks.wire import stream

pytest.importorskip("numba", reason="nothing is compiled without it")

Case = Callable[[np.random.Generator], tuple[Any, ...]]


@pytest.fixture(autouse=True)
def _numpy_again() -> Iterator[None]:
    """Leaves other tests without what is compiled."""
    yield
    compiled.disable()


@cache
def wire() -> tuple[Item, ...]:
    return tuple(made.item for made in stream(160, routine=0.5, a_day=14_400, seed=5))


def hashes(chance: np.random.Generator, count: int, most: int) -> np.ndarray:
    """Hashes of which few are different, some of them 0."""
    return (chance.integers(0, most, count) * 2_654_435_761).astype(np.uint32)


def words(chance: np.random.Generator) -> tuple[Any, ...]:
    count = int(chance.integers(0, 120))
    table = np.stack([hashes(chance, count, 60) for _ in range(6)], axis=1)
    table[:, 4] = np.maximum(table[:, 4], 1)
    table[:, 5] = chance.integers(0, 16, count)
    titled = int(chance.integers(0, count + 1))
    pairs, places = hashes(chance, int(chance.integers(0, 5)), 9), hashes(chance, int(chance.integers(0, 5)), 9)
    halves = [np.full(found.size, 1.5, np.float32) for found in (pairs, places)]
    return (
        table,
        titled,
        titled + 20,
        titled,
        bool(chance.random() < 0.7),
        pairs,
        halves[0],
        places,
        halves[1],
        3.0,
        1.5,
    )


def buckets(chance: np.random.Generator) -> tuple[Any, ...]:
    counted = tally.Tally(1 << 2, 1 << 2)
    for _ in range(int(chance.integers(0, 8))):
        counted.add(np.unique(hashes(chance, 12, 90)))
    return counted.table, np.unique(hashes(chance, 12, 90))


def rows(chance: np.random.Generator, count: int = 16) -> np.ndarray:
    """Rows as articles have them: features once, by falling weight, in steps."""
    made = np.zeros(count, ROW)
    for row in made:
        for start, most in ((0, KEPT_TERMS), (KEPT_TERMS, 40)):
            held = int(chance.integers(0, most + 1))
            end = start + held
            row["features"][start:end] = (chance.choice(150, held, replace=False) + 1 + 200 * (start > 0)) * 7_919
            row["weights"][start:end] = np.sort(chance.integers(1, 900_000, held))[::-1] / weighing.STEPS
            row["marks"][start:end] = chance.integers(0, 4, held) * 2 * (start > 0)
        runs = np.unique(chance.integers(1, 50, int(chance.integers(0, 20))))
        row["wording"][: runs.size], row["runs"] = runs, runs.size
        row["numbers"][:2] = chance.integers(0, 3, 2)
        row["terms_norm"], row["anchors_norm"], row["language"] = 1 + chance.random(2).sum(), 1.5, chance.integers(1, 3)
        row["published"], row["named"], row["titled"], row["routine"] = chance.random(4)
    return made


def indexed(chance: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    made, known = rows(chance), postings.Postings(1)
    for number in range(int(chance.integers(0, 16))):
        known.add(number, made[number : number + 1], 20, 16)
    return known.table, made


def asking(chance: np.random.Generator) -> tuple[Any, ...]:
    table, made = indexed(chance)
    own = int(chance.integers(0, 16))
    return table, made, made[own : own + 1], own, int(chance.integers(0, 4)), 12, 12, 0.06, int(chance.integers(1, 9))


def posting(chance: np.random.Generator) -> tuple[Any, ...]:
    table, made = indexed(chance)
    return table, 16, made[15:], 20, 16, 4


def filling(chance: np.random.Generator) -> tuple[Any, ...]:
    count = int(chance.integers(0, 200))
    terms = int(chance.integers(0, count + 1))
    weights = np.maximum(chance.normal(1, 2, count), 0).astype(np.float32)
    marks = (chance.integers(0, 4, count) * 2).astype(np.uint8)
    few = [np.sort(hashes(chance, int(chance.integers(0, most)), 99)) for most in (20, 4)]
    return np.zeros(1, ROW), hashes(chance, count, 1 << 30), weights, marks, terms, *few


def comparing(chance: np.random.Generator) -> tuple[Any, ...]:
    """Rows of which some are one form, near enough for it to matter, with links and opinions or without."""
    known = rows(chance)
    own = known[3:4].copy()
    known["routine"] = own["routine"] = chance.choice([0.0, 0.15, 0.5])
    for place in (3, 4, 5):  # the same form, filled in with other names
        known[place] = own[0]
        known["features"][place, KEPT_TERMS : KEPT_TERMS + 6 * (place - 3)] += np.uint32(1)
        known["numbers"][place, 0] = chance.integers(0, 4)
    places = chance.integers(0, 16, int(chance.integers(1, 9)))
    count = len(places)
    links = chance.random(count if chance.random() < 0.5 else 0) < 0.3
    said, trust = chance.normal(1, 3, (2, count if chance.random() < 0.5 else 0))
    said[said > 4] = np.nan
    factors = np.array([0.2, 0.42, 1.35, 0.02, 0.09, 0.17])
    return own, known, places, chance.random(count), links, said, np.abs(trust), factors


def texts(chance: np.random.Generator) -> np.ndarray:
    return np.unique(chance.integers(0, 300, int(chance.integers(0, 120))))


CASES: list[tuple[compiled.Twin[..., Any], Case]] = [
    (signals.counted, words),
    (signals.wording, lambda chance: (hashes(chance, int(chance.integers(0, 60)), 12), 20)),
    (tally.added, buckets),
    (postings.posted, posting),
    (postings.found, asking),
    (weighing.filled, filling),
    (likeness.likened, comparing),
    (shingles.sorted_runs, lambda chance: (chance.integers(0, 6, int(chance.integers(0, 90))).astype(np.uint64),)),
    (sameness.common, lambda chance: (texts(chance), texts(chance))),
    (index.found, lambda chance: (np.sort(chance.integers(0, 300, 200)), texts(chance))),
    (
        index.most_common,
        lambda chance: (np.sort(chance.integers(0, 20, 90)), chance.integers(0, 30, 90).astype(np.int32)),
    ),
]


@pytest.mark.parametrize(
    ("both", "case"), CASES, ids=lambda value: getattr(getattr(value, "plain", None), "__name__", "")
)
def test_a_compiled_loop_gives_the_same_bits_and_leaves_the_same_behind(
    both: compiled.Twin[..., Any], case: Case
) -> None:
    both.load()
    loop = both.now
    assert loop is not both.plain
    for seed in range(60):
        mine, theirs = (case(np.random.default_rng(seed)) for _ in range(2))
        plain, native = both.plain(*mine), loop(*theirs)
        for one, other in zip(_parts(plain), _parts(native), strict=True):
            assert np.array_equal(one, other), seed
        for one, other in zip(mine, theirs, strict=True):
            assert np.asarray(one).tobytes() == np.asarray(other).tobytes(), seed


def _parts(found: Any) -> tuple[Any, ...]:
    return found if isinstance(found, tuple) else (found,)


def test_a_stream_goes_on_with_compiled_loops_as_if_nothing_had_changed() -> None:
    usual, changed = Stories(), Stories()
    half = len(wire()) // 2
    expected = [usual.place(item) for item in wire()]
    found = [changed.place(item) for item in wire()[:half]]
    assert compiled.enable()
    changed = Stories.restored(changed.state())
    found += [changed.place(item) for item in wire()[half:]]
    assert found == expected
    assert changed.state() == usual.state()


def test_a_run_in_bulk_finds_the_same_copies_and_stories() -> None:
    def run() -> list[tuple[Any, ...]]:
        work = Clustering()
        copies = [item for item in wire() for _ in range(1 + item.id.endswith("7"))]
        done = [row for item in copies for row in work.take(item)]
        done.extend(work.finish())
        return [(row.id, row.duplicate_of, row.level, row.story_id, row.score) for row in done]

    usual = run()
    with in_bulk():
        assert signals.counted.now is not signals.counted.plain
        assert run() == usual
