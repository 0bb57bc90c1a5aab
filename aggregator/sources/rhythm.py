"""How much a feed brings at which hour, learned from its polls, and how long it may be left alone.

**How much.**  New entries are taken for a Poisson process whose rate is a product: what the feed brings in the long
run x the hour of the day x the day of the week x how it goes of late.  Each factor is the mean of a Gamma posterior,
(counted + k) / (foretold + k): with nothing counted it is 1, and it takes several times k entries to move it far.
Counts fade by half in `MEMORY`, the last factor's in `LATELY`.  Hours and days are those of UTC: a publisher's zone
only shifts them.

**How long.**  An entry waits from its publication to the next poll.  Given that polls cost something, the sum of all
waiting is smallest where a feed is asked in proportion to the square root of its rate, and more often when its rate is
high (Sia, Cho and Cho, "Efficient monitoring algorithm for fast news alerts", IEEE TKDE 19(7), 2007; Cho and
Garcia-Molina, "Effective page refresh policies for web crawlers", ACM TODS 28(4), 2003).  Here that is done by one
price for all feeds: a poll is due when the waiting that is foretold since the last one comes to what a poll is worth.
The price is such that the default interval is right for a feed of `USUAL` entries an hour.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from aggregator.records import Rhythm

USUAL = 2 / 3
"""New entries an hour (16 a day) for which the default interval is right; what a feed is taken for at first."""
USUAL_WEIGHT = 2.0
"""Hours of watching that this first guess is worth: little, so that a dead feed is left alone within a day."""
MEMORY = 14 * 24.0
"""Hours after which a count is worth half."""
LATELY = 12.0
"""The same for how it goes of late: a burst, a strike, a feed that wakes up."""
PRIOR_HOUR, PRIOR_DAY, PRIOR_LATELY = 2.0, 4.0, 1.5
"""Entries that the guess `as always` is worth for one hour of the day, for one day of the week, for lately."""
DAILY_AFTER, WEEKLY_AFTER = 36.0, 10 * 24.0
"""Hours of watching before hours of the day and days of the week are told apart: each must have come."""
SHORTEST = 0.25
"""Hours that a burst is counted over at least: two entries in one second are no 7,200 an hour."""
WINDOW_SHARE = 0.5
"""Share of a feed's window that may be new at a poll, at the pace of its fastest burst."""
USEFUL_WEIGHT = 20.0
"""New entries over which the share is taken of those that nobody else had shown before."""
LEAST_USEFUL = 0.05
"""A feed that only repeats others is still asked as if one entry in twenty were its own."""
_HORIZON = 168


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """The rate of a feed at every hour of the week, in new entries an hour."""

    hours: Sequence[float]
    """of each hour of the day, on an average day and lately"""
    days: Sequence[float]
    """factor of each day of the week"""

    @property
    def daily(self) -> float:
        """New entries of an average day."""
        return sum(self.hours)


def usual_pace(rhythm: Rhythm) -> Pace:
    """What the feed brings in the long run, whatever it did of late."""
    total = sum(rhythm.hours)
    rate = (total + USUAL * USUAL_WEIGHT) / (rhythm.watched + USUAL_WEIGHT)
    hours, days = [rate] * 24, [1.0] * 7
    if total and rhythm.watched >= DAILY_AFTER:
        mean, counted = total / 24 + PRIOR_HOUR, rhythm.hours
        # Neighbours count: a desk that opens at nine writes at half past eight, too.
        hours = [
            rate * (0.25 * counted[hour - 1] + 0.5 * counted[hour] + 0.25 * counted[hour - 23] + PRIOR_HOUR) / mean
            for hour in range(24)
        ]
    if total and rhythm.watched >= WEEKLY_AFTER:
        mean = total / 7 + PRIOR_DAY
        days = [(count + PRIOR_DAY) / mean for count in rhythm.days]
    return Pace(hours=hours, days=days)


def present_pace(rhythm: Rhythm) -> Pace:
    """The usual pace, raised or lowered by how it goes of late."""
    usual = usual_pace(rhythm)
    lately = lately_factor(rhythm)
    return Pace(hours=[rate * lately for rate in usual.hours], days=usual.days)


def lately_factor(rhythm: Rhythm) -> float:
    """How it goes of late: above 1 in a burst, below in a calm."""
    return (rhythm.recent + PRIOR_LATELY) / (rhythm.foretold + PRIOR_LATELY)


