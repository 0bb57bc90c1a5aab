"""Who is told of what happens, and how often: decisions only.

An event is told to each alert that wants its kind; of one subject an alert hears once in `rest`, and what came
meanwhile is told when that is over, in its newest form.  The sending stands in `operations/alerting.py`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from types import MappingProxyType
from urllib.parse import urlsplit

KINDS: Mapping[str, str] = MappingProxyType(
    {
        "health": "a source is doing better or worse; its state is in `state`",
        "run_failed": "a run of a job failed, timed out, or found no network",
        "journal_repaired": "files of the journal had been changed by others and were written again",
        "schedule_died": "the schedule is gone without having been stopped",
        "schedule_silent": "the schedule is there and has said nothing for five minutes",
        "config_refused": "a changed configuration is wrong and not used",
        "job_failing": "a job failed three times in a row",
        "disk_low": "less than 1 GB is free",
        "most_sources": "more than half of the sources are in trouble at once",
        "alert_failed": "an alert could not be delivered (told to the others)",
        "test": "`aggregator alerts --test NAME`",
    }
)
"""Every kind of event, and what it means."""

ALL = "all"
MOST_WAITING = 1_000
"""Messages that wait; where there are more, the oldest are given up: nobody reads a thousand."""

_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
_FIRST_PAUSE, _PAUSE_GROWTH = 15.0, 4.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """`[[alert]]` of aggregator.toml: who is told of what."""

    name: str
    """Its name, for `aggregator alerts --test` and the records: small letters, digits, - and _."""

    events: tuple[str, ...] = (ALL,)
    """Kinds of events, or "all"."""

    command: tuple[str, ...] = ()
    """Program and arguments that get the event as JSON on standard input."""

    webhook: str = ""
    """Address that gets it by POST; private ones need `network.allow`, as pages do."""

    timeout: float = 10.0
    """Seconds that one delivery may take."""

    rest: float = 3_600.0
    """Seconds between two messages of one kind and subject (a source, a job)."""

    retries: int = 3
    """How often a delivery that failed is tried again: after 15 s, a minute, four minutes ..."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happened."""

    kind: str
    """one of KINDS"""
    at: datetime
    """when"""
    said: str
    """one sentence"""
    subject: str = ""
    """the source or job it is about"""
    state: str = ""
    """of `health`: the state; of what lasts: `begun` or `over`"""
    advice: str = ""
    """what a person may do about it"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """An event on its way to an alert."""

    alert: str
    event: Event
    tries: int = 0
    """deliveries that failed"""
    not_before: datetime | None = None
    """when it is tried again"""
    held_back: int = 0
    """earlier events of this kind and subject that were not sent, since one had just been"""


@dataclass(slots=True, kw_only=True)
class Notebook:
    """What is remembered between two looks; mutable, it is the one teller's own."""

    looked: datetime | None = None
    """up to when events were gathered"""
    standing: dict[str, str] = field(default_factory=dict)
    """what lasts at present: `kind subject` and what was said"""
    last: dict[str, datetime] = field(default_factory=dict)
    """when `alert kind subject` was sent last"""
    held: dict[str, Message] = field(default_factory=dict)
    """by the same key, what waits for its rest to be over"""
    waiting: list[Message] = field(default_factory=list)
    """messages that are to be delivered"""
    failed: dict[str, str] = field(default_factory=dict)
    """alerts whose last message was given up, and why"""


def checked(alert: Alert) -> Alert:
    """The alert; raises ValueError with the key and what was expected where it could not be told."""
    if not _NAME.fullmatch(alert.name):
        raise ValueError(f"name: expected small letters, digits, - and _, got {alert.name!r}")
    if bool(alert.command) == bool(alert.webhook):
        raise ValueError('expected `command` or `webhook`: command = ["mail", "-s", "news", "me"]')
    if alert.webhook and (
        urlsplit(alert.webhook).scheme not in ("http", "https") or not urlsplit(alert.webhook).netloc
    ):
        raise ValueError(f"webhook: expected an http or https address, got {alert.webhook!r}")
    unknown = [kind for kind in alert.events if kind not in KINDS and kind != ALL]
    if unknown or not alert.events:
        raise ValueError(f"events: expected some of {', '.join([ALL, *KINDS])}, got {unknown or 'none'}")
    if alert.timeout <= 0 or alert.rest < 0:
        raise ValueError("timeout and rest: expected more than 0")
    return alert


def take_up(notebook: Notebook, alerts: Iterable[Alert], events: Iterable[Event], now: datetime) -> None:
    """Puts events into the notebook, as messages that wait or are held back, and frees those whose rest is over."""
    told, by_name = list(events), {alert.name: alert for alert in alerts}
    for alert in by_name.values():
        for event in told:
            own = event.kind == "alert_failed" and event.subject == alert.name
            if (event.kind in alert.events or ALL in alert.events) and not own:
                _put(notebook, alert, event, now)
    for key, message in list(notebook.held.items()):
        owner = by_name.get(message.alert)
        if owner is None or not _rests(notebook, key, owner, now):
            del notebook.held[key]
            if owner is not None:
                _send(notebook, key, message, now)
    notebook.waiting = [message for message in notebook.waiting if message.alert in by_name][-MOST_WAITING:]
    longest = max((alert.rest for alert in by_name.values()), default=0.0)
    notebook.last = {key: at for key, at in notebook.last.items() if (now - at).total_seconds() <= longest}


def _put(notebook: Notebook, alert: Alert, event: Event, now: datetime) -> None:
    key = f"{alert.name} {event.kind} {event.subject}"
    before = notebook.held.get(key)
    message = Message(alert=alert.name, event=event, held_back=before.held_back + 1 if before else 0)
    if _rests(notebook, key, alert, now):
        notebook.held[key] = message
    else:
        notebook.held.pop(key, None)
        _send(notebook, key, message, now)


def _rests(notebook: Notebook, key: str, alert: Alert, now: datetime) -> bool:
    last = notebook.last.get(key)
    # One that was sent in the future: the clock was set back.
    return last is not None and timedelta(0) <= now - last < timedelta(seconds=alert.rest)


def _send(notebook: Notebook, key: str, message: Message, now: datetime) -> None:
    notebook.last[key] = now
    notebook.waiting.append(message)


def after_failure(message: Message, alert: Alert, now: datetime) -> Message | None:
    """The message as it is tried again; None where it is given up."""
    if message.tries >= alert.retries:
        return None
    pause = _FIRST_PAUSE * _PAUSE_GROWTH**message.tries
    return replace(message, tries=message.tries + 1, not_before=now + timedelta(seconds=pause))


def lasting(notebook: Notebook, present: Mapping[str, Event], now: datetime) -> list[Event]:
    """Events for what has begun or is over since the last look; `present` by `kind subject`.  Notes what lasts."""
    begun = [event for key, event in present.items() if key not in notebook.standing]
    over = [
        Event(kind=key.partition(" ")[0], subject=key.partition(" ")[2], at=now, state="over", said=f"over: {said}")
        for key, said in notebook.standing.items()
        if key not in present
    ]
    notebook.standing = {key: event.said for key, event in present.items()}
    return [*begun, *over]
