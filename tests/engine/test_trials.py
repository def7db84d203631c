"""What blocks would give if they were placed: the same as they give once they are."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from netbuilder.blocks import CATALOG
from netbuilder.bridge.reports import TensorSpec
from netbuilder.engine.analysis import Analyst
from netbuilder.graph import commands
from netbuilder.graph.graph import Graph
from netbuilder.graph.records import Node, Record, Wire
from tests.drawings import CLASSIFIER, draw

IMAGE = TensorSpec(("N", 3, 8, 8))
ROW = TensorSpec(("N", 10))
LABEL = TensorSpec(("N",), "int64", 10)
ENDS = ("loss", "metric", "output")


def _tried(spec: TensorSpec | None, *blocks: str) -> dict[str, TensorSpec | None]:
    return Analyst().try_blocks(spec, blocks)


@pytest.mark.parametrize(
    ("spec", "block", "shape"),
    [
        (IMAGE, "Conv2d", ("N", 16, 6, 6)),
        (IMAGE, "Flatten", ("N", 192)),
        (IMAGE, "ReLU", ("N", 3, 8, 8)),
        (IMAGE, "Linear", ("N", 3, 8, 10)),
        (IMAGE, "Add", ("N", 3, 8, 8)),
        (IMAGE, "Concat", ("N", 6, 8, 8)),
        (IMAGE, "Output", ("N", 3, 8, 8)),
        (IMAGE, "MSELoss", ()),
        (ROW, "CrossEntropyLoss", ()),
        (ROW, "Accuracy", ()),
        (ROW, "Linear", ("N", 10)),
        (TensorSpec(("192N",)), "Flatten", None),
        (ROW, "Conv2d", None),
        (IMAGE, "CrossEntropyLoss", ()),
        (TensorSpec(("N",)), "CrossEntropyLoss", None),
        (LABEL, "Linear", None),
        (LABEL, "MSELoss", None),
        (TensorSpec(("N", 1, 1, 1)), "MaxPool2d", None),
        (IMAGE, "Digits", None),
        (IMAGE, "Input", None),
    ],
)
def test_what_a_block_would_give(spec: TensorSpec, block: str, shape: tuple[int | str, ...] | None) -> None:
    outputs = _tried(spec, block)
    found = outputs[block]
    assert (found.shape if found is not None else None) == shape


def test_behind_nothing_only_what_starts_gives_something() -> None:
    outputs = _tried(None, *CATALOG)
    assert set(outputs) == {name for name, block in CATALOG.items() if block.role in ("data", "input")}
    assert outputs["Digits"] == TensorSpec(("N", 1, 8, 8))
    assert outputs["Input"] == TensorSpec(("N", 1, 28, 28))


def test_what_is_no_block_is_left_out() -> None:
    assert set(_tried(IMAGE, "Conv9d", "", "ReLU")) == {"ReLU"}
    assert _tried(IMAGE) == {}


def test_trying_leaves_the_drawing_alone_and_is_remembered() -> None:
    analyst = Analyst()
    analyst.open(draw(CLASSIFIER), Path())
    reports, text = dict(analyst.reports), analyst.script.text
    first = analyst.try_blocks(IMAGE, CATALOG)
    assert analyst.try_blocks(IMAGE, reversed(list(CATALOG))) == first
    assert (analyst.reports, analyst.script.text) == (reports, text)


SIZES = st.lists(st.integers(1, 9), max_size=4)
SPECS = st.builds(
    lambda sizes, dtype: TensorSpec(("N", *sizes), dtype), SIZES, st.sampled_from(["float32", "float32", "int64"])
)


@settings(max_examples=12)
@given(SPECS)
def test_a_trial_says_what_the_drawing_says_once_it_is_drawn(spec: TensorSpec) -> None:
    analyst = Analyst()
    outputs = analyst.try_blocks(spec, CATALOG)
    assert set(outputs) == set(CATALOG)
    shape = tuple(size for size in spec.shape[1:] if isinstance(size, int))
    kept = commands.check_params(CATALOG["Input"], {"shape": shape, "dtype": spec.dtype})
    records: list[Record] = [Node("start", "Input", "start", 0, 0, kept)]
    for name, block in CATALOG.items():
        if not block.inputs:
            assert outputs[name] is None
            continue
        ports = [port for port in block.input_ports({}) if not port.target]
        records += [Node(name, name, name), *(Wire("start", "output", name, port.name) for port in ports)]
    analyst.open(Graph({**Graph().records, **{record.id: record for record in records}}), Path())
    for name, report in analyst.reports.items():
        if name == "start":
            continue
        said = [str(problem.sentence) for problem in report.problems if problem.level == "error"]
        if CATALOG[name].role in ENDS:
            said = [words for words in said if "target" not in words and "returns something" not in words]
        assert (outputs[name] is None) == bool(said), (name, said)
        if CATALOG[name].role not in ENDS and outputs[name] is not None:
            assert next(iter(report.outputs.values())) == outputs[name], name
