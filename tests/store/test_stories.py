"""Stories in the store: placed in the order of the log, told by the journal, read again after a restart."""

from __future__ import annotations

import json
import random
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aggregator.config import Config, DataOptions
from aggregator.editing import Editor
from aggregator.errors import StoreError
from aggregator.identity import judge
from aggregator.journal.reading import stories_of
from aggregator.operations import reclustering, storylines
from aggregator.records import Article, Placement, Relation, Revision, StoryMerge, StorySplit
from aggregator.store import SqliteStore, SqlStore, StoryFilter
from aggregator.store.interface import Filter
from aggregator.stories import Options
from tests.store.newsroom import HOUR, NOW, article, publisher, reading, relation, url

EVENTS = {
    "bridge": (
        "Kelmar bridge over the Ustra collapses",
        "The Kelmar bridge over the river Ustra collapsed, killing 14 people, rescuers in Dravonia said. Engineer "
        "Tomas Velikan had warned of cracks in the pylons. Ferries carry lorries until a pontoon is built at Ustra.",
    ),
    "mayor": (
        "Mirela Osgood elected mayor of Sarvona",
        "Voters in Sarvona chose Mirela Osgood as mayor with 61 percent, ahead of Pavel Drumm. Turnout was the highest "
        "in decades, the Sarvona electoral commission said, after a campaign about rents and trams.",
    ),
    "flood": (
        "Flood at Quandor destroys the Belisk mill",
        "Water from the Quandor hills destroyed the Belisk mill and cut the road to Tarmund. The miller Ansgar Pohl "
        "was rescued from the roof by fishermen from Tarmund, who came with three boats at dawn.",
    ),
}


def report(event: str, number: int, **changes: Any) -> Article:
    """A report of an event, in words of its own beside the names."""
    headline, body = EVENTS[event]
    own = " ".join(f"{event}{number}detail{word}" for word in range(25))
    usual: dict[str, Any] = {
        "source": publisher(f"paper{number}"),
        "url": url(f"{event}-{number}", f"paper{number}.example"),
        "headline": f"{headline}, report {number}",
        "text": f"{body}\n\n{own}",
        "published": NOW + number * HOUR,
        "fetched": NOW + number * HOUR,
    }
    return article(f"{event}-{number}", **{**usual, **changes})


def record(store: SqlStore, read: Article, editor: Editor | None = None) -> Revision:
    place = {"place": editor.place} if editor else {}
    return store.record_article("r", reading(read), judge, read.fetched, **place)


def lines(store: SqlStore) -> list[dict[str, Any]]:
    return [{"kind": row.kind, **json.loads(row.payload)} for row in store.rows_after(0, 10_000)]


def standing(store: SqlStore) -> dict[str, str]:
    """The story of every unique article, as the store has it."""
    return {read.id: story for read in store.articles(Filter()) if (story := store.story_of(read.id)) is not None}


class TestPlacing:
    def test_the_articles_own_line_names_its_story(self, store: SqlStore) -> None:
        """A reader of articles.jsonl needs no other file."""
        revision = record(store, report("bridge", 1), Editor(store))
        told = lines(store)
        assert [line["kind"] for line in told] == ["article"]
        assert told[0]["story_id"] == f"story-{told[0]['id']}" == store.story_of(told[0]["id"])
        assert revision.placement is not None
        assert revision.placement.role == "lead"

    def test_a_second_report_is_told_as_the_growth_of_the_story(self, store: SqlStore) -> None:
        editor = Editor(store)
        first = record(store, report("bridge", 1), editor).verdict.article
        second = record(store, report("bridge", 2), editor).verdict.article
        assert second.story_id == first.story_id
        (told,) = [line for line in lines(store) if line["kind"] == "story"]
        assert (told["id"], told["size"], told["article_id"]) == (first.story_id, 2, second.id)
        assert told["outlets"] == ["paper1", "paper2"]
        assert told["score"] >= 0.5
        assert set(told["via"]) >= {"text", "entity"}

    def test_other_events_are_other_stories(self, store: SqlStore) -> None:
        editor = Editor(store)
        for event in EVENTS:
            for number in (1, 2, 3):
                record(store, report(event, number), editor)
        found = standing(store)
        assert len(found) == 9
        assert len(set(found.values())) == 3

    def test_a_copy_stands_where_its_original_stands(self, store: SqlStore) -> None:
        """It is no member of its own: a story of one text in ten papers has the size 1."""
        editor = Editor(store)
        first = record(store, report("bridge", 1), editor).verdict.article
        copied = report("bridge", 1, url=url("copy", "other.example"), source=publisher("other"))
        copy = record(store, copied, editor).verdict
        assert copy.outcome == "duplicate"
        assert store.story_of(copy.article.id) == first.story_id
        assert [member.article_id for member in store.members(first.story_id or "")] == [first.id]
        shown = storylines.story(store, first.story_id or "")
        assert shown is not None
        assert [row["id"] for row in shown["articles"][0]["copies"]] == [copy.article.id]

    def test_a_revision_stays_in_its_story_and_says_so(self, store: SqlStore) -> None:
        editor = Editor(store)
        first = record(store, report("bridge", 1), editor).verdict.article
        changed = report("bridge", 1, headline="Kelmar bridge: the toll rises", fetched=NOW + 9 * HOUR)
        again = record(store, changed, editor)
        assert again.verdict.outcome == "revision"
        assert again.verdict.article.story_id == first.story_id
        assert len(standing(store)) == 1

    def test_why_tells_the_score_and_what_would_have_changed_it(self, store: SqlStore) -> None:
        from aggregator.operations.reports import explain

        editor = Editor(store)
        record(store, report("bridge", 1), editor)
        second = record(store, report("bridge", 2), editor).verdict.article
        (line,) = [line for line in explain(store, second.id) if "  story " in line]
        assert "was needed" in line
        assert "words 0." in line
        assert any("one of 2 articles" in line for line in explain(store, second.id))

    def test_a_publishers_link_is_evidence_whichever_of_the_two_comes_first(self, store: SqlStore) -> None:
        """The linking article may be read before the one that it links to."""
        editor = Editor(store)
        target = report("mayor", 2)
        link: tuple[Relation, ...] = (relation(target.url, type="related"),)
        linking = record(store, report("flood", 1, relations=link), editor).verdict.article
        assert editor.links(record(store, target, editor).verdict.article) == (linking.id,)


