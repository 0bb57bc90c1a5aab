"""The extraction room scored on stored pages: text, headline, authors, times, link blocks, and what it costs.

    python benchmarks/extraction.py DIR [--relations FILE] [--only DATASET] [--limit N] [--compare]

DIR has a `pages.jsonl`, one page a line: `id`, `dataset`, `url`, `domain`, `html_path` (a gzipped page, relative to DIR
or its parent) and what is expected of it, null where it is not known: `gold_title`, `gold_authors` (an empty list: the
page names nobody), `gold_published` (ISO 8601, or a day), `gold_body` (paragraphs), `gold_with` and `gold_without`
(segments that must and must not be in the text).  Link blocks are a JSON list of pages with `id`, `relations` (`kind`,
`url`, `text`, `place`) and `not_in_body` (lines); by default every `*relations.json` of DIR/../relations.

What the numbers are:

- text: four-word shingles as multisets; precision and recall of a page, their means, the harmonic mean of the means
  (as in article-extraction-benchmark).  Scripts without spaces between words count by character.
- title: equal after case, punctuation and space are taken out.  Authors: names compared in the same way.
- day: the expected one is that of the local time or of UTC.  Minute: where a zone is expected, 60 seconds of grace.
- relations: by URL without scheme, `www.`, fragment and tracking.  `placed`: inline, or after the text.
- time: CPU time of this process, after one page to warm up; trafilatura reads the same bytes beside it.
"""

from __future__ import annotations

import argparse
import gzip
import json
import logging
import re
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any, Protocol

from aggregator.extraction import ExtractionOptions, Outlets, extract
from aggregator.records import Page, Relation, Sighting, Source

Row = dict[str, Any]

_UNSPACED = re.compile("[\u3040-\u30ff\u4e00-\u9fff]")
_TRACKING = re.compile(
    r"[?&](?:utm_\w+|at_\w+|xtor|wt_\w+|itm_\w+|int_\w+|cid|ref|source|src|from|traffic_source)=[^&]*"
)
_HEADLINE, _BESIDE_HEADLINE = 20, 60
"""Characters of a headline at least, and of what stands before and behind it at most."""
_READ_ON = {"also_read": "read_more"}
"""Expectations know two kinds; ours that ask to read something are one of them."""


# ------------------------------------------------------------------- the pages


def rows(folder: Path, dataset: str | None, limit: int | None) -> list[Row]:
    """The lines of `pages.jsonl`, all or of one dataset, in their order."""
    lines = map(json.loads, (folder / "pages.jsonl").read_text("utf-8").splitlines())
    return list(islice((row for row in lines if dataset in (None, row["dataset"])), limit))


def html(folder: Path, row: Row) -> bytes:
    """The page as it was stored."""
    path = folder / row["html_path"]
    return gzip.decompress((path if path.exists() else folder.parent / row["html_path"]).read_bytes())


def link_blocks(folder: Path, files: Sequence[Path]) -> dict[str, Row]:
    """Expected link blocks by the page's id."""
    chosen = files or sorted((folder.parent / "relations").glob("*relations.json"))
    return {row["id"]: row for file in chosen for row in json.loads(file.read_text("utf-8"))}


# ----------------------------------------------------------------- the readers


@dataclass(frozen=True, slots=True)
class Answer:
    """What an extractor makes of a page."""

    text: str = ""
    title: str | None = None
    authors: tuple[str, ...] = ()
    times: tuple[str, ...] = ()
    """the time of publication, in UTC and by the local clock, as far as they are known"""
    moment: datetime | None = None
    relations: tuple[Relation, ...] | None = None
    error: str | None = None


