"""Who wrote the article: people or agencies, never jobs, handles or the site itself."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from lxml import etree

from aggregator.extraction import jsonld
from aggregator.extraction.decode import Element
from aggregator.extraction.dom import Measures, names, spaced_text
from aggregator.extraction.structured import Structured
from aggregator.records import Source
from aggregator.text import clean, fold

_BY = re.compile(
    r"^(?:(?:written|reported|reporting|story|words|text|posted|compiled) )?(?:by|von|par|por|door|af|av|di|da|de"
    r"|autor(?:en|in)?|auteurs?|author|автор|текст|от"
    r"|yazan|haber|muhabir|بقلم|كتب|كتبت|نویسنده|خبرنگار|تحریر|מאת|od|szerző|przez|autore|skrevet av|foto"
    r"|text)\s*[:：]?\s+",
    re.I,
)
_SPLIT = re.compile(
    r"\s*(?:[,;|/،؛•·&]|\s(?:and|und|et|y|e|og|och|en|ve|και|и|és|i|with|mit|avec|w/)\s|\sو\s|\n)\s*", re.I
)
_JOBS = frozenset(
    [
    "admin", "administrator", "staff", "editor", "editors", "editorial", "redaktion", "redaccion", "redazione",
    "redaction", "redakcja", "redactie", "reporter", "reporters", "correspondent", "journalist", "author",
    "authors", "team", "desk", "newsroom", "news", "writer", "contributor", "contributors", "webmaster", "guest",
    "online", "web", "digital", "redakteur", "redakteurin", "journaliste", "korrespondent", "chefredakteur",
    "senior", "chief", "political", "politics", "international", "foreign", "sports", "sport", "business",
    "bureau", "agencies", "agency", "wire", "service", "services", "deputy", "producer", "photographer", "video",
    "multimedia", "unknown", "anonymous", "none", "null", "user", "root", "superuser", "editor-in-chief", "autor",
    "autora", "autore", "auteur", "la", "le", "der", "die", "das", "the", "our", "of", "for", "in", "at", "us",
    "uk", "with", "by", "from", "and", "und", "et", "the", "editorial", "board", "political-desk", "special",
    "columnist", "opinion", "press", "tv", "associate", "managing", "freelance", "posted", "published", "updated",
    "name", "names", "datum", "date", "auteurs", "autoren", "comments", "kommentare", "photo", "foto",
    "photograph", "image", "getty", "images", "imago", "publisher", "head", "manager", "managing-editor", "tr",
    "en", "fr", "de",
]
)  # fmt: skip
_STRICT = frozenset(
    [
    "admin", "administrator", "webmaster", "redaktion", "redaccion", "redazione", "redaction", "redakcja",
    "redactie", "newsroom", "superuser", "anonymous", "editor", "staff",
]
)  # fmt: skip
_AGENCIES = frozenset(
    {"dpa", "apa", "afp", "ap", "sda", "ansa", "efe", "pap", "tt", "ntb", "stt", "belga", "lusa", "kna", "epd"}
)
_HANDLE = re.compile(r"[@#]|https?:|www\.|\.(?:com|net|org|de|fr|co)\b|\d|[<>{}=]")
_TRAIL = re.compile(r"\s*(?:\([^()]{0,60}\)|\[[^\[\]]{0,60}\]|[-–—|]\s.{0,60})$")
_BYLINE_WORDS = re.compile(
    r" (?:author|authors|byline|bylines|autor|auteur|autore|autoren|writer|reporter|yazar|signature|firma|penulis) "
)
_METAS = (
    "author", "byl", "dc.creator", "article:author", "parsely-author", "sailthru.author", "cxenseparse:author",
    "dcterms.creator", "authors", "article:author_name", "og:article:author", "citation_author",
)  # fmt: skip
_ORGANISATION = re.compile(
    r"(?:\b(?:gmbh|ag|e\.? ?v|ltd|inc|llc|media|verlag|stiftung|group|corp|company|magazin\w*|zeitung|bund|verband"
    r"|news|online|redaktion|agentur|getty|"
    r"istock|images|photo|foto|recipe|edition)\b|[©®:&!?])",
    re.I,
)
_PARTICLES = frozenset(
    [
    "de", "da", "do", "dos", "das", "di", "del", "della", "du", "la", "le", "el", "van", "von", "der", "den",
    "ter", "ten", "zu", "zur", "bin", "ibn", "al", "ben", "y", "e", "i", "af", "av", "v.",
]
)  # fmt: skip
_MAX_LINES = 4
_MAX = 12
_ABOVE = 250
"""Elements above the text among which a byline is looked for."""
_AUTHOR_PATH = re.compile(r"/(?:authors?|auteurs?|autor(?:en|es)?|autore|people|staff|profile|yazar|avtor)/[^/]+", re.I)


def authors(structured: Structured, bylines: Iterable[str], source: Source, sites: set[str]) -> tuple[str, ...]:
    """Names of the authors, in the order the page gives them."""
    stated = list(_stated(structured))
    own = {fold(name) for name in (source.name, *source.aliases)} | sites
    for given in (stated, list(structured.microdata.get("author", ()))):
        found = list(_people(given, own))
        if found:
            return tuple(found[:_MAX])
    # What stands in a byline or a meta element may be anything: only what reads as a name counts.
    for given in (list(bylines)[:_MAX_LINES], _metas(structured)):
        found = [name for name in _people(given, own) if _reads_as_name(name)]
        if found:
            return tuple(found[:_MAX])
    return ()


def _reads_as_name(name: str) -> bool:
    if fold(name) in _AGENCIES:
        return True
    words = name.split()
    if not 2 <= len(words) <= 5 or _ORGANISATION.search(name):
        return any(c > "\u2e80" for c in name) and len(name) <= 12
    return all(not word[0].islower() or word.lower() in _PARTICLES for word in words) and not words[0].endswith(":")


def _metas(structured: Structured) -> list[str]:
    return [value for name in _METAS for value in structured.metas.get(name, ())]


def _stated(structured: Structured) -> Iterator[str]:
    node = structured.article
    for key in ("author", "creator"):
        value = node.get(key)
        items = value if isinstance(value, list) else [value]
        by_id = {str(other.get("@id")): other for other in structured.nodes if other.get("@id") and other.get("name")}
        for item in items[: _MAX * 2]:
            if isinstance(item, dict) and not item.get("name") and str(item.get("@id")) in by_id:
                item = by_id[str(item.get("@id"))]
            yield from jsonld.texts(item)
        if any(items):
            return


def _people(given: Iterable[str], own: set[str]) -> Iterator[str]:
    seen: set[str] = set()
    for text in given:
        for part in _SPLIT.split(_BY.sub("", clean(text).strip())):
            name = _name(part)
            key = fold(name) if name else ""
            if name is None or key in seen or key in own or key.replace(" ", "") in own:
                continue
            seen.add(key)
            yield name


def _name(text: str) -> str | None:
    text = _TRAIL.sub("", _BY.sub("", text.strip(" .,:;-–—*"))).strip(" .,:;-–—*")
    if not 2 < len(text) <= 60 or _HANDLE.search(text):
        return None
    words = fold(text).replace("-", " ").split()
    if not words or len(words) > 6 or all(word.strip(".'") in _JOBS for word in words):
        return None
    if any(word in _STRICT for word in words):
        return None
    if text.isascii() and text.islower() and len(words) == 1 and text not in _AGENCIES:
        return None
    return (
        " ".join(word.capitalize() for word in text.split())
        if text.isupper() and len(words) > 1 and text.isascii()
        else text
    )


def bylines(root: Element, region: Element, measures: Measures) -> Iterator[str]:
    """Texts of the page's byline: links to authors and elements whose class says author, above the text.

    Where there is none above it, one right below counts; later ones belong to other articles.
    """
    inside = measures[region]
    above: list[str] = []
    below: list[str] = []
    prose = 0
    for element in root.iter(etree.Element):
        if element not in measures:
            continue
        measure = measures[element]
        if measure.prose and not measure.blocks and inside.order <= measure.order < inside.end:
            prose += 1
        if measure.order > inside.end + 60:
            break
        if not 3 < measure.text <= 80 or measure.order < inside.order - _ABOVE:
            continue
        found = _byline(element, measure.blocks)
        (above if prose <= 1 else below).extend(found)
    return iter(above or below[:2])


def _byline(element: Element, blocks: int) -> list[str]:
    if "author" in (element.get("rel") or "").split() or _AUTHOR_PATH.search(element.get("href") or ""):
        return [spaced_text(element)]
    if _BYLINE_WORDS.search(names(element)) and blocks <= 1:
        links = [spaced_text(link) for link in element.iter("a")]
        return [link for link in links if link] or [spaced_text(element)]
    return []
