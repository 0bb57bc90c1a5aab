"""Stories: articles, one after the other -> which of them tell of one event.

In: an `Item` for each unique article, in the order of time.  Out: `Placed`, with the story's id, the article's role in
it, the score of each signal, and what the article taught about earlier ones.  Pure and in memory: the state is bounded
by the window, and goes through a restart as bytes (`Stories.state`, `Stories.restored`).
"""

from aggregator.stories.explaining import Candidate, Placed
from aggregator.stories.likeness import Options
from aggregator.stories.placing import Stories
from aggregator.stories.signals import Item

__all__ = ["Candidate", "Item", "Options", "Placed", "Stories"]
