"""Promises that hold for any page: no exception, and a block changes the relations and not the text."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aggregator.records import Article, Extraction
from tests.rooms.extraction.patterns import PATTERNS, Pattern, expected
from tests.rooms.extraction.tongues import TONGUES, Tongue

Build = Callable[..., str]

MANY = settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
QUIET = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@st.composite
def blocks(draw: st.DrawFn) -> tuple[Tongue, Pattern, int]:
    """A language, one of the patterns, and which of the language's labels."""
    return draw(st.sampled_from(TONGUES)), PATTERNS[draw(st.sampled_from(sorted(PATTERNS)))], draw(st.integers(0, 1))


@MANY
@given(block=blocks(), place=st.integers(1, 3))
def test_a_block_between_paragraphs_changes_relations_and_not_the_text(
    block: tuple[Tongue, Pattern, int], place: int, article: Callable[..., Article]
) -> None:
    """Any pattern, between any two paragraphs, in any language."""
    tongue, pattern, which = block
    without = article(tongue.page())
    within = article(tongue.page((place, pattern.build(tongue, tongue.labels[which][0]))))
    assert within.text == without.text == "\n\n".join(tongue.sentences)
    assert without.relations == ()
    found = [(each.type, urlsplit(each.url).path, each.anchor, each.heading) for each in within.relations]
    assert found == expected(tongue, pattern, which)
    assert {(each.where, each.after_paragraph) for each in within.relations} == {("inline", place)}


@MANY
@given(block=blocks(), other=blocks(), places=st.permutations((1, 2, 3, 4)))
def test_two_blocks_on_one_page_keep_their_places(
    block: tuple[Tongue, Pattern, int],
    other: tuple[Tongue, Pattern, int],
    places: list[int],
    article: Callable[..., Article],
) -> None:
    """Labels of another language are common: themes bring their own."""
    tongue, pattern, which = block
    stranger, second, label = other
    first, last = sorted(places[:2])
    read = article(
        tongue.page(
            (first, pattern.build(tongue, tongue.labels[which][0])),
            (last, second.build(stranger, stranger.labels[label][0]).replace("/news/", "/world/")),
        )
    )
    assert read.text == "\n\n".join(tongue.sentences)
    assert [(each.anchor, each.after_paragraph) for each in read.relations] == [
        *((anchor, first) for _, _, anchor, _ in expected(tongue, pattern, which)),
        *((anchor, last) for _, _, anchor, _ in expected(stranger, second, label)),
    ]


@QUIET
@given(data=st.data())
def test_broken_pages_raise_nothing(data: st.DataObject, page: Build, read: Callable[..., Extraction]) -> None:
    tongue, pattern, which = data.draw(blocks())
    html = page({2: pattern.build(tongue, tongue.labels[which][0])}, top="<p>May 5, 2026 11:00</p>").encode()
    start, end = sorted(data.draw(st.tuples(st.integers(0, len(html)), st.integers(0, len(html)))))
    junk = data.draw(st.binary(max_size=40))
    found = read(html[:start] + junk + html[end:])
    assert (found.article is None) != (found.rejected is None)
    assert not (found.rejected or "").startswith("extraction failed")


@QUIET
@given(body=st.binary(max_size=400), charset=st.sampled_from(("utf-8", "windows-1256", "utf-16", "nonsense", "utf-7")))
def test_any_bytes_raise_nothing(body: bytes, charset: str, read: Callable[..., Extraction]) -> None:
    found = read(body, headers=(("content-type", f"text/html; charset={charset}"),))
    assert not (found.rejected or "").startswith("extraction failed")


@pytest.mark.parametrize("tag", ["div", "span", "ul><li", "table><tr><td", "b", "a href='/x/y-z'", "blockquote"])
def test_deep_nesting_raises_nothing(tag: str, page: Build, read: Callable[..., Extraction]) -> None:
    found = read(page({2: f"<{tag}>" * 3000 + "deep"}))
    assert not (found.rejected or "").startswith("extraction failed")


def test_odd_jsonld_raises_nothing(page: Build, read: Callable[..., Extraction]) -> None:
    scripts = (
        "{",
        "[]",
        "[[[[",
        "null",
        '{"@type": 7}',
        '{"@type":"NewsArticle","headline":[{}],"author":[[[]],7,null]}',
        '{"@type":["NewsArticle"],"headline":"x","datePublished":{"a":1},"image":[[7]],"keywords":{"@value":["a"]}}',
        "[" * 5000,
    )
    for script in scripts:
        found = read(page(head=f'<script type="application/ld+json">{script}</script>'))
        assert found.article is not None


def test_the_same_page_gives_the_same_article(page: Build, article: Callable[..., Article]) -> None:
    html = page({2: "<p><b>Read more:</b> <a href='/news/5/a-long-way'>A long way to the sea</a></p>"})
    assert article(html) == article(html)
