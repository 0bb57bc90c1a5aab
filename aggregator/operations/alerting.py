"""Tells of events: gathers what happened since the last look, and sends what waits, to commands and webhooks.

What is on its way stands in data/alerts/notebook.json, so that nothing is told twice and a message outlives its
process.  A lock lets one process tell at a time: the schedule, or `aggregator alerts` by hand or by a timer.
"""

from __future__ import annotations

import os
import signal
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import msgspec
from filelock import FileLock, Timeout

from aggregator.alerts import Alert, Event, Message, Notebook, after_failure, lasting, take_up
from aggregator.config import Config
from aggregator.encoding import to_json
from aggregator.errors import AggregatorError, InputError
from aggregator.operations import history
from aggregator.operations.notebook import load, save
from aggregator.operations.overview import Overview, overview
from aggregator.operations.webhooks import Undelivered, post
from aggregator.store import SqlStore, open_store, there

LOOK = 15.0
"""Seconds between two looks of the schedule: nobody's mail is faster."""

LAST_WORDS = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """What became of a message."""

    alert: str
    event: Event
    error: str = ""
    """why it did not arrive; empty: it did"""
    again: datetime | None = None
    """when it is tried again; None: never"""


Send = Callable[[Alert, bytes], None]
"""Brings a message to its alert; raises Undelivered."""


def tell(config: Config, now: Callable[[], datetime], send: Send) -> list[Delivery]:
    """One look: gathers events, and delivers what is due.  Nothing where another process is at it.

    Raises an AggregatorError where the store cannot be read, OSError where the notebook cannot be written.
    """
    (config.data_folder / "alerts").mkdir(parents=True, exist_ok=True)
    alone = FileLock(config.data_folder / "alerts" / "alerts.lock")
    try:
        alone.acquire(timeout=0)
    except Timeout:
        return []
    try:
        notebook, at = load(config.data_folder), now()
        take_up(notebook, config.alert, gathered(config, notebook, at), at)
        notebook.looked = at
        save(config.data_folder, notebook)  # before anything is sent: what was sent is never gathered again
        return list(_deliver(config, notebook, now, send))
    finally:
        alone.release()


def gathered(config: Config, notebook: Notebook, now: datetime) -> list[Event]:
    """What happened since the last look, oldest first; at the first look only what lasts."""
    found: list[Event] = []
    since = notebook.looked or now
    for record in history.since(config.data_folder, since):
        if record.kind == "job" and record.bad:
            said = f"{record.name}: {record.outcome}" + (f": {record.message}" if record.message else "")
            found.append(Event(kind="run_failed", subject=record.name, at=record.ended, said=said))
        repaired = record.counts.get("journal/repaired", 0)
        if repaired:
            said = f"{repaired} files of the journal had been changed by others and were written again"
            found.append(Event(kind="journal_repaired", at=record.ended, said=said))
    if there(config.place):
        store = open_store(config.place)
        try:
            found += _health(store, since)
            found += lasting(notebook, _present(overview(store, config, now), now), now)
        finally:
            store.close()
    return sorted(found, key=lambda event: event.at)


def _health(store: SqlStore, since: datetime) -> Iterator[Event]:
    for known in store.health().values():
        if known.since is not None and known.since > since:
            yield Event(
                kind="health",
                subject=known.source_id,
                at=known.since,
                state=known.state,
                said=f"{known.source_id} is {known.state}: {known.reason}",
                advice=known.advice,
            )


def _present(found: Overview, now: datetime) -> dict[str, Event]:
    return {
        f"{alarm.kind} {alarm.subject}": Event(
            kind=alarm.kind, subject=alarm.subject, at=now, state="begun", said=alarm.said
        )
        for alarm in found.alarms
    }


def _deliver(config: Config, notebook: Notebook, now: Callable[[], datetime], send: Send) -> Iterator[Delivery]:
    alerts = {alert.name: alert for alert in config.alert}
    for message in [each for each in notebook.waiting if each.not_before is None or each.not_before <= now()]:
        alert, began = alerts[message.alert], now()
        try:
            send(alert, payload(message))
        except Undelivered as error:
            delivery = _failed(notebook, alert, message, str(error), now())
        else:
            delivery = Delivery(alert=alert.name, event=message.event)
            notebook.failed.pop(alert.name, None)
        place = notebook.waiting.index(message)
        again = after_failure(message, alert, now()) if delivery.again else None
        notebook.waiting[place : place + 1] = [again] if again else []
        save(config.data_folder, notebook)
        _remember(config, delivery, began, now())
        yield delivery


