"""What every test of an edit checks, and small drawings to start from."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable

from hypothesis import strategies as st

from netbuilder.blocks import CATALOG, Param, Value
from netbuilder.blocks.values import check
from netbuilder.graph import commands, notes
from netbuilder.graph.files import from_text, to_text
from netbuilder.graph.graph import Graph, compose, invert
from netbuilder.graph.records import MAIN, PROJECT, TRAINING, Edit, Network, Node, Project, Training, Wire


def check_graph(graph: Graph) -> None:
    """Fail unless the graph is whole: ids agree, wires have ends and ports, nothing runs in a circle, files keep it."""
    assert all(key == record.id for key, record in graph.records.items())
    assert isinstance(graph.records[PROJECT], Project)
    assert isinstance(graph.records[TRAINING], Training)
    assert isinstance(graph.records[MAIN], Network)
    parts = (graph.nodes, graph.wires, graph.notes, graph.frames)
    assert sum(map(len, parts)) + 2 + len(graph.networks) == len(graph.records)
    for paper in (*graph.notes.values(), *graph.frames.values()):
        assert notes.check_note(paper) is paper
        assert paper.color in notes.COLORS
    for node in graph.nodes.values():
        assert commands.bypassable(node) or not node.muted
        for name, value in node.params.items():
            param = graph.type(node).by_name[name]
            assert check(param, value) == value != param.default
    for wire in graph.wires.values():
        source, target = graph.nodes[wire.source], graph.nodes[wire.target]
        assert graph.type(source).output_port(source.params, wire.output) is not None
        assert graph.type(target).input_port(target.params, wire.input) is not None
        assert all(max(abs(x), abs(y)) <= commands.FAR for x, y in wire.via)
    check_live(graph)
    seen: set[str] = set()
    for node in graph.order:
        assert {wire.source for wire in graph.wires_into(node.id).values()} <= seen
        seen.add(node.id)
    assert seen == set(graph.nodes)
    text = to_text(graph)
    assert from_text(text) == graph
    assert to_text(from_text(text)) == text


def check_live(graph: Graph) -> None:
    """Fail unless `live` is the drawing without its muted nodes, each end of a wire led on past them."""
    live = graph.live
    assert live.live is live
    assert (live is graph) == (not any(node.muted for node in graph.nodes.values()))
    assert live.nodes == {key: node for key, node in graph.nodes.items() if not node.muted}
    assert len(live.order) == len(live.nodes)
    assert (live.notes, live.frames, live.main) == (graph.notes, graph.frames, graph.main)
    expected = {}
    for wire in graph.wires.values():
        start = end(graph, wire)
        if start is not None and wire.target in live.nodes:
            expected[wire.id] = Wire(*start, wire.target, wire.input, wire.via)
    assert live.wires == expected


def end(graph: Graph, wire: Wire) -> tuple[str, str] | None:
    """The node and the output from which a wire's tensor comes, past all that is bypassed; None: from nowhere."""
    node = graph.nodes[wire.source]
    if not node.muted:
        return wire.source, wire.output
    for port in graph.inputs(node):
        if f"{node.id}:{port.name}" in graph.wires:
            return end(graph, graph.wires[f"{node.id}:{port.name}"])
    return None


def check_edit(graph: Graph, edit: Edit) -> Graph:
    """Apply an edit, take it back, save and load what it made; return that."""
    untouched = dict(graph.records)
    after = graph.apply(edit)
    assert graph.records == untouched
    assert (after == graph) == (not edit)
    assert all(before != now for before, now in edit.values())
    assert after.apply(invert(edit)) == graph
    assert invert(invert(edit)) == edit
    assert compose(edit, invert(edit)) == {}
    assert compose({}, edit) == compose(edit, {}) == edit
    check_graph(after)
    return after


def drawing(*steps: tuple[str, ...]) -> Graph:
    """A drawing of blocks `("conv1", "Conv2d")` and wires `("conv1", "output", "relu1", "input")`."""
    graph = Graph()
    for number, step in enumerate(steps):
        if len(step) == 4:
            edit = commands.connect(graph, *step)
        else:
            key, block = step
            edit = {key: (None, Node(key, block, key, 0, 100 * number))}
        graph = check_edit(graph, edit)
    return graph


def chain() -> Graph:
    """fashion → conv1 → relu1 → flatten1 → fc1 → loss, with the label wired to the loss."""
    return drawing(
        ("fashion", "FashionMNIST"),
        ("conv1", "Conv2d"),
        ("relu1", "ReLU"),
        ("flatten1", "Flatten"),
        ("fc1", "Linear"),
        ("loss", "CrossEntropyLoss"),
        ("fashion", "image", "conv1", "input"),
        ("conv1", "output", "relu1", "input"),
        ("relu1", "output", "flatten1", "input"),
        ("flatten1", "output", "fc1", "input"),
        ("fc1", "output", "loss", "input"),
        ("fashion", "label", "loss", "target"),
    )


CODES = [
    "def double(x):\n    return 2 * x",
    "def mix(a, b, part: float = 0.5):\n    return part * a + (1 - part) * b",
    "class Both(nn.Module):\n    def forward(self, x, y=None):\n        return x, x\n",
]


