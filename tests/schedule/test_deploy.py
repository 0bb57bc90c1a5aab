"""The files of deploy/ and the manual: they are not run here, so they are read."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from aggregator.cli import main

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
UNITS = sorted([*DEPLOY.glob("*.service"), *DEPLOY.glob("*.timer")])
MANUAL = (ROOT / "docs" / "operations.md").read_text("utf-8")


def unit(path: Path) -> dict[str, dict[str, list[str]]]:
    """Sections, keys and all their values: systemd takes a key several times."""
    found: dict[str, dict[str, list[str]]] = {}
    section = ""
    for line in path.read_text("utf-8").splitlines():
        if line.startswith("["):
            section = line.strip("[]")
        elif line and not line.startswith("#"):
            key, equals, value = line.partition("=")
            assert equals, line
            found.setdefault(section, {}).setdefault(key, []).append(value)
    return found


def commands(text: str) -> list[str]:
    """Commands of ours in a text, up to their options."""
    return re.findall(r"(?:^|[/ `\"])aggregator (?!aggregator\b)([a-z]+)\b", text, re.MULTILINE)


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not installed")
@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.name)
def test_systemd_finds_nothing_wrong_with_a_unit(path: Path) -> None:
    done = subprocess.run(
        ["systemd-analyze", "verify", str(path)], capture_output=True, text=True, timeout=60, check=False
    )
    told = [line for line in done.stderr.splitlines() if path.stem in line and "is not executable" not in line]
    assert told == []


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.name)
def test_a_unit_starts_a_command_that_there_is(path: Path) -> None:
    found = unit(path)
    for line in found.get("Service", {}).get("ExecStart", []):
        program, command, *options = line.split()
        assert program.removeprefix("-") == "/opt/aggregator/bin/aggregator"
        known = {option for parameter in main.commands[command].params for option in parameter.opts}
        assert set(options) <= known
    if path.suffix == ".timer":
        assert path.with_suffix(".service").exists()


def test_the_service_lets_the_schedule_end_its_own_children() -> None:
    service = unit(DEPLOY / "aggregator.service")["Service"]
    assert service["KillMode"] == ["mixed"], "SIGTERM to the workers would lose what they read"
    assert int(service["TimeoutStopSec"][0]) > 10
    assert service["RestartPreventExitStatus"] == ["2"]
    assert service["NoNewPrivileges"] == ["yes"]


def test_the_image_is_built_from_the_pins_and_runs_as_nobody_special() -> None:
    lines = (DEPLOY / "Dockerfile").read_text("utf-8").replace("\\\n", " ").splitlines()
    steps = [line.split(None, 1) for line in lines if line and not line.startswith("#")]
    assert {name for name, _ in steps} <= {
        *("FROM", "WORKDIR", "COPY", "RUN", "ENV", "USER", "VOLUME", "STOPSIGNAL", "HEALTHCHECK", "CMD")
    }
    assert any("--constraint constraints.txt" in rest for name, rest in steps if name == "RUN")
    last = dict(steps[[name for name, _ in steps].index("FROM", 1) :])
    assert last["USER"] not in ("root", "0")
    assert "status" in last["HEALTHCHECK"]
    assert last["CMD"] == '["aggregator", "schedule"]'
    for name, rest in steps:
        if name == "COPY" and not rest.startswith("--from"):
            assert all((ROOT / source).exists() for source in rest.split()[:-1]), rest


def test_the_image_keeps_to_the_rules_of_a_linter() -> None:
    """Those of hadolint that apply: pinned base images, absolute folders, exec form, one process, no sudo, no cache."""
    text = (DEPLOY / "Dockerfile").read_text("utf-8").replace("\\\n", " ")
    steps = [line.split(None, 1) for line in text.splitlines() if line and not line.startswith("#")]
    for name, rest in steps:
        if name == "FROM":
            assert re.match(r"\S+:\S+", rest), "DL3006: a tag"
            assert ":latest" not in rest, "DL3007"
        if name == "WORKDIR":
            assert rest.startswith("/"), "DL3000"
        if name == "RUN":
            assert not re.search(r"\b(sudo|cd |ssh|apt-get upgrade)\b", rest), "DL3003, DL3004, DL3005"
            assert "pip install" not in rest or "--no-cache-dir" in rest, "DL3042"
            assert "useradd" not in rest or "--uid" in rest, "a fixed number, for the owner of the volume"
        if name == "CMD":
            assert json.loads(rest), "DL3025: JSON, so that signals reach the program"
    names = [name for name, _ in steps]
    assert names.count("CMD") == names.count("HEALTHCHECK") == 1, "DL4003, DL3012"
    assert "ADD" not in names, "DL3020"
    last = names[len(names) - names[::-1].index("FROM") :]
    assert last.index("USER") < last.index("CMD"), "DL3002"
    words = next(rest for name, rest in steps if name == "HEALTHCHECK").partition("CMD ")[2]
    assert json.loads(words)[1] in main.commands


def test_the_compose_file_says_what_it_should() -> None:
    """Read by indentation: the file has maps, lists and words, and nothing else."""
    text = (DEPLOY / "compose.yaml").read_text("utf-8")
    lines = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    for line in lines:
        assert re.fullmatch(r"( {2})*(- \S.*|[\w-]+:( \S.*)?)", line), line
    assert [line for line in lines if not line.startswith(" ")] == ["services:", "volumes:"]
    volumes = re.findall(r"^      - (\w+):(/\w+)", text, re.MULTILINE)
    dockerfile = (DEPLOY / "Dockerfile").read_text("utf-8")
    for volume, folder in volumes:
        assert f"VOLUME {folder}" in dockerfile
        assert re.search(rf"^  {volume}: ", text, re.MULTILINE), "declared"
    assert "privileged" not in text
    assert "docker.sock" not in text
    assert "ports:" not in text, "nothing listens; the metrics are on loopback unless somebody says otherwise"


def test_the_container_has_a_root_that_cannot_be_written_and_time_to_stop() -> None:
    text = (DEPLOY / "compose.yaml").read_text("utf-8")
    assert "\t" not in text
    keys = dict(re.findall(r"^ {4}(\w+): (\S.*)$", text, re.MULTILINE))
    assert keys["read_only"] == "true"
    assert int(keys["stop_grace_period"].removesuffix("s")) > 10
    assert re.search(r"cap_drop:\n +- ALL", text)
    dockerfile = re.search(r"dockerfile: (\S+)", text)
    assert dockerfile is not None
    assert (ROOT / dockerfile[1]).is_file()


@pytest.mark.parametrize(
    "path", [ROOT / "docs" / "operations.md", *UNITS, *DEPLOY.glob("Docker*")], ids=lambda p: p.name
)
def test_every_command_that_is_named_is_there(path: Path) -> None:
    for command in commands(path.read_text("utf-8")):
        assert command in main.commands, command


def test_every_alarm_and_every_look_of_the_doctor_is_explained() -> None:
    """The words that an operator sees are the words to look for."""
    source = (ROOT / "aggregator" / "operations" / "overview.py").read_text("utf-8")
    needs = source.partition("def _needs")[2].partition("\ndef ")[0]
    assert needs.count("yield") == len(re.findall(r"^\| `status` \| (?!field)", MANUAL, re.MULTILINE))
    doctor = (ROOT / "aggregator" / "operations" / "doctor.py").read_text("utf-8")
    for what in set(re.findall(r'what="(\w+)"', doctor)):
        assert re.search(rf"^\| `doctor` \| {what}", MANUAL, re.MULTILINE), what
