"""From a source catalogue to deduplicated JSONL: the promises of the main job, over real sockets."""

from __future__ import annotations

import json
import signal
import time

import jsonschema

from aggregator.demo.truth import score
from aggregator.journal.lines import schema
from aggregator.journal.reading import stories_of
from aggregator.store import SqliteStore, StoryFilter


def test_the_demo_web_comes_out_right_and_a_second_crawl_adds_nothing(newsroom):
    """The whole contract at once: all of the truth, lines that fit their schema, and no work for nothing."""
    newsroom.crawl_until_done()
    newsroom.server.edition = 2
    newsroom.crawl_until_done()
    found = score(newsroom.journal(), newsroom.server.web.truth, edition=2)
    assert found.complete, "\n".join(f"{row.name}: {w}" for row in found.rows for w in row.wrong)

    validator = jsonschema.Draft202012Validator(schema())
    for line in newsroom.journal():
        validator.validate(line)
    ids = [line["id"] for line in newsroom.articles()]
    assert len(ids) == len(set(ids))
    assert [line["seq"] for line in newsroom.journal()] == list(range(1, len(newsroom.journal()) + 1))

    before, asked = newsroom.files(), len(newsroom.server.requests)
    done = newsroom.crawl()
    assert done.returncode == 0
    assert newsroom.files() == before
    requests = newsroom.server.requests[asked:]
    feeds = {feed.url for source in newsroom.server.web.sources for feed in source.feeds}
    sitemaps = {url for source in newsroom.server.web.sources for url in (*source.sitemaps, *source.listings)}
    sitemaps |= {url.replace("sitemap_index", "news-sitemap") for url in sitemaps}
    # A listing is a page of its site, and robots.txt speaks of pages.
    sitemaps |= {f"{url}robots.txt" for source in newsroom.server.web.sources for url in source.listings}
    for request in requests:
        assert f"http://{request.host}{request.path}" in feeds | sitemaps, f"not a feed: {request}"
        validators = request.headers.keys() & {"if-none-match", "if-modified-since"}
        assert request.status == (304 if validators else 200)
    assert any(request.status == 304 for request in requests)


def test_articles_jsonl_and_journal_are_made_again_with_the_same_bytes(newsroom):
    newsroom.crawl_until_done()
    before = newsroom.files()
    assert "repaired" not in newsroom.command("journal", "rebuild").stdout
    assert newsroom.files() == before
    for name in before:
        place = newsroom.data if name == "articles.jsonl" else newsroom.data / "journal"
        (place / name).unlink()
    newsroom.command("journal", "rebuild")
    assert newsroom.files() == before


def test_kill_nine_at_ten_moments_loses_and_repeats_nothing(newsroom, tmp_path):
    """Deterministic moments spread over the crawl; the set of articles is that of an undisturbed crawl."""
    newsroom.crawl_until_done()
    undisturbed = articles_and_copies(newsroom)
    newsroom.data = tmp_path / "killed"
    for tenth in range(1, 11):
        process = newsroom.start()
        wait_for_life(newsroom, process, tenth)
        process.kill()
        process.wait(timeout=30)
    newsroom.crawl_until_done()
    lines = newsroom.journal()
    found = [line["id"] for line in newsroom.articles()]
    assert len(found) == len(set(found))
    assert articles_and_copies(newsroom) == undisturbed
    assert [line["seq"] for line in lines] == list(range(1, len(lines) + 1))
    in_a_story_once(newsroom)
    before = newsroom.files()
    newsroom.command("journal", "rebuild")
    assert newsroom.files() == before


def in_a_story_once(newsroom) -> None:
    """Every unique article stands in one story, and the journal's lines give what the store has."""
    store = SqliteStore(newsroom.data / "aggregator.db")
    try:
        stands = {line["id"]: store.story_of(line["id"]) for line in newsroom.articles()}
        sizes = sum(story.size for story in store.stories(StoryFilter()))
    finally:
        store.close()
    assert stories_of(newsroom.journal()) == stands
    assert None not in stands.values()
    assert sizes == len(stands)


def articles_and_copies(newsroom) -> set[str]:
    """Ids of all that was read, whichever of two copies came first."""
    lines = newsroom.journal()
    copies = {line["id"] for line in lines if line["kind"] == "duplicate" and "article" in line}
    return copies | {line["id"] for line in lines if line["kind"] == "article"}


def wait_for_life(newsroom, process, tenth: int) -> None:
    """Lets a crawl go on until it has made some requests more, the more the later in the series."""
    asked = len(newsroom.server.requests)
    until = time.monotonic() + 20
    while process.poll() is None and time.monotonic() < until:
        if len(newsroom.server.requests) - asked >= tenth * 4:
            return


