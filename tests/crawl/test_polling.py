"""How feeds are asked, over real sockets and several runs."""

from __future__ import annotations

import importlib.util
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from aggregator.records import Feed, PollState, Source
from aggregator.store import SqliteStore
from spiders.feeds import POLLS_IN_HAND, Feeds, Poll, side_by_side
from tests.crawl.conftest import run

SETS = ("network.allow=127.0.0.0/8", "crawl.delay=0.02s", "crawl.contact=mailto:test@example.org")
RSS = b'<rss version="2.0"><channel><title>T</title>%s</channel></rss>'
LINK = b"<item><title>Story</title><link>http://paper.localhost:%d/story/%d</link></item>"


class Paper:
    """A publisher whose answers a test sets, by path, and what was asked of it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.answers: dict[str, tuple[int, dict[str, str], bytes]] = {}
        paper = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                headers = {name.lower(): value for name, value in self.headers.items()}
                paper.asked.append((self.path, headers))
                status, more, body = paper.answers.get(self.path, (410, {}, b""))
                if more.get("ETag") and headers.get("if-none-match") == more["ETag"]:
                    status, body = 304, b""
                self.send_response(status)
                for name, value in more.items():
                    self.send_header(name, value)
                if status != 304:
                    self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:
                pass

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self.http.server_address[1]
        self.url = f"http://paper.localhost:{self.port}"
        self.feed = f"{self.url}/feed"
        (folder / "sources.toml").write_text(
            f'[[source]]\nid = "paper"\nname = "Paper"\nhomepage = "{self.url}/"\nfeeds = ["{self.feed}"]\n', "utf-8"
        )

    def says(self, path: str, *stories: int, status: int = 200, **headers: str) -> None:
        """Sets what a path answers: a feed of those stories, or another status."""
        items = b"".join(LINK % (self.port, story) for story in stories)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.answers[path] = (status, named, RSS % items if status == 200 else b"")

    def crawl(self) -> list[str]:
        """One crawl in a process of its own; the feed addresses that it asked."""
        before = len(self.asked)
        flags = [part for override in SETS for part in ("--set", override)]
        done = run(
            [sys.executable, "-m", "aggregator", "crawl", "--sources", "sources.toml", "--data", "data", *flags],
            self.folder,
        )
        assert "Traceback" not in done.stderr, done.stderr
        return [path for path, _ in self.asked[before:] if "story" not in path and path != "/robots.txt"]

    def why(self) -> str:
        return run([sys.executable, "-m", "aggregator", "why", self.feed, "--data", "data"], self.folder).stdout

    @property
    def state(self) -> PollState:
        store = SqliteStore(self.folder / "data" / "aggregator.db")
        try:
            return store.poll_states()[self.feed]
        finally:
            store.close()

    def later(self, hours: float, **changes: Any) -> None:
        """Lets so many hours pass, as far as the feed's state can tell."""
        store = SqliteStore(self.folder / "data" / "aggregator.db")
        state = store.poll_states()[self.feed]
        passed = timedelta(hours=hours)
        times = {name: getattr(state, name) - passed for name in ("polled", "good", "next_due") if getattr(state, name)}
        if state.move:
            times["move"] = replace(state.move, since=state.move.since - passed)
        store.record_poll("test", (), lambda _: replace(state, **times, **changes), datetime.now(UTC))
        store.close()


