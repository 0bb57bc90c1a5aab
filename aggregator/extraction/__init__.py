"""Page -> Article: what a fetched page says, without what stands around it.

Bytes and records come in, one `Extraction` goes out: the article, or the reason why the page is none.  The pipeline's
extract step calls `extract` in a worker process; nothing here does any I/O.
"""

from __future__ import annotations

from aggregator.extraction.article import extract
from aggregator.extraction.assembly import NAME, VERSION
from aggregator.extraction.joining import MOST_PAGES, joined
from aggregator.extraction.options import ExtractionOptions
from aggregator.extraction.outlets import Outlets

__all__ = ["MOST_PAGES", "NAME", "VERSION", "ExtractionOptions", "Outlets", "extract", "joined"]
