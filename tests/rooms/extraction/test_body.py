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


USUAL = tuple(Paragraph(text, place="article.text>p.None") for text in REGION)


def test_a_paragraph_that_stands_where_the_others_stand_comes_back() -> None:
    """An extractor drops short ones, and some it takes for repeated."""
    short = Paragraph("Lower valley: four bridges", place="article.text>p.None")
    aside = Paragraph("Four bridges in the valley", place="div.facts>p.None")
    shown = (*USUAL[:3], short, USUAL[3], aside, *USUAL[4:])
    assert Witnesses(shown=shown).completed(USUAL) == [*USUAL[:3], short, *USUAL[3:]]


NOTICES = {
    "consent, German": "An dieser Stelle finden Sie einen externen Inhalt, der den Artikel ergänzt.",
    "consent, English": "This content is hosted by a third party that may set cookies.",
    "consent, Spanish": "Para ver este contenido, acepte las cookies de terceros.",
    "wall, French": "Il vous reste 40% de cet article à lire. La suite est réservée aux abonnés.",
    "wall, English": "Sign in to continue reading this and other stories.",
    "wall, Japanese": "有料会員になると、記事の続きをお読みいただけます。",
    "wall, Russian": "Чтобы читать дальше, оформите подписку на нашу газету.",
    "call, English": "For more stories like this, see our page of news.",
    "call, German": "Hat Ihnen dieser Artikel gefallen? Dann unterstützen Sie uns.",
    "call, Persian": "ما را در شبکه‌های اجتماعی دنبال کنید",
    "call, Italian": "Seguici su tutti i canali della redazione",
    "mail, English": "Get in touch with our desk by writing to desk@valley.example.",
    "mail, German": "Schreiben Sie der Redaktion an leser@tal.example",
    "credit, German": "(Quelle: APA/dpa)",
    "credit, English": "The valley's correspondent Ann Rivers contributed to this report.",
    "credit of an agency": "© dpa-infocom, dpa:260601-99-123456/2",
}


@pytest.mark.parametrize("notice", NOTICES.values(), ids=NOTICES)
@pytest.mark.parametrize("after", [2, 5], ids=["among the paragraphs", "after them"])
def test_what_the_page_says_on_its_own_behalf_is_no_paragraph(
    notice: str, after: int, page: Build, article: Read, paragraphs: tuple[str, ...]
) -> None:
    """Publishers who have nothing to do with each other say it in the same words."""
    assert texts(article(page({after: f"<p>{notice}</p>"}))) == paragraphs


PROSE = {
    "English": "Follow the river for an hour and you will come to the third of the bridges, said the mayor on Tuesday.",
    "German": "Mit der Quelle des Flusses beginnt auch der Streit um sein Wasser, sagte die Bürgermeisterin am Abend.",
    "French": "Il vous reste peu de temps, a dit le maire aux paysans de la vallée pendant la réunion de mardi soir.",
    "with an address": "The complaint was sent to water@office.example on Monday, and nobody answered it.",
}


@pytest.mark.parametrize("text", PROSE.values(), ids=PROSE)
def test_sentences_that_begin_like_a_notice_are_text(text: str, page: Build, article: Read) -> None:
    """A notice is known by more than its first word."""
    assert text in texts(article(page({2: f"<p>{text}</p>"})))


CAPTIONS = (
    "<div class='image-widget'><p><span>The third bridge of the valley, seen from the town hall.</span></p></div>",
    "<p class='img-description'>The third bridge of the valley, seen from the office of the mayor.</p>",
    "<div class='bildunterschrift'>Die dritte Brücke des Tals, vom Büro der Bürgermeisterin aus gesehen.</div>",
)


@pytest.mark.parametrize("caption", CAPTIONS)
def test_captions_without_a_figure_are_no_paragraphs(
    caption: str, page: Build, article: Read, paragraphs: tuple[str, ...]
) -> None:
    """Their boxes are named after pictures."""
    assert texts(article(page({2: caption}))) == paragraphs
