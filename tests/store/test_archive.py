"""What was collected: judged and written in one transaction, found again under every name."""

from __future__ import annotations

import itertools
import json
from datetime import timedelta
from typing import Any, Never

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aggregator.identity import judge
from aggregator.records import Article, Fingerprint, Neighbours, Revision, Seen
from aggregator.store import SqliteStore, SqlStore
from aggregator.store.interface import Filter
from tests.store.newsroom import (
    DAY,
    FEED,
    HOUR,
    NOW,
    article,
    newcomer,
    publisher,
    reading,
    relation,
    sighting,
    text,
    url,
)


def record(store: SqlStore, new: Fingerprint, **how: Any) -> Revision:
    return store.record_article("r", new, judge, new.article.fetched, **how)


def lines(store: SqlStore) -> list[dict[str, Any]]:
    return [{"kind": row.kind, **json.loads(row.payload)} for row in store.rows_after(0, 1_000)]


def kinds(store: SqlStore) -> list[str]:
    return [row.kind for row in store.rows_after(0, 1_000)]


def kept(store: SqlStore, story_url: str) -> Article:
    found = store.find(story_url)
    assert found is not None
    read = store.article(found)
    assert read is not None
    return read


class TestWriting:
    def test_a_new_article_is_one_line_and_one_outcome(self, store: SqlStore) -> None:
        """Stored, logged, settled, explained: all in one transaction."""
        store.add("r", [sighting(url("a"))], NOW)
        revision = record(store, newcomer("a"))
        assert (revision.verdict.outcome, revision.seq) == ("unique", 1)
        assert [(row.kind, row.listed, row.run_id, row.at) for row in store.rows_after(0, 9)] == [
            ("article", True, "r", NOW)
        ]
        entry = store.entry(url("a"))
        assert entry is not None
        assert (entry.state, entry.article_id) == ("stored", newcomer("a").article.id)
        assert store.pending(NOW)[0] == 0
        assert [event.decision.choice for event in store.history([revision.verdict.article.id])] == ["unique"]

    def test_nothing_is_written_where_nothing_changed(self, store: SqlStore) -> None:
        """`seq` is null: there is no line."""
        record(store, newcomer("a"))
        revision = record(store, newcomer("a", fetched=NOW + HOUR))
        assert (revision.verdict.outcome, revision.seq) == ("unchanged", None)
        assert kinds(store) == ["article"]

    def test_a_revision_is_a_line_that_is_not_listed(self, store: SqlStore) -> None:
        """articles.jsonl has each article once; the journal has each of its forms."""
        record(store, newcomer("a"))
        revision = record(store, newcomer("a", text=text("b"), fetched=NOW + HOUR))
        assert revision.seq == 2
        assert [row.listed for row in store.rows_after(0, 9)] == [True, False]
        read = kept(store, url("a"))
        assert (read.revision, read.change, read.text) == (2, "body", text("b"))

    def test_every_form_is_remembered(self, store: SqlStore) -> None:
        """A page that flips between three forms makes two revisions, not a hundred."""
        for n in range(12):
            record(store, newcomer("a", headline=f"Form {'xyz'[n % 3]}", fetched=NOW + n * HOUR))
        assert kinds(store) == ["article"] * 3

    def test_a_judge_that_fails_leaves_nothing(self, store: SqlStore) -> None:
        """No line without an article, no article without a line, and the page stays pending (promise P1)."""
        store.add("r", [sighting(url("a"))], NOW)

        def fails(new: Fingerprint, neighbours: Neighbours) -> Never:
            raise RuntimeError("out of memory")

        with pytest.raises(RuntimeError):
            store.record_article("r", newcomer("a", guid="7"), fails, NOW)
        assert (store.last_seq(), store.find(url("a")), store.pending(NOW)[0]) == (0, None, 1)
        assert record(store, newcomer("a", guid="7")).seq == 1

    def test_sequence_numbers_have_no_gap(self, store: SqlStore) -> None:
        """Readers of the journal take a gap for a loss; a transaction undone after it wrote must not leave one."""

        class Interrupted(Exception):
            pass

        def interrupted(*_: object) -> Never:
            raise Interrupted

        for n in range(12):
            if n % 3 == 1:
                settle, store._settle_stored = store._settle_stored, interrupted  # type: ignore[method-assign]
                with pytest.raises(Interrupted):
                    record(store, newcomer(f"s{n}"))
                store._settle_stored = settle  # type: ignore[method-assign]
            record(store, newcomer(f"s{n}"))
        assert [row.seq for row in store.rows_after(0, 99)] == list(range(1, 13))

    def test_the_rows_of_the_log_come_in_pages(self, store: SqlStore) -> None:
        """A journal of a year is not read into memory."""
        for n in range(7):
            record(store, newcomer(f"s{n}"))
        assert [row.seq for row in store.rows_after(2, 3)] == [3, 4, 5]
        assert store.rows_after(7, 3) == []
        assert store.last_seq() == 7

    def test_an_articles_decisions_are_kept(self, store: SqlStore) -> None:
        """Promise P7: every fact can be asked why."""
        revision = record(store, newcomer("a"))
        (event,) = store.history([revision.verdict.article.id, "nobody"])
        assert (event.at, event.decision.what) == (NOW, "verdict")
        assert event.decision.reason


