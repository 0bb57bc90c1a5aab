"""JSON Feed 1.0 and 1.1."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest


def jsonfeed(*items, **head):
    return json.dumps({"version": "https://jsonfeed.org/version/1.1", "title": "J", "items": list(items), **head})


def test_an_item_is_read_with_all_its_fields(read_body):
    reading = read_body(
        jsonfeed(
            {
                "id": "1",
                "url": "/a/1",
                "title": "One",
                "summary": "<p>Short</p>",
                "content_html": "<p>Long</p>",
                "date_published": "2026-11-23T10:00:00+03:30",
                "date_modified": "2026-11-23T11:00:00+03:30",
                "authors": [{"name": "Sara"}, {"url": "x"}],
                "tags": ["a", 3, "b"],
                "language": "fa",
            },
            language="en",
            hubs=[{"type": "WebSub", "url": "https://hub.example/"}],
        )
    )
    (seen,) = reading.sightings
    assert (reading.format, reading.title, reading.language, reading.hub) == (
        "jsonfeed",
        "J",
        "en",
        "https://hub.example/",
    )
    assert seen.url == "https://news.example/a/1"
    assert (seen.via, seen.guid, seen.headline, seen.summary) == ("jsonfeed", "1", "One", "Short")
    assert seen.published == datetime(2026, 11, 23, 6, 30, tzinfo=UTC)
    assert seen.modified == datetime(2026, 11, 23, 7, 30, tzinfo=UTC)
    assert (seen.authors, seen.tags, seen.language) == (("Sara",), ("a", "b"), "fa")


def test_version_1_0_names_one_author_and_may_number_its_items(read_body):
    body = jsonfeed({"id": 7, "url": "https://x.example/7", "author": {"name": "Ali"}}).replace("1.1", "1")
    (seen,) = read_body(body).sightings
    assert (seen.guid, seen.authors) == ("7", ("Ali",))


def test_the_feeds_authors_are_those_of_an_item_without_any(read_body):
    (seen,) = read_body(jsonfeed({"id": "1", "url": "https://x.example/1"}, authors=[{"name": "Desk"}])).sightings
    assert seen.authors == ("Desk",)


def test_an_id_that_is_an_address_stands_in_for_a_missing_url(read_body):
    (seen,) = read_body(jsonfeed({"id": "https://x.example/1"})).sightings
    assert seen.url == "https://x.example/1"


@pytest.mark.parametrize("bad", [None, 3, "x", [], {"id": "1"}, {"url": 3}, {"url": "javascript:x"}])
def test_a_bad_item_harms_no_other(read_body, bad):
    reading = read_body(jsonfeed({"id": "0", "url": "/0"}, bad, {"id": "2", "url": "/2"}))
    assert [s.position for s in reading.sightings] == [0, 2]
    assert "entry 2" in reading.problems[0]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_any_unicode_encoding_is_read(read_body, encoding):
    body = json.dumps(json.loads(jsonfeed({"url": "/1", "title": "خبر"})), ensure_ascii=False).encode(encoding)
    assert read_body(body).sightings[0].headline == "خبر"


@pytest.mark.parametrize(
    "body",
    [
        "{",
        "[]",
        "[1]",
        "{}",
        '{"version": 3, "items": []}',
        '{"version": "https://jsonfeed.org/version/1.1"}',
        "[" * 100_000,
    ],
)
def test_other_json_is_no_feed(read_body, body):
    reading = read_body(body)
    assert reading.format is None
    assert reading.problems


def test_a_lone_surrogate_in_a_title_is_dropped(read_body):
    (seen,) = read_body(jsonfeed({"url": "/1", "title": "a\ud800b"})).sightings
    assert seen.headline == "ab"
