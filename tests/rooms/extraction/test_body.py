"""What stands around and among the paragraphs and is no text goes; what was dropped between them comes back."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from aggregator.extraction import paragraphs as choosing
from aggregator.extraction.body import Paragraph
from aggregator.extraction.witnesses import Witnesses
from aggregator.records import Article

Build = Callable[..., str]
Read = Callable[..., Article]


def texts(found: Article) -> tuple[str, ...]:
    """The paragraphs of an article."""
    return tuple(found.text.split("\n\n"))


BOXES = {
    "caption": "<figure><img src='/a.jpg'><figcaption>The old town hall, seen from the bridge in March.</figcaption>"
    "</figure>",
    "facts": "<div class='fact-box'><h3>The river in figures</h3><p>It is 211 kilometres long and has four bridges in "
    "the valley, the oldest of them of stone.</p></div>",
    "author": "<div class='author-bio'><p>The reporter has written on the valley and its farmers for eleven "
    "years.</p></div>",
    "poll": "<div class='poll'><p>Do you think that the office will bring the farmers what they hope for?</p></div>",
    "facts, Persian": "<div class='infobox'><p>این رودخانه دویست کیلومتر درازا دارد و چهار پل بر روی آن ساخته شده است."
    "</p></div>",
}


@pytest.mark.parametrize("box", BOXES.values(), ids=BOXES)
def test_boxes_beside_the_text_are_no_paragraphs(
    box: str, page: Build, article: Read, paragraphs: tuple[str, ...]
) -> None:
    """They stand between the paragraphs, and a reader of the text alone would stumble over them."""
    assert texts(article(page({2: box}))) == paragraphs


def test_words_for_screen_readers_are_not_in_the_text(page: Build, article: Read) -> None:
    """A browser hides them, so nobody has ever seen them in the sentence."""
    inside = (
        "<p>The office publishes <a href='https://levels.example/'>its figures<span class='sr-only'> (opens in a new "
        "window)</span></a> each Monday, and everybody in the valley may read them there.</p>"
    )
    assert "new window" not in article(page({2: inside})).text


def test_the_headline_behind_a_kicker_is_not_the_first_paragraph(
    page: Build, article: Read, paragraphs: tuple[str, ...]
) -> None:
    """Many pages print headline and kicker in one heading."""
    heading = "<h2><span>Water dispute: </span><span>Officials meet over the river</span></h2>"
    assert texts(article(page({0: heading}))) == paragraphs


REGION = tuple(f"Sentence number {n} of the text tells what was said at the {n}th of the meetings." for n in range(8))
PERSIAN = tuple(f"جمله شماره {n} این متن می‌گوید که در نشست شماره {n} چه سخنانی گفته شده است." for n in range(8))


@pytest.mark.parametrize("own", [REGION, PERSIAN], ids=["left-to-right", "right-to-left"])
def test_what_stands_below_the_main_part_is_not_the_end_of_the_text(own: tuple[str, ...]) -> None:
    """Extractors run on into what is printed below the article."""
    found = [Paragraph(text) for text in (*own, "Get the week's best stories on your telephone.")]
    assert Witnesses(region="".join(map(choosing.squeeze, own))).trimmed(found, None) == found[:-1]


def test_a_main_part_that_holds_half_of_the_text_says_nothing() -> None:
    """Then it was not the main part."""
    found = [Paragraph(text) for text in REGION]
    assert Witnesses(region="".join(map(choosing.squeeze, REGION[:4]))).trimmed(found, None) == found


def test_a_whole_article_body_ends_the_text() -> None:
    """JSON-LD has the text without what the page adds at its end."""
    found = [Paragraph(text) for text in (*REGION, "Tell us what you think of this story.")]
    told = "".join(map(choosing.squeeze, REGION))
    assert Witnesses(told=told).trimmed(found, None) == found[:-1]


def test_an_article_body_that_is_cut_does_not_cut_the_text(
    page: Build, article: Read, paragraphs: tuple[str, ...]
) -> None:
    """Behind a paywall it often ends in the middle of a sentence."""
    body = " ".join(paragraphs[:4])[:-20] + "..."
    head = f'<script type="application/ld+json">{json.dumps({"@type": "NewsArticle", "articleBody": body})}</script>'
    assert texts(article(page(head=head))) == paragraphs


def test_a_paragraph_that_json_ld_has_too_comes_back_between_its_neighbours() -> None:
    """An extractor may drop a plain paragraph behind a card."""
    shown = tuple(Paragraph(text) for text in REGION)
    told = "".join(map(choosing.squeeze, REGION))
    kept = [*shown[:3], *shown[4:]]
    assert Witnesses(told=told, shown=shown).completed(kept) == list(shown)
    assert Witnesses(shown=shown).completed(kept) == kept


def test_a_heading_between_two_paragraphs_comes_back() -> None:
    """It is the article's own, for it stands among its paragraphs."""
    heading = Paragraph("What comes next", "heading")
    shown = (Paragraph(REGION[0]), heading, Paragraph(REGION[1]))
    assert Witnesses(shown=shown).completed([shown[0], shown[2]]) == list(shown)
