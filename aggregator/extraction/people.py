"""Who wrote the article: people or agencies, never jobs, handles or the site itself."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from aggregator.extraction import jsonld
from aggregator.extraction.decode import Element
from aggregator.extraction.dom import Measures, names, spaced_text, squeeze
from aggregator.extraction.structured import Structured
from aggregator.records import Decision, Source
from aggregator.text import clean, fold

_BY = re.compile(
    r"^(?:(?:written|reported|reporting|story|words|text|posted|compiled|published|eingestellt|geschrieben|verfasst"
    r"|escrito|publicado|scritto|geschreven|napisal|ecrit|écrit) )?(?:by|von|par|por|door|af|av|di|da|de"
    r"|autor(?:en|in)?|auteurs?|author|автор|текст|от"
    r"|yazan|haber|muhabir|بقلم|كتب|كتبت|نویسنده|خبرنگار|تحریر|מאת|od|szerző|przez|autore|skrevet av|foto"
    r"|text)\s*[:：]?\s+",
    re.I,
)
_WAW = re.compile(
    r"^(\S+ \S+(?: \S+)?) و(?!ليد|ائل|سام|سيم|فاء|جيه|ردة|هيب|داد|حيد|لاء|ضاح|جدي|صفي|يسي)(\S{3,} \S+(?: \S+)?)$"
)
"""Arabic writes "and" together with the name behind it; names that begin with the letter are not cut."""
_LABELLED = re.compile(
    r"(?:(?:written|reported) by|authors?|autor(?:en|in|innen)?|auteure?s?|autore|autori|автор(?:ы)?|yazan|yazar"
    r"|نویسنده|نگارنده|الكاتب|بقلم|إعداد|כתב|מאת|text(?:e|o)?(?:\s(?:&|und|and|et)\s\w+)?)\s*[:：/]\s*(?=\S)",
    re.I,
)
"""Labels that announce an author wherever they stand."""
_BY_LINE = re.compile(r"(?:by|von|par|por|door|av|af|بقلم|מאת)\s+(?=\S)", re.I)
"""Words that announce one right above the text."""
_SPLIT = re.compile(
    r"\s*(?:[,;|/،؛•·&]|\s(?:and|und|et|y|e|og|och|en|ve|και|и|és|i|with|mit|avec|w/|im gespräch mit"
    r"|in conversation with)\s|\sو\s|\n)\s*",
    re.I,
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
    "en", "fr", "de", "agenturen", "agences", "agencias", "agenzie", "follow", "report", "correspondents", "writers",
    "correspondant", "corresponsal", "corrispondente", "korrespondentin", "muhabir", "jurnalis", "wartawan",
]
)  # fmt: skip
_STRICT = frozenset(
    fold(word) for word in [
    "admin", "administrator", "webmaster", "redaktion", "redaccion", "redazione", "redaction", "redakcja",
    "redactie", "newsroom", "superuser", "anonymous", "editor", "staff", "تحریریه", "گروه", "سرویس", "مدیر",
    "ادمین", "خبرنگاران", "سردبیر", "دفتر", "واحد", "التحرير", "محرر", "المحرر", "هيئة", "إدارة", "قسم", "فريق",
    "وكالات", "متابعات", "المحررون", "مراسل", "مراسلنا", "الموقع", "كتب", "كتبت", "بقلم", "merkezi", "haberler",
    "haberleri", "editör", "editörü", "servisi", "masası", "redaksiyon", "yönetici", "haber", "מערכת", "כתבי",
    "סוכנויות", "редакция", "редакции", "отдел", "служба", "корреспондент", "администратор", "ڈیسک", "ویب", "نیوز",
    "رپورٹ", "ادارہ", "دەستەی", "نووسەران",
    ]
)  # fmt: skip
"""Words of which one is enough: whoever they are said of is a desk, not a person."""
_AGENCIES = frozenset(
    [
    "dpa", "apa", "afp", "ap", "sda", "ansa", "efe", "pap", "tt", "ntb", "stt", "belga", "lusa", "kna", "epd", "sid",
    "reuters", "xinhua", "tass", "interfax", "kyodo", "yonhap", "bernama", "antara", "irna", "isna", "ilna", "iha",
    "dha", "aa", "wafa", "petra", "sana", "spa", "wam", "kuna", "qna", "ina", "aap", "pti", "ani", "ians", "upi",
    "bloomberg", "associated press", "the associated press", "agence france presse", "cna", "anka", "mena",
]
)  # fmt: skip
_AGENCY = re.compile(
    r"\b(?:news agency|press agency|agence|agency|agencia|agenzia|agentur|nachrichtenagentur|ajansi|presse-agentur"
    r"|associated press|press association|press trust)\b|خبرگزاری|خبر گزاری|وکاله|סוכנות"
)
_MAX_HOUSE = 40
_ADDRESS = re.compile(r"[@<>{}=]|https?:|www\.")
_HANDLE = re.compile(r"[@#]|https?:|www\.|\.(?:com|net|org|de|fr|co)\b|\d|[<>{}=]")
_TRAIL = re.compile(
    r"\s*(?:\([^()]{0,60}\)|\[[^\[\]]{0,60}\]|[-–—|]\s.{0,60}|\s(?:기자|특파원|記者|记者)"
    r"|\sfor\s(?:the\s)?[^\W\d_].{0,40}|(?-i:\s(?:in|from|aus|à)\s[^\W\d_].{0,40}))$",
    re.I,
)
_CREDIT = re.compile(
    r"©|^\W*(?:image|photo(?:graph)?s?|picture|pic|foto|bild|credit|illustration|video|quelle|source)s?\b|\bgetty|istock",
    re.I,
)
"""Who made a picture is no author."""
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
_ARTICLES = frozenset({"der", "den", "du", "la", "le", "el", "zur", "zu"})
"""Particles that jobs and houses have in them too ("head of the desk"): nothing behind a comma is believed with one."""
_TITLES = frozenset(
    [
    "editor", "reporter", "correspondent", "journalist", "writer", "columnist", "photographer", "redakteur",
    "redakteurin", "korrespondent", "korrespondentin", "journaliste", "correspondant", "periodista", "giornalista",
    "muhabir", "muhabiri", "redacteur", "verslaggever", "toimittaja", "dziennikarz", "خبرنگار", "مراسل", "صحفي",
    "корреспондент", "журналист",
    ]
)  # fmt: skip
_JOINED = ("al-", "el-", "ad-", "an-", "ar-", "as-", "ash-", "at-", "az-", "d'", "d’")
"""Particles that are written together with the name they belong to."""
_MAX_LINES = 4
_MAX_LINKED = 3
"""More people than these, linked above the text one by one, are the house's columnists."""
_MAX = 12
_ABOVE = 250
"""Elements above the text among which a byline is looked for."""
_BELOW = 60
"""The same below it."""
_AUTHOR_PATH = re.compile(r"/(?:authors?|auteurs?|autor(?:en|es)?|autore|people|staff|profile|yazar|avtor)/[^/]+", re.I)


