"""How long the command takes to answer, as a ratio to Python's own start, in the same run.

python benchmarks/start_up.py
"""

from __future__ import annotations

import subprocess
import sys
import time
from statistics import median

RUNS = 7


def seconds(*words: str) -> float:
    """Median wall time of a command over several runs."""
    times = []
    for _ in range(RUNS):
        began = time.perf_counter()
        subprocess.run([sys.executable, *words], check=True, capture_output=True)
        times.append(time.perf_counter() - began)
    return median(times)


def main() -> None:
    """Prints the figures."""
    bare = seconds("-c", "pass")
    print(f"python -c pass            {bare:.3f} s")
    for name, words in {
        "aggregator --help": ("-m", "aggregator", "--help"),
        "aggregator sources list": ("-m", "aggregator", "sources", "list"),
        "import scrapy": ("-c", "import scrapy"),
        "import trafilatura": ("-c", "import trafilatura"),
    }.items():
        took = seconds(*words)
        print(f"{name:<25} {took:.3f} s, {took / bare:.1f} x")


if __name__ == "__main__":
    main()
