"""articles.jsonl and the journal: whatever happens to the process or the files, every line once and whole."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aggregator.errors import JournalError
from aggregator.identity import judge
from aggregator.journal import JournalOptions, Publisher, line_of
from aggregator.journal.jsonl import read_manifest, rebuild
from aggregator.journal.lines import schema
from aggregator.journal.reading import lines as read_lines
from aggregator.store import SqliteStore
from tests.journal.desk import RUN, Desk, Press, files
from tests.store.newsroom import HOUR, NOW, article, newcomer, publisher, reading, relation, text, url

VALIDATOR = jsonschema.Draft202012Validator(schema())


def objects(data: bytes) -> list[dict[str, Any]]:
    assert data == b"" or data.endswith(b"\n")
    return [json.loads(line) for line in data.splitlines()]


def part(folder: Path, number: int) -> bytes:
    return gzip.decompress((folder / "journal" / f"{number:06}.jsonl.gz").read_bytes())


def written_anew(desk: Desk, folder: Path) -> dict[str, bytes]:
    """What the log alone says the files are."""
    rebuild(desk, folder)
    return files(folder)


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
def press(desk: Desk, tmp_path: Path) -> Press:
    return Press(desk, tmp_path / "data")


class TestFollowing:
    def test_articles_jsonl_has_each_article_once(self, desk: Desk, press: Press) -> None:
        """Revisions, copies and relations are told by the journal; the simple file stays simple."""
        desk.prints("flood", "election")
        desk.corrects("flood")
        desk.passes_over("election")
        press.run()
        found = files(press.folder)
        assert [line["headline"] for line in objects(found["articles.jsonl"])] == ["The flood", "The election"]
        assert [line["seq"] for line in objects(found["journal/000001.jsonl"])] == [1, 2, 3, 4]

    def test_the_same_line_stands_in_both_files(self, desk: Desk, press: Press) -> None:
        """Who has read one can go on with the other by `seq`."""
        desk.prints("flood")
        press.run()
        found = files(press.folder)
        assert found["articles.jsonl"] == found["journal/000001.jsonl"] == line_of(desk.log[0])

    def test_nothing_new_is_nothing_written(self, desk: Desk, press: Press) -> None:
        """And how many rows were written is said."""
        desk.prints("a", "b")
        assert press.run() == 2
        before = files(press.folder)
        assert press.run() == 0
        assert files(press.folder) == before

    def test_an_empty_log_makes_empty_files(self, press: Press) -> None:
        """Consumers may open them before the first article."""
        press.run()
        assert files(press.folder) == {"articles.jsonl": b"", "journal/000001.jsonl": b""}

    def test_more_rows_than_one_batch(self, desk: Desk, press: Press, monkeypatch: pytest.MonkeyPatch) -> None:
        """Batches end anywhere, also at rows that are not listed."""
        monkeypatch.setattr("aggregator.journal.jsonl.BATCH", 3)
        for n in range(10):
            desk.prints(f"s{n}")
            desk.corrects(f"s{n}")
        press.run()
        assert len(objects(files(press.folder)["articles.jsonl"])) == 10
        assert len(objects(files(press.folder)["journal/000001.jsonl"])) == 20

    @settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(steps=st.lists(st.sampled_from(["prints", "corrects", "passes_over", "run", "tomorrow"]), max_size=25))
    def test_however_the_work_is_cut_up_the_files_are_the_logs(
        self, tmp_path_factory: pytest.TempPathFactory, steps: list[str]
    ) -> None:
        """Promise P2 as a property: the files are a function of the log, whoever ran how often."""
        desk = Desk()
        press = Press(desk, tmp_path_factory.mktemp("cut"), part_size=3_000)
        for n, step in enumerate(steps):
            if step == "run":
                press.run()
            elif step == "tomorrow":
                desk.tomorrow()
            else:
                getattr(desk, step)(f"story{n}")
        press.run()
        assert files(press.folder) == written_anew(desk, tmp_path_factory.mktemp("anew"))
        assert [line["seq"] for line in read_lines(press.folder)] == list(range(1, len(desk.log) + 1))


class TestRepair:
    @pytest.mark.parametrize("name", ["articles.jsonl", "journal/000001.jsonl"])
    def test_a_torn_last_line_is_repaired_wherever_it_is_torn(self, desk: Desk, press: Press, name: str) -> None:
        """A power cut keeps any number of bytes of the last write: after each the same bytes come back."""
        desk.prints("a", "b")
        desk.corrects("a")
        desk.prints("c", text="short")
        press.run()
        whole = files(press.folder)
        file = press.folder / name
        last = whole[name].rindex(b"\n", 0, -1)
        for length in (0, 1, 1_000, *range(last - 1, len(whole[name]))):
            file.write_bytes(whole[name][:length])
            press.run()
            assert file.read_bytes() == whole[name], f"cut to {length} bytes"
        assert files(press.folder) == whole

    @pytest.mark.parametrize("name", ["articles.jsonl", "journal/000001.jsonl"])
    @pytest.mark.parametrize("tail", [b"\x00" * 4096, b'{"schema":"news', b"\n", b"garbage\n", b'{"seq":1}\n'])
    def test_what_stands_behind_the_last_line_is_cut(self, desk: Desk, press: Press, name: str, tail: bytes) -> None:
        """File systems leave zeros and old blocks at the end of a file after a crash."""
        desk.prints("a", "b")
        press.run()
        whole = files(press.folder)
        with (press.folder / name).open("ab") as file:
            file.write(tail)
        press.run()
        assert files(press.folder) == whole

    @pytest.mark.parametrize("name", ["articles.jsonl", "journal/000002.jsonl", "journal/manifest.json"])
    def test_a_file_that_was_deleted_is_written_again(self, desk: Desk, press: Press, name: str) -> None:
        """The log is the truth; the files are its print."""
        desk.prints("a")
        desk.tomorrow()
        desk.prints("b")
        press.run()
        desk.prints("c")
        press.run()
        whole = files(press.folder)
        (press.folder / name).unlink()
        press.run()
        assert files(press.folder) == whole

    def test_all_files_deleted_are_written_again(self, desk: Desk, press: Press, tmp_path: Path) -> None:
        """The same bytes, compressed parts too."""
        desk.prints("a")
        desk.tomorrow()
        desk.prints("b")
        press.run()
        desk.prints("c")
        press.run()
        again = Press(desk, tmp_path / "again")
        again.run()
        assert files(again.folder) == files(press.folder)

    def test_a_closed_part_that_was_taken_away_stays_away(self, desk: Desk, press: Press) -> None:
        """Somebody has archived it; the manifest still lists it."""
        desk.prints("a")
        desk.tomorrow()
        desk.prints("b")
        press.run()
        (press.folder / "journal" / "000001.jsonl.gz").unlink()
        press.run()
        assert "journal/000001.jsonl.gz" not in files(press.folder)

    def test_a_damaged_manifest_is_said_to_be(self, desk: Desk, press: Press) -> None:
        """With the command that makes it again."""
        press.run()
        (press.folder / "journal" / "manifest.json").write_text("{")
        with pytest.raises(JournalError, match="journal rebuild"):
            Publisher(desk, press.folder, press.options)

    @pytest.mark.parametrize("name", ["articles.jsonl", "journal/000001.jsonl"])
    def test_the_files_of_another_database_are_not_overwritten(
        self, desk: Desk, press: Press, name: str, tmp_path: Path
    ) -> None:
        """A damaged database is moved away, as we advise, or an old backup is put back: the files then hold more
        than the log does, and they may be all that is left of it."""
        desk.prints("a", "b", "c")
        press.run()
        before = (press.folder / name).read_bytes()
        other = Press(Desk(), press.folder)
        with pytest.raises(JournalError, match="another"):
            other.run()
        assert (press.folder / name).read_bytes() == before

    @pytest.mark.skipif(os.geteuid() == 0, reason="root may write everything")
    def test_a_file_that_cannot_be_written_is_named(self, desk: Desk, press: Press) -> None:
        """With what to do."""
        press.run()
        (press.folder / "articles.jsonl").chmod(0o400)
        with pytest.raises(JournalError, match="make it writable"):
            press.run()

    def test_a_folder_in_a_files_place_is_named(self, desk: Desk, press: Press) -> None:
        """The same for everybody, root too."""
        (press.folder / "articles.jsonl").mkdir(parents=True)
        with pytest.raises(JournalError, match=r"articles\.jsonl cannot be written"):
            press.run()


class TestParts:
    def test_a_new_day_closes_the_part(self, desk: Desk, press: Press) -> None:
        """One part a day, unless much happens."""
        desk.prints("a", "b")
        press.run()
        desk.tomorrow()
        desk.prints("c")
        press.run()
        assert sorted(files(press.folder)) == [
            "articles.jsonl",
            "journal/000001.jsonl.gz",
            "journal/000002.jsonl",
            "journal/manifest.json",
        ]

    def test_a_full_part_is_closed(self, desk: Desk, tmp_path: Path) -> None:
        """Nobody wants to copy a file of ten gigabytes."""
        press = Press(desk, tmp_path, part_size=2_000)
        for n in range(6):
            desk.prints(f"s{n}")
            press.run()
        sizes = [entry["bytes"] for entry in read_manifest(tmp_path)]
        assert len(sizes) >= 2
        assert all(2_000 <= size < 6_000 for size in sizes)

    def test_the_checkpoint_is_the_last_line_and_tells_the_truth(self, desk: Desk, press: Press) -> None:
        """A reader checks with it that the part is whole."""
        desk.prints("a", "b")
        desk.corrects("a")
        desk.tomorrow()
        desk.prints("c")
        press.run()
        *before, last = part(press.folder, 1).splitlines(keepends=True)
        checkpoint = json.loads(last)
        assert checkpoint["kind"] == "checkpoint"
        assert (checkpoint["part"], checkpoint["first_seq"], checkpoint["lines"]) == (1, 1, len(before))
        assert checkpoint["sha256"] == hashlib.sha256(b"".join(before)).hexdigest()

    def test_the_checkpoint_tells_the_truth_after_a_restart_and_damage(self, desk: Desk, press: Press) -> None:
        """A block of the open part goes bad: what is compressed comes from the log, and so must its digest."""
        desk.prints("a", "b", "c")
        press.run()
        open_part = press.folder / "journal" / "000001.jsonl"
        data = bytearray(open_part.read_bytes())
        data[len(data) // 2] ^= 1
        open_part.write_bytes(data)
        desk.tomorrow()
        desk.prints("d")
        press.run()
        *before, last = part(press.folder, 1).splitlines(keepends=True)
        assert json.loads(last)["sha256"] == hashlib.sha256(b"".join(before)).hexdigest()
        assert json.loads(last)["lines"] == len(before) == 4

    def test_the_manifest_lists_what_the_parts_are(self, desk: Desk, press: Press) -> None:
        """Enough to check a copy without our program."""
        for day in "abc":
            desk.prints(day, day + "2")
            desk.tomorrow()
            press.run()
        assert json.loads((press.folder / "journal" / "manifest.json").read_bytes())["schema"] == "news/1"
        following = 1
        for entry in read_manifest(press.folder):
            data = part(press.folder, entry["part"])
            seqs = [line["seq"] for line in objects(data)]
            assert entry["file"] == f"{entry['part']:06}.jsonl.gz"
            assert (entry["first_seq"], entry["last_seq"]) == (seqs[0], seqs[-1]) == (following, seqs[-1])
            assert (entry["lines"], entry["bytes"]) == (len(seqs), len(data))
            assert entry["sha256"] == hashlib.sha256(data).hexdigest()
            following = seqs[-1] + 1

    def test_an_idle_day_closes_nothing_twice(self, desk: Desk, press: Press) -> None:
        """A crawl that finds nothing writes nothing."""
        desk.prints("a")
        press.run()
        for _ in range(3):
            desk.tomorrow()
            press.run()
        assert len(desk.checkpoints()) <= 1

    def test_what_others_have_logged_meanwhile_belongs_to_the_part(self, desk: Desk, press: Press) -> None:
        """Another collector commits between the last drain and the checkpoint."""

        class Busy(Desk):
            def append_checkpoint(self, run_id: str, compose: Callable[[], bytes], now: Any) -> int:
                self.prints("late")
                return super().append_checkpoint(run_id, compose, now)

        busy = Busy()
        busy.prints("a")
        busy.tomorrow()
        busy.prints("b")
        Press(busy, press.folder).run()
        *before, last = part(press.folder, 1).splitlines(keepends=True)
        assert [json.loads(line)["headline"] for line in before] == ["The a", "The b", "The late"]
        assert json.loads(last)["sha256"] == hashlib.sha256(b"".join(before)).hexdigest()
        assert len(objects(files(press.folder)["articles.jsonl"])) == 3

    def test_rebuild_says_what_it_did(self, desk: Desk, press: Press) -> None:
        """And leaves alone what is right: a reader that follows a file notices nothing."""
        desk.prints("a")
        desk.tomorrow()
        desk.prints("b")
        press.run()
        whole = files(press.folder)
        number = (press.folder / "articles.jsonl").stat().st_ino
        assert {what for _, what in rebuild(desk, press.folder)} == {"identical"}
        assert (press.folder / "articles.jsonl").stat().st_ino == number
        (press.folder / "articles.jsonl").write_bytes(b"x")
        (press.folder / "journal" / "000001.jsonl.gz").unlink()
        told = dict(rebuild(desk, press.folder))
        assert told["articles.jsonl"] == "repaired"
        assert told["journal/000001.jsonl.gz"] == "written"
        assert files(press.folder) == whole
        assert [path.name for path in press.folder.rglob(".*")] == []


class Crash(BaseException):
    """The power goes."""


class Faults:
    """Lets the power go at the n-th call that reaches the disk: before it, or just after it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.calls, self.fatal, self.after = 0, 0, False
        for owner, name in ((os, "fsync"), (Path, "replace"), (Path, "unlink"), (Path, "open")):
            monkeypatch.setattr(owner, name, self._watched(getattr(owner, name)))

    def _watched(self, original: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **named: Any) -> Any:
            self.calls += 1
            fatal = self.calls == self.fatal
            if fatal and not self.after:
                raise Crash
            result = None
            try:
                result = original(*arguments, **named)
            finally:
                if fatal:
                    if hasattr(result, "close"):
                        result.close()
                    raise Crash
            return result

        return call

    def strike(self, call: int, *, after: bool) -> None:
        self.calls, self.fatal, self.after = 0, call, after

    def rest(self) -> None:
        self.fatal = 0


