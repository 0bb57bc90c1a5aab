"""Who is told of what, and how often: decisions only."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from aggregator.alerts import MOST_WAITING, Alert, Event, Message, Notebook, after_failure, checked, lasting, take_up

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
MAIL = Alert(name="mail", command=("mail",))


def health(state: str, source: str = "gazette", minutes: float = 0) -> Event:
    return Event(kind="health", subject=source, state=state, at=NOW + minutes * MINUTE, said=f"{source} is {state}")


def taken(notebook: Notebook, *events: Event, minutes: float = 0, alerts: tuple[Alert, ...] = (MAIL,)) -> list[str]:
    """What waits after these events: words of each message."""
    notebook.waiting = []
    take_up(notebook, alerts, events, NOW + minutes * MINUTE)
    return [f"{message.alert}: {message.event.said} +{message.held_back}" for message in notebook.waiting]


def test_each_alert_hears_what_it_wants() -> None:
    ill, full = health("failing"), Event(kind="disk_low", at=NOW, said="full")
    pager = Alert(name="pager", webhook="https://a.example/", events=("disk_low",))
    told = taken(Notebook(), ill, full, alerts=(MAIL, pager))
    assert told == ["mail: gazette is failing +0", "mail: full +0", "pager: full +0"]


def test_of_one_subject_it_is_told_once_in_a_while_and_the_last_word_is_not_lost() -> None:
    book = Notebook()
    assert taken(book, health("failing")) == ["mail: gazette is failing +0"]
    assert taken(book, health("ok"), minutes=10) == []
    assert taken(book, health("failing"), health("failing", "tribune"), minutes=20) == ["mail: tribune is failing +0"]
    assert taken(book, health("ok"), minutes=30) == []
    assert taken(book, minutes=59) == []
    assert taken(book, minutes=60) == ["mail: gazette is ok +2"]
    assert taken(book, minutes=200) == []


def test_a_clock_that_was_set_back_keeps_nothing_from_being_told() -> None:
    book = Notebook()
    taken(book, health("failing"), minutes=1_000)
    assert taken(book, health("ok")) == ["mail: gazette is ok +0"]


def test_an_alert_that_is_gone_is_told_nothing() -> None:
    book = Notebook()
    taken(book, health("failing"))
    taken(book, health("ok"), minutes=1)
    assert taken(book, minutes=99, alerts=()) == []
    assert (book.held, book.last) == ({}, {})


def test_nobody_is_told_of_a_fault_by_the_one_that_has_it() -> None:
    lost = Event(kind="alert_failed", subject="mail", at=NOW, said="lost")
    pager = Alert(name="pager", webhook="https://a.example/")
    assert taken(Notebook(), lost, alerts=(MAIL, pager)) == ["pager: lost +0"]


def test_what_waits_is_bounded() -> None:
    told = taken(Notebook(), *(health("gone", f"s{number}") for number in range(MOST_WAITING + 5)))
    assert len(told) == MOST_WAITING
    assert told[-1] == f"mail: s{MOST_WAITING + 4} is gone +0"


def test_what_lasts_is_told_when_it_begins_and_when_it_is_over() -> None:
    book, full = Notebook(), Event(kind="disk_low", state="begun", at=NOW, said="the disk has 3 MB left")
    assert lasting(book, {"disk_low ": full}, NOW) == [full]
    assert lasting(book, {"disk_low ": full}, NOW + MINUTE) == []
    (over,) = lasting(book, {}, NOW + 2 * MINUTE)
    assert (over.kind, over.subject, over.state, over.said) == ("disk_low", "", "over", "over: the disk has 3 MB left")
    assert lasting(book, {}, NOW + 3 * MINUTE) == []


def test_a_delivery_is_tried_again_ever_later_and_then_given_up() -> None:
    message, waits = Message(alert="mail", event=health("gone")), []
    while (again := after_failure(message, MAIL, NOW)) is not None:
        assert again.not_before is not None
        waits.append((again.not_before - NOW).total_seconds())
        message = again
    assert waits == [15.0, 60.0, 240.0]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"name": "My mail"}, "name"),
        ({"command": ()}, "command"),
        ({"webhook": "https://a.example/"}, "command"),
        ({"command": (), "webhook": "ftp://a.example/"}, "webhook"),
        ({"events": ("healthy",)}, "events"),
        ({"events": ()}, "events"),
        ({"timeout": 0.0}, "timeout"),
    ],
)
def test_an_alert_that_cannot_be_told_says_why(changes: dict[str, object], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        checked(replace(MAIL, **changes))  # type: ignore[arg-type]
