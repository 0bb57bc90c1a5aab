"""A web of a few addresses on this machine, each with an answer of its own: what the demo web has no site for."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit


@dataclass(frozen=True)
class Asked:
    """A request."""

    at: float
    host: str
    path: str
    headers: Mapping[str, str]


@dataclass(frozen=True)
class Said:
    """An answer."""

    body: str | bytes = ""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


Site = Callable[[str], "Said | str | bytes | None"]
"""Path and query in, answer out; None: 404."""


class SmallWeb:
    """Serves sites by their host's first label, below `localhost`, while its `with` block lasts."""

    def __init__(self) -> None:
        self.sites: dict[str, Site] = {}
        self.asked: list[Asked] = []
        web = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                host = self.headers.get("Host", "")
                web.asked.append(Asked(time.time(), host, self.path, {k.lower(): v for k, v in self.headers.items()}))
                site = web.sites.get(host.partition(".")[0])
                said = site(self.path) if site else None
                answer = (
                    said if isinstance(said, Said) else Said("" if said is None else said, 404 if said is None else 200)
                )
                body = answer.body if isinstance(answer.body, bytes) else answer.body.encode()
                etag = answer.headers.get("ETag")
                status = 304 if etag and self.headers.get("If-None-Match") == etag else answer.status
                self.send_response(status)
                for name, value in answer.headers.items():
                    self.send_header(name, value)
                if status != 304:
                    self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                if status != 304:
                    self.wfile.write(body)

            def log_message(self, format: str, *args: Any) -> None:
                pass

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self._http.server_address[1]

    def __enter__(self) -> SmallWeb:
        threading.Thread(target=self._http.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._http.shutdown()
        self._http.server_close()

    def url(self, site: str, path: str = "/") -> str:
        """Address of a path of a site."""
        return f"http://{site}.localhost:{self.port}{path}"

    def paths(self, site: str, beginning: str = "/") -> list[str]:
        """What was asked of a site, in its order, robots.txt left out."""
        return [
            a.path
            for a in self.asked
            if a.host.startswith(f"{site}.") and a.path.startswith(beginning) and a.path != "/robots.txt"
        ]


def article(headline: str, *, published: str = "2026-11-20T10:00:00Z", more: str = "") -> str:
    """A page that is an article, with a text that no other headline has."""
    data = {"@type": "NewsArticle", "headline": headline, "datePublished": published}
    words = " ".join(f"{headline} word {n}" for n in range(30))
    return (
        f"<!DOCTYPE html><html lang=en><head><title>{headline}</title>"
        f'<script type="application/ld+json">{json.dumps(data)}</script></head>'
        f"<body><article><h1>{headline}</h1><p>{words}.</p><p>{headline} ends here.</p></article>{more}</body></html>"
    )


def source(name: str, web: SmallWeb, **more: Any) -> str:
    """A source of the catalogue."""
    values = {"id": name, "name": name.title(), "homepage": web.url(name), "languages": ["en"], **more}
    lines = [f"{key} = {json.dumps(value)}" for key, value in values.items()]
    return "\n".join(["[[source]]", *lines, ""])


def rss(*items: tuple[str, str]) -> str:
    """An RSS feed of links, each with what else its item holds."""
    inner = "".join(f"<item><title>Story {link}</title><link>{link}</link>{rest}</item>" for link, rest in items)
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>T</title>{inner}</channel></rss>'


def path_of(url: str) -> str:
    """Path and query of an address."""
    parts = urlsplit(url)
    return parts.path + (f"?{parts.query}" if parts.query else "")
