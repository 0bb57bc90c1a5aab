"""Articles told on several pages: where the next page of this one is.

`rel=next` says it on such pages, but on others it leads to the next article, or on through a list.  It is believed
only where both addresses are one but for a page number, and the number is one higher.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import parse_qsl, unquote, urlsplit

from aggregator import urls
from aggregator.extraction.decode import Element

_NAMES = frozenset(
    {"page", "p", "pg", "pn", "pageno", "page_no", "pagenum", "paged", "seite", "pagina", "sayfa", "strana", "sida"}
)
_NUMBERED = re.compile(
    r"(?P<stem>.*?)[/._,-]?(?:\b|(?<=[_\d]))"
    r"(?:page|pg|p|seite|pagina|página|sayfa|strona|strana|side|sida|sivu|صفحه|страница)[-_/,.=]?"
    r"(?P<number>\d{1,2})(?P<rest>/?|\.\w{2,5})",
    re.I,
)
_BARE = re.compile(r"(?P<stem>.*[^/])(?P<sign>[/_,-])(?P<number>\d{1,2})(?P<rest>/?|\.\w{2,5})", re.I)
_OWN_NAME = re.compile(r"[^-_/]+(?:[-_][^-_/]+){2,}|[^/]*\d{5,}[^/]*")
"""A part of a path that names one article: several words, or a long number."""
_FIRST = 1


def next_page(root: Element, url: str, base: str) -> str | None:
    """The absolute URL of the next page of the article at `url`, or None."""
    own = set(_numbers(url))
    for element in root.iter("link", "a"):
        if "next" not in (element.get("rel") or "").lower().split():
            continue
        target = urls.absolute(element.get("href") or "", base)
        if target is None or urls.host(target) != urls.host(url):
            continue
        if any((stem, number - 1) in own for stem, number in _numbers(target) if number > 1):
            return target
    return None


def _numbers(url: str) -> Iterator[tuple[str, int]]:
    """What the address of an article may be without its page's number, and that number."""
    parts = urlsplit(url)
    path = unquote(parts.path)
    query = parse_qsl(parts.query, keep_blank_values=True)
    paged = [(name, value) for name, value in query if name.lower() in _NAMES and re.fullmatch(r"\d{1,2}", value)]
    rest = [pair for pair in query if pair not in paged]
    if len(paged) == 1 and (rest or _names_an_article(path)):
        yield _stem(path, rest), int(paged[0][1])
        return
    yield _stem(path, query), _FIRST
    for pattern in (_NUMBERED, _BARE):
        match = pattern.fullmatch(path)
        if match is not None and _names_an_article(match["stem"]):
            ending = match["rest"] if match["rest"] != "/" else ""
            yield _stem(match["stem"] + ending, query), int(match["number"])
            return


def _names_an_article(stem: str) -> bool:
    return any(_OWN_NAME.fullmatch(part) for part in stem.split("/"))


def _stem(path: str, query: list[tuple[str, str]]) -> str:
    return f"{path.rstrip('/')}?{sorted(query)}"
