"""Alerts that arrive: at a real receiver, and at a real command."""

from __future__ import annotations

import json
import re
import socket
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from aggregator import config as configuration
from aggregator.addresses import NetworkOptions
from aggregator.alerts import KINDS
from aggregator.cli import main
from aggregator.config import Config
from aggregator.operations import alerting, history, notebook, overview, scheduled
from aggregator.operations.scheduled import State
from aggregator.operations.webhooks import Undelivered, post
from aggregator.store import SqliteStore
from tests.schedule.conftest import Project, config_toml

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
LOOPBACK = configuration.load(Path(), ["network.allow=127.0.0.0/8"]).network
ROOT = Path(__file__).resolve().parents[2]


class Receiver:
    """A server that keeps what it is sent, and answers with the statuses it is given, the last one for ever."""

    def __init__(self) -> None:
        self.got: list[tuple[str, dict[str, str], dict[str, Any]]] = []
        self.statuses = [204]
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.got.append((self.path, dict(self.headers), json.loads(body)))
                status = receiver.statuses.pop(0) if len(receiver.statuses) > 1 else receiver.statuses[0]
                self.send_response(status)
                if status == 302:
                    self.send_header("Location", f"http://127.0.0.1:{self.server.server_address[1]}/elsewhere")
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Says nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/hook?key=1"
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02})
        self.thread.start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    found = Receiver()
    yield found
    found.close()


def configured(folder: Path, alert: str) -> Config:
    (folder / "config").mkdir(exist_ok=True)
    text = config_toml() + f"[[alert]]\n{alert}\n"
    (folder / "config" / "aggregator.toml").write_text(text, encoding="utf-8")
    found = configuration.load(folder)
    SqliteStore(found.database).close()
    return found


def becomes(config: Config, state: Any, at: datetime = NOW) -> None:
    store = SqliteStore(config.database)
    told = {"state": state, "since": at, "reason": f"it is {state}", "advice": "look at it"}
    store.record_health("r", ["gazette"], lambda known: replace(known, **told), at)
    store.close()


class TestWebhook:
    """POST through the guard."""

    def test_it_arrives_as_json_with_who_sent_it(self, receiver: Receiver) -> None:
        url = receiver.url.replace("http://", "http://me:s%40me@")
        post(url, b'{"kind":"test"}', timeout=5, network=LOOPBACK, contact="mailto:me@a.example")
        ((path, headers, told),) = receiver.got
        assert (path, told) == ("/hook?key=1", {"kind": "test"})
        assert headers["Content-Type"] == "application/json"
        assert "mailto:me@a.example" in headers["User-Agent"]
        assert headers["Authorization"] == "Basic bWU6c0BtZQ=="

    @pytest.mark.parametrize("host", ["127.0.0.1", "hook.localhost", "[::1]", "169.254.169.254", "10.0.0.1"])
    def test_it_goes_no_further_than_pages_may(self, receiver: Receiver, host: str) -> None:
        port = receiver.server.server_address[1]
        with pytest.raises(Undelivered, match="not a public address"):
            post(f"http://{host}:{port}/", b"{}", timeout=2, network=NetworkOptions())
        assert receiver.got == []

    def test_a_name_that_leads_inside_is_refused(self, receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
        """Whatever the name server says."""
        inside = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", 80))]
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: inside)
        with pytest.raises(Undelivered, match="not a public address"):
            post("https://hooks.example.org/", b"{}", timeout=2, network=NetworkOptions())

    @pytest.mark.parametrize("status", [302, 404, 500])
    def test_whatever_is_no_success_did_not_arrive(self, receiver: Receiver, status: int) -> None:
        receiver.statuses = [status]
        with pytest.raises(Undelivered, match=f"HTTP {status}"):
            post(receiver.url, b"{}", timeout=5, network=LOOPBACK)
        assert len(receiver.got) == 1, "no redirect is followed"

    def test_a_receiver_that_never_answers_is_given_up(self) -> None:
        with socket.socket() as deaf:
            deaf.bind(("127.0.0.1", 0))
            deaf.listen()
            with pytest.raises(Undelivered):
                post(f"http://127.0.0.1:{deaf.getsockname()[1]}/", b"{}", timeout=0.3, network=LOOPBACK)


