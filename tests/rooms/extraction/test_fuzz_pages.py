"""Hostile and broken pages: each has a result, and none takes long."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aggregator.extraction import ExtractionOptions
from aggregator.records import Extraction

Build = Callable[..., str]
Read = Callable[..., Extraction]

SECONDS = 30.0
"""Far above what any of these takes (the slowest about nine): a regression to quadratic time is minutes."""
BIG = 3_000_000
TEXT = 1_000_000
SETTINGS = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))


def checked(found: Extraction) -> Extraction:
    """A result is an article or a reason, and never a surprise."""
    assert (found.article is None) != (found.rejected is None)
    assert not (found.rejected or "").startswith("extraction failed"), found.rejected
    return found


HOSTILE = {
    "100,000 nested divs": "<div>" * 100_000 + "deep",
    "100,000 nested divs, closed": "<div>" * 100_000 + "deep" + "</div>" * 100_000,
    "100,000 nested spans with words": "<span>word " * 100_000,
    "a megabyte of class words": f'<div class="{"related " * 150_000}"><a href="/a/b-c-d">One two three four</a></div>',
    "an attribute of 3 MB": f'<p data-x="{"y" * BIG}">One two three.</p>',
    "an address of 3 MB": f'<p>Read more: <a href="/{"y" * BIG}">One two three four</a></p>',
    "a link text of 1 MB": f'<p>Read more: <a href="/a/b-c-d">{"word " * (TEXT // 5)}</a></p>',
    "150,000 open brackets": "<" * 150_000,
    "150,000 open tags without end": "<a href=x " * 150_000,
    "an unclosed comment": "<!--" + "x" * BIG,
    "an unclosed script": "<script>" + "var a = '<p>';" * 100_000,
    "a paragraph of one 1 MB word": f"<p>{'x' * TEXT}</p>",
    "1 MB of white space": f"<p>{' ' * TEXT}</p>",
    "1 MB of dashes": f"<p>{'-' * TEXT}</p>",
    "1 MB of a label's words": f"<p>{'Read more ' * (TEXT // 10)}</p>",
    "1 MB of digits": f"<p>{'2026-01-01 ' * (TEXT // 11)}</p>",
    "20,000 links": "".join(f'<p><a href="/news/{n}/a-b-c">Link number {n} of many</a></p>' for n in range(20_000)),
    "20,000 labels": "<p><b>Related news:</b></p>" * 20_000,
    "20,000 list items, nested": "<ul><li>" * 20_000,
    "20,000 short paragraphs": "<p>May 5, 2026 11:00</p>" * 20_000,
    "20,000 metas": "<meta property='article:tag' content='x'>" * 20_000,
    "1 MB of entities": "&amp;" * (TEXT // 5),
    "marks upon marks": f"<p>{'a' + chr(0x301) * 200_000}</p>",
    "direction marks": f"<p>{chr(0x202E) * 200_000}text</p>",
    "a table of 20,000 cells": f"<table>{'<tr><td>cell</td></tr>' * 20_000}</table>",
}


@pytest.mark.parametrize("inside", HOSTILE.values(), ids=HOSTILE)
def test_hostile_pages_take_no_time(inside: str, page: Build, read: Read) -> None:
    """One such page in a crawl must not hold up a worker, let alone stop the run."""
    html = page({2: inside})
    began = time.process_time()
    checked(read(html))
    assert time.process_time() - began < SECONDS


@pytest.mark.parametrize("inside", [HOSTILE[name] for name in ("100,000 nested divs", "150,000 open brackets")])
def test_hostile_bytes_without_a_page_around_them_take_no_time(inside: str, read: Read) -> None:
    """What a server sends need not begin like a page."""
    began = time.process_time()
    checked(read(inside))
    assert time.process_time() - began < SECONDS


def test_a_page_of_too_many_elements_is_refused(read: Read) -> None:
    """The limit is there to be met."""
    found = read("<p>x</p>" * 200, options=ExtractionOptions(max_elements=100))
    assert found.rejected == "over 100 elements"


def test_of_a_text_without_an_end_the_beginning_is_kept(page: Build, read: Read) -> None:
    """Whole words, and the article says that there was more."""
    told = "The council met for the {n}th time in the harbour and spoke about boats."
    text = "".join(f"<p>{told.format(n=n)}</p>" for n in range(99))
    whole = read(page({2: text})).article
    cut = read(page({2: text}), options=ExtractionOptions(max_text=1_000)).article
    assert whole is not None
    assert cut is not None
    assert 900 < len(cut.text.replace("\n\n", "")) <= 1_000
    assert whole.text.startswith(cut.text)
    assert whole.text[len(cut.text)] in " \n"
    assert any("extraction.max_text" in warning for warning in cut.warnings)


def test_a_page_whose_text_stands_in_its_head_is_read(read: Read) -> None:
    """One wrong letter in a tag of the head is enough for it."""
    head = '<meta charset="utf-8"><title>Council meets</title><lin% rel="canonical" href="/a"><base href="/x/">'
    text = "".join(f"<p>The council met for the {n}th time in the harbour and spoke about boats.</p>" for n in range(9))
    found = checked(read(f"<!DOCTYPE html><html><head>{head}</?ead><body><h1>Council meets again</h1>{text}</html>"))
    assert found.article is not None
    assert found.article.text.count("spoke about boats") == 9


@SETTINGS
@given(data=st.data())
def test_truncated_pages_have_a_result(data: st.DataObject, page: Build, read: Read) -> None:
    """Connections break anywhere: within a tag, an entity, a letter."""
    html = page({2: "<p><b>اقرأ أيضا:</b> <a href='/news/5/x-y-z'>الثلوج تغلق طريق الجبل أسبوعا</a></p>"}).encode()
    checked(read(html[: data.draw(st.integers(0, len(html)))]))


@SETTINGS
@given(
    codec=st.sampled_from(("utf-8", "utf-16", "utf-16-be", "utf-32", "windows-1256", "iso-8859-6", "koi8-r", "cp1255")),
    said=st.sampled_from(("utf-8", "utf-16", "windows-1256", "iso-8859-1", "utf-7", "none", "x" * 200, "")),
)
def test_mistaken_encodings_have_a_result(codec: str, said: str, page: Build, read: Read) -> None:
    """What the header says and what the bytes are need not agree."""
    html = page({2: "<p>متن فارسی и русский текст שלום</p>"})
    found = read(html.encode(codec, "replace"), headers=(("content-type", f"text/html; charset={said}"),))
    checked(found)


NAMES = "p div span a b ul ol li table tr td h1 h3 article main aside section figure blockquote form nav time br img"
TAGS = st.sampled_from(NAMES.split())
PIECES = st.one_of(
    TAGS.map(lambda tag: f"<{tag}>"),
    TAGS.map(lambda tag: f"</{tag}>"),
    TAGS.map(lambda tag: f'<{tag} class="related read-more author date" href="/a/b-c-d-{tag}" datetime="2026">'),
    st.sampled_from(
        ("Read more:", "<!--", "-->", "<![CDATA[", "]]>", "<?xml ?>", "&", "&#0;", "&#xd800;", "\x00",
         "<a href='http://['>",
         "<a href='//'>", "<base href='http://[::'>", "<script type='application/ld+json'>{\"@graph\":", "</script>",
         "<meta charset=utf-7>", "<svg><p>", "<math><mi>", "<template>", "</body>", "</html>", "<html lang='xx-'>",
         "The farmers of the lower valley had asked for such an office for years, after three dry summers.",
         "۱۴۰۵/۰۳/۱۰ ساعت ۱۱:۰۰", "May 32, 2026 25:61 XYZ")
    ),
)  # fmt: skip


@settings(SETTINGS, max_examples=150)
@given(pieces=st.lists(PIECES, max_size=60), place=st.integers(0, 5))
def test_any_soup_has_a_result(pieces: list[str], place: int, page: Build, read: Read) -> None:
    """Tags in any order, inside a page that is otherwise whole."""
    soup = "".join(pieces)
    checked(read(page({place: soup})))
    checked(read(soup))
