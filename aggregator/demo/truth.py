"""What the demo web holds, and how much of it a journal has: the judge of the whole program.

`score` replays the lines of a journal in their order and compares what then stands with the truth.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import zip_longest
from typing import Any, Literal

from aggregator import urls
from aggregator.records import RelationType, Where
from aggregator.text import clean, fold

CopyKind = Literal["exact", "near"]
Line = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class TruthRelation:
    """A link that the editors put into or after a text."""

    type: RelationType
    url: str
    anchor: str
    heading: str | None
    where: Where
    after_paragraph: int
    known: bool
    """Whether it leads to an article of the demo web."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TruthArticle:
    """An article in one of its forms."""

    url: str
    """Its canonical URL."""
    source_id: str
    headline: str
    paragraphs: tuple[str, ...]
    """Its text: the lead first, where it has one; no blocks, labels, captions or agency prefix."""
    published: datetime
    published_zone: str | None
    """The zone that the page names; None where it names none, or an offset only."""
    language: str
    agency: str | None
    section: str | None
    cites: tuple[str, ...]
    relations: tuple[TruthRelation, ...]
    edition: int
    """From which edition of the web it stands in this form."""
    reach: int
    """0: a feed lists it; n: it is found over n relations within its site."""
    copy_of: str | None
    copy_kind: CopyKind | None
    event: str | None = None
    """What it tells of, where others tell of it in words of their own."""

    @property
    def text(self) -> str:
        """The text as an article's `text`."""
        return "\n\n".join(self.paragraphs)


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    """All that is true of the demo web."""

    articles: tuple[TruthArticle, ...]
    """Every article, one that changes once for each form, the first form first."""
    variants: Mapping[str, str]
    """Other URLs of articles, with their canonical ones."""
    names: Mapping[str, str] = field(default_factory=dict)
    """Names of outlets, with the one that stands for all of an outlet's names."""

    def at(self, edition: int, depth: int = 1) -> dict[str, TruthArticle]:
        """The articles, by key of URL, that a crawl of that depth finds in that edition, in their latest form."""
        return {
            urls.key(article.url): article
            for article in self.articles
            if article.edition <= edition and article.reach <= depth
        }

    def forms(self, key: str, edition: int) -> tuple[TruthArticle, ...]:
        """All forms of one article up to that edition."""
        return tuple(a for a in self.articles if urls.key(a.url) == key and a.edition <= edition)


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreRow:
    """One question and how well it was answered."""

    name: str
    right: int
    of: int
    """What there is to find, and what was found and is not there."""
    wrong: tuple[str, ...] = ()
    """One line for each thing that is not right."""

    @property
    def complete(self) -> bool:
        """Whether nothing is missing and nothing is too much."""
        return self.right == self.of


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """How much of the truth a journal holds."""

    rows: tuple[ScoreRow, ...]

    @property
    def complete(self) -> bool:
        """Whether everything is right."""
        return all(row.complete for row in self.rows)

    def row(self, name: str) -> ScoreRow:
        """The row of that name."""
        return next(row for row in self.rows if row.name == name)


def score(lines: Iterable[Line], truth: Truth, edition: int, depth: int = 1) -> Score:
    """How much of the truth the lines of a journal hold, after a crawl of that depth in that edition.

    A story that changes is looked for in all its forms, so the editions before must have been crawled, too."""
    held = _Held(lines)
    expected = truth.at(edition, depth)
    judge = _Judge(held, truth, expected, edition)
    return Score(
        rows=(
            judge.articles(),
            judge.exact_duplicates(),
            judge.near_duplicates(),
            judge.revisions(),
            judge.relations(),
            judge.facts("headlines", lambda a: fold(a.headline), lambda line: fold(line.get("headline") or "")),
            judge.facts("texts", lambda a: list(a.paragraphs), _paragraphs),
            judge.facts("times", _true_time, _time),
            judge.facts("zones", lambda a: a.published_zone, lambda line: line.get("published_zone")),
            judge.facts("languages", lambda a: a.language, lambda line: (line.get("language") or "").partition("-")[0]),
            judge.facts("cites", lambda a: judge.outlets(a.cites), lambda line: judge.outlets(line.get("cites") or ())),
            judge.facts("agencies", lambda a: judge.outlets([a.agency]), lambda ln: judge.outlets([ln.get("agency")])),
            judge.facts("sections", lambda a: fold(a.section or ""), lambda line: fold(line.get("section") or "")),
        )
    )


# ------------------------------------------------------------------ replay


@dataclass(slots=True, kw_only=True)
class _Record:
    """What a journal says of one article, after its last line."""

    line: Line
    ids: set[str]
    forms: list[Line]
    level: str | None = None
    of: str | None = None


