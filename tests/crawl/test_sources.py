"""The catalogue's commands, as a user gives them, against real servers on this machine."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from aggregator.demo.server import DemoServer
from aggregator.demo.tour import CROWDED
from aggregator.sources.catalogue import read_toml

ROOT = Path(__file__).resolve().parents[2]
SETS = [part for override in CROWDED for part in ("--set", override)]


def run(command: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "200"}
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=300, check=False
    )


class Site:
    """A site on this machine whose addresses answer what the test wrote; every request is kept."""

    def __init__(self) -> None:
        self.answers: dict[str, tuple[int, str, str]] = {}
        self.asked: list[str] = []
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                site.asked.append(self.path)
                status, kind, body = site.answers.get(self.path, (404, "text/html", "<html><title>Gone</title></html>"))
                self.send_response(status)
                self.send_header("Location" if 300 <= status < 400 else "Content-Type", kind)
                self.send_header("Content-Length", str(len(body.encode())))
                self.end_headers()
                self.wfile.write(body.encode())

            def log_message(self, format: str, *args: object) -> None:
                """Says nothing."""

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://gazette.localhost:{self._http.server_address[1]}"
        threading.Thread(target=self._http.serve_forever, args=(0.05,), daemon=True).start()

    def page(self, path: str, html: str) -> None:
        self.answers[path] = (200, "text/html", f"<!DOCTYPE html><html lang='en'>{html}</html>")

    def feed(self, path: str, *numbers: int, title: str = "The Gazette") -> None:
        items = "".join(
            f"<item><title>Council meets for the {n}th time</title><link>{self.url}/news/{n}</link></item>"
            for n in numbers
        )
        self.answers[path] = (
            200,
            "application/rss+xml",
            f'<rss version="2.0"><channel><title>{title}</title>{items}</channel></rss>',
        )

    def close(self) -> None:
        self._http.shutdown()
        self._http.server_close()


@pytest.fixture
def site() -> Iterator[Site]:
    made = Site()
    yield made
    made.close()


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project whose catalogue is one small file."""
    folder = tmp_path / "project"
    (folder / "config" / "sources").mkdir(parents=True)
    (folder / "config" / "aggregator.toml").write_text("", encoding="utf-8")
    (folder / "config" / "sources" / "europe.toml").write_text(
        '# Ours.\n[[source]]\nid = "known"\nname = "Known"\nhomepage = "https://known.example/"\ncountry = "CY"\n'
        'feeds = ["https://known.example/feed"]\n',
        encoding="utf-8",
    )
    return folder


