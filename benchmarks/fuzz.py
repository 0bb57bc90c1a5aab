"""Everything that reads what strangers wrote, on damaged input by the thousand: none may raise, or take long.

    python benchmarks/fuzz.py MINUTES [TARGET ...] [--seed N]

Targets: urls, journal, config, pages, lists, robots, feeds (with sitemaps and listings: `fuzz_feeds.py`).
Each has so many minutes.  Inputs are seeds of the right kind with up to eight random faults, those of fuzz_feeds.py.
Prints how many were read, the slowest, and what was wrong, with the input as a Python literal.  Exit status 1 if any.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import sys
import tempfile
import time
import traceback
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parents[1]), str(Path(__file__).parent)]
import fuzz_feeds  # noqa: E402

from aggregator import urls  # noqa: E402
from aggregator.config import load, shipped  # noqa: E402
from aggregator.encoding import to_json  # noqa: E402
from aggregator.errors import AggregatorError  # noqa: E402
from aggregator.extraction import ExtractionOptions, Outlets, extract  # noqa: E402
from aggregator.journal import JournalOptions, Publisher  # noqa: E402
from aggregator.journal.jsonl import rebuild  # noqa: E402
from aggregator.records import Page, Sighting, Source  # noqa: E402
from aggregator.sources.catalogue import read_any  # noqa: E402
from aggregator.sources.robots import parse  # noqa: E402
from tests.journal.desk import RUN, Desk, files  # noqa: E402

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
SLOW = 5.0
"""Seconds of the processor that one input may take."""
URLS = (
    "https://user:pw@www.Gazette.example:443/a/../b//c;jsessionid=1?utm_source=x&id=7&b=%zz#frag",
    "http://[2001:db8::1]:8080/%D8%A7/?q=%u0041",
    "HTTPS://xn--mnchen-3ya.de./%7Euser/?a=1&a=2",
    "//host/path\\back",
    "http://münchen.example/страница?п=1",
    "mailto:a@b.example",
)
PAGE = (
    '<!DOCTYPE html><html lang="fa"><head><meta charset="utf-8"><title>Council meets | Valley</title>'
    '<meta property="og:type" content="article"><meta name="robots" content="noindex,noai">'
    '<link rel="canonical" href="/a"><link rel="next" href="?page=2"><base href="/x/">'
    '<script type="application/ld+json">{"@graph":[{"@type":"NewsArticle","headline":"Council meets",'
    '"datePublished":"2026-11-20T10:00:00+03:30","author":[{"name":"Ann"}],"keywords":"a,b"}]}</script></head><body>'
    "<article><h1>Council meets again</h1><time>۲۹ آبان ۱۴۰۵ - ۱۰:۰۰</time><p>VALLEY (Agency) - "
    + "The council met in the harbour and spoke about boats. " * 12
    + '</p><p>Read more: <a href="/b">The other story of the valley</a></p><p>'
    + "It will meet again in spring, said its speaker to reporters. " * 8
    + '</p><h3>Related news</h3><ul><li><a href="/c">Third story of the week</a></li></ul></article></body></html>'
)
OPML = (
    '<?xml version="1.0"?><!DOCTYPE opml [<!ENTITY a "b">]><opml version="2.0"><body><outline text="G"><outline '
    'type="rss" text="Gazette" xmlUrl="https://g.example/feed" htmlUrl="https://g.example/"/></outline></body></opml>'
)
CSV = "name,type,url,country\nGazette,rss,https://g.example/feed,DE\n"
SOURCES = json.dumps([{"name": "G", "type": "rss", "url": "https://g.example/feed", "languages": ["de"]}])
ROBOTS = "User-agent: *\nDisallow: /a*b$\nAllow: /a\nCrawl-delay: 5\nSitemap: https://g.example/s.xml\n"

Target = Callable[[random.Random], bytes]
"""Reads one input, which it hands back; raises on whatever is wrong."""


def damaged(seed: str | bytes, chance: random.Random) -> bytes:
    """`seed` with up to eight faults."""
    body = seed.encode("utf-8", "surrogatepass") if isinstance(seed, str) else seed
    for _ in range(chance.randrange(9)):
        body = chance.choice(fuzz_feeds._FAULTS)(body, chance)
    return body


def of_urls(chance: random.Random) -> bytes:
    """Canonical twice is canonical once, keys agree, what is asked for is ASCII, and no password is shown."""
    body = damaged(chance.choice(URLS), chance)
    url = body.decode("utf-8", chance.choice(("replace", "surrogateescape", "ignore")))
    shown = urls.canonical(url)
    assert urls.canonical(shown) == shown, "canonical is not idempotent"
    assert urls.key(shown) == urls.key(url), "key of the canonical form"
    urls.article_id(url), urls.site(url), urls.host(url), urls.masked(url), urls.without_credentials(url)
    asked = urls.absolute(url, "https://g.example/x/")
    if asked is not None:
        assert asked.isascii(), "not ASCII"
        assert urls.absolute(asked) == asked, "absolute is not idempotent"
        assert "@" not in urls.host(asked), "credentials in the host"
        assert "@" not in urls.without_credentials(asked).split("/")[2], "credentials are left"
    return body


def of_pages(chance: random.Random) -> bytes:
    """A page never raises, and no field has control characters or markup."""
    from tests.faults.test_output import problems

    body = damaged(PAGE, chance)
    kind = chance.choice(("text/html", "text/html; charset=windows-1256", "text/html; charset=utf-16", "x"))
    sighting = Sighting(url="https://valley.example/a", source_id="valley", via="rss", first_seen=NOW)
    headers = (("content-type", kind), ("x-robots-tag", body[:50].decode("latin-1")))
    page = Page(sighting=sighting, url=sighting.url, status=200, headers=headers, body=body, fetched=NOW)
    read = extract(page, Source(id="valley", name="Valley"), Outlets.of([]), ExtractionOptions())
    assert "extraction failed" not in (read.rejected or ""), read.rejected
    if read.article is not None:
        found = problems(json.loads(to_json(read.article)))
        assert not found, found
    return body


def of_config(chance: random.Random) -> bytes:
    """A damaged configuration is read, or refused with an error of ours."""
    text = (shipped() / "config" / "aggregator.toml").read_bytes()
    lines = text.split(b"\n")
    start = chance.randrange(len(lines))
    body = damaged(b"\n".join(lines[start : start + chance.randrange(1, 30)]), chance)
    if chance.random() < 0.7:
        body = b"[crawl]\n" + re.sub(rb"^\[.*\n", b"", body, flags=re.M)
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "config").mkdir()
        (Path(folder) / "config" / "aggregator.toml").write_bytes(body)
        with suppress(AggregatorError):  # in one line, with the key: that is what should happen
            load(Path(folder), [damaged("crawl.delay=3s", chance).decode("utf-8", "replace")])
    return body


def of_lists(chance: random.Random) -> bytes:
    """A damaged list of feeds is read, or refused; what is read is of the web."""
    name, seed = chance.choice((("a.opml", OPML), ("a.csv", CSV), ("a.json", SOURCES)))
    body = damaged(seed, chance)
    try:
        found = read_any(body, file=name)
    except AggregatorError:
        return body
    for source in found:
        for url in (*(feed.url for feed in source.feeds), *source.sitemaps, *source.listings):
            assert url.startswith(("http://", "https://")), url
    return body


def of_robots(chance: random.Random) -> bytes:
    """A damaged robots.txt gives rules."""
    body = damaged(ROBOTS, chance)
    rules = parse(body.decode("utf-8", "replace"), "aggregator")
    rules.of("https://g.example/a/b")
    return body


def of_journal(chance: random.Random) -> bytes:
    """Whatever happens to the files' ends or middles, they are what the log says after the next run."""
    desk = Desk()
    desk.prints(*(f"story{n}" for n in range(chance.randrange(1, 6))))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "data"
        Publisher(desk, folder, JournalOptions()).publish(RUN, desk.now)
        path = chance.choice((folder / "articles.jsonl", folder / "journal" / "000001.jsonl"))
        body = damaged(path.read_bytes(), chance)
        path.write_bytes(body)
        desk.prints("later")
        try:
            publisher = Publisher(desk, folder, JournalOptions())
        except AggregatorError:
            rebuild(desk, folder)  # what the message tells to do
        else:
            publisher.publish(RUN, desk.now)
            publisher.close()
        rebuild(desk, Path(name) / "anew")
        if files(folder) != files(Path(name) / "anew"):
            # A file whose last line is the log's is taken for whole; its middle is `rebuild`'s affair.
            rebuild(desk, folder)
        assert files(folder) == files(Path(name) / "anew"), "the files are not the log's"
    return body


