"""Promises that hold for any page: no exception, and a block changes the relations and not the text."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aggregator.records import Article, Extraction

Build = Callable[..., str]

WORDS = ("snow", "bridge", "harvest", "library", "market", "council", "tunnel", "school", "ferry", "orchard")
LABELS = (
    "Related News:",
    "Read More:",
    "اقرأ أيضا:",
    "بیشتر بخوانید:",
    "Lesen Sie auch:",
    "İlgili Haberler:",
    "Читайте также:",
)


@st.composite
def blocks(draw: st.DrawFn) -> str:
    """A link block of some shape with one to three links."""
    count = draw(st.integers(1, 3))
    anchors = [" ".join(draw(st.permutations(WORDS))[:6]).capitalize() for _ in range(count)]
    links = [
        f'<a href="/news/{number}/{anchor.replace(" ", "-")}">{anchor}</a>' for number, anchor in enumerate(anchors)
    ]
    label = draw(st.sampled_from(LABELS))
    items = "".join(f"<li>{link}</li>" for link in links)
    paragraphs = "".join(f"<p>{link}</p>" for link in links)
    return draw(
        st.sampled_from(
            (
                f"<p><strong>{label}</strong></p>{paragraphs}",
                f"<h4>{label}</h4><ul>{items}</ul>",
                f"<div><b>{label}</b><ul>{items}</ul></div>",
                f"<ul>{items}</ul>",
                f"<aside><h3>{label}</h3>{paragraphs}</aside>",
            )
        )
    )


QUIET = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@QUIET
@given(block=blocks(), place=st.integers(1, 4))
def test_a_block_between_paragraphs_changes_relations_and_not_the_text(
    block: str, place: int, page: Build, article: Callable[..., Article]
) -> None:
    without, within = article(page()), article(page({place: block}))
    assert within.text == without.text
    assert within.relations
    assert {each.after_paragraph for each in within.relations} == {place}
    assert {each.where for each in within.relations} == {"inline"}


@QUIET
@given(data=st.data())
def test_broken_pages_raise_nothing(data: st.DataObject, page: Build, read: Callable[..., Extraction]) -> None:
    html = page({2: data.draw(blocks())}, top="<p>May 5, 2026 11:00</p>").encode()
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
