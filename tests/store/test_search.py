"""Search: letters folded, phrases, filters, and an index that follows every write."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.errors import StoreError
from aggregator.identity import judge
from aggregator.records import Publisher, Story, StoryMerge
from aggregator.store import SqliteStore, SqlStore, browsing, schema
from aggregator.store.query import Query, day, parse
from aggregator.store.search import CANDIDATES, search
from aggregator.store.wordlists import calendar
from tests.store.newsroom import DAY, NOW, article, newcomer, poll_state, reading, sighting, url

PERSIAN = "گفت‌وگو درباره آب کارون در یک نشست"
ARABIC = "محادثات حول مياه كارون في علي"


def found(store: SqlStore, text: str, limit: int = 20) -> list[str]:
    return [hit.article_id for hit in search(store, parse(text), limit=limit)]


def keep(store: SqlStore, story: str, **changes) -> str:
    return store.record_article("r", newcomer(story, **changes), judge, NOW).verdict.article.id


class TestParsing:
    def test_words_phrases_and_filters_are_told_apart(self) -> None:
        query = parse('water "karun river" source:IRNA lang:fa after:2026-03 before:2026-04-02 country:ir')
        assert query == Query(
            phrases=(("water",), ("karun", "river")),
            source="irna",
            language="fa",
            country="ir",
            after=datetime(2026, 3, 1, tzinfo=UTC),
            before=datetime(2026, 4, 2, tzinfo=UTC),
        )

    def test_a_date_that_is_none_is_told_and_an_unknown_name_is_a_word(self) -> None:
        query = parse("after:soon note:this")
        assert query.ignored == ("after:soon",)
        assert query.phrases == (("note", "this"),)

    @pytest.mark.parametrize(
        "text",
        [
            '"',
            ":",
            "a:b:c",
            '"""',
            "NEAR(a b)",
            "*",
            "-x",
            "x OR y",
            "after:0002 before:9998",
            "before:0003",
            "after:9998 before:0002",
            "{",
            "\x00",
            "ا" * 5_000,
        ],
    )
    def test_nothing_that_can_be_typed_is_an_error(self, store: SqlStore, text: str) -> None:
        assert found(store, text) == []

    @pytest.mark.parametrize(
        ("text", "year"), [("2026", 2026), ("0001-01-01", None), ("9999-12-31", None), ("x", None)]
    )
    def test_days_at_the_ends_of_the_calendar_are_none(self, text: str, year: int | None) -> None:
        moment = day(text)
        assert (moment.year if moment else None) == year


class TestFinding:
    def test_persian_letters_find_arabic_forms_and_the_other_way_round(self, store: SqlStore) -> None:
        persian = keep(store, "a", headline=PERSIAN, language="fa")
        arabic = keep(store, "b", headline=ARABIC, language="ar")
        assert set(found(store, "کارون")) == {persian, arabic}
        assert set(found(store, "كارون")) == {persian, arabic}
        assert found(store, "علی") == [arabic]
        assert found(store, "گفتوگو") == [persian]

    def test_a_phrase_needs_its_words_side_by_side(self, store: SqlStore) -> None:
        one = keep(store, "a", headline="The water talks have begun")
        keep(store, "b", headline="The talks on water have begun")
        assert found(store, '"water talks"') == [one]

    def test_scripts_without_spaces_are_searched_by_their_parts(self, store: SqlStore) -> None:
        one = keep(store, "a", headline="外交部发言人谈水资源", language="zh")
        keep(store, "b", headline="人言发部", language="zh")
        assert found(store, "发言人") == [one]

    def test_filters_narrow(self, store: SqlStore) -> None:
        press = Publisher(id="press-1", name="Press", country="IR", region="middle-east", language="fa")
        wanted = keep(store, "a", headline="flood", source=press, language="fa-IR")
        keep(store, "b", headline="flood")
        for name in ("source:press-1", "country:IR", "lang:fa", "region:middle-east"):
            assert found(store, f"flood {name}") == [wanted], name
            assert found(store, name) == [wanted], name

    def test_times_narrow(self, store: SqlStore) -> None:
        old = keep(store, "a", headline="flood", published=NOW - 40 * DAY)
        new = keep(store, "b", headline="flood", published=NOW - DAY)
        assert found(store, f"flood before:{NOW - 10 * DAY:%Y-%m-%d}") == [old]
        assert found(store, f"flood after:{NOW - 10 * DAY:%Y-%m-%d}") == [new]
        assert found(store, f"after:{NOW:%Y} before:{NOW:%Y}") == []
        assert found(store, f"flood before:{NOW.year + 1}")[:1] == [new]
        assert found(store, f"flood after:{NOW - 60 * DAY:%Y-%m-%d} before:{NOW - 10 * DAY:%Y-%m-%d}") == [old]

    @given(st.datetimes(datetime(1999, 1, 1), datetime(2030, 1, 1)), st.timedeltas(timedelta(minutes=1), 900 * DAY))
    def test_a_span_is_made_of_exactly_its_years_months_and_days(self, after: datetime, span: timedelta) -> None:
        after, before = after.replace(tzinfo=UTC), (after + span).replace(tzinfo=UTC)
        marks = calendar(after, before)
        assert len(marks) < 100
        for moment in (after, before - timedelta(seconds=1), after + span / 2, after - DAY, before + DAY):
            own = {f"xy{moment:%Y}", f"xm{moment:%Y%m}", f"xd{moment:%Y%m%d}"}
            assert len(own & set(marks)) == (after.date() <= moment.date() <= (before - timedelta(seconds=1)).date())

    def test_a_word_in_the_headline_counts_more(self, store: SqlStore) -> None:
        headline = keep(store, "a", headline="flood")
        keep(store, "b", text="flood " + article("b").text)
        assert found(store, "flood")[0] == headline

    def test_what_no_word_asks_for_comes_newest_first_and_goes_on(self, store: SqlStore) -> None:
        ids = [keep(store, f"s{n}") for n in range(5)]
        first = search(store, Query(), limit=2)
        then = search(store, Query(), limit=9, below=first[-1].number)
        assert [hit.article_id for hit in (*first, *then)] == ids[::-1]

    def test_the_cost_of_a_common_word_is_bounded(self, store: SqlStore, monkeypatch: pytest.MonkeyPatch) -> None:
        """The oldest hits are not ranked: a test with a smaller bound shows that one is kept."""
        assert CANDIDATES == 1_000
        monkeypatch.setattr("aggregator.store.search.CANDIDATES", 3)
        ids = [keep(store, f"s{n}", headline="flood") for n in range(5)]
        assert set(found(store, "flood")) == set(ids[2:])