class TestNames:
    @pytest.mark.parametrize(
        "name",
        [
            url("a"),
            url("a") + "/?utm_source=x#top",
            "http://m.gazette.example/news/a/amp",
            "https://short.example/1",
            "https://gazette.example/druck?nr=7",
        ],
    )
    def test_an_article_is_found_by_any_of_its_urls(self, store: SqlStore, name: str) -> None:
        """People paste what they have."""
        record(
            store, newcomer("a", url="https://gazette.example/druck?nr=7", canonical_url=url("a"), asked="https://short.example/1")
        )  # fmt: skip
        assert store.find(name) == article("a").id

    def test_an_article_is_found_by_its_id(self, store: SqlStore) -> None:
        """And only a whole one."""
        record(store, newcomer("a"))
        assert store.find(article("a").id) == article("a").id
        assert store.find(article("a").id[:10]) is None
        assert store.article("nobody") is None

    @pytest.mark.parametrize("nonsense", ["", "x", "http://[::1", "://", "\ud800", "https://gazette.example/%zz"])
    def test_nonsense_finds_nothing(self, store: SqlStore, nonsense: str) -> None:
        """It is what people type."""
        assert store.find(nonsense) is None

    def test_a_variant_is_a_line_and_a_name(self, store: SqlStore) -> None:
        """The AMP page costs no second article."""
        first = record(store, newcomer("a"))
        amp = "https://gazette.example/amp-pages/7"
        revision = record(store, newcomer("a", url=amp, canonical_url=url("a"), fetched=NOW + HOUR))
        assert (revision.verdict.outcome, revision.verdict.level) == ("duplicate", "canonical")
        line = lines(store)[-1]
        assert (line["kind"], line["of"], line["id"]) == (
            "duplicate",
            first.verdict.article.id,
            first.verdict.article.id,
        )
        assert "article" not in line
        assert store.find(amp) == first.verdict.article.id
        assert store.entry(amp).state == "duplicate"  # type: ignore[union-attr]
        assert amp in kept(store, url("a")).alt_urls
        assert record(store, newcomer("a", url=amp, canonical_url=url("a"))).seq is None

    def test_no_page_takes_over_another_articles_url(self, store: SqlStore) -> None:
        """A page that claims a known article's URL as its own gets none of its names."""
        one, other = record(store, newcomer("a")), record(store, newcomer("b"))
        thief = newcomer("c", url=url("c"), canonical_url=url("c"), asked=url("a"))
        record(store, thief)
        assert store.find(url("a")) == one.verdict.article.id
        assert store.find(url("b")) == other.verdict.article.id
        assert kept(store, url("a")).headline in ("The a", "The c")
        assert store.article(other.verdict.article.id) is not None

    def test_a_guid_belongs_to_its_source(self, store: SqlStore) -> None:
        """Guids are numbers in half of all feeds: the tribune's 7 is not the gazette's 7."""
        record(store, newcomer("a", guid="7"))
        same_words = text("a", words=30)
        tribune = article("a", url=url("a", "t.example"), source=publisher("tribune"), text=same_words)
        assert record(store, reading(tribune, guid="7")).verdict.outcome == "unique"

    def test_a_moved_article_is_known_by_its_guid(self, store: SqlStore) -> None:
        """New slug, same entry: one article with two URLs."""
        record(store, newcomer("a", guid="7"))
        revision = record(store, newcomer("a", url=url("a-moved"), guid="7", fetched=NOW + HOUR))
        assert (revision.verdict.outcome, revision.verdict.level) == ("duplicate", "guid")
        assert store.find(url("a-moved")) == store.find(url("a"))

    def test_a_known_guid_is_not_given_away(self, store: SqlStore) -> None:
        """The first article that had it keeps it."""
        record(store, newcomer("a", guid="7"))
        record(store, newcomer("b", guid="7"))
        revision = record(store, newcomer("a", url=url("a2"), guid="7"))
        assert revision.verdict.of == article("a").id


