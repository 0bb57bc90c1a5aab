"""Opens the newsroom's page for `aggregator web`: the token of this data folder."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from aggregator.errors import InputError

TOKEN_FILE = "web.token"  # noqa: S105 - the name of the file


def token(data_folder: Path) -> str:
    """The token of a data folder, made at the first start and readable by its owner alone.

    Raises InputError where it cannot be kept.
    """
    file = data_folder / TOKEN_FILE
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        kept = file.read_text("ascii", "replace").strip()
        if len(kept) < 16:
            raise InputError(f"{file} holds no token: delete it, and a new one is made", subject=str(file)) from None
        return kept
    except OSError as error:
        raise InputError(f"{file} cannot be written ({error.strerror}): make it writable", subject=str(file)) from error
    made = secrets.token_urlsafe(24)
    with os.fdopen(descriptor, "w", encoding="ascii") as new:
        new.write(made + "\n")
    return made
