"""The frontier: nothing that was seen is lost, and nothing is fetched twice."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, Never

import pytest

from aggregator.discovery import relations
from aggregator.identity import judge
from aggregator.records import Claim, Decision, PollState, Sighting
from aggregator.store import Settled, SqliteStore, SqlStore, StorePlace, Tally, open_store
from aggregator.store.frontier import FRUITLESS_READINGS
from tests.store.newsroom import DAY, FEED, HOUR, NOW, article, newcomer, poll_state, reading, relation, sighting, url

MIDNIGHT = NOW.replace(hour=0)


def stories(claims: list[Claim]) -> list[str]:
    return [claim.sighting.url.rpartition("/")[2] for claim in claims]


def claim(store: SqlStore, run: str, now: datetime = NOW, **how: Any) -> list[Claim]:
    return store.claim(run, now, **{"limit": 100, "per_host": 100, **how})


def poll(store: SqlStore, *sightings: Sighting, now: datetime = NOW, **state: Any) -> tuple[int, int]:
    """One poll of the gazette's feed: how many were new, how many changed."""
    outcome = store.record_poll("r", sightings, lambda new: poll_state(entries=len(sightings), **state), now)
    return outcome.new, outcome.changed


def waits_for_the_disk(store: SqlStore) -> bool:
    if isinstance(store, SqliteStore):
        return bool(store.rows("PRAGMA synchronous")[0][0] == 2)
    return bool(store.rows("SHOW synchronous_commit")[0][0] == "on")


def state_of(store: SqlStore, story_url: str) -> str:
    entry = store.entry(story_url)
    assert entry is not None
    return entry.state


