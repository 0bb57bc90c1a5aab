"""The newsroom's page over real HTTP: uvicorn on the loopback, in a thread."""

from __future__ import annotations

import http.client
import json
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("starlette", reason="the extra [web] is not installed")

import uvicorn

from aggregator.config import Config, DataOptions
from aggregator.identity import judge
from aggregator.records import Article, Placement, Publisher, Story
from aggregator.store import SqliteStore
from aggregator.web.app import create_app
from aggregator.web.desk import Desk
from aggregator.web.options import WebOptions
from tests.store.newsroom import NOW, article, poll_state, reading, relation, sighting

TOKEN = "a-token-for-the-tests"

CATALOGUE = """
[[source]]
id = "gazette"
name = "Gazette"
homepage = "https://gazette.example/"
country = "LB"
region = "levant"
languages = ["en"]
feeds = ["https://gazette.example/feed"]

[[source]]
id = "mirror"
name = "Mirror"
country = "CY"
region = "levant"
feeds = ["https://mirror.example/feed"]
"""


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode("utf-8")

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class Newsroom:
    """A data folder with a catalogue, and a server over it."""

    def __init__(self, folder: Path, catalogue: str = CATALOGUE) -> None:
        self.folder = folder
        self.sources = folder / "sources.toml"
        self.sources.write_text(catalogue, encoding="utf-8")
        self.config = Config(root=folder, data=DataOptions(folder="data", sources="sources.toml"))
        self.store = SqliteStore(self.config.database)
        self.count = 0

    def keep(self, story: str, into: str | None = None, **changes: Any) -> Article:
        """Stores an article; its story is opened, or grows."""
        self.count += 1
        changes.setdefault("fetched", NOW + timedelta(minutes=self.count))
        read = article(story, **changes)
        self.store.record_article("r", reading(read), judge, NOW)
        kept = self.store.article(read.id)
        assert kept is not None
        if self.store.root(kept.id) == kept.id:
            self.place(kept, into or f"story-{kept.id}")
        return kept

    def place(self, kept: Article, story_id: str) -> None:
        """Puts an article into a story and describes that anew."""
        known = [one for m in self.store.members(story_id) if (one := self.store.article(m.article_id))]
        own = [*known, kept]
        times = [one.published or one.fetched for one in own]
        story = Story(
            id=story_id,
            headline=own[-1].headline,
            lead=own[-1].id,
            first=min(times),
            last=max(times),
            size=len(own),
            languages=tuple(dict.fromkeys(one.language for one in own if one.language)),
            countries=tuple(dict.fromkeys(one.source.country for one in own if one.source.country)),
            outlets=tuple(dict.fromkeys(one.source.id for one in own)),
            terms=("water",),
        )
        placement = Placement(
            article_id=kept.id,
            story_id=story_id,
            role="report",
            score=0.8,
            via=("text",),
            reason="alike",
            described=(story,),
        )
        self.store.place("r", [placement], NOW)


class Server:
    """A running server, asked with the standard library so that every byte of a request is ours."""

    def __init__(self, config: Config, **options: Any) -> None:
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port: int = self.socket.getsockname()[1]
        self.options = WebOptions(token=TOKEN, **{"port": self.port, **options})
        self.app = create_app(Desk(config, self.options, lambda: NOW + timedelta(hours=3)))
        self._server = uvicorn.Server(uvicorn.Config(self.app, log_level="error", server_header=False))
        self._thread = threading.Thread(target=self._server.run, kwargs={"sockets": [self.socket]})
        self._thread.start()

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def ask(self, path: str, method: str = "GET", body: bytes | None = None, **headers: str) -> Answer:
        """One request; underscores in names of headers are dashes."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
            given = {"Host": f"127.0.0.1:{self.port}"} | {name.replace("_", "-"): v for name, v in headers.items()}
            if body is not None:
                given.setdefault("Content-Length", str(len(body)))
            for name, value in given.items():
                connection.putheader(name, value)
            connection.endheaders(body)
            answer = connection.getresponse()
            return Answer(answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read())
        finally:
            connection.close()

    def post(self, path: str, body: bytes = b"", **headers: str) -> Answer:
        """A POST as our own page would make it."""
        usual = {"Origin": self.origin, "Cookie": f"aggregator-{self.port}={TOKEN}"}
        return self.ask(path, "POST", body, **{**usual, **headers})

    def close(self) -> None:
        self._server.should_exit = True
        self._thread.join()
        self.socket.close()


@pytest.fixture
def serve() -> Iterator[Callable[..., Server]]:
    """Starts servers that end with the test."""
    made: list[Server] = []

    def start(config: Config, **options: Any) -> Server:
        made.append(Server(config, **options))
        return made[-1]

    yield start
    for server in made:
        server.close()


@pytest.fixture
def newsroom(tmp_path: Path) -> Iterator[Newsroom]:
    """A few articles: a story of two outlets with a copy, a revision and links, and one in Persian."""
    room = Newsroom(tmp_path)
    mirror = Publisher(id="mirror", name="Mirror", country="CY", region="levant", language="en")
    gazette = Publisher(id="gazette", name="Gazette", country="LB", region="levant", language="en")
    background = room.keep("background", headline="Background of the talks", source=gazette)
    first = room.keep(
        "talks",
        headline="Water talks begin",
        source=gazette,
        relations=(relation(background.url),),
        cites=("Press TV",),
    )
    second = room.keep(
        "mirror-talks", into=f"story-{first.id}", headline="Talks on water open", source=mirror,
        url="https://mirror.example/talks", published=NOW,
    )  # fmt: skip
    room.keep("talks", headline="Water talks begin", source=mirror, url="https://mirror.example/copy")
    changed = replace(second, headline="Talks on water open late", fetched=NOW + timedelta(hours=1))
    room.store.record_article("r", reading(changed), judge, NOW)
    room.keep("farsi", headline="گفت‌وگوهای آب کارون", language="fa", text="آب کارون و كارون " * 20, source=gazette)
    state = poll_state(next_due=NOW + timedelta(hours=5), reason="every 5 h", status=200, polls=1)
    room.store.record_poll("r", [sighting("https://gazette.example/later")], lambda _: state, NOW)
    yield room
    room.store.close()
