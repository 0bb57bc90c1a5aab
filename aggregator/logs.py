"""What is logged: events with fields, as lines for people or as JSON.

Each poll, page and run has one line, with the ids that join them; EVENTS lists them all.  The lines go through the
standard library's logging, so that Scrapy's handlers and ours take them alike.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass
from datetime import UTC, datetime
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal

from aggregator.encoding import to_json

EVENTS: Mapping[str, str] = MappingProxyType(
    {
        "feeds": "what a run begins with: `due`, `not_due`",
        "poll": "a feed, sitemap or listing was asked",
        "page": "a page has its outcome, or was given back",
        "further_page": "a later page of an article could not be had",
        "problem": "a feed could be read, but not wholly",
        "held": "pages of a source wait for the next day: its budget is used up",
        "health": "a source is doing better or worse",
        "robots": "the sitemaps that a robots.txt names were looked at",
        "unverified": "certificates of a source's sites are not checked, as the catalogue says",
        "journal": "the journal's files cannot be written now",
        "run": "a run has ended",
        "schedule": "the schedule began, ended, took a configuration, or ended a run of a job",
    }
)
"""Every event, and what it means; other lines are of libraries, or of what should not happen."""

FIELDS: Mapping[str, str] = MappingProxyType(
    {
        "run_id": "the run: the same in the journal's lines",
        "source": "id of the source",
        "feed": "address of the feed; of a page, the one that led to it",
        "url": "address of the page",
        "article": "id of the article that the page is",
        "outcome": "of a poll: new, nothing new, unchanged, failed, held; of a page: unique, revision, duplicate, "
        "unchanged, rejected, outside, failed, retry, held; of a run: finished, shutdown",
        "status": "HTTP status of the answer",
        "ms": "milliseconds from the request to the first byte of the answer",
        "bytes": "bytes of the answer's body, decoded",
        "entries": "entries of the feed",
        "new": "of these, how many were new",
        "changed": "how many said something else than before",
        "next_due": "when the feed is asked next",
        "reason": "why",
        "seconds": "how long the run took",
        "counts": "what the run counted",
        "state": "health of the source",
        "before": "health before",
        "due": "feeds that are due",
        "not_due": "feeds that are not",
        "page": "number of the listing's page",
        "host": "the host whose pages wait",
        "waiting": "how many they are",
        "sites": "sites whose certificates are not checked",
        "verify_tls": "false: they are not",
        "sitemaps": "sitemaps that robots.txt names",
        "said": "one sentence",
    }
)
"""Every field of these events; one that says nothing is left out."""

Level = Literal["debug", "info", "warning", "error"]


@dataclass(frozen=True, slots=True, kw_only=True)
class LogOptions:
    """`[log]` of aggregator.toml."""

    format: Literal["console", "json"] = "console"
    """console: lines for people; json: one object a line, on standard error and in the file."""

    level: Level = "warning"
    """Lowest level on standard error; `--verbose` makes it info: a line for each poll and page."""

    file: str = ""
    """File that gets a line for each poll and page, relative to the data folder; empty: none."""

    max_size: int = 10_000_000
    """Bytes after which a new file is begun."""

    keep: int = 5
    """Older files that are kept, as FILE.1, FILE.2 ..."""


class JsonLines(logging.Formatter):
    """One JSON object a line: at, level, logger, event, and the event's own fields."""

    def format(self, record: logging.LogRecord) -> str:
        """The line of a record; one of another library has its text as `said`."""
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        told: Mapping[str, Any] = getattr(record, "told", {}) or {"event": "log", "said": record.getMessage()}
        line = {"at": at, "level": record.levelname.lower(), "logger": record.name, **told}
        if record.exc_info:
            line["trace"] = self.formatException(record.exc_info)
        return to_json(line).decode()


class LogFile(RotatingFileHandler):
    """A file that is rotated by size; one that cannot be written is said once and stops nothing."""

    _complained = False

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: ARG002, N802 - the standard library's name
        """Called where a line could not be written."""
        if not self._complained:
            self._complained = True
            sys.stderr.write(f"aggregator: {self.baseFilename} cannot be written: {sys.exc_info()[1]}\n")


def logger(name: str) -> Any:
    """A logger of events: `log.info("page", url=..., outcome=...)`; fields that are None are left out."""
    import structlog  # only who crawls waits for it

    if not structlog.is_configured():
        structlog.configure(
            processors=[structlog.stdlib.filter_by_level, _spoken],
            logger_factory=structlog.stdlib.LoggerFactory(),
            wrapper_class=structlog.stdlib.BoundLogger,
            cache_logger_on_first_use=True,
        )
    return structlog.stdlib.get_logger(name)


def _spoken(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> tuple[tuple[str], dict[str, Any]]:
    """The event as a line for people, with its fields beside it for those who want them."""
    told = {name: value for name, value in event.items() if value is not None and name != "exc_info"}
    words = [str(told["event"]), *(f"{name}={value}" for name, value in told.items() if name != "event")]
    kept: dict[str, Any] = {"extra": {"told": told}}
    if event.get("exc_info"):
        kept["exc_info"] = event["exc_info"]
    return (" ".join(words),), kept  # no arguments beside it: logging leaves percent signs alone


def set_up(options: LogOptions, folder: Path, shown: logging.Handler, *, verbose: bool) -> list[logging.Handler]:
    """Sends what is logged to `shown` (with a formatter of its own, or the options') and to the file of the options.

    `folder` is the data folder.  Raises OSError where the log's folder cannot be made.
    """
    level = logging.INFO if verbose else logging.getLevelNamesMapping()[options.level.upper()]
    shown.setLevel(level)
    if options.format == "json":
        shown.setFormatter(JsonLines())
    elif shown.formatter is None:
        shown.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    handlers = [shown]
    if options.file:
        path = folder / options.file
        path.parent.mkdir(parents=True, exist_ok=True)
        file = LogFile(path, maxBytes=options.max_size, backupCount=options.keep, encoding="utf-8", delay=True)
        file.setFormatter(
            JsonLines()
            if options.format == "json"
            else logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s")
        )
        file.setLevel(min(level, logging.INFO))
        handlers.append(file)
    logging.basicConfig(level=min(handler.level for handler in handlers), handlers=handlers, force=True)
    for name in ("scrapy", "twisted", "asyncio", "filelock", "trafilatura", "htmldate"):
        logging.getLogger(name).setLevel(logging.NOTSET if verbose else logging.ERROR)
    return handlers