def values(param: Param) -> st.SearchStrategy[Value]:
    """Every value that the parameter may have."""
    low = -(10**9) if param.low is None else param.low
    high = 10**9 if param.high is None else param.high
    whole = st.integers(min_value=math.ceil(low), max_value=max(math.ceil(low), math.floor(high)))
    number = st.floats(min_value=low, max_value=high) | st.sampled_from([low, high])
    tuples = st.tuples(*[whole] * param.rank) if param.rank > 1 else st.nothing()
    lengths = {"min_size": param.rank or int(param.optional), "max_size": param.rank or 5}
    kinds: dict[str, st.SearchStrategy[Value]] = {
        "bool": st.booleans(),
        "choice": st.sampled_from(param.choices or ("",)),
        **dict.fromkeys(
            ("folder", "file"),
            st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1, max_size=40),
        ),
        "int": whole,
        "float": number,
        "size": st.one_of(whole, tuples, st.sampled_from(param.choices) if param.choices else st.nothing()),
        "shape": st.lists(whole, min_size=int(param.optional), max_size=8).map(tuple),
        "numbers": st.lists(number, **lengths).map(tuple),
        "text": st.from_regex(param.pattern, fullmatch=True, alphabet=st.characters(codec="ascii"))
        .map(lambda text: text[:60].strip())
        .filter(lambda text: re.fullmatch(param.pattern, text) is not None),
        "code": st.sampled_from(CODES),
    }
    suited = kinds[param.kind]
    return st.one_of(st.none(), suited) if param.optional else suited


def params(block: str) -> st.SearchStrategy[dict[str, Value]]:
    """Some parameters of the block with values they may have in any drawing; what an Output feeds depends on that."""
    able = [param for param in CATALOG[block].params if (block, param.name) != ("Output", "state")]
    return st.fixed_dictionaries({}, optional={param.name: values(param) for param in able})


NAMES = st.one_of(
    st.sampled_from(["main", "project", "training", "conv1", "x", "0", "007", "étage 2", "a:b", "fc1 ", "n" * 60]),
    st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1, max_size=60),
)
# What makes a block of a network is drawn by tests of its own.
PLACEABLE = sorted(name for name, block in CATALOG.items() if block.of != "network")
PLACES = st.integers(-(10**6), 10**6)
SIDES = st.integers(notes.SMALLEST, notes.LARGEST)
AREAS = st.tuples(st.integers(-(10**6), 10**6 - notes.LARGEST), st.integers(-(10**6), 10**6 - notes.LARGEST)).flatmap(
    lambda corner: st.tuples(SIDES, SIDES).map(lambda sides: (*corner, corner[0] + sides[0], corner[1] + sides[1]))
)
TEXTS = st.text(st.characters(codec="utf-8"), max_size=60)
TITLES = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), max_size=60)


@st.composite
def graphs(draw: st.DrawFn, most: int = 8) -> Graph:
    """Any drawing: blocks, wires wherever one may be drawn, some of them with dots, muted nodes, notes and frames."""
    graph = Graph()
    for block in draw(st.lists(st.sampled_from(PLACEABLE), max_size=most)):
        graph = graph.apply(commands.add_node(graph, block, draw(PLACES), draw(PLACES), draw(params(block))))
    for key in draw(st.lists(st.sampled_from(sorted(graph.nodes) or [""]), max_size=3)):
        if key:
            graph = graph.apply(commands.rename(graph, key, draw(NAMES)))
    for _ in range(draw(st.integers(0, most))):
        ends = possible_wires(graph)
        if ends:
            graph = graph.apply(commands.connect(graph, *draw(st.sampled_from(ends))))
    for key in draw(st.lists(st.sampled_from(sorted(graph.wires) or [""]), max_size=3)):
        if key:
            graph = graph.apply(commands.add_dot(graph, key, draw(st.integers(0, 2)), draw(PLACES), draw(PLACES)))
    able = sorted(key for key, node in graph.nodes.items() if commands.bypassable(node))
    if able:
        graph = graph.apply(commands.set_muted(graph, draw(st.sets(st.sampled_from(able), max_size=3)), True))
    for area in draw(st.lists(AREAS, max_size=2)):
        graph = graph.apply(notes.add_frame(graph, draw(TITLES), area))
    for text in draw(st.lists(TEXTS, max_size=2)):
        graph = graph.apply(notes.add_note(graph, text, draw(PLACES), draw(PLACES)))
    papers = sorted({**graph.notes, **graph.frames})
    return graph.apply(notes.set_color(graph, papers, draw(st.sampled_from(notes.COLORS)))) if papers else graph


def possible_wires(graph: Graph) -> list[tuple[str, str, str, str]]:
    """Every wire that could be drawn, as the arguments of `connect`."""
    return [
        (source.id, output.name, target.id, port.name)
        for source, target in _pairs(graph.order)
        for output in graph.outputs(source)
        for port in graph.inputs(target)
    ]


def _pairs(nodes: list[Node]) -> Iterable[tuple[Node, Node]]:
    return ((source, target) for i, source in enumerate(nodes) for target in nodes[i + 1 :])