class TestPolls:
    def test_sightings_and_state_are_kept_together(self, store: SqlStore) -> None:
        """What the feed brought and what is remembered of it are one fact (promise P1)."""
        assert poll(store, sighting(url("a")), sighting(url("b")), etag='W/"x"') == (2, 0)
        assert store.poll_states()[FEED].etag == 'W/"x"'
        assert store.pending(NOW)[0] == 2

    def test_a_poll_that_fails_in_the_middle_leaves_nothing(self, store: SqlStore) -> None:
        """An ETag saved without its entries answers 304 for ever, and the entries are never seen."""

        def fails(tally: Tally) -> Never:
            raise RuntimeError(f"after {tally.new} sightings")

        with pytest.raises(RuntimeError, match="after 2 sightings"):
            store.record_poll("r", [sighting(url("a")), sighting(url("b"))], fails, NOW)
        assert store.poll_states() == {}
        assert store.pending(NOW) == (0, 0, None)
        assert store.history(["gazette.example/news/a"]) == []
        assert poll(store, sighting(url("a"))) == (1, 0)

    def test_the_decision_is_told_how_many_are_new(self, store: SqlStore) -> None:
        """The interval of a feed follows from what it brings."""
        poll(store, sighting(url("a")))
        told: list[int] = []

        def decide(tally: Tally) -> PollState:
            told.append(tally.new)
            return poll_state()

        store.record_poll(
            "r", [sighting(url("a")), sighting(url("b")), sighting(url("b") + "?utm_source=x")], decide, NOW
        )
        assert told == [1]

    def test_the_decision_is_told_what_the_feed_had_shown_before(self, store: SqlStore) -> None:
        """Overlap is counted by feed: what another feed has shown is new to this one, and was not lost."""
        told: list[tuple[int, list[str], int]] = []

        def decide(tally: Tally) -> PollState:
            told.append((tally.new, [seen.url for seen in tally.fresh], tally.familiar))
            return poll_state()

        store.record_poll("r", [sighting(url("c"), feed="https://gazette.example/other")], decide, NOW)
        store.record_poll("r", [sighting(url("a")), sighting(url("b"))], decide, NOW)
        twice = [sighting(url("d")), sighting(url("d") + "?utm_source=x")]
        store.record_poll("r", [sighting(url("b")), sighting(url("c")), *twice], decide, NOW)
        assert told[1:] == [(2, [url("a"), url("b")], 0), (1, [url("c"), url("d")], 1)]

    def test_turning_points_are_remembered_with_the_poll(self, store: SqlStore) -> None:
        """`aggregator why FEED` tells when and why a feed was disabled or moved."""
        note = Decision(what="feed", choice="disabled", reason="gone")
        store.record_poll("r", [], lambda _: poll_state(), NOW, notes=lambda state: [note] if state.etag else [])
        assert [event.decision for event in store.history([FEED])] == [note]

    def test_only_polls_that_brought_something_wait_for_the_disk(self, store: SqlStore) -> None:
        """Thousands of unchanged feeds must not cost thousands of flushes; sightings must outlive a power cut."""
        asked: list[int] = []

        def decide(_: Tally) -> PollState:
            asked.append(waits_for_the_disk(store))
            return poll_state()

        store.record_poll("r", [], decide, NOW)
        store.record_poll("r", [sighting(url("a"))], decide, NOW)
        assert asked == [False, True]
        assert waits_for_the_disk(store)

    def test_the_same_entries_again_bring_nothing(self, store: SqlStore) -> None:
        """A server that ignores conditional requests sends all of it each time."""
        entries = [sighting(url("a"), headline="A"), sighting(url("b"), headline="B")]
        assert poll(store, *entries) == (2, 0)
        assert poll(store, *entries, now=NOW + HOUR) == (0, 0)

    def test_poll_states_are_read_back_whole(self, store: SqlStore) -> None:
        """Validators byte for byte, times to the microsecond."""
        state = poll_state(
            etag='W/"a,b" ', last_modified="gestern", next_due=NOW + timedelta(microseconds=1), failures=0.75
        )
        store.record_poll("r", [], lambda new: state, NOW)
        assert store.poll_states() == {FEED: state}

    def test_a_changed_entry_of_a_stored_article_is_read_again(self, store: SqlStore) -> None:
        """Publishers correct; the feed says so first."""
        poll(store, sighting(url("a"), headline="A"))
        store.record_article("r", newcomer("a"), judge, NOW)
        assert poll(store, sighting(url("a"), headline="A, corrected"), now=NOW + HOUR) == (0, 1)
        assert state_of(store, url("a")) == "pending"
        assert store.entry(url("a")).sighting.headline == "A, corrected"  # type: ignore[union-attr]

    def test_a_changed_entry_of_a_pending_page_is_no_second_one(self, store: SqlStore) -> None:
        """It will be read anyhow."""
        poll(store, sighting(url("a"), headline="A"))
        assert poll(store, sighting(url("a"), headline="B"), now=NOW + HOUR) == (0, 0)
        assert store.pending(NOW + HOUR)[0] == 1

    def test_a_changed_entry_wakes_a_failed_page(self, store: SqlStore) -> None:
        """Given up yesterday, republished today."""
        poll(store, sighting(url("a"), headline="A"))
        store.settle(sighting(url("a")), Settled(state="failed", reason="HTTP 404", status=404), NOW)
        assert poll(store, sighting(url("a"), headline="B"), now=NOW + HOUR) == (0, 1)
        (found,) = claim(store, "r", NOW + HOUR)
        assert found.attempts == 0

    def test_another_feed_that_shows_a_known_page_changes_nothing(self, store: SqlStore) -> None:
        """The section's feed has what the front page's had; it counts as a place, not as news."""
        poll(store, sighting(url("a"), headline="A"))
        store.record_article("r", newcomer("a"), judge, NOW)
        assert poll(store, sighting(url("a"), headline="Otherwise", feed="https://gazette.example/world")) == (0, 0)
        seen = store.article(newcomer("a").article.id)
        assert seen is not None
        assert [place.feed for place in seen.sightings] == [FEED, "https://gazette.example/world"]

    def test_a_feed_that_touches_its_entries_is_not_read_for_ever(self, store: SqlStore) -> None:
        """Some feeds set the date of every entry to now: after a few readings in vain the page is left alone."""
        poll(store, sighting(url("a"), headline="0"))
        store.record_article("r", newcomer("a"), judge, NOW)
        readings = 0
        for n in range(1, 10):
            now = NOW + n * HOUR
            readings += poll(store, sighting(url("a"), headline=str(n)), now=now)[1]
            for _ in claim(store, "r", now):
                store.record_article("r", newcomer("a", fetched=now), judge, now)
        assert readings == FRUITLESS_READINGS

    def test_a_reading_that_brought_something_starts_the_count_anew(self, store: SqlStore) -> None:
        """A live blog changes each hour, and each time it is worth it."""
        poll(store, sighting(url("a"), headline="0"))
        store.record_article("r", newcomer("a"), judge, NOW)
        for n in range(1, 8):
            now = NOW + n * HOUR
            assert poll(store, sighting(url("a"), headline=str(n)), now=now) == (0, 1)
            revision = store.record_article("r", newcomer("a", headline=f"Form {n}", fetched=now), judge, now)
            assert revision.verdict.outcome == "revision"

    def test_lone_surrogates_in_an_entry_do_not_stop_a_poll(self, store: SqlStore) -> None:
        """Decoders clean what they give; if one ever forgets, the error must be ours, and nothing half done."""
        broken = sighting(url("a"), headline="\ud800")
        with pytest.raises(Exception):  # noqa: B017  any error will do, so long as all is undone
            poll(store, sighting(url("b")), broken)
        assert store.pending(NOW)[0] == 0


