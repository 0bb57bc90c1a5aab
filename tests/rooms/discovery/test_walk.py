"""From index to sitemap, from page to page: bounded, newest first, nothing asked in vain."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from aggregator.discovery.reading import Listed, Reading
from aggregator.discovery.walk import MAX_LEVEL, Step, Walk
from aggregator.discovery.window import Window
from aggregator.records import Feed, PollState, Sighting

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
SITE = "https://paper.example/"
INDEX = Step(feed=Feed(url=SITE + "index.xml", format="sitemap"))


def walk(*, due=True, budget=10, pages=10, since=None, until=None):
    window = Window.of(since, until)
    made = Walk(
        sitemap_budget=budget, listing_pages=pages, due=lambda state: due, window=window if window.name else None
    )
    made.enter(INDEX.feed.url)
    return made


def index(*rows):
    return Reading(
        format="sitemap_index",
        sitemaps=tuple(
            Listed(
                url=SITE + name,
                lastmod=lastmod,
                changed=datetime.fromisoformat(lastmod).replace(tzinfo=UTC) if lastmod else None,
            )
            for name, lastmod in rows
        ),
    )


def names(steps):
    return [step.feed.url.removeprefix(SITE) for step in steps]


def state(name, **changes):
    return {SITE + name: PollState(**{"feed": SITE + name, "source_id": "paper", "polled": NOW, **changes})}


def test_the_newest_sitemaps_go_first_and_those_without_a_date_last():
    reading = index(("a.xml", "2026-11-22"), ("undated.xml", None), ("b.xml", "2026-11-23"), ("c.xml", "2026-11-21"))
    steps, _ = walk().below(INDEX, reading, {}, NOW)
    assert names(steps) == ["b.xml", "a.xml", "c.xml", "undated.xml"]
    assert {step.level for step in steps} == {2}


def test_without_a_time_only_what_changed_lately_is_asked():
    reading = index(("new.xml", "2026-11-22"), ("old.xml", "2026-11-01"), ("sitemap-2024-05.xml", None))
    assert names(walk().below(INDEX, reading, {}, NOW)[0]) == ["new.xml"]


def test_since_and_until_skip_sitemaps_by_their_change_and_by_the_date_in_their_name():
    rows = [(f"map-2026-{month:02}.xml", None) for month in range(1, 12)]
    rows += [("posts.xml", "2026-02-20"), ("pages.xml", "2026-10-01")]
    steps, _ = walk(since="2026-03-01", until="2026-05-01", budget=50).below(INDEX, index(*rows), {}, NOW)
    # Days in names are the publisher's: the first hours of May there are April here.
    assert sorted(names(steps)) == [
        "map-2026-02.xml", "map-2026-03.xml", "map-2026-04.xml", "map-2026-05.xml", "pages.xml",
    ]  # fmt: skip


def test_what_has_not_changed_since_it_was_read_is_not_asked_again():
    known = state("a.xml", lastmod="2026-11-23") | state("b.xml", lastmod="2026-11-22")
    steps, complete = walk().below(INDEX, index(("a.xml", "2026-11-23")), known, NOW)
    assert (steps, complete) == ((), True)
    assert names(walk().below(INDEX, index(("b.xml", "2026-11-23")), known, NOW)[0]) == ["b.xml"]


def test_one_that_failed_is_asked_when_it_is_due_whatever_its_index_says():
    known = state("a.xml", lastmod="2026-11-23", failures=1.0)
    reading = index(("a.xml", "2026-11-23"))
    assert names(walk(due=True).below(INDEX, reading, known, NOW)[0]) == ["a.xml"]
    assert walk(due=False).below(INDEX, reading, known, NOW)[0] == ()


def test_one_that_was_read_for_other_dates_is_asked_again():
    known = state("a.xml", lastmod="2026-11-23")
    reading = index(("a.xml", "2026-11-23"))
    assert names(walk(since="2026-01-01").below(INDEX, reading, known, NOW)[0]) == ["a.xml"]
    read = {url: PollState(feed=url, source_id="paper", lastmod="2026-11-23", window="2026-01-01T00:00:00+00:00/..")
            for url in known}  # fmt: skip
    assert walk(since="2026-01-01").below(INDEX, reading, read, NOW)[0] == ()


def test_an_index_with_sitemaps_without_a_date_is_never_done_with():
    """Its own 304 would hide that they change."""
    known = state("a.xml")
    assert walk(due=False).below(INDEX, index(("a.xml", None)), known, NOW) == ((), False)


def test_the_budget_bounds_what_is_asked_and_comes_round_to_all():
    rows = [(f"{n}.xml", None) for n in range(30)]
    states: dict[str, PollState] = {}
    asked: list[str] = []
    for run in range(3):
        steps, complete = walk(budget=10).below(INDEX, index(*rows), states, NOW)
        assert (len(steps), complete) == (10, False)
        asked += names(steps)
        for step in steps:
            states[step.feed.url] = PollState(feed=step.feed.url, source_id="paper", polled=NOW.replace(hour=13 + run))
    assert sorted(asked) == sorted(name for name, _ in rows)


def test_loops_and_self_references_end():
    going = walk()
    steps, _ = going.below(INDEX, index(("index.xml", None), ("a.xml", None), ("a.xml#x", None)), {}, NOW)
    assert names(steps) == ["a.xml"]
    assert going.below(steps[0], index(("index.xml", None), ("a.xml", None)), {}, NOW)[0] == ()


def test_indexes_are_followed_to_the_third_level_and_no_further():
    going, step, levels = walk(budget=50), INDEX, []
    for n in range(10):
        steps, _ = going.below(step, index((f"{n}.xml", None)), {}, NOW)
        if not steps:
            break
        step = steps[0]
        levels.append(step.level)
    assert levels == list(range(2, MAX_LEVEL + 1))


# ------------------------------------------------------------------ listings


def listing(page, *stories, next_page=None):
    sightings = tuple(Sighting(url=SITE + story, source_id="paper", via="listing", first_seen=NOW) for story in stories)
    return Reading(format="listing", sightings=sightings, next_page=next_page or f"{SITE}news?page={page + 1}")


FIRST = Step(feed=Feed(url=SITE + "news", format="listing"))


def follow(going, reading, new, step=FIRST, **how):
    return going.after(step, reading, reading.sightings, new, **how)


def test_pages_go_on_while_each_brings_something_new():
    going = walk()
    second = follow(going, listing(1, "a", "b"), 2)
    assert (second.page, second.feed.url) == (2, SITE + "news?page=2")
    assert follow(going, listing(2, "c"), 0, step=second) is None


def test_the_number_of_pages_is_bounded():
    going, step, pages = walk(pages=4), FIRST, 1
    while pages < 50 and (step := follow(going, listing(step.page, f"story-{pages}"), 1, step=step)):
        pages += 1
    assert pages == 4


def test_a_page_that_leads_to_one_that_was_asked_is_the_last():
    going = walk()
    second = follow(going, listing(1, "a"), 1)
    assert follow(going, listing(2, "b", next_page=second.feed.url), 1, step=second) is None


@pytest.mark.parametrize("how", [{"window": True}, {"through": True}])
def test_who_asks_for_the_past_goes_through_what_is_known(how):
    """And ends all the same where a server shows one page for ever."""
    going = walk(since="2026-01-01") if how.pop("window", False) else walk()
    second = follow(going, listing(1, "a"), 0, **how)
    assert second is not None
    assert follow(going, listing(2, "a"), 0, step=second, **how) is None
