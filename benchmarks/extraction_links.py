"""What pages full of links cost: an article and so many links beside it, in six layouts.

    python benchmarks/extraction_links.py [--links N]

Every layout is read with a tenth of the links and with all of them, after one page to warm up; CPU time of this
process.  Reading is linear where ten times the links take about ten times as long.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from aggregator.extraction import ExtractionOptions, Outlets, extract
from aggregator.records import Page, Sighting, Source

_URL = "https://valley.example/news/100/officials-meet-over-the-river"
_PROSE = (
    "The two delegations met on Tuesday in the old town hall and spoke for four hours about the level of the river.",
    "Both sides agreed that a joint office shall measure the water in every month and publish what it finds.",
    "Farmers in the lower valley had asked for such an office since the dry summers, when wells gave no water.",
    "A second meeting is planned for the autumn, and the ministers are expected to sign what has been agreed by then.",
)


def _link(number: int) -> str:
    return f'<a href="/news/{number}/story-{number}-of-the-valley">Story number {number} of the long valley</a>'


def _paragraphs(links: Sequence[str]) -> str:
    return _article("".join(f"<p>{link}</p>" for link in links))


def _flat(links: Sequence[str]) -> str:
    return _article(" ".join(links))


def _list(links: Sequence[str]) -> str:
    return _article(f"<ul>{''.join(f'<li>{link}</li>' for link in links)}</ul>")


def _after(links: Sequence[str]) -> str:
    return _article("", f"<div><h3>More stories</h3>{''.join(f'<div>{link}</div>' for link in links)}</div>")


def _empty(links: Sequence[str]) -> str:
    return _article("".join(link.partition(">")[0] + "></a>" for link in links))


def _boxes(links: Sequence[str]) -> str:
    return _article("".join(f'<div class="related"><h4>Read more</h4>{link}</div>' for link in links))


LAYOUTS: dict[str, Callable[[Sequence[str]], str]] = {
    "paragraphs": _paragraphs,
    "flat": _flat,
    "one list": _list,
    "after the text": _after,
    "empty": _empty,
    "boxes": _boxes,
}


def _article(between: str, below: str = "") -> str:
    first, *rest = (f"<p>{text}</p>" for text in _PROSE * 3)
    text = f"<article><h1>Officials meet over the river</h1>{first}{between}{''.join(rest)}</article>{below}"
    return f"<html><head><title>Officials meet over the river</title></head><body><main>{text}</main></body></html>"


def page(layout: str, links: int) -> str:
    """An article with so many links in a layout of `LAYOUTS`."""
    return LAYOUTS[layout]([_link(number) for number in range(links)])


def seconds(html: str) -> float:
    """CPU seconds that reading a page takes."""
    now = datetime.now(UTC)
    source = Source(id="valley", name="Valley Herald")
    sighting = Sighting(url=_URL, source_id=source.id, via="given", first_seen=now)
    given = Page(sighting=sighting, url=_URL, status=200, body=html.encode(), fetched=now)
    began = time.process_time()
    extract(given, source, Outlets.of([source]), ExtractionOptions())
    return time.process_time() - began


def main(arguments: Sequence[str] | None = None) -> int:
    """Reads a page of every layout and prints what it took."""
    parser = argparse.ArgumentParser(description="Times pages full of links.")
    parser.add_argument("--links", type=int, default=20_000, help="links of a page")
    links = parser.parse_args(arguments).links
    seconds(page("one list", 10))
    print(f"{'layout':16} {links // 10:>8} {links:>8}   times")
    for layout in LAYOUTS:
        few, many = seconds(page(layout, links // 10)), seconds(page(layout, links))
        print(f"{layout:16} {few:7.3f}s {many:7.3f}s {many / max(few, 1e-6):7.1f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
