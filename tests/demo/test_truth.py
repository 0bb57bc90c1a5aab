"""The judge is fair: a journal that holds the truth is complete, and each single mistake is noticed."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

from aggregator import urls
from aggregator.demo.truth import Truth, TruthArticle, score
from aggregator.demo.web import build

Line = dict[str, Any]
TRUTH: Truth = build(8765).truth


def article_line(article: TruthArticle) -> Line:
    return {
        "kind": "article",
        "id": urls.article_id(article.url),
        "url": article.url,
        "canonical_url": article.url,
        "headline": article.headline,
        "text": article.text,
        "published": article.published.isoformat(),
        "published_zone": article.published_zone,
        "language": article.language,
        "agency": article.agency,
        "section": article.section,
        "cites": list(article.cites),
        "relations": [
            {
                "type": relation.type,
                "url": relation.url,
                "anchor": relation.anchor,
                "where": relation.where,
                "after_paragraph": relation.after_paragraph,
            }
            for relation in article.relations
        ],
    }


LEVELS = {"exact": "exact_text", "near": "near_text"}


def journal(edition: int = 2, depth: int = 1) -> list[Line]:
    """The lines of a collector that makes no mistake: originals first, relations resolved at the end."""
    lines: list[Line] = []
    expected = TRUTH.at(edition, depth)
    for step in range(1, edition + 1):
        for article in TRUTH.articles:
            if article.edition != step or article.reach > depth:
                continue
            line = article_line(article)
            if article.copy_kind:
                origin = urls.article_id(article.copy_of or "")
                line = {
                    "kind": "duplicate",
                    "id": line["id"],
                    "of": origin,
                    "url": article.url,
                    "level": LEVELS[article.copy_kind],
                } | {"article": line}
            lines.append(line)
    for line in list(lines):
        for relation in line.get("relations", ()):
            if urls.key(relation["url"]) in expected:
                target = urls.article_id(relation["url"])
                found = {"kind": "relation", "article_id": line["id"], "url": relation["url"], "target_id": target}
                lines.append(found)
    return lines


@pytest.mark.parametrize(("edition", "depth"), [(1, 0), (1, 1), (2, 1), (2, 2)])
def test_the_truth_is_complete(edition: int, depth: int) -> None:
    result = score(journal(edition, depth), TRUTH, edition, depth)
    assert [row.wrong for row in result.rows if row.wrong] == []
    assert result.complete


def test_a_near_copy_that_stands_as_an_article_is_missed() -> None:
    lines = journal()
    missed = [ln["article"] if ln.get("level") == "near_text" else ln for ln in lines]
    row = score(missed, TRUTH, 2).row("near copies")
    assert (row.right, row.of) == (0, 3)
    assert len(row.wrong) == 3
    assert not score(missed, TRUTH, 2).complete


def test_either_member_of_a_pair_may_be_the_first() -> None:
    """Which copy is fetched first is chance: the agency's report may be the duplicate."""
    lines = journal()
    place = next(i for i, ln in enumerate(lines) if ln["kind"] == "duplicate" and "harbour" in ln["url"])
    duplicate = lines[place]
    origin = next(i for i, ln in enumerate(lines) if ln["kind"] == "article" and ln["id"] == duplicate["of"])
    first = lines[origin]
    lines[origin] = duplicate["article"]
    lines[place] = {**duplicate, "id": first["id"], "of": duplicate["id"], "url": first["url"], "article": first}
    for line in lines:
        if line["kind"] == "duplicate" and line["of"] == first["id"]:
            line["of"] = duplicate["id"]
    resolved = [
        {
            "kind": "relation",
            "article_id": duplicate["id"],
            "url": relation["url"],
            "target_id": urls.article_id(relation["url"]),
        }
        for relation in duplicate["article"]["relations"]
    ]
    result = score([*lines, *resolved], TRUTH, 2)
    assert [row.wrong for row in result.rows if row.wrong] == []


def test_another_url_of_a_known_article_is_no_mistake() -> None:
    lines = journal()
    known = lines[0]["id"]
    variant = {"kind": "duplicate", "id": known, "of": known, "url": lines[0]["url"] + "?print=1", "level": "canonical"}
    assert score([*lines, variant], TRUTH, 2).complete


def drop_article(lines: list[Line]) -> None:
    lines.pop(next(i for i, ln in enumerate(lines) if ln["kind"] == "article" and not ln["relations"]))


