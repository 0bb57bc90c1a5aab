"""F58 to F67: where connections go, and what an answer may cost."""

from __future__ import annotations

import gzip
import socket
import subprocess
import sys
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path

import brotli
import pytest
from twisted.internet.address import IPv4Address, IPv6Address

from aggregator.addresses import NetworkOptions
from spiders.connections import Connections
from spiders.network import AddressRefused
from tests.crawl.conftest import environment
from tests.crawl.faulty_web import Answer, Desk, FaultyWeb, article
from tests.faults.raw import RawServer
from tests.faults.tls import self_signed

HTML = {"Content-Type": "text/html"}
MIB = 2**20
ZEROS = b"<p>zero</p>" * (6 * MIB)


SPELLINGS = (
    *("127.0.0.1", "127.1", "2130706433", "0x7f000001", "0x7f.1", "0177.0.0.1", "017700000001", "localhost", "0"),
    *("[::1]", "[::ffff:127.0.0.1]", "[0:0:0:0:0:ffff:7f00:1]", "0.0.0.0", "127.0.0.1.", "LOCALHOST", "x.localhost"),
    *("①②⑦.⓪.⓪.①", "127。0。0。1"),
)


class TestWhereConnectionsGo:
    @pytest.mark.parametrize(
        "address", [IPv4Address("TCP", "10.0.0.1", 80), IPv6Address("TCP", "::ffff:7f00:1", 80), object()]
    )
    def test_f59_a_connection_to_a_private_address_carries_no_byte(self, address: object) -> None:
        """However it came about: the address at the other end is looked at."""
        connections = Connections(NetworkOptions(), 64_000, lambda _: None, "test")
        with pytest.raises(AddressRefused):
            connections.buildProtocol(address)

    def test_f59_a_name_that_passed_the_check_and_leads_inward_is_not_asked(self, tmp_path: Path) -> None:
        """DNS rebinding at its worst: the look-up is not judged at all (its judgement is taken out here)."""
        web = FaultyWeb()
        web.source("inward", "/news/1")
        with web.serving():
            desk = Desk(tmp_path, web)
            script = (
                "from twisted.internet.defer import succeed\n"
                "from spiders.network import GuardedResolver\n"
                "GuardedResolver._checked = lambda self, address, name: succeed(address)\n"
                "from aggregator.cli import main\n"
                "main()\n"
            )
            words = [word for word in desk.arguments()[3:] if word != "network.allow=127.0.0.0/8"]
            at = [n for n, word in enumerate(words) if word == "--set" and words[n + 1 : n + 2] in ([], ["--set"])]
            for n in reversed(at):
                del words[n]
            done = subprocess.run(
                [sys.executable, "-c", script, *words],
                cwd=tmp_path, env=desk.environment(), capture_output=True, text=True, timeout=60, check=False,
            )  # fmt: skip
            assert done.returncode == 1, done.stderr
            assert "is not a public address" in done.stdout
            assert web.requests == []

    def test_f58_loopback_is_not_asked_however_it_is_spelt(self, tmp_path: Path) -> None:
        """By default nothing but the public net is asked; each of these leads to a server that would answer."""
        web = FaultyWeb()
        lines = (f"Inward {n},rss,http://{spelling}:{web.port}/feed/{n}" for n, spelling in enumerate(SPELLINGS))
        sources = tmp_path / "sources.csv"
        sources.write_text("\n".join(["name,type,url", *lines]), encoding="utf-8")
        words = ["crawl", "--sources", str(sources), "--data", str(tmp_path / "data"), "--quiet"]
        with web.serving():
            done = subprocess.run(
                [sys.executable, "-m", "aggregator", *words],
                cwd=tmp_path,
                env=environment(),
                capture_output=True,
                text=True,
                timeout=60,
                check=False,
            )
            assert done.returncode == 1, done.stdout + done.stderr
            assert done.stdout.count("is not a public address") >= 5, done.stdout
            assert "Traceback" not in done.stderr
            assert web.requests == []

    def test_certificates_are_checked_unless_the_source_says_otherwise_and_that_is_logged(self, tmp_path: Path) -> None:
        said = article("secure").body.decode()
        with self_signed(tmp_path, "secure.localhost", {"/news/1": ("text/html", said)}) as (port, asked):
            web = FaultyWeb()
            feed = f"https://secure.localhost:{port}/news/1"
            web.source("paper", listed=(feed,))
            with web.serving():
                desk = Desk(tmp_path, web)
                catalogue = web.catalogue
                desk.crawl()
                state, reason = desk.outcome(feed)
                assert (state, asked) == ("pending", [])
                assert "certificate" in reason.lower()
                entry = f'[[source]]\nid = "secure"\nname = "S"\nhomepage = "https://secure.localhost:{port}/"\n'
                web.catalogue = lambda: catalogue() + entry + "verify_tls = false\n"  # type: ignore[method-assign]
                with desk.store() as store, store.transaction():
                    store.execute("UPDATE frontier SET not_before = 0")
                    store.execute("DELETE FROM robots")
                done = desk.crawl("frontier.retry_delay=0s")
                assert desk.outcome(feed)[0] == "stored", desk.outcome(feed)
                assert "source=secure verify_tls=false" in done.stderr