@dataclass(frozen=True, slots=True)
class Byline:
    """A text that stands where a page names its authors."""

    text: str
    linked: bool = False
    """it is a link to an author's page"""
    printed: bool = False
    """only its own words say that it names an author"""


def choose(
    structured: Structured, bylines: Iterable[Byline], source: Source, sites: set[str], page_text: str | None = None
) -> tuple[tuple[str, ...], Decision]:
    """Names of the authors in the order the page gives them, and why; `page_text` is what it shows, squeezed."""
    own = {fold(name) for name in (source.name, *source.aliases)} | sites
    shown = page_text.casefold() if page_text is not None else None
    found: list[tuple[str, list[str]]] = []
    stated = list(_people(_stated(structured), own))
    if shown is not None and _is_only_linked(structured) and not _is_shown(stated, shown):
        stated = []  # the account that a system keeps for whoever put the page in
    found.append(("jsonld", stated))
    # What stands in a byline, a meta element or an attribute may be anything: only what reads as a name counts.
    lines = list(bylines)
    # A page that calls itself no article has its webmaster in its meta elements as often as an author.
    metas = _named([Byline(text) for text in _metas(structured)], own) if structured.is_article else []
    found += [
        ("byline", _named([line for line in lines if not line.printed], own)),
        ("line that says by whom", _named([line for line in lines if line.printed], own)),
        ("microdata", _named([Byline(text) for text in structured.microdata.get("author", ())][:_MAX_LINES], own)),
        ("meta", metas if shown is None or _is_shown(metas, shown) else []),
        ("jsonld, the house itself", list(_houses(structured, own))),
    ]
    where, names = next(((where, names) for where, names in found if names), ("nothing", []))
    losers = [f"{place} {', '.join(other)}" for place, other in found if other and place != where]
    refused = sorted({text for text in _metas(structured) if text not in names})[:3]
    losers += [f"meta {text} is no name, or not shown" for text in refused if not metas or where != "meta"]
    given = tuple(_merged(names)[:_MAX])
    reason = (f"stated by {where}" if given else "nobody is named") + (
        f"; others: {'; '.join(losers)}" if losers else ""
    )
    return given, Decision(what="authors", choice=", ".join(given) or "none", reason=reason)


