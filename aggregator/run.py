"""One run of a crawl: what the spider and the stages share while it lasts.

The store is open, the catalogue is read, and - where no other process is - this one is the editor that writes the
journal and places articles in stories.  `now` is asked for here and in the hands above, nowhere below.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType

from filelock import FileLock, Timeout

from aggregator import config as configuration
from aggregator.config import Config
from aggregator.errors import JournalError
from aggregator.journal import Publisher
from aggregator.records import Article, HealthLine, Placement, PollState, SourceHealth
from aggregator.rules import Rules
from aggregator.sources.catalogue import Catalogue
from aggregator.sources.health import health, steadied
from aggregator.store import open_store

RUN_ENDS = object()
"""Signal of Scrapy: the run is ending, nothing new is to be begun."""
RUN_IS_OVER = object()
"""Signal of Scrapy: what is still under way is to be given up."""

EDITOR_PATIENCE = 60.0
"""Seconds that a run waits at its end for another editor to finish, so that its own last lines get out."""


def utc_now() -> datetime:
    """The present, aware and in UTC."""
    return datetime.now(UTC)


class Run:
    """An open store, catalogue and journal for one crawl."""

    def __init__(self, config: Config, *, spider: str, selection: str = "", may_edit: bool = True) -> None:
        """Opens everything; raises an AggregatorError that says what to do where that fails.

        One that may not edit leaves the journal and the stories to a process that does nothing else.
        """
        # Both load numpy: only who crawls waits for it.
        from aggregator.editing import Editor
        from aggregator.semantic import open_model

        self.config, self._may_edit = config, may_edit
        self.catalogue: Catalogue = configuration.catalogue(config)
        self.rules = Rules.of(config.rules, self.catalogue.sources, file=config.root / configuration.CONFIG_FILE)
        model = open_model(config.stories.model)
        self.store = open_store(config.place)
        self._publisher: Publisher | None = None
        self._editor = Editor(self.store, config.stories, config.story_state, model)
        try:
            self.run_id = self.store.begin_run(spider, selection, utc_now())
            self._lock = editor_lock(config)
            self._become_editor(patience=0)
        except BaseException:
            self.store.close()
            raise

    def _become_editor(self, patience: float) -> None:
        if not self._may_edit:
            return
        try:
            self._lock.acquire(timeout=patience)
        except Timeout:
            return
        try:
            if not self.store.become_editor():  # of another data folder, on the same server
                self._lock.release()
                return
            self._publisher = Publisher(self.store, self.config.data_folder, self.config.journal)
        except BaseException:
            self.store.resign_editor()
            self._lock.release()
            raise
        self._publisher.publish(self.run_id, utc_now())

    def place(self, article: Article) -> Placement | None:
        """The story of a new unique article, if this process is the editor: a `store.Place`."""
        return None if self._publisher is None else self._editor.place(article)

    def publish(self) -> int:
        """Places what others have stored, and writes what the log has and the files lack, if this process is the
        editor; how many rows were written.

        Raises JournalError where the files cannot be written now: a later call writes what is missing.
        """
        if self._publisher is None:
            self._become_editor(patience=0)
            return 0
        self._editor.catch_up(self.run_id, utc_now())
        return self._publisher.publish(self.run_id, utc_now())

    @property
    def edits(self) -> bool:
        """Whether this process is the editor."""
        return self._publisher is not None

    @property
    def repaired(self) -> int:
        """Files of the journal that others had changed while this run wrote them, and that were written again."""
        return self._publisher.repaired if self._publisher is not None else 0

    def watch(self, now: datetime, refused: Mapping[str, int] = MappingProxyType({})) -> list[HealthLine]:
        """Tells the journal of sources that do better or worse than before; which these are.

        `refused`: by source, pages in a row that were refused up to now, for those that were asked for pages.
        """
        states: dict[str, list[PollState]] = {}
        for state in self.store.poll_states().values():
            states.setdefault(state.source_id, []).append(state)
        options = self.config.health

        def judge(known: SourceHealth) -> SourceHealth:
            known = replace(known, refused=refused.get(known.source_id, known.refused))
            told = health(states[known.source_id], now, options, refused=known.refused)
            return steadied(known, told, options, now)

        wanted = [source.id for source in self.catalogue.sources if source.enabled and source.id in states]
        return self.store.record_health(self.run_id, wanted, judge, now)

    def close(self, outcome: str, *, patience: float = EDITOR_PATIENCE) -> None:
        """Publishes the rest, gives back what is still claimed, and closes everything.

        Waits `patience` seconds for another editor.  Raises an AggregatorError where the rest could not be written;
        everything is closed all the same.
        """
        try:
            try:
                if self._publisher is None:
                    self._become_editor(patience=patience)
                self.publish()
                if self._publisher is not None:
                    self._editor.save()
            finally:
                self.store.end_run(self.run_id, outcome, utc_now())
        finally:
            if self._publisher is not None:
                self._publisher.close()
                self._lock.release()
            self.store.close()


def editor_lock(config: Config) -> FileLock:
    """The lock that makes its holder the one process that writes the journal of a data folder."""
    folder: Path = config.data_folder / "runs"
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise JournalError(
            f"{folder} cannot be made ({error.strerror}): name another folder with --data DIR"
        ) from error
    return FileLock(folder / "editor.lock")
