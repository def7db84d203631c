"""Drawings for tests, written as lines of text, and what several tests do with them."""

from __future__ import annotations

import gzip
import itertools
import os
import subprocess
import sys
import sysconfig
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from netbuilder.blocks import CATALOG
from netbuilder.blocks.values import parse
from netbuilder.codegen import Source
from netbuilder.graph import commands
from netbuilder.graph.files import load
from netbuilder.graph.graph import Graph
from netbuilder.graph.records import Node

ROOT = Path(__file__).parent.parent
RUFF = str(Path(sysconfig.get_path("scripts")) / "ruff")
EXAMPLES = ROOT / "examples"
NAMES = ("digits", "lenet_3x3", "lenet_5x5", "mnist_convnet", "two_layer_net")
CLASSIFIER = """
    digits Digits
    flatten Flatten
    fc1 Linear out_features=32
    relu ReLU
    fc2 Linear
    loss CrossEntropyLoss
    accuracy Accuracy
    digits.image > flatten > fc1 > relu > fc2 > loss
    fc2 > accuracy
    digits.label > loss.target
    digits.label > accuracy.target
"""


def draw(text: str, **training: object) -> Graph:
    """A drawing: `conv1 Conv2d kernel_size=5` places a block, `a > b > c.input2` draws wires."""
    graph = Graph()
    for number, line in enumerate(filter(None, map(str.strip, text.splitlines()))):
        if ">" not in line:
            name, block, *params = line.split()
            known = CATALOG[block].by_name
            values = {key: parse(known[key], value) for key, _, value in (param.partition("=") for param in params)}
            node = Node(name, block, name, 0, 64 * number, commands.check_params(block, values))
            graph = graph.apply({name: (None, node)})
            continue
        ends = [end.strip() for end in line.split(">")]
        for source, target in itertools.pairwise(ends):
            start, _, output = source.partition(".")
            end, _, port = target.partition(".")
            first = graph.nodes[end].type.input_ports(graph.nodes[end].params)[0].name
            output = output if output in {p.name for p in graph.nodes[start].type.outputs} else "output"
            graph = graph.apply(commands.connect(graph, start, output, end, port or first))
    return graph.apply(commands.set_training(graph, **training))


def example(name: str) -> Graph:
    """One of the examples that come with the program."""
    return load(EXAMPLES / f"{name}.netb")


def run_text(source: Source | str) -> SimpleNamespace:
    """Execute generated text without its `main`; what it defines."""
    text = source if isinstance(source, str) else source.text
    names: dict[str, Any] = {"__name__": "text"}
    exec(compile(text, "<text>", "exec"), names)
    return SimpleNamespace(**names)


def ruff(*arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run ruff with nobody's settings on a folder."""
    command = [RUFF, arguments[0], "--isolated", "--no-cache", *arguments[1:], str(folder)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def assert_formatted(texts: dict[str, str], folder: Path) -> None:
    """Fail when `ruff format` would change one of these files, or `ruff check` complains."""
    assert texts
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        (folder / name).write_text(text, "utf-8")
    formatted = ruff("format", "--diff", folder=folder)
    assert formatted.returncode == 0, formatted.stdout[:3000] + formatted.stderr[-500:]
    checked = ruff("check", folder=folder)
    assert checked.returncode == 0, checked.stdout[:3000]


def run_alone(script: Path, folder: Path) -> str:
    """Run an exported program in an empty folder where netbuilder cannot be imported; what it prints."""
    import torch

    block = "import sys, runpy\nfor name in ('netbuilder', 'PySide6'): sys.modules[name] = None\n"
    code = f"{block}runpy.run_path({str(script)!r}, run_name='__main__')"
    folder.mkdir()
    done = subprocess.run(
        [sys.executable, "-I", "-W", "error", "-c", code],
        cwd=folder,
        env={**os.environ, "OMP_NUM_THREADS": str(torch.get_num_threads())},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def idx(values: bytes, *sizes: int, kind: int = 8) -> bytes:
    """An IDX file."""
    return bytes((0, 0, kind, len(sizes))) + b"".join(size.to_bytes(4, "big") for size in sizes) + values


def write_pictures(folder: Path, train: int = 24, test: int = 8) -> Path:
    """Small IDX files in MNIST's form: the picture of class c is brighter at c. One of them is gzipped."""
    folder.mkdir(exist_ok=True)
    for part, count in (("train", train), ("t10k", test)):
        labels = bytes(i % 10 for i in range(count))
        pictures = b"".join(bytes(255 if i % 28 == label else i % 7 for i in range(784)) for label in labels)
        (folder / f"{part}-images-idx3-ubyte").write_bytes(idx(pictures, count, 28, 28))
        (folder / f"{part}-labels-idx1-ubyte.gz").write_bytes(gzip.compress(idx(labels, count)))
    return folder
