"""Redirects that lead astray and answers that would cost us dearly, beside a host that is as it should be."""

from __future__ import annotations

import gzip
import time
import zlib
from collections.abc import Iterator
from itertools import repeat
from typing import Any

import brotli
import pytest

from tests.crawl.faulty_web import Answer, Desk, FaultyWeb, article, redirect

MIB = 2**20
HTML = {"Content-Type": "text/html"}
FORBIDDEN = ("file:///etc/passwd", "ftp://files.example/x", "data:text/html,hello", "javascript:alert(1)", "FILE:/etc")
PRIVATE = ("http://10.0.0.1/", "http://[::1]/", "http://169.254.169.254/latest/", "http://2130706434.0/", "http://0/")
ZEROS = b"\0" * (64 * MIB)


def dripping() -> Iterator[bytes]:
    for _ in range(200):
        time.sleep(0.1)
        yield b"x"


def endless() -> Iterator[bytes]:
    yield from repeat(b"<p>more</p>" * 6_000, 10_000)


def build(web: FaultyWeb) -> None:
    web.source("good", *(f"/news/{n}" for n in range(5)))
    web.source("loop", "/a", "/b")
    web.on("loop", "/a", redirect("/b", 301))
    web.on("loop", "/b", redirect("/a", 301))
    web.source("chain", "/0")
    for n in range(40):
        web.on("chain", f"/{n}", redirect(f"/{n + 1}"))
    web.source("short-chain", "/0")
    for n in range(9):
        web.on("short-chain", f"/{n}", redirect(f"/{n + 1}", 308))
    web.on("short-chain", "/9", article("the end"))
    web.source("astray", *(f"/{n}" for n in range(len(FORBIDDEN))))
    for n, target in enumerate(FORBIDDEN):
        web.on("astray", f"/{n}", redirect(target))
    web.source("inward", *(f"/{n}" for n in range(len(PRIVATE))))
    for n, target in enumerate(PRIVATE):
        web.on("inward", f"/{n}", redirect(target))
    # robots.txt as a side door.
    web.source("side-door", "/news/1")
    web.on("side-door", "/robots.txt", redirect("http://10.0.0.1/robots.txt"))
    # A feed behind a password that leads to another origin.
    secret = web.url("members", "/feed").replace("://", "://reader:s3cret@")
    web.source("members", "/news/1")
    web._feeds["members"] = [secret]
    web.on("members", "/feed", redirect(web.url("elsewhere", "/feed")))
    web.source("elsewhere", "/news/1")
    # Answers that are too much.
    bodies: dict[str, Any] = {
        "gzip": Answer(gzip.compress(ZEROS), headers={**HTML, "Content-Encoding": "gzip"}),
        "deflate": Answer(zlib.compress(ZEROS), headers={**HTML, "Content-Encoding": "deflate"}),
        "brotli": Answer(brotli.compress(ZEROS, quality=3), headers={**HTML, "Content-Encoding": "br"}),
        "twice": Answer(gzip.compress(gzip.compress(ZEROS)), headers={**HTML, "Content-Encoding": "gzip, gzip"}),
        "announced": lambda _: Answer(stream=endless(), headers={**HTML, "Content-Length": str(96 * MIB)}),
        "endless": lambda _: Answer(stream=endless(), headers=HTML),
        "film": lambda _: Answer(stream=endless(), headers={"Content-Type": "video/mp4"}),
        "model": lambda _: Answer(stream=endless(), headers={"Content-Type": "model/gltf-binary"}),
        "sheet": lambda _: Answer(stream=endless(), headers={"Content-Type": "application/vnd.ms-excel; x=text/html"}),
        "octets": Answer(article("octets").body, headers={"Content-Type": "application/octet-stream"}),
        "untyped": Answer(article("untyped").body, headers={}),
        "nonsense": Answer(article("nonsense").body, headers={"Content-Type": "html"}),
        "xhtml": Answer(article("xhtml").body, headers={"Content-Type": "Application/XHTML+XML; charset=utf-8"}),
        "drip": lambda _: Answer(stream=dripping(), headers=HTML),
        "never": Answer(seconds=15),
        "headers": Answer(b"hello", headers={**HTML, **{f"X-{n}": "x" * 8_000 for n in range(90)}}),
    }
    for path, answer in bodies.items():
        web.source(f"host-{path}", f"/{path}")
        web.on(f"host-{path}", f"/{path}", answer)


class Seen:
    def __init__(self, desk: Desk, said: str) -> None:
        self.desk, self.web, self.said = desk, desk.web, said

    def outcome(self, host: str, path: str) -> tuple[str, str]:
        return self.desk.outcome(self.web.url(host, path))


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Seen]:
    web = FaultyWeb()
    build(web)
    with web.serving():
        desk = Desk(tmp_path_factory.mktemp("hostile"), web)
        sets = ("crawl.timeout=4s", "crawl.per_address=16", "crawl.max_page_size=2MB")
        done = desk.crawl(*sets, words=("--verbose",))
        yield Seen(desk, done.stdout + done.stderr)


