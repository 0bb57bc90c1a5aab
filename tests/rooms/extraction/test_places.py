"""Places of datelines: what stands before the agency or the dash, and what only looks like it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from aggregator.extraction import Outlets, prefix
from aggregator.records import Article, Source

SOURCE = Source(id="valley", name="Valley Herald")
OUTLETS = Outlets.of([SOURCE])


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("BAGHDAD (Reuters) - The ministers met on the bridge.", ("Baghdad",)),
        ("تهران (ایرنا) - وزیران روی پل دیدار کردند.", ("تهران",)),
        ("القاهرة/غزة (رويترز) - التقى الوزراء على الجسر.", ("القاهرة", "غزة")),
        ("بيروت، لبنان (رويترز) - التقى الوزراء على الجسر.", ("بيروت",)),
        ("WASHINGTON/LONDON, May 3 (AP) — The ministers met.", ("Washington", "London")),
        ("JERUSALEM, GAZA (Reuters) - The ministers met.", ("Jerusalem", "Gaza")),
        ("GAZA CITY, Gaza Strip (AP) — The ministers met.", ("Gaza City",)),
        ("Москва. 5 мая. INTERFAX.RU - Министры встретились.", ("Москва",)),
        ("МОСКВА, 5 мая. /ТАСС/. Министры встретились.", ("Москва",)),
        ("МОСКВА, 5 мая - РИА Новости. Министры встретились.", ("Москва",)),
        ("ANKARA - The ministers met on the bridge.", ("Ankara",)),
        ("Bağdat (AA) - Bakanlar köprüde görüştü.", ("Bağdat",)),
        ("DİYARBAKIR (AA) - Bakanlar köprüde görüştü.", ("Diyarbakır",)),
        ("İSTANBUL (AA) - Bakanlar köprüde görüştü.", ("İstanbul",)),
        ("PORT-AU-PRINCE, Haiti (AP) — The ministers met.", ("Port-au-Prince",)),
        ("N'DJAMENA (Reuters) - The ministers met.", ("N'Djamena",)),
        ("THE HAGUE, Netherlands (AP) — The ministers met.", ("The Hague",)),
        ("SIOUX FALLS, S.D. – The ministers met on the bridge.", ("Sioux Falls",)),
        ("Frankfurt/Main (dpa) - Die Minister trafen sich.", ("Frankfurt/Main",)),
        ("БАКУ /Trend/ - Министры встретились.", ("Баку",)),
        ("Berlin, 3. Mai (dpa) - Die Minister trafen sich.", ("Berlin",)),
        ("بغداد - واع - التقى الوزراء على الجسر.", ("بغداد",)),
        ("بغداد/ واع: التقى الوزراء على الجسر.", ("بغداد",)),
    ],
)
def test_the_places_of_a_dateline_are_read(text: str, places: tuple[str, ...]) -> None:
    assert prefix.places(text, SOURCE, OUTLETS) == places


@pytest.mark.parametrize(
    "text",
    [
        "Peace - the word was heard often on the bridge.",
        "He went to Ankara - and came back on the same day.",
        "The agency (AP) - said that the ministers met.",
        "BREAKING - The ministers met on the bridge.",
        "NATO - The ministers met on the bridge.",
        "Iran Press/Middle East: The ministers met.",
        "وكالات - التقى الوزراء على الجسر.",
        "عواصم (رويترز) - التقى الوزراء على الجسر.",
        "Reuters - The ministers met on the bridge.",
        "Das Deutsche Institut (DDI) sammelt Bilder.",
        "A short line",
        "",
    ],
)
def test_other_beginnings_hold_no_place(text: str) -> None:
    assert prefix.places(text, SOURCE, OUTLETS) == ()


def test_an_article_carries_its_places(page: Callable[..., str], article: Callable[..., Article]) -> None:
    found = article(page({0: "<p>BASRA/KUWAIT CITY (Reuters) - The two towns at the river were the hosts again.</p>"}))
    assert found.places == ("Basra", "Kuwait City")
    assert found.agency == "Reuters"
    assert "BASRA" not in found.text
