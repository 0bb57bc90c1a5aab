"""Ninety hostile sites beside ten ordinary ones: are the ordinary ones read whole, in time, in bounded memory?

    python benchmarks/hostile.py [--seconds 120] [--megabytes 400] [--sites 90] [--only KIND,KIND]

Each hostile site has a feed, and pages, of one kind of its own: bombs, endless bodies, silence, drips, loops, redirects
inward, answers that are no HTTP, XML attacks, HTML that costs, absurd headers and dates, mass.  Peak resident memory is
the sum over all processes of the crawl, looked at ten times a second: what they share counted once, which is what the
crawl takes, and the plain sum, which counts it in each.  Both have to be below the bound.  A second server on another
loopback address, which no site may lead to, counts what reaches it.  Exit status 1 if anything was not as it should be.
"""

from __future__ import annotations

import argparse
import gzip
import json
import subprocess
import sys
import tempfile
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from tests.crawl.faulty_web import Answer, Desk, FaultyWeb, redirect
from tests.faults.raw import RawServer

ORDINARY, PAGES = 10, 10
FEED = {"Content-Type": "application/rss+xml"}
HTML = {"Content-Type": "text/html"}
MIB = 2**20
FORBIDDEN = "127.66.0.1"
"""An address of this machine that is not allowed: whoever connects to it has passed the guard."""


def dripping() -> Iterator[bytes]:
    """A byte now and then."""
    for _ in range(2_000):
        time.sleep(0.2)
        yield b"x"


def endless(part: bytes = b"<p>more</p>") -> Iterator[bytes]:
    """A body that never ends."""
    while True:
        yield part * 4_000


def rss(items: str, *, before: str = "", head: str = "") -> bytes:
    """A feed of these items."""
    return f'{before}<rss version="2.0"><channel><title>T</title>{head}{items}</channel></rss>'.encode()


LAUGHS = "<!DOCTYPE rss [" + '<!ENTITY a "ha">' + "".join(
    f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(12)
) + "]>"  # fmt: skip

Make = Callable[[FaultyWeb, str, str], None]


