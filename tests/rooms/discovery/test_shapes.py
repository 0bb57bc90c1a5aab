"""What an address alone tells."""

from __future__ import annotations

import pytest

from aggregator.discovery.shapes import SLACK, article_marks, dated, pattern


@pytest.mark.parametrize(
    ("path", "marks"),
    [
        ("2026/03/12/talks-resume-in-muscat", 2),
        ("world/2026/mar/12/talks", 2),
        ("news/123456/talks", 2),
        ("fa/news/1404/12/25/3281234/مذاکرات-آغاز-شد", 2),
        ("persian/articles/c1xyz2abcd9o", 2),
        ("news.php?id=7301", 2),
        ("?p=1234", 2),
        ("content/9041-lower-marsh-talks", 2),
        ("category/politics/talks-resume-in-muscat-12345", 2),
        ("talks-resume-in-muscat-today", 1),
        ("section/world", 0),
        ("world/middle-east", 0),
        ("news?page=2", 0),
        ("", -1),
        ("about-us", -1),
        ("page/2", -1),
        ("tag/iran-and-oman-talks", -1),
        ("calendar/2026/03/12", -1),
        ("pictures/talks-in-muscat-12345.jpg", -1),
        ("2026/03/12/", 0),
        ("2026/mar/", 0),
        ("archive/2026-03-12", -1),
    ],
)
def test_an_article_is_told_by_its_address(path, marks):
    assert article_marks(f"https://paper.example/{path}") == marks


@pytest.mark.parametrize(
    ("url", "first", "last"),
    [
        ("sitemap-2026-03.xml", "2026-03-01", "2026-03-31"),
        ("sitemap_20260312.xml.gz", "2026-03-12", "2026-03-12"),
        ("sitemap.xml?yyyy=2026&mm=03&dd=12", "2026-03-12", "2026-03-12"),
        ("sitemaps/2026/12/articles.xml", "2026-12-01", "2026-12-31"),
        ("sitemap-2019.xml", "2019-01-01", "2019-12-31"),
        ("map-202603.xml", "2026-03-01", "2026-03-31"),
    ],
)
def test_the_date_in_the_name_of_a_sitemap(url, first, last):
    start, end = dated(f"https://paper.example/{url}", rough=True)
    assert (start + SLACK).date().isoformat() == first
    assert (end - SLACK).date().isoformat() > last
    assert (end - SLACK * 2).date().isoformat() == last


@pytest.mark.parametrize("path", ["sitemap-post-12.xml", "news/202603", "news/20191", "2026/13/40/x", "a/1404/12/25/b"])
def test_what_is_no_date_is_none(path):
    assert dated(f"https://paper.example/{path}") is None


def test_addresses_of_one_kind_have_one_pattern():
    one, two = (pattern(f"https://p.example/news/{n}/{s}?id=1") for n, s in ((1, "a-b-c-d"), (23, "e-f-g")))
    assert one == two == "p.example/news/#/*?id"
    assert pattern("https://p.example/about") != one
