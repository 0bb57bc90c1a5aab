"""What a process asks of its C library and its system about memory.  On Linux alone; elsewhere nothing happens."""

from __future__ import annotations

import ctypes
import gc
import os
import sys
from contextlib import suppress
from pathlib import Path

_MMAP_THRESHOLD, _ARENA_MAX = -3, -8
"""Names of glibc's `mallopt` (malloc.h)."""
BLOCK = 250_000
"""Bytes.  A larger block is the system's own, and goes back to it at once when it is freed.  Left alone, glibc raises
this bound to 32 MB with the first body of that size, and keeps what bodies leave behind."""
_ARENAS = 2
"""Heaps of the C library that threads share; by default there are eight for each core, each with its own leftovers."""
_RESIDENT, _SHARED, _DATA = 1, 2, 5
"""Columns of /proc/PID/statm (proc_pid_statm(5)), in pages."""


def return_large_blocks() -> None:
    """Makes this process hand large blocks back to the system as soon as they are free."""
    if sys.platform == "linux":
        with suppress(OSError, AttributeError):  # another C library has no such function
            library = ctypes.CDLL(None)
            library.mallopt(_MMAP_THRESHOLD, BLOCK)
            library.mallopt(_ARENA_MAX, _ARENAS)


def trim() -> None:
    """Hands the memory of many small blocks (a tree) back to the system, which the C library keeps otherwise."""
    if sys.platform == "linux":
        with suppress(OSError, AttributeError):
            ctypes.CDLL(None).malloc_trim(0)


_smallest: dict[int, int] = {}
"""Process -> bytes that it had after it was last trimmed: a fork has its own."""


def trim_above(growth: int) -> None:
    """Trims this process if it has grown by more than `growth` bytes since it was trimmed last, or first asked."""
    now = _own()
    if now > _smallest.setdefault(os.getpid(), now) + growth:
        gc.collect()
        trim()
        _smallest[os.getpid()] = _own()


def _own() -> int:
    return _taken(_RESIDENT) - _taken(_SHARED)


def from_files() -> int:
    """Bytes of files, libraries among them, that this process has looked at: what it holds and others may share."""
    return _taken(_SHARED)


def allow_growth(limit: int) -> None:
    """Lets this process take `limit` bytes more than it has now; beyond, the system refuses and MemoryError is raised.

    What libraries have reserved before counts for nothing, so the limit is that of the task at hand.
    """
    if sys.platform != "linux":
        return
    try:
        import resource

        _, hard = resource.getrlimit(resource.RLIMIT_DATA)
        soft = _taken(_DATA) + limit
        resource.setrlimit(resource.RLIMIT_DATA, (soft if hard == resource.RLIM_INFINITY else min(soft, hard), hard))
    except (OSError, ValueError):
        return  # a system that has no such limit: that of time is left


def allow_all() -> None:
    """Takes back what `allow_growth` has set: what comes between two tasks is none of theirs."""
    if sys.platform == "linux":
        import resource

        with suppress(OSError, ValueError):
            _, hard = resource.getrlimit(resource.RLIMIT_DATA)
            resource.setrlimit(resource.RLIMIT_DATA, (hard, hard))


def _taken(column: int) -> int:
    """A figure of /proc/self/statm in bytes; 0 where there is none."""
    with suppress(OSError, ValueError, IndexError):
        return int(Path("/proc/self/statm").read_text().split()[column]) * os.sysconf("SC_PAGE_SIZE")
    return 0
