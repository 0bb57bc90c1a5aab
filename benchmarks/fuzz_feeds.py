"""Damaged feeds, sitemaps and listings by the thousand: none may make the room raise, or take long.

    python benchmarks/fuzz_feeds.py 100000 [SEED]

Prints how many were read, of which kinds, how many exceptions left the room, and the slowest.
"""

from __future__ import annotations

import gzip
import random
import sys
import time
import traceback
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime

from aggregator.discovery.feeds import Reading, read
from aggregator.discovery.window import Window
from aggregator.records import Feed, FeedFormat, Source

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
SITE = "https://news.example/"

RSS = (
    '<?xml version="1.0" encoding="utf-8"?><rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel>'
    "<title>خبر</title><ttl>5</ttl><language>fa</language>"
    "<item><title>یک &amp; دو</title><link>https://news.example/1?a=1&amp;b=2</link><guid>g</guid>"
    "<pubDate>Mon, 23 Nov 2026 10:00:00 +0330</pubDate><description><![CDATA[<p>a</p>]]></description></item>"
    '<item><title>B</title><link>/2</link><dc:creator>N</dc:creator><enclosure url="x.mp3"/></item></channel></rss>'
)
ATOM = (
    '<feed xmlns="http://www.w3.org/2005/Atom" xml:base="/a/"><title>T</title><entry><id>1</id>'
    '<title type="html">&lt;b&gt;x</title><link href="1"/><updated>2026-11-23T10:00:00Z</updated>'
    "<author><name>N</name></author></entry><entry><id>https://news.example/2</id><title>y</title></entry></feed>"
)
RDF = (
    '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/">'
    '<channel rdf:about="x"><title>T</title></channel><item rdf:about="https://news.example/1"><title>A</title>'
    "<link>https://news.example/1</link></item></rdf:RDF>"
)
JSON = (
    '{"version":"https://jsonfeed.org/version/1.1","title":"T","authors":[{"name":"A"}],"items":'
    '[{"id":"1","url":"/1","tags":["a"],"date_published":"2026-11-23T10:00:00Z"},{"id":2,"content_html":"<b>x</b>"}]}'
)
SITEMAP = (
    '<?xml version="1.0"?><urlset xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">'
    "<url><loc>https://news.example/1</loc><lastmod>2026-11-23</lastmod></url><url><loc>https://news.example/2</loc>"
    "<news:news><news:publication><news:language>fa</news:language></news:publication><news:title>T</news:title>"
    "<news:publication_date>2026-11-23T10:00:00Z</news:publication_date></news:news></url></urlset>"
)
INDEX = (
    "<sitemapindex><sitemap><loc>https://news.example/map-2026-03.xml</loc><lastmod>2026-11-23T10:00:00Z</lastmod>"
    "</sitemap><sitemap><loc>/b.xml.gz</loc></sitemap></sitemapindex>"
)
ADDRESSES = "https://news.example/2026/11/23/a\nhttps://news.example/2026/11/22/b\n"
LISTING = (
    '<!DOCTYPE html><html lang="fa"><head><base href="/x/"><link rel="next" href="?page=2"><title>L</title></head>'
    '<body><nav><a href="/w">World</a></nav><ul><li><a href="/news/12345/a-b-c"><h2>Talks resume in Muscat</h2></a>'
    '<time datetime="2026-11-23T10:00:00Z">x</time></li><li><a href="/news/12346/d"><img alt="Rain ends the drought">'
    '</a></li><li><a href="?page=2">2</a></li></ul></body></html>'
)
KINDS: dict[str, tuple[str, FeedFormat]] = {
    "rss": (RSS, "auto"), "atom": (ATOM, "auto"), "rdf": (RDF, "auto"), "jsonfeed": (JSON, "auto"),
    "sitemap": (SITEMAP, "sitemap"), "sitemap index": (INDEX, "sitemap"), "addresses": (ADDRESSES, "sitemap"),
    "listing": (LISTING, "listing"),
}  # fmt: skip

_PIECES: tuple[bytes, ...] = (
    *b"< > & ' \" = / ]]> <![CDATA[ <!-- --> <item> </item> <entry> </channel> <a href= <url> <loc> <base>".split(),
    *b"&#xD800; &#1114112; &#0; &nbsp; &unknown; xmlns:a=' xml:base='http://[' { } [ ] null 1e999 \\ud800 \\".split(),
    *b"javascript:alert(1) data:text/html,x file:///etc/passwd http://[::1 http://a..b/ //user:pw@h:99999/".split(),
    *(b"2026-02-30T25:61:61+99:99", b"Mon, 99 Foo 9999 99:99:99 +9999", b"0000-00-00", "١٤٠٤".encode()),
    *(b'<!DOCTYPE x [<!ENTITY a "&a;&a;">]>', b"<?x", b"<x:y>", b"\x00", b"\x0b", b"\xff", b"\xfe\xff"),
    *(b"\xed\xa0\x80", "\u202e\u2028\ufeff\u200b".encode(), b"\xc3"),
    *(b"<b>" * 40, b"A" * 3_000, b"<" * 300, b"&" * 300, b"9" * 400),
)  # fmt: skip
_ENCODINGS = (
    "utf-8",
    "utf-16",
    "utf-16-le",
    "utf-16-be",
    "utf-32",
    "utf-8-sig",
    "cp1256",
    "cp1251",
    "gb18030",
    "latin-1",
)
_TYPES = (
    None,
    "text/html",
    "text/xml; charset=utf-16",
    "application/json; charset=gb18030",
    "x; charset=no-such",
    "\x00",
)


