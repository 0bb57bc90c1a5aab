"""Worker processes import what they run by name: `trouble`, which stands beside this file."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
