"""Which articles are wanted, by conditions over what is known of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from aggregator.errors import ConfigError
from aggregator.records import Article, Extractor, Publisher, Rule, Sighting, Source
from aggregator.rules import FACTS, Condition, Rules, facts_of_article, facts_of_sighting

NOW = datetime(2026, 3, 20, 12, tzinfo=UTC)
SOURCE = Source(id="marsh", name="Marsh Daily", region="middle-east", country="IQ")
SEEN = Sighting(
    url="https://marsh.example/sport/1", source_id="marsh", via="rss", first_seen=NOW, headline="Cup final tonight"
)
READ = Article(
    id="1",
    url="https://marsh.example/sport/1?utm_source=x",
    canonical_url="https://marsh.example/sport/1",
    source=Publisher(id="marsh", name="Marsh Daily", country="IQ", region="middle-east"),
    headline="Cup final tonight",
    text="The cup final is tonight.\n\nIt begins at eight.",
    language="en",
    authors=("Layla Haddad",),
    cites=("Press TV",),
    published=NOW - timedelta(days=9),
    fetched=NOW,
    extractor=Extractor(name="test", version="1"),
)


def drop(when: str, name: str = "") -> Rule:
    return Rule(action="drop", when=when, name=name)


def keep(when: str, name: str = "") -> Rule:
    return Rule(action="keep", when=when, name=name)


@pytest.mark.parametrize(
    "expression",
    [
        'url =~~ "/sport/"',
        'host == "marsh.example"',
        'headline =~~ "(?i)CUP"',
        'language in ["en", "fa"]',
        '"Layla Haddad" in authors',
        '"Press TV" in cites and words < 30',
        'age > t"P7D"',
        'published < d"2026-03-15"',
        'source == "marsh" and region == "middle-east" and country == "IQ"',
        'section == ""',
        'text =~~ "eight"',
        "not (words > 100)",
    ],
)
def test_a_condition_speaks_of_every_fact_of_an_article(expression: str) -> None:
    assert Condition(expression).holds(facts_of_article(READ, NOW)) is True
    assert Condition(f"not ({expression})").holds(facts_of_article(READ, NOW)) is False


def test_every_fact_is_given_for_an_article_with_everything() -> None:
    whole = replace(READ, lead="a", agency="b", section="c", tags=("d",))
    given = {name for name, value in facts_of_article(whole, NOW).items() if value is not None}
    assert given == set(FACTS)


@pytest.mark.parametrize(
    ("expression", "words"),
    [
        ("colour == 1", "there is no fact 'colour'; there are url, host"),
        ("url ==", "syntax error"),
        ('url =~~ "("', "regular expression"),
        ('words > "many"', "data type mismatch"),
        ("age > 7", "data type mismatch"),
    ],
)
def test_what_is_no_condition_is_refused_before_anything_is_collected(expression: str, words: str) -> None:
    with pytest.raises(ConfigError, match="rule 'mine'") as raised:
        Rules.of([drop(expression, "mine")])
    assert words in str(raised.value)


def test_an_error_names_the_file_and_says_the_condition_once() -> None:
    with pytest.raises(ConfigError) as raised:
        Rules.of([drop("colour == 1")], file=Path("config/aggregator.toml"))
    assert str(raised.value).startswith("config/aggregator.toml: rule: 'colour == 1': there is no fact 'colour'")
    assert str(raised.value).count("colour == 1") == 1


def test_a_drop_rule_spares_the_fetch_where_the_entry_tells_enough() -> None:
    rules = Rules.of([drop('headline =~~ "(?i)cup final"', "no cups")])
    assert rules.refuse_sighting(SEEN, SOURCE, NOW) == "rule 'no cups' (headline =~~ \"(?i)cup final\") drops it"
    assert rules.refuse_sighting(replace(SEEN, headline="Rain"), SOURCE, NOW) is None
    assert rules.refuse_article(READ, NOW) is not None


@pytest.mark.parametrize(
    ("rule", "known"),
    [
        (drop("words < 30"), {}),
        (drop('language == "en"'), {"language": "en"}),
        (drop('age > t"P7D"'), {"published": NOW - timedelta(days=8)}),
        (drop('section == "Sport"'), {"section": "Sport"}),
        (drop('"Reuters" in authors'), {"authors": ("Reuters",)}),
    ],
)
def test_what_is_not_known_yet_drops_nothing(rule: Rule, known: dict[str, Any]) -> None:
    rules = Rules.of([rule])
    assert rules.refuse_sighting(SEEN, SOURCE, NOW) is None
    if known:
        assert rules.refuse_sighting(replace(SEEN, **known), SOURCE, NOW) is not None


def test_with_keep_rules_only_what_one_of_them_matches_is_wanted() -> None:
    rules = Rules.of([keep('language == "fa"', "Persian"), keep('headline =~~ "marsh"', "the marsh")])
    assert rules.refuse_article(READ, NOW) == (
        "no keep rule matches it ('Persian' (language == \"fa\"), 'the marsh' (headline =~~ \"marsh\"))"
    )
    assert rules.refuse_article(replace(READ, headline="In the marsh"), NOW) is None
    # The language shows when the page is read: until then it may be a Persian one.
    assert rules.refuse_sighting(SEEN, SOURCE, NOW) is None
    assert rules.refuse_sighting(replace(SEEN, language="ar"), SOURCE, NOW) is not None


def test_a_drop_rule_is_stronger_than_a_keep_rule() -> None:
    rules = Rules.of([keep("words > 1"), drop('language == "en"')])
    assert rules.refuse_article(READ, NOW) is not None


def test_the_rule_of_a_source_is_for_its_articles_alone() -> None:
    rules = Rules.of([], [replace(SOURCE, rules=(drop('url =~~ "/sport/"'),))])
    assert rules.refuse_article(READ, NOW) == 'rule `url =~~ "/sport/"` drops it'
    assert rules.refuse_article(replace(READ, source=Publisher(id="other", name="Other")), NOW) is None
    assert rules.refuse_sighting(SEEN, replace(SOURCE, id="other"), NOW) is None


def test_a_time_nobody_knows_is_no_reason_to_drop() -> None:
    rules = Rules.of([drop('age > t"P7D"'), drop('published < d"2026-03-15"')])
    assert rules.refuse_article(READ, NOW) is not None
    assert rules.refuse_article(replace(READ, published=None), NOW) is None


def test_facts_of_an_entry_leave_out_what_it_does_not_tell() -> None:
    facts = facts_of_sighting(SEEN, SOURCE, NOW)
    assert {name for name, value in facts.items() if value is not None} == {
        "url", "host", "source", "region", "country", "headline",
    }  # fmt: skip
