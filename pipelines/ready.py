"""What every worker needs, loaded once: workers are forked from a small process that has imported this module.

They share its libraries and its model of languages (90 MB), and read their first page as fast as any other.
"""

from __future__ import annotations

import gc
import os

# Before numpy is there: its threads would not live on in a worker, and each would have a heap of its own.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from datetime import UTC, datetime

from aggregator.extraction import ExtractionOptions, Outlets, extract
from aggregator.records import Page, Sighting, Source
from pipelines import shared
from pipelines.memory import return_large_blocks, trim

_SENTENCE = "The council has read the report of the harbour, said the mayor on Monday, and will open the bridge."
_HTML = (
    "<html lang='en'><head><title>The council opens the bridge</title></head><body><article>"
    f"<h1>The council opens the bridge</h1>{f'<p>{_SENTENCE} {_SENTENCE}</p>' * 12}</article></body></html>"
)


def read_one() -> bool:
    """Reads a page of its own, so that whatever is loaded with the first page is there; whether it was an article."""
    url, then = "https://ready.example/2026/06/01/the-council-opens-the-bridge", datetime(2026, 6, 1, tzinfo=UTC)
    sighting = Sighting(url=url, source_id="ready", via="rss", first_seen=then)
    page = Page(sighting=sighting, url=url, status=200, body=_HTML.encode(), fetched=then)
    found = extract(page, Source(id="ready", name="Ready"), Outlets.of([]), ExtractionOptions())
    return found.article is not None


if __name__ != "__main__":
    return_large_blocks()
    read_one()
    shared.share_languages()
    shared.forget()
    gc.collect()
    gc.freeze()  # a search for cycles in a worker would write to what is shared
    trim()
