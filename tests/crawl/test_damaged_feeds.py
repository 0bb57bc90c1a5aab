"""Feeds that are damaged, mislabelled or hostile, over real sockets: every entry that can be had is."""

from __future__ import annotations

import json

import pytest

from tests.crawl.small_web import Said, SmallWeb, source
from tests.crawl.test_discovery import Desk

HEAD = '<?xml version="1.0"{}?><rss version="2.0"><channel><title>T</title>'
END = "</channel></rss>"


def item(number: int, title: str = "Story", more: str = "") -> str:
    return f"<item><title>{title} {number}</title><link>http://SITE/s/{number}</link>{more}</item>"


def rss(*items: str, encoding: str = "", end: str = END) -> str:
    return HEAD.format(f' encoding="{encoding}"' if encoding else "") + "".join(items) + end


ARABIC = "محادثات في البصرة"
FEEDS: dict[str, tuple[bytes, str, int, str]] = {
    # site: body, content type, entries that must be found, words that a headline must have
    "cut": (rss(item(1), item(2), end="<item><title>Thi").encode(), "text/xml", 2, "Story 2"),
    "ampersand": (rss(item(1, "Fish & chips"), item(2)).encode(), "text/xml", 2, "Fish & chips"),
    "control": (rss(item(1, "A\x0bB"), item(2)).encode(), "text/xml", 2, "Story 2"),
    "surrogate": (rss(item(1, "Odd &#xD800; sign"), item(2)).encode(), "text/xml", 2, "Story 2"),
    "html-type": (rss(item(1), item(2)).encode(), "text/html", 2, "Story 1"),
    "arabic": (rss(item(1, ARABIC), encoding="windows-1256").encode("windows-1256"), "text/xml", 1, ARABIC),
    "wide": (rss(item(1, ARABIC), encoding="utf-16").encode("utf-16"), "text/xml", 1, ARABIC),
    "cyrillic": (rss(item(1, "Переговоры")).encode("windows-1251"), "text/xml; charset=windows-1251", 1, "Переговоры"),
    "one-guid": (rss(*(item(n, more="<guid>7</guid>") for n in (1, 2, 3))).encode(), "text/xml", 3, "Story 3"),
    "dates": (
        rss(
            *(item(n, more=f"<pubDate>{day}</pubDate>") for n, day in enumerate(("rubbish", "1 Jan 2099", "24:00"), 1))
        ).encode(),
        "text/xml",
        3,
        "Story 2",
    ),
    "script": (
        rss(item(1), "<item><title>No</title><link>javascript:alert(1)</link></item>").encode(),
        "text/xml",
        1,
        "Story 1",
    ),
    "entities": (
        b'<?xml version="1.0"?><!DOCTYPE r [<!ENTITY f SYSTEM "file:///etc/passwd">]>'
        + rss(item(1, "Safe &f;"), item(2)).partition("?>")[2].encode(),
        "text/xml",
        2,
        "Story 2",
    ),
    "json": (
        json.dumps(
            {"version": "https://jsonfeed.org/version/1.1", "items": [{"url": "http://SITE/s/1", "title": "Story 1"}]}
        ).encode(),
        "text/plain",
        1,
        "Story 1",
    ),
}


@pytest.fixture
def desk(tmp_path):
    with SmallWeb() as web:
        yield Desk(tmp_path, web)


def test_what_can_be_had_of_each_is_had_and_none_harms_another(desk):
    web, entries = desk.web, []
    for site, (body, kind, _, _) in FEEDS.items():
        address = web.url(site, "/").removeprefix("http://").rstrip("/")
        wide = body.startswith((b"\xff\xfe", b"\xfe\xff"))
        form = "utf-16" if wide else "ascii"
        served = (
            body.decode("utf-16").replace("SITE", address).encode("utf-16")
            if wide
            else body.replace(b"SITE", address.encode(form))
        )
        said = Said(served, 200, {"Content-Type": kind})
        web.sites[site] = {"/feed": said}.get
        entries.append(source(site, web, feeds=[web.url(site, "/feed")]))
    desk.write(*entries)
    desk.crawl()
    rows = desk.rows("SELECT source_id, url, sighting FROM frontier")
    for site, (_, _, number, words) in FEEDS.items():
        found = [(str(url), json.loads(seen)) for owner, url, seen in rows if owner == site]
        assert len(found) == number, (site, found)
        assert all(url.startswith("http://") for url, _ in found)
        assert any(words in (seen.get("headline") or "") for _, seen in found), (site, found)
    assert not [seen for _, _, seen in rows if b"root:" in (seen if isinstance(seen, bytes) else str(seen).encode())]
