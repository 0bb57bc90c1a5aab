"""robots.txt after RFC 9309: which rule speaks, and how long an answer holds."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.records import RobotsFile
from aggregator.sources.robots import (
    MAX_BYTES,
    RobotsAnswer,
    RobotsOptions,
    after_answer,
    authority_of,
    in_force,
    parse,
    text_of,
    usable,
)

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
SITE = "https://gazette.example"


def allowed(text: str, path: str, token: str = "aggregator") -> bool:
    return parse(text, token).of(SITE + path).allowed


class TestGroups:
    """Section 2.2.1: whose rules hold."""

    @pytest.mark.parametrize("name", ["aggregator", "Aggregator", "AGGREGATOR", "aggregator/1.0", "aggregator  # us"])
    def test_our_group_goes_before_that_of_all(self, name: str) -> None:
        text = f"User-agent: *\nDisallow: /\n\nUser-agent: {name}\nDisallow: /private\n"
        assert allowed(text, "/news")
        assert not allowed(text, "/private/x")

    @pytest.mark.parametrize("name", ["agg", "aggregator-news", "news-aggregator", "a", "gator"])
    def test_a_token_that_is_only_like_ours_is_another_programs(self, name: str) -> None:
        assert allowed(f"User-agent: {name}\nDisallow: /\n", "/news")

    def test_several_groups_of_ours_are_one(self) -> None:
        text = (
            "User-agent: aggregator\nDisallow: /a\n\nUser-agent: x\nDisallow: /\n\nuser-agent: AGGREGATOR\nDisallow: /b"
        )
        assert [allowed(text, path) for path in ("/a", "/b", "/c")] == [False, False, True]

    def test_several_names_share_the_rules_below_them(self) -> None:
        text = (
            "User-agent: x\n\n# why\nUser-agent: aggregator\nSitemap: https://a.example/\nUser-agent: y\nDisallow: /a"
        )
        assert not allowed(text, "/a")

    def test_an_empty_disallow_lets_us_read_everything(self) -> None:
        """A group without a rule is a group all the same: that of all others does not hold."""
        assert allowed("User-agent: *\nDisallow: /\nUser-agent: aggregator\nDisallow:\n", "/news")
        assert allowed("User-agent: *\nDisallow: /\nUser-agent: aggregator\n", "/news")

    def test_rules_without_a_group_and_pages_that_are_no_rules_say_nothing(self) -> None:
        assert allowed("Disallow: /\n", "/news")
        assert allowed("<html><body>Disallow: / is not here</body></html>", "/news")
        assert allowed("", "/news")

    def test_a_delay_alone_is_a_group_of_its_own(self) -> None:
        """A common form: strangers' rules below it are not those of all."""
        text = "User-agent: *\nCrawl-delay: 10\n\nUser-agent: BadBot\nDisallow: /\n"
        assert allowed(text, "/news")
        assert parse(text, "aggregator").crawl_delay == 10


class TestLines:
    """Section 2.2, and what is found in the wild."""

    @pytest.mark.parametrize("end", ["\n", "\r", "\r\n"])
    @pytest.mark.parametrize("start", ["", "\ufeff"])
    def test_any_line_end_and_a_byte_order_mark(self, start: str, end: str) -> None:
        text = text_of(f"{start}User-agent: *{end}Disallow: /private{end}".encode())
        assert not allowed(text, "/private")

    def test_utf_16_is_read(self) -> None:
        assert not allowed(text_of("User-agent: *\nDisallow: /private".encode("utf-16")), "/private")

    @pytest.mark.parametrize("odd", ["\u2028", "\x0c", "\x85", "\x1c"])
    def test_what_is_no_line_end_breaks_no_line(self, odd: str) -> None:
        """`str.splitlines` breaks there: a comment would become a rule."""
        assert allowed(f"User-agent: *\n# once upon a time{odd}Disallow: /\n", "/news")

    @pytest.mark.parametrize("line", ["DISALLOW:/a", " disallow : /a ", "Dissallow: /a", "disallow:\t/a # why"])
    def test_spelling_of_names(self, line: str) -> None:
        assert not allowed(f"User Agent: *\n{line}\n", "/a/b")

    def test_only_500_kib_are_read_and_no_half_line(self) -> None:
        """Half of `/private/old` would be `/p`, which speaks of much more."""
        start = b"User-agent: *\nDisallow: /early\n"
        filler = b"#" * (MAX_BYTES - len(start) - len(b"\nDisallow: /p")) + b"\n"
        body = start + filler + b"Disallow: /private/old\nDisallow: /late\n"
        text = text_of(body)
        assert [allowed(text, path) for path in ("/early", "/press", "/late")] == [False, True, True]


