"""What is told about where an article was placed: scores, candidates, and what would have changed the decision."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from aggregator.records import Role, Signal, StoryMerge, StorySplit
from aggregator.stories.likeness import Likeness
from aggregator.stories.naming import Shared


@dataclass(frozen=True, slots=True)
class Candidate:
    """A known article that the newcomer was compared with."""

    id: str
    story_id: str
    likeness: Likeness
    shared: Shared = Shared()


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """Where an article was placed, and what that changed."""

    id: str
    story_id: str
    role: Role
    score: float
    """how sure, 0 to 1; 0.5 is just enough, 1 where it opened a story"""
    via: tuple[Signal, ...]
    """signals that put it there; none where it opened a story"""
    candidates: tuple[Candidate, ...] = ()
    """the articles most like it, the best first, with the score of each signal"""
    turn: str = ""
    """what would have changed the decision"""
    events: tuple[StoryMerge | StorySplit, ...] = ()
    """second thoughts about earlier articles, in order"""
    closed: tuple[str, ...] = ()
    """stories that were quiet for so long that they have ended"""
    left: tuple[tuple[str, str, float], ...] = ()
    """articles that left the window: id, the story in which they stay, how sure"""


def certainty(score: float, enough: float) -> float:
    """A score as a number between 0 and 1, at which 0.5 is just enough."""
    return round(score / (score + enough), 3)


def score_of(sure: float, enough: float) -> float:
    """The score of which `certainty` tells; 0 where it is sure because it opened its story."""
    return 0.0 if sure >= 1.0 else enough * sure / (1.0 - sure)


def turn(story: str | None, ranked: Sequence[tuple[float, str, float]], decides: Sequence[str] = ()) -> str:
    """What would have changed the decision: stories by falling score, each with the score that it needed.

    `decides` are the words without which its story would not have been near enough, or, where it stands alone, with
    which the nearest one would have been.
    """
    if not ranked:
        return "no known article shares enough rare words, names or numbers with it"
    if story is None:
        score, nearest, enough = ranked[0]
        text = f"{nearest} is nearest with {score:.2f}; {enough:.2f} would have been enough"
        return f"{text}, and so would {listed(decides)} in it" if decides else text
    score, _, enough = next(entry for entry in ranked if entry[1] == story)
    text = f"{score:.2f} where {enough:.2f} was needed: with {score - enough:.2f} less it would stand alone"
    text += f", and so it would without {listed(decides)} in common" if decides else ""
    others = [entry for entry in ranked if entry[1] != story]
    return f"{text}; next is {others[0][1]} with {others[0][0]:.2f}" if others else text


def listed(words: Sequence[str]) -> str:
    """Words as a list for people to read."""
    return " and ".join([part for part in (", ".join(words[:-1]), words[-1]) if part]) if words else ""
