"""Region files in TOML: what they may say, and how a mistake is told."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from aggregator import text
from aggregator.errors import ConfigError
from aggregator.records import Feed
from aggregator.sources import places, terms
from aggregator.sources.catalogue import Catalogue, address_key, feeds_and_sitemaps, read_any, read_toml

SHIPPED = sorted((Path(__file__).parents[3] / "config" / "sources").glob("*.toml"))

FULL = """
region = "middle-east"

[[source]]
id = "irna"
name = "IRNA"
homepage = "https://www.irna.ir"
country = "IR"
languages = ["fa", "en-GB", "ckb"]
timezone = "Asia/Tehran"
kind = "agency"
feeds = ["https://www.irna.ir/rss", { url = "https://en.irna.ir/rss", format = "rss", section = "World" }]
sitemaps = ["https://www.irna.ir/sitemap.xml"]
listings = ["https://www.irna.ir/archive"]
aliases = ["ایرنا"]
verified = true
enabled = false

[source.selectors]
body = [".item-body"]
headline = "h1"

[source.politeness]
delay = 3
min_interval = 1800.0
"""


def entry(text: str = "") -> str:
    return f'region = "x"\n[[source]]\nid = "a"\nname = "A"\n{text}'


def refusal(text: str) -> str:
    with pytest.raises(ConfigError) as caught:
        read_toml(text, file="x.toml", region=None)
    return str(caught.value)


def test_every_key_of_an_entry_is_read():
    (source,) = read_toml(FULL, file="x.toml", region=None)
    assert (source.id, source.name, source.region, source.kind) == ("irna", "IRNA", "middle-east", "agency")
    assert source.homepage == "https://www.irna.ir/"
    assert (source.country, source.languages, source.timezone) == ("IR", ("fa", "en-GB", "ckb"), "Asia/Tehran")
    assert source.feeds == (
        Feed(url="https://www.irna.ir/rss"),
        Feed(url="https://en.irna.ir/rss", format="rss", section="World"),
    )
    assert source.sitemaps == ("https://www.irna.ir/sitemap.xml",)
    assert source.listings == ("https://www.irna.ir/archive",)
    assert source.aliases == ("ایرنا",)
    assert (source.verified, source.enabled) == (True, False)
    assert (source.selectors.body, source.selectors.headline) == ((".item-body",), ("h1",))
    assert (source.politeness.delay, source.politeness.min_interval) == (3.0, 1800.0)


def test_an_entry_needs_no_more_than_id_and_name():
    (source,) = read_toml('[[source]]\nid = "a"\nname = "A"', file="x.toml", region="given")
    assert (source.region, source.kind, source.verified, source.enabled) == ("given", "portal", False, True)


def test_feeds_may_be_tables_of_their_own():
    (source,) = read_toml(entry('[[source.feed]]\nurl = "https://a.org/f"\n'), file="x.toml", region=None)
    assert source.feeds == (Feed(url="https://a.org/f"),)


def test_a_file_without_entries_is_empty():
    assert read_toml('region = "x"', file="x.toml", region=None) == ()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('country = "UK"', "source 'a': country: 'UK' is no ISO 3166"),
        ('country = "UK"', "did you mean 'GB'?"),
        ('country = "Iran"', "did you mean 'IR'?"),
        ('country = "ir"', "did you mean 'IR'?"),
        ('country = "EU"', "no ISO 3166"),
        ('languages = ["farsi"]', "did you mean 'fa'?"),
        ('languages = ["english"]', "did you mean 'en'?"),
        ('languages = ["en_US"]', "did you mean 'en'?"),
        ('languages = "fa"', "languages: expected a list of strings, got 'fa'"),
        ("languages = 3", "expected a list of strings, got 3"),
        ('timezone = "Asia/Teheran"', "did you mean 'Asia/Tehran'?"),
        ('timezone = "Tehran"', "did you mean 'Asia/Tehran'?"),
        ('timezone = "../../etc/passwd"', "no IANA time zone"),
        ('kind = "newspapr"', "did you mean 'newspaper'?"),
        ('feeds = "https://a.org/f"', "expected a list of URLs or tables"),
        ("feeds = [3]", "expected a URL or a table with url, got 3"),
        ('feeds = ["file:///etc/passwd"]', "expected an absolute http(s) URL, got 'file:///etc/passwd'"),
        ('feeds = ["ftp://a.org/f"]', "http(s)"),
        ('feeds = ["/rss"]', "absolute"),
        ("feeds = [{ format = 'rss' }]", "feeds 1: url: expected an absolute http(s) URL, got nothing"),
        ("feeds = [{ url = 'https://a.org/', format = 'rrs' }]", "did you mean 'rss'?"),
        ("feeds = [{ url = 'https://a.org/', sektion = 'x' }]", "sektion: unknown key; did you mean 'section'?"),
        ('homepage = "www.a.org"', "homepage: expected an absolute http(s) URL"),
        ('feed_urls = ["https://a.org"]', "feed_urls: unknown key; did you mean 'feeds'?"),
        ("zzz = 1", "zzz: unknown key; known are id, name"),
        ('verified = "yes"', "expected true or false, got 'yes'"),
        ("aliases = [1]", "expected a list of strings, got [1]"),
        ("[source.selectors]\nbdy = 'x'", "selectors: bdy: unknown key; did you mean 'body'?"),
        ("[source.politeness]\ndelay = '3'", "politeness: delay: expected a number of seconds, got '3'"),
        ("[source.politeness]\ndelay = -1", "expected a number of seconds, got -1"),
        ("selectors = 3", "expected a table, got 3"),
        ("x = = 3", "line 5, column 5"),
    ],
)
def test_a_mistake_is_told_with_its_place_and_what_was_expected(text, says):
    message = refusal(entry(text))
    assert message.startswith("x.toml")
    assert says in message


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('[[source]]\nname = "A"', "source 1: id: expected lower-case letters, digits and dashes, got nothing"),
        ('[[source]]\nid = "A B"\nname = "A"', "source 'A B': id"),
        ('[[source]]\nid = "a"', "source 'a': name"),
        ('[source]\nid = "a"', "with two brackets"),
        ('[[sources]]\nid = "a"', "sources: unknown key; did you mean 'source'?"),
        ("x = " + "[" * 100_000, "nested too deeply"),
        ("source = [3]", "source 1: expected a table, got 3"),
        ('[[source]]\nid="a"\nname="A"\n[[source]]\nid="a"\nname="B"', "source 2: id: 'a' is the id of an entry above"),
    ],
)
def test_a_mistake_of_the_file_is_told_by_the_number_of_its_entry(text, says):
    assert says in refusal(text)


def test_an_error_carries_its_file_and_key():
    with pytest.raises(ConfigError) as caught:
        read_toml(entry("kind = 3"), file="x.toml", region=None)
    assert (caught.value.file, caught.value.key) == ("x.toml", "source 'a': kind")


@pytest.mark.parametrize("tag", ["fa", "ckb", "prs", "zh-Hant", "sr-Latn-RS", "en-001", "ku", "az", "he"])
def test_language_tags_of_the_regions_are_known(tag):
    assert terms.language_problem(tag) is None


@pytest.mark.parametrize("code", ["IR", "PS", "XK", "TW", "GB", "SS"])
def test_country_codes_of_the_regions_are_known(code):
    assert terms.country_problem(code) is None


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Press TV", "press-tv"),
        ("Hürriyet Daily News", "hurriyet-daily-news"),
        ("L'Orient-Le Jour", "lorient-le-jour"),
        ("Ma’an News", "maan-news"),
        ("Akşam Işığı", "aksam-isigi"),
        ("Łódź 24", "lodz-24"),
        ("ایرنا", "irna-ir"),
    ],
)
def test_an_id_is_made_of_a_name_or_of_the_host(name, slug):
    assert terms.slug(name, "https://www.irna.ir/rss") == slug


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_a_shipped_file_loads_and_every_entry_is_complete(path):
    sources = read_any(path.read_bytes(), file=path.name)
    assert sources
    for source in sources:
        assert source.region == path.stem.replace("_", "-")
        assert all((source.homepage, source.country, source.languages, source.timezone)), source.id
        assert source.feeds or source.aliases, source.id
        assert not source.verified, "no network was there to verify it"


@pytest.fixture(scope="module")
def shipped() -> Catalogue:
    return Catalogue.of(s for path in SHIPPED for s in read_any(path.read_bytes(), file=path.name))


def test_the_shipped_catalogue_covers_the_world(shipped):
    assert len(shipped.sources) >= 250
    assert len(shipped.regions()) >= 12
    assert {"middle-east", "north-africa", "caucasus", "central-asia", "south-asia"} <= set(shipped.regions())
    for region in shipped.regions():
        assert len(shipped.select(region=region)) >= 8, region


def test_the_middle_east_and_its_languages_are_its_heart(shipped):
    assert len(shipped.select(region="middle-east")) >= 60
    for language in ("fa", "ar", "tr", "he", "en"):
        assert shipped.select(region="middle-east", language=language), language


def test_no_outlet_is_shipped_twice(shipped):
    names = Counter(name for s in shipped.sources for name in {text.fold(n) for n in (s.name, *s.aliases)})
    homepages = Counter(address_key(source.homepage or "") for source in shipped.sources)
    feeds = Counter(address_key(feed.url) for source in shipped.sources for feed in feeds_and_sitemaps(source))
    for counted in (names, homepages, feeds):
        assert [name for name, times in counted.items() if times > 1] == []


def test_a_country_has_one_region(shipped):
    """Else a proposal could not tell where a new source of that country belongs."""
    homes = {}
    for source in shipped.sources:
        homes.setdefault(source.country, Counter())[source.region] += 1
    scattered = {country: regions for country, regions in homes.items() if len(regions) > 1}
    # Outlets in exile and of the world are listed where they are read.
    assert set(scattered) <= {"GB", "US", "FR", "NL", "CZ", "DE", "ZA", "QA"}, scattered


def test_a_zone_belongs_to_its_country(shipped):
    wrong = [s.id for s in shipped.sources if s.timezone not in places.zones(s.country)]
    assert wrong == ["radio-dabanga", "amu-tv"]  # in exile, and by the clock of those they write for
