"""Who wrote an article: what counts as a name, and where a page is believed."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from aggregator.extraction import people
from aggregator.extraction.structured import Structured
from aggregator.records import Article, Source

Build = Callable[..., str]
Read = Callable[..., Article]


def _stating(author: str) -> str:
    node = f'{{"@type":"NewsArticle","headline":"Officials meet over the river","author":{author}}}'
    return f'<script type="application/ld+json">{node}</script>'


@pytest.mark.parametrize(
    ("author", "names"),
    [
        ('{"@type":"Person","givenName":"Ann","familyName":"Rivers"}', ("Ann Rivers",)),
        ('[{"@type":"Person","name":"Ann Rivers"},{"@type":"Person","name":"AP"}]', ("Ann Rivers", "AP")),
        ('{"@type":"Organization","name":"Upper Hill Brewery"}', ()),
        ('{"@type":"NewsMediaOrganization","name":"River Press Agency"}', ("River Press Agency",)),
        ('{"@type":"Organization","name":"خبرگزاری رودخانه"}', ("خبرگزاری رودخانه",)),
        ('{"@type":"Person","name":"Ann Rivers, Political Correspondent, Upper Hill"}', ("Ann Rivers", "Upper Hill")),
        ('{"@type":"Person","name":"Ann Rivers, Berlin"}', ("Ann Rivers",)),
        ('{"@type":"Person","name":"By Ann Rivers And Tom Hill For The Valley Herald"}', ("Ann Rivers", "Tom Hill")),
        ('["Ann","Ann Rivers"]', ("Ann Rivers",)),
        ('"Ann Rivers Ann Rivers"', ("Ann Rivers",)),
        ('"김하늘 기자"', ("김하늘",)),
        ('"Di Luca"', ("Di Luca",)),
        ('"Di Ann Rivers"', ("Ann Rivers",)),
        ('"Geschrieben von Ann Rivers"', ("Ann Rivers",)),
        ('"(Image: Upper Hill Pictures)"', ()),
        ('"Ann Rivers and Tom al-Hill in Upper Valley"', ("Ann Rivers", "Tom al-Hill")),
        ('"كتب/ سامي الوادي"', ("سامي الوادي",)),
        ('"خبرنگار: مریم رودی و علی کوهی"', ("مریم رودی", "علی کوهی")),
        ('"گروه سیاسی"', ()),
        ('"هيئة التحرير"', ()),
        ('"Haber Merkezi"', ()),
        ('"Haber: Ayşe Dere"', ("Ayşe Dere",)),
        ('"מערכת הנהר"', ()),
        ('"Редакция сайта"', ()),
    ],
)
def test_what_json_ld_calls_an_author_is_a_person_or_an_agency(
    author: str, names: tuple[str, ...], page: Build, article: Read
) -> None:
    assert article(page(head=_stating(author))).authors == names


def test_an_agency_that_publishes_itself_stays_an_author(page: Build, article: Read) -> None:
    """The house is nobody's author, except where the house is an agency that signs its reports."""
    agency = Source(id="river", name="River News Agency")
    head = _stating('{"@type":"Organization","name":"River News Agency"}')
    assert article(page(head=head), source=agency).authors == ("River News Agency",)


@pytest.mark.parametrize(
    ("top", "names"),
    [
        ('<p><a rel="author" href="/author/anna">Anna</a></p>', ("Anna",)),
        ('<p class="author">Yesterday</p>', ()),
        ('<p class="author">© Getty Images/Tom Hill</p>', ()),
        ('<p class="author">Photograph by Tom Hill</p>', ()),
        ('<div class="byline">By <a href="/authors/ann">Ann Rivers</a> and <a href="/authors/tom">Tom Hill</a></div>',
         ("Ann Rivers", "Tom Hill")),
    ],
)  # fmt: skip
def test_a_byline_counts_where_it_reads_as_a_name_or_leads_to_a_person(
    top: str, names: tuple[str, ...], page: Build, article: Read
) -> None:
    assert article(page(top=top)).authors == names


def test_a_row_of_columnists_above_the_text_wrote_something_else(page: Build, article: Read) -> None:
    """Houses show their columnists with portraits on top of every page."""
    row = "".join(f'<p><a href="/authors/{n}">{n} Rivers</a></p>' for n in ("Ann", "Bob", "Cleo", "Dan", "Eve"))
    head = '<meta property="og:type" content="article"><meta name="author" content="Tom Hill">'
    assert article(page(top=row + "<p>Tom Hill</p>", head=head)).authors == ("Tom Hill",)


def test_a_meta_author_whom_the_page_does_not_show_keeps_its_system(page: Build, article: Read) -> None:
    head = '<meta property="og:type" content="article"><meta name="author" content="Tom Hill">'
    assert article(page(head=head)).authors == ()


def test_an_account_that_is_only_linked_counts_where_the_page_shows_its_name(page: Build, article: Read) -> None:
    head = (
        '<script type="application/ld+json">{"@graph":[{"@type":"NewsArticle","headline":"Officials meet over the '
        'river","author":{"@id":"#p"}},{"@type":"Person","@id":"#p","name":"Ann Rivers"}]}</script>'
    )
    assert article(page(head=head)).authors == ()
    assert article(page(head=head, top="<p>Ann Rivers</p>")).authors == ("Ann Rivers",)


@pytest.mark.parametrize(
    ("top", "bottom", "names"),
    [
        ("<p>By Ann Rivers | 12/10/2025</p>", "", ("Ann Rivers",)),
        ("<p>Von Anna Bach und Tom Berg</p>", "", ("Anna Bach", "Tom Berg")),
        ("<p>par Anne Rivière, 21 juin 2025</p>", "", ("Anne Rivière",)),
        ("<p>نویسنده: مریم رودی</p>", "", ("مریم رودی",)),
        ("<p>Autorin: Anna Bach, Leiterin der Stelle</p>", "", ("Anna Bach",)),
        ("<p>By the river</p>", "", ()),
        ("<p>Von wegen ruhig!</p>", "", ()),
    ],
)
def test_a_line_that_says_by_whom_needs_no_class(
    top: str, bottom: str, names: tuple[str, ...], page: Build, article: Read
) -> None:
    assert article(page(top=top, bottom=bottom)).authors == names


def test_a_first_name_beside_a_whole_name_is_a_word_of_the_menu(page: Build, article: Read) -> None:
    top = '<p><a href="/author/login">Anmelden</a></p><p class="author">Von Anna Bach</p>'
    assert article(page(top=top)).authors == ("Anna Bach",)


def test_a_job_beside_a_name_is_taken_off(page: Build, article: Read) -> None:
    assert article(page(top='<p class="author">Anna Bach Redakteurin</p>')).authors == ("Anna Bach",)


def test_authors_of_teasers_in_microdata_are_not_the_articles(page: Build, article: Read) -> None:
    teasers = "".join(f'<div itemprop="author">{name} Hill</div>' for name in ("Bob", "Cleo", "Dan", "Eve", "Flo"))
    top = '<p class="byline">By Ann Rivers</p>'
    assert article(page(top=top, bottom=teasers)).authors == ("Ann Rivers",)


def test_nobody_is_named_where_nothing_is_stated() -> None:
    nothing = Structured(
        base="https://valley.example/1", metas={}, article={}, nodes=(), language=None, title=None, headings=(),
        canonical=None, amp=None, breadcrumbs=(), microdata={},
    )  # fmt: skip
    assert people.choose(nothing, [people.Byline("News")], Source(id="valley", name="Valley Herald"), set())[0] == ()
