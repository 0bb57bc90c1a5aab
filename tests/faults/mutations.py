"""Takes defences away, one at a time, in a copy of the tree, and shows that their tests fail then.

    python tests/faults/mutations.py [NAME ...]

Prints one line for each; exit status 1 where a test does not notice.  Takes some minutes.
"""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Mutation:
    file: str
    defence: str
    """text of the file"""
    instead: str
    tests: str
    """arguments of pytest"""


MUTATIONS = {
    "undo of half a line": Mutation(
        "aggregator/journal/appending.py",
        "            self._file.truncate(self.size)\n\n    def close",
        "            pass\n\n    def close",
        "tests/faults/test_disk.py -k whichever",
    ),
    "files changed by others": Mutation(
        "aggregator/journal/jsonl.py",
        "            if changes:\n                self.close()",
        "            if changes:\n                pass",
        "tests/faults/test_disk.py -k others_change",
    ),
    "publisher opened anew after an error": Mutation(
        "aggregator/journal/jsonl.py",
        "            self.close()\n            raise",
        "            raise",
        "tests/faults/test_disk.py -k 'could_not_be_closed'",
    ),
    "crawl stopped by a full disk": Mutation(
        "spiders/ending.py",
        "        if failure.check(StoreError):",
        "        if False:",
        "tests/faults/test_disk.py -k crawl_on_a_full_disk",
    ),
    "requests given up after a signal": Mutation(
        "spiders/downloads.py",
        "        for task in list(self._under_way):\n            task.cancel()",
        "        pass",
        "tests/faults/test_ending.py",
    ),
    "address of the connection": Mutation(
        "spiders/connections.py",
        "        if reason is not None:\n            raise",
        "        if False:\n            raise",
        "tests/faults/test_network.py -k f59",
    ),
    "address of the look-up": Mutation(
        "spiders/network.py",
        "        if reason is None:\n            return succeed",
        "        if True:\n            return succeed",
        "tests/crawl/test_guard.py",
    ),
    "size of headers": Mutation(
        "spiders/connections.py",
        "if self._head > self._max_header_size and",
        "if False and",
        "tests/faults/test_network.py -k f67",
    ),
    "certificates": Mutation(
        "spiders/downloads.py",
        "self._unverified if trusted else self._contextFactory",
        "self._unverified",
        "tests/faults/test_network.py -k certificates",
    ),
    "frontier after the clock was set back": Mutation(
        "aggregator/store/frontier.py",
        "not_before <= :now OR coalesce(settled, first_seen) > :now + :slack",
        "not_before <= :now OR (0 AND :slack)",
        "tests/faults/test_clock.py",
    ),
    "quiet hosts after the clock was set back": Mutation(
        "aggregator/store/hosts.py",
        " AND quiet_until <= :now + :quiet",
        " AND :quiet",
        "tests/faults/test_clock.py",
    ),
    "markup": Mutation(
        "aggregator/extraction/assembly.py",
        "    article = plainness.plain(article)\n",
        "",
        "tests/faults/test_output.py",
    ),
    "room for bodies": Mutation(
        "spiders/room.py",
        "            coming.connection.pauseProducing()",
        "            pass",
        "tests/crawl/test_room.py -k 'first or nobody'",
    ),
    "who waited for room goes on": Mutation(
        "spiders/room.py",
        "                coming.connection.resumeProducing()",
        "                pass",
        "tests/crawl/test_room.py -k 'first or nobody'",
    ),
    "memory of a page": Mutation(
        "pipelines/workers.py",
        "    memory.allow_growth(room)\n",
        "",
        "tests/workers -k memory",
    ),
    "content types": Mutation(
        "spiders/downloads.py",
        "        if not may_be_read(",
        "        if False and not may_be_read(",
        "tests/crawl/test_hostile_answers.py -k only_what_may_be_text -n0",
    ),
    "passwords of feeds": Mutation(
        "aggregator/discovery/reading.py",
        "urls.masked(context.feed.url)",
        "context.feed.url",
        "tests/faults/test_output.py",
    ),
}


def noticed(name: str) -> bool:
    """Whether the tests of a defence fail without it."""
    mutation = MUTATIONS[name]
    with tempfile.TemporaryDirectory() as folder:
        tree = Path(folder) / "tree"
        shutil.copytree(ROOT, tree, ignore=shutil.ignore_patterns(".git", ".venv", "__pycache__", ".*_cache", "data"))
        file = tree / mutation.file
        text = file.read_text(encoding="utf-8")
        if text.count(mutation.defence) != 1:
            print(f"{name}: the defence does not stand once in {mutation.file}")
            return False
        file.write_text(text.replace(mutation.defence, mutation.instead), encoding="utf-8")
        words = [sys.executable, "-m", "pytest", *shlex.split(mutation.tests), "-q", "-x", "-p", "no:cacheprovider"]
        done = subprocess.run(
            words, cwd=tree, env={**os.environ, "PYTHONPATH": str(tree)}, capture_output=True, text=True, check=False
        )
    print(f"{name}: {'noticed' if done.returncode == 1 else f'NOT NOTICED (pytest: {done.returncode})'}", flush=True)
    return done.returncode == 1


if __name__ == "__main__":
    chosen = sys.argv[1:] or list(MUTATIONS)
    results = [noticed(name) for name in chosen]
    sys.exit(int(not all(results)))
