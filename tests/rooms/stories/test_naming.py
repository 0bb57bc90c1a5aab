"""What is told of a decision: words that a reader finds in the articles, and words that would have changed it."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache

import pytest

from aggregator.demo.web import build
from aggregator.editing import placement_of
from aggregator.stories import Candidate, Item, Placed, Stories, listed
from aggregator.stories.naming import MOST
from aggregator.text import fold
from benchmarks.wire import stream


@cache
def demo() -> dict[str, Item]:
    """The demo web's articles that are no copies, in the order of time, by their addresses."""
    truth = [article for article in build(8765).truth.articles if article.edition == 1 and not article.copy_of]
    return {
        article.url: Item(
            id=article.url,
            language=article.language,
            headline=article.headline,
            text=article.text,
            published=article.published,
            source=article.source_id,
        )
        for article in sorted(truth, key=lambda article: (article.published, article.url))
    }


@cache
def placed() -> dict[str, tuple[Placed, str]]:
    """Each of them as it was placed, with the reason that is kept."""
    stories = Stories()
    return {item.id: (one := stories.place(item), placement_of(one, stories).reason) for item in demo().values()}


def named(beginning: str) -> str:
    """The address of the article with such a headline."""
    (name,) = [name for name, item in demo().items() if item.headline.startswith(beginning)]
    return name


def parts(candidate: Candidate) -> tuple[tuple[str, ...], ...]:
    return candidate.shared.words, candidate.shared.names, candidate.shared.own


def written(item: Item) -> str:
    return fold(f"{item.headline}\n{item.text}")


def test_every_word_that_is_told_stands_in_the_article() -> None:
    told = 0
    for name, (one, reason) in placed().items():
        words = [word for candidate in one.candidates for part in parts(candidate) for word in part]
        told += len(words)
        assert [word for word in words if fold(word) not in written(demo()[name])] == []
        assert all(len(part) <= MOST for candidate in one.candidates for part in parts(candidate))
        assert len(reason) < 1_600
    assert told > 300


def test_words_in_common_stand_in_both() -> None:
    """Words are told by their beginnings, as they are compared."""
    for name, (one, _) in placed().items():
        for candidate in one.candidates:
            other = demo()[candidate.id]
            if other.language != demo()[name].language or other.language == "zh":
                continue
            text = written(other)
            assert all(fold(word)[:6] in text for word in candidate.shared.words)


def test_a_reader_is_told_what_ties_two_reports_together() -> None:
    first, second = named("River basin states end"), named("What a shared gauge can")
    one, reason = placed()[second]
    assert one.story_id == f"story-{first}"
    assert {"gauge", "states"} <= set(one.candidates[0].shared.words)
    assert {"Zarqan", "Marwan"} <= set(one.candidates[0].shared.names)
    assert "words 0.31 (gauge, " in reason
    assert "names 0.64 (Zarqan, Marwan" in reason


def test_across_languages_names_are_told_as_the_newcomer_writes_them() -> None:
    one, reason = placed()[named("Harran Bay port reopens")]
    assert one.candidates[0].likeness.words < one.candidates[0].likeness.names
    assert {"410", "Orontes"} <= set(one.candidates[0].shared.names)
    assert "and so it would without 410 and Orontes in common" in reason


def _decided(reason: str) -> list[str]:
    found = re.search(r"and so it would without (.+?) in common", reason)
    assert found is not None
    return re.split(r", | and ", found[1])


def test_without_the_words_that_decide_it_stands_alone() -> None:
    """The known report is told again without them, and all articles are placed anew."""
    first, second = named("River basin states end"), named("What a shared gauge can")
    gone = _decided(placed()[second][1])
    assert 0 < len(gone) <= MOST
    pattern = re.compile(rf"\b({'|'.join(word[:6] for word in gone)})\w*", re.I)
    stories, found = Stories(), {}
    for item in demo().values():
        if item.id == first:
            item = replace(item, headline=pattern.sub("", item.headline), text=pattern.sub("", item.text))
        found[item.id] = stories.place(item).story_id
    assert found[second] != found[first]


def test_with_the_words_that_it_lacks_the_nearest_one_would_have_been_near_enough() -> None:
    turned = [one.turn for one, _ in placed().values() if "and so would" in one.turn]
    assert len(turned) > 5
    assert all(re.search(r"is nearest with 0\.\d\d; 0\.\d\d would have been enough, and so would ", t) for t in turned)


def test_what_another_subject_of_a_form_has_not_is_told() -> None:
    stories = Stories()
    made = [one.item for one in stream(220, routine=1.0, a_day=20_000, seed=3)]
    texts = {item.id: written(item) for item in made}
    against = [
        (candidate, placement_of(one, stories).reason)
        for one in map(stories.place, made)
        for candidate in one.candidates[:3]
        if candidate.likeness.conflict and candidate.shared.own
    ]
    assert len(against) > 20
    for candidate, reason in against:
        assert f"but {candidate.likeness.conflict}: here {listed(candidate.shared.own)}" in reason
        assert f" {fold(candidate.shared.own[0])} " not in texts[candidate.id]


def test_a_link_is_told() -> None:
    stories = Stories()
    items = list(demo().values())
    first, second = items[0], replace(items[-1], links=(items[0].id,))
    stories.place(first)
    one = stories.place(second)
    assert one.candidates[0].shared.linked
    assert ", linked by a publisher" in placement_of(one, stories).reason


@pytest.mark.parametrize(
    ("words", "told"), [((), ""), (("a",), "a"), (("a", "b"), "a and b"), (("a", "b", "c"), "a, b and c")]
)
def test_words_are_listed_for_people(words: tuple[str, ...], told: str) -> None:
    assert listed(words) == told
