"""A small web of many hosts on one loopback port, each with a fault of its own, and what it saw of its visitor."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from pathlib import Path
from socketserver import TCPServer
from typing import Any

from aggregator.store import SqliteStore

RUN = (
    "network.allow=127.0.0.0/8",
    "crawl.delay=0.05s",
    "crawl.contact=mailto:desk@gazette.example",
    "crawl.workers=1",
    "crawl.follow_depth=0",
)
"""Short times because nobody is bothered; everything else is as it is by default."""


@dataclass
class Answer:
    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    seconds: float = 0.0
    """that the server takes to answer"""
    stream: Iterator[bytes] | None = None
    """instead of a body: sent until it ends or the visitor goes"""


@dataclass
class Request:
    host: str
    path: str
    headers: dict[str, str]
    began: float
    ended: float = 0.0
    at_once: int = 0
    """requests under way at the whole server when this one came, with itself"""
    sent: int = 0
    """bytes of the body that were sent"""


Answering = Answer | Callable[[Request], Answer]


class FaultyWeb:
    """Hosts are named on first use; all are `NAME.localhost`, which leads to the loopback address."""

    def __init__(self) -> None:
        self.requests: list[Request] = []
        self._answers: dict[tuple[str, str], Answering] = {}
        self._feeds: dict[str, list[str]] = {}
        self._under_way = 0
        self._lock = threading.Lock()
        self._http = _Server(("127.0.0.1", 0), _Handler)
        self._http.web = self
        self.port = self._http.server_address[1]

    @contextmanager
    def serving(self) -> Iterator[FaultyWeb]:
        thread = threading.Thread(target=self._http.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield self
        finally:
            self._http.shutdown()
            self._http.server_close()
            thread.join()

    def url(self, host: str, path: str = "/") -> str:
        return f"http://{host}.localhost:{self.port}{path}"

    def on(self, host: str, path: str, answer: Answering) -> None:
        self._answers[host, path] = answer

    def robots(self, host: str, text: str) -> None:
        self.on(host, "/robots.txt", Answer(text.encode(), headers={"Content-Type": "text/plain"}))

    def source(self, host: str, *paths: str, feed: str = "/feed", listed: tuple[str, ...] = ()) -> None:
        """A source with one feed that lists `paths` of its host and whole URLs; each path is an article by default."""
        urls = [*(self.url(host, path) for path in paths), *listed]
        items = "".join(
            f"<item><title>Story {n}</title><link>{url.replace('&', '&amp;')}</link></item>"
            for n, url in enumerate(urls)
        )
        body = f'<rss version="2.0"><channel><title>{host}</title>{items}</channel></rss>'
        self._answers.setdefault((host, feed), Answer(body.encode(), headers={"Content-Type": "application/rss+xml"}))
        self._feeds.setdefault(host, []).append(self.url(host, feed))
        for path in paths:
            self._answers.setdefault((host, path), article(host + path))

    def catalogue(self) -> str:
        return "".join(
            f'[[source]]\nid = "{host}"\nname = "{host}"\nhomepage = "{self.url(host)}"\n'
            f"feeds = [{', '.join(repr(feed) for feed in feeds)}]\n"
            for host, feeds in self._feeds.items()
        )

    def answer(self, request: Request) -> Answer:
        found = self._answers.get((request.host, request.path))
        if found is None:
            return Answer(b"no such page", 404, {"Content-Type": "text/plain"})
        return found if isinstance(found, Answer) else found(request)

    def begin(self, request: Request) -> None:
        with self._lock:
            self._under_way += 1
            request.at_once = self._under_way
            self.requests.append(request)

    def end(self, request: Request) -> None:
        with self._lock:
            self._under_way -= 1
            request.ended = time.monotonic()

    # ------------------------------------------------------------- questions

    def of(self, host: str, since: int = 0) -> list[Request]:
        """Requests to a host, in order."""
        return [request for request in self.requests[since:] if request.host == host]

    def paths(self, host: str, since: int = 0) -> list[str]:
        return [request.path for request in self.of(host, since)]

    def pauses(self, host: str) -> list[float]:
        """Seconds from the start of each request of a host to that of the next."""
        times = [request.began for request in self.of(host)]
        return [after - before for before, after in pairwise(times)]


class Desk:
    """A data folder and the command that a user would give, over a faulty web."""

    def __init__(self, folder: Path, web: FaultyWeb) -> None:
        self.folder, self.web = folder, web
        self.data = folder / "data"

    def arguments(self, *sets: str, words: tuple[str, ...] = ()) -> list[str]:
        sources = self.folder / "sources.toml"
        sources.write_text(self.web.catalogue(), encoding="utf-8")
        flags = [part for override in (*RUN, *sets) for part in ("--set", override)]
        place = ["--sources", str(sources), "--data", str(self.data)]
        return [sys.executable, "-m", "aggregator", "crawl", *place, *flags, "--quiet", *words]

    def environment(self) -> dict[str, str]:
        # A proxy of the environment would see every address before the guard does: it must not be asked.
        return {
            **os.environ,
            "PYTHONPATH": str(Path(__file__).resolve().parents[2]),
            "http_proxy": self.web.url("proxy"),
            "no_proxy": "",
        }

    def crawl(
        self, *sets: str, words: tuple[str, ...] = (), code: int = 0, more: dict[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        """A crawl to its end; `more` is for its environment."""
        done = subprocess.run(
            self.arguments(*sets, words=words),
            cwd=self.folder,
            env=self.environment() | (more or {}),
            capture_output=True,
            text=True,
            timeout=150,
            check=False,
        )
        assert done.returncode == code, done.stdout + done.stderr
        assert "Traceback" not in done.stderr, done.stderr
        return done

    def start(self, *sets: str) -> subprocess.Popen[str]:
        """A crawl that goes on."""
        return subprocess.Popen(
            self.arguments(*sets),
            cwd=self.folder,
            env=self.environment(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    @contextmanager
    def store(self) -> Iterator[SqliteStore]:
        store = SqliteStore(self.data / "aggregator.db")
        try:
            yield store
        finally:
            store.close()

    def outcome(self, url: str) -> tuple[str, str]:
        """State and reason of a page."""
        with self.store() as store:
            entry = store.entry(url)
        assert entry is not None, f"{url} was never seen"
        return entry.state, entry.reason

    def why(self, url: str) -> str:
        """What `aggregator why URL` prints."""
        from aggregator.operations.reports import explain

        with self.store() as store:
            return "\n".join(explain(store, url))


def article(name: str) -> Answer:
    """A page that is an article, with everything about it that a browser would fetch and we must not."""
    words = " ".join(
        f"{name.replace('/', ' ')} sentence {n} of a story about the harbour and its boats." for n in range(9)
    )
    page = (
        f'<html><head><title>{name}</title><meta property="og:type" content="article">'
        '<link rel="icon" href="/favicon.ico"><link rel="stylesheet" href="/style.css"><script src="/app.js"></script>'
        '<meta property="og:image" content="/lead.jpg"></head>'
        f'<body><h1>Headline of {name}</h1><img src="/photo.jpg"><article><p>{words}</p></article></body></html>'
    )
    return Answer(page.encode(), headers={"Content-Type": "text/html; charset=utf-8", "Set-Cookie": "who=you; Path=/"})


def redirect(to: str, status: int = 302) -> Answer:
    return Answer(status=status, headers={"Location": to})


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128
    web: FaultyWeb

    def server_bind(self) -> None:
        TCPServer.server_bind(self)
        self.server_name, self.server_port = "localhost", self.server_address[1]

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A visitor that went away is what some of these tests want."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server
    disable_nagle_algorithm = True
    wbufsize = -1

    def do_GET(self) -> None:
        web = self.server.web
        request = Request(
            host=self.headers.get("Host", "").partition(".localhost")[0],
            path=self.path,
            headers={name.lower(): value for name, value in self.headers.items()},
            began=time.monotonic(),
        )
        web.begin(request)
        try:
            answer = web.answer(request)
            if answer.seconds:
                self._wait(answer.seconds)
            self._send(request, answer)
        finally:
            web.end(request)

    def _wait(self, seconds: float) -> None:
        # A visitor that gives up must not keep this thread for long.
        until = time.monotonic() + seconds
        self.connection.settimeout(0.05)
        while time.monotonic() < until:
            with suppress(TimeoutError):
                if not self.connection.recv(1, socket.MSG_PEEK):
                    break
        self.connection.settimeout(None)

    def _send(self, request: Request, answer: Answer) -> None:
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        if answer.stream is None:
            self.send_header("Content-Length", str(len(answer.body)))
            self.end_headers()
            self.wfile.write(answer.body)
            return
        self.close_connection = True
        self.end_headers()
        with suppress(OSError):
            for chunk in answer.stream:
                self.wfile.write(chunk)
                self.wfile.flush()
                request.sent += len(chunk)

    def log_message(self, format: str, *args: object) -> None:
        """Requests are kept in `FaultyWeb.requests`."""
