"""The steps of reading a page, in order, and the article they make."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version
from time import perf_counter

from lxml.etree import strip_elements

import aggregator
from aggregator import urls
from aggregator.extraction import (
    addresses,
    body,
    boxes,
    cites,
    column,
    cutting,
    datelines,
    decode,
    headline,
    judgement,
    language,
    lead,
    linkblocks,
    pagination,
    paragraphs,
    people,
    plainness,
    prefix,
    published,
    reservations,
    state,
    structured,
    subjects,
    times,
)
from aggregator.extraction.cutting import Block
from aggregator.extraction.decode import Element
from aggregator.extraction.dom import UNREAD, Measures, comments, menus, remove, spaced_text, squeeze
from aggregator.extraction.options import ExtractionOptions
from aggregator.extraction.outlets import Outlets
from aggregator.extraction.relations import placed
from aggregator.extraction.structured import Structured
from aggregator.extraction.witnesses import Witnesses
from aggregator.records import Article, Decision, Extraction, Extractor, Page, Publisher, Source
from aggregator.text import one_line


def _library(name: str) -> str:
    try:
        return f"{name} {version(name)}"
    except PackageNotFoundError:
        return name


NAME = "aggregator"
_HARDLY_A_TEXT = 400
"""Characters below which the text may be in the data of the page's scripts, to be shown when they run."""
VERSION = f"{aggregator.__version__} ({_library('trafilatura')})"


@dataclass(slots=True)
class _Reading:
    """What is known of one page so far; private to the call of `read` that fills it."""

    page: Page
    source: Source
    decisions: list[Decision] = field(default_factory=list)
    seconds: list[tuple[str, float]] = field(default_factory=list)
    next_page: str | None = None
    reserved: tuple[str, ...] = ()
    since: float = field(default_factory=perf_counter)
    warnings: list[str] = field(default_factory=list)
    in_column: bool = False
    """whether the text was read as one column, so that nothing between its paragraphs was dropped by mistake"""
    cut: list[Element] = field(default_factory=list)
    """roots of what was cut out; they must outlive their descendants, or lxml walks all of it to free each of them"""

    def lap(self, part: str) -> None:
        now = perf_counter()
        self.seconds.append((part, round(now - self.since, 6)))
        self.since = now

    def decided(self, what: str, choice: str, reason: str) -> None:
        self.decisions.append(Decision(what=what, choice=choice[:300], reason=reason[:500]))

    def result(self, article: Article | None, rejected: str | None = None) -> Extraction:
        if rejected is not None:
            self.decided("outcome", "rejected", rejected)
        return Extraction(
            page=self.page,
            article=article,
            rejected=rejected,
            next_page=self.next_page if article is not None else None,
            decisions=tuple(self.decisions),
            seconds=tuple(self.seconds),
        )


@dataclass(frozen=True, slots=True)
class _Selected:
    """What the selectors of a source find."""

    headline: str | None
    lead: str | None
    authors: tuple[str, ...]
    published: tuple[times.Stamp, ...]


def read(page: Page, source: Source, outlets: Outlets, options: ExtractionOptions) -> Extraction:
    """The article of a page; may raise on what nobody has thought of."""
    reading = _Reading(page, source)
    reason = judgement.unreadable(page)
    if reason is not None:
        return reading.result(None, reason)
    if page.body.count(b"<") > 4 * options.max_elements:
        return reading.result(None, f"over {options.max_elements} elements")  # before a tree of them takes memory
    html = decode.decode(page, options.max_bytes)
    tree = decode.parse(html, options.max_depth)
    reading.lap("parse")
    if tree is None:
        return reading.result(None, "no HTML in the body")
    if decode.size(tree) > options.max_elements:
        return reading.result(None, f"over {options.max_elements} elements")
    reading.reserved = reservations.found(page, tree)
    if reading.reserved:
        reading.decided("reserved", ", ".join(reading.reserved), "X-Robots-Tag, tdm-reservation and meta elements")
        if options.data_use == "skip":
            said = ", ".join(reading.reserved)
            return reading.result(None, f"its publisher reserves its use by machines ({said}): extraction.data_use")
    stated = structured.read(tree, page.url)
    reading.lap("structured")
    return _read_tree(reading, tree, stated, html, outlets, options)


