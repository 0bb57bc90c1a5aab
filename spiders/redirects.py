"""Redirects: followed within bounds, and only where the web goes.

Each hop is a request of its own: it passes the guard, the quiet of its host, and its robots.txt.
`response.meta["redirect_urls"]` and `["redirect_reasons"]` (statuses) tell the way.
"""

from __future__ import annotations

import re

from scrapy import Request
from scrapy.downloadermiddlewares.redirect import RedirectMiddleware
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response

TRAIL = "redirect_trail"
"""Key in `meta` of a list that grows by the URL of each hop, for who has no response to read them from."""

_SCHEME = re.compile(rb"\s*([a-zA-Z][a-zA-Z0-9+.-]*):")


class RedirectRefused(IgnoreRequest):
    """A redirect led where nothing is asked, or never ended."""


class TooManyRedirects(RedirectRefused):
    """A loop, or a chain without an end."""


class Redirects(RedirectMiddleware):
    """Scrapy's redirects, which drop credentials at another origin; without a Referer, and with words for refusals."""

    def process_response(self, request: Request, response: Response) -> Request | Response:
        location = response.headers.get("Location") or b""
        scheme = _SCHEME.match(location)
        if response.status in (301, 302, 303, 307, 308) and scheme and scheme[1].lower() not in (b"http", b"https"):
            raise RedirectRefused(f"it redirects to {scheme[1].decode().lower()}:, which is not asked")
        try:
            result = super().process_response(request, response)
        except IgnoreRequest as error:
            hops = len(request.meta.get("redirect_urls", ()))
            raise TooManyRedirects(f"it redirects again and again: given up after {hops} redirects") from error
        if isinstance(result, Request):
            # Scrapy would leave it in the queue of the host it comes from; it must wait its turn where it goes.
            result.meta.pop("download_slot", None)
            request.meta.get(TRAIL, []).append(result.url)
        return result

    def handle_referer(self, request: Request, response: Response) -> None:  # noqa: ARG002
        request.headers.pop("Referer", None)
