"""`--since` and `--until`: which dates of publication a run wants."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from aggregator.errors import InputError


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """A stretch of time, from `since` on and before `until`; open where one is missing.

    What has no date is never outside: only what is known can be a reason.
    """

    since: datetime | None = None
    until: datetime | None = None

    @classmethod
    def of(cls, since: str | None = None, until: str | None = None) -> Window:
        """The window between two days or times as they are typed (UTC where no zone is said); raises InputError."""
        window = cls(since=typed_time(since), until=typed_time(until))
        if window.since and window.until and window.until <= window.since:
            raise InputError(f"nothing is at once since {since} and until {until}", subject=until)
        return window

    def admits(self, published: datetime | None) -> bool:
        """Whether what was published then is wanted."""
        return self.outside(published) is None

    def outside(self, published: datetime | None) -> str | None:
        """Why what was published then is not wanted; None where it is."""
        if published is None:
            return None
        if self.since and published < self.since:
            return f"outside --since {_shown(self.since)}: published {_shown(published)}"
        if self.until and published >= self.until:
            return f"outside --until {_shown(self.until)}: published {_shown(published)}"
        return None

    def overlaps(self, start: datetime, end: datetime) -> bool:
        """Whether anything between `start` and `end` may be wanted."""
        return not ((self.since and end <= self.since) or (self.until and start >= self.until))

    @property
    def name(self) -> str | None:
        """The window in one word, by which two runs know that they want the same; None where all is wanted."""
        if self.since is None and self.until is None:
            return None
        return "/".join(time.isoformat() if time else ".." for time in (self.since, self.until))


def typed_time(typed: str | None) -> datetime | None:
    """A day or time as people type it, aware and in UTC; None where nothing was typed.  Raises InputError."""
    if typed is None or not typed.strip():
        return None
    try:
        time = datetime.fromisoformat(typed.strip())
        return time.astimezone(UTC) if time.tzinfo else time.replace(tzinfo=UTC)
    except (ValueError, OverflowError) as error:
        raise InputError(
            f"{typed!r} is no day or time: write 2026-03-16 or 2026-03-16T12:00+03:30", subject=typed
        ) from error


def _shown(time: datetime) -> str:
    return f"{time:%Y-%m-%d %H:%M} UTC" if (time.hour or time.minute) else f"{time:%Y-%m-%d}"