def add_article(lines: list[Line]) -> None:
    index = "http://crescent-wire.localhost:8765/section/1"
    lines.append({**lines[0], "id": urls.article_id(index), "url": index, "canonical_url": index, "relations": []})


def second_id(lines: list[Line]) -> None:
    lines.append({**lines[0], "id": "0" * 20})


def copy_as_article(lines: list[Line]) -> None:
    place = next(i for i, ln in enumerate(lines) if ln["kind"] == "duplicate")
    lines[place] = lines[place]["article"]


def false_copy(lines: list[Line]) -> None:
    line = next(ln for ln in lines if ln["kind"] == "article" and not ln["relations"])
    other = next(ln for ln in lines if ln["kind"] == "article" and ln is not line)
    duplicate = {"kind": "duplicate", "id": line["id"], "of": other["id"], "url": line["url"], "level": "exact_text"}
    lines[lines.index(line)] = duplicate | {"article": line}


def forget_revision(lines: list[Line]) -> None:
    changed = next(a for a in TRUTH.articles if len(TRUTH.forms(urls.key(a.url), 2)) == 2)
    lines.remove(next(ln for ln in lines if ln.get("headline") == changed.headline))


def surplus_revision(lines: list[Line]) -> None:
    lines.append({**lines[0], "headline": "Another headline"})
    lines.append(lines[0])


def relation_left_open(lines: list[Line]) -> None:
    lines.pop(next(i for i, ln in enumerate(lines) if ln["kind"] == "relation"))


def relation_to_another(lines: list[Line]) -> None:
    line = next(ln for ln in lines if ln["kind"] == "relation")
    line["target_id"] = next(ln["id"] for ln in lines if ln["id"] != line["target_id"])


def with_relations(lines: list[Line]) -> Line:
    return next(ln for ln in lines if ln["kind"] == "article" and ln["relations"])


def drop_relation(lines: list[Line]) -> None:
    with_relations(lines)["relations"].pop()


def add_relation(lines: list[Line]) -> None:
    line = with_relations(lines)
    line["relations"].append({**line["relations"][0], "url": "http://shop.invalid/offer", "anchor": "Boots"})


def alter_relation(field: str, value: object) -> Callable[[list[Line]], None]:
    def alter(lines: list[Line]) -> None:
        with_relations(lines)["relations"][0][field] = value

    return alter


def alter(field: str, value: object) -> Callable[[list[Line]], None]:
    def change(lines: list[Line]) -> None:
        line = next(ln for ln in lines if ln["kind"] == "article" and ln["published_zone"] and ln["cites"])
        line[field] = value

    return change


def label_in_text(lines: list[Line]) -> None:
    line = with_relations(lines)
    line["text"] += "\n\nRead more"


@pytest.mark.parametrize(
    ("row", "mistake"),
    [
        ("articles", drop_article),
        ("articles", add_article),
        ("articles", second_id),
        ("exact copies", copy_as_article),
        ("exact copies", false_copy),
        ("revisions", forget_revision),
        ("revisions", surplus_revision),
        ("relations", relation_left_open),
        ("relations", relation_to_another),
        ("relations", drop_relation),
        ("relations", add_relation),
        ("relations", alter_relation("type", "other")),
        ("relations", alter_relation("anchor", "Kicker and headline")),
        ("relations", alter_relation("where", "sidebar")),
        ("relations", alter_relation("after_paragraph", 0)),
        ("headlines", alter("headline", "Something else")),
        ("texts", label_in_text),
        ("times", alter("published", "2019-03-16T17:46:00Z")),
        ("times", alter("published", None)),
        ("zones", alter("published_zone", "UTC")),
        ("languages", alter("language", "ur")),
        ("cites", alter("cites", [])),
        ("agencies", alter("agency", None)),
        ("sections", alter("section", "Sport")),
    ],
)
def test_each_mistake_is_noticed_and_explained(row: str, mistake: Callable[[list[Line]], None]) -> None:
    lines = copy.deepcopy(journal())
    mistake(lines)
    result = score(lines, TRUTH, 2)
    assert not result.complete
    found = result.row(row)
    assert found.right < found.of
    assert found.wrong


def test_names_of_one_outlet_are_the_same_citation() -> None:
    lines = journal()
    for line in lines:
        line["cites"] = ["Press TV" if "پرس" in name or "برس" in name else name for name in line.get("cites", ())]
    assert score(lines, TRUTH, 2).row("cites").complete


def test_an_empty_journal_has_nothing() -> None:
    result = score([], TRUTH, 1)
    assert not result.complete
    assert all(row.right == 0 for row in result.rows)
