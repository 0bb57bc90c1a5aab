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
_BAR = re.compile(r"\s+[|–—·•»«/:-]+\s+|\s*[|»·•ㅣ｜]\s*")
_LAST_DASH = re.compile(r"(?:\s+[–—·•»«-]+\s+|(?<=[\u2e80-\ud7ff！？」”\"])[-_–—](?=[\u2e80-\ud7ff]))(.+)$")
_LONG = 25
_SECTION = re.compile(
    r"(?<=.{25})\s+[|»]\s+\w+(?:\s\w+)?$|(?<=[\u2e80-\ud7ff！？」”\"])[-_–—|ㅣ｜][\u2e80-\ud7ff]{1,5}$"
)
"""What stands between a headline and the site's name: the section."""
_LEADING_DAY = re.compile(r"^\d{1,2}[./]\s?\d{1,2}[./]\s?(?:\d{4}|\d{2})\s*(?:[-–—|:]\s*)(?=\S.{8})")
_ELLIPSIS = re.compile(r"(?:\.{3}|…)$")


def choose(
    structured: Structured, source: Source, shown: str | None, listed: str | None
) -> tuple[str | None, Decision]:
    """The headline and why; `shown` is what a selector found, `listed` what the feed said."""
    sites = site_names(structured, source) | _frame_name(structured)
    candidates: list[tuple[str, str]] = []
    if shown:
        candidates.append(("selector", shown))
    candidates += _headings(structured, sites)
    article = structured.article
    candidates += [("jsonld", text) for text in jsonld.texts(article.get("headline"))[:1]]
    candidates += [("og:title", text) for text in structured.metas.get("og:title", ())[:1]]
    candidates += [("twitter:title", text) for text in structured.metas.get("twitter:title", ())[:1]]
    candidates += [("title", text) for text in filter(None, (structured.title,))]
    candidates += [("jsonld name", text) for text in jsonld.texts(article.get("name"))[:1]]
    candidates += [("feed", text) for text in filter(None, (listed,))]
    bare = [(where, without_site(text, sites)) for where, text in candidates]
    bare = [(where, _LEADING_DAY.sub("", text)) for where, text in bare if text and fold(text) not in sites]
    is_known = bool(structured.metas.get("og:site_name"))
    if not is_known and len({_key(text) for _, text in bare}) == 1 and all(where in _OUTSIDE for where, _ in bare):
        bare = [(where, _first_part(text)) for where, text in bare]
    if not bare:
        return None, Decision(what="headline", choice="none", reason="no statement of one")
    if shown:
        return bare[0][1], Decision(what="headline", choice=bare[0][1], reason="selector of the source")
    where, text, score = _agreed(bare, structured)
    losers = dict.fromkeys(f"{name} “{other}”" for name, other in bare if fold(other) != fold(text))
    reason = f"{where}, agreement {score:.1f}" + (f"; others: {'; '.join(losers)}" if losers else "")
    return text, Decision(what="headline", choice=text, reason=reason)


_WEIGHT = {
    "h1": 1.2, "later h1": 0.7, "jsonld": 1.1, "og:title": 1.0, "title": 0.8, "twitter:title": 0.5, "jsonld name": 0.9,
    "feed": 0.5,
}  # fmt: skip
_ONLY_H1 = 1.2
"""What a page's only h1 weighs more: the others are often written for search engines and networks."""
_IN_H2 = 4.0
"""What a JSON-LD headline weighs more that the page shows as an h2: then its h1 was written for search engines."""
_MAX_HEADINGS = 10


_OUTSIDE = frozenset({"title", "og:title", "twitter:title"})
"""Statements that carry the site's name as often as not; where there is no other, nothing tells the two apart."""


def _first_part(text: str) -> str:
    """`text` without what stands beyond a bar or its last dash, where enough is left to be a headline."""
    first, bar, rest = text.partition(" | ")
    if bar and len(first) >= _LONG:
        return first if len(rest) < len(first) or " | " in rest else rest
    cut = next(reversed(list(_LAST_DASH.finditer(text))), None)
    return text[: cut.start()] if cut and _weight(text[: cut.start()]) >= max(_LONG, _weight(cut[1])) else text


def _weight(text: str) -> int:
    """Characters, those of scripts that need few of them counted double."""
    return len(text) + sum(c > "\u2e80" for c in text)


def _frame_name(structured: Structured) -> set[str]:
    """An h1 that begins with what the title element ends in, behind what is no h1: the site's name, in its logo."""
    title = structured.title or ""
    stated = {_key(text) for text in structured.metas.get("og:title", ())}
    stated |= {_key(text) for text in jsonld.texts(structured.article.get("headline"))}
    headings = [_key(text) for text in structured.headings[:_MAX_HEADINGS]]
    cut = next(reversed(list(_BAR.finditer(title))), None)
    if cut is None or _key(title[: cut.start()]) in headings or len(title[: cut.start()].split()) < 2:
        return set()
    key = _key(title[cut.end() :])
    logos = [text for text in structured.headings[:1] if key and _key(text).startswith(key)]
    if logos and key not in stated and (len(key) > 6 or key in headings):
        return {fold(title[cut.end() :]), *map(fold, logos)}
    return set()


