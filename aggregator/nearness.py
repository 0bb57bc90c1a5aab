"""Which known texts a newcomer is compared with: one rule for every index, in the store and in memory.

An index holds, for each hash of a text's sample, the articles that have it and their day.  It gives the holders of
the newcomer's hashes; what is made of them stands here, so that two indexes never disagree.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from aggregator.records import Article

NEAR_DAYS = 4
"""Days before and after an article's own in which its copies are looked for."""

CANDIDATES = 4
"""Known articles that a newcomer's text is compared with, at most."""

COMMON_AT_LEAST = 2
"""Hashes in common from which a known article is looked at: a single one is a turn of phrase."""

ROUTINE = 4
"""Articles that have a run of words in common from which it is the wording of a form."""

HOLDERS = 24
"""Articles by which one run of words is found: what more have says nothing, and would cost at every look-up."""

OWN_HOLDERS = 1
"""The same for a copy: it is found only by what nobody had before it, so that copies make no wording a form's."""


class Candidate(NamedTuple):
    """A known article, by its number in the index, that a newcomer is to be compared with."""

    number: int
    common: int
    """hashes of its sample that the newcomer has"""
    routine: float
    """share of these that several other articles have too"""


def day_of(article: Article) -> int:
    """The day under which an article stands in an index."""
    moment: datetime = article.published or article.fetched
    return int(moment.timestamp() // 86_400)


def ranked(holders: Iterable[Sequence[int]]) -> list[Candidate]:
    """The best candidates, given the numbers of the articles that hold each of the newcomer's hashes."""
    common: Counter[int] = Counter()
    routine: Counter[int] = Counter()
    for numbers in holders:
        common.update(numbers)
        if len(numbers) >= ROUTINE:
            routine.update(numbers)
    return best(common, routine)


def best(common: Counter[int], routine: Counter[int]) -> list[Candidate]:
    """The best candidates, given how many hashes each article has in common, and of these how many `ROUTINE` have.

    Of two that share as much the one with the lower number: the order must not hang on how an index is built.
    """
    found = [(-count, number) for number, count in common.items() if count >= COMMON_AT_LEAST]
    return [Candidate(number, -count, routine[number] / -count) for count, number in sorted(found)[:CANDIDATES]]
