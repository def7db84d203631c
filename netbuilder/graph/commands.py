"""What a person can do to a drawing: plain functions from a graph to an edit.

A command that cannot be done raises Refused with the reason, so trying one is how
the window asks whether it is allowed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

import msgspec

from netbuilder.blocks import CATALOG, Param, Value
from netbuilder.blocks.sentence import Refused
from netbuilder.blocks.values import check
from netbuilder.graph.graph import Graph, compose
from netbuilder.graph.records import Edit, Network, Node, Project, Record, Training, Wire, wire_id

LONGEST_NAME = 60
FAR = 10**6

TRAINING_LIMITS: dict[str, Param] = {
    "optimizer": Param("optimizer", "choice", "Adam", "How the weights follow the gradient.", choices=("SGD", "Adam")),
    "learning_rate": Param(
        "learning_rate", "float", 1e-3, "How far the weights move along the gradient.", low=0, high=1e3
    ),
    "momentum": Param("momentum", "float", 0.0, "Part of the last step that is kept (SGD).", low=0, high=1),
    "weight_decay": Param("weight_decay", "float", 0.0, "Pull of all weights towards zero.", low=0, high=1e3),
    "batch_size": Param("batch_size", "int", 64, "Samples per step.", low=1, high=10**6),
    "epochs": Param("epochs", "int", 5, "How often all samples are gone through.", low=1, high=10**6),
    "steps": Param("steps", "int", 0, "End after this many steps; 0 leaves it to the epochs.", low=0, high=10**9),
    "seed": Param("seed", "int", 0, "Another seed gives other weights at the start.", low=0, high=2**31 - 1),
}


def within(value: float) -> int:
    """A place on the canvas: a whole number, not beyond FAR."""
    return round(max(-FAR, min(FAR, value)))


def _replace(graph: Graph, *records: Record) -> Edit:
    """The edit that puts these records in."""
    edits: Edit = {r.id: (graph.records.get(r.id), r) for r in records}
    return {key: pair for key, pair in edits.items() if pair[0] != pair[1]}


def _node(graph: Graph, key: str) -> Node:
    node = graph.nodes.get(key)
    if node is None:
        raise Refused("There is no block {node}.", node=key)
    return node


def _free(wanted: str, taken: set[str], tried: dict[tuple[str, int], int] | None = None) -> str:
    """`wanted`, or the first of wanted2, wanted3 … that is not taken; a number at its end is replaced.

    `tried` remembers how far the numbers are taken, for many calls in a row while `taken` only grows.
    """
    if wanted not in taken:
        return wanted
    stem = (wanted.rstrip("0123456789") or wanted)[: LONGEST_NAME - 8]
    tried = {} if tried is None else tried
    first = 1 if stem != wanted else 2
    number = tried.get((stem, first), first)
    while f"{stem}{number}" in taken:
        number += 1
    tried[stem, first] = number
    return f"{stem}{number}"


def new_name(graph: Graph, block: str) -> str:
    """The name that a new node of this block gets: conv1, conv2 …"""
    taken = {node.name for node in graph.nodes.values()} | set(graph.records)
    stem = CATALOG[block].stem
    return _free(f"{stem}1" if CATALOG[block].role == "layer" else stem, taken)


def check_name(name: str) -> str:
    """Return the name without spaces around it; Refused when it is empty, too long or not one line."""
    name = name.strip()
    if not name:
        raise Refused("A name cannot be empty.")
    if len(name) > LONGEST_NAME:
        raise Refused("A name has at most {most} characters.", most=LONGEST_NAME)
    if any(not c.isprintable() for c in name):
        raise Refused("A name is one line of printable characters.")
    return name


def check_params(block: str, params: Mapping[str, object]) -> dict[str, Value]:
    """Return the parameters that differ from the defaults, in the catalog's order; Refused where one does not suit."""
    if block not in CATALOG:
        raise Refused("This version has no block {block}.", block=block[:40])
    known = CATALOG[block].by_name
    found: dict[str, Value] = {}
    for name, value in params.items():
        if name not in known:
            raise Refused("{block} has no parameter {param}.", block=block, param=name[:40])
        found[name] = check(known[name], value)
    return {name: found[name] for name in known if name in found and found[name] != known[name].default}


def add_node(graph: Graph, block: str, x: int, y: int, params: Mapping[str, object] | None = None) -> Edit:
    """Place a block with its top left corner there. The edit has one entry, the new node's."""
    kept = check_params(block, params or {})
    name = new_name(graph, block)
    return _replace(graph, Node(name, block, name, within(x), within(y), kept))


def connect(graph: Graph, source: str, output: str, target: str, port: str) -> Edit:
    """Draw a wire; one that already ends there is replaced."""
    start, end = _node(graph, source), _node(graph, target)
    if start.type.output_port(output) is None:
        raise Refused("{node} has no output {port}.", node=start.name, port=output)
    if end.type.input_port(end.params, port) is None:
        raise Refused("{node} has no input {port}.", node=end.name, port=port)
    if start.network != end.network:
        raise Refused("{source} and {target} are in different networks.", source=start.name, target=end.name)
    if source in graph.downstream([target]):
        raise Refused(
            "{source} is computed from {target}: this wire would close a circle.", source=start.name, target=end.name
        )
    return _replace(graph, Wire(source, output, target, port))