class TestAdding:
    def test_given_urls_become_pending_once(self, store: SqlStore) -> None:
        """`aggregator fetch URL` twice asks once."""
        given = sighting(url("a"), via="given", feed=None)
        assert store.add("r", [given, given], NOW) == 1
        assert store.add("r", [given], NOW) == 0

    def test_again_makes_a_settled_page_pending(self, store: SqlStore) -> None:
        """The person who asks for it knows why."""
        given = sighting(url("a"), via="given", feed=None)
        store.add("r", [given], NOW)
        store.settle(given, Settled(state="rejected", reason="no article"), NOW)
        assert store.add("r", [given], NOW) == 0
        assert store.add("r", [given], NOW, again=True) == 1
        assert state_of(store, url("a")) == "pending"

    def test_a_page_known_under_another_url_is_not_fetched_again(self, store: SqlStore) -> None:
        """The canonical URL of a redirecting link never stood in the frontier, but it is known."""
        store.record_article("r", newcomer("a", asked="https://short.example/1"), judge, NOW)
        assert store.add("r", [sighting(url("a"))], NOW) == 0
        assert store.pending(NOW)[0] == 0


class TestClaims:
    def test_hosts_take_turns(self, store: SqlStore) -> None:
        """A site that lists a thousand pages must not keep the others waiting."""
        many = [sighting(url(f"m{n}", "many.example")) for n in range(10)]
        few = [sighting(url("f0", "few.example")), sighting(url("g0", "third.example"))]
        store.add("r", [*many, *few], NOW)
        assert {c.sighting.url.split("/")[2] for c in claim(store, "r", limit=3)} == {
            "many.example",
            "few.example",
            "third.example",
        }

    def test_no_host_has_more_in_hand_than_its_share(self, store: SqlStore) -> None:
        """The cap counts what is claimed already, by this run or another."""
        store.add("r", [sighting(url(f"m{n}")) for n in range(10)], NOW)
        assert len(claim(store, "r", per_host=4)) == 4
        assert claim(store, "r", per_host=4) == []
        assert claim(store, "other", per_host=4) == []
        assert len(claim(store, "r", per_host=6)) == 2

    def test_the_newest_day_first_and_in_a_day_the_oldest(self, store: SqlStore) -> None:
        """Today's news before yesterday's; within a day the original before its copies."""
        times = {
            "today-late": NOW - HOUR,
            "today-early": MIDNIGHT,
            "yesterday-late": MIDNIGHT - timedelta(seconds=1),
            "yesterday-early": MIDNIGHT - DAY,
            "last-year": NOW - 400 * DAY,
        }
        entries = [sighting(url(story), published=time) for story, time in times.items()]
        random.Random(7).shuffle(entries)
        store.add("r", [*entries, sighting(url("undated"))], NOW)
        assert stories(claim(store, "r")) == [
            "today-early",
            "today-late",
            "undated",
            "yesterday-early",
            "yesterday-late",
            "last-year",
        ]

    def test_a_date_in_the_future_does_not_jump_the_queue(self, store: SqlStore) -> None:
        """2099 is a typing error, not the latest news."""
        store.add(
            "r", [sighting(url("future"), published=NOW + 400 * DAY), sighting(url("now"), published=MIDNIGHT)], NOW
        )
        assert stories(claim(store, "r")) == ["now", "future"]

    def test_a_quiet_host_is_left_out_until_its_time(self, store: SqlStore) -> None:
        """Retry-After is for the host, and survives a restart."""
        store.add("r", [sighting(url("a")), sighting(url("b", "other.example"))], NOW)
        store.keep_quiet("gazette.example", NOW + HOUR, "HTTP 429")
        store.keep_quiet("gazette.example", NOW + timedelta(minutes=1), "an earlier end")
        assert stories(claim(store, "r")) == ["b"]
        assert store.quiet_hosts(NOW) == {"gazette.example": NOW + HOUR}
        assert store.pending(NOW) == (2, 1, NOW)
        assert stories(claim(store, "r", NOW + HOUR)) == ["a"]
        assert store.quiet_hosts(NOW + HOUR) == {}

    def test_only_the_chosen_sources(self, store: SqlStore) -> None:
        """`crawl --source a` fetches nothing of b."""
        store.add("r", [sighting(url("a")), sighting(url("b", "t.example"), source_id="tribune")], NOW)
        assert store.pending(NOW, frozenset({"tribune"}))[0] == 1
        assert claim(store, "r", sources=frozenset()) == []
        assert stories(claim(store, "r", sources=frozenset({"tribune", "nobody"}))) == ["b"]

    def test_nothing_is_claimed_before_it_is_due(self, store: SqlStore) -> None:
        """Back-off holds over runs."""
        store.add("r", [sighting(url("a"))], NOW)
        later = Settled(state="pending", reason="HTTP 500", not_before=NOW + HOUR, status=500)
        store.settle(sighting(url("a")), later, NOW)
        assert claim(store, "r", NOW + HOUR - timedelta(seconds=1)) == []
        assert store.pending(NOW) == (1, 0, NOW + HOUR)
        assert stories(claim(store, "r", NOW + HOUR)) == ["a"]

    def test_two_stores_on_one_file_never_claim_the_same(self, store: SqlStore, place: StorePlace) -> None:
        """Two crawls at once share the work."""
        other = open_store(place)
        store.add("r", [sighting(url(f"s{n}", f"h{n % 5}.example")) for n in range(50)], NOW)
        taken: Counter[str] = Counter()
        turn = 0
        while claims := claim((store, other)[turn % 2], f"run{turn % 2}", limit=7, per_host=50):
            taken.update(found.key for found in claims)
            turn += 1
        other.close()
        assert len(taken) == 50
        assert set(taken.values()) == {1}

    def test_a_released_claim_is_as_it_was(self, store: SqlStore) -> None:
        """What was in hand when the crawl stopped is not counted as a failure."""
        store.add("r", [sighting(url("a"), guid="7", tags=("x",))], NOW)
        (first,) = claim(store, "r")
        store.release(first.sighting)
        assert claim(store, "other") == [first]

    def test_the_claim_holds_the_whole_sighting(self, store: SqlStore) -> None:
        """What the feed said is needed when the page is read, perhaps days later."""
        seen = sighting(
            url("a") + "#top", guid="7", headline="H", published=NOW, authors=("X",), tags=("t",), position=3, depth=1
        )
        store.add("r", [seen], NOW)
        assert claim(store, "r")[0].sighting == seen