class Ours:
    """This project's extractor, told nothing of the publishers: no zone, no language, no selectors."""

    name = "aggregator"

    def __init__(self) -> None:
        self._outlets = Outlets.of([])
        self._options = ExtractionOptions()

    def __call__(self, row: Row, body: bytes) -> Answer:
        now = datetime.now(UTC)
        source = Source(id="stored", name=row.get("domain") or "stored")
        sighting = Sighting(url=row["url"], source_id=source.id, via="given", first_seen=now)
        page = Page(sighting=sighting, url=row["url"], status=200, body=body, fetched=now)
        extraction = extract(page, source, self._outlets, self._options)
        article = extraction.article
        if article is None:
            # The room never raises: what was raised inside is a rejection that says so.
            failed = (extraction.rejected or "").startswith("extraction failed")
            return Answer(relations=(), error=extraction.rejected if failed else None)
        stated = (article.published_local, article.published.isoformat() if article.published else None)
        return Answer(
            text=article.text,
            title=article.headline,
            authors=article.authors,
            times=tuple(filter(None, stated)),
            moment=article.published,
            relations=article.relations,
        )


class Trafilatura:
    """The library alone, with or without its metadata."""

    def __init__(self, *, metadata: bool) -> None:
        self.name = "trafilatura" if metadata else "trafilatura, text only"
        self._metadata = metadata

    def __call__(self, row: Row, body: bytes) -> Answer:
        from trafilatura import bare_extraction

        found = bare_extraction(body, url=row["url"], include_comments=False, with_metadata=self._metadata)
        if found is None or isinstance(found, dict):
            return Answer()
        authors = tuple(filter(None, re.split(r"\s*;\s*", getattr(found, "author", None) or "")))
        day = getattr(found, "date", None)
        return Answer(found.text or "", getattr(found, "title", None), authors, (day,) if day else ())


class Reader(Protocol):
    """An extractor under its name."""

    name: str

    def __call__(self, row: Row, body: bytes) -> Answer:
        """What it makes of a page."""
        ...


def read(reader: Reader, row: Row, body: bytes) -> tuple[Answer, float]:
    """The answer and the CPU seconds it took; whatever is raised becomes an answer."""
    began = time.process_time()
    try:
        answer = reader(row, body)
    except Exception as error:  # noqa: BLE001 - counted, and shown by its name
        answer = Answer(error=f"{type(error).__name__}: {error}")
    return answer, time.process_time() - began


# ------------------------------------------------------------------ the scores


@dataclass(slots=True)
class Found:
    """Counts of what was found rightly, wrongly and not at all."""

    right: int = 0
    wrong: int = 0
    missed: int = 0

    def add(self, expected: set[str], given: set[str]) -> None:
        """One page's expected and given values."""
        self.right += len(expected & given)
        self.wrong += len(given - expected)
        self.missed += len(expected - given)

    def __str__(self) -> str:
        precision = self.right / max(1, self.right + self.wrong)
        recall = self.right / max(1, self.right + self.missed)
        return f"P {precision:.3f}  R {recall:.3f}  F1 {_harmonic(precision, recall):.3f}"


@dataclass(slots=True)
class Share:
    """How many of how many."""

    of: int = 0
    hits: int = 0

    def add(self, hit: bool) -> None:
        """One case."""
        self.of += 1
        self.hits += hit

    def __str__(self) -> str:
        return f"{self.hits / self.of:.3f}  ({self.hits} of {self.of})" if self.of else "-"


@dataclass(slots=True)
class Shingles:
    """Precision and recall of texts, page by page."""

    precision: list[float] = field(default_factory=list)
    recall: list[float] = field(default_factory=list)

    def add(self, expected: str, given: str) -> None:
        """One page's expected and given text."""
        wanted, got = shingles(expected), shingles(given)
        both = sum((wanted & got).values())
        self.precision.append(both / sum(got.values()) if got else float(not wanted))
        self.recall.append(both / sum(wanted.values()) if wanted else 1.0)

    def __str__(self) -> str:
        precision, recall = _mean(self.precision), _mean(self.recall)
        return f"P {precision:.4f}  R {recall:.4f}  F1 {_harmonic(precision, recall):.4f}  ({len(self.recall)} pages)"


