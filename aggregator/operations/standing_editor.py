"""`aggregator editor`: places what others collect in stories and writes it to the journal, as long as it runs.

Of all that run, on all machines, one edits: it holds a name that the server drops with its connection.  The others
stand by, and the first to ask after its death is the next.  Each writes to its own data folder, and one that takes
over fills its files up from the log first, so the files of any machine are the beginning of the same stream.
"""

from __future__ import annotations

import threading
from collections.abc import Callable

from aggregator.config import Config
from aggregator.errors import JournalError
from aggregator.run import Run

LOOK = 1.0
"""Seconds between two looks at what is to be done, or whether the one who edits is gone."""


def edit(config: Config, ending: threading.Event, say: Callable[[str], None]) -> None:
    """Edits until `ending` is set; raises an AggregatorError where the store cannot be used."""
    run = Run(config, spider="editor")
    edits, behind = False, ""
    try:
        while not ending.wait(LOOK):
            if run.edits != edits:
                edits = run.edits
                say(f"this process edits, into {config.data_folder}" if edits else "another process edits")
            try:
                run.publish()
                behind = ""
            except JournalError as error:
                # The log has every line; a full disk may have room again.
                if str(error) != behind:
                    behind = str(error)
                    say(behind)
    finally:
        run.close("shutdown", patience=0.0)
