"""What can be chosen of the room; in a file of its own, so that whoever reads a configuration loads no numpy."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """Thresholds of the room, one set for all languages; `benchmarks/stories.py` tells what they reach."""

    same_language: float = 0.17
    other_language: float = 0.126
    names_share: float = 0.2
    """what names count beside words within a language"""
    words_across: float = 0.42
    """what words count beside names across languages: cognates, and names with the same letters"""
    event_days: float = 1.5
    story_days: float = 14.0
    lasting: float = 0.75
    link_bonus: float = 0.02
    growth: float = 0.03
    """how much the threshold grows with each doubling of a story"""
    best_share: float = 0.6
    """what the best pair counts beside the mean over the story's members"""
    model: str = ""
    """what says how near articles are in meaning: "e5", "model2vec:NAME_OR_PATH", or "" for no model"""
    meaning: float = 0.09
    """what each standard deviation of nearness in meaning counts, where there is a model"""
    window_days: float = 60.0
    held: int = 50_000
    second_look: int = 150
