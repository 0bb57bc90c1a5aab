"""Stories: articles -> which of them tell of one event."""

from aggregator.stories.likeness import Options
from aggregator.stories.placing import Placed, Stories
from aggregator.stories.signals import Item

__all__ = ["Item", "Options", "Placed", "Stories"]
