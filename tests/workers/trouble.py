"""Reading that goes wrong: what the last part of the page's address says happens to the process."""

from __future__ import annotations

import os
import signal
import time

from aggregator.records import Extraction, Page, Source

MOST = 300_000_000
"""Bytes that one page may take in these tests."""
kept: list[bytes] = []


def read(page: Page, source: Source) -> Extraction:
    """Hangs, dies, eats memory or raises, as the address says; else the page is refused with its number."""
    name = page.url.rpartition("/")[2]
    if name == "hang":
        time.sleep(60)  # HANGS in test_workers.py
    elif name == "exit":
        os._exit(3)
    elif name == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    elif name == "memory":
        eaten = [bytearray(50_000_000) for _ in range(200)]
        name = str(len(eaten))
    elif name == "grow":
        kept.append(bytes(MOST * 2 // 3))
    return Extraction(page=page, article=None, rejected=f"read {name} in {os.getpid()}")
