"""The configuration: every knob in one file, every mistake named with its place."""

from __future__ import annotations

import dataclasses
import tomllib
from contextlib import suppress
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aggregator import config
from aggregator.config import (
    PLACEHOLDER_CONTACT,
    Config,
    choose,
    contact_problem,
    find_project,
    from_environment,
    load,
)
from aggregator.errors import AggregatorError, ConfigError, ProjectNotFound
from aggregator.records import Rule

ROOT = Path(__file__).parents[2]
SHIPPED = ROOT / config.CONFIG_FILE


def project(folder: Path, text: str = "") -> Path:
    file = folder / config.CONFIG_FILE
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, "utf-8")
    return folder


def plain(options: object) -> dict[str, Any]:
    return {field.name: getattr(options, field.name) for field in dataclasses.fields(options)}  # type: ignore[arg-type]


SECTIONS = [
    field.name for field in dataclasses.fields(Config) if field.name not in ("root", "rules", "schedule", "alert")
]


class TestShippedFile:
    def test_it_names_every_key_and_no_other(self) -> None:
        """The file is the list of all knobs: what it lacks nobody finds, what it has too much is an error."""
        tables = tomllib.loads(SHIPPED.read_text("utf-8"))
        known = {section: sorted(plain(getattr(Config(root=ROOT), section))) for section in SECTIONS}
        assert {section: sorted(table) for section, table in tables.items()} == known

    @pytest.mark.parametrize("section", SECTIONS)
    def test_its_values_are_the_defaults(self, section: str) -> None:
        """It says `with its default` in its head."""
        assert plain(getattr(load(ROOT), section)) == plain(getattr(Config(root=ROOT), section))

    def test_every_key_is_explained(self) -> None:
        """On its own line, where it is read."""
        keys = [line for line in SHIPPED.read_text("utf-8").splitlines() if " = " in line and not line.startswith("#")]
        assert keys
        assert [line for line in keys if "  # " not in line] == []

    def test_every_option_is_explained_in_the_code(self) -> None:
        """As a sentence below its default."""
        for section in SECTIONS:
            assert type(getattr(Config(root=ROOT), section)).__doc__


class TestMistakes:
    @pytest.mark.parametrize(
        ("text", "key", "words"),
        [
            ("[metrics]\naddress = 'here'", "metrics.address", "HOST:PORT"),
            ("[[alert]]\nname = 'a'", "alert a", "`command` or `webhook`"),
            ("[alert]\nname = 'a'", "alert", "two brackets"),
            ("[crawl]\ndealy = 2", "crawl.dealy", "did you mean delay?"),
            ("[craw]\ndelay = 2", "craw", "did you mean crawl?"),
            ("[crawl]\nzzz = 2", "crawl.zzz", "there are concurrency, connect_timeout"),
            ("crawl = 3", "crawl", "crawl.KEY"),
            ("delay = 3", "delay", "there is no section"),
            ("[crawl]\ndelay = 'soon'", "crawl.delay", "0.3s, 15min, 24h, got 'soon'"),
            ("[crawl]\ndelay = true", "crawl.delay", "expected a number"),
            ("[crawl]\ndelay = -1", "crawl.delay", "expected a number"),
            ("[crawl]\ndelay = [1]", "crawl.delay", "expected a number"),
            ("[crawl]\nmax_page_size = 'much'", "crawl.max_page_size", "10MB"),
            ("[crawl]\nworkers = 1.5", "crawl.workers", "whole number"),
            ("[crawl]\nworkers = " + "9" * 400, "crawl.workers", "whole number"),
            ("[crawl]\nworkers = true", "crawl.workers", "whole number"),
            ("[crawl]\ncontact = 3", "crawl.contact", "text in quotes"),
            ("[archive]\nenabled = 1", "archive.enabled", "true or false"),
            ("[archive]\nenabled = 'perhaps'", "archive.enabled", "true or false"),
            ("[network]\nallow = 3", "network.allow", "expected a list"),
            ("[network]\nallow = ['somewhere']", "network.allow", "127.0.0.0/8"),
            ("root = '/'", "root", "there is no section"),
        ],
    )
    def test_a_mistake_names_file_key_and_what_was_expected(
        self, tmp_path: Path, text: str, key: str, words: str
    ) -> None:
        """One look, one edit."""
        with pytest.raises(ConfigError) as caught:
            load(project(tmp_path, text))
        assert caught.value.file == tmp_path / config.CONFIG_FILE
        assert caught.value.key == key
        assert words in str(caught.value)
        assert str(tmp_path / config.CONFIG_FILE) in str(caught.value)

    def test_broken_toml_names_the_line(self, tmp_path: Path) -> None:
        """Quotes are forgotten all the time."""
        with pytest.raises(ConfigError, match="line 3") as caught:
            load(project(tmp_path, "[crawl]\ndelay = 1\ncontact = x\n"))
        assert caught.value.file == tmp_path / config.CONFIG_FILE

    def test_a_file_that_is_no_text_is_named(self, tmp_path: Path) -> None:
        """Saved by an editor in an old encoding."""
        project(tmp_path).joinpath(config.CONFIG_FILE).write_bytes(b"[data]\nfolder = '\xe9'")
        with pytest.raises(ConfigError, match="cannot be read"):
            load(tmp_path)

    @settings(max_examples=60, deadline=None)
    @given(st.sampled_from(SECTIONS), st.one_of(st.text(max_size=8), st.integers(), st.floats(), st.booleans()))
    def test_no_value_is_a_traceback(self, section: str, value: object) -> None:
        """A mistake is a ConfigError, whatever was written."""
        for name in plain(getattr(Config(root=ROOT), section)):
            with suppress(ConfigError):
                config._build(Config(root=ROOT), {section: {name: value}}, "file")


