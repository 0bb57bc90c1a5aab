"""What to do about a feed, and which sources are verified."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from aggregator.records import Feed, Source
from aggregator.sources.checking import Checked, advice, no_network, verified

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
URL = "https://a.org/f"
SOURCE = Source(id="a", name="A", homepage="https://a.org/", languages=("fa",), feeds=(Feed(url=URL),))


def checked(**more) -> Checked:
    return Checked(
        **{"source_id": "a", "feed": URL, "status": 200, "format": "rss", "entries": 3, "newest": NOW, **more}
    )


def bad(**more) -> Checked:
    return checked(**{"format": None, "entries": 0, "newest": None, **more})


@pytest.mark.parametrize(
    ("row", "says"),
    [
        (bad(status=404, problem="HTTP 404"), "sources discover https://a.org/"),
        (bad(status=410, problem="HTTP 410", successor="https://a.org/new"), "write https://a.org/new instead"),
        (bad(problem="not a feed: an HTML page"), "no feed any more"),
        (bad(status=403, problem="HTTP 403"), "refuses programs"),
        (bad(status=503, problem="HTTP 503"), "later"),
        (bad(status=None, problem="DNSLookupError: DNS lookup failed"), "no server has this name"),
        (bad(status=None, problem="address refused: 10.0.0.1 is not a public address"), "network.allow"),
        (bad(status=None, problem="TimeoutError: took longer"), "later"),
        (checked(moved_to="https://b.org/f"), "write https://b.org/f"),
        (checked(entries=0, newest=None), "empty"),
        (checked(newest=NOW - timedelta(days=40)), "nothing new since 2026-10-14"),
        (checked(language="en-US"), "says its language is en-US"),
    ],
)
def test_each_trouble_has_its_advice(row, says):
    assert says in (advice(row, SOURCE, NOW) or "")


@pytest.mark.parametrize("row", [checked(), checked(language="fa-IR"), checked(moved_to=URL), checked(newest=None)])
def test_a_good_feed_needs_none(row):
    assert advice(row, SOURCE, NOW) is None


def test_a_machine_without_a_network_is_told_from_feeds_that_are_gone():
    lost = bad(status=None, problem="CannotResolveHostError: DNS lookup failed: no results")
    assert no_network([lost, lost])
    assert not no_network([lost, bad(status=404, problem="HTTP 404")])
    assert not no_network([lost, bad(status=None, problem="TimeoutError")])


def test_a_source_is_verified_when_all_its_feeds_are_good():
    two = Source(id="two", name="Two", feeds=(Feed(url=URL), Feed(url="https://a.org/2")))
    none = Source(id="none", name="None")
    sources = {s.id: s for s in (SOURCE, two, none)}
    assert verified([checked(), bad(feed="https://a.org/2", problem="HTTP 404")], sources) == ("a",)
    assert verified([checked(), checked(feed="https://a.org/2")], sources) == ("a", "two")
    assert verified([checked(entries=0)], sources) == ()
