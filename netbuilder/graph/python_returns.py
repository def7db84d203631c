"""What a Python block gives: the names of its outputs, read from its last `return` and its annotation."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import NoReturn

from netbuilder.blocks.sentence import Refused, SentenceValue

Function = ast.FunctionDef
MOST_OUTPUTS = 32


def refuse(node: ast.AST, text: str, **values: SentenceValue) -> NoReturn:
    """Refuse what stands at the node."""
    raise Refused("Line {line}: " + text, line=getattr(node, "lineno", 1), **values)


def outputs(function: Function) -> tuple[str, ...]:
    """The names of what the last `return` gives; how many there are may also be annotated."""
    returns = []
    for node in _own_nodes(function):
        if isinstance(node, ast.Yield | ast.YieldFrom):
            refuse(node, "a block returns its outputs, it does not yield them.")
        if isinstance(node, ast.Return):
            returns.append(node)
    last = max(returns, key=lambda node: (node.lineno, node.col_offset), default=None)
    if last is None or last.value is None or (isinstance(last.value, ast.Constant) and last.value.value is None):
        refuse(last or function, "{name} returns nothing.", name=function.name)
    annotated, given = _annotated(function), last.value
    if not isinstance(given, ast.Tuple):
        return ("output",) if annotated < 2 else tuple(f"output{i + 1}" for i in range(annotated))
    if any(isinstance(one, ast.Starred) for one in given.elts):
        refuse(last, "how many outputs the * stands for is not known: name each.")
    if len(given.elts) < 2:
        refuse(last, "return the tensor itself, without a tuple around it.")
    if annotated not in (0, len(given.elts)) or len(given.elts) > MOST_OUTPUTS:
        most, count = annotated or MOST_OUTPUTS, len(given.elts)
        refuse(last, "{count} outputs are returned, where {most} are stated or possible.", count=count, most=most)
    names: list[str] = []
    for one in given.elts:
        name = one.id if isinstance(one, ast.Name) and one.id.isascii() and len(one.id) <= 60 else ""
        names.append("" if name in names else name)
    free = (name for i in range(len(names) * 2) if (name := f"output{i + 1}") not in names)
    return tuple(name or next(free) for name in names)


def _annotated(function: Function) -> int:
    """How many outputs the annotation states; 0 where it states nothing."""
    note = function.returns
    if not isinstance(note, ast.Subscript) or ast.unparse(note.value).rpartition(".")[2] not in ("tuple", "Tuple"):
        return 0
    parts = note.slice.elts if isinstance(note.slice, ast.Tuple) else [note.slice]
    open_end = any(isinstance(part, ast.Constant) and part.value is ... for part in parts)
    return 0 if open_end or len(parts) > MOST_OUTPUTS else len(parts)


def _own_nodes(function: Function) -> Iterator[ast.AST]:
    """Everything in a function but what belongs to functions and classes inside it."""
    waiting: list[ast.AST] = list(function.body)
    while waiting:
        node = waiting.pop()
        yield node
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda):
            waiting += ast.iter_child_nodes(node)