class TestValues:
    @pytest.mark.parametrize(
        ("written", "seconds"),
        [
            *[("0.5", 0.5), ("2", 2.0), ("'300ms'", 0.3), ("'0.3s'", 0.3), ("'1 sec'", 1.0), ("'15min'", 900.0)],
            *[("'2m'", 120.0), ("'24h'", 86_400.0), ("'1.5 d'", 129_600.0), ("'7'", 7.0), ("0", 0.0)],
        ],
    )
    def test_durations(self, tmp_path: Path, written: str, seconds: float) -> None:
        """As people write them."""
        assert load(project(tmp_path, f"[crawl]\ndelay = {written}")).crawl.delay == pytest.approx(seconds)

    @pytest.mark.parametrize(
        ("written", "size"),
        [
            *[("10_000", 10_000), ("'10MB'", 10_000_000), ("'1.5M'", 1_500_000), ("'64 kB'", 64_000)],
            *[("'2GB'", 2_000_000_000), ("'500'", 500), ("'10_000'", 10_000), ("'3KB'", 3_000)],
        ],
    )
    def test_sizes(self, tmp_path: Path, written: str, size: int) -> None:
        """Decimal, as disks are sold."""
        assert load(project(tmp_path, f"[journal]\npart_size = {written}")).journal.part_size == size

    def test_networks(self, tmp_path: Path) -> None:
        """Hosts and networks of both families."""
        chosen = load(project(tmp_path, "[network]\nallow = ['127.0.0.1/8', '::1']"))
        assert chosen.network.allow == (ip_network("127.0.0.0/8"), ip_network("::1/128"))


