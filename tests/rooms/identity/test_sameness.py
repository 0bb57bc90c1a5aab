"""Copies that are cut, edited, re-ordered, merged and embedded; and forms that are only filled in again."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aggregator.identity.sameness import COPIED, Text, compare
from aggregator.identity.shingles import RUN, SAMPLE_AT_LEAST, sample, shingles, tokens

SYLLABLES = ["ba", "ke", "li", "mo", "nu", "ra", "se", "ti", "vo", "zu", "dan", "fer", "gil", "hos", "jun", "kap"]


def report(seed: int, sentences: int = 24) -> list[str]:
    """Sentences that no report of another seed has; the same function words in all, as in real ones."""
    chance = random.Random(seed)
    glue = ["the", "of", "and", "in", "to", "a", "said", "that", "on", "for", "was", "with"]

    def word() -> str:
        made = "".join(chance.choices(SYLLABLES, k=2))
        return made.title() if chance.random() < 0.1 else made

    return [
        " ".join(chance.choice(glue) if chance.random() < 0.35 else word() for _ in range(chance.randint(9, 22))) + "."
        for _ in range(sentences)
    ]


def text(sentences: list[str], headline: str = "A report") -> Text:
    return Text.of(headline, " ".join(sentences))


def edited(sentences: list[str], share: float, seed: int) -> list[str]:
    """Words left out, doubled or misspelt, here and there."""
    chance = random.Random(seed)

    def changed(word: str) -> str:
        if chance.random() > share:
            return word
        return chance.choice(["", f"{word} {word}", word[:1] + word[2:3] + word[1:2] + word[3:]])

    return [" ".join(filter(None, map(changed, sentence.split()))) for sentence in sentences]


@pytest.mark.parametrize("seed", range(6))
class TestCopies:
    def test_the_same_words_are_a_copy(self, seed: int) -> None:
        same = compare(text(report(seed)), text(report(seed), "Another headline"))
        assert same.copied
        assert (same.containment, same.resemblance) == (1.0, 1.0)

    def test_a_short_version_is(self, seed: int) -> None:
        whole = report(seed)
        assert compare(text(whole), text(whole[:8])).copied
        assert compare(text(whole[3:10]), text(whole)).copied

    def test_one_with_its_parts_in_another_order_is(self, seed: int) -> None:
        whole = report(seed)
        random.Random(seed).shuffle(other := list(whole))
        assert compare(text(whole), text(other)).copied

    def test_one_inside_a_longer_piece_is(self, seed: int) -> None:
        whole = report(seed, 10)
        frame = report(seed + 1000, 40)
        assert compare(text(whole), text([*frame[:20], *whole, *frame[20:]])).copied

    def test_two_merged_into_one_are_each(self, seed: int) -> None:
        first, second = report(seed), report(seed + 1000)
        merged = text([*first[:14], *second[:14]])
        assert compare(text(first), merged).copied
        assert compare(text(second), merged).copied

    def test_one_with_edited_words_is(self, seed: int) -> None:
        assert compare(text(report(seed)), text(edited(report(seed), 0.04, seed))).copied

    def test_an_update_with_new_sentences_is(self, seed: int) -> None:
        new = report(seed + 1000, 9)
        assert compare(text(report(seed)), text([*new, *report(seed)])).copied

    def test_two_reports_of_one_event_with_the_same_quotes_are_not(self, seed: int) -> None:
        quotes = report(seed + 500, 5)
        first, second = report(seed, 16), report(seed + 1000, 14)
        assert not compare(text([*first, *quotes]), text([*second[:7], *quotes, *second[7:]])).copied


FORMS = {
    "quake": (
        "A magnitude {n}.{d} earthquake struck {d} kilometres from {A} on Monday, the seismological centre "
        "said. The quake was recorded at {n}:{n} local time at a depth of {n} kilometres. There were no "
        "immediate reports of casualties or damage. The region lies on active fault lines and is often hit "
        "by earthquakes. Residents were told to stay away from damaged buildings and to expect aftershocks "
        "in the coming hours."
    ),
    "result": (
        "{A} beat {B} {d}-{d} in the league on Saturday before a crowd of {n} thousand. {C} scored the "
        "first goal in the {n}th minute and the hosts held on until the break. After it the visitors "
        "pressed, but the defence stood firm and the goalkeeper saved twice. {A} now have {n} points from "
        "{n} matches and play away next week."
    ),
    "dividend": (
        "{A} said on Thursday that its board had declared a quarterly dividend of {n} cents a share, "
        "payable on the {n}th of the month to shareholders of record at the close of business on the {n}th. "
        "The company, which is listed in {B}, paid {n} cents a year earlier. Shares of {A} closed at {n} on "
        "Wednesday."
    ),
    "زلزله": (
        "زمین‌لرزه‌ای به بزرگی {n}.{d} ریشتر ساعت {n}:{n} روز دوشنبه {A} را لرزاند. مرکز لرزه‌نگاری عمق این "
        "زمین‌لرزه را {n} کیلومتر اعلام کرد. تاکنون گزارشی از خسارت یا تلفات احتمالی دریافت نشده است. "
        "نیروهای امدادی در آماده‌باش هستند و از مردم خواسته شده است از ساختمان‌های آسیب‌دیده دور بمانند و "
        "منتظر پس‌لرزه‌ها در ساعت‌های آینده باشند."
    ),
}
PLACES = ["Ostrava", "Melrand", "Quilpue", "Haarvik", "Tolmezzo", "Birsay", "Dunmore", "Kesrun", "Palanga", "Zadrima"]


def filled(form: str, seed: int) -> Text:
    """A form with names and numbers of its own."""
    chance = random.Random(seed)
    places = chance.sample(PLACES, 3)
    body = FORMS[form]
    for slot, place in zip("ABC", places, strict=True):
        body = body.replace(f"{{{slot}}}", place)
    while "{n}" in body:
        body = body.replace("{n}", str(chance.randint(11, 98)), 1)
    while "{d}" in body:
        body = body.replace("{d}", str(chance.randint(2, 9)), 1)
    return Text.of(f"{form} {places[0]}", body)


@pytest.mark.parametrize("form", FORMS)
def test_a_form_filled_in_anew_is_no_copy(form: str) -> None:
    made = [filled(form, seed) for seed in range(8)]
    pairs = [(one, other) for place, one in enumerate(made) for other in made[place + 1 :]]
    assert [compare(one, other) for one, other in pairs if compare(one, other).copied] == []
    # They do share most of their words: it is what differs that tells.
    assert any(compare(one, other).containment > COPIED for one, other in pairs)


@pytest.mark.parametrize("form", FORMS)
def test_the_same_report_in_two_papers_is(form: str) -> None:
    made = filled(form, 1)
    framed = Text.of("Our own headline", f"{made.body} Reporting by the desk.")
    assert compare(made, framed).copied


def test_words_too_few_to_tell_are_no_copy() -> None:
    notice = "We are sorry, but too many requests came from your address. Please try again in a few minutes."
    assert not compare(Text.of("Sorry", notice), Text.of("Sorry", notice)).copied


def test_letters_of_another_keyboard_are_the_same() -> None:
    body = " ".join(report(3)) + " کتاب‌های علي در " * 3
    assert compare(Text.of("a", body), Text.of("a", body.replace("ي", "ی").replace("ک", "ك"))).containment == 1.0


def test_scripts_without_spaces_are_compared_by_letters() -> None:
    whole = "".join(chr(0x4E00 + (place * 37) % 2000) for place in range(400))
    assert len(tokens(whole)) == 400
    assert compare(Text.of("a", whole), Text.of("b", whole[:200])).copied


@given(st.text(max_size=400), st.text(max_size=400))
@settings(max_examples=200, deadline=None)
def test_any_two_texts_can_be_compared_either_way(first: str, second: str) -> None:
    there, back = compare(Text.of("a", first), Text.of("b", second)), compare(Text.of("b", second), Text.of("a", first))
    assert there.containment == back.containment
    assert 0 <= there.resemblance <= there.containment <= 1


@given(st.integers(0, 1000), st.integers(5, 60))
@settings(max_examples=60, deadline=None)
def test_a_part_has_hashes_of_the_sample_of_its_whole(seed: int, sentences: int) -> None:
    """Whichever comes first, the index leads from one to the other."""
    whole = report(seed, sentences)
    part = whole[sentences // 3 :]
    all_of_it, some = shingles(tokens(" ".join(whole))), shingles(tokens(" ".join(part)))
    assert set(sample(all_of_it).tolist()) & set(some.tolist())
    assert set(sample(some).tolist()) & set(all_of_it.tolist())
    assert sample(all_of_it).size >= min(SAMPLE_AT_LEAST, all_of_it.size)


def test_a_text_shorter_than_a_run_has_none() -> None:
    assert shingles(tokens("three short words")).size == 0
    assert shingles(["a"] * RUN).size == 1


@pytest.mark.parametrize("seed", range(6))
class TestParts:
    def test_passages_of_a_third_of_an_original_are_a_copy(self, seed: int) -> None:
        whole, own = report(seed, 30), report(seed + 1000, 16)
        woven = text([*whole[:6], *own, *whole[6:12]])
        same = compare(text(whole), woven)
        assert same.containment < COPIED
        assert same.copied
        assert any("passages" in line for line in same.evidence())

    def test_the_same_passages_in_quotation_marks_are_not(self, seed: int) -> None:
        quotes = [f"“{sentence}”" for sentence in report(seed + 500, 12)]
        first, second = report(seed, 14), report(seed + 1000, 14)
        same = compare(text([*first, *quotes]), text([*quotes[:6], *second, *quotes[6:]]))
        assert same.containment > 0.3
        assert same.passages == 0 or not same.copied
        assert not same.copied

    def test_what_a_house_says_of_itself_at_the_end_is_not(self, seed: int) -> None:
        about = " ".join(report(seed + 500, 12)).split()[:80]
        ending = " ".join(about)
        first, second = report(seed, 5), report(seed + 1000, 6)
        same = compare(text([*first, ending]), text([*second, ending, "Contact: Mara Venn, 555 0100."]))
        assert same.ending
        assert not same.copied
        # Where all the rest is the same too, it is a copy for all that.
        assert compare(text([*first, ending]), text([*first[1:], ending])).copied


@pytest.mark.parametrize("letters", ["ابپتجدرسشقکلمنهوی", "अकखगचजटडतदनपबमयरलवसह", "აბგდევზილმნოპრსტუფქ"])
def test_forms_of_scripts_without_capitals_are_no_copies(letters: str) -> None:
    """Nothing marks a name there: that many words stand in the place of others is what tells."""
    fixed = random.Random(letters)
    passages = [["".join(fixed.choices(letters, k=5)) for _ in range(8)] for _ in range(14)]

    def form(seed: int) -> Text:
        chance = random.Random(seed)
        words = [[*passage, "".join(chance.choices(letters, k=6))] for passage in passages]
        return text([" ".join(sentence) + "." for sentence in words], "x")

    same = compare(form(1), form(2))
    assert same.containment >= COPIED
    assert not same.copied


def test_a_list_that_is_filled_in_anew_is_no_copy() -> None:
    frame = "Fixtures of the league for the weekend, all of them at three in the afternoon unless another time is told."
    after = (
        "Matches that cannot be played are moved to the following week. Tickets are sold at the gates from two hours "
        "before the beginning, and at the usual offices in town, which are open until noon. Children pay half the "
        "price. Members of the clubs are asked to bring their cards with them to the gate."
    )

    def fixtures(seed: int) -> Text:
        chance = random.Random(seed)
        games = [f"the {'-'.join(chance.sample(PLACES, 2))} {chance.randint(10, 99)}" for _ in range(7)]
        return Text.of("Fixtures", f"{frame} {', '.join(games)}. {after}")

    same = compare(fixtures(1), fixtures(2))
    assert same.containment >= COPIED
    assert not same.copied
