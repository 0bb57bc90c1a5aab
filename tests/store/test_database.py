"""One file on a disk that may be full, damaged, foreign, read-only or shared."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from aggregator.errors import NewerSchema, StoreError, StoreUnavailable
from aggregator.identity import judge
from aggregator.store import SqliteStore, schema
from aggregator.store.interface import Filter
from tests.store.newsroom import NOW, newcomer, sighting, url

ROOT = Path(__file__).parents[2]


def start(script: str, *arguments: object) -> subprocess.Popen[str]:
    """Another process that says a line when it is where it should be, and waits for one."""
    return subprocess.Popen(
        [sys.executable, "-c", "from tests.store.newsroom import *\n" + script, *map(str, arguments)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "default"},
    )


def said(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def end(process: subprocess.Popen[str]) -> str:
    rest, _ = process.communicate("\n", timeout=60)
    return rest


class TestOpening:
    def test_a_new_database_has_the_present_schema_and_is_safe(self, path: Path) -> None:
        """FULL and WAL: a line that stands in a file is in the database too, after a power cut as well."""
        store = SqliteStore(path)
        assert store.row("PRAGMA user_version")[0] == schema.VERSION  # type: ignore[index]
        assert store.row("PRAGMA journal_mode")[0] == "wal"  # type: ignore[index]
        assert store.row("PRAGMA synchronous")[0] == 2  # type: ignore[index]
        store.close()

    def test_what_was_written_is_there_when_it_is_opened_again(self, path: Path) -> None:
        """The frontier is the store, not the memory of a process."""
        store = SqliteStore(path)
        store.add("r", [sighting(url("a"))], NOW)
        store.record_article("r", newcomer("b"), judge, NOW)
        store.close()
        store = SqliteStore(path)
        assert (store.pending(NOW)[0], store.last_seq()) == (1, 1)
        store.close()

    def test_a_database_of_a_later_version_is_refused(self, path: Path) -> None:
        """It may mean other things by the same names; nothing is touched."""
        SqliteStore(path).close()
        with sqlite3.connect(path) as connection:
            connection.execute(f"PRAGMA user_version = {schema.VERSION + 1}")
        connection.close()
        before = path.read_bytes()
        with pytest.raises(NewerSchema, match="later version") as caught:
            SqliteStore(path)
        assert caught.value.path == path
        assert path.read_bytes() == before

    def test_a_database_of_another_program_is_refused_untouched(self, path: Path) -> None:
        """Somebody's address book named with --data: not a byte of it may change."""
        path.parent.mkdir()
        with sqlite3.connect(path) as connection:
            connection.execute("CREATE TABLE addresses (name TEXT)")
        connection.close()
        before = path.read_bytes()
        with pytest.raises(StoreUnavailable, match="another program"):
            SqliteStore(path)
        assert path.read_bytes() == before

    @pytest.mark.parametrize("content", [b"this is no database" * 100, b"SQLite format 3\x00" + b"\xff" * 5_000])
    def test_a_damaged_file_is_refused_with_advice(self, path: Path, content: bytes) -> None:
        """And never overwritten: perhaps it can be saved."""
        path.parent.mkdir()
        path.write_bytes(content)
        with pytest.raises(StoreUnavailable, match="move it away, or name another folder"):
            SqliteStore(path)
        assert path.read_bytes() == content

    def test_damage_that_is_found_later_is_said_in_our_words(self, path: Path) -> None:
        """Every method raises StoreError and its kinds: the command line prints those as one line, the rest is a
        traceback."""
        store = SqliteStore(path)
        for n in range(200):
            store.record_article("r", newcomer(f"s{n}"), judge, NOW)
        store.close()
        content = path.read_bytes()
        tables = 80 * 4_096  # the first pages hold the schema: opening must succeed
        path.write_bytes(content[:tables] + b"\xa5" * (len(content) - tables))
        store = SqliteStore(path)
        readers = {
            "rows_after": lambda: store.rows_after(0, 1_000),
            "counts": store.counts,
            "articles": lambda: list(store.articles(Filter())),
            "record_article": lambda: store.record_article("r", newcomer("new"), judge, NOW),
        }
        raised = {}
        for name, read in readers.items():
            try:
                read()
            except Exception as error:  # noqa: BLE001  the question is which
                raised[name] = error
        store.close()
        assert raised
        assert [name for name, error in raised.items() if not isinstance(error, StoreError)] == []
        assert "damaged" in str(next(iter(raised.values())))

    def test_a_folder_that_cannot_be_written_is_refused_with_advice(self, tmp_path: Path) -> None:
        """The message names the folder and the option."""
        folder = tmp_path / "folder"
        if os.geteuid() == 0:
            folder.write_text("root may write everywhere, but not below a file")
            folder = folder / "data"
        else:
            folder.mkdir()
            folder.chmod(0o500)
        with pytest.raises(StoreUnavailable, match="make it writable or name another with --data DIR"):
            SqliteStore(folder / "aggregator.db")

    def test_migrations_are_one_transaction(self, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """An upgrade that stops half way leaves the old database."""
        SqliteStore(path).close()
        monkeypatch.setattr(schema, "MIGRATIONS", (*schema.MIGRATIONS, ("CREATE TABLE more (x)", "NO SUCH STATEMENT")))
        monkeypatch.setattr(schema, "VERSION", schema.VERSION + 1)
        with pytest.raises(StoreError):
            SqliteStore(path)
        monkeypatch.undo()
        store = SqliteStore(path)
        assert store.row("SELECT 1 FROM sqlite_master WHERE name = 'more'") is None
        store.close()

    def test_a_database_that_is_busy_is_said_to_be(self, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """After the patience is over, not before, and with nothing half done."""
        monkeypatch.setattr("aggregator.store.database.BUSY_SECONDS", 0.0)
        store, other = SqliteStore(path), SqliteStore(path)
        with other.transaction(), pytest.raises(StoreUnavailable, match="locked"):
            store.add("r", [sighting(url("a"))], NOW)
        assert store.add("r", [sighting(url("a"))], NOW) == 1
        store.close()
        other.close()


CLAIMING = """
import sys
from pathlib import Path
from aggregator.store import SqliteStore
store = SqliteStore(Path(sys.argv[1]))
run = store.begin_run("feeds", "", NOW)
print(len(store.claim(run, NOW, limit=100, per_host=100)), flush=True)
sys.stdin.readline()
store.end_run(run, "finished", NOW)
store.close()
"""


class TestProcesses:
    def test_the_claims_of_a_living_process_are_its_own_and_those_of_a_dead_one_are_given_back(
        self, store: SqliteStore, path: Path
    ) -> None:
        """SIGKILL at any moment: the next run goes on where the dead one stood, and only then."""
        store.add("r", [sighting(url(f"s{n}")) for n in range(3)], NOW)
        process = start(CLAIMING, path)
        assert said(process) == "3"
        early = store.begin_run("feeds", "", NOW)
        assert store.claim(early, NOW, limit=9, per_host=9) == []
        process.kill()
        process.communicate()
        late = store.begin_run("feeds", "", NOW)
        assert len(store.claim(late, NOW, limit=9, per_host=9)) == 3
        outcomes = {row["run_id"]: row["outcome"] for row in store.rows("SELECT * FROM runs")}
        assert sorted(outcomes.values(), key=str) == [None, None, "died"]
        store.end_run(early, "finished", NOW)
        store.end_run(late, "finished", NOW)
        assert list((path.parent / "runs").iterdir()) == []

    def test_processes_that_write_at_once_leave_no_gap_and_lose_nothing(self, store: SqliteStore, path: Path) -> None:
        """Promise P2 with two collectors: every article once, every number once."""
        script = """
import sys
from pathlib import Path
from aggregator.identity import judge
from aggregator.store import SqliteStore
store = SqliteStore(Path(sys.argv[1]))
print("ready", flush=True)
sys.stdin.readline()
for n in range(40):
    store.record_article(sys.argv[2], newcomer(f"{sys.argv[2]}{n}"), judge, NOW)
    store.record_article(sys.argv[2], newcomer(f"shared{n}"), judge, NOW)
store.close()
"""
        processes = [start(script, path, name) for name in ("one", "two")]
        assert [said(process) for process in processes] == ["ready", "ready"]
        for process in processes:
            process.stdin.write("\n")  # type: ignore[union-attr]
            process.stdin.flush()  # type: ignore[union-attr]
        for process in processes:
            end(process)
        assert [process.returncode for process in processes] == [0, 0]
        rows = store.rows_after(0, 1_000)
        assert [row.seq for row in rows] == list(range(1, 121))
        assert store.counts()["articles.unique"] == 120
        assert Counter(row.run_id for row in rows).keys() == {"one", "two"}

    def test_processes_that_claim_at_once_share_the_work(self, store: SqliteStore, path: Path) -> None:
        """No page is fetched twice, none is left."""
        script = """
import sys
from pathlib import Path
from aggregator.store import SqliteStore
store = SqliteStore(Path(sys.argv[1]))
print("ready", flush=True)
sys.stdin.readline()
while claims := store.claim(sys.argv[2], NOW, limit=3, per_host=100):
    for claim in claims:
        print(claim.key)
store.close()
"""
        store.add("r", [sighting(url(f"s{n}", f"h{n % 4}.example")) for n in range(90)], NOW)
        processes = [start(script, path, name) for name in ("one", "two")]
        assert [said(process) for process in processes] == ["ready", "ready"]
        for process in processes:
            process.stdin.write("\n")  # type: ignore[union-attr]
            process.stdin.flush()  # type: ignore[union-attr]
        taken = Counter(line for process in processes for line in end(process).split())
        assert len(taken) == 90
        assert set(taken.values()) == {1}

    def test_a_process_that_is_killed_while_it_writes_leaves_whole_transactions(self, path: Path) -> None:
        """What it said it had stored is stored; what it had not said may be, whole."""
        script = """
import sys
from pathlib import Path
from aggregator.identity import judge
from aggregator.store import SqliteStore
store = SqliteStore(Path(sys.argv[1]))
for n in range(100_000):
    print(store.record_article("r", newcomer(f"s{n}"), judge, NOW).seq, flush=True)
"""
        process = start(script, path)
        for _ in range(25):
            last = said(process)
        process.kill()
        rest, _ = process.communicate()
        told = int(([last, *rest.split("\n")[:-1]])[-1])
        store = SqliteStore(path)
        assert store.last_seq() in (told, told + 1)
        assert store.counts()["articles.unique"] == store.counts()["frontier.stored"] == store.last_seq()
        assert store.row("PRAGMA integrity_check")[0] == "ok"  # type: ignore[index]
        store.close()
