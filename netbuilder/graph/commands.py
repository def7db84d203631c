"""What a person can do to a drawing: plain functions from a graph to an edit.

A command that cannot be done raises Refused with the reason, so trying one is how
the window asks whether it is allowed.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping

import msgspec

from netbuilder.blocks import CATALOG, Param, Value
from netbuilder.blocks.sentence import Refused
from netbuilder.blocks.values import check
from netbuilder.graph.graph import Graph, compose
from netbuilder.graph.records import (
    Edit,
    Frame,
    Network,
    Node,
    Note,
    Project,
    Record,
    Training,
    Wire,
    dot_of,
    wire_id,
)

LONGEST_NAME = 60
FAR = 10**6

Places = tuple[tuple[int, int], ...]

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


def replaced(graph: Graph, *records: Record) -> Edit:
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


def free_key(graph: Graph, stem: str) -> str:
    """An id like the stem that no record has."""
    return _free(f"{stem}1", set(graph.records))


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
    return replaced(graph, Node(name, block, name, within(x), within(y), kept))


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
    wire, before = Wire(source, output, target, port), graph.wires.get(wire_id(target, port))
    if before is not None and before == msgspec.structs.replace(wire, via=before.via):
        return {}  # drawn again, it keeps its dots
    return replaced(graph, wire)


def disconnect(graph: Graph, wires: Iterable[str]) -> Edit:
    """Take wires away."""
    edit: Edit = {}
    for key in wires:
        if key not in graph.wires:
            raise Refused("There is no wire to {wire}.", wire=key)
        edit[key] = (graph.wires[key], None)
    return edit


def delete(graph: Graph, keys: Iterable[str]) -> Edit:
    """Delete nodes, with the wires at them, wires, reroute dots, notes and frames."""
    gone = set(keys)
    loose = [key for key in gone if isinstance(graph.records.get(key), Wire | Note | Frame)]
    edit: Edit = {key: (graph.records[key], None) for key in loose}
    for key in gone & set(graph.nodes):
        edit[key] = (graph.nodes[key], None)
        for wire in (*graph.wires_into(key).values(), *graph.wires_out_of(key)):
            edit[wire.id] = (wire, None)
    for key, dots in dots_by_wire(gone).items():
        if key in graph.wires and key not in edit:
            wire = graph.wires[key]
            left = tuple(place for i, place in enumerate(wire.via) if i not in dots)
            edit |= replaced(graph, msgspec.structs.replace(wire, via=left))
    return edit


def dots_by_wire(keys: Iterable[str]) -> dict[str, set[int]]:
    """The reroute dots among the keys: their indices by wire."""
    found: dict[str, set[int]] = {}
    for wire, index in filter(None, map(dot_of, keys)):
        found.setdefault(wire, set()).add(index)
    return found


def move(graph: Graph, places: Mapping[str, tuple[float, float]]) -> Edit:
    """Move nodes, notes and frames to new places."""
    moved: list[Record] = []
    for key, (x, y) in places.items():
        record = graph.records.get(key)
        if not isinstance(record, Node | Note | Frame):
            raise Refused("There is no block {node}.", node=key)
        moved.append(msgspec.structs.replace(record, x=within(x), y=within(y)))
    return replaced(graph, *moved)


def shift(graph: Graph, keys: Iterable[str], dx: int, dy: int) -> Edit:
    """Move nodes, notes, frames and reroute dots by as much; dots of wires between moved nodes go along."""
    moved = set(keys)
    placed = {key: record for key in moved if isinstance(record := graph.records.get(key), Node | Note | Frame)}
    edit = move(graph, {key: (record.x + dx, record.y + dy) for key, record in placed.items()})
    dots = dots_by_wire(moved)
    for key in moved & graph.nodes.keys():
        for wire in graph.wires_out_of(key):
            if wire.via and wire.target in moved:
                dots[wire.id] = set(range(len(wire.via)))
    for key, indices in dots.items():
        if key in graph.wires:
            wire = graph.wires[key]
            via = _shifted(wire.via, dx, dy, indices)
            edit |= replaced(graph, msgspec.structs.replace(wire, via=via))
    return edit


def _shifted(via: Places, dx: int, dy: int, indices: Collection[int] | None = None) -> Places:
    """Places moved by (dx, dy): all of them, or those of these indices."""
    return tuple(
        (within(x + dx), within(y + dy)) if indices is None or i in indices else (x, y) for i, (x, y) in enumerate(via)
    )


def add_dot(graph: Graph, wire: str, index: int, x: float, y: float) -> Edit:
    """Lead a wire through one more reroute dot, which becomes the one of that index."""
    if wire not in graph.wires:
        raise Refused("There is no wire to {wire}.", wire=wire)
    via = list(graph.wires[wire].via)
    via.insert(index, (within(x), within(y)))
    return replaced(graph, msgspec.structs.replace(graph.wires[wire], via=tuple(via)))


def rename(graph: Graph, key: str, name: str) -> Edit:
    """Give a node or a network another name. Two nodes may share one; the code keeps them apart."""
    record = graph.records.get(key)
    if not isinstance(record, Node | Network):
        raise Refused("There is no block {node}.", node=key)
    return replaced(graph, msgspec.structs.replace(record, name=check_name(name)))


def set_params(graph: Graph, key: str, params: Mapping[str, object]) -> Edit:
    """Set parameters of a node. Wires into ports that are gone afterwards go with them."""
    node = _node(graph, key)
    changed = msgspec.structs.replace(node, params=check_params(node.block, {**node.params, **params}))
    edit = replaced(graph, changed)
    ports = {port.name for port in node.type.input_ports(changed.params)}
    lost = [wire.id for wire in graph.wires_into(key).values() if wire.input not in ports]
    return compose(edit, disconnect(graph, lost))


def set_params_of(graph: Graph, keys: Iterable[str], params: Mapping[str, object]) -> Edit:
    """Set the same parameters of several nodes."""
    edit: Edit = {}
    for key in keys:
        edit |= set_params(graph, key, params)  # they touch different records
    return edit


def bypassable(node: Node) -> bool:
    """Whether the program can be written without the node."""
    return node.type.role not in ("data", "input")


def set_muted(graph: Graph, keys: Iterable[str], on: bool) -> Edit:
    """Have the program skip these nodes, or not."""
    nodes = [_node(graph, key) for key in keys]
    for node in nodes:
        if on and not bypassable(node):
            raise Refused("{node} gives the samples: it cannot be bypassed.", node=node.name)
    return replaced(graph, *(msgspec.structs.replace(node, muted=on) for node in nodes))


def set_written(graph: Graph, key: str, written: str) -> Edit:
    """Say how a node's layer is written: as a `module`, as a `function`, or ("") as the project has it."""
    node = _node(graph, key)
    if written not in ("", "module", "function"):
        raise Refused("A layer is written as a module or as a function.")
    if written and not node.type.choosable:
        raise Refused("{block} can be written in one way only.", block=node.block)
    return replaced(graph, msgspec.structs.replace(node, written=written))


