"""A page read as an article: the parts of this room in their order."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

from aggregator.extraction import assembly
from aggregator.extraction.options import ExtractionOptions
from aggregator.extraction.outlets import Outlets
from aggregator.records import Decision, Extraction, Page, Source


def extract(page: Page, source: Source, outlets: Outlets, options: ExtractionOptions) -> Extraction:
    """What `page` says as an article of `source`, or why it is none.  Pure: no I/O, no clock, and it never raises."""
    try:
        with _uncollected():
            return assembly.read(page, source, outlets, options)
    except MemoryError:
        return _rejected(page, "reading it took too much memory")
    except Exception as error:  # noqa: BLE001 - any page of the Web may come here, none may stop the run
        return _rejected(page, f"extraction failed: {type(error).__name__}: {error}"[:300])


@contextmanager
def _uncollected() -> Iterator[None]:
    """No search for cycles while one page is read: thousands of its elements live at once and are in none, and to look
    through them again and again takes time.  They are freed all the same, and the search goes on after the page."""
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collects:
            gc.enable()


def _rejected(page: Page, reason: str) -> Extraction:
    decision = Decision(what="outcome", choice="rejected", reason=reason)
    return Extraction(page=page, article=None, rejected=reason, decisions=(decision,))