def sources(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    done = run([sys.executable, "-m", "aggregator", "sources", *words, *SETS], folder)
    assert "Traceback" not in done.stderr, done.stderr
    return done


@pytest.fixture(scope="module")
def web() -> Iterator[DemoServer]:
    with DemoServer() as server:
        yield server


def test_front_pages_alone_lead_to_entries_that_crawl(web: DemoServer, tmp_path: Path) -> None:
    """From nothing but addresses to articles: what is proposed has what a site's own owner would have written."""
    true = {str(source.homepage): source for source in web.web.sources}
    assert len(true) == 12

    def discover(homepage: str) -> subprocess.CompletedProcess[str]:
        return run([sys.executable, "-m", "aggregator", "sources", "discover", homepage, *SETS], tmp_path)

    with ThreadPoolExecutor(max_workers=3) as several:
        done = dict(zip(true, several.map(discover, true), strict=True))
    asked = Counter(request.host for request in web.requests)
    assert max(asked.values()) <= 25 + 1, "and robots.txt for itself"
    for homepage, owner in true.items():
        assert done[homepage].returncode == 0, done[homepage].stderr
        (found,) = read_toml(done[homepage].stdout, file="found.toml")
        assert (found.homepage, found.name, found.country) == (homepage, owner.name, owner.country)
        assert (found.languages, found.timezone) == (owner.languages, owner.timezone)
        assert [feed.url for feed in found.feeds][:1] == [feed.url for feed in owner.feeds][:1]
        # Where the owner names an index, the news sitemap below it is what is proposed.
        assert bool(found.sitemaps) == bool(owner.sitemaps)

    (tmp_path / "found.toml").write_text("\n".join(each.stdout for each in done.values()), encoding="utf-8")
    place = ["--sources", "found.toml", "--data", "data"]
    crawled = run([sys.executable, "-m", "aggregator", "crawl", *place, "--no-follow", *SETS], tmp_path)
    assert crawled.returncode == 0, crawled.stderr
    lines = (tmp_path / "data" / "articles.jsonl").read_text("utf-8").splitlines()
    assert {json.loads(line)["source"]["name"] for line in lines} == {owner.name for owner in true.values()}


def test_a_found_site_is_written_once_and_can_be_taken_out_again(site: Site, project: Path) -> None:
    site.page("/", '<title>The Gazette | News</title><link rel="alternate" type="application/rss+xml" href="/all">')
    site.feed("/all", 1, 2, 3)
    added = sources(project, "add", f"{site.url}/")
    assert added.returncode == 0, added.stderr
    assert "aggregator crawl --source the-gazette" in added.stderr
    mine = project / "config" / "sources" / "my_sources.toml"
    assert added.stdout in mine.read_text("utf-8")

    for address in (f"{site.url}/", f"{site.url}/all"):
        again = sources(project, "add", address)
        assert again.returncode == 2
        assert "is in the catalogue already, as 'the-gazette'" in again.stderr
    assert "as 'known'" in sources(project, "add", "https://www.known.example").stderr

    removed = sources(project, "remove", "the-gazette")
    assert removed.returncode == 0, removed.stderr
    assert "the-gazette" not in mine.read_text("utf-8")
    assert mine.read_text("utf-8").startswith("# Sources that were added")
    assert sources(project, "remove", "the-gazette").returncode == 2


def test_well_known_addresses_are_tried_only_as_far_as_needed(site: Site, project: Path) -> None:
    site.page("/", "<title>The Gazette</title>")
    site.feed("/rss", 1, 2)
    site.feed("/feed.xml", 1, 2)
    done = sources(project, "discover", f"{site.url}/", "--tried")
    assert done.returncode == 0, done.stderr
    (found,) = read_toml(done.stdout, file="x.toml")
    assert [feed.url for feed in found.feeds] == [f"{site.url}/rss"]
    assert "/feed.xml" not in site.asked
    assert f"no feed: {site.url}/feed: HTTP 404" in done.stderr
    assert "# left out" not in done.stdout


def test_a_page_that_lists_the_feeds_is_read(site: Site, project: Path) -> None:
    site.page("/", '<title>The Gazette</title><a href="/rss">RSS</a>')
    site.page("/rss", '<a href="/rss/all.xml">All news</a> <a href="/rss/sport.xml">Sport</a>')
    site.feed("/rss/all.xml", 1, 2, 3)
    site.feed("/rss/sport.xml", 3)
    (found,) = read_toml(sources(project, "discover", f"{site.url}/").stdout, file="x.toml")
    assert [(feed.url, feed.section) for feed in found.feeds] == [
        (f"{site.url}/rss/all.xml", None),
        (f"{site.url}/rss/sport.xml", "Sport"),
    ]


def test_a_site_without_feeds_has_its_news_sitemap_and_robots_are_kept_to(site: Site, project: Path) -> None:
    site.page("/", "<title>The Gazette</title>")
    site.answers["/robots.txt"] = (
        200,
        "text/plain",
        f"User-agent: *\nDisallow: /rss\nSitemap: {site.url}/index.xml.gz\n",
    )
    site.feed("/rss", 1)
    site.answers["/index.xml.gz"] = (
        200,
        "application/xml",
        f"<sitemapindex><sitemap><loc>{site.url}/old.xml</loc></sitemap>"
        f"<sitemap><loc>{site.url}/news-1.xml</loc></sitemap></sitemapindex>",
    )
    site.answers["/news-1.xml"] = (
        200,
        "application/xml",
        '<urlset xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"><url>'
        f"<loc>{site.url}/news/1</loc><news:news><news:title>Council</news:title>"
        "<news:publication_date>2026-11-20T10:00:00+02:00</news:publication_date></news:news></url></urlset>",
    )
    done = sources(project, "discover", f"{site.url}/")
    (found,) = read_toml(done.stdout, file="x.toml")
    assert (found.feeds, found.sitemaps) == ((), (f"{site.url}/news-1.xml",))
    assert "/rss" not in site.asked
    assert "/old.xml" not in site.asked


def test_a_site_with_a_hundred_links_is_asked_twenty_five_times(site: Site, project: Path) -> None:
    site.page("/", "".join(f'<link rel="alternate" type="application/rss+xml" href="/f{n}">' for n in range(100)))
    done = sources(project, "discover", f"{site.url}/")
    assert done.returncode == 2
    assert "no feed and no sitemap was found" in done.stderr
    assert len([path for path in site.asked if path != "/robots.txt"]) <= 25


@pytest.mark.parametrize("address", ["file:///etc/passwd", "javascript:alert(1)", "http://", "http://10.0.0.1/"])
def test_what_cannot_be_asked_is_refused_in_one_line(project: Path, address: str) -> None:
    done = sources(project, "add", address)
    assert done.returncode == 2
    assert len([line for line in done.stderr.splitlines() if line.startswith("aggregator: ")]) == 1


def test_a_site_on_this_machine_is_refused_unless_it_is_allowed(site: Site, project: Path) -> None:
    done = run([sys.executable, "-m", "aggregator", "sources", "discover", f"{site.url}/"], project)
    assert done.returncode == 2
    assert "network.allow" in done.stderr
    assert "Traceback" not in done.stderr
    assert site.asked == []


def test_check_says_what_to_do_and_writes_what_it_saw(site: Site, project: Path) -> None:
    site.page("/", '<link rel="alternate" type="application/rss+xml" href="/new">')
    site.feed("/good", 1, 2)
    site.feed("/new", 3, 4)
    site.feed("/moved-here", 5)
    site.answers["/moved"] = (301, f"{site.url}/moved-here", "")
    site.answers["/parked"] = (301, f"{site.url}/for-sale", "")
    site.page("/for-sale", "This address is for sale")
    entries = "".join(
        f'\n# About {name}.\n[[source]]\nid = "{name}"\nname = "{name}"\nhomepage = "{site.url}/"\n'
        f'feeds = ["{site.url}/{name}"]  # as they say\nverified = false\n'
        for name in ("good", "dead", "moved", "parked")
    )
    file = project / "config" / "sources" / "europe.toml"
    file.write_text("# Ours.\n" + entries, encoding="utf-8")
    done = sources(project, "check", "--write")
    assert done.returncode == 0, done.stderr
    told = done.stdout
    assert re.search(r"bad +404 +dead +HTTP 404", told)
    assert f"-> write {site.url}/new instead: the front page names it" in told
    assert f"-> write {site.url}/moved-here: it has moved there for good" in told
    assert "for-sale" not in told, "a move is believed only where a feed is"
    assert "2 of 4 feeds are good" in told
    text = file.read_text("utf-8")
    assert text.count("verified = true\nchecked = 20") == 2
    assert re.sub(r"checked = .*\n", "", text).replace("verified = true", "verified = false") == "# Ours.\n" + entries
    listed = json.loads(sources(project, "check", "--source", "dead", "--json").stdout)
    assert [(row["feed"], row["good"], row["successor"]) for row in listed] == [
        (f"{site.url}/dead", False, f"{site.url}/new")
    ]


def test_a_successor_is_looked_for_where_the_polls_asked_for_it(site: Site, project: Path) -> None:
    """A feed that answers 403 may only be shut for a while; one whose polls have given it up is another matter."""
    site.page("/", '<link rel="alternate" type="application/rss+xml" href="/new">')
    site.feed("/new", 3, 4)
    site.answers["/shut"] = (403, "text/html", "no")
    file = project / "config" / "sources" / "europe.toml"
    file.write_text(
        f'[[source]]\nid = "a"\nname = "A"\nhomepage = "{site.url}/"\nfeeds = ["{site.url}/shut"]\n', encoding="utf-8"
    )
    for flagged, successor in ((frozenset[str](), None), (frozenset({f"{site.url}/shut"}), f"{site.url}/new")):
        script = (
            "import sys, json; from pathlib import Path; from rich.console import Console\n"
            "from aggregator import config; from aggregator.operations import sources\n"
            "sources._flagged = lambda _: frozenset(json.loads(sys.argv[2]))\n"
            "chosen = config.load(Path(sys.argv[1]), json.loads(sys.argv[3]))\n"
            "(row,) = sources.check(chosen, region=None, source=None, console=Console(stderr=True))\n"
            "print(json.dumps(row.successor))"
        )
        done = run(
            [sys.executable, "-c", script, str(project), json.dumps(sorted(flagged)), json.dumps(CROWDED)], project
        )
        assert done.returncode == 0, done.stderr
        assert json.loads(done.stdout) == successor


def test_a_list_is_imported_once_and_what_is_not_public_never(project: Path, tmp_path: Path) -> None:
    given = tmp_path / "list.opml"
    given.write_text(
        '<opml version="2.0"><body>'
        '<outline text="New" type="rss" xmlUrl="https://new.example.org/feed" htmlUrl="https://new.example.org/"/>'
        '<outline text="Again" type="rss" xmlUrl="https://www.known.example/feed/"/>'
        '<outline text="File" type="rss" xmlUrl="file:///etc/passwd"/>'
        '<outline text="Script" type="rss" xmlUrl="javascript:alert(1)"/>'
        '<outline text="Router" type="rss" xmlUrl="http://192.168.1.1/feed"/>'
        '<outline text="Printer" type="rss" xmlUrl="http://printer/feed"/>'
        "</body></opml>",
        encoding="utf-8",
    )
    done = run([sys.executable, "-m", "aggregator", "sources", "import", str(given)], project)
    assert done.returncode == 0, done.stderr
    assert "new      new: New" in done.stdout
    assert "known    Again: in the catalogue as known" in done.stdout
    refused = [line for line in done.stdout.splitlines() if line.startswith("refused")]
    assert len(refused) == 4
    for word in ("file:///etc/passwd", "javascript:", "192.168.1.1", "printer"):
        assert any(word in line for line in refused), word
    assert "1 new, 1 known, 4 refused" in done.stderr
    mine = (project / "config" / "sources" / "my_sources.toml").read_text("utf-8")
    assert "passwd" not in mine
    again = run([sys.executable, "-m", "aggregator", "sources", "import", str(given)], project)
    assert "0 new, 2 known, 4 refused; nothing was written" in again.stderr


def test_the_catalogue_goes_out_as_opml_and_comes_back(tmp_path: Path) -> None:
    out, empty = tmp_path / "out", tmp_path / "empty"
    for folder in (out, empty):
        done = run([sys.executable, "-m", "aggregator", "init", str(folder)], tmp_path)
        assert done.returncode == 0, done.stderr
    shutil.rmtree(empty / "config" / "sources")
    (empty / "config" / "sources").mkdir()
    (empty / "config" / "sources" / "europe.toml").write_text("", encoding="utf-8")
    opml = tmp_path / "all.opml"
    exported = sources(out, "export", "--opml", "--region", "south-asia", "--out", str(opml))
    assert exported.returncode == 0, exported.stderr
    imported = sources(empty, "import", str(opml))
    assert imported.returncode == 0, imported.stderr
    assert (
        sources(empty, "export", "--region", "south-asia").stdout.splitlines()[3:]
        == (opml.read_text("utf-8").splitlines()[3:])
    )


def test_the_first_source_makes_the_catalogue(site: Site, tmp_path: Path) -> None:
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "aggregator.toml").write_text("", encoding="utf-8")
    site.page("/", '<title>[red]Gazette[/red]</title><link rel="alternate" type="application/rss+xml" href="/all">')
    site.feed("/all", 1)
    assert sources(tmp_path, "add", f"{site.url}/").returncode == 0
    listed = sources(tmp_path, "list").stdout
    assert "[red]Gazette[/red]" in listed, "a name is text, never markup"


def test_the_list_is_filtered_by_place_and_language(tmp_path: Path) -> None:
    done = run([sys.executable, "-m", "aggregator", "init", str(tmp_path / "news")], tmp_path)
    assert done.returncode == 0
    told = sources(tmp_path / "news", "list", "--country", "iq,ir", "--language", "fa", "--json")
    found = json.loads(told.stdout)
    assert len(found) >= 5
    assert {entry["country"] for entry in found} == {"IR"}
    assert all("fa" in entry["languages"] for entry in found)
    assert "did you mean 'IR'" in sources(tmp_path / "news", "list", "--country", "Iran").stderr
