"""The headline: what the page's own statements agree on, without the site's name."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from aggregator.extraction import jsonld
from aggregator.extraction.structured import Structured
from aggregator.records import Decision, Source
from aggregator.text import fold

_SEPARATOR = re.compile(
    r"\s+[|–—·•»«:/-]+\s+|\s*[|»·•ㅣ｜：]\s*|:\s+|\s+::\s+|\s+\|\|\s+|(?<=[\u2e80-\ud7ff\"”])[-_–](?=\w)"
)
_BAR = re.compile(r"\s+[|–—·•»«/-]+\s+|\s*[|»·•ㅣ｜]\s*")
_ELLIPSIS = re.compile(r"(?:\.{3}|…)$")


def choose(
    structured: Structured, source: Source, shown: str | None, listed: str | None
) -> tuple[str | None, Decision]:
    """The headline and why; `shown` is what a selector found, `listed` what the feed said."""
    sites = site_names(structured, source) | _frame_name(structured)
    candidates: list[tuple[str, str]] = []
    if shown:
        candidates.append(("selector", shown))
    candidates += _headings(structured)
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
    "h1": 1.2, "later h1": 0.7, "jsonld": 1.1, "og:title": 1.0, "title": 0.8, "twitter:title": 0.5, "jsonld name": 0.4,
    "feed": 0.5,
}  # fmt: skip
_ONLY_H1 = 1.2
"""What a page's only h1 weighs more: the others are often written for search engines and networks."""
_MAX_HEADINGS = 10


def _frame_name(structured: Structured) -> set[str]:
    """What the title element ends in, where it is also an h1 and shorter than what is before: the site, in its logo."""
    parts = _BAR.split(structured.title or "")
    if len(parts) < 2 or len(parts[-1]) >= len(parts[0]):
        return set()
    last = _key(parts[-1])
    stated = (*structured.metas.get("og:title", ()), *jsonld.texts(structured.article.get("headline")))
    is_logo = any(_key(text) == last for text in structured.headings) and not any(_key(text) == last for text in stated)
    return {fold(parts[-1])} if is_logo else set()


def _headings(structured: Structured) -> list[tuple[str, str]]:
    """The h1 elements in order; one that stands there twice is part of the frame, unless it is the only one."""
    keys = [_key(text) for text in structured.headings[:_MAX_HEADINGS]]
    distinct = len(set(keys))
    kept = [
        text
        for key, text in zip(keys, structured.headings, strict=False)
        if distinct == 1 or (keys.count(key) == 1 and key not in _FRAME)
    ]
    return [("h1" if number == 0 else "later h1", text) for number, text in enumerate(kept)]


_FRAME = frozenset(
    ["navigation", "navigationundservice", "menu", "menü", "sections", "search", "suche", "service", "postnavigation"]
)


def _agreed(candidates: list[tuple[str, str]]) -> tuple[str, str, float]:
    best: tuple[str, str, float] | None = None
    headings = sum(where.endswith("h1") for where, _ in candidates)
    parts = [{_key(part) for part in _BAR.split(text)} for _, text in candidates]
    for index, (where, text) in enumerate(candidates):
        key = _key(text)
        score = _WEIGHT[where]
        if headings > 1 and where.endswith("h1"):
            score = (0.9 if where == "h1" else 0.8) + min(len(key), 60) / 200
        if where == "h1" and headings == 1 and _is_spoken_of(text, key, candidates):
            score += _ONLY_H1
        for other, (name, said) in enumerate(candidates):
            if other == index:
                continue
            their = _key(said)
            if their == key:
                score += _WEIGHT[name]
            elif key in parts[other] or (_ELLIPSIS.search(said) and key.startswith(_key(_ELLIPSIS.sub("", said)))):
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


def _is_spoken_of(heading: str, key: str, candidates: list[tuple[str, str]]) -> bool:
    """Whether the page's other statements share words with its h1, so that it is no heading of the frame.

    Where JSON-LD says another headline, or one of the two has only a kicker more, nothing is outweighed.
    """
    others = [(where, text) for where, text in candidates if not where.endswith("h1")]
    keys = [(where, _key(text)) for where, text in others]
    if any(their != key and (where == "jsonld" or their in key or their.endswith(key)) for where, their in keys):
        return False
    own = _long_words(heading)
    return any(own & _long_words(text) for _, text in others)


def _long_words(text: str) -> set[str]:
    return {word for word in re.findall(r"\w+", fold(text)) if len(word) > 3 or not word.isascii()}


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
        if _is_site(tail, sites, exact=match[0][0] == ":") and len(text[: match.start()]) >= 8:
            return without_site(text[: match.start()], sites)
    for match in parts[:1]:
        if _is_site(text[: match.start()], sites, exact=match[0][0] == ":") and len(text) - match.end() >= 8:
            return without_site(text[match.end() :], sites)
    return text


def _is_site(part: str, sites: set[str], *, exact: bool = False) -> bool:
    """Whether `part` is a name of the site: written with other spaces and dashes, or with a word or two beside it."""
    folded, squeezed = fold(part), _key(part)
    if folded in sites or (squeezed and any(squeezed == _key(site) for site in sites)):
        return True
    if exact or len(folded) >= 40:
        return False
    few = len(folded.split()) <= 4
    return any(
        folded.startswith(f"{site} ") or folded.endswith(f" {site}") or (few and squeezed.startswith(_key(site)))
        for site in sites
        if len(_key(site)) > 4
    )
