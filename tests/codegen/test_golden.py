"""The text of every example, compared to the character with the files in `golden/`, and executed.

After a change that is meant, rewrite them and read the difference:

    NETBUILDER_REWRITE_GOLDEN=1 python -m pytest tests/codegen/test_golden.py
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
import torch

from tests.drawings import NAMES, example, example_texts, run_text
from tests.examples_data import DATA
from tests.examples_seeds import SEEDS

GOLDEN = Path(__file__).parent / "golden"
SAMPLES = {
    "digits": ((3, 1, 8, 8), 10),
    "lenet_3x3": ((3, 1, 32, 32), 10),
    "lenet_5x5": ((3, 1, 32, 32), 10),
    "mnist_convnet": ((3, 1, 28, 28), 10),
    "two_layer_net": ((3, 1000), 0),
}


EVERY = sorted({*NAMES, *SEEDS, *DATA})


@pytest.mark.parametrize("kind", ["module", "script"])
@pytest.mark.parametrize("name", EVERY)
def test_the_text_is_the_golden_one(name: str, kind: str) -> None:
    text = example_texts(name)[kind == "script"].text
    path = GOLDEN / f"{name}_{kind}.py"
    if os.environ.get("NETBUILDER_REWRITE_GOLDEN") == "1":
        path.write_text(text, "utf-8")
    assert text == path.read_text("utf-8")


def test_there_is_a_golden_file_for_every_example_and_no_other() -> None:
    assert {path.name for path in GOLDEN.glob("*.py")} == {f"{n}_{k}.py" for n in EVERY for k in ("module", "script")}


@pytest.mark.parametrize("kind", ["module", "script"])
@pytest.mark.parametrize("name", NAMES)
def test_the_golden_text_runs(name: str, kind: str) -> None:
    program = run_text((GOLDEN / f"{name}_{kind}.py").read_text("utf-8"))
    model = vars(program)[example(name).main.name]()
    shape, classes = SAMPLES[name]
    x = torch.randn(shape)
    output = model(x)
    assert output.shape == (3, 10)
    if kind == "script":
        y = torch.randint(classes, (3,)) if classes else torch.randn(3, 10)
        optimizer = program.make_optimizer(model)
        before = {key: value.clone() for key, value in model.state_dict().items()}
        program.objective(*program.predict(model, (x, y))).backward()
        optimizer.step()
        assert all(not torch.equal(before[name], value) for name, value in model.named_parameters())
