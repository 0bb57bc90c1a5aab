"""The error tree.

    AggregatorError                 anything this program says about itself
    ├── ConfigError                 a file or an option is wrong         .file .key
    ├── ProjectNotFound             no config/aggregator.toml here
    ├── SourceError                 a catalogue entry or selection       .source_id
    ├── InputError                  a file or URL given by the user      .subject
    ├── StoreError                  the database                         .path
    │   ├── NewerSchema             written by a later version
    │   └── StoreUnavailable        cannot be opened, written or locked
    ├── WorkersLost                 nobody is left who reads pages       .address
    ├── JournalError                the files under data/                .path
    └── StateError                  a saved state that cannot be used    .reason

Every error carries its subject as an attribute and says in its message what
to do next.  Expected failures of the outside world (a feed that is down, a
page without a text) are no errors: they are outcomes, kept in the store.
"""

from __future__ import annotations

from pathlib import Path


class AggregatorError(Exception):
    """Base of all errors that are meant to be read by a person."""


class ConfigError(AggregatorError):
    """A configuration or catalogue file does not say what it should."""

    def __init__(self, message: str, *, file: Path | str | None = None, key: str | None = None) -> None:
        self.file, self.key = file, key
        where = ": ".join(str(part) for part in (file, key) if part)
        super().__init__(f"{where}: {message}" if where else message)


class ProjectNotFound(AggregatorError):
    """No project folder (one with config/aggregator.toml) here or above."""


class SourceError(AggregatorError):
    """A source, region or feed that was asked for does not exist."""

    def __init__(self, message: str, *, source_id: str | None = None) -> None:
        self.source_id = source_id
        super().__init__(message)


class InputError(AggregatorError):
    """A file or URL that the user named cannot be used."""

    def __init__(self, message: str, *, subject: str | None = None) -> None:
        self.subject = subject
        super().__init__(message)


class StoreError(AggregatorError):
    """The database cannot do what was asked."""

    def __init__(self, message: str, *, path: Path | str | None = None) -> None:
        self.path = path
        super().__init__(message)


class NewerSchema(StoreError):
    """The database was written by a later version of this program."""


class StoreUnavailable(StoreError):
    """The database cannot be opened, written or locked."""


class WorkersLost(AggregatorError):
    """Nobody is left who reads pages: the cluster is gone (`address`), or processes die as soon as they start."""

    def __init__(self, message: str, *, address: str | None = None) -> None:
        self.address = address
        super().__init__(message)


class JournalError(AggregatorError):
    """A file of the journal is not what the store's log says it should be."""

    def __init__(self, message: str, *, path: Path | str | None = None) -> None:
        self.path = path
        super().__init__(message)


class StateError(AggregatorError):
    """A saved state cannot be used: it is damaged, of another version, or was made with other options.

    `reason` is "damaged", "version" or "options"; nothing of it was taken, and what it was made from makes it again.
    """

    def __init__(self, message: str, *, reason: str) -> None:
        self.reason = reason
        super().__init__(message)
