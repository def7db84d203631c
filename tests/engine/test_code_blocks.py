"""Python blocks in a drawing: nothing runs unless the project is trusted, and then nothing can hurt the engine."""

from __future__ import annotations

import ast
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from netbuilder.engine.analysis import Analyst, analyse
from netbuilder.graph import commands, networks
from netbuilder.graph.graph import Graph
from tests.drawings import draw, run_text

HALF = """
class Half(nn.Module):
    \"\"\"Halves, and a weight on top.\"\"\"

    def __init__(self, by: int = 2):
        super().__init__()
        self.by = by
        self.scale = nn.Parameter(torch.ones(1))

    def forward(self, x):
        return self.scale * x / self.by
"""
RELU = """
class MyReLU(torch.autograd.Function):
    @staticmethod
    def forward(ctx, input):
        ctx.save_for_backward(input)
        return input.clamp(min=0)

    @staticmethod
    def backward(ctx, grad_output):
        (input,) = ctx.saved_tensors
        return grad_output * (input >= 0)
"""
BOTH = "def both(x, y):\n    return x @ y.transpose(1, 2), x + 1"


def _drawing(code: str, uses: int = 1) -> Graph:
    """A chain through some uses of the code."""
    names = [f"p{i}" for i in range(uses)]
    lines = ["in0 Input shape=3,4", *(f"{name} Python" for name in names), "fc Linear"]
    graph = draw("\n".join([*lines]))
    for name in names:
        graph = graph.apply(commands.set_params(graph, name, {"code": code}))
    before, out = "in0", "output"
    for name in (*names, "fc"):
        for port in graph.inputs(graph.nodes[name]):
            graph = graph.apply(commands.connect(graph, before, out, name, port.name))
        before, out = name, graph.outputs(graph.nodes[name])[0].name
    return graph


@pytest.fixture(scope="module")
def trusted() -> Iterator[Analyst]:
    analyst = Analyst(trusted=True)
    analyst.open(_drawing(HALF), Path())  # whatever has to be started is, before a test looks what runs
    yield analyst
    analyst.close()


def _said(analyst: Analyst) -> list[str]:
    return [str(problem.sentence) for problem in analyst.all_problems]


def test_in_a_project_that_is_not_trusted_nothing_runs(tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    code = f"def write(x):\n    open({str(mark)!r}, 'w').close()\n    return x"
    default = f"def write(x, y=None, by: int = 2):\n    open({str(mark)!r}, 'w').close()\n    return x"
    for text in (code, default):
        analyst = Analyst()
        analyst.open(_drawing(text), Path())
        analyst.write()
        assert "p0 holds Python code, which runs only in a project that you trust." in _said(analyst)
        assert not analyst.module.complete
        assert not mark.exists()
        analyst.close()


def test_in_a_trusted_one_code_has_shapes_and_is_written_once(trusted: Analyst) -> None:
    for code, name in ((HALF, "Half"), (RELU, "MyReLU")):
        trusted.open(_drawing(code, 2), Path())
        trusted.write()
        assert _said(trusted) == []
        assert trusted.reports["p1"].outputs["output"].shape == ("N", 3, 4)
        text = trusted.module.text
        assert text.count(f"class {name}(") == 1
        (kept,) = [one for one in ast.parse(text).body if isinstance(one, ast.ClassDef) and one.name == name]
        assert ast.dump(kept) == ast.dump(ast.parse(code).body[0])
        assert run_text(trusted.module).Net()(torch.randn(2, 3, 4)).shape == (2, 3, 10)
    trusted.open(_drawing(BOTH), Path())
    trusted.write()
    assert [spec.shape for spec in trusted.reports["p0"].outputs.values()] == [("N", 3, 3), ("N", 3, 4)]


def test_two_uses_of_one_module_share_its_weights_only_if_they_are_to(trusted: Analyst) -> None:
    graph = _drawing(HALF, 2)
    trusted.open(graph, Path())
    trusted.write()
    apart = sum(p.numel() for p in run_text(trusted.module).Net().parameters())
    trusted.change(networks.set_layer(graph, "p1", "p0"))
    trusted.write()
    together = sum(p.numel() for p in run_text(trusted.module).Net().parameters())
    assert apart - together == 1
    assert sum(report.parameters for report in trusted.reports.values()) == together


@pytest.mark.parametrize(
    "body",
    [
        "    while True:\n        pass",
        "    raise ValueError('no')",
        "    import os\n    os._exit(3)",
        "    print('x' * 10**7)\n    raise SystemExit",
        "    import os\n    while True:\n        os.fork()",
    ],
    ids=["loops", "raises", "exits", "prints", "forks"],
)
def test_code_that_misbehaves_is_a_sentence_and_the_engine_lives(trusted: Analyst, body: str) -> None:
    trusted.open(_drawing(HALF), Path())  # whatever had to be started is
    graph = _drawing(f"def bad(x):\n{body}\n    return x")
    start = time.monotonic()
    trusted.open(graph, Path())
    assert time.monotonic() - start < 4  # two, where the computer has nothing else to do
    (said,) = [one for one in _said(trusted) if one.startswith("p0: ")]
    assert "\n" not in said and "Traceback" not in said
    trusted.open(_drawing(HALF), Path())
    assert _said(trusted) == []


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("BATCH_SIZE = 3\n\n\ndef f(x):\n    return x * BATCH_SIZE", "BATCH_SIZE"),
        ("def load_data(x):\n    return x\n\n\ndef f(x):\n    return load_data(x)", "load_data"),
        ("from math import prod as evaluate\n\n\ndef f(x):\n    return x * evaluate((2, 3))", "evaluate"),
        ("import math\n\n\ndef f(x):\n    return x * math.pi", ""),
    ],
    ids=["constant", "helper", "import", "as everybody"],
)
def test_nothing_in_the_code_takes_the_place_of_the_programs_own(text: str, name: str) -> None:
    graph = draw("image Input shape=4\nown Python\nimage > own")
    graph = graph.apply(commands.set_params(graph, "own", {"code": text}))
    found = [
        str(problem.sentence) for problem in analyse(graph, Path()).all_problems if "something" in str(problem.sentence)
    ]
    assert found == ([f"own: the program itself has something called {name}: give it another name."] if name else [])
