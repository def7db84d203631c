"""Runs a training in several processes that meet through a file, forked off one that has imported torch already."""

from __future__ import annotations

import multiprocessing
import os
from multiprocessing.context import ForkServerContext
from pathlib import Path

import msgspec

from netbuilder.blocks.sentence import say
from netbuilder.bridge.messages import Ended
from netbuilder.bridge.process import identity
from netbuilder.bridge.run_folder import RunReader, standing
from netbuilder.graph.files import build
from netbuilder.graph.graph import Graph
from netbuilder.graph.records import Record
from tests.engine.runs import Done

PRELOAD = ["torch.distributed", "torch._dynamo", "netbuilder.engine.trainer", "sklearn.datasets"]


def server() -> ForkServerContext:
    """What processes are forked off; it runs on until it is stopped."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([*PRELOAD, __name__])
    first = context.Process(target=int)
    first.start()
    first.join()
    return context


def train_together(
    context: ForkServerContext, processes: int, graph: Graph, folder: Path, resume: Path | None = None
) -> Done:
    """Train a drawing in so many processes; the folder is made."""
    folder.mkdir(parents=True, exist_ok=True)
    meet = folder.parent / f"{folder.name}-{len(list(folder.parent.iterdir()))}.meet"
    records = msgspec.json.encode(list(graph.records.values()))
    given = (processes, records, str(folder), str(meet), str(resume or ""), os.getpid())
    started = [context.Process(target=_one, args=(rank, *given)) for rank in range(processes)]
    for process in started:
        process.start()
    for process in started:
        process.join(120)
    codes = [process.exitcode for process in started]
    for process in started:
        process.kill()
        process.join()
    log = (folder / "log.txt").read_text("utf-8") if (folder / "log.txt").exists() else ""
    assert codes == [0] * processes, log
    found = standing(folder)
    assert found is not None
    reader = RunReader(folder)
    steps, epochs = reader.news()
    return Done(folder, Ended(found.state, say("{text}", text=found.sentence)), [], reader.about, steps, epochs)


def _one(rank: int, size: int, records: bytes, folder: str, meet: str, resume: str, keeper: int) -> None:
    import torch
    import torch.distributed as dist

    from netbuilder.engine.beginning import PLAIN, Asked
    from netbuilder.engine.control import Control
    from netbuilder.engine.team import Together
    from netbuilder.engine.trainer import Trainer

    torch.set_num_threads(1)
    dist.init_process_group("gloo", init_method=f"file://{meet}", rank=rank, world_size=size)
    graph = build(msgspec.json.decode(records, type=list[Record]))
    asked = Asked(resume=Path(resume)) if resume else PLAIN
    trainer = Trainer(Together(identity(keeper)))
    trainer.run(graph, Path(), Path(folder), "cpu", Control(), lambda _: None, asked=asked)
    dist.destroy_process_group()
