"""Reads one page for `aggregator extract`: from a file or from the network, nothing is stored."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console

from aggregator import config as configuration
from aggregator.config import Config
from aggregator.errors import InputError
from aggregator.extraction import Outlets, extract
from aggregator.operations import crawls
from aggregator.operations.display import Display
from aggregator.records import Extraction, Page, Sighting
from aggregator.urls import absolute


def read(config: Config, subject: str, url: str | None) -> Extraction:
    """The extraction of a file (with the URL it came from) or of a URL; raises InputError where it cannot be had."""
    catalogue = configuration.catalogue(config)
    page = _fetched(config, subject) if "://" in subject[:9] else _stored(subject, url)
    source = catalogue.by_url(page.url) or catalogue.ad_hoc(page.url)
    return extract(page, source, Outlets.of(catalogue.sources), config.extraction)


def _stored(name: str, url: str | None) -> Page:
    address = absolute(url) if url else None
    if address is None:
        raise InputError(
            "say with --url URL where the file was fetched from: links and times depend on it", subject=name
        )
    try:
        body = Path(name).read_bytes()
    except OSError as error:
        raise InputError(f"{name} cannot be read: {error.strerror}", subject=name) from error
    now = datetime.now(UTC)
    sighting = Sighting(url=address, source_id="given", via="given", first_seen=now)
    return Page(sighting=sighting, url=address, status=200, body=body, fetched=now)


def _fetched(config: Config, url: str) -> Page:
    display = Display(Console(stderr=True), quiet=True)
    for item in crawls.probe(config, "page", {"url": url}, display):
        if isinstance(item, Page):
            return item
        raise InputError(f"{url}: {item['problem']}", subject=url)
    raise InputError(f"{url}: it could not be fetched", subject=url)
