"""The archives of a data folder: no body twice, found by their index, rewritten without what must go."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from fastwarc.warc import ArchiveIterator, WarcRecordType

from aggregator.journal import archives, warc
from aggregator.journal.archives import Archives
from aggregator.journal.warc import ArchiveOptions
from aggregator.records import Capture
from aggregator.store import SqliteStore
from aggregator.urls import key
from tests.journal.test_warc import page
from tests.store.newsroom import HOUR, NOW, url

OPTIONS = ArchiveOptions(enabled=True)


@pytest.fixture
def store(tmp_path: Path) -> SqliteStore:
    return SqliteStore(tmp_path / "aggregator.db")


def kept(folder: Path, store: SqliteStore, *stories: str, run: str = "20260310T120000-1", **options: object) -> None:
    """Writes a page for each story; `a=b` is a page at `a` with the body of `b`."""
    written = Archives(folder, run, replace(OPTIONS, **options), store.whole_capture)  # type: ignore[arg-type]
    for number, story in enumerate(stories):
        name, _, body = story.partition("=")
        shown = page(name, body=page(body or name).body, fetched=NOW + number * HOUR)
        store.add_capture(written.write(shown, key(shown.sighting.url)))
    written.close()


def read_back(folder: Path, store: SqliteStore) -> list[tuple[str, bytes]]:
    """By the index."""
    found = [archives.fetched(folder, capture, store.whole_capture) for capture in store.captures()]
    return [(one.url, one.body) for one in found if one is not None]


@pytest.mark.parametrize("compression", ["gzip", "zstd"])
def test_each_page_is_found_by_its_place(tmp_path: Path, store: SqliteStore, compression: str) -> None:
    kept(tmp_path, store, "a", "b", "c", compression=compression)
    (path,) = archives.files(tmp_path)
    assert path.name == f"20260310T120000-1{archives.SUFFIXES[compression]}"
    assert read_back(tmp_path, store) == [(url(name), page(name).body) for name in "abc"]
    assert [one.url for one in warc.read(path)] == [url(name) for name in "abc"], "and by whoever reads the file"
    (found,) = store.captures([key(url("b"))])
    assert (found.url, found.at, found.whole) == (url("b"), NOW + HOUR, True)


def test_a_body_is_kept_once_and_the_others_refer_to_it(tmp_path: Path, store: SqliteStore) -> None:
    """WARC 1.1, 6.7.2: a revisit record with the headers of its own answer and no body."""
    kept(tmp_path, store, "a", "b=a")
    kept(tmp_path, store, "a", run="20260311T120000-2")
    first, second = archives.files(tmp_path)
    with first.open("rb") as file:
        records = [(one.record_type, dict(one.headers.astuples())) for one in ArchiveIterator(file)]
    assert [kind for kind, _ in records] == [WarcRecordType.response, WarcRecordType.revisit]
    headers = records[1][1]
    assert headers["WARC-Profile"] == warc.SAME_PAYLOAD
    assert headers["WARC-Refers-To-Target-URI"] == url("a")
    assert (
        headers["WARC-Refers-To-Date"] == "2026-03-10T12:00:00Z"
        or NOW.isoformat()[:19] in (headers["WARC-Refers-To-Date"])
    )
    assert headers["WARC-Payload-Digest"] == records[0][1]["WARC-Payload-Digest"] == warc.digest_of(page("a").body)
    assert sorted(read_back(tmp_path, store)) == sorted([(url("a"), page("a").body)] * 2 + [(url("b"), page("a").body)])

    def resolve(digest: str) -> warc.Archived | None:
        whole = store.whole_capture(digest)
        return archives.fetched(tmp_path, whole, store.whole_capture) if whole else None

    assert [one.body for one in warc.read(second, resolve)] == [page("a").body]
    assert list(warc.read(second, lambda digest: None)) == []
    digest = warc.digest_of(page("a").body)
    path, position, length = warc.holding([second, first], {digest})[digest]
    assert path == first, "the other one only refers"
    found = warc.body_at(path, position, length, digest)
    assert found is not None
    assert found.body == page("a").body
    assert warc.revisited(second) == {warc.digest_of(page("a").body)}


def test_a_body_whose_file_is_gone_is_kept_again(tmp_path: Path, store: SqliteStore) -> None:
    kept(tmp_path, store, "a")
    archives.files(tmp_path)[0].unlink()
    kept(tmp_path, store, "a", run="20260311T120000-2")
    assert read_back(tmp_path, store) == [(url("a"), page("a").body)]


def test_a_new_file_is_begun_when_one_is_full(tmp_path: Path, store: SqliteStore) -> None:
    kept(tmp_path, store, *"abcd", max_file=500)
    names = [path.name for path in archives.files(tmp_path)]
    assert len(names) > 1
    assert {archives.run_of(path) for path in archives.files(tmp_path)} == {"20260310T120000-1"}
    assert [one for one, _ in read_back(tmp_path, store)] == [url(name) for name in "abcd"]


class TestWithout:
    """What must go goes, and nothing else changes."""

    def rewritten(self, folder: Path, store: SqliteStore, *stories: str) -> bool:
        keys = {key(url(story)) for story in stories}
        (path,) = archives.files(folder)
        done = archives.without(path, store.captures_in(path.name), lambda one: key(one) in keys, keys)
        if done is None:
            return False
        temporary, captures, gone = done
        store.replace_captures(path.name, captures, gone, lambda: archives.put_in_place(temporary, path))
        return True

    @pytest.mark.parametrize("compression", ["gzip", "zstd"])
    @pytest.mark.parametrize("story", ["a", "b", "c"])
    def test_the_others_stay_byte_for_byte(
        self, tmp_path: Path, store: SqliteStore, story: str, compression: str
    ) -> None:
        kept(tmp_path, store, "a", "b", "c", compression=compression)
        (path,) = archives.files(tmp_path)
        before = {one: path.read_bytes()[start : start + size] for start, size, one, _ in warc.positions(path)}
        assert self.rewritten(tmp_path, store, story)
        after = {one: path.read_bytes()[start : start + size] for start, size, one, _ in warc.positions(path)}
        assert after == {one: data for one, data in before.items() if one != url(story)}
        assert [one for one, _ in read_back(tmp_path, store)] == [url(name) for name in "abc" if name != story]
        assert list(tmp_path.glob(".*")) == []

    def test_equal_bodies_of_other_pages_go_with_it(self, tmp_path: Path, store: SqliteStore) -> None:
        kept(tmp_path, store, "a", "b=a", "c")
        assert self.rewritten(tmp_path, store, "b")
        assert [one for one, _ in read_back(tmp_path, store)] == [url("c")]

    def test_a_file_without_anything_else_is_deleted(self, tmp_path: Path, store: SqliteStore) -> None:
        kept(tmp_path, store, "a")
        assert self.rewritten(tmp_path, store, "a")
        assert archives.files(tmp_path) == []
        assert list(store.captures()) == []

    def test_a_file_without_it_is_left_alone(self, tmp_path: Path, store: SqliteStore) -> None:
        kept(tmp_path, store, "a")
        assert not self.rewritten(tmp_path, store, "z")

    def test_records_that_no_index_knows_go_too(self, tmp_path: Path, store: SqliteStore) -> None:
        """A crash between the record and its place."""
        kept(tmp_path, store, "a", "b")
        store.execute("DELETE FROM captures")
        assert self.rewritten(tmp_path, store, "a")
        assert [one.url for one in warc.read(archives.files(tmp_path)[0])] == [url("b")]

    def test_where_the_file_cannot_be_replaced_the_index_is_as_it_was(self, tmp_path: Path, store: SqliteStore) -> None:
        kept(tmp_path, store, "a", "b")
        before = list(store.captures())

        def full() -> None:
            raise OSError(28, "No space left on device")

        with pytest.raises(OSError, match="No space"):
            store.replace_captures(before[0].file, (), (), full)
        assert list(store.captures()) == before


def test_a_place_that_holds_something_else_gives_nothing(tmp_path: Path, store: SqliteStore) -> None:
    """An index that is not the file's: better no page than another one."""
    kept(tmp_path, store, "a", "b")
    first, second = store.captures()
    wrong = replace(first, position=second.position, length=second.length)
    assert archives.fetched(tmp_path, wrong, store.whole_capture) is None
    assert archives.fetched(tmp_path, replace(first, file="none.warc.gz"), store.whole_capture) is None


def test_many_are_read_in_the_order_in_which_they_were_fetched(store: SqliteStore) -> None:
    usual = Capture(key="k", url="u", at=NOW, digest="d", file="f", position=0, length=1)
    wanted = [replace(usual, position=n, at=NOW + timedelta(seconds=n // 3), file=f"f{n % 3}") for n in range(1200)]
    with store.transaction():
        for capture in reversed(wanted):
            store._insert(capture)
    assert list(store.captures()) == wanted
