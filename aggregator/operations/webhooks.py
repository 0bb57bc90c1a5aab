"""POST to an address that the operator named, no further than pages may go.

No redirect is followed, and the whole has one deadline.
"""

from __future__ import annotations

import base64
import http.client
import socket
import threading
from contextlib import suppress
from urllib.parse import unquote, urlsplit

from aggregator import __version__, guarded
from aggregator.addresses import NetworkOptions

MOST_READ = 4_096
"""Bytes of an answer that are read: only its status counts."""


class Undelivered(Exception):
    """The message did not arrive; the text says why."""


def post(url: str, body: bytes, *, timeout: float, network: NetworkOptions, contact: str = "") -> None:
    """Sends JSON; raises Undelivered unless the answer is a success (2xx)."""
    parts = urlsplit(url)
    headers = {"Content-Type": "application/json"}
    headers["User-Agent"] = f"aggregator/{__version__} (+{contact})" if contact else f"aggregator/{__version__}"
    if parts.username is not None:
        pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
        headers["Authorization"] = "Basic " + base64.b64encode(pair.encode()).decode()
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        connection = guarded.connection(parts, timeout, network)
        deadline = threading.Timer(timeout, _cut, [connection.sock])
        deadline.daemon = True
        deadline.start()
        try:
            connection.request("POST", path, body=body, headers=headers)
            answer = connection.getresponse()
            answer.read(MOST_READ)
        finally:
            deadline.cancel()
            connection.close()
    except guarded.Refused as error:
        raise Undelivered(str(error)) from error
    except (OSError, ValueError, http.client.HTTPException) as error:
        raise Undelivered(f"{type(error).__name__}: {error}" if str(error) else type(error).__name__) from error
    if not 200 <= answer.status < 300:
        raise Undelivered(f"HTTP {answer.status}")


def _cut(made: socket.socket) -> None:
    with suppress(OSError):
        made.shutdown(socket.SHUT_RDWR)
