"""Every spelling of an article's URL that the demo web uses and answers to."""

from __future__ import annotations

from urllib.parse import quote

from aggregator.demo.stories import Site

_SUFFIXES = {
    "tracked": "utm_source=rss&utm_medium=feed&utm_campaign=latest",
    "fbclid": "fbclid=IwAR2demo0example",
    "print": "print=1",
}
SPELLINGS = ("plain", "www", "mobile", "amp", "hop", *_SUFFIXES)
"""`plain` is the canonical one; `hop` is another address that redirects to it; `www` has a trailing slash too."""


def article(site: Site, slug: str, port: int, spelling: str = "plain") -> str:
    """URL of an article of a site, in the spelling of that name."""
    path = quote(site.address.replace("{slug}", slug), safe="/?=&")
    prefix = {"www": "www.", "mobile": "m."}.get(spelling, "")
    if spelling == "hop":
        path = f"/r/{quote(slug)}?to=news"
    elif spelling == "amp":
        path = f"/amp{path}"
    elif spelling == "www" and "?" not in path:
        path = f"{path.rstrip('/')}/"
    elif spelling in _SUFFIXES:
        path += ("&" if "?" in path else "?") + _SUFFIXES[spelling]
    return f"http://{prefix}{site.host}:{port}{path}"


def page(site: Site, port: int, path: str = "/") -> str:
    """URL of any other page of a site."""
    return f"http://{site.host}:{port}{path}"
