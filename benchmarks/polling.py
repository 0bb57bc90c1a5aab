"""A month of polling over a made clock: what is caught, how late, and with how many requests?

    python benchmarks/polling.py [--feeds 500] [--days 30] [--seed 1]

Made feeds of different rhythms, each with a window of its own, are asked whenever `polling.due` says so, looked at
each minute; what `polling.after` makes of the answers decides the rest.  There is no network, no store and no clock.
Feeds fall silent for hours (outages), move, say 304 while they change, and hide behind `max-age`.  What came and went
while its feed was down is not counted: nobody could have caught it.  Beside it, the same feeds are asked every 15 and
every 60 minutes, without conditions.  The same seed gives the same figures.
"""

from __future__ import annotations

import argparse
import math
import os
import random
import statistics
import time
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from aggregator.records import PollState
from aggregator.sources.polling import Answer, PollingOptions, address, after, conditional_headers, due

START = datetime(2026, 3, 2, tzinfo=UTC)
"""A Monday."""
OPTIONS = PollingOptions()
MINUTE = 60.0
DAY = 86_400.0
QUIET = 5.0
"""Entries a day up to which a feed counts as quiet."""
BUSY = 200.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One class of feeds."""

    name: str
    share: float
    """of all feeds"""
    daily: tuple[float, float]
    """entries a day, least and most"""
    day_and_night: float
    """0: all hours alike; 1: nothing in the dead of night"""
    weekend: float
    """share of a working day's entries on the free days"""
    windows: tuple[int, ...]
    bursts: float = 0.0
    """bursts a day, each of 10 to 30 entries within two hours"""
    batch: int = 1
    """entries that come at once"""


KINDS = (
    Kind(name="agency", share=0.06, daily=(200, 400), day_and_night=0.8, weekend=0.7, windows=(30, 40, 50)),
    Kind(name="newspaper", share=0.2, daily=(20, 80), day_and_night=0.9, weekend=0.6, windows=(15, 20, 30, 50)),
    Kind(name="local", share=0.26, daily=(1.5, 5), day_and_night=0.9, weekend=0.4, windows=(10, 20)),
    Kind(name="weekly", share=0.16, daily=(0.7, 1.5), day_and_night=1, weekend=0.0, windows=(10, 20), batch=7),
    Kind(name="rare", share=0.12, daily=(0.05, 0.5), day_and_night=0.9, weekend=1.0, windows=(10, 20)),
    Kind(name="dead", share=0.1, daily=(0, 0), day_and_night=0, weekend=1.0, windows=(10,)),
    Kind(name="bursty", share=0.1, daily=(4, 12), day_and_night=0.5, weekend=1.0, windows=(20, 30), bursts=0.15),
)


@dataclass(slots=True, kw_only=True)
class MadeFeed:
    """A feed, what it published when, and what happened to it.  Times are seconds since the start."""

    name: str
    kind: Kind
    times: list[float]
    window: int
    outages: list[tuple[float, float]] = field(default_factory=list)
    moves: float | None = None
    """when its address begins to redirect"""
    vanishes: float | None = None
    """when the old address stops to redirect"""
    lies: list[tuple[float, float]] = field(default_factory=list)
    """while it says 304 whatever it has"""
    max_age: int | None = None

    @property
    def daily(self) -> float:
        """Entries a day that it really had after the first day."""
        return len(self.times) / (self.times[-1] / DAY) if self.times and self.times[-1] > DAY else 0.0

    def down(self, at: float) -> bool:
        """Whether it does not answer."""
        return bool(self.outages) and any(begin <= at < end for begin, end in self.outages)

    def lost_to_all(self, first: int, last: int) -> int:
        """How many of these entries came and went during one outage: nobody could have caught them."""
        return sum(
            begin <= self.times[place] and self.times[place + self.window] < end
            for begin, end in self.outages
            for place in range(max(first, bisect_right(self.times, begin) - 1), last)
            if place + self.window < len(self.times) and self.times[place] < end
        )

    def newest(self, at: float) -> int:
        """How many entries it has published."""
        return bisect_right(self.times, at)


