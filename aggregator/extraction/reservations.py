"""What a publisher says about the use of a page by machines: robots directives, and rights that are reserved.

Read from the headers `X-Robots-Tag` and `tdm-reservation`, and from the meta elements that say the same.
Sources: https://developers.google.com/search/docs/crawling-indexing/robots-meta-tag (directives),
https://www.w3.org/community/reports/tdmrep/CG-FINAL-tdmrep-20240202/ (tdm-reservation),
https://www.deviantart.com/team/journal/UPDATE-All-Deviations-Are-Opted-Out-of-AI-Datasets-934500371 (noai).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from aggregator.extraction.decode import Element
from aggregator.records import Page

OURS = "aggregator"
"""Our token in robots directives, as in robots.txt."""

_RESERVING = frozenset({"noindex", "noarchive", "nosnippet", "noai", "noimageai", "tdm-reservation"})
_SAME = {"nocache": "noarchive", "none": "noindex"}
_AGENT = re.compile(r"\s*([A-Za-z][\w-]*)\s*:\s*(?!//)(.*)", re.S)
_VALUED = ("unavailable_after", "max-snippet", "max-image-preview", "max-video-preview")
_MAX = 2_000
"""Characters of one header or attribute that are read."""


def found(page: Page, tree: Element) -> tuple[str, ...]:
    """The directives of a page that are for everybody or for us, in the order of the alphabet.

    `noindex`, `noarchive`, `nosnippet`, `noai`, `noimageai`, and `tdm-reservation` where that is 1.
    """
    told = {*_of_headers(page.headers), *_of_elements(tree)}
    return tuple(sorted(told & _RESERVING))


def _of_headers(headers: Iterable[tuple[str, str]]) -> Iterator[str]:
    for name, value in headers:
        value = value[:_MAX]
        if name == "x-robots-tag":
            yield from _header(value)
        elif name == "tdm-reservation" and value.strip() == "1":
            yield "tdm-reservation"


def _header(value: str) -> Iterator[str]:
    """Directives of one X-Robots-Tag; `agent: a, b` is for that agent, up to the next one that is named."""
    ours = True
    for part in value.split(","):
        agent = _AGENT.match(part)
        if agent and agent[1].lower() not in _VALUED:
            ours, part = agent[1].lower() == OURS, agent[2]
        if ours:
            yield from _directives(part)


def _of_elements(tree: Element) -> Iterator[str]:
    for element in tree.iter("meta"):
        name = (element.get("name") or "").strip().lower()
        content = (element.get("content") or "")[:_MAX]
        if name in ("robots", OURS):
            yield from _directives(content)
        elif name == "tdm-reservation" and content.strip() == "1":
            yield "tdm-reservation"


def _directives(text: str) -> Iterator[str]:
    for word in re.split(r"[\s,;]+", text.lower()):
        yield _SAME.get(word, word)
