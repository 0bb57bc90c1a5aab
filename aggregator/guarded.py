"""Connections that this program makes outside a crawl, no further than pages may go.

The addresses of a name are judged when it is looked up, and the one that was reached again when the connection stands,
before a byte is sent.  Proxies of the environment are not asked.
"""

from __future__ import annotations

import http.client
import socket
import ssl
from urllib.parse import SplitResult

from aggregator.addresses import NetworkOptions, refusal


class Refused(OSError):
    """The address must not be asked; the text names it and says why."""


def connection(parts: SplitResult, timeout: float, network: NetworkOptions) -> http.client.HTTPConnection:
    """An open connection to the host of an http or https URL, its certificate checked.

    `timeout` is in seconds, for each wait.  Raises Refused, OSError, and ValueError for a port that is none.
    """
    if parts.scheme not in ("http", "https"):
        raise Refused(f"{parts.scheme}: is neither http nor https")
    host = parts.hostname or ""
    port = parts.port or (443 if parts.scheme == "https" else 80)
    made = http.client.HTTPConnection(host, port, timeout=timeout)
    made.sock = _connected(host, port, timeout, network)
    if parts.scheme == "https":
        plain = made.sock
        try:
            made.sock = ssl.create_default_context().wrap_socket(plain, server_hostname=host)
        except BaseException:
            plain.close()
            raise
    return made


def _connected(host: str, port: int, timeout: float, network: NetworkOptions) -> socket.socket:
    # RFC 6761: these names are always the loopback address.
    name = "127.0.0.1" if host == "localhost" or host.endswith(".localhost") else host
    found = list(dict.fromkeys(str(entry[4][0]) for entry in socket.getaddrinfo(name, port, type=socket.SOCK_STREAM)))
    reasons = [reason for address in found if (reason := refusal(address, network)) is not None]
    if reasons:
        raise Refused(f"{host}: {reasons[0]}")
    last: OSError | None = None
    for address in found:
        try:
            made = socket.create_connection((address, port), timeout=timeout)
        except OSError as error:
            last = error
            continue
        reason = refusal(str(made.getpeername()[0]), network)
        if reason is None:
            return made
        made.close()
        raise Refused(f"{host}: {reason}")
    raise last or OSError(f"{host} has no address")
