"""Articles as Parquet, for analysts: a folder of files by day and region, nested fields kept.

The columns are those of `records.Article`, in their order; two more, `day` and `region`, stand in the folders' names.
"""

from __future__ import annotations

import dataclasses
import typing
from collections.abc import Iterable
from datetime import datetime
from itertools import islice
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, Literal, Union

from aggregator.encoding import to_plain
from aggregator.errors import InputError
from aggregator.records import Article

ROWS = 20_000
"""Articles that are held at once."""
UNKNOWN = "unknown"
"""Region of sources that have none."""


def write(articles: Iterable[Article], folder: Path) -> int:
    """Writes the articles below `folder` as day=YYYY-MM-DD/region=NAME/*.parquet; how many there were.

    The day is that of publication, else of fetching, in UTC.  Raises InputError where the extra is missing, or the
    folder has files already.
    """
    try:
        import pyarrow as pa
        from pyarrow import dataset
    except ImportError as error:
        raise InputError('Parquet needs the extra: pip install "regional-news-aggregator[parquet]"') from error
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise InputError(f"{folder} is there already: name a new or an empty folder", subject=str(folder))
    schema = pa.schema([*_type(Article), pa.field("day", pa.string()), pa.field("region", pa.string())])
    partitions = dataset.partitioning(pa.schema([("day", pa.string()), ("region", pa.string())]), flavor="hive")
    folder.mkdir(parents=True, exist_ok=True)
    remaining, count, part = iter(articles), 0, 0
    while some := [_row(each) for each in islice(remaining, ROWS)]:
        dataset.write_dataset(
            pa.Table.from_pylist(some, schema=schema),
            folder,
            format="parquet",
            partitioning=partitions,
            max_partitions=ROWS,
            basename_template=f"articles-{part}-{{i}}.parquet",
            existing_data_behavior="overwrite_or_ignore",
        )
        count, part = count + len(some), part + 1
    return count


def _row(article: Article) -> dict[str, Any]:
    when = article.published or article.fetched
    row: dict[str, Any] = to_plain(article)
    return row | {"day": f"{when:%Y-%m-%d}", "region": article.source.region or UNKNOWN}


def _type(kind: Any) -> Any:
    """The Arrow type of a record's field, as its annotation says."""
    import pyarrow as pa

    origin, inside = typing.get_origin(kind), typing.get_args(kind)
    if origin in (Union, UnionType):
        (kept,) = (each for each in inside if each is not NoneType)
        return _type(kept)
    if origin is tuple:
        return pa.list_(_type(inside[0]))
    if origin is Literal:
        return pa.string()
    if dataclasses.is_dataclass(kind):
        hints = typing.get_type_hints(kind)
        return pa.struct([pa.field(each.name, _type(hints[each.name])) for each in dataclasses.fields(kind)])
    return {
        str: pa.string(),
        int: pa.int64(),
        float: pa.float64(),
        bool: pa.bool_(),
        datetime: pa.timestamp("us", "UTC"),
    }[kind]