@dataclass(slots=True, kw_only=True)
class Tally:
    """What became of the entries of one or many feeds."""

    feeds: int = 0
    published: int = 0
    caught: int = 0
    polls: int = 0
    full: int = 0
    """answers with a whole body"""
    delays: list[float] = field(default_factory=list)

    def add(self, other: Tally) -> None:
        """Adds another's counts."""
        self.feeds += other.feeds
        self.published += other.published
        self.caught += other.caught
        self.polls += other.polls
        self.full += other.full
        self.delays += other.delays

    @property
    def share(self) -> float:
        """Share of the entries that was caught."""
        return self.caught / self.published if self.published else 1.0

    @property
    def delay(self) -> float:
        """Median minutes from publication to the poll that brought it."""
        return statistics.median(self.delays) / MINUTE if self.delays else 0.0


# ------------------------------------------------------------------ made feeds


def made_feeds(number: int, days: int, seed: int) -> list[MadeFeed]:
    """That many feeds, in the shares of `KINDS`."""
    return [
        _made(kind, f"https://{kind.name}-{place}.example/feed", days, random.Random(f"{seed} {kind.name} {place}"))
        for kind in KINDS
        for place in range(max(1, round(number * kind.share)))
    ]


def _made(kind: Kind, name: str, days: int, chance: random.Random) -> MadeFeed:
    end = days * DAY
    feed = MadeFeed(name=name, kind=kind, times=_times(kind, days, chance), window=chance.choice(kind.windows))
    if chance.random() < 0.3:
        begin = chance.uniform(DAY, end)
        feed.outages.append((begin, begin + chance.uniform(0.5, 8) * 3_600))
    if chance.random() < 0.06:
        feed.moves = chance.uniform(0.1, 0.4) * end
        feed.vanishes = feed.moves + chance.uniform(0.3, 0.5) * end
    if chance.random() < 0.04:
        begin = chance.uniform(0.1, 0.8) * end
        feed.lies.append((begin, begin + chance.uniform(0.1, 0.2) * end))
    if chance.random() < 0.3:
        feed.max_age = chance.choice((300, 600, 900, 1_800))
    return feed


