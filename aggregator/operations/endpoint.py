"""The metrics over HTTP: served by a thread of the schedule, on loopback unless another address is named."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import datetime
from socketserver import TCPServer, ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from aggregator.config import Config, MetricsOptions, place
from aggregator.errors import AggregatorError, ConfigError
from aggregator.operations import scheduled
from aggregator.operations.metrics import CONTENT_TYPE, text
from aggregator.operations.overview import overview
from aggregator.operations.standing import standing
from aggregator.store import open_store

FRESH = 10.0
"""Seconds for which an answer is used again: whoever asks more often costs no more."""


class Endpoint:
    """Answers GET /metrics."""

    def __init__(self, options: MetricsOptions, config: Callable[[], Config], now: Callable[[], datetime]) -> None:
        """Listens at once; raises ConfigError where the address cannot be had."""
        self._config, self._now = config, now
        self._lock, self._made, self._text = threading.Lock(), 0.0, b""
        host, port = place(options.address)
        try:
            self._server = make_server(host, port, self.answer, _Server, _Quiet)
        except OSError as error:
            raise ConfigError(f"cannot listen at {options.address}: {error}", key="metrics.address") from error
        self.port = self._server.server_port
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.2}, name="metrics", daemon=True
        )
        self._thread.start()

    def answer(self, environ: dict[str, Any], start: Callable[..., Any]) -> list[bytes]:
        """The WSGI application."""
        if environ["PATH_INFO"] != "/metrics" or environ["REQUEST_METHOD"] not in ("GET", "HEAD"):
            start("404 Not Found", [("Content-Type", "text/plain")])
            return [b"see /metrics\n"]
        try:
            body = self._figures()
        except (AggregatorError, OSError) as error:
            start("503 Service Unavailable", [("Content-Type", "text/plain; charset=utf-8")])
            return [f"{error}\n".encode()]
        start("200 OK", [("Content-Type", CONTENT_TYPE), ("Content-Length", str(len(body)))])
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]

    def _figures(self) -> bytes:
        with self._lock:
            if not self._text or time.monotonic() - self._made >= FRESH:
                config, now = self._config(), self._now()
                store = open_store(config.place)
                try:
                    stands, found = standing(store, config, now), overview(store, config, now)
                finally:
                    store.close()
                self._text = text(stands, found, scheduled.load(config.data_folder)).encode()
                self._made = time.monotonic()
            return self._text

    def close(self) -> None:
        """Listens no more."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(2.0)


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True
    block_on_close = False

    def server_bind(self) -> None:
        # Not WSGIServer's: that asks a name server for the name of this machine, which may take half a minute.
        TCPServer.server_bind(self)
        self.server_name, self.server_port = str(self.server_address[0]), int(self.server_address[1])
        self.setup_environ()


class _Quiet(WSGIRequestHandler):
    timeout = 10.0

    def log_message(self, *_: object) -> None:
        """A line for each request helps nobody."""
