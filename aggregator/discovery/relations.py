"""An article's relations as Sightings: the pages that its editors point to."""

from __future__ import annotations

from datetime import datetime

from aggregator.records import Article, Sighting
from aggregator.urls import absolute, key, same_site


def follow(article: Article, sighting: Sighting, *, depth: int, now: datetime) -> tuple[Sighting, ...]:
    """Sightings of the relations' targets that may be fetched: same site, at most `depth` relations away.

    `sighting` is what the article itself was fetched for; what it was is what its targets are one step further from.
    """
    if sighting.depth >= depth:
        return ()
    own = {key(article.url), key(article.canonical_url)}
    found: dict[str, Sighting] = {}
    for relation in article.relations:
        url = absolute(relation.url)
        if url is None or key(url) in own or not same_site(url, article.url):
            continue
        found.setdefault(
            key(url),
            Sighting(
                url=url.partition("#")[0],
                source_id=sighting.source_id,
                via="relation",
                first_seen=now,
                headline=relation.anchor,
                depth=sighting.depth + 1,
                referrer=article.id,
            ),
        )
    return tuple(found.values())
