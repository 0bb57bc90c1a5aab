"""The pages of the demo web: one story, or an index, into HTML of its site's design.

What stands around the text (menus, trending lists, share bars, boxes, notices) is there to be left out again.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import cache
from html import escape
from importlib.resources import files
from string import Template
from typing import Literal
from zoneinfo import ZoneInfo

from aggregator.demo import blocks, feeds
from aggregator.demo.dates import printed
from aggregator.demo.stories import Block, Link, Site, Story, furniture, prose_links

Form = Literal["full", "amp", "print"]

RIGHT_TO_LEFT = frozenset({"ar", "fa", "ckb", "he", "ur"})
_LEADS = {
    "broadsheet": '<p class="standfirst">{}</p>',
    "portal": '<div class="news-lead">{}</div>',
    "hashed": '<h2 class="css-5d3">{}</h2>',
    "press": '<p class="lead">{}</p>',
}


@cache
def _template(name: str) -> Template:
    return Template((files(__package__) / "designs" / f"{name}.html").read_text("utf-8"))


def article(
    site: Site,
    story: Story,
    form: Form,
    *,
    canonical: str,
    resolve: Callable[[Link], blocks.Entry],
    trending: Sequence[blocks.Entry],
) -> str:
    """The page of a story."""
    words = furniture()[site.language]
    design = site.design if form == "full" else form
    image = f"/img/{story.slug}.png"
    return _template(design).substitute(
        _frame(site, words),
        head=_head(site, story, form, canonical),
        headline=escape(story.headline),
        lead=_LEADS[site.design].format(escape(story.lead)) if story.lead else "",
        byline=f'<span class="byline">{words["by"]} <a rel="author" href="/author">{escape(story.author)}</a></span>'
        if story.author
        else "",
        date=_date(site, story),
        breadcrumb=f'<a href="/">{words["home"]}</a> <a href="{section_path(site, story.section)}">'
        f"{escape(story.section)}</a>",
        body="\n".join(_body(story, image, resolve)),
        tags=" ".join(f'<a rel="tag" href="/tag/{i}">{escape(tag)}</a>' for i, tag in enumerate(story.tags)),
        trending="".join(f"<li>{entry.link}</li>" for entry in trending),
        share=_share(words["share"], canonical),
    )


def index(site: Site, title: str, entries: Sequence[blocks.Entry], *, front: str | None = None) -> str:
    """A page that lists articles and is none: section, tag, or, with its own address in `front`, the front page."""
    words = furniture()[site.language]
    head = _charset(site) + f"<title>{escape(title)} | {escape(site.name)}</title>"
    if front is not None:
        head += "\n" + "\n".join(_front_head(site, front))
    teasers = "".join(f"<li>{entry.link} <p>{escape(entry.summary)}</p></li>" for entry in entries)
    return _template("index").substitute(_frame(site, words), head=head, headline=escape(title), teasers=teasers)


def _front_head(site: Site, front: str) -> list[str]:
    """What a front page says of its site: where its feeds are, whose they are."""
    lines = [f'<meta property="og:site_name" content="{escape(site.name)}">'] if site.metadata else []
    for plan in site.feeds if site.announces else ():
        title = f"{site.name} » {plan.section}" if plan.section else site.name
        lines.append(
            f'<link rel="alternate" type="{feeds.TYPES[plan.format].partition(";")[0]}" '
            f'title="{escape(title)}" href="{plan.path}">'
        )
    if site.announces:
        # Read by feed readers, too: not what a news collector wants.
        lines.append('<link rel="alternate" type="application/rss+xml" title="Comments" href="/comments/feed">')
    publisher = {
        "@context": "https://schema.org",
        "@type": "NewsMediaOrganization",
        "name": site.name,
        "url": front,
        "alternateName": list(site.aliases),
        "address": {"@type": "PostalAddress", "addressCountry": site.country},
    }
    data = json.dumps(publisher, ensure_ascii=False).replace("<", "\\u003c")
    return [*lines, f'<script type="application/ld+json">{data}</script>']


def missing(site: Site) -> str:
    """What a visitor reads instead of a page that is not there."""
    return index(site, furniture()[site.language]["missing"], ())


def sections(site: Site) -> tuple[str, ...]:
    """The sections of a site, in order of first use."""
    return tuple(dict.fromkeys(story.section for story in site.stories))


def section_path(site: Site, section: str) -> str:
    """Where a section's index is."""
    return f"/section/{sections(site).index(section) + 1}"


