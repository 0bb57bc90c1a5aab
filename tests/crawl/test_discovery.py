"""Sitemaps, listings, dates and traps over real sockets."""

from __future__ import annotations

import gzip
import json
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

import pytest

from tests.crawl.conftest import environment
from tests.crawl.small_web import Said, SmallWeb, article, rss, source

CROWDED = (
    *("network.allow=127.0.0.0/8", "polling.min_interval=1s", "polling.default_interval=1s", "crawl.delay=0.01s"),
    *("crawl.contact=mailto:test@example.org", "crawl.workers=1"),
)


class Desk:
    """A catalogue over the small web, and the crawl command."""

    def __init__(self, folder: Path, web: SmallWeb) -> None:
        self.folder, self.web = folder, web

    def write(self, *sources: str) -> None:
        (self.folder / "web.toml").write_text("\n".join(sources), encoding="utf-8")

    def crawl(self, *more: str, sets: tuple[str, ...] = ()) -> str:
        flags = [part for override in (*CROWDED, *sets) for part in ("--set", override)]
        place = ["--sources", "web.toml", "--data", "data"]
        command = [sys.executable, "-m", "aggregator", "crawl", *place, *flags, *more]
        done = subprocess.run(
            command, cwd=self.folder, env=environment(), capture_output=True, text=True, timeout=300, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout + done.stderr

    def rows(self, query: str) -> list[tuple[object, ...]]:
        with sqlite3.connect(self.folder / "data" / "aggregator.db") as database:
            return database.execute(query).fetchall()

    def stored(self) -> set[str]:
        return {str(url).rpartition("/")[2] for (url,) in self.rows("SELECT url FROM frontier WHERE state = 'stored'")}

    def reasons(self) -> dict[str, str]:
        rows = self.rows("SELECT url, reason FROM frontier WHERE state IN ('rejected', 'failed', 'pending')")
        return {str(url).rpartition("/")[2]: str(reason) for url, reason in rows}


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with SmallWeb() as web:
        yield Desk(tmp_path, web)


def sitemap(web: SmallWeb, site: str, *rows: tuple[str, str]) -> str:
    inner = "".join(
        f"<url><loc>{web.url(site, path)}</loc>{f'<lastmod>{lastmod}</lastmod>' if lastmod else ''}</url>"
        for path, lastmod in rows
    )
    return f'<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{inner}</urlset>'


def index(*rows: tuple[str, str]) -> str:
    inner = "".join(f"<sitemap><loc>{url}</loc><lastmod>{lastmod}</lastmod></sitemap>" for url, lastmod in rows)
    return f'<?xml version="1.0"?><sitemapindex>{inner}</sitemapindex>'


def test_a_site_is_read_back_to_a_date_through_the_sitemaps_that_its_robots_txt_names(desk):
    """Backfill: an index with loops, foreign hosts, gzip and old parts; what is known is not asked twice."""
    web = desk.web
    february = gzip.compress(
        sitemap(
            web, "paper", ("/s/early", "2026-02-10"), ("/s/late", "2026-02-20"), ("/s/changed", "2026-03-20")
        ).encode()
    )
    parts = {
        "/robots.txt": f"User-agent: *\nSitemap: {web.url('paper', '/index.xml')}\n",
        "/index.xml": index(
            (web.url("paper", "/map-2026-02.xml.gz"), "2026-03-20"),
            (web.url("paper", "/map-2026-01.xml"), "2026-02-01"),
            (web.url("paper", "/index.xml"), "2026-03-20"),
            (web.url("paper", "/inner.xml"), "2026-03-20"),
            (web.url("victim", "/map.xml"), "2026-03-20"),
        ),
        "/inner.xml": index(
            (web.url("paper", "/index.xml"), "2026-03-20"), (web.url("paper", "/more.xml"), "2026-03-21")
        ),
        "/more.xml": sitemap(web, "paper", ("/s/undated", ""), ("/s/undated-old", "")),
        "/map-2026-02.xml.gz": february,
        "/map-2026-01.xml": sitemap(web, "paper", ("/s/january", "2026-01-31")),
        "/s/late": article("Late story", published="2026-02-20T10:00:00Z"),
        "/s/changed": article("Changed story", published="2026-01-20T10:00:00Z"),
        "/s/undated": article("Undated story", published="2026-02-25T10:00:00Z"),
        "/s/undated-old": article("Undated old story", published="2025-02-25T10:00:00Z"),
    }
    web.sites["paper"] = parts.get
    desk.write(source("paper", web))
    desk.crawl("--spider", "sitemaps", "--since", "2026-02-15")
    assert desk.stored() == {"late", "undated"}
    assert not web.paths("victim")
    assert sorted(web.paths("paper", "/m") + web.paths("paper", "/i")) == [
        "/index.xml", "/inner.xml", "/map-2026-02.xml.gz", "/more.xml",
    ]  # fmt: skip
    reasons = desk.reasons()
    assert reasons["changed"] == "outside --since 2026-02-15: published 2026-01-20 10:00 UTC"
    assert reasons["undated-old"].startswith("outside --since")

    before = len(web.asked)
    desk.crawl("--spider", "sitemaps", "--since", "2026-02-15")
    again = [asked.path for asked in web.asked[before:]]
    assert not [path for path in again if path.startswith(("/s/", "/map", "/more"))], "nothing had changed"

    before = len(web.asked)
    desk.crawl("--spider", "sitemaps", "--since", "2026-01-01")
    assert {"late", "undated", "changed"} <= desk.stored()
    assert "/s/undated-old" not in [asked.path for asked in web.asked[before:]]


def test_a_listing_is_followed_while_it_brings_something_new_and_asked_conditionally(desk):
    web = desk.web
    stories = {f"/news/{n}0001/story-number-{n}": f"Story number {n} of this paper" for n in range(1, 10)}
    shown = list(stories)[:6]

    def paper(path: str) -> Said | str | None:
        if path in stories:
            return article(stories[path])
        if not path.startswith("/latest"):
            return None
        page = int(path.partition("=")[2] or 1)
        part = shown[page * 2 - 2 : page * 2]
        links = "".join(f'<h2><a href="{url}">{stories[url]}</a></h2>' for url in part)
        html = f'<html><main>{links}</main><a href="/latest?page={page + 1}">{page + 1}</a></html>'
        return Said(html, headers={"Content-Type": "text/html", "ETag": f'"{len(shown)}-{page}"'}) if part else None

    web.sites["paper"] = paper
    desk.write(source("paper", web, listings=[web.url("paper", "/latest")]))
    desk.crawl()
    assert len(desk.stored()) == 6
    assert web.paths("paper", "/latest") == ["/latest", "/latest?page=2", "/latest?page=3", "/latest?page=4"]

    web.asked.clear()
    desk.crawl("--source", "paper")
    assert web.paths("paper") == ["/latest"]
    assert web.asked[-1].headers["if-none-match"] == '"6-1"'

    web.asked.clear()
    shown.insert(0, list(stories)[8])
    desk.crawl("--spider", "listings", "--source", "paper")
    assert web.paths("paper", "/latest") == ["/latest", "/latest?page=2"], "the second page had nothing new"
    assert len(desk.stored()) == 7


def test_a_listing_that_was_cut_off_is_gone_through_again(desk):
    """Its first page has nothing new the second time; what stands behind must not be lost for that (promise P1)."""
    web = desk.web
    broken = True

    def paper(path: str) -> Said | str | None:
        if path.startswith("/news/"):
            return article(f"Story {path} of this paper")
        page = {"/latest": 1, "/latest?page=2": 2}.get(path)
        if page == 2 and broken:
            return Said("", 500)
        links = "".join(f'<h2><a href="/news/{page}{n}000/x">Headline of story {page}{n}</a></h2>' for n in range(3))
        more = '<a rel=next href="/latest?page=2">2</a>' if page == 1 else ""
        return Said(f"<main>{links}</main>{more}", headers={"ETag": f'"{page}"'}) if page else None

    web.sites["paper"] = paper
    desk.write(source("paper", web, listings=[web.url("paper", "/latest")]))
    desk.crawl()
    assert len(desk.rows("SELECT 1 FROM frontier WHERE state = 'stored'")) == 3
    broken = False
    desk.crawl("--source", "paper")
    assert len(desk.rows("SELECT 1 FROM frontier WHERE state = 'stored'")) == 6
    web.asked.clear()
    desk.crawl("--source", "paper")
    assert [(asked.path, asked.headers.get("if-none-match")) for asked in web.asked[-1:]] == [("/latest", '"1"')]
    assert web.paths("paper") == ["/latest"]


def test_a_server_that_invents_addresses_for_ever_costs_its_budget(desk):
    """Session ids in every link, related links without end, a listing without a last page (F56)."""
    web = desk.web
    turn = iter(range(100_000))

    def trap(path: str) -> Said | str | None:
        if path == "/robots.txt":
            return None
        links = "".join(
            f'<li><a href="/news/{n}999/endless-story?sid=x{n}">Endless story number {n}</a></li>'
            for n in islice(turn, 20)
        )
        if path.startswith("/latest"):
            return Said(f'<main><ul>{links}</ul></main><a rel="next" href="/latest?x={next(turn)}">more</a>')
        return article(f"Endless {path}", more=f"<h3>Related news</h3><ul>{links}</ul>")

    web.sites["trap"] = trap
    web.sites["honest"] = lambda path: (
        rss(*((web.url("honest", f"/s/{n}"), "") for n in range(5)))
        if path == "/feed"
        else article(f"Honest {path}")
        if path.startswith("/s/")
        else None
    )
    desk.write(
        source("trap", web, listings=[web.url("trap", "/latest")]),
        source("honest", web, feeds=[web.url("honest", "/feed")]),
    )
    sets = ("crawl.page_budget=12", "crawl.listing_pages=3", "crawl.follow_depth=10")
    told = desk.crawl(sets=sets)
    assert len(web.paths("trap", "/latest")) == 3
    assert len(web.paths("trap", "/news")) == 12
    assert len([name for name in desk.stored() if len(name) == 1]) == 5, "the others are delivered whole"
    assert "pending for a later run" in told
    assert "budget of 12 pages a day" in "".join(desk.reasons().values())
    desk.crawl("--source", "trap", sets=sets)
    assert len(web.paths("trap", "/news")) == 12, "the day's budget holds over runs"


def test_related_links_are_followed_to_the_depth_and_no_further(desk):
    web = desk.web

    def paper(path: str) -> str | None:
        if path == "/feed":
            return rss((web.url("paper", "/s/0"), ""))
        if not path.startswith("/s/"):
            return None
        level = int(path.rpartition("/")[2])
        following = f'<p>Read more: <a href="/s/{level + 1}">What happened at level {level + 1} of this story</a></p>'
        return article(f"Level {level} of this story", more="").replace("</article>", f"{following}</article>")

    web.sites["paper"] = paper
    desk.write(source("paper", web, feeds=[web.url("paper", "/feed")]))
    desk.crawl(sets=("crawl.follow_depth=3",))
    assert web.paths("paper", "/s/") == ["/s/0", "/s/1", "/s/2", "/s/3"]


def test_a_hijacked_feed_leads_no_crowd_to_a_third_party(desk):
    """F37: of 500 links to another site only the day's budget is asked, one at a time, with the host's delay."""
    web = desk.web
    links = [
        *((web.url("victim", f"/s/{n}"), "") for n in range(500)),
        *((web.url("paper", f"/s/{n}"), "") for n in range(4)),
    ]
    web.sites["paper"] = lambda path: (
        rss(*links) if path == "/feed" else article(f"Own {path}") if "/s/" in path else None
    )
    web.sites["victim"] = lambda path: article(f"Victim {path}") if "/s/" in path else None
    desk.write(source("paper", web, feeds=[web.url("paper", "/feed")]))
    desk.crawl(sets=("crawl.foreign_budget=6", "crawl.delay=0.2s"))
    assert len(web.paths("victim")) == 6
    assert len(web.paths("paper", "/s/")) == 4
    times = [asked.at for asked in web.asked if asked.host.startswith("victim")]
    assert times[-1] - times[0] > 0.15 * (len(times) - 1)
    assert sum("foreign_budget" in reason for reason in desk.reasons().values()) > 400


def test_redirects_end_after_ten_hops_and_lead_to_no_file(desk):
    """F51, F54, F55: a loop, an endless chain, other schemes, another origin that must not get the password."""
    web = desk.web
    odd = {
        "/file": "file:///etc/passwd",
        "/data": "data:text/html,x",
        "/script": "javascript:x",
        "/ftp": "ftp://x.org/x",
        "/secret": web.url("victim", "/feed"),
    }

    def paper(path: str) -> Said | str | None:
        if path == "/feed":
            pages = ("/chain/0", "/loop", "/s/1", "/file", "/data", "/script", "/ftp")
            return rss(*((web.url("paper", page), "") for page in pages))
        if path in odd:
            return Said("", 302, {"Location": odd[path]})
        if path.startswith("/chain/"):
            return Said("", 302, {"Location": f"/chain/{int(path.rpartition('/')[2]) + 1}"})
        if path.startswith(("/loop", "/lost")):
            return Said("", 301, {"Location": path})
        return article("One story") if path == "/s/1" else None

    web.sites["paper"] = paper
    web.sites["victim"] = lambda path: rss() if path == "/feed" else None
    with_password = web.url("paper", "/secret").replace("http://", "http://user:secret-word@")
    desk.write(source("paper", web, feeds=[web.url("paper", "/feed"), web.url("paper", "/lost"), with_password]))
    told = desk.crawl("--verbose")
    assert len(web.paths("paper", "/chain")) <= 11
    assert len(web.paths("paper", "/loop")) <= 11
    assert len(web.paths("paper", "/lost")) <= 11
    assert desk.stored() == {"1"}
    reasons = desk.reasons()
    assert "redirect" in reasons["0"]
    assert set(reasons) == {"0", "loop", "file", "data", "script", "ftp"}
    (elsewhere,) = [asked for asked in web.asked if asked.host.startswith("victim")]
    assert "authorization" not in elsewhere.headers
    (own,) = [asked for asked in web.asked if asked.path == "/secret"]
    assert own.headers["authorization"] == "Basic dXNlcjpzZWNyZXQtd29yZA=="
    assert "secret-word" not in told


def test_since_sets_entries_aside_and_a_wider_window_takes_them_up(desk):
    web = desk.web
    days = {n: f"<pubDate>{n:02} Nov 2026 10:00:00 +0000</pubDate>" for n in (1, 10, 20)}
    feed = rss(*((web.url("paper", f"/s/{n}"), date) for n, date in days.items()), (web.url("paper", "/s/99"), ""))

    def paper(path: str) -> Said | str | None:
        if path == "/feed":
            return Said(feed, headers={"ETag": '"1"', "Content-Type": "text/xml"})
        if not path.startswith("/s/"):
            return None
        day = int(path.rpartition("/")[2])
        return article(f"Story of day {day}", published=f"2026-11-{day if day < 30 else 5:02}T10:00:00Z")

    web.sites["paper"] = paper
    desk.write(source("paper", web, feeds=[web.url("paper", "/feed")]))
    desk.crawl("--since", "2026-11-08", "--until", "2026-11-15")
    assert desk.stored() == {"10"}
    assert sorted(web.paths("paper", "/s/")) == ["/s/10", "/s/99"]
    reasons = desk.reasons()
    assert reasons["1"] == "outside --since 2026-11-08: published 2026-11-01 10:00 UTC"
    assert reasons["20"].startswith("outside --until 2026-11-15")
    assert reasons["99"].startswith("outside --since 2026-11-08: published 2026-11-05")
    (choice,) = desk.rows("SELECT choice FROM events WHERE subject LIKE '%/s/1' AND what = 'sighting'")
    assert choice == ("outside --since",)

    desk.crawl("--since", "2026-11-08", "--until", "2026-11-15")
    assert len(web.paths("paper", "/s/")) == 2, "nothing is asked twice"
    desk.crawl()
    assert desk.stored() == {"1", "10", "20", "99"}


def test_an_index_among_the_everyday_feeds_is_read_for_what_is_new(desk):
    """`aggregator crawl` alone: only recent sitemaps of an index, and none again that has not changed."""
    web = desk.web
    today = datetime.now(UTC).isoformat(timespec="seconds")
    parts = {
        "/index.xml": index((web.url("paper", "/new.xml"), today), (web.url("paper", "/old.xml"), "2020-01-01")),
        "/new.xml": sitemap(web, "paper", ("/s/new", today), ("/s/old", "2020-01-01")),
        "/s/new": article("New story"),
    }
    web.sites["paper"] = parts.get
    desk.write(source("paper", web, sitemaps=[web.url("paper", "/index.xml")]))
    desk.crawl()
    assert desk.stored() == {"new"}
    desk.crawl("--source", "paper")
    assert web.paths("paper") == ["/index.xml", "/new.xml", "/s/new", "/index.xml"]


def test_a_cc_news_archive_is_matched_to_the_catalogue(desk):
    """Several hosts in one file; unknown sites get a source of their own, or are left out where told so."""
    file = desk.folder / "CC-NEWS-20261101000000-00001.warc.gz"
    write_cc_news(
        file,
        ("https://www.paper.org/news/1", article("Story of the paper", published="2026-11-01T08:00:00Z")),
        ("https://other.net/2026/11/01/x", article("Story of another", published="2026-11-01T09:00:00Z")),
        ("https://sport.paper.org/news/2", article("Sport of the paper", published="2026-10-01T08:00:00Z")),
        ("https://www.paper.org/gone", None),
    )
    desk.write(source("paper", desk.web, aliases=["P"]).replace(desk.web.url("paper"), "https://paper.org/"))

    def replay(data: str, *arguments: str) -> dict[str, str]:
        settings = {
            "AGGREGATOR_DATA": data,
            "AGGREGATOR_SOURCES": "web.toml",
            "AGGREGATOR_SET": "crawl.workers=1",
            "SCRAPY_SETTINGS_MODULE": "aggregator.settings",
        }
        words = [part for argument in (f"warc={file}", *arguments) for part in ("-a", argument)]
        done = subprocess.run(
            [sys.executable, "-m", "scrapy", "crawl", "replay", *words],
            cwd=desk.folder, env=environment(settings), capture_output=True, text=True, timeout=300, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        with sqlite3.connect(desk.folder / data / "aggregator.db") as database:
            return dict(database.execute("SELECT url, source_id FROM articles").fetchall())

    assert replay("all") == {
        "https://www.paper.org/news/1": "paper",
        "https://other.net/2026/11/01/x": "other-net",
        "https://sport.paper.org/news/2": "paper",
    }
    assert set(replay("known", "unknown=skip", "since=2026-11-01")) == {"https://www.paper.org/news/1"}


def write_cc_news(file: Path, *pages: tuple[str, str | None]) -> None:
    """A file as Common Crawl's news crawler writes it: one gzip member for each warcinfo, request and response."""

    def record(kind: str, url: str, content: bytes, form: str) -> bytes:
        head = (
            f"WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Target-URI: {url}\r\nWARC-Date: 2026-11-02T01:02:03Z\r\n"
            f"WARC-Record-ID: <urn:uuid:{abs(hash((kind, url))):032x}>\r\nContent-Type: {form}\r\n"
            f"Content-Length: {len(content)}\r\n\r\n"
        )
        return gzip.compress(head.encode() + content + b"\r\n\r\n")

    data = [record("warcinfo", "", b"software: StormCrawler\r\n", "application/warc-fields")]
    for url, html in pages:
        status = "200 OK" if html else "404 Not Found"
        body = (html or "gone").encode()
        answer = f"HTTP/1.1 {status}\r\nContent-Type: text/html; charset=utf-8\r\nX-Crawler-Content-Encoding: gzip\r\n"
        answer += f"X-Crawler-Content-Length: 99\r\nContent-Length: {len(body)}\r\n\r\n"
        data.append(record("request", url, b"GET / HTTP/1.1\r\n\r\n", "application/http; msgtype=request"))
        data.append(record("response", url, answer.encode() + body, "application/http; msgtype=response"))
    file.write_bytes(b"".join(data))


def test_an_article_on_several_pages_is_one(desk):
    """The first page says where the second is: it is fetched, and its text goes on with the first's."""
    web, path = desk.web, "/2026/03/the-long-story-of-a-river"
    addresses = [path, f"{path}?page=2", f"{path}?page=3"]
    pages = {"/feed": rss((web.url("paper", path), ""))}
    for number, address in enumerate(addresses, 1):
        link = f'<a rel="next" href="{web.url("paper", addresses[number])}">Next page</a>' if number < 3 else ""
        text = article("The long story of a river", more=link).replace("ends here", f"has part {number}")
        pages[address] = text.replace(" word ", f" word{number}x")
    web.sites["paper"] = pages.get
    desk.write(source("paper", web, feeds=[web.url("paper", "/feed")]))
    desk.crawl()
    lines = (desk.folder / "data" / "articles.jsonl").read_text(encoding="utf-8").splitlines()
    (found,) = (json.loads(line) for line in lines)
    for number in (1, 2, 3):
        assert f"has part {number}" in found["text"]
    assert found["alt_urls"] == [web.url("paper", address) for address in addresses[1:]]