class TestRedirects:
    @pytest.mark.parametrize(("host", "path"), [("loop", "/a"), ("loop", "/b"), ("chain", "/0")])
    def test_a_loop_and_an_endless_chain_end_after_ten_hops(self, seen: Seen, host: str, path: str) -> None:
        state, reason = seen.outcome(host, path)
        assert state == "failed"
        assert reason == "it redirects again and again: given up after 10 redirects"
        assert len(seen.web.paths(host)) <= 2 + 11 * (2 if host == "loop" else 1)

    def test_nine_hops_are_followed(self, seen: Seen) -> None:
        assert seen.outcome("short-chain", "/0")[0] == "stored"

    @pytest.mark.parametrize("n", range(len(FORBIDDEN)))
    def test_a_redirect_out_of_the_web_is_refused_and_told(self, seen: Seen, n: int) -> None:
        """Scrapy once followed one to a local file."""
        state, reason = seen.outcome("astray", f"/{n}")
        assert state == "failed"
        assert reason == f"it redirects to {FORBIDDEN[n].partition(':')[0].lower()}:, which is not asked"

    @pytest.mark.parametrize("n", range(len(PRIVATE)))
    def test_a_redirect_into_a_private_network_is_refused(self, seen: Seen, n: int) -> None:
        """Checked on every hop; loopback is allowed here, for IPv4 alone."""
        assert seen.outcome("inward", f"/{n}")[0] in ("failed", "pending")
        assert seen.web.paths("inward").count(f"/{n}") == 1

    def test_robots_txt_is_no_side_door(self, seen: Seen) -> None:
        assert "/news/1" not in seen.web.paths("side-door")
        state, reason = seen.outcome("side-door", "/news/1")
        assert state == "pending"
        assert "10.0.0.1 is not a public address" in reason

    def test_a_proxy_of_the_environment_is_not_asked(self, seen: Seen) -> None:
        assert [request for request in seen.web.requests if request.path.startswith("http:")] == []

    def test_credentials_stay_with_their_origin(self, seen: Seen) -> None:
        (member,) = [request for request in seen.web.of("members") if request.path == "/feed"]
        assert member.headers["authorization"] == "Basic cmVhZGVyOnMzY3JldA=="
        others = [request for request in seen.web.requests if request is not member]
        assert [request for request in others if "authorization" in request.headers] == []
        assert "/feed" in [request.path for request in others if request.host == "elsewhere"]
        assert "s3cret" not in seen.said


class TestBounds:
    @pytest.mark.parametrize("name", ["gzip", "deflate", "brotli", "twice"])
    def test_a_bomb_is_not_unpacked(self, seen: Seen, name: str) -> None:
        assert seen.outcome(f"host-{name}", f"/{name}")[0] in ("failed", "pending")

    @pytest.mark.parametrize("name", ["announced", "endless", "film"])
    def test_a_body_without_an_end_is_cut(self, seen: Seen, name: str) -> None:
        (request,) = [request for request in seen.web.of(f"host-{name}") if request.path == f"/{name}"]
        assert request.sent < 16 * MIB
        assert seen.outcome(f"host-{name}", f"/{name}")[0] in ("failed", "pending")

    def test_a_film_is_known_by_its_headers(self, seen: Seen) -> None:
        assert seen.outcome("host-film", "/film") == ("failed", "not a web page but video/mp4")

    @pytest.mark.parametrize(("name", "kind"), [("model", "model/gltf-binary"), ("sheet", "application/vnd.ms-excel")])
    def test_only_what_may_be_text_is_downloaded_and_the_refusal_names_its_type(
        self, seen: Seen, name: str, kind: str
    ) -> None:
        """An allow list: a type that nobody thought of is refused at its headers."""
        (request,) = [request for request in seen.web.of(f"host-{name}") if request.path == f"/{name}"]
        assert request.sent < 4 * MIB
        assert seen.outcome(f"host-{name}", f"/{name}") == ("failed", f"not a web page but {kind}")

    @pytest.mark.parametrize("name", ["octets", "untyped", "nonsense", "xhtml"])
    def test_a_page_without_a_telling_type_is_known_by_its_body(self, seen: Seen, name: str) -> None:
        assert seen.outcome(f"host-{name}", f"/{name}")[0] == "stored"

    @pytest.mark.parametrize("name", ["drip", "never"])
    def test_there_is_a_deadline_for_the_whole_answer(self, seen: Seen, name: str) -> None:
        """A byte now and then does not prolong it."""
        (request,) = [request for request in seen.web.of(f"host-{name}") if request.path == f"/{name}"]
        assert request.ended - request.began < 8
        state, reason = seen.outcome(f"host-{name}", f"/{name}")
        assert state == "pending"
        assert "took longer than 4" in reason

    def test_headers_without_an_end_are_refused(self, seen: Seen) -> None:
        assert seen.outcome("host-headers", "/headers")[0] == "pending"

    def test_the_host_beside_them_is_read_whole(self, seen: Seen) -> None:
        assert [seen.outcome("good", f"/news/{n}")[0] for n in range(5)] == ["stored"] * 5