def damaged(random_: random.Random) -> tuple[str, FeedFormat, bytes]:
    """One document of a random kind, in a random encoding, with up to eight random faults."""
    kind = random_.choice(list(KINDS))
    text, form = KINDS[kind]
    body = text.encode(random_.choices(_ENCODINGS, [12] + [1] * 9)[0], "xmlcharrefreplace")
    for _ in range(random_.randrange(9)):
        body = _FAULTS[random_.randrange(len(_FAULTS))](body, random_)
    if random_.random() < 0.05:
        body = gzip.compress(body, mtime=0)
        body = body[: random_.randrange(len(body))] if random_.random() < 0.5 else body
    return kind, random_.choice((form, form, form, "auto", "listing", "sitemap")), body


def _cut(body: bytes, random_: random.Random) -> bytes:
    return body[: random_.randrange(len(body) + 1)]


def _insert(body: bytes, random_: random.Random) -> bytes:
    place = random_.randrange(len(body) + 1)
    return body[:place] + random_.choice(_PIECES) + body[place:]


def _replace(body: bytes, random_: random.Random) -> bytes:
    place = random_.randrange(len(body) + 1)
    return body[:place] + random_.choice(_PIECES) + body[place + random_.randrange(40) :]


def _remove(body: bytes, random_: random.Random) -> bytes:
    place = random_.randrange(len(body) + 1)
    return body[:place] + body[place + random_.randrange(30) :]


def _repeat(body: bytes, random_: random.Random) -> bytes:
    start = random_.randrange(len(body) + 1)
    return (body[:start] + body[start : start + random_.randrange(200)] * random_.randrange(30) + body[start:])[
        :200_000
    ]


def _flip(body: bytes, random_: random.Random) -> bytes:
    if not body:
        return body
    place = random_.randrange(len(body))
    return body[:place] + bytes([random_.randrange(256)]) + body[place + 1 :]


def _swap(body: bytes, random_: random.Random) -> bytes:
    first, second = sorted(random_.randrange(len(body) + 1) for _ in range(2))
    return body[first:second] + body[:first] + body[second:]


_FAULTS: tuple[Callable[[bytes, random.Random], bytes], ...] = (
    _cut, _insert, _insert, _replace, _replace, _remove, _repeat, _flip, _flip, _swap,
)  # fmt: skip


def check(reading: Reading) -> None:
    """What holds for every reading; AssertionError where it does not."""
    for seen in reading.sightings:
        assert seen.url.startswith(("http://", "https://")), seen.url
        for value in (seen.headline, seen.summary, seen.guid, seen.published_raw, *seen.authors, *seen.tags):
            assert value is None or (value.encode("utf-8") and "\x00" not in value and "\n" not in value), value
        assert seen.published is None or seen.published.utcoffset() is not None
        assert len(seen.headline or "") <= 1_000
    for url in (reading.next_page, *(listed.url for listed in reading.sitemaps)):
        assert url is None or url.startswith(("http://", "https://")), url


def fuzz(number: int, seed: int = 1) -> tuple[Counter[str], list[str], float]:
    """Reads so many documents: kinds of what was read, what went wrong, seconds that the slowest took."""
    random_ = random.Random(seed)
    source = Source(id="fuzz", name="Fuzz", homepage=SITE, languages=("fa",))
    kinds: Counter[str] = Counter()
    wrong: list[str] = []
    slowest = 0.0
    for n in range(number):
        kind, form, body = damaged(random_)
        began = time.process_time()
        try:
            reading = read(
                body, source=source, feed=Feed(url=SITE + "x", format=form), url=SITE + "x",
                content_type=random_.choice(_TYPES), now=NOW, window=Window.of("2026-01-01") if n % 3 == 0 else None,
            )  # fmt: skip
            check(reading)
            kinds[f"{kind}: {reading.format or 'refused'}"] += 1
        except Exception:  # noqa: BLE001 - any at all is what is looked for
            wrong.append(f"document {n} of seed {seed}, {kind}:\n{traceback.format_exc()}")
        slowest = max(slowest, time.process_time() - began)
    return kinds, wrong, slowest


def main() -> int:
    number, seed = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000, int(sys.argv[2]) if len(sys.argv) > 2 else 1
    began = time.monotonic()
    kinds, wrong, slowest = fuzz(number, seed)
    for name, count in sorted(kinds.items()):
        print(f"{count:8}  {name}")
    for problem in wrong[:5]:
        print(problem)
    print(
        f"documents={number} seed={seed} exceptions={len(wrong)} slowest={slowest * 1000:.0f} ms"
        f" in {time.monotonic() - began:.0f} s"
    )
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
