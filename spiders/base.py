"""What all spiders share: the run, what is in hand, and how a page comes in."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import scrapy
from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import CannotResolveHostError, IgnoreRequest
from scrapy.http import Response
from twisted.python.failure import Failure

from aggregator.discovery.budgets import Budgets
from aggregator.discovery.relations import follow
from aggregator.discovery.window import Window
from aggregator.errors import AggregatorError, JournalError
from aggregator.identity import judge
from aggregator.logs import logger
from aggregator.records import Article, Claim, Fingerprint, HealthLine, Page, Revision, Sighting, Source
from aggregator.run import EDITOR_PATIENCE, Run, utc_now
from aggregator.sources.health import REFUSALS
from aggregator.sources.retrying import Retry, after_failure
from aggregator.store import NOT_FETCHED, Follow, Settled
from aggregator.text import says_nothing
from aggregator.urls import host, key, masked, site
from spiders.ending import Ending
from spiders.network import GuardedResolver, NotNow, RunEnds
from spiders.politeness import Hosts

log = logger(__name__)

PER_HOST = 4
"""Pages of one host that are in hand at once: one is fetched, the next ones wait their turn."""

PUBLISH_EVERY = 1.0
"""Seconds between two looks at what the journal's files lack."""

OFFLINE = "this machine has no network"

LAST_TURNS = 1_000
"""Turns of the event loop that the last item has to leave the stages; it takes some ten."""

STALL = 60.0
"""Seconds without any outcome after which what is in hand is looked at: nothing may wait for ever."""


