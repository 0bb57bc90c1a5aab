"""robots.txt over real sockets: one crawl over hosts whose file is odd in every way, and one after a restart."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from itertools import repeat
from pathlib import Path

import pytest
from scrapy import Request
from scrapy.http import Response

from aggregator import settings
from aggregator.config import Config
from aggregator.sources.robots import MAX_BYTES
from spiders.robots import RobotsBody
from tests.crawl.faulty_web import Answer, Desk, FaultyWeb, redirect

KEEP_OUT = "User-agent: *\nDisallow: /private\n"
PAGES = ("/news/1", "/private/1")
MIB = 2**20


def build(web: FaultyWeb) -> None:
    """Every host lists one page that its robots.txt allows (if anything) and one that it does not."""
    for host in ("rules", "missing", "html", "elsewhere", "endless-redirects", "huge", "bomb", "cookies"):
        web.source(host, *PAGES)
    web.on(
        "rules",
        "/robots.txt",
        Answer(
            b"\xef\xbb\xbfUser-agent: aggregator/1.0\rDisallow: /private*\rAllow: /private/press$\rDisallow: /*?print\r"
            b"User-agent: agg\rDisallow: /\rUser-agent: *\rDisallow: /\r"
        ),
    )
    web.source("rules", "/private/press", "/private/press/2", "/news/2?print=1", feed="/feed2")
    web.on("html", "/robots.txt", Answer(b"<html>Disallow: /</html>", headers={"Content-Type": "text/html"}))
    web.on("elsewhere", "/robots.txt", redirect(web.url("rule-book", "/their-rules.txt"), 301))
    web.on("rule-book", "/their-rules.txt", Answer(KEEP_OUT.encode()))
    web.source("rule-book", "/private/2")
    web.on("endless-redirects", "/robots.txt", redirect(web.url("endless-redirects", "/robots.txt")))
    filler = b"# " + b"x" * 1_021 + b"\n"
    web.on("huge", "/robots.txt", lambda _: Answer(stream=lines(KEEP_OUT.encode(), filler, 96 * 1_024)))
    web.on(
        "bomb",
        "/robots.txt",
        Answer(gzip.compress(KEEP_OUT.encode() + filler * 96 * 1_024, 1), headers={"Content-Encoding": "gzip"}),
    )
    for status in (429, 500, 502, 503):
        web.source(f"status-{status}", *PAGES)
        web.on(f"status-{status}", "/robots.txt", Answer(status=status))
    web.source("silent", *PAGES)
    web.on("silent", "/robots.txt", Answer(seconds=20))
    # Pages that lead elsewhere: what holds is the robots.txt of where they lead.
    web.source("mover", "/moved/1")
    web.on("mover", "/moved/1", redirect(web.url("rule-book", "/private/secret")))
    web.robots("rule-book", KEEP_OUT)
    # A pause between requests, and one that is longer than what is obeyed to the second.
    web.robots("slow", "User-agent: *\nCrawl-delay: 1\n")
    web.source("slow", *(f"/news/{n}" for n in range(4)))
    web.robots("slowest", "User-agent: *\nCrawl-delay: 6000\n")
    web.source("slowest", *(f"/news/{n}" for n in range(5)))
    web.source("crowd", *(f"/news/{n}" for n in range(6)))
    web.on("crowd", "/robots.txt", Answer(KEEP_OUT.encode(), seconds=0.5))


def lines(first: bytes, line: bytes, times: int) -> Iterator[bytes]:
    yield first
    yield from repeat(line * 64, times // 64)


class Seen:
    def __init__(self, desk: Desk) -> None:
        self.desk, self.web = desk, desk.web
        self.restarted = len(desk.web.requests)

    def outcome(self, host: str, path: str) -> tuple[str, str]:
        return self.desk.outcome(self.web.url(host, path))


SETS = ("crawl.timeout=3s", "crawl.max_crawl_delay=1.5s", "crawl.slow_pages=2", "crawl.per_address=16")


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Seen]:
    web = FaultyWeb()
    build(web)
    with web.serving():
        desk = Desk(tmp_path_factory.mktemp("robots"), web)
        desk.crawl(*SETS)
        result = Seen(desk)
        # After a restart, with new pages in new feeds.
        for host in ("rules", "status-500", "slow"):
            web.source(host, "/news/later", "/private/later", feed="/feed-later")
        web.source("slow", "/news/last", feed="/feed-last")
        desk.crawl(*SETS)
        yield result


class TestFirst:
    """Before the first page of a host its robots.txt is asked, once."""

    def test_it_is_asked_before_the_first_page(self, seen: Seen) -> None:
        for host in {request.host for request in seen.web.requests} - {"rule-book"}:
            paths = [path for path in seen.web.paths(host) if not path.startswith("/feed")]
            assert paths[0] == "/robots.txt", f"{host}: {paths}"

    def test_pages_that_come_at_once_wait_for_one_request(self, seen: Seen) -> None:
        """The file takes half a second, and four pages are in hand."""
        paths = seen.web.paths("crowd")
        assert paths.count("/robots.txt") == 1
        assert {path for path in paths if path.startswith("/news")} == {f"/news/{n}" for n in range(6)}

    def test_it_is_kept_over_a_restart(self, seen: Seen) -> None:
        later = seen.web.paths("rules", seen.restarted)
        assert "/news/later" in later
        assert "/robots.txt" not in later
        assert "/private/later" not in later


class TestRules:
    """What it says is obeyed, and said."""

    def test_our_groups_longest_match_with_wildcards_byte_order_mark_and_bare_cr(self, seen: Seen) -> None:
        asked = {path for path in seen.web.paths("rules") if "/feed" not in path}
        assert asked == {"/robots.txt", "/news/1", "/private/press", "/news/later"}

    def test_a_disallowed_page_is_a_failure_that_names_its_rule(self, seen: Seen) -> None:
        state, reason = seen.outcome("rules", "/private/1")
        assert state == "failed"
        assert reason == "robots.txt disallows it: Disallow: /private* (group aggregator)"
        assert reason in seen.desk.why(seen.web.url("rules", "/private/1"))

    def test_where_a_redirect_leads_its_own_rules_hold(self, seen: Seen) -> None:
        """An allowed page that redirects into another host's disallowed part."""
        assert seen.web.paths("mover")[-1] == "/moved/1"
        assert "/private/secret" not in seen.web.paths("rule-book")
        state, reason = seen.outcome("mover", "/moved/1")
        assert state == "failed"
        assert "Disallow: /private (group *), after a redirect" in reason