def test_ctrl_c_ends_cleanly_and_the_next_crawl_goes_on(newsroom):
    slow = ("--set", "crawl.delay=0.5s")
    process = newsroom.start(*slow)
    wait_for_life(newsroom, process, 6)
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=30) == 130
    newsroom.crawl_until_done()
    assert len(newsroom.articles()) > 60


def test_two_collectors_side_by_side_share_the_work(newsroom):
    """Neither waits for the other, no line is written twice, and the journal has no gap."""
    first, second = newsroom.start(), newsroom.start()
    assert first.wait(timeout=90) == 0
    assert second.wait(timeout=90) == 0
    newsroom.crawl_until_done()
    lines = newsroom.journal()
    assert [line["seq"] for line in lines] == list(range(1, len(lines) + 1))
    ids = [line["id"] for line in newsroom.articles()]
    assert len(ids) == len(set(ids)) > 60


def test_scrapy_crawl_writes_the_same_records_and_the_same_store(newsroom):
    done = newsroom.scrapy("crawl", "feeds", "-a", "region=middle-east", "-O", "out.jsonl")
    assert done.returncode == 0, done.stderr
    exported = [json.loads(line) for line in (newsroom.folder / "out.jsonl").read_text().splitlines()]
    articles = {line["id"]: line for line in newsroom.articles()}
    assert {line["id"]: line for line in exported} == articles
    assert "article" in newsroom.scrapy("list").stdout.split()


def test_the_archive_is_replayed_without_the_network_and_changes_nothing(newsroom):
    newsroom.crawl("--set", "archive.enabled=true")
    (warc,) = (newsroom.data / "warc").glob("*.warc.gz")
    before, asked = newsroom.files(), len(newsroom.server.requests)
    done = newsroom.scrapy("crawl", "replay", "-a", f"warc={warc}")
    assert done.returncode == 0, done.stderr
    assert newsroom.files() == before
    assert len(newsroom.server.requests) == asked
    collected = articles_and_copies(newsroom)
    done = newsroom.scrapy("crawl", "replay")
    assert done.returncode == 0, done.stderr
    assert newsroom.files() == before, "over the index it is the same"
    replays = []
    for name in ("afresh", "again"):
        newsroom.data = newsroom.folder / name
        done = newsroom.scrapy("crawl", "replay", "-a", f"warc={warc}")
        assert articles_and_copies(newsroom) == collected
        replays.append(
            [(line["kind"], line["id"]) for line in newsroom.journal() if "id" in line and line["kind"] != "relation"]
        )
    assert replays[0] == replays[1]  # the same input in the same order gives the same output


def test_relations_are_not_followed_when_told_so(newsroom):
    newsroom.crawl("--no-follow")
    assert not any(seen["via"] == "relation" for line in newsroom.articles() for seen in line["sightings"])


def test_nothing_on_loopback_is_asked_by_default(newsroom):
    """The guard holds for every request; the reason is said, and the exit status tells that nobody answered."""
    sets = tuple(part for part in ("polling.min_interval=1s",))
    done = newsroom.crawl(sets=sets)
    assert not newsroom.server.requests
    assert done.returncode == 1
    assert "is not a public address" in done.stdout
    assert "aggregator demo" in done.stderr


def test_a_page_whose_reading_was_stopped_is_tried_again(newsroom):
    """A busy machine or a crashed worker says nothing about the page: it must not count as no article."""
    newsroom.crawl("--source", "rafid-agency", "--no-follow", "--set", "crawl.page_time_limit=0.001s")
    assert not (newsroom.data / "articles.jsonl").read_bytes()
    assert "rejected" not in newsroom.command("status").stdout
    newsroom.crawl_until_done()
    assert len(newsroom.articles()) > 60


def test_status_tells_of_each_source_how_complete_it_is(newsroom):
    newsroom.crawl()
    done = newsroom.command("status", "--sources", "--json", "--catalogue", str(newsroom.sources))
    assert done.returncode == 0, done.stderr
    rows = {row["source_id"]: row for row in json.loads(done.stdout)}
    assert set(rows) == {source.id for source in newsroom.server.web.sources}
    name, wire = next((name, row) for name, row in rows.items() if "crescent" in name)
    assert wire["health"] == "ok"
    assert wire["polled"]
    assert wire["next_due"]
    assert wire["new_per_day"] > 0
    assert 0.5 < wire["extracted"] <= 1
    table = newsroom.command("status", "--sources", "--catalogue", str(newsroom.sources)).stdout
    assert name in table
