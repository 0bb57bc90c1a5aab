"""How well copies and stories are found in labelled files.

    python benchmarks/stories.py DIR [NAME ...] [--model MODEL] [--vectors FILE]

DIR has files NAME.jsonl(.gz) of rows `id, lang, title, body, published, source, url, gold_story, gold_dup_group`, in
the order of time, and for sets of which only pairs are labelled NAME.pairs.tsv (two ids, 1 or 0).  Each file is one
stream through `aggregator cluster`'s own code, with the one default configuration, or with a model beside it, whose
vectors may be kept in FILE (.npz) for the next time: encoding is what takes long.

Scores: B-cubed (Bagga and Baldwin 1998), V-measure (Rosenberg and Hirschberg 2007), adjusted Rand index (Hubert and
Arabie 1985), and precision, recall and F1 over pairs: of different languages, or those that are labelled.
"""

from __future__ import annotations

import argparse
import gzip
import json
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from math import comb, log
from pathlib import Path
from typing import Any

import numpy as np

from aggregator.operations.clustering import Clustering, item_of
from aggregator.semantic import open_model
from aggregator.stories import Item, Model, Vectors

Labels = Mapping[str, str]


def b_cubed(gold: Labels, found: Labels) -> tuple[float, float, float]:
    """Precision, recall and F1, each article counting once."""
    gold_sizes, found_sizes = Counter(gold.values()), Counter(found[name] for name in gold)
    both = Counter((gold[name], found[name]) for name in gold)
    precision = sum(both[gold[n], found[n]] / found_sizes[found[n]] for n in gold) / len(gold)
    recall = sum(both[gold[n], found[n]] / gold_sizes[gold[n]] for n in gold) / len(gold)
    return precision, recall, 2 * precision * recall / (precision + recall)


def v_measure(gold: Labels, found: Labels) -> float:
    """Harmonic mean of homogeneity and completeness."""
    both = Counter((gold[name], found[name]) for name in gold)
    left, right = Counter(gold.values()), Counter(found[name] for name in gold)
    total = len(gold)

    def entropy(sizes: Iterable[int]) -> float:
        return -sum(size / total * log(size / total) for size in sizes)

    joint = entropy(both.values())
    of_gold, of_found = entropy(left.values()), entropy(right.values())
    shared = of_gold + of_found - joint
    homogeneous = shared / of_gold if of_gold else 1.0
    complete = shared / of_found if of_found else 1.0
    return 2 * homogeneous * complete / (homogeneous + complete) if homogeneous + complete else 0.0


def adjusted_rand(gold: Labels, found: Labels) -> float:
    """Agreement over pairs beyond chance."""
    both = sum(comb(size, 2) for size in Counter((gold[name], found[name]) for name in gold).values())
    left = sum(comb(size, 2) for size in Counter(gold.values()).values())
    right = sum(comb(size, 2) for size in Counter(found[name] for name in gold).values())
    expected = left * right / comb(len(gold), 2)
    most = (left + right) / 2
    return (both - expected) / (most - expected) if most != expected else 1.0


def f_score(labelled: Iterable[tuple[str, str, bool]], found: Labels) -> tuple[float, float, float]:
    """Precision, recall and F1 over pairs of articles and whether they belong together."""
    counts = Counter((same, found[one] == found[other]) for one, other, same in labelled)
    hits, false, missed = counts[True, True], counts[False, True], counts[True, False]
    precision = hits / (hits + false) if hits + false else 0.0
    recall = hits / (hits + missed) if hits + missed else 0.0
    return precision, recall, 2 * precision * recall / (precision + recall) if hits else 0.0


def _rows(file: Path) -> list[dict[str, Any]]:
    data = gzip.decompress(file.read_bytes()) if file.suffix == ".gz" else file.read_bytes()
    return [json.loads(line) for line in data.splitlines()]


