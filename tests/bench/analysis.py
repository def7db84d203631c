"""How long an edit takes until its shapes and problems are known, in a drawing of 1000 nodes; and the text.

Beside it, in the same run: one forward of the same network on torch's meta device, and under FakeTensorMode. The last
lines are what a person waits for: from the edit in the window, through the engine's process, to the cards.
`QT_QPA_PLATFORM=offscreen python -m tests.bench.analysis`
"""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable
from pathlib import Path

import torch
from torch._subclasses.fake_tensor import FakeTensorMode

from netbuilder.bridge.messages import Analysis, decode_from_child, encode
from netbuilder.codegen import make_plan, write_module
from netbuilder.engine.analysis import Analyst
from netbuilder.graph import commands
from netbuilder.graph.document import Document
from netbuilder.graph.files import from_text, to_text
from netbuilder.graph.graph import Graph
from tests.drawings import draw, run_text

NODES = 1000
REPEATS = 15


def drawing(nodes: int = NODES) -> Graph:
    """Convolutions, norms and activations one behind the other, with a shortcut around every fifth."""
    lines = ["image Input shape=16,16,16"]
    chain = ["image"]
    for i in range(nodes // 5):
        lines += [f"conv{i} Conv2d out_channels=16 padding=1", f"norm{i} BatchNorm2d", f"relu{i} ReLU"]
        lines += [f"drop{i} Dropout", f"add{i} Add"]
        chain += [f"conv{i}", f"norm{i}", f"relu{i}", f"drop{i}", f"add{i}"]
        lines.append(f"{chain[-6]} > add{i}.input2")
    # Wires may only be drawn between what is there.
    places = [line for line in lines if ">" not in line]
    return draw("\n".join([*places, " > ".join(chain), *(line for line in lines if ">" in line)]))


def timed(act: Callable[[], object]) -> float:
    """Milliseconds."""
    start = time.perf_counter()
    act()
    return (time.perf_counter() - start) * 1e3


def carried(answer: Analysis) -> None:
    """What the pipe does to an answer."""
    decode_from_child(encode(answer))


def edits(analyst: Analyst, document: Document, key: str, param: str, values: tuple[int, ...]) -> list[float]:
    """Set a parameter to one value after the other; how long until the window knows what comes of it."""
    found = []
    for i in range(REPEATS):
        edit = commands.set_params(document.graph, key, {param: values[i % len(values)]})
        document.commit(edit, "change")
        found.append(timed(lambda edit=edit: carried(analyst.change(edit))))  # type: ignore[misc]
    return found


def in_the_window(graph: Graph) -> tuple[float, list[float], list[float]]:
    """Milliseconds from opening, from a small and from a large edit in a real window, until the cards say it."""
    from PySide6.QtCore import QEventLoop
    from PySide6.QtWidgets import QApplication

    from netbuilder.ui.window import Window

    QApplication.instance() or QApplication([])
    window = Window()
    window.show()
    loop, seen = QEventLoop(), list[Analysis]()

    def take(answer: Analysis) -> None:
        if not answer.written:
            seen.append(answer)
            loop.quit()

    def until_told(act: Callable[[], object]) -> float:
        start = time.perf_counter()
        act()
        loop.exec()
        return (time.perf_counter() - start) * 1e3

    # The window's own slot was connected first: when this one is called, the cards know.
    window.engine.analysed.connect(take)
    window.engine.ready.connect(loop.quit)
    loop.exec()
    document = window.project.document
    rest = {key: (document.graph.records.get(key), record) for key, record in graph.records.items()}
    opening = until_told(lambda: document.commit(rest, "open"))

    def change(key: str, param: str, value: object) -> float:
        edit = commands.set_params(document.graph, key, {param: value})
        found = until_told(lambda: document.commit(edit, "change"))
        until = time.perf_counter() + 0.2  # the text is written, the panels rest
        while time.perf_counter() < until:
            QApplication.processEvents()
        return found

    small = [change("conv100", "bias", bool(i % 2)) for i in range(REPEATS)]
    large = [change("image", "shape", (16, 16, 17 + i % 3)) for i in range(REPEATS)]
    window.project.document.mark_saved()
    window.close()
    return opening, small, large


def main() -> None:
    """Measure and print."""
    gc.collect()
    gc.freeze()  # as the analysis does when it starts
    graph = drawing()
    text = to_text(graph)
    opening = timed(lambda: from_text(text))
    analyst = Analyst()
    first = timed(lambda: carried(analyst.open(graph, Path())))
    again = Analyst()
    again._shapes = analyst._shapes
    known = timed(lambda: carried(again.open(graph, Path())))
    writing = [timed(analyst.write) for _ in range(5)]
    plan, facts = make_plan(graph), analyst._facts()
    code = [timed(lambda: write_module(plan, facts)) for _ in range(5)]
    document = Document(graph)
    small = edits(analyst, document, "conv100", "bias", (False, True))  # type: ignore[arg-type]
    # Every shape behind it changes: another size of picture.
    large = edits(analyst, document, "image", "shape", ((16, 16, 18), (16, 16, 16), (16, 18, 16)))  # type: ignore[arg-type]
    analyst.write()
    net = run_text(analyst.module).Net().to("meta")
    meta = [timed(lambda: net(torch.empty(2, 16, 16, 16, device="meta"))) for _ in range(5)]
    with FakeTensorMode(allow_non_fake_inputs=True):
        model = run_text(analyst.module).Net()
        fake = [timed(lambda: model(torch.empty(2, 16, 16, 16))) for _ in range(5)]
    reference = statistics.median(meta)

    def line(what: str, values: list[float]) -> None:
        middle = statistics.median(values)
        print(f"{what:60} {middle:8.1f} ms   most {max(values):8.1f}   {middle / reference:6.2f} × meta forward")

    print(f"{len(graph.nodes)} nodes, {len(graph.wires)} wires")
    line("plain meta forward", meta)
    line("forward under FakeTensorMode", fake)
    line("one parameter, no shape behind it changes", small)
    line("one parameter, every shape behind it changes", large)
    line("reading the file", [opening])
    line("opened: first look", [first])
    line("opened: look with known shapes", [known])
    line("text of module and script", writing)
    line("text of the module alone, facts known", code)
    opened, small, large = in_the_window(graph)
    line("window: drawing opened, engine there", [opened])
    line("window: one parameter, no shape behind it changes", small)
    line("window: one parameter, every shape behind it changes", large)


if __name__ == "__main__":
    main()
