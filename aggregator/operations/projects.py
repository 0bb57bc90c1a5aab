"""`aggregator init`: a project folder of one's own, from what is shipped."""

from __future__ import annotations

import shutil
from pathlib import Path

from aggregator.config import CONFIG_FILE, shipped
from aggregator.errors import InputError


def create(folder: Path) -> list[Path]:
    """Makes a project in `folder`; the files that were written.  Raises InputError where there is one already."""
    if (folder / CONFIG_FILE).exists():
        raise InputError(f"{folder / CONFIG_FILE} is there already: this is a project", subject=str(folder))
    origin = shipped()
    files = [
        (origin / "scrapy.cfg", folder / "scrapy.cfg"),
        *((file, folder / file.relative_to(origin)) for file in sorted((origin / "config").rglob("*.toml"))),
    ]
    try:
        for source, target in files:
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, target)
    except OSError as error:
        raise InputError(
            f"{folder} cannot be written ({error.strerror}): choose another place", subject=str(folder)
        ) from error
    return [target for _, target in files]
