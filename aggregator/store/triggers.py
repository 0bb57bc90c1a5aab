"""Triggers that keep the counts and lists of `browsing.py`, for each database in its own words.

Nobody who writes an article, a poll or a story has to know of them.
"""

from __future__ import annotations

from aggregator.store.dialect import POSTGRES_ONLY, SQLITE_ONLY

_ARTICLE_COUNTED = """
    INSERT INTO outlets (source_id, region, articles, copies, last)
    VALUES (new.source_id, new.region, CAST(new.status = 'unique' AS INTEGER),
        CAST(new.status = 'duplicate' AS INTEGER), new.fetched)
    ON CONFLICT (source_id) DO UPDATE SET region = coalesce(excluded.region, outlets.region),
        articles = outlets.articles + excluded.articles, copies = outlets.copies + excluded.copies,
        last = CASE WHEN excluded.last > outlets.last THEN excluded.last ELSE outlets.last END;
    INSERT INTO source_days (source_id, day, new, copies)
    VALUES (new.source_id, {day}, CAST(new.status = 'unique' AS INTEGER), CAST(new.status = 'duplicate' AS INTEGER))
    ON CONFLICT (source_id, day) DO UPDATE SET new = source_days.new + excluded.new,
        copies = source_days.copies + excluded.copies;
"""
"""Each article is one of its source, and of the day on which it was fetched."""

_ARTICLE_RECOUNTED = """
    UPDATE outlets SET articles = articles + CAST(new.status = 'unique' AS INTEGER)
            - CAST(old.status = 'unique' AS INTEGER),
        copies = copies + CAST(new.status = 'duplicate' AS INTEGER) - CAST(old.status = 'duplicate' AS INTEGER)
    WHERE source_id = new.source_id;
"""

_ARTICLE_DISCOUNTED = """
    UPDATE outlets SET articles = articles - CAST(old.status = 'unique' AS INTEGER),
        copies = copies - CAST(old.status = 'duplicate' AS INTEGER) WHERE source_id = old.source_id;
"""

_POLL_COUNTED = """
    INSERT INTO source_days (source_id, day, polls, failures) VALUES (new.source_id, {day}, 1, {failed})
    ON CONFLICT (source_id, day) DO UPDATE SET polls = source_days.polls + 1,
        failures = source_days.failures + excluded.failures;
"""
"""Each poll of a feed is one of its source's day."""

_FACETS = """
    INSERT INTO story_facets (kind, value, last, story_id, size)
        SELECT kind, value, new.last, new.id, new.size FROM (
            SELECT 'language' AS kind, {language} AS value FROM {languages} UNION
            SELECT 'country', value FROM {countries} UNION
            SELECT 'source', value FROM {outlets} UNION
            SELECT 'region', outlets.region FROM {outlets}
                JOIN outlets ON outlets.source_id = told.value WHERE outlets.region IS NOT NULL
        ) AS found WHERE new.into_id IS NULL ON CONFLICT DO NOTHING;
"""
"""A story's languages (without their regions), countries, outlets, and the regions of these, as rows to be found by."""

_UNLISTED = "DELETE FROM story_facets WHERE story_id = old.id;"


def _lite(name: str, event: str, body: str, when: str = "") -> str:
    return f"{SQLITE_ONLY} CREATE TRIGGER {name} AFTER {event} {f'WHEN {when}' if when else ''} BEGIN {body} END"


def _server(name: str, event: str, body: str, when: str = "") -> tuple[str, str]:
    return (
        f"{POSTGRES_ONLY} CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS"
        f" $trigger$ BEGIN {body} RETURN NULL; END $trigger$",
        f"{POSTGRES_ONLY} CREATE TRIGGER {name} AFTER {event} FOR EACH ROW {f'WHEN ({when})' if when else ''}"
        f" EXECUTE FUNCTION {name}()",
    )


def _lite_field(row: str, field: str) -> str:
    return f"json_extract(CAST({row}.state AS TEXT), '$.{field}')"


