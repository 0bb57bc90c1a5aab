"""Waiting for what another process or server does: its outcome can only be watched."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

Found = TypeVar("Found")

PATIENCE = 60.0
"""Seconds: more than any of these waits takes on a busy machine."""
_PAUSE = 0.02


def until(what: Callable[[], Found], within: float = PATIENCE, told: Callable[[], object] = str) -> Found:
    """What `what` gives as soon as that is true; fails after `within` seconds with what `told` has to say."""
    end = time.monotonic() + within
    while not (found := what()):
        assert time.monotonic() < end, f"it did not happen within {within:g} s\n{told()}"
        time.sleep(_PAUSE)
    return found
