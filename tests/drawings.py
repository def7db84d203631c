"""Drawings for tests, written as lines of text, and what several tests do with them."""

from __future__ import annotations

import ast
import gzip
import itertools
import os
import subprocess
import sys
import sysconfig
from functools import cache
from math import ceil
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Literal

import msgspec

from netbuilder.blocks.values import parse
from netbuilder.codegen import Source
from netbuilder.graph import commands
from netbuilder.graph.files import load
from netbuilder.graph.graph import Graph
from netbuilder.graph.records import MAIN, Argument, Network, Node, Note

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
    """A drawing: `conv1 Conv2d kernel_size=5` places a block, `a > b > c.input2` draws wires.

    `network Block size=64! sequential` begins another network, with arguments (`!`: required) and how it is written;
    `main` goes back to the main one, `main Net size=64` names it and gives it arguments. `note Words` puts a note
    beside the network. `block1 Repeat of=Block size=32` places it; `out_channels=$size` binds a parameter,
    `used=$on` whether a node is used, `layer=conv1` shares a layer. Ports of a placed network go by the names of its
    ends. In `shape=?,8` the length is free.
    """
    drawer = _Drawer()
    for line in filter(None, map(str.strip, text.splitlines())):
        drawer.take(line)
    return drawer.graph.apply(commands.set_training(drawer.graph, **training))


class _Drawer:
    """Draws line by line."""

    def __init__(self) -> None:
        self.graph = Graph()
        self._network = MAIN
        self._keys: dict[str, dict[str, str]] = {MAIN: {}}
        self._count = 0
        self._code: dict[str, str] = {}

    def take(self, line: str) -> None:
        first, *rest = line.split()
        if first == "main":
            self._network = MAIN
            if rest:
                self._begin(rest[0], rest[1:], MAIN)
        elif first == "network":
            self._begin(rest[0], rest[1:], _key(rest[0]))
        elif first == "note":
            self._note(line.removeprefix("note").strip())
        elif ">" in rest:
            ends = [end.strip() for end in line.split(">")]
            for source, target in itertools.pairwise(ends):
                self._connect(source, target)
        else:
            self._place(first, rest[0], rest[1:])

    def _begin(self, name: str, words: list[str], key: str) -> None:
        arguments = []
        for argument, equals, value in (word.partition("=") for word in words):
            if equals:
                arguments.append(Argument(argument, ast.literal_eval(value.removesuffix("!")), value.endswith("!")))
        written: Literal["class", "sequential"] = "sequential" if "sequential" in words else "class"
        before = self.graph.networks.get(key)
        self.graph = self.graph.apply({key: (before, Network(key, name, written, tuple(arguments)))})
        self._network = key
        self._keys.setdefault(key, {})

    def _note(self, text: str) -> None:
        """A note as high as its text needs, below those that are there."""
        part = self.graph.part(self._network)
        key = f"note{len(self.graph.notes) + 1}"
        top = max((note.y + note.height + 16 for note in part.notes.values()), default=0)
        height = 40 + 16 * ceil(len(text) / 32)
        self.graph = self.graph.apply(
            {key: (None, Note(key, text, 240, top, width=256, height=height, network=self._network))}
        )

    def _place(self, name: str, block: str, words: list[str]) -> None:
        given = dict(word.split("=", 1) for word in words)
        key = name if self._network == MAIN else f"{self._network}_{name}"
        here = self._keys[self._network]
        node = Node(
            key,
            block,
            name,
            0,
            64 * self._count,
            network=self._network,
            of=_key(given.pop("of", "")),
            layer=here.get(given.pop("layer", ""), ""),
            written=given.pop("written", ""),  # type: ignore[arg-type]
            bound={param: value[1:] for param, value in given.items() if value.startswith("$")},
        )
        if node.entry.role in ("input", "output"):
            node = msgspec.structs.replace(node, x=320 * len(self.graph.part(self._network).ends(node.entry.role)))
        values = {param: value.replace("?", "-1") for param, value in given.items() if not value.startswith("$")}
        if "state" in values:
            values["state"] = here[values["state"]]
        if "code" in values:
            node = msgspec.structs.replace(node, params={"code": (ROOT / values["code"]).read_text("utf-8")})
            values |= {"code": str(node.params["code"])}
        known = self.graph.type(node).by_name
        params = {param: parse(known[param], value) if param != "code" else value for param, value in values.items()}
        node = msgspec.structs.replace(node, params=commands.check_params(self.graph.type(node), params))
        self.graph = self.graph.apply({key: (None, node)})
        here[name] = key
        self._count += 1

    def _connect(self, source: str, target: str) -> None:
        (start, _, output), (end, _, port) = source.partition("."), target.partition(".")
        here, part = self._keys[self._network], self.graph.part(self._network)
        first, last = part.nodes[here[start]], part.nodes[here[end]]
        outputs = {one.label or one.name: one.name for one in part.outputs(first)}
        inputs = {one.label or one.name: one.name for one in part.inputs(last)}
        out = outputs.get(output) or outputs.get("output") or next(iter(outputs.values()))
        into = inputs[port] if port else next(iter(inputs.values()))
        self.graph = self.graph.apply(commands.connect(part, first.id, out, last.id, into))


def _key(network: str) -> str:
    """The id of a network of that name."""
    return f"net_{network.lower()}" if network else ""


def example(name: str) -> Graph:
    """One of the examples that come with the program."""
    return load(EXAMPLES / f"{name}.netb")


@cache
def example_texts(name: str) -> tuple[Source, Source]:
    """The module and the training program of an example that has no problems; its Python code is trusted."""
    from netbuilder.engine.analysis import Analyst

    analyst = Analyst(trusted=True)
    analyst.open(example(name), Path())
    analyst.write()
    analyst.close()
    assert not [problem for problem in analyst.all_problems if problem.level == "error"]
    assert analyst.module.complete and analyst.script.complete
    return analyst.module, analyst.script


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
