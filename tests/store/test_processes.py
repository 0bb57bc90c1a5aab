"""Several processes on one store: who lives, who died, who writes when."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

from aggregator.store import SqlStore, StorePlace, open_store
from tests.store.newsroom import NOW, sighting, url
from tests.waiting import until

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


CLAIMING = """
import sys
from aggregator.store import open_store, place_of
store = open_store(place_of(sys.argv[1]))
run = store.begin_run("feeds", "", NOW)
print(len(store.claim(run, NOW, limit=100, per_host=100)), flush=True)
sys.stdin.readline()
store.end_run(run, "finished", NOW)
store.close()
"""


class TestProcesses:
    def test_the_claims_of_a_living_process_are_its_own_and_those_of_a_dead_one_are_given_back(
        self, store: SqlStore, place: StorePlace
    ) -> None:
        """SIGKILL at any moment: the next run goes on where the dead one stood, and only then."""
        store.add("r", [sighting(url(f"s{n}")) for n in range(3)], NOW)
        process = start(CLAIMING, place)
        assert said(process) == "3"
        early = store.begin_run("feeds", "", NOW)
        assert store.claim(early, NOW, limit=9, per_host=9) == []
        process.kill()
        process.communicate()
        # A server learns of the kill when it reads from the connection next, which may be a moment later.
        until(lambda: store.living_runs() == [early])
        late = store.begin_run("feeds", "", NOW)
        assert len(store.claim(late, NOW, limit=9, per_host=9)) == 3
        outcomes = {row["run_id"]: row["outcome"] for row in store.rows("SELECT * FROM runs")}
        assert sorted(outcomes.values(), key=str) == [None, None, "died"]
        store.end_run(early, "finished", NOW)
        store.end_run(late, "finished", NOW)
        if isinstance(place, Path):
            assert list((place.parent / "runs").iterdir()) == []

    def test_processes_that_write_at_once_leave_no_gap_and_lose_nothing(
        self, store: SqlStore, place: StorePlace
    ) -> None:
        """Promise P2 with two collectors: every article once, every number once."""
        script = """
import sys
from aggregator.identity import judge
from aggregator.store import open_store, place_of
store = open_store(place_of(sys.argv[1]))
print("ready", flush=True)
sys.stdin.readline()
for n in range(40):
    store.record_article(sys.argv[2], newcomer(f"{sys.argv[2]}{n}"), judge, NOW)
    store.record_article(sys.argv[2], newcomer(f"shared{n}"), judge, NOW)
store.close()
"""
        processes = [start(script, place, name) for name in ("one", "two")]
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

    def test_processes_that_claim_at_once_share_the_work(self, store: SqlStore, place: StorePlace) -> None:
        """No page is fetched twice, none is left."""
        script = """
import sys
from aggregator.store import open_store, place_of
store = open_store(place_of(sys.argv[1]))
print("ready", flush=True)
sys.stdin.readline()
while claims := store.claim(sys.argv[2], NOW, limit=3, per_host=100):
    for claim in claims:
        print(claim.key)
store.close()
"""
        store.add("r", [sighting(url(f"s{n}", f"h{n % 4}.example")) for n in range(90)], NOW)
        processes = [start(script, place, name) for name in ("one", "two")]
        assert [said(process) for process in processes] == ["ready", "ready"]
        for process in processes:
            process.stdin.write("\n")  # type: ignore[union-attr]
            process.stdin.flush()  # type: ignore[union-attr]
        taken = Counter(line for process in processes for line in end(process).split())
        assert len(taken) == 90
        assert set(taken.values()) == {1}

    def test_a_process_that_is_killed_while_it_writes_leaves_whole_transactions(self, place: StorePlace) -> None:
        """What it said it had stored is stored; what it had not said may be, whole."""
        script = """
import sys
from aggregator.identity import judge
from aggregator.store import open_store, place_of
store = open_store(place_of(sys.argv[1]))
for n in range(100_000):
    print(store.record_article("r", newcomer(f"s{n}"), judge, NOW).seq, flush=True)
"""
        process = start(script, place)
        for _ in range(25):
            last = said(process)
        process.kill()
        rest, _ = process.communicate()
        told = int(([last, *rest.split("\n")[:-1]])[-1])
        store = open_store(place)
        assert store.last_seq() in (told, told + 1)
        assert store.counts()["articles.unique"] == store.counts()["frontier.stored"] == store.last_seq()
        if isinstance(place, Path):
            assert store.row("PRAGMA integrity_check")[0] == "ok"  # type: ignore[index]
        store.close()
