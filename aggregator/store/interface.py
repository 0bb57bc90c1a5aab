"""What every store promises, whatever database is below it.

All times are aware and in UTC; `now` is always an argument.  Each method that writes is one transaction: after a
crash all of it is there or none of it.  Methods raise `errors.StoreError`; a database written by a later version is
refused with `errors.NewerSchema` when it is opened.  A store object belongs to one thread.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from aggregator.records import (
    Article,
    Capture,
    Claim,
    Decision,
    Fingerprint,
    HealthLine,
    LogRow,
    Neighbours,
    Placement,
    PollState,
    Revision,
    RobotsFile,
    Sighting,
    SourceHealth,
    Story,
    StoryMerge,
    StorySplit,
    TombstoneLine,
    Verdict,
)

Judge = Callable[[Fingerprint, Neighbours], Verdict]
Follow = Callable[[Article, Sighting], Sequence[Sighting]]
"""Which relations of an article are to be fetched, given the sighting through which it was reached."""


Place = Callable[[Article], Placement | None]
"""Which story a new unique article belongs to; None where that is to be found out later."""


def place_later(article: Article) -> None:
    """A Place for those that are not the editor: the editor places what they have written."""


def follow_nothing(article: Article, sighting: Sighting) -> Sequence[Sighting]:  # noqa: ARG001
    """A Follow for runs that fetch no relations."""
    return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """What the sightings of one poll were to us."""

    new: int = 0
    """sightings of URLs that were not known at all"""
    changed: int = 0
    """sightings of known articles whose entry changed"""
    fresh: tuple[Sighting, ...] = ()
    """sightings that this feed had not shown before, new or known from elsewhere"""
    familiar: int = 0
    """sightings that this feed had shown before"""


def note_nothing(state: PollState) -> Sequence[Decision]:  # noqa: ARG001
    """For polls of which nothing is to be remembered but the state."""
    return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PollOutcome:
    """What one poll brought."""

    state: PollState
    """the feed's state as it was committed"""
    new: int
    """sightings of URLs that were not known"""
    changed: int
    """sightings of known articles whose entry changed, so that their page is read again"""
    tally: Tally = Tally()
    """the whole count, as `decide` was given it"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """How a claim ended without an article."""

    state: Literal["failed", "rejected", "pending"]
    """failed: given up; rejected: the page is no article; pending: to be tried again"""
    reason: str
    """why, for people"""
    not_before: datetime | None = None
    """when a pending one is due again"""
    status: int | None = None
    """HTTP status, where there was an answer"""
    counts: bool = True
    """whether it is an attempt: not where this machine had no network"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One decision as it was remembered."""

    at: datetime
    subject: str
    decision: Decision


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One URL of the frontier."""

    key: str
    url: str
    source_id: str
    state: str
    reason: str
    attempts: int
    not_before: datetime | None
    article_id: str | None
    sighting: Sighting


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """Which articles `export` gives; None: all."""

    since: datetime | None = None
    until: datetime | None = None
    region: str | None = None
    source: str | None = None
    language: str | None = None
    story: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryFilter:
    """Which stories are listed; None: all."""

    since: datetime | None = None
    """with an article of that time or later"""
    until: datetime | None = None
    """with an article before it"""
    language: str | None = None
    country: str | None = None
    source: str | None = None
    least: int = 1
    """with at least so many articles, copies not counted"""
    biggest_first: bool = False
    """by size, else the latest first"""
    limit: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredPlacement:
    """An article that was placed in a story."""

    number: int
    """its place in the order in which articles were placed, 1 first"""
    article: Article
    """the form in which it was placed: its first"""
    story_id: str
    """where it stands now"""
    score: float


class Frontier(Protocol):
    """Whom to ask and what is pending."""

    def poll_states(self) -> Mapping[str, PollState]:
        """State of every feed that was ever asked, by its URL."""
        ...

    def record_poll(
        self,
        run_id: str,
        sightings: Sequence[Sighting],
        decide: Callable[[Tally], PollState],
        now: datetime,
        *,
        notes: Callable[[PollState], Sequence[Decision]] = note_nothing,
        follow: Follow = follow_nothing,
        follow_budget: int = 0,
    ) -> PollOutcome:
        """Commits a poll's sightings together with the state that `decide` gives for what they were to us.

        What `notes` gives for that state is remembered of the feed.  A poll without sightings is committed whole, but
        may be forgotten in a power cut: then the feed is asked once more.
        An article that was reached over relations before and is listed now has its own relations followed.
        """
        ...

    def add(self, run_id: str, sightings: Iterable[Sighting], now: datetime, *, again: bool = False) -> int:
        """Makes sightings pending where their URL is not known (`again`: known ones too); how many became so."""
        ...

    def claim(
        self, run_id: str, now: datetime, *, limit: int, per_host: int, sources: frozenset[str] | None = None
    ) -> list[Claim]:
        """Takes due pending sightings for this run: fair between hosts, newest day first, in a day oldest first."""
        ...

    def settle(self, sighting: Sighting, outcome: Settled, now: datetime) -> None:
        """Ends a sighting's page that gave no article."""
        ...

    def set_aside(self, run_id: str, sightings: Iterable[tuple[Sighting, str]], now: datetime) -> int:
        """Notes sightings that this run does not want, each with the reason, which begins with `outside --` or
        `not fetched:`.

        They are not pending, and what is known already stays as it is; how many were not known.
        """
        ...

    def readmit(
        self, run_id: str, sightings: Iterable[Sighting], admits: Callable[[Sighting], bool], now: datetime
    ) -> int:
        """Makes those of the sightings pending that an earlier run set aside and that are wanted now."""
        ...

    def asked_since(self, since: datetime) -> list[tuple[str, str]]:
        """Source id and URL of every page that had an answer or a failure since then."""
        ...

    def postpone(self, source_id: str, host: str, until: datetime, reason: str) -> int:
        """Lets the pending pages of a source on one host wait, those in hand excepted; how many they are."""
        ...

    def ready_by_source(self, now: datetime) -> Mapping[str, int]:
        """How many pages of each source may be asked for now and are in nobody's hand."""
        ...

    def pending(self, now: datetime, sources: frozenset[str] | None = None) -> tuple[int, int, datetime | None]:
        """How many sightings are pending in all, how many of them are due now, and when the next one is."""
        ...


