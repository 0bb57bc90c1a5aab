"""Stories: articles, one after the other -> which of them tell of one event.

In: an `Item` for each unique article, in the order of time.  Out: `Placed`, with the story's id, the article's role in
it, the score of each signal, and what the article taught about earlier ones.  Pure and in memory: the state is bounded
by the window, and goes through a restart as bytes (`Stories.state`, `Stories.restored`).
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from aggregator.stories.options import Options

if TYPE_CHECKING:
    from aggregator.stories.explaining import Candidate, Placed, listed
    from aggregator.stories.models import Model, encoded
    from aggregator.stories.placing import Stories
    from aggregator.stories.signals import Item, Vectors

__all__ = ["Candidate", "Item", "Model", "Options", "Placed", "Stories", "Vectors", "encoded", "listed"]

_FILES = {
    "Candidate": "explaining",
    "Item": "signals",
    "Model": "models",
    "Placed": "explaining",
    "Stories": "placing",
    "Vectors": "signals",
    "encoded": "models",
    "listed": "explaining",
}


def __getattr__(name: str) -> Any:
    # Whoever asks for the options alone loads no numpy: the schedule is a small process.
    if name in _FILES:
        return getattr(import_module(f"aggregator.stories.{_FILES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
