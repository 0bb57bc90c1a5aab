"""What the store needs of a database: statements, rows by name, transactions, and names held while a process lives.

The store's classes speak to this and to no database.  Their SQL is what SQLite and PostgreSQL both understand, with
values named `:so`; `json_each(:names)` gives the elements of a JSON list as rows with the column `value`.  What a
database does otherwise is done below this (`dialect.py` for PostgreSQL).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from functools import wraps
from pathlib import Path
from typing import Any, Concatenate, Literal, ParamSpec, Protocol, TypeVar

Result = TypeVar("Result")
Given = ParamSpec("Given")


class Row(Protocol):
    """One row: by the name of a column or its place, and in the order of its columns."""

    def __getitem__(self, column: Any, /) -> Any: ...

    def __iter__(self) -> Iterator[Any]: ...

    def keys(self) -> list[str]:
        """The names of its columns."""
        ...


class Connection(Protocol):
    """An open database.  Every method raises StoreError and its kinds."""

    kind: Literal["sqlite", "postgres"]
    """whose words are spoken where both have their own: an index of words"""
    place: Path | str
    """where it is, for messages: a path, or an address without its password"""

    def run(self, statement: str, values: Mapping[str, Any]) -> int:
        """Runs one statement; how many rows it changed."""
        ...

    def insert(self, statement: str, number: str, values: Mapping[str, Any]) -> int:
        """Inserts one row; what the database gave it as its number, in the column of that name."""
        ...

    def rows(self, query: str, values: Mapping[str, Any]) -> Sequence[Row]:
        """All rows of a query."""
        ...

    def row(self, query: str, values: Mapping[str, Any]) -> Row | None:
        """The first row of a query, or None."""
        ...

    def transaction(self, *, lasting: bool = True) -> AbstractContextManager[None]:
        """All or nothing, one process at a time; one that is not `lasting` may be lost in a power cut."""
        ...

    def outlast(self, work: Callable[[], Result]) -> Result:
        """Does a unit of work, again where the connection was cut in its middle and nothing of it was kept."""
        ...

    def fill(self, statement: str, rows: Sequence[Mapping[str, Any]]) -> None:
        """Runs one statement for each of many rows."""
        ...

    def go_on(self, table: str, column: str) -> None:
        """Lets the numbers that the database gives in a column go on after the highest one there."""
        ...

    def erasing(self) -> AbstractContextManager[None]:
        """What is deleted or replaced within is overwritten at its end, as far as the database can do that."""
        ...

    def only_read(self) -> None:
        """From now on nothing can be written here."""
        ...

    def close(self) -> None:
        """Closes the connection."""
        ...


class Held(Protocol):
    """Names that this process holds until it lets go or dies: the system, or the server, sees to that."""

    def take(self, name: str) -> bool:
        """Takes a name at once; False where somebody holds it, this very process included."""
        ...

    def drop(self, name: str) -> None:
        """Lets go of a name; of one that is not held, nothing."""
        ...


class Spoken:
    """Has a connection."""

    connection: Connection


Keeper = TypeVar("Keeper", bound=Spoken)


class Again(Iterable[Result]):
    """What an iterator gives, as often as it is asked; it is drawn from only as far as it was read.

    One that failed itself cannot go on, so its failure is said again rather than its rest left out.
    """

    def __init__(self, source: Iterator[Result]) -> None:
        self._source, self._drawn = source, list[Result]()
        self._failure: Exception | None = None

    def __iter__(self) -> Iterator[Result]:
        yield from self._drawn
        if self._failure is not None:
            raise self._failure
        while True:
            try:
                item = next(self._source)
            except StopIteration:
                return
            except Exception as failure:
                self._failure = failure
                raise
            self._drawn.append(item)
            yield item


def unit_of_work(
    method: Callable[Concatenate[Keeper, Given], Result],
) -> Callable[Concatenate[Keeper, Given], Result]:
    """A method that is one transaction: where the connection is cut in its middle it is done once more.

    What it is given as an iterator is read inside the transaction, and given again; where reading it needs the store,
    it has to be an iterable that begins anew.
    """

    @wraps(method)
    def whole(self: Keeper, /, *words: Given.args, **named: Given.kwargs) -> Result:
        kept: Any = [Again(word) if isinstance(word, Iterator) else word for word in words]
        return self.connection.outlast(lambda: method(self, *kept, **named))

    return whole
