"""How long the newsroom's pages take over a large store: python benchmarks/web.py [ARTICLES] [FOLDER]

Makes so many articles (1,000,000 unless said) straight into a store, as the writers would have left them: rows, log,
stories, index.  A folder that holds such a store already is used as it is.  Then a server on this machine is asked
twenty times for each page; printed is the median time to the first byte, in ms.  Limits: pages 150, search 300.
"""

from __future__ import annotations

import http.client
import random
import socket
import statistics
import sys
import tempfile
import threading
import time
import zlib
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import uvicorn

from aggregator.config import Config, DataOptions
from aggregator.records import Article, Extractor, Publisher, Story
from aggregator.store import SqliteStore
from aggregator.store.search import index_article
from aggregator.web.app import create_app
from aggregator.web.desk import Desk
from aggregator.web.options import WebOptions

BEGAN = datetime(2026, 1, 1, tzinfo=UTC)
OUTLETS, WORDS, LENGTH = 280, 60_000, 110
BATCH = 5_000
PAGE_LIMIT, SEARCH_LIMIT, ROUNDS = 150.0, 300.0, 20


def vocabulary(chance: random.Random) -> tuple[list[str], list[float]]:
    """Words of made languages, as frequent as words are (Zipf)."""
    letters = "etaoinshrdlucmfwypvbgkjq"
    found = dict.fromkeys("".join(chance.choices(letters, k=chance.randint(3, 10))) for _ in range(WORDS))
    words = ["water", "flood", *found]
    total, sums = 0.0, []
    for rank in range(len(words)):
        total += 1 / (rank + 3)
        sums.append(total)
    return words, sums


def article(number: int, chance: random.Random, words: list[str], sums: list[float], total: int) -> Article:
    """The article of that number; they are spread over two months."""
    outlet = min(int(chance.paretovariate(1.0)) - 1, OUTLETS - 1)
    told = chance.choices(words, cum_weights=sums, k=LENGTH)
    when = BEGAN + timedelta(days=60) * (number / total)
    url = f"https://outlet{outlet}.example/{number}"
    languages = ("en", "fa", "ar", "tr", "fr")
    return Article(
        id=f"{number:020x}",
        url=url,
        canonical_url=url,
        source=Publisher(
            id=f"outlet{outlet}",
            name=f"Outlet {outlet}",
            country=("LB", "IR", "JO", "TR", "FR", "GB")[outlet % 6],
            region=f"region-{outlet % 12}",
        ),
        headline=" ".join(told[:9]),
        text=" ".join(told[9:60]) + "\n\n" + " ".join(told[60:]),
        language=languages[outlet % 5],
        published=when,
        fetched=when + timedelta(minutes=10),
        extractor=Extractor(name="made", version="1"),
    )


def fill(store: SqliteStore, total: int) -> None:
    """Makes the articles and their stories; one story in three has more than one."""
    chance = random.Random(7)
    words, sums = vocabulary(chance)
    open_stories: list[list[Article]] = []
    for begin in range(0, total, BATCH):
        with store.transaction(lasting=False):
            for number in range(begin, min(begin + BATCH, total)):
                one = article(number, chance, words, sums, total)
                write(store, number + 1, one)
                if open_stories and chance.random() < 0.5:
                    open_stories[-1 - min(int(chance.expovariate(0.05)), len(open_stories) - 1)].append(one)
                else:
                    open_stories.append([one])
            while len(open_stories) > 2_000:
                put(store, open_stories.pop(0))
        print(f"\r{begin + BATCH:,} articles", end="", file=sys.stderr)
    with store.transaction():
        for own in open_stories:
            put(store, own)
    print(file=sys.stderr)


def write(store: SqliteStore, seq: int, one: Article) -> None:
    """The rows of an article."""
    payload = zlib.compress(msgspec.json.encode(one), 1)
    fetched = one.fetched.timestamp()
    store.execute(
        "INSERT INTO log (seq, at, kind, run_id, listed, payload) VALUES (:seq, :at, 'article', 'r', 1, :payload)",
        seq=seq,
        at=fetched,
        payload=payload,
    )
    store.execute(
        "INSERT INTO articles (id, source_id, region, language, url, status, root, revision, first_seq, seq, listed,"
        " published, fetched, text_hash, content_hashes, placed) VALUES (:id, :source, :region, :language, :url,"
        " 'unique', :id, 1, :seq, :seq, 1, :published, :fetched, :id, '[]', 1)",
        id=one.id,
        source=one.source.id,
        region=one.source.region,
        language=one.language,
        url=one.url,
        seq=seq,
        published=one.published.timestamp() if one.published else None,
        fetched=fetched,
    )
    store.execute("INSERT INTO aliases (key, article_id) VALUES (:key, :id)", key=one.url, id=one.id)
    store.execute(
        "INSERT INTO events (at, subject, what, choice, reason) VALUES (:at, :id, 'verdict', 'unique', 'made')",
        at=fetched,
        id=one.id,
    )
    index_article(store, seq, one)


