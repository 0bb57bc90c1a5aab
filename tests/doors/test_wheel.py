"""The wheel carries all that a user needs who has nothing else."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_from_an_empty_folder_the_wheel_makes_a_project_and_runs_the_demo(tmp_path):
    """Only the unpacked wheel is importable, not the checkout: config and templates come from inside it."""
    built, unpacked = tmp_path / "dist", tmp_path / "site"
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(built), str(ROOT)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    (wheel,) = built.glob("regional_news_aggregator-*.whl")
    zipfile.ZipFile(wheel).extractall(unpacked)

    def run(folder: Path, *words: str) -> str:
        environment = {**os.environ, "PYTHONPATH": str(unpacked)}
        where = [sys.executable, "-m", "aggregator", *words]
        done = subprocess.run(
            where, cwd=folder, env=environment, capture_output=True, text=True, timeout=180, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    run(tmp_path, "init", "mynews")
    project = tmp_path / "mynews"
    shipped = {path.relative_to(ROOT) for path in (ROOT / "config").rglob("*.toml")}
    assert {path.relative_to(project) for path in (project / "config").rglob("*.toml")} == shipped
    assert "not all" not in run(project, "demo")
