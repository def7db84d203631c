"""Parts of a drawing as text, so that they travel between windows, chat messages and files."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from typing import Any

import msgspec

from netbuilder.blocks.sentence import Refused
from netbuilder.graph.commands import free, insert_copies, replaced
from netbuilder.graph.files import from_text, to_text
from netbuilder.graph.fitting import check_nesting
from netbuilder.graph.graph import Graph, compose
from netbuilder.graph.groups import copied_settings, with_copied
from netbuilder.graph.networks import check_not_within, free_network_name
from netbuilder.graph.placed import feeds
from netbuilder.graph.records import MAIN, USED, Edit, Frame, Network, Node, Note, Record, Wire

MOST = 5000
TRIES = 200  # braces of other words before it

_decoder = json.JSONDecoder()


def copy(graph: Graph, keys: Iterable[str]) -> str:
    """The chosen nodes, notes and frames and the wires between them, in the form of a project file."""
    chosen = [record for key in keys if isinstance(record := graph.records.get(key), Node | Note | Frame)]
    ids = {record.id for record in chosen}
    records: dict[str, Record] = {}
    for record in chosen:
        alone = {"network": MAIN}
        if isinstance(record, Node):
            alone |= _without_context(graph, record, ids)
        records[record.id] = msgspec.structs.replace(record, **alone)
    records |= {key: wire for key, wire in graph.wires.items() if {wire.source, wire.target} <= ids}
    placed = {node.of for node in graph.nodes.values() if node.of and node.id in ids}
    for network in {inner for key in placed for inner in (key, *graph.inner(key))}:
        records |= content(graph, network)
    if (settings := copied_settings(graph, records)) is not None:
        records[settings.id] = settings
    return to_text(Graph(records))


def _without_context(graph: Graph, node: Node, ids: Collection[str]) -> dict[str, Any]:
    """What a node holds instead of references to what is not copied with it."""
    own = {name: graph.values(node)[name] for name in node.bound if name != USED}
    kept = feeds(node) in {"", *ids}
    params = {name: value for name, value in {**node.params, **own}.items() if name != "state" or kept}
    return {"params": params, "bound": {}, "layer": node.layer if node.layer in ids else ""}


def content(graph: Graph, network: str) -> dict[str, Record]:
    """A network's record and all that is drawn in it."""
    kept = {
        key: record
        for key, record in graph.part(network).records.items()
        if isinstance(record, Node | Wire | Note | Frame)
    }
    return {network: graph.whole.networks[network], **kept}


def paste(graph: Graph, text: str, x: int | None = None, y: int | None = None, shift: int = 0) -> Edit:
    """Put in what `copy` gave: its top left corner at (x, y), or moved by `shift` from where it was."""
    whole = part(text)
    edit, copied, copies = _bring_networks(graph, whole)
    placed: list[Node | Note | Frame] = [*copied.nodes.values(), *copied.notes.values(), *copied.frames.values()]
    dx = shift if x is None else x - min(record.x for record in placed)
    dy = shift if y is None else y - min(record.y for record in placed)
    ready = graph.whole.apply(edit).part(graph.network)
    for node in copied.nodes.values():
        if node.of:
            check_not_within(ready, node.of, graph.network)
    made = insert_copies(ready, copied, dx, dy)
    edit = with_copied(graph, compose(edit, made), whole.training.groups, copies | _copies(copied, made))
    if any(node.of for node in copied.nodes.values()):
        check_nesting(graph.whole.apply(edit))
    return edit


def duplicate(graph: Graph, text: str, dx: int, dy: int) -> Edit:
    """Put in what `copy` gave of the same drawing, moved by (dx, dy) from where it was."""
    whole = part(text)
    copied = whole.part(MAIN)
    made = insert_copies(graph, copied, dx, dy)
    return with_copied(graph, made, whole.training.groups, _copies(copied, made))


