"""Project files: strict to read, easy to compare, safe to write."""

from __future__ import annotations

import json
import os
import re
import stat
import tempfile
from pathlib import Path
from typing import Any, NoReturn

import msgspec

from netbuilder.blocks.sentence import Refused
from netbuilder.graph.augmenting import check_augmentations
from netbuilder.graph.commands import FAR, bypassable, check_home, check_name, check_params, check_training, known
from netbuilder.graph.fitting import check_bound, check_layer, check_nesting
from netbuilder.graph.graph import Graph
from netbuilder.graph.networks import check_argument
from netbuilder.graph.notes import check_note
from netbuilder.graph.placed import check_feeds
from netbuilder.graph.records import (
    MAIN,
    PROJECT,
    TRAINING,
    Frame,
    Network,
    Node,
    Note,
    Project,
    Record,
    Training,
    Wire,
)

SUFFIX = ".netb"
FORMAT = 4
OLDEST = 1
LARGEST = 32 * 2**20
DEEPEST = 16
_KEY = re.compile(r"[A-Za-z0-9_-]{1,80}")
_RANK = {Project: 0, Training: 1, Network: 2, Node: 3, Wire: 4, Frame: 5, Note: 6}


class _File(msgspec.Struct, forbid_unknown_fields=True):
    format: int
    records: list[Record]


def to_text(graph: Graph) -> str:
    """Write a graph as JSON, one record a line, in an order that does not depend on how it was drawn."""

    def place(record: Record) -> tuple[int, list[object], str]:
        parts = re.split(r"(\d+)", record.id)
        return _RANK[type(record)], [int(p) if p.isdigit() else p for p in parts], record.id

    lines = [_line(record) for record in sorted(graph.records.values(), key=place)]
    return f'{{\n"format": {FORMAT},\n"records": [\n' + ",\n".join(lines) + "\n]\n}\n"


def _line(record: Record) -> str:
    plain = msgspec.to_builtins(record)
    if isinstance(record, Network):  # id and name are always said, the rest where it is not as usual
        usual = msgspec.to_builtins(Network(record.id, record.name))
        plain = {key: value for key, value in plain.items() if key in ("kind", "id", "name") or value != usual[key]}
    return json.dumps(plain, ensure_ascii=False)