class _Held:
    """What a journal holds, by key of URL."""

    def __init__(self, lines: Iterable[Line]) -> None:
        self.records: dict[str, _Record] = {}
        self.key_of: dict[str, str] = {}
        """Key of the article that has that id."""
        self._targets: dict[tuple[str, str], str] = {}
        for line in lines:
            if line["kind"] == "article":
                self._article(line)
            elif line["kind"] == "duplicate":
                self._duplicate(line)
            elif line["kind"] == "relation":
                self._targets[line["article_id"], urls.key(line["url"])] = line["target_id"]

    def _article(self, line: Line) -> None:
        key = _key(line)
        self.key_of[line["id"]] = key
        known = self.records.get(key)
        if known is None or known.level is not None:
            self.records[key] = _Record(line=line, ids={line["id"]}, forms=[line])
        else:
            known.line = line
            known.ids.add(line["id"])
            known.forms.append(line)

    def _duplicate(self, line: Line) -> None:
        article = line.get("article")
        if article is None or line["id"] == line["of"]:
            return  # only another URL of an article that has its own line
        key = _key(article)
        self.key_of.setdefault(line["id"], key)
        if key not in self.records:
            record = _Record(line=article, ids={line["id"]}, forms=[article], level=line["level"], of=line["of"])
            self.records[key] = record

    def target(self, record: _Record, relation: Line) -> str | None:
        """Key of the article that a relation is said to lead to."""
        found = relation.get("target_id") or self._targets.get((record.line["id"], urls.key(relation["url"])))
        return self.key_of.get(found, f"unknown id {found}") if found else None


def _key(line: Line) -> str:
    return urls.key(line.get("canonical_url") or line["url"])


# ----------------------------------------------------------------- compare


class _Judge:
    """Compares what is held with what is expected, one question at a time."""

    def __init__(self, held: _Held, truth: Truth, expected: Mapping[str, TruthArticle], edition: int) -> None:
        self._held, self._truth, self._expected, self._edition = held, truth, expected, edition
        self._names = {fold(name): fold(same) for name, same in truth.names.items()}
        self._exact = _families(expected, {"exact"})
        self._any = _families(expected, ("exact", "near"))

    def articles(self) -> ScoreRow:
        missing = [f"missing: {a.url}" for key, a in self._expected.items() if key not in self._held.records]
        surplus = []
        for key, record in self._held.records.items():
            if key not in self._expected and record.level is None:
                surplus.append(f"no article of the demo web: {record.line.get('url')}")
            if len(record.ids) > 1:
                surplus.append(f"has {len(record.ids)} ids: {record.line.get('url')}")
        of = len(self._expected) + len(surplus)
        return _row("articles", of, [*missing, *surplus])

    def exact_duplicates(self) -> ScoreRow:
        right, of, wrong = 0, 0, []
        for family in _groups(self._exact):
            found = [key for key in family if self._is_duplicate(key, family, ("exact_text",))]
            of += len(family) - 1
            right += min(len(found), len(family) - 1)
            wrong += [f"no duplicate found among: {', '.join(sorted(family))}"] * (len(family) - 1 - len(found))
        for key, record in self._held.records.items():
            if record.level and key in self._expected and self._held.key_of.get(record.of or "") not in self._any[key]:
                of += 1
                wrong.append(f"no copy, but said to be one ({record.level}) of {record.of}: {key}")
        return ScoreRow(name="exact copies", right=right, of=of, wrong=tuple(wrong))

    def near_duplicates(self) -> ScoreRow:
        right, of, wrong = 0, 0, []
        for family in _groups(self._any):
            needed = len({min(self._exact[key]) for key in family}) - 1
            found = [key for key in family if self._is_duplicate(key, family, ("near_text", "syndicated"))]
            of += needed
            right += min(len(found), needed)
            wrong += [f"no near copy found among: {', '.join(sorted(family))}"] * max(0, needed - len(found))
        return ScoreRow(name="near copies", right=right, of=of, wrong=tuple(wrong))

    def _is_duplicate(self, key: str, family: Collection[str], levels: Collection[str]) -> bool:
        record = self._held.records.get(key)
        return (
            record is not None
            and record.level in levels
            and self._held.key_of.get(record.of or "") in {*family} - {key}
        )

    def revisions(self) -> ScoreRow:
        of, wrong = 0, []
        for key in self._expected:
            forms = self._truth.forms(key, self._edition)
            record = self._held.records.get(key)
            seen = 0 if record is None else len({(fold(f["headline"]), f["text"]) for f in record.forms})
            of += max(len(forms), seen, 1) - 1
            if record is None:
                wrong += [f"missing: {key}"] * (len(forms) - 1)
            elif seen != len(forms):
                wrong += [f"{seen} forms seen of {len(forms)}: {key}"] * (max(seen, len(forms)) - min(seen, len(forms)))
        return _row("revisions", of, wrong)

    def relations(self) -> ScoreRow:
        of, wrong = 0, []
        for key, article in self._expected.items():
            record = self._held.records.get(key)
            with_targets = record is not None and record.level is None
            wanted = Counter(self._wanted(relation, with_targets) for relation in article.relations)
            found = Counter(self._found(record, relation, with_targets) for relation in _relations(record))
            of += (wanted | found).total()
            missing, surplus = [*(wanted - found).elements()], [*(found - wanted).elements()]
            # One wrong detail makes a pair of a missing and a surplus one: counted once.
            of -= min(len(missing), len(surplus))
            wrong += [
                f"{key}: should be {one or 'absent'}, is {other or 'absent'}"
                for one, other in zip_longest(missing, surplus)
            ]
        return _row("relations", of, wrong)

    def _wanted(self, relation: TruthRelation, with_targets: bool) -> tuple[object, ...]:
        key = urls.key(relation.url)
        target = min(self._exact[key]) if with_targets and key in self._expected else None
        return (relation.type, key, fold(relation.anchor), relation.where, relation.after_paragraph, target)

    def _found(self, record: _Record | None, relation: Line, with_targets: bool) -> tuple[object, ...]:
        target = self._held.target(record, relation) if record is not None and with_targets else None
        if target in self._exact:
            target = min(self._exact[target])
        return (
            relation["type"],
            urls.key(relation["url"]),
            fold(relation["anchor"]),
            relation["where"],
            relation.get("after_paragraph"),
            target,
        )

    def facts(self, name: str, true: Callable[[TruthArticle], object], said: Callable[[Line], object]) -> ScoreRow:
        """One fact of every expected article that has it; `true` is None where it has not."""
        of, wrong = 0, []
        for key, article in self._expected.items():
            wanted = true(article)
            if wanted is None:
                continue
            of += 1
            record = self._held.records.get(key)
            if record is None:
                wrong.append(f"missing: {key}")
            elif said(record.line) != wanted:
                wrong.append(f"{key}: {_difference(said(record.line), wanted)}")
        return _row(name, of, wrong)

    def outlets(self, names: Iterable[str | None]) -> set[str]:
        """Names of outlets, each in one form."""
        folded = (fold(name) for name in names if name)
        return {self._names.get(name, name) for name in folded}


