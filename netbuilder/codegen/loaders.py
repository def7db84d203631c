"""The text of loaders: the function a program calls, and just what that rests on, out of the files in `engine/loaders`.

A file there may import from its siblings. In the program all stands in one file, without those imports: each
definition once, what others rest on first. What only describes files to the analysis is left out.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

PLACE = "netbuilder.engine.loaders"

Key = tuple[str, str]  # a file of the loaders and a name in it


@dataclass(frozen=True)
class _Definition:
    """A function, class or constant: its text, the names that it uses, and whether it is but a constant."""

    text: str
    uses: tuple[str, ...]
    constant: bool


@dataclass(frozen=True)
class _File:
    """What a file defines, in its order, and behind its other names: modules to import, and siblings' definitions."""

    definitions: dict[str, _Definition]
    imports: dict[str, tuple[str, str]]  # the module that a name is imported from, "" for itself, and as what
    siblings: dict[str, Key]


def loader_texts(loaders: Iterable[str]) -> tuple[list[str], list[str]]:
    """The imports and the definitions that a program with these loaders needs."""
    needed: dict[Key, None] = {}
    for loader in loaders:
        _need((loader, f"load_{loader}"), needed)
    imports: dict[tuple[str, str], None] = {}
    texts: list[str] = []
    after_constant = False
    for name in dict.fromkeys(name for name, _ in needed):
        file = _read(name)
        for key, found in file.definitions.items():
            if (name, key) not in needed:
                continue
            imports |= dict.fromkeys(file.imports[used] for used in found.uses if used in file.imports)
            if found.constant and after_constant:
                texts[-1] += "\n" + found.text
            else:
                texts.append(found.text)
            after_constant = found.constant
        after_constant = False
    return _import_lines(imports), texts


def _import_lines(imports: Iterable[tuple[str, str]]) -> list[str]:
    """One line for each module."""
    from_one: dict[str, list[str]] = {}
    for module, name in imports:
        from_one.setdefault(module, []).append(name)
    plain = [f"import {name}" for name in from_one.pop("", [])]
    return plain + [f"from {module} import {', '.join(sorted(names))}" for module, names in from_one.items()]


def _need(key: Key, needed: dict[Key, None]) -> None:
    """Add a definition behind all that it rests on, its file's siblings first."""
    if key in needed:
        return
    name, wanted = key
    file = _read(name)
    todo, own = [wanted], {wanted}
    while todo:
        for used in file.definitions[todo.pop()].uses:
            if used in file.definitions and used not in own:
                own.add(used)
                todo.append(used)
            elif used in file.siblings:
                _need(file.siblings[used], needed)
    needed |= dict.fromkeys((name, one) for one in file.definitions if one in own)


@cache
def _read(name: str) -> _File:
    """A file of the loaders, read as text and never run here."""
    text = (files(PLACE) / f"{name}.py").read_text("utf-8")
    lines = text.split("\n")
    definitions: dict[str, _Definition] = {}
    imports: dict[str, tuple[str, str]] = {}
    siblings: dict[str, Key] = {}
    for node in ast.parse(text).body:
        if isinstance(node, ast.Import | ast.ImportFrom):
            source = node.module or "" if isinstance(node, ast.ImportFrom) else ""
            for alias in node.names:
                if source.startswith(f"{PLACE}."):
                    siblings[alias.name] = (source.removeprefix(f"{PLACE}."), alias.name)
                else:
                    imports[alias.asname or alias.name] = (source, ast.unparse(alias))
        elif isinstance(node, ast.FunctionDef | ast.ClassDef):
            definitions[node.name] = _definition(node, lines, node.decorator_list)
        elif isinstance(node, ast.Assign):
            (target,) = node.targets
            definitions[ast.unparse(target)] = _definition(node, lines)
    return _File(definitions, imports, siblings)


def _definition(node: ast.stmt, lines: list[str], decorators: Iterable[ast.expr] = ()) -> _Definition:
    first = min([node.lineno, *(one.lineno for one in decorators)]) - 1
    while first and lines[first - 1].startswith("#"):
        first -= 1
    uses = tuple(dict.fromkeys(one.id for one in ast.walk(node) if isinstance(one, ast.Name)))
    return _Definition("\n".join(lines[first : node.end_lineno]), uses, isinstance(node, ast.Assign))
