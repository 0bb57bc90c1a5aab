"""The headline: what the page's own statements agree on, without the site's name."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from aggregator.extraction import jsonld
from aggregator.extraction.structured import Structured
from aggregator.records import Decision, Source
from aggregator.text import fold

_SEPARATOR = re.compile(r"\s+[|–—·•»«:/-]+\s+|\s*[|»·•]\s*|\s+::\s+|\s+\|\|\s+")
_ELLIPSIS = re.compile(r"(?:\.{3}|…)$")


def choose(
    structured: Structured, source: Source, shown: str | None, listed: str | None
) -> tuple[str | None, Decision]:
    """The headline and why; `shown` is what a selector found, `listed` what the feed said."""
    sites = site_names(structured, source)
    candidates: list[tuple[str, str]] = []
    if shown:
        candidates.append(("selector", shown))
    candidates += [("h1", text) for text in structured.headings[:3]]
    article = structured.article
    candidates += [("jsonld", text) for text in jsonld.texts(article.get("headline"))[:1]]
    candidates += [("og:title", text) for text in structured.metas.get("og:title", ())[:1]]
    candidates += [("twitter:title", text) for text in structured.metas.get("twitter:title", ())[:1]]
    candidates += [("title", text) for text in filter(None, (structured.title,))]
    candidates += [("jsonld name", text) for text in jsonld.texts(article.get("name"))[:1]]
    candidates += [("feed", text) for text in filter(None, (listed,))]
    bare = [(where, without_site(text, sites)) for where, text in candidates]
    bare = [(where, text) for where, text in bare if text and fold(text) not in sites]
    if not bare:
        return None, Decision(what="headline", choice="none", reason="no statement of one")
    if shown:
        return bare[0][1], Decision(what="headline", choice=bare[0][1], reason="selector of the source")
    where, text, score = _agreed(bare)
    others = sorted({name for name, other in bare if fold(other) != fold(text)})
    reason = f"{where}, agreement {score:.1f}" + (f"; others differ: {', '.join(others)}" if others else "")
    return text, Decision(what="headline", choice=text, reason=reason)


_WEIGHT = {
    "h1": 1.2, "jsonld": 1.1, "og:title": 1.0, "title": 0.8, "twitter:title": 0.5, "jsonld name": 0.4, "feed": 0.5,
}  # fmt: skip


def _agreed(candidates: list[tuple[str, str]]) -> tuple[str, str, float]:
    best: tuple[str, str, float] | None = None
    for index, (where, text) in enumerate(candidates):
        key = _key(text)
        score = _WEIGHT[where] if where != "h1" or index == 0 else 0.6
        for other, (name, said) in enumerate(candidates):
            if other == index:
                continue
            their = _key(said)
            if their == key:
                score += _WEIGHT[name]
            elif _ELLIPSIS.search(said) and key.startswith(_key(_ELLIPSIS.sub("", said))):
                score += _WEIGHT[name] * 0.8
            elif len(key) > 15 and (key in their):
                score += _WEIGHT[name] * 0.5
        if _ELLIPSIS.search(text):
            score *= 0.6
        if len(text.split()) < 2 and len(text) < 10:
            score *= 0.5
        if best is None or score > best[2] + 0.01:
            best = (where, text, score)
    assert best is not None
    return best


@lru_cache(maxsize=256)
def _key(text: str) -> str:
    return re.sub(r"\W+", "", fold(text))


def site_names(structured: Structured, source: Source) -> set[str]:
    """Folded names the site goes by: the catalogue's, its own statements', its host's."""
    names: Iterable[str] = (
        source.name,
        *source.aliases,
        *structured.metas.get("og:site_name", ()),
        *structured.metas.get("application-name", ()),
        *jsonld.texts(structured.article.get("publisher"))[:2],
    )
    folded = {fold(name) for name in names}
    host = structured.base.split("/")[2] if structured.base.count("/") > 2 else ""
    labels = host.lower().removeprefix("www.").split(".")
    folded |= {host.lower(), host.lower().removeprefix("www."), *(label for label in labels[:-1] if len(label) > 3)}
    return {name for name in folded if name} | {name.replace(" ", "") for name in folded if name}


def without_site(text: str, sites: set[str]) -> str:
    """`text` without the site's name at either end; a part that only looks like a section next to it goes too."""
    text = text.strip()
    parts = list(_SEPARATOR.finditer(text))
    for match in reversed(parts):
        tail = text[match.end() :]
        if _is_site(tail, sites) and len(text[: match.start()]) >= 8:
            return without_site(text[: match.start()], sites)
    for match in parts[:1]:
        if _is_site(text[: match.start()], sites) and len(text) - match.end() >= 8:
            return without_site(text[match.end() :], sites)
    return text


def _is_site(part: str, sites: set[str]) -> bool:
    folded = fold(part)
    return (
        folded in sites
        or folded.replace(" ", "") in sites
        or (
            len(folded) < 40
            and any(len(site) > 4 and (folded.startswith(f"{site} ") or folded.endswith(f" {site}")) for site in sites)
        )
    )