@contextmanager
def deaf() -> Iterator[int]:
    """A port where connections are never taken: its queue is full."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        fillers = [socket.socket() for _ in range(4)]
        for filler in fillers:
            filler.setblocking(False)
            filler.connect_ex(listener.getsockname())
        try:
            yield listener.getsockname()[1]
        finally:
            for filler in fillers:
                filler.close()


def junk() -> Iterator[bytes]:
    while True:
        yield b"x" * 8_000


def zstd(data: bytes) -> bytes:
    """Packed as zstd, which Scrapy unpacks by the same library."""
    module = import_module("compression.zstd" if sys.version_info >= (3, 14) else "backports.zstd")
    packed: bytes = module.compress(data)
    return packed


BOMBS = {
    "gzip-in-br": Answer(brotli.compress(gzip.compress(ZEROS)), headers={**HTML, "Content-Encoding": "gzip, br"}),
    "br-in-gzip": Answer(
        gzip.compress(brotli.compress(ZEROS, quality=3)), headers={**HTML, "Content-Encoding": "br, gzip"}
    ),
    "deflate-twice": Answer(
        zlib.compress(zlib.compress(ZEROS)), headers={**HTML, "Content-Encoding": "deflate, deflate"}
    ),
    "ten-times": Answer(gzip.compress(ZEROS), headers={**HTML, "Content-Encoding": ", ".join(["gzip"] * 10)}),
    "zstd": Answer(zstd(ZEROS), headers={**HTML, "Content-Encoding": "zstd"}),
    "lies": Answer(b"<html>no gzip at all", headers={**HTML, "Content-Encoding": "gzip"}),
}
"""F64: what becomes more when it is unpacked, or cannot be."""

RAW = {
    "not-http": [b"SSH-2.0-OpenSSH_9.9\r\n", b"go away\r\n"],
    "nothing": [],
    "bad-status": [b"HTTP/1.1 abc def\r\n\r\nhello"],
    "bad-chunks": [b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Type: text/html\r\n\r\nzz\r\nhello\r\n"],
    "endless-chunk-size": [
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Type: text/html\r\n\r\n" + b"0" * 200_000
    ],
    "two-lengths": [b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 50\r\n\r\nhello"],
    "negative": [b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\nhello"],
    "cut": [b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 5000\r\n\r\n<html><p>only this"],
    "one-line": junk,
    "interim": lambda: iter(lambda: b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" * 100, None),
    "headers": lambda: iter(lambda: b"".join(b"X-%d: y\r\n" % n for n in range(1000)), None),
    "slow-headers": [b"HTTP/1.1 200 OK\r\n", 60.0],
}
"""F66 and F67: what is no answer, or has no end."""


class Seen:
    """One crawl of all of them."""

    def __init__(self, desk: Desk, raw: dict[str, RawServer], said: str) -> None:
        self.desk, self.raw, self.said = desk, raw, said

    def outcome(self, host: str, path: str = "/news/1") -> tuple[str, str]:
        return self.desk.outcome(self.desk.web.url(host, path))


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Seen]:
    web = FaultyWeb()
    web.source("good", *(f"/news/{n}" for n in range(5)))
    for name, answer in BOMBS.items():
        web.source(name, "/news/1")
        web.on(name, "/news/1", answer)
    raw = {name: RawServer(parts) for name, parts in RAW.items()}
    for name, server in raw.items():
        web.source(f"feed-of-{name}", listed=(server.url("/news/1"),))
    with deaf() as port, web.serving():
        web.source("feed-of-deaf", listed=(f"http://127.0.0.1:{port}/news/1",))
        desk = Desk(tmp_path_factory.mktemp("costly"), web)
        sets = ("crawl.timeout=6s", "crawl.per_address=32", "crawl.max_page_size=2MB", "crawl.connect_timeout=1s")
        done = desk.crawl(*sets, words=("--verbose",))
        found = Seen(desk, raw, done.stdout + done.stderr)
        found.deaf = f"http://127.0.0.1:{port}/news/1"  # type: ignore[attr-defined]
        yield found
    for server in raw.values():
        server.close()


class TestCosts:
    @pytest.mark.parametrize("name", BOMBS)
    def test_f64_a_bomb_in_any_packing_is_not_unpacked(self, seen: Seen, name: str) -> None:
        assert seen.outcome(name)[0] in ("failed", "pending", "rejected")

    @pytest.mark.parametrize("name", RAW)
    def test_f66_f67_what_is_no_answer_costs_that_request_alone(self, seen: Seen, name: str) -> None:
        state, reason = seen.desk.outcome(seen.raw[name].url("/news/1"))
        assert state in ("pending", "failed"), reason
        if name in ("one-line", "interim", "headers"):
            assert "longer than" not in reason, "headers are not read until the time is over"

    def test_f66_a_server_that_takes_no_connection_is_left_after_a_second(self, seen: Seen) -> None:
        """Five by default; the deadline for the whole answer is longer."""
        state, reason = seen.desk.outcome(seen.deaf)  # type: ignore[attr-defined]
        assert state == "pending"
        assert "robots.txt" in reason
        assert "took longer than 6" not in reason

    def test_the_host_beside_them_is_read_whole(self, seen: Seen) -> None:
        assert [seen.outcome("good", f"/news/{n}")[0] for n in range(5)] == ["stored"] * 5
        assert "Traceback" not in seen.said
