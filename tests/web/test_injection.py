"""What strangers wrote comes out as text, whatever page, feed or file it comes out of."""

from __future__ import annotations

import csv
import io
from html.parser import HTMLParser
from urllib.parse import quote, urlsplit

import pytest

from aggregator.records import Image, Publisher
from tests.store.newsroom import relation

ATTACKS = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "'><svg/onload=alert(1)>",
    "</title><script>alert(1)</script>",
    "]]><script>alert(1)</script>",
    "{{7*7}}{% raw %}",
    "javascript:alert(1)",
    "\u202eevil\u2066",
    "%3Cscript%3Ealert(1)%3C/script%3E",
    "=cmd|' /C calc'!A0",
    "\r\nSet-Cookie: a=b",
    "../../../../etc/passwd",
    "' OR 1=1 --",
    '" OR words MATCH "x',
)
ROUTES = ("/stories?least=1", "/search?q=water", "/sources", "/sources/add", "/feeds/stories.atom?least=1",
          "/feeds/articles.atom",
          "/feeds/articles.json", "/feeds/stories.json?least=1", "/feeds/sources.opml", "/api/articles",
          "/api/articles?format=csv",
          "/api/articles?format=jsonl", "/api/stories?least=1&format=csv", "/api/search?q=water",
          "/api/sources?format=csv",
          "/api/journal", "/api/openapi.json")  # fmt: skip

ALLOWED_TAGS = {
    *(
        "html",
        "head",
        "meta",
        "title",
        "link",
        "script",
        "body",
        "a",
        "header",
        "nav",
        "form",
        "label",
        "input",
        "button",
        "p",
    ),
    *(
        "main",
        "footer",
        "h1",
        "h2",
        "h3",
        "div",
        "ol",
        "ul",
        "li",
        "span",
        "strong",
        "b",
        "br",
        "time",
        "svg",
        "line",
        "circle",
    ),
    *(
        "rect",
        "path",
        "text",
        "defs",
        "marker",
        "section",
        "details",
        "summary",
        "table",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
    ),
    *("article", "aside", "dl", "dt", "dd", "select", "option", "code", "mark", "ins", "del", "bdi", "pre"),
}


class Page(HTMLParser):
    """Finds whatever a browser would run or load from elsewhere."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.wrong: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag not in ALLOWED_TAGS:
            self.wrong.append(f"<{tag}>")
        if tag == "script" and given.get("src") != "/static/htmx.min.js":
            self.wrong.append("a script of theirs")
        for name, value in given.items():
            if name.startswith("on") or name == "style":
                self.wrong.append(f"{tag} {name}")
            if name in ("href", "src", "action", "hx-get") and urlsplit(value or "").scheme not in (
                "",
                "http",
                "https",
            ):
                self.wrong.append(f"{tag} {name}={value}")
            if name in ("src", "action", "hx-get") and urlsplit(value or "").netloc:
                self.wrong.append(f"{tag} {name}={value}")


@pytest.fixture
def server(newsroom, serve):
    """A newsroom in which every field of every record is an attack."""
    for number, attack in enumerate(ATTACKS):
        source = Publisher(id=f"source-{number}", name=attack, country=attack[:9], region=attack, language=attack[:9])
        newsroom.keep(
            f"attack{number}",
            headline=attack,
            lead=attack,
            text=f"{attack} water {number} " * 3,
            source=source,
            authors=(attack,),
            agency=attack,
            cites=(attack,),
            section=attack,
            tags=(attack,),
            places=(attack,),
            language=attack[:9],
            published_raw=attack,
            images=(Image(url=f"javascript:{attack}", caption=attack),),
            relations=(
                relation(f"javascript:{attack}", anchor=attack, heading=attack),
                relation("https://x.example/" + quote(attack)),
            ),
            warnings=(attack,),
        )
    return serve(newsroom.config)


def pages(newsroom) -> list[str]:
    found = list(ROUTES)
    for row in newsroom.store.rows("SELECT id, source_id FROM articles"):
        found += [f"/articles/{row['id']}", f"/api/articles/{row['id']}", f"/sources/{row['source_id']}"]
    found += [f"/stories/{row['id']}" for row in newsroom.store.rows("SELECT id FROM stories")]
    return found


def test_nothing_that_was_collected_becomes_markup(newsroom, server):
    for path in dict.fromkeys(pages(newsroom)):
        answer = server.ask(path)
        assert answer.status == 200, path
        if answer.headers["content-type"].startswith("text/html"):
            assert Page(answer.text).wrong == [], path
            assert "{{7*7}}" in answer.text or "49" not in answer.text.partition("7*7")[0][-20:]
        else:
            assert answer.headers["content-type"].partition(";")[0] != "text/html"


def test_the_parser_of_this_test_finds_attacks():
    """A test that could not fail would say nothing."""
    for attack in ATTACKS[:4]:
        assert Page(f"<p>{attack}</p>").wrong or Page(f'<a title="{attack}">').wrong
    assert Page('<a href="javascript:alert(1)">').wrong


@pytest.mark.parametrize("attack", ATTACKS)
def test_nothing_that_is_typed_becomes_markup_or_an_error(server, attack):
    typed = quote(attack, safe="")
    addresses = [f"{route.partition('?')[0]}?{name}={typed}" for route in ROUTES if route != "/api/journal"
                 for name in ("q", "source", "region", "country", "language", "time", "sort", "page", "after", "before",
                              "format", "limit", "below")]  # fmt: skip
    addresses += [
        f"{folder}{typed}"
        for folder in (
            "/stories/",
            "/articles/",
            "/sources/",
            "/jobs/",
            "/api/articles/",
            "/api/stories/",
            "/static/",
            "/",
        )
    ]
    for address in addresses:
        answer = server.ask(address)
        assert answer.status in (200, 404, 405), address
        assert "set-cookie" not in answer.headers
        assert "root:" not in answer.text
        if answer.headers["content-type"].startswith("text/html"):
            assert Page(answer.text).wrong == [], address


@pytest.mark.parametrize("attack", ATTACKS)
def test_nothing_in_the_path_of_a_form_is_run(server, attack):
    typed = quote(attack, safe="")
    for path in (f"/sources/{typed}/pause", f"/sources/gazette/{typed}"):
        assert server.post(path).status in (404, 405), path
    answer = server.post("/sources/save", f"job={typed}".encode())
    assert answer.status == 422
    assert Page(answer.text).wrong == []


def test_a_spreadsheet_gets_no_formula(server):
    for path in (
        "/api/articles?format=csv&limit=100",
        "/api/stories?format=csv&least=1&limit=100",
        "/api/sources?format=csv",
    ):
        rows = list(csv.reader(io.StringIO(server.ask(path).text)))
        assert len(rows) > 2
        assert [
            cell
            for row in rows
            for cell in row
            if cell[:1] in ("=", "+", "@") or (cell.startswith("-") and not cell[1:].isdigit())
        ] == []
