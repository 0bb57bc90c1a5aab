"""F73 to F79: a disk that is full or broken, folders that cannot be written, files that others change."""

from __future__ import annotations

import errno
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from aggregator.errors import JournalError
from aggregator.journal import JournalOptions, Publisher, jsonl
from aggregator.journal.jsonl import rebuild
from tests.crawl.conftest import environment
from tests.crawl.faulty_web import Desk as CrawlDesk
from tests.crawl.faulty_web import FaultyWeb
from tests.journal.desk import RUN, Desk, files

HERE = Path(__file__).parent
SHARED_MEMORY = Path("/dev/shm")


@pytest.fixture(scope="session")
def failing_disk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The library that lets writes fail, made by the compiler of this machine."""
    compiler = shutil.which("cc")
    if compiler is None or sys.platform != "linux":
        pytest.skip("needs a C compiler and Linux")
    library = tmp_path_factory.mktemp("disk") / "failing_disk.so"
    subprocess.run([compiler, "-shared", "-fPIC", "-O1", "-o", library, HERE / "failing_disk.c", "-ldl"], check=True)
    return library


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A folder where a sync costs nothing, where there is one."""
    if not SHARED_MEMORY.is_dir():
        yield tmp_path
        return
    with tempfile.TemporaryDirectory(dir=SHARED_MEMORY) as name:
        yield Path(name)


