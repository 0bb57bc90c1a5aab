"""Every pattern in which editors set links into other articles, as HTML of a given language."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tests.rooms.extraction.tongues import Tongue

ADDRESSES = ("/news/7/snow-closes-the-mountain-road", "/news/8/first-apples-of-the-autumn")


@dataclass(frozen=True)
class Pattern:
    """How a block is built, how many links it has, and whether it shows its label."""

    build: Callable[[Tongue, str], str]
    links: int
    labelled: bool = True
    capitals: bool = False


def _link(tongue: Tongue, which: int = 0, before: str = "", *, capitals: bool = False) -> str:
    anchor = tongue.anchors[which]
    return f'<a href="{ADDRESSES[which]}">{before}{anchor.upper() if capitals else anchor}</a>'


def _items(tongue: Tongue) -> str:
    return f"<ul><li>{_link(tongue)}</li><li>{_link(tongue, 1)}</li></ul>"


def _picture(tongue: Tongue, which: int = 0, *, kicker: bool = False) -> str:
    above = f"<span>{tongue.kicker}</span>" if kicker else ""
    return f'<a href="{ADDRESSES[which]}"><img src="/i.jpg" alt="">{above}<h3>{tongue.anchors[which]}</h3></a>'


PATTERNS: dict[str, Pattern] = {
    # a paragraph or a list item that begins with the label
    "label in bold, link behind it": Pattern(lambda t, x: f"<p><strong>{x}:</strong> {_link(t)}</p>", 1),
    "label in bold, colon behind it": Pattern(lambda t, x: f"<p><b>{x}</b> : {_link(t)}</p>", 1),
    "label within the link": Pattern(lambda t, x: f"<p>{_link(t, 0, x + ': ')}</p>", 1),
    "label within the list item": Pattern(lambda t, x: f"<ul><li>{x}: {_link(t)}</li></ul>", 1),
    "label in a quotation": Pattern(lambda t, x: f"<blockquote>{x} / {_link(t)}</blockquote>", 1),
    "one label, several links": Pattern(lambda t, x: f"<p><b>{x}:</b><br>{_link(t)}<br>{_link(t, 1)}</p>", 2),
    # a box with its label inside
    "box with a heading": Pattern(lambda t, x: f'<div class="x7"><h4>{x}</h4>{_items(t)}</div>', 2),
    "box with a bold label": Pattern(lambda t, x: f"<div><b>{x}</b>{_items(t)}</div>", 2),
    "box of cards": Pattern(
        lambda t, x: f"<div><h4>{x}</h4><div>{_picture(t)}</div><div>{_picture(t, 1)}</div></div>", 2
    ),
    # a list without a label, each item a kicker and a link
    "list without label": Pattern(lambda t, x: _items(t), 2, labelled=False),
    "list of kickers and links": Pattern(
        lambda t, x: "".join(
            ["<ul>", *(f"<li><span>{t.kicker}</span> {_link(t, which)}</li>" for which in (0, 1)), "</ul>"]
        ),
        2,
        labelled=False,
    ),
    # a card without a label: picture, kicker, link, summary
    "card": Pattern(lambda t, x: f"<div>{_picture(t)}</div>", 1, labelled=False),
    "card with a kicker": Pattern(lambda t, x: f'<div class="q1">{_picture(t, kicker=True)}</div>', 1, labelled=False),
    "card with a summary": Pattern(lambda t, x: f"<div>{_picture(t)}<p>{t.summary}</p></div>", 1, labelled=False),
    # the label as a heading or a paragraph of its own, the links in what follows
    "label as heading, paragraphs behind it": Pattern(
        lambda t, x: f"<h4>{x}:</h4><p>{_link(t)}</p><p>{_link(t, 1)}</p>", 2
    ),
    "label as paragraph, paragraph behind it": Pattern(
        lambda t, x: f"<p><strong>{x}:</strong></p><p>{_link(t)}</p>", 1
    ),
    "label as paragraph, list behind it": Pattern(lambda t, x: f"<p><strong>{x}</strong></p>{_items(t)}", 2),
    # boxes by the name of their element
    "aside": Pattern(lambda t, x: f"<aside><h5>{x}</h5>{_link(t)}</aside>", 1),
    "aside without label": Pattern(lambda t, x: f"<aside><p>{_link(t)}</p></aside>", 1, labelled=False),
    "section": Pattern(lambda t, x: f"<section><h3>{x}</h3>{_items(t)}</section>", 2),
    "section without label": Pattern(lambda t, x: f"<section>{_items(t)}</section>", 2, labelled=False),
    "figure": Pattern(lambda t, x: f"<figure><span>{x}</span>{_picture(t)}</figure>", 1),
    "figure without label": Pattern(lambda t, x: f"<figure>{_picture(t)}</figure>", 1, labelled=False),
    "article": Pattern(lambda t, x: f"<article><small>{x}</small>{_picture(t)}</article>", 1),
    "article without label": Pattern(lambda t, x: f"<article>{_picture(t)}</article>", 1, labelled=False),
    # a paragraph that is one link
    "paragraph that is one link": Pattern(lambda t, x: f"<p>{_link(t)}</p>", 1, labelled=False),
    "paragraph that is one link, in capitals": Pattern(
        lambda t, x: f"<p><b>{_link(t, capitals=True)}</b></p>", 1, labelled=False, capitals=True
    ),
}


def expected(tongue: Tongue, pattern: Pattern, which: int) -> list[tuple[str, str, str, str | None]]:
    """Type, path, anchor and heading of the relations that the pattern makes with one of the language's labels."""
    label, kind = tongue.labels[which]
    return [
        (
            kind if pattern.labelled else "related",
            ADDRESSES[number],
            anchor.upper() if pattern.capitals else anchor,
            label if pattern.labelled else None,
        )
        for number, anchor in enumerate(tongue.anchors[: pattern.links])
    ]
