"""What a model says: measured against the usual, mixed with the other signals, never alone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache
from zlib import crc32

import numpy as np
import pytest

from aggregator.errors import ConfigError, StateError
from aggregator.stories import Item, Options, Placed, Stories, Vectors, encoded
from aggregator.stories.meaning import Meaning
from aggregator.stories.models import HEADLINE, LEAD, kept, text_of
from benchmarks.wire import stream
from tests.rooms.stories.test_placing import BRIDGE, background, item

SIZE = 32
OPTIONS = Options(held=100, window_days=3, second_look=30)


class Topics:
    """A model that knows of a few subjects by a word; all other texts are in directions of their own."""

    name, dimensions = "topics", SIZE

    def __init__(self, *subjects: tuple[str, ...]) -> None:
        self.subjects, self.asked = subjects, 0

    def encode(self, texts: Sequence[str]) -> Vectors:
        self.asked += len(texts)
        return np.array([self._vector(text.casefold()) for text in texts], np.float32)

    def _vector(self, text: str) -> Vectors:
        own = np.random.default_rng(crc32(text.encode())).normal(size=SIZE)
        found = own / np.linalg.norm(own)
        for number, words in enumerate(self.subjects):
            if any(word in text for word in words):
                found = found * 0.2 + np.eye(SIZE)[number]
        vector: Vectors = (found / np.linalg.norm(found)).astype(np.float32)
        return vector


class Told:
    """A model that gives what it is told to give."""

    name, dimensions = "told", SIZE

    def __init__(self, give: Callable[[int], Vectors]) -> None:
        self.give = give

    def encode(self, texts: Sequence[str]) -> Vectors:
        return self.give(len(texts))


ENGLISH = item("a", "Kelmar bridge collapses, 14 dead", BRIDGE, hours=1)
TURKISH = item(
    "b",
    "Pazartesi günü köprü çöktü",
    "Nehrin üzerindeki büyük köprü çöktü, ölenler ve yaralananlar var. Dravonia'da feribotlar sefere konuldu.",
    hours=2,
    language="tr",
)
STRANGER = item("c", "Feribot seferleri", "Yolcular sabah saatlerinde iskelede bekledi.", hours=2, language="tr")


def run(stream_of: Sequence[Item], stories: Stories) -> list[Placed]:
    return [stories.place(one) for one in stream_of]


def known(stories: Stories) -> Stories:
    """A stream with articles in both languages about other things, so that what is usual is known."""
    background(stories)
    for number in range(500, 520):
        text = f"Kasaba {number}x halkı Konu{number}c hakkında Tema{number}d dedi."
        stories.place(item(f"tr-{number}", f"Konu{number}c haberleri", text, hours=(number - 500) / 60, language="tr"))
    return stories


@cache
def wire(seed: int, count: int = 90) -> list[Item]:
    return [made.item for made in stream(count, routine=0.4, a_day=40, seed=seed)]


def test_a_model_ties_what_few_names_alone_would_not() -> None:
    without, asked = known(Stories()), known(Stories(model=Topics(("bridge", "köprü"))))
    first, second = run([ENGLISH, TURKISH], without)
    assert second.story_id != first.story_id
    first, second = run([ENGLISH, TURKISH], asked)
    assert second.story_id == first.story_id
    assert second.candidates[0].likeness.meaning > 0
    assert second.candidates[0].likeness.names > 0


def test_a_model_alone_ties_nothing_but_a_link_helps() -> None:
    model = Topics(("bridge", "feribot"))
    first, second = run([ENGLISH, STRANGER], known(Stories(model=model)))
    assert second.story_id != first.story_id
    assert second.candidates[0].id == "a", "it was compared, and the model's opinion was not enough"
    first, second = run([ENGLISH, replace(STRANGER, links=("a",))], known(Stories(model=model)))
    assert second.story_id == first.story_id


def test_a_model_keeps_apart_what_is_alike_in_words_only() -> None:
    text = "Rescuers in Dravonia said that the bridge over the river Ustra was closed on Monday."
    pair = [
        item("a", "Ustra bridge closed in Dravonia", text, hours=1),
        item("b", "Ustra bridge closed for a marathon", text[:60] + "Runners cross it.", hours=2),
    ]
    scores = []
    for model in (None, Topics(("closed in",), ("marathon",))):
        stories = Stories(model=model)
        background(stories)
        scores.append(run(pair, stories)[1].candidates[0].likeness.score)
    assert scores[1] < scores[0]


@pytest.mark.parametrize(
    "give",
    [
        lambda count: np.ones((count, SIZE), np.float32),
        lambda count: np.zeros((count, SIZE), np.float32),
        lambda count: np.full((count, SIZE), np.nan, np.float32),
        lambda count: np.full((count, SIZE), np.inf, np.float32),
    ],
    ids=["all alike", "zeros", "no numbers", "infinite"],
)
def test_a_model_that_says_nothing_changes_nothing(give: Callable[[int], Vectors]) -> None:
    stream_of = wire(1)
    assert run(stream_of, Stories(OPTIONS, Told(give))) == run(stream_of, Stories(OPTIONS))


@pytest.mark.parametrize(
    "give",
    [
        lambda count: np.ones((count, SIZE + 1), np.float32),
        lambda count: np.ones((count + 1, SIZE), np.float32),
        lambda count: np.ones(SIZE, np.float32),
        lambda count: np.ones((count, SIZE), np.int64),
    ],
)
def test_a_model_that_does_not_give_what_it_promises_is_refused(give: Callable[[int], Vectors]) -> None:
    with pytest.raises(ConfigError, match=r"stories.model: the model told gave .* it promises 32"):
        Stories(model=Told(give)).place(ENGLISH)


def test_vectors_of_two_models_are_refused() -> None:
    stories = Stories()
    stories.place(replace(ENGLISH, vector=np.ones(8, np.float32)))
    with pytest.raises(ConfigError, match="9 numbers came after vectors of 8"):
        stories.place(replace(TURKISH, vector=np.ones(9, np.float32)))


def test_each_article_that_is_no_copy_is_encoded_once() -> None:
    model = Topics(("bridge",))
    stories = Stories(model=model)
    run([ENGLISH, replace(ENGLISH, id="again", duplicate_of="a"), TURKISH, ENGLISH], stories)
    assert model.asked == 2


def test_vectors_may_be_made_outside_and_many_at_once() -> None:
    stream_of, model = wire(3), Topics(("dividend",))
    batch = encoded(stream_of, model)
    assert model.asked == len(stream_of)
    assert run(batch, Stories(OPTIONS)) == run(stream_of, Stories(OPTIONS, model))
    assert encoded(batch, model) == batch
    assert model.asked == 2 * len(stream_of)


@pytest.mark.parametrize("cut", [0, 1, 45, 80])
def test_a_restart_changes_nothing(cut: int) -> None:
    stream_of, model = wire(2), Topics(("dividend",), ("quake", "match"))
    whole = Stories(OPTIONS, model)
    run(stream_of[:cut], whole)
    state = whole.state()
    restored = Stories.restored(state, OPTIONS, model)
    assert restored.state() == state
    assert run(stream_of[cut:], restored) == run(stream_of[cut:], whole)
    assert restored.state() == whole.state()


def test_a_state_of_another_model_is_refused() -> None:
    stories = Stories(Options(model="e5"), Topics())
    stories.place(ENGLISH)
    with pytest.raises(StateError):
        Stories.restored(stories.state(), Options(model="model2vec:x"), Topics())


def test_what_is_encoded_is_the_headline_and_the_lead_and_bounded() -> None:
    assert text_of(item("a", " Two\n words ", "")) == "Two words"
    assert text_of(item("a", "Head", "The  lead.")) == "Head. The lead."
    assert len(text_of(item("a", "h" * 9_999, "t " * 9_999))) <= HEADLINE + LEAD + 2


def test_products_of_kept_vectors_are_exact_in_any_order() -> None:
    random = np.random.default_rng(1)
    one, other = (kept(random.normal(size=384).astype(np.float32)) for _ in range(2))
    assert one is not None
    assert other is not None
    exact = float(np.dot(one.astype(np.float64), other.astype(np.float64)))
    for _ in range(20):
        order = random.permutation(384)
        assert float(np.dot(one[order], other[order])) == exact


def test_neighbours_are_those_of_a_search_through_all() -> None:
    random, meaning = np.random.default_rng(2), Meaning()
    vectors = random.normal(size=(700, 16)).astype(np.float32)
    vectors[600:620] = vectors[100] + 0.1 * vectors[600:620]
    for number, vector in enumerate(vectors):
        meaning.add(number, number % 3, vector)
        if number >= 650:
            meaning.forget(number - 650)
    found = meaning.nearest(100)
    margins = dict(zip(range(700), meaning.margins(100, range(700)), strict=True))
    held = [number for number in margins if number != 100 and not np.isnan(margins[number])]
    assert found == sorted(held, key=lambda number: -margins[number])[: len(found)]
    assert 600 <= min(found) <= max(found) < 620
    assert np.isnan(meaning.margins(100, [610, 9_999])[1])


def test_a_model_that_does_not_tell_events_apart_is_not_heard() -> None:
    random, useless, good = np.random.default_rng(3), Meaning(), Meaning()
    for number in range(400):
        vector = random.normal(size=64).astype(np.float32)
        event = np.random.default_rng(number // 2).normal(size=64)
        useless.add(number, number % 2, vector)
        good.add(number, number % 2, (event + 0.3 * vector).astype(np.float32))
        for meaning in (useless, good):
            meaning.learn(number, [number - 1] if number % 2 else [])
    assert useless.opinions(399, [398])[1][0] < 0.2
    assert good.opinions(399, [398])[1][0] == 1
    assert good.margins(399, [398])[0] > 4
    assert good.opinions(399, [398])[0][0] > 1
    assert good.opinions(399, [397])[0][0] < 0
    assert good.opinions(399, [9_999])[1][0] == 0
