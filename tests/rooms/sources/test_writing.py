"""Entries as TOML, and edits that leave all else as it was."""

from __future__ import annotations

import tomllib
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.errors import ConfigError
from aggregator.records import Feed, Politeness, Rule, Selectors, Source
from aggregator.sources.catalogue import read_toml
from aggregator.sources.writing import entry, marked, switched, with_entries, without

FILE = """\
# About the file.
region = "x"

# About a.
[[source]]
id = "a"
name = "A"   # spaced

# About b,
# in two lines.
[[source]]
id = "b"
name = "B"
feeds = [
    "https://b.org/f",  # main
]
verified = false  # not yet

[source.selectors]
remove = [".x"]

# ---- another group ----

# About c.
[[source]]
name = "C"
id = "c"
feeds = ["https://c.org/f"]
"""
DAY = date(2026, 11, 23)
WHOLE = Source(
    id="a",
    name='The "A" \\ Gazette',
    homepage="https://a.org/",
    country="CY",
    region="europe",
    languages=("en", "el"),
    timezone="Asia/Nicosia",
    kind="newspaper",
    feeds=(Feed(url="https://a.org/f"), Feed(url="https://a.org/s", format="atom", section="Sport")),
    sitemaps=("https://a.org/s.xml",),
    listings=("https://a.org/new",),
    aliases=("آ", "A\tB"),
    selectors=Selectors(body=(".b",)),
    politeness=Politeness(delay=3.0),
    rules=(Rule(action="drop", when='section == "Sport"'), Rule(action="keep", when="true", name="all")),
    verified=True,
    checked=DAY,
    enabled=False,
)


def test_an_entry_is_read_back_as_it_was():
    assert read_toml(entry(WHOLE), file="x.toml") == (WHOLE,)


@given(st.text(min_size=1, max_size=30).filter(lambda name: name.strip() and name.isprintable()), st.text(max_size=80))
def test_no_name_and_no_reason_breaks_out_of_its_place(name, reason):
    """Both come from pages that anybody can write."""
    text = entry(
        Source(id="a", name=name, feeds=(Feed(url="https://a.org/f"),)),
        {"name": reason, "country": reason, "https://a.org/f": reason},
        [reason],
    )
    (read,) = read_toml(text, file="x.toml")
    assert read == Source(id="a", name=name.strip(), feeds=(Feed(url="https://a.org/f"),))


def test_reasons_are_comments_of_their_key_and_of_what_is_missing():
    text = entry(Source(id="a", name="A", country="IR"), {"country": "its domain", "timezone": "not found"}, ["x: y"])
    assert 'country = "IR"  # its domain\n' in text
    assert "# timezone: not found\n" in text
    assert "# left out: x: y\n" in text


def test_new_entries_stand_at_the_end_after_an_empty_line():
    new = with_entries(FILE, [entry(Source(id="d", name="D"))], file="x.toml")
    assert new.startswith(FILE + "\n[[source]]\n")
    assert [s.id for s in read_toml(new, file="x.toml")] == ["a", "b", "c", "d"]


def test_an_entry_goes_with_the_comment_above_it_and_nothing_else_does():
    assert without(FILE, "b", file="x.toml") == FILE.replace(
        FILE[FILE.index("# About b,") : FILE.index("# ---- another")], ""
    )
    assert "# About c." not in without(FILE, "c", file="x.toml")
    assert without(FILE, "c", file="x.toml").endswith("# ---- another group ----\n")
    first = without(FILE, "a", file="x.toml")
    assert first.startswith('# About the file.\nregion = "x"\n\n# About b,\n')


def test_a_comment_that_opens_the_file_stays():
    text = '# All of them.\n[[source]]\nid = "a"\nname = "A"\n'
    assert without(text, "a", file="x.toml") == "# All of them.\n"


def test_a_check_is_written_beside_what_is_there():
    new = marked(FILE, {"a": DAY, "b": DAY, "nobody": DAY}, file="x.toml")
    assert 'name = "A"   # spaced\nverified = true\nchecked = 2026-11-23\n\n# About b,' in new
    assert "verified = true  # not yet\nchecked = 2026-11-23\n\n[source.selectors]" in new
    assert new.partition("# ---- another")[2] == FILE.partition("# ---- another")[2]
    read = {source.id: source for source in read_toml(new, file="x.toml")}
    assert (read["b"].verified, read["b"].checked, read["c"].verified) == (True, DAY, False)
    later = marked(new, {"b": date(2027, 1, 2)}, file="x.toml")
    assert later == new.replace("checked = 2026-11-23\n\n[source.sel", "checked = 2027-01-02\n\n[source.sel")


def test_lines_that_end_as_on_windows_stay_so():
    text = FILE.replace("\n", "\r\n")
    assert marked(text, {"a": DAY}, file="x.toml").count("\r\n") == text.count("\r\n") + 2
    shorter = without(text, "b", file="x.toml")
    assert shorter.count("\r\n") == shorter.rstrip("\n").count("\n") + shorter.endswith("\r\n")


@pytest.mark.parametrize(
    "text",
    [
        'source = [{ id = "a", name = "A" }]',
        '[[source]]\nid = "a"\nname = "A"\naliases = ["""\n[[source]]\n"""]\n',
    ],
)
def test_what_cannot_be_edited_by_lines_is_refused_and_left_alone(text):
    with pytest.raises(ConfigError, match=r"x\.toml"):
        without(text, "a", file="x.toml")
    with pytest.raises(ConfigError, match=r"x\.toml"):
        marked(text, {"a": DAY}, file="x.toml")


def test_an_id_that_is_not_there_is_told():
    with pytest.raises(ConfigError, match="no source 'z'"):
        without(FILE, "z", file="x.toml")


@given(st.permutations(["a", "b", "c"]))
def test_taking_all_out_one_by_one_leaves_what_is_about_the_file(order):
    text = FILE
    for source_id in order:
        text = without(text, source_id, file="x.toml")
    assert tomllib.loads(text) == {"region": "x"}
    assert text.startswith("# About the file.\n")
    assert "# ---- another group ----" in text


def test_switching_a_source_off_and_on_changes_one_line():
    """Comments and the other entries stay as their owner wrote them."""
    text = (
        '# mine\n[[source]]\nid = "a" # first\n[[source.feeds]]\nurl = "https://a.example/f"\n\n[[source]]\nid = "b"\n'
    )
    off = switched(text, "a", enabled=False, file="x.toml")
    assert set(off.splitlines()) - set(text.splitlines()) == {"enabled = false"}
    assert switched(off, "a", enabled=True, file="x.toml") == off.replace("enabled = false", "enabled = true")
    with pytest.raises(ConfigError):
        switched(text, "nobody", enabled=False, file="x.toml")
