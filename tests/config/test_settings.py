"""Scrapy's settings follow from the configuration: polite and safe by default."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from aggregator import settings
from aggregator.config import Config, load

ROOT = Path(__file__).parents[2]


@pytest.fixture
def chosen(tmp_path: Path) -> dict[str, Any]:
    return settings.of(Config(root=tmp_path))


@pytest.mark.parametrize(
    "name",
    [
        *("REMOTE_CONTROL_ENABLED", "TELNETCONSOLE_ENABLED"),  # no port is opened
        *("COOKIES_ENABLED", "REFERER_ENABLED"),  # nothing of one site reaches another, nobody is recognised
        *("RETRY_ENABLED", "METAREFRESH_ENABLED"),  # the frontier retries; pages do not steer
        "HTTPPROXY_ENABLED",  # no proxy of the environment sees the addresses before the guard does
    ],
)
def test_what_scrapy_does_by_itself_is_off(chosen: dict[str, Any], name: str) -> None:
    """Each is a door or an unasked request."""
    assert chosen[name] is False


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ROBOTSTXT_OBEY", True),
        ("DOWNLOAD_VERIFY_CERTIFICATES", True),
        ("CONCURRENT_REQUESTS_PER_DOMAIN", 1),
        ("DOWNLOAD_DELAY", 1.0),
        ("DOWNLOAD_TIMEOUT", 30.0),
        ("DOWNLOAD_MAXSIZE", 10_000_000),
        ("TWISTED_DNS_RESOLVER", "spiders.network.GuardedResolver"),
    ],
)
def test_politeness_and_bounds_are_on(chosen: dict[str, Any], name: str, value: object) -> None:
    """Promises P5 and P6, by default."""
    assert chosen[name] == value


def test_only_the_web_is_asked(chosen: dict[str, Any]) -> None:
    """A feed that links file:///etc/passwd gets nothing."""
    handlers = {scheme: handler for scheme, handler in chosen["DOWNLOAD_HANDLERS"].items() if handler}
    assert handlers == dict.fromkeys(("http", "https"), "spiders.downloads.Downloads")
    assert chosen["DOWNLOAD_HANDLERS"].keys() >= {"file", "ftp", "s3", "data"}


def test_the_user_agent_names_program_and_contact(tmp_path: Path) -> None:
    """So that a publisher who minds can say so."""
    chosen = settings.of(load(tmp_path, ["crawl.contact=mailto:desk@example.org"]))
    assert chosen["USER_AGENT"].startswith("aggregator/")
    assert "(+mailto:desk@example.org)" in chosen["USER_AGENT"]
    assert chosen["ROBOTSTXT_USER_AGENT"] == "aggregator"


def test_the_configuration_is_followed(tmp_path: Path) -> None:
    """No value of its own."""
    chosen = settings.of(
        load(tmp_path, ["crawl.delay=3s", "crawl.timeout=9", "crawl.concurrency=5", "crawl.max_page_size=1MB"])
    )
    assert (chosen["DOWNLOAD_DELAY"], chosen["DOWNLOAD_TIMEOUT"]) == (3.0, 9.0)
    assert (chosen["CONCURRENT_REQUESTS"], chosen["DOWNLOAD_MAXSIZE"]) == (5, 1_000_000)


def test_every_name_is_one_that_scrapy_knows(chosen: dict[str, Any]) -> None:
    """A misspelt setting does nothing, silently."""
    from scrapy.settings import default_settings

    ours = {"AGGREGATOR_CONFIG", "TWISTED_DNS_RESOLVER", "REMOTE_CONTROL_ENABLED"}
    known = {name for name in dir(default_settings) if name.isupper()}
    assert set(chosen) - known - ours == set()


def ask(script: str, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", script],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
        capture_output=True,
        text=True,
        timeout=60,
    )


def test_importing_the_module_reads_nothing(tmp_path: Path) -> None:
    """Tools import it everywhere: no project is no error before a setting is asked for."""
    script = "import aggregator.settings as s; print(s._here.cache_info().currsize, hasattr(s, '__path__'))"
    told = ask(script, tmp_path)
    assert (told.stdout.split(), told.returncode) == (["0", "False"], 0), told.stderr


def test_without_a_project_scrapy_gets_one_clear_line(tmp_path: Path) -> None:
    """Not a traceback through Scrapy."""
    told = ask("import aggregator.settings as s; s.BOT_NAME", tmp_path)
    assert told.returncode == 1
    assert told.stderr.startswith("aggregator: no config/aggregator.toml")
    assert "Traceback" not in told.stderr


def test_scrapy_reads_the_settings_of_the_present_folder(tmp_path: Path) -> None:
    """By `dir` and `getattr`, as for any settings module."""
    script = (
        "from scrapy.settings import Settings; s = Settings(); s.setmodule('aggregator.settings');"
        "print(s['DOWNLOAD_DELAY'], s['BOT_NAME'], s['AGGREGATOR_CONFIG'].crawl.timeout)"
    )
    told = ask(script, tmp_path, AGGREGATOR_SOURCES="x.toml", AGGREGATOR_SET="crawl.delay=4s;crawl.timeout=8")
    assert told.stdout.split() == ["4.0", "aggregator", "8.0"], told.stderr


def test_an_unknown_name_is_no_setting() -> None:
    """As for any module."""
    with pytest.raises(AttributeError):
        settings.no_such_name  # noqa: B018