def of_feeds(chance: random.Random) -> bytes:
    """A damaged feed, sitemap or listing is read."""
    _, form, body = fuzz_feeds.damaged(chance)
    kind = chance.choice(fuzz_feeds._TYPES)
    source = Source(id="news", name="News", homepage=fuzz_feeds.SITE)
    url = f"{fuzz_feeds.SITE}feed"
    feed = fuzz_feeds.Feed(url=url, format=form)
    fuzz_feeds.check(fuzz_feeds.read(body, source=source, feed=feed, url=url, content_type=kind, now=NOW))
    return body


TARGETS: dict[str, Target] = {
    "urls": of_urls, "journal": of_journal, "config": of_config, "pages": of_pages, "lists": of_lists,
    "robots": of_robots, "feeds": of_feeds,
}  # fmt: skip


def fuzz(name: str, minutes: float, seed: int) -> int:
    """Reads damaged inputs for so long; how many were wrong."""
    until = time.monotonic() + minutes * 60
    number = wrong = 0
    slowest = 0.0
    while time.monotonic() < until:
        chance = random.Random(f"{seed} {name} {number}")
        began = time.process_time()
        try:
            TARGETS[name](chance)
        except Exception:  # noqa: BLE001 - it is what is looked for
            wrong += 1
            if wrong <= 5:
                print(f"{name} {number}: {traceback.format_exc(limit=-3)}", flush=True)
        took = time.process_time() - began
        if took > SLOW:
            wrong += 1
            print(f"{name} {number}: {took:.1f} s")
        slowest = max(slowest, took)
        number += 1
    print(f"{name}: {number} inputs, {wrong} wrong, slowest {slowest:.3f} s", flush=True)
    return wrong


def main() -> int:
    """Fuzzes the targets one after another; 1 if anything was wrong."""
    parser = argparse.ArgumentParser()
    parser.add_argument("minutes", type=float)
    parser.add_argument("targets", nargs="*", default=[], choices=[*TARGETS, []])
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    return int(sum(fuzz(name, given.minutes, given.seed) for name in given.targets or TARGETS) > 0)


if __name__ == "__main__":
    sys.exit(main())
