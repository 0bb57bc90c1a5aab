"""What placing an article costs as the stream grows, and how large a wrong story becomes, on a made wire stream.

    python benchmarks/stories_scale.py [--articles 10000,100000] [--routine 0.6] [--a-day 20000]

CPU time per article is measured over the last tenth of each number, the making of the stream left out; so is the
largest story of routine reports about different subjects, and B-cubed over the events.
"""

from __future__ import annotations

import argparse
import resource
import time
from collections import Counter, defaultdict

from stories import b_cubed
from wire import stream

from aggregator.operations.clustering import Clustering


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


def measure(count: int, routine: float, a_day: int) -> None:
    """Runs a stream of so many articles and prints what it took."""
    work, told = Clustering(), Told()
    spent = late = 0.0
    last = count - count // 10
    for number, made in enumerate(stream(count, routine=routine, a_day=a_day)):
        told.subjects[made.item.id] = (made.subject, made.routine)
        started = time.process_time()
        rows = list(work.take(made.item))
        seconds = time.process_time() - started
        spent += seconds
        if number >= last:
            late += seconds
        for row in rows:
            told.take(row.id, row.story_id or "")
    for row in work.finish():
        told.take(row.id, row.story_id or "")
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    f1 = b_cubed(told.gold, told.found)[2] if told.gold else 0.0
    print(
        f"{count:>9} articles: {spent / count * 1e6:.0f} us each, {late / (count - last) * 1e6:.0f} us at the end, "
        f"{count / spent:.0f}/s; largest story of routine reports {told.largest()}, {told.mixed()} with several "
        f"subjects; events B-cubed F1 {f1:.3f}; {memory:.0f} MB at most",
        flush=True,
    )


def main() -> None:
    """Measures streams of several lengths."""
    parser = argparse.ArgumentParser(description="Cost per article as the stream grows.")
    parser.add_argument("--articles", default="10000,100000")
    parser.add_argument("--routine", type=float, default=0.6)
    parser.add_argument("--a-day", type=int, default=20_000)
    chosen = parser.parse_args()
    for count in chosen.articles.split(","):
        measure(int(count), chosen.routine, chosen.a_day)


if __name__ == "__main__":
    main()