def a_busy_week(desk: Desk) -> list[Callable[[], None]]:
    """Steps between which the publisher runs."""

    def step(*stories: str, midnight: bool = False) -> Callable[[], None]:
        def happen() -> None:
            if midnight:
                desk.tomorrow()
            desk.prints(*stories)
            desk.corrects(stories[0])

        return happen

    return [step("a", "b"), step("c", midnight=True), step("d", "e", "f"), step("g", midnight=True), step("h")]


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning", "ignore::ResourceWarning")
@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_a_crash_at_any_step_loses_repeats_and_tears_no_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, after: bool
) -> None:
    """For every call that reaches the disk: the power goes there, the process starts again and goes on.  The files are
    then what the log says, and the log has every line of an undisturbed week, in order."""
    calm = Desk()
    for happens in a_busy_week(calm):
        happens()
        Press(calm, tmp_path / "calm").run()
    expected = [row.payload for row in calm.log if row.kind != "checkpoint"]
    faults = Faults(monkeypatch)
    crashes, k = 0, 0
    while True:
        k += 1
        desk = Desk()
        press = Press(desk, tmp_path / f"k{k}")
        faults.strike(k, after=after)
        crashed = False
        for happens in a_busy_week(desk):
            happens()
            try:
                press.run()
            except Crash:
                crashed = True
                faults.rest()
                press.run()
                assert_level(desk, press, tmp_path / f"k{k}-now")
        faults.rest()
        if not crashed:
            break
        crashes += 1
        assert_level(desk, press, tmp_path / f"k{k}-end")
        assert [row.payload for row in desk.log if row.kind != "checkpoint"] == expected
        if desk.checkpoints() == calm.checkpoints():
            assert files(press.folder) == files(tmp_path / "calm")
    assert crashes > 30


