"""Blocks between the paragraphs as HTML: the publishers' link blocks, one function per form, and furniture."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One link of a block, resolved."""

    url: str
    headline: str
    kicker: str
    summary: str
    image: str

    @property
    def link(self) -> str:
        """The headline as a link."""
        return f'<a href="{escape(self.url)}">{escape(self.headline)}</a>'


def _each(template: Callable[[Entry], str], entries: Sequence[Entry]) -> str:
    return "".join(template(entry) for entry in entries)


def _items(entries: Sequence[Entry]) -> str:
    return _each(lambda e: f"<li>{e.link}</li>", entries)


def _paragraph(label: str, entries: Sequence[Entry]) -> str:
    return _each(lambda e: f"<p><strong>{label}:</strong> {e.link}</p>", entries)


def _outside(label: str, entries: Sequence[Entry]) -> str:
    # The colon outside the mark, a zero-width character before the link: both are met on real pages.
    return _each(lambda e: f"<p><b>{label}</b>:&#8203; <em>{e.link}</em></p>", entries)


def _bar(label: str, entries: Sequence[Entry]) -> str:
    return _each(lambda e: f"<p>{label} | {e.link}</p>", entries)


def _inside(label: str, entries: Sequence[Entry]) -> str:
    return _each(lambda e: f'<p><a href="{escape(e.url)}">{label}: {escape(e.headline)}</a></p>', entries)


def _item(label: str, entries: Sequence[Entry]) -> str:
    return "<ul>" + _each(lambda e: f"<li>{label}: {e.link}</li>", entries) + "</ul>"


def _quote(label: str, entries: Sequence[Entry]) -> str:
    return _each(lambda e: f"<blockquote><p>{label} / {e.link}</p></blockquote>", entries)


def _box(label: str, entries: Sequence[Entry]) -> str:
    return f'<div class="related-box"><h4>{label}</h4><ul>{_items(entries)}</ul></div>'


def _hashed_box(label: str, entries: Sequence[Entry]) -> str:
    links = _each(lambda e: f'<div class="kq81">{e.link}</div>', entries)
    return f'<div class="s9Zt_a"><span class="b41">{label}</span>{links}</div>'


def _list(_: str, entries: Sequence[Entry]) -> str:
    lines = _each(lambda e: f'<li><span class="x-k">{escape(e.kicker)}</span> {e.link}</li>', entries)
    return f'<ul class="css-1v4x">{lines}</ul>'


def _card(_: str, entries: Sequence[Entry]) -> str:
    return _each(
        lambda e: (
            f'<div class="c7d2f"><a href="{escape(e.url)}"><img src="{escape(e.image)}" alt="">'
            f'<span class="c7d2k">{escape(e.kicker)}</span><h3>{escape(e.headline)}</h3></a>'
            f"<p>{escape(e.summary)}</p></div>"
        ),
        entries,
    )


def _sibling(label: str, entries: Sequence[Entry]) -> str:
    return f"<p><strong>{label}:</strong></p>" + _each(lambda e: f"<p>{e.link}</p>", entries)


def _plain_sibling(label: str, entries: Sequence[Entry]) -> str:
    return f"<p>{label}:</p>" + _each(lambda e: f"<div>{e.link}</div>", entries)


def _heading(label: str, entries: Sequence[Entry]) -> str:
    return f"<h3>{label}</h3><ul>{_items(entries)}</ul>"


def _aside(label: str, entries: Sequence[Entry]) -> str:
    return f'<aside class="inline-related"><h5>{label}</h5>' + _each(lambda e: e.link, entries) + "</aside>"


def _section(label: str, entries: Sequence[Entry]) -> str:
    cards = _each(lambda e: f"<article><h3>{e.link}</h3></article>", entries)
    return f'<section class="teaser-list"><h2>{label}</h2>{cards}</section>'


def _figure(label: str, entries: Sequence[Entry]) -> str:
    return _each(
        lambda e: (
            f'<figure class="next-read"><a href="{escape(e.url)}"><img src="{escape(e.image)}" alt=""></a>'
            f"<figcaption><span>{label}</span> {e.link}</figcaption></figure>"
        ),
        entries,
    )


def _only_link(_: str, entries: Sequence[Entry]) -> str:
    return _each(lambda e: f"<p>{e.link}</p>", entries)


_LINK_FORMS: dict[str, Callable[[str, Sequence[Entry]], str]] = {
    "paragraph": _paragraph,
    "outside": _outside,
    "bar": _bar,
    "inside": _inside,
    "item": _item,
    "quote": _quote,
    "box": _box,
    "hashed box": _hashed_box,
    "list": _list,
    "card": _card,
    "sibling": _sibling,
    "plain sibling": _plain_sibling,
    "heading": _heading,
    "aside": _aside,
    "section": _section,
    "figure": _figure,
    "link": _only_link,
}

FORMS = frozenset(_LINK_FORMS)
"""Names of the forms of link blocks."""


def links(form: str, label: str | None, entries: Sequence[Entry]) -> str:
    """A block of links in the form of that name."""
    return _LINK_FORMS[form](escape(label or ""), entries)


def furniture(form: str, words: str | None, image: str) -> str:
    """What publishers put into the text that is neither text nor a relation."""
    text = escape(words or "")
    if form == "picture":
        return f'<figure class="photo"><img src="{escape(image)}" alt=""><figcaption>{text}</figcaption></figure>'
    if form == "newsletter":
        return (
            f'<div class="newsletter-signup"><p>{text}</p><form action="/newsletter" method="post">'
            '<input type="email" name="email"><button>OK</button></form></div>'
        )
    if form == "sponsored":
        return (
            '<div class="sponsored ad-slot"><span>Sponsored</span>'
            f'<a href="http://shop.invalid/offer?c=77" rel="sponsored nofollow">{text}</a></div>'
        )
    raise ValueError(f"no such block: {form}")
