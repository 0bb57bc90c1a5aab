"""Is it new, a new form of something known, or a copy: the levels of sameness, strictest first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from aggregator.identity.changes import change_between
from aggregator.identity.origin import earlier
from aggregator.identity.sameness import Text, compare
from aggregator.records import Article, Fingerprint, Known, Level, Near, Neighbours, Verdict
from aggregator.text import words
from aggregator.urls import key

EXACT_TEXT_WORDS = 40
"""Shorter texts are too often a form (a result, a notice, a caption) to be a copy by wording alone."""

EXACT_TEXT_DAYS = 30
"""The same wording much later is a routine notice that came again, not a copy."""

GUID_AGREEMENT = 0.5
"""Share of headline or text words that must agree before a feed's own id is believed: some feeds number
their entries anew at each poll, and then one id names one article today and another tomorrow."""

NEAR_TEXT_DAYS = 4
"""Copies follow within hours; nearly the same words days later are a form that was filled in again."""

ROUTINE_SHARE = 0.6
"""Share of the runs of words in common that several other articles have too, from which they say nothing."""

IDENTICAL = 0.97
"""Containment from which a text is a copy even where its words are those of a form."""

WITHIN = 0.6
"""Share of a newcomer that a copy must have for it to be a copy of the same article, where it is none of that article
itself: what a copy has of its own may be another's, and that one does not become a copy by it."""

LIKE = 0.8
"""Resemblance (Jaccard) above which a copy is a slightly edited whole, and not a newsroom's own form of it."""


def judge(newcomer: Fingerprint, neighbours: Neighbours) -> Verdict:
    """The verdict on a newcomer, given the known articles it may be the same as.

    Another site's guid or canonical URL never counts: only the article's own URLs, a guid within its source, and the
    text itself.  The verdict's article carries the final id, revision and kind of change.
    """
    if neighbours.by_url is not None:
        return _same_page(newcomer, neighbours.by_url, neighbours.known_keys)
    if neighbours.by_guid is not None:
        agreement = _agreement(newcomer.article, neighbours.by_guid.article)
        if newcomer.text_hash == neighbours.by_guid.text_hash or agreement >= GUID_AGREEMENT:
            evidence = (f"guid {newcomer.guid} in source {newcomer.article.source.id}", f"words agree {agreement:.2f}")
            return _moved(newcomer, neighbours.by_guid, evidence, agreement)
    if neighbours.by_text is not None and _may_be_copy(newcomer, neighbours.by_text):
        return _copy(newcomer, neighbours.by_text)
    near = _near(newcomer, neighbours.near)
    if near is not None:
        return near
    return Verdict(article=newcomer.article, outcome="unique", reason="no known article has its URL, guid or text")


def _same_page(newcomer: Fingerprint, known: Known, known_keys: frozenset[str]) -> Verdict:
    article = newcomer.article
    asked_known = key(article.url) in known_keys and key(newcomer.sighting.url) in known_keys
    level: Level = "url" if asked_known else "canonical"
    evidence = (f"{article.canonical_url} is known as {known.article.id}",)
    own_page = key(article.url) in (key(known.article.url), key(known.article.canonical_url))
    if own_page and known.content_hashes[-1] != newcomer.content_hash:
        return _revision(newcomer, known, level, evidence)
    if asked_known:
        return _unchanged(newcomer, known, level, evidence, "the page says what it said before")
    reason = "another URL of a known article" if own_page else "a variant (AMP, print, mobile) of a known article"
    return Verdict(
        article=replace(article, id=known.article.id),
        outcome="duplicate",
        of=known.article.id,
        level=level,
        evidence=evidence,
        reason=reason,
    )


def _moved(newcomer: Fingerprint, known: Known, evidence: tuple[str, ...], agreement: float) -> Verdict:
    if known.content_hashes[-1] != newcomer.content_hash:
        return _revision(newcomer, known, "guid", evidence)
    return Verdict(
        article=replace(newcomer.article, id=known.article.id),
        outcome="duplicate",
        of=known.article.id,
        level="guid",
        score=max(agreement, GUID_AGREEMENT),
        evidence=evidence,
        reason="the feed's own id says it is a known article under a new URL",
    )


