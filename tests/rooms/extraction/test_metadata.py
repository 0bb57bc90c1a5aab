"""Headline, people, agencies, outlets, language, addresses: from the page's statements and its text."""

from __future__ import annotations

import pickle
from collections.abc import Callable

import pytest

from aggregator.extraction import ExtractionOptions, Outlets, cites, prefix
from aggregator.records import Article, Source

Build = Callable[..., str]
Read = Callable[..., Article]
SOURCE = Source(id="valley", name="Valley Herald")
OUTLETS = Outlets.of([SOURCE, Source(id="upper", name="Upper Post", aliases=("UPN", "پست بالا"))])


def _jsonld(fields: str) -> str:
    node = f'{{"@type":"NewsArticle","headline":"Officials meet over the river",{fields}}}'
    return f'<script type="application/ld+json">{node}</script>'


def test_the_headline_is_without_the_sites_name(page: Build, article: Read) -> None:
    head = '<meta property="og:title" content="Officials meet over the river | Valley Herald">'
    assert article(page(head=head)).headline == "Officials meet over the river"


@pytest.mark.parametrize(
    ("stated", "names"),
    [
        (
            '"author":[{"@type":"Person","name":"Ann Rivers"},{"@type":"Person","name":"By Tom Hill"}]',
            ("Ann Rivers", "Tom Hill"),
        ),
        ('"author":"Ann Rivers and Tom Hill"', ("Ann Rivers", "Tom Hill")),
        ('"author":{"@type":"Person","name":"Admin"}', ()),
        ('"author":{"@type":"Organization","name":"Valley Herald"}', ("Valley Herald",)),
        ('"author":[{"@type":"Organization","name":"Valley Herald"},"Ann Rivers"]', ("Ann Rivers",)),
        ('"author":{"name":{"@type":"Person","name":"Ann Rivers"}}', ("Ann Rivers",)),
        ('"author":"ann.rivers@valley.example"', ()),
        ('"author":"@annrivers"', ()),
        ('"author":"By Ann Rivers, Tom Hill and Eve Brook"', ("Ann Rivers", "Tom Hill", "Eve Brook")),
        ('"author":"Ann Rivers, Tom Hill et Eve Brook"', ("Ann Rivers", "Tom Hill", "Eve Brook")),
        ('"author":"Анна Речная и Том Холмов"', ("Анна Речная", "Том Холмов")),
        ('"author":"Ayşe Dere ve Can Tepe"', ("Ayşe Dere", "Can Tepe")),
        ('"author":"سامي الوادي وليلى النهر"', ("سامي الوادي", "ليلى النهر")),
        ('"author":"https://valley.example/people/7"', ()),
        ('"author":"Staff Writer"', ()),
        ('"author":"dpa"', ("dpa",)),
    ],
)
def test_authors_are_people_or_agencies(stated: str, names: tuple[str, ...], page: Build, article: Read) -> None:
    assert article(page(head=_jsonld(stated))).authors == names


def test_a_byline_on_the_page_names_the_author(page: Build, article: Read) -> None:
    top = '<div class="byline">By <a rel="author" href="/authors/ann">Ann Rivers</a></div>'
    assert article(page(top=top)).authors == ("Ann Rivers",)


@pytest.mark.parametrize(
    ("text", "agency", "section"),
    [
        ("Iran Press/Middle East: The ministers met again on Sunday.", "Iran Press", "Middle East"),
        ("BAGHDAD (Reuters) - The ministers met again on Sunday.", "Reuters", None),
        ("تهران (ایرنا) - وزیران روز یکشنبه دوباره دیدار کردند.", "IRNA", None),
        ("بغداد/ واع: اجتمع الوزراء مرة أخرى يوم الأحد.", "INA", None),
        ("Berlin (dpa) – Die Minister trafen sich am Sonntag wieder.", "DPA", None),
        ("UPN - The ministers met again on Sunday in the town.", "Upper Post", None),
    ],
)
def test_an_agency_prefix_is_taken_off(text: str, agency: str, section: str | None) -> None:
    found = prefix.read(text, SOURCE, OUTLETS)
    assert found is not None
    assert (found.agency, found.section) == (agency, section)
    assert found.rest[0] in "Tواب DT"
    assert agency not in found.rest


