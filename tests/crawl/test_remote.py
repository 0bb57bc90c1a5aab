"""Archives on servers: fetched whole whatever the line does, no further than pages may go, and read like local ones."""

from __future__ import annotations

import gzip
import socketserver
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest

from aggregator.addresses import NetworkOptions
from aggregator.config import BackfillOptions
from aggregator.errors import InputError
from aggregator.remote import Download
from tests.crawl.conftest import Newsroom
from tests.crawl.test_backfill import archives, backfill, told

__all__ = ["archives"]

HERE = NetworkOptions(allow=(ip_network("127.0.0.0/8"),))
CONTENT = bytes(range(256)) * 9_000


@dataclass
class Shelf:
    """A server of files that answers ranges, and cuts its answers where it is told to."""

    files: dict[str, bytes] = field(default_factory=dict)
    tag: str = '"one"'
    most: int | None = None
    """bytes of one answer, before the connection ends"""
    moved: dict[str, str] = field(default_factory=dict)
    asked: list[tuple[str, str]] = field(default_factory=list)
    """path and range of each request"""
    before: Callable[[Shelf], None] = lambda _: None
    """called with each request"""
    port: int = 0

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"


@pytest.fixture
def shelf() -> Iterator[Shelf]:
    shelf = Shelf(files={"/a.warc.gz": CONTENT})

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            shelf.asked.append((self.path, self.headers.get("Range", "")))
            shelf.before(shelf)
            self.close_connection = True
            content = shelf.files.get(self.path)
            if place := shelf.moved.get(self.path):
                self.send_response(302)
                self.send_header("Location", place)
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
            if content is None:
                self.send_error(404)
                return
            wanted, begins = self.headers.get("Range"), 0
            if wanted and self.headers.get("If-Range") == shelf.tag:
                begins = int(wanted.removeprefix("bytes=").rstrip("-"))
                self.send_response(206)
                self.send_header("Content-Range", f"bytes {begins}-{len(content) - 1}/{len(content)}")
            else:
                self.send_response(200)
            if shelf.tag:
                self.send_header("ETag", shelf.tag)
            self.send_header("Content-Length", str(len(content) - begins))
            self.end_headers()
            self.wfile.write(content[begins:][: shelf.most])

        def log_message(self, format: str, *args: Any) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    assert isinstance(server, socketserver.ThreadingMixIn)
    shelf.port = server.server_address[1]
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    yield shelf
    server.shutdown()
    server.server_close()


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("aggregator.remote._PAUSE", 0.0)


def fetched(shelf: Shelf, folder: Path, network: NetworkOptions = HERE, **limits: Any) -> bytes:
    """What comes of `/a.warc.gz`."""
    to = folder / "incoming" / "a.warc.gz"
    return Download(shelf.url("/a.warc.gz"), to, BackfillOptions(**limits), network, "tests").run().read_bytes()


