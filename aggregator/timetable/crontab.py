"""Five fields of cron, read as cron reads them; APScheduler finds the times.

APScheduler counts the days of the week from Monday as 0 and takes day of month *and* day of week where cron takes
either (https://apscheduler.readthedocs.io/en/3.x/modules/triggers/cron.html): the first is translated, the second is
refused.  Its times are asked for on a clock that is never changed, and changes of the clock are dealt with here: a
time that one leaves out is taken an hour later, one that it repeats is taken once; what runs in any hour just goes on.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

_DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAY = re.compile(r"(?P<first>[0-7]|[a-z]{3})(?:-(?P<last>[0-7]|[a-z]{3}))?(?:/(?P<step>\d+))?")
_EXPECTED = 'cron: expected five fields such as "30 6 * * mon-fri" (minute, hour, day of month, month, day of week)'


@dataclass(frozen=True, slots=True)
class Cron:
    """The times of a line of cron in a zone."""

    trigger: Any
    zone: ZoneInfo

    @staticmethod
    @lru_cache(maxsize=100)
    def of(line: str, zone: ZoneInfo) -> Cron:
        """Reads it; raises ValueError with what was expected."""
        # Only who has such a job waits for this import.
        from apscheduler.triggers.cron import CronTrigger

        fields = line.lower().split()
        if len(fields) != 5:
            raise ValueError(f"{_EXPECTED}, got {line!r}")
        minute, hour, day, month, weekday = fields
        if day != "*" and weekday != "*":
            raise ValueError(f"cron: expected a day of the month or a day of the week, not both, got {line!r}")
        try:
            trigger = CronTrigger(
                minute=minute, hour=hour, day=day, month=month, day_of_week=_weekdays(weekday), timezone=UTC
            )
        except (ValueError, TypeError) as error:
            raise ValueError(f"{_EXPECTED}, got {line!r}: {error}") from error
        return Cron(trigger, zone)

    def after(self, moment: datetime) -> datetime | None:
        """The first time after the moment, in UTC; None where there is none (30 February)."""
        return self._of_any_hour(moment) if self._hourly else self._of_an_hour(moment)

    @property
    def _hourly(self) -> bool:
        return str(self.trigger.fields[5]).startswith("*")

    def _wall(self, wall: datetime) -> datetime | None:
        """The next time that matches on a clock that is never changed."""
        found = self.trigger.get_next_fire_time(None, wall.replace(tzinfo=UTC) + timedelta(microseconds=1))
        return found.replace(tzinfo=None) if found else None

    def _of_an_hour(self, moment: datetime) -> datetime | None:
        wall: datetime | None = moment.astimezone(self.zone).replace(tzinfo=None)
        while wall is not None and (wall := self._wall(wall)) is not None:
            # fold=0: the first of two that are called so, and for one that is left out the time an hour later.
            found = wall.replace(tzinfo=self.zone, fold=0).astimezone(UTC)
            if found > moment:
                return found
        return None

    def _of_any_hour(self, moment: datetime) -> datetime | None:
        while True:
            local = moment.astimezone(self.zone)
            wall = local.replace(tzinfo=None)
            found = self._wall(wall)
            if found is None:
                return None
            moment += found - wall
            shown = moment.astimezone(self.zone).replace(tzinfo=None)
            if shown == found or self._wall(shown - timedelta(microseconds=2)) == shown:
                return moment


def _weekdays(field: str) -> str:
    """The days by name, as a list: numbers and ranges mean different things to cron and to APScheduler."""
    if field.startswith("*"):
        return field
    names: list[str] = []
    for part in field.split(","):
        match = _DAY.fullmatch(part)
        if match is None:
            raise ValueError(f"no day of the week: {part}")
        first = _number(match["first"])
        last = _number(match["last"]) if match["last"] else first
        span = range(first, (last if last >= first else last + 7) + 1, int(match["step"] or 1) or 1)
        names += [_DAYS[number % 7] for number in span]
    return ",".join(dict.fromkeys(names))


def _number(text: str) -> int:
    if text.isdigit():
        return int(text)
    if text not in _DAYS:
        raise ValueError(f"no day of the week: {text}")
    return _DAYS.index(text)