@pytest.fixture
def paper(tmp_path: Path) -> Iterator[Paper]:
    made = Paper(tmp_path)
    thread = threading.Thread(target=made.http.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    yield made
    made.http.shutdown()
    made.http.server_close()
    thread.join()


def test_a_restart_never_asks_again_and_what_was_learned_survives_it(paper):
    """A loop of restarts (a service manager, a deploy) must not become a storm of polls."""
    paper.says("/feed", 1, 2, 3, ETag='W/"a, b"', Last_Modified="yesterday", Link='<https://hub.example/>; rel="hub"')
    assert paper.crawl() == ["/feed"]
    assert paper.crawl() == []
    state = paper.state
    assert (state.entries, state.hub, state.rhythm.watched) == (3, "https://hub.example/", 0.0)

    paper.later(2)
    assert paper.crawl() == ["/feed"]
    _, headers = paper.asked[-1]
    assert (headers["if-none-match"], headers["if-modified-since"]) == ('W/"a, b"', "yesterday")
    assert (paper.state.status, paper.state.unchanged) == (304, 1)
    assert 1.5 < paper.state.rhythm.watched < 2.5

    paper.later(24, unchanged=24)
    paper.says("/feed", 2, 3, 4, ETag='W/"a, b"')
    assert paper.crawl() == ["/feed"]
    assert "if-none-match" not in [headers for path, headers in paper.asked if path == "/feed"][-1]
    assert (paper.state.status, paper.state.trust) == (200, 6)
    assert "304 hid entries" in paper.why()


def test_a_permanent_move_is_followed_directly_once_it_is_believed(paper):
    paper.says("/feed", 1, 2, 3)
    paper.crawl()
    paper.later(25)
    paper.says("/feed", status=301, Location="/new")
    paper.says("/new", 2, 3, 4)
    assert paper.crawl() == ["/feed", "/new"]
    assert paper.state.move.vouched
    paper.later(25)
    assert paper.crawl() == ["/feed", "/new"]
    assert paper.state.moved_to == f"{paper.url}/new"
    paper.later(25)
    assert paper.crawl() == ["/new"]
    assert f"asked at {paper.url}/new" in paper.why()
    paper.later(0, missed_risk=True)
    shown = run([sys.executable, "-m", "aggregator", "status", "--data", "data"], paper.folder).stdout
    status = " ".join(shown.split())
    assert f"{paper.feed} is asked at {paper.url}/new" in status
    assert f"{paper.feed}: entries may come and go" in status


def test_a_temporary_redirect_is_no_move(paper):
    paper.says("/feed", status=301, Location="/hop")
    paper.says("/hop", status=302, Location="/new")
    paper.says("/new", 1, 2, 3)
    assert paper.crawl() == ["/feed", "/hop", "/new"]
    assert paper.state.move is None
    assert paper.state.good is not None


def test_a_feed_that_is_gone_is_left_alone_and_says_why(paper):
    paper.says("/feed", status=410)
    paper.crawl()
    assert paper.state.disabled is None
    paper.later(30)
    assert paper.crawl() == ["/feed"]
    paper.later(100)
    assert paper.crawl() == []
    told = paper.why()
    assert "disabled: it is gone (HTTP 410, twice); probed every 7 d" in told
    assert "its site may have another feed" in told
    paper.later(100)
    paper.says("/feed", 1)
    assert paper.crawl() == ["/feed"]
    assert paper.state.disabled is None
    assert "enabled again" in paper.why()


def polls(*urls: str) -> list[Poll]:
    source = Source(id="a", name="A")
    return [(source, Feed(url=url), PollState(feed=url, source_id="a")) for url in urls]


def test_hosts_are_asked_side_by_side():
    """Fifty feeds of one host, a second apart, must not keep the other hosts waiting."""
    given = polls("https://a.org/1", "https://a.org/2", "https://a.org/3", "https://b.org/1", "https://c.org/1")
    asked = [feed.url for _, feed, _ in side_by_side(given)]
    assert asked == ["https://a.org/1", "https://b.org/1", "https://c.org/1", "https://a.org/2", "https://a.org/3"]


def test_feeds_become_requests_only_when_it_is_their_turn(monkeypatch):
    """Thousands of requests at once would be held in memory for nothing."""
    spider = Feeds()
    monkeypatch.setattr(spider, "poll_request", lambda source, feed, state: spider.polling.add(feed.url))
    spider.waiting.extend(polls(*(f"https://a.org/{number}" for number in range(POLLS_IN_HAND + 5))))
    assert len(list(spider._polls())) == POLLS_IN_HAND
    assert list(spider._polls()) == []
    spider.polling.pop()
    assert len(list(spider._polls())) == 1


def test_hundreds_of_unchanged_feeds_are_asked_once_each_and_only_changed_ones_are_read():
    """More than are asked at once; the benchmark of thousands in small."""
    path = Path(__file__).resolve().parents[2] / "benchmarks" / "feeds.py"
    spec = importlib.util.spec_from_file_location("feeds_benchmark", path)
    assert spec is not None
    assert spec.loader is not None
    benchmark = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = benchmark
    spec.loader.exec_module(benchmark)
    same, changed = (found["counts"] for found in benchmark.measured(230, 5, 1))
    assert (same["feeds/polled"], same["feeds/unchanged"], same.get("feeds/read", 0)) == (230, 230, 0)
    assert (changed["feeds/polled"], changed["feeds/unchanged"], changed["feeds/read"]) == (230, 225, 5)
    assert changed["new_urls"] == 5
    assert benchmark.told("changed", {"counts": changed, "seconds": 1, "cpu": 1, "early": 1, "peak": 1})
