"""POST to an address that the operator named, no further than pages may go.

The address that is connected to is judged when it is looked up and again when the connection stands; no redirect is
followed, and the whole has one deadline.
"""

from __future__ import annotations

import base64
import http.client
import socket
import ssl
import threading
from contextlib import suppress
from urllib.parse import unquote, urlsplit

from aggregator import __version__
from aggregator.addresses import NetworkOptions, refusal

MOST_READ = 4_096
"""Bytes of an answer that are read: only its status counts."""


class Undelivered(Exception):
    """The message did not arrive; the text says why."""


def post(url: str, body: bytes, *, timeout: float, network: NetworkOptions, contact: str = "") -> None:
    """Sends JSON; raises Undelivered unless the answer is a success (2xx)."""
    parts = urlsplit(url)
    host, headers = parts.hostname or "", {"Content-Type": "application/json"}
    headers["User-Agent"] = f"aggregator/{__version__} (+{contact})" if contact else f"aggregator/{__version__}"
    if parts.username is not None:
        pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
        headers["Authorization"] = "Basic " + base64.b64encode(pair.encode()).decode()
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        port = parts.port or (443 if parts.scheme == "https" else 80)
        connection = http.client.HTTPConnection(host, port, timeout=timeout)
        connection.sock = _connected(host, port, timeout, network)
        deadline = threading.Timer(timeout, _cut, [connection.sock])
        deadline.daemon = True
        deadline.start()
        try:
            if parts.scheme == "https":
                connection.sock = ssl.create_default_context().wrap_socket(connection.sock, server_hostname=host)
            connection.request("POST", path, body=body, headers=headers)
            answer = connection.getresponse()
            answer.read(MOST_READ)
        finally:
            deadline.cancel()
            connection.close()
    except (OSError, ValueError, http.client.HTTPException) as error:
        raise Undelivered(f"{type(error).__name__}: {error}" if str(error) else type(error).__name__) from error
    if not 200 <= answer.status < 300:
        raise Undelivered(f"HTTP {answer.status}")


def _connected(host: str, port: int, timeout: float, network: NetworkOptions) -> socket.socket:
    # RFC 6761: these names are always the loopback address.
    name = "127.0.0.1" if host == "localhost" or host.endswith(".localhost") else host
    found = list(dict.fromkeys(str(entry[4][0]) for entry in socket.getaddrinfo(name, port, type=socket.SOCK_STREAM)))
    reasons = [reason for address in found if (reason := refusal(address, network)) is not None]
    if reasons:
        raise Undelivered(f"{host}: {reasons[0]}")
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
        raise Undelivered(f"{host}: {reason}")
    raise last or OSError(f"{host} has no address")


def _cut(made: socket.socket) -> None:
    with suppress(OSError):
        made.shutdown(socket.SHUT_RDWR)
