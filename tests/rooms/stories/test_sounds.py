"""Names as they sound, and places by their CLDR names."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.stories.places import places_of
from aggregator.stories.sounds import sound
from aggregator.text import fold


@pytest.mark.parametrize(
    "names",
    [
        ("Trump", "Трамп", "Трампа", "ترامپ", "ترامب", "טראמפ"),
        ("Washington", "Вашингтон", "واشنطن", "واشنگتن", "וושינגטון"),
        ("Merkel", "Меркель", "مرکل", "ميركل", "מרקל", "Μέρκελ"),
    ],
)
def test_a_name_has_one_key_in_all_scripts(names: tuple[str, ...]) -> None:
    assert len({sound(fold(name)) for name in names}) == 1


def test_short_words_and_han_have_no_key() -> None:
    assert sound("ab") == sound("特朗普") == sound("") == ""


@given(st.text(max_size=30))
def test_a_key_is_capitals_or_nothing(word: str) -> None:
    key = sound(fold(word))
    assert key == "" or (key.isascii() and key.isupper() and key.isalpha())


def test_places_are_known_by_their_names_in_each_language() -> None:
    assert places_of("ru").of_word("германии") == "DE"
    assert places_of("fa").of_word("ایران") == "IR"
    assert places_of("zh").of_text("美国总统在日本东京") == ["US", "JP", "tokyo"]
    assert places_of("en").longest(["south", "korea", "said"]) == "KR"
    assert places_of("en").opens("south")
    assert places_of("xx").of_word("iran") is None
