"""The state: going on from it is going on, and what does not fit is refused."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from hashlib import blake2b

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aggregator.errors import StateError
from aggregator.stories import Item, Options, Stories
from aggregator.stories.state import MARK
from benchmarks.wire import stream

START = datetime(2026, 3, 1, 8, tzinfo=UTC)
OPTIONS = Options(held=100, window_days=3, second_look=30)


@cache
def items(seed: int, count: int = 240) -> list[Item]:
    """A stream in which there are copies, links and several languages, and which is longer than the window."""
    made = [made.item for made in stream(count, routine=0.4, a_day=40, seed=seed)]
    for place in range(9, count, 9):
        made[place] = replace(made[place], duplicate_of=made[place - 4].id)
    for place in range(7, count, 7):
        made[place] = replace(made[place], links=(made[place - 2].id,), language=("en", "de", "zh")[place % 3])
    return made


@settings(max_examples=4, deadline=None)
@given(seed=st.integers(1, 2), cut=st.integers(0, 239))
def test_going_on_from_a_state_is_going_on(seed: int, cut: int) -> None:
    stream_of = items(seed)
    whole = Stories(OPTIONS)
    for item in stream_of[:cut]:
        whole.place(item)
    state = whole.state()
    restored = Stories.restored(state, OPTIONS)
    assert restored.state() == state
    assert [restored.place(item) for item in stream_of[cut:]] == [whole.place(item) for item in stream_of[cut:]]
    assert restored.finish() == whole.finish()
    assert restored.state() == whole.state()
    last = restored.story_of(stream_of[-1].id)
    assert last is not None
    assert restored.summary(last[0]) == whole.summary(last[0])


@pytest.fixture(scope="module")
def state() -> bytes:
    stories = Stories(OPTIONS)
    for item in items(1, 60):
        stories.place(item)
    return stories.state()


def refused(state: bytes, options: Options = OPTIONS) -> str:
    with pytest.raises(StateError) as caught:
        Stories.restored(state, options)
    return caught.value.reason


def test_what_does_not_fit_is_refused(state: bytes) -> None:
    version = len(MARK)
    assert refused(b"") == refused(b"no state at all" * 9) == "damaged"
    assert refused(state[:-1]) == refused(state + b"x") == "damaged"
    assert refused(state[:200] + bytes([state[200] ^ 1]) + state[201:]) == "damaged"
    assert refused(state[:version] + b"\x63\x00" + state[version + 2 :]) == "version"
    assert refused(state, replace(OPTIONS, same_language=0.2)) == "options"


@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_a_state_that_somebody_changed_is_refused_or_read_and_nothing_else(state: bytes, data: st.DataObject) -> None:
    body = bytearray(state[len(MARK) + 18 :])
    for _ in range(data.draw(st.integers(1, 4))):
        body[data.draw(st.integers(0, min(len(body) - 1, 30_000)))] = data.draw(st.integers(0, 255))
    changed = state[: len(MARK) + 2] + blake2b(body, digest_size=16).digest() + bytes(body)
    try:
        stories = Stories.restored(changed, OPTIONS)
    except StateError:
        return
    assert len(stories) > 0


def test_an_article_that_is_placed_again_stands_where_it_stood() -> None:
    stories = Stories(OPTIONS)
    made = items(2, 40)
    before = [stories.place(item) for item in made]
    size = len(stories)
    again = [stories.place(item) for item in made]
    assert len(stories) == size
    assert [placed.story_id for placed in again] == [stories.story_of(item.id)[0] for item in made]  # type: ignore[index]
    assert {placed.id for placed in before if placed.role == "copy"} == {p.id for p in again if p.role == "copy"}
    last = stories.story_of(made[-1].id)
    assert last is not None
    assert stories.summary(last[0]).size <= len(made)  # type: ignore[union-attr]


@settings(max_examples=40, deadline=None)
@given(
    texts=st.lists(st.tuples(st.text(max_size=40), st.text(max_size=200)), min_size=1, max_size=8),
    language=st.sampled_from(["en", "zh", "he", "fa", "und", "", "xx-YY"]),
)
def test_whatever_is_placed_has_a_story_and_a_state(texts: list[tuple[str, str]], language: str) -> None:
    stories = Stories(OPTIONS)
    made = [
        Item(id=str(number), language=language, headline=headline, text=text, published=START)
        for number, (headline, text) in enumerate([("", ""), *texts])
    ]
    for item in made:
        assert stories.place(item).story_id
    assert Stories.restored(stories.state(), OPTIONS).state() == stories.state()
    assert all(stories.story_of(item.id) for item in made)
