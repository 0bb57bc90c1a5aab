"""What the README shows is what there is."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path

import jsonschema

from aggregator.cli import main
from aggregator.config import load
from aggregator.journal.lines import schema
from aggregator.rules import FACTS, Condition
from aggregator.sources.catalogue import read_toml

TEXT = (Path(__file__).resolve().parents[2] / "README.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", TEXT, re.DOTALL)


def test_the_line_it_explains_fits_the_schema():
    (block,) = blocks("json")
    line = json.loads(block)
    jsonschema.Draft202012Validator(schema()).validate(line)
    assert [relation["after_paragraph"] for relation in line["relations"]] == [3, 5, 6, 6, 6]


def test_the_source_it_adds_is_one():
    (block,) = (block for block in blocks("toml") if "[[source]]" in block)
    assert tomllib.loads(block)
    (source,) = read_toml(block, file="README.md", region="europe")
    assert source.selectors.remove == (".subscribe-now",)


def test_the_rules_it_shows_are_rules_and_every_fact_is_named():
    (block,) = (block for block in blocks("toml") if "[[rule]]" in block)
    tables = tomllib.loads(block)["rule"]
    for condition in [table.get("drop") or table["keep"] for table in tables]:
        Condition(condition)
    named = "".join(re.findall(r"^\| (`.*?) \|", TEXT.partition("## Rules")[2], re.MULTILINE))
    assert set(re.findall(r"`(\w+)`", named)) == set(FACTS)


def test_the_schedule_it_shows_is_one(tmp_path: Path):
    (block,) = (block for block in blocks("toml") if "[[schedule]]" in block)
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "aggregator.toml").write_text(block, encoding="utf-8")
    assert [job.name for job in load(tmp_path).schedule] == ["tick", "morning"]


def test_every_command_it_names_is_there():
    for words in re.findall(
        r"^(?:\s*)aggregator ([a-z ]+?)(?: [^a-z].*| [A-Z].*)?$", "".join(blocks("")), re.MULTILINE
    ):
        first, *rest = words.split()
        assert first in main.commands, words
        group = main.commands[first]
        if rest and hasattr(group, "commands"):
            assert rest[0] in group.commands, words


def test_the_first_two_commands_do_all_the_set_up():
    first = blocks("")[0].splitlines()
    assert [line.split("#")[0].strip() for line in first] == ["make demo", "make test"]