class TestRuns:
    def test_what_a_run_still_claims_is_given_back_at_its_end(self, store: SqlStore) -> None:
        """A crawl that is stopped with Ctrl-C loses nothing."""
        run = store.begin_run("feeds", "", NOW)
        store.add(run, [sighting(url("a"))], NOW)
        assert claim(store, run)
        store.end_run(run, "shutdown", NOW)
        assert stories(claim(store, "next")) == ["a"]

    def test_a_living_run_keeps_its_claims(self, store: SqlStore, place: StorePlace) -> None:
        """A second crawl must not take them for a dead one's."""
        run = store.begin_run("feeds", "", NOW)
        store.add(run, [sighting(url("a"))], NOW)
        claim(store, run)
        other = open_store(place)
        second = other.begin_run("feeds", "", NOW + HOUR)
        assert claim(other, second) == []
        other.end_run(second, "finished", NOW + HOUR)
        other.close()

    def test_a_second_run_of_the_same_store_does_not_bury_the_first(self, store: SqlStore) -> None:
        """One process may hold two runs open: a crawl and an import."""
        run = store.begin_run("feeds", "", NOW)
        store.add(run, [sighting(url("a"))], NOW)
        claim(store, run)
        second = store.begin_run("import", "", NOW)
        assert claim(store, second) == []

    def test_no_lock_file_stays_behind(self, path: Path) -> None:
        """Or the folder fills with one file a run."""
        store = SqliteStore(path)
        store.end_run(store.begin_run("feeds", "", NOW), "finished", NOW)
        assert list((path.parent / "runs").iterdir()) == []
        store.close()