def _is_only_linked(structured: Structured) -> bool:
    """Whether the article names its author by a link to another node only, as systems do by themselves."""
    author = structured.article.get("author")
    return isinstance(author, dict) and "@id" in author and not author.get("name")


def _is_shown(people: Iterable[str], shown: str) -> bool:
    return all(squeeze(name).casefold() in shown for name in people)


def _houses(structured: Structured, own: set[str]) -> Iterator[str]:
    """The newsroom or house that the article's JSON-LD gives in the place of people."""
    author = structured.article.get("author")
    items = [item for item in (author if isinstance(author, list) else [author]) if isinstance(item, dict)]
    for item in items[:_MAX_LINES]:
        newsroom = any(kind.endswith("newsmediaorganization") for kind in jsonld.types(item))
        for name in jsonld.texts(item)[:1]:
            known = fold(name) in own or any(fold(part) in own for part in name.split())
            if (known or newsroom) and 2 < len(name) <= _MAX_HOUSE and not _ADDRESS.search(name):
                yield name


def _named(given: list[Byline], own: set[str]) -> list[str]:
    plain = list(_people((each.text for each in given[:_MAX_LINES]), own))
    linked = set(_people((each.text for each in given if each.linked), own))
    found = [name for name in plain if _reads_as_name(name)]
    # A first name alone is a signature where it is all there is; beside a whole name it is a word of the menu.
    found = found or [name for name in plain if name in linked and _reads_as_nickname(name)]
    return [] if len(linked) > _MAX_LINKED and linked.issuperset(found) else found


def _merged(found: list[str]) -> list[str]:
    """Without names that are a part of a longer one among them."""
    words = [set(fold(name).split()) for name in found]
    return [name for name, own in zip(found, words, strict=True) if not any(own < other for other in words)]


def _reads_as_nickname(name: str) -> bool:
    """People of blogs sign with a first name; only a link to their page tells it from any other word."""
    return 3 <= len(name) <= 15 and name.isalpha() and name[0].isupper()


def _reads_as_name(name: str) -> bool:
    if _is_agency(name):
        return True
    words = name.split()
    if not 2 <= len(words) <= 5 or _ORGANISATION.search(name):
        return any(c > "\u2e80" for c in name) and len(name) <= 12
    return not words[0].endswith(":") and all(
        not word[0].islower() or word in _PARTICLES or word.startswith(_JOINED) for word in words
    )


def _is_agency(name: str) -> bool:
    folded = fold(name)
    return folded in _AGENCIES or _AGENCY.search(folded) is not None


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
            yield from _stated_names(item)
        if any(items):
            return


def _stated_names(item: object) -> Iterator[str]:
    """The names of one author of the JSON-LD; organisations only where they are agencies."""
    if not isinstance(item, dict):
        yield from jsonld.texts(item)
        return
    given = jsonld.texts(item)
    if not given:
        parts = (jsonld.text(item.get("givenName")), jsonld.text(item.get("familyName")))
        given = [" ".join(filter(None, parts))]
    organisation = any(name.endswith("organization") for name in jsonld.types(item))
    yield from (name for name in given if name and (not organisation or _is_agency(name)))


