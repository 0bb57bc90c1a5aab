"""Which network addresses may be connected to.

Pure: the resolver and the middleware that ask live in `spiders/network.py`.
"""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

Network = IPv4Network | IPv6Network

_CARRIERS = (IPv6Network("64:ff9b::/96"), IPv6Network("64:ff9b:1::/48"), IPv6Network("::/96"))
"""NAT64 and the old compatible form: the last 32 bits are the IPv4 address."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkOptions:
    """`[network]` of aggregator.toml."""

    allow: tuple[Network, ...] = ()
    """Private networks that may be asked all the same: for tests and intranets."""


def refusal(address: str, options: NetworkOptions) -> str | None:
    """Why `address` (an IP literal) must not be connected to; None where it may.

    Only globally routable unicast addresses pass, and those in `options.allow`.
    An IPv6 address that carries an IPv4 one (mapped, 6to4, Teredo, NAT64) is judged by both.
    """
    try:
        ip = ip_address(address.split("%", 1)[0])
    except ValueError:
        return f"{address} is no IP address"
    if any(ip in network for network in options.allow if network.version == ip.version):
        return None
    if not ip.is_global or ip.is_multicast or (isinstance(ip, IPv6Address) and ip.is_site_local):
        return f"{address} is not a public address (allow it with network.allow)"
    inner = _embedded(ip)
    if inner is not None and (not inner.is_global or inner.is_multicast):
        return f"{address} carries the address {inner}, which is not public (allow it with network.allow)"
    return None


def _embedded(ip: IPv4Address | IPv6Address) -> IPv4Address | None:
    if isinstance(ip, IPv4Address):
        return None
    if any(ip in network for network in _CARRIERS):
        return IPv4Address(int(ip) & 0xFFFFFFFF)
    return ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