def put(store: SqliteStore, own: list[Article]) -> None:
    """A story with its articles."""
    first, last = own[0], own[-1]
    story = Story(
        id=f"story-{first.id}",
        headline=first.headline,
        lead=first.id,
        first=first.published or first.fetched,
        last=last.published or last.fetched,
        size=len(own),
        languages=tuple(dict.fromkeys(one.language or "" for one in own)),
        countries=tuple(dict.fromkeys(one.source.country or "" for one in own)),
        outlets=tuple(dict.fromkeys(one.source.id for one in own)),
        terms=("water",),
    )
    store._describe(story)
    for one in own:
        store.execute(
            "INSERT INTO placements (article_id, story_id, role, score, via)"
            " VALUES (:id, :story, 'report', 0.8, 'text')",
            id=one.id,
            story=story.id,
        )


def questions(store: SqliteStore) -> dict[str, str]:
    """What is asked, by its name."""
    last = store.last_seq()
    biggest = store.rows("SELECT id FROM stories WHERE into_id IS NULL ORDER BY size DESC LIMIT 1")[0]["id"]
    return {
        "stories": "/stories",
        "stories, biggest": "/stories?sort=biggest",
        "stories, biggest of 7 days": "/stories?sort=biggest&time=7d",
        "stories, page 100": "/stories?page=100",
        "stories, rare source": f"/stories?source=outlet{OUTLETS - 2}&least=1",
        "stories, four filters": "/stories?region=region-0&country=LB&language=en&source=outlet0",
        "story, biggest": f"/stories/{biggest}",
        "article": f"/articles/{last // 2:020x}",
        "sources": "/sources",
        "source": "/sources/outlet3",
        "feed of stories": "/feeds/stories.atom",
        "feed of a region": "/feeds/articles.atom?region=region-3",
        "api, articles": "/api/articles?language=fa",
        "api, journal": f"/api/journal?after={last // 2}&limit=200",
        "search, commonest word": "/search?q=water",
        "search, two words": "/search?q=water+flood",
        "search, phrase": "/search?q=%22water+flood%22",
        "search, rare source": f"/search?q=water+source:outlet{OUTLETS - 2}",
        "search, a month long ago": "/search?q=water+after:2026-01-03+before:2026-01-10",
        "search, language and country": "/search?q=flood+lang:fa+country:IR",
        "search, no hit": "/search?q=nosuchwordatall",
    }


def first_byte(port: int, path: str) -> float:
    """Milliseconds to the first byte of an answer."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    began = time.perf_counter()
    connection.request("GET", path)
    answer = connection.getresponse()
    took = time.perf_counter() - began
    answer.read()
    connection.close()
    if answer.status != 200:
        raise SystemExit(f"{path}: {answer.status}")
    return took * 1000


def main(total: int, folder: Path) -> bool:
    """Whether every median is below its limit."""
    catalogue = "\n".join(
        f'[[source]]\nid = "outlet{n}"\nname = "Outlet {n}"\nfeeds = ["https://outlet{n}.example/feed"]\n'
        for n in range(OUTLETS)
    )
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "sources.toml").write_text(catalogue, encoding="utf-8")
    config = Config(root=folder, data=DataOptions(folder="data", sources="sources.toml"))
    store = SqliteStore(config.database)
    if store.last_seq() == 0:
        began = time.process_time()
        fill(store, total)
        print(f"made in {time.process_time() - began:.0f} s of CPU")
    asked = questions(store)
    size = sum(path.stat().st_size for path in config.data_folder.glob("*.db*")) / 1e9
    print(f"{store.last_seq():,} articles, {size:.2f} GB")
    store.close()
    listening = socket.create_server(("127.0.0.1", 0))
    port = listening.getsockname()[1]
    desk = Desk(config, WebOptions(token="benchmark", port=port), lambda: BEGAN + timedelta(days=60))
    server = uvicorn.Server(uvicorn.Config(create_app(desk), log_level="error"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    good = True
    try:
        for name, path in asked.items():
            first = first_byte(port, path)
            median = statistics.median(first_byte(port, path) for _ in range(ROUNDS))
            limit = SEARCH_LIMIT if name.startswith("search") else PAGE_LIMIT
            good = good and median < limit
            print(f"{name:<30} {median:7.1f} ms  (first time {first:.0f}){'' if median < limit else '  TOO SLOW'}")
    finally:
        server.should_exit = True
        thread.join()
        listening.close()
    return good


if __name__ == "__main__":
    wanted = int(sys.argv[1].replace("_", "")) if len(sys.argv) > 1 else 1_000_000
    if len(sys.argv) > 2:
        sys.exit(0 if main(wanted, Path(sys.argv[2])) else 1)
    with tempfile.TemporaryDirectory() as made:
        sys.exit(0 if main(wanted, Path(made)) else 1)