def _people(given: Iterable[str], own: set[str]) -> Iterator[str]:
    seen: set[str] = set()
    for text in given:
        line = _without_by(clean(text).strip())
        if _CREDIT.search(line):
            continue
        for number, part in enumerate(_SPLIT.split(_WAW.sub(r"\1، \2", line))):
            name = _name(part)
            key = fold(name) if name else ""
            if name is None or key in seen or ((key in own or key.replace(" ", "") in own) and not _is_agency(name)):
                continue
            if number and (not _reads_as_name(name) or _ARTICLES.intersection(name.split())):
                continue  # what follows a name on its line is more often its job, town or house
            seen.add(key)
            yield name


def _without_by(text: str) -> str:
    match = _BY.match(text)
    if match is None:
        return text
    rest = text[match.end() :]
    # "Di Maio" is a name, "Di Ann Rivers" says who wrote.
    return text if " " not in rest.strip() and match[0].strip().lower() in _PARTICLES else rest


def _name(text: str) -> str | None:
    text = _TRAIL.sub("", _without_by(text.strip(" .,:;-–—*"))).strip(" .,:;-–—*")
    words = text.split()
    if len(words) > 3 and words[: len(words) // 2] * 2 == words:
        text = " ".join(words[: len(words) // 2])  # a name and the same as the title of its link
    if fold(text) in _AGENCIES:
        return text
    text = _without_title(text)
    if not 2 < len(text) <= 60 or _HANDLE.search(text):
        return None
    words = fold(text).replace("-", " ").split()
    if not words or len(words) > 6 or all(word.strip(".'") in _JOBS for word in words):
        return None
    if any(word in _STRICT for word in words):
        return None
    if text.isascii() and text.islower() and len(words) == 1:
        return None
    return (
        " ".join(word.capitalize() for word in text.split())
        if text.isupper() and len(words) > 1 and text.isascii()
        else text
    )


def _without_title(text: str) -> str:
    """`text` without a job before or behind the name."""
    words = text.split()
    while len(words) > 2 and fold(words[-1]) in _TITLES:
        words.pop()
    while len(words) > 2 and fold(words[0]) in _TITLES:
        words.pop(0)
    return " ".join(words)


def bylines(region: Element, measures: Measures) -> Iterator[Byline]:
    """The page's byline: links to authors and elements whose class says author, above the text.

    Where there is none above it, one right below counts; later ones belong to other articles.
    """
    inside = measures[region]
    above: list[Byline] = []
    printed: list[Byline] = []
    below: list[Byline] = []
    prose = 0
    for element in measures.between(inside.order - _ABOVE, inside.end + _BELOW):
        measure = measures[element]
        if measure.prose and not measure.blocks and inside.order <= measure.order < inside.end:
            prose += 1
        if not 3 < measure.text <= 80:
            continue
        found = _byline(element, measure.blocks)
        (above if prose <= 1 else below).extend(found)
        if not found and measure.blocks == 0 and (prose <= 1 or measure.order <= inside.end):
            printed.extend(_printed(element, above_text=prose <= 1))
    return iter([*(above or below[:2]), *printed[:_MAX_LINES]])


def _printed(element: Element, *, above_text: bool) -> Iterator[Byline]:
    text = spaced_text(element)
    match = _LABELLED.match(text) or (_BY_LINE.match(text) if above_text else None)
    if match is not None and not text.rstrip().endswith(("?", "!", "…")):
        rest = text[match.end() :]
        if rest[:1].isalpha() and not rest[0].islower():
            yield Byline(rest, printed=True)


def _byline(element: Element, blocks: int) -> list[Byline]:
    keys = element.keys()
    if not keys:
        return []
    if ("rel" in keys and "author" in (element.get("rel") or "").split()) or (
        "href" in keys and _AUTHOR_PATH.search(element.get("href") or "")
    ):
        return [Byline(spaced_text(element), linked=True)]
    if _BYLINE_WORDS.search(names(element)) and blocks <= 1:
        links = [Byline(spaced_text(link)) for link in element.iter("a")]
        return [link for link in links if link.text] or [Byline(spaced_text(element))]
    return []