class TestEditors:
    def test_what_another_process_stored_is_placed_by_the_editor(self, store: SqlStore) -> None:
        """Collectors that do not edit write articles without a story; nothing stays without one."""
        collected = [record(store, report("bridge", number)).verdict.article for number in (1, 2)]
        assert [read.story_id for read in collected] == [None, None]
        assert Editor(store).catch_up("r", NOW) == 2
        assert len(set(standing(store).values())) == 1
        told = [line for line in lines(store) if line["kind"] == "story"]
        assert [line["article_id"] for line in told] == [read.id for read in collected]
        assert store.unplaced(9) == []

    def test_nothing_overtakes_what_waits_to_be_placed(self, store: SqlStore) -> None:
        """Stories follow the order of the log, whoever wrote it."""
        editor = Editor(store)
        record(store, report("bridge", 1))
        later = record(store, report("bridge", 2), editor)
        assert later.placement is None
        assert editor.catch_up("r", NOW) == 2
        assert later.verdict.article.id in standing(store)

    def test_a_restart_changes_nothing(self, store: SqlStore, tmp_path: Path) -> None:
        """The next process reads the window again and goes on where this one was."""
        reports = [report(event, number) for number in (1, 2, 3, 4) for event in EVENTS]
        editor = Editor(store)
        for read in reports:
            record(store, read, editor)
        with_restarts = SqliteStore(tmp_path / "other.db")
        for read in reports:
            record(with_restarts, read, Editor(with_restarts))
        assert standing(with_restarts) == standing(store)
        with_restarts.close()

    @pytest.mark.parametrize("every", [1, 2, 5])
    def test_the_window_goes_through_a_restart_in_a_file(self, store: SqlStore, tmp_path: Path, every: int) -> None:
        """Exactly, second looks that are still to come among it; what was placed after it was kept is added."""
        reports = [report(event, number) for number in (1, 2, 3, 4) for event in EVENTS]
        undisturbed = Editor(store)
        kept, other = tmp_path / "stories.state", SqliteStore(tmp_path / "other.db")
        editor = Editor(other, state=kept)
        for number, read in enumerate(reports):
            record(store, read, undisturbed)
            record(other, read, editor)
            if number % every == 0:
                editor.save()
            editor = Editor(other, state=kept)
        assert standing(other) == standing(store)
        assert lines(other) == lines(store)
        other.close()

    @pytest.mark.parametrize("damage", ["none", "cut", "changed", "another store", "merged since"])
    def test_a_file_that_does_not_fit_is_left_and_the_articles_are_read_again(
        self, store: SqlStore, tmp_path: Path, damage: str
    ) -> None:
        kept = tmp_path / "stories.state"
        editor = Editor(store, state=kept)
        first = record(store, report("bridge", 1), editor).verdict.article.story_id or ""
        flood = record(store, report("flood", 1), editor).verdict.article.story_id or ""
        editor.save()
        whole = kept.read_bytes()
        if damage == "cut":
            kept.write_bytes(whole[:20])
        elif damage == "changed":
            kept.write_bytes(whole[:-3] + bytes(byte ^ 255 for byte in whole[-3:]))
        elif damage == "another store":
            other = SqliteStore(tmp_path / "other.db")
            stranger = Editor(other, state=kept)
            record(other, report("mayor", 1), stranger)
            record(other, report("mayor", 2), stranger)
            stranger.save()
            other.close()
        elif damage == "merged since":
            store.rearrange("r", [StoryMerge(story_id=flood, into=first, score=1.0, reason="told so")], list, NOW)
        again = record(store, report("flood", 2), Editor(store, state=kept))
        assert again.verdict.article.story_id == (first if damage == "merged since" else flood)

    def test_a_transaction_that_failed_is_forgotten(self, store: SqlStore) -> None:
        """What was placed in it was never stored: the next article must not join its story."""
        editor = Editor(store)
        record(store, report("mayor", 1), editor)

        def fails(*_: Any) -> Any:
            raise StoreError("no space left")

        with pytest.raises(StoreError):
            store.record_article("r", reading(report("bridge", 1)), judge, NOW, place=editor.place, follow=fails)
        second = record(store, report("bridge", 2), editor)
        assert second.placement is not None
        assert second.placement.story_id == f"story-{second.verdict.article.id}"

    def test_articles_from_before_there_were_stories_are_placed(self, store: SqlStore) -> None:
        for number in range(1, 120):
            record(store, report("bridge" if number % 2 else "flood", number))
        assert Editor(store).catch_up("r", NOW) == 119
        assert len(standing(store)) == 119
        assert Editor(store).catch_up("r", NOW) == 0