class Hosts(Protocol):
    """What is remembered of the hosts that are asked."""

    def quiet_hosts(self, now: datetime) -> Mapping[str, datetime]:
        """Hosts that asked for quiet, and until when."""
        ...

    def refusals(self) -> Mapping[str, int]:
        """Hosts that refused at last, and how often in a row."""
        ...

    def keep_quiet(self, host: str, until: datetime, reason: str, *, refusals: int = 0) -> None:
        """No request to `host` before `until`, an earlier, later end stays; it has refused so often in a row."""
        ...

    def forgive(self, host: str, now: datetime) -> None:
        """A host gave a good answer: its refusals are forgotten."""
        ...

    def robots(self, authority: str) -> RobotsFile | None:
        """What is known of the robots.txt of an authority (scheme, host, port)."""
        ...

    def keep_robots(self, file: RobotsFile) -> None:
        """Remembers it, and forgets those that nobody asks for any more."""
        ...


class Turns(Protocol):
    """Who asks a host, of all processes on one server."""

    def take_host(self, host: str) -> bool:
        """Takes the one turn that a host gives, at once; False where another process has it."""
        ...

    def leave_host(self, host: str) -> None:
        """Gives it back."""
        ...


class Health(Protocol):
    """How sources are doing."""

    def record_health(
        self, run_id: str, sources: Iterable[str], judge: Callable[[SourceHealth], SourceHealth], now: datetime
    ) -> list[HealthLine]:
        """Keeps what `judge` makes of what was known of each source, and logs each whose state is another than was told
        last; which these are."""
        ...

    def health(self) -> Mapping[str, SourceHealth]:
        """What is known of the sources that were judged, by their ids."""
        ...

    def page_counts(self, since: datetime) -> Mapping[str, Mapping[str, int]]:
        """For each source, how many pages that were first seen since then are in which state of the frontier."""
        ...