def shingles(text: str, size: int = 4) -> Counter[tuple[str, ...]]:
    """All runs of `size` words, each as often as it is there; a shorter text is one run."""
    words = [c for c in text if c.strip()] if _UNSPACED.search(text) else re.findall(r"\w+", text.lower())
    if not words:
        return Counter()
    return Counter(tuple(words[i : i + size]) for i in range(max(1, len(words) - size + 1)))


def plain(text: str | None) -> str:
    """`text` as titles, names and lines are compared."""
    return re.sub(r"\W+", " ", (text or "").lower()).strip()


def address(url: str) -> str:
    """`url` as the targets of links are compared."""
    return _TRACKING.sub("", re.sub(r"^https?://(?:www\.)?", "", url.split("#")[0])).rstrip("/?&")


class Scores:
    """Everything that is counted for one extractor."""

    def __init__(self) -> None:
        self.texts: dict[str, Shingles] = {}
        self.shares: dict[str, Share] = {}
        self.found: dict[str, Found] = {}
        self.errors: list[str] = []
        self.empty: list[str] = []

    def add(self, row: Row, answer: Answer, blocks: Row | None) -> None:
        """One page's answer."""
        if answer.error:
            self.errors.append(f"{row['id']}: {answer.error}")
        if not answer.text.strip():
            self.empty.append(row["id"])
        self._text(row, answer)
        self._facts(row, answer)
        self._published(row, answer)
        if blocks is not None:
            self._left_in(blocks, answer)
            if answer.relations is not None:
                self._relations(blocks, answer.relations)

    def _share(self, name: str, hit: bool) -> None:
        self.shares.setdefault(name, Share()).add(hit)

    def _set(self, name: str, expected: Iterable[str], given: Iterable[str]) -> None:
        self.found.setdefault(name, Found()).add(set(expected), set(given))

    def _text(self, row: Row, answer: Answer) -> None:
        if row.get("gold_body"):
            body = row["gold_body"]
            expected = body if isinstance(body, str) else "\n".join(body)
            self.texts.setdefault(row["dataset"], Shingles()).add(expected, answer.text)
        text = plain(answer.text)
        for segment in row.get("gold_with") or ():
            self._share("wanted segments", plain(segment) in text)
        for segment in row.get("gold_without") or ():
            self._share("unwanted segments", plain(segment) in text)

    def _facts(self, row: Row, answer: Answer) -> None:
        if row.get("gold_title"):
            hit = plain(row["gold_title"]) == plain(answer.title)
            self._share("title", hit)
            self._share(f"title, {row['dataset']}", hit)
        if row.get("gold_authors") is not None:
            expected, given = {plain(n) for n in row["gold_authors"]}, {plain(n) for n in answer.authors}
            self._set("authors", expected, given)
            self._set(f"authors, {row['dataset']}", expected, given)
            if not expected:
                self._share("an author where nobody is named", bool(given))

    def _published(self, row: Row, answer: Answer) -> None:
        expected = row.get("gold_published")
        if not expected:
            return
        hit = any(moment[:10] == expected[:10] for moment in answer.times)
        self._share("day", hit)
        self._share(f"day, {row['dataset']}", hit)
        with suppress(ValueError):
            moment = datetime.fromisoformat(expected)
            if moment.tzinfo is not None and len(expected) > 16:
                given = answer.moment
                self._share("minute with zone", given is not None and abs((moment - given).total_seconds()) <= 60)

    def _left_in(self, blocks: Row, answer: Answer) -> None:
        whole, lines = plain(answer.text), {plain(line) for line in answer.text.split("\n")}
        for line in map(plain, blocks.get("not_in_body") or ()):
            self._share("lines of blocks left in the text", line in lines or (len(line) > 25 and line in whole))

    def _relations(self, blocks: Row, given: Sequence[Relation]) -> None:
        expected = {address(each["url"]): each for each in blocks["relations"]}
        placed = {address(each.url): each for each in given if each.where != "sidebar"}
        inline = {url for url, each in placed.items() if each.where == "inline"}
        self._set("relations inline", (u for u, each in expected.items() if each["place"] == "inline"), inline)
        self._set("relations placed", expected, placed)
        for url, each in expected.items():
            if each["place"] != "inline":
                self._share("links after the text found", url in placed)
        for url in expected.keys() & placed.keys():
            wanted, ours = expected[url], placed[url]
            self._share("type right", wanted["kind"] == _READ_ON.get(ours.type, ours.type))
            self._share("anchor right", _same_anchor(plain(ours.anchor), plain(wanted["text"])))

    def table(self) -> Iterator[tuple[str, str]]:
        """Names and values, in the order in which they are shown."""
        yield from ((f"text, {name}", str(score)) for name, score in sorted(self.texts.items()))
        yield from sorted((name, str(score)) for name, score in (*self.shares.items(), *self.found.items()))
        yield "exceptions", str(len(self.errors))
        yield "empty texts", str(len(self.empty))


