"""What changed between two forms: its kind, and the words."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aggregator.identity.changes import CONTEXT, change_between, differences
from tests.store.newsroom import article, text


def change(added: str = "", **changes: Any) -> str:
    before = article("flood", text=text("flood", 80))
    return change_between(before, article("flood", text=text("flood", 80) + added, **changes))


@pytest.mark.parametrize(
    "notice",
    [
        "Correction: the mayor's name is Mara Venn.",
        "Clarification (March 3): the bridge is in the north.",
        "An earlier version of this article gave a wrong date.",
        "This story has been corrected to say that nine were hurt.",
        "Korrektur: Die Brücke liegt im Norden.",
        "In einer früheren Version dieses Artikels stand ein falsches Datum.",
        "Rectificatif : le pont se trouve au nord.",
        "Corrección: el puente está en el norte.",
        "Düzeltme: Köprü kuzeydedir.",
        "Исправление: мост находится на севере.",
        "تصحيح: الجسر يقع في الشمال.",
        "اصلاحیه: پل در شمال است.",
        "תיקון: הגשר נמצא בצפון.",
        "更正：大桥位于北部。",
        "CORRECTION\n\nThe bridge is in the north.",
    ],
)
def test_a_notice_that_was_added_is_a_correction(notice: str) -> None:
    assert change(f"\n\n{notice}") == "correction"


def test_one_that_was_there_before_is_none() -> None:
    notice = "\n\nCorrection: the mayor's name is Mara Venn."
    before = article("flood", text=text("flood", 80) + notice)
    assert change_between(before, article("flood", text=text("flood", 120) + notice)) == "body"


@pytest.mark.parametrize(
    "said", ["Correction officers went on strike for a day.", "The market saw a correction: prices fell by a tenth."]
)
def test_the_word_alone_is_none(said: str) -> None:
    assert change(f"\n\n{said}") == "body"


def test_a_headline_that_says_corrected_is() -> None:
    assert change(headline="CORRECTED-The flood") == "correction"


def test_differences_are_told_in_words() -> None:
    before = "The river rose by two metres on Monday.\n\nNobody was hurt."
    after = "The river rose by three metres on Monday.\n\nNobody was hurt.\n\nSchools stay closed."
    first, second = differences(before, after)
    assert [tuple(piece) for piece in first] == [
        ("same", "The river rose by"),
        ("removed", "two"),
        ("added", "three"),
        ("same", "metres on Monday."),
    ]
    assert [tuple(piece) for piece in second] == [("added", "Schools stay closed.")]


def test_what_stayed_is_cut_short() -> None:
    words = [f"word{place}" for place in range(60)]
    (pieces,) = differences(" ".join(words), " ".join([*words[:30], "new", *words[30:]]))
    assert pieces[0].text == " ".join(["…", *words[30 - CONTEXT : 30]])
    assert pieces[2].text == " ".join([*words[30 : 30 + CONTEXT], "…"])


@given(st.text("ab \n", max_size=60), st.text("ab \n", max_size=60))
@settings(max_examples=150, deadline=None)
def test_what_came_and_went_is_of_the_texts(before: str, after: str) -> None:
    pieces = [piece for paragraph in differences(before, after) for piece in paragraph]
    flat = {"removed": " ".join(before.split()), "added": " ".join(after.split())}
    assert all(piece.text in flat[piece.kind] for piece in pieces if piece.kind != "same")
    assert bool(pieces) or before.split() == after.split()
