"""The three forms of a URL: what is fetched, what is shown, what is compared."""

from __future__ import annotations

import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aggregator import urls

SETTINGS = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])

HOSTS = st.sampled_from(
    [
        *("example.com", "www.example.com:443", "news.example.co.uk", "127.0.0.1:8765", "[2001:DB8::1]:80", "[::1"),
        *(
            "пример.рф",
            "faß.de",
            "a..b",
            "x.localhost:8000",
            "amp.example.com.",
            "exa|mple.com",
            "reader:s@example.com",
        ),
    ]
)
PIECES = st.sampled_from(
    [
        *("/", "//", "a", "b.html", ".", "..", "amp", "AMP", "print", "index.php", "%2F", "%2f", "%e9", "%zz", "%"),
        *("é", "سلام", ";jsessionid=1", "~", "'", '"', "|", "٣", "&", "=", "\\", " ", "\t", "\n", "\u2028", "\ud800"),
    ]
)
NAMES = st.sampled_from(
    ["id", "eid", "gallery", "utm_source", "fbclid", "amp", "print", "view", "ref", "q", "سرچ", "%C7", "a b", ""]
)
VALUES = st.sampled_from(["", "1", "12345", "amp", "home", "a+b", "a%20b", "%C8", "%FF", "سلام", "/x/../y", ";", "#"])
QUERIES = st.lists(st.tuples(NAMES, VALUES), max_size=4).map(
    lambda pairs: "?" + "&".join(f"{n}={v}" for n, v in pairs) if pairs else ""
)
URLS = st.builds(
    lambda scheme, host, path, query, end: f"{scheme}{host}{''.join(path)}{query}{end}",
    st.sampled_from(["http://", "https://", "HTTP://", "//", "http:\\\\", "ftp://", ""]),
    HOSTS,
    st.lists(PIECES, max_size=8),
    QUERIES,
    st.sampled_from(["", "#top", "#"]),
)
ANYTHING = st.one_of(URLS, st.text(alphabet=st.characters(exclude_categories=()), max_size=60))


class TestAbsolute:
    @pytest.mark.parametrize(
        ("given_url", "asked"),
        [
            ("https://example.com", "https://example.com/"),
            ("HTTPS://EXAMPLE.COM/A", "https://example.com/A"),
            ("  https://example.com/a\r\n", "https://example.com/a"),
            ("https://exa\tmple.com/a\nb", "https://example.com/ab"),
            ("https://example.com/a b", "https://example.com/a%20b"),
            ("https:\\\\example.com\\a\\b", "https://example.com/a/b"),
            ("https://example.com/a?path=c:\\x", "https://example.com/a?path=c:%5Cx"),
            ("https://example.com./a", "https://example.com/a"),
            ("https://example.com:443/a", "https://example.com/a"),
            ("http://example.com:80/a", "http://example.com/a"),
            ("https://example.com:8443/a", "https://example.com:8443/a"),
            ("https://пример.рф/новости", "https://xn--e1afmkfd.xn--p1ai/%D0%BD%D0%BE%D0%B2%D0%BE%D1%81%D1%82%D0%B8"),
            ("http://[2001:DB8::0:1]:8080/a", "http://[2001:db8::1]:8080/a"),
            ("https://example.com/a#part-2", "https://example.com/a#part-2"),
            ("https://example.com/a%2Fb%2fc", "https://example.com/a%2Fb%2fc"),
            ("https://example.com/a?q=%C7%E1", "https://example.com/a?q=%C7%E1"),
            ("\ufeffhttps://example.com/\u200ba", "https://example.com/a"),
        ],
    )
    def test_a_messy_url_becomes_one_that_can_be_asked_for(self, given_url: str, asked: str) -> None:
        """Feeds are typed by hand and pasted: a browser would open all of these, so we do."""
        assert urls.absolute(given_url) == asked

    @pytest.mark.parametrize(
        "refused",
        [
            *("", "   ", "#top", "javascript:alert(1)", "mailto:desk@example.com", "data:text/html,x", "file:///etc/passwd"),
            *("ftp://example.com/a", "//example.com/a", "/a", "http:", "http://", "http:///a", "http://:80/a"),
            *("http://example..com/a", "http://example.com:99999/", "http://example.com:port/", "http://[::1"),
            *("http://exa|mple.com/", "http://exa%6dple.com/", f"http://{'a' * 64}.com/", f"http://a.b/{'x' * 2_000}"),
            "http://m\u00fcnchen.exampl\u2001e/a",
        ],
    )  # fmt: skip
    def test_what_is_no_web_address_is_refused(self, refused: str) -> None:
        """A refused URL is an entry without a page; a wrong one would be a request to who knows where."""
        assert urls.absolute(refused) is None

    @pytest.mark.parametrize(
        ("link", "asked"),
        [
            ("/b", "https://example.com/b"),
            ("c?d=1", "https://example.com/news/c?d=1"),
            ("../b", "https://example.com/b"),
            ("//cdn.example.net/b", "https://cdn.example.net/b"),
            ("\\b\\c", "https://example.com/b/c"),
            ("?page=2", "https://example.com/news/a?page=2"),
            ("http://other.example/x", "http://other.example/x"),
            ("javascript:void(0)", None),
        ],
    )
    def test_a_relative_link_is_read_against_its_page(self, link: str, asked: str | None) -> None:
        """Half of all link blocks hold relative addresses."""
        assert urls.absolute(link, "https://example.com/news/a") == asked

    @SETTINGS
    @given(ANYTHING)
    def test_twice_is_once(self, url: str) -> None:
        """A URL that is stored and read again must be the same URL."""
        first = urls.absolute(url)
        if first is not None:
            assert urls.absolute(first) == first

    @SETTINGS
    @given(ANYTHING)
    def test_what_is_asked_for_is_ascii_without_white_space(self, url: str) -> None:
        """Anything else on the request line is a way to smuggle a second request."""
        asked = urls.absolute(url)
        assert asked is None or (asked.isascii() and not re.search(r"[\x00-\x20\x7f\\]", asked))


