"""F38, F46, F50, F94: what comes out is data: no control characters, markup or password, one line for each record."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aggregator.encoding import to_json
from aggregator.extraction import ExtractionOptions, Outlets, extract
from aggregator.records import Page, Sighting, Source
from aggregator.text import untagged
from tests.crawl.faulty_web import Answer, Desk, FaultyWeb

CONTROLS = "\x00\x0b\u202e\u2066\u2028\u2029\ufeff\x85\x9f\ufffe"
SCRIPT = "&lt;script&gt;alert(1)&lt;/script&gt;&lt;img src=x onerror=alert(1)&gt;&#0;&#xD800;&#x202e;&#8232;"
SECRET = "s3cret"
MARKUP = re.compile(r"</?(?:a|b|div|i|iframe|img|p|script|style|svg)\b[^<>]*>|<!--", re.I)
NOW = datetime(2026, 11, 23, tzinfo=UTC)
WORDS = " ".join(f"The harbour council met for the {n}th time and spoke." for n in range(15))


def page(url: str, port: int = 80) -> bytes:
    """An article with something in each field that must not come out."""
    own = url.replace("://", f"://u:{SECRET}@")
    data = {
        "@type": "NewsArticle",
        "headline": f"Council <script>alert(2)</script> meets{CONTROLS}",
        "articleSection": f"<b>City</b>{CONTROLS}",
        "keywords": ["<i>harbour</i>", f"javascript:alert(1){CONTROLS}", "&lt;b&gt;boats"],
        "author": [{"@type": "Person", "name": f"<b>Ann</b> Writer{CONTROLS}"}],
        "image": [
            "javascript:alert(1)",
            f"https://u:{SECRET}@img.example/x.jpg",
            {"@type": "ImageObject", "url": "https://i.example/1.jpg", "caption": f"<script>x</script>cap{CONTROLS}"},
        ],
        "datePublished": f"2026-11-20T10:00:00Z{CONTROLS}",
    }
    return f"""<html lang="en"><head><title>Council {SCRIPT} meets {CONTROLS}</title>
<meta property="og:type" content="article"><meta property="og:title" content="Council {SCRIPT}{CONTROLS} meets">
<meta name="keywords" content="{SCRIPT},{CONTROLS}x"><meta name="author" content="{SCRIPT} Ann">
<link rel="canonical" href="{own}"><script type="application/ld+json">{json.dumps(data)}</script></head>
<body><article><h1>Council {SCRIPT} {CONTROLS} meets</h1><p class="lead">Lead {SCRIPT}{CONTROLS} of it, long enough to
be read as one.</p><p>{WORDS} {SCRIPT} {CONTROLS}</p><p>{SCRIPT}</p><p>{WORDS.replace("harbour", "river")}</p>
<p>Read more: <a href="{own}-b">The {SCRIPT} other {CONTROLS} story of the valley</a></p>
<p>{WORDS.replace("harbour", "city")}</p><h3>Related news</h3><ul>
<li><a href="javascript:alert(1)">Bad link title here for you</a></li>
<li><a href="http://u:{SECRET}@10.0.0.1/x">Second related {SCRIPT} title here {CONTROLS}</a></li>
<li><a href="https://valley.example/third">Third related title here</a></li></ul></article></body></html>""".encode(
        "utf-8", "surrogatepass"
    )


def strings(value: Any, where: str = "") -> Iterator[tuple[str, str]]:
    """Every text of a line, with its place."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from strings(inner, f"{where}.{name}")
    elif isinstance(value, list):
        for inner in value:
            yield from strings(inner, f"{where}[]")
    elif isinstance(value, str):
        yield where, value


