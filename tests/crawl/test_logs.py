"""What is logged: a line for each poll and page, whose ids lead to the journal."""

from __future__ import annotations

import json
import logging
import re
from pathlib import Path
from typing import Any

import pytest

from aggregator.logs import EVENTS, FIELDS, JsonLines, LogFile, LogOptions, logger, set_up

ROOT = Path(__file__).parents[2]
ENVELOPE = {"at", "level", "logger", "event"}


@pytest.fixture
def root_logger() -> Any:
    """Logging as it was before."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    levels = {name: logging.getLogger(name).level for name in ("scrapy", "twisted", "asyncio")}
    yield root
    root.handlers[:] = handlers
    root.setLevel(level)
    for name, before in levels.items():
        logging.getLogger(name).setLevel(before)


class Kept(logging.Handler):
    """Keeps lines as they are written."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))


def test_each_poll_and_page_has_one_line_that_leads_to_the_journal(newsroom: Any) -> None:
    done = newsroom.crawl("--set", "log.file=logs/a.log", "--set", "log.format=json")
    said = [line for line in done.stderr.splitlines() if line.startswith("{")]
    assert [line for line in said if json.loads(line)["level"] == "info"] == [], "without -v they are in the file alone"
    found = [json.loads(line) for line in (newsroom.data / "logs" / "a.log").read_text("utf-8").splitlines()]
    assert {line["event"] for line in found} <= {*EVENTS, "log"}
    assert {name for line in found for name in line} <= {*ENVELOPE, *FIELDS}
    (run,) = [line for line in found if line["event"] == "run"]
    pages = [line for line in found if line["event"] == "page"]
    polls = [line for line in found if line["event"] == "poll"]
    assert len(pages) == run["counts"]["pages"]
    assert len(polls) == run["counts"]["feeds/polled"]
    new = [line["url"] for line in pages if line["outcome"] == "unique"]  # a page may be read again, as no news
    assert len(set(new)) == len(new) == run["counts"]["outcome/unique"]
    assert {line["run_id"] for line in found if line["event"] != "log"} == {run["run_id"]}
    articles = {line["id"]: line for line in newsroom.journal() if line["kind"] == "article"}
    for line in pages:
        if line["outcome"] == "unique":
            assert articles[line["article"]]["run_id"] == line["run_id"]
            assert line["status"] == 200
            assert line["bytes"] > 0
            assert line["ms"] >= 0
            assert "source" in line
    assert {line["feed"] for line in pages if "feed" in line} <= {line["feed"] for line in polls}


def test_with_v_people_see_them(newsroom: Any) -> None:
    said = newsroom.crawl("-v").stderr
    assert re.search(
        r"INFO spiders\.base page run_id=\S+ source=\S+ feed=\S+ url=\S+ outcome=unique .*status=200", said
    )
    assert re.search(r"INFO spiders\.feeds poll |INFO spiders\.base poll ", said)
    assert "Spider opened" in said, "Scrapy's own"


def test_a_file_is_rotated_and_the_oldest_goes(tmp_path: Path, root_logger: logging.Logger) -> None:
    set_up(LogOptions(file="a.log", max_size=400, keep=2), tmp_path, logging.NullHandler(), verbose=False)
    for number in range(40):
        logger("test").info("page", url=f"https://a.example/{number:03}", outcome="unique")
    names = sorted(path.name for path in tmp_path.glob("a.log*"))
    assert names == ["a.log", "a.log.1", "a.log.2"]
    assert all(path.stat().st_size <= 400 for path in tmp_path.glob("a.log*"))
    assert "/039" in (tmp_path / "a.log").read_text("utf-8")
    for handler in root_logger.handlers:
        handler.close()


def test_what_says_nothing_is_left_out_and_errors_have_their_trace(root_logger: logging.Logger) -> None:
    kept = Kept()
    set_up(LogOptions(format="json"), Path(), kept, verbose=True)
    logger("test").info("page", url="https://a.example/%20%s", article=None)
    try:
        raise ValueError("no such thing")
    except ValueError:
        logger("test").exception("page", url="x")
    logging.getLogger("other").warning("said %s", "so")
    first, second, third = map(json.loads, kept.lines)
    assert (first["url"], "article" in first) == ("https://a.example/%20%s", False)
    assert "ValueError: no such thing" in second["trace"]
    assert (third["event"], third["said"], third["level"]) == ("log", "said so", "warning")


def test_a_file_that_cannot_be_written_is_said_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], root_logger: logging.Logger
) -> None:
    file = LogFile(tmp_path / "a.log", delay=True)
    file.setFormatter(JsonLines())
    (tmp_path / "a.log").mkdir()
    root_logger.handlers[:] = [file]
    for _ in range(3):
        root_logger.warning("x")
    assert capsys.readouterr().err.count("cannot be written") == 1


def test_every_event_and_field_is_in_the_manual() -> None:
    manual = (ROOT / "docs" / "operations.md").read_text("utf-8")
    assert re.findall(r"^\| `(\w+)` \| logged \| (.+?) \|$", manual, re.MULTILINE) == list(EVENTS.items())
    assert re.findall(r"^\| `(\w+)` \| field \| (.+?) \|$", manual, re.MULTILINE) == list(FIELDS.items())