def _row(name: str, of: int, wrong: list[str]) -> ScoreRow:
    return ScoreRow(name=name, right=of - len(wrong), of=of, wrong=tuple(wrong))


def _relations(record: _Record | None) -> list[Line]:
    return list(record.line.get("relations") or ()) if record is not None else []


def _families(expected: Mapping[str, TruthArticle], kinds: Collection[CopyKind]) -> dict[str, frozenset[str]]:
    """For each key, the keys of all articles that it shares its text with, its own among them."""
    families = {key: frozenset([key]) for key in expected}
    for key, article in expected.items():
        origin = urls.key(article.copy_of) if article.copy_of else None
        if article.copy_kind in kinds and origin in families:
            joined = families[key] | families[origin]
            families.update(dict.fromkeys(joined, joined))
    return families


def _groups(families: Mapping[str, frozenset[str]]) -> list[frozenset[str]]:
    return [family for family in dict.fromkeys(families.values()) if len(family) > 1]


def _paragraphs(line: Line) -> list[str]:
    return [clean(part) for part in (line.get("text") or "").split("\n\n")]


def _true_time(article: TruthArticle) -> object:
    return article.published.astimezone(UTC)


def _time(line: Line) -> object:
    value = line.get("published")
    if isinstance(value, str):
        value = datetime.fromisoformat(value)
    return value.astimezone(UTC) if isinstance(value, datetime) and value.tzinfo else value


def _difference(said: object, true: object) -> str:
    """What was said and what is true; of two texts only the first paragraph in which they differ."""
    if isinstance(said, list) and isinstance(true, list):
        for number in range(max(len(said), len(true))):
            one, other = said[number : number + 1], true[number : number + 1]
            if one != other:
                return f"paragraph {number + 1} of {len(said)} is {_short(one)}, and should be {_short(other)}"
    return f"is {said!s}, and should be {true!s}"


def _short(part: list[str]) -> str:
    if not part:
        return "absent"
    return repr(part[0] if len(part[0]) <= 90 else f"{part[0][:60]} ... {part[0][-25:]}")
