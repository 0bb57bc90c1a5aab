"""Feeds, downloads, the API and the journal as other programs read them."""

from __future__ import annotations

import csv
import http.client
import io
import json
from datetime import datetime

import feedparser
import pytest
from lxml import etree

from aggregator.journal.lines import line_of
from aggregator.sources.catalogue import read_any

ATOM = "{http://www.w3.org/2005/Atom}"
FEEDS = ("/feeds/stories.atom?least=1", "/feeds/articles.atom", "/feeds/articles.atom?source=mirror",
         "/feeds/articles.atom?region=levant", "/feeds/articles.atom?q=water",
         "/feeds/articles.atom?q=nothing+at+all")  # fmt: skip


@pytest.fixture
def server(newsroom, serve):
    return serve(newsroom.config)


@pytest.mark.parametrize("path", FEEDS)
def test_a_feed_reader_reads_our_feeds(server, path):
    answer = server.ask(path)
    assert answer.headers["content-type"].startswith("application/atom+xml")
    read = feedparser.parse(answer.body, response_headers={"content-type": answer.headers["content-type"]})
    assert not read.bozo
    assert read.version == "atom10"
    assert bool(read.entries) is ("nothing" not in path)
    for entry in read.entries:
        assert entry.title
        assert entry.link.startswith("http")
        assert entry.updated_parsed


@pytest.mark.parametrize("path", FEEDS)
def test_atom_has_what_the_standard_asks_for(server, path):
    """RFC 4287, 4.1: what a feed and an entry must have, once, and of which form."""
    root = etree.fromstring(server.ask(path).body)
    assert root.tag == f"{ATOM}feed"
    ids = []
    for node in (root, *root.findall(f"{ATOM}entry")):
        for name in ("id", "title", "updated"):
            assert len(node.findall(f"{ATOM}{name}")) == 1
        assert len(node.findall(f"{ATOM}published")) <= 1
        assert datetime.fromisoformat(node.findtext(f"{ATOM}updated")).tzinfo
        assert node.findtext(f"{ATOM}id").partition(":")[0] == "tag"
        alternates = [
            (one.get("type"), one.get("hreflang"))
            for one in node.findall(f"{ATOM}link")
            if one.get("rel") == "alternate"
        ]
        assert len(alternates) == len(set(alternates)) == 1
        ids.append(node.findtext(f"{ATOM}id"))
    assert len(ids) == len(set(ids))
    assert root.find(f"{ATOM}author/{ATOM}name") is not None
    known = {"id", "title", "updated", "published", "link", "author", "category", "summary", "entry"}
    assert {etree.QName(node).localname for node in (*root, *root.iterfind(f"{ATOM}entry/*"))} <= known


@pytest.mark.parametrize("path", [path.replace(".atom", ".json") for path in FEEDS])
def test_json_feed_has_what_its_version_asks_for(server, path):
    feed = server.ask(path).json
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert feed["title"]
    for item in feed["items"]:
        assert item["id"]
        assert item["content_text"]


def test_the_catalogue_comes_back_from_opml(server):
    read = read_any(server.ask("/feeds/sources.opml").body, file="x.opml")
    assert {(source.id, source.feeds[0].url) for source in read} >= {("gazette", "https://gazette.example/feed")}


def test_what_is_on_the_screen_can_be_taken_along(server):
    rows = list(csv.DictReader(io.StringIO(server.ask("/api/stories?format=csv").text)))
    assert [(row["headline"], row["outlets"]) for row in rows] == [("Talks on water open", "gazette | mirror")] or len(
        rows
    ) == 1
    lines = [json.loads(line) for line in server.ask("/api/search?q=water&format=jsonl").text.splitlines()]
    assert {line["source"]["id"] for line in lines} == {"gazette", "mirror"}
    answer = server.ask("/api/articles?format=csv")
    assert answer.headers["content-disposition"] == 'attachment; filename="articles.csv"'


def test_a_list_goes_on_where_it_ended(server):
    seen, below = [], ""
    while True:
        page = server.ask(f"/api/articles?limit=2{below}").json
        seen += [one["id"] for one in page["articles"]]
        if "next" not in page:
            break
        below = f"&below={page['next']}"
    assert len(seen) == len(set(seen)) == 5


def test_articles_and_stories_come_with_their_copies(newsroom, server):
    found = newsroom.store.find("https://gazette.example/news/talks")
    assert [copy["source"] for copy in server.ask(f"/api/articles/{found}").json["copies"]] == ["mirror"]
    told = server.ask(f"/api/stories/story-{found}").json
    assert [one["source"] for one in told["articles"]] == ["gazette", "mirror"]


def test_a_consumer_that_is_killed_again_and_again_ends_with_exactly_the_journal(newsroom, server):
    """It keeps whole lines and asks again after the last one: no line is lost, torn or told twice."""
    for number in range(300):
        newsroom.keep(f"more{number}", headline=f"More {number}")
    wanted = b"".join(line_of(row) for row in newsroom.store.rows_after(0, 10_000))
    kept, cuts = b"", 0
    while len(kept) < len(wanted):
        after = json.loads(kept.splitlines()[-1])["seq"] if kept else 0
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
        connection.request("GET", f"/api/journal?after={after}")
        # It dies after an odd number of bytes, in the middle of a line as a rule.
        read = connection.getresponse().read(9_001 + 977 * cuts)
        connection.close()
        whole = read[: read.rfind(b"\n") + 1]
        assert whole or cuts < 3
        kept += whole
        cuts += 1
    assert kept == wanted
    assert cuts > 5
    last = json.loads(kept.splitlines()[-1])["seq"]
    assert server.ask(f"/api/journal?after={last}").body == b""
    newsroom.keep("later")
    assert server.ask(f"/api/journal?after={last}&limit=1").json["seq"] == last + 1


def test_the_store_answers_on_after_many_who_hang_up(newsroom, server):
    """A reader who goes away leaves no hand busy."""
    for number in range(100):
        newsroom.keep(f"more{number}")
    for _ in range(20):
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
        connection.request("GET", "/api/journal")
        connection.getresponse().read(10)
        connection.close()
    assert server.ask("/stories").status == 200


def test_the_description_is_one_and_finds_no_fault_with_us(newsroom, serve):
    """Schemathesis makes up questions from the description; none may end in an error of ours or a false answer."""
    schemathesis = pytest.importorskip("schemathesis")
    from hypothesis import HealthCheck, Phase, given, settings
    from hypothesis import strategies as st

    server = serve(newsroom.config)
    described = schemathesis.openapi.from_dict(server.ask("/api/openapi.json").json)
    operations = [found.ok() for found in described.get_all_operations()]
    assert len(operations) == 7

    @settings(
        max_examples=80,
        deadline=None,
        database=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate],
    )
    @given(st.one_of([operation.as_strategy() for operation in operations]))
    def ask(case):
        answer = case.call(base_url=server.origin)
        assert answer.status_code < 500
        if answer.status_code == 200:
            case.operation.validate_response(answer)

    ask()