def assert_level(desk: Desk, press: Press, anew: Path) -> None:
    assert files(press.folder) == written_anew(desk, anew)
    for number, line in enumerate(read_lines(press.folder), start=1):
        assert line["seq"] == number


class TestReading:
    def test_the_journal_is_read_in_order_over_its_parts(self, desk: Desk, press: Press) -> None:
        """As any consumer would."""
        for day in "abc":
            desk.prints(day)
            press.run()
            desk.tomorrow()
        desk.prints("d")
        press.run()
        assert [line["seq"] for line in read_lines(press.folder)] == list(range(1, len(desk.log) + 1))

    def test_a_line_that_is_being_written_is_left_for_later(self, desk: Desk, press: Press) -> None:
        """Tailing readers see half lines; they are no error."""
        desk.prints("a", "b")
        press.run()
        file = press.folder / "journal" / "000001.jsonl"
        file.write_bytes(file.read_bytes()[:-5])
        assert len(list(read_lines(press.folder))) == 1

    def test_a_part_that_is_there_in_both_forms_is_read_once(self, desk: Desk, press: Press) -> None:
        """Between the compressed part's appearing and the plain one's going there is a moment, and a crash may make
        it long."""
        desk.prints("a")
        desk.tomorrow()
        desk.prints("b")
        press.run()
        (press.folder / "journal" / "000001.jsonl").write_bytes(part(press.folder, 1))
        assert [line["seq"] for line in read_lines(press.folder)] == [1, 2, 3]

    @pytest.mark.parametrize("name", [".000001.jsonl.gz.new", ".000001.jsonl.rebuilt", ".manifest.json.new"])
    def test_temporary_files_of_a_crash_are_not_read(self, desk: Desk, press: Press, name: str) -> None:
        """They hold anything."""
        desk.prints("a")
        press.run()
        (press.folder / "journal" / name).write_bytes(gzip.compress(b"half")[:9])
        assert [line["seq"] for line in read_lines(press.folder)] == [1]

    def test_a_line_that_is_no_json_is_named(self, desk: Desk, press: Press) -> None:
        """File and line."""
        desk.prints("a")
        press.run()
        with (press.folder / "journal" / "000001.jsonl").open("ab") as file:
            file.write(b"oops\n")
        with pytest.raises(JournalError, match=r"000001\.jsonl, line 2"):
            list(read_lines(press.folder))

    def test_no_journal_is_an_empty_one(self, tmp_path: Path) -> None:
        """Before the first crawl."""
        assert list(read_lines(tmp_path)) == []