def _read_tree(
    reading: _Reading, tree: Element, stated: Structured, html: str, outlets: Outlets, options: ExtractionOptions
) -> Extraction:
    page, source = reading.page, reading.source
    languages = tuple(dict.fromkeys(filter(None, (language.stated(stated), *source.languages))))
    selected = _selected(tree, source, languages)
    title, why = headline.choose(stated, source, selected.headline, page.sighting.headline)
    reading.decisions.append(why)
    removed = [element for selector in source.selectors.remove for element in _select(tree, selector)]
    reading.next_page = pagination.next_page(tree, page.url, stated.base)
    scripts = state.scripts(tree)
    strip_elements(tree, *UNREAD, with_tail=False)
    for element in [*comments(tree), *menus(tree), *removed]:
        remove(element)

    blocks, page_text, measures, region = _cut_blocks(reading, tree, stated)
    shown = datelines.find(region, measures, languages, source.country)
    bylines = list(people.bylines(region, measures))
    standfirst = selected.lead or lead.find(tree, region, measures, stated, title)
    reading.lap("layout")

    found = _body(reading, tree, stated, region, measures, standfirst)
    if sum(len(paragraph.text) for paragraph in found) < _HARDLY_A_TEXT:
        found = _from_state(reading, scripts, title, found)
    found = _bounded(reading, found, options.max_text)
    reading.lap("body")
    moments = published.choose(stated, shown, selected.published, page.sighting, source, page.fetched, page.url)
    if moments.source in (None, "url") and (seen := datelines.anywhere(tree, measures, languages, source.country)):
        moments = published.choose(stated, seen, selected.published, page.sighting, source, page.fetched, page.url)
    if moments.source is None and (told := datelines.relative(region, measures, page.fetched)) is not None:
        moments = published.ago(told, moments)
    if moments.source is None:
        moments = published.searched(tree, page.url, page.fetched, moments, languages, source.country)
    reading.decisions.extend(moments.decisions)
    reading.lap("times")

    sites = headline.site_names(stated, source)
    authors, why = people.choose(stated, bylines, source, sites, page_text)
    if selected.authors:
        authors = selected.authors
        why = Decision(what="authors", choice=", ".join(authors), reason="selectors of the source")
    reading.decisions.append(why)
    lines = [each.stamp.raw for each in shown]
    furniture = paragraphs.Furniture(title, authors, lines, sites, paragraphs.titles(stated))
    witnesses = Witnesses.of(region, stated.article_bodies(), whole=reading.in_column)
    kept = paragraphs.kept(witnesses.completed(found), furniture, standfirst, witnesses)
    places = _places(reading, kept, source, outlets)
    texts, agency = _without_prefix(reading, kept, source, outlets)
    reason = judgement.no_article(title, texts, stated, page.url, options)
    if reason is not None or title is None:
        return reading.result(None, reason or "no headline")
    canonical, alternatives, why = addresses.of(stated, page)
    reading.decisions.append(why)
    spoken, why = language.choose("\n".join(texts), stated, source)
    reading.decisions.append(why)
    relations = placed(blocks, texts, page_text, options.max_relations)
    _explain(reading, blocks)
    section, why = subjects.section(stated, page.sighting.section, agency.section if agency else None)
    reading.decisions.append(why)
    cited = cites.find(texts, source, outlets, agency.agency if agency else None)
    reading.decided("cites", ", ".join(cited) or "none", "outlets beside a word of saying or reporting")
    # A call to subscribe is no paragraph of the text, but it tells who can read on.
    access, why = judgement.access(stated, html, texts, [paragraph.text for paragraph in found[-3:]])
    reading.decisions.append(why)
    article = Article(
        id=urls.article_id(canonical),
        url=page.url,
        canonical_url=canonical,
        alt_urls=alternatives,
        source=_publisher(source),
        headline=one_line(title) or title,
        lead=texts[0] if standfirst and texts and squeeze(texts[0]) == squeeze(standfirst) else None,
        text="\n\n".join(texts),
        language=spoken,
        authors=tuple(filter(None, map(one_line, authors))),
        agency=one_line(agency.agency) if agency else None,
        places=places,
        cites=cited,
        section=one_line(section),
        tags=subjects.tags(stated),
        images=subjects.images(stated),
        published=moments.published,
        published_local=moments.local,
        published_raw=one_line(moments.raw),
        published_zone=moments.zone,
        published_source=moments.source,
        modified=moments.modified,
        fetched=page.fetched,
        relations=relations,
        access=access,
        reserved=reading.reserved,
        extractor=Extractor(name=NAME, version=VERSION),
        warnings=(*reading.warnings, *moments.warnings),
    )
    article = plainness.plain(article)
    _explain_rest(reading, article, "selector of the source" if selected.lead else "standfirst below the headline")
    reading.lap("assembly")
    return reading.result(article)


def _publisher(source: Source) -> Publisher:
    return Publisher(
        id=source.id,
        name=source.name,
        country=source.country,
        region=source.region,
        language=next(iter(source.languages), None),
    )


def _cut_blocks(reading: _Reading, tree: Element, stated: Structured) -> tuple[list[Block], str, Measures, Element]:
    measures = Measures(tree)
    finder = linkblocks.Finder(tree, measures, stated.base, reading.page.url)
    named = [element for selector in reading.source.selectors.related for element in _select(tree, selector)]
    found = finder.find([element for element in named if element in measures])
    reading.cut.extend(part for each in found for part in each.parts)
    region = finder.region
    blocks, page_text = cutting.cut(tree, found)
    measures.forget(part for each in found for part in each.parts)
    return blocks, page_text, measures, region