def _copies(copied: Graph, made: Edit) -> dict[str, str]:
    """What the copies of nodes are called, by what the nodes are."""
    keys = (key for key, (_, record) in made.items() if isinstance(record, Node))
    return dict(zip((node.id for node in copied.order), keys, strict=True))


def _bring_networks(graph: Graph, copied: Graph) -> tuple[Edit, Graph, dict[str, str]]:
    """Add the networks that copied blocks are made of, but for those that are there just so, and the blocks.

    Also what is new is called here, by what it is called there.
    """
    edit: Edit = {}
    renamed: dict[str, str] = {}
    brought: dict[str, str] = {}
    for network in copied.inner(MAIN):
        drawn = graph.whole.apply(edit)
        mine = _renamed(content(copied, network), renamed)
        if network in drawn.networks and content(drawn, network) == mine:
            continue
        taken = set(drawn.records)
        for key, record in content(copied, network).items():
            if not isinstance(record, Wire):
                renamed[key] = free(key, taken) if key in taken else key
                brought[key] = renamed[key]
                taken.add(renamed[key])
        new = _renamed(content(copied, network), renamed)
        named = new[renamed[network]]
        assert isinstance(named, Network)
        new[named.id] = msgspec.structs.replace(named, name=free_network_name(drawn, named.name))
        edit = compose(edit, replaced(drawn, *new.values()))
    main = copied.part(MAIN)
    own = {key: renamed[key] for key in renamed if key not in main.nodes}
    nodes = {key: r for key, r in _renamed(main.records, own).items() if isinstance(r, Node | Wire | Note | Frame)}
    return edit, Graph(nodes, graph.whole.apply(edit), MAIN), brought


def _renamed(records: Mapping[str, Record], names: Mapping[str, str]) -> dict[str, Record]:
    """The records under other ids, with their references."""

    def to(key: str) -> str:
        return names.get(key, key)

    found: dict[str, Record] = {}
    for record in records.values():
        changed: Record = record
        if isinstance(record, Wire):
            ends = {"source": to(record.source), "output": to(record.output)}
            changed = msgspec.structs.replace(record, **ends, target=to(record.target), input=to(record.input))
        elif isinstance(record, Node):
            fed = feeds(record)
            params = {**record.params, "state": to(fed)} if fed else record.params
            refs = {"network": to(record.network), "of": to(record.of), "layer": to(record.layer)}
            changed = msgspec.structs.replace(record, id=to(record.id), params=params, **refs)
        elif isinstance(record, Note | Frame):
            changed = msgspec.structs.replace(record, id=to(record.id), network=to(record.network))
        elif isinstance(record, Network):
            changed = msgspec.structs.replace(record, id=to(record.id))
        found[changed.id] = changed
    return found


def part(text: str) -> Graph:
    """What `copy` wrote as a drawing of its own. Refused, in words, when the text is something else."""
    inside = _inside(text)
    if inside is None:
        raise Refused("What was copied is not a part of a drawing.")
    try:
        found = from_text(inside)
    except Refused as refused:
        raise Refused("What was copied is not a part of a drawing. {reason}", reason=str(refused)) from None
    found_main = found.part(MAIN)
    count = len(found_main.nodes) + len(found_main.notes) + len(found_main.frames)
    if not count:
        raise Refused("What was copied holds no blocks.")
    if count > MOST:
        raise Refused(
            "What was copied holds {count} blocks: at most {most} can be pasted at once.", count=count, most=MOST
        )
    return found


def _inside(text: str) -> str | None:
    """The part of a text that looks like what `copy` writes, whatever words or fences a chat has put around it."""
    start = -1
    for _ in range(TRIES):
        start = text.find("{", start + 1)
        if start < 0:
            break
        try:
            found, end = _decoder.raw_decode(text, start)
        except (ValueError, RecursionError):
            continue
        if isinstance(found, dict) and found.keys() & {"format", "records"}:
            return text[start:end]
    return None
