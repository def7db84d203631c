"""What a person can do to a drawing: plain functions from a graph to an edit.

A command that cannot be done raises Refused with the reason, so trying one is how
the window asks whether it is allowed.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping

import msgspec

from netbuilder.blocks import CATALOG, Block, Value
from netbuilder.blocks.sentence import Refused
from netbuilder.blocks.values import check
from netbuilder.graph.fitting import settle
from netbuilder.graph.graph import Graph, compose
from netbuilder.graph.groups import follow
from netbuilder.graph.placed import check_feeds, feeds
from netbuilder.graph.records import (
    MAIN,
    USED,
    Edit,
    Frame,
    Network,
    Node,
    Note,
    Record,
    Wire,
    dot_of,
    wire_id,
)
from netbuilder.graph.training import TRAINING_LIMITS as TRAINING_LIMITS
from netbuilder.graph.training import check_training as check_training
from netbuilder.graph.training import set_training as set_training

LONGEST_NAME = 60
FAR = 10**6

Places = tuple[tuple[int, int], ...]


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


def free(wanted: str, taken: set[str], tried: dict[tuple[str, int], int] | None = None) -> str:
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


def new_name(graph: Graph, block: Block) -> str:
    """The name that a new node of this block gets: conv1, conv2 …"""
    return free(f"{block.stem}1" if block.role == "layer" else block.stem, taken_names(graph))


def taken_names(graph: Graph) -> set[str]:
    """What a new node cannot be called: the names in its network, and every id."""
    return {node.name for node in graph.nodes.values()} | graph.whole.records.keys()


def free_key(graph: Graph, stem: str) -> str:
    """An id like the stem that no record has."""
    return free(f"{stem}1", set(graph.whole.records))


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


def check_params(block: Block, params: Mapping[str, object]) -> dict[str, Value]:
    """Return the parameters that differ from the defaults, in the catalog's order; Refused where one does not suit."""
    known = block.by_name
    found: dict[str, Value] = {}
    for name, value in params.items():
        if name not in known:
            raise Refused("{block} has no parameter {param}.", block=block.name, param=name[:40])
        found[name] = check(known[name], value)
    return {name: found[name] for name in known if name in found and found[name] != known[name].default}


def add_node(graph: Graph, block: str, x: int, y: int, params: Mapping[str, object] | None = None) -> Edit:
    """Place a block with its top left corner there. The edit has one entry, the new node's."""
    entry = known(block)
    if entry.of == "network":
        raise Refused("{block} needs a network to be placed.", block=block)
    return place(graph, Node("", block, "", within(x), within(y), network=graph.network), params or {})


def place(graph: Graph, node: Node, params: Mapping[str, object]) -> Edit:
    """Add a node, with a name and an id of its own and these parameters. The edit has one entry."""
    block = graph.type(msgspec.structs.replace(node, params=dict(params) if node.entry.of == "code" else {}))
    check_home(graph, block)
    name = new_name(graph, block)
    placed = msgspec.structs.replace(node, id=name, name=name, params=check_params(block, params))
    check_feeds(graph, placed)
    return replaced(graph, placed)


def check_home(graph: Graph, block: Block) -> None:
    """Refused where the block can only be in the network that is trained."""
    if graph.network != MAIN and block.role not in ("layer", "input", "output"):
        raise Refused("{block} belongs into the network that is trained.", block=block.name)


def known(block: str) -> Block:
    """The catalog's entry; Refused when there is none of that name."""
    if block not in CATALOG:
        raise Refused("This version has no block {block}.", block=block[:40])
    return CATALOG[block]


def connect(graph: Graph, source: str, output: str, target: str, port: str) -> Edit:
    """Draw a wire; one that already ends there is replaced."""
    start, end = _node(graph, source), _node(graph, target)
    if graph.type(start).output_port(start.params, output) is None:
        raise Refused("{node} has no output {port}.", node=start.name, port=output)
    if graph.type(end).input_port(end.params, port) is None:
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
    nodes = gone & set(graph.nodes)
    for key in nodes:
        edit[key] = (graph.nodes[key], None)
        for wire in (*graph.wires_into(key).values(), *graph.wires_out_of(key), *_at_places(graph, key)):
            edit[wire.id] = (wire, None)
    edit |= replaced(graph, *(node for node in _inherited(graph, nodes) if node.id not in nodes))
    if graph.whole.networks.keys() > {MAIN}:
        edit = settle(graph, edit)
    for key, dots in dots_by_wire(gone).items():
        if key in graph.wires and key not in edit:
            wire = graph.wires[key]
            left = tuple(place for i, place in enumerate(wire.via) if i not in dots)
            edit |= replaced(graph, msgspec.structs.replace(wire, via=left))
    return follow(graph, edit)


def _at_places(graph: Graph, key: str) -> list[Wire]:
    """The wires that end at this Input or Output where its network is placed."""
    if graph.nodes[key].entry.role not in ("input", "output"):
        return []
    found: list[Wire] = []
    for node in graph.placed(graph.nodes[key].network):
        found += [wire for port, wire in graph.whole.wires_into(node.id).items() if port == key]
        found += [wire for wire in graph.whole.wires_out_of(node.id) if wire.output == key]
    return found