class TestPatterns:
    """Section 2.2.2 and 2.2.3."""

    @pytest.mark.parametrize(
        ("pattern", "path", "matches"),
        [
            ("/fish", "/fish.html", True),
            ("/fish", "/Fish", False),
            ("/fish/", "/fish", False),
            ("/fish*.php", "/fishheads/catfish.php?id=1", True),
            ("/*.php$", "/a/b.php", True),
            ("/*.php$", "/a/b.php?x", False),
            ("/*.php$", "/a.php/b.php", True),
            ("/a$", "/a", True),
            ("/a$", "/ab", False),
            ("/a$b", "/a$b", True),
            ("*/print/", "/x/print/1", True),
            ("/*/*/c$", "/a/b/c", True),
            ("/*/*/c$", "/a/c", False),
            ("/a*a$", "/a", False),
            ("/path/file-with-a-%2A.html", "/path/file-with-a-*.html", True),
            ("/path/foo-%24", "/path/foo-$", True),
            # Percent-encoding, with the examples of the standard.
            ("/foo/bar?baz=https://foo.bar", "/foo/bar?baz=https%3A%2F%2Ffoo.bar", True),
            ("/foo/bar/\u30c4", "/foo/bar/%E3%83%84", True),
            ("/foo/bar/%e3%83%84", "/foo/bar/%E3%83%84", True),
            ("/foo/bar/%62%61%7A", "/foo/bar/baz", True),
            ("/a%2Fb", "/a/b", False),
            ("/a%2fb", "/a%2Fb", True),
            ("/%", "/%25", True),
            ("/search?", "/search?q=1", True),
            ("/search?", "/search", False),
            ("/", "", True),
        ],
    )
    def test_a_pattern_speaks_of_a_path(self, pattern: str, path: str, matches: bool) -> None:
        assert allowed(f"User-agent: *\nDisallow: {pattern}", path) is not matches

    def test_the_longest_pattern_decides_and_allow_at_a_tie(self) -> None:
        text = "User-agent: *\nDisallow: /\nAllow: /news\nDisallow: /news/old\nAllow: /page\nDisallow: /page\n"
        assert [allowed(text, path) for path in ("/x", "/news/1", "/news/old/1", "/page")] == [False, True, False, True]

    def test_robots_txt_itself_may_always_be_asked(self) -> None:
        assert allowed("User-agent: *\nDisallow: /", "/robots.txt")

    def test_the_rule_and_its_group_are_told(self) -> None:
        """`aggregator why` shows it."""
        ruling = parse("User-agent: *\nDisallow: /private/ # staff\n", "aggregator").of(f"{SITE}/private/1")
        assert ruling.reason == "Disallow: /private/ (group *)"

    @pytest.mark.parametrize("value", ["nan", "inf", "-3", "soon", "1e999"])
    def test_a_delay_that_is_none_is_none(self, value: str) -> None:
        assert parse(f"User-agent: *\nCrawl-delay: {value}\n", "aggregator").crawl_delay is None

    def test_many_wildcards_take_no_longer_than_they_are_long(self) -> None:
        """Backtracking would take for ever."""
        text = "User-agent: *\nDisallow: /" + "*a" * 2_000 + "$\n"
        assert allowed(text, "/" + "a" * 1_900 + "b")


