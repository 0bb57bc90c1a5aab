"""`aggregator demo`: crawls the demo web as a user would, and compares what came out with the truth."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from aggregator.demo.events import EventScore, judge_events
from aggregator.demo.server import DemoServer, catalogue_toml
from aggregator.demo.truth import Score, score
from aggregator.errors import InputError
from aggregator.journal.reading import lines

CROWDED = (
    # Loopback is allowed for the demo alone; short times because nobody is bothered by it.
    "network.allow=127.0.0.0/8",
    "polling.min_interval=1s",
    "polling.default_interval=1s",
    "frontier.retry_delay=1s",
    "frontier.max_delay=1s",
    "crawl.delay=0.02s",
    "crawl.contact=mailto:demo@example.org",
)
MARKER = "demo.json"
"""A folder with this file is one of ours: it may be emptied for the next demo."""


class Tour:
    """One demonstration, told to a console."""

    def __init__(self, console: Console, *, port: int, folder: Path) -> None:
        self.console, self.port, self.folder = console, port, folder.resolve()

    def serve(self) -> bool:
        """Serves the demo web until Ctrl-C, and says how to crawl it."""
        with DemoServer(self.port) as server:
            sources = self._prepare(server)
            self._say(f"The demo news web is up: {len(server.web.sources)} sites.  Look at one in a browser:")
            for source in server.web.sources:
                self._say(f"  {source.homepage}   {source.name}")
            self._say("\nCrawl it from another terminal:\n")
            self._say("  " + " ".join(["aggregator", *self._arguments(sources)]))
            front = server.web.sources[0].homepage
            self._say("\nOr find the feeds of one from its front page alone:\n")
            self._say(f"  aggregator sources discover {front} --set {CROWDED[0]}\n\nCtrl-C ends it.")
            with suppress(KeyboardInterrupt):
                threading.Event().wait()
            return True

    def run(self) -> bool:
        """The whole demonstration; whether everything came out right."""
        began = time.monotonic()
        with DemoServer(self.port) as server:
            sources = self._prepare(server)
            self._say(
                f"A news web of {len(server.web.sources)} sites is up on port {server.port}, on this machine only."
            )
            self._crawl("1. The first crawl", sources)
            self._crawl("2. What was not reachable at first is tried again", sources)
            server.edition = 2
            self._crawl("3. Time passes: an article is updated, new ones appear", sources)
            before = len(server.requests)
            self._crawl("4. Nothing has changed: nothing is fetched again", sources)
            asked = server.requests[before:]
            found = score(self._lines(), server.web.truth, edition=2)
            events = judge_events(self._lines(), server.web.truth, edition=2)
        self._show(found)
        self._tell(events)
        quiet = sum(request.status == 304 for request in asked)
        self._say(f"The last crawl made {len(asked)} requests; {quiet} were answered 304, not modified.")
        self._say(
            f"Look at {self.folder / 'articles.jsonl'}: one line an article.  It took {time.monotonic() - began:.0f} s."
        )
        self._say("Or look at it in a browser, with stories, search and sources (it needs the extra \\[web]):\n")
        self._say(f"  aggregator web --data {self.folder} --sources {self.folder / 'sources.toml'}")
        return found.complete

    def _prepare(self, server: DemoServer) -> Path:
        if self.folder.exists() and any(self.folder.iterdir()):
            if not (self.folder / MARKER).exists():
                raise InputError(
                    f"{self.folder} is not empty and no folder of the demo: choose another with --keep DIR"
                )
            shutil.rmtree(self.folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / MARKER).write_text(json.dumps({"port": server.port}) + "\n", encoding="utf-8")
        sources = self.folder / "sources.toml"
        sources.write_text(catalogue_toml(server.web), encoding="utf-8")
        return sources

    def _arguments(self, sources: Path) -> list[str]:
        sets = [part for override in CROWDED for part in ("--set", override)]
        return ["crawl", "--sources", str(sources), "--data", str(self.folder), *sets]

    def _crawl(self, title: str, sources: Path) -> None:
        self._say(f"\n[bold]{title}[/bold]")
        self._say("  $ aggregator crawl --sources sources.toml ...", style="dim")
        # A process of its own, as the command line would start it: what is shown is what a user gets.
        command = [sys.executable, "-m", "aggregator", *self._arguments(sources)]
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)  # noqa: S603 - our own program
        for line in done.stdout.splitlines()[1:]:
            if not line.startswith("articles:"):
                self.console.print(f"  {line}", markup=False, highlight=False)

    def _lines(self) -> Iterator[dict[str, Any]]:
        return lines(self.folder)

    def _show(self, found: Score) -> None:
        table = Table(title="\nCompared with the truth", title_justify="left", box=None, pad_edge=False)
        for title in ("", "right", "of", ""):
            table.add_column(title, justify="right" if title else "left")
        for row in found.rows:
            mark = "[green]all[/green]" if row.complete else "[red]not all[/red]"
            table.add_row(row.name, str(row.right), str(row.of), mark)
        self.console.print(table, highlight=False)
        for row in found.rows:
            for reason in row.wrong:
                self.console.print(
                    f"  {row.name}: {reason}", markup=False, highlight=False, style="red", soft_wrap=True
                )

    def _tell(self, found: EventScore) -> None:
        self._say(
            f"Stories: {found.events} events are told by several editors; of {found.pairs} pairs of such articles"
            f" {found.together} stand in one story.  Stories that mix events: {len(found.mixed)}."
        )
        for story in found.mixed:
            self.console.print(f"  mixed: {' '.join(story)}", markup=False, highlight=False, soft_wrap=True)

    def _say(self, text: str, style: str | None = None) -> None:
        self.console.print(text, style=style, highlight=False, soft_wrap=True)
