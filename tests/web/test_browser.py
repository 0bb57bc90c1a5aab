"""The demo's newsroom in a real browser: a headless Chromium, driven by Playwright.

One crawl of the demo web and one browser serve all tests; they run in one worker.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from aggregator.config import choose
from aggregator.demo.server import DemoServer, catalogue_toml
from aggregator.demo.tour import CROWDED
from aggregator.store import SqliteStore
from tests.web.conftest import TOKEN, Server

sync_api = pytest.importorskip("playwright.sync_api", reason="no browser: Playwright is not installed")

BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
AXE = Path(__file__).parent / "vendor" / "axe.min.js"
ROOT = Path(__file__).parents[2]

pytestmark = [
    pytest.mark.skipif(BROWSER is None, reason="no browser: install Debian's chromium, and these tests run"),
    pytest.mark.xdist_group("browser"),
]

PAGES = ("/stories?least=1", "/stories/{story}", "/articles/{revised}", "/articles/{persian}", "/search?q=marsh",
         "/sources", "/sources/demo-iranpress", "/sources/add", "/stories/nothing")  # fmt: skip


class Room:
    """The demo's data, its server, and ids that the tests ask for."""

    def __init__(self, folder: Path, web: DemoServer) -> None:
        self.sources = folder / "sources.toml"
        self.sources.write_text(catalogue_toml(web.web), encoding="utf-8")
        sets = [part for override in CROWDED for part in ("--set", override)]
        self.words = ("--data", str(folder / "data"), "--sources", str(self.sources), *sets)
        command = [sys.executable, "-m", "aggregator", "crawl", *self.words]
        for edition in (1, 2):
            web.edition = edition
            environment = {**os.environ, "PYTHONPATH": str(ROOT)}
            subprocess.run(command, cwd=folder, env=environment, capture_output=True, timeout=180, check=True)
        config = choose(folder, CROWDED, data=str(folder / "data"), sources=str(self.sources))
        store = SqliteStore(config.database)
        rows = {
            "persian": "SELECT id FROM articles WHERE language = 'fa' LIMIT 1",
            "revised": "SELECT id FROM articles WHERE revision > 1 LIMIT 1",
            "linked": "SELECT article_id AS id FROM relations WHERE target_id IS NOT NULL GROUP BY 1"
            " ORDER BY count(*) DESC, 1 LIMIT 1",
        }
        self.ids = {name: str(store.rows(query)[0]["id"]) for name, query in rows.items()}
        self.ids["story"] = store.story_of(self.ids["linked"]) or ""
        store.close()
        self.server = Server(config, words=self.words)


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Room]:
    with DemoServer() as web:
        made = Room(tmp_path_factory.mktemp("newsroom"), web)
        yield made
        made.server.close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with sync_api.sync_playwright() as playwright:
        # Inside a container there is no sandbox to be had; what is loaded is our own page.
        started = playwright.chromium.launch(executable_path=BROWSER, args=["--no-sandbox"])
        yield started
        started.close()


class Window:
    """A page of the browser that keeps what went wrong in it."""

    def __init__(self, browser: Any, room: Room, *, token: bool = False, **options: Any) -> None:
        self.context = browser.new_context(viewport=options.pop("viewport", {"width": 1100, "height": 800}), **options)
        self.page = self.context.new_page()
        self.room, self.wrong = room, []
        self.page.on("console", lambda said: self._note(said.text, said.type in ("error", "warning")))
        self.page.on("pageerror", lambda error: self._note(str(error), True))
        self.page.on("request", lambda asked: self._note(asked.url, not asked.url.startswith(room.server.origin)))
        if token:
            self.go(f"/stories?token={TOKEN}")

    def _note(self, text: str, bad: bool) -> None:
        # A page that says that something is not known is answered with 404, which the browser calls an error.
        if bad and "404 (Not Found)" not in text:
            self.wrong.append(text)

    def go(self, path: str) -> Any:
        self.page.goto(self.room.server.origin + path.format(**self.room.ids))
        return self.page


@pytest.fixture
def window(browser: Any, room: Room) -> Iterator[Any]:
    """Makes windows; at the end nothing has gone wrong in any of them, and nothing was asked elsewhere."""
    made: list[Window] = []

    def open_window(**options: Any) -> Window:
        made.append(Window(browser, room, **options))
        return made[-1]

    yield open_window
    for one in made:
        one.context.close()
    assert [wrong for one in made for wrong in one.wrong] == []


def test_stories_are_listed_and_filters_choose(window):
    page = window().go("/stories?least=1")
    assert page.locator("li.card").count() == 20
    page.select_option("select[name=language]", "fa")
    page.get_by_role("button", name="Show").click()
    page.wait_for_url("**language=fa**")
    assert 0 < page.locator("li.card").count() < 20
    assert page.locator("li.card svg circle").count() > 0


def test_the_list_looks_again_without_a_reload(window):
    one = window()
    page = one.go("/stories?least=1")
    page.evaluate("window.stays = true")
    with page.expect_response(lambda answer: answer.request.headers.get("hx-request") == "true") as looked:
        page.evaluate("htmx.trigger('#list', 'refresh')")
        page.evaluate("htmx.ajax('GET', document.querySelector('#list').getAttribute('hx-get'), '#list')")
    assert looked.value.ok
    page.wait_for_function("document.querySelectorAll('li.card').length === 20")
    assert page.evaluate("window.stays")


