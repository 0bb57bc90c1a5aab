"""`scrapy crawl feeds`: polls the feeds that are due, then fetches what is pending."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import AsyncIterator, Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from hashlib import blake2b
from typing import Any

from scrapy import Request
from scrapy.http import Response
from twisted.python.failure import Failure

from aggregator.discovery.feeds import Reading, read
from aggregator.discovery.walk import Step, Walk
from aggregator.errors import InputError
from aggregator.records import Feed, PollState, Sighting, Source
from aggregator.run import utc_now
from aggregator.sources.polling import (
    Answer,
    PollingOptions,
    address,
    after,
    conditional_headers,
    due,
    hidden,
    turning_points,
)
from aggregator.store import PollOutcome, Tally
from aggregator.urls import absolute, host, masked
from spiders.base import NewsSpider, explain, measured
from spiders.network import HostIsQuiet, RunEnds

POLLS_IN_HAND = 200
"""Feeds that are being asked at once; the others wait as a name and a state, not as a request."""
IN_PASSING = 300_000
"""Bytes of a body that is read at once, which takes a tenth of a second at worst; a larger one is read by a worker,
with the limits that pages have, while other answers are heard."""
PERMANENT = {301, 308}

Poll = tuple[Source, Feed, PollState]
"""A feed that is to be asked, with its source and what is known of it."""


class Feeds(NewsSpider):
    """Arguments (`-a`): `region`, `source`, `url`, each a list parted by commas; without any: all that is due.

    What is named is asked now, if the floor between two polls (`polling.min_interval`) has passed; with `only=due`,
    when it is due.
    `since` and `until`: days or times between which articles were published that are wanted.

    Asks whatever the catalogue lists: feeds, sitemaps and listings.  The spiders that are made from this one ask for
    one kind only.
    """

    name = "feeds"

    def __init__(
        self,
        region: str | None = None,
        source: str | None = None,
        url: str | None = None,
        only: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.only_due = only == "due"
        self.region, self.chosen, self.url = region, source, url
        self.unanswered: list[tuple[PollState, Answer]] = []
        self.waiting: deque[Poll] = deque()
        self.options: dict[str, PollingOptions] = {}
        self.stirred = True
        self.walks: dict[str, Walk] = {}
        self.readers: Any  # pipelines.workers.Readers, once the stages are open

    def prepare(self) -> None:
        catalogue = self.run.catalogue
        self.sources: tuple[Source, ...]
        if self.url:
            self.sources = tuple(self._feed_source(url.strip()) for url in self.url.split(",") if url.strip())
        else:
            self.sources = catalogue.select(region=self.region, source=self.chosen)
        self.states = self.run.store.poll_states()

    def _feed_source(self, url: str) -> Source:
        address = absolute(url)
        if address is None:
            raise InputError(f"{url} is no http or https URL", subject=url)
        for source in self.run.catalogue.sources:
            for feed in (*source.feeds, *sitemaps(source), *listings(source)):
                if feed.url == address:
                    return replace(source, feeds=(feed,), sitemaps=(), listings=())
        owner = self.run.catalogue.by_url(address) or self.run.catalogue.ad_hoc(address)
        return replace(owner, feeds=(Feed(url=address),), sitemaps=(), listings=())

    def selected(self) -> frozenset[str] | None:
        if self.region or self.chosen or self.url:
            return frozenset(source.id for source in self.sources)
        return None

    def addresses(self, source: Source) -> tuple[Feed, ...]:
        """Which addresses of a source this spider asks."""
        return (*source.feeds, *sitemaps(source), *listings(source))

    async def first(self) -> AsyncIterator[Any]:
        waiting = 0
        found: list[Poll] = []
        for source in self.sources:
            feeds = self.addresses(source) if source.enabled else ()
            states = [self.states.get(feed.url) or PollState(feed=feed.url, source_id=source.id) for feed in feeds]
            ready = [(feed, state) for feed, state in zip(feeds, states, strict=True) if self._is_due(state)]
            waiting += len(feeds) - len(ready)
            self.count("sources", int(bool(ready)))
            found += [(source, feed, state) for feed, state in ready]
        self.waiting.extend(side_by_side(found))
        self.count("feeds/not_due", waiting)
        self.log_run.info("feeds", due=len(found), not_due=waiting)
        for request in self._polls():
            yield request

    def _polls(self) -> Iterator[Request]:
        while self.waiting and len(self.polling) < POLLS_IN_HAND:
            yield self.poll_request(*self.waiting.popleft())

    def _take(self) -> Iterator[Request]:
        yield from self._polls()
        # A poll that brought nothing is no reason to look through the frontier.
        if self.stirred or not self.polling:
            self.stirred = False
            yield from super()._take()

    def _done(self, sighting: Sighting, outcome: str, **told: Any) -> None:
        self.stirred = True
        super()._done(sighting, outcome, **told)

    def _is_due(self, state: PollState) -> bool:
        now = utc_now()
        if due(state, now) or (state.window != self.window.name and not state.failures):
            return True
        # Named feeds are asked out of turn, but never more often than the floor allows, nor against a back-off.
        floor = timedelta(seconds=self._options(state.source_id).min_interval)
        rested = state.polled is None or now - state.polled >= floor
        return self.selected() is not None and not self.only_due and rested and state.failures == 0

    def _options(self, source_id: str) -> PollingOptions:
        if not self.options:
            self.options = {source.id: self.run.config.polling.for_source(source) for source in self.sources}
        return self.options.get(source_id, self.run.config.polling)

    def poll_request(self, source: Source, feed: Feed, state: PollState, step: Step | None = None) -> Request:
        """The conditional request for a feed, which is being polled from now on."""
        self.polling.add(feed.url)
        self.walk(source).enter(feed.url)
        if state.window != self.window.name:
            # It was read for other dates: what has not changed since is news all the same.
            state = replace(state, window=self.window.name, etag=None, last_modified=None, body_hash=None)
        return Request(
            address(state),
            headers=conditional_headers(state),
            callback=self.polled,
            errback=self.poll_failed,
            cb_kwargs={"source": source, "feed": feed, "state": state, "step": step or Step(feed=feed)},
            meta={
                # A feed is published to be polled; robots.txt speaks of the pages, and a listing is one.
                "dont_obey_robotstxt": feed.format != "listing",
                **({"download_maxsize": self.run.config.crawl.max_sitemap_size} if feed.format == "sitemap" else {}),
            },
            dont_filter=True,
            priority=10,
        )

    def walk(self, source: Source) -> Walk:
        """This run's way through a source."""
        if source.id not in self.walks:
            crawl = self.run.config.crawl
            self.walks[source.id] = Walk(
                sitemap_budget=crawl.sitemap_budget,
                listing_pages=crawl.listing_pages,
                due=lambda state: due(state, utc_now()),
                window=self.window if self.window.name else None,
            )
        return self.walks[source.id]

    async def polled(
        self, response: Response, source: Source, feed: Feed, state: PollState, step: Step
    ) -> list[Request]:
        """Reads an answer and commits its sightings together with the feed's new state; what it leads on to."""
        self.heed_retry_after(response)
        self.count("answers")
        self.answers[state.feed] = measured(response)
        while self.unanswered:
            self._commit(*self.unanswered.pop(), ())
        body_hash = blake2b(response.body, digest_size=16).hexdigest()
        reading, answer = await self._understand(response, source, feed, state, body_hash)
        sightings = reading.sightings if reading else ()
        requests: list[Request] = []
        if reading and reading.format == "sitemap_index":
            steps, complete = self.walk(source).below(step, reading, self.states, utc_now())
            requests = [self._below(source, next_step) for next_step in steps]
            if not complete:
                # Validators would hide, behind a 304, the sitemaps that are still to be asked.
                answer = without_validators(answer)
        if reading and reading.next_page:
            requests = self._paged(source, state, step, answer, reading)
        else:
            self._commit(state, answer, sightings)
        self._tell(feed, reading)
        return requests

    def _tell(self, feed: Feed, reading: Reading | None) -> None:
        for problem in reading.problems if reading else ():
            self.log_run.warning("problem", feed=masked(feed.url), reason=problem)

    def _below(self, source: Source, step: Step) -> Request:
        known = self.states.get(step.feed.url) or PollState(feed=step.feed.url, source_id=source.id)
        return self.poll_request(source, step.feed, replace(known, lastmod=step.lastmod), step)

    # A listing is one feed on several pages: it has one state, that of its first page, and keeps the validators of
    # that page only once the last page that is wanted was read.  Until then a crash makes the next run begin anew.

    def _paged(self, source: Source, state: PollState, step: Step, answer: Answer, reading: Reading) -> list[Request]:
        outcome = self._commit(state, without_validators(answer), reading.sightings)
        answer = counted(state, answer, outcome.tally)
        wanted = tuple(seen for seen in reading.sightings if self.window.admits(seen.published))
        through = state.body_hash is None  # the last run did not come to its end
        following = self.walk(source).after(step, reading, wanted, outcome.new, through=through)
        if following is None:
            self._commit(state, answer, ())
            return []
        self.polling.add(following.feed.url)
        given = {"source": source, "state": state, "step": following, "answer": answer}
        return [
            Request(
                following.feed.url,
                callback=self.page_polled,
                errback=self.page_unpolled,
                cb_kwargs=given,
                dont_filter=True,
                priority=10,
            )
        ]

    async def page_polled(
        self, response: Response, source: Source, state: PollState, step: Step, answer: Answer
    ) -> list[Request]:
        """Reads a later page of a listing; `answer` is what came of the first."""
        self.heed_retry_after(response)
        self.count("answers")
        reading = await self._read(response, source, step.feed) if response.status == 200 else None
        self._tell(step.feed, reading)
        requests: list[Request] = []
        if reading and reading.format:
            requests = self._paged(source, state, step, answer, reading)
        elif response.status in (200, 404, 410):
            self._commit(state, answer, ())  # there is no such page: the one before was the last
        self._poll_done(step.feed.url)
        return requests

    def page_unpolled(self, failure: Failure) -> None:
        """No answer: the listing is gone through again at its next poll."""
        step: Step = failure.request.cb_kwargs["step"]
        self.log_run.warning("problem", feed=masked(step.feed.url), page=step.page, reason=explain(failure))
        self._poll_done(step.feed.url)

    async def _understand(
        self, response: Response, source: Source, feed: Feed, state: PollState, body_hash: str
    ) -> tuple[Reading | None, Answer]:
        headers = {
            name.decode("latin-1").lower(): values[0].decode("latin-1") for name, values in response.headers.items()
        }
        headers["link"] = ", ".join(value.decode("latin-1") for value in response.headers.getlist("Link"))
        # A feed that needs a password has it for the address of the catalogue alone.
        target = None if "@" in feed.url else moved_to(response)
        answer = Answer(
            status=response.status,
            headers=headers,
            body_hash=body_hash,
            moved_to=target,
            took=response.meta.get("download_latency"),
        )
        if response.status != 200:
            return None, answer
        if body_hash == state.body_hash:
            return None, replace(answer, is_feed=True, entries=state.entries)
        self.count("feeds/read")
        reading = await self._read(response, source, feed)
        if reading.format is None:
            return reading, replace(answer, error="; ".join(reading.problems) or "the body is no feed")
        return reading, replace(
            answer,
            is_feed=True,
            entries=len(reading.sightings),
            ttl=reading.ttl,
            skip_hours=reading.skip_hours,
            skip_days=reading.skip_days,
            hub=reading.hub,
        )

    async def _read(self, response: Response, source: Source, feed: Feed) -> Reading:
        kind = response.headers.get("Content-Type")
        given: dict[str, Any] = {
            "source": source,
            "feed": feed,
            "url": response.url,
            "content_type": kind.decode("latin-1") if kind else None,
            "now": utc_now(),
            "window": self.window if self.window.name else None,
            "options": self.run.config.feeds,
        }
        try:
            if len(response.body) <= IN_PASSING:
                return read(response.body, **given)
            return await self.readers.read_feed(response.body, **given)
        except Exception as error:  # noqa: BLE001 - no feed of the Web may stop the others
            return Reading(problems=(f"reading it failed: {type(error).__name__}: {error}"[:300],))

    def poll_failed(self, failure: Failure) -> None:
        """No answer: the feed's back-off grows; a quiet host's feeds keep their state."""
        state: PollState = failure.request.cb_kwargs["state"]
        if failure.check(HostIsQuiet, RunEnds):
            self.count("feeds/held")
            reason = str(failure.value)
            self.log_run.info("poll", source=state.source_id, feed=masked(state.feed), outcome="held", reason=reason)
            self._poll_done(state.feed)
            return
        answer = Answer(status=None, error=explain(failure))
        if self.offline(failure):
            # No fault of the feed's: unless somebody answers yet, its state stays as it is.
            self.unanswered.append((state, answer))
            self._count_poll(state, answer, explain(failure))
        else:
            self._commit(state, answer, ())

    def _wanted(self, sightings: tuple[Sighting, ...], now: datetime) -> tuple[Sighting, ...]:
        """Those that no date and no rule speaks against; the others are noted, for a run that wants them."""
        if not sightings:
            return ()
        store, run_id = self.run.store, self.run.run_id
        judged = [(seen, self.unwanted(seen)) for seen in sightings]
        aside = [(seen, reason) for seen, reason in judged if reason]
        if aside:
            self.count("outcome/outside", store.set_aside(run_id, aside, now))
        wanted = tuple(seen for seen, reason in judged if not reason)
        store.readmit(run_id, wanted, lambda seen: self.unwanted(seen) is None, now)
        return wanted

    def _commit(self, state: PollState, answer: Answer, sightings: tuple[Sighting, ...]) -> PollOutcome:
        now, options = utc_now(), self._options(state.source_id)
        outcome = self.run.store.record_poll(
            self.run.run_id,
            self._wanted(sightings, now),
            lambda tally: after(state, counted(state, answer, tally), options, now),
            now,
            notes=partial(turning_points, state),
            follow=self.follow(now),
            follow_budget=self.run.config.crawl.follow_budget,
        )
        result = outcome.state
        self.log_run.info(
            "poll",
            source=state.source_id,
            feed=masked(state.feed),
            outcome=poll_word(answer, outcome, result.error),
            **(self.answers.pop(state.feed, None) or {"status": answer.status}),
            entries=len(sightings),
            new=outcome.new,
            changed=outcome.changed,
            next_due=result.next_due.isoformat(timespec="seconds") if result.next_due else None,
            reason=result.error or result.reason,
        )
        self.count("new_urls", outcome.new)
        self.stirred = self.stirred or bool(outcome.new or outcome.changed)
        self._count_poll(state, answer, result.error)
        return outcome

    def _count_poll(self, state: PollState, answer: Answer, error: str | None) -> None:
        if state.feed not in self.polling:
            return  # counted when it failed, before anybody had answered
        self.count("feeds/polled")
        if answer.status == 304:
            self.count("feeds/unchanged")
        if error:
            self.count("feeds/failed")
            self.count("errors")
            self.failures_by_source[state.source_id] = error
        self._poll_done(state.feed)

    def _poll_done(self, url: str) -> None:
        self.polling.discard(url)
        self.news.set()


