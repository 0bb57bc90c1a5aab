"""What is forgotten is gone: from the store, the log, the files, and for good."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from aggregator.cli import main
from aggregator.config import Config, DataOptions
from aggregator.editing import Editor
from aggregator.errors import InputError
from aggregator.identity import judge
from aggregator.journal import JournalOptions, Publisher, archives
from aggregator.journal.archives import Archives
from aggregator.journal.reading import lines, stories_of
from aggregator.journal.warc import ArchiveOptions
from aggregator.operations import forgetting
from aggregator.records import Article, Page
from aggregator.store import SqlStore, StorePlace, StoryFilter, open_store
from aggregator.store.interface import Filter
from aggregator.urls import key
from tests.store.newsroom import HOUR, NOW, article, publisher, reading, relation, sighting, text, url

SECRET = "Quellenhofer"
"""A word that only the text to be forgotten has."""


def secret(**changes: Any) -> Article:
    told = f"The witness {SECRET} lives at the mill. {text('secret')}"
    return article("secret", headline=f"{SECRET} named", text=told, **changes)


def record(store: SqlStore, read: Article, editor: Editor, **entry: Any) -> Article:
    done = store.record_article("r", reading(read, **entry), judge, read.fetched, place=editor.place)
    return done.verdict.article


@pytest.fixture
def config(path: Path) -> Config:
    return Config(root=path.parent, data=DataOptions(folder="."), journal=JournalOptions(part_size=3_000))


@pytest.fixture
def editor(store: SqlStore, config: Config) -> Editor:
    return Editor(store, state=config.story_state)


def publish(store: SqlStore, config: Config) -> None:
    publisher_ = Publisher(store, config.data_folder, config.journal)
    publisher_.publish("r", NOW)
    publisher_.close()


def bytes_of(folder: Path) -> bytes:
    """Everything below a data folder, with closed parts unpacked."""
    import gzip

    plain = b"".join(file.read_bytes() for file in folder.rglob("*") if file.is_file() and file.suffix != ".gz")
    return plain + b"".join(gzip.decompress(file.read_bytes()) for file in folder.rglob("*.gz"))


def archived(store: SqlStore, config: Config, run: str, *stories: str) -> Path:
    """A WARC file of a run, with a page for each story; that of `secret` has the word."""
    files = Archives(config.data_folder / "warc", run, ArchiveOptions(), store.whole_capture)
    for story in stories:
        body = f"<p>{story} {SECRET if story == 'secret' else 'nothing'}</p>".encode()
        page = Page(sighting=sighting(url(story)), url=url(story), status=200, headers=(), body=body, fetched=NOW)
        store.add_capture(files.write(page, key(url(story))))
    files.close()
    return config.data_folder / "warc" / f"{run}.warc.gz"


class TestArchives:
    """The page as it was fetched goes with the text."""

    def test_the_record_is_taken_out_of_every_file(self, store: SqlStore, editor: Editor, config: Config) -> None:
        """A file of one run, one of another, and one that no index knows any more."""
        read = record(store, secret(), editor)
        first = archived(store, config, "20260310T110000-1", "other", "secret")
        second = archived(store, config, "20260310T113000-2", "secret", "more")
        assert SECRET.encode() in bytes_of(config.data_folder)
        told = forgetting.forget(store, config, [read.id], "asked for", NOW)
        assert (told.cleaned, told.archives) == ((first, second), ())
        assert SECRET.encode() not in bytes_of(config.data_folder)
        left = [archives.fetched(first.parent, one, store.whole_capture) for one in store.captures()]
        assert [one.url for one in left if one] == [url("other"), url("more")]

    def test_a_file_that_is_being_written_is_named(
        self, store: SqlStore, place: StorePlace, editor: Editor, config: Config
    ) -> None:
        read = record(store, secret(), editor)
        run = store.begin_run("feeds", "", NOW)
        path = archived(store, config, run, "secret")
        other = open_store(place)
        told = forgetting.forget(other, config, [read.id], "asked for", NOW)
        other.close()
        assert (told.cleaned, told.archives) == ((), (path,))
        store.end_run(run, "finished", NOW)

    def test_a_file_that_is_no_archive_is_named(self, store: SqlStore, editor: Editor, config: Config) -> None:
        read = record(store, secret(), editor)
        path = archived(store, config, "20260310T110000-1", "secret")
        path.write_bytes(b"damaged")
        told = forgetting.forget(store, config, [read.id], "asked for", NOW)
        assert (told.cleaned, told.archives) == ((), (path,))


class TestForgetting:
    def test_not_a_word_is_left_anywhere(self, store: SqlStore, editor: Editor, config: Config) -> None:
        """Database, write-ahead log, articles.jsonl, open and closed parts; compressed rows are unpacked to look."""
        seen = sighting(url("secret"), headline=f"{SECRET} named", summary=f"About {SECRET}")
        store.add("r", [seen], NOW)
        read = record(store, secret(), editor, headline=f"{SECRET} named", summary=f"About {SECRET}")
        record(store, secret(fetched=NOW + HOUR, authors=(SECRET,)), editor)  # a second form
        for number in range(12):
            record(store, article(f"other{number}"), editor)
        publish(store, config)
        editor.save()
        assert SECRET.encode() in config.story_state.read_bytes()
        assert SECRET.encode() in bytes_of(config.data_folder)
        assert list(config.data_folder.glob("journal/*.gz"))

        told = forgetting.forget(store, config, [read.id], "court order", NOW)
        assert [(line.id, line.reason) for line in told.lines] == [(read.id, "court order")]
        assert "articles.jsonl" in told.rewritten
        rows = store.rows_after(0, 1_000)
        assert not any(SECRET.encode() in row.payload for row in rows)
        assert [row.seq for row in rows] == list(range(1, len(rows) + 1))
        assert not any(SECRET in event.decision.reason + event.decision.choice for event in store.history([read.id]))
        entry = store.entry(url("secret"))
        assert entry is not None
        assert (entry.sighting.headline, entry.sighting.summary) == (None, None)
        store.close()
        assert SECRET.encode() not in bytes_of(config.data_folder)

    def test_the_journal_stays_whole_and_says_it(self, store: SqlStore, editor: Editor, config: Config) -> None:
        """Digests of closed parts are right, numbers have no gap, and the last line is the tombstone."""
        read = record(store, secret(), editor)
        for number in range(12):
            record(store, article(f"other{number}"), editor)
        publish(store, config)
        forgetting.forget(store, config, [read.id], "asked for", NOW)
        publish(store, config)  # compares tails and digests: nothing has to be repaired
        told = list(lines(config.data_folder))
        assert [line["seq"] for line in told] == list(range(1, len(told) + 1))
        (stone,) = [line for line in told if line["kind"] == "tombstone"]
        assert (stone["id"], stone["url"], stone["reason"]) == (read.id, read.url, "asked for")
        (emptied,) = [line for line in told if line["kind"] == "article" and line["id"] == read.id]
        assert (emptied["headline"], emptied["text"], emptied["url"]) == ("", "", read.url)
        assert read.id not in stories_of(told)

    def test_checkpoints_of_its_part_are_sealed_anew(self, store: SqlStore, editor: Editor, config: Config) -> None:
        import gzip
        import hashlib

        read = record(store, secret(), editor)
        for number in range(12):
            record(store, article(f"other{number}"), editor)
        publish(store, config)
        forgetting.forget(store, config, [read.id], "asked for", NOW)
        closed = gzip.decompress((config.data_folder / "journal" / "000001.jsonl.gz").read_bytes())
        *body, last = closed.splitlines(keepends=True)
        assert json.loads(last)["sha256"] == hashlib.sha256(b"".join(body)).hexdigest()
        assert json.loads(last)["lines"] == len(body)

    def test_it_never_comes_back(self, store: SqlStore, editor: Editor, config: Config) -> None:
        """Not when its feed shows it again, changed; not when its page is fetched all the same."""
        store.add("r", [sighting(url("secret"), headline="One")], NOW)
        read = record(store, secret(), editor)
        forgetting.forget(store, config, [read.id], "asked for", NOW)
        assert store.add("r", [sighting(url("secret"), headline="Another")], NOW) == 0
        store.add("r", [sighting(url("secret"), via="given", feed=None)], NOW, again=True)
        assert store.pending(NOW + HOUR)[0] == 0
        again = store.record_article("r", reading(secret(fetched=NOW + HOUR)), judge, NOW, place=editor.place)
        assert (again.seq, again.verdict.outcome) == (None, "unchanged")
        assert again.verdict.reason == "forgotten: asked for"
        assert list(store.articles(Filter())) == []
        assert store.article(read.id) is None

    def test_its_story_goes_on_without_it(self, store: SqlStore, editor: Editor, config: Config) -> None:
        """The headline of a story may have been the one that is forgotten."""
        shared = "The Kelmar bridge over the Ustra collapsed, said Tomas Velikan of the Dravonia bridge office."
        first = record(store, article("first", headline=f"Kelmar bridge: {SECRET} blamed", text=shared), editor)
        second = record(
            store,
            article(
                "second",
                headline="Kelmar bridge in the Ustra",
                text=f"{shared} Ferries go on.",
                source=publisher("other"),
                url="https://other.example/2",
            ),
            editor,
        )
        assert first.story_id == second.story_id
        forgetting.forget(store, config, [first.id], "asked for", NOW)
        (story,) = store.stories(StoryFilter())
        assert (story.id, story.size, story.lead, story.headline) == (first.story_id, 1, second.id, second.headline)
        told = [json.loads(row.payload) for row in store.rows_after(0, 99) if row.kind == "story"]
        assert not any(SECRET in line["headline"] for line in told)
        forgetting.forget(store, config, [second.id], "asked for", NOW)
        assert list(store.stories(StoryFilter())) == []

    def test_copies_are_named_and_go_when_told(self, store: SqlStore, editor: Editor, config: Config) -> None:
        read = record(store, secret(), editor)
        copy = record(store, secret(url="https://other.example/c", source=publisher("other")), editor)
        (line,) = forgetting.forget(store, config, [read.id], "asked for", NOW).lines
        assert line.copies == (copy.id,)
        assert forgetting.chosen(store, copy.id, source=False, copies=True) == [copy.id]
        forgetting.forget(store, config, [copy.id], "asked for", NOW)
        assert not any(SECRET.encode() in row.payload for row in store.rows_after(0, 99))

    def test_what_it_pointed_to_and_what_pointed_to_it_stay(
        self, store: SqlStore, editor: Editor, config: Config
    ) -> None:
        """Another publisher's link is that publisher's."""
        target = record(store, article("target"), editor)
        read = record(store, secret(relations=(relation(target.url),)), editor)
        linking = record(store, article("linking", relations=(relation(read.url),)), editor)
        forgetting.forget(store, config, [read.id], "asked for", NOW)
        assert {kept.id for kept in store.articles(Filter())} == {target.id, linking.id}
        kept = store.article(linking.id)
        assert kept is not None
        assert kept.relations[0].target_id == read.id


class TestCommand:
    @pytest.mark.usefixtures("project")
    def test_a_source_is_forgotten_from_the_command_line(self, store: SqlStore, editor: Editor) -> None:
        record(store, article("a"), editor)
        record(store, article("b"), editor)
        other = record(store, article("c", source=publisher("other"), url="https://other.example/c"), editor)
        call = ["forget", "gazette", "--source", "--reason", "the publisher asked"]
        asked = CliRunner().invoke(main, call, input="n\n")
        assert asked.exit_code == 1
        assert len(list(store.articles(Filter()))) == 3
        done = CliRunner().invoke(main, [*call, "--yes"])
        assert done.exit_code == 0, done.output
        assert done.output.count("forgotten:") == 2
        assert "aggregator sources remove gazette" in done.output
        assert [kept.id for kept in store.articles(Filter())] == [other.id]

    def test_what_is_not_known_is_said(self, store: SqlStore) -> None:
        with pytest.raises(InputError, match="no article is known as"):
            forgetting.chosen(store, "https://nowhere.example/", source=False, copies=False)
        with pytest.raises(InputError, match="no article of a source"):
            forgetting.chosen(store, "nobody", source=True, copies=False)
