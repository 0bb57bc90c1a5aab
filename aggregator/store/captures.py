"""Where fetched pages stand in the archives."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from aggregator.records import Capture
from aggregator.store.connection import unit_of_work
from aggregator.store.database import moment, seconds
from aggregator.store.takedown import SqlTakedown

_BATCH = 500


class SqlCaptures(SqlTakedown):
    """Keeps `interface.Captures`."""

    @unit_of_work
    def add_capture(self, capture: Capture) -> None:
        # The record itself can be found again in its file: not worth a wait for the disk.
        with self.transaction(lasting=False):
            self._insert(capture)

    def _insert(self, capture: Capture) -> None:
        self.execute(
            "INSERT INTO captures (file, position, length, key, url, at, digest, whole)"
            " VALUES (:file, :position, :length, :key, :url, :at, :digest, :whole)",
            file=capture.file,
            position=capture.position,
            length=capture.length,
            key=capture.key,
            url=capture.url,
            at=seconds(capture.at),
            digest=capture.digest,
            whole=int(capture.whole),
        )

    def captures(self, keys: Iterable[str] | None = None) -> Iterator[Capture]:
        if keys is not None:
            found = [
                _capture(row)
                for key in dict.fromkeys(keys)
                for row in self.rows("SELECT * FROM captures WHERE key = :key", key=key)
            ]
            yield from sorted(found, key=lambda one: (one.at, one.file, one.position))
            return
        at, file, position = -1.0, "", -1
        while rows := self.rows(
            "SELECT * FROM captures WHERE at > :at OR (at = :at AND (file > :file OR (file = :file AND"
            " position > :position))) ORDER BY at, file, position LIMIT :limit",
            at=at,
            file=file,
            position=position,
            limit=_BATCH,
        ):
            yield from map(_capture, rows)
            at, file, position = rows[-1]["at"], rows[-1]["file"], rows[-1]["position"]

    def whole_capture(self, digest: str) -> Capture | None:
        row = self.row(
            "SELECT * FROM captures WHERE digest = :digest AND whole = 1 ORDER BY at DESC LIMIT 1", digest=digest
        )
        return _capture(row) if row else None

    def captures_in(self, file: str) -> list[Capture]:
        return [
            _capture(row) for row in self.rows("SELECT * FROM captures WHERE file = :file ORDER BY position", file=file)
        ]

    def archive_files(self) -> list[str]:
        rows = self.rows("SELECT file FROM captures GROUP BY file ORDER BY min(at), file")
        return [row["file"] for row in rows]

    def captures_read(self, file: str) -> list[Capture]:
        return [
            _capture(row)
            for row in self.rows(
                "SELECT captures.* FROM captures JOIN aliases USING (key) JOIN articles ON articles.id = article_id"
                " WHERE file = :file AND fetched = at AND status = 'unique' ORDER BY position",
                file=file,
            )
        ]

    @unit_of_work
    def replace_captures(
        self, file: str, captures: Sequence[Capture], gone: Iterable[str], replace: Callable[[], None]
    ) -> None:
        with self.transaction():
            self.execute("DELETE FROM captures WHERE file = :file", file=file)
            for capture in captures:
                self._insert(capture)
            for digest in gone:
                self.execute("DELETE FROM captures WHERE digest = :digest", digest=digest)
            replace()


def _capture(row: Any) -> Capture:
    at = moment(row["at"])
    assert at is not None
    return Capture(
        key=row["key"],
        url=row["url"],
        at=at,
        digest=row["digest"],
        file=row["file"],
        position=row["position"],
        length=row["length"],
        whole=bool(row["whole"]),
    )
