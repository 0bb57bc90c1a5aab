"""Lists that other programs keep: CSV, JSON, OPML."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aggregator.errors import ConfigError
from aggregator.sources.catalogue import read_any, read_csv, read_json, read_opml

OPML = b"""<?xml version="1.0"?><opml version="2.0"><head><title>My feeds</title></head><body>
<outline text="Iran"><outline type="rss" text="Press TV" xmlUrl="https://presstv.ir/rss.xml"/>
<outline type="rss" text="AT&amp;T" xmlUrl="https://att.org/f?a=1&amp;b=2"/></outline>
<outline type="rss" text="" xmlUrl="https://www.nameless.org/f"/></body></opml>"""


def test_rows_of_one_name_become_one_source():
    (source,) = read_csv(
        "name,type,url\nPress TV,rss,https://a.org/1\nPRESS TV,atom,https://a.org/2\nPress TV,rss,https://a.org/1\n",
        file="x.csv",
    )
    assert (source.id, source.name) == ("press-tv", "Press TV")
    assert [(f.url, f.format) for f in source.feeds] == [("https://a.org/1", "rss"), ("https://a.org/2", "atom")]


def test_rows_without_a_name_are_joined_by_host():
    first, second = read_csv(
        "name,type,url\n,,https://www.a.org/1\n,,https://a.org/2\n,,https://b.org/3\n", file="x.csv"
    )
    assert (first.id, first.name, len(first.feeds)) == ("a-org", "a.org", 2)
    assert second.id == "b-org"


def test_names_with_one_slug_get_ids_of_their_own():
    sources = read_csv("name,type,url\nA-B,,https://a.org/\nA B,,https://b.org/\nA.B,,https://c.org/\n", file="x.csv")
    assert [s.id for s in sources] == ["a-b", "a-b-2", "a-b-3"]


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_any_separator_order_and_case_of_the_header_is_read(separator, newline):
    lines = [["URL", "Name", "Type"], ["https://a.org/f", "Ünal", "RSS"]]
    text = "\ufeff" + newline.join(separator.join(line) for line in lines)
    (source,) = read_csv(text, file="x.csv")
    assert (source.id, source.feeds[0].format) == ("unal", "rss")


@pytest.mark.parametrize(
    ("word", "field"),
    [("sitemap", "sitemaps"), ("news_sitemap", "sitemaps"), ("listing", "listings"), ("html", "listings")],
)
def test_a_type_may_name_a_sitemap_or_a_listing(word, field):
    (source,) = read_csv(f"name,type,url\nA,{word},https://a.org/x\n", file="x.csv")
    assert getattr(source, field) == ("https://a.org/x",)
    assert source.feeds == ()


@pytest.mark.parametrize(("word", "format"), [("", "auto"), ("feed", "auto"), ("json", "jsonfeed"), ("RDF", "rdf")])
def test_a_type_may_name_the_format_of_a_feed(word, format):
    (source,) = read_csv(f"name,type,url\nA,{word},https://a.org/x\n", file="x.csv")
    assert source.feeds[0].format == format


def test_extra_columns_are_read_and_unknown_ones_passed_over():
    (source,) = read_csv(
        "id,name,type,url,country,region,language,timezone,kind,notes\n"
        "My Id,A,rss,https://a.org/x,IR,middle-east,fa;en,Asia/Tehran,agency,whatever\n",
        file="x.csv",
    )
    assert (source.id, source.country, source.region, source.kind) == ("my-id", "IR", "middle-east", "agency")
    assert (source.languages, source.timezone) == (("fa", "en"), "Asia/Tehran")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "the file is empty"),
        ("name,type\nA,rss\n", "expected a header with the columns name, type, url"),
        ("name,type,url\nA,rss,file:///etc/passwd\n", "line 2: url: expected an absolute http(s) URL"),
        ("name,type,url\n\nA,rss,\n", "line 3: url: expected an absolute http(s) URL, got nothing"),
        ("name,type,url\nA,rrs,https://a.org/\n", "did you mean 'rss'?"),
        ("name,type,url,country\nA,rss,https://a.org/,Iran\n", "did you mean 'IR'?"),
    ],
)
def test_a_mistake_in_a_csv_file_is_told_with_its_line(text, says):
    with pytest.raises(ConfigError, match=r"^x\.csv") as caught:
        read_csv(text, file="x.csv")
    assert says in str(caught.value)


def test_json_rows_and_whole_sources_may_stand_together():
    text = """[{"name": "A", "type": "rss", "url": "https://a.org/f", "languages": ["fa"]},
    {"id": "a", "name": "Whole", "feeds": ["https://b.org/f"], "country": "IQ"}]"""
    whole, row = read_json(text, file="x.json")
    assert (whole.id, whole.country, row.id, row.languages) == ("a", "IQ", "a-2", ("fa",))


def test_json_may_be_an_object_with_sources():
    (source,) = read_json('{"region": "x", "sources": [{"id": "a", "name": "A"}]}', file="x.json")
    assert source.region == "x"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[{]", "line 1, column 3"),
        ("3", "expected a list of objects"),
        ('{"a": 1}', "expected a list of objects"),
        ("[3]", "source 1: expected a table, got 3"),
        ('[{"url": 3}]', "entry 1: url: expected a string, got 3"),
        ('[{"id": "a", "nam": "A"}]', "source 'a': nam: unknown key; did you mean 'name'?"),
        ("[" * 100_000, "no valid JSON"),
    ],
)
def test_a_mistake_in_a_json_file_is_told(text, says):
    with pytest.raises(ConfigError) as caught:
        read_json(text, file="x.json")
    assert says in str(caught.value)


def test_every_outline_of_an_opml_file_is_a_source():
    sources = read_opml(OPML, file="x.opml")
    assert [(s.id, s.name) for s in sources] == [
        ("press-tv", "Press TV"),
        ("at-t", "AT&T"),
        ("nameless-org", "nameless.org"),
    ]
    assert sources[1].feeds[0].url == "https://att.org/f?a=1&b=2"


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "no element"),
        (b"http://127.0.0.1/opml", "no element"),
        (b"<html><body></body></html>", "no feed is listed"),
        (b'<opml><body><outline type="rss" xmlUrl="file:///etc/passwd"/></body></opml>', "feed 1: url: expected"),
    ],
)
def test_a_mistake_in_an_opml_file_is_told(data, says):
    with pytest.raises(ConfigError) as caught:
        read_opml(data, file="x.opml")
    assert says in str(caught.value)


@pytest.mark.parametrize(
    ("file", "data"),
    [
        ("x.toml", b'[[source]]\nid = "press-tv"\nname = "Press TV"'),
        ("x.csv", b"name,type,url\nPress TV,rss,https://a.org/"),
        ("x.tsv", b"name\ttype\turl\nPress TV\trss\thttps://a.org/"),
        ("x.json", b'[{"name": "Press TV", "url": "https://a.org/"}]'),
        ("x.opml", OPML),
        ("x.xml", OPML),
        ("unknown", OPML),
        ("unknown", b'\xef\xbb\xbf[{"name": "Press TV", "url": "https://a.org/"}]'),
        ("unknown", b"Name;Type;URL\nPress TV;rss;https://a.org/"),
        ("unknown.txt", b'region = "url,x"\n[[source]]\nid = "press-tv"\nname = "Press TV"'),
    ],
)
def test_the_kind_of_a_file_is_told_by_its_ending_or_its_content(file, data):
    assert read_any(data, file=file)[0].id == "press-tv"


def test_a_file_that_is_not_utf_8_is_refused_with_the_place():
    with pytest.raises(ConfigError, match="at byte 3"):
        read_any(b"abc\xff", file="x.csv")


@settings(max_examples=60, deadline=None)
@given(data=st.binary(max_size=200), file=st.sampled_from(["x.toml", "x.csv", "x.json", "x.opml", "x"]))
def test_any_bytes_are_sources_or_a_config_error(data, file):
    with suppress(ConfigError):
        assert isinstance(read_any(data, file=file), tuple)


@pytest.mark.parametrize("half", [b"\xed\xa0\x80", b"&#xD800;"])
def test_half_characters_in_opml_cost_at_most_their_own_feed(half):
    """Found by `benchmarks/fuzz.py`: the parser lets them in, and raises when it is asked for them."""
    data = (
        b'<opml version="2.0"><body><outline text="A' + half + b'" xmlUrl="https://a.example/feed"/>'
        b'<outline text="B" xmlUrl="https://b.example/feed"/></body></opml>'
    )
    found = read_opml(data, file="a.opml")
    assert "https://b.example/feed" in [feed.url for source in found for feed in source.feeds]