class Archive(Protocol):
    """What was collected."""

    def record_article(
        self,
        run_id: str,
        newcomer: Fingerprint,
        judge: Judge,
        now: datetime,
        *,
        place: Place = place_later,
        follow: Follow = follow_nothing,
        follow_budget: int = 0,
    ) -> Revision:
        """Judges a newcomer and writes the whole outcome: article or duplicate, relations, aliases, log, frontier.

        A unique one is given to `place`, unless earlier ones are not placed yet: stories follow the order of the log.
        What `follow` gives becomes pending where it is unknown; what is over the source's daily budget waits for the
        next day.
        """
        ...

    def record_articles(
        self,
        run_id: str,
        newcomers: Sequence[Fingerprint],
        judge: Judge,
        now: datetime,
        *,
        place: Place = place_later,
        follow: Follow = follow_nothing,
        follow_budget: int = 0,
    ) -> list[Revision]:
        """The same of several, one after the other in one transaction: of all or of none, and with one wait."""
        ...

    def judged(self, newcomer: Fingerprint, judge: Judge) -> Verdict:
        """What `record_article` would decide now; nothing is written."""
        ...

    def article(self, article_id: str) -> Article | None:
        """The latest form of an article, unique or copy, with the targets and sightings known now."""
        ...

    def find(self, url_or_id: str) -> str | None:
        """Id of the article with this id or URL, in any of its forms."""
        ...

    def articles(self, wanted: Filter) -> Iterator[Article]:
        """Unique articles as they are true now, in the order in which they were first stored."""
        ...

    def copies(self, article_id: str) -> list[tuple[str, str, str]]:
        """Known copies of an article: id, URL and level."""
        ...

    def root(self, article_id: str) -> str | None:
        """Id of the unique article that a known one stands for: its own, or that of which it is a copy."""
        ...

    def forms(self, article_id: str) -> list[Article]:
        """All forms of an article as they were written, oldest first."""
        ...

    def history(self, subjects: Iterable[str]) -> list[Event]:
        """Every decision about these subjects (article ids, URL keys, feed URLs), oldest first."""
        ...

    def entry(self, url: str) -> Entry | None:
        """The frontier's row of a URL."""
        ...


class Placements(Protocol):
    """Which article stands in which story.  A copy stands where the article stands that it is a copy of."""

    def place(self, run_id: str, placements: Iterable[Placement], now: datetime) -> None:
        """Writes placements, and the journal's lines of all that they changed."""
        ...

    def rearrange(
        self,
        run_id: str,
        events: Sequence[StoryMerge | StorySplit],
        describe: Callable[[], Iterable[Story]],
        now: datetime,
    ) -> None:
        """Writes merges and splits, then the stories that `describe` gives inside the transaction, and their lines."""
        ...

    def unplaced(self, limit: int) -> list[Article]:
        """Unique articles that are not in a story yet, in the order in which they were first stored."""
        ...

    def last_placed(self) -> int:
        """Number of the latest placement; 0 where there is none."""
        ...

    def placed_as(self, number: int) -> str | None:
        """Id of the article of that placement; None where there is none."""
        ...

    def placed_last(self, count: int) -> Iterator[StoredPlacement]:
        """The latest placements, so many, in the order in which they were made."""
        ...

    def placed_from(self, number: int) -> Iterator[StoredPlacement]:
        """Placements from that number on."""
        ...

    def rearranged_since(self, seq: int) -> bool:
        """Whether stories were merged or split after that row of the log."""
        ...

    def story_of(self, article_id: str) -> str | None:
        """Id of the story of an article, unique or copy."""
        ...

    def find_story(self, story_id: str) -> str | None:
        """Id of the story that a story of this id is part of by now: its own, or that which it was merged into."""
        ...

    def story(self, story_id: str) -> Story | None:
        """A story as it stood when it last changed; None where there is none of this id, or it was merged."""
        ...

    def members(self, story_id: str) -> list[Placement]:
        """The articles of a story in the order in which they were placed, copies left out."""
        ...

    def stories(self, wanted: StoryFilter) -> Iterator[Story]:
        """Stories as they stand."""
        ...

    def story_counts(self, since: datetime) -> tuple[int, int, int]:
        """How many stories have an article published since then, how many of them began then, how many have several."""
        ...

    def linking(self, article_id: str) -> list[tuple[str, str]]:
        """Articles whose relations lead to a URL of this one, with the relation's type."""
        ...

    def links(self, articles: Iterable[str]) -> list[tuple[str, str, str]]:
        """Relations between known articles that lead from or to one of these: article, type, target."""
        ...

    def all_links(self) -> list[tuple[str, str, str]]:
        """All relations between known articles: article, type, target."""
        ...


