"""An article that is laid out in modules does not end with the first of them."""

from __future__ import annotations

from collections.abc import Callable

from aggregator.extraction.body import Paragraph
from aggregator.extraction.dom import squeeze
from aggregator.extraction.witnesses import Witnesses

TEXT = "div.module-text>p.None"
SENTENCES = [
    f"Sentence {number} of the report tells at some length what was said on that day in the hall."
    for number in range(9)
]


def shown(*places: tuple[str, str], heading: Callable[[str], bool] = str.istitle) -> Witnesses:
    """A witness who saw paragraphs at these places, (place, text) each; titles are headings."""
    paragraphs = tuple(Paragraph(text, "heading" if heading(text) else "text", place) for place, text in places)
    return Witnesses(region=squeeze(" ".join(text for _, text in places)), shown=paragraphs)


def completed(witnesses: Witnesses, found: int) -> list[str]:
    """The text that the first so many sentences become."""
    return [each.text for each in witnesses.completed([Paragraph(text) for text in SENTENCES[:found]])]


def test_further_modules_are_read_with_their_headings() -> None:
    seen = [(TEXT, text) for text in SENTENCES[:2]]
    seen += [("div.module-text>h2.None", "The Hall"), *((TEXT, text) for text in SENTENCES[2:4])]
    assert completed(shown(*seen), 2) == [*SENTENCES[:2], "The Hall", *SENTENCES[2:4]]


def test_prose_at_another_place_ends_the_text() -> None:
    """What stands below it in a box of another kind is somebody else's."""
    seen = [(TEXT, text) for text in SENTENCES[:2]]
    seen += [("div.about>p.None", SENTENCES[5]), (TEXT, SENTENCES[6])]
    assert completed(shown(*seen), 2) == SENTENCES[:2]


def test_a_label_ends_the_text() -> None:
    seen = [(TEXT, text) for text in SENTENCES[:2]]
    seen += [("div.module-text>h2.None", "Related News"), (TEXT, SENTENCES[2])]
    assert completed(shown(*seen), 2) == SENTENCES[:2]


def test_places_without_a_name_prove_nothing() -> None:
    seen = [("div.None>p.None", text) for text in SENTENCES[:4]]
    assert completed(shown(*seen), 2) == SENTENCES[:2]


def test_short_lines_at_the_same_place_are_left() -> None:
    """Names, links, a word on rights."""
    seen = [(TEXT, text) for text in SENTENCES[:2]] + [(TEXT, "All rights reserved.")]
    assert completed(shown(*seen), 2) == SENTENCES[:2]


def test_a_text_of_several_kinds_of_boxes_is_not_continued() -> None:
    """There is no kind then that the text stands in."""
    seen = [(f"div.box{number}>p.None", text) for number, text in enumerate(SENTENCES[:3])]
    seen += [("div.box0>p.None", SENTENCES[4])]
    assert completed(shown(*seen), 3) == SENTENCES[:3]