class NewsSpider(scrapy.Spider):
    """A spider that takes pending sightings from the store until none is due, and hands on their pages."""

    live = True
    """pages come from their servers, not from an archive"""
    follows = True
    """the relations of its articles become pending"""
    dry_run = False
    """whether nothing is to be written, and only told what would be"""
    dask = ""
    """address of a Dask scheduler whose workers read the pages; "": the processes of this machine"""

    run: Run
    hosts: Hosts
    budgets: Budgets
    ending: Ending
    unverified: frozenset[str]
    """sites whose certificates are not checked, because the catalogue says so"""

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> NewsSpider:
        spider = super().from_crawler(crawler, *args, **kwargs)
        selection = " ".join(f"{name}={value}" for name, value in kwargs.items())
        try:
            spider.window = Window.of(*spider.between)
            config = crawler.settings["AGGREGATOR_CONFIG"]
            fleet = config.fleet.enabled and cls.live
            spider.run = Run(config, spider=cls.name, selection=selection, may_edit=not fleet)
            spider.log_run = log.bind(run_id=spider.run.run_id)
            spider.prepare()
            spider.refused = {name: known.refused for name, known in spider.run.store.health().items() if known.refused}
            spider.budgets = spider.todays_budgets(utc_now())
        except AggregatorError as error:
            # Under `scrapy crawl` nobody else turns it into one line.
            sys.stderr.write(f"aggregator: {error}\n")
            raise SystemExit(2) from error
        spider.hosts = Hosts(spider.run.store, config.crawl, spider.run.store if fleet else None)
        spider.news = asyncio.Event()
        spider.ending = Ending(crawler)
        spider.unverified = spider._unverified()
        crawler.settings.set("DOWNLOAD_SLOTS", spider._slots(), priority="spider")
        crawler.signals.connect(spider._stage_failed, signals.item_error)
        crawler.signals.connect(spider._closed, signals.spider_closed)
        return spider

    def __init__(self, *args: Any, since: str | None = None, until: str | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.began = utc_now()
        self.between = since, until
        self.window = Window()
        self.in_hand: dict[str, Claim] = {}
        self.log_run: Any = log
        self.answers: dict[str, dict[str, int]] = {}
        """status, ms and bytes of the answers that have no outcome yet, by key or feed: for the log"""
        self.polling: set[str] = set()
        self.failures_by_source: dict[str, str] = {}
        self.refused: dict[str, int] = {}
        """by source, pages in a row that were refused, over runs; 0 where one was had"""
        self.news: asyncio.Event
        self._publishing: asyncio.Task[None] | None = None
        self.left: tuple[int, datetime | None] = 0, None
        self.next_poll: datetime | None = None
        self.troubles: list[HealthLine] = []

    def prepare(self) -> None:
        """Checks what the user selected; raises an AggregatorError that says what is wrong with it."""

    def selected(self) -> frozenset[str] | None:
        """Ids of the sources whose pending pages are fetched; None: all."""
        return None

    def source(self, sighting: Sighting) -> Source:
        """The source of a sighting; one made up from its URL where the catalogue has it no more."""
        try:
            return self.run.catalogue.get(sighting.source_id)
        except AggregatorError:
            return replace(self.run.catalogue.ad_hoc(sighting.url), id=sighting.source_id)

    def follow(self, now: datetime) -> Follow:
        """Which relations become pending."""
        depth = self.run.config.crawl.follow_depth if self.follows else 0

        def wanted(article: Article, sighting: Sighting) -> list[Sighting]:
            targets = follow(article, sighting, depth=depth, now=now)
            return [target for target in targets if self.unwanted(target) is None]

        return wanted

    def unwanted(self, sighting: Sighting) -> str | None:
        """Why what was seen is not to be fetched: its date, or a rule of the user; None where it is."""
        outside = self.window.outside(sighting.published)
        if outside:
            return outside
        refused = self.run.rules.refuse_sighting(sighting, self.source(sighting), utc_now())
        return f"{NOT_FETCHED} {refused}" if refused else None

    def outside(self, sighting: Sighting, article: Article) -> str | None:
        """Why this run does not want an article that it found: its date; None for what was known or waiting before."""
        reason = self.window.outside(article.published)
        if reason is None or (self.live and sighting.first_seen < self.began):
            return None
        return None if self.run.store.find(article.canonical_url) else reason

    def todays_budgets(self, now: datetime) -> Budgets:
        """What the sources have left of this day, after what other runs have asked for."""
        budgets = Budgets(
            pages=self.run.config.crawl.page_budget, foreign=self.run.config.crawl.foreign_budget, now=now
        )
        midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
        known = {source.id: source for source in self.run.catalogue.sources}
        asked = self.run.store.asked_since(midnight)
        budgets.remember((known[source_id], url) for source_id, url in asked if source_id in known)
        return budgets

    def _slots(self) -> dict[str, dict[str, Any]]:
        delay = self.run.config.crawl.delay
        slots: dict[str, dict[str, Any]] = {}
        for source in self.run.catalogue.sources:
            if source.politeness.delay is not None:
                feeds = (*(feed.url for feed in source.feeds), *source.sitemaps, *source.listings)
                for url in filter(None, (source.homepage, *feeds)):
                    name = host(url).partition(":")[0]
                    slots[name] = {"concurrency": 1, "delay": max(delay, source.politeness.delay)}
        return slots

    def _unverified(self) -> frozenset[str]:
        found = set()
        for source in self.run.catalogue.sources:
            if not source.verify_tls:
                addresses = (*(feed.url for feed in source.feeds), *source.sitemaps, *source.listings)
                sites = {site(url) for url in (source.homepage, *addresses) if url}
                log.warning("unverified", source=source.id, verify_tls="false", sites=" ".join(sorted(sites)))
                found |= sites
        return frozenset(found)

    # ------------------------------------------------------------- the loop

    async def start(self) -> AsyncIterator[Any]:
        self._publishing = asyncio.get_running_loop().create_task(self._publish())
        taker = asyncio.current_task()
        assert taker is not None
        taker.add_done_callback(self._taken_no_more)
        try:
            async for request in self.first():
                yield request
            while True:
                for request in self._take():
                    yield request
                if not self.in_hand and not self.polling:
                    await self._last_item()
                    return
                await self._wait()
        except AggregatorError as error:
            self.ending.stop(error)

    def _taken_no_more(self, _: asyncio.Task[Any]) -> None:
        # Scrapy has ended the task that takes our requests.  Cancelled between two of them, `start` is not told.
        assert self.crawler.engine is not None
        if not self.crawler.engine.running:
            self.ending.begin()

    async def first(self) -> AsyncIterator[Any]:
        """What is asked before the pending pages."""
        for item in ():
            yield item

    def _take(self) -> Iterator[Request]:
        room = self.run.config.crawl.window - len(self.in_hand)
        sources = self.selected()
        if room <= 0 or (sources is not None and not sources):
            return
        while True:
            store, now = self.run.store, utc_now()
            claims = store.claim(self.run.run_id, now, limit=room, per_host=PER_HOST, sources=sources)
            affordable = [claim for claim in claims if self._affords(claim, now)]
            for claim in affordable:
                yield self.page_request(claim)
            if affordable or not claims:
                return

    def _affords(self, claim: Claim, now: datetime) -> bool:
        sighting = claim.sighting
        reason = self.budgets.refusal(self.source(sighting), sighting.url, now)
        if reason is None:
            return True
        tomorrow = now.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
        self.run.store.release(sighting)
        waiting = self.run.store.postpone(sighting.source_id, host(sighting.url), tomorrow, reason)
        self.log_run.warning("held", source=sighting.source_id, host=host(sighting.url), waiting=waiting, reason=reason)
        self.count("outcome/held", waiting)
        return False

    async def _wait(self) -> None:
        self.news.clear()
        try:
            await asyncio.wait_for(self.news.wait(), timeout=STALL)
        except TimeoutError:
            if self._engine_is_idle():
                for claim in list(self.in_hand.values()):
                    self.failed(claim, status=None, error="lost on its way through this process")
                self.polling.clear()

    async def _last_item(self) -> None:
        # The last page has its outcome before its item has left the stages.  An engine that is told of the end, and is
        # still busy with that item, looks again with its next heartbeat: five seconds later at worst.
        for _ in range(LAST_TURNS):
            if self._engine_is_idle():
                return
            await asyncio.sleep(0)

    def _engine_is_idle(self) -> bool:
        engine = self.crawler.engine
        assert engine is not None
        scraper = engine.scraper.slot
        return not engine.downloader.active and (scraper is None or scraper.is_idle())

    async def _publish(self) -> None:
        behind: JournalError | None = None
        while True:
            await asyncio.sleep(PUBLISH_EVERY)
            try:
                self.run.publish()
                behind = None
            except JournalError as error:
                # The log has every line; a full disk may have room again before the crawl ends.
                if behind is None:
                    self.log_run.warning("journal", reason=str(error))
                behind = error
            except AggregatorError as error:
                self.ending.stop(error)
                return

    def _closed(self, reason: str) -> None:
        assert self.crawler.stats is not None
        counts = {
            name.removeprefix("aggregator/"): number
            for name, number in self.crawler.stats.get_stats().items()
            if name.startswith("aggregator/")
        }
        seconds = round((utc_now() - self.began).total_seconds(), 3)
        self.log_run.info("run", outcome=reason, seconds=seconds, counts=counts)
        if self._publishing is not None:
            self._publishing.cancel()
        try:
            try:
                self.hosts.leave(utc_now())
                self._look_back(utc_now())
            finally:
                # Who was told to stop does not wait for another editor: that one writes these lines, too.
                self.run.close(reason, patience=0.0 if reason == "shutdown" else EDITOR_PATIENCE)
        except AggregatorError as error:
            self.ending.fatal = self.ending.fatal or str(error)

    def _look_back(self, now: datetime) -> None:
        store = self.run.store
        self.count("journal/repaired", self.run.repaired)
        waiting, _, next_due = store.pending(now, self.selected())
        self.left = waiting, next_due
        self.troubles = self.run.watch(now, self.refused) if self.live else []
        for line in self.troubles:
            self.log_run.info("health", source=line.source_id, state=line.state, before=line.before, reason=line.reason)
        self.next_poll = min((s.next_due for s in store.poll_states().values() if s.next_due), default=None)

    # ---------------------------------------------------------------- pages

    def page_request(self, claim: Claim) -> Request:
        """The request for a claimed sighting, which is in hand from now on."""
        self.in_hand[claim.key] = claim
        return Request(
            claim.sighting.url.partition("#")[0],
            callback=self.parse_page,
            errback=self.page_failed,
            cb_kwargs={"claim": claim},
            dont_filter=True,
        )

    def parse_page(self, response: Response, claim: Claim) -> Iterator[Page]:
        """A page that is one goes on to the stages; every other answer is an outcome at once."""
        self.count("answers")
        self.answers[claim.key] = measured(response)
        source_id = claim.sighting.source_id
        self.refused[source_id] = self.refused.get(source_id, 0) + 1 if response.status in REFUSALS else 0
        kind = (response.headers.get("Content-Type") or b"").decode("latin-1").partition(";")[0].strip().lower()
        if response.status != 200:
            wait = self.heed_retry_after(response)
            self.failed(claim, status=response.status, error=None, retry_after=wait)
        elif not says_nothing(kind) and kind not in (
            "text/html",
            "application/xhtml+xml",
            "text/plain",
            "application/xml",
            "text/xml",
        ):
            self.give_up(claim, f"not a web page but {kind}", status=response.status)
        else:
            yield page_of(response, claim.sighting, utc_now())

    async def further_page(self, url: str, sighting: Sighting) -> Page | None:
        """The next page of an article that is told on several; None where it could not be had."""
        assert self.crawler.engine is not None
        request = Request(url, dont_filter=True)
        try:
            response = await self.crawler.engine.download_async(request)
        except RunEnds:
            raise  # the article is read whole by the next run
        except Exception as error:  # noqa: BLE001 - whatever stopped it, the article stands without that page
            self.log_run.warning("further_page", url=masked(url), reason=f"{type(error).__name__}: {error}")
            return None
        self.count("answers")
        return page_of(response, sighting, utc_now()) if response.status == 200 else None

    def page_failed(self, failure: Failure) -> None:
        """No answer, or one that was not let in."""
        claim: Claim = failure.request.cb_kwargs["claim"]
        if failure.check(RunEnds):
            self._done(claim.sighting, "held")  # the claim is given back with the end of the run
        elif isinstance(failure.value, NotNow):
            held = Settled(state="pending", reason=str(failure.value), not_before=failure.value.until, counts=False)
            self.run.store.settle(claim.sighting, held, utc_now())
            self._done(claim.sighting, "held", reason=held.reason)
        elif failure.check(IgnoreRequest):
            self.give_up(claim, str(failure.value))
        elif self.offline(failure):
            due = utc_now() + timedelta(seconds=self.run.config.frontier.retry_delay)
            self._settle(claim, Settled(state="pending", reason=OFFLINE, not_before=due, counts=False))
        else:
            self.failed(claim, status=None, error=explain(failure))

    def offline(self, failure: Failure) -> bool:
        """Whether a look-up failed and nobody has answered yet: then it is this machine that has no network."""
        assert self.crawler.stats is not None
        answered = self.crawler.stats.get_value("aggregator/answers", 0)
        return not answered and bool(failure.check(CannotResolveHostError)) and not refusal_of(failure)

    def heed_retry_after(self, response: Response) -> float | None:
        """For how many seconds the host that answered so is to be left alone; None where it may be asked."""
        return self.hosts.quiet_for(response.url)

    # ------------------------------------------------------------- outcomes

    def failed(self, claim: Claim, *, status: int | None, error: str | None, retry_after: float | None = None) -> None:
        """Records that a page could not be had: it is tried again later, or given up."""
        decision = after_failure(
            status=status,
            error=error,
            attempts=claim.attempts + 1,
            retry_after=retry_after,
            options=self.run.config.frontier,
            now=utc_now(),
        )
        if isinstance(decision, Retry):
            settled = Settled(state="pending", reason=decision.reason, not_before=decision.not_before, status=status)
        else:
            settled = Settled(state="failed", reason=decision.reason, status=status)
        self._settle(claim, settled)

    def give_up(self, claim: Claim, reason: str, *, status: int | None = None) -> None:
        """Records that a page is not wanted or not allowed."""
        self._settle(claim, Settled(state="failed", reason=reason, status=status))

    def _settle(self, claim: Claim, outcome: Settled) -> None:
        self.run.store.settle(claim.sighting, outcome, utc_now())
        outcome_word = "retry" if outcome.state == "pending" else outcome.state
        self._done(claim.sighting, outcome_word, status=outcome.status, reason=outcome.reason)

    def settled(self, sighting: Sighting, outcome: str, *, article: str | None = None, reason: str = "") -> None:
        """Called by the last stage: the sighting's page has its outcome in the store, and is this article."""
        self._done(sighting, outcome, article=article, reason=reason or None)

    def _done(self, sighting: Sighting, outcome: str, **told: Any) -> None:
        """One page has come to its end: counts it, and logs the one line that is told of it."""
        known = {**self.answers.pop(key(sighting.url), {}), **{name: v for name, v in told.items() if v is not None}}
        self.log_run.info(
            "page",
            source=sighting.source_id,
            feed=masked(sighting.feed) if sighting.feed else None,
            url=masked(sighting.url),
            outcome=outcome,
            **known,
        )
        self.count("pages")
        self.count(f"outcome/{outcome}")
        self.count("errors", int(outcome == "failed"))
        self.in_hand.pop(key(sighting.url), None)
        self.news.set()

    def _stage_failed(self, item: Any, failure: Failure) -> None:
        """A stage raised: a fault of ours.  The page is tried again later, and says so."""
        if failure.check(RunEnds) or self.ending.caused_by(failure):
            return
        if isinstance(item, Page):
            self.unread(item.sighting, f"a stage failed: {failure.type.__name__}: {failure.value}")

    def record(self, newcomers: Sequence[Fingerprint], now: datetime) -> list[Revision]:
        """Writes articles in one transaction: what became of each."""
        return self.run.store.record_articles(
            self.run.run_id,
            newcomers,
            judge,
            now,
            place=self.run.place,
            follow=self.follow(now),
            follow_budget=self.run.config.crawl.follow_budget,
        )

    def refuse(self, sighting: Sighting, outcome: str, reason: str, *, status: int | None = None) -> None:
        """Records that a page is no article, or none that is wanted."""
        self.run.store.settle(sighting, Settled(state="rejected", reason=reason, status=status), utc_now())
        self.settled(sighting, outcome, reason=reason)

    def unread(self, sighting: Sighting, error: str) -> None:
        """Records that a fetched page could not be read, for a reason of ours: it is tried again, within bounds."""
        claim = self.in_hand.get(key(sighting.url)) or Claim(key=key(sighting.url), sighting=sighting)
        self.failed(claim, status=None, error=error)

    def count(self, name: str, number: int = 1) -> None:
        """Counts under our prefix in Scrapy's stats."""
        assert self.crawler.stats is not None
        self.crawler.stats.inc_value(f"aggregator/{name}", number)


def measured(response: Response) -> dict[str, int]:
    """What the log tells of an answer: its status, the milliseconds to its first byte, its bytes."""
    latency = response.meta.get("download_latency")
    found = {"status": response.status, "bytes": len(response.body)}
    return found if latency is None else {**found, "ms": round(latency * 1000)}


def page_of(response: Response, sighting: Sighting, now: datetime) -> Page:
    """A response as a Page."""
    headers = tuple(
        (name.decode("latin-1").lower(), value.decode("latin-1"))
        for name, values in response.headers.items()
        for value in values
    )
    return Page(
        sighting=sighting, url=response.url, status=response.status, headers=headers, body=response.body, fetched=now
    )


def explain(failure: Failure) -> str:
    """A failure of the network in words; a look-up that the guard refused is told from one that failed."""
    reason = refusal_of(failure)
    return f"address refused: {reason}" if reason else f"{failure.type.__name__}: {failure.value}"


def refusal_of(failure: Failure) -> str | None:
    """Why the guard refused the host of a failed request; None where it did not."""
    return GuardedResolver.refused.get(urlsplit(failure.request.url).hostname or "")