class TestJournal:
    @settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(st.randoms(use_true_random=False))
    def test_its_lines_give_the_same_state_as_the_store(self, tmp_path_factory: Any, chance: random.Random) -> None:
        """Whatever comes in whatever order, from editors and others, with stories merged and parted."""
        store = SqliteStore(tmp_path_factory.mktemp("s") / "a.db")
        reports = [report(event, number) for number in (1, 2, 3) for event in EVENTS]
        chance.shuffle(reports)
        editor = Editor(store)
        for read in reports:
            record(store, read, editor if chance.random() < 0.6 else None)
            if chance.random() < 0.3:
                editor.catch_up("r", NOW)
        editor.catch_up("r", NOW)
        apart = {name: f"story-{name}" for name in standing(store)}
        told = reclustering.changes(standing(store), apart)
        store.rearrange("r", told[: chance.randrange(len(told) + 1)], list, NOW)
        assert stories_of(lines(store)) == standing(store)
        store.close()

    def test_a_merge_keeps_the_old_name_findable(self, store: SqlStore) -> None:
        editor = Editor(store)
        one = record(store, report("bridge", 1), editor).verdict.article.story_id or ""
        other = record(store, report("flood", 1), editor).verdict.article.story_id or ""
        merge = StoryMerge(story_id=other, into=one, score=1.0, reason="told so")
        store.rearrange("r", [merge], list, NOW)
        assert store.find_story(other) == one
        assert store.story(other) is None
        shown = storylines.story(store, other)
        assert shown is not None
        assert shown["merged_from"] == other
        assert [row["role"] for row in shown["articles"]] == ["lead", "report"]

    def test_a_closed_story_is_told(self, store: SqlStore) -> None:
        editor = Editor(store, Options(window_days=2))
        for number in (1, 2):
            record(store, report("bridge", number), editor)
        for day in (3, 6, 9):
            then = NOW + timedelta(days=day)
            record(store, report("flood", day, published=then, fetched=then), editor)
        (closed,) = [line for line in lines(store) if line["kind"] == "story" and line["closed"]]
        assert closed["size"] == 2


