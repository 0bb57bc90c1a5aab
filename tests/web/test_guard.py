"""The door: what comes in, who may change things, and what every answer says to the browser."""

from __future__ import annotations

import pytest

from tests.web.conftest import TOKEN

SECURITY = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}


@pytest.fixture
def server(newsroom, serve):
    return serve(newsroom.config)


@pytest.mark.parametrize("path", ["/stories", "/static/style.css", "/nothing", "/api/stories", "/feeds/stories.atom"])
def test_every_answer_forbids_inline_code_framing_and_sniffing(server, path):
    """Errors and files too: the policy stands at the door and not in the pages."""
    answer = server.ask(path)
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy
    assert SECURITY.items() <= answer.headers.items()
    assert "server" not in answer.headers


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example", "", "localhost:x", "[::2]", "127.0.0.1@evil.example"]
)
def test_a_name_that_is_not_ours_is_refused(server, host):
    """DNS rebinding: a page of another site whose name points here must read nothing."""
    answer = server.ask("/stories", Host=host)
    assert answer.status in (400, 421)
    assert "Water" not in answer.text
    assert host not in answer.text or not host


@pytest.mark.parametrize("host", ["localhost", "localhost:8000", "[::1]:8000", "LOCALHOST"])
def test_names_of_this_machine_are_served(server, host):
    assert server.ask("/stories", Host=host).status == 200


def test_the_printed_link_gives_a_cookie_and_leaves_no_token_in_the_address(server):
    answer = server.ask(f"/stories?time=7d&token={TOKEN}")
    assert answer.status == 303
    assert answer.headers["location"] == "/stories?time=7d"
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert server.ask("/stories?token=wrong").status == 403


def test_the_link_leads_nowhere_else(server):
    answer = server.ask(f"//evil.example/?token={TOKEN}")
    assert answer.headers["location"].startswith("/evil.example") or answer.status == 404


@pytest.mark.parametrize(
    "wrong",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Cookie": "a=b"},
        {"Sec_Fetch_Site": "cross-site"},
        {"Content_Length": "9999999"},
    ],
)
def test_a_change_needs_our_own_page_and_the_token(server, newsroom, wrong):
    before = newsroom.sources.read_text()
    assert server.post("/sources/gazette/pause", b"", **wrong).status in (403, 413)
    assert newsroom.sources.read_text() == before


def test_other_methods_are_refused(server):
    for method in ("PUT", "DELETE", "OPTIONS", "TRACE"):
        assert server.ask("/stories", method, Cookie=f"aggregator-{server.port}={TOKEN}").status == 405


def test_a_programs_bearer_may_change_things(server, newsroom):
    answer = server.ask("/sources/gazette/pause", "POST", b"", Authorization=f"Bearer {TOKEN}")
    assert answer.status == 303
    assert "enabled = false" in newsroom.sources.read_text()


def test_a_page_that_others_can_reach_needs_the_token_for_everything(newsroom, serve):
    server = serve(newsroom.config, host="0.0.0.0", names=("news.example",))
    for path in ("/stories", "/static/style.css", "/api/journal"):
        answer = server.ask(path, Host="news.example")
        assert answer.status == 401
        assert "Water" not in answer.text
    assert server.ask("/stories", Host="news.example", Authorization=f"Bearer {TOKEN}").status == 200


def test_pictures_of_publishers_are_not_loaded_unless_that_is_switched_on(newsroom, serve):
    from aggregator.records import Image

    kept = newsroom.keep("seen", images=(Image(url="https://gazette.example/i.jpg"),))
    without, with_them = serve(newsroom.config), serve(newsroom.config, images=True)
    assert "<img" not in without.ask(f"/articles/{kept.id}").text
    assert 'src="https://gazette.example/i.jpg"' in with_them.ask(f"/articles/{kept.id}").text
    assert "img-src 'self' https:" in with_them.ask("/stories").headers["content-security-policy"]