def _headings(structured: Structured, sites: set[str]) -> list[tuple[str, str]]:
    """The h1 elements in order; one that stands there twice is part of the frame, unless it is the only one."""
    headings = structured.headings[:_MAX_HEADINGS]
    keys = [_key(text) for text in headings]
    distinct = len(set(keys))
    kept = [
        _without_kicker(text, structured, sites)
        for key, text in zip(keys, headings, strict=False)
        if (distinct == 1 or (keys.count(key) == 1 and key not in _FRAME)) and fold(text) not in sites
    ]
    return [("h1" if number == 0 else "later h1", text) for number, text in enumerate(kept)]


def _without_kicker(heading: str, structured: Structured, sites: set[str]) -> str:
    """The heading without an element of its own before it, unless the page's other titles join the two by a colon."""
    for kicker, rest in structured.kickers:
        if heading.startswith(kicker) and heading.endswith(rest) and len(rest) < len(heading):
            whole = f"{kicker.rstrip(' :')}: {rest}"
            others = (
                *jsonld.texts(structured.article.get("headline"))[:1],
                *structured.metas.get("og:title", ())[:1],
            )
            return whole if any(fold(without_site(other, sites)) == fold(whole) for other in others) else rest
    return heading


_FRAME = frozenset(
    ["navigation", "navigationundservice", "menu", "menü", "sections", "search", "suche", "service", "postnavigation"]
)


def _agreed(candidates: list[tuple[str, str]], structured: Structured) -> tuple[str, str, float]:
    subheadings = {_key(text) for text in structured.subheadings}
    headings = sum(where.endswith("h1") for where, _ in candidates)
    best: tuple[str, str, float] | None = None
    for index, (where, text) in enumerate(candidates):
        key = _key(text)
        score = _WEIGHT[where]
        if headings > 1 and where.endswith("h1"):
            score = (0.9 if where == "h1" else 0.8) + min(len(key), 60) / 200
        if where == "h1" and headings == 1 and _is_spoken_of(text, key, candidates):
            score += _ONLY_H1
        score += sum(_support(key, each) for other, each in enumerate(candidates) if other != index)
        if where == "jsonld" and key in subheadings:
            score += _IN_H2
        score *= _doubt(where, text, candidates)
        if best is None or score > best[2] + 0.01:
            best = (where, text, score)
    assert best is not None
    return best


def _support(key: str, other: tuple[str, str]) -> float:
    """What another statement adds to the headline of that key."""
    name, said = other
    their = _key(said)
    if their == key:
        return _WEIGHT[name]
    cut = _ELLIPSIS.search(said) and key.startswith(_key(_ELLIPSIS.sub("", said)))
    if cut or key in {_key(part) for part in _BAR.split(said)}:
        return _WEIGHT[name] * 0.8
    return _WEIGHT[name] * 0.5 if len(key) > 15 and key in their else 0.0


def _doubt(where: str, text: str, candidates: list[tuple[str, str]]) -> float:
    """What is left of a statement's score: some are cut short, some carry something of the site's."""
    left = 1.0
    if where in _OUTSIDE and any(name in _OWN and _goes_before(said, text) for name, said in candidates):
        left *= 0.6
    if _ELLIPSIS.search(text):
        left *= 0.6
    return left * 0.5 if len(text.split()) < 2 and len(text) < 10 else left


_OWN = frozenset({"h1", "later h1", "jsonld"})


def _goes_before(headline: str, text: str) -> bool:
    """Whether `text` is `headline`, a separator and a few words more."""
    if not text.startswith(headline):
        return False
    rest = text[len(headline) :]
    return _BAR.match(rest) is not None or (rest[:1] in "-_–" and rest[:1] != "")


def _is_spoken_of(heading: str, key: str, candidates: list[tuple[str, str]]) -> bool:
    """Whether the page's other statements share words with its h1, so that it is no heading of the frame.

    Where JSON-LD says another headline, nothing is outweighed.
    """
    others = [(where, text) for where, text in candidates if not where.endswith("h1")]
    keys = [(where, _key(text)) for where, text in others]
    apart = _is_set_off(heading)
    if any(their != key and (where == "jsonld" or (their in key and not apart)) for where, their in keys):
        return False
    own = _long_words(heading)
    return any(own & _long_words(text) for _, text in others)


def _is_set_off(heading: str) -> bool:
    """Whether a kicker of the heading is parted from it by a mark: then it is meant to be read with it."""
    return ": " in heading[:_LONG]


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
            return without_site(_SECTION.sub("", text[: match.start()]), sites)
    for match in parts[:1]:
        if _is_site(text[: match.start()], sites, exact=True) and len(text) - match.end() >= 8:
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