class TestOnTheRealStore:
    def publish(self, store: SqliteStore, folder: Path, now: Any = NOW) -> None:
        publisher_ = Publisher(store, folder, JournalOptions())
        publisher_.publish("r", now)
        publisher_.close()

    def test_every_kind_of_line_keeps_the_schema(self, tmp_path: Path) -> None:
        """Unique, revision, copy, variant, relation and checkpoint: each line parses alone and validates."""
        store = SqliteStore(tmp_path / "aggregator.db")

        def record(new: Any, now: Any = NOW) -> None:
            store.record_article("r", new, judge, now)

        record(newcomer("a", relations=(relation(url("b"), heading="See also", after_paragraph=3), relation(url("x")))))
        record(newcomer("b", lead="Lead", authors=("X",), published_raw="10 March", published_zone="+03:00"))
        record(newcomer("a", text=text("c"), fetched=NOW + HOUR), NOW + HOUR)
        record(newcomer("b", url="https://gazette.example/druck?b", canonical_url=url("b")))
        record(reading(article("b", url=url("b", "t.example"), source=publisher("tribune"))))
        record(reading(article("d", fetched=NOW), via="relation", feed=None))
        self.publish(store, tmp_path)
        self.publish(store, tmp_path, NOW + 24 * HOUR)
        record(newcomer("e"), NOW + 24 * HOUR)
        self.publish(store, tmp_path, NOW + 24 * HOUR)
        store.close()
        found = objects(part(tmp_path, 1))
        assert {line["kind"] for line in found} == {"article", "duplicate", "relation", "checkpoint"}
        for line in found:
            assert [error.message for error in VALIDATOR.iter_errors(line)] == []

    def test_characters_that_break_lines_break_none(self, tmp_path: Path) -> None:
        """U+2028, NEL and NUL are line ends to some readers: what counts is the newline byte, and there is one."""
        odd = "one\u2028two\x85three\x00four\u2029five\r\nsix\x1e\ufeff \u202e seven"
        store = SqliteStore(tmp_path / "aggregator.db")
        store.record_article("r", newcomer("a", text=odd, headline=odd, authors=(odd,)), judge, NOW)
        self.publish(store, tmp_path)
        store.close()
        data = (tmp_path / "articles.jsonl").read_bytes()
        assert data.count(b"\n") == 1
        line = json.loads(data)
        assert (line["text"], line["headline"], line["authors"]) == (odd, odd, [odd])

    def test_a_lone_surrogate_stops_one_article_and_nothing_else(self, tmp_path: Path) -> None:
        """It cannot be written as UTF-8: the transaction is undone, and the next article goes on without a gap."""
        store = SqliteStore(tmp_path / "aggregator.db")
        with pytest.raises(UnicodeEncodeError):
            store.record_article("r", newcomer("a", text="\ud800"), judge, NOW)
        store.record_article("r", newcomer("b"), judge, NOW)
        self.publish(store, tmp_path)
        store.close()
        assert [line["seq"] for line in objects((tmp_path / "articles.jsonl").read_bytes())] == [1]

    def test_two_days_on_the_real_store_are_rebuilt_to_the_same_bytes(self, tmp_path: Path) -> None:
        """Promise P2, end to end."""
        store = SqliteStore(tmp_path / "aggregator.db")
        for n in range(20):
            now = NOW + n * 3 * HOUR
            store.record_article("r", newcomer(f"s{n}"), judge, now)
            self.publish(store, tmp_path / "data", now)
        whole = files(tmp_path / "data")
        assert len(store.checkpoints()) == 2
        rebuild(store, tmp_path / "anew")
        assert files(tmp_path / "anew") == whole
        assert {what for _, what in rebuild(store, tmp_path / "data")} == {"identical"}
        store.close()


def test_a_reader_may_stop_at_any_time(desk: Desk, press: Press) -> None:
    """RUN's publisher is closed; nothing is left open."""
    desk.prints("a")
    press.run()
    assert next(iter(read_lines(press.folder)))["run_id"] == RUN
