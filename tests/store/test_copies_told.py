"""What `aggregator show` tells of copies, and what the journal says of the original."""

from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner

from aggregator.cli import main
from aggregator.encoding import from_json
from aggregator.identity import judge
from aggregator.operations.copies import family
from aggregator.records import Article, DuplicateLine, Publisher, Verdict
from aggregator.store import SqlStore
from tests.store.newsroom import HOUR, NOW, article, publisher, reading, text, url


def told(name: str, words: int, hours: float, **changes: object) -> Article:
    """The beginning of the flood's text at an outlet."""
    usual: dict[str, object] = {
        "url": url("flood", f"{name}.example"),
        "source": publisher(name),
        "text": " ".join(text("flood", 300).split()[:words]),
        "published": NOW + (hours - 10) * HOUR,
        "fetched": NOW + 9 * HOUR,
    }
    return article("flood", **{**usual, **changes})


def record(store: SqlStore, read: Article) -> Verdict:
    return store.record_article("r", reading(read), judge, read.fetched).verdict


def last_line(store: SqlStore) -> DuplicateLine:
    return from_json(store.rows_after(store.last_seq() - 1, 1)[0].payload, DuplicateLine)


def test_a_newcomer_that_was_published_before_is_told_as_the_original(store: SqlStore) -> None:
    first = record(store, told("herald", 200, 3)).article
    verdict = record(store, told("tribune", 300, 1))
    assert (verdict.outcome, verdict.of, verdict.original) == ("duplicate", first.id, verdict.article.id)
    assert "it is the original: Tribune had it at" in verdict.reason
    assert last_line(store).original == verdict.article.id
    record(store, told("observer", 200, 4))
    assert last_line(store).original == first.id
    assert "original" not in last_line(store).reason


def test_so_is_the_agencys_own_article(store: SqlStore) -> None:
    record(store, told("herald", 200, 0, agency="North Wire"))
    wire = record(store, told("northwire", 300, 2, source=Publisher(id="northwire", name="North Wire")))
    assert last_line(store).original == wire.article.id
    assert "is the agency that is named" in wire.reason


def test_the_family_of_an_article_is_told_from_each_member(store: SqlStore) -> None:
    herald = record(store, told("herald", 200, 3)).article
    tribune = record(store, told("tribune", 300, 1)).article
    observer = record(store, told("observer", 190, 4)).article
    found = family(store, herald)
    assert found["original"] == tribune.id
    assert (found["parent"], found["score"]) == (tribune.id, 1.0)
    assert [(row["id"], row.get("level")) for row in found["copies"]] == [
        (tribune.id, "syndicated"),
        (observer.id, "near_text"),
    ]
    assert "parent" not in found["copies"][0]
    assert found["copies"][1]["parent"] == tribune.id
    assert family(store, tribune)["original_of"] == [herald.id, observer.id]
    assert "original_of" not in family(store, observer)


def test_show_prints_it(project: Path, store: SqlStore) -> None:
    herald = record(store, told("herald", 200, 3)).article
    record(store, told("tribune", 300, 1))
    store.close()
    result = CliRunner().invoke(main, ["show", herald.id])
    assert result.exit_code == 0, result.output
    shown = json.loads(result.output)
    assert shown["original"] == shown["copies"][0]["id"]
    assert shown["original_reason"].startswith("Tribune had it first")


def test_all_forms_of_an_article_are_kept(store: SqlStore) -> None:
    first = record(store, told("herald", 200, 0)).article
    record(store, told("tribune", 200, 1))
    record(store, told("herald", 200, 0, headline="Another", fetched=NOW + 10 * HOUR))
    record(store, told("herald", 260, 0, headline="Another", fetched=NOW + 11 * HOUR))
    forms = store.forms(first.id)
    assert [(form.revision, form.change) for form in forms] == [(1, "new"), (2, "headline"), (3, "body")]
    assert store.forms("nobody") == []


def test_show_tells_what_changed(project: Path, store: SqlStore) -> None:
    first = record(store, told("herald", 200, 0)).article
    record(store, told("herald", 200, 0, headline="The flood is over", fetched=NOW + 10 * HOUR))
    store.close()
    command = ["show", first.id, "--diff"]
    plain = CliRunner().invoke(main, command)
    assert "revision 1 -> 2 (headline)" in plain.output
    assert "headline: The flood {+is over+}" in plain.output
    assert "\x1b[32m{+is over+}" in CliRunner().invoke(main, command, color=True).output


def test_one_form_has_nothing_to_compare(project: Path, store: SqlStore) -> None:
    first = record(store, told("herald", 200, 0)).article
    store.close()
    assert "only one form" in CliRunner().invoke(main, ["show", first.id, "--diff"]).output
