"""Pages of the weight that pages of the news have: 150 kB, of which 4 kB are the article.

    page(7, "house-3.localhost") -> bytes

The same number and host give the same bytes, and no two articles share a sentence.  Around a body of some 600 words
stand scripts, styles, a menu, teasers, comments, and boxes of links, in the shares that they have on real pages: two
thirds scripts, styles and data, a quarter furniture that a reader of pages has to walk through.
"""

from __future__ import annotations

import json
import random
from datetime import UTC, datetime, timedelta
from functools import cache

WORDS = 600
"""Words of an article."""
BYTES = 150_000
"""Bytes that a page has at least; the last script fills it up to that."""
FIRST = datetime(2026, 3, 1, tzinfo=UTC)
"""When article 0 was published; each number is a minute later."""
_MENU, _TEASERS, _COMMENTS = 40, 70, 12
_SCRIPTS, _STYLES = 4, 220
_SYLLABLES = ("bar", "kel", "mon", "sur", "tav", "lin", "dor", "pes", "gar", "wil", "han", "tor")
_COMMON = (
    "the",
    "of",
    "to",
    "and",
    "in",
    "a",
    "for",
    "on",
    "that",
    "said",
    "with",
    "was",
    "from",
    "by",
    "at",
    "is",
    "will",
    "not",
    "has",
    "its",
    "have",
    "after",
    "more",
)


@cache
def _words() -> tuple[str, ...]:
    return tuple(a + b + c for a in _SYLLABLES for b in ("", *_SYLLABLES) for c in ("a", "en", "ing", "s", "ed"))


def _sentence(chance: random.Random) -> str:
    words = [
        chance.choice(_COMMON) if chance.random() < 0.4 else chance.choice(_words())
        for _ in range(chance.randrange(14, 27))
    ]
    return " ".join(words).capitalize() + "."


def _body(chance: random.Random) -> list[str]:
    paragraphs, written = [], 0
    while written < WORDS:
        paragraph = " ".join(_sentence(chance) for _ in range(chance.randrange(2, 4)))
        paragraphs.append(paragraph)
        written += paragraph.count(" ") + 1
    return paragraphs


def headline(number: int, host: str) -> str:
    """The headline of a page's article."""
    chance = random.Random(f"headline {host} {number}")
    return " ".join(chance.choice(_words()) for _ in range(8)).capitalize()


def path(number: int) -> str:
    """The path of a page on its host."""
    return f"/news/{published(number):%Y/%m/%d}/report-{number}.html"


def published(number: int) -> datetime:
    """When the article of a page was published."""
    return FIRST + timedelta(minutes=number)


def page(number: int, host: str) -> bytes:
    """The page of article `number` on a host (with its port, where it has one), UTF-8."""
    chance = random.Random(f"page {host} {number}")
    title, url, when = headline(number, host), f"http://{host}{path(number)}", published(number).isoformat()
    text = "\n".join(f"<p>{paragraph}</p>" for paragraph in _body(chance))
    data = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": title,
        "datePublished": when,
        "author": {"@type": "Person", "name": "Ada Writer"},
        "mainEntityOfPage": url,
    }
    shown = f"""<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>{title} - {host}</title>
<link rel="canonical" href="{url}"><meta property="og:type" content="article">
<meta property="og:title" content="{title}"><meta property="article:published_time" content="{when}">
<script type="application/ld+json">{json.dumps(data)}</script>
<style>{_styles(chance)}</style>{_scripts(chance)}</head>
<body><header><nav><ul>{_menu(chance, host)}</ul></nav></header>
<main><article><h1>{title}</h1><p class="byline">By <a rel="author" href="/author/ada">Ada Writer</a></p>
<time datetime="{when}">{published(number):%d %B %Y %H:%M}</time>
<div class="article-body">{text}</div></article>
<section class="related"><h2>More on this</h2><ul>{_links(chance, number)}</ul></section></main>
<aside class="most-read">{_teasers(chance, host)}</aside>
<section class="comments">{_comments(chance)}</section>
<footer><ul>{_menu(chance, host)}</ul><p>All rights reserved.</p></footer>
"""
    end = "</body></html>\n"
    left = BYTES - len(shown) - len(end) - len('<script>var state=[""];</script>')
    filling = f'<script>var state=["{_noise(chance, left)}"];</script>' if left > 0 else ""
    return f"{shown}{filling}{end}".encode()


def _noise(chance: random.Random, length: int) -> str:
    return chance.randbytes(length // 2 + 1).hex()[: max(length, 0)]


def _scripts(chance: random.Random) -> str:
    return "".join(
        f"<script>(function(w,d){{var c='{_noise(chance, 7_000)}';w.data=w.data||[];}})(window,document);</script>"
        for _ in range(_SCRIPTS)
    )


def _styles(chance: random.Random) -> str:
    return "\n".join(
        f".c-{_noise(chance, 8)} > .{_noise(chance, 6)}{{margin:{chance.randrange(40)}px auto;display:flex}}"
        for _ in range(_STYLES)
    )


def _menu(chance: random.Random, host: str) -> str:
    return "".join(
        f'<li class="menu-item"><a href="http://{host}/section/{chance.choice(_words())}">'
        f"<span>{chance.choice(_words()).title()}</span></a></li>"
        for _ in range(_MENU)
    )


def _links(chance: random.Random, number: int) -> str:
    # Pages that are there: of articles before this one.
    return "".join(
        f'<li><a href="{path(chance.randrange(number))}">{_sentence(chance)[:60]}</a></li>'
        for _ in range(min(4, number))
    )


def _teasers(chance: random.Random, host: str) -> str:
    return "".join(
        f'<div class="teaser teaser--{chance.randrange(9)}"><a href="http://{host}/tag/{chance.choice(_words())}">'
        f'<picture><source srcset="/img/{_noise(chance, 12)}.webp 1x" media="(min-width: 600px)">'
        f'<img src="/img/{_noise(chance, 12)}.jpg" alt="" loading="lazy"></picture>'
        f"<h3>{_sentence(chance)[:70]}</h3></a>"
        f'<div class="meta"><span class="kicker">{chance.choice(_words())}</span></div></div>'
        for _ in range(_TEASERS)
    )


def _comments(chance: random.Random) -> str:
    return "".join(
        f'<div class="comment"><div class="who"><b>{chance.choice(_words())}</b></div>'
        f'<p>{_sentence(chance)}</p><button type="button" data-id="{_noise(chance, 10)}">Reply</button></div>'
        for _ in range(_COMMENTS)
    )
