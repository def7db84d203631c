"""Of the loaders' files a program gets just what it needs, once, and nothing in two of them goes by one name."""

from __future__ import annotations

import ast
from collections import Counter
from pathlib import Path

import pytest

from netbuilder.blocks import CATALOG
from netbuilder.codegen import names
from netbuilder.codegen.loaders import loader_texts
from tests.drawings import ROOT, assert_formatted

FOLDER = ROOT / "netbuilder" / "engine" / "loaders"
LOADERS = sorted({block.loader for block in CATALOG.values() if block.loader})
# Only the analysis reads the first; the second is written by `codegen/augment.py`.
OTHERS = {"__init__.py", "describing.py", "augmenting.py"}


def _program(*loaders: str) -> str:
    imports, texts = loader_texts(loaders)
    lines = sorted({*imports} - {"import torch"}, key=lambda line: (line.startswith("from"), line))
    body = "\n\n\n".join(texts)
    body += "\n\n\nclass Net(torch.nn.Module):\n    pass\n"
    top = "\n".join(lines) + "\n\n" if lines else ""
    return f"{top}import torch\n\nSEED = 0\n\n\n{body}"


def _top(tree: ast.Module) -> list[str]:
    """What a file defines itself."""
    found = []
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            found.append(node.name)
        elif isinstance(node, ast.Assign):
            found += [target.id for target in node.targets if isinstance(target, ast.Name)]
    return found


def _imported(tree: ast.Module) -> set[str]:
    nodes = [node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]
    own = [node for node in nodes if not (isinstance(node, ast.ImportFrom) and "netbuilder" in str(node.module))]
    return {alias.asname or alias.name for node in own for alias in node.names}


TREES = {path.name: ast.parse(path.read_text("utf-8")) for path in sorted(FOLDER.glob("*.py"))}


def test_no_name_is_defined_in_two_files() -> None:
    found = Counter(name for tree in TREES.values() for name in _top(tree))
    assert [name for name, count in found.items() if count > 1] == []


def test_every_name_that_may_stand_in_a_program_is_reserved() -> None:
    trees = [tree for name, tree in TREES.items() if name not in OTHERS]
    found = {name for tree in trees for name in (*_top(tree), *_imported(tree))} - {"torch"}
    assert found == names.LOADED


@pytest.mark.parametrize("loader", LOADERS)
def test_a_loaders_text_is_whole_and_well_written(loader: str, tmp_path: Path) -> None:
    text = _program(loader)
    assert "netbuilder" not in text and "describe" not in text and "Description" not in text
    assert_formatted({f"{loader}.py": text}, tmp_path)


def test_all_of_them_stand_in_one_program_each_definition_once(tmp_path: Path) -> None:
    text = _program(*LOADERS)
    assert_formatted({"all.py": text}, tmp_path)
    found = Counter(_top(ast.parse(text)))
    assert max(found.values()) == 1
    assert {f"load_{loader}" for loader in LOADERS} <= found.keys()


def test_only_what_is_used_comes_along() -> None:
    imports, texts = loader_texts(["moons"])
    assert [text.partition("(")[0] for text in texts] == ["def keep_first", "def load_moons"]
    assert sorted(imports) == ["import math", "import torch"]
    assert "split_samples" not in "".join(texts)


def test_a_definition_stands_behind_what_it_rests_on() -> None:
    text = _program(*LOADERS)
    seen: set[str] = set()
    for node in ast.parse(text).body:
        if isinstance(node, ast.ClassDef):
            assert {base.id for base in node.bases if isinstance(base, ast.Name)} <= seen | {"Exception"}
        seen |= set(_top(ast.Module([node], [])))
