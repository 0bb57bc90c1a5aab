"""The description of `/api/`: records from their own schemas, parameters as they are read in `listing.py`."""

from __future__ import annotations

from typing import Any

import msgspec

from aggregator import __version__
from aggregator.journal.lines import schema
from aggregator.records import Article, Story

_TEXT = {"type": "string"}
_FILTERS: dict[str, tuple[dict[str, Any], str]] = {
    "region": (_TEXT, "region of the catalogue, such as middle-east"),
    "country": (_TEXT, "ISO 3166-1 code of the outlet's country"),
    "language": (_TEXT, "language of the text, BCP 47, its first part counts"),
    "source": (_TEXT, "id of a source"),
}
_SPAN: dict[str, tuple[dict[str, Any], str]] = {
    "after": (_TEXT, "published on this day (YYYY, YYYY-MM, YYYY-MM-DD or a time) or later"),
    "before": (_TEXT, "published before it"),
}
_PAGE: dict[str, tuple[dict[str, Any], str]] = {
    "limit": ({"type": "integer", "minimum": 1, "maximum": 100, "default": 20}, "records of the answer"),
    "format": ({"enum": ["json", "jsonl", "csv"], "default": "json"}, "form of the answer"),
}
_NUMBER = {"type": "integer", "minimum": 0}


def description() -> dict[str, Any]:
    """OpenAPI 3.1."""
    references, definitions = msgspec.json.schema_components(
        (Article, Story), ref_template="#/components/schemas/{name}"
    )
    article, story = references
    any_object = {"type": "object"}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "aggregator",
            "version": __version__,
            "description": "What was collected, as data.  Null fields are left out, arrays are never null.",
        },
        "paths": {
            "/api/articles": _get(
                "Articles, the newest first; `next` of an answer is `below` of the next question",
                {**_FILTERS, **_SPAN, "below": (_NUMBER, "go on below this number"), **_PAGE},
                _list("articles", article, {"next": _NUMBER}),
            ),
            "/api/articles/{article_id}": _get(
                "An article as it is true now, with its copies", {}, article, path="article_id"
            ),
            "/api/stories": _get(
                "Stories",
                {
                    **_FILTERS,
                    "time": ({"enum": ["1d", "3d", "7d", "30d"]}, "with an article of that time"),
                    "sort": ({"enum": ["newest", "biggest"], "default": "newest"}, "order"),
                    "least": ({"type": "integer", "minimum": 1, "default": 2}, "articles it must have"),
                    "page": ({"type": "integer", "minimum": 1, "maximum": 200}, "which twenty"),
                    **_PAGE,
                },
                _list("stories", story),
            ),
            "/api/stories/{story_id}": _get(
                "A story with its articles and their copies", {}, any_object, path="story_id"
            ),
            "/api/search": _get(
                "Articles that answer a search, the best first",
                {
                    "q": (_TEXT, 'words, "phrases", source: country: lang: region: after: before:'),
                    **_FILTERS,
                    **_SPAN,
                    **_PAGE,
                },
                _list("search", article, {"ignored": {"type": "array", "items": _TEXT}}),
            ),
            "/api/sources": _get(
                "The catalogue", {"region": _FILTERS["region"], **_PAGE}, _list("sources", any_object)
            ),
            "/api/journal": _get(
                "Lines of the journal, in order and without a gap; ask again after the last whole line's `seq`",
                {"after": (_NUMBER, "number of the last line that is known"), "limit": (_NUMBER, "lines at most")},
                {"description": "one line of the journal", **_line()},
                kinds=("application/jsonl",),
            ),
        },
        "components": {"schemas": definitions},
    }


def _line() -> dict[str, Any]:
    return {"title": schema()["title"], "type": "object", "required": ["schema", "kind", "seq", "at", "run_id"]}


def _list(name: str, record: dict[str, Any], more: dict[str, Any] | None = None) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {name: {"type": "array", "items": record}, **(more or {})},
        "required": [name],
    }


def _get(
    summary: str,
    query: dict[str, tuple[dict[str, Any], str]],
    answer: dict[str, Any],
    *,
    path: str | None = None,
    kinds: tuple[str, ...] = ("application/json",),
) -> dict[str, Any]:
    parameters: list[dict[str, Any]] = [
        {"name": name, "in": "query", "schema": kind, "description": about} for name, (kind, about) in query.items()
    ]
    if path:
        parameters.append({"name": path, "in": "path", "required": True, "schema": _TEXT})
    if "format" in query:
        kinds = (*kinds, "application/jsonl", "text/csv")
    content = {kind: {"schema": answer if kind == kinds[0] else {}} for kind in kinds}
    answers: dict[str, Any] = {"200": {"description": "found", "content": content}}
    if path:
        answers["404"] = {"description": "no such one is known"}
    answers["default"] = {"description": "refused or busy; the text says why"}
    return {"get": {"summary": summary, "parameters": parameters, "responses": answers}}