class TestSettling:
    def test_a_failure_is_counted_and_said(self, store: SqlStore) -> None:
        """`aggregator why URL` answers with it."""
        store.add("r", [sighting(url("a"))], NOW)
        for n in (1, 2):
            claim(store, "r", NOW + n * DAY)
            outcome = Settled(state="pending", reason=f"HTTP 50{n}", not_before=NOW + n * DAY + HOUR, status=500 + n)
            store.settle(sighting(url("a")), outcome, NOW + n * DAY)
        entry = store.entry(url("a"))
        assert entry is not None
        assert (entry.state, entry.attempts, entry.reason) == ("pending", 2, "HTTP 502")
        (found,) = claim(store, "r", NOW + 3 * DAY)
        assert found.attempts == 2
        told = [(event.decision.choice, event.decision.reason) for event in store.history([entry.key])]
        assert told[1:] == [("again later", "HTTP 501"), ("again later", "HTTP 502")]

    @pytest.mark.parametrize("state", ["failed", "rejected"])
    def test_an_end_is_an_end(self, store: SqlStore, state: Any) -> None:
        """Neither is asked for again by itself."""
        store.add("r", [sighting(url("a"))], NOW)
        claim(store, "r")
        store.settle(sighting(url("a")), Settled(state=state, reason="why"), NOW)
        assert claim(store, "r", NOW + 400 * DAY) == []
        assert store.counts()[f"frontier.{state}"] == 1

    def test_a_page_that_was_never_seen_can_be_settled(self, store: SqlStore) -> None:
        """`aggregator try URL` and a replayed archive have no row yet."""
        store.settle(sighting(url("a"), via="warc"), Settled(state="rejected", reason="a list"), NOW)
        assert state_of(store, url("a")) == "rejected"

    def test_an_unknown_url_has_no_entry(self, store: SqlStore) -> None:
        """Asking is no sin."""
        assert store.entry("https://nobody.example/x") is None


one_step = partial(relations.follow, depth=1, now=NOW)


