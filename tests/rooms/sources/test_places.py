"""Country and time zone: only what clues support."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from aggregator.sources import terms
from aggregator.sources.places import Clock, country, timezone

NOWHERE = "https://news.example.com/"


def clock(hours: float, month: int = 3) -> Clock:
    return Clock(at=datetime(2026, month, 1, 12, tzinfo=UTC), offset=timedelta(hours=hours))


def found(homepage=NOWHERE, address=None, tags=(), clocks=()):
    return country(homepage=homepage, address=address, tags=tags, clocks=clocks)


@pytest.mark.parametrize(
    ("homepage", "code"),
    [
        ("https://www.irna.ir/", "IR"),
        ("https://www.paper.co.uk/", "GB"),
        ("https://www.paper.com.tr/", "TR"),
        ("https://www.paper.com/", None),
        ("https://www.paper.eu/", None),
        ("https://channel.tv/", None),
        ("https://paper.ly/", None),
        ("http://127.0.0.1:8000/", None),
    ],
)
def test_the_domain_tells_the_country_unless_it_is_sold_to_anybody(homepage, code):
    assert found(homepage).value == code


def test_a_sold_domain_counts_where_the_language_is_that_countrys():
    assert found("https://paper.ly/", tags=[("ar", "html lang")]).value == "LY"
    assert found("https://paper.ly/", tags=[("en", "html lang")]).value is None


def test_the_address_of_the_publisher_goes_first():
    told = found("https://www.irna.ir/", address="Jordan")
    assert (told.value, "address" in told.reason) == ("JO", True)
    assert found(address="jo").value == "JO"
    assert found(address="Nowhere at all").value is None


def test_a_country_behind_the_language_counts_unless_software_writes_it_by_itself():
    assert found(tags=[("ar-JO", "html lang")]).value == "JO"
    assert found(tags=[("en-US", "its feed")]).value is None
    assert found(tags=[("fa-IR", "html lang")]).value is None
    assert found(tags=[("en-US", "its feed"), ("en-CY", "html lang")]).value == "CY"


def test_two_weak_clues_that_agree_are_one():
    told = found(tags=[("ckb-IQ", "html lang")], clocks=[clock(3)])
    assert (told.value, told.reason) == ("IQ", "ckb-IQ in html lang, and the feed's clock is at +03:00 as there")
    assert found(tags=[("fa-IR", "html lang")], clocks=[clock(1)]).value is None
    assert found(tags=[("fa-IR", "html lang")], clocks=[clock(0)]).value is None


def test_a_clock_that_only_one_country_has_tells_it():
    assert found(clocks=[clock(3.5)]).value == "IR"
    assert found(clocks=[clock(5.75)]).value == "NP"
    assert found(clocks=[clock(3)]).value is None


def test_the_zone_is_the_countrys_where_it_has_one():
    assert timezone("IR", ()).value == "Asia/Tehran"
    assert timezone("DE", ()).value == "Europe/Berlin"
    assert timezone(None, (clock(3.5),)).value is None


def test_dates_of_the_feed_choose_among_several_zones():
    assert timezone("US", ()).value is None
    assert timezone("US", (clock(-5, month=1),)).value == "America/New_York"
    assert timezone("US", (clock(-8, month=1),)).value == "America/Los_Angeles"
    assert timezone("US", (clock(3),)).value is None


def test_dates_in_utc_tell_nothing_and_other_clocks_are_told():
    assert timezone("IR", (clock(0),)).reason == "the zone of IR"
    told = timezone("IR", (clock(1),))
    assert (told.value, "check" in told.reason) == ("Asia/Tehran", True)


@pytest.mark.parametrize(
    ("name", "code"), [("Iran", "IR"), ("IRN", "IR"), ("usa", "US"), ("Türkiye", "TR"), ("Mars", None)]
)
def test_countries_have_names(name, code):
    assert terms.country_code(name) == code