def problems(line: Any) -> list[str]:
    """What must not be in a line."""
    found = []
    for where, value in strings(line):
        odd = {c for c in value if unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp") and c != "\n"}
        odd |= {c for c in value if c in "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff\ufffe"}
        if odd or MARKUP.search(value) or SECRET in value or value.startswith("javascript:"):
            if where.endswith(".tags[]") and value.startswith("javascript:") and not odd:
                continue  # a word among words: no address
            found.append(f"{where}: {value[:100]!r}")
    return found


def test_no_field_of_an_article_has_markup_controls_or_passwords() -> None:
    url = "https://valley.example/a"
    sighting = Sighting(url=url, source_id="valley", via="rss", first_seen=NOW)
    given_page = Page(
        sighting=sighting, url=url, status=200, headers=(("content-type", "text/html"),), body=page(url), fetched=NOW
    )
    read = extract(given_page, Source(id="valley", name="Valley"), Outlets.of([]), ExtractionOptions())
    assert read.article is not None, read.rejected
    assert problems(json.loads(to_json(read.article))) == []
    assert "Council" in read.article.headline
    assert len(read.article.relations) >= 2


def test_f46_f50_files_logs_and_commands_show_neither(tmp_path: Path) -> None:
    """A feed behind a password, and pages and entries that hold what should not get out, through a whole crawl."""
    web = FaultyWeb()
    web.source("paper", "/news/1")
    address = web.url("paper", "/news/1")
    web.on("paper", "/news/1", Answer(page(address), headers={"Content-Type": "text/html; charset=utf-8"}))
    linked = address.replace("://", f"://u:{SECRET}@")
    feed = (
        f"<rss><channel><title>T</title><item><title>A {SCRIPT}</title><link>{linked}</link>"
        f"<description>{SCRIPT}</description><author>{SCRIPT}</author><category>{SCRIPT}</category></item></channel></rss>"
    )
    web.on("paper", "/feed", Answer(feed.encode(), headers={"Content-Type": "application/rss+xml"}))
    web._feeds["paper"] = [web.url("paper", "/feed").replace("://", f"://reader:{SECRET}@")]
    web._feeds["broken"] = [web.url("broken", "/gone").replace("://", f"://reader:{SECRET}@")]
    with web.serving():
        desk = Desk(tmp_path, web)
        said = desk.crawl(words=("--verbose",))
        assert desk.outcome(address)[0] == "stored"
        why = desk.why(address)
    shown = {"stdout": said.stdout, "stderr": said.stderr, "why": why}
    for path in (desk.data / "articles.jsonl", *(desk.data / "journal").glob("*.jsonl")):
        data = path.read_bytes()
        assert data.endswith(b"\n")
        for line in data.split(b"\n")[:-1]:
            assert problems(json.loads(line)) == []
        assert len(data.decode().splitlines()) == data.count(b"\n"), "no other reader sees more lines"
        shown[path.name] = data.decode()
    assert [name for name, text in shown.items() if SECRET in text] == []
    (asked,) = [request for request in web.of("paper") if request.path == "/feed"]
    assert "authorization" in asked.headers, "it is used all the same"


@pytest.mark.parametrize(
    ("shown", "kept"),
    [
        ("a < b and c > d", "a < b and c > d"),
        ("I <3 you", "I <3 you"),
        ("1<2", "1<2"),
        ("<b>x</b> y", "x y"),
        ("a<script>alert(1)</script>b", "ab"),
        ("<scr<script></script>ipt>x", "x"),
        ("<img src=x onerror=alert(1)", ""),
        ("<svg/onload=alert(1)>", ""),
        ("<x onclick = 1>q", "q"),
        ("<!-- a -->b<!DOCTYPE html>c", "bc"),
        ("2026-11-20T10:00<!--:30", "2026-11-20T10:00:30"),
        ("a <!--b<i>c</i>", "a bc"),
    ],
)
def test_tags_that_are_shown_as_text_are_no_words(shown: str, kept: str) -> None:
    assert untagged(shown) == kept


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(["<", ">", "/", "script", "b", " ", "x", "=", "onload", '"', "!--", "-->", "img"])))
def test_twice_is_once_and_no_script_survives(parts: list[str]) -> None:
    text = untagged("".join(parts))
    assert untagged(text) == text
    assert not re.search(r"<(script|img|b)([\s/][^<>]*)?>", text)


@pytest.mark.parametrize("text", ["<scr" * 5_000 + "<script>" + "ipt>" * 5_000, "<!--" * 50_000, "<x on" * 40_000])
def test_texts_made_of_tags_cost_no_time(text: str) -> None:
    import time

    began = time.process_time()
    untagged(text)
    assert time.process_time() - began < 3
