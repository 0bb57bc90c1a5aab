"""The store's SQL in the words of PostgreSQL."""

from __future__ import annotations

import pytest

from aggregator.store import dialect


@pytest.mark.parametrize(
    ("written", "given"),
    [
        ("WHERE a = :a AND b = :b", "WHERE a = %(a)s AND b = %(b)s"),
        ("reason LIKE 'rule %' AND x = ':no'", "reason LIKE 'rule %%' AND x = ':no'"),
        ("SELECT a::text", "SELECT a::text"),
        ("IN (SELECT value FROM json_each(:keys))", "IN (SELECT value FROM unnest(%(keys)s::text[]) AS each (value))"),
        (
            "FROM json_each(record, '$.outlets')",
            "FROM json_array_elements_text(record::json -> 'outlets') AS each (value)",
        ),
    ],
)
def test_words_are_exchanged(written: str, given: str) -> None:
    assert dialect.translated(written)[0] == given


def test_lists_are_lists_and_texts_have_no_zero_byte() -> None:
    _, listed = dialect.translated("IN (SELECT value FROM json_each(:keys)) AND a = :a")
    values = {"keys": '["x", 7, "a\\u0000"]', "a": "[]\0", "yes": True, "none": None}
    assert dialect.bound(values, listed) == {"keys": ["x", "7", "a\ufffd"], "a": "[]\ufffd", "yes": 1, "none": None}


def test_a_statement_may_be_for_one_database_alone() -> None:
    """An index of words, for instance, has nothing in common on both."""
    one, other = f"{dialect.SQLITE_ONLY} CREATE VIRTUAL TABLE v", f"{dialect.POSTGRES_ONLY} CREATE INDEX i"
    assert dialect.migrated(one) == []
    assert dialect.migrated(other) == [other]
    assert dialect.local((one, other)) == [one]