class TestNoFile:
    """Where there is none, everything is allowed."""

    @pytest.mark.parametrize("host", ["missing", "html", "endless-redirects"])
    def test_not_found_a_web_page_and_endless_redirects_allow_everything(self, seen: Seen, host: str) -> None:
        assert set(PAGES) <= set(seen.web.paths(host))

    def test_redirects_are_followed_five_times(self, seen: Seen) -> None:
        assert seen.web.paths("endless-redirects").count("/robots.txt") == 6

    def test_a_redirect_leads_to_the_rules_of_the_first_host(self, seen: Seen) -> None:
        asked = seen.web.paths("elsewhere")
        assert "/news/1" in asked
        assert "/private/1" not in asked


class TestSize:
    """96 MB of robots.txt: what stands in the first 500 KiB is obeyed, the rest is not read."""

    def test_a_huge_file_is_cut(self, seen: Seen) -> None:
        (request,) = [request for request in seen.web.of("huge") if request.path == "/robots.txt"]
        assert request.sent < 8 * MIB  # what the sockets between us hold
        asked = seen.web.paths("huge")
        assert "/news/1" in asked
        assert "/private/1" not in asked

    def test_a_compressed_one_is_unpacked_no_further(self, seen: Seen) -> None:
        asked = seen.web.paths("bomb")
        assert "/news/1" in asked
        assert "/private/1" not in asked
        chosen = settings.of(Config(root=Path()))["DOWNLOADER_MIDDLEWARES"]
        assert chosen["spiders.robots.RobotsBody"] > 590  # where Scrapy would unpack it whole
        body = gzip.compress(bytes(96 * MIB), 1)
        bomb = Response(seen.web.url("bomb"), headers={"Content-Encoding": "gzip"}, body=body)
        unpacked = RobotsBody().process_response(Request(bomb.url, meta={"robots_txt_bytes": 0}), bomb)
        assert len(unpacked.body) <= MAX_BYTES + 1


class TestUnreachable:
    """Where it cannot be had, nothing may be asked: nothing is lost either, and the feed goes on."""

    @pytest.mark.parametrize("host", ["status-429", "status-500", "status-502", "status-503", "silent"])
    def test_no_page_is_asked_and_none_is_given_up(self, seen: Seen, host: str) -> None:
        assert not set(PAGES) & set(seen.web.paths(host))
        assert [seen.outcome(host, path)[0] for path in PAGES] == ["pending", "pending"]

    def test_the_reason_is_told_and_it_counts_as_no_attempt(self, seen: Seen) -> None:
        with seen.desk.store() as store:
            entry = store.entry(seen.web.url("status-500", "/news/1"))
        assert entry is not None
        assert "robots.txt of http://status-500.localhost" in entry.reason
        assert "cannot be had (HTTP 500)" in entry.reason
        assert entry.attempts == 0

    def test_it_is_not_asked_again_at_once_after_a_restart(self, seen: Seen) -> None:
        later = seen.web.paths("status-500", seen.restarted)
        assert "/feed-later" in later
        assert "/robots.txt" not in later

    def test_one_that_asks_for_quiet_keeps_the_whole_host_quiet(self, seen: Seen) -> None:
        for host in ("status-429", "status-503"):
            paths = seen.web.paths(host)
            assert paths.index("/robots.txt") == len(paths) - 1


class TestCrawlDelay:
    """Obeyed up to a cap; above it there are fewer pages, not faster ones."""

    def test_it_is_the_pause_between_requests(self, seen: Seen) -> None:
        assert [path for path in seen.web.paths("slow") if "/news/" in path]
        pauses = seen.web.pauses("slow")
        assert min(pauses[1:]) >= 1.0  # the first is that between the feed and robots.txt, which was not known yet
        assert len(pauses) >= 5

    def test_after_a_restart_it_holds_for_feeds_as_well(self, seen: Seen) -> None:
        """They are asked before any page, and nothing asks for robots.txt on their account."""
        later = seen.web.of("slow", seen.restarted)
        assert [request.path for request in later[:2]] == ["/feed-later", "/feed-last"]
        assert later[1].began - later[0].ended >= 0.98

    def test_above_the_cap_a_run_has_few_pages(self, seen: Seen) -> None:
        asked = [path for path in seen.web.paths("slowest") if "/news/" in path]
        assert len(asked) == 2
        assert min(seen.web.pauses("slowest")[1:]) >= 1.5
        waiting = [path for path in (f"/news/{n}" for n in range(5)) if path not in seen.web.paths("slowest")]
        assert len(waiting) >= 1
        for path in waiting:
            state, reason = seen.outcome("slowest", path)
            assert state == "pending"
            assert "Crawl-delay of 6000 s" in reason