def set_project(graph: Graph, layers: str) -> Edit:
    """Say how layers without weights are written where the node does not say."""
    if layers not in ("module", "function"):
        raise Refused("A layer is written as a module or as a function.")
    return replaced(graph, Project(layers=layers))  # type: ignore[arg-type]


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
    return replaced(graph, check_training({**current, **settings}))


def insert_copies(graph: Graph, part: Graph, dx: int = 0, dy: int = 0) -> Edit:
    """Put copies of a part of a drawing in, moved by (dx, dy), with new ids and names and the wires between them.

    `part` is as `files.from_text` gives it: checked, and without circles.
    """
    taken = {node.name for node in graph.nodes.values()} | set(graph.records)
    tried: dict[tuple[str, int], int] = {}
    renamed: dict[str, str] = {}
    records: list[Record] = []
    for node in part.order:
        name = _free(node.name, taken, tried)
        key = _free(re.sub(r"\W+", "_", name, flags=re.ASCII).strip("_") or node.type.stem, taken, tried)
        taken |= {name, key}
        renamed[node.id] = key
        kept = check_params(node.block, node.params)
        place = {"x": within(node.x + dx), "y": within(node.y + dy)}
        records.append(msgspec.structs.replace(node, id=key, name=check_name(name), params=kept, **place))
    papers: list[Frame | Note] = [*part.frames.values(), *part.notes.values()]
    for paper in papers:
        key = _free(paper.id, taken, tried)
        taken.add(key)
        records.append(msgspec.structs.replace(paper, id=key, x=within(paper.x + dx), y=within(paper.y + dy)))
    edit = replaced(graph, *records)
    placed = graph.apply(edit)
    for wire in part.wires.values():
        if wire.source in renamed and wire.target in renamed:
            joined = connect(placed, renamed[wire.source], wire.output, renamed[wire.target], wire.input)
            for key, (before, made) in joined.items():
                assert isinstance(made, Wire)
                edit[key] = before, msgspec.structs.replace(made, via=_shifted(wire.via, dx, dy))
    return edit


def occupied(graph: Graph, node: str, port: str) -> bool:
    """Whether a wire ends at that input."""
    return wire_id(node, port) in graph.wires