class Takedown(Protocol):
    """Taking articles out for good."""

    def forget(
        self,
        run_id: str,
        articles: Sequence[str],
        reason: str,
        now: datetime,
        *,
        describe: Callable[[str], Story | None],
        reseal: Callable[[int], bytes],
    ) -> list[TombstoneLine]:
        """Empties every row that tells of these articles, deletes what else is known of them, and logs a tombstone for
        each; what was told.  Their addresses are never fetched or stored again.

        Inside the transaction `describe` gives each story that lost an article as it stands then (None: it has none
        left), and `reseal` the payload of each checkpoint, by its row, of whose part a row was emptied.
        """
        ...

    def keys_of(self, article_id: str) -> list[str]:
        """URL keys under which an article is known, whether or not it was taken out."""
        ...

    def articles_of(self, source_id: str) -> list[str]:
        """Ids of all articles of a source, unique ones and copies."""
        ...

    def runs_of(self, article_id: str) -> list[str]:
        """The runs that fetched the forms of an article."""
        ...


class Captures(Protocol):
    """Where fetched pages stand in the archives."""

    def add_capture(self, capture: Capture) -> None:
        """Remembers a record that was written."""
        ...

    def captures(self, keys: Iterable[str] | None = None) -> Iterator[Capture]:
        """Those of these URL keys, or all, in the order in which they were fetched."""
        ...

    def whole_capture(self, digest: str) -> Capture | None:
        """The newest record that holds a body of this digest."""
        ...

    def captures_in(self, file: str) -> list[Capture]:
        """Those of one file, in its order."""
        ...

    def archive_files(self) -> list[str]:
        """The files that have records, in the order in which they were begun."""
        ...

    def captures_read(self, file: str) -> list[Capture]:
        """Those of one file that the present forms of unique articles were read from, in its order."""
        ...

    def replace_captures(
        self, file: str, captures: Sequence[Capture], gone: Iterable[str], replace: Callable[[], None]
    ) -> None:
        """Puts these in the place of all those of a file, takes out whatever refers to the digests that are `gone`, and
        calls `replace` before that lasts: where it raises, nothing has changed."""
        ...


class Log(Protocol):
    """The outbox: what the journal's files are written from."""

    def rows_after(self, seq: int, limit: int) -> list[LogRow]:
        """Rows of the log with a higher sequence number, in order."""
        ...

    def last_seq(self) -> int:
        """Sequence number of the last row, 0 where there is none."""
        ...

    def append_checkpoint(self, run_id: str, compose: Callable[[], bytes], now: datetime) -> int:
        """Appends a checkpoint row with the payload that `compose` gives inside the transaction; its number."""
        ...

    def checkpoints(self) -> list[int]:
        """Sequence numbers of all checkpoint rows: each ends a part of the journal."""
        ...


class Backfills(Protocol):
    """Which archives were read to their end."""

    def was_read(self, work: str) -> bool:
        """Whether a piece of work, a file with what was chosen of it, is done."""
        ...

    def note_read(self, work: str, name: str, pages: int, now: datetime) -> None:
        """Remembers that it is; `name` and the number of pages are for people."""
        ...


class Store(Frontier, Hosts, Health, Archive, Placements, Takedown, Captures, Backfills, Log, Protocol):
    """All of it, and its life."""

    def begin_run(self, spider: str, selection: str, now: datetime) -> str:
        """Opens a run: its id.  Claims of runs that died are given back."""
        ...

    def end_run(self, run_id: str, outcome: str, now: datetime) -> None:
        """Closes a run and gives back what it still claims."""
        ...

    def living_runs(self) -> list[str]:
        """Runs that are not ended and whose process lives, those of this store included."""
        ...

    def become_editor(self) -> bool:
        """Whether this process may place articles and write the journal: at most one of those that share a server may.

        Where the store is a file, the data folder's own lock decides, and this says yes.
        """
        ...

    def resign_editor(self) -> None:
        """Lets another process be the editor."""
        ...

    def release(self, sighting: Sighting) -> None:
        """Gives a claimed sighting back untouched."""
        ...

    def ruled_out(self) -> dict[str, int]:
        """What the user's rules spoke against: the rule's word, and how many pages."""
        ...

    def first_run(self) -> datetime | None:
        """When the first run began; None where there was none."""
        ...

    def counts(self) -> dict[str, int]:
        """Rows by kind and state, for `aggregator status`."""
        ...

    def close(self) -> None:
        """Closes the database."""
        ...