class TestCopies:
    def tribune(self, story: str, host: str = "t.example", **changes: Any) -> Fingerprint:
        usual: dict[str, Any] = {"url": url(story, host), "source": publisher("tribune")}
        return reading(article(story, **{**usual, **changes}))

    def test_a_copy_is_kept_whole_but_not_listed(self, store: SqlStore) -> None:
        """Its line holds the copy's own article: who wants all places has them."""
        first = record(store, newcomer("a")).verdict.article
        copy = record(store, self.tribune("a")).verdict
        assert (copy.outcome, copy.of) == ("duplicate", first.id)
        line = lines(store)[-1]
        assert (line["kind"], line["article"]["id"], line["level"]) == ("duplicate", copy.article.id, "exact_text")
        assert store.copies(first.id) == [(copy.article.id, url("a", "t.example"), "exact_text")]
        assert [read.id for read in store.articles(Filter())] == [first.id]
        assert store.article(copy.article.id) == copy.article

    def test_copies_of_copies_have_one_root(self, store: SqlStore) -> None:
        """Whichever is found first."""
        first = record(store, newcomer("a")).verdict.article
        for host in ("t.example", "u.example", "v.example"):
            assert record(store, self.tribune("a", host)).verdict.of == first.id
        assert len(store.copies(first.id)) == 3

    def test_a_copy_that_is_rewritten_is_listed_then_and_once(self, store: SqlStore) -> None:
        """From that moment it is an article of its own."""
        record(store, newcomer("a"))
        record(store, self.tribune("a"))
        for n in (1, 2):
            own = self.tribune("a", text=text(f"own{n}"), fetched=NOW + n * HOUR)
            assert record(store, own).verdict.outcome == "revision"
        assert [(row.kind, row.listed) for row in store.rows_after(2, 9)] == [("article", True), ("article", False)]
        assert len(list(store.articles(Filter()))) == 2


class TestRelations:
    def test_a_target_that_is_known_is_named_at_once(self, store: SqlStore) -> None:
        """Whatever form of its URL the link has."""
        target = record(store, newcomer("b")).verdict.article
        record(store, newcomer("a", relations=(relation(url("b") + "?utm_source=more#x"),)))
        assert lines(store)[-1]["relations"][0]["target_id"] == target.id

    def test_a_target_that_comes_later_is_a_line_of_its_own(self, store: SqlStore) -> None:
        """The article's line is written and stays; the journal says what has become known."""
        links = (relation("https://elsewhere.example/x"), relation(url("b"), type="also_read"))
        holder = record(store, newcomer("a", relations=links)).verdict.article
        target = record(store, newcomer("b")).verdict.article
        assert lines(store)[-1] == {
            "kind": "relation",
            "article_id": holder.id,
            "position": 1,
            "type": "also_read",
            "url": url("b"),
            "target_id": target.id,
        }
        assert [link.target_id for link in kept(store, url("a")).relations] == [None, target.id]
        assert store.counts() | {"relations.open": 1, "relations.resolved": 1} == store.counts()

    def test_a_target_is_announced_once(self, store: SqlStore) -> None:
        """Neither a second reading nor a second name of it says it again."""
        record(store, newcomer("a", relations=(relation(url("b")),)))
        for n in range(3):
            record(store, newcomer("b", headline=f"Form {n}", fetched=NOW + n * HOUR))
        assert kinds(store).count("relation") == 1

    def test_a_link_to_another_name_of_the_target_finds_it(self, store: SqlStore) -> None:
        """The link leads to the AMP page, which is read later."""
        amp = "https://gazette.example/amp-pages/7"
        record(store, newcomer("a", relations=(relation(amp),)))
        target = record(store, newcomer("b")).verdict.article
        record(store, newcomer("b", url=amp, canonical_url=url("b"), fetched=NOW + HOUR))
        assert kept(store, url("a")).relations[0].target_id == target.id

    def test_an_article_is_not_its_own_target(self, store: SqlStore) -> None:
        """Pages link themselves in their blocks all the time."""
        record(store, newcomer("a", relations=(relation(url("a")),)))
        assert kept(store, url("a")).relations[0].target_id is None

    def test_two_articles_that_link_each_other_are_both_resolved(self, store: SqlStore) -> None:
        """The first one's by a line, the second one's at once."""
        one = record(store, newcomer("a", relations=(relation(url("b")),))).verdict.article
        other = record(store, newcomer("b", relations=(relation(url("a")),))).verdict.article
        assert kept(store, url("a")).relations[0].target_id == other.id
        assert kept(store, url("b")).relations[0].target_id == one.id


