"""Link blocks on pages in many languages and both directions: every pattern leaves the text and becomes relations."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from aggregator.records import Article, Source
from tests.rooms.extraction.patterns import PATTERNS, expected
from tests.rooms.extraction.tongues import TONGUES, Tongue

SITE = "https://valley.example"


@pytest.mark.parametrize("tongue", TONGUES, ids=lambda tongue: tongue.language)
@pytest.mark.parametrize("name", PATTERNS)
def test_a_block_becomes_relations_in_every_language(
    tongue: Tongue, name: str, article: Callable[..., Article]
) -> None:
    """Half of the region's pages are written from right to left, and no list of labels is ever complete."""
    pattern = PATTERNS[name]
    source = Source(id="valley", name="Valley Herald", languages=(tongue.language,))
    for which, place, where in ((0, 2, "inline"), (1, 4, "end")):
        read = article(tongue.page((place, pattern.build(tongue, tongue.labels[which][0]))), source=source)
        assert read.text.split("\n\n") == list(tongue.sentences)
        found = [(each.type, each.url.removeprefix(SITE), each.anchor, each.heading) for each in read.relations]
        assert found == expected(tongue, pattern, which)
        assert {(each.where, each.after_paragraph) for each in read.relations} == {(where, place)}


@pytest.mark.parametrize("tongue", TONGUES, ids=lambda tongue: tongue.language)
@pytest.mark.parametrize("told", [True, False], ids=["stated", "unstated"])
def test_the_language_of_a_page_is_found(tongue: Tongue, told: bool, article: Callable[..., Article]) -> None:
    """Whether the page states it or only its words and its source tell."""
    source = Source(id="valley", name="Valley Herald", languages=() if told else ("en", tongue.language))
    html = tongue.page()
    read = article(html if told else html.replace(f' lang="{tongue.language}"', ""), source=source)
    assert read.language == tongue.language
    assert read.headline == tongue.headline