def _body(
    reading: _Reading,
    tree: Element,
    stated: Structured,
    region: Element,
    measures: Measures,
    standfirst: str | None,
) -> list[body.Paragraph]:
    for selector in reading.source.selectors.body:
        chosen = list(_select(tree, selector))
        if chosen:
            reading.decided("body", "selector", f"`{selector}` of the source")
            return [paragraph for element in chosen for paragraph in body.plain(element)]
    boxes.clear(region, measures)
    found = column.paragraphs(tree, region, measures, standfirst) or []
    reading.in_column = bool(found)
    found = found or body.paragraphs(tree, region, measures)
    articles = [text for text in stated.article_bodies() if len(text) > 200]
    written = sum(len(paragraph.text) for paragraph in found)
    if articles:
        told = body.from_article_body(articles[0])
        length = sum(len(paragraph.text) for paragraph in told)
        if length > 2 * written:
            reading.in_column = False
            reading.decided("body", "jsonld", f"articleBody has {length} characters, the page {written}")
            return told
    if not found:
        found = [paragraph for paragraph in body.plain(region) if len(paragraph.text) > 60]
        reading.decided("body", "region", f"nothing was extracted; {len(found)} long paragraphs of the main part")
        return found
    reading.decided("body", "page", f"{len(found)} paragraphs, {written} characters")
    return found


def _bounded(reading: _Reading, found: list[body.Paragraph], letters: int) -> list[body.Paragraph]:
    length = sum(len(paragraph.text) for paragraph in found)
    if length <= letters:
        return found
    reading.warnings.append(f"the first {letters} of {length} letters: extraction.max_text")
    return body.bounded(found, letters)


def _from_state(
    reading: _Reading, scripts: Sequence[Element], title: str | None, found: list[body.Paragraph]
) -> list[body.Paragraph]:
    """What the page's scripts hold for a text, where it is more than the page shows."""
    held = state.paragraphs(scripts, title)
    length = sum(len(paragraph.text) for paragraph in held)
    if length <= 2 * sum(len(paragraph.text) for paragraph in found):
        return found
    reading.decided("body", "state", f"{len(held)} paragraphs, {length} characters in the data of a script")
    return held


def _without_prefix(
    reading: _Reading, texts: Sequence[str], source: Source, outlets: Outlets
) -> tuple[list[str], prefix.Prefix | None]:
    kept = list(texts)
    for index, text in enumerate(kept[:3]):
        found = prefix.read(text, source, outlets)
        if found is not None:
            rest = found.rest.strip()
            kept[index : index + 1] = [rest] if rest else []
            reading.decided("agency", found.agency, f"prefix of paragraph {index + 1}, confidence {found.confidence}")
            return kept, found
    reading.decided("agency", "none", "no prefix before the first paragraphs")
    return kept, None


def _places(reading: _Reading, texts: Sequence[str], source: Source, outlets: Outlets) -> tuple[str, ...]:
    for index, text in enumerate(texts[:3]):
        found = prefix.places(text, source, outlets)
        if found:
            reading.decided("places", ", ".join(found), f"dateline of paragraph {index + 1}: {text[:60]}")
            return found
    reading.decided("places", "none", "no dateline in the first paragraphs")
    return ()


def _explain_rest(reading: _Reading, article: Article, lead_from: str) -> None:
    """Why the facts are what they are that are taken over as the page states them."""
    reading.decided("lead", article.lead or "none", lead_from if article.lead else "no standfirst begins the text")
    changed = article.modified.isoformat() if article.modified else "none"
    reading.decided("modified", changed, "first of JSON-LD, meta and lines of a change that is not before publication")
    reading.decided("tags", ", ".join(article.tags) or "none", "keywords of JSON-LD and meta elements")
    reading.decided("images", f"{len(article.images)}", "pictures of JSON-LD and meta elements, that of JSON-LD first")


def _explain(reading: _Reading, blocks: Sequence[Block]) -> None:
    for block in blocks[:50]:
        label = f"“{block.heading}”" if block.heading else "no label"
        reading.decided(
            "block", block.kind, f"{block.rule}, {label}, {len(block.links)} links, confidence {block.confidence}"
        )


def _selected(tree: Element, source: Source, languages: tuple[str, ...]) -> _Selected:
    def first(selectors: tuple[str, ...]) -> str | None:
        return next(
            (text for each in selectors for element in _select(tree, each) if (text := one_line(spaced_text(element)))),
            None,
        )

    moments: list[times.Stamp] = []
    for selector in source.selectors.published:
        for element in _select(tree, selector):
            given = element.get("datetime") or element.get("content")
            stamp = times.machine(given) if given else times.printed(spaced_text(element), languages, source.country)
            if stamp is not None:
                moments.append(stamp)
    authors = (one_line(spaced_text(element)) for each in source.selectors.authors for element in _select(tree, each))
    return _Selected(
        first(source.selectors.headline),
        first(source.selectors.lead),
        tuple(dict.fromkeys(filter(None, authors))),
        tuple(moments[:1]),
    )


def _select(tree: Element, selector: str) -> Iterator[Element]:
    """Elements a CSS selector finds; a selector that is none finds nothing (the catalogue's check says so)."""
    from cssselect import SelectorError  # only sources with selectors need it

    try:
        yield from tree.cssselect(selector)
    except SelectorError:
        return
