"""`python -m aggregator` is the command `aggregator`."""

from __future__ import annotations

import sys


def main() -> None:
    """The command; Ctrl-C while it is loaded ends it without a trace, as it does later."""
    try:
        from aggregator.cli import main as command
    except KeyboardInterrupt:
        sys.exit(130)
    command()


if __name__ == "__main__":
    main()