def test_the_graph_of_a_story_leads_to_its_articles(window):
    page = window().go("/stories/{story}")
    boxes = page.locator("svg.graph a")
    assert boxes.count() > 2
    assert page.locator("svg.graph path.edge").count() > 2
    overlapping = boxes.evaluate_all(
        "boxes => { const r = boxes.map(b => b.querySelector('rect').getBoundingClientRect());"
        " return r.some((a, i) => r.some((b, j) => i < j && a.left < b.right && b.left < a.right"
        " && a.top < b.bottom && b.top < a.bottom)) }"
    )
    assert not overlapping
    boxes.first.locator("rect").click()
    page.wait_for_url("**/articles/**")
    assert page.locator("article h1").count() == 1


@pytest.mark.parametrize(
    ("word", "direction"), [("sluices", "ltr"), ("تالاب", "rtl"), ("ميناء", "rtl"), ("كارگاه", "rtl")]
)
def test_search_finds_in_each_script(window, word, direction):
    page = window().go("/stories")
    page.fill("#top-q", word)
    page.press("#top-q", "Enter")
    page.wait_for_url("**/search?q=**")
    assert page.locator(".hits mark").count() > 0
    assert page.locator(".hits li h2 a").first.evaluate("link => getComputedStyle(link).direction") == direction


def test_a_revision_shows_what_went_and_what_came(window):
    page = window().go("/articles/{revised}")
    assert page.locator("#revisions del").count() > 0
    assert page.locator("#revisions ins").count() > 0
    page.locator("details.whybox summary").click()
    assert page.locator("details.whybox li").first.is_visible()


def test_a_source_is_added_by_its_address_after_it_was_shown(window, room):
    """Its entry is taken out of the catalogue first, so that there is something to be found."""
    whole = room.sources.read_text("utf-8")
    entries = whole.split("[[source]]\n")
    (gone,) = [entry for entry in entries if 'id = "levant-digest"' in entry]
    homepage = next(line.split('"')[1] for line in gone.splitlines() if line.startswith("homepage"))
    room.sources.write_text("[[source]]\n".join(entry for entry in entries if entry != gone), "utf-8")
    try:
        page = window(token=True).go("/sources/add")
        page.fill("#url", homepage)
        page.get_by_role("button", name="Look for feeds").click()
        page.wait_for_selector("text=Save this entry", timeout=90_000)
        assert "[[source]]" in page.locator("pre").inner_text()
        assert homepage not in room.sources.read_text("utf-8")
        page.get_by_role("button", name="Save this entry").click()
        page.wait_for_selector(".good")
        assert homepage in room.sources.read_text("utf-8")
    finally:
        room.sources.write_text(whole, "utf-8")


def test_an_address_that_is_not_public_is_refused(window):
    page = window(token=True).go("/sources/add")
    page.fill("#url", "http://169.254.169.254/latest/")
    page.get_by_role("button", name="Look for feeds").click()
    page.wait_for_selector(".warn", timeout=90_000)
    assert page.get_by_role("button", name="Save this entry").count() == 0


def test_buttons_need_the_token(window):
    page = window().go("/sources/demo-iranpress")
    assert page.get_by_role("button", name="Pause").is_disabled()
    page = window(token=True).go("/sources/demo-iranpress")
    page.get_by_role("button", name="Pause").click()
    page.wait_for_selector(".state.paused")
    page.get_by_role("button", name="Resume").click()
    page.wait_for_selector(".state:not(.paused)")
    page.get_by_role("button", name="Check its feeds").click()
    page.wait_for_selector("text=Back to the source", timeout=90_000)
    assert page.locator(".warn").count() == 0


def test_the_keyboard_alone_goes_everywhere(window):
    page = window().go("/stories?least=1")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.matches('.card h2 a')"):
            break
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline != "none"
    page.keyboard.press("Enter")
    page.wait_for_url("**/stories/story-*")
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.matches('svg.timeline a')"):
            break
    page.keyboard.press("Enter")
    page.wait_for_url("**/articles/**")


@pytest.mark.parametrize("path", PAGES)
def test_a_phone_shows_every_page_without_sideways_scrolling(window, path):
    page = window(viewport={"width": 360, "height": 700}, has_touch=True).go(path)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_dark_is_dark(window):
    light = window(color_scheme="light").go("/stories").evaluate("getComputedStyle(document.body).backgroundColor")
    dark = window(color_scheme="dark").go("/stories").evaluate("getComputedStyle(document.body).backgroundColor")
    assert light == "rgb(255, 255, 255)"
    assert max(map(int, dark[4:-1].split(","))) < 60


def test_persian_stands_at_the_right(window):
    page = window().go("/articles/{persian}")
    box = page.locator("article h1").bounding_box()
    text = page.locator("article h1").evaluate(
        "h => { const r = document.createRange(); r.selectNodeContents(h); const b = r.getBoundingClientRect();"
        " return b.right }"
    )
    assert abs(text - (box["x"] + box["width"])) < 3


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", PAGES)
def test_axe_finds_no_serious_issue(browser, room, path, scheme):
    """The page's own policy lets no other script in, so this window goes around it."""
    one = Window(browser, room, color_scheme=scheme, bypass_csp=True)
    page = one.go(path)
    page.add_script_tag(path=str(AXE))
    found = page.evaluate("axe.run({resultTypes: ['violations']})")
    one.context.close()
    serious = [
        (rule["id"], [node["html"][:120] for node in rule["nodes"][:3]])
        for rule in found["violations"]
        if rule["impact"] in ("serious", "critical")
    ]
    assert serious == []
    assert one.wrong == []
