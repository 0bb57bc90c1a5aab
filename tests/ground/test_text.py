"""Text as it is stored and text as it is compared."""

from __future__ import annotations

import json
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aggregator.text import clean, digest, fold, one_line, words

SETTINGS = settings(max_examples=200, deadline=None)
FULL = st.text(alphabet=st.characters(exclude_categories=()), max_size=40)


LETTERS = [chr(code) for code in (*range(0x3400), *range(0xA490, 0xAC00), *range(0xD7B0, 0x20000))]
"""All of Unicode's letters and signs but the two blocks, Han and Hangul, in which all behave alike."""


class TestFold:
    @pytest.mark.parametrize(
        ("one", "other"),
        [
            ("كتاب", "کتاب"),  # Arabic and Persian kaf
            ("علي", "علی"),  # and yeh
            ("موسى", "موسی"),
            ("أحمد", "احمد"),
            ("إيران", "ایران"),
            ("آب", "اب"),
            ("مسؤول", "مسوول"),
            ("مدرسة", "مدرسه"),
            ("خانۀ", "خانه"),
            ("هەولێر", "ههولێر"),
            ("پاکستان کی", "پاكستان كي"),
            ("الـــعراق", "العراق"),  # tatweel
            ("مُحَمَّد", "محمد"),  # vowel marks
            ("می\u200cشود", "میشود"),  # zero-width non-joiner
            ("۱۴۰۳", "1403"),
            ("١٤٠٣", "۱۴۰۳"),
            ("İSTANBUL", "istanbul"),
            ("ISPARTA", "ısparta"),
            ("ÇAĞRI", "cagri"),
            ("Straße", "STRASSE"),
            ("Œuvre café", "œuvre cafe"),
            ("“quoted” – it’s", '"quoted" - it\'s'),
            ("«نقل»", '"نقل"'),
            ("ﻻ", "لا"),  # presentation form
            ("ﬁnal", "final"),
            ("a\u00a0 b\n\tc", "a b c"),
        ],
    )
    def test_the_same_word_typed_elsewhere_is_the_same(self, one: str, other: str) -> None:
        """One agency text is retyped on Arabic, Persian, Urdu and Turkish keyboards."""
        assert fold(one) == fold(other)

    @pytest.mark.parametrize(
        ("one", "other"), [("2024", "2025"), ("باب", "ناب"), ("bar", "car"), ("not a", "nota"), ("ج", "ح")]
    )
    def test_different_words_stay_different(self, one: str, other: str) -> None:
        """A fold too coarse calls two stories one."""
        assert fold(one) != fold(other)

    @SETTINGS
    @given(FULL)
    def test_twice_is_once(self, text: str) -> None:
        """Digests are taken over folded text that may have been folded before."""
        assert fold(fold(text)) == fold(text)

    def test_every_single_character_settles(self) -> None:
        """The property above draws few of the rare letters; this asks each of them, between two plain ones."""
        folded = {letter: fold(f"x{letter}y") for letter in LETTERS}
        assert [letter for letter, once in folded.items() if fold(once) != once] == []

    def test_words_are_folded_and_in_order(self) -> None:
        """They are what texts are compared by."""
        assert words("The “New” Café, ۱۲ — علي") == ["the", "new", "cafe", "12", "علی"]
        assert words("… — !") == []


class TestClean:
    @pytest.mark.parametrize(
        ("dirty", "kept"),
        [
            ("a\x00b\x07c\x1bd", "abcd"),
            ("a\x85b", "a\nb"),
            ("a\u2028b\u2029c", "a\nb\nc"),
            ("a\r\nb\rc", "a\nb\nc"),
            ("\ufeffa\ud800b\udfff", "ab"),
            ("\u202eevil\u202c \u2066x\u2069", "evil x"),
            ("a \t\u00a0 b\u3000c", "a b c"),
            ("  a  \n  b  ", "a\nb"),
            ("a\n\nb", "a\n\nb"),
            ("e\u0301", "é"),
            ("می\u200cشود", "می\u200cشود"),
            ("\uffff\ufffe", ""),
        ],
    )
    def test_what_no_reader_can_show_is_gone(self, dirty: str, kept: str) -> None:
        """Controls break terminals, bidi overrides forge headlines, lone surrogates break every UTF-8 writer;
        the zero-width non-joiner is Persian spelling and stays."""
        assert clean(dirty) == kept

    @SETTINGS
    @given(FULL)
    def test_twice_is_once_and_it_can_be_written(self, text: str) -> None:
        """Cleaned text is stored as UTF-8 on one line of JSON, whatever came in."""
        cleaned = clean(text)
        assert clean(cleaned) == cleaned
        assert unicodedata.is_normalized("NFC", cleaned)
        assert len(json.dumps(cleaned, ensure_ascii=False).encode().splitlines()) == 1

    def test_every_single_character_settles(self) -> None:
        """No character makes room for another that should go too."""
        once = {letter: clean(f"x{letter}y") for letter in LETTERS}
        assert [letter for letter, kept in once.items() if clean(kept) != kept] == []

    @pytest.mark.parametrize(
        ("text", "line"), [(None, None), ("", None), (" \n\u200e\x00 ", "\u200e"), ("a\n b\u2028c", "a b c")]
    )
    def test_a_headline_is_one_line_or_nothing(self, text: str | None, line: str | None) -> None:
        """Feeds break titles over lines, and empty ones are no titles."""
        assert one_line(text) == line


class TestOneLine:
    @SETTINGS
    @given(FULL)
    def test_it_is_the_cleaned_text_without_its_lines(self, text: str) -> None:
        assert one_line(text) == (" ".join(clean(text).split()) or None)

    @pytest.mark.parametrize("space", ["\x0b", "\x0c", "\x1c", "\x1f"])
    def test_controls_that_split_leave_nothing(self, space: str) -> None:
        assert one_line(f"one{space}word") == "oneword"


class TestDigest:
    def test_parts_are_kept_apart(self) -> None:
        """`ab`+`c` is not `a`+`bc`: a word that moves from the headline to the text is a change."""
        assert digest("ab", "c") != digest("a", "bc") != digest("abc")
        assert digest("ab", "") != digest("ab")

    def test_it_never_changes_and_takes_anything(self) -> None:
        """Digests stand in databases of earlier versions."""
        assert digest("a", "b") == digest("a", "b")
        assert len(digest("\ud800")) == 32
