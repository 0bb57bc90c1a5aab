"""How the page is served."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import ip_address

LOOPBACK = ("127.0.0.1", "localhost", "::1")


@dataclass(frozen=True, slots=True, kw_only=True)
class WebOptions:
    """What `aggregator web` was told."""

    token: str
    """the word that lets one change things, and elsewhere than on this machine look at them"""
    host: str = "127.0.0.1"
    """address that is listened on"""
    port: int = 8000
    names: tuple[str, ...] = ()
    """further names under which the page may be asked for"""
    images: bool = False
    """whether pictures are loaded from the publishers' servers"""
    words: tuple[str, ...] = ()
    """--set, --data and --sources for the commands that the page starts"""

    @property
    def private(self) -> bool:
        """Whether only this machine can reach it."""
        try:
            return ip_address(self.host).is_loopback
        except ValueError:
            return self.host == "localhost"

    @property
    def allowed(self) -> frozenset[str]:
        """Names that a request's Host may have, without the port."""
        bound = {self.host} if self.host not in ("0.0.0.0", "::") else set()  # noqa: S104 - compared, not bound
        return frozenset(name.lower() for name in (*LOOPBACK, *bound, *self.names))
