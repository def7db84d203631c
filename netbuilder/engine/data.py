"""The samples of a drawing, loaded by its own program and kept as long as the same ones are wanted."""

from __future__ import annotations

from pathlib import Path

import msgspec
import torch
from torch import Tensor

from netbuilder.blocks.sentence import Refused
from netbuilder.codegen.expressions import arguments
from netbuilder.engine.describe import absolute_paths, stamps
from netbuilder.engine.execute import Program
from netbuilder.engine.loading import Tell, tell_nobody, watched
from netbuilder.graph.graph import Graph
from netbuilder.graph.records import Node, Record

Samples = tuple[Tensor, ...]
_FITS = 2**30  # bytes that are put onto an accelerator whole


class DataError(Exception):
    """Samples cannot be loaded: why and, where that is known, at which node."""

    def __init__(self, node: Node | None, reason: str) -> None:
        self.node = node
        self.reason = reason.rstrip(".")
        super().__init__(reason)


class Data:
    """Remembers the samples loaded last."""

    def __init__(self) -> None:
        self._key: object = None
        self._loaded: tuple[Samples, Samples | None] | None = None

    def load(self, program: Program, nodes: list[Node], tell: Tell = tell_nobody) -> tuple[Samples, Samples | None]:
        """Samples to train on, and to validate on where there are any. DataError when that fails.

        How far it is goes to `tell`, a few times a second.
        """
        filled = [(node.entry, node.entry.filled(node.params)) for node in nodes]
        key = [(entry.name, arguments(entry, values), stamps(entry, values)) for entry, values in filled]
        if self._loaded is None or self._key != key:
            self._loaded = None
            try:
                with watched(program, ", ".join(node.name for node in nodes), tell):
                    train, validation = program.names["load_data"]()
            except (OSError, ValueError, EOFError, ImportError) as error:
                raise DataError(_at(program, nodes, error), str(error)) from error
            except (MemoryError, RuntimeError) as error:
                full = out_of_memory(error)
                reason = "the samples do not fit into memory" if full else str(error).strip().split("\n")[0]
                raise DataError(_at(program, nodes, error), reason) from error
            self._key, self._loaded = key, (train, validation)
        return self._loaded


def _at(program: Program, nodes: list[Node], error: BaseException) -> Node | None:
    """The data node in whose line of the program the error arose."""
    key = program.node_of(error)
    return next((node for node in nodes if node.id == key), None)


def out_of_memory(error: BaseException) -> bool:
    """Whether memory ran out; on the processor torch says so in a plain RuntimeError."""
    return isinstance(error, torch.OutOfMemoryError | MemoryError) or "DefaultCPUAllocator" in str(error)


def on_device(samples: Samples, device: str) -> Samples:
    """The samples on the device, if they are few enough to keep there."""
    tensors = [column for column in samples if isinstance(column, Tensor)]
    if device != "cpu" and sum(tensor.nbytes for tensor in tensors) > _FITS:
        return samples
    return tuple(column.to(device) if isinstance(column, Tensor) else column for column in samples)


def with_absolute_folders(graph: Graph, base: Path) -> Graph:
    """The graph with every relative path of data starting from `base`, the project's own folder."""
    records: dict[str, Record] = dict(graph.records)
    for node in graph.nodes.values():
        if found := absolute_paths(node.entry, graph.values(node), base):
            records[node.id] = msgspec.structs.replace(node, params={**node.params, **found})
    return Graph(records)


def data_nodes(graph: Graph) -> list[Node]:
    """The data nodes. Refused when there is none."""
    found = [node for node in graph.order if node.entry.role == "data"]
    if not found:
        raise Refused("There is no data: add a data block and wire it to the network.")
    return found