class TestFollowing:
    def follow(self, store: SqlStore, *targets: str, budget: int, now: datetime = NOW, story: str = "a") -> None:
        read = article(story, relations=tuple(relation(url(target)) for target in targets), fetched=now)
        store.record_article("r", reading(read), judge, now, follow=one_step, follow_budget=budget)

    def test_targets_become_pending_with_their_referrer(self, store: SqlStore) -> None:
        """Why it was fetched: an article pointed at it."""
        self.follow(store, "x", budget=10)
        (found,) = claim(store, "r")
        assert found.sighting.referrer == newcomer("a").article.id
        assert (found.sighting.via, found.sighting.depth) == ("relation", 1)

    def test_what_is_over_the_budget_waits_for_the_next_day(self, store: SqlStore) -> None:
        """Link blocks are deep: without a budget a crawl would become a crawl of the whole site."""
        self.follow(store, *(f"x{n}" for n in range(5)), budget=2)
        assert stories(claim(store, "r")) == ["x0", "x1"]
        assert stories(claim(store, "r", MIDNIGHT + DAY)) == ["x2", "x3"]
        assert stories(claim(store, "r", MIDNIGHT + 2 * DAY)) == ["x4"]

    def test_each_day_has_its_own_budget(self, store: SqlStore) -> None:
        """And none is carried over."""
        self.follow(store, "x0", "x1", budget=2)
        claim(store, "r", NOW)
        self.follow(store, "y0", "y1", "y2", budget=2, now=NOW + DAY, story="b")
        assert stories(claim(store, "r", NOW + DAY)) == ["y0", "y1"]

    def test_sources_do_not_share_a_budget(self, store: SqlStore) -> None:
        """One that links much must not starve another."""
        self.follow(store, "x0", budget=1)
        link = sighting(url("z", "t.example"), source_id="tribune", via="relation", feed=None, depth=1)
        store.record_article("r", newcomer("b"), judge, NOW, follow=lambda *_: [link], follow_budget=1)
        assert sorted(stories(claim(store, "r"))) == ["x0", "z"]

    def test_known_targets_cost_nothing(self, store: SqlStore) -> None:
        """Most of what is linked is known already."""
        store.record_article("r", newcomer("x0"), judge, NOW)
        self.follow(store, "x0", "x1", budget=1)
        assert stories(claim(store, "r")) == ["x1"]

    def reached_over_a_relation(self, store: SqlStore, name: str) -> None:
        """An article one step away from a listed one, which itself points further."""
        found = sighting(url(name), via="relation", feed=None, depth=1)
        store.add("r", [found], NOW)
        claim(store, "r")
        further = article(name, relations=(relation(url("further")),), fetched=NOW)
        store.record_article("r", reading(further, found), judge, NOW, follow=one_step, follow_budget=10)

    def test_what_is_two_steps_away_is_not_followed(self, store: SqlStore) -> None:
        """The depth is counted from what a publisher lists."""
        self.reached_over_a_relation(store, "near")
        assert store.entry(url("further")) is None

    def test_an_article_that_a_feed_lists_later_has_its_own_relations_followed(self, store: SqlStore) -> None:
        """What is collected must not depend on which page was read first."""
        self.reached_over_a_relation(store, "near")
        store.record_poll("r", [sighting(url("near"))], lambda _: poll_state(), NOW, follow=one_step, follow_budget=10)
        assert state_of(store, url("further")) == "pending"

    def test_a_page_that_is_listed_while_it_is_fetched_is_followed_too(self, store: SqlStore) -> None:
        """The sighting that it was fetched for is not the nearest one any more."""
        found = sighting(url("near"), via="relation", feed=None, depth=1)
        store.add("r", [found], NOW)
        claim(store, "r")
        store.record_poll("r", [sighting(url("near"))], lambda _: poll_state(), NOW, follow=one_step, follow_budget=10)
        further = article("near", relations=(relation(url("further")),), fetched=NOW)
        store.record_article("r", reading(further, found), judge, NOW, follow=one_step, follow_budget=10)
        assert state_of(store, url("further")) == "pending"

    def test_a_redirect_of_a_feed_to_a_known_article_is_followed_too(self, store: SqlStore) -> None:
        """The feed lists another address, which leads to a page that was reached over a relation before."""
        self.reached_over_a_relation(store, "near")
        listed = sighting(url("redirect"))
        store.add("r", [listed], NOW)
        again = article("near", relations=(relation(url("further")),), fetched=NOW)
        revision = store.record_article("r", reading(again, listed), judge, NOW, follow=one_step, follow_budget=10)
        assert revision.verdict.outcome in ("unchanged", "duplicate")
        assert state_of(store, url("further")) == "pending"

    def test_a_listed_target_counts_as_listed(self, store: SqlStore) -> None:
        """A feed that shows it later adds a place, and does not fetch it twice."""
        self.follow(store, "x", budget=1)
        assert poll(store, sighting(url("x"))) == (0, 0)
        assert len(claim(store, "r")) == 1


def test_url_and_key_agree_over_forms(store: SqlStore) -> None:
    """A page seen as AMP, mobile and with trackers is one row of the frontier."""
    forms = [url("a"), url("a") + "?utm_source=x", url("a") + "/amp", "http://m.gazette.example/news/a"]
    assert store.add("r", [replace(sighting(url("a")), url=form) for form in forms], NOW) == 1