class TestDownload:
    def test_a_connection_that_is_cut_is_gone_on_with(self, shelf: Shelf, tmp_path: Path) -> None:
        """Each try brings a part, and none twice."""
        shelf.most = 1_000_000
        assert fetched(shelf, tmp_path, tries=1) == CONTENT
        assert [begins for _, begins in shelf.asked] == ["", "bytes=1000000-", "bytes=2000000-"]
        assert [file.name for file in (tmp_path / "incoming").iterdir()] == ["a.warc.gz"]

    def test_what_a_run_had_is_used_by_the_next(self, shelf: Shelf, tmp_path: Path) -> None:
        shelf.most, shelf.before = 1_000_000, lambda shelf: setattr(shelf, "most", 0 if len(shelf.asked) > 1 else 10**6)
        with pytest.raises(InputError, match="the connection ended after 1000000 of 2304000 bytes"):
            fetched(shelf, tmp_path, tries=2)
        shelf.most, shelf.before = None, lambda _: None
        assert fetched(shelf, tmp_path) == CONTENT
        assert shelf.asked[-1][1] == "bytes=1000000-"

    def test_a_file_that_changed_meanwhile_is_fetched_anew(self, shelf: Shelf, tmp_path: Path) -> None:
        def changed(shelf: Shelf) -> None:
            if len(shelf.asked) == 2:
                shelf.files["/a.warc.gz"], shelf.tag, shelf.most = CONTENT[::-1], '"two"', None

        shelf.most, shelf.before = 1_000_000, changed
        assert fetched(shelf, tmp_path) == CONTENT[::-1]

    @pytest.mark.parametrize("tag", ["", 'W/"weak"'])
    def test_without_a_validator_nothing_is_glued_together(self, shelf: Shelf, tmp_path: Path, tag: str) -> None:
        shelf.most, shelf.tag = 1_000_000, tag
        with pytest.raises(InputError, match="the connection ended after"):
            fetched(shelf, tmp_path, tries=2)
        assert {begins for _, begins in shelf.asked} == {""}

    def test_a_file_over_the_limit_is_refused_before_it_is_read(self, shelf: Shelf, tmp_path: Path) -> None:
        with pytest.raises(InputError, match=r"2304000 bytes are over the limit \(backfill.max_file\)"):
            fetched(shelf, tmp_path, max_file=1_000_000)

    def test_nothing_on_this_machine_is_asked_by_default(self, shelf: Shelf, tmp_path: Path) -> None:
        with pytest.raises(InputError, match="is not a public address"):
            fetched(shelf, tmp_path, network=NetworkOptions())
        assert shelf.asked == []

    @pytest.mark.parametrize(
        "place", ["http://10.0.0.1/x", "http://[::1]:1/x", "file:///etc/passwd", "ftp://a.example/x"]
    )
    def test_no_redirect_leads_where_it_must_not(self, shelf: Shelf, tmp_path: Path, place: str) -> None:
        shelf.moved["/a.warc.gz"] = place
        with pytest.raises(InputError, match=r"not a public address|neither http nor https"):
            fetched(shelf, tmp_path)

    def test_redirects_are_followed_and_loops_end(self, shelf: Shelf, tmp_path: Path) -> None:
        shelf.files["/b"] = shelf.files.pop("/a.warc.gz")
        shelf.moved["/a.warc.gz"] = "/b"
        assert fetched(shelf, tmp_path) == CONTENT
        shelf.moved["/b"] = "/a.warc.gz"
        with pytest.raises(InputError, match="over 10 redirects"):
            fetched(shelf, tmp_path / "again")

    def test_it_ends_when_it_is_told_to(self, shelf: Shelf, tmp_path: Path) -> None:
        downloads: list[Download] = []
        to = tmp_path / "a"
        downloads.append(Download(shelf.url("/a.warc.gz"), to, BackfillOptions(), HERE, "tests"))
        shelf.before = lambda _: downloads[0].cancel()
        with pytest.raises(InputError, match="the run was ended"):
            downloads[0].run()
        assert not to.exists()


def test_archives_on_a_server_are_read_like_local_ones(newsroom: Newsroom, archives: Path, shelf: Shelf) -> None:
    """By a list of them, over a line that is cut; each once, and nothing is left in the folder."""
    assert backfill(newsroom, "local", str(archives)).returncode == 0
    whole = told(newsroom, "local")
    shelf.files = {f"/2026/{name}.warc.gz": (archives / "2026" / f"{name}.warc.gz").read_bytes() for name in "ab"}
    shelf.most = 20_000
    names = newsroom.folder / "warc.paths.gz"
    names.write_bytes(gzip.compress(b"2026/a.warc.gz\n2026/b.warc.gz\n"))
    words = ("--list", str(names), "--base", shelf.url("/"), "--set", "network.allow=127.0.0.0/8")
    done = backfill(newsroom, "remote", *words)
    assert done.returncode == 0, done.stderr
    assert "2  files read" in done.stdout

    def of(lines: list[dict[str, Any]]) -> list[tuple[str, str]]:
        return [(line["id"], line["text"]) for line in lines if line["kind"] == "article"]

    assert of(told(newsroom, "remote")) == of(whole)
    assert list((newsroom.folder / "remote" / "incoming").iterdir()) == []
    before = len(shelf.asked)
    done = backfill(newsroom, "remote", *words)
    assert "2  files that had been read before" in done.stdout
    assert len(shelf.asked) == before


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "name the archives to read"),
        (("--list", "missing"), "missing cannot be read"),
        (("--list", "empty"), "empty names no archive"),
        (("nowhere.warc.gz",), "nowhere.warc.gz does not exist"),
        (("http://127.0.0.1:9/a.warc.gz",), "not a public address"),
    ],
)
def test_what_cannot_be_had_is_said_in_one_line(newsroom: Newsroom, words: tuple[str, ...], said: str) -> None:
    (newsroom.folder / "empty").write_text("# nothing\n")
    done = backfill(newsroom, "none", *words)
    assert done.returncode == 2, done.stdout
    assert said in done.stderr
    assert "Traceback" not in done.stderr