def _same_anchor(given: str, expected: str) -> bool:
    """Equal, or all but a kicker in front and an author behind, which expectations have in one text with it."""
    if given == expected or expected.endswith(f" {given}"):
        return bool(given)
    return len(given) >= _HEADLINE and given in expected and len(expected) - len(given) <= _BESIDE_HEADLINE


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0.0


def _harmonic(precision: float, recall: float) -> float:
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


# ----------------------------------------------------------------- the command


def main(arguments: Sequence[str] | None = None) -> int:
    """Reads every page with every extractor and prints what came of it."""
    options = _parser().parse_args(arguments)
    logging.disable(logging.CRITICAL)
    pages = rows(options.folder, options.only, options.limit)
    if not pages:
        print("no pages", file=sys.stderr)
        return 2
    blocks = link_blocks(options.folder, options.relations)
    readers: list[Reader] = [Ours(), Trafilatura(metadata=True), Trafilatura(metadata=False)]
    scored = {reader.name: Scores() for reader in (readers[:2] if options.compare else readers[:1])}
    seconds: dict[str, list[float]] = {reader.name: [] for reader in readers}
    for reader in readers:
        read(reader, pages[0], html(options.folder, pages[0]))
    for row in pages:
        body = html(options.folder, row)
        for reader in readers:
            answer, spent = read(reader, row, body)
            seconds[reader.name].append(spent)
            if reader.name in scored:
                scored[reader.name].add(row, answer, blocks.get(row["id"]))
    for name, scores in scored.items():
        _show(f"{name}: {len(pages)} pages", scores.table())
        for line in (*scores.errors, *(f"{page}: no text" for page in scores.empty)):
            print(f"  ! {line}")
    _show("time", _costs(seconds))
    return 1 if scored[Ours.name].errors else 0


def _costs(seconds: dict[str, list[float]]) -> Iterator[tuple[str, str]]:
    ours = sum(seconds[Ours.name])
    for name, spent in seconds.items():
        ordered = sorted(spent)
        mean, median = 1000 * _mean(ordered), 1000 * ordered[len(ordered) // 2]
        ratio = "" if name == Ours.name else f"  we take {ours / max(sum(spent), 1e-9):.2f} times as long"
        yield name, f"{mean:.0f} ms a page, median {median:.0f}, longest {1000 * ordered[-1]:.0f}{ratio}"


def _show(title: str, lines: Iterable[tuple[str, str]]) -> None:
    print(f"\n{title}")
    for name, value in lines:
        print(f"  {name:<34} {value}")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="Scores the extraction room on stored pages.")
    parser.add_argument("folder", type=Path, help="folder with a pages.jsonl")
    parser.add_argument("--relations", type=Path, action="append", default=[], help="JSON file of expected link blocks")
    parser.add_argument("--only", help="name of one dataset")
    parser.add_argument("--limit", type=int, help="so many pages at most")
    parser.add_argument("--compare", action="store_true", help="score trafilatura too")
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
