"""Text in one column is read as it stands; in any doubt, and after any failure, others are asked for it."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from aggregator.extraction import body, column, decode
from aggregator.extraction.body import Paragraph
from aggregator.extraction.decode import Element
from aggregator.extraction.dom import Measures, menus, region, squeeze
from aggregator.records import Article

Build = Callable[..., str]
Read = Callable[..., Article]


def _tree(html: str) -> tuple[Element, Element, Measures]:
    tree = decode.parse(html)
    assert tree is not None
    measures = Measures(tree)
    return tree, region(tree, measures), measures


def _column(html: str, standfirst: str | None = None) -> list[Paragraph] | None:
    return column.paragraphs(*_tree(html), standfirst)


def _texts(found: list[Paragraph] | None) -> list[str]:
    return [paragraph.text for paragraph in found or []]


def _joined(found: list[Paragraph]) -> str:
    return "".join(squeeze(paragraph.text) for paragraph in found if paragraph.kind != "heading")


_USUAL = {
    "paragraphs": {},
    "a heading": {2: "<h2>The farmers of the lower valley</h2>"},
    "a picture": {1: "<figure><img src='/a.jpg'><figcaption>The old town hall in March</figcaption></figure>"},
    "a quotation": {3: "<blockquote><p>We have waited for this office for years, she said to us.</p></blockquote>"},
    "a list": {2: "<ul><li>four bridges along the river</li><li>three gauges above the dam</li></ul>"},
    "a box beside": {2: "<aside><p>The river is 211 kilometres long and has four bridges.</p></aside>"},
}


@pytest.mark.parametrize("blocks", _USUAL.values(), ids=_USUAL)
def test_a_column_is_what_a_general_extractor_finds(blocks: dict[int, str], page: Build) -> None:
    html = page(blocks)
    tree, main, measures = _tree(html)
    own = column.paragraphs(tree, main, measures, None)
    assert own is not None
    assert _joined(own) == _joined(body.paragraphs(tree, main, measures))


@pytest.mark.parametrize("blocks", _USUAL.values(), ids=_USUAL)
def test_the_steps_of_the_library_find_what_it_finds_as_a_whole(blocks: dict[int, str], page: Build) -> None:
    tree, _, _ = _tree(page(blocks))
    library = body._library()
    steps, whole = library.main_text(tree), library.whole(tree)
    assert squeeze("".join(steps.itertext())) == squeeze("".join(whole.itertext()))


@pytest.mark.parametrize(
    "block",
    [
        "<div class='box'><p>What was agreed on Tuesday, and what was not: the answers to the questions.</p></div>",
        "<table><tr><td>Monday</td><td>2.10 metres</td></tr></table>",
        "<pre>level = gauge.read()</pre>",
        "The ministers did not speak to the press after the talks, and left the town in the evening.",
        "<ul><li><a href='/a'>one thing</a></li><li><a href='/b'>and another</a></li></ul>",
    ],
)
def test_what_may_be_text_or_not_is_a_doubt(block: str, page: Build) -> None:
    assert _column(page({2: block})) is None


def test_boxes_that_hold_the_prose_are_the_column(paragraphs: tuple[str, ...]) -> None:
    boxes = "".join(f"<div class='text-block'><p>{text}</p></div>" for text in paragraphs)
    html = f"<body><main><article><h1>Talks</h1>{boxes}<div class='tools'>Print</div></article></main></body>"
    assert _texts(_column(html))[-5:] == list(paragraphs)


def test_a_place_for_advertisements_is_no_text(page: Build, paragraphs: tuple[str, ...]) -> None:
    found = _texts(_column(page({3: "<div class='slot'>Advertisement</div>"})))
    assert found == list(paragraphs)


def test_prose_beside_the_main_part_is_a_doubt_unless_it_is_the_standfirst(paragraphs: tuple[str, ...]) -> None:
    lead = "After two years of dispute over the river an agreement is near, and the farmers of the valley hope for it."
    text = "".join(f"<p>{text}</p>" for text in paragraphs)
    html = f"<body><main><h1>Talks</h1><p>{lead}</p><div class='text'><div>{text}</div></div></main></body>"
    assert _column(html) is None
    assert _texts(_column(html, lead)) == list(paragraphs)


_WRAPPED = {
    "a heading": "<div class='headline-2'><div><h3>The farmers of the lower valley</h3></div></div>",
    "a paragraph": "<div><p>The farmers of the lower valley have waited for the office for more than eleven years, and "
    "some of them for longer, a speaker of their union said.</p></div>",
}


@pytest.mark.parametrize("box", _WRAPPED.values(), ids=_WRAPPED)
def test_a_line_in_a_box_of_its_own_is_a_line_of_the_text(box: str, page: Build) -> None:
    line = decode.parse(box)
    assert line is not None
    assert "".join(line.itertext()) in _texts(_column(page({2: box})))


def test_a_line_in_a_box_that_is_named_after_something_else_is_a_doubt(page: Build) -> None:
    assert _column(page({2: f"<div class='newsletter'>{_WRAPPED['a heading']}</div>"})) is None


def test_a_box_of_links_is_no_text_and_no_doubt(page: Build, paragraphs: tuple[str, ...]) -> None:
    box = "<div><ul><li><a href='/a'>Rivers</a></li><li><a href='/b'>Farmers</a></li></ul></div>"
    assert _texts(_column(page({2: box}))) == list(paragraphs)


@pytest.mark.parametrize("step", ["main_text", "whole"])
@pytest.mark.parametrize("error", [AttributeError, RuntimeError, MemoryError, ZeroDivisionError])
def test_no_page_is_lost_to_what_the_library_raises(
    step: str,
    error: type[Exception],
    page: Build,
    article: Read,
    paragraphs: tuple[str, ...],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(*_: Any) -> None:
        raise error

    monkeypatch.setattr(body._Library, step, fail)
    # The table is a doubt: the library is asked.
    found = article(page({2: "<table><tr><td>Monday</td><td>2.10 metres</td></tr></table>"})).text
    assert all(paragraph in found for paragraph in paragraphs)


def test_prose_that_the_library_misses_is_read_from_the_main_part(
    page: Build, article: Read, paragraphs: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(body._Library, "main_text", lambda *_: None)
    monkeypatch.setattr(body._Library, "whole", lambda *_: pytest.fail("a second look takes three times as long"))
    more = {1: "".join(f"<p>{number}. {paragraphs[0]} {paragraphs[1]}</p>" for number in range(6))}
    table = "<table><tr><td>Monday</td><td>2.10 metres</td></tr></table>"
    found = article(page({**more, 2: table})).text
    assert all(paragraph in found for paragraph in paragraphs)


def test_menus_and_the_head_are_not_measured() -> None:
    tree = decode.parse(
        "<head><title>Talks</title></head><nav id='top'><ul><li><a href='/'>Home</a></li></ul></nav><h1>Talks</h1>"
        "<nav id='below'><a href='/2'>Next</a></nav>"
    )
    assert tree is not None
    assert [menu.get("id") for menu in menus(tree)] == ["top"]
    assert [each.tag for each in Measures(tree).elements[:2]] == ["html", "body"]


def test_a_page_that_has_only_a_head_is_measured() -> None:
    tree = decode.parse("<head><title>Talks</title></head>")
    assert tree is not None
    assert [each.tag for each in Measures(tree).elements] == ["html", "head", "title"]


@pytest.mark.parametrize("inside", ["<h1>Talks</h1>", "<p>A text.</p>", "<article>A text.</article>"])
def test_what_is_marked_as_a_menu_and_holds_the_text_is_none(inside: str) -> None:
    tree = decode.parse(f"<body><nav>{inside}</nav><h1>Talks</h1></body>")
    assert tree is not None
    assert menus(tree) == []


@pytest.fixture(scope="module")
def pages_of_links() -> ModuleType:
    path = Path(__file__).resolve().parents[3] / "benchmarks" / "extraction_links.py"
    spec = importlib.util.spec_from_file_location("extraction_links", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("layout", ["paragraphs", "flat", "one list", "after the text", "empty", "boxes"])
def test_ten_times_the_links_take_about_ten_times_as_long(layout: str, pages_of_links: ModuleType) -> None:
    pages_of_links.seconds(pages_of_links.page(layout, 10))
    few = pages_of_links.seconds(pages_of_links.page(layout, 1_000))
    many = pages_of_links.seconds(pages_of_links.page(layout, 10_000))
    assert many < 15 * few + 0.5