class Remembered:
    """A model whose vectors are kept in a file, by the digest of the text."""

    def __init__(self, model: Model, file: Path | None) -> None:
        self.name, self.dimensions, self._model, self._file = model.name, model.dimensions, model, file
        self.new = 0
        self._known: dict[str, Vectors] = {}
        if file is not None and file.exists():
            with np.load(file) as held:
                self._known = dict(zip(held["keys"].tolist(), held["vectors"], strict=True))

    def encode(self, texts: Sequence[str]) -> Vectors:
        """The vectors of texts, those that are known from the file."""
        keys = [sha256(f"{self.name}\n{text}".encode("utf-8", "replace")).hexdigest() for text in texts]
        for key, text in zip(keys, texts, strict=True):
            if key not in self._known:
                self._known[key] = self._model.encode([text])[0]
                self.new += 1
        return np.array([self._known[key] for key in keys])

    def keep(self) -> None:
        """Writes the file, where something is new."""
        if self._file is not None and self.new:
            np.savez(self._file, keys=np.array(list(self._known)), vectors=np.array(list(self._known.values())))
            self.new = 0


def _run(rows: list[dict[str, Any]], model: Model | None = None) -> tuple[dict[str, str], dict[str, str], float]:
    """Story and duplicate group of each row, and the CPU seconds that it took."""
    items: list[tuple[Item, str]] = []
    for row in rows:
        item = item_of(row, items[-1][0].published if items else None)  # type: ignore[arg-type]
        assert item is not None
        items.append((item, row.get("url") or ""))
    started = time.process_time()
    work = Clustering(None, model)
    done = [row for item, url in items for row in work.take(item, url)]
    done.extend(work.finish())
    seconds = time.process_time() - started
    return {r.id: r.story_id or "" for r in done}, {r.id: r.duplicate_of or r.id for r in done}, seconds


def _pairs_across(gold: Labels, languages: Labels) -> Iterable[tuple[str, str, bool]]:
    names = list(gold)
    for place, one in enumerate(names):
        for other in names[:place]:
            if languages[one] != languages[other]:
                yield one, other, gold[one] == gold[other]


def _tell(name: str, what: str, scores: tuple[float, ...]) -> None:
    print(f"{name:<10} {what:<28} {'  '.join(f'{score:.3f}' for score in scores)}", flush=True)


def score(name: str, rows: list[dict[str, Any]], pairs: Path, model: Model | None = None) -> None:
    """Runs one file and prints its scores."""
    stories, groups, seconds = _run(rows, model)
    languages = {row["id"]: row["lang"] for row in rows}
    if pairs.exists():
        by_kind: dict[str, list[tuple[str, str, bool]]] = defaultdict(list)
        for line in pairs.read_text().splitlines():
            one, other, label = line.split("\t")
            kinds = "-".join(sorted((languages[one], languages[other])))
            by_kind["all"].append((one, other, label == "1"))
            by_kind["one language" if languages[one] == languages[other] else "across languages"].append(
                by_kind["all"][-1]
            )
            if kinds == "de-en":
                by_kind[kinds].append(by_kind["all"][-1])
        for kind, labelled in by_kind.items():
            _tell(name, f"pairs {kind} P R F1", f_score(labelled, stories))
    gold = {row["id"]: row["gold_story"] for row in rows if row.get("gold_story")}
    if gold:
        _tell(name, "stories B-cubed P R F1", b_cubed(gold, stories))
        _tell(name, "stories V-measure, ARI", (v_measure(gold, stories), adjusted_rand(gold, stories)))
        if len(set(languages.values())) > 1:
            _tell(name, "pairs across languages P R F1", f_score(_pairs_across(gold, languages), stories))
    copies = {row["id"]: row["gold_dup_group"] for row in rows if row.get("gold_dup_group")}
    if copies:
        _tell(name, "duplicates B-cubed P R F1", b_cubed(copies, groups))
    print(f"{name:<10} {len(rows)} articles, {len(rows) / seconds:.0f} a second of CPU time", flush=True)


def main() -> None:
    """Scores the files of a folder."""
    parser = argparse.ArgumentParser(description="How well stories are found in labelled files.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("names", nargs="*")
    parser.add_argument("--model", default="", help="e5, or model2vec:NAME_OR_PATH")
    parser.add_argument("--vectors", type=Path, help="where vectors are kept for the next time")
    chosen = parser.parse_args()
    opened = open_model(chosen.model)
    model = None if opened is None else Remembered(opened, chosen.vectors)
    for file in sorted(chosen.folder.glob("*.jsonl*")):
        name = file.name.split(".")[0]
        if not chosen.names or name in chosen.names:
            score(name, _rows(file), file.parent / (file.name.split(".jsonl")[0] + ".pairs.tsv"), model)
            if model is not None:
                model.keep()


if __name__ == "__main__":
    main()