@pytest.mark.parametrize(
    "text",
    [
        "The vote was a draw: both sides had seven votes in the end.",
        "He/she: the form leaves no other choice to those who fill it in.",
        "The river (which has no bridge) - and this is new - rose by a metre.",
        "Two ministers/one question: who pays, asked the people of the town.",
    ],
)
def test_prose_has_no_prefix(text: str) -> None:
    assert prefix.read(text, SOURCE, OUTLETS) is None


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Press TV reported that the talks go on.", ("Press TV",)),
        ("The talks go on, according to Reuters and AFP.", ("Reuters", "AFP")),
        ("The minister told Al Jazeera that he was content.", ("Al Jazeera",)),
        ("به گزارش ایرنا، گفت‌وگوها ادامه دارد.", ("IRNA",)),
        ("وقال الوزير، نقلا عن وكالة الأناضول، إن المحادثات مستمرة.", ("Anadolu Agency",)),
        ("واستمرت المحادثات وفقا لرويترز حتى المساء.", ("Reuters",)),
        ("Anadolu Ajansı'nın haberine göre görüşmeler sürüyor.", ("Anadolu Agency",)),
        ("Переговоры продолжаются, сообщает ТАСС.", ("TASS",)),
        ("The Upper Post wrote that the bridge is closed.", ("Upper Post",)),
        ("قال الوزير إن الشرق الأوسط بحاجة إلى السلام، وتحدث عن العالم.", ()),
        ("وذكرت صحيفة الشرق الأوسط أن المحادثات مستمرة.", ("Asharq Al-Awsat",)),
        ("The Reuters building stands near the river.", ()),
        ("The Valley Herald reported this first.", ()),
        ("She mehr reported nothing.", ()),
    ],
)
def test_outlets_named_as_source_are_cited(text: str, names: tuple[str, ...]) -> None:
    assert cites.find([text], SOURCE, OUTLETS, None) == names


def test_the_catalogues_name_of_an_outlet_wins_in_every_script() -> None:
    outlets = Outlets.of([Source(id="irna", name="IRNA English", aliases=("IRNA",))])
    assert cites.find(["به گزارش ایرنا، گفت‌وگوها ادامه دارد."], SOURCE, outlets, None) == ("IRNA English",)


def test_a_wrong_language_statement_is_corrected_by_the_text(page: Build, article: Read) -> None:
    assert article(page(lang="fa")).language == "en"


def test_the_canonical_url_is_of_the_same_site(page: Build, article: Read) -> None:
    own = article(page(head='<link rel="canonical" href="/news/100?utm_source=x">'))
    assert own.canonical_url == "https://valley.example/news/100"
    foreign = article(page(head='<link rel="canonical" href="https://other.example/1">'))
    assert foreign.canonical_url.startswith("https://valley.example/news/100/")
    front = article(page(head='<link rel="canonical" href="/">'))
    assert front.canonical_url.startswith("https://valley.example/news/100/")


def test_amp_and_asked_urls_are_alternatives(page: Build, article: Read) -> None:
    found = article(page(head='<link rel="amphtml" href="/amp/news/100">'))
    assert "https://valley.example/amp/news/100" in found.alt_urls


def test_tags_section_images_and_access_are_read(page: Build, article: Read) -> None:
    head = _jsonld(
        '"articleSection":"World","keywords":"river, water","image":{"url":"/a.jpg","caption":"The river"},'
        '"isAccessibleForFree":"False"'
    )
    found = article(page(head=head))
    assert (found.section, found.tags, found.access) == ("World", ("river", "water"), "paywalled")
    assert [(image.url, image.caption) for image in found.images] == [("https://valley.example/a.jpg", "The river")]


def test_the_standfirst_is_the_first_of_the_text_once(page: Build, article: Read, paragraphs: tuple[str, ...]) -> None:
    lead = "Two towns on one river want to share its water, and for the first time they have a plan for it."
    for top in (f"<p class='standfirst'>{lead}</p>", f"<h2 class='subtitle'>{lead}</h2>"):
        found = article(page(top=top))
        assert found.lead == lead
        assert found.text.split("\n\n") == [lead, *paragraphs]


def test_encodings_are_read_by_what_they_are(page: Build, article: Read, paragraphs: tuple[str, ...]) -> None:
    text = paragraphs[0]
    arabic = "اجتمع الوفدان يوم الثلاثاء في مبنى البلدية القديم وتحدثا ست ساعات عن مياه النهر وتقاسمها بين المدينتين."
    html = page().replace(text, arabic)
    for body, header in (
        (html.encode("utf-8"), "text/html"),
        (html.encode("utf-8"), "text/html; charset=iso-8859-1"),
        (html.encode("cp1256"), "text/html; charset=windows-1256"),
        (html.replace("<head>", '<head><meta charset="windows-1256">').encode("cp1256"), "text/html"),
        (html.encode("utf-16"), "text/html"),
    ):
        found = article(body, headers=(("content-type", header),))
        assert arabic in found.text


def test_options_and_outlets_can_be_sent_to_another_process() -> None:
    assert pickle.loads(pickle.dumps(OUTLETS)) == OUTLETS
    assert pickle.loads(pickle.dumps(ExtractionOptions())) == ExtractionOptions()
