"""WARC: what was fetched, kept and read again."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from aggregator.errors import InputError
from aggregator.journal import warc
from aggregator.records import Page
from tests.store.newsroom import NOW, sighting, text, url


def page(story: str, **changes: Any) -> Page:
    usual: dict[str, Any] = {
        "sighting": sighting(url(story)),
        "url": url(story),
        "status": 200,
        "headers": (("content-type", "text/html; charset=utf-8"),),
        "body": f"<p>{story} — سلام</p>".encode(),
        "fetched": NOW,
    }
    return Page(**{**usual, **changes})


def kept(path: Path, *pages: Page) -> Path:
    writer = warc.WarcWriter(path)
    for written in pages:
        writer.write(written)
    writer.close()
    return path


def test_what_was_written_is_read(tmp_path: Path) -> None:
    """Promise P8: pages can be extracted again without the network."""
    path = kept(tmp_path / "warc" / "a.warc.gz", page("a"), page("b", status=404), page("c", body=b""))
    found = list(warc.read(path))
    assert [(one.url, one.status, one.body) for one in found] == [
        (url("a"), 200, page("a").body),
        (url("b"), 404, page("b").body),
        (url("c"), 200, b""),
    ]
    assert {one.fetched for one in found} == {NOW}
    assert ("content-type", "text/html; charset=utf-8") in found[0].headers
    assert not any(one.truncated for one in found)


def test_the_encoding_of_the_transfer_is_not_claimed(tmp_path: Path) -> None:
    """The body is kept decoded: a header that says gzip would have it undone twice."""
    headers = (("content-encoding", "gzip"), ("transfer-encoding", "chunked"), ("content-length", "3"), ("etag", '"1"'))
    (found,) = warc.read(kept(tmp_path / "a.warc.gz", page("a", headers=headers)))
    assert found.body == page("a").body
    names = dict(found.headers)
    assert names["etag"] == '"1"'
    assert "content-encoding" not in names
    assert "transfer-encoding" not in names


@pytest.mark.parametrize(
    "body", [b"\r\n\r\n", b"WARC/1.0\r\n\r\n", bytes(range(256)) * 50, b"\x1f\x8b\x08\x00not gzip"]
)
def test_any_body_is_only_a_body(tmp_path: Path, body: bytes) -> None:
    """A page may hold the bytes that part records."""
    path = kept(tmp_path / "a.warc.gz", page("a", body=body), page("b"))
    assert [one.body for one in warc.read(path)] == [body, page("b").body]


def test_headers_that_break_lines_make_no_new_headers(tmp_path: Path) -> None:
    """Servers send odd bytes; what is kept stays one answer."""
    odd = (("x-odd", "caf\u00e9 \u0633"), ("x-last", "1"))
    (found,) = warc.read(kept(tmp_path / "a.warc.gz", page("a", headers=odd)))
    assert dict(found.headers)["x-last"] == "1"
    assert found.body == page("a").body


def test_a_file_is_appended_to(tmp_path: Path) -> None:
    """A run that goes on keeps what it had."""
    kept(tmp_path / "a.warc.gz", page("a"))
    assert len(list(warc.read(kept(tmp_path / "a.warc.gz", page("b"))))) == 2


def test_plain_files_are_read_too(tmp_path: Path) -> None:
    """Other programs write them so."""
    packed = kept(tmp_path / "a.warc.gz", page("a"), page("b"))
    plain = tmp_path / "a.warc"
    plain.write_bytes(gzip.decompress(packed.read_bytes()))
    assert [one.url for one in warc.read(plain)] == [url("a"), url("b")]


def test_a_truncated_file_gives_what_is_whole(tmp_path: Path) -> None:
    """A crash costs the last record at most, wherever it cut.  Half a page must not pass for a whole one: it would be
    stored as an article that ends in the middle."""
    pages = [page(story, body=text(story, words=150).encode()) for story in "abc"]
    path = kept(tmp_path / "a.warc.gz", *pages)
    whole, two = path.read_bytes(), kept(tmp_path / "two.warc.gz", *pages[:2]).stat().st_size
    for length in range(two, len(whole), 7):
        path.write_bytes(whole[:length])
        found = [one.body for one in warc.read(path)]
        assert found in ([one.body for one in pages[:2]], [one.body for one in pages]), f"cut to {length} bytes"


def test_a_longer_body_is_cut_and_said_to_be(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Archives of strangers hold anything."""
    monkeypatch.setattr(warc, "MAX_BODY", 10)
    (found,) = warc.read(kept(tmp_path / "a.warc.gz", page("a", body=b"x" * 11)))
    assert (found.body, found.truncated) == (b"x" * 10, True)
    (found,) = warc.read(kept(tmp_path / "b.warc.gz", page("a", body=b"x" * 10)))
    assert (found.body, found.truncated) == (b"x" * 10, False)


def test_the_time_is_the_records_own(tmp_path: Path) -> None:
    """Replayed articles say when their page was fetched, not when it was read again."""
    then = datetime(2020, 2, 29, 23, 59, 58, tzinfo=UTC)
    (found,) = warc.read(kept(tmp_path / "a.warc.gz", page("a", fetched=then)))
    assert found.fetched == then


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<html><body>a page</body></html>" * 50,
        b"\x00" * 5_000,
        gzip.compress(b"no archive", mtime=0),
        b"\x1f\x8bbroken",
    ],
    ids=["empty", "page", "zeros", "gzip", "broken gzip"],
)
def test_what_is_no_warc_file_is_said_to_be_none(tmp_path: Path, content: bytes) -> None:
    """With its name: the user gave it."""
    path = tmp_path / "a.warc.gz"
    path.write_bytes(content)
    with pytest.raises(InputError, match=r"a\.warc\.gz"):
        list(warc.read(path))


def test_a_file_that_is_not_there_is_said_to_be_missing(tmp_path: Path) -> None:
    """Not a traceback; a folder neither."""
    for path in (tmp_path / "nothing.warc", tmp_path):
        with pytest.raises(InputError) as caught:
            list(warc.read(path))
        assert caught.value.subject == str(path)