def learned(rhythm: Rhythm, *, fresh: int, new: int, since: datetime, now: datetime, whole: bool = True) -> Rhythm:
    """The rhythm after a poll at `now` that brought `fresh` entries which the feed had not shown at the last, `since`.

    `new` of them nobody else had shown us either; `whole`: there was a body, not only the word that nothing changed.
    """
    passed = (now - since).total_seconds() / 3_600
    if passed <= 0:
        return rhythm
    pieces = _pieces(usual_pace(rhythm), max(since, now - timedelta(hours=_HORIZON)), now)
    foretold = sum(piece[2] for piece in pieces)
    fading, lately = 0.5 ** (passed / MEMORY), 0.5 ** (passed / LATELY)
    hours = [count * fading for count in rhythm.hours] or [0.0] * 24
    days = [count * fading for count in rhythm.days] or [0.0] * 7
    if fresh:
        for hour, day, expected in pieces:
            # When in that time they came is not known: as is most likely by what the rhythm was.
            part = fresh * expected / foretold
            hours[hour] += part
            days[day] += part
    useful = rhythm.useful
    if fresh:
        weight = 0.5 ** (fresh / USEFUL_WEIGHT)
        useful = useful * weight + (1 - weight) * max(0.0, min(new / fresh, 1.0))
    return Rhythm(
        hours=tuple(hours),
        days=tuple(days),
        watched=rhythm.watched * fading + (1 - fading) * MEMORY / math.log(2),
        recent=rhythm.recent * lately + fresh,
        foretold=rhythm.foretold * lately + foretold,
        silent=0.0 if whole else rhythm.silent + foretold * lately_factor(rhythm),
        burst=max(rhythm.burst * fading, fresh / max(passed, SHORTEST)),
        useful=useful,
    )


def _pieces(pace: Pace, start: datetime, end: datetime) -> list[tuple[int, int, float]]:
    """The hours from `start` to `end`: hour of the day, day of the week, entries foretold."""
    hour, day = start.hour, start.weekday()
    left = (end - start).total_seconds() / 3_600
    length = 1 - (start.minute * 60 + start.second + start.microsecond / 1e6) / 3_600
    pieces = []
    while left > 0:
        length = min(length, left)
        pieces.append((hour, day, length * pace.hours[hour] * pace.days[day]))
        left -= length
        length = 1.0
        hour += 1
        if hour == 24:
            hour, day = 0, (day + 1) % 7
    return pieces


def foretold(rhythm: Rhythm, since: datetime, until: datetime) -> float:
    """Entries that the usual pace foretells between two times, a week at most."""
    start = max(since, until - timedelta(hours=_HORIZON))
    return sum(piece[2] for piece in _pieces(usual_pace(rhythm), start, until))


def waiting_time(rhythm: Rhythm, now: datetime, usual: float, longest: float) -> tuple[float, float]:
    """Seconds after `now` until the foretold waiting is worth a poll, and the entries a day that are foretold.

    `usual` is the interval in seconds that is right for a feed of `USUAL` entries an hour; it is the unit of time here,
    so that the same rhythm with half of it is asked twice as often.  Nothing beyond `longest` seconds is looked at.
    """
    pace = present_pace(rhythm)
    worth = max(rhythm.useful, LEAST_USEFUL)
    scale = usual / 3_600
    price = USUAL * scale * scale / 2
    hour, day = now.hour, now.weekday()
    length = 1 - (now.minute * 60 + now.second + now.microsecond / 1e6) / 3_600
    passed = entries = waited = 0.0
    end = min(longest / 3_600, _HORIZON)
    while passed < end:
        rate = pace.hours[hour] * pace.days[day] * worth
        more = entries * length + rate * length * length / 2
        if waited + more >= price:
            # entries * x + rate * x^2 / 2 = what is missing
            missing = price - waited
            root = math.sqrt(entries * entries + 2 * rate * missing)
            return min((passed + 2 * missing / (entries + root)) * 3_600, longest), pace.daily
        waited += more
        entries += rate * length
        passed += length
        length = 1.0
        hour += 1
        if hour == 24:
            hour, day = 0, (day + 1) % 7
    return longest, pace.daily


def safe_time(rhythm: Rhythm, window: int) -> float:
    """Seconds in which the fastest burst so far fills `WINDOW_SHARE` of a window of that many entries."""
    if window < 1 or rhythm.burst <= 0:
        return math.inf
    return window * WINDOW_SHARE / rhythm.burst * 3_600