class TestSightings:
    def test_an_article_says_where_it_was_seen(self, store: SqlStore) -> None:
        """In the order of first sight, each place once."""
        store.add("r", [sighting(url("a"))], NOW)
        store.add("r", [sighting(url("a"), feed="https://gazette.example/world", first_seen=NOW + HOUR)], NOW)
        record(store, newcomer("a"))
        assert kept(store, url("a")).sightings == (
            Seen(feed=FEED, via="rss", first_seen=NOW),
            Seen(feed="https://gazette.example/world", via="rss", first_seen=NOW + HOUR),
        )

    @pytest.mark.parametrize("via", ["relation", "given", "listing"])
    def test_an_article_that_no_feed_showed_can_be_read_back(self, store: SqlStore, via: str) -> None:
        """Followed links and given URLs have no feed: the article must survive its own round trip."""
        seen = sighting(url("a"), via=via, feed=None)
        first = record(store, reading(article("a"), seen)).verdict.article
        assert first.sightings == (Seen(feed=None, via=via, first_seen=NOW),)  # type: ignore[arg-type]
        assert store.article(first.id) == first
        changed = reading(article("a", text=text("b"), fetched=NOW + HOUR), seen)
        assert record(store, changed).verdict.outcome == "revision"


class TestReading:
    def test_articles_come_in_the_order_of_first_storing(self, store: SqlStore) -> None:
        """A revision does not move its article: `export` gives the same order each time."""
        for story in "cab":
            record(store, newcomer(story))
        record(store, newcomer("c", headline="Anew", fetched=NOW + HOUR))
        assert [read.headline for read in store.articles(Filter())] == ["Anew", "The a", "The b"]

    def test_more_articles_than_one_page_of_rows(self, store: SqlStore) -> None:
        """Reading goes on where the page ended, neither twice nor never."""
        for n in range(501):
            record(store, newcomer(f"s{n}"))
        assert [read.headline for read in store.articles(Filter())] == [f"The s{n}" for n in range(501)]

    @pytest.mark.parametrize(
        ("wanted", "found"),
        [
            (Filter(), "abcd"),
            (Filter(since=NOW), "bd"),
            (Filter(until=NOW), "ac"),
            (Filter(since=NOW - DAY, until=NOW), "a"),
            (Filter(region="levant"), "abd"),
            (Filter(region="nowhere"), ""),
            (Filter(source="tribune"), "c"),
            (Filter(language="ar"), "ac"),
            (Filter(language="ar-EG"), "c"),
            (Filter(language="a"), ""),
            (Filter(language="ar", since=NOW - DAY), "a"),
        ],
    )
    def test_a_filter_gives_what_was_asked_for(self, store: SqlStore, wanted: Filter, found: str) -> None:
        """Since is inclusive, until is not; an undated article counts by its fetching; `ar` takes `ar-EG` along."""
        record(store, newcomer("a", published=NOW - HOUR, language="ar"))
        record(store, newcomer("b", published=NOW))
        record(
            store,
            reading(article("c", published=NOW - 2 * DAY, language="ar-EG", source=publisher("tribune"))),
        )
        record(store, newcomer("d", published=None, language=None))
        assert "".join(read.headline[-1] for read in store.articles(wanted)) == found

    def test_counts_tell_how_things_stand(self, store: SqlStore) -> None:
        """`aggregator status` prints them."""
        record(store, newcomer("a", relations=(relation(url("x")),)))
        store.add("r", [sighting(url("b"))], NOW)
        assert store.counts() == {
            "frontier.pending": 1,
            "frontier.stored": 1,
            "articles.unique": 1,
            "log.article": 1,
            "relations.open": 1,
            "relations.resolved": 0,
        }


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("tu"), st.integers(0, 2)), max_size=12))
def test_whatever_is_read_the_log_and_the_tables_agree(
    tmp_path_factory: pytest.TempPathFactory, pages: list[tuple[str, str, int]]
) -> None:
    """Promise P8: the last article line of each id is what the store says the article is, and listed lines are
    exactly the articles that were ever unique."""
    store = SqliteStore(tmp_path_factory.mktemp("any") / "aggregator.db")
    for minute, (story, host, form) in zip(itertools.count(), pages, strict=False):
        read = article(
            story,
            url=url(story, f"{host}.example"),
            text=text(f"{story}{form}"),
            fetched=NOW + timedelta(minutes=minute),
            source=publisher(host),
        )
        record(store, reading(read))
    latest: dict[str, dict[str, Any]] = {}
    for line in lines(store):
        body = line.get("article", line)
        latest[body["id"]] = body
    for article_id, body in latest.items():
        read_back = store.article(article_id)
        assert read_back is not None
        assert (read_back.revision, read_back.text) == (body["revision"], body["text"])
    listed = [json.loads(row.payload)["id"] for row in store.rows_after(0, 999) if row.listed]
    assert len(listed) == len(set(listed))
    assert {read_back.id for read_back in store.articles(Filter())} <= set(listed)
    store.close()