def hostile(inward: str) -> dict[str, Make]:
    """Kinds of hostile sites: each makes the answers of a host.  `inward` is where none may lead."""
    zeros = b"<p>zero</p>" * (6 * MIB)
    packed = {
        "gzip": (gzip.compress(zeros), "gzip"),
        "deflate": (zlib.compress(zeros), "deflate"),
        "double": (gzip.compress(gzip.compress(zeros)), "gzip, gzip"),
    }
    xml = {
        "laughs": rss("<item><title>&m;</title><link>/1</link></item>", before=LAUGHS),
        "quadratic": rss(
            f"<item><title>{'&a;' * 50_000}</title></item>", before=f'<!DOCTYPE rss [<!ENTITY a "{"x" * 50_000}">]>'
        ),
        "external": rss(
            "<item><title>&x;</title><link>/1</link></item>",
            before=f'<!DOCTYPE rss SYSTEM "{inward}/dtd" [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
        ),
        "deep": rss("<item>" + "<a>" * 200_000 + "</a>" * 200_000 + "</item>"),
        "many": rss(
            "".join(f"<item><title>T{n}</title><link>/page?utm_source={n}</link></item>" for n in range(60_000))
        ),
        "title": rss(f"<item><title>{'word ' * 1_500_000}</title><link>/1</link></item>"),
        "attribute": rss(f'<item a="{"x" * 5_000_000}"><title>T</title><link>/1</link></item>'),
        "open": b"<rss><channel>" + b"<item><title>" * 400_000,
        "brackets": b"<rss><channel>" + b"<" * 4_000_000,
        "entities": rss("<item><title>" + "&nosuch;" * 600_000 + "</title></item>"),
        "huge-ttl": rss("<item><title>T</title><link>/1</link></item>", head=f"<ttl>{'9' * 400}</ttl>"),
        "json-deep": b"[" * 3_000_000,
        "json-many": json.dumps(
            {"version": "https://jsonfeed.org/version/1", "items": [{"id": "1"}] * 300_000}
        ).encode(),
    }
    pages = {
        "nested": b"<html><body>" + b"<div>" * 400_000,
        "brackets-page": b"<html><body>" + b"<" * 3_000_000,
        "attribute-page": b'<html><body><p title="' + b"x" * 8_000_000 + b'">',
        "wide": b"<html><body><table>" + b"<td>a" * 700_000,
        "links": b"<html><body>" + b'<a href="/x">read more about it here</a> ' * 150_000,
        "scripts": b"<html><body>" + b'<script type="application/ld+json">{"@graph":[' * 60_000,
        "dates": b"<html><body><article><p>" + b"12 12 2026 Jan 12:00 " * 300_000,
        "words": b"<html><body><article><p>" + b"a " * 3_500_000,
    }
    made: dict[str, Make] = {}
    for name, (body, coding) in packed.items():
        headers = {**HTML, "Content-Encoding": coding}
        made[f"{name}-feed"] = _feed(Answer(body, headers=headers))
        made[f"{name}-page"] = _page(Answer(body, headers=headers))
    for name, body in xml.items():
        made[name] = _feed(Answer(body, headers=FEED))
    for name, body in pages.items():
        made[name] = _page(Answer(body, headers=HTML))
    made |= {
        "endless-feed": _feed(lambda _: Answer(stream=endless(b"<item><title>T</title></item>"), headers=FEED)),
        "endless-page": _page(lambda _: Answer(stream=endless(), headers=HTML)),
        "film": _page(lambda _: Answer(stream=endless(), headers={"Content-Type": "video/mp4"})),
        "drip-feed": _feed(lambda _: Answer(stream=dripping(), headers=FEED)),
        "drip-page": _page(lambda _: Answer(stream=dripping(), headers=HTML)),
        "silent-feed": _feed(Answer(seconds=100)),
        "silent-page": _page(Answer(seconds=100)),
        "silent-robots": _robots(Answer(seconds=100)),
        "endless-robots": _robots(lambda _: Answer(stream=endless(b"Disallow: /\n"), headers=HTML)),
        "loop": _page(lambda asked: redirect(asked.path)),
        "inward-page": _page(redirect(f"{inward}/page")),
        "inward-feed": _feed(redirect(f"{inward}/feed")),
        "inward-robots": _robots(redirect(f"{inward}/robots.txt")),
        "inward-link": _feed(Answer(rss(f"<item><title>T</title><link>{inward}/link</link></item>"), headers=FEED)),
        "metadata": _page(redirect("http://169.254.169.254/latest/meta-data/")),
        "file": _page(redirect("file:///etc/passwd")),
        "retry-after": _feed(Answer(status=429, headers={"Retry-After": "9" * 300})),
        "headers": _page(Answer(b"x", headers={**HTML, **{f"X-{n}": "y" * 8_000 for n in range(90)}})),
        "crash": _feed(Answer(rss("<item><title>&#xD800;\x00</title><link>/1</link></item>"), headers=FEED)),
    }
    return made


def _feed(answer: object) -> Make:
    def make(web: FaultyWeb, host: str, path: str) -> None:
        web.on(host, "/feed", answer)  # type: ignore[arg-type]
        web.source(host, path)

    return make


def _page(answer: object) -> Make:
    def make(web: FaultyWeb, host: str, path: str) -> None:
        web.on(host, path, answer)  # type: ignore[arg-type]
        web.source(host, path)

    return make


def _robots(answer: object) -> Make:
    def make(web: FaultyWeb, host: str, path: str) -> None:
        web.on(host, "/robots.txt", answer)  # type: ignore[arg-type]
        web.source(host, path)

    return make


def resident(root: int) -> list[tuple[int, int]]:
    """Bytes of memory of a process and all below it: what several share counted once (`Pss`), and in each (`Rss`)."""
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with suppress(OSError):  # it has ended meanwhile
                parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
                children.setdefault(parent, []).append(int(entry.name))
    sizes, below = [], [root]
    while below:
        process = below.pop()
        with suppress(OSError):
            rollup = Path(f"/proc/{process}/smaps_rollup").read_text()
            once, each = (int(rollup.partition(f"\n{name}:")[2].split()[0]) * 1024 for name in ("Pss", "Rss"))
            sizes.append((once, each))
        below += children.get(process, [])
    return sizes