def disconnect(graph: Graph, wires: Iterable[str]) -> Edit:
    """Take wires away."""
    edit: Edit = {}
    for key in wires:
        if key not in graph.wires:
            raise Refused("There is no wire to {wire}.", wire=key)
        edit[key] = (graph.wires[key], None)
    return edit


def delete(graph: Graph, keys: Iterable[str]) -> Edit:
    """Delete nodes, with the wires at them, and wires."""
    gone = set(keys)
    edit: Edit = {key: (graph.wires[key], None) for key in gone if key in graph.wires}
    for key in gone & set(graph.nodes):
        edit[key] = (graph.nodes[key], None)
        for wire in (*graph.wires_into(key).values(), *graph.wires_out_of(key)):
            edit[wire.id] = (wire, None)
    return edit


def move(graph: Graph, places: Mapping[str, tuple[float, float]]) -> Edit:
    """Move nodes to new places."""
    return _replace(
        graph,
        *(msgspec.structs.replace(_node(graph, key), x=within(x), y=within(y)) for key, (x, y) in places.items()),
    )


def rename(graph: Graph, key: str, name: str) -> Edit:
    """Give a node or a network another name. Two nodes may share one; the code keeps them apart."""
    record = graph.records.get(key)
    if not isinstance(record, Node | Network):
        raise Refused("There is no block {node}.", node=key)
    return _replace(graph, msgspec.structs.replace(record, name=check_name(name)))


def set_params(graph: Graph, key: str, params: Mapping[str, object]) -> Edit:
    """Set parameters of a node. Wires into ports that are gone afterwards go with them."""
    node = _node(graph, key)
    changed = msgspec.structs.replace(node, params=check_params(node.block, {**node.params, **params}))
    edit = _replace(graph, changed)
    ports = {port.name for port in node.type.input_ports(changed.params)}
    lost = [wire.id for wire in graph.wires_into(key).values() if wire.input not in ports]
    return compose(edit, disconnect(graph, lost))


def set_written(graph: Graph, key: str, written: str) -> Edit:
    """Say how a node's layer is written: as a `module`, as a `function`, or ("") as the project has it."""
    node = _node(graph, key)
    if written not in ("", "module", "function"):
        raise Refused("A layer is written as a module or as a function.")
    if written and not node.type.choosable:
        raise Refused("{block} can be written in one way only.", block=node.block)
    return _replace(graph, msgspec.structs.replace(node, written=written))


def set_project(graph: Graph, layers: str) -> Edit:
    """Say how layers without weights are written where the node does not say."""
    if layers not in ("module", "function"):
        raise Refused("A layer is written as a module or as a function.")
    return _replace(graph, Project(layers=layers))  # type: ignore[arg-type]


def check_training(settings: Mapping[str, object]) -> Training:
    """Return the settings as a record; Refused where one does not suit."""
    for name, value in settings.items():
        if name not in TRAINING_LIMITS:
            raise Refused("Training has no setting {param}.", param=name)
        check(TRAINING_LIMITS[name], value)
    return msgspec.convert(dict(settings), Training)


def set_training(graph: Graph, **settings: object) -> Edit:
    """Change settings of the training."""
    current = msgspec.structs.asdict(graph.training)
    del current["id"]
    return _replace(graph, check_training({**current, **settings}))


def insert_copies(graph: Graph, nodes: Iterable[Node], wires: Iterable[Wire], dx: int = 0, dy: int = 0) -> Edit:
    """Put copies of nodes in, moved by (dx, dy), with new ids and names and the wires between them."""
    taken = {node.name for node in graph.nodes.values()} | set(graph.records)
    tried: dict[tuple[str, int], int] = {}
    renamed: dict[str, str] = {}
    records: list[Record] = []
    for node in nodes:
        name = _free(node.name, taken, tried)
        key = _free(re.sub(r"\W+", "_", name, flags=re.ASCII).strip("_") or node.type.stem, taken, tried)
        taken |= {name, key}
        renamed[node.id] = key
        kept = check_params(node.block, node.params)
        place = {"x": within(node.x + dx), "y": within(node.y + dy)}
        records.append(msgspec.structs.replace(node, id=key, name=check_name(name), params=kept, **place))
    edit = _replace(graph, *records)
    placed = graph.apply(edit)
    for wire in wires:
        if wire.source in renamed and wire.target in renamed:
            edit |= connect(placed, renamed[wire.source], wire.output, renamed[wire.target], wire.input)
    # Circles are looked for once, in the end: wire by wire it would take seconds for a thousand.
    after = graph.apply(edit)
    if len(after.order) < len(after.nodes):
        raise Refused("The wires between the copies run in a circle.")
    return edit


def occupied(graph: Graph, node: str, port: str) -> bool:
    """Whether a wire ends at that input."""
    return wire_id(node, port) in graph.wires
