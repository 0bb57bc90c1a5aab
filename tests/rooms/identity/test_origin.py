"""Who had a text first, and who copied whom."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from aggregator.identity.origin import earlier, had_it, is_agency, origin
from aggregator.records import Article, Publisher
from tests.store.newsroom import HOUR, NOW, article, publisher, text, url

MINUTE = timedelta(minutes=1)
WIRE = Publisher(id="northwire", name="North Wire (English)")


def told(name: str, start: int, end: int, minutes: int, **changes: Any) -> Article:
    """A passage of the flood's text at an outlet, published so many minutes after the first."""
    words = " ".join(text("flood", 300).split()[start:end])
    usual: dict[str, Any] = {"url": url("flood", f"{name}.example"), "source": publisher(name), "text": words}
    return article("flood", **{**usual, "published": NOW + minutes * MINUTE, "fetched": NOW + 5 * HOUR, **changes})


def test_the_first_to_publish_is_the_original_whoever_was_read_first() -> None:
    late_read = told("herald", 0, 300, 0, fetched=NOW + 9 * HOUR)
    found = origin([told("tribune", 0, 150, 20), late_read, told("observer", 0, 140, 30)])
    assert found.original == late_read.id
    assert "Herald had it first" in found.reason
    assert (found.copies[0].parent, found.copies[0].score) == (late_read.id, 1.0)


def test_each_copy_comes_from_the_one_before_it_that_has_most_of_it() -> None:
    whole, first_half = told("herald", 0, 300, 0), told("tribune", 0, 150, 10, text=text("flood", 150) + " edited here")
    of_half = told("observer", 100, 150, 20)
    of_half = replace(of_half, text=of_half.text + " edited here")
    of_whole = told("gazette", 140, 290, 30)
    found = origin([of_whole, of_half, first_half, whole])
    assert [copy.id for copy in found.copies] == [first_half.id, of_half.id, of_whole.id]
    assert [copy.parent for copy in found.copies] == [whole.id, first_half.id, whole.id]


def test_the_agencys_own_article_is_the_original_also_where_it_came_later() -> None:
    paper = told("herald", 0, 200, 0, agency="North Wire")
    wire = told("northwire", 0, 300, 60, source=WIRE)
    found = origin([paper, told("tribune", 0, 190, 30, agency="North Wire"), wire])
    assert (found.original, found.agency) == (wire.id, "North Wire")
    assert found.reason == "North Wire (English) is the agency that is named"
    assert {copy.parent for copy in found.copies} <= {wire.id, paper.id}
    assert earlier(paper, wire)[0] == wire
    assert earlier(wire, paper)[0] == wire


@pytest.mark.parametrize(
    ("agency", "is_it"),
    [
        ("North Wire", True),
        ("NORTH WIRE", True),
        ("northwire", True),
        ("South Wire", False),
        (None, False),
        ("", False),
    ],
)
def test_an_agency_is_known_by_its_name(agency: str | None, is_it: bool) -> None:
    assert is_agency(WIRE, agency) is is_it


def test_a_time_that_is_later_than_the_reading_is_not_believed() -> None:
    ahead = told("herald", 0, 100, 600, fetched=NOW)
    assert had_it(ahead) == NOW
    assert had_it(told("herald", 0, 100, 0, published=None, fetched=NOW + HOUR)) == NOW + HOUR


def test_the_order_of_the_members_does_not_matter_and_there_is_no_circle() -> None:
    chance = random.Random(4)
    members = [
        told(f"paper{place}", start := chance.randint(0, 100), start + 150, chance.randint(0, 5)) for place in range(9)
    ]
    found = origin(members)
    for _ in range(5):
        chance.shuffle(members)
        assert origin(members) == found
    place = {found.original: 0, **{copy.id: number for number, copy in enumerate(found.copies, 1)}}
    assert all(place[copy.parent] < place[copy.id] for copy in found.copies)
    assert len(place) == 9


def test_one_alone_is_its_own_original() -> None:
    alone = told("herald", 0, 100, 0)
    assert origin([alone]).original == alone.id
    assert origin([alone]).copies == ()
