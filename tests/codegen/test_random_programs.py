"""Random drawings, node by node and as generated text: the same shapes and, to the bit, the same numbers."""

# ruff: noqa: E501 - lines that are to be broken are long

from __future__ import annotations

import os
import random
import warnings
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from netbuilder.codegen import make_plan
from netbuilder.codegen.wrap import wrap
from netbuilder.engine.analysis import analyse
from netbuilder.engine.shapes import number, tensors
from netbuilder.graph.graph import Graph
from netbuilder.graph.records import MAIN
from tests.codegen.by_hand import ByHand
from tests.codegen.growing import Grower
from tests.drawings import assert_formatted, ruff, run_text

BATCH = 24  # larger than any other size: what is as small as the smallest of two is that of the other
COUNT = 3000 if os.environ.get("NETBUILDER_HYPOTHESIS") == "wild" else 40


LONG = """\
class A:
    def __init__(self):
        self.class3 = nn.Sequential(*(nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn() for _ in range(2)))
        self.class3 = nn.Sequential(*(nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn() for _ in range(2)))
        self.class3 = nn.Sequential(*(nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn() for _ in range(2)))
        self.class3 = nn.Sequential(*(nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn(aaaaaaa, bbbbbbbbb, ccccccccc) for _ in range(2)))
        self.class3 = nn.Sequential(*(nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn(aaaaaaa, bbbbbbbbb, ccccccccc, dddddddddddddd=3) for _ in range(2)))
        self.class3 = nn.ModuleList(nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn(aaaaaaa, bbbbbbbbb, ccccccccc, dddddddddddddd=3) for _ in range(2))
        self.class3 = nn.ModuleList(nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn(aaaaaaa) for _ in range(2))
        self.class3 = nn.ModuleList([nnnnnnnnnnnnnnnnnnnnnnnnnnnnnn(aaaaaaa, bbbbbbbbb, ccccccccc, dddddddddddddd=3), bbbbbbbbbbbbbbb(3)])
        self.class3 = nn.Sequential(nn.Linear(4, 5), nn.Sequential(nn.Linear(4, 5), nn.ReLU(), nn.Conv2d(333333, 44444, 3, padding=1, bias=False)), nn.Linear(6, 7))
        self.class3 = nn.Sequential(nn.Linear(4, 5), nn.Linear(4, 5)) if aaaaaaaaaaaaaaaaaaaaa else nn.Identity()
        self.class3 = nn.Sequential(nn.Linear(4, 5), nn.Linear(4, 5), nn.Linear(4, 5), nn.Linear(4, 5), nn.Linear(4, 5)) if aaaaaaaaaaaaaaaaaaaaa else nn.Identity()
        self.class3 = nn.Sequential(*(Block(aaaaaaa, bbbbbbbbb, ccccccccc, dddddddddddddd=3) for _ in range(2))) if aaaaaaaaaaaa else nn.Identity()
        self.nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn = nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn()
        self.nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn = nn.Linear(10, 6) if onnnnnnnnnnnnnnn else nn.Identity()
        self.nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn = nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn(aaaaaa, bbbb)

    def forward(self, a: Tensor, b: Tensor, c: Tensor, d: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor, Tensor]:
        for nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn, nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn_2 in zip(aaaaaaaaaaaaaaaaaaaaaa.unbind(1), bbbbbbbbbbbbbbbbbbb.unbind(1)):
            pass
        for nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn in nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn.unbind(1):
            pass
        for nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn in self.nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn[: random.randint(1, 3333333)]:
            pass
        for nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn in reversed(nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn.unbind(1)):
            pass
        nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn_4, nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn_2 = nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn_4, nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn_5

    def forward(self, a: Tensor, b: Tensor, c: Tensor, d: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor, Tensor, Tensor, Tensor, Tensor, Tensor, Tensor, Tensor, Tensor, Tensor]:
        pass

    def forward(self, a: Tensor, b: Tensor, c: Tensor, d: Tensor, eeeeeeeeeeeeeee: Tensor, ffffffffffffff: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor, Tensor, Tensor, Tensor, Tensor, Tensor, Tensor, Tensor, Tensor, Tensor]:
        pass
"""


def _given(graph: Graph, analyst: Any) -> dict[str, dict[str, Tensor]]:
    found: dict[str, dict[str, Tensor]] = {}
    for node in graph.part(MAIN).order:
        if node.entry.role == "input":
            spec = analyst.reports[node.id].outputs["output"]
            numbers = torch.rand([number(size, BATCH) for size in spec.shape])
            kinds = {"int64": (numbers < 0.5).long(), "bool": numbers < 0.5}
            found[node.id] = {"output": kinds.get(spec.dtype, numbers * 0.8 + 0.1)}
    return found


def _same(one: Tensor, other: Tensor) -> bool:
    alike = one.dtype == other.dtype and one.shape == other.shape
    return alike and bool(torch.equal(one.nan_to_num(7), other.nan_to_num(7)))


def hold(graph: Graph) -> str | None:
    """Hold the text of a drawing against the drawing; the text, or None where there is nothing to hold."""
    analyst = analyse(graph, Path())
    if not analyst.module.complete or any(p.level == "error" for p in analyst.all_problems):
        return None
    plan = make_plan(graph)
    torch.manual_seed(0)
    made = vars(run_text(analyst.module))[plan.class_name]
    given = _given(graph, analyst)
    torch.manual_seed(5)
    model = made()
    torch.manual_seed(5)
    hand = ByHand(graph)
    hand.make({key: {port: tensor.clone() for port, tensor in one.items()} for key, one in given.items()})
    twin = made()
    for training in (True, False):
        twin.load_state_dict(model.state_dict())
        results: list[list[Tensor]] = []
        for one in (model, twin):
            torch.manual_seed(1)
            random.seed(1)
            inputs = [given[key][port].clone() for key, port in plan.inputs]
            results.append(list(tensors(one.train(training)(*inputs))))
        torch.manual_seed(1)
        random.seed(1)
        copies = {key: {port: tensor.clone() for port, tensor in one.items()} for key, one in given.items()}
        wanted = hand.run(copies, training)
        assert len(results[0]) == len(plan.outputs)
        for out, found, again in zip(plan.outputs, *results, strict=True):
            assert _same(found, wanted[out]), out
            assert _same(found, again), out
        for (key, port), tensor in wanted.items():
            spec = analyst.reports[key].outputs[port]
            assert [number(size, BATCH) for size in spec.shape] == list(tensor.shape), (key, port)
            assert str(tensor.dtype) == f"torch.{spec.dtype}", (key, port)
    return analyst.module.text


def test_what_is_written_is_what_was_drawn(tmp_path: Path) -> None:
    texts: dict[str, str] = {}
    blocks: set[str] = set()
    for seed in range(COUNT):
        graph = Grower(seed).grow(12)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            text = hold(graph)
        if text is not None:
            texts[f"m{seed}.py"] = text
            blocks |= {node.block for node in graph.nodes.values()}
    assert len(texts) > 0.7 * COUNT
    assert len(blocks) > 80
    assert_formatted(texts, tmp_path / "texts")


def test_what_networks_make_long_is_broken_as_the_formatter_breaks_it(tmp_path: Path) -> None:
    lines = [part for line in LONG.split("\n") for part in (wrap(line) if line.strip() else [line])]
    (tmp_path / "long.py").write_text("\n".join(lines), "utf-8")
    done = ruff("format", "--diff", folder=tmp_path)
    assert done.returncode == 0, done.stdout
