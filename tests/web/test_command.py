"""`aggregator web` as a user starts it."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from tests.web.conftest import Newsroom

ROOT = Path(__file__).parents[2]


def command(newsroom: Newsroom, *more: str) -> list[str]:
    place = ["--data", str(newsroom.config.data_folder), "--sources", str(newsroom.sources)]
    return [sys.executable, "-m", "aggregator", "web", *place, *more]


def environment(*before: Path) -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": os.pathsep.join(map(str, [*before, ROOT]))}


def test_it_prints_a_link_that_works_and_ends_at_a_signal(newsroom: Newsroom) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    words = command(newsroom, "--port", str(port))
    with subprocess.Popen(words, env=environment(), stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        link = process.stderr.readline().strip()
        assert link.startswith(f"http://127.0.0.1:{port}/stories?token=")
        assert process.stderr.readline()
        try:
            opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
            text = None
            for _ in range(300):  # the port is taken some moments after the link was printed
                try:
                    text = opener.open(link, timeout=10).read().decode()
                    break
                except urllib.error.URLError:
                    with pytest.raises(subprocess.TimeoutExpired):
                        process.wait(0.1)  # it has not ended meanwhile
            assert text is not None
            assert "Talks on water open" in text
            page = opener.open(f"http://127.0.0.1:{port}/sources/gazette", timeout=10).read().decode()
            assert "disabled" not in page
        finally:
            process.send_signal(signal.SIGINT)
        assert process.wait(20) in (0, 130, -signal.SIGINT)
        assert "Traceback" not in process.stderr.read()


def test_without_the_extra_one_line_says_what_to_install(newsroom: Newsroom, tmp_path: Path) -> None:
    """The base install has no server: a module that cannot be imported stands in for one that is not there."""
    stub = tmp_path / "stub"
    stub.mkdir()
    (stub / "uvicorn.py").write_text("raise ImportError('none', name='uvicorn')\n")
    done = subprocess.run(
        command(newsroom), env=environment(stub), capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 2
    assert "[web]" in done.stderr
    assert "Traceback" not in done.stderr


def test_nothing_else_loads_the_server() -> None:
    asked = "import sys, aggregator.cli, aggregator.operations.storylines; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", asked], env=environment(), capture_output=True, text=True, timeout=60, check=True
    )
    assert not {"starlette", "jinja2", "uvicorn"} & set(done.stdout.split())
