"""Extraction -> Fingerprint; pages that are no article go on as they are."""

from __future__ import annotations

from aggregator.identity import fingerprint
from aggregator.records import Extraction, Fingerprint


class Identify:
    """Third stage: what the article is known by.  The verdict itself is taken inside the store's transaction."""

    def process_item(self, extraction: Extraction) -> Extraction | Fingerprint:
        return extraction if extraction.article is None else fingerprint(extraction)
