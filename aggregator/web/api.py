"""The newsroom for programs: `/api/...` as JSON, lists also as CSV and JSONL, the journal as a stream."""

from __future__ import annotations

import csv
import io
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from datetime import datetime
from functools import partial
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from aggregator.encoding import to_json, to_plain
from aggregator.journal.lines import line_of
from aggregator.operations.copies import family
from aggregator.operations.reports import as_csv
from aggregator.operations.storylines import story as told_story
from aggregator.records import LogRow
from aggregator.store import SqlStore, browsing
from aggregator.store.search import search as find
from aggregator.web import listing, newsroom, openapi
from aggregator.web.desk import Desk

BATCH = 200
"""Rows of the journal that are read at once."""

MOST = 100
"""Records of one answer."""


def _json(value: Any, status: int = 200) -> Response:
    return Response(msgspec.json.encode(to_plain(value)), status, media_type="application/json")


def _unknown(what: str) -> Response:
    return _json({"error": f"no such {what} is known"}, 404)


def _limit(request: Request) -> int:
    return listing.number(request.query_params.get("limit"), listing.PAGE, 1, MOST)


def _listed(request: Request, records: list[Any], rows: Callable[[], Iterable[str]], more: dict[str, Any]) -> Response:
    """A list in the form that `format` names: json, jsonl or csv."""
    form = request.query_params.get("format", "json")
    name = request.url.path.rsplit("/", 1)[-1]
    if form == "csv":
        kind, body = "text/csv; charset=utf-8", "".join(rows()).encode()
    elif form == "jsonl":
        kind, body = "application/jsonl", b"".join(to_json(record) + b"\n" for record in records)
    else:
        return _json({name: records, **more})
    return Response(body, media_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}.{form}"'})


def articles(_: Desk, store: SqlStore, request: Request) -> Response:
    """Articles, the newest first, by the filters of the pages; `next` goes on."""
    _words, query = listing.typed({**request.query_params, "q": ""})
    below = listing.number(request.query_params.get("below"), 1 << 62, 0, 1 << 62)
    hits = find(store, query, limit=_limit(request), below=below)
    found = [article for hit in hits if (article := store.article(hit.article_id))]
    after = {"next": hits[-1].number} if len(hits) == _limit(request) else {}
    return _listed(request, found, lambda: as_csv(found), after)


def article(_: Desk, store: SqlStore, request: Request) -> Response:
    """One article as it is true now, with its copies."""
    found = store.article(request.path_params["article_id"])
    return _json({**to_plain(found), **family(store, found)}) if found else _unknown("article")


def stories(desk: Desk, store: SqlStore, request: Request) -> Response:
    """Stories by the filters of the page."""
    chosen = listing.filters(request.query_params)
    found = browsing.stories(store, chosen.wanted(desk.clock(), limit=_limit(request)))
    return _listed(request, found, lambda: _csv(map(newsroom.plain_story, found)), {})


def story(_: Desk, store: SqlStore, request: Request) -> Response:
    """One story with its articles and their copies."""
    found = told_story(store, request.path_params["story_id"])
    return _json(found) if found else _unknown("story")


def searching(_: Desk, store: SqlStore, request: Request) -> Response:
    """Articles that answer a search, the best first; of copies one."""
    _words, query = listing.typed(request.query_params)
    limit = _limit(request)
    hits = find(store, query, limit=5 * limit) if not query.empty else []
    found = [one.article for one in newsroom.found(store, hits, limit)]
    told = {"ignored": list(query.ignored)} if query.ignored else {}
    return _listed(request, found, lambda: as_csv(found), told)


def sources(desk: Desk, store: SqlStore, request: Request) -> Response:
    """The catalogue, with what each source has brought."""
    brought = {one.source_id: one for one in browsing.outlets(store)}
    chosen = listing.filters(request.query_params)
    listed = [one for one in desk.catalogue().sources if chosen.region in ("", one.region)]
    rows = [
        {
            "id": one.id,
            "name": one.name,
            "homepage": one.homepage,
            "country": one.country,
            "region": one.region,
            "languages": list(one.languages),
            "kind": one.kind,
            "enabled": one.enabled,
            "articles": brought[one.id].articles if one.id in brought else 0,
            "copies": brought[one.id].copies if one.id in brought else 0,
            "last": brought[one.id].last if one.id in brought else None,
        }
        for one in listed
    ]
    return _listed(request, rows, lambda: _csv(rows), {})


def description(_desk: Desk, _store: SqlStore, _request: Request) -> Response:
    """The OpenAPI description of all this."""
    return _json(openapi.description())


async def journal(request: Request) -> Response:
    """The lines of the journal after `after`, in order, as JSONL; who was cut off asks again after the last whole
    line's `seq`."""
    desk: Desk = request.app.state.desk
    after = listing.number(request.query_params.get("after"), 0, 0, 1 << 53)
    most = listing.number(request.query_params.get("limit"), 1 << 53, 1, 1 << 53)
    lines = _journal(desk, after, most)
    return StreamingResponse(lines, media_type="application/jsonl", headers={"Cache-Control": "no-store"})


async def _journal(desk: Desk, after: int, most: int) -> AsyncIterator[bytes]:
    left = most
    while left > 0:
        rows: list[LogRow] = await desk.run(partial(_rows, after=after, limit=min(BATCH, left)))
        if not rows:
            return
        yield b"".join(line_of(row) for row in rows)
        left -= len(rows)
        after = rows[-1].seq


def _rows(store: SqlStore, *, after: int, limit: int) -> list[LogRow]:
    return store.rows_after(after, limit)


def _csv(rows: Iterable[Mapping[str, Any]]) -> Iterable[str]:
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    for number, row in enumerate(rows):
        if number == 0:
            writer.writerow(row)
        writer.writerow([_cell(value) for value in row.values()])
    return [buffer.getvalue()]


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, list):
        value = " | ".join(map(str, value))
    text = value.isoformat() if isinstance(value, datetime) else str(value)
    # A spreadsheet runs cells that begin like a formula.
    return f"'{text}" if text[:1] in "=+-@\t\r" else text


ROUTES: tuple[tuple[str, Any], ...] = (
    ("/api/articles", articles),
    ("/api/articles/{article_id}", article),
    ("/api/stories", stories),
    ("/api/stories/{story_id}", story),
    ("/api/search", searching),
    ("/api/sources", sources),
    ("/api/openapi.json", description),
)
"""Addresses with what answers them; the journal is a stream and stands apart."""