class TestCanonical:
    @pytest.mark.parametrize(
        ("url", "shown"),
        [
            ("https://example.com/a#part", "https://example.com/a"),
            ("https://reader:secret@example.com/a", "https://example.com/a"),
            ("https://EXAMPLE.com:443/a", "https://example.com/a"),
            ("https://example.com//news///a", "https://example.com/news/a"),
            ("https://example.com/x/./y/../a", "https://example.com/x/a"),
            ("https://example.com/../../a", "https://example.com/a"),
            ("https://example.com/a/..", "https://example.com/"),
            ("https://example.com/%7Edesk/a%2fb", "https://example.com/~desk/a%2Fb"),
            ("https://example.com/caf%c3%a9", "https://example.com/caf%C3%A9"),
            ("https://example.com/a;jsessionid=AB12?x=1", "https://example.com/a?x=1"),
            ("https://example.com/a?utm_source=rss&utm_medium=feed", "https://example.com/a"),
            ("https://example.com/a?fbclid=x&id=5&gclid=y", "https://example.com/a?id=5"),
            ("https://example.com/a?at_medium=RSS&at_campaign=KARANGA", "https://example.com/a"),
            ("https://example.com/a?b=2&a=1", "https://example.com/a?b=2&a=1"),
            ("not a url", "not a url"),
        ],
    )
    def test_what_does_not_belong_to_the_article_is_gone(self, url: str, shown: str) -> None:
        """The canonical URL is what people click on: short, without trackers, without somebody's password."""
        assert urls.canonical(url) == shown

    @pytest.mark.parametrize(
        "query", ["id=5", "id=abc", "eid=123", "cid=9", "gallery=3", "page=2", "ref=12", "e_id=7", "p=100", "source=5"]
    )
    def test_parameters_that_number_the_article_stay(self, query: str) -> None:
        """Many publishers name an article by its query alone: without it all their articles would be one."""
        assert urls.canonical(f"https://example.com/story?{query}") == f"https://example.com/story?{query}"

    @pytest.mark.parametrize(
        "query", ["ref=home", "source=twitter", "eid=newsletter", "share=1x", "utm_id=7", "_ga=1.2", "igshid=q"]
    )  # fmt: skip
    def test_parameters_that_say_where_a_click_came_from_go(self, query: str) -> None:
        """They make one article look like many."""
        assert urls.canonical(f"https://example.com/story?{query}") == "https://example.com/story"

    def test_a_query_in_an_old_encoding_keeps_its_bytes(self) -> None:
        """Arabic and Persian sites of the 2000s name articles by windows-1256 words in the query: replaced by
        U+FFFD the address no longer works, and every such article gets the same key as every other."""
        one, two = "https://example.com/a?t=%C7%E1%D3", "https://example.com/a?t=%DA%D1%C8"
        assert urls.canonical(one) == one
        assert urls.key(one) != urls.key(two)

    def test_an_encoded_slash_is_no_slash(self) -> None:
        """`/a%2Fb` and `/a/b` are two resources."""
        assert urls.key("https://example.com/a%2Fb") != urls.key("https://example.com/a/b")

    @SETTINGS
    @given(ANYTHING)
    def test_twice_is_once(self, url: str) -> None:
        """The canonical URL of a canonical URL is itself; otherwise ids would drift from run to run."""
        once = urls.canonical(url)
        assert urls.canonical(once) == once


