"""Copies in a stream of articles, by the comparison of `aggregator.identity`, without a store."""

from __future__ import annotations

from typing import NamedTuple

from aggregator.identity.sameness import COPIED, Text, compare
from aggregator.identity.shingles import Shingles, sample, shared, shingles, tokens
from aggregator.identity.verdicts import EXACT_TEXT_WORDS, IDENTICAL, LIKE, NEAR_TEXT_DAYS, ROUTINE_SHARE
from aggregator.stories import Item
from aggregator.text import digest
from aggregator.urls import key

HOLDERS = 24
"""Articles that are remembered for a hash: what more of them have is a form, and finds nothing."""

COMPARED = 4
"""Candidates whose whole texts are compared: those with most hashes in common."""

COMMON = 2
"""Hashes that a candidate must have in common."""

FORM = 4
"""Articles that must hold a hash before it counts as a form's."""

_DAY = 86_400.0


class _Kept(NamedTuple):
    """An article that later ones may be copies of."""

    id: str
    root: str
    source: str
    headline: str
    body: str
    hashes: Shingles
    sampled: list[int]
    exact: str
    url: str
    published: float


class Copies:
    """The articles of the last days, and which of them a newcomer is a copy of."""

    def __init__(self) -> None:
        """Begins with no article known."""
        self._kept: dict[int, _Kept] = {}
        self._holders: dict[int, list[int]] = {}
        self._exact: dict[str, int] = {}
        self._urls: dict[str, int] = {}
        self._next = 0

    def take(self, item: Item, url: str) -> tuple[str, str, float] | None:
        """The first article that a newcomer is a copy of, with level and score; it is known from then on."""
        published = item.published.timestamp()
        self._forget(published - NEAR_TEXT_DAYS * _DAY)
        found = tokens(item.text)
        hashes = shingles(found)
        exact = digest(" ".join(found)) if len(found) >= EXACT_TEXT_WORDS else ""
        kept = _Kept(
            id=item.id,
            root=item.id,
            source=item.source,
            headline=item.headline,
            body=item.text,
            hashes=hashes,
            sampled=sample(hashes).tolist(),
            exact=exact,
            url=key(url) if url else "",
            published=published,
        )
        verdict = self._judge(kept)
        self._keep(kept if verdict is None else kept._replace(root=verdict[0]))
        return verdict

    def _judge(self, newcomer: _Kept) -> tuple[str, str, float] | None:
        if newcomer.url in self._urls:
            return self._kept[self._urls[newcomer.url]].root, "url", 1.0
        if newcomer.exact in self._exact:
            return self._kept[self._exact[newcomer.exact]].root, "exact_text", 1.0
        common: dict[int, list[int]] = {}
        for value in newcomer.sampled:
            holders = self._holders.get(value, ())
            for number in holders:
                common.setdefault(number, []).append(len(holders))
        best: tuple[str, str, float] | None = None
        for number in sorted(common, key=lambda number: (-len(common[number]), number))[:COMPARED]:
            holders_of = common[number]
            if len(holders_of) < COMMON:
                continue
            same = self._same(newcomer, self._kept[number], sum(many >= FORM for many in holders_of) / len(holders_of))
            if same is not None and (best is None or same[2] > best[2]):
                best = same
        return best

    def _same(self, newcomer: _Kept, known: _Kept, routine: float) -> tuple[str, str, float] | None:
        shorter = min(newcomer.hashes.size, known.hashes.size)
        containment = shared(newcomer.hashes, known.hashes) / shorter
        if containment < COPIED or (routine > ROUTINE_SHARE and containment < IDENTICAL):
            return None
        same = compare(Text.of(known.headline, known.body), Text.of(newcomer.headline, newcomer.body))
        if not same.copied:
            return None
        alike = known.source == newcomer.source or same.resemblance > LIKE
        return known.root, "near_text" if alike else "syndicated", round(same.containment, 3)

    def _keep(self, kept: _Kept) -> None:
        number, self._next = self._next, self._next + 1
        self._kept[number] = kept
        for value in kept.sampled:
            holders = self._holders.setdefault(value, [])
            if len(holders) < HOLDERS:
                holders.append(number)
        if kept.exact:
            self._exact.setdefault(kept.exact, number)
        if kept.url:
            self._urls.setdefault(kept.url, number)

    def _forget(self, before: float) -> None:
        while self._kept:
            number, kept = next(iter(self._kept.items()))
            if kept.published >= before:
                break
            del self._kept[number]
            for value in kept.sampled:
                holders = self._holders.get(value)
                if holders and number in holders:
                    holders.remove(number)
                    if not holders:
                        del self._holders[value]
            for names, name in ((self._exact, kept.exact), (self._urls, kept.url)):
                if names.get(name) == number:
                    del names[name]
