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
    "crawl that ends with its reason on a full disk": Mutation(
        "aggregator/operations/crawls.py",
        "    if run.ending.fatal is not None:",
        "    if False:",
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
    "private networks": Mutation(
        "aggregator/addresses.py",
        "    if not ip.is_global or",
        "    if False or",
        "tests/faults/test_inward.py",
    ),
    "redirects and requests inward": Mutation(
        "spiders/network.py",
        "        reason = refusal(address, self.options)",
        "        reason = None",
        "tests/faults/test_inward.py -k crawl",
    ),
    "proxies of the environment": Mutation(
        "aggregator/settings.py",
        '"HTTPPROXY_ENABLED": False',
        '"HTTPPROXY_ENABLED": True',
        "tests/crawl/test_hostile_answers.py -k proxy -n0",
    ),
    "bombs and bodies without an end": Mutation(
        "aggregator/settings.py",
        '"DOWNLOAD_MAXSIZE": crawl.max_page_size',
        '"DOWNLOAD_MAXSIZE": 0',
        "tests/crawl/test_hostile_answers.py -k bomb -n0",
    ),
    "time of an answer": Mutation(
        "aggregator/settings.py",
        '"DOWNLOAD_TIMEOUT": crawl.timeout',
        '"DOWNLOAD_TIMEOUT": 600',
        "tests/crawl/test_hostile_answers.py -k deadline -n0",
    ),
    "DTDs": Mutation(
        "aggregator/discovery/repair.py",
        "or _DOCTYPE.match(text, place):",
        "or None:",
        "tests/rooms/discovery/test_hostile_feeds.py -k dtd",
    ),
    "depth of feeds": Mutation(
        "aggregator/discovery/repair.py",
        "if depth > self.max_depth or",
        "if False or",
        "tests/rooms/discovery/test_broken_feeds.py",
    ),
    "entries of feeds": Mutation(
        "aggregator/discovery/repair.py",
        "in self.spans[:max_items]",
        "in self.spans",
        "tests/rooms/discovery/test_broken_feeds.py -k endless",
    ),
    "markup in titles": Mutation(
        "aggregator/text.py",
        '        if "<" not in text:\n            return text\n        shorter',
        "        if text:\n            return text\n        shorter",
        "tests/faults/test_output.py tests/rooms/discovery",
    ),
    "a crashed worker": Mutation(
        "pipelines/workers.py",
        "        except ProcessExpired as error:",
        "        except ZeroDivisionError as error:",
        "tests/workers -k goes_wrong",
    ),
    "another pool for one that was lost": Mutation(
        "pipelines/workers.py",
        "                except BrokenProcessPool:\n",
        "                except ZeroDivisionError:\n",
        "tests/workers -k f90",
    ),
    "pools lost for ever": Mutation(
        "pipelines/workers.py",
        "        if self._lost > _LOST:\n",
        "        if self._lost > _LOST + 20:\n",
        "tests/workers -k again_and_again",
    ),
    "time of a page": Mutation(
        "pipelines/workers.py",
        "*arguments), timeout=self._time_limit",
        "*arguments), timeout=600",
        "tests/workers -k hangs",
    ),
    "letters of a text": Mutation(
        "aggregator/extraction/assembly.py",
        "    found = _bounded(reading, found, options.max_text)\n",
        "",
        "tests/rooms/extraction/test_fuzz_pages.py -k without_an_end",
    ),
    "one article that breaks a room": Mutation(
        "pipelines/write.py",
        "            if len(batch) > 1 and not isinstance(error, StoreUnavailable):",
        "            if False:",
        "tests/crawl/test_writing.py",
    ),
    "absurd numbers of servers": Mutation(
        "aggregator/sources/hints.py",
        "        return min(float(found[1]), DAY)",
        "        return float(found[1])",
        "tests/rooms/sources",
    ),
    "databases of other programs": Mutation(
        "aggregator/store/sqlite_connection.py",
        "        if version == 0 and self.rows(",
        "        if False and self.rows(",
        "tests/store/test_database.py",
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