def _revision(newcomer: Fingerprint, known: Known, level: Level, evidence: tuple[str, ...]) -> Verdict:
    if newcomer.content_hash in known.content_hashes:
        number = known.content_hashes.index(newcomer.content_hash) + 1
        reason = f"the page went back to the form of revision {number}"
        return _unchanged(newcomer, known, level, evidence, reason)
    if known.status == "duplicate" and newcomer.text_hash == known.text_hash:
        return _unchanged(newcomer, known, level, evidence, "still a copy: its text did not change")
    if newcomer.article.fetched < known.article.fetched:
        return _unchanged(newcomer, known, level, evidence, "an older form than the one that is known")
    change = change_between(known.article, newcomer.article)
    reason = f"the page changed ({change}) since revision {known.article.revision}"
    if newcomer.article.fetched == known.article.fetched:
        # The very page that the known form was read from: the publisher has changed nothing.
        reason = f"the same page is read otherwise now ({change}) than for revision {known.article.revision}"
        change = "extraction"
    article = replace(
        newcomer.article,
        id=known.article.id,
        canonical_url=known.article.canonical_url,
        revision=known.article.revision + 1,
        change=change,
    )
    return Verdict(
        article=article,
        outcome="revision",
        of=known.article.id,
        level=level,
        evidence=evidence,
        reason=reason,
    )


def _unchanged(newcomer: Fingerprint, known: Known, level: Level, evidence: tuple[str, ...], reason: str) -> Verdict:
    return Verdict(
        article=replace(newcomer.article, id=known.article.id, revision=known.article.revision),
        outcome="unchanged",
        of=known.article.id,
        level=level,
        evidence=evidence,
        reason=reason,
    )


def _copy(newcomer: Fingerprint, known: Known) -> Verdict:
    original, first = _original(newcomer, known)
    return Verdict(
        article=newcomer.article,
        outcome="duplicate",
        of=known.root,
        level="exact_text",
        evidence=(f"{newcomer.words} words, all the same", f"first published by {known.article.source.name}"),
        reason=f"the same text as {known.article.canonical_url}{first}",
        original=original,
    )


def _original(newcomer: Fingerprint, known: Known) -> tuple[str | None, str]:
    """Which of a newcomer and the unique article had the text first; the words to add where it is the newcomer."""
    if known.status != "unique":
        return None, ""  # the unique article of that copy is not at hand
    first, reason = earlier(known.article, newcomer.article)
    return first.id, f"; it is the original: {reason}" if first is newcomer.article else ""


def _near(newcomer: Fingerprint, candidates: Sequence[Near]) -> Verdict | None:
    """The verdict that it is a copy of the candidate it shares most with; None where it is of none of them."""
    if not candidates:
        return None
    text = Text.of(newcomer.article.headline, newcomer.article.text)
    compared = [
        (compare(Text.of(near.known.article.headline, near.known.article.text), text, least=_least(near)), near)
        for near in candidates
        if _of_the_same_days(newcomer.article, near.known.article, NEAR_TEXT_DAYS)
    ]
    copied = [
        (same, near)
        for same, near in compared
        if same.containment >= _least(near) and same.copied and (near.known.status == "unique" or same.within >= WITHIN)
    ]
    if not copied:
        return None
    same, near = max(copied, key=lambda pair: pair[0].containment)
    known, article = near.known.article, newcomer.article
    original, first = _original(newcomer, near.known)
    level: Level = "near_text" if article.source.id == known.source.id or same.resemblance > LIKE else "syndicated"
    return Verdict(
        article=article,
        outcome="duplicate",
        of=near.known.root,
        level=level,
        score=round(same.containment, 3),
        evidence=same.evidence(),
        reason=f"{'nearly the same text as' if level == 'near_text' else 'most of its text is that of'}"
        f" {known.canonical_url}{first}",
        original=original,
    )


def _least(near: Near) -> float:
    """The containment that a copy must have: more where what they share is mostly what many have, a form's wording."""
    return IDENTICAL if near.routine > ROUTINE_SHARE else 0.0


def _may_be_copy(newcomer: Fingerprint, known: Known) -> bool:
    if newcomer.words < EXACT_TEXT_WORDS:
        return False
    return _of_the_same_days(newcomer.article, known.article, EXACT_TEXT_DAYS)


def _of_the_same_days(first: Article, second: Article, days: float) -> bool:
    if first.published is None or second.published is None:
        return True
    return abs(first.published - second.published) <= timedelta(days=days)


def _agreement(first: Article, second: Article) -> float:
    return max(_jaccard(first.headline, second.headline), _jaccard(first.text, second.text))


def _jaccard(first: str, second: str) -> float:
    left, right = set(words(first)), set(words(second))
    return len(left & right) / len(left | right) if left and right else 0.0
