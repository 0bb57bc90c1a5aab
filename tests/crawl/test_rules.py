"""Rules of the user in a real crawl: what is not wanted is not stored, is counted, and says why."""

from __future__ import annotations

import json
from urllib.parse import urlsplit

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
    assert "rule 'no Persian' (language == \"fa\") drops it" in why.stdout
    status = json.loads(ruled.command("status", "--json").stdout)
    (rule,) = status["ruled_out"]
    assert rule == "rule 'no Persian' (language == \"fa\") drops it"
    assert status["ruled_out"][rule] > 5


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


def test_what_the_feed_tells_spares_the_fetch(newsroom):
    dropped = next(a for a in newsroom.server.web.truth.articles if a.language == "fa" and a.reach == 0)
    config = newsroom.folder / "config" / "aggregator.toml"
    config.parent.mkdir()
    config.write_text(f"[[rule]]\ndrop = 'headline == \"{dropped.headline}\"'\n", encoding="utf-8")
    newsroom.crawl("--no-follow")
    address = urlsplit(dropped.url)
    asked = {(request.host.partition(":")[0], request.path) for request in newsroom.server.requests}
    assert (address.hostname, address.path) not in asked
    assert len(asked) > 60
    assert "not fetched: rule" in newsroom.command("why", dropped.url).stdout