class TestKey:
    @pytest.mark.parametrize(
        "variant",
        [
            *("http://example.com/news/a", "https://www.example.com/news/a", "https://m.example.com/news/a/"),
            *("https://amp.example.com/news/a", "https://mobile.example.com/news/a", "https://www2.example.com/news/a"),
            *("https://example.com/amp/news/a", "https://example.com/news/a/amp", "https://example.com/news/a/amp/"),
            *("https://example.com/news/a?amp", "https://example.com/news/a?amp=1", "https://example.com/news/a.amp"),
            *("https://example.com/news/a?outputType=amp", "https://example.com/news/a?view=amp"),
            *("https://example.com/news/a/print", "https://example.com/news/a?print=1", "https://example.com/news/a?print"),
            *("https://example.com/news/a?view=print", "https://example.com/news/a/index.html"),
            *("https://example.com/news/a?utm_source=x#comments", "HTTPS://EXAMPLE.COM:443/news/./a"),
        ],
    )  # fmt: skip
    def test_every_form_of_one_article_has_one_key(self, variant: str) -> None:
        """AMP, print, mobile and tracking forms are the same article; without this each would be a duplicate."""
        assert urls.key(variant) == urls.key("https://example.com/news/a") == "example.com/news/a"

    @pytest.mark.parametrize(
        ("one", "other"),
        [
            ("https://example.com/a", "https://example.com/b"),
            ("https://example.com/a?id=1", "https://example.com/a?id=2"),
            ("https://example.com/a?id=1", "https://example.com/a"),
            ("https://example.com/a", "https://example.com:8443/a"),
            ("https://news.example.com/a", "https://sport.example.com/a"),
            ("https://example.com/A", "https://example.com/a"),
            ("https://example.com/amp", "https://example.com/"),
            ("https://example.com/print", "https://example.com/"),
            ("https://example.com/a?print=weekly", "https://example.com/a"),
            ("https://example.com/a?gallery=3", "https://example.com/a?gallery=4"),
            ("https://example.com/?a=1&b=2", "https://example.com/?a=2&b=1"),
        ],
    )
    def test_different_articles_have_different_keys(self, one: str, other: str) -> None:
        """A key too coarse loses an article for good."""
        assert urls.key(one) != urls.key(other)

    @SETTINGS
    @given(ANYTHING)
    def test_the_key_of_the_canonical_form_is_the_key(self, url: str) -> None:
        """The archive keys what it shows, the frontier keys what it was given: they must meet."""
        assert urls.key(urls.canonical(url)) == urls.key(url)

    @SETTINGS
    @given(st.lists(st.tuples(st.sampled_from("abcd"), st.sampled_from("12")), min_size=1, max_size=5), st.randoms())
    def test_the_order_of_parameters_does_not_matter(self, pairs: list[tuple[str, str]], random: object) -> None:
        """Servers and CMSs write the same parameters in any order."""
        shuffled = list(pairs)
        random.shuffle(shuffled)  # type: ignore[attr-defined]

        def url(parameters: list[tuple[str, str]]) -> str:
            return "https://example.com/a?" + "&".join(f"{n}={v}" for n, v in parameters)

        assert urls.key(url(pairs)) == urls.key(url(shuffled))

    @SETTINGS
    @given(
        *[st.lists(st.from_regex(r"[a-z0-9]{3}x", fullmatch=True), min_size=1, max_size=3)] * 2,
        *[st.lists(st.sampled_from(["a=1", "b=2", "c=3"]), unique=True, max_size=3)] * 2,
    )
    def test_two_paths_never_share_a_key(
        self, path: list[str], other: list[str], query: list[str], other_query: list[str]
    ) -> None:
        """However their parameters are ordered, two stories stay two stories."""
        one = f"https://example.com/{'/'.join(path)}?{'&'.join(query)}"
        two = f"https://example.com/{'/'.join(other)}?{'&'.join(other_query)}"
        same = path == other and sorted(query) == sorted(other_query)
        assert (urls.key(one) == urls.key(two)) is same

    def test_the_id_is_twenty_hex_digits_and_known_for_ever(self) -> None:
        """Ids stand in other people's databases; a change of this value is a break of promise P4."""
        assert urls.article_id("https://www.example.com/news/a?utm_source=x") == "70c2d435f1bff7ed3e1f"
        assert urls.article_id("http://example.com/news/a/") == "70c2d435f1bff7ed3e1f"