class TestOverrides:
    @pytest.mark.parametrize(
        ("override", "section", "name", "value"),
        [
            ("crawl.delay=2s", "crawl", "delay", 2.0),
            (" crawl.delay = 2s ", "crawl", "delay", 2.0),
            ("crawl.contact=https://example.org/?a=b", "crawl", "contact", "https://example.org/?a=b"),
            ("archive.enabled=true", "archive", "enabled", True),
            ("crawl.concurrency=4", "crawl", "concurrency", 4),
            ("network.allow=127.0.0.0/8,::1", "network", "allow", (ip_network("127.0.0.0/8"), ip_network("::1/128"))),
            ("network.allow=", "network", "allow", ()),
        ],
    )
    def test_a_key_is_set_for_one_command(
        self, tmp_path: Path, override: str, section: str, name: str, value: object
    ) -> None:
        """`--set KEY=VALUE`, for any key."""
        assert getattr(getattr(load(tmp_path, [override]), section), name) == value

    def test_an_override_wins_over_the_file_and_the_last_over_the_first(self, tmp_path: Path) -> None:
        """Nearest to the person counts most."""
        project(tmp_path, "[crawl]\ndelay = 5\ntimeout = 7")
        chosen = load(tmp_path, ["crawl.delay=2", "crawl.delay=3"]).crawl
        assert (chosen.delay, chosen.timeout) == (3.0, 7.0)

    @pytest.mark.parametrize(
        ("override", "words"),
        [
            ("crawl.delay", "write KEY=VALUE"),
            ("crawl.dealy=2", "did you mean delay?"),
            ("crawl=2", "crawl.KEY"),
            ("=2", "no section"),
            ("crawl.=2", "no such key"),
            (".delay=2", "no section"),
            ("crawl.delay.x=2", "no such key"),
        ],
    )
    def test_a_wrong_override_says_so(self, tmp_path: Path, override: str, words: str) -> None:
        """With `--set` in the file's place."""
        with pytest.raises(ConfigError, match=words) as caught:
            load(tmp_path, [override])
        assert caught.value.file == "--set"


