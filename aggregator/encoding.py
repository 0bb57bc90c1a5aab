"""Records to JSON and back: one encoding for the store, the journal and the command line.

Null fields are left out, arrays never are; times are RFC 3339 in UTC with `Z`; keys stand in the order of the record.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, TypeVar

import msgspec

T = TypeVar("T")

_encoder = msgspec.json.Encoder(decimal_format="number")


def to_plain(record: object) -> Any:
    """`record` as dicts, lists and plain values, null fields left out."""
    return _pruned(msgspec.to_builtins(record, builtin_types=(datetime,)))


def to_json(record: object) -> bytes:
    """`record` as one line of UTF-8 JSON, without the newline."""
    return _encoder.encode(to_plain(record))


def from_json(data: bytes, kind: type[T]) -> T:
    """The record of type `kind` that `to_json` wrote; unknown fields are ignored."""
    return msgspec.json.decode(data, type=kind, strict=False)


def _pruned(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _pruned(item) for name, item in value.items() if item is not None}
    if isinstance(value, list | tuple):
        return [_pruned(item) for item in value]
    if isinstance(value, datetime):
        return value.astimezone(UTC)
    return value
