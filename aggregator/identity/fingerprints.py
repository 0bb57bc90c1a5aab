"""What an article is known by."""

from __future__ import annotations

from aggregator.identity.sameness import Text
from aggregator.identity.shingles import sample
from aggregator.records import Extraction, Fingerprint
from aggregator.text import digest, fold
from aggregator.urls import key


def fingerprint(extraction: Extraction, keys: tuple[str, ...] | None = None) -> Fingerprint:
    """The fingerprint of the article that an extraction gave; ValueError where it gave none.

    The text's digest is taken over its folded words, so that copies retyped with other quotes, dashes or letter
    forms agree.  The content's digest covers what a revision is made for: headline, text, authors, time.  `keys` may
    give those of its addresses, where they are known.
    """
    article, sighting = extraction.article, extraction.page.sighting
    if article is None:
        raise ValueError(f"no article was read from {extraction.page.url}: {extraction.rejected}")
    text = Text.of(article.headline, article.text)
    folded = text.folded
    addresses = dict.fromkeys((article.canonical_url, article.url, sighting.url))
    published = article.published.isoformat() if article.published else article.published_local or ""
    return Fingerprint(
        extraction=extraction,
        article=article,
        url_keys=tuple(dict.fromkeys(map(key, addresses))) if keys is None else keys,
        guid=sighting.guid,
        text_hash=digest(folded),
        content_hash=digest(fold(article.headline), folded, *sorted(article.authors), published),
        words=text.count,
        shingles=tuple(text.hashes.tolist()),
        sample=tuple(sample(text.hashes).tolist()),
    )
