"""The model of languages, laid in a file that all workers map: it counts for each as far as it looks at it."""

from __future__ import annotations

import logging
import mmap
import os
import tempfile
from typing import Any

from pipelines import memory

log = logging.getLogger(__name__)

_mapped: list[mmap.mmap] = []


def mapped(data: Any) -> memoryview:
    """The bytes of a buffer, in a file without a name that this process and its forks map; raises OSError."""
    with tempfile.TemporaryFile() as file:
        file.write(data)
        file.flush()
        view = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    _mapped.append(view)
    return memoryview(view)


def share_languages() -> bool:
    """Moves the two tables of py3langid's model (70 MB) into files; whether it could.

    Nothing is lost where it could not: another release of the library, a full disk.  Each worker has a copy then,
    which it shares with the others as long as nobody writes to it.
    """
    import numpy
    import py3langid

    model = py3langid.langid.IDENTIFIER
    try:
        table, after = model.nb_ptc, model.tk_nextmove
        # The indices of the walk are read one by one: of a memoryview as fast as of an array.
        moved = mapped(after).cast(after.typecode)
        likely = numpy.frombuffer(mapped(numpy.ascontiguousarray(table)), dtype=table.dtype).reshape(table.shape)
        whole = likely, *model._full_model[1:]
        model.nb_ptc, model.tk_nextmove, model._full_model = likely, moved, whole
    except (AttributeError, TypeError, ValueError, OSError) as error:
        log.warning("the model of languages is not shared: %s", error)
        return False
    return True


_least: dict[int, int] = {}
"""Process -> bytes of files that it held when it was first asked: a fork has its own."""


def forget(beyond: int = 0) -> None:
    """Lets go of what this process has looked at, where that is more than `beyond` bytes.

    It is there again when it is looked at: the file is in the system's cache.
    """
    held = memory.from_files()
    if held >= _least.setdefault(os.getpid(), held) + beyond and hasattr(mmap, "MADV_DONTNEED"):
        for view in _mapped:
            view.madvise(mmap.MADV_DONTNEED)
