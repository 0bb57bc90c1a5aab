"""The catalogue for other programs, and back."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from lxml import etree

from aggregator.errors import ConfigError
from aggregator.records import Feed, Source
from aggregator.sources import exports
from aggregator.sources.catalogue import read_any

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
FOLDER = Path(__file__).parents[3] / "config" / "sources"
SHIPPED = [s for path in sorted(FOLDER.glob("*.toml")) for s in read_any(path.read_bytes(), file=path.name)]
ODD = Source(
    id="odd",
    name='A & B <"x">, روزنامه; y',
    homepage="https://odd.example/?a=1&b=2",
    country="CY",
    region="europe",
    languages=("en", "el"),
    timezone="Asia/Nicosia",
    kind="newspaper",
    feeds=(
        Feed(url="https://odd.example/f?a=1&b=2"),
        Feed(url="https://odd.example/s", format="atom", section="Sp & x"),
    ),
    sitemaps=("https://odd.example/s.xml",),
    listings=("https://odd.example/new",),
)


@pytest.mark.parametrize("kind", ["opml", "csv", "json", "toml"])
def test_what_is_written_is_read_back(kind):
    """All that a source needs to be crawled survives each format; names, comments and checks do where it has words."""
    text = exports.FORMATS[kind]([ODD], NOW)
    assert read_any(text.encode(), file=f"x.{kind}") == (ODD,)


@pytest.mark.parametrize("kind", ["opml", "csv", "json", "toml"])
def test_the_shipped_catalogue_survives_the_way_through_each_format(kind):
    listed = [source for source in SHIPPED if source.feeds or source.sitemaps]
    read = read_any(exports.FORMATS[kind](listed, NOW).encode(), file=f"x.{kind}")
    plain = {s.id: (s.name, s.country, s.region, s.languages, s.timezone, s.kind, s.feeds, s.sitemaps) for s in listed}
    assert {
        s.id: (s.name, s.country, s.region, s.languages, s.timezone, s.kind, s.feeds, s.sitemaps) for s in read
    } == plain


def test_json_and_toml_keep_everything():
    whole = Source(
        id="a", name="A", aliases=("B",), verified=True, checked=date(2026, 1, 2), feeds=(Feed(url="https://a.org/f"),)
    )
    for kind in ("json", "toml"):
        assert read_any(exports.FORMATS[kind]([whole], NOW).encode(), file=f"x.{kind}") == (whole,)


def test_opml_has_what_other_programs_read():
    root = etree.fromstring(exports.opml([ODD], NOW).encode())
    assert root.get("version") == "2.0"
    (region,) = root.find("body")
    (country,) = region
    assert (region.get("text"), country.get("text")) == ("europe", "Cyprus")
    feed, section, *others = country
    assert dict(feed.items())["xmlUrl"] == "https://odd.example/f?a=1&b=2"
    assert [feed.get(name) for name in ("type", "htmlUrl", "language", "title")] == [
        "rss", "https://odd.example/?a=1&b=2", "en", ODD.name,
    ]  # fmt: skip
    assert section.get("text") == f"{ODD.name}: Sp & x"
    assert all(other.get("xmlUrl") is None and other.get("type") == "link" for other in others)


def test_opml_of_other_programs_is_read_with_what_it_says():
    text = """<opml version="1.0"><body><outline title="Folder"><outline text="One" TYPE="RSS"
      xmlURL="https://one.example/f" htmlUrl="https://one.example/" language="en-us"/>
      <outline text="Two" xmlUrl="https://two.example/f" htmlUrl="junk" language="klingon"/></outline></body></opml>"""
    one, two = read_any(text.encode(), file="x.opml")
    assert (one.name, one.homepage, one.languages) == ("One", "https://one.example/", ("en",))
    assert (two.name, two.homepage, two.languages) == ("Two", None, ())


@pytest.mark.parametrize(
    ("file", "text"),
    [
        (
            "x.opml",
            '<opml><body><outline xmlUrl="file:///etc/passwd"/><outline xmlUrl="https://a.org/f"/></body></opml>',
        ),
        ("x.csv", "name,type,url\nBad,rss,javascript:alert(1)\nGood,rss,https://a.org/f\n"),
        ("x.json", '[{"name": "Bad", "url": "ftp://a.org/"}, {"name": "Good", "url": "https://a.org/f"}]'),
        (
            "x.toml",
            '[[source]]\nid = "b"\nname = "B"\nfeeds = ["/x"]\n[[source]]\nid = "g"\nname = "G"\nfeeds = ["https://a.org/f"]',
        ),
    ],
)
def test_one_bad_row_refuses_a_catalogue_but_not_an_import(file, text):
    with pytest.raises(ConfigError):
        read_any(text.encode(), file=file)
    refused: list[ConfigError] = []
    (good,) = read_any(text.encode(), file=file, refused=refused)
    assert [feed.url for feed in good.feeds] == ["https://a.org/f"]
    assert len(refused) == 1
    assert "expected an absolute http(s) URL" in str(refused[0])


def test_an_entity_of_an_opml_file_is_not_read():
    text = '<!DOCTYPE opml [<!ENTITY x SYSTEM "file:///etc/hostname">]><opml><body><outline text="&x;" xmlUrl="https://a.org/f"/></body></opml>'
    (read,) = read_any(text.encode(), file="x.opml")
    assert read.name == "a.org"
