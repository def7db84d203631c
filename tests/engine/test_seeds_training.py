"""The tutorials' trainings, whole: each begins and ends where the document says."""

from __future__ import annotations

from pathlib import Path

import pytest

from netbuilder.graph.files import to_text
from tests.drawings import EXAMPLES, NAMES, example
from tests.engine.runs import train
from tests.examples_seeds import SEEDS
from tests.make_examples import DRAWINGS, example_graph

# How many steps, between what the loss begins, and below what it ends. The ends of 500 steps are those printed.
ENDS = {
    "two_layer_autograd": (500, (1e7, 1e8), 0.0007748950738459826),
    "two_layer_function": (500, (1e7, 1e8), 7.912427099654451e-05),
    "two_layer_sequential": (500, (400, 1000), 3.063823896809481e-06),
    "two_layer_adam": (500, (400, 1000), 9.765761888047564e-08),
    "two_layer_net": (500, (400, 1000), 9.620515584174427e-07),
    "dynamic_net": (500, (400, 1000), 0.24811068177223206),
    "rnn": (200, (0.1, 2), 0.01),
    "gradients": (100, (0.5, 3), 1.1),
}


@pytest.mark.parametrize("name", sorted(DRAWINGS))
def test_the_files_are_what_the_script_writes(name: str) -> None:
    assert to_text(example_graph(name)) == (EXAMPLES / f"{name}.netb").read_text("utf-8")


def test_every_example_was_drawn_by_hand_or_is_written_by_the_script() -> None:
    assert {path.stem for path in EXAMPLES.glob("*")} == {*NAMES, *DRAWINGS}


@pytest.mark.parametrize("name", sorted(SEEDS))
def test_the_training_ends_where_the_tutorial_says(name: str, tmp_path: Path) -> None:
    steps, (least, most), end = ENDS[name]
    done = train(example(name), tmp_path / "run", trusted=True)
    assert done.sentence == f"Finished after {steps} steps."
    losses = [row[0] for row in done.steps]
    assert least < losses[0] < most
    assert losses[-1] < end


def test_own_python_code_is_trained_only_where_it_is_trusted(tmp_path: Path) -> None:
    done = train(example("two_layer_function"), tmp_path / "run")
    assert done.ended.state == "failed"
    assert done.sentence == "relu holds Python code, which runs only in a project that you trust."