class TestProjects:
    def test_the_nearest_folder_above_is_the_project(self, tmp_path: Path) -> None:
        """As git does it."""
        deep = tmp_path / "a" / "b"
        deep.mkdir(parents=True)
        assert find_project(project(tmp_path) / "a" / "b") == tmp_path
        project(tmp_path / "a")
        assert find_project(deep) == tmp_path / "a"

    def test_no_project_says_how_to_make_one(self, tmp_path: Path) -> None:
        """The first thing a newcomer meets."""
        with pytest.raises(ProjectNotFound, match="aggregator init"):
            find_project(tmp_path)

    def test_without_a_project_the_options_must_say_where(self, tmp_path: Path) -> None:
        """`--sources FILE` is enough, and the data lie here."""
        with pytest.raises(ProjectNotFound):
            choose(tmp_path, [], data=None, sources=None)
        chosen = choose(tmp_path, [], data=None, sources="feeds.opml")
        assert (chosen.sources, chosen.data_folder) == (tmp_path / "feeds.opml", tmp_path / "data")

    def test_paths_of_options_start_here_and_those_of_the_file_at_the_project(self, tmp_path: Path) -> None:
        """A path means what it meant where it was typed."""
        project(tmp_path, "[data]\nfolder = 'out'\nsources = 'mine.toml'")
        here = tmp_path / "below"
        here.mkdir()
        chosen = choose(here, [], data=None, sources=None)
        assert (chosen.data_folder, chosen.sources) == (tmp_path / "out", tmp_path / "mine.toml")
        assert chosen.database == tmp_path / "out" / "aggregator.db"
        chosen = choose(here, [], data="elsewhere", sources=str(tmp_path / "absolute.csv"))
        assert (chosen.data_folder, chosen.sources) == (here / "elsewhere", tmp_path / "absolute.csv")

    def test_the_environment_is_read_for_scrapy(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """`scrapy crawl` has no options of ours."""
        monkeypatch.chdir(project(tmp_path, "[crawl]\ndelay = 5"))
        environment = {
            "AGGREGATOR_SET": "crawl.delay=2; crawl.timeout=9s;",
            "AGGREGATOR_DATA": "here",
            "AGGREGATOR_SOURCES": "s.toml",
        }
        chosen = from_environment(environment)
        assert (chosen.crawl.delay, chosen.crawl.timeout) == (2.0, 9.0)
        assert (chosen.data_folder, chosen.sources) == (tmp_path / "here", tmp_path / "s.toml")
        assert from_environment({}).crawl.delay == 5.0

    def test_a_catalogue_that_is_not_there_is_named(self, tmp_path: Path) -> None:
        """With the option that names another."""
        with pytest.raises(ConfigError, match="--sources FILE"):
            config.catalogue(load(project(tmp_path)))
        (tmp_path / "config" / "sources").mkdir()
        with pytest.raises(ConfigError, match=r"no \*\.toml"):
            config.catalogue(load(tmp_path))

    def test_the_shipped_catalogue_can_be_read(self) -> None:
        """Every file of it; the region is the file's name."""
        found = config.catalogue(load(ROOT)).sources
        assert {source.region for source in found} >= {"middle-east", "europe"}


def test_every_error_is_for_people() -> None:
    """The command line catches AggregatorError alone."""
    assert issubclass(ConfigError, AggregatorError)
    assert issubclass(ProjectNotFound, AggregatorError)


@pytest.mark.parametrize(
    ("contact", "fits"),
    [
        ("mailto:desk@gazette.example", True),
        ("https://gazette.example/bot", True),
        (PLACEHOLDER_CONTACT, False),
        ("", False),
        ("me", False),
        ("mailto:", False),
        ("https://x.example/ (hello)", False),
    ],
)
def test_a_contact_is_an_address_at_which_publishers_reach_you(tmp_path: Path, contact: str, fits: bool) -> None:
    """Without one nobody crawls unattended, and the message says how it is set."""
    problem = contact_problem(load(tmp_path, [f"crawl.contact={contact}"]))
    assert (problem is None) is fits
    assert problem is None or "--set crawl.contact=mailto:" in problem


class TestRules:
    def test_rules_are_read_in_their_order(self, tmp_path: Path) -> None:
        text = """
        [[rule]]
        name = "no sport"
        drop = 'section == "Sport"'

        [[rule]]
        keep = 'language == "fa"'
        """
        assert load(project(tmp_path, text)).rules == (
            Rule(action="drop", when='section == "Sport"', name="no sport"),
            Rule(action="keep", when='language == "fa"'),
        )

    @pytest.mark.parametrize(
        ("text", "words"),
        [
            ("[[rule]]\nname = 'x'", "rule 1: drop: expected a condition under drop or keep, got nothing"),
            ("[[rule]]\ndrop = 'a'\nkeep = 'b'", "rule 1: keep: a rule has drop or keep, not both"),
            ("[[rule]]\ndorp = 'a'", "rule 1: dorp: unknown key; did you mean 'drop'?"),
            ("[rule]\ndrop = 'a'", "rule: expected [[rule]] tables, with two brackets"),
        ],
    )
    def test_what_is_no_rule_is_named_with_its_place(self, tmp_path: Path, text: str, words: str) -> None:
        with pytest.raises(ConfigError) as raised:
            load(project(tmp_path, text))
        assert words in str(raised.value)
        assert config.CONFIG_FILE in str(raised.value)

    def test_a_source_has_rules_of_its_own(self, tmp_path: Path) -> None:
        sources = tmp_path / "mine.toml"
        sources.write_text(
            "[[source]]\nid = 'a'\nname = 'A'\n[[source.rule]]\ndrop = 'words < 50'\nname = 'too short'\n", "utf-8"
        )
        found = config.catalogue(choose(tmp_path, (), data=None, sources=str(sources))).get("a")
        assert found.rules == (Rule(action="drop", when="words < 50", name="too short"),)


class TestSchedule:
    def test_jobs_are_read_with_times_in_words(self, tmp_path: Path) -> None:
        text = '[[schedule]]\nname = "tick"\nevery = "5min"\nquiet = ["22:00-06:00"]\ntimezone = "Asia/Tehran"\n'
        (job,) = load(project(tmp_path, text)).schedule
        assert (job.name, job.every, job.quiet, job.timezone) == ("tick", 300, ("22:00-06:00",), "Asia/Tehran")

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            ('[schedule]\nname = "x"', "two brackets"),
            ('[[schedule]]\nname = "x"\nevry = 5', "did you mean every"),
            ('[[schedule]]\nname = "x"\nevery = "soon"', "15min"),
            ('[[schedule]]\nname = "x"\ncron = "every day"', "five fields"),
            ('[[schedule]]\nname = "x"\nevery = 60\n[[schedule]]\nname = "x"\nevery = 90', "two jobs"),
        ],
    )
    def test_a_wrong_job_is_named_with_its_key(self, tmp_path: Path, text: str, said: str) -> None:
        with pytest.raises(ConfigError, match=said) as caught:
            load(project(tmp_path, text))
        assert "aggregator.toml: schedule" in str(caught.value)
