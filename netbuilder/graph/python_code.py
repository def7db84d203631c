"""Reads what a person writes for a Python block: the signature of one function or class says its ports and parameters.

The text is only ever looked at, never run: reading must be safe in a project that nobody trusts yet.
"""

from __future__ import annotations

import ast
import builtins
import keyword
import re
import textwrap
import warnings
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Literal

from netbuilder.blocks.block import Kind, Param, Value
from netbuilder.blocks.sentence import Refused, Sentence
from netbuilder.blocks.values import LONGEST_CODE, check
from netbuilder.graph.python_returns import Function, outputs, refuse

Form = Literal["function", "module", "autograd"]

MOST_INPUTS = 32
MOST_PARAMS = 64
FILE = "<python block>"

# What the code finds in its namespace without importing it.
GIVEN = {"torch": "torch", "nn": "torch.nn", "F": "torch.nn.functional"}
# What an import may be called because everybody does.
_USUAL = {name: name for name in ("math", "random", "sys", "gzip", "zlib")} | {
    "Path": "pathlib.Path",
    "Tensor": "torch.Tensor",
}
_AUTOGRAD = ("torch.autograd.Function", "torch.autograd.function.Function")
_KINDS: dict[str, Kind] = {"int": "int", "float": "float", "bool": "bool", "str": "text", "tuple": "numbers"}
_NUMBERS = re.compile(r"(?:typing\.)?[Tt]uple\[(?:int|float)(?:, (?:int|float|\.\.\.))*\]")
_OR_NONE = re.compile(r"(?:typing\.)?Optional\[(.*)\]|(.*) \| None|None \| (.*)")
_REQUIRED: dict[Kind, Value] = {"int": 1, "float": 1, "bool": False, "text": "", "numbers": ()}


@dataclass(frozen=True)
class Definition:
    """What a text defines, and how it is called.

    A function: `name(*inputs, **params)`; a module: `name(**params)(*inputs)`, where a parameter that is `in_forward`
    is given with the inputs; in both an `optional` input is given by name, or not at all. An autograd function:
    `name.apply(*inputs, *params)`, everything by place and in order, None for an optional input without a wire.
    `uses` are those of torch, nn and F that `body` needs and that are not among its `imports`. `names` is all that it
    defines or imports, but for what any program calls so.
    """

    name: str
    kind: Form
    inputs: tuple[str, ...]
    optional: tuple[str, ...]
    outputs: tuple[str, ...]
    params: tuple[Param, ...]
    imports: tuple[str, ...]
    uses: tuple[str, ...]
    body: str
    names: frozenset[str] = frozenset()


@dataclass(frozen=True)
class _Argument:
    name: str
    line: int
    annotation: str
    default: ast.expr | None
    by_name: bool


@dataclass
class _Top:
    """What stands at the top of the text."""

    imports: list[str] = field(default_factory=list)
    names: dict[str, str] = field(default_factory=dict)  # what is imported, by the name it has here
    taken: set[str] = field(default_factory=set)
    forms: dict[str, Form] = field(default_factory=dict)
    lineages: dict[str, list[ast.ClassDef]] = field(default_factory=dict)  # a class and those it is made from
    last: Function | ast.ClassDef | None = None


def read(text: str) -> Definition:
    """What the text defines. Refused, with the line, when it is not one function or class that can be a block."""
    found = _read(text)
    if isinstance(found, Sentence):
        raise Refused(found.text, **found.values)
    return found


