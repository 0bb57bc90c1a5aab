"""What must hold of duplicates whatever comes, and in whatever order."""

from __future__ import annotations

import random
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aggregator.identity import Window
from aggregator.records import Article
from tests.store.newsroom import NOW, article, publisher, reading, url

VOWELS, CONSONANTS = "aeiou", "bdfgklmnprstvz"


def report(seed: int, words: int) -> list[str]:
    """Words that hardly any other seed's report has in that order."""
    chance = random.Random(seed)
    return ["".join(chance.choice(letters) for letters in (CONSONANTS, VOWELS) * 3) for _ in range(words)]


def page(name: str, words: Sequence[str], second: int = 0) -> Article:
    """An outlet's page, some seconds after noon."""
    at = NOW.replace(second=second % 60)
    return article(
        "x", url=url(name, f"{name}.example"), source=publisher(name), text=" ".join(words), published=at, fetched=at,
        headline=f"What {name} says",
    )  # fmt: skip


def minute(seed: int) -> list[Article]:
    """A minute of news: eight stories, each told by one outlet in full, by others cut, with words of their own."""
    chance = random.Random(seed)
    pages = []
    for story in range(8):
        whole = report(1000 * seed + story, chance.randint(150, 400))
        pages.append(page(f"whole{story}", whole))
        for copy in range(chance.randint(0, 3)):
            start = chance.randint(0, len(whole) // 5)
            own = report(1000 * seed + 100 + 10 * story + copy, chance.randint(0, 30))
            pages.append(page(f"copy{story}n{copy}", [*own, *whole[start : start + int(0.7 * len(whole))]]))
    return pages


def groups(pages: Sequence[Article]) -> tuple[dict[str, str], list[str]]:
    """Root of each page, and the outcomes."""
    window = Window()
    roots, outcomes = {}, []
    for read in pages:
        verdict = window.take(reading(read))
        roots[read.id] = verdict.of or verdict.article.id
        outcomes.append(verdict.outcome)
    return roots, outcomes


def families(roots: dict[str, str]) -> set[frozenset[str]]:
    """The groups, whichever member is the unique one."""
    return {frozenset(name for name, its in roots.items() if its == root) for root in roots.values()}


@pytest.mark.parametrize("seed", range(5))
def test_arrivals_of_one_minute_in_another_order_give_the_same_groups(seed: int) -> None:
    pages = minute(seed)
    expected = families(groups(pages)[0])
    chance = random.Random(seed)
    for _ in range(4):
        chance.shuffle(pages)
        assert families(groups(pages)[0]) == expected
    assert len(expected) == 8


@pytest.mark.parametrize("seed", range(3))
def test_a_replay_gives_the_same_ids(seed: int) -> None:
    assert groups(minute(seed)) == groups(minute(seed))


@given(st.integers(0, 400), st.integers(80, 300), st.floats(0, 1), st.floats(0.3, 1), st.integers(0, 40))
@settings(max_examples=60, deadline=None)
def test_a_copy_and_its_original_never_both_stay_unique(
    seed: int, length: int, begin: float, share: float, own: int
) -> None:
    """Whichever comes first.  Of shorter passages 3 in 1,000 are missed: too few of their runs are in the index."""
    whole = report(seed, length)
    taken = max(80, int(share * length))
    start = int(begin * (length - min(taken, length)))
    copied = whole[start : start + taken]
    pages = [page("whole", whole), page("copy", [*copied, *report(seed + 1000, min(own, taken // 2))])]
    for order in (pages, pages[::-1]):
        assert groups(order)[1] == ["unique", "duplicate"]


@given(st.integers(0, 50), st.integers(0, 10_000))
@settings(max_examples=25, deadline=None)
def test_one_copy_more_never_changes_which_article_is_unique(seed: int, chosen: int) -> None:
    pages = minute(seed % 5)
    before = groups(pages)[0]
    place = chosen % len(pages)
    source = pages[place].text.split()
    more = page("more", source[: max(60, int(0.8 * len(source)))])
    for where in (place + 1, len(pages)):
        after = groups([*pages[:where], more, *pages[where:]])[0]
        assert {name: root for name, root in after.items() if name != more.id} == before
