"""Which articles are wanted: `[[rule]]` of aggregator.toml and of a source, and `--where` of `aggregator export`.

A condition is an expression over the facts of `FACTS`, in the language of the rule-engine library.  It is asked as
early as its facts are known: what a feed's entry tells may spare the fetch.  A fact that is not known makes a
condition neither true nor false, and what is not known to be unwanted is kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from aggregator.errors import ConfigError
from aggregator.records import Article, Rule, Sighting, Source
from aggregator.urls import host

__all__ = ["FACTS", "Condition", "Rules", "facts_of_article", "facts_of_sighting"]

FACTS: Mapping[str, tuple[str, str]] = {
    "url": ("STRING", "the article's address; of an article that was read its canonical one"),
    "host": ("STRING", "the address's host"),
    "source": ("STRING", "id of the source"),
    "region": ("STRING", "region of the source"),
    "country": ("STRING", "country of the source"),
    "headline": ("STRING", "the headline; before the page is read that of the feed's entry"),
    "section": ("STRING", "the publisher's section"),
    "language": ("STRING", "language, BCP 47"),
    "authors": ("ARRAY", "authors"),
    "tags": ("ARRAY", "the publisher's keywords"),
    "published": ("DATETIME", "time of publication"),
    "age": ("TIMEDELTA", "from then until now"),
    "lead": ("STRING", "the standfirst"),
    "text": ("STRING", "the body"),
    "words": ("FLOAT", "words of the body"),
    "agency": ("STRING", "agency that the text's prefix names"),
    "cites": ("ARRAY", "outlets that the text names as the source of a claim"),
    "access": ("STRING", "free, metered, paywalled, blocked or unknown"),
}
"""Name -> type in the expression language, and what it is.  Those from `lead` on are known once the page was read."""


class _UnknownError(Exception):
    """A condition asked for a fact that is not known."""


@cache
def _engine() -> Any:
    # Only who has rules pays for the import.
    import rule_engine

    kinds = rule_engine.DataType
    types = {
        name: kinds.ARRAY(kinds.STRING) if kind == "ARRAY" else getattr(kinds, kind)
        for name, (kind, _) in FACTS.items()
    }
    return rule_engine, rule_engine.Context(type_resolver=types, resolver=_fact, default_timezone="utc")


def _fact(facts: Mapping[str, Any], name: str) -> Any:
    value = facts.get(name)
    if value is None:
        raise _UnknownError(name)
    return value


_SAMPLE: Mapping[str, Any] = {
    "STRING": "a",
    "ARRAY": ("a",),
    "DATETIME": datetime(2026, 1, 1, tzinfo=UTC),
    "TIMEDELTA": timedelta(days=1),
    "FLOAT": 1.0,
}


class Condition:
    """One expression, for instance `section == "Sport" or url =~~ "/sport/"`."""

    def __init__(self, expression: str) -> None:
        """Compiles the expression; raises ConfigError (without a place) that says what is wrong with it."""
        engine, context = _engine()
        self.expression = expression
        try:
            self._rule = engine.Rule(expression, context=context)
            # Types that do not fit show when it is evaluated, so it is once, before anything is collected.
            self._rule.matches({name: _SAMPLE[kind] for name, (kind, _) in FACTS.items()})
        except engine.errors.SymbolResolutionError as error:
            raise ConfigError(
                f"{expression!r}: there is no fact {error.symbol_name!r}; there are {', '.join(FACTS)}"
            ) from error
        except engine.errors.EngineError as error:
            raise ConfigError(f"{expression!r} is no condition: {error.message}") from error

    def holds(self, facts: Mapping[str, Any]) -> bool | None:
        """Whether it is true of these facts; None where that hangs on one that is not known."""
        engine, _ = _engine()
        try:
            return bool(self._rule.matches(facts))
        except (_UnknownError, engine.errors.EvaluationError):
            return None


def facts_of_sighting(sighting: Sighting, source: Source, now: datetime) -> dict[str, Any]:
    """What is known before the page was fetched; what the entry does not tell is left out."""
    return {
        "url": sighting.url,
        "host": host(sighting.url),
        "source": source.id,
        "region": source.region or "",
        "country": source.country or "",
        "headline": sighting.headline,
        "section": sighting.section,
        "language": sighting.language,
        # What an entry has may be a part of what the page has, but it is no more.
        "authors": sighting.authors or None,
        "tags": sighting.tags or None,
        "published": sighting.published,
        "age": now - sighting.published if sighting.published else None,
    }


def facts_of_article(article: Article, now: datetime) -> dict[str, Any]:
    """What is known of an article that was read; a text that it has not is an empty one."""
    return {
        "url": article.canonical_url,
        "host": host(article.canonical_url),
        "source": article.source.id,
        "region": article.source.region or "",
        "country": article.source.country or "",
        "headline": article.headline,
        "section": article.section or "",
        "language": article.language or "",
        "authors": article.authors,
        "tags": article.tags,
        "published": article.published,
        "age": now - article.published if article.published else None,
        "lead": article.lead or "",
        "text": article.text,
        "words": float(len(article.text.split())),
        "agency": article.agency or "",
        "cites": article.cites,
        "access": article.access,
    }


@dataclass(frozen=True, slots=True)
class Rules:
    """All rules of a configuration and its catalogue.  Made by `Rules.of`.

    What a `drop` rule matches is not wanted.  Where there are `keep` rules, an article must match one of them.
    """

    _everywhere: tuple[tuple[Rule, Condition], ...] = ()
    _by_source: Mapping[str, tuple[tuple[Rule, Condition], ...]] = field(default_factory=dict)

    @classmethod
    def of(cls, rules: Sequence[Rule], sources: Iterable[Source] = (), *, file: Path | None = None) -> Rules:
        """Compiles them; raises ConfigError with the rule that is wrong, and `file`, where `rules` stand."""
        return cls(
            tuple(_compiled(rule, "", file) for rule in rules),
            {
                source.id: tuple(_compiled(rule, f"source {source.id!r}: ") for rule in source.rules)
                for source in sources
                if source.rules
            },
        )

    def refuse_sighting(self, sighting: Sighting, source: Source, now: datetime) -> str | None:
        """Why its page need not be fetched; None where nothing speaks against it."""
        rules = self._for(source.id)
        return self._refusal(rules, facts_of_sighting(sighting, source, now)) if rules else None

    def refuse_article(self, article: Article, now: datetime) -> str | None:
        """Why it is not wanted; None where nothing speaks against it."""
        rules = self._for(article.source.id)
        return self._refusal(rules, facts_of_article(article, now)) if rules else None

    def _for(self, source_id: str) -> tuple[tuple[Rule, Condition], ...]:
        return (*self._everywhere, *self._by_source.get(source_id, ()))

    def _refusal(self, rules: Sequence[tuple[Rule, Condition]], facts: Mapping[str, Any]) -> str | None:
        kept: list[bool | None] = []
        for rule, condition in rules:
            holds = condition.holds(facts)
            if rule.action == "keep":
                kept.append(holds)
            elif holds:
                return f"rule {_name(rule)} drops it"
        if kept and all(holds is False for holds in kept):
            names = ", ".join(_name(rule) for rule, _ in rules if rule.action == "keep")
            return f"no keep rule matches it ({names})"
        return None


def _compiled(rule: Rule, where: str, file: Path | None = None) -> tuple[Rule, Condition]:
    try:
        return rule, Condition(rule.when)
    except ConfigError as error:
        # Without a name the condition itself tells which rule it is, and the error says it.
        raise ConfigError(
            str(error), file=file, key=f"{where}rule {rule.name!r}" if rule.name else f"{where}rule"
        ) from error


def _name(rule: Rule) -> str:
    return f"{rule.name!r} ({rule.when})" if rule.name else f"`{rule.when}`"
