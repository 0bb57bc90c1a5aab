"""A stream that has just begun knows which words say nothing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from aggregator.stories import Item, Stories
from aggregator.stories.reading import hashed
from aggregator.stories.usual import usual

START = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("language", "word"), [("en", "the"), ("fr", "dans"), ("fa", "است"), ("ru", "года"), ("tr", "ve")]
)
def test_the_usual_words_of_a_language_are_known(language: str, word: str) -> None:
    found = usual(language)
    assert hashed(word) in found
    assert len(np.unique(found)) == len(found)


@pytest.mark.parametrize("language", ["und", "zh", "xx", "not a language"])
def test_a_language_without_a_list_has_none(language: str) -> None:
    assert not usual(language).size


def test_two_first_articles_are_not_tied_together_by_usual_words() -> None:
    """Without the list all words of a young stream weigh the same."""
    tail = "was at the end of the day for all of them, and it is said that they had been there before, as it was so."
    stories = Stories()
    first = stories.place(
        Item(id="a", language="en", headline="Flamingos in a basin", text=f"A lake {tail}", published=START)
    )
    second = stories.place(
        Item(
            id="b",
            language="en",
            headline="Pharmacies share the nights",
            text=f"A rota {tail}",
            published=START + timedelta(hours=1),
        )
    )
    assert first.story_id != second.story_id
    summary = stories.summary(first.story_id)
    assert summary is not None
    assert not {"the", "of", "and", "was"} & set(summary.terms)
