"""What the process from which workers are forked does: it is loaded there, first and alone."""

from __future__ import annotations

import signal

# A service manager tells all processes of a service to end, and Ctrl-C all of a terminal.  The crawl needs this one to
# its end, and this one ends with the crawl.
signal.signal(signal.SIGTERM, signal.SIG_IGN)
signal.signal(signal.SIGINT, signal.SIG_IGN)

from pipelines import ready as ready  # noqa: E402 - that takes seconds, and a signal may come before