class TestFollowing:
    def test_a_revision_is_found_by_its_new_words_alone(self, store: SqlStore) -> None:
        first = article("a", headline="flood in the valley")
        keep_id = store.record_article("r", reading(first), judge, NOW).verdict.article.id
        changed = replace(first, headline="drought in the valley", fetched=NOW + timedelta(hours=1))
        store.record_article("r", reading(changed), judge, NOW + timedelta(hours=1))
        assert found(store, "drought") == [keep_id]
        assert found(store, "flood") == []

    def test_a_copy_is_found_as_the_copy_of_its_original(self, store: SqlStore) -> None:
        original = keep(store, "a", headline="flood")
        other = Publisher(id="mirror", name="Mirror")
        store.record_article(
            "r", newcomer("a", headline="flood", url=url("x", "mirror.example"), source=other), judge, NOW
        )
        (hit,) = search(store, parse("flood source:mirror"), limit=5)
        assert hit.root == original != hit.article_id

    def test_what_is_forgotten_is_found_no_more(self, store: SqlStore) -> None:
        gone = keep(store, "a", headline="flood")
        store.forget("r", [gone], "asked to", NOW, describe=lambda _: None, reseal=lambda _: b"{}")
        assert found(store, "flood") == []
        if isinstance(store, SqliteStore):
            store.execute("INSERT INTO words (words) VALUES ('integrity-check')")
        else:
            assert store.rows("SELECT number FROM words") == []
        assert [outlet.articles for outlet in browsing.outlets(store)] == [0]

    def test_a_database_of_before_is_filled(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """The migration reads every text out of the log."""
        path = tmp_path / "aggregator.db"
        with monkeypatch.context() as before:
            number = next(n for n, steps in enumerate(schema.MIGRATIONS) if any("fts5" in step for step in steps))
            before.setattr(schema, "MIGRATIONS", schema.MIGRATIONS[:number])
            before.setattr(schema, "VERSION", number)
            before.setattr("aggregator.store.archive.index_article", lambda *_: None)
            old = SqliteStore(path)
            kept = keep(old, "a", headline=PERSIAN, source=Publisher(id="p", name="P", region="levant"))
            old.close()
        new = SqliteStore(path)
        assert found(new, "كارون region:levant") == [kept]
        assert [(outlet.source_id, outlet.articles) for outlet in browsing.outlets(new)] == [("p", 1)]
        new.close()


class TestCounts:
    def test_polls_and_failures_are_counted_by_day(self, store: SqlStore) -> None:
        for hours, error in ((0, None), (1, "HTTP 500"), (30, None)):
            state = poll_state(polled=NOW + timedelta(hours=hours), error=error)
            store.record_poll("r", [sighting(url("a"))], lambda _, state=state: state, NOW)
        counted = [(one.polls, one.failures) for one in browsing.days(store, NOW - DAY)]
        assert counted == [(2, 1), (1, 0)]

    def test_the_facets_of_a_story_follow_it(self, store: SqlStore) -> None:
        """It grows, is merged into another, and is gone: the lists of each filter say so at once."""
        for name in ("one", "two"):
            keep(store, name, source=Publisher(id=name, name=name, region="levant"))

        def described(name: str, size: int, *outlets: str) -> Story:
            told = {"headline": name, "lead": name, "first": NOW, "last": NOW, "countries": (), "terms": ()}
            return Story(id=name, size=size, outlets=outlets, languages=("pt-BR",), **told)

        def listed(kind: browsing.Facet, value: str) -> list[tuple[str, int]]:
            wanted = browsing.StoriesWanted(filters=((kind, value),), least=1)
            return sorted((story.id, story.size) for story in browsing.stories(store, wanted))

        store.rearrange("r", (), lambda: [described("s", 1, "one"), described("t", 1, "two")], NOW)
        store.rearrange("r", (), lambda: [described("s", 2, "one", "two")], NOW)
        assert listed("source", "two") == [("s", 2), ("t", 1)]
        assert listed("language", "pt") == [("s", 2), ("t", 1)]
        assert browsing.facets(store, "region") == ["levant"]
        store.rearrange("r", [StoryMerge(story_id="t", into="s", score=1.0, reason="one")], lambda: (), NOW)
        assert listed("region", "levant") == [("s", 2)]
        store.execute("DELETE FROM stories WHERE id = 's'")
        assert listed("region", "levant") == []
        assert browsing.facets(store, "source") == []

    def test_a_reader_cannot_write(self, store: SqlStore) -> None:
        browsing.open_read_only(store)
        with pytest.raises(Exception, match=r"readonly|read-only") as raised:
            keep(store, "a")
        assert isinstance(raised.value, StoreError)
