"""Which function answers which address."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from importlib import resources
from pathlib import Path

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from aggregator.errors import AggregatorError
from aggregator.store import SqlStore
from aggregator.web import api, feeds, pages, sources
from aggregator.web.desk import Desk
from aggregator.web.guard import Guard
from aggregator.web.jobs import Jobs

log = logging.getLogger(__name__)

Reader = Callable[[Desk, SqlStore, Request], Response]
"""Answers from the store alone."""
Doer = Callable[[Request], Awaitable[Response]]


def create_app(desk: Desk) -> Starlette:
    """The application over a desk, which it closes at its end."""

    @asynccontextmanager
    async def life(_: Starlette) -> AsyncIterator[None]:
        try:
            yield
        finally:
            app.state.jobs.close()
            desk.close()

    app = Starlette(
        routes=_routes(desk),
        middleware=[Middleware(Guard, options=desk.options)],
        exception_handlers={HTTPException: _refused, AggregatorError: _said, Exception: _failed},
        lifespan=life,
    )
    app.state.desk, app.state.jobs = desk, Jobs(desk.config.data_folder, desk.options.words)
    return app


def _routes(desk: Desk) -> list[Route | Mount]:
    def reads(path: str, reader: Reader) -> Route:
        async def endpoint(request: Request) -> Response:
            return await desk.run(lambda store: reader(desk, store, request))

        return Route(path, endpoint, methods=["GET"])

    def does(path: str, doer: Doer, method: str = "POST") -> Route:
        return Route(path, doer, methods=[method])

    static = Path(str(resources.files("aggregator.web"))) / "static"
    return [
        Route("/", lambda _: RedirectResponse("/stories", 302), methods=["GET"]),
        reads("/stories", pages.stories),
        reads("/stories/{story_id}", pages.story),
        reads("/articles/{article_id}", pages.article),
        reads("/search", pages.searching),
        reads("/sources", sources.listed),
        reads("/sources/add", sources.adding),
        does("/sources/add", sources.discover),
        does("/sources/save", sources.save),
        reads("/sources/{source_id}", sources.one),
        does("/sources/{source_id}/{action}", sources.act),
        does("/jobs/{job_id}", sources.job, "GET"),
        *(reads(path, reader) for path, reader in feeds.ROUTES),
        *(reads(path, reader) for path, reader in api.ROUTES),
        does("/api/journal", api.journal, "GET"),
        Mount("/static", StaticFiles(directory=static), name="static"),
    ]


async def _refused(_: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return PlainTextResponse(f"{error.detail}\n", error.status_code, error.headers)


async def _said(_: Request, error: Exception) -> Response:
    # What our errors say is for the operator, and may name files: it goes to the log.
    log.warning("answer=503 reason=%s", error)
    return PlainTextResponse("The store cannot be read at this moment.\n", 503)


async def _failed(_: Request, error: Exception) -> Response:
    log.error("answer=500", exc_info=error)
    return PlainTextResponse("This should not have happened; the log says more.\n", 500)
