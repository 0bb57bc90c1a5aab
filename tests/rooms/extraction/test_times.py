"""Times in the calendars, languages and zones of the region, and which of several is believed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from aggregator.extraction import times
from aggregator.records import Article, Selectors, Source

Build = Callable[..., str]
Read = Callable[..., Article]


@pytest.mark.parametrize(
    ("text", "language", "local", "zone"),
    [
        ("Mar 16, 2019 17:46 Asia/Tehran", "en", "2019-03-16T17:46:00", "Asia/Tehran"),
        ("Fri Apr 28 19:20:36 CEST 2023", "en", "2023-04-28T19:20:36", "+02:00"),
        ("Tue Feb 20 2018 01:00:00 GMT+0100 (Central European Standard Time)", "en", "2018-02-20T01:00:00", "+01:00"),
        ("3rd of May, 2025 at 4pm", "en", "2025-05-03T16:00:00", None),
        ("الثلاثاء ٥ شعبان ١٤٤٧هـ", "ar", "2026-01-24", None),
        ("5 جمادى الآخرة 1447", "ar", "2025-11-26", None),
        ("5 ذو القعدة 1446 هـ الموافق 3 مايو 2025 م", "ar", "2025-05-03", None),
        ("٣ كانون الثاني ٢٠٢٦ - ١٠:٣٠", "ar", "2026-01-03T10:30:00", None),
        ("5 حزيران / يونيو 2025", "ar", "2025-06-05", None),
        ("٦-١-٢٠٢٦ ١٠:٢٠", "ckb", "2026-01-06T10:20:00", None),
        ("5 Reşemiyê 2026", "ku", "2026-02-05", None),
        ("5 جنوری، 2026ء", "ur", "2026-01-05", None),
        ("5 İyun 2025, 14:20", "az", "2025-06-05T14:20:00", None),
        ("5 մայիսի 2025", "hy", "2025-05-05", None),
        ("12 בדצמבר 2025, 10:30", "he", "2025-12-12T10:30:00", None),
        ("Published 5:46 PM EDT, Sat March 16, 2019", "en", "2019-03-16T17:46:00", "-04:00"),
        ("16th of March 2019 at 17:46 GMT+3", "en", "2019-03-16T17:46:00", "+03:00"),
        ("۲۵ اسفند ۱۳۹۷ ساعت ۱۷:۴۶", "fa", "2019-03-16T17:46:00", None),
        ("۱۳۹۷/۱۲/۲۵ ۱۷:۴۶", "fa", "2019-03-16T17:46:00", None),
        ("شنبه ۲۵ حوت ۱۳۹۷", "fa", "2019-03-16", None),
        ("۱۶ مارس ۲۰۱۹", "fa", "2019-03-16", None),
        ("السبت ١٦ آذار ٢٠١٩ - ١٧:٤٦ بتوقيت بيروت", "ar", "2019-03-16T17:46:00", "Asia/Beirut"),
        ("16 مارس 2019 05:46 مساء", "ar", "2019-03-16T17:46:00", None),
        ("23 تشرين الثاني 2026", "ar", "2026-11-23", None),
        ("16 جويلية 2019 10:00 GMT", "ar", "2019-07-16T10:00:00", "UTC"),
        ("٩ رجب ١٤٤٠", "ar", "2019-03-16", None),
        ("16 Mart 2019 Cumartesi 17:46", "tr", "2019-03-16T17:46:00", None),
        ("16.03.2019 - 17:46", "tr", "2019-03-16T17:46:00", None),
        ("16 במרץ 2019 17:46", "he", "2019-03-16T17:46:00", None),
        ("16 مارچ 2019", "ur", "2019-03-16", None),
        ("16ê Adara 2019an", "ku", "2019-03-16", None),
        ("١٦ی ئازاری ٢٠١٩", "ckb", "2019-03-16", None),
        ("16 марта 2019, 17:46 (мск)", "ru", "2019-03-16T17:46:00", "Europe/Moscow"),
        ("16. März 2019, 17.46 Uhr", "de", "2019-03-16T17:46:00", None),
        ("16 mars 2019 à 17h46", "fr", "2019-03-16T17:46:00", None),
        ("2019年3月16日 17:46", "ja", "2019-03-16T17:46:00", None),
        ("Sat Mar 16 17:46:20 CET 2019", "de", "2019-03-16T17:46:20", "+01:00"),
    ],
)
def test_a_printed_time_is_read(text: str, language: str, local: str, zone: str | None) -> None:
    stamp = times.printed(text, (language,))
    assert stamp is not None
    assert (stamp.local, stamp.zone.name if stamp.zone else None) == (local, zone)


@pytest.mark.parametrize(
    "text", ["", "17:46", "3,000 people", "Route 66", "2019", "31/02/2019", "99 Mart 2019", "x" * 500]
)
def test_what_is_no_day_gives_none(text: str) -> None:
    assert times.printed(text, ("en",)) is None


def test_month_and_day_are_read_by_country() -> None:
    american, british = times.printed("03/04/2019", (), "US"), times.printed("03/04/2019", (), "GB")
    assert american is not None
    assert british is not None
    assert (american.local, british.local) == ("2019-03-04", "2019-04-03")


def _jsonld(published: str) -> str:
    return (
        '<script type="application/ld+json">{"@type":"NewsArticle","headline":"Officials meet over the river",'
        f'"datePublished":"{published}"}}</script>'
    )


def test_a_time_with_an_offset_wins_over_a_line_without_zone(page: Build, article: Read) -> None:
    found = article(page(head=_jsonld("2026-05-05T09:00:00+03:30"), top="<p class='date'>May 5, 2026 11:00</p>"))
    assert found.published == datetime(2026, 5, 5, 5, 30, tzinfo=UTC)
    assert (found.published_source, found.published_zone) == ("jsonld", "+03:30")


def test_a_line_with_its_zone_is_preferred_where_both_agree(page: Build, article: Read) -> None:
    found = article(page(head=_jsonld("2026-05-05T05:30:12Z"), top="<p>May 5, 2026 09:00 Asia/Tehran</p>"))
    assert found.published == datetime(2026, 5, 5, 5, 30, tzinfo=UTC)
    assert (found.published_source, found.published_zone) == ("dateline", "Asia/Tehran")


def test_a_time_without_zone_is_never_taken_for_utc(page: Build, article: Read) -> None:
    found = article(page(top="<p>May 5, 2026 11:00</p>"))
    assert found.published is None
    assert found.published_local == "2026-05-05T11:00:00"
    assert "time without a zone" in found.warnings


def test_the_zone_of_the_source_is_applied_and_said(page: Build, article: Read) -> None:
    source = Source(id="valley", name="Valley Herald", timezone="Asia/Baghdad")
    found = article(page(top="<p>May 5, 2026 11:00</p>"), source=source)
    assert found.published == datetime(2026, 5, 5, 8, tzinfo=UTC)
    assert (found.published_source, found.published_zone) == ("dateline+zone", "Asia/Baghdad")
    assert "time without a zone" not in found.warnings


def test_a_day_alone_takes_the_feeds_time_of_that_day(page: Build, article: Read) -> None:
    listed = datetime(2026, 5, 5, 7, 15, tzinfo=UTC)
    found = article(page(top="<p>May 5, 2026</p>"), published=listed)
    assert (found.published, found.published_source) == (listed, "feed")
    alone = article(page(top="<p>May 5, 2026</p>"))
    assert (alone.published, alone.published_local) == (None, "2026-05-05")


def test_times_that_are_days_apart_are_warned_of(page: Build, article: Read) -> None:
    found = article(page(top="<p>May 5, 2026 11:00 GMT</p>"), published=datetime(2026, 4, 1, tzinfo=UTC))
    assert found.published_source == "dateline"
    assert any(warning.startswith("times disagree") for warning in found.warnings)


def test_the_time_of_a_change_is_not_that_of_publication(page: Build, article: Read) -> None:
    found = article(page(top="<p>Updated: May 6, 2026 10:00 GMT</p><p>May 5, 2026 11:00 GMT</p>"))
    assert found.published == datetime(2026, 5, 5, 11, tzinfo=UTC)
    assert found.modified == datetime(2026, 5, 6, 10, tzinfo=UTC)


def test_the_dateline_is_no_paragraph(page: Build, article: Read, paragraphs: tuple[str, ...]) -> None:
    found = article(page({0: "<p>Tuesday, May 5, 2026 11:00 GMT</p>"}))
    assert found.text.split("\n\n") == list(paragraphs)


def test_a_selector_comes_first(page: Build, article: Read) -> None:
    source = Source(id="valley", name="Valley Herald", selectors=Selectors(published=("em.when",)))
    top = "<p>May 5, 2026 11:00 GMT</p><em class='when'>2026-05-04 10:00 +0300</em>"
    found = article(page(top=top), source=source)
    assert (found.published, found.published_source) == (datetime(2026, 5, 4, 7, tzinfo=UTC), "selector")


def test_the_url_may_tell_the_day(page: Build, article: Read) -> None:
    found = article(page(), url="https://valley.example/2026/05/04/officials-meet")
    assert (found.published, found.published_local, found.published_source) == (None, "2026-05-04", "url")


@pytest.mark.parametrize(
    ("text", "local"),
    [
        ("3 hours ago", "2026-06-01T09:00:00"),
        ("an hour ago", "2026-06-01T11:00:00"),
        ("vor 2 Stunden", "2026-06-01T10:00:00"),
        ("il y a 5 minutes", "2026-06-01T11:55:00"),
        ("hace 3 días", "2026-05-29"),
        ("3 saat önce", "2026-06-01T09:00:00"),
        ("2 gün əvvəl", "2026-05-30"),
        ("5 часов назад", "2026-06-01T07:00:00"),
        ("منذ ٣ ساعات", "2026-06-01T09:00:00"),
        ("۳ ساعت پیش", "2026-06-01T09:00:00"),
        ("לפני 2 שעות", "2026-06-01T10:00:00"),
        ("3 گھنٹے پہلے", "2026-06-01T09:00:00"),
        ("٢ کاتژمێر لەمەوبەر", "2026-06-01T10:00:00"),
        ("5 ժամ առաջ", "2026-06-01T07:00:00"),
        ("The war began 3 years ago", None),
        ("3 hours", None),
        ("400 hours ago", None),
    ],
)
def test_a_distance_from_now_is_counted_back(text: str, local: str | None) -> None:
    stamp = times.relative(text, datetime(2026, 6, 1, 12, tzinfo=UTC))
    assert (stamp.local if stamp else None) == local


def test_a_page_that_only_says_how_long_ago_is_marked(page: Build, article: Read) -> None:
    found = article(page(top="<p>3 hours ago</p>"))
    assert (found.published, found.published_source) == (datetime(2026, 6, 1, 9, tzinfo=UTC), "relative")
    assert "time of publication counted back from the fetch" in found.warnings


def test_a_stated_day_outweighs_how_long_ago(page: Build, article: Read) -> None:
    found = article(page(top="<p>3 hours ago</p><time datetime='2026-05-30'>30 May</time>"))
    assert (found.published_local, found.published_source) == ("2026-05-30", "time")


def test_the_clock_of_another_day_is_not_the_articles(page: Build, article: Read) -> None:
    head = '<meta property="article:published_time" content="2026-05-30">'
    found = article(page(head=head, top="<p>31 May 2026, 11:13</p>"))
    assert found.published_local == "2026-05-30"
