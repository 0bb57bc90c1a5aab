"""A web of heavy pages on this machine: some hosts, each with a feed of all its pages.

    python benchmarks/heavy_web.py HOSTS PAGES

Pages are made before the first is asked for, so that serving one costs next to nothing.  Prints its port when it is
ready, and ends with its standard input.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading
from email.utils import format_datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
import heavy_pages

ROBOTS = b"User-agent: *\nDisallow: /private\n"


def hosts(number: int) -> list[str]:
    """So many hosts: addresses of this machine, which every program finds without asking for a name."""
    return [f"127.1.{n // 250}.{n % 250 + 1}" for n in range(number)]


class HeavyWeb:
    """The web in a process of its own."""

    def __init__(self, number: int, pages: int) -> None:
        """So many hosts with so many pages each; returns when it answers."""
        command = [sys.executable, __file__, str(number), str(pages)]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        self.port = int(self._process.stdout.readline())
        self.feeds = {f"house-{n}": f"http://{name}:{self.port}/feed.xml" for n, name in enumerate(hosts(number))}

    def close(self) -> None:
        """Ends the process."""
        self._process.kill()
        self._process.wait()


class _Answers(asyncio.Protocol):
    """HTTP/1.1 with kept connections, as far as GET goes."""

    def __init__(self, made: dict[tuple[str, str], tuple[bytes, bytes]]) -> None:
        self._made, self._heard = made, b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Somebody asks."""
        assert isinstance(transport, asyncio.WriteTransport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Answers each whole request."""
        self._heard += data
        while b"\r\n\r\n" in self._heard:
            head, _, self._heard = self._heard.partition(b"\r\n\r\n")
            request, *headers = head.decode("latin-1").split("\r\n")
            named = dict(line.lower().split(": ", 1) for line in headers if ": " in line)
            host = named.get("host", "").partition(":")[0]
            kind, body = self._made.get((host, request.split(" ")[1]), (b"", b"not here"))
            status = b"200 OK" if kind else b"404 Not Found"
            self._transport.write(
                b"HTTP/1.1 %b\r\nContent-Type: %b\r\nContent-Length: %d\r\n\r\n"
                % (status, kind or b"text/plain", len(body))
            )
            self._transport.write(body)


def _feed(host: str, port: int, pages: int) -> bytes:
    items = "".join(
        f"<item><title>{heavy_pages.headline(n, f'{host}:{port}')}</title>"
        f"<link>http://{host}:{port}{heavy_pages.path(n)}</link>"
        f"<pubDate>{format_datetime(heavy_pages.published(n))}</pubDate></item>"
        for n in range(pages)
    )
    return f'<rss version="2.0"><channel><title>{host}</title>{items}</channel></rss>'.encode()


async def _serve(number: int, pages: int) -> None:
    made: dict[tuple[str, str], tuple[bytes, bytes]] = {}
    loop = asyncio.get_running_loop()
    first, *others = hosts(number)
    server = await loop.create_server(lambda: _Answers(made), first, 0)
    port = server.sockets[0].getsockname()[1]
    if others:
        await loop.create_server(lambda: _Answers(made), others, port)
    for host in hosts(number):
        made[host, "/robots.txt"] = b"text/plain", ROBOTS
        made[host, "/feed.xml"] = b"application/rss+xml", _feed(host, port, pages)
        for n in range(pages):
            page = heavy_pages.page(n, f"{host}:{port}")
            made[host, heavy_pages.path(n)] = b"text/html; charset=utf-8", page
    print(port, flush=True)
    over = asyncio.Event()
    # The process that started this one is gone when nothing can be read any more.
    threading.Thread(target=lambda: (sys.stdin.read(), loop.call_soon_threadsafe(over.set)), daemon=True).start()
    await over.wait()


if __name__ == "__main__":
    asyncio.run(_serve(int(sys.argv[1]), int(sys.argv[2])))