def plain(text: str) -> str:
    """The text with plain line ends, moved to the left edge: the lines that sentences and tracebacks count."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return textwrap.dedent(text) if re.match(r"\n*(?:[ \t]+\n)*[ \t]", text) else text


@lru_cache(maxsize=64)
def _read(text: str) -> Definition | Sentence:
    # Whoever paints a card asks for its ports: a text is read once, also one that is refused.
    try:
        return _definition(text)
    except Refused as refused:
        return refused.sentence


def _definition(text: str) -> Definition:
    if len(text) > LONGEST_CODE:
        raise Refused("The code has more than {most} characters.", most=LONGEST_CODE)
    text = plain(text)
    tree = _parse(text)
    top = _Top()
    for statement in tree.body:
        _take(statement, top)
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.level:
            refuse(node, "an import that starts with a dot is of no use here: write the package's full name.")
    main = top.last
    if main is None:
        raise Refused("There is no function and no class in this code.")
    form, called, made, skip = _callables(main, top)
    inputs, params = _called(called, form, skip)
    if made is not None:
        params = [*(_param(argument) for argument in _arguments(made, 1)), *params]
    names = [*(argument.name for argument in inputs), *(param.name for param in params)]
    for place, name in enumerate(names):
        if name in names[:place]:
            refuse(called, "{name} is the name of two things that the block is given.", name=name)
    if len(inputs) > MOST_INPUTS or len(params) > MOST_PARAMS:
        refuse(called, "there are more inputs or parameters than a block can show.")
    used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    return Definition(
        name=main.name,
        kind=form,
        inputs=tuple(argument.name for argument in inputs),
        optional=tuple(argument.name for argument in inputs if argument.default is not None),
        outputs=outputs(called),
        params=tuple(params),
        imports=tuple(dict.fromkeys(top.imports)),
        uses=tuple(name for name in GIVEN if name in used),
        body=_body(text, tree),
        names=frozenset(top.taken - {name for name, means in top.names.items() if means == _USUAL.get(name)}),
    )


def _parse(text: str) -> ast.Module:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(text)
            # Compiling runs nothing, and finds what parsing lets pass: a `return` outside, a name given twice.
            compile(text, FILE, "exec", dont_inherit=True)
    except SyntaxError as error:
        raise Refused("Line {line}: {message}.", line=error.lineno or 1, message=error.msg) from None
    except (RecursionError, MemoryError):
        raise Refused("The code is nested too deeply.") from None
    except (ValueError, OverflowError):
        raise Refused("The code holds a character or a number that Python cannot read.") from None
    return tree


def _take(statement: ast.stmt, top: _Top) -> None:
    """Take note of a statement at the top of the text."""
    if isinstance(statement, ast.Import | ast.ImportFrom):
        _import(statement, top)
    elif isinstance(statement, ast.FunctionDef | ast.ClassDef):
        _own_name(statement.name, statement, top)
        top.last = statement
        if isinstance(statement, ast.ClassDef):
            _class(statement, top)
    elif isinstance(statement, ast.AsyncFunctionDef):
        refuse(statement, "{name} is async: a block is a plain function.", name=statement.name)
    elif isinstance(statement, ast.Assign | ast.AnnAssign):
        target = statement.target if isinstance(statement, ast.AnnAssign) else statement.targets[0]
        several = isinstance(statement, ast.Assign) and len(statement.targets) > 1
        if several or not isinstance(target, ast.Name) or not statement.value or _literal(statement.value) == b"":
            refuse(statement, "outside of functions and classes only constants can be set, as LIMIT = 10.")
        _own_name(target.id, statement, top)
    elif not (isinstance(statement, ast.Expr) and isinstance(_literal(statement.value), str)):
        refuse(statement, "only imports, constants, functions and classes can stand here.")


def _import(statement: ast.Import | ast.ImportFrom, top: _Top) -> None:
    module = (statement.module or "") if isinstance(statement, ast.ImportFrom) else ""
    if module == "__future__":
        refuse(statement, "an import from __future__ must open a file, and this code goes into the middle of one.")
    kept = []
    for alias in statement.names:
        if alias.name == "*":
            refuse(statement, "name what you import from {name} instead of *.", name=module or ".")
        full = f"{module}.{alias.name}" if module else alias.name
        bound = alias.asname or (alias.name if module else alias.name.partition(".")[0])
        means = full if module or alias.asname else bound
        if GIVEN.get(bound, means) != means or top.names.get(bound, means) != means:
            refuse(statement, "{name} is already the name of something else.", name=bound)
        if bound not in GIVEN and bound not in top.names:
            _own_name(bound, statement, top)
        top.names[bound] = means
        if GIVEN.get(bound) != full:  # what is given is written by whoever writes the whole file
            kept.append(alias)
    if isinstance(statement, ast.Import):
        top.imports += [ast.unparse(ast.Import([alias])) for alias in kept]
    elif kept:
        top.imports.append(ast.unparse(ast.ImportFrom(statement.module, kept, statement.level)))


def _own_name(name: str, node: ast.AST, top: _Top) -> None:
    """Take a name at the top of the text, where it must not hide what other code of the drawing means by it."""
    _plain_name(name, node)
    if name in dir(builtins) or keyword.issoftkeyword(name):
        refuse(node, "{name} is a name of Python's own: choose another.", name=name)
    if name in top.taken:
        refuse(node, "{name} is already the name of something else.", name=name)
    top.taken.add(name)


def _plain_name(name: str, node: ast.AST) -> None:
    if not name.isascii() or len(name) > 60 or name.startswith("__"):
        refuse(node, "{name} is no name for this: take up to 60 plain letters, digits and _.", name=name)
    if name in GIVEN:
        refuse(node, "{name} stands for a part of torch: choose another name.", name=name)


def _class(statement: ast.ClassDef, top: _Top) -> None:
    """Find out what kind of class it is, from the classes it is made from."""
    lineage, forms = [statement], list[Form]()
    for base in statement.bases:
        dotted = ast.unparse(base)
        first, dot, rest = dotted.partition(".")
        if first in top.lineages and not dot:
            lineage += top.lineages[first]
            forms += [top.forms[first]] if first in top.forms else []
            continue
        full = {**GIVEN, **top.names}.get(first, "") + dot + rest
        if full in _AUTOGRAD:
            forms.append("autograd")
        elif first in GIVEN or first in top.names:
            forms.append("module")
    top.lineages[statement.name] = lineage
    if forms:
        top.forms[statement.name] = "autograd" if "autograd" in forms else "module"


def _callables(main: Function | ast.ClassDef, top: _Top) -> tuple[Form, Function, Function | None, int]:
    """The form, the function that takes the inputs, the one that takes a module's parameters; how much `self` is."""
    if isinstance(main, ast.FunctionDef):
        return "function", main, None, 0
    if main.name not in top.forms:
        refuse(main, "{name} is made from neither nn.Module nor torch.autograd.Function.", name=main.name)
    inherited = [one for owner in reversed(top.lineages[main.name]) for one in owner.body]
    methods = {one.name: one for one in inherited if isinstance(one, ast.FunctionDef)}
    if (forward := methods.get("forward")) is None:
        refuse(main, "{name} has no method forward.", name=main.name)
    if top.forms[main.name] == "module":
        return "module", forward, methods.get("__init__"), 1
    if not {"backward", "vjp"} & methods.keys():
        refuse(main, "{name} has no method backward, so nothing before it could be trained.", name=main.name)
    if not any(isinstance(one, ast.Name) and one.id == "staticmethod" for one in forward.decorator_list):
        refuse(forward, "write @staticmethod above the forward of an autograd function.")
    return "autograd", forward, None, 0 if "setup_context" in methods else 1


