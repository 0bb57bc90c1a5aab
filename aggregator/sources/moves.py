"""When a permanent redirect of a feed becomes its address.

A 301 or 308 is a word that is often said too early, by a parked domain or by a login page.  So the target must have
given a good feed twice, `WAIT` apart, and it must be the same feed: on the same site, or with entries that were known
before.  Then the target is asked directly, until it fails; the catalogue's file stays as it is.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from aggregator.records import Move, PollState
from aggregator.urls import same_site

WAIT = timedelta(days=1)
POLLS = 2
FAILURES = 2.0
"""Graded failures, the last one hard, after which a believed move is taken back: its old address is asked again."""


def address(state: PollState) -> str:
    """The URL to ask."""
    return state.moved_to or state.feed


def redirected(state: PollState, target: str | None, *, familiar: int | None, now: datetime) -> PollState:
    """`state` after a good answer that came over permanent redirects from `target`; None: from its own address.

    `familiar` is how many of its entries this feed had shown before; None where the body was not read.
    """
    if target is None or target == address(state):
        return replace(state, move=None) if state.move else state
    move = state.move
    if move is None or move.to != target:
        move = Move(to=target, since=now, polls=0, vouched=same_site(state.feed, target) or None)
    vouched = move.vouched
    if vouched is None and familiar is not None:
        # Only the first body can tell: afterwards its entries are known, whoever's they are.
        vouched = familiar > 0
    move = replace(move, polls=move.polls + 1, vouched=vouched)
    if vouched and move.polls >= POLLS and now - move.since >= WAIT:
        return replace(state, move=None, moved_to=None if target == state.feed else target)
    return replace(state, move=move)


def taken_back(state: PollState, *, hard: bool, now: datetime) -> PollState:
    """`state` after a failure: a move that leads nowhere any more is taken back, with the validators from there.

    An outage does not do that (`hard`).  The first good answer that comes over the same redirect restores the move.
    """
    if state.moved_to is None or state.failures < FAILURES or not hard:
        return state
    tried = Move(to=state.moved_to, since=now - WAIT, polls=POLLS, vouched=True)
    return replace(state, moved_to=None, move=tried, etag=None, last_modified=None)
