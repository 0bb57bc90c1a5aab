"""What placing an article costs as the stream grows, and how large a wrong story becomes, on a made wire stream.

    python benchmarks/stories_scale.py [--articles 10000,100000] [--routine 0.6] [--a-day 20000] [--plain]
    python benchmarks/stories_scale.py --articles 10000,100000,300000,1000000
    python benchmarks/stories_scale.py --write FILE.jsonl [--articles 200000]

One stream is read, as long as the largest number, and looked at when it has each number of articles: CPU time per
article over the latest ones, a tenth of them (3,000 to 20,000), the making of the stream left out, and how many times
the first number's that is.  Copies are known for four days and stories for 60 or 50,000 articles, so that the window
is full long before the end.  A busy machine gives slower seconds: beside each cost stands how many times that of a
plain pass over the same texts it is (lower case, then the words by a regular expression), taken in the same moments,
and costs are compared in these.  What numba compiles or loads is told before, and not counted; `--plain` measures
without it.

At the end stand the largest story of routine reports about different subjects, B-cubed over the events, and the state,
taken and restored as after a restart: its size, the CPU seconds, and the memory that it took.
With --write the stream is written as rows for `aggregator cluster`, and nothing is measured.
"""

from __future__ import annotations

import argparse
import gc
import json
import re
import resource
import time
from collections import Counter, defaultdict
from contextlib import nullcontext
from pathlib import Path

from stories import b_cubed
from wire import stream

from aggregator import compiled
from aggregator.operations.clustering import Clustering, in_bulk
from aggregator.stories import Stories

_WORD = re.compile(r"\w+")

PLAIN_EVERY = 5
"""Of so many articles one is passed over plainly, too."""

LATEST = (3_000, 20_000)
"""Over how many articles a cost is taken, at least and at most."""


class Told:
    """What came of a stream: how large its wrong stories are, and how right its events."""

    def __init__(self) -> None:
        self.subjects: dict[str, tuple[str, bool]] = {}
        self.routine: dict[str, Counter[str]] = defaultdict(Counter)
        self.gold: dict[str, str] = {}
        self.found: dict[str, str] = {}

    def take(self, article: str, story: str) -> None:
        subject, routine = self.subjects.pop(article)
        if routine:
            self.routine[story][subject] += 1
        else:
            self.gold[article], self.found[article] = subject, story

    def largest(self) -> int:
        """Routine reports in the largest story that has them of more than one subject."""
        return max((held.total() for held in self.routine.values() if len(held) > 1), default=0)

    def mixed(self) -> int:
        """How many stories have routine reports about different subjects."""
        return sum(len(held) > 1 for held in self.routine.values())


class Clock:
    """CPU seconds of the work, and of a plain pass over the same texts."""

    def __init__(self) -> None:
        self.articles = self.passed = 0
        self.seconds = self.plain = 0.0

    def passes(self) -> float:
        """What an article cost, in plain passes over an article."""
        return self.seconds / self.articles / (self.plain / self.passed)

    def told(self) -> str:
        """What an article cost."""
        return f"{self.seconds / self.articles * 1e6:.0f} us ({self.passes():.1f} plain passes)"


def latest(count: int) -> int:
    """Over how many of so many articles the cost at the end is taken."""
    return min(count, max(LATEST[0], min(LATEST[1], count // 10)))


def measure(counts: list[int], routine: float, a_day: int) -> None:
    """Runs one stream and prints what it took whenever it has one of the numbers of articles."""
    work, told = Clustering(), Told()
    whole = Clock()
    ends = {count: Clock() for count in sorted(counts)}
    longest = max(counts)
    for number, made in enumerate(stream(longest, routine=routine, a_day=a_day), 1):
        told.subjects[made.item.id] = (made.subject, made.routine)
        clocks = [whole, *(clock for count, clock in ends.items() if count - latest(count) < number <= count)]
        started = time.process_time()
        rows = list(work.take(made.item))
        seconds = time.process_time() - started
        for clock in clocks:
            clock.articles += 1
            clock.seconds += seconds
        if number % PLAIN_EVERY == 0:
            started = time.process_time()
            _WORD.findall(made.item.text.lower())
            seconds = time.process_time() - started
            for clock in clocks:
                clock.passed += 1
                clock.plain += seconds
        for row in rows:
            told.take(row.id, row.story_id or "")
        if number in ends:
            times = ends[number].passes() / next(iter(ends.values())).passes()
            print(
                f"{number:>9} articles: {ends[number].told()} each of the latest {latest(number)}, {times:.2f} times "
                f"the first; {whole.told()} each of all, {number / whole.seconds:.0f}/s; {_memory():.0f} MB at most",
                flush=True,
            )
    restart = restarted(work.stories)
    for row in work.finish():
        told.take(row.id, row.story_id or "")
    f1 = b_cubed(told.gold, told.found)[2] if told.gold else 0.0
    print(
        f"{longest:>9} articles: largest story of routine reports {told.largest()}, {told.mixed()} with several "
        f"subjects; events B-cubed F1 {f1:.3f}\n          {restart}",
        flush=True,
    )


def warmed(routine: float) -> str:
    """What it takes until all that is compiled is there: much the first time, as it is kept."""
    started = time.process_time()
    if not compiled.enable():
        return "nothing is compiled: numba is not installed"
    work = Clustering()
    for made in stream(60, routine=routine):
        list(work.take(made.item))
    return f"compiled, or loaded: {time.process_time() - started:.1f} s, {_memory():.0f} MB"


def restarted(stories: Stories) -> str:
    """What a restart takes."""
    started = time.process_time()
    state = stories.state()
    taken = time.process_time()
    before = _resident()
    restored = Stories.restored(state, stories.options)
    loaded = time.process_time()
    gc.collect()
    return (
        f"state of {len(restored)} stories: {len(state) / 1e6:.0f} MB, taken in {taken - started:.2f} s, restored in "
        f"{loaded - taken:.2f} s and {_resident() - before:.0f} MB"
    )


def _memory() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _resident() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 1e6


def write(target: Path, count: int, routine: float, a_day: int) -> None:
    """Writes a stream as rows, one a line."""
    with target.open("w", encoding="utf-8") as out:
        for made in stream(count, routine=routine, a_day=a_day):
            item = made.item
            row = {
                "id": item.id,
                "lang": item.language,
                "title": item.headline,
                "body": item.text,
                "published": item.published.isoformat(),
                "source": item.source,
                "gold_story": made.subject,
            }
            out.write(json.dumps(row) + "\n")


def main() -> None:
    """Measures streams of several lengths."""
    parser = argparse.ArgumentParser(description="Cost per article as the stream grows.")
    parser.add_argument("--articles", default="10000,100000")
    parser.add_argument("--routine", type=float, default=0.6)
    parser.add_argument("--a-day", type=int, default=20_000)
    parser.add_argument("--plain", action="store_true", help="with nothing compiled, as in a crawl")
    parser.add_argument("--write", type=Path, help="write the stream to this file instead")
    chosen = parser.parse_args()
    counts = [int(count) for count in chosen.articles.split(",")]
    if chosen.write:
        write(chosen.write, counts[0], chosen.routine, chosen.a_day)
        return
    with nullcontext() if chosen.plain else in_bulk():
        if not chosen.plain:
            print(warmed(chosen.routine), flush=True)
        measure(counts, chosen.routine, chosen.a_day)


if __name__ == "__main__":
    main()
