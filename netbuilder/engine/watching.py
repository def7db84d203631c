"""What every node makes of one batch, seen from beside: the step runs as it is written, and its tensors are looked at.

No hook is put into the network. While one batch goes forward, torch tells of each operation, the frames of the program
say on which line that is, and the line says for which node it was written. What the last operation on a node's line
gave is what the node gives. Nodes that are used several times in a step show the last one.
"""

from __future__ import annotations

import ast
import sys
import time
import types
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.overrides import TorchFunctionMode

from netbuilder.codegen import Plan
from netbuilder.engine.execute import Program
from netbuilder.engine.sampling import sample, summarise
from netbuilder.graph.graph import Graph
from netbuilder.graph.records import Node, Training

_DYING = ("ReLU", "ReLU6")  # what comes out is zero for everything below zero
_BOUNDS = {"Sigmoid": (0.0, 1.0), "Hardsigmoid": (0.0, 1.0), "Tanh": (-1.0, 1.0), "Softsign": (-1.0, 1.0)}
_CUTTING = {"Hardtanh": ("min_val", "max_val"), "Clamp": ("min", "max")}  # where the bounds are parameters
_NEAR = 0.01  # of the way from bound to bound
# What says, going against the wires, in which dimension the units lie: with these the last, with others the first.
_LAST = ("Linear", "Bilinear", "LayerNorm", "RMSNorm", "Embedding", "RNN", "LSTM", "GRU", "MultiheadAttention")
_FIRST = ("Conv", "BatchNorm", "InstanceNorm", "GroupNorm", "LazyConv")


@dataclass(frozen=True)
class Watched:
    """An output of a node whose numbers are looked at.

    `units` is the dimension of its channels or features, where it is to be found out which of them are dead; `bounds`
    are what its numbers cannot leave.
    """

    name: str
    units: int | None = None
    bounds: tuple[float, float] | None = None


def is_compiled(training: Training) -> bool:
    """Whether what runs is not the program's lines but what torch made of them, where nothing can be watched."""
    return training.compile or bool({"compile", "graphs"} & set(training.variant))


def watched_nodes(program: Program, plan: Plan) -> dict[str, tuple[Watched, ...]]:
    """The outputs that can be watched, by node, in the order of the code.

    They are those with a line of their own, if the lines are what runs.
    """
    return {} if is_compiled(plan.graph.whole.training) else nodes_with_lines(program, plan)


def nodes_with_lines(program: Program, plan: Plan) -> dict[str, tuple[Watched, ...]]:
    """The outputs of the nodes that have a line of their own in a `forward`, by node, in the order of the code.

    Of what is made of a network or of code and gives several tensors only the parts inside can be told apart.
    """
    lines = _forward_lines(program.source.text)
    written = {node for line, node in program.source.lines.items() if line in lines}
    found: dict[str, tuple[Watched, ...]] = {}
    for part in (plan, *reversed(plan.inner)):
        for node in part.network:
            ports = part.graph.outputs(node)
            if node.id in written and (len(ports) == 1 or not node.entry.of):
                found[node.id] = tuple(_watched(part.graph, node, port.name) for port in ports)
    return found


def watched(program: Program, plan: Plan) -> tuple[str, ...]:
    """The names of what is watched, `node.port`, as `About.watched` has them."""
    return tuple(out.name for outs in watched_nodes(program, plan).values() for out in outs)


def _watched(graph: Graph, node: Node, port: str) -> Watched:
    bounds, dying = _BOUNDS.get(node.block), node.block in _DYING
    if node.block in _CUTTING:
        low, high = (graph.values(node)[name] for name in _CUTTING[node.block])
        if isinstance(low, int | float) and isinstance(high, int | float):
            bounds = (float(low), float(high))
        dying = low == 0 and bounds is None
    return Watched(f"{node.id}.{port}", _units(graph, node) if dying else None, bounds)


def _units(graph: Graph, node: Node) -> int:
    """The dimension of the units: that of the nearest layer before the node which says so."""
    seen, waiting = {node.id}, [node.id]
    while waiting:
        for wire in graph.wires_into(waiting.pop(0)).values():
            block = graph.nodes[wire.source].block
            if block.startswith(_FIRST):
                return 1
            if block in _LAST:
                return -1
            if wire.source not in seen:
                seen.add(wire.source)
                waiting.append(wire.source)
    return 1


def _forward_lines(text: str) -> set[int]:
    """The lines of all functions `forward`."""
    return {
        line
        for part in ast.walk(ast.parse(text))
        if isinstance(part, ast.FunctionDef) and part.name == "forward"
        for line in range(part.lineno, (part.end_lineno or part.lineno) + 1)
    }


@dataclass
class _Look:
    """What is kept of one output."""

    numbers: Tensor
    dead: float


class Watch:
    """Looks at the nodes' outputs in one batch at a time; `seconds` are what the last one took.

    `wait` lets the device come to where the program is, so that this is not taken for looking; `clock` measures.
    """

    def __init__(self, program: Program, plan: Plan, wait: Callable[[], None], clock: Callable[[], float]) -> None:
        self.seconds = 0.0
        self._wait, self._clock = wait, clock
        self._nodes = watched_nodes(program, plan)
        self._outs = [out for outs in self._nodes.values() for out in outs]
        self._lines = {line: node for line, node in program.source.lines.items() if node in self._nodes}
        self._file = program.file

    def __bool__(self) -> bool:
        return bool(self._outs)

    @contextmanager
    def __call__(self) -> Iterator[list[float]]:
        """Watch what runs in between; afterwards the list holds, of each output, mean, spread, dead and saturated
        parts and the histogram. Dead is a part of the units, saturated of the numbers; NaN where that cannot be said.
        """
        row: list[float] = []
        mode = Mode(self._file, self._lines, self._nodes, self._clock)
        with mode:
            yield row
        self._wait()
        start = self._clock()
        looks = mode.looks()
        seen = summarise([looks[out.name].numbers if out.name in looks else torch.empty(0) for out in self._outs])
        for i, out in enumerate(self._outs):
            look = looks.get(out.name)
            row += [seen.means[i], seen.spreads[i], np.nan if look is None else look.dead]
            row += [_saturated(look, out), *seen.histograms[i]]
        self.seconds = mode.seconds + self._clock() - start