class TestCommand:
    """A program of the operator's."""

    def sender(self, tmp_path: Path, *argv: str, timeout: float = 20.0) -> tuple[alerting.Sender, Any]:
        config = configured(tmp_path, f'name = "own"\ncommand = {json.dumps(list(argv))}\ntimeout = {timeout}')
        return alerting.Sender(config, tmp_path), config.alert[0]

    def test_it_gets_the_event_on_its_standard_input(self, tmp_path: Path) -> None:
        send, alert = self.sender(
            tmp_path, sys.executable, "-c", "import sys; open('got', 'w').write(sys.stdin.read())"
        )
        send(alert, b'{"kind":"test"}')
        assert (tmp_path / "got").read_text("utf-8") == '{"kind":"test"}'

    def test_one_that_fails_says_what_it_said(self, tmp_path: Path) -> None:
        send, alert = self.sender(tmp_path, sys.executable, "-c", "import sys; sys.exit('no mail today')")
        with pytest.raises(Undelivered, match="exit status 1: no mail today"):
            send(alert, b"{}")

    def test_one_that_is_not_there_or_hangs(self, tmp_path: Path) -> None:
        send, alert = self.sender(tmp_path, "no-such-program-here")
        with pytest.raises(Undelivered, match="cannot be run"):
            send(alert, b"{}")
        send, alert = self.sender(tmp_path, sys.executable, "-c", "import time; time.sleep(60)", timeout=0.5)
        with pytest.raises(Undelivered, match=r"longer than 0\.5 s"):
            send(alert, b"{}")


