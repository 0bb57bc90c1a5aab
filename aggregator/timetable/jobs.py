"""The jobs of the schedule, and what is wrong with one."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import time
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

SPIDERS = ("feeds", "sitemaps", "listings")
"""What a job may crawl with; the same as `aggregator crawl --spider`."""

_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
_HOURS = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """`[[schedule]]` of aggregator.toml: what is crawled, and when."""

    name: str
    """Its name in logs and in `aggregator status`: small letters, digits, - and _."""

    region: str = ""
    """Only sources of these regions, parted by commas; empty: all."""

    source: str = ""
    """Only these sources, ids parted by commas; empty: all."""

    spider: str = "feeds"
    """feeds, sitemaps or listings, as `aggregator crawl --spider`."""

    poll: str = "due"
    """due: what is due by its own rhythm; now: what is named, at each run, but not below polling.min_interval."""

    every: float = 0.0
    """Seconds between two runs, counted on a grid from 1970-01-01 UTC: 3600 is on the hour."""

    cron: str = ""
    """Five fields (minute, hour, day of month, month, day of week), instead of `every`."""

    timezone: str = "UTC"
    """Zone of `cron` and `quiet`."""

    jitter: float = 0.0
    """Seconds by which a run may come later, by chance; it does not add up."""

    quiet: tuple[str, ...] = ()
    """Hours in which it does not run, such as "22:00-06:00"."""

    timeout: float = 3_600.0
    """Seconds after which a run is stopped; what it had in hand goes back to the frontier."""

    grace: float = 86_400.0
    """Seconds by which a missed run may be late; later ones are left out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MaintenanceOptions:
    """`[maintenance]` of aggregator.toml: what the schedule does beside crawling."""

    every: float = 86_400.0
    """Seconds between two cleanings: database, archives, old records of runs.  0: never."""

    backup: str = ""
    """Folder of the backups, relative to the project's folder; empty: none are made."""

    backup_every: float = 86_400.0
    """Seconds between two backups."""

    backup_keep: int = 7
    """Backups that are kept; the oldest goes first."""

    keep_history: float = 31 * 86_400.0
    """Seconds for which the records of runs are kept, which `aggregator status` counts."""


TICK = Job(name="tick", every=60.0)
"""Where no job is configured: once a minute, whatever is due."""


def zone(job: Job) -> ZoneInfo:
    """The job's time zone; raises ValueError where there is none of that name."""
    try:
        return ZoneInfo(job.timezone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(f"timezone: expected a name such as Asia/Tehran, got {job.timezone!r}") from error


def quiet_hours(job: Job) -> list[tuple[time, time]]:
    """Begin and end of its quiet hours; raises ValueError where they are none."""
    found = []
    for text in job.quiet:
        match = _HOURS.fullmatch(text.strip())
        if match is None or match[1] + match[2] == match[3] + match[4]:
            raise ValueError(f'quiet: expected hours such as "22:00-06:00", got {text!r}')
        found.append((time(int(match[1]), int(match[2])), time(int(match[3]), int(match[4]))))
    return found


def checked(job: Job) -> Job:
    """The job; raises ValueError with the key and what was expected where it could not be run."""
    if not _NAME.fullmatch(job.name):
        raise ValueError(f"name: expected small letters, digits, - and _, got {job.name!r}")
    if bool(job.every) == bool(job.cron):
        raise ValueError('expected `every` or `cron`: every = "15min", or cron = "0 6 * * *"')
    if job.every and job.every < 1:
        raise ValueError(f"every: expected a second or more, got {job.every:g}")
    if job.spider not in SPIDERS:
        raise ValueError(f"spider: expected one of {', '.join(SPIDERS)}, got {job.spider!r}")
    if job.poll not in ("due", "now"):
        raise ValueError(f"poll: expected due or now, got {job.poll!r}")
    if job.poll == "now" and not (job.region or job.source):
        raise ValueError("poll: `now` needs a region or a source; all of them are asked when they are due")
    if job.every and job.jitter >= job.every:
        raise ValueError("jitter: expected less than `every`")
    if job.timeout <= 0:
        raise ValueError("timeout: expected more than 0")
    zone(job)
    quiet_hours(job)
    return job