@given(st.binary(max_size=400), st.text(max_size=40))
def test_no_file_and_no_path_is_too_odd(body: bytes, path: str) -> None:
    """Whatever a server sends, there is a ruling."""
    parse("User-agent: *\n" + text_of(body), "aggregator").of(f"{SITE}/{path.replace('[', '')}")


class TestHowLongItHolds:
    """Sections 2.3 and 2.4: what each kind of answer means."""

    def after(self, status: int | None, *, known: RobotsFile | None = None, now: datetime = NOW, **more) -> RobotsFile:
        answer = RobotsAnswer(status=status, **more)
        return after_answer(SITE, known, answer, RobotsOptions(), now)

    def good(self) -> RobotsFile:
        return self.after(200, body=b"User-agent: *\nDisallow: /private\n")

    def test_a_file_holds_for_a_day(self) -> None:
        known = self.good()
        assert usable(known, NOW + 23 * HOUR)
        assert not usable(known, NOW + 24 * HOUR)
        assert in_force(known, NOW) == "User-agent: *\nDisallow: /private\n"

    @pytest.mark.parametrize(("age", "hours"), [("7200", 2), ("0", 1), ("999999999999", 24)])
    def test_a_server_may_ask_for_less(self, age: str, hours: int) -> None:
        known = self.after(200, headers={"cache-control": f"max-age={age}"})
        assert known.expires == NOW + hours * HOUR

    @pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 302, 204])
    def test_no_file_allows_everything(self, status: int) -> None:
        assert in_force(self.after(status, body=b"User-agent: *\nDisallow: /" * (status != 204)), NOW) == ""

    @pytest.mark.parametrize("status", [429, 500, 502, 503, 504, None])
    def test_a_file_that_cannot_be_had_allows_nothing(self, status: int | None) -> None:
        known = self.after(status)
        assert in_force(known, NOW) is None
        assert known.problem == (f"HTTP {status}" if status else "no answer")

    def test_the_last_copy_is_used_for_another_day(self) -> None:
        known = self.after(503, known=self.good(), now=NOW + 24 * HOUR)
        assert in_force(known, NOW + 47 * HOUR) == self.good().text
        assert in_force(known, NOW + 49 * HOUR) is None

    def test_after_thirty_days_without_an_answer_there_is_none(self) -> None:
        known = self.after(None)
        known = self.after(500, known=known, now=NOW + 29 * 24 * HOUR)
        assert in_force(known, NOW + 29 * 24 * HOUR) is None
        assert in_force(known, NOW + 30 * 24 * HOUR) == ""

    def test_it_is_asked_again_later_and_later_and_as_the_server_asks(self) -> None:
        first = self.after(500)
        assert first.expires - NOW == timedelta(minutes=15)
        assert self.after(500, known=first).expires - NOW == timedelta(minutes=30)
        assert self.after(503, headers={"retry-after": "7200"}).expires - NOW == 2 * HOUR
        assert self.after(503, headers={"retry-after": "9" * 30}).expires - NOW == 24 * HOUR

    def test_an_answer_ends_the_failures(self) -> None:
        assert self.after(404, known=self.after(500)).failing_since is None

    def test_a_clock_that_was_set_back_does_not_make_it_hold_for_ever(self) -> None:
        assert not usable(self.good(), NOW - 24 * HOUR)

    def test_scheme_and_port_make_another_authority(self) -> None:
        urls = ["http://a.example/x", "https://a.example/x", "http://A.example:8080/", "http://u:p@a.example/"]
        assert [authority_of(url) for url in urls] == [
            "http://a.example",
            "https://a.example",
            "http://a.example:8080",
            "http://a.example",
        ]