class TestReading:
    def test_stories_are_listed_and_filtered(self, store: SqlStore) -> None:
        editor = Editor(store)
        for event, count in (("bridge", 3), ("mayor", 2), ("flood", 1)):
            for number in range(1, count + 1):
                record(store, report(event, number), editor)

        def sizes(**wanted: Any) -> list[int]:
            return [story.size for story in store.stories(StoryFilter(**wanted))]

        assert sizes(biggest_first=True) == [3, 2, 1]
        assert sizes(least=2) == [3, 2]
        assert sizes(limit=1) == [3]
        assert sizes(source="paper3") == [3]
        assert sizes(since=NOW + 3 * HOUR) == [3]
        assert sizes(until=NOW + HOUR) == []
        assert sizes(language="de") == []
        assert sizes(country="XX") == []

    def test_those_of_a_day_are_counted(self, store: SqlStore) -> None:
        editor = Editor(store)
        assert store.story_counts(NOW) == (0, 0, 0)
        for event, number in (("bridge", 0), ("bridge", 2), ("mayor", 5)):
            record(store, report(event, number), editor)
        assert store.story_counts(NOW - HOUR) == (2, 2, 1)
        assert store.story_counts(NOW + HOUR) == (2, 1, 1), "the bridge's first report was before"
        assert store.story_counts(NOW + 3 * HOUR) == (1, 1, 0)

    def test_the_articles_of_a_story_are_exported(self, store: SqlStore) -> None:
        editor = Editor(store)
        first = record(store, report("bridge", 1), editor).verdict.article
        record(store, report("flood", 1), editor)
        assert [read.id for read in store.articles(Filter(story=first.story_id))] == [first.id]

    def test_the_graph_holds_what_editors_link_and_where_that_stands(self, store: SqlStore) -> None:
        """Background that is linked is shown beside the story, not inside it."""
        editor = Editor(store)
        background = record(store, report("mayor", 1), editor).verdict.article
        links = (relation(background.url, type="read_more"), relation("https://elsewhere.example/1", type="related"))
        inside = record(store, report("bridge", 1, relations=links), editor).verdict.article
        shown = storylines.graph(store, inside.story_id or "")
        assert shown is not None
        assert shown["edges"] == [{"from": inside.id, "type": "read_more", "to": background.id}]
        assert {node["id"]: node["inside"] for node in shown["nodes"]} == {inside.id: True, background.id: False}
        (group,) = storylines.clusters(store)
        assert group["articles"] == sorted([inside.id, background.id])
        assert group["stories"] == sorted([inside.story_id or "", background.story_id or ""])


class TestReclustering:
    @pytest.fixture
    def collected(self, store: SqlStore) -> SqlStore:
        editor = Editor(store)
        for number in (1, 2, 3):
            for event in EVENTS:
                record(store, report(event, number), editor)
        return store

    def test_the_same_settings_give_the_same_stories(self, collected: SqlStore) -> None:
        before, after = reclustering.replay(collected, Options(), None)
        assert before == after == standing(collected)
        assert reclustering.difference(before, after).f1 == 1.0

    def test_other_settings_are_compared_and_put_in(self, collected: SqlStore, tmp_path: Path) -> None:
        config = Config(root=tmp_path / "data", data=DataOptions(folder="."))
        strict = Options(same_language=0.99)
        before, after = reclustering.replay(collected, strict, None)
        found = reclustering.difference(before, after)
        assert (found.before, found.precision) == (3, 1.0)
        assert found.after >= 8
        assert found.recall < 0.5
        assert len(found.parted) == 3
        assert reclustering.put_in(collected, config, before, after, NOW) == found.after - 3
        assert len(set(standing(collected).values())) == found.after
        assert set(before.values()) <= set(standing(collected).values())  # ids go on
        assert stories_of(lines(collected)) == standing(collected)
        assert sum(story.size for story in collected.stories(StoryFilter())) == 9
        # And back again.
        before, after = reclustering.replay(collected, Options(), None)
        reclustering.put_in(collected, config, before, after, NOW)
        assert sorted(story.size for story in collected.stories(StoryFilter())) == [3, 3, 3]
        assert stories_of(lines(collected)) == standing(collected)

    @given(st.data())
    def test_changes_lead_from_any_stories_to_any_others(self, data: Any) -> None:
        """Applied one by one, as the store and a consumer do."""
        count = data.draw(st.integers(1, 8))
        labels = st.lists(st.integers(0, 3), min_size=count, max_size=count)
        names = [f"a{number}" for number in range(count)]
        before = dict(zip(names, (f"story-a{label}" for label in data.draw(labels)), strict=True))
        after = dict(zip(names, (f"story-a{label}" for label in data.draw(labels)), strict=True))
        wanted = reclustering.named(before, after)
        held = dict(before)
        for event in reclustering.changes(before, wanted):
            if isinstance(event, StorySplit):
                held.update(dict.fromkeys(event.articles, event.into))
            else:
                held = {name: event.into if story == event.story_id else story for name, story in held.items()}
        assert held == wanted
        assert len(set(wanted.values())) == len(set(after.values()))


def test_a_placement_carries_no_story_that_was_never_told(store: SqlStore) -> None:
    """Opened and given up within one placement: a consumer would look for it in vain."""
    editor = Editor(store)
    placements: list[Placement] = []
    for number in range(1, 40):
        revision = record(store, report(("bridge", "mayor", "flood")[number % 3], number), editor)
        if revision.placement is not None:
            placements.append(revision.placement)
    known = {placement.story_id for placement in placements}
    merged = [event for placement in placements for event in placement.events if isinstance(event, StoryMerge)]
    assert len(placements) == 39
    assert all(event.story_id in known for event in merged)
