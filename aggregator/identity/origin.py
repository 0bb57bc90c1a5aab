"""Who had a text first, and who copied whom: from the members of a group of copies to a tree.

The unique article of a group is the one that was read first, which need not be the one that was published first:
outlets are polled at different times.  What was read stays as it is; here it is told where the text comes from.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from aggregator.identity.sameness import Text
from aggregator.records import Article, Publisher
from aggregator.text import words


@dataclass(frozen=True, slots=True, kw_only=True)
class Descent:
    """Where one copy comes from."""

    id: str
    parent: str
    """the earlier member that has most of it"""
    score: float
    """share of its runs of words that the parent has"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where the text of a group comes from."""

    original: str
    """id of the member that had it first"""
    reason: str
    agency: str | None
    """the agency that the members name, where they name one"""
    copies: tuple[Descent, ...]
    """all other members, in the order in which they had it"""


def had_it(article: Article) -> datetime:
    """When an outlet had a text at the latest: as it says, or as it was seen."""
    seen = min((sighting.first_seen for sighting in article.sightings), default=article.fetched)
    return min(article.published, seen) if article.published else seen


def is_agency(publisher: Publisher, agency: str | None) -> bool:
    """Whether a publisher is the agency of that name; editions of it are."""
    named = words(agency or "")
    return bool(named) and (words(publisher.name)[: len(named)] == named or words(publisher.id) == named)


def earlier(known: Article, newcomer: Article) -> tuple[Article, str]:
    """The one of two that had their text first, with a sentence why."""
    agencies = [agency for agency in (known.agency, newcomer.agency) if agency]
    own = [article for article in (known, newcomer) if any(is_agency(article.source, agency) for agency in agencies)]
    if len(own) == 1:
        return own[0], f"{own[0].source.name} is the agency that is named"
    if had_it(newcomer) < had_it(known):
        return (
            newcomer,
            f"{newcomer.source.name} had it at {_moment(newcomer)}, {known.source.name} at {_moment(known)}",
        )
    return known, f"{known.source.name} had it at {_moment(known)}"


def origin(members: Sequence[Article]) -> Origin:
    """Who of a group had it first, and from whom each other one has it; at least one member.

    The agency's own article is the original wherever it is in the group: papers often publish before the agency's
    page is read.  After it members follow by time, and each comes from the one before it that has most of it.
    """
    agency = _agency(members)
    ordered = sorted(
        members,
        key=lambda article: (not is_agency(article.source, agency), had_it(article), article.fetched, article.id),
    )
    first = ordered[0]
    reason = (
        f"{first.source.name} is the agency that is named"
        if is_agency(first.source, agency)
        else f"{first.source.name} had it first, at {_moment(first)}"
    )
    before = [first, *sorted(ordered[1:], key=lambda article: (had_it(article), article.fetched, article.id))]
    hashes = [Text.of(article.headline, article.text).hashes for article in before]
    copies = []
    for place, article in enumerate(before[1:], 1):
        own = hashes[place]
        shares = [np.isin(own, other, assume_unique=True).mean() if own.size else 0.0 for other in hashes[:place]]
        best = int(np.argmax(shares))
        copies.append(Descent(id=article.id, parent=before[best].id, score=round(float(shares[best]), 3)))
    return Origin(original=first.id, reason=reason, agency=agency, copies=tuple(copies))


def _agency(members: Sequence[Article]) -> str | None:
    named = Counter(article.agency for article in members if article.agency)
    return min(named, key=lambda agency: (-named[agency], agency)) if named else None


def _moment(article: Article) -> str:
    return f"{had_it(article):%Y-%m-%d %H:%M}"