def _times(kind: Kind, days: int, chance: random.Random) -> list[float]:
    """Times of publication, drawn from the rhythm by thinning (Lewis and Shedler, 1979)."""
    daily = chance.uniform(*kind.daily)
    noon = chance.uniform(0, 24)
    free = chance.choice(((5, 6), (4, 5)))
    dull = 0.5
    peak = daily / DAY * 2.5 / kind.batch
    times: list[float] = []
    at = 0.0
    while peak and (at := at + chance.expovariate(peak)) < days * DAY:
        wave = (1 + math.cos((at / 3_600 - noon) / 12 * math.pi)) / 2
        rate = (1 - kind.day_and_night) + kind.day_and_night * wave / dull
        weekday = int(at // DAY) % 7
        if chance.random() * 2.5 < rate * (kind.weekend if weekday in free else 1.0):
            times += [at + chance.uniform(0, 300) for _ in range(kind.batch)]
    for _ in range(_poisson(kind.bursts * days, chance)):
        begin = chance.uniform(0, days * DAY)
        times += [begin + chance.uniform(0, 7_200) for _ in range(chance.randint(10, 30))]
    return sorted(at for at in times if at < days * DAY)


def _poisson(mean: float, chance: random.Random) -> int:
    count, left = 0, math.exp(-mean)
    while (left := left / max(chance.random(), 1e-12)) < 1:
        count += 1
    return count


# --------------------------------------------------------------------- polling


def answer(feed: MadeFeed, asked: str, conditions: dict[str, str], at: float) -> tuple[Answer, int]:
    """What the server says at `at`, and how many entries it had published for that answer."""
    newest = feed.newest(at)
    if feed.down(at):
        return Answer(status=503), 0
    target = None
    if feed.moves is not None and at >= feed.moves and asked == feed.name:
        if feed.vanishes is not None and at >= feed.vanishes:
            return Answer(status=404), 0
        target = f"{feed.name}/moved"
    headers = {"etag": f'"{newest}"'}
    if feed.max_age:
        headers["cache-control"] = f"max-age={feed.max_age}"
    lying = any(begin <= at < end for begin, end in feed.lies)
    if conditions and (lying or conditions.get("If-None-Match") == headers["etag"]):
        return Answer(status=304, headers=headers, moved_to=target), 0
    entries = min(newest, feed.window)
    return (
        Answer(status=200, headers=headers, is_feed=True, entries=entries, body_hash=str(newest), moved_to=target),
        newest,
    )


class Reader:
    """One feed as the program asks it."""

    def __init__(self, feed: MadeFeed, begin: float) -> None:
        self.feed, self.at = feed, begin
        self.state = PollState(feed=feed.name, source_id="made")
        self.known = 0
        self.first: float | None = None
        self.tally = Tally(feeds=1)
        self.told_risk = False

    def poll(self, at: float) -> None:
        """Asks, and sets when to ask again."""
        now = START + timedelta(seconds=at)
        assert due(self.state, now)
        found, newest = answer(self.feed, address(self.state), conditional_headers(self.state), at)
        self.tally.polls += 1
        if found.status == 200:
            found = self._read(found, newest, at)
        self.state = after(self.state, found, OPTIONS, now)
        assert self.state.next_due is not None
        self.told_risk |= self.state.missed_risk
        self.at = math.ceil((self.state.next_due - START).total_seconds() / MINUTE) * MINUTE

    def _read(self, found: Answer, newest: int, at: float) -> Answer:
        self.tally.full += 1
        oldest = newest - found.entries
        begin = max(self.known, oldest)
        fresh = newest - begin
        if self.first is not None:
            self.tally.caught += fresh
            self.tally.delays += [at - published for published in self.feed.times[begin:newest]]
        else:
            self.first = at
        hidden = 0
        if self.state.unchanged and self.state.polled is not None:
            last = (self.state.polled - START).total_seconds() - 3_600
            hidden = sum(published < last for published in self.feed.times[begin:newest])
        self.known = newest
        return replace(found, new=fresh, fresh=fresh, familiar=found.entries - fresh, hidden=hidden)

    def done(self) -> Tally:
        """The counts, once the month is over: what is not seen yet by the last poll is not missed."""
        if self.first is not None:
            first = self.feed.newest(self.first)
            self.tally.published = self.known - first - self.feed.lost_to_all(first, self.known)
        return self.tally


def adaptive(feeds: list[MadeFeed], days: int) -> list[Reader]:
    """Every feed as the program asks it, minute by minute."""
    readers = [Reader(feed, 0.0) for feed in feeds]
    waiting: dict[float, list[Reader]] = defaultdict(list)
    waiting[0.0] = readers
    for minute in range(int(days * DAY / MINUTE)):
        for reader in waiting.pop(minute * MINUTE, ()):
            reader.poll(minute * MINUTE)
            waiting[reader.at].append(reader)
    for reader in readers:
        reader.done()
    return readers


def fixed(feed: MadeFeed, days: int, interval: float, begin: float) -> Tally:
    """The feed asked by a plain timer."""
    steps = math.ceil((days * DAY - begin) / interval)
    tally = Tally(feeds=1, polls=steps)
    brought: Counter[int] = Counter()
    for published in feed.times:
        step = max(0, math.ceil((published - begin) / interval))
        while step < steps and feed.down(begin + step * interval):
            step += 1
        if 0 < step < steps:
            brought[step] += 1
            if brought[step] <= feed.window:
                tally.caught += 1
                tally.delays.append(begin + step * interval - published)
    first = feed.newest(begin)
    tally.published = sum(brought.values()) - feed.lost_to_all(first, first + sum(brought.values()))
    return tally


# --------------------------------------------------------------------- figures


@dataclass(slots=True, kw_only=True)
class Row:
    """One class of feeds under three schedules."""

    name: str
    ours: Tally = field(default_factory=Tally)
    quarter: Tally = field(default_factory=Tally)
    hourly: Tally = field(default_factory=Tally)
    at_risk: int = 0
    moved: int = 0

    def add(self, other: Row) -> None:
        """Adds another's counts."""
        self.ours.add(other.ours)
        self.quarter.add(other.quarter)
        self.hourly.add(other.hourly)
        self.at_risk += other.at_risk
        self.moved += other.moved


def measured(number: int, days: int, seed: int, workers: int = 1) -> dict[str, Row]:
    """Rows by class of feed, and of `all`, `quiet` (up to 5 entries a day) and `busy` (200 and more) ones."""
    if workers == 1:
        return _part(number, days, seed, 0, 1)
    with ProcessPoolExecutor(workers) as pool:
        parts = [pool.submit(_part, number, days, seed, part, workers) for part in range(workers)]
    rows: dict[str, Row] = {}
    for part in parts:
        for name, row in part.result().items():
            rows.setdefault(name, Row(name=name)).add(row)
    return rows


def _part(number: int, days: int, seed: int, part: int, parts: int) -> dict[str, Row]:
    feeds = made_feeds(number, days, seed)[part::parts]
    rows: dict[str, Row] = {}
    for reader in adaptive(feeds, days):
        feed = reader.feed
        begin = _phase(feed.name)
        names = [feed.kind.name, "all"]
        names += ["quiet"] if len(feed.times) / days <= QUIET else ["busy"] if feed.kind.daily[0] >= BUSY else []
        quarter, hourly = fixed(feed, days, 900, begin), fixed(feed, days, 3_600, begin)
        for name in names:
            row = rows.setdefault(name, Row(name=name))
            row.ours.add(reader.tally)
            row.quarter.add(quarter)
            row.hourly.add(hourly)
            row.at_risk += reader.told_risk
            row.moved += reader.state.moved_to is not None
    return rows


def _phase(name: str) -> float:
    return random.Random(name).randrange(60) * MINUTE


def lines(rows: dict[str, Row]) -> Iterator[str]:
    """The table."""
    yield (
        f"{'feeds':<10}{'n':>5}{'entries':>9} | {'caught':>8}{'delay':>7}{'polls':>8}{'bodies':>8}"
        f"{'of 60':>7}{'of 15':>7}"
        f" | {'60 min: caught':>15}{'delay':>7} | {'15 min: caught':>15}{'delay':>7} | {'at risk':>7}{'moved':>6}"
    )
    order = [kind.name for kind in KINDS] + ["quiet", "busy", "all"]
    for row in (rows[name] for name in order if name in rows):
        ours, quarter, hourly = row.ours, row.quarter, row.hourly
        yield (
            f"{row.name:<10}{ours.feeds:>5}{ours.published:>9} | {ours.share:>8.3%}{ours.delay:>7.1f}{ours.polls:>8}"
            f"{ours.full:>8}{ours.polls / hourly.polls:>7.0%}{ours.polls / quarter.polls:>7.0%}"
            f" | {hourly.share:>15.3%}{hourly.delay:>7.1f} | {quarter.share:>15.3%}{quarter.delay:>7.1f}"
            f" | {row.at_risk:>7}{row.moved:>6}"
        )


def main() -> None:
    """Prints the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--feeds", type=int, default=500)
    parser.add_argument("--days", type=int, default=30)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1, help="processes; no figure depends on it")
    chosen = parser.parse_args()
    began = time.perf_counter()
    rows = measured(chosen.feeds, chosen.days, chosen.seed, chosen.workers)
    print(f"{chosen.feeds} feeds, {chosen.days} days, seed {chosen.seed}; delays are medians in minutes")
    for line in lines(rows):
        print(line)
    print(f"took {time.perf_counter() - began:.1f} s")


if __name__ == "__main__":
    main()
