"""Pages that are no articles are refused for a plain reason; doubtful ones are kept."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from aggregator.extraction import refusals
from aggregator.records import Extraction

Read = Callable[..., Extraction]


def test_an_error_status_is_refused(read: Read) -> None:
    assert read("<p>gone</p>", status=410).rejected == "HTTP status 410"


@pytest.mark.parametrize("body", [b"", b"   ", b"\x00", b"%PDF-1.7 x", b"<!-- -->"])
def test_what_holds_no_page_is_refused(body: bytes, read: Read) -> None:
    found = read(body)
    assert found.article is None
    assert found.rejected


def test_other_media_are_refused(read: Read) -> None:
    assert read(b"x", headers=(("content-type", "application/pdf"),)).rejected == "not HTML: application/pdf"


def test_a_soft_404_is_refused(read: Read) -> None:
    html = (
        "<title>Page not found</title><h1>Page not found</h1><p>The page that you asked for is not here any more. " * 1
    )
    found = read(
        f"<html><body>{html}Try the search or go to the front page of this newspaper instead.</p></body></html>"
    )
    assert found.article is None
    assert "page not found" in (found.rejected or "")


def test_a_security_page_is_refused(read: Read) -> None:
    html = "<html><head><title>Just a moment...</title></head><body><h1>valley.example</h1><p>Please verify you are "
    "human by completing the action below, then the page will be shown to you in a few seconds.</p></body></html>"
    assert read(html).article is None


def test_a_front_page_is_refused(read: Read) -> None:
    items = "".join(f"<h3><a href='/news/{n}/story'>Story number {n} of the long day</a></h3>" for n in range(40))
    found = read(
        f"<html><title>Valley Herald</title><body><main>{items}</main></body></html>", url="https://valley.example/"
    )
    assert found.article is None


def test_a_short_article_that_says_so_is_kept(read: Read) -> None:
    html = (
        '<html><head><meta property="og:type" content="article"><title>Bridge closed</title></head><body><article>'
        "<h1>Bridge closed today</h1><p>The old bridge is closed today, the town said this "
        "morning.</p></article></body></html>"
    )
    assert read(html).rejected is None


def test_the_jsonld_body_stands_in_where_the_page_has_none(read: Read, paragraphs: tuple[str, ...]) -> None:
    body = "\\n\\n".join(paragraphs)
    html = (
        '<html><head><title>Officials meet over the river</title><script type="application/ld+json">'
        f'{{"@type":"NewsArticle","headline":"Officials meet over the river","articleBody":"{body}"}}</script></head>'
        '<body><div id="app"></div></body></html>'
    )
    found = read(html)
    assert found.article is not None
    assert found.article.text.split("\n\n") == list(paragraphs)


def test_decisions_say_why(read: Read, page: Callable[..., str]) -> None:
    what = {decision.what for decision in read(page()).decisions}
    facts = {"authors", "section", "access", "canonical_url", "cites", "places", "agency"}
    assert {"headline", "body", "published", "language"} | facts <= what


def test_a_decision_names_the_candidates_that_lost(read: Read, page: Callable[..., str]) -> None:
    head = (
        '<meta property="og:title" content="Talks about water"><meta property="article:section" content="Valley">'
        '<script type="application/ld+json">{"@type":"NewsArticle","headline":"Officials meet over the river",'
        '"articleSection":"World","author":"Ann Rivers"}</script>'
    )
    top = '<p class="author">Tom Hill</p>'
    said = {decision.what: decision.reason for decision in read(page(head=head, top=top)).decisions}
    assert "og:title “Talks about water”" in said["headline"]
    assert "byline Tom Hill" in said["authors"]
    assert said["section"] == "jsonld; others: meta Valley"


def test_a_control_character_beside_a_block_does_no_harm(read: Read, page: Callable[..., str]) -> None:
    block = (
        '<p><strong>Read more:</strong></p><p><a href="/news/1/snow-on-the-bridge">Snow on the old bridge</a></p>\x01'
    )
    assert read(page({2: block})).rejected is None


_FILL = (
    "You may go to the front page of this newspaper, try the search to find what you were looking for, or come back to "
    "this address at a later time of the day."
)


def _plain(title: str, *paragraphs: str, head: str = "") -> str:
    text = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    return f"<html><head><title>{title}</title>{head}</head><body><main><h1>{title}</h1>{text}</main></body></html>"


@pytest.mark.parametrize(
    "title",
    [
        "404 - Seite nicht gefunden", "Page introuvable", "Página no encontrada", "Pagina non trovata",
        "Страница не найдена", "Сторінку не знайдено", "Aradığınız sayfa bulunamadı", "صفحه مورد نظر یافت نشد",
        "عذراً، الصفحة المطلوبة غير موجودة", "הדף לא נמצא", "صفحہ نہیں ملا", "پەڕەکە نەدۆزرایەوە", "Rûpel nehat dîtin",
        "Səhifə tapılmadı", "Էջը չի գտնվել", "页面不存在", "Sorry, this article is no longer available", "Error 404",
    ],
)  # fmt: skip
def test_a_page_that_is_not_there_is_refused_in_any_language(title: str, read: Read) -> None:
    assert (read(_plain(title, _FILL)).rejected or "").startswith("page not found")


@pytest.mark.parametrize(
    "title",
    [
        "Missing plane still not found after a week", "No survivors found under the bridge", "404 days at sea",
        "The page that changed the valley", "لم يتم العثور على ناجين تحت الجسر", "Поиски продолжаются: мост не найден",
        "Har siden ikke været i dalen", "Robots take over the harbour", "Cookies from the valley win a prize",
    ],
)  # fmt: skip
def test_headlines_about_what_is_missing_are_headlines(title: str, read: Read, paragraphs: tuple[str, ...]) -> None:
    assert read(_plain(title, *paragraphs[:2])).rejected is None


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("valley.example", "Please enable JS and disable any ad blocker, then the page will be shown to you again."),
        ("Проверка", "Проверяем ваш браузер перед переходом на сайт, это займет всего несколько секунд, подождите."),
        ("Lütfen bekleyin", "Devam etmeden önce robot olmadığınızı doğrulayın, sonra sayfa size gösterilecektir."),
        ("یک لحظه", "لطفا تایید کنید که ربات نیستید تا صفحه‌ای که خواسته‌اید پس از چند ثانیه نشان داده شود."),
        ("لحظة", "يرجى التأكيد أنك لست آلة قبل أن تعرض عليك الصفحة التي طلبتها بعد بضع ثوان من الانتظار."),
        ("Bevor Sie fortfahren", "Wir und unsere 120 Partner speichern Angaben auf Ihrem Gerät, wenn Sie es erlauben."),
        ("Vos choix", "Nos partenaires et nous gardons des données sur votre appareil si vous le permettez ici."),
    ],
)
def test_a_page_that_asks_for_proof_or_consent_is_refused(title: str, text: str, read: Read) -> None:
    assert (read(_plain(title, text, _FILL)).rejected or "").startswith("consent or security page")


@pytest.mark.parametrize(
    "address", ["world", "tag/water", "search?q=water", "author/ann", "world/page/2", "index.html"]
)
def test_a_list_of_teasers_is_refused(address: str, read: Read) -> None:
    teasers = "".join(
        f"<article><h2><a href='/news/{n}/story'>Story number {n} of the long day</a></h2><p>The summary of story {n} "
        "says in one sentence what it is about for the readers of today.</p></article>"
        for n in range(20)
    )
    main = f"<main><h1>World</h1>{teasers}</main>"
    html = f"<html><head><title>World - Valley Herald</title></head><body>{main}</body></html>"
    assert read(html, url=f"https://valley.example/{address}").rejected == "list or front page"


def test_the_answers_to_a_search_are_refused_at_any_address(read: Read, paragraphs: tuple[str, ...]) -> None:
    assert read(_plain("Search results for river", *paragraphs)).rejected == "list or front page"
    assert refusals.says_results("نتایج جستجو")
    assert not refusals.says_results("The mayor speaks about the disappointing search results")


@pytest.mark.parametrize(
    ("head", "what"),
    [
        ('<meta property="og:type" content="video.other">', "video"),
        ('<script type="application/ld+json">{"@type":"VideoObject","name":"Talks"}</script>', "video"),
        ('<script type="application/ld+json">{"@type":"ImageGallery","name":"Talks"}</script>', "gallery"),
    ],
)
def test_a_caption_below_a_video_is_no_article(head: str, what: str, read: Read, paragraphs: tuple[str, ...]) -> None:
    assert (read(_plain("Talks at the river", paragraphs[0], head=head)).rejected or "").startswith(what)
    assert read(_plain("Talks at the river", *paragraphs, head=head)).rejected is None


@pytest.mark.parametrize(
    ("head", "last", "access"),
    [
        ("", "", "unknown"),
        ('<meta property="article:content_tier" content="metered">', "", "metered"),
        ('<meta property="article:content_tier" content="locked">', "", "paywalled"),
        ("", "Subscribe now to continue reading this article.", "paywalled"),
        ("", "Оформите подписку, чтобы читать дальше.", "paywalled"),
        ("", "Unfortunately this text is not available in your country.", "blocked"),
    ],
)
def test_who_can_read_a_short_text(head: str, last: str, access: str, read: Read, paragraphs: tuple[str, ...]) -> None:
    found = read(_plain("Talks at the river", *paragraphs[:2], *([last] if last else []), head=head))
    assert found.article is not None
    assert found.article.access == access