@pytest.mark.parametrize(
    ("code", "lasting"), [(errno.ENOSPC, True), (errno.EIO, False)], ids=["disk full from there on", "one write fails"]
)
def test_f75_whichever_write_fails_nothing_is_lost_repeated_or_torn(
    failing_disk: Path, folder: Path, code: int, lasting: bool
) -> None:
    """For every write and sync of a day's work, database and journal alike: the work stops with an error of ours or
    goes on, no file ends in half a line, and after the disk has healed the day comes out as if nothing had been."""
    data = folder / "data"
    done = subprocess.run(
        [sys.executable, HERE / "desk_work.py", data, str(code), str(int(lasting)), failing_disk],
        env=environment({"LD_PRELOAD": str(failing_disk), "FAILING_FOLDER": str(data)}),
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["wrong"] == {}
    assert told["writes"] > 200
    assert told["stops"] > 200, "the fault must have been felt"


@pytest.mark.parametrize("write", [40, 120, 200])
def test_f75_a_crawl_on_a_full_disk_ends_with_one_line_and_the_next_one_goes_on(
    failing_disk: Path, tmp_path: Path, write: int
) -> None:
    web = FaultyWeb()
    for host in ("a", "b", "c"):
        web.source(host, *(f"/news/{n}" for n in range(4)))
    web.source("slow", *(f"/news/{n}" for n in range(40)))
    with web.serving():
        desk = CrawlDesk(tmp_path, web)
        data = str(desk.data)
        full = {"LD_PRELOAD": str(failing_disk), "FAILING_FOLDER": data, "FAILING_WRITE": str(write)}
        done = desk.crawl("crawl.delay=250ms", code=2, more=full)
        assert "cannot be written (database or disk is full): make room" in done.stderr
        assert len(web.of("slow")) < 40, "it ends when it happens"
        desk.crawl("frontier.retry_delay=0s")
        with desk.store() as store:
            assert store.counts()["articles.unique"] == 52
            assert [row.seq for row in store.rows_after(0, 99)] == list(range(1, store.last_seq() + 1))
            assert {state for _, state in rebuild(store, desk.data)} == {"identical"}


class TestWhileItIsOpen:
    """The publisher of a crawl that goes on."""

    @pytest.fixture
    def desk(self) -> Desk:
        return Desk()

    @pytest.fixture
    def publisher(self, desk: Desk, tmp_path: Path) -> Iterator[Publisher]:
        publisher = Publisher(desk, tmp_path / "data", JournalOptions())
        yield publisher
        publisher.close()

    def test_f75_a_write_that_failed_is_made_again_when_there_is_room(
        self, desk: Desk, publisher: Publisher, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """What the failed write had left is not glued to the line that follows."""
        desk.prints("flood")
        publisher.publish(RUN, desk.now)
        whole = files(tmp_path / "data")
        sync, left = os.fsync, [1]

        def full(fd: int) -> None:
            if left.pop():
                raise OSError(errno.ENOSPC, "No space left on device")
            sync(fd)

        desk.prints("harvest")
        monkeypatch.setattr(os, "fsync", full)
        with pytest.raises(JournalError, match=r"No space left on device.*nothing is lost"):
            publisher.publish(RUN, desk.now)
        monkeypatch.setattr(os, "fsync", sync)
        assert files(tmp_path / "data") == whole
        assert publisher.publish(RUN, desk.now) == 1
        rebuild(desk, tmp_path / "anew")
        assert files(tmp_path / "data") == files(tmp_path / "anew")

    def test_f75_a_part_that_could_not_be_closed_is_closed_later(
        self, desk: Desk, publisher: Publisher, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The checkpoint is in the log already: what comes after it must not stand in the part that it ended."""
        desk.prints("flood")
        publisher.publish(RUN, desk.now)
        desk.tomorrow()
        desk.prints("harvest")
        whole = jsonl._close_part

        def full(*_: object) -> None:
            raise OSError(errno.ENOSPC, "No space left on device")

        monkeypatch.setattr(jsonl, "_close_part", full)
        with pytest.raises(JournalError):
            publisher.publish(RUN, desk.now)
        monkeypatch.setattr(jsonl, "_close_part", whole)
        desk.prints("election")
        publisher.publish(RUN, desk.now)
        rebuild(desk, tmp_path / "anew")
        assert files(tmp_path / "data") == files(tmp_path / "anew")
        assert "journal/000001.jsonl.gz" in files(tmp_path / "data")

    @pytest.mark.parametrize("name", ["articles.jsonl", "journal/000001.jsonl"])
    @pytest.mark.parametrize("what", ["deleted", "moved", "cut", "emptied", "replaced", "written to"])
    def test_f79_a_file_that_others_change_is_noticed_and_is_whole_again(
        self,
        desk: Desk,
        publisher: Publisher,
        tmp_path: Path,
        name: str,
        what: str,
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        """Lines must not go to a file that nobody sees any more."""
        path = tmp_path / "data" / name
        desk.prints("flood", "harvest")
        publisher.publish(RUN, desk.now)
        data = path.read_bytes()
        if what == "deleted":
            path.unlink()
        elif what == "moved":
            path.rename(tmp_path / "rotated")
        elif what == "replaced":
            (tmp_path / "new").write_bytes(data)
            (tmp_path / "new").replace(path)
        else:
            path.write_bytes({"cut": data[:-40], "emptied": b"", "written to": data + b"{"}[what])
        desk.prints("election")
        publisher.publish(RUN, desk.now)
        rebuild(desk, tmp_path / "anew")
        assert files(tmp_path / "data") == files(tmp_path / "anew")
        assert str(path) in caplog.text


def test_f76_a_folder_that_cannot_be_made_is_named_and_nothing_is_asked(tmp_path: Path) -> None:
    """Root may write everything; nobody may write below a file."""
    web = FaultyWeb()
    web.source("a", "/news/1")
    (tmp_path / "data").write_text("a file in the folder's place")
    with web.serving():
        done = CrawlDesk(tmp_path, web).crawl(code=2)
    assert "make it writable or name another with --data DIR" in done.stderr
    assert web.requests == []


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everything")
def test_f76_a_folder_without_permission_is_named(tmp_path: Path) -> None:
    web = FaultyWeb()
    web.source("a", "/news/1")
    (tmp_path / "data").mkdir(mode=0o500)
    with web.serving():
        done = CrawlDesk(tmp_path, web).crawl(code=2)
    assert "make it writable or name another with --data DIR" in done.stderr
    assert web.requests == []
