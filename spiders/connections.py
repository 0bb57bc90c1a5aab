"""What a connection must keep to: the address it really has, the time it takes to be made, the size of its headers.

Scrapy leaves all three open: it connects to whatever a name resolves to, waits for a connection as long as for the
whole answer, and bounds each line of the headers but not their number.
"""

from __future__ import annotations

from typing import Any

from scrapy import Request
from scrapy.core.downloader.handlers.http11 import (
    _LenientHTTP11ClientFactory,
    _LenientHTTP11ClientProtocol,
    _ScrapyAgent,
)
from twisted.internet.defer import Deferred
from twisted.web._newclient import HEADER, STATUS
from twisted.web.client import Agent

from aggregator.addresses import NetworkOptions, refusal
from spiders.network import AddressRefused
from spiders.room import Room


class _Connection(_LenientHTTP11ClientProtocol):
    """Scrapy's protocol, with a bound for the headers as a whole: endless interim answers (1xx) count, too."""

    _head = 0

    def __init__(self, quiet: Any, max_header_size: int) -> None:
        super().__init__(quiet)
        self._max_header_size = max_header_size

    def dataReceived(self, data: bytes) -> None:  # noqa: N802 - Twisted's name
        super().dataReceived(data)
        in_headers = self._parser is not None and self._parser.state in (STATUS, HEADER)
        self._head = self._head + len(data) if in_headers else 0
        if self._head > self._max_header_size and self.transport is not None:
            self.transport.abortConnection()


class Connections(_LenientHTTP11ClientFactory):
    """Makes the protocol of each connection, if it leads where it may."""

    def __init__(self, network: NetworkOptions, max_header_size: int, *scrapys: Any) -> None:
        super().__init__(*scrapys)
        self._network, self._max_header_size = network, max_header_size

    def buildProtocol(self, addr: Any) -> _Connection:  # noqa: N802 - Twisted's name
        """The protocol of a connection to `addr`, which stands but has carried no byte; raises AddressRefused.

        The resolver has judged the address before; this holds whatever the way to the connection was.
        """
        reason = refusal(getattr(addr, "host", ""), self._network)
        if reason is not None:
            raise AddressRefused(reason)
        return _Connection(self._quiescentCallback, self._max_header_size)


class LimitedAgent(_ScrapyAgent):
    """Scrapy's agent, for which making the connection has a time of its own, and a body needs room."""

    def __init__(self, *, longest: float, room: Room, **scrapys: Any) -> None:
        super().__init__(**scrapys)
        self._longest, self._room = longest, room

    def _get_agent(self, request: Request, timeout: float) -> Agent:
        return super()._get_agent(request, min(timeout, self._longest))

    def _cb_bodyready(self, txresponse: Any, request: Request) -> Any:
        body = super()._cb_bodyready(txresponse, request)
        if isinstance(body, Deferred):  # else there is none
            self._room.begins(request, txresponse._transport)
        return body