def measure(process: subprocess.Popen[str], longest: float) -> tuple[float, list[int], list[int]]:
    """Seconds until it ended, and its processes' memory at the peaks of their sums, what they share counted once and
    counted in each; killed after `longest` seconds."""
    began, once, each = time.monotonic(), [0], [0]
    while process.poll() is None:
        sizes = resident(process.pid)
        once = max(once, [size for size, _ in sizes], key=sum)
        each = max(each, [size for _, size in sizes], key=sum)
        if time.monotonic() - began > longest:
            process.kill()
            break
        time.sleep(0.1)
    process.wait()
    return time.monotonic() - began, once, each


def megabytes(sizes: list[int]) -> str:
    """Their sum, and each."""
    return f"{sum(sizes) / 1e6:.0f} ({', '.join(f'{size / 1e6:.0f}' for size in sizes)})"


def main() -> int:
    """Measures and prints; 1 if anything was not as it should be."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=120.0)
    parser.add_argument("--megabytes", type=int, default=400)
    parser.add_argument("--sites", type=int, default=90)
    parser.add_argument("--only", default="", help="kinds parted by commas, to see what one of them costs")
    given = parser.parse_args()
    web, forbidden = FaultyWeb(), RawServer([b"HTTP/1.1 200 OK\r\n\r\n"], address=FORBIDDEN)
    kinds = hostile(forbidden.url(""))
    if given.only:
        kinds = {name: kinds[name] for name in given.only.split(",")}
    raw = (
        []
        if given.only
        else [
            RawServer([b"SSH-2.0-x\r\n"]),
            RawServer(lambda: iter(lambda: b"x" * 8_000, None)),
            RawServer(lambda: iter(lambda: b"HTTP/1.1 103 Early\r\n\r\n" * 100, None)),
            RawServer([b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"]),
            RawServer([b"HTTP/1.1 200 OK\r\n", 100.0]),
        ]
    )
    for n in range(given.sites - len(raw)):
        name, make = list(kinds.items())[n % len(kinds)]
        make(web, f"hostile-{n}-{name}", f"/page-{n}")
    for n, server in enumerate(raw):
        web.source(f"raw-{n}", listed=(server.url("/page"),))
    for n in range(ORDINARY):
        web.source(f"ordinary-{n}", *(f"/news/{m}" for m in range(PAGES)))
    with tempfile.TemporaryDirectory() as folder, web.serving():
        desk = Desk(Path(folder), web)
        # All are at one address here, which on the net would be a hundred.
        process = desk.start(
            "crawl.per_address=64", "crawl.delay=0.2s", "crawl.workers=2", "network.allow=127.0.0.1/32"
        )
        seconds, once, each = measure(process, given.seconds * 2)
        with desk.store() as store:
            whole = [
                n
                for n in range(ORDINARY)
                if all(
                    (entry := store.entry(web.url(f"ordinary-{n}", f"/news/{m}"))) and entry.state == "stored"
                    for m in range(PAGES)
                )
            ]
            verdict = store.row("PRAGMA integrity_check")
            counts = store.counts()
        said = process.stderr.read() if process.stderr else ""
    figures = {
        "hostile sites": given.sites,
        "kinds": len(kinds) + len(raw),
        "ordinary sites whole": f"{len(whole)} of {ORDINARY}",
        "exit status": process.returncode,
        "seconds": round(seconds, 1),
        "peak resident MB, shared counted once": megabytes(once),
        "peak resident MB, plain sum": megabytes(each),
        "connections to a forbidden address": forbidden.visitors,
        "tracebacks": said.count("Traceback"),
        "integrity_check": verdict[0] if verdict else None,
        **{name: n for name, n in counts.items() if name.startswith("frontier.")},
    }
    for name, value in figures.items():
        print(f"{name}: {value}")
    for line in [line for line in said.splitlines() if "Traceback" in line or "Error" in line][:10]:
        print(line[:200])
    good = len(whole) == ORDINARY and seconds <= given.seconds and max(sum(once), sum(each)) <= given.megabytes * 1e6
    return int(not good or forbidden.visitors > 0 or process.returncode != 0)


if __name__ == "__main__":
    sys.exit(main())
