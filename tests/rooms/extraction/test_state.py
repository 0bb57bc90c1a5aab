"""Pages that have their text only in the data of a script."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from aggregator.extraction import state
from aggregator.extraction.decode import parse
from aggregator.records import Article, Extraction

Read = Callable[..., Article]
Reader = Callable[..., Extraction]

TITLE = "Officials meet over the river"
HEAD = f"<title>{TITLE}</title><meta property='og:type' content='article'><meta property='og:title' content='{TITLE}'>"


def held(script: str) -> str:
    """A page whose body is empty until its scripts have run."""
    return (
        f"<!DOCTYPE html><html lang='en'><head>{HEAD}</head><body><div id='root'><h1>{TITLE}</h1></div>{script}"
        "</body></html>"
    )


def markup(paragraphs: tuple[str, ...]) -> str:
    """Paragraphs as an editor's system keeps them."""
    figure = "<figure><img src='/a.jpg'><figcaption>The old town hall.</figcaption></figure>"
    return figure + "".join(f"<p>{text}</p>" for text in paragraphs)


def story(paragraphs: tuple[str, ...]) -> dict[str, object]:
    """The same as a part of a page's state."""
    return {"props": {"story": {"headline": TITLE, "contentHtml": markup(paragraphs), "id": 9}}}


def wrapped(kind: str, paragraphs: tuple[str, ...]) -> str:
    """A script with the data of one of the kinds there are."""
    data = json.dumps(story(paragraphs)).replace("<", "\\u003c")
    blocks = {"article": {"title": TITLE, "body": [{"type": "p", "text": text} for text in paragraphs]}}
    return {
        "script of data": f"<script id='__NEXT_DATA__' type='application/json'>{data}</script>",
        "variable": f"<script>window.__STATE__ = {data}; run(window.__STATE__);</script>",
        "call": f"<script>(window.q = window.q || []).push({data})</script>",
        "list of paragraphs": f"<script>var state = {json.dumps(blocks)};</script>",
    }[kind]


@pytest.mark.parametrize("kind", ["script of data", "variable", "call", "list of paragraphs"])
def test_the_text_is_read_from_the_data(kind: str, article: Read, paragraphs: tuple[str, ...]) -> None:
    """A reader with a browser sees it, so does the collector."""
    assert article(held(wrapped(kind, 3 * paragraphs[:4]))).text.startswith("\n\n".join(paragraphs[:4]))


def test_the_text_beside_the_headline_goes_before_a_longer_one(article: Read, paragraphs: tuple[str, ...]) -> None:
    """The state may hold other articles too."""
    other = {
        "headline": "Farmers wait",
        "contentHtml": "".join(f"<p>Line {n} of another story.</p>" for n in range(90)),
    }
    data = {"stories": [other, story(paragraphs)["props"]]}
    assert article(held(f"<script>window.s = {json.dumps(data)}</script>")).text == "\n\n".join(paragraphs)


def test_a_page_with_a_text_is_not_asked_for_its_data(
    page: Callable[..., str], article: Read, paragraphs: tuple[str, ...]
) -> None:
    """What is shown counts."""
    other = tuple(f"Sentence number {number} of some other story, which nobody is shown here." for number in range(60))
    found = article(page(bottom=wrapped("variable", other)))
    assert found.text == "\n\n".join(paragraphs)


@pytest.mark.parametrize(
    "script", ["[" * 40_000, "=[" * 40_000, '={"a":' * 20_000, "x = {" + "y: 1," * 9_000, "{" * 9_000]
)
def test_code_that_looks_like_data_costs_little(script: str) -> None:
    """Trying to read it ends."""
    tree = parse(f"<html><body><script>{script}</script></body></html>")
    assert tree is not None
    assert state.paragraphs(state.scripts(tree), None) == []
