"""The steps of reading a page, in order, and the article they make."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version
from time import perf_counter

import aggregator
from aggregator import urls
from aggregator.extraction import body, decode, headline, linkblocks, structured
from aggregator.extraction.dom import UNREAD, Measures, remove
from aggregator.extraction.furniture import is_furniture
from aggregator.extraction.options import ExtractionOptions
from aggregator.extraction.outlets import Outlets
from aggregator.extraction.relations import placed
from aggregator.records import Article, Decision, Extraction, Extractor, Page, Publisher, Source


def _library(name: str) -> str:
    try:
        return f"{name} {version(name)}"
    except PackageNotFoundError:
        return name


NAME = "aggregator"
VERSION = f"{aggregator.__version__} ({_library('trafilatura')})"


def read(page, source, outlets, options):
    tree = decode.parse(decode.decode(page, options.max_bytes))
    if tree is None:
        return Extraction(page=page, article=None, rejected="empty page")
    stated = structured.read(tree, page.url)
    title, why = headline.choose(stated, source, None, page.sighting.headline)
    for element in list(tree.iter(*UNREAD)):
        remove(element)
    measures = Measures(tree)
    finder = linkblocks.Finder(tree, measures, stated.base, page.url)
    found = finder.find()
    blocks, text_left = linkblocks.cut(tree, found)
    paras = body.paragraphs(tree)
    texts = [p.text for p in paras if not is_furniture(p.text, frozenset())]
    relations = placed(blocks, texts, text_left, options.max_relations)
    article = Article(
        id=urls.article_id(page.url), url=page.url, canonical_url=urls.canonical(page.url),
        source=Publisher(id=source.id, name=source.name), headline=title or "", lead=None, text="\n\n".join(texts),
        fetched=page.fetched, relations=relations, extractor=Extractor(name=NAME, version=VERSION))
    return Extraction(page=page, article=article)
