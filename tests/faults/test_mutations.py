"""The defences that `mutations.py` takes away are where it looks for them."""

from __future__ import annotations

import pytest

from tests.faults.mutations import MUTATIONS, ROOT


@pytest.mark.parametrize("name", MUTATIONS)
def test_a_defence_stands_once_in_its_file(name: str) -> None:
    """Otherwise it would be shown for something that is no more there."""
    mutation = MUTATIONS[name]
    assert (ROOT / mutation.file).read_text(encoding="utf-8").count(mutation.defence) == 1