class TestWindows:
    """`--since` and `--until`: what a run does not want is noted, and a run that wants it takes it up."""

    def test_what_is_set_aside_is_known_but_not_pending(self, store: SqlStore) -> None:
        old = sighting(url("old"), published=NOW - 30 * DAY)
        assert store.set_aside("r", [(old, "outside --since 2026-03-01: published 2026-02-08")], NOW) == 1
        assert store.set_aside("r", [(old, "outside --since 2026-03-01: published 2026-02-08")], NOW) == 0
        assert store.pending(NOW) == (0, 0, None)
        assert state_of(store, url("old")) == "rejected"
        (event,) = store.history(["gazette.example/news/old"])
        assert (event.decision.what, event.decision.choice) == ("sighting", "outside --since")
        assert poll(store, old) == (0, 0), "nothing takes it up by accident"

    def test_what_is_known_stays_as_it_is(self, store: SqlStore) -> None:
        poll(store, sighting(url("a")))
        store.record_article("r", newcomer("b"), judge, NOW)
        aside = [(sighting(url(name)), "outside --since x: published y") for name in "ab"]
        assert store.set_aside("r", aside, NOW) == 0
        assert (state_of(store, url("a")), state_of(store, url("b"))) == ("pending", "stored")

    def test_a_run_that_wants_its_date_takes_it_up(self, store: SqlStore) -> None:
        old, older = (sighting(url(name), published=NOW - days * DAY) for name, days in (("old", 10), ("older", 90)))
        store.set_aside("r", [(seen, "outside --since x: published y") for seen in (old, older)], NOW)
        wanted = {old.published}
        assert store.readmit("r", [old, older], lambda seen: seen.published in wanted, NOW) == 1
        assert (state_of(store, url("old")), state_of(store, url("older"))) == ("pending", "rejected")

    def test_what_a_rule_spoke_against_comes_back_when_the_rule_is_gone(self, store: SqlStore) -> None:
        seen = sighting(url("a"))
        store.set_aside("r", [(seen, "not fetched: rule `x` drops it")], NOW)
        assert store.history(["gazette.example/news/a"])[0].decision.choice == "not fetched"
        assert store.readmit("r", [seen], lambda known: False, NOW) == 0
        assert store.readmit("r", [seen], lambda known: True, NOW) == 1
        assert state_of(store, url("a")) == "pending"

    def test_the_date_that_a_page_turned_out_to_have_is_kept_with_the_rejection(self, store: SqlStore) -> None:
        """Else a later run with the same window would fetch the page only to reject it again."""
        undated = sighting(url("a"))
        poll(store, undated)
        found = replace(undated, published=NOW - 90 * DAY)
        store.settle(found, Settled(state="rejected", reason="outside --since x: published y"), NOW)
        seen: list[datetime | None] = []
        store.readmit("r", [undated], lambda known: bool(seen.append(known.published)), NOW)
        assert seen == [NOW - 90 * DAY]

    def test_what_was_rejected_for_itself_stays_so(self, store: SqlStore) -> None:
        poll(store, sighting(url("a")))
        store.settle(sighting(url("a")), Settled(state="rejected", reason="no article"), NOW)
        assert store.readmit("r", [sighting(url("a"))], lambda seen: True, NOW) == 0


class TestBudgets:
    def test_the_pages_of_a_source_on_one_host_wait_and_no_others(self, store: SqlStore) -> None:
        poll(store, sighting(url("a")), sighting(url("b", "other.example")), sighting(url("c"), source_id="else"))
        assert store.postpone("gazette", "gazette.example", NOW + DAY, "the budget is spent") == 1
        assert sorted(stories(claim(store, store.begin_run("feeds", "", NOW)))) == ["b", "c"]
        entry = store.entry(url("a"))
        assert entry is not None
        assert (entry.reason, entry.not_before) == ("the budget is spent", NOW + DAY)

    def test_what_was_asked_today_is_remembered(self, store: SqlStore) -> None:
        poll(store, sighting(url("a")), sighting(url("b")), sighting(url("c")))
        store.settle(sighting(url("a")), Settled(state="failed", reason="x"), NOW - DAY)
        store.settle(sighting(url("b")), Settled(state="pending", reason="x"), NOW)
        assert store.asked_since(MIDNIGHT) == [("gazette", url("b"))]