class TestTelling:
    """From what happened to what arrives."""

    def look(self, config: Config, minutes: float = 0) -> list[alerting.Delivery]:
        at = NOW + timedelta(minutes=minutes)
        return alerting.tell(config, lambda: at, alerting.Sender(config, config.root))

    def test_a_change_of_health_is_told_once(self, tmp_path: Path, receiver: Receiver) -> None:
        config = configured(tmp_path, f'name = "hook"\nwebhook = "{receiver.url}"')
        assert self.look(config) == []
        becomes(config, "failing", NOW + timedelta(minutes=1))
        (sent,) = self.look(config, 2)
        assert (sent.alert, sent.error) == ("hook", "")
        assert self.look(config, 3) == []
        ((_, _, told),) = receiver.got
        assert told["alert"] == "hook"
        assert (told["kind"], told["subject"], told["state"]) == ("health", "gazette", "failing")
        assert (told["said"], told["advice"]) == ("gazette is failing: it is failing", "look at it")
        (record,) = history.since(config.data_folder, NOW)
        assert (record.kind, record.name, record.outcome) == ("alert", "hook", "done")

    def test_what_happened_before_the_first_look_is_not_told(self, tmp_path: Path, receiver: Receiver) -> None:
        config = configured(tmp_path, f'name = "hook"\nwebhook = "{receiver.url}"')
        becomes(config, "failing", NOW - timedelta(days=1))
        assert self.look(config) == []

    def test_runs_that_failed_and_files_that_were_repaired(self, tmp_path: Path, receiver: Receiver) -> None:
        config = configured(tmp_path, f'name = "hook"\nwebhook = "{receiver.url}"')
        self.look(config)
        at = NOW + timedelta(minutes=1)
        usual: dict[str, Any] = {"began": at, "ended": at}
        history.append(config.data_folder, history.RunRecord(kind="job", name="tick", outcome="done", **usual))
        failed = history.RunRecord(kind="job", name="backup", outcome="failed", message="no room", **usual)
        history.append(config.data_folder, failed)
        counts = {"journal/repaired": 2}
        crawl = history.RunRecord(kind="crawl", name="feeds", outcome="done", counts=counts, **usual)
        history.append(config.data_folder, crawl)
        self.look(config, 2)
        assert sorted(told["kind"] for _, _, told in receiver.got) == ["journal_repaired", "run_failed"]
        assert {told["said"] for _, _, told in receiver.got} >= {"backup: failed: no room"}

    def test_what_lasts_is_told_at_its_begin_and_its_end(
        self, tmp_path: Path, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        config = configured(tmp_path, f'name = "hook"\nwebhook = "{receiver.url}"\nrest = 0')
        with monkeypatch.context() as full:
            full.setattr(overview, "LITTLE", 10**18)
            self.look(config)
            self.look(config, 1)
        self.look(config, 2)
        assert [(told["kind"], told["state"]) for _, _, told in receiver.got] == [
            ("disk_low", "begun"),
            ("disk_low", "over"),
        ]

    def test_a_schedule_that_died_is_told_by_who_still_looks(self, tmp_path: Path, receiver: Receiver) -> None:
        config = configured(tmp_path, f'name = "hook"\nwebhook = "{receiver.url}"')
        scheduled.folder(config.data_folder).mkdir()
        scheduled.save(config.data_folder, State(pid=4711, alive=NOW))
        self.look(config)
        assert [told["kind"] for _, _, told in receiver.got] == ["schedule_died"]

    def test_one_that_does_not_arrive_is_tried_again_and_then_an_alarm(
        self, tmp_path: Path, receiver: Receiver
    ) -> None:
        config = configured(tmp_path, f'name = "hook"\nwebhook = "{receiver.url}"\nretries = 2')
        self.look(config)
        becomes(config, "gone", NOW + timedelta(minutes=1))
        receiver.statuses = [500]
        (first,) = self.look(config, 2)
        assert first.error == "HTTP 500"
        assert first.again == NOW + timedelta(minutes=2, seconds=15)
        assert self.look(config, 2.1) == [], "it is not time yet"
        assert [found.again is None for found in self.look(config, 3) + self.look(config, 9)] == [False, True]
        assert self.look(config, 99) == []
        store = SqliteStore(config.database)
        (alarm,) = overview.overview(store, config, NOW).alarms
        store.close()
        assert (alarm.kind, alarm.said) == ("alert_failed", "alert hook could not be delivered: HTTP 500")
        receiver.statuses = [204]
        becomes(config, "ok", NOW + timedelta(minutes=100))
        self.look(config, 101)
        assert notebook.undelivered(config) == {}

    def test_two_that_look_at_once_tell_once(self, tmp_path: Path, receiver: Receiver) -> None:
        config = configured(tmp_path, f'name = "hook"\nwebhook = "{receiver.url}"')
        self.look(config)
        becomes(config, "gone", NOW + timedelta(minutes=1))
        inner: list[Any] = []

        def send(_alert: object, _body: bytes) -> None:
            inner.append(self.look(config, 2))

        at = NOW + timedelta(minutes=2)
        assert len(alerting.tell(config, lambda: at, send)) == 1
        assert inner == [[]]
        assert receiver.got == []


def test_the_command_tries_an_alert(tmp_path: Path, receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    configured(tmp_path, f'name = "hook"\nwebhook = "{receiver.url}"')
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(main, ["alerts", "--test", "hook"])
    assert (done.exit_code, done.output) == (0, "hook: delivered\n")
    assert receiver.got[0][2]["kind"] == "test"
    done = CliRunner().invoke(main, ["alerts", "--test", "other"])
    assert done.exit_code == 2
    assert "there are: hook" in done.output
    receiver.statuses = [500]
    assert CliRunner().invoke(main, ["alerts", "--test", "hook"]).exit_code == 1


def test_the_schedule_tells_and_no_crawl_waits_for_it(project: Project, receiver: Receiver) -> None:
    """The alert hangs for as long as it may; the runs go on."""
    program = "import sys, time; open('told', 'a').write(sys.stdin.read() + chr(10)); time.sleep(60)"
    command = json.dumps([sys.executable, "-c", program])
    file = project.folder / "config" / "aggregator.toml"
    text = config_toml('name = "tick"\nevery = "1s"\ntimeout = "0.2s"')
    hook = f'[[alert]]\nname = "hook"\nwebhook = "{receiver.url}"\n'
    file.write_text(text + f'[[alert]]\nname = "slow"\ncommand = {command}\ntimeout = "50s"\n{hook}', "utf-8")
    process = project.start()
    project.until(lambda: (project.folder / "told").exists())
    runs = len(project.records())
    file.write_text(text.replace("0.2s", "60s") + hook, "utf-8")
    project.until(lambda: len(project.records()) >= runs + 1)
    told = json.loads((project.folder / "told").read_text("utf-8").splitlines()[0])
    assert (told["alert"], told["kind"], told["subject"]) == ("slow", "run_failed", "tick")
    process.terminate()
    assert process.wait(15) == 0, "what hangs is ended with it"


def test_every_kind_of_event_is_explained() -> None:
    manual = (ROOT / "docs" / "operations.md").read_text("utf-8")
    rows = re.findall(r"^\| `(\w+)` \| event \| (.+?) \|$", manual, re.MULTILINE)
    assert rows == list(KINDS.items())
