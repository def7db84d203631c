"""Anything that a person may do to a project with networks, one step at a time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st

from netbuilder.blocks.sentence import Refused
from netbuilder.graph import clipboard, commands, grouping, networks
from netbuilder.graph.graph import Graph
from netbuilder.graph.records import MAIN, USED, Edit, Node
from tests.drawings import draw as drawn
from tests.graph.helpers import possible_wires

PROJECT = """
    network Inner width=4 on=True
      input Input shape=4
      fc Linear out_features=$width
      act ReLU used=$on
      output Output
      input > fc > act > output
    network Cell size=4
      data Input shape=4
      last Input shape=4
      cat Concat
      fc Linear out_features=$size
      next Output state=last
      data > cat > fc > next
      last > cat.input2
    network Outer size=4
      input Input shape=4
      one Network of=Inner width=$size
      two Repeat of=Inner changing=width values=4,8
      again Network of=Inner layer=one
      output Output
      input > one > two > again > output
    main
      in0 Input shape=4
      outer Network of=Outer size=8
      more Network of=Outer
      fc Linear out_features=4
      tied Linear layer=fc
      python Python
      seq Input shape=5,4
      steps Recurrent of=Cell
      in0 > outer > fc > more > tied > python
      seq > steps.data
"""
BLOCKS = ("Linear", "ReLU", "Add", "Conv2d", "LSTM", "Input", "Output", "Python", "Dropout", "Embedding")
CODES = (
    "def double(x):\n    return 2 * x",
    "def scale(x, by: int = 3):\n    return by * x",
    "def two(x, y):\n    return x, y",
    "class Half(nn.Module):\n    def __init__(self, by: int = 3):\n        super().__init__()\n        self.by = by\n\n"
    "    def forward(self, x):\n        return x / self.by",
)
VALUES = st.sampled_from([0, 1, 2, 4, 8, -1, True, False, None, 0.5, "zeros", (3, 3), (1.5,)])
Draw = Callable[[st.SearchStrategy[Any]], Any]
NAMES = st.sampled_from(["width", "size", "on", "stride", "class", "self", "repeats", "x", "a b", "code"])
STEPS = (
    "add", "connect", "connect", "disconnect", "delete", "rename", "set", "network", "place", "kind", "kind", "written",
    "layer", "bind", "bind", "unbind", "argument", "rename argument", "group", "ungroup", "paste", "mute", "remove",
)  # fmt: skip


def project() -> Graph:
    """A project with networks in networks, all kinds of them, arguments, shared layers, states and code."""
    return drawn(PROJECT)


def any_work(draw: Draw, graph: Graph) -> Edit:
    """Any one step; nothing where it is refused."""
    part = graph.part(draw(st.sampled_from(sorted(graph.networks))))
    try:
        return _step(draw, part, draw(st.sampled_from(STEPS)))
    except Refused:
        return {}


def _step(draw: Draw, part: Graph, what: str) -> Edit:
    keys = sorted(part.nodes)
    node = part.nodes[draw(st.sampled_from(keys))] if keys else None
    if what == "add":
        return commands.add_node(part, draw(st.sampled_from(BLOCKS)), draw(st.integers(0, 999)), 0)
    if what == "network":
        return networks.add_network(part, draw(NAMES))
    if what == "place":
        kind = draw(st.sampled_from(["Network", "Repeat", "Recurrent"]))
        return networks.place_network(part, draw(st.sampled_from(sorted(part.networks))), 0, 0, kind)
    if what == "written":
        return networks.set_network_written(part, part.network, draw(st.sampled_from(["class", "sequential"])))
    if what == "remove":
        return networks.delete_network(part, part.network)
    if what == "connect" and (ends := possible_wires(part)):
        return commands.connect(part, *draw(st.sampled_from(ends)))
    if what == "disconnect" and part.wires:
        return commands.disconnect(part, [draw(st.sampled_from(sorted(part.wires)))])
    if what in ("argument", "rename argument"):
        name = draw(st.sampled_from([one.name for one in part.drawn.arguments] or ["none"]))
        if what == "argument":
            return networks.set_argument(part, name, draw(VALUES), draw(st.sampled_from([None, True, False])))
        return networks.rename_argument(part, name, draw(NAMES))
    if what in ("group", "paste", "delete"):
        chosen = draw(st.lists(st.sampled_from(keys or [""]), max_size=4, unique=True))
        if what == "group":
            return grouping.group(part, chosen, draw(NAMES))
        if what == "delete":
            return commands.delete(part, chosen)
        text = clipboard.copy(part, chosen)
        start = Graph() if draw(st.booleans()) else part.whole  # another project, or this one
        if start is not part.whole:  # through another project: what comes back is the same but for ids
            middle = start.apply(clipboard.paste(start, text))
            text = clipboard.copy(middle.part(MAIN), middle.part(MAIN).nodes)
        target = part.part(draw(st.sampled_from(sorted(part.networks))))
        return clipboard.paste(target, text, 0, 0)
    return _of_node(draw, part, node, what) if node is not None else {}


def _of_node(draw: Draw, part: Graph, node: Node, what: str) -> Edit:
    params = sorted(part.type(node).by_name)
    if what == "rename":
        return commands.rename(part, node.id, draw(NAMES))
    if what == "mute":
        return commands.set_muted(part, [node.id], draw(st.booleans()))
    if what == "kind":
        return networks.set_kind(part, node.id, draw(st.sampled_from(["Network", "Repeat", "Recurrent"])))
    if what == "layer":
        return networks.set_layer(part, node.id, draw(st.sampled_from(["", *sorted(part.nodes)])))
    if what == "ungroup":
        return grouping.ungroup(part, node.id)
    if what == "bind":
        name = draw(NAMES | st.sampled_from([one.name for one in part.drawn.arguments] or ["width"]))
        return networks.bind(part, node.id, draw(st.sampled_from([USED, *params])), name)
    if what == "unbind" and node.bound:
        return networks.unbind(part, node.id, draw(st.sampled_from(sorted(node.bound))))
    if what == "set" and params:
        name = draw(st.sampled_from(params))
        value = draw(st.sampled_from(CODES) if name == "code" else VALUES)
        return commands.set_params(part, node.id, {name: value})
    return {}
