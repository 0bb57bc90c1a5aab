"""The database as an ordered list of migrations.

Each is one transaction; `PRAGMA user_version`, or the table `schema_version`, counts those that were applied.  Applied
ones are never edited.
Times are seconds since 1970 in UTC.  Records that are only handed back are kept as JSON beside the columns that are
searched; the log's payloads and with them the articles' texts are compressed.
"""

from __future__ import annotations

from aggregator.store.dialect import POSTGRES_ONLY, SQLITE_ONLY
from aggregator.store.triggers import COUNTED, LISTED

MIGRATIONS: tuple[tuple[str, ...], ...] = (
    (
        # One row per started run; a run that is not ended and whose lock nobody holds has died.
        """CREATE TABLE runs (
            run_id TEXT PRIMARY KEY, spider TEXT NOT NULL, selection TEXT NOT NULL, pid INTEGER NOT NULL,
            started REAL NOT NULL, ended REAL, outcome TEXT
        )""",
        """CREATE TABLE feeds (
            feed TEXT PRIMARY KEY, source_id TEXT NOT NULL, next_due REAL, state BLOB NOT NULL
        )""",
        "CREATE TABLE hosts (host TEXT PRIMARY KEY, quiet_until REAL NOT NULL, reason TEXT NOT NULL)",
        # The durable frontier: one row per URL key, pending until its page has an outcome.
        """CREATE TABLE frontier (
            key TEXT PRIMARY KEY, url TEXT NOT NULL, host TEXT NOT NULL, source_id TEXT NOT NULL,
            state TEXT NOT NULL CHECK (state IN ('pending', 'stored', 'duplicate', 'failed', 'rejected')),
            owner TEXT, rank REAL NOT NULL, not_before REAL NOT NULL, attempts INTEGER NOT NULL DEFAULT 0,
            reason TEXT NOT NULL DEFAULT '', status INTEGER, via TEXT NOT NULL, first_seen REAL NOT NULL,
            fruitless INTEGER NOT NULL DEFAULT 0, settled REAL, article_id TEXT, sighting BLOB NOT NULL
        )""",
        "CREATE INDEX frontier_pending ON frontier (host, rank) WHERE state = 'pending'",
        "CREATE INDEX frontier_owner ON frontier (owner) WHERE owner IS NOT NULL",
        "CREATE INDEX frontier_followed ON frontier (source_id, first_seen) WHERE via = 'relation'",
        # `mark` is a digest of what the entry said: another one means that the page is worth reading again.
        """CREATE TABLE sightings (
            key TEXT NOT NULL, feed TEXT NOT NULL, via TEXT NOT NULL, first_seen REAL NOT NULL, mark TEXT NOT NULL,
            PRIMARY KEY (key, feed, via)
        ) WITHOUT ROWID""",
        # `seq` is the log row that holds the article's latest form; `listed` is 1 once it stands in articles.jsonl.
        """CREATE TABLE articles (
            id TEXT PRIMARY KEY, source_id TEXT NOT NULL, region TEXT, language TEXT, url TEXT NOT NULL,
            status TEXT NOT NULL CHECK (status IN ('unique', 'duplicate')), root TEXT NOT NULL, level TEXT,
            revision INTEGER NOT NULL, first_seq INTEGER NOT NULL, seq INTEGER NOT NULL, listed INTEGER NOT NULL,
            published REAL, fetched REAL NOT NULL, text_hash TEXT NOT NULL, content_hashes TEXT NOT NULL
        )""",
        "CREATE INDEX articles_text ON articles (text_hash)",
        "CREATE INDEX articles_root ON articles (root) WHERE status = 'duplicate'",
        "CREATE UNIQUE INDEX articles_order ON articles (first_seq)",
        "CREATE TABLE aliases (key TEXT PRIMARY KEY, article_id TEXT NOT NULL) WITHOUT ROWID",
        "CREATE INDEX aliases_article ON aliases (article_id)",
        """CREATE TABLE guids (
            source_id TEXT NOT NULL, guid TEXT NOT NULL, article_id TEXT NOT NULL, PRIMARY KEY (source_id, guid)
        ) WITHOUT ROWID""",
        """CREATE TABLE relations (
            article_id TEXT NOT NULL, position INTEGER NOT NULL, key TEXT NOT NULL, url TEXT NOT NULL,
            type TEXT NOT NULL, target_id TEXT, PRIMARY KEY (article_id, position)
        ) WITHOUT ROWID""",
        "CREATE INDEX relations_open ON relations (key) WHERE target_id IS NULL",
        # AUTOINCREMENT under BEGIN IMMEDIATE: no number is given twice, none is left out.
        """CREATE TABLE log (
            seq INTEGER PRIMARY KEY AUTOINCREMENT, at REAL NOT NULL, kind TEXT NOT NULL, run_id TEXT NOT NULL,
            listed INTEGER NOT NULL, payload BLOB NOT NULL
        )""",
        "CREATE INDEX log_checkpoints ON log (seq) WHERE kind = 'checkpoint'",
        """CREATE TABLE events (
            n INTEGER PRIMARY KEY, at REAL NOT NULL, subject TEXT NOT NULL, what TEXT NOT NULL,
            choice TEXT NOT NULL, reason TEXT NOT NULL
        )""",
        "CREATE INDEX events_subject ON events (subject)",
    ),
    (
        # Samples of the unique articles' texts, by which a newcomer finds what it may be a copy of.
        """CREATE TABLE shingles (
            hash INTEGER NOT NULL, day INTEGER NOT NULL, article INTEGER NOT NULL, PRIMARY KEY (hash, day, article)
        ) WITHOUT ROWID""",
    ),
    (
        # How often in a row a host has refused: each time it is left alone for longer.
        "ALTER TABLE hosts ADD COLUMN refusals INTEGER NOT NULL DEFAULT 0",
        # One row per authority (scheme, host, port); `text` is the last copy that could be read, compressed.
        """CREATE TABLE robots (
            authority TEXT PRIMARY KEY, asked REAL NOT NULL, expires REAL NOT NULL, status INTEGER, text BLOB NOT NULL,
            read REAL, problem TEXT NOT NULL, failures INTEGER NOT NULL, failing_since REAL
        )""",
    ),
    (
        # How each source was doing when that was last told; one that has no row is well.
        "CREATE TABLE health (source_id TEXT PRIMARY KEY, state TEXT NOT NULL, since REAL NOT NULL)",
        "CREATE INDEX frontier_seen ON frontier (source_id, first_seen, state)",
    ),
    (
        # Which story each unique article stands in; `n` is the order in which they were placed.
        """CREATE TABLE placements (
            n INTEGER PRIMARY KEY AUTOINCREMENT, article_id TEXT NOT NULL UNIQUE, story_id TEXT NOT NULL,
            role TEXT NOT NULL, score REAL NOT NULL, via TEXT NOT NULL
        )""",
        "CREATE INDEX placements_story ON placements (story_id)",
        # `record` is the story as it stood when it last changed; `into_id` is where a merged one went.
        """CREATE TABLE stories (
            id TEXT PRIMARY KEY, into_id TEXT, first REAL NOT NULL, last REAL NOT NULL, size INTEGER NOT NULL,
            closed INTEGER NOT NULL DEFAULT 0, record TEXT NOT NULL
        )""",
        "CREATE INDEX stories_last ON stories (last) WHERE into_id IS NULL",
        "ALTER TABLE articles ADD COLUMN placed INTEGER NOT NULL DEFAULT 0",
        "CREATE INDEX articles_unplaced ON articles (first_seq) WHERE status = 'unique' AND placed = 0",
        "CREATE INDEX relations_target ON relations (target_id) WHERE target_id IS NOT NULL",
    ),
    # Articles that were taken out for good; their addresses stay among the aliases, so that they do not come back.
    ("CREATE TABLE forgotten (article_id TEXT PRIMARY KEY, at REAL NOT NULL, reason TEXT NOT NULL) WITHOUT ROWID",),
    (
        # `record` is all that is known of a source's health, what speaks for another state included.
        "ALTER TABLE health ADD COLUMN record TEXT",
        "UPDATE health SET state = 'stale' WHERE state = 'silent'",
    ),
    (
        # Where each fetched page stands in the archives; `whole` is 0 where an earlier record holds the body.
        """CREATE TABLE captures (
            file TEXT NOT NULL, position INTEGER NOT NULL, length INTEGER NOT NULL, key TEXT NOT NULL,
            url TEXT NOT NULL, at REAL NOT NULL, digest TEXT NOT NULL, whole INTEGER NOT NULL,
            PRIMARY KEY (file, position)
        )""",
        "CREATE INDEX captures_key ON captures (key)",
        "CREATE INDEX captures_digest ON captures (digest)",
        "CREATE INDEX captures_at ON captures (at, file, position)",
    ),
    # Archives that were read to their end; `work` is a digest of the file and of what was chosen of it.
    (
        """CREATE TABLE archives_read (
            work TEXT PRIMARY KEY, name TEXT NOT NULL, pages INTEGER NOT NULL, at REAL NOT NULL
        ) WITHOUT ROWID""",
    ),
    # What the newsroom's page asks for: full text, and lists and counts that are kept by triggers (browsing.py).
    (
        f"{SQLITE_ONLY} CREATE VIRTUAL TABLE words USING fts5 (headline, body, marks, content = '',"
        " tokenize = 'unicode61 remove_diacritics 0')",
        f"""{SQLITE_ONLY} INSERT INTO words (rowid, headline, body, marks)
            SELECT first_seq, indexed_column(kind, payload, 0), indexed_column(kind, payload, 1),
                indexed_column(kind, payload, 2)
            FROM articles JOIN log ON log.seq = articles.seq ORDER BY first_seq""",  # noqa: S608 - constants
        # There never was a PostgreSQL database of before, so nothing is filled in there.
        f"{POSTGRES_ONLY} CREATE TABLE words (number BIGINT PRIMARY KEY, vector TSVECTOR NOT NULL)",
        f"{POSTGRES_ONLY} CREATE INDEX words_vector ON words USING gin (vector)",
        """CREATE TABLE outlets (
            source_id TEXT PRIMARY KEY, region TEXT, articles INTEGER NOT NULL, copies INTEGER NOT NULL, last REAL
        ) WITHOUT ROWID""",
        """CREATE TABLE source_days (
            source_id TEXT NOT NULL, day INTEGER NOT NULL, polls INTEGER NOT NULL DEFAULT 0,
            failures INTEGER NOT NULL DEFAULT 0, new INTEGER NOT NULL DEFAULT 0, copies INTEGER NOT NULL DEFAULT 0,
            PRIMARY KEY (source_id, day)
        ) WITHOUT ROWID""",
        "CREATE INDEX source_days_day ON source_days (day)",
        f"""{SQLITE_ONLY} INSERT INTO outlets (source_id, region, articles, copies, last)
            SELECT source_id, max(region), sum(status = 'unique'), sum(status = 'duplicate'), max(fetched)
            FROM articles GROUP BY source_id""",  # noqa: S608
        f"""{SQLITE_ONLY} INSERT INTO source_days (source_id, day, new, copies)
            SELECT source_id, CAST(fetched / 86400 AS INTEGER), sum(status = 'unique'), sum(status = 'duplicate')
            FROM articles GROUP BY 1, 2""",  # noqa: S608
        *COUNTED,
        """CREATE TABLE story_facets (
            kind TEXT NOT NULL, value TEXT NOT NULL, last REAL NOT NULL, story_id TEXT NOT NULL, size INTEGER NOT NULL,
            PRIMARY KEY (kind, value, last, story_id)
        ) WITHOUT ROWID""",
        "CREATE INDEX story_facets_size ON story_facets (kind, value, size, last)",
        "CREATE INDEX story_facets_story ON story_facets (story_id, kind, value)",
        "CREATE INDEX stories_size ON stories (size, last) WHERE into_id IS NULL",
        *LISTED,
        "UPDATE stories SET closed = closed",  # for the trigger
    ),
)
"""Number n (1 first) brings the database from version n-1 to n."""

VERSION = len(MIGRATIONS)
