"""A server that sends what it likes: bytes, pauses, or bytes without an end; robots.txt of it is as it should be."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterable
from contextlib import suppress

ROBOTS = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"

Parts = Iterable[bytes | float] | Callable[[], Iterable[bytes | float]]
"""Bytes that are sent, and numbers of seconds for which the server is silent unless its visitor goes."""


class RawServer:
    """Listens at once, in threads of its own, until it is closed."""

    def __init__(self, parts: Parts, address: str = "127.0.0.1") -> None:
        self._parts, self._address = parts, address
        self.sent = self.visitors = 0
        self._listener = socket.create_server((address, 0), backlog=32)
        threading.Thread(target=self._listen, daemon=True).start()

    def url(self, path: str) -> str:
        """An address of it."""
        return f"http://{self._address}:{self._listener.getsockname()[1]}{path}"

    def close(self) -> None:
        """Takes no visitor any more."""
        self._listener.close()

    def _listen(self) -> None:
        with suppress(OSError):
            while True:
                visitor, _ = self._listener.accept()
                self.visitors += 1
                threading.Thread(target=self._serve, args=(visitor,), daemon=True).start()

    def _serve(self, visitor: socket.socket) -> None:
        with visitor, suppress(OSError):
            asked = visitor.recv(65_536)
            if asked.startswith(b"GET /robots.txt"):
                visitor.sendall(ROBOTS)
                return
            for part in self._parts() if callable(self._parts) else self._parts:
                if isinstance(part, float):
                    visitor.settimeout(part)
                    with suppress(TimeoutError):
                        visitor.recv(1)  # ends when the visitor goes
                    visitor.settimeout(None)
                else:
                    visitor.sendall(part)
                    self.sent += len(part)
