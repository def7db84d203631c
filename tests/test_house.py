"""The order of the house: app → ui | engine → bridge → codegen → graph → blocks, read off every import."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fresh import ROOT, fresh_python

PACKAGE = ROOT / "netbuilder"

# What each part may import: parts of the program, then packages that are installed. The standard library always.
MAY: dict[str, tuple[set[str], set[str]]] = {
    "blocks": (set(), set()),
    "graph": ({"blocks"}, {"msgspec"}),
    "codegen": ({"graph", "blocks"}, {"msgspec"}),
    "bridge": ({"codegen", "graph", "blocks", "places"}, {"msgspec", "platformdirs", "numpy", "psutil"}),
    "engine": (
        {"bridge", "codegen", "graph", "blocks", "places"},
        {
            "msgspec",
            "platformdirs",
            "numpy",
            "psutil",
            "torch",
            "sklearn",
            "safetensors",
            "PIL",
            "pyarrow",
            "torchvision",
            "datasets",
        },
    ),
    "ui": (
        {"bridge", "codegen", "graph", "blocks", "places"},
        {"msgspec", "platformdirs", "numpy", "PySide6", "shiboken6", "pyqtgraph", "pygments"},
    ),
    "places": (set(), set()),
    "__init__": (set(), set()),
}
FREE = {
    "app",
    "doctor",
    "__main__",
}  # these may import all, lazily: see test_the_light_parts_start_without_torch_and_qt
HEAVY = {"torch", "PySide6", "shiboken6", "pyqtgraph", "sklearn"}


def imports(path: Path, package: Path) -> Iterator[tuple[int, str]]:
    """Line and full name of everything imported anywhere in the file: in functions and for type checking too."""
    inside = [package.name, *path.relative_to(package).parent.parts]
    for node in ast.walk(ast.parse(path.read_text("utf-8"), str(path))):
        if isinstance(node, ast.Import):
            for name in node.names:
                yield node.lineno, name.name
        elif isinstance(node, ast.ImportFrom):
            start = [*inside[: len(inside) + 1 - node.level], node.module] if node.level else [node.module]
            for name in node.names:
                yield node.lineno, ".".join([*(part for part in start if part), name.name])
        elif isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if called in ("import_module", "__import__") and isinstance(node.args[0].value, str):
                yield node.lineno, node.args[0].value


def violations(package: Path) -> list[str]:
    """Every import against the order, as `ui/canvas.py:3 imports torch`."""
    found = []
    for path in sorted(package.rglob("*.py")):
        part = path.relative_to(package).with_suffix("").parts[0]
        where = path.relative_to(package).as_posix()
        if part in FREE:
            continue
        if part not in MAY:
            found.append(f"{where} is in no part of the house")
            continue
        own, installed = MAY[part]
        for line, name in imports(path, package):
            top, *rest = name.split(".")
            if top == package.name:
                parts = {p.name for p in package.iterdir() if p.is_dir()} | {p.stem for p in package.glob("*.py")}
                allowed = not rest or rest[0] not in parts or rest[0] in own | {part}
            else:
                allowed = top in sys.stdlib_module_names or top in installed
            if not allowed:
                found.append(f"{where}:{line} imports {name}")
    return found


def test_every_import_follows_the_order_of_the_house() -> None:
    assert violations(PACKAGE) == []


def test_the_check_reads_every_part() -> None:
    assert {"blocks", "graph", "codegen", "bridge", "engine", "ui"} <= {p.name for p in PACKAGE.iterdir()}
    read = [name for path in (PACKAGE / "graph").glob("*.py") for _, name in imports(path, PACKAGE)]
    assert "netbuilder.blocks.CATALOG" in read


ALLOWED = {
    "app.py": "def main():\n    import torch\n    from netbuilder import engine, ui\n",
    "places.py": "from pathlib import Path\n",
    "blocks/__init__.py": "import math\nfrom netbuilder.blocks import layers\nfrom . import layers\n",
    "blocks/layers.py": "from netbuilder import __version__\n",
    "graph/__init__.py": "import msgspec\nfrom ..blocks import layers\n",
    "codegen/__init__.py": "from netbuilder.graph import files\nfrom netbuilder import blocks\n",
    "bridge/__init__.py": "import numpy as np\nimport platformdirs\nfrom netbuilder import codegen, graph\n",
    "engine/__init__.py": "import torch.nn.functional as F\nfrom netbuilder.bridge import child\n",
    "ui/__init__.py": "from PySide6.QtWidgets import QWidget\nimport pyqtgraph\nfrom netbuilder.bridge import child\n",
}


def _house(folder: Path, **changed: str) -> Path:
    package = folder / "netbuilder"
    for name, text in {"__init__.py": "__version__ = '1'\n", **ALLOWED, **changed}.items():
        path = package / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return package


def test_a_house_in_order_has_no_violations(tmp_path: Path) -> None:
    assert violations(_house(tmp_path)) == []


@pytest.mark.parametrize(
    ("where", "line"),
    [
        ("blocks/new.py", "import msgspec"),
        ("blocks/new.py", "import torch"),
        ("blocks/new.py", "from netbuilder.graph import records"),
        ("blocks/new.py", "from ..graph import records"),
        ("blocks/new.py", "from netbuilder import places"),
        ("graph/new.py", "import numpy"),
        ("graph/new.py", "from PySide6.QtCore import QObject"),
        ("graph/new.py", "from netbuilder.codegen import writer"),
        ("graph/new.py", "import netbuilder.bridge.messages"),
        ("codegen/new.py", "import torch"),
        ("codegen/new.py", "from netbuilder.bridge.reports import Problem"),
        ("codegen/new.py", "from .. import bridge"),
        ("bridge/new.py", "from torch import Tensor"),
        ("bridge/new.py", "from PySide6.QtWidgets import QWidget"),
        ("bridge/new.py", "import pyqtgraph as pg"),
        ("bridge/new.py", "from netbuilder.engine import devices"),
        ("bridge/new.py", "from netbuilder import ui"),
        ("engine/new.py", "from PySide6.QtCore import QTimer"),
        ("engine/new.py", "import shiboken6"),
        ("engine/new.py", "from netbuilder import ui"),
        ("engine/new.py", "from netbuilder import app"),
        ("engine/loaders/new.py", "from netbuilder.ui.text import translate"),
        ("ui/new.py", "import torch"),
        ("ui/new.py", "import torch.nn"),
        ("ui/new.py", "from netbuilder import engine"),
        ("ui/new.py", "from netbuilder.engine.shapes import run"),
        ("ui/canvas/new.py", "from ...engine import shapes"),
        ("ui/new.py", "from netbuilder.app import main"),
        ("places.py", "import msgspec"),
        ("__init__.py", "import netbuilder.engine"),
        ("web/new.py", "import math"),
    ],
)
@pytest.mark.parametrize(
    "form",
    ["{line}\n", "def late():\n    {line}\n", "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    {line}\n"],
    ids=["at the top", "in a function", "for type checking"],
)
def test_a_violation_is_found(tmp_path: Path, where: str, line: str, form: str) -> None:
    found = violations(_house(tmp_path, **{where: form.format(line=line)}))
    assert len(found) == 1
    assert found[0].startswith(where)


@pytest.mark.parametrize("call", ["importlib.import_module('torch')", "__import__('torch.nn')"])
def test_an_import_by_call_is_found(tmp_path: Path, call: str) -> None:
    assert len(violations(_house(tmp_path, **{"ui/new.py": f"import importlib\nlate = {call}\n"}))) == 1


def test_a_file_that_does_not_parse_is_not_passed_over(tmp_path: Path) -> None:
    with pytest.raises(SyntaxError):
        violations(_house(tmp_path, **{"ui/new.py": "import torch as\n"}))


def _modules(part: str) -> list[str]:
    paths = sorted((PACKAGE / part).rglob("*.py"))
    names = [".".join(path.relative_to(ROOT).with_suffix("").parts) for path in paths]
    return [name.removesuffix(".__init__") for name in names if not name.endswith("__main__")]


_SEEN = "import importlib, sys\nfor m in sys.argv[1:]: importlib.import_module(m)\nprint(*sys.modules)"


@pytest.mark.parametrize("part", ["blocks", "graph", "codegen", "bridge"])
def test_the_light_parts_start_without_torch_and_qt(part: str) -> None:
    modules = _modules(part)
    assert len(modules) > 1
    done = fresh_python(_SEEN, *modules)
    assert done.returncode == 0, done.stderr
    loaded = set(done.stdout.split())
    assert set(modules) <= loaded
    assert not loaded & HEAVY


def test_the_command_line_starts_without_torch_and_qt() -> None:
    done = fresh_python(_SEEN, "netbuilder.app", "netbuilder.doctor", "netbuilder.places")
    assert done.returncode == 0, done.stderr
    loaded = set(done.stdout.split())
    assert "netbuilder.app" in loaded
    assert not loaded & HEAVY


def test_a_heavy_import_is_seen_in_the_interpreter() -> None:
    assert "PySide6" in fresh_python(_SEEN, "PySide6.QtCore").stdout.split()
