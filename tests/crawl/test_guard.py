"""Addresses are judged when they are connected to, not when they were first seen."""

from __future__ import annotations

import pytest
from scrapy import Request
from scrapy.resolver import CachingThreadedResolver
from twisted.internet.defer import Deferred, succeed
from twisted.internet.error import DNSLookupError

from aggregator.addresses import NetworkOptions
from spiders.network import AddressRefused, Guard, GuardedResolver


class Answers:
    """A name server that changes its mind."""

    def __init__(self, *addresses: str) -> None:
        self.addresses = list(addresses)

    def __call__(self, *_: object) -> Deferred[str]:
        return succeed(self.addresses.pop(0))


def looked_up(resolver: GuardedResolver, name: str) -> str:
    found: list[object] = []
    resolver.getHostByName(name).addBoth(found.append)
    failure = found[0]
    if hasattr(failure, "raiseException"):
        failure.raiseException()
    return str(failure)


def test_a_name_that_is_public_first_and_private_then_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """DNS rebinding: a check before the request would have passed it."""
    monkeypatch.setattr(CachingThreadedResolver, "getHostByName", Answers("93.184.216.34", "127.0.0.1"))
    monkeypatch.setattr(GuardedResolver, "options", NetworkOptions())
    resolver = GuardedResolver.__new__(GuardedResolver)
    assert looked_up(resolver, "rebinding.example") == "93.184.216.34"
    with pytest.raises(DNSLookupError, match=r"127\.0\.0\.1 is not a public address"):
        looked_up(resolver, "rebinding.example")


@pytest.mark.parametrize(
    "url",
    [
        *("http://127.0.0.1/", "http://[::1]/", "http://[::ffff:10.0.0.1]/", "http://[64:ff9b::a00:1]/"),
        *("http://169.254.169.254/latest/meta-data/", "http://100.64.0.1/", "http://224.0.0.1/", "http://[fd00::1]/"),
        *("file:///etc/passwd", "ftp://gazette.example/", "data:,x", "s3://bucket/key"),
    ],
)
def test_what_the_url_alone_gives_away_is_refused_without_a_look_up(url: str) -> None:
    guard = Guard.__new__(Guard)
    guard.options = NetworkOptions()
    with pytest.raises(AddressRefused):
        guard.process_request(Request(url))