class Mode(TorchFunctionMode):
    """Hears of every operation, and keeps what the last one on each node's line gave."""

    def __init__(
        self,
        file: str,
        lines: Mapping[int, str],
        nodes: Mapping[str, tuple[Watched, ...]],
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        super().__init__()
        self._clock = clock
        self._file, self._lines, self._nodes = file, lines, nodes
        self._kept: dict[str, list[Tensor | None]] = {}
        self._looks: dict[str, _Look] = {}
        self.seconds = 0.0  # that looking took so far

    def __torch_function__(
        self, func: Callable[..., Any], types: Iterable[type], args: tuple[Any, ...] = (), kwargs: Any = None
    ) -> Any:
        """Run the operation, then find the nodes on whose lines that was."""
        kwargs = kwargs or {}
        if _changes(func, kwargs):  # what was kept would be another tensor afterwards
            self._settle([*args[:1], kwargs.get("out")])
        result = func(*args, **kwargs)
        if isinstance(result, Tensor | tuple | list):
            start = self._clock()
            self._take(result, sys._getframe(1))
            self.seconds += self._clock() - start
        return result

    def _take(self, result: Any, frame: types.FrameType | None) -> None:
        tensors = _tensors(result)
        if not any(tensor.is_floating_point() for tensor in tensors):
            return
        while frame is not None:
            if frame.f_code.co_filename == self._file and (node := self._lines.get(frame.f_lineno)):
                ports = len(self._nodes[node])
                if ports == 1:
                    tensors = [tensor for tensor in tensors if tensor.is_floating_point()][:1]
                if len(tensors) == ports:
                    self._kept[node] = [tensor if tensor.is_floating_point() else None for tensor in tensors]
            frame = frame.f_back

    def _settle(self, changed: list[Any]) -> None:
        """Look now at what is about to be changed in place."""
        places = {_place(tensor) for tensor in changed if isinstance(tensor, Tensor)} - {0}
        for node, tensors in list(self._kept.items()):
            if any(tensor is not None and _place(tensor) in places for tensor in tensors):
                self._kept[node] = [tensor if tensor is None else tensor.clone() for tensor in tensors]
                self._look(node)

    def looks(self) -> dict[str, _Look]:
        """What was seen, by the names of the outputs."""
        for node in list(self._kept):
            self._look(node)
        return self._looks

    def _look(self, node: str) -> None:
        for out, tensor in zip(self._nodes[node], self._kept.pop(node), strict=True):
            self._looks.pop(out.name, None)
            # Where memory does not suffice to look, there is nothing to see; the training itself goes on.
            if tensor is not None:
                with torch.no_grad(), _forgiving():
                    self._looks[out.name] = _Look(sample(tensor), _dead(tensor, out.units))


class Heard(Mode):
    """Keeps what every node of the network itself gives in one batch, the first tensor of each."""

    def __init__(self, program: Program, plan: Plan) -> None:
        own = {node.id for node in plan.network}
        nodes = {key: outs for key, outs in nodes_with_lines(program, plan).items() if key in own}
        super().__init__(program.file, {line: key for line, key in program.source.lines.items() if key in nodes}, nodes)
        self._outputs: dict[str, Tensor] = {}

    def outputs(self) -> dict[str, Tensor]:
        """The tensors by node."""
        self.looks()
        return self._outputs

    def _look(self, node: str) -> None:
        first = self._kept.pop(node)[0]
        if first is not None:
            self._outputs[node] = first.detach()


@contextmanager
def _forgiving() -> Iterator[None]:
    try:
        yield
    except RuntimeError:
        return


def _changes(func: Callable[..., Any], kwargs: Mapping[str, Any]) -> bool:
    """Whether the operation writes into a tensor that is there already."""
    name = getattr(func, "__name__", "")
    if name.startswith("__"):
        return name.startswith(("__i", "__set"))
    return name.endswith("_") or bool(kwargs.get("inplace")) or kwargs.get("out") is not None


def _tensors(result: Any) -> list[Tensor]:
    if isinstance(result, Tensor):
        return [result]
    return [tensor for part in result for tensor in _tensors(part)] if isinstance(result, tuple | list) else []


def _place(tensor: Tensor) -> int:
    """Where its numbers lie; 0 for kinds of tensors that have no one place."""
    return tensor.untyped_storage().data_ptr() if tensor.layout is torch.strided else 0


def _dead(tensor: Tensor, units: int | None) -> float:
    """The part of the units that give nothing for any sample of the batch."""
    if units is None or tensor.dim() < 2 or not tensor.numel():
        return float("nan")
    others = [dim for dim in range(tensor.dim()) if dim != units % tensor.dim()]
    return float((tensor.detach().amax(others) <= 0).float().mean())


def _saturated(look: _Look | None, out: Watched) -> float:
    """The part of the numbers that are as good as at a bound."""
    if look is None or out.bounds is None or not look.numbers.numel():
        return float("nan")
    low, high = out.bounds
    near = _NEAR * (high - low)
    numbers = look.numbers
    return float(((numbers <= low + near) | (numbers >= high - near)).float().mean())