def _frame(site: Site, words: dict[str, str]) -> dict[str, str]:
    """What every page of the site has."""
    menu = [("/", words["home"]), *((section_path(site, name), name) for name in sections(site))]
    return {
        **{name: escape(text) for name, text in words.items()},
        "tags_label": words["tags"],
        "trending_label": words["trending"],
        "language": site.language,
        "direction": "rtl" if site.language in RIGHT_TO_LEFT else "ltr",
        "site": escape(site.name),
        "nav": "".join(f'<li><a href="{path}">{escape(name)}</a></li>' for path, name in menu),
    }


def _charset(site: Site) -> str:
    return f'<meta charset="{site.encoding}">\n'


def _head(site: Site, story: Story, form: Form, canonical: str) -> str:
    lines = [
        f"<title>{escape(story.headline)} | {escape(site.name)}</title>",
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f'<link rel="canonical" href="{escape(canonical)}">',
        f'<meta property="og:title" content="{escape(story.headline)}">',
        f'<meta property="og:site_name" content="{escape(site.name)}">',
        '<meta property="og:type" content="article">',
    ]
    if not site.prefix:  # else the prefix of the text names the section
        lines.append(f'<meta property="article:section" content="{escape(story.section)}">')
    local = story.published.astimezone(ZoneInfo(site.timezone))
    stated = {"utc": story.published, "offset": local, "naive": local.replace(tzinfo=None)}
    lines += [
        f'<meta property="article:published_time" content="{_iso(stated[kind])}">'
        for kind in site.metadata
        if kind in stated
    ]
    if "jsonld" in site.metadata and form == "full":
        lines.append(f'<script type="application/ld+json">{_json_ld(site, story, canonical)}</script>')
    return _charset(site) + "\n".join(lines)


def _json_ld(site: Site, story: Story, canonical: str) -> str:
    zone = ZoneInfo(site.timezone)
    data: dict[str, object] = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": story.headline,
        "url": canonical,
        "datePublished": _iso(story.published.astimezone(zone)),
        "dateModified": _iso(story.modified.astimezone(zone)),
        "articleSection": story.section,
        "inLanguage": site.language,
        "publisher": {"@type": "NewsMediaOrganization", "name": site.name},
    }
    if story.author:
        data["author"] = [{"@type": "Person", "name": story.author}]
    return json.dumps(data, ensure_ascii=False).replace("<", "\\u003c")


def _iso(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z") if moment.tzinfo is UTC else moment.isoformat()


def _date(site: Site, story: Story) -> str:
    local = story.published.astimezone(ZoneInfo(site.timezone))
    text = escape(printed(story.dateline or site.dateline, local, site.timezone))
    return f'<time datetime="{_iso(local)}">{text}</time>' if "time" in site.metadata else text


def _share(label: str, canonical: str) -> str:
    places = (("facebook", "Facebook"), ("x", "X"), ("telegram", "Telegram"))
    links = (f'<a href="https://{name}.invalid/share?u={escape(canonical)}">{title}</a>' for name, title in places)
    return f"<span>{label}</span> " + " ".join(links)


def _body(story: Story, image: str, resolve: Callable[[Link], blocks.Entry]) -> list[str]:
    lines: list[str] = []
    prefix = escape(story.prefix)
    for part in story.body:
        if isinstance(part, str):
            lines.append(f"<p>{prefix}{_prose(part, story, resolve)}</p>")
            prefix = ""
        elif part.type is None:
            lines.append(blocks.furniture(part.form, part.label, image))
        else:
            lines.append(_links(part, resolve))
    return lines


def _links(block: Block, resolve: Callable[[Link], blocks.Entry]) -> str:
    return blocks.links(block.form, block.label, [resolve(link) for link in block.links])


def _prose(paragraph: str, story: Story, resolve: Callable[[Link], blocks.Entry]) -> str:
    return "".join(
        f'<a href="{escape(resolve(_inner(story, target)).url)}">{escape(words)}</a>' if target else escape(words)
        for words, target in prose_links(paragraph)
    )


def _inner(story: Story, target: str) -> Link:
    return Link(target=target if "/" in target else f"{story.site}/{target}", anchor="")
