"""What the process from which workers are forked does: it is loaded there, first and alone."""

from __future__ import annotations

import signal

from pipelines.processes import HELD_BACK

# A service manager tells all processes of a service to end, and Ctrl-C all of a terminal.  The crawl needs this one to
# its end, and this one ends with the crawl.
for number in HELD_BACK:
    signal.signal(number, signal.SIG_IGN)
if hasattr(signal, "pthread_sigmask"):
    signal.pthread_sigmask(signal.SIG_UNBLOCK, HELD_BACK)

from pipelines import ready as ready  # noqa: E402 - that takes seconds, and a signal may come before
