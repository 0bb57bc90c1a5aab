"""With the settings as they are shipped nothing on this machine or a private network is asked, whatever names it."""

from __future__ import annotations

import json
import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tests.crawl.conftest import run


class Listeners:
    """Somebody at home on each loopback address of this machine, who counts visitors at one port."""

    def __init__(self) -> None:
        self.visitors: list[str] = []
        first = socket.create_server(("127.0.0.1", 0))
        self.port = first.getsockname()[1]
        self._listeners = [first, socket.create_server(("127.0.0.2", self.port))]
        with suppress(OSError):  # a machine without IPv6
            self._listeners.append(socket.create_server(("::1", self.port), family=socket.AF_INET6))
        for listener in self._listeners:
            threading.Thread(target=self._listen, args=(listener,), daemon=True).start()

    def _listen(self, listener: socket.socket) -> None:
        with suppress(OSError):
            while True:
                visitor, address = listener.accept()
                self.visitors.append(f"{listener.getsockname()[0]} by {address[0]}")
                visitor.close()

    def urls(self, path: str) -> list[str]:
        """The same place in all spellings."""
        names = (
            *("127.0.0.1", "localhost", "127.0.0.2", "[::1]", "2130706433", "127.1", "0x7f.1", "0177.0.0.1", "0.0.0.0"),
            *("[::ffff:127.0.0.1]", "[64:ff9b::7f00:1]", "paper.localhost"),
        )
        return [f"http://{name}:{self.port}{path}" for name in names]

    def close(self) -> None:
        for listener in self._listeners:
            listener.close()


@pytest.fixture
def listeners() -> Iterator[Listeners]:
    listeners = Listeners()
    yield listeners
    listeners.close()


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """As `aggregator init` leaves it, but for the contact."""
    done = run([sys.executable, "-m", "aggregator", "init", "news"], tmp_path)
    assert done.returncode == 0, done.stderr
    folder = tmp_path / "news"
    for file in (folder / "config" / "sources").iterdir():
        file.unlink()
    config = folder / "config" / "aggregator.toml"
    text = config.read_text(encoding="utf-8")
    config.write_text(text.replace("mailto:you@example.org", "mailto:desk@gazette.example"), encoding="utf-8")
    return folder


def commanded(project: Path, *words: str) -> str:
    """What a command says: that nothing was reached, and not that it was called wrongly."""
    done = run([sys.executable, "-m", "aggregator", *words], project)
    assert done.returncode in (0, 1) or "not a public address" in done.stderr, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    return done.stdout + done.stderr


def written(project: Path, listeners: Listeners) -> None:
    """A catalogue that leads home by every way there is."""
    text = "".join(
        f'[[source]]\nid = "s{n}"\nname = "S{n}"\nhomepage = {json.dumps(home)}\n'
        f"sitemaps = [{json.dumps(sitemap)}]\nlistings = [{json.dumps(listing)}]\n"
        f"[[source.feeds]]\nurl = {json.dumps(feed)}\n"
        for n, (home, feed, sitemap, listing) in enumerate(
            zip(*(listeners.urls(path) for path in ("/", "/feed", "/sitemap.xml", "/news")), strict=True)
        )
    )
    (project / "config" / "sources" / "home.toml").write_text(text, encoding="utf-8")


@pytest.mark.parametrize(
    "words",
    [("crawl",), ("crawl", "--spider", "sitemaps"), ("crawl", "--spider", "listings"), ("sources", "check")],
    ids=" ".join,
)
def test_f58_no_source_of_the_catalogue_leads_home(project: Path, listeners: Listeners, words: tuple[str, ...]) -> None:
    """Feeds, sitemaps, listings, homepages, robots.txt and pages: none is asked, and the run comes to its end."""
    written(project, listeners)
    commanded(project, *words)
    assert listeners.visitors == []


def test_f60_no_side_door_leads_home(project: Path, listeners: Listeners) -> None:
    """Addresses that a user types, lists that he imports, and the place that alerts are sent to."""
    opml = "".join(f'<outline type="rss" text="T" xmlUrl="{url}"/>' for url in listeners.urls("/feed"))
    (project / "list.opml").write_text(f'<opml version="2.0"><body>{opml}</body></opml>', encoding="utf-8")
    commanded(project, "sources", "import", "list.opml", "--file", "config/sources/list.toml")
    commanded(project, "crawl")
    for url in listeners.urls("/")[:4]:
        commanded(project, "sources", "discover", url)
        commanded(project, "extract", url)
    config = project / "config" / "aggregator.toml"
    alert = f'\n[[alert]]\nname = "home"\nwebhook = "http://localhost:{listeners.port}/hook"\n'
    config.write_text(config.read_text(encoding="utf-8") + alert, encoding="utf-8")
    commanded(project, "alerts", "--test", "home")
    assert listeners.visitors == []


def test_the_listeners_hear_who_does_ask(project: Path, listeners: Listeners) -> None:
    """The same catalogue with loopback allowed: otherwise the tests above would show nothing."""
    written(project, listeners)
    commanded(project, "crawl", "--set", "network.allow=127.0.0.0/8", "--set", "crawl.delay=0")
    assert listeners.visitors
