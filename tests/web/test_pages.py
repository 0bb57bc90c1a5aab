"""What the pages say, over real HTTP."""

from __future__ import annotations

from urllib.parse import quote

import pytest


@pytest.fixture
def server(newsroom, serve):
    return serve(newsroom.config)


def story_of(newsroom, words: str) -> str:
    rows = newsroom.store.rows("SELECT id, record FROM stories WHERE size > 1")
    return next(row["id"] for row in rows if words in row["record"])


def test_stories_are_listed_with_outlets_and_a_timeline(server):
    text = server.ask("/stories").text
    assert "Talks on water open" in text
    assert "<strong>2</strong> articles and 1 copy" in text
    assert "Gazette" in text
    assert "Mirror" in text
    assert text.count("<circle") == 3
    assert "Background" not in text


@pytest.mark.parametrize(
    ("query", "listed"),
    [
        ("region=levant", True), ("region=europe", False), ("country=CY", True), ("country=IR", False),
        ("language=en", True),
        ("language=fa", False), ("source=mirror", True), ("source=nobody", False), ("time=1d", True),
        ("least=3", False),
        ("region=levant&country=CY&language=en&source=gazette&sort=biggest", True),
        ("source=mirror&language=fa", False),
        ("page=2", False),
    ],
)  # fmt: skip
def test_filters_choose(server, query, listed):
    text = server.ask(f"/stories?{query}").text
    assert ("Talks on water open" in text) is listed
    assert ("No story has" in text) is not listed


def test_only_the_list_is_sent_to_the_page_that_looks_again(server):
    part = server.ask("/stories", HX_Request="true").text
    assert "Talks on water open" in part
    assert "<html" not in part


def test_a_story_tells_copies_links_coverage_and_reasons(newsroom, server):
    text = server.ask(f"/stories/{story_of(newsroom, 'Talks on water')}").text
    assert "1 copy: " in text
    assert "had it first" in text
    assert "alike" in text
    assert 'class="graph"' in text
    assert "Background of the talks" in text
    assert "revision 2" in text
    assert "<td>0</td>" in text  # of the region nobody is silent


def test_a_story_that_was_merged_leads_to_the_one_it_is_part_of(newsroom, server):
    found = story_of(newsroom, "Talks on water")
    newsroom.store.execute(
        "INSERT INTO stories (id, into_id, first, last, size, record) VALUES ('story-old', :into, 0, 0, 0, '{}')",
        into=found,
    )
    answer = server.ask("/stories/story-old")
    assert (answer.status, answer.headers["location"]) == (302, f"/stories/{found}")


def test_an_article_shows_its_words_its_links_and_what_changed(newsroom, server):
    changed = newsroom.store.find("https://mirror.example/talks")
    text = server.ask(f"/articles/{changed}").text
    assert "<ins>open late</ins>" in text or "<ins>late</ins>" in text
    linking = server.ask(f"/articles/{newsroom.store.find('https://gazette.example/news/background')}").text
    assert "Links to it" in linking
    first = server.ask(f"/articles/{newsroom.store.find('https://gazette.example/news/talks')}").text
    assert "Press TV" in first
    assert "had it at" in first or "had it first" in first


def test_persian_runs_from_the_right(newsroom, server):
    text = server.ask(f"/articles/{newsroom.store.find('https://gazette.example/news/farsi')}").text
    assert '<article lang="fa" dir="rtl">' in text


@pytest.mark.parametrize("word", ["کارون", "كارون", "گفتوگوهای"])
def test_search_finds_either_keyboard_and_marks_what_it_found(server, word):
    text = server.ask(f"/search?q={quote(word)}").text
    assert "<mark>" in text
    assert 'dir="rtl"' in text


def test_search_folds_copies_and_says_what_it_did_not_understand(server):
    text = server.ask("/search?q=begin+after:soon").text
    assert text.count('class="hits"') == 1
    assert text.count("<h2>") == 1
    assert "1 copy" in text
    assert "Not understood: after:soon" in text
    assert "Nothing was found" in server.ask("/search?q=zebra").text


def test_sources_show_how_each_is_doing(server):
    text = server.ask("/sources").text
    assert "every 5 h" in text
    assert 'aria-label="polls: 1"' in text
    assert "not asked yet" in text
    one = server.ask("/sources/gazette").text
    assert "disabled" in one  # without the token
    assert "Background of the talks" in one


def test_pausing_is_an_edit_of_the_catalogue(newsroom, server):
    assert server.post("/sources/mirror/pause").status == 303
    assert "enabled = false" in newsroom.sources.read_text()
    assert ">paused<" in server.ask("/sources/mirror").text
    assert server.post("/sources/mirror/resume").status == 303
    assert "enabled = true" in newsroom.sources.read_text()
    assert ">paused<" not in server.ask("/sources/mirror").text


def test_what_is_not_known_is_said(server):
    for path in ("/stories/x", "/articles/x", "/sources/x"):
        answer = server.ask(path)
        assert answer.status == 404
        assert "is known" in answer.text


def test_a_catalogue_that_cannot_be_read_is_said_and_the_page_goes_on(newsroom, server):
    assert server.ask("/sources").status == 200
    newsroom.sources.write_text("[[source")
    answer = server.ask("/sources")
    assert "The catalogue cannot be read" in answer.text
    assert "Gazette" in answer.text


def test_readers_do_not_wait_for_a_writer(newsroom, server):
    """A crawl writes all the time: a page reads what was committed."""
    with newsroom.store.transaction():
        newsroom.store.execute("DELETE FROM outlets")
        assert "Talks on water open" in server.ask("/stories").text
