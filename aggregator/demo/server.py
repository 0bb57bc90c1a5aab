"""The demo web on a port of this machine: one HTTP server, its sites told apart by Host."""

from __future__ import annotations

import errno
import json
import socket
import threading
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import TCPServer
from types import TracebackType
from typing import Any

from aggregator.demo.web import EDITIONS, DemoWeb, build
from aggregator.errors import InputError
from aggregator.records import Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A request that was answered."""

    at: float
    """Seconds since the epoch."""
    host: str
    path: str
    status: int
    headers: dict[str, str]
    """Request headers, names in lower case."""


class DemoServer:
    """Serves the demo web on 127.0.0.1 while its `with` block lasts."""

    def __init__(self, port: int = 0) -> None:
        """Takes `port`, or any free one for 0.

        Raises InputError where that port cannot be had.
        """
        self.requests: list[Request] = []
        """Every request so far, in the order of the answers."""
        self._edition = 1
        self._asked: Counter[tuple[str, str]] = Counter()
        self._lock = threading.Lock()
        try:
            self._http = _Server(("127.0.0.1", port), _Handler, self)
        except OverflowError as error:
            raise InputError(f"{port} is no port: choose one from 1 to 65535 with --port", subject=str(port)) from error
        except OSError as error:
            raise InputError(_unavailable(port, error), subject=str(port)) from error
        self.port: int = self._http.server_address[1]
        self.web: DemoWeb = build(self.port)
        self._thread: threading.Thread | None = None

    @property
    def edition(self) -> int:
        """Which edition of the web is served: 1 at first, 2 once it is set."""
        return self._edition

    @edition.setter
    def edition(self, value: int) -> None:
        if value not in EDITIONS:
            raise ValueError(f"there is no edition {value}")
        self._edition = value

    def __enter__(self) -> DemoServer:
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.05,), name="demo web", daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Stops serving and frees the port; more than once does no harm."""
        if self._thread is not None:
            self._http.shutdown()
            self._thread.join()
            self._thread = None
        self._http.drop_connections()
        self._http.server_close()

    def counted(self, host: str, path: str, *, add: bool) -> int:
        """How often that address was asked for before; `add` counts this request from now on."""
        with self._lock:
            before = self._asked[host, path]
            self._asked[host, path] += add
        return before


def catalogue_toml(web: DemoWeb) -> str:
    """The demo web's sources in the format of `config/sources/*.toml`."""
    return "\n".join(_entry(source) for source in web.sources)


def _entry(source: Source) -> str:
    fields = {
        "id": source.id,
        "name": source.name,
        "homepage": source.homepage,
        "country": source.country,
        "region": source.region,
        "languages": list(source.languages),
        "timezone": source.timezone,
        "kind": source.kind,
        "sitemaps": list(source.sitemaps),
        "listings": list(source.listings),
        "aliases": list(source.aliases),
    }
    lines = ["[[source]]", *_pairs(fields)]
    for feed in source.feeds:
        lines += ["[[source.feeds]]", *_pairs({"url": feed.url, "format": feed.format, "section": feed.section})]
    return "\n".join(lines) + "\n"


def _pairs(fields: dict[str, str | list[str] | None]) -> list[str]:
    # A JSON string or array of strings is one of TOML, too.
    return [f"{name} = {json.dumps(value, ensure_ascii=False)}" for name, value in fields.items() if value]


def _unavailable(port: int, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"port {port} is in use: choose another with --port, or leave it out"
    return f"port {port} cannot be used ({error.strerror}): choose another with --port, or leave it out"


class _Server(ThreadingHTTPServer):
    daemon_threads = False  # so that server_close() waits for them
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], handler: type[BaseHTTPRequestHandler], demo: DemoServer) -> None:
        self.demo = demo
        self._open: set[socket.socket] = set()
        self._open_lock = threading.Lock()
        super().__init__(address, handler)

    def server_bind(self) -> None:
        # HTTPServer would ask the name service for the machine's name here: slow or stuck without a network.
        TCPServer.server_bind(self)
        self.server_name, self.server_port = "localhost", self.server_address[1]

    def process_request(self, request: Any, client_address: Any) -> None:
        with self._open_lock:
            self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        with self._open_lock:
            self._open.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is nobody's error: nothing is printed."""

    def drop_connections(self) -> None:
        """Ends kept-alive connections, so that no thread waits for a request that never comes."""
        with self._open_lock:
            for connection in self._open:
                with suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "demo-web"
    timeout = 60
    wbufsize = -1  # headers and body in one write
    disable_nagle_algorithm = True
    server: _Server

    def do_GET(self) -> None:
        self._answer(with_body=True)

    def do_HEAD(self) -> None:
        self._answer(with_body=False)

    def _answer(self, *, with_body: bool) -> None:
        demo = self.server.demo
        host = self.headers.get("Host", "")
        headers = {name.lower(): value for name, value in self.headers.items()}
        before = demo.counted(host, self.path, add=with_body)
        answer = demo.web.answer(host, self.path, headers, demo.edition, before)
        demo.requests.append(Request(at=time.time(), host=host, path=self.path, status=answer.status, headers=headers))
        self.send_response(answer.status)
        for name, value in answer.headers:
            self.send_header(name, value)
        if answer.status != 304:
            self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        if with_body:
            self.wfile.write(answer.body)

    def version_string(self) -> str:
        return self.server_version

    def log_message(self, format: str, *args: object) -> None:
        """Requests are kept in `DemoServer.requests`; nothing is printed."""
