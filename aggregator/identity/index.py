"""The articles of the last days in memory: what a newcomer may be a copy of, without a database.

`Index` has the meaning of the store's table of shingles and shares its rules (`aggregator.nearness`); `Window` is an
index with the articles themselves, which judges a stream as the store does.  Both forget by days.

Postings stand in sorted arrays of growing size, each merged into the next when it is full (O'Neil et al., The
log-structured merge-tree, 1996), behind a small dictionary of the latest ones: 16 bytes a posting, so some 100 MB for
100,000 articles of 400 words, where a dictionary of sets would take several times as much.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from aggregator.compiled import twin
from aggregator.identity.sameness import Text
from aggregator.identity.verdicts import EXACT_TEXT_WORDS, judge
from aggregator.nearness import HOLDERS, NEAR_DAYS, OWN_HOLDERS, ROUTINE, Candidate, best, day_of
from aggregator.records import Fingerprint, Known, Near, Neighbours, Verdict

FRESH = 4_096
"""Postings in the dictionary before they become an array."""

ROOM = 2
"""Places for each posting in the table that tells which hashes nobody has: most of a text's are new, and each array
costs a search."""

GROWTH = 4
"""How much larger each array is than the one before it: fewer look-ups against fewer merges."""


class _Run(NamedTuple):
    """Postings in ascending order of their hashes."""

    hashes: npt.NDArray[np.int64]
    numbers: npt.NDArray[np.int32]
    days: npt.NDArray[np.int32]

    def since(self, day: int) -> _Run:
        """Without the postings of earlier days."""
        keep = self.days >= day
        return self if keep.all() else _Run(self.hashes[keep], self.numbers[keep], self.days[keep])


class Holders(NamedTuple):
    """Who has a text's hashes, in the days around its own; one entry for each posting."""

    places: npt.NDArray[np.int64]
    """which of the hashes"""
    numbers: npt.NDArray[np.int32]
    days: npt.NDArray[np.int32]

    def best(self) -> list[Candidate]:
        """The articles with most of the hashes."""
        if not self.numbers.size:
            return []
        ranked = most_common(self.places, self.numbers).tolist()
        return [Candidate(number, count, routine / count) for number, count, routine in ranked]


_NOBODY = Holders(np.zeros(0, np.int64), np.zeros(0, np.int32), np.zeros(0, np.int32))


