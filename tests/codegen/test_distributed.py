"""The text of programs for torchrun: compared to the character with the files in `golden/shared/`, and in ruff's form.

That they run, and come to what the plain programs come to, tests/engine/test_spread.py shows.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from netbuilder.engine.analysis import analyse
from netbuilder.graph import commands
from netbuilder.graph.graph import Graph
from tests.drawings import assert_formatted, example

GOLDEN = Path(__file__).parent / "golden" / "shared"
DRAWN = ("digits", "two_layer_net", "dynamic_net")
SETTINGS: dict[str, dict[str, Any]] = {
    "sums": {"accumulate": 3, "clip": "norm"},
    "schedule": {"scheduler": "OneCycleLR", "minutes": 1.0, "patience": 3, "keep_best": True},
    "steps": {"validate_every": 7, "validate_unit": "steps", "checkpoint_every": 5, "checkpoint_unit": "steps"},
    "watched": {"scheduler": "ReduceLROnPlateau", "precision": "bf16", "deterministic": True},
    "fp16": {"precision": "fp16", "compile": True, "steps": 50},
}


def _text(graph: Graph) -> str:
    analyst = analyse(graph, Path(), trusted=True)
    analyst.close()
    source = analyst.shared()
    assert source.complete
    return source.text


@pytest.mark.parametrize("name", DRAWN)
def test_the_text_is_the_golden_one(name: str) -> None:
    text = _text(example(name))
    path = GOLDEN / f"{name}.py"
    if os.environ.get("NETBUILDER_REWRITE_GOLDEN") == "1":
        path.write_text(text, "utf-8")
    assert text == path.read_text("utf-8")


def test_the_text_is_formatted_whatever_the_settings(tmp_path: Path) -> None:
    graph = example("digits")
    texts = {name: _text(graph.apply(commands.set_training(graph, **settings))) for name, settings in SETTINGS.items()}
    assert_formatted({f"{name}.py": text for name, text in texts.items()}, tmp_path / "texts")
    assert "scheduler.step()" in texts["schedule"] and "nullcontext" not in texts["schedule"]
    assert "scaler" in texts["fp16"] and "scaler" not in texts["sums"]
