"""The shape of the code: who may import whom, what is said of everything, what is not imported at the start."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CODE = [path for folder in ("aggregator", "spiders", "pipelines") for path in sorted((ROOT / folder).rglob("*.py"))]

CALLED_BY_SCRAPY = {
    *("process_item", "process_request", "process_response", "from_crawler", "open_spider", "close_spider", "start"),
    *("first", "prepare", "selected", "addresses", "getHostByName", "handle_referer"),
}
"""What these do is said by Scrapy, or by the base class of the spiders."""


def run(*command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, cwd=ROOT, env={**os.environ, **environment}, capture_output=True, text=True, timeout=120
    )


def test_the_import_contracts_hold() -> None:
    """Floors, pure rooms, no circles: they are what keeps a change in one room from being a change in all."""
    command = Path(sys.executable).with_name("lint-imports")
    told = run(str(command), "--no-cache")
    assert told.returncode == 0, told.stdout


Named = ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


def public(tree: ast.Module) -> Iterator[tuple[str, Named]]:
    """Public classes, functions and methods by name; the setter of a property is said by its getter."""
    for node in tree.body:
        if not isinstance(node, Named) or node.name.startswith("_"):
            continue
        yield node.name, node
        if isinstance(node, ast.ClassDef):
            for member in node.body:
                if not isinstance(member, Named) or member.name.startswith("_") or _is_setter(member):
                    continue
                yield f"{node.name}.{member.name}", member


def _is_setter(node: Named) -> bool:
    return any(isinstance(by, ast.Attribute) and by.attr == "setter" for by in node.decorator_list)


PROMISED = {
    member.name
    for node in ast.parse((ROOT / "aggregator/store/interface.py").read_text("utf-8")).body
    if isinstance(node, ast.ClassDef)
    for member in node.body
    if isinstance(member, ast.FunctionDef)
}
"""Methods whose promise stands in the store's interface: said once, kept in several places."""


@pytest.mark.parametrize("path", CODE, ids=lambda path: str(path.relative_to(ROOT)))
def test_everything_public_says_what_it_is(path: Path) -> None:
    """A docstring of one sentence at least: a reader should not have to open the body."""
    tree = ast.parse(path.read_text("utf-8"))
    assert ast.get_docstring(tree), "the module has none"
    excused = CALLED_BY_SCRAPY | (PROMISED if path.parent.name == "store" else set())
    silent = [
        name for name, node in public(tree) if not ast.get_docstring(node) and name.rpartition(".")[2] not in excused
    ]
    assert silent == []


ASK_THE_CLOCK = ("aggregator/run.py", "aggregator/cli", "aggregator/operations", "aggregator/demo", "spiders")
BELOW = [path for path in CODE if not str(path.relative_to(ROOT)).startswith(ASK_THE_CLOCK)]


@pytest.mark.parametrize("path", BELOW, ids=lambda path: str(path.relative_to(ROOT)))
def test_time_is_asked_for_in_few_places(path: Path) -> None:
    """`now` is an argument below the run: otherwise nothing could be replayed."""
    text = path.read_text("utf-8")
    assert "datetime.now(" not in text
    assert "utcnow(" not in text
    assert "time.time(" not in text


HEAVY = ("scrapy", "twisted", "trafilatura", "feedparser", "lxml", "htmldate", "py3langid", "fastwarc", "tldextract")
STARTS = """
import sys
sys.argv = ["aggregator", {argument!r}]
import runpy
try:
    runpy.run_module("aggregator", run_name="__main__")
except SystemExit as end:
    code = end.code
print("loaded:", *sorted({{name.partition(".")[0] for name in sys.modules}}), file=sys.stderr)
sys.exit(code)
"""


@pytest.mark.parametrize("argument", ["--help", "--version"])
def test_the_command_starts_without_the_heavy_libraries(argument: str) -> None:
    """Help must come at once: Scrapy, Twisted and the extractors are loaded by the commands that need them."""
    told = run(sys.executable, "-c", STARTS.format(argument=argument))
    assert told.returncode == 0, told.stderr
    assert told.stdout
    loaded = set(told.stderr.rpartition("loaded:")[2].split())
    assert "aggregator" in loaded
    assert loaded & {"scrapy", "twisted", "trafilatura", "feedparser", "structlog"} == set()


def test_importing_the_package_imports_next_to_nothing() -> None:
    """`import aggregator` gives the version."""
    told = run(sys.executable, "-c", "import sys, aggregator; print(aggregator.__version__, *sys.modules)")
    version, *loaded = told.stdout.split()
    assert version[0].isdigit()
    assert not {name.partition(".")[0] for name in loaded} & {*HEAVY, "msgspec", "sqlite3"}


def tracked() -> list[Path]:
    told = run("git", "ls-files", "-z")
    return [ROOT / name for name in told.stdout.split("\0") if name] if told.returncode == 0 else []


@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="not a checkout")
def test_no_file_names_a_package_registry() -> None:
    """Where packages come from is set up where this is installed; a host written here would go around that."""
    files = tracked()
    assert files
    hosts = [".".join(parts) for parts in (("py" + "pi", "org"), ("files", "python" + "hosted", "org"))]
    hosts.append(".".join(("registry", "npm" + "js", "org")))
    found = [
        f"{path.relative_to(ROOT)}: {host}"
        for path in files
        if path.is_file() and b"\0" not in (data := path.read_bytes())[:8_000]
        for host in hosts
        if host.encode() in data
    ]
    assert found == []


@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="not a checkout")
def test_no_file_holds_somebodys_folder() -> None:
    """Paths of one machine help nobody else."""
    needle = "/".join(("", "home", "")).encode()
    found = [
        str(path.relative_to(ROOT))
        for path in tracked()
        if path.suffix in {".py", ".toml", ".md", ".txt"} and path.is_file() and needle in path.read_bytes()
    ]
    assert found == []
