"""Where connections may go: the one resolver and the one middleware that every request passes.

The resolver checks the address that is connected to, at the moment it is looked up, on every hop; the middleware
refuses by the URL alone what needs no look-up.  What is allowed is decided in `aggregator.addresses`.
"""

from __future__ import annotations

from datetime import datetime
from ipaddress import ip_address
from typing import Any, ClassVar
from urllib.parse import unquote, urlsplit, urlunsplit

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.resolver import CachingThreadedResolver
from twisted.internet.defer import Deferred, fail, succeed
from twisted.internet.error import DNSLookupError
from w3lib.http import basic_auth_header

from aggregator.addresses import NetworkOptions, refusal


class AddressRefused(IgnoreRequest):
    """The address that a URL leads to must not be connected to."""


class NotNow(IgnoreRequest):
    """The request must not be made at present, and may be later: no fault of what was asked for."""

    def __init__(self, reason: str, until: datetime) -> None:
        self.until = until
        super().__init__(reason)


class HostIsQuiet(NotNow):
    """The host has asked not to be asked for a while."""


class RunEnds(NotNow):
    """The run is ending: what has not come to its end goes back to where it came from."""


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


class Credentials:
    """Takes user and password out of a URL and sends them as a header, which Scrapy drops at another origin."""

    def process_request(self, request: Request) -> Request | None:
        parts = urlsplit(request.url)
        user, at, place = parts.netloc.rpartition("@")
        if not at:
            return None
        plain = request.replace(url=urlunsplit(parts._replace(netloc=place)))
        if "redirect_urls" not in request.meta:  # whoever redirects has no credentials to give us
            name, _, password = user.partition(":")
            plain.headers["Authorization"] = basic_auth_header(unquote(name), unquote(password), "utf-8")
        return plain
