"""The page of sources: how each is doing, and the few things that can be done about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from aggregator.errors import AggregatorError
from aggregator.operations import sources as operation
from aggregator.records import PollState, Source, SourceHealth
from aggregator.sources.health import WELL
from aggregator.store import SqlStore, browsing
from aggregator.store.browsing import Outlet, SourceDay
from aggregator.store.query import Query
from aggregator.web import drawing, listing, pages
from aggregator.web.desk import Desk
from aggregator.web.jobs import Job, Jobs
from aggregator.web.rendering import page

SPAN = 14
"""Days of the sparklines."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceRow:
    """One source of the table."""

    id: str
    source: Source | None
    """its entry; None where the catalogue has none (any more)"""
    health: SourceHealth
    states: tuple[PollState, ...]
    outlet: Outlet | None
    lines: Mapping[str, tuple[list[tuple[float, float, float, float]], int]]
    """for polls, new, copies and failures of the last days the bars and their sum"""

    @property
    def next(self) -> PollState | None:
        """The feed that is asked next."""
        waiting = [state for state in self.states if state.next_due]
        return min(waiting, key=lambda state: (state.next_due is None, state.next_due), default=None)


def _rows(desk: Desk, store: SqlStore, only: str | None = None) -> list[SourceRow]:
    now = desk.clock()
    states: dict[str, list[PollState]] = {}
    for state in store.poll_states().values():
        states.setdefault(state.source_id, []).append(state)
    outlets = {one.source_id: one for one in browsing.outlets(store)}
    days: dict[str, list[SourceDay]] = {}
    for one in browsing.days(store, now - timedelta(days=SPAN - 1)):
        days.setdefault(one.source_id, []).append(one)
    known = store.health()
    entries = {source.id: source for source in desk.catalogue().sources}
    today = int(now.timestamp() // 86_400)
    names = dict.fromkeys([*entries, *states, *outlets])
    rows = [
        SourceRow(
            id=name,
            source=entries.get(name),
            health=known.get(name) or SourceHealth(source_id=name, reason=WELL.reason),
            states=tuple(states.get(name, ())),
            outlet=outlets.get(name),
            lines=_lines(days.get(name, ()), today),
        )
        for name in names
        if only is None or name == only
    ]
    return sorted(rows, key=lambda row: (row.health.state == "ok", not row.states, row.id))


def _lines(days: object, today: int) -> dict[str, tuple[list[tuple[float, float, float, float]], int]]:
    by_day = {one.day: one for one in days} if isinstance(days, list) else {}
    found = {}
    for kind in ("polls", "new", "copies", "failures"):
        counts = [getattr(by_day[day], kind) if day in by_day else 0 for day in range(today - SPAN + 1, today + 1)]
        found[kind] = (drawing.bars(counts), sum(counts))
    return found


def listed(desk: Desk, store: SqlStore, request: Request) -> Response:
    """The table of all sources."""
    chosen = listing.filters(request.query_params)
    rows = [
        row
        for row in _rows(desk, store)
        if not chosen.region or ((row.source and row.source.region) or "") == chosen.region
    ]
    regions = sorted({source.region for source in desk.catalogue().sources if source.region})
    return page(desk, request, "sources.html", rows=rows, chosen=chosen, regions=regions, span=SPAN)


def one(desk: Desk, store: SqlStore, request: Request) -> Response:
    """One source: its feeds, and what it brought last."""
    name = request.path_params["source_id"]
    rows = _rows(desk, store, name)
    if not rows:
        return pages.missing(desk, request, "source")
    newest = pages.latest(store, Query(source=name), listing.PAGE)
    events = store.history([name, *(state.feed for state in rows[0].states)])[-30:]
    return page(desk, request, "source.html", row=rows[0], newest=newest, events=events, span=SPAN)


def adding(desk: Desk, _: SqlStore, request: Request) -> Response:
    """The form for a new source."""
    return page(desk, request, "add.html", job=None, saved=None, said="")


# -------------------------------------------------------------------- changes


async def _form(request: Request) -> dict[str, str]:
    """The fields of a form of the usual encoding, the first value of each."""
    body = (await request.body()).decode("utf-8", "replace")
    return {name: values[0] for name, values in parse_qs(body, max_num_fields=20).items()}


async def discover(request: Request) -> Response:
    """Begins to look for the feeds of a site; what is found is shown before anything is written."""
    jobs: Jobs = request.app.state.jobs
    url = (await _form(request)).get("url", "").strip()[:500]
    desk: Desk = request.app.state.desk
    if not url or not url.isprintable():
        return page(desk, request, "add.html", 422, job=None, saved=None, said="Give the address of a site or a feed.")
    started = jobs.start("add", url, ["sources", "discover"], ["--", url])
    return _begun(desk, request, started)


async def save(request: Request) -> Response:
    """Writes the entry that a search has proposed into the catalogue."""
    desk: Desk = request.app.state.desk
    found: Job | None = request.app.state.jobs.get((await _form(request)).get("job", ""))
    if found is None or found.kind != "add" or not found.done or found.problem:
        return page(desk, request, "add.html", 422, job=None, saved=None, said="This proposal is no more: look again.")
    try:
        source, file = operation.save(desk.config, found.output)
    except AggregatorError as error:
        return page(desk, request, "add.html", 422, job=found, saved=None, said=str(error))
    return page(desk, request, "add.html", job=None, saved=(source, file.name), said="")


async def act(request: Request) -> Response:
    """Checks, polls, pauses or resumes one source."""
    desk: Desk = request.app.state.desk
    name, action = request.path_params["source_id"], request.path_params["action"]
    if action not in ("check", "poll", "pause", "resume") or desk.source(name) is None:
        return await desk.run(lambda _: pages.missing(desk, request, "source or action"))
    if action in ("pause", "resume"):
        try:
            operation.switch(desk.config, name, enabled=action == "resume")
        except AggregatorError as error:
            return page(desk, request, "said.html", 422, title=name, said=str(error))
        return RedirectResponse(f"/sources/{name}", 303)
    jobs: Jobs = request.app.state.jobs
    if action == "check":
        started = jobs.start("check", name, ["sources", "check", f"--source={name}"])
    else:
        started = jobs.start("poll", name, ["crawl", "--source", name], crawls=True)
    return _begun(desk, request, started)


def _begun(desk: Desk, request: Request, started: Job | None) -> Response:
    if started is None:
        return page(desk, request, "said.html", 503, title="Busy", said="Two commands are under way: wait for one.")
    return RedirectResponse(f"/jobs/{started.id}", 303)


async def job(request: Request) -> Response:
    """A command that was started here: under way, or what it said."""
    desk: Desk = request.app.state.desk
    found: Job | None = request.app.state.jobs.get(request.path_params["job_id"])
    if found is None:
        return page(desk, request, "missing.html", 404, what="command")
    template = "job_state.html" if request.headers.get("hx-request") == "true" else "job.html"
    return page(desk, request, template, job=found)