def _server_field(row: str, field: str) -> str:
    # Not `->>`: an error may tell of a zero byte, which no text of PostgreSQL has.
    return f"CAST(convert_from({row}.state, 'UTF8') AS json) -> '{field}'"


def _lite_facets() -> str:
    lists = {
        name: f"json_each(CAST(new.record AS TEXT), '$.{name}') AS told"
        for name in ("languages", "countries", "outlets")
    }
    return _FACETS.format(language="substr(value || '-', 1, instr(value || '-', '-') - 1)", **lists)


def _server_facets() -> str:
    lists = {
        name: f"json_array_elements_text(CAST(new.record AS json) -> '{name}') AS told (value)"
        for name in ("languages", "countries", "outlets")
    }
    return _FACETS.format(language="split_part(value, '-', 1)", **lists)


_LITE_DAY = "CAST(new.fetched / 86400 AS INTEGER)"
_SERVER_DAY = "CAST(floor(new.fetched / 86400) AS BIGINT)"
_LITE_POLL = _POLL_COUNTED.format(
    day=f"CAST(strftime('%s', {_lite_field('new', 'polled')}) / 86400 AS INTEGER)",
    failed=f"{_lite_field('new', 'error')} IS NOT NULL",
)
_POLLED = "CAST(CAST(convert_from(new.state, 'UTF8') AS json) ->> 'polled' AS TIMESTAMPTZ)"
_SERVER_POLL = _POLL_COUNTED.format(
    day=f"CAST(floor(extract(epoch FROM {_POLLED}) / 86400) AS BIGINT)",
    failed=f"CAST(coalesce(json_typeof({_server_field('new', 'error')}), 'null') <> 'null' AS INTEGER)",
)
_LITE_ASKED = f"{_lite_field('new', 'polled')} IS NOT NULL"
_SERVER_ASKED = f"coalesce(json_typeof({_server_field('new', 'polled')}), 'null') <> 'null'"

COUNTED = (
    _lite("articles_counted", "INSERT ON articles", _ARTICLE_COUNTED.format(day=_LITE_DAY)),
    *_server("articles_counted", "INSERT ON articles", _ARTICLE_COUNTED.format(day=_SERVER_DAY)),
    *(
        statement
        for statements in (
            (
                _lite(name, event, body, when),
                *_server(name, event, body, when),
            )
            for name, event, body, when in (
                (
                    "articles_recounted",
                    "UPDATE OF status ON articles",
                    _ARTICLE_RECOUNTED,
                    "old.status <> new.status",
                ),
                ("articles_discounted", "DELETE ON articles", _ARTICLE_DISCOUNTED, ""),
            )
        )
        for statement in statements
    ),
    _lite("feeds_counted", "INSERT ON feeds", _LITE_POLL, _LITE_ASKED),
    *_server("feeds_counted", "INSERT ON feeds", _SERVER_POLL, _SERVER_ASKED),
    _lite(
        "feeds_recounted",
        "UPDATE OF state ON feeds",
        _LITE_POLL,
        f"{_LITE_ASKED} AND {_lite_field('new', 'polled')} IS NOT {_lite_field('old', 'polled')}",
    ),
    *_server(
        "feeds_recounted",
        "UPDATE OF state ON feeds",
        _SERVER_POLL,
        f"{_SERVER_ASKED} AND CAST({_server_field('new', 'polled')} AS TEXT)"
        f" IS DISTINCT FROM CAST({_server_field('old', 'polled')} AS TEXT)",
    ),
)
"""Statements that make the triggers of `outlets` and `source_days`."""

LISTED = (
    _lite("stories_listed", "INSERT ON stories", _lite_facets()),
    *_server("stories_listed", "INSERT ON stories", _server_facets()),
    _lite("stories_relisted", "UPDATE ON stories", f"{_UNLISTED} {_lite_facets()}"),
    *_server("stories_relisted", "UPDATE ON stories", f"{_UNLISTED} {_server_facets()}"),
    _lite("stories_unlisted", "DELETE ON stories", _UNLISTED),
    *_server("stories_unlisted", "DELETE ON stories", _UNLISTED),
)
"""Statements that make the triggers of `story_facets`."""
