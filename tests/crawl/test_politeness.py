"""How hosts are treated, measured at the server: pauses, connections at once, refusals that outlive the process."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from itertools import pairwise

import pytest

from aggregator import __version__
from tests.crawl.faulty_web import Answer, Desk, FaultyWeb, Request, article, redirect

DAY = 86_400.0
TOGETHER = 12
"""Hosts on the one address whose answers take their time."""
PAUSE = ("crawl.refusal_pause=600s",)
STORIES = tuple(f"/news/{n}" for n in range(6))


def refusing(**headers: str) -> Answer:
    return Answer(b"slow down", 429, {name.replace("_", "-"): value for name, value in headers.items()})


def build(web: FaultyWeb) -> None:
    in_an_hour = format_datetime(datetime.now(UTC) + timedelta(hours=1), usegmt=True)
    for host, answer in {
        "seconds": refusing(Retry_After="3600"),
        "date": refusing(Retry_After=in_an_hour),
        "absurd": refusing(Retry_After="9" * 25),
        "negative": refusing(Retry_After="-5"),
        "past": refusing(Retry_After="Mon, 01 Jan 2001 00:00:00 GMT"),
        "mute": refusing(),
        "busy": Answer(b"busy", 503, {"Retry-After": "3600"}),
    }.items():
        web.source(host, *STORIES)
        web.source(host, "/news/other", feed="/feed2")
        for path in STORIES:
            web.on(host, path, answer)
    # Whose page leads to a host that wants quiet: held, and not asked again and again.
    web.source("neighbour", "/away")
    web.on("neighbour", "/away", redirect(web.url("seconds", "/news/0")))
    for n in range(TOGETHER):
        web.source(f"shared-{n}")
        web.on(f"shared-{n}", "/feed", Answer(b"<rss><channel></channel></rss>", seconds=0.4))
    web.source("paced", *STORIES)
    for n, path in enumerate(STORIES):
        page = article(path)  # which sets a cookie
        web.on("paced", path, Answer(page.body, headers=page.headers, seconds=0.3 * (n % 2)))
    web.source("paced", "/news/from-another-feed", feed="/feed2")
    # Pages of six hosts that lead to one.
    for n in range(6):
        web.source(f"via-{n}", "/away")
        web.on(f"via-{n}", "/away", redirect(web.url("target", f"/news/{n}")))
        web.on(
            "target", f"/news/{n}", Answer(article("target").body, seconds=0.2, headers={"Content-Type": "text/html"})
        )
    # One article, in two feeds and four spellings.
    web.source(
        "spellings",
        "/story",
        "/story?utm_source=rss",
        "/story#comments",
        listed=(web.url("spellings", "/story/").replace("http://", "http://www."),),
    )
    web.source("spellings", "/story?utm_campaign=b&fbclid=1", feed="/feed2")
    # A feed that asks for two hours.
    web.source("fresh", "/news/1")
    web.on(
        "fresh",
        "/feed",
        Answer(b"<rss><channel></channel></rss>", headers={"Cache-Control": "max-age=7200"}),
    )


class Seen:
    def __init__(self, desk: Desk) -> None:
        self.desk, self.web = desk, desk.web
        self.runs: list[int] = []
        """how many requests had been made when each run ended"""
        self.quiet: list[dict[str, float]] = []
        """seconds for which hosts were to be left alone then"""
        self.refusals: list[dict[str, int]] = []

    def crawl(self, *sets: str) -> None:
        self.desk.crawl("crawl.delay=0.3s", "crawl.per_address=3", "frontier.retry_delay=1s", *PAUSE, *sets)
        now = datetime.now(UTC)
        self.runs.append(len(self.web.requests))
        with self.desk.store() as store:
            quiet, refusals = store.quiet_hosts(now), store.refusals()
        self.quiet.append({name(host): (until - now).total_seconds() for host, until in quiet.items()})
        self.refusals.append({name(host): times for host, times in refusals.items()})


def name(host: str) -> str:
    return host.partition(".")[0]


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Seen]:
    web = FaultyWeb()
    build(web)
    with web.serving():
        seen = Seen(Desk(tmp_path_factory.mktemp("hosts"), web))
        seen.crawl()
        # As a service does that is restarted again and again.
        seen.crawl()
        seen.crawl("polling.min_interval=0s")
        yield seen


class TestRefusals:
    """429 and 503: the whole host is left alone, in this run and after a restart."""

    @pytest.mark.parametrize("host", ["seconds", "date", "busy", "absurd", "mute", "negative", "past"])
    def test_after_a_refusal_the_host_is_not_asked_again(self, seen: Seen, host: str) -> None:
        """Neither for the pages that were in hand already, nor for its feeds, nor by the next process."""
        paths = seen.web.paths(host)
        refused = [path for path in paths if path in STORIES]
        assert len(refused) == 1, paths
        assert paths[-1] == refused[0]

    @pytest.mark.parametrize(
        ("host", "low", "high"),
        [
            ("seconds", 3_500, 3_600),
            ("date", 3_400, 3_600),
            ("busy", 3_500, 3_600),
            # Absurd: a day.  In the past, negative or missing: ten minutes as set, a little more by chance.
            ("absurd", DAY - 60, DAY),
            ("negative", 500, 750),
            ("past", 500, 750),
            ("mute", 500, 750),
        ],
    )
    def test_for_as_long_as_it_asks_within_bounds(self, seen: Seen, host: str, low: float, high: float) -> None:
        assert low <= seen.quiet[0][host] <= high

    def test_its_pages_wait_and_are_not_lost(self, seen: Seen) -> None:
        for path in STORIES:
            assert seen.desk.outcome(seen.web.url("mute", path))[0] == "pending"

    def test_a_page_that_leads_to_a_quiet_host_is_held(self, seen: Seen) -> None:
        """Once in a run at most: it must not be taken and given back for ever."""
        assert len([path for path in seen.web.paths("neighbour") if path == "/away"]) <= 3
        state, reason = seen.desk.outcome(seen.web.url("neighbour", "/away"))
        assert state == "pending"
        assert "asked for quiet until" in reason

    def test_without_a_time_the_pause_doubles_and_a_good_answer_ends_it(self, tmp_path) -> None:
        web = FaultyWeb()
        patience = {"left": 2}

        def moody(request: Request) -> Answer:
            patience["left"] -= 1
            return Answer(b"busy", 503) if patience["left"] >= 0 else article(request.path)

        web.source("moody", "/news/1")
        web.on("moody", "/news/1", moody)
        sets = ("crawl.refusal_pause=2s", "frontier.retry_delay=0s", "polling.min_interval=0s")
        with web.serving():
            seen = Seen(Desk(tmp_path, web))
            for _ in range(3):
                seen.crawl(*sets)
                time.sleep(max(0.0, seen.quiet[-1].get("moody", 0.0)))
        assert [refusals.get("moody") for refusals in seen.refusals] == [1, 2, None]
        asked = [request for request in web.of("moody") if request.path == "/news/1"]
        pauses = [after.began - before.ended for before, after in pairwise(asked)]
        assert pauses[0] >= 2
        assert pauses[1] >= 4
        assert seen.desk.outcome(web.url("moody", "/news/1"))[0] == "stored"


class TestPace:
    """One request at a time for each host, with a pause, and a few at once for each address."""

    def test_one_host_has_one_request_under_way_and_a_pause_after_it(self, seen: Seen) -> None:
        """robots.txt and feeds included."""
        requests = seen.web.of("paced")[: len(STORIES) + 4]
        assert {"/robots.txt", "/feed", "/feed2", *STORIES} <= {request.path for request in requests}
        for before, after in pairwise(requests):
            assert after.began - before.ended >= 0.28, f"{before.path} then {after.path}"

    def test_where_redirects_of_many_hosts_lead_they_wait_for_each_other(self, seen: Seen) -> None:
        """Redirected requests that stayed in the queues of their first hosts would all come at once."""
        requests = seen.web.of("target")
        assert len(requests) == 7
        for before, after in pairwise(requests):
            assert after.began - before.ended >= 0.28, f"{before.path} then {after.path}"

    def test_many_hosts_at_one_address_share_its_connections(self, seen: Seen) -> None:
        """A hundred sites behind one proxy are one machine."""
        assert max(request.at_once for request in seen.web.requests) == 3
        assert all(seen.web.paths(f"shared-{n}")[0] == "/feed" for n in range(TOGETHER))

    def test_a_restart_asks_no_feed_before_its_time(self, seen: Seen) -> None:
        """A service that is restarted in a loop must not become a storm."""
        second = seen.web.requests[seen.runs[0] : seen.runs[1]]
        assert [request.path for request in second if "feed" in request.path] == []

    def test_a_feed_that_asks_for_longer_gets_it(self, seen: Seen) -> None:
        with seen.desk.store() as store:
            state = store.poll_states()[seen.web.url("fresh", "/feed")]
        assert state.polled is not None
        assert state.next_due is not None
        assert state.next_due - state.polled >= timedelta(hours=2)

    def test_an_article_in_several_feeds_and_spellings_is_asked_once(self, seen: Seen) -> None:
        asked = [path for host in ("spellings", "www.spellings") for path in seen.web.paths(host) if "/story" in path]
        assert len(asked) == 1


class TestRequests:
    """What a server sees of us."""

    def test_no_cookie_no_referer_and_nothing_that_goes_around_caches(self, seen: Seen) -> None:
        for request in seen.web.requests:
            unwanted = {"cookie", "referer", "cache-control", "pragma", "proxy-authorization", "from", "dnt"}
            assert not unwanted & request.headers.keys(), request

    def test_it_names_program_version_and_contact_and_no_browser(self, seen: Seen) -> None:
        agents = {request.headers["user-agent"] for request in seen.web.requests}
        assert agents == {f"aggregator/{__version__} (+mailto:desk@gazette.example)"}

    def test_only_encodings_that_are_unpacked_within_bounds_and_types_that_are_read(self, seen: Seen) -> None:
        for request in seen.web.requests:
            encodings = {part.strip() for part in request.headers["accept-encoding"].split(",")}
            assert "gzip" in encodings
            assert encodings <= {"gzip", "deflate", "br", "zstd"}
            assert "text/" in request.headers["accept"]

    def test_addresses_are_asked_as_they_were_published_and_nothing_else_is(self, seen: Seen) -> None:
        """No parameter is added; no icon, picture, style or script is fetched."""
        published = {"/robots.txt", "/feed", "/feed2", "/away", "/story", "/story/", *STORIES}
        published |= {"/news/other", "/news/from-another-feed", "/story?utm_source=rss"}
        published |= {"/story?utm_campaign=b&fbclid=1"}
        assert {request.path for request in seen.web.requests} <= published


def test_an_unattended_crawl_without_a_contact_is_refused(tmp_path) -> None:
    """From cron nobody would see the warning."""
    web = FaultyWeb()
    web.source("gazette", "/news/1")
    with web.serving():
        desk = Desk(tmp_path, web)
        told = desk.crawl("crawl.contact=mailto:you@example.org", words=("--unattended",), code=2)
        assert "crawl.contact is not set" in told.stderr
        assert "--set crawl.contact=mailto:" in told.stderr
        assert web.requests == []
        desk.crawl(words=("--unattended",))
        assert "/news/1" in web.paths("gazette")
