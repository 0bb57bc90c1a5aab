"""Rules of the user in a real crawl: what is not wanted is not stored, is counted, and says why."""

from __future__ import annotations

import json

import pytest

RULES = """
[[rule]]
name = "no Persian"
drop = 'language == "fa"'
"""


@pytest.fixture
def ruled(newsroom):
    (newsroom.folder / "config").mkdir()
    (newsroom.folder / "config" / "aggregator.toml").write_text(RULES, encoding="utf-8")
    return newsroom


def test_what_a_rule_drops_is_not_stored_and_says_why(ruled):
    done = ruled.crawl()
    assert done.returncode == 0, done.stderr
    languages = {line["language"] for line in ruled.articles()}
    assert "fa" not in languages
    assert {"en", "ar"} <= languages
    persian = next(article for article in ruled.server.web.truth.articles if article.language == "fa")
    why = ruled.command("why", persian.url)
    assert "rejected: rule 'no Persian' (language == \"fa\") drops it" in why.stdout


def test_export_takes_the_same_conditions(newsroom):
    newsroom.crawl()
    condition = 'language != "fa" and "Press TV" in cites'
    done = newsroom.command("export", "--where", condition)
    assert done.returncode == 0, done.stderr
    wanted = {line["id"] for line in newsroom.articles() if line["language"] != "fa" and "Press TV" in line["cites"]}
    assert {json.loads(line)["id"] for line in done.stdout.splitlines()} == wanted
    assert wanted
    refused = newsroom.command("export", "--where", "colour == 1")
    assert refused.returncode == 2
    assert "there is no fact 'colour'" in refused.stderr