def from_text(text: str) -> Graph:
    """Read what `to_text` wrote. Refused, with the reason in words, for anything else."""
    if len(text) > LARGEST:
        raise Refused("The file is larger than {most} MB.", most=LARGEST // 2**20)
    plain = _parse(text)
    if isinstance(plain, dict) and isinstance(plain.get("format"), int) and plain["format"] > FORMAT:
        raise Refused("The file was written by a newer Netbuilder (format {format}).", format=plain["format"])
    _migrate(plain)
    try:
        file = msgspec.convert(plain, _File, strict=True)
    except msgspec.ValidationError as error:
        raise Refused("{place}{reason}.", **_explain(plain, str(error))) from None
    if not OLDEST <= file.format <= FORMAT:
        raise Refused("The file has the format {format}, which is unknown.", format=file.format)
    return build(file.records)


def _migrate(plain: Any) -> None:
    """Lead what older formats said differently over to this one, in place; what is wrong in it is found later.

    Up to the second format there were two optimizers, SGD and Adam, and two parameters for both; of these, Adam did not
    have the momentum.
    """
    if not isinstance(plain, dict) or plain.get("format") not in (1, 2) or not isinstance(plain.get("records"), list):
        return
    for record in plain["records"]:
        if isinstance(record, dict) and record.get("kind") == "training" and "optimizer_params" not in record:
            old = {name: record.pop(name) for name in ("momentum", "weight_decay") if name in record}
            if record.get("optimizer", "Adam") == "Adam":
                old.pop("momentum", None)
            record["optimizer_params"] = old


def build(records: list[Record]) -> Graph:
    """Make a graph of records, each of them checked."""
    found: dict[str, Record] = {}
    for record in records:
        if record.id in found:
            raise Refused("There are two records with the id {id}.", id=record.id)
        found[record.id] = _checked(record)
    for default in (Project(), Training(), Network()):
        found.setdefault(default.id, default)
    graph = Graph(found)
    for network in graph.networks.values():
        _check_network(network)
    for group in graph.training.groups:
        if not isinstance(found.get(group.target), Node | Network):
            raise Refused("There is no block {id} that settings of the training could be for.", id=group.target[:40])
    check_nesting(graph)
    for key, record in graph.records.items():
        found[key] = _settled(graph, record)
    graph = Graph(found)
    for wire in graph.wires.values():
        _check_wire(graph, wire)
    if len(graph.order) < len(graph.nodes):
        stuck = sorted(set(graph.nodes) - {node.id for node in graph.order})
        raise Refused("The wires run in a circle through {nodes}.", nodes=", ".join(stuck[:6]))
    return graph


def load(path: Path) -> Graph:
    """Read a project file. Refused, with the file's name and the reason, when that cannot be done."""
    try:
        about = path.stat()
        if not stat.S_ISREG(about.st_mode):
            raise Refused("It is not a file.")
        if about.st_size > LARGEST:
            raise Refused("The file is larger than {most} MB.", most=LARGEST // 2**20)
        text = path.read_bytes().decode("utf-8")
    except UnicodeDecodeError:
        raise Refused("{file} is not a Netbuilder project: it is not text.", file=path.name) from None
    except (OSError, ValueError) as error:
        raise Refused("{file} cannot be read: {reason}.", file=str(path), reason=_why(error)) from None
    except Refused as refused:
        raise Refused("{file} cannot be opened. {reason}", file=path.name, reason=str(refused)) from None
    try:
        return from_text(text)
    except Refused as refused:
        raise Refused("{file} cannot be opened. {reason}", file=path.name, reason=str(refused)) from None


def save(graph: Graph, path: Path) -> None:
    """Write a project file: beside the old one, to the disk, then in its place. Refused when that fails."""
    write(to_text(graph), path)


def write(text: str, path: Path) -> None:
    """Replace a file by this text, or leave it as it was and raise Refused."""
    write_bytes(text.encode("utf-8", "surrogatepass"), path)


def write_bytes(data: bytes, path: Path) -> None:
    """Replace a file by these bytes, or leave it as it was and raise Refused."""
    temporary = ""
    try:
        target = Path(os.path.realpath(path))
        handle, temporary = tempfile.mkstemp(prefix=f".{target.name[:40]}.", suffix=".part", dir=target.parent)
        with os.fdopen(handle, "wb") as file:
            written = file.write(data)
            file.flush()
            os.fsync(file.fileno())
        if written != len(data):
            raise OSError("the disk took only a part")
        if hasattr(os, "fchmod"):
            mode = target.stat().st_mode if target.exists() else 0o666 & ~_umask()
            os.chmod(temporary, mode & 0o7777)
        os.replace(temporary, target)
    except (OSError, ValueError) as error:
        if temporary:
            Path(temporary).unlink(missing_ok=True)
        raise Refused(
            "{file} cannot be written: {reason}. What was there is unchanged.",
            file=str(path),
            reason=_why(error),
        ) from None


def _why(error: OSError | ValueError) -> str:
    """The system's own words; a ValueError is about a path that no file can have."""
    return (error.strerror if isinstance(error, OSError) else None) or str(error)


def _umask() -> int:
    current = os.umask(0o022)
    os.umask(current)
    return current


def _parse(text: str) -> Any:
    def pairs(found: list[tuple[str, Any]]) -> dict[str, Any]:
        result = dict(found)
        if len(result) != len(found):
            seen: set[str] = set()
            twice = next(key for key, _ in found if key in seen or seen.add(key))  # type: ignore[func-returns-value]
            raise Refused("The key {key} is there twice.", key=twice)
        return result

    def constant(name: str) -> NoReturn:
        raise Refused("{value} is not a number that a project can hold.", value=name)

    def number(digits: str) -> float:
        value = float(digits)
        return value if abs(value) != float("inf") else constant(digits[:40])

    def whole(digits: str) -> int:
        return int(digits) if len(digits) <= 19 else constant(digits[:40])

    try:
        plain = json.loads(text, object_pairs_hook=pairs, parse_constant=constant, parse_float=number, parse_int=whole)
    except json.JSONDecodeError as error:
        raise Refused(
            "It is not valid JSON: line {line}, column {column}: {reason}.",
            line=error.lineno,
            column=error.colno,
            reason=error.msg,
        ) from None
    except RecursionError:
        raise Refused("It is nested too deep.") from None
    if _depth(plain) > DEEPEST:
        raise Refused("It is nested too deep.")
    try:
        json.dumps(plain, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise Refused("It holds half of a character.") from None
    return plain


def _depth(plain: Any) -> int:
    deepest, todo = 0, [(plain, 1)]
    while todo and deepest <= DEEPEST:
        value, depth = todo.pop()
        deepest = max(deepest, depth)
        if isinstance(value, dict):
            todo += [(inner, depth + 1) for inner in value.values()]
        elif isinstance(value, list):
            todo += [(inner, depth + 1) for inner in value]
    return deepest


def _explain(plain: Any, message: str) -> dict[str, str]:
    """Turn msgspec's `Expected …, got … - at `$.records[3].x`` into a place a person can find."""
    reason, _, path = message.partition(" - at ")
    match = re.search(r"\$\.records\[(\d+)\]\.?([\w.\[\]]*)", path)
    if match is None:
        return {"place": "", "reason": reason}
    record = plain["records"][int(match[1])]
    name = record.get("id") or record.get("target") if isinstance(record, dict) else None
    where = f"record {int(match[1]) + 1}" + (f" ({name[:40]})" if name and isinstance(name, str) else "")
    field = f", {match[2]}" if match[2] else ""
    return {"place": f"In {where}{field}: ", "reason": reason[:1].lower() + reason[1:].replace("`NoneType`", "`null`")}


def _checked(record: Record) -> Record:
    try:
        if isinstance(record, Training):
            settings = msgspec.structs.asdict(record)
            del settings["id"]
            return check_training(settings)
        if isinstance(record, Project):
            return record
        if isinstance(record, Wire):
            if any(max(abs(x), abs(y)) > FAR for x, y in record.via):
                raise Refused("A dot is at most {most} points from the origin.", most=FAR)
            return record
        own = (MAIN, PROJECT, TRAINING)
        if not _KEY.fullmatch(record.id) or (not isinstance(record, Network) and record.id in own):
            raise Refused("{id} cannot be an id.", id=record.id[:40])
        if isinstance(record, Note | Frame):
            return check_note(record)
        check_name(record.name)
        if isinstance(record, Network):
            for argument in record.arguments:
                check_argument(argument.name)
            return record
        if max(abs(record.x), abs(record.y)) > FAR:
            raise Refused("A block is at most {most} points from the origin.", most=FAR)
        entry = known(record.block)
        if bool(record.of) != (entry.of == "network"):
            raise Refused("{block} is made of no network.", block=record.block)
        if entry.of == "code":
            check_params(entry, {name: value for name, value in record.params.items() if name == "code"})
        if record.muted and not bypassable(record):
            raise Refused("{block} cannot be bypassed.", block=record.block)
        if record.written and not entry.choosable:
            raise Refused("{block} can be written in one way only.", block=record.block)
        return check_augmentations(record)
    except Refused as refused:
        raise Refused("In the record {id}: {reason}", id=record.id[:40], reason=str(refused)) from None


def _check_network(network: Network) -> None:
    names = [argument.name for argument in network.arguments]
    if len(set(names)) < len(names):
        raise Refused("{network} has two arguments of one name.", network=network.name)


def _settled(graph: Graph, record: Record) -> Record:
    """The record after a look at those around it: parameters, references, and where it may be."""
    if not isinstance(record, Node | Note | Frame):
        return record
    try:
        if record.network not in graph.networks:
            raise Refused("There is no network {network}.", network=record.network[:40])
        if not isinstance(record, Node):
            return record
        block = graph.type(record)
        check_home(graph.part(record.network), block)
        kept = check_params(block, record.params)
        part = graph.part(record.network)
        check_bound(part, record, record.bound)
        if record.layer:
            check_layer(part, record, record.layer)
        settled = msgspec.structs.replace(record, params=kept)
        check_feeds(part, settled)
        return settled
    except Refused as refused:
        raise Refused("In the record {id}: {reason}", id=record.id[:40], reason=str(refused)) from None


def _check_wire(graph: Graph, wire: Wire) -> None:
    source, target = graph.nodes.get(wire.source), graph.nodes.get(wire.target)
    if source is None or target is None:
        missing = wire.source if source is None else wire.target
        raise Refused("A wire is drawn to {node}, which does not exist.", node=missing[:40])
    if source.network != target.network:
        raise Refused("{source} and {target} are in different networks.", source=source.name, target=target.name)
    if graph.type(source).output_port(source.params, wire.output) is None:
        raise Refused("{node} has no output {port}.", node=source.name, port=wire.output[:40])
    if graph.type(target).input_port(target.params, wire.input) is None:
        raise Refused("{node} has no input {port}.", node=target.name, port=wire.input[:40])