def _called(function: Function, form: Form, skip: int) -> tuple[list[_Argument], list[Param]]:
    """The inputs and the parameters among what the function takes after the first `skip`."""
    inputs, params = list[_Argument](), list[Param]()
    for argument in _arguments(function, skip):
        none = isinstance(argument.default, ast.Constant) and argument.default.value is None
        if _kind(argument.annotation) or (argument.default is not None and not none):
            params.append(_param(argument, form == "module"))
        elif params and form == "autograd":
            refuse(function, "{name}: inputs come before parameters here.", name=argument.name)
        else:
            inputs.append(argument)
        if argument.by_name and (form == "autograd" or argument.default is None):
            refuse(function, "{name} stands behind *: it has to be given by its place.", name=argument.name)
    return inputs, params


def _arguments(function: Function, skip: int) -> list[_Argument]:
    """What a function takes, after `self` or the like."""
    taken = function.args
    star = taken.vararg or taken.kwarg
    if star is not None:
        refuse(function, "{name} is starred, so what it holds is open: name each input.", name=star.arg)
    if taken.posonlyargs:
        refuse(function, "leave out the /, so that everything can be given by its name.")
    if len(taken.args) < skip:
        refuse(function, "{name} lacks its first argument, self or ctx.", name=function.name)
    defaults = [*[None] * (len(taken.args) - len(taken.defaults)), *taken.defaults, *taken.kw_defaults]
    found = []
    for place, one in list(enumerate([*taken.args, *taken.kwonlyargs]))[skip:]:
        _plain_name(one.arg, one)
        note = "" if one.annotation is None else ast.unparse(one.annotation).strip("'\"")
        found.append(_Argument(one.arg, one.lineno, note, defaults[place], place >= len(taken.args)))
    return found


def _kind(annotation: str) -> Kind | None:
    """How a form holds what is annotated so; None for tensors and whatever else a form cannot hold."""
    found = _OR_NONE.fullmatch(annotation)
    bare = next(filter(None, found.groups()), "") if found else annotation
    return "numbers" if _NUMBERS.fullmatch(bare) else _KINDS.get(bare)


def _param(argument: _Argument, in_forward: bool = False) -> Param:
    """A parameter; without an annotation its default says what it holds, and without that it is a number."""
    name, line, about = argument.name, argument.line, "As the code of this block says."
    required = argument.default is None
    default = None if argument.default is None else _literal(argument.default)
    kind = _kind(argument.annotation) or _KINDS.get(type(default).__name__)
    if kind is None and (default is not None or argument.annotation):
        fits = "Line {line}: {name} can be a number, a text, on or off, or a tuple of numbers."
        raise Refused(fits, line=line, name=name)
    kind = kind or "float"
    none = "None" if not required and default is None else ""
    param = Param(name, kind, None, about, rank=0, none=none, required=required, in_forward=in_forward)
    try:
        return replace(param, default=check(param, _REQUIRED[kind] if required else default))
    except Refused as refused:
        raise Refused("Line {line}: {reason}", line=line, reason=str(refused)) from None


def _literal(node: ast.expr) -> object:
    """The value that is written out there; where there is none, bytes, which no parameter holds."""
    try:
        return ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return b""


def _body(text: str, tree: ast.Module) -> str:
    """The text without its imports at the top, and without spaces at the ends of lines."""
    out, others = set[int](), set[int]()
    for statement in tree.body:
        there = range(statement.lineno, (statement.end_lineno or statement.lineno) + 1)
        (out if isinstance(statement, ast.Import | ast.ImportFrom) else others).update(there)
    if out & others:
        raise Refused("Line {line}: give the import a line of its own.", line=min(out & others))
    inside = set[int]()  # lines that end in the middle of a text
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str | bytes)):
            inside.update(range(node.lineno, node.end_lineno or node.lineno))
    kept = [""]
    after_import = True
    for number, line in enumerate(text.split("\n"), 1):
        after_import = number in out or (after_import and not line.strip())
        if number not in out and not (after_import and not kept[-1]):
            kept.append(line if number in inside else line.rstrip())
    return "\n".join(kept).strip("\n")