class TestSite:
    @pytest.mark.parametrize(
        ("url", "site"),
        [
            ("https://www.example.com/a", "example.com"),
            ("https://news.example.co.uk/a", "example.co.uk"),
            ("https://arabic.news.example.com.tr/a", "example.com.tr"),
            ("http://127.0.0.1:8765/a", "127.0.0.1:8765"),
            ("http://gazette.localhost:8765/a", "gazette.localhost:8765"),
            ("http://gazette.localhost/a", "gazette.localhost"),
            ("http://[2001:db8::1]:8080/a", "[2001:db8::1]:8080"),
            ("https://reader:secret@www.example.com/a", "example.com"),
        ],
    )
    def test_a_site_is_what_one_publisher_owns(self, url: str, site: str) -> None:
        """rel=canonical and sitemaps are believed within a site only."""
        assert urls.site(url) == site

    @pytest.mark.parametrize(
        ("one", "other", "same"),
        [
            ("https://a.example.com/", "https://b.example.com/", True),
            ("https://one.co.uk/", "https://two.co.uk/", False),
            ("http://127.0.0.1:1/", "http://127.0.0.1:2/", False),
            ("http://127.0.0.1:1/", "http://127.0.0.2:1/", False),
            ("http://a.localhost:1/", "http://b.localhost:1/", False),
            ("https://example.com/", "https://example.com.evil.net/", False),
            ("https://example.com/", "https://example.com@evil.net/", False),
        ],
    )
    def test_a_neighbour_is_no_relative(self, one: str, other: str, same: bool) -> None:
        """Otherwise anybody below .co.uk could speak for everybody else."""
        assert urls.same_site(one, other) is same

    @pytest.mark.parametrize(
        ("url", "host"),
        [
            ("https://Example.com:443/a", "example.com"),
            ("http://example.com:443/a", "example.com:443"),
            ("http://reader:secret@example.com:8080/a", "example.com:8080"),
        ],
    )
    def test_the_host_is_the_unit_of_politeness(self, url: str, host: str) -> None:
        """One spelling a host, or its queue would be two queues and its delay half."""
        assert urls.host(url) == host


class TestMasked:
    def test_credentials_never_reach_a_log(self) -> None:
        """Promise P6: a URL with a password may be fetched, its password is never written."""
        assert urls.masked("https://reader:s@cret@example.com/a?b=1") == "https://***@example.com/a?b=1"
        assert urls.masked("https://example.com/@desk") == "https://example.com/@desk"

    def test_a_broken_url_is_masked_too(self) -> None:
        """It is the broken ones that are logged."""
        assert "secret" not in urls.masked("http://reader:secret@[::1/a")


@pytest.mark.parametrize(
    "asked", [urls.absolute, urls.canonical, urls.key, urls.article_id, urls.host, urls.site, urls.masked]
)
@SETTINGS
@given(url=ANYTHING)
def test_nothing_raises_on_anything(asked: object, url: str) -> None:
    """All of it comes from outside; `key` and `site` also see what people type at `aggregator why`."""
    asked(url)  # type: ignore[operator]
