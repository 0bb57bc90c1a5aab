"""Where connections may go: the one resolver and the one middleware that every request passes.

The resolver checks the address that is connected to, at the moment it is looked up, on every hop; the middleware
refuses by the URL alone what needs no look-up.  What is allowed is decided in `aggregator.addresses`.
"""

from __future__ import annotations

from ipaddress import ip_address
from typing import Any, ClassVar
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.redirect import RedirectMiddleware
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response
from scrapy.resolver import CachingThreadedResolver
from twisted.internet.defer import Deferred, fail, succeed
from twisted.internet.error import DNSLookupError

from aggregator.addresses import NetworkOptions, refusal
from aggregator.run import utc_now
from aggregator.urls import host


class AddressRefused(IgnoreRequest):
    """The address that a URL leads to must not be connected to."""


class HostIsQuiet(IgnoreRequest):
    """The host has asked not to be asked for a while."""


class GuardedResolver(CachingThreadedResolver):
    """Resolves names, and refuses addresses that are not public unless `network.allow` lists them."""

    options: ClassVar[NetworkOptions] = NetworkOptions()
    refused: ClassVar[dict[str, str]] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler, reactor: Any) -> GuardedResolver:
        resolver = super().from_crawler(crawler, reactor)
        cls.options = crawler.settings["AGGREGATOR_CONFIG"].network
        return resolver

    def getHostByName(self, name: str, timeout: Any = ()) -> Deferred[str]:  # noqa: N802 - Twisted's name
        if name == "localhost" or name.endswith(".localhost"):
            return self._checked("127.0.0.1", name)  # RFC 6761: these names are always the loopback address
        found = super().getHostByName(name, timeout)
        return found.addCallback(self._checked, name)

    def _checked(self, address: str, name: str) -> Deferred[str]:
        reason = refusal(address, self.options)
        if reason is None:
            return succeed(address)
        self.refused[name] = reason
        # An error that Twisted knows: of any other it prints a traceback.
        return fail(DNSLookupError(f"{name}: {reason}"))


class Guard:
    """Refuses requests whose URL alone says that they must not be made, redirects included."""

    def __init__(self, crawler: Crawler) -> None:
        self.options: NetworkOptions = crawler.settings["AGGREGATOR_CONFIG"].network

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Guard:
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme not in ("http", "https"):
            raise AddressRefused(f"{parts.scheme}: is not asked, only http and https are")
        try:
            literal = str(ip_address(parts.hostname or ""))
        except ValueError:
            return
        reason = refusal(literal, self.options)
        if reason is not None:
            raise AddressRefused(reason)


class QuietHosts:
    """Holds back requests to hosts that asked for quiet, in this run or an earlier one."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> QuietHosts:
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        until = self.crawler.spider.quiet.get(host(request.url))
        if until is not None and until > utc_now():
            raise HostIsQuiet(f"{host(request.url)} asked for quiet until {until:%Y-%m-%d %H:%M:%S} UTC")


class Redirects(RedirectMiddleware):
    """Scrapy's redirects without a Referer: this program sends none."""

    def handle_referer(self, request: Request, response: Response) -> None:  # noqa: ARG002
        request.headers.pop("Referer", None)