def side_by_side(polls: Iterable[Poll]) -> list[Poll]:
    """`polls` with the first of each host before the second of any: all hosts are asked at once, each one slowly."""
    places: Counter[str] = Counter()
    found: list[tuple[int, Poll]] = []
    for poll in polls:
        name = host(address(poll[2]))
        found.append((places[name], poll))
        places[name] += 1
    return [poll for _, poll in sorted(found, key=lambda row: row[0])]


def poll_word(answer: Answer, outcome: PollOutcome, error: str | None) -> str:
    """What became of a poll, in the log's words."""
    if error:
        return "failed"
    if answer.status == 304:
        return "unchanged"
    return "new" if outcome.new else "nothing new"


def counted(state: PollState, answer: Answer, tally: Tally) -> Answer:
    """`answer` with what its sightings were to us, added to what is counted in it already."""
    return replace(
        answer,
        new=answer.new + tally.new,
        fresh=(answer.fresh or 0) + len(tally.fresh),
        familiar=(answer.familiar or 0) + tally.familiar,
        hidden=answer.hidden + hidden(state, tally.fresh),
    )


def moved_to(response: Response) -> str | None:
    """Where an answer came from, if all redirects on the way to it were permanent; None without any."""
    reasons = response.meta.get("redirect_reasons", ())
    return absolute(response.url) if reasons and PERMANENT.issuperset(reasons) and "@" not in response.url else None


def sitemaps(source: Source) -> tuple[Feed, ...]:
    """A source's sitemaps as addresses that are polled."""
    return tuple(Feed(url=url, format="sitemap") for url in source.sitemaps)


def listings(source: Source) -> tuple[Feed, ...]:
    """A source's listing pages as addresses that are polled."""
    return tuple(Feed(url=url, format="listing") for url in source.listings)


def without_validators(answer: Answer) -> Answer:
    """`answer` as if the server had named no validators: the next request will be unconditional."""
    headers = {name: value for name, value in answer.headers.items() if name not in ("etag", "last-modified")}
    return replace(answer, headers=headers, body_hash=None)