def _failed(notebook: Notebook, alert: Alert, message: Message, error: str, now: datetime) -> Delivery:
    again = after_failure(message, alert, now)
    if again is None:
        notebook.failed[alert.name] = error
    return Delivery(
        alert=alert.name, event=message.event, error=error, again=again.not_before if again is not None else None
    )


def _remember(config: Config, delivery: Delivery, began: datetime, ended: datetime) -> None:
    record = history.RunRecord(
        kind="alert",
        name=delivery.alert,
        began=began,
        ended=ended,
        outcome="failed" if delivery.error else "done",
        message=f"{delivery.event.said}: {delivery.error}" if delivery.error else delivery.event.said,
    )
    with suppress(OSError):  # a disk that is full is what is being told
        history.append(config.data_folder, record)


def payload(message: Message) -> bytes:
    """What is sent: the event as one JSON object, with `alert` and `held_back`."""
    return to_json({"alert": message.alert, "held_back": message.held_back, **msgspec.to_builtins(message.event)})


def test(config: Config, name: str, now: datetime, send: Send) -> None:
    """Sends a test event to one alert; raises InputError where there is none, Undelivered where it did not arrive."""
    alert = next((alert for alert in config.alert if alert.name == name), None)
    if alert is None:
        names = ", ".join(alert.name for alert in config.alert) or "none"
        raise InputError(f"there is no [[alert]] of the name {name}; there are: {names}", subject=name)
    event = Event(kind="test", at=now, said="this is a test of the alert: nothing has happened")
    send(alert, payload(Message(alert=name, event=event)))


class Sender:
    """Brings messages to commands and webhooks; one at a time, and it can be cut short."""

    def __init__(self, config: Config, folder: Path) -> None:
        """`folder` is where commands are started: the project's."""
        self._config, self._folder = config, folder
        self._process: subprocess.Popen[bytes] | None = None
        self._closed = False

    def __call__(self, alert: Alert, body: bytes) -> None:
        """Delivers one message; raises Undelivered."""
        if self._closed:
            raise Undelivered("it was stopped")
        if alert.webhook:
            contact = self._config.crawl.contact
            post(alert.webhook, body, timeout=alert.timeout, network=self._config.network, contact=contact)
        else:
            self._run(alert, body)

    def close(self) -> None:
        """Ends a command that is under way."""
        self._closed = True
        self._kill()

    def _run(self, alert: Alert, body: bytes) -> None:
        try:
            self._process = subprocess.Popen(  # noqa: S603 - the operator's own program
                alert.command,
                cwd=self._folder,
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                start_new_session=True,
            )
        except OSError as error:
            raise Undelivered(f"{alert.command[0]} cannot be run: {error.strerror}") from error
        try:
            _, said = self._process.communicate(body, timeout=alert.timeout)
        except subprocess.TimeoutExpired:
            self._kill()
            self._process.communicate()
            raise Undelivered(f"{alert.command[0]} took longer than {alert.timeout:g} s") from None
        if self._process.returncode:
            words = said.decode("utf-8", "replace").strip()[-LAST_WORDS:]
            raise Undelivered(f"{alert.command[0]}: exit status {self._process.returncode}: {words}".rstrip(": "))

    def _kill(self) -> None:
        process = self._process
        if process is not None and process.poll() is None:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)


class Teller:
    """Tells of events in a thread of the schedule, so that no crawl waits for it."""

    def __init__(
        self, config: Callable[[], Config], folder: Path, now: Callable[[], datetime], say: Callable[[str], None]
    ) -> None:
        """`config` gives the present configuration, `say` hears what went wrong."""
        self._config, self._folder, self._now, self._say = config, folder, now, say
        self._news, self._ends = threading.Event(), False
        self._sender: Sender | None = None
        self._thread = threading.Thread(target=self._work, name="alerts", daemon=True)

    def start(self) -> None:
        """Begins to look."""
        self._thread.start()

    def nudge(self) -> None:
        """Something has happened: looks at once."""
        self._news.set()

    def close(self, patience: float = 2.0) -> None:
        """Ends it, within `patience` seconds: what was not sent is sent by the next schedule."""
        self._ends = True
        self._news.set()
        if self._sender is not None:
            self._sender.close()
        self._thread.join(patience)

    def _work(self) -> None:
        while not self._ends:
            config = self._config()
            if config.alert:
                self.look(config)
            self._news.wait(LOOK)
            self._news.clear()

    def look(self, config: Config) -> None:
        """One look; what goes wrong is said and never raised."""
        self._sender = Sender(config, self._folder)
        try:
            for delivery in tell(config, self._now, self._sender):
                if delivery.error:
                    again = "" if delivery.again else "; it is given up"
                    self._say(f"alert {delivery.alert}: not delivered: {delivery.error}{again}")
        except (AggregatorError, OSError) as error:
            self._say(f"alerts: {error}")