@twin("aggregator.identity.loops")
def found(
    hashes: npt.NDArray[np.int64], wanted: npt.NDArray[np.int64]
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Wanted hashes that stand among ascending ones, each time that they do: places among the wanted, and here."""
    first = hashes.searchsorted(wanted)
    here = (hashes.take(first, mode="clip") == wanted).nonzero()[0]
    first = first[here]
    counts = hashes.searchsorted(wanted[here], side="right") - first
    # All places from each first one on, in one go: counted through, less where each count began.
    places = np.arange(counts.sum()) + (first - (counts.cumsum() - counts)).repeat(counts)
    return here.repeat(counts), places


@twin("aggregator.identity.loops")
def most_common(places: npt.NDArray[np.int64], numbers: npt.NDArray[np.int32]) -> npt.NDArray[np.int64]:
    """The best candidates among the holders of hashes, as rows: number, hashes in common, and routine ones of them."""
    many = np.bincount(places) >= ROUTINE
    routine = Counter(numbers[many[places]].tolist())
    chosen = best(Counter(numbers.tolist()), routine)
    return np.array([(one.number, one.common, routine[one.number]) for one in chosen], np.int64).reshape(-1, 3)


class Index:
    """Which articles, by numbers that the caller gives, have which hashes, around which day."""

    def __init__(self) -> None:
        self._fresh: dict[int, list[tuple[int, int]]] = {}
        self._fresh_size = 0
        self._runs: list[_Run] = []
        self._there = np.zeros(1, np.bool_)

    def __len__(self) -> int:
        return self._fresh_size + sum(run.hashes.size for run in self._runs)

    def candidates(self, shingles: Sequence[int] | npt.NDArray[np.int64], day: int) -> list[Candidate]:
        """Those articles of the days around that share most with a text, given all its hashes."""
        return self.holders(shingles, day).best()

    def holders(self, hashes: Sequence[int] | npt.NDArray[np.int64], day: int) -> Holders:
        """Who has the hashes of a text, in the days around its own."""
        wanted = np.asarray(hashes, np.int64)
        there = self._there[wanted & (self._there.size - 1)].nonzero()[0]
        if not there.size:
            return _NOBODY
        asked = wanted[there]
        parts = []
        for run in self._runs:
            places, at = found(run.hashes, asked)
            if places.size:
                parts.append(Holders(there[places], run.numbers[at], run.days[at]))
        fresh = self._fresh
        recent = [
            (place, *posting)
            for place, value in zip(there.tolist(), asked.tolist(), strict=True)
            for posting in fresh.get(value, ())
        ]
        if recent:
            columns = np.array(recent, np.int32)
            parts.append(Holders(columns[:, 0].astype(np.int64), columns[:, 1], columns[:, 2]))
        if not parts:
            return _NOBODY
        held = Holders(
            np.concatenate([part.places for part in parts]),
            np.concatenate([part.numbers for part in parts]),
            np.concatenate([part.days for part in parts]),
        )
        around = abs(held.days - day) <= NEAR_DAYS
        return held if around.all() else Holders(held.places[around], held.numbers[around], held.days[around])

    def add(
        self,
        number: int,
        sample: Sequence[int] | npt.NDArray[np.int64],
        day: int,
        *,
        most: int = HOLDERS,
        held: Holders | None = None,
    ) -> None:
        """Makes an article one that later copies are found by; a later form of it is added under its number.

        What `most` articles have already is left out.  `held` may give who has these hashes, and others after them,
        where that was asked just before.
        """
        wanted = np.asarray(sample, np.int64)
        held = self.holders(wanted, day) if held is None else held
        if held.numbers.size:
            free = np.bincount(held.places, minlength=wanted.size)[: wanted.size] < most
            own = held.places[(held.numbers == number) & (held.days == day)]
            free[own[own < wanted.size]] = False
            wanted = wanted[free]
        fresh = self._fresh
        for value in wanted.tolist():
            fresh.setdefault(value, []).append((number, day))
        self._there[wanted & (self._there.size - 1)] = True
        self._fresh_size += wanted.size
        if self._fresh_size >= FRESH:
            self._merge()
        if ROOM * len(self) > self._there.size:
            self._note()

    def forget(self, before: int) -> None:
        """Drops what stands under earlier days."""
        self._merge()
        self._runs = [kept for run in self._runs if (kept := run.since(before)).hashes.size]
        self._note()

    def _merge(self) -> None:
        if not self._fresh_size:
            return
        flat = [(value, *posting) for value, postings in self._fresh.items() for posting in postings]
        self._fresh, self._fresh_size = {}, 0
        hashes, numbers, days = zip(*flat, strict=True)
        merged = _joined([_Run(np.array(hashes, np.int64), np.array(numbers, np.int32), np.array(days, np.int32))])
        while self._runs and self._runs[-1].hashes.size < GROWTH * merged.hashes.size:
            merged = _joined([self._runs.pop(), merged])
        self._runs.append(merged)

    def _note(self) -> None:
        """Makes the table of what is known at all, with room for more."""
        size = 1 << (2 * ROOM * len(self)).bit_length()
        self._there = np.zeros(size, np.bool_)
        for part in (np.array(list(self._fresh), np.int64), *(run.hashes for run in self._runs)):
            self._there[part & (self._there.size - 1)] = True


def _joined(runs: list[_Run]) -> _Run:
    hashes = np.concatenate([run.hashes for run in runs])
    order = np.argsort(hashes, kind="stable")
    numbers, days = (np.concatenate(parts)[order] for parts in ([r.numbers for r in runs], [r.days for r in runs]))
    return _Run(hashes[order], numbers, days)


class Window:
    """A stream of articles, each judged by those of the days before it; the store's verdicts without the store."""

    def __init__(self) -> None:
        self._index = Index()
        self._next = 0
        self._ids: dict[int, str] = {}
        self._numbers: dict[str, int] = {}
        self._known: dict[str, Known] = {}
        self._urls: dict[str, str] = {}
        self._guids: dict[tuple[str, str], str] = {}
        self._texts: dict[str, list[str]] = {}
        self._asked: tuple[Fingerprint, Holders] | None = None

    def __len__(self) -> int:
        return len(self._known)

    def known(self, article_id: str) -> Known | None:
        """An article of the window."""
        return self._known.get(article_id)

    def take(self, newcomer: Fingerprint) -> Verdict:
        """The verdict on a newcomer, which is known from then on."""
        verdict = judge(newcomer, self.neighbours(newcomer))
        article = verdict.article
        for name in newcomer.url_keys:
            self._urls.setdefault(name, article.id)
        if newcomer.guid:
            self._guids.setdefault((article.source.id, newcomer.guid), article.id)
        if verdict.outcome in ("unique", "revision") or verdict.level in ("exact_text", "near_text", "syndicated"):
            self._keep(newcomer, verdict)
        return verdict

    def neighbours(self, newcomer: Fingerprint) -> Neighbours:
        """The articles of the window that a newcomer may be the same as."""
        owners = {name: self._urls[name] for name in newcomer.url_keys if name in self._urls}
        guid = self._guids.get((newcomer.article.source.id, newcomer.guid)) if newcomer.guid else None
        told = newcomer.words >= EXACT_TEXT_WORDS  # shorter ones are no copies by their wording, however many there are
        same = [self._known[name] for name in self._texts.get(newcomer.text_hash, ())] if told else []
        same.sort(key=lambda known: (known.status == "duplicate", self._numbers[known.article.id]))
        return Neighbours(
            by_url=self._known[next(iter(owners.values()))] if owners else None,
            known_keys=frozenset(owners),
            by_guid=self._known[guid] if guid else None,
            by_text=same[0] if same else None,
            near=self._near(newcomer),
        )

    def forget(self, before: int) -> None:
        """Drops the articles of earlier days."""
        self._index.forget(before)
        gone = {name for name, known in self._known.items() if day_of(known.article) < before}
        for name in gone:
            del self._known[name]
            del self._ids[self._numbers.pop(name)]
        self._urls = {key: name for key, name in self._urls.items() if name not in gone}
        self._guids = {key: name for key, name in self._guids.items() if name not in gone}
        texts = {key: [name for name in names if name not in gone] for key, names in self._texts.items()}
        self._texts = {key: names for key, names in texts.items() if names}

    def _near(self, newcomer: Fingerprint) -> tuple[Near, ...]:
        article = newcomer.article
        held = self._index.holders(Text.of(article.headline, article.text).hashes, day_of(article))
        self._asked = newcomer, held
        return tuple(
            Near(known=known, common=candidate.common, routine=candidate.routine)
            for candidate in held.best()
            if (name := self._ids.get(candidate.number)) and (known := self._known[name])
        )

    def _keep(self, newcomer: Fingerprint, verdict: Verdict) -> None:
        article = verdict.article
        before = self._known.get(article.id)
        duplicate = verdict.outcome == "duplicate"
        if before is None:
            self._numbers[article.id], self._ids[self._next] = self._next, article.id
            self._next += 1
        else:
            self._texts[before.text_hash].remove(article.id)
        self._known[article.id] = Known(
            article=article,
            status="duplicate" if duplicate else "unique",
            root=verdict.of if duplicate and verdict.of else article.id,
            text_hash=newcomer.text_hash,
            content_hashes=(*(before.content_hashes if before else ()), newcomer.content_hash),
        )
        self._texts.setdefault(newcomer.text_hash, []).append(article.id)
        number, most = self._numbers[article.id], OWN_HOLDERS if duplicate else HOLDERS
        # The sample is the beginning of the hashes that were asked for, unless the verdict moved it to another day.
        asked = self._asked[1] if self._asked and self._asked[0] is newcomer else None
        if day_of(article) != day_of(newcomer.article):
            asked = None
        self._index.add(number, newcomer.sample, day_of(article), most=most, held=asked)
