"""The notebook of those who tell of events: data/alerts/notebook.json, replaced as a whole."""

from __future__ import annotations

from pathlib import Path

import msgspec

from aggregator.alerts import Notebook
from aggregator.config import Config
from aggregator.encoding import to_json


def load(data_folder: Path) -> Notebook:
    """The notebook of a data folder; an empty one where there is none or it cannot be read."""
    try:
        return msgspec.json.decode((data_folder / "alerts" / "notebook.json").read_bytes(), type=Notebook)
    except (OSError, msgspec.DecodeError):
        return Notebook()


def save(data_folder: Path, notebook: Notebook) -> None:
    """Replaces the file; raises OSError where it cannot be written."""
    path = data_folder / "alerts" / "notebook.json"
    temporary = path.with_suffix(".new")
    temporary.write_bytes(to_json(notebook))
    temporary.replace(path)


def undelivered(config: Config) -> dict[str, str]:
    """Alerts of the configuration whose last message was given up, and why."""
    if not config.alert:
        return {}
    names = {alert.name for alert in config.alert}
    return {name: error for name, error in load(config.data_folder).failed.items() if name in names}