def _inherited(graph: Graph, gone: Collection[str]) -> list[Node]:
    """What becomes of nodes that referred to these: the first to use a layer owns it, and no state is fed any more."""
    found = graph.inherited(gone)
    for node in graph.nodes.values():
        if feeds(node) in gone:
            kept = {name: value for name, value in node.params.items() if name != "state"}
            found.append(msgspec.structs.replace(node, params=kept))
    return found


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
    given: dict[str, Value] = {**node.params, **params}  # type: ignore[dict-item]
    block = graph.type(msgspec.structs.replace(node, params=given))
    if node.entry.of == "code":  # another code has other parameters
        given = {name: value for name, value in given.items() if name in params or name in block.by_name}
    changed = msgspec.structs.replace(node, params=check_params(block, given))
    check_feeds(graph, changed)
    edit = replaced(graph, changed)
    edit = compose(edit, disconnect(graph, loose_wires(graph, changed)))
    return settle(graph, edit) if node.entry.of == "code" else edit


def loose_wires(graph: Graph, changed: Node) -> list[str]:
    """The wires at a node that would end nowhere if it were changed to this."""
    inputs = {port.name for port in graph.inputs(changed)}
    outputs = {port.name for port in graph.outputs(changed)}
    into = [wire.id for wire in graph.wires_into(changed.id).values() if wire.input not in inputs]
    return into + [wire.id for wire in graph.wires_out_of(changed.id) if wire.output not in outputs]


def set_params_of(graph: Graph, keys: Iterable[str], params: Mapping[str, object]) -> Edit:
    """Set the same parameters of several nodes."""
    edit: Edit = {}
    for key in keys:
        edit |= set_params(graph, key, params)  # they touch different records
    return edit


def bypassable(node: Node) -> bool:
    """Whether the program can be written without the node."""
    return node.entry.role not in ("data", "input")


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
    if written and not node.entry.choosable:
        raise Refused("{block} can be written in one way only.", block=node.block)
    return replaced(graph, msgspec.structs.replace(node, written=written))


def set_project(graph: Graph, layers: str | None = None, types: bool | None = None) -> Edit:
    """Say how layers without weights are written where the node does not say, and whether the code says types."""
    if layers not in (None, "module", "function"):
        raise Refused("A layer is written as a module or as a function.")
    changes = {"layers": layers, "types": types}
    given = {name: value for name, value in changes.items() if value is not None}
    return replaced(graph, msgspec.structs.replace(graph.project, **given))


def insert_copies(graph: Graph, part: Graph, dx: int = 0, dy: int = 0) -> Edit:
    """Put copies of a part of a drawing in, moved by (dx, dy), with new ids and names and the wires between them.

    `part` is what is drawn in one network of a checked project, whose other networks are known here by the same ids.
    """
    taken, names = set(graph.whole.records), {node.name for node in graph.nodes.values()}
    tried: dict[tuple[str, int], int] = {}
    named: dict[tuple[str, int], int] = {}
    renamed: dict[str, str] = {}
    records: list[Record] = []
    for node in part.order:
        check_home(graph, node.entry)
        name = free(node.name, names, named)
        key = free(re.sub(r"\W+", "_", name, flags=re.ASCII).strip("_") or part.type(node).stem, taken, tried)
        names.add(name)
        taken.add(key)
        renamed[node.id] = key
        new = {"x": within(node.x + dx), "y": within(node.y + dy), "network": graph.network, "bound": {}}
        params = {**node.params, **{name: part.values(node)[name] for name in node.bound if name != USED}}
        params = check_params(part.type(node), params) if node.bound else node.params
        records.append(msgspec.structs.replace(node, id=key, name=check_name(name), params=params, **new))
    papers: list[Frame | Note] = [*part.frames.values(), *part.notes.values()]
    for paper in papers:
        key = free(paper.id, taken, tried)
        taken.add(key)
        new = {"id": key, "x": within(paper.x + dx), "y": within(paper.y + dy), "network": graph.network}
        records.append(msgspec.structs.replace(paper, **new))
    edit = replaced(graph, *(_referring(record, renamed) for record in records))
    placed = graph.whole.apply(edit).part(graph.network)
    for wire in part.wires.values():
        if wire.source in renamed and wire.target in renamed:
            joined = connect(placed, renamed[wire.source], wire.output, renamed[wire.target], wire.input)
            for key, (before, made) in joined.items():
                assert isinstance(made, Wire)
                edit[key] = before, msgspec.structs.replace(made, via=_shifted(wire.via, dx, dy))
    return edit


def _referring(record: Record, renamed: Mapping[str, str]) -> Record:
    """A copied node with its references led to the copies; one to what was not copied is dropped."""
    if not isinstance(record, Node):
        return record
    params = dict(record.params)
    if fed := feeds(record):
        del params["state"]
        params |= {"state": renamed[fed]} if fed in renamed else {}
    return msgspec.structs.replace(record, layer=renamed.get(record.layer, ""), params=params)


def occupied(graph: Graph, node: str, port: str) -> bool:
    """Whether a wire ends at that input."""
    return wire_id(node, port) in graph.wires
