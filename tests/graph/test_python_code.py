"""What a text says about its block, every rule it can break, and that reading it never runs it."""

from __future__ import annotations

import ast
import contextlib
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from netbuilder.blocks import Param
from netbuilder.blocks.sentence import Refused
from netbuilder.graph.python_code import MOST_INPUTS, MOST_PARAMS, Definition, plain, read
from netbuilder.graph.python_returns import MOST_OUTPUTS

FUNCTION = '''\
"""Mixes two pictures."""

import math
import torch
import torch.nn.functional as F
from torch import nn, optim

LIMIT = 10
SIZES: tuple = (1, 2)


def helper(x):
    import os
    return x, os


def mix(a, b: torch.Tensor, ratio=0.5, *, times: int = 1, kind="sum", on=True, sizes=(1, 2.5), mask=None):
    def inner():
        return 3
    if on:
        return a, b
    mean, (low, high) = a, b
    return mean, F.relu(b), (low, high){spaces}
'''.replace("{spaces}", "   ")


def _param(definition: Definition, name: str) -> Param:
    return next(param for param in definition.params if param.name == name)


def test_a_functions_signature_says_it_all() -> None:
    found = read(FUNCTION)
    assert (found.name, found.kind) == ("mix", "function")
    assert (found.inputs, found.optional) == (("a", "b", "mask"), ("mask",))
    assert found.outputs == ("mean", "output1", "output2")
    kinds = [(param.name, param.kind, param.default) for param in found.params]
    assert kinds == [
        ("ratio", "float", 0.5),
        ("times", "int", 1),
        ("kind", "text", "sum"),
        ("on", "bool", True),
        ("sizes", "numbers", (1, 2.5)),
    ]
    assert not any(param.required or param.optional or param.rank for param in found.params)
    assert found.imports == ("import math", "from torch import optim")
    assert found.uses == ("torch", "F")
    assert hash(found)


def test_the_body_is_the_text_without_its_imports() -> None:
    body = read(FUNCTION).body
    assert body.startswith(
        '"""Mixes two pictures."""\n\nLIMIT = 10\nSIZES: tuple = (1, 2)\n\n\ndef helper(x):\n    import os'
    )
    assert body.endswith("return mean, F.relu(b), (low, high)")
    assert ast.dump(ast.parse(body)) == ast.dump(
        ast.Module([one for one in ast.parse(FUNCTION).body if not isinstance(one, ast.Import | ast.ImportFrom)], [])
    )


def test_what_stands_in_texts_stays_as_it_is() -> None:
    text = 'def f(x):   \n    y = """a  \n\n  b  """  \n    z = f"""{x}  \n  """\n    return x  \n\n\n'
    assert read(text).body == 'def f(x):\n    y = """a  \n\n  b  """\n    z = f"""{x}  \n  """\n    return x'


def test_a_text_may_be_moved_and_have_other_line_ends() -> None:
    text = "\r\n    import math\r\n    # why\r\n    def f(x):\r\n        return x\r\n"
    assert read(text).body == "# why\ndef f(x):\n    return x"
    assert plain("\r  a\r\n   b") == "\na\n b"
    assert plain('a = """\n  b"""') == 'a = """\n  b"""'


def test_imports_are_one_to_a_line_and_once() -> None:
    text = "import os, sys as system; import os\nfrom math import (\n    pi,\n    e as euler,\n)\ndef f(x): return x"
    assert read(text).imports == ("import os", "import sys as system", "from math import pi, e as euler")
    assert read("import torch.utils.checkpoint\ndef f(x): return x").imports == ("import torch.utils.checkpoint",)
    assert read("import torch.nn as nn, torch\ndef f(x): return x").imports == ()


MODULE = """
from torch.nn import Module as Base

class Part(Base):
    def __init__(
        self, width: int, deep=None, *, name: "str | None" = None, scale: float = 1, sizes: tuple[int, ...] = ()
    ):
        super().__init__()

    def forward(self, input, state=None, gain: float = 2.0):
        return input

class Net(Part):
    def forward(self, x, state=None, gain: float = 2.0):
        out, state = super().forward(x), state
        return out, state
"""


def test_a_modules_ports_and_parameters_come_from_two_methods() -> None:
    found = read(MODULE)
    assert (found.name, found.kind) == ("Net", "module")
    assert (found.inputs, found.optional, found.outputs) == (("x", "state"), ("state",), ("out", "state"))
    assert _param(found, "width") == Param("width", "int", 1, "As the code of this block says.", rank=0, required=True)
    assert _param(found, "deep").kind == "float" and _param(found, "deep").optional
    assert _param(found, "name").kind == "text" and _param(found, "name").optional
    assert [_param(found, name).kind for name in ("scale", "sizes", "gain")] == ["float", "numbers", "float"]
    assert [param.name for param in found.params if param.in_forward] == ["gain"]
    assert found.imports == ("from torch.nn import Module as Base",)


def test_a_module_needs_no_constructor_and_required_numbers_no_annotation() -> None:
    assert read("class A(nn.Linear):\n    def forward(self, x):\n        return x").params == ()
    text = "class A(nn.Module):\n    def __init__(self, d_in, on: bool): ...\n    def forward(self, x): return x"
    assert [(p.kind, p.default, p.required) for p in read(text).params] == [("float", 1, True), ("bool", False, True)]


AUTOGRAD = """
class MyRelu(torch.autograd.Function):
    @staticmethod
    def forward(ctx, input, mask=None, floor: float = 0):
        return input.clamp(min=floor)

    @staticmethod
    def backward(ctx, grad):
        return grad, None, None
"""


@pytest.mark.parametrize("base", ["torch.autograd.Function", "Function", "autograd.Function", "ag.Function"])
def test_an_autograd_function_is_known_by_any_name(base: str) -> None:
    imports = "from torch.autograd import Function\nfrom torch import autograd\nimport torch.autograd as ag\n"
    found = read(imports + AUTOGRAD.replace("torch.autograd.Function", base))
    assert (found.kind, found.inputs, found.optional) == ("autograd", ("input", "mask"), ("mask",))
    assert [param.name for param in found.params] == ["floor"]


def test_an_autograd_function_may_set_up_its_context_later() -> None:
    text = AUTOGRAD.replace("ctx, input", "input") + "    def setup_context(ctx, inputs, output): ...\n"
    assert read(text).inputs == ("input", "mask")


@pytest.mark.parametrize(
    ("returns", "outputs"),
    [
        ("return x", ["output"]),
        ("return x + 1", ["output"]),
        ("return x, x", ["x", "output1"]),
        ("return x, x + 1, y.z, output1", ["x", "output2", "output3", "output1"]),
        ("return α, (lambda: (yield))", ["output1", "output2"]),
        ("return [x, x]", ["output"]),
    ],
)
def test_outputs_are_named_as_the_last_return_does(returns: str, outputs: list[str]) -> None:
    assert list(read(f"def f(x):\n    if x: return 1, 2, 3\n    {returns}").outputs) == outputs


@pytest.mark.parametrize(
    ("annotation", "outputs"),
    [
        ("Tensor", ["output"]),
        ("tuple[Tensor, Tensor]", ["output1", "output2"]),
        ("typing.Tuple[Tensor, Tensor, Tensor]", ["output1", "output2", "output3"]),
        ("tuple[Tensor, ...]", ["output"]),
    ],
)
def test_an_annotation_says_how_many_outputs_there_are(annotation: str, outputs: list[str]) -> None:
    assert list(read(f"def f(x) -> {annotation}:\n    return g(x)").outputs) == outputs


def _class(inside: str, base: str = "nn.Module") -> str:
    return f"class A({base}):\n{inside}\n    def forward(self, x):\n        return x"


REFUSED = {
    "nothing": ("", "There is no function and no class in this code."),
    "only words": ('"""A block."""\nLIMIT = 3', "There is no function and no class in this code."),
    "too long": ("#" * 100_001, "The code has more than 100000 characters."),
    "syntax": ("def f(x):\n    return x +", "Line 2: invalid syntax."),
    "indentation": ("def f(x):\nreturn x", "Line 2: expected an indented block"),
    "a return outside": ("def f(x): return x\nreturn 3", "Line 2: 'return' outside function."),
    "an argument twice": ("def f(x, x): return x", "Line 1: duplicate argument 'x'"),
    "nested": ("x = " + "(" * 5000, "too"),
    "deep": ("def f(x):\n    return " + "-" * 90_000 + "x", "The code is nested too deeply."),
    "deep to the left": ("def f(x):\n    return x" + "+x" * 40_000, "The code is nested too deeply."),
    "a zero": ("def f(x): return x\0", "null bytes|cannot read"),
    "half a character": ("def f(x): return '\ud800'", "cannot read"),
    "a long number": ("def f(x): return " + "9" * 5000, "Line 1: |cannot read"),
    "a call": ("print(3)\ndef f(x): return x", "Line 1: only imports, constants, functions and classes"),
    "a main": ("def f(x): return x\nif True:\n    f(3)", "Line 2: only imports, constants"),
    "a number alone": ("3\ndef f(x): return x", "Line 1: only imports, constants"),
    "not constant": ("import math\nA = math.pi\ndef f(x): return x", "Line 2: outside of functions .* only constants"),
    "two constants": ("a = b = 3\ndef f(x): return x", "Line 1: outside of functions"),
    "no constant": ("a: int\ndef f(x): return x", "Line 1: outside of functions"),
    "unpacked": ("a, b = 1, 2\ndef f(x): return x", "Line 1: outside of functions"),
    "an item": ("a = []\na[0] = 3\ndef f(x): return x", "Line 2: outside of functions"),
    "async": ("async def f(x): return x", "Line 1: f is async"),
    "starred import": ("from math import *\ndef f(x): return x", r"Line 1: name what you import from math instead"),
    "relative": ("from . import a\ndef f(x): return x", "Line 1: an import that starts with a dot"),
    "relative inside": ("def f(x):\n    from ..a import b\n    return x", "Line 2: an import that starts with a dot"),
    "future": ("from __future__ import annotations\ndef f(x): return x", "Line 1: an import from __future__"),
    "shared line": ("import math; A = 3\ndef f(x): return x", "Line 1: give the import a line of its own."),
    "not torch": ("import numpy as torch\ndef f(x): return x", "Line 1: torch is already the name of something else."),
    "two imports": ("import math as m\nimport os as m\ndef f(x): return x", "Line 2: m is already"),
    "twice": ("def f(x): return x\ndef f(x): return x", "Line 2: f is already the name of something else."),
    "constant twice": ("A = 1\nA = 2\ndef f(x): return x", "Line 2: A is already"),
    "import and class": ("import A\nclass A(nn.Module): ...", "Line 2: A is already"),
    "builtin": ("def print(x): return x", "Line 1: print is a name of Python's own"),
    "soft keyword": ("def match(x): return x", "Line 1: match is a name of Python's own"),
    "torch": ("def torch(x): return x", "Line 1: torch stands for a part of torch"),
    "an input F": ("def f(x, F): return x", "Line 1: F stands for a part of torch"),
    "not ASCII": ("def größe(x): return x", "Line 1: größe is no name for this"),
    "an input not ASCII": ("def f(\n    α\n): return α", "Line 2: α is no name for this"),
    "mangled": ("def f(__x): return __x", "Line 1: __x is no name for this"),
    "long": (f"def {'f' * 61}(x): return x", "is no name for this"),
    "starred": ("def f(x, *rest): return x", "Line 1: rest is starred"),
    "two stars": ("def f(x, **rest): return x", "Line 1: rest is starred"),
    "starred in init": (_class("    def __init__(self, *a): ..."), "Line 2: a is starred"),
    "slash": ("def f(x, /): return x", "Line 1: leave out the /"),
    "input by name": ("def f(*, x): return x", "Line 1: x stands behind"),
    "no self": ("class A(nn.Module):\n    def forward(): return 3", "Line 2: forward lacks its first argument"),
    "list default": ("def f(x, a=[1]): return x", "Line 1: a can be a number, a text, on or off, or a tuple"),
    "computed default": ("def f(x, a=2 * 3): return x", "Line 1: a can be a number"),
    "complex default": ("def f(x, a=1j): return x", "Line 1: a can be a number"),
    "texts": ("def f(x, a=('b',)): return x", "Line 1: A is a list of numbers."),
    "infinite": ("def f(x, a=1e999): return x", "Line 1: A is a finite number."),
    "large": ("def f(x, a=10**9): return x", "Line 1: a can be a number"),
    "very large": ("def f(x, a=10000000000): return x", "Line 1: A is at most 1000000000."),
    "not whole": ("def f(x, a: int = 1.5): return x", "Line 1: A is a whole number."),
    "long text": (f"def f(x, a='{'b' * 201}'): return x", "Line 1: A is a text of at most 200 characters."),
    "a layer": (_class("    def __init__(self, a: nn.Module): ..."), "Line 2: a can be a number"),
    "both": (_class("    def __init__(self, x: int): ..."), "Line 3: x is the name of two things"),
    "no base": (_class("    ...", "object"), "Line 1: A is made from neither nn.Module nor torch.autograd.Function."),
    "no forward": ("class A(nn.Module): ...", "Line 1: A has no method forward."),
    "no backward": (AUTOGRAD.replace("def backward", "def other"), "Line 2: A?.* has no method backward"),
    "not static": (AUTOGRAD.replace("    @staticmethod\n", "", 1), "Line 3: write @staticmethod"),
    "parameter first": (AUTOGRAD.replace("mask=None, floor: float = 0", "a=1, b=None"), "b: inputs come before"),
    "apply by name": (AUTOGRAD.replace("mask", "*, mask"), "mask stands behind"),
    "no return": ("def f(x): pass", "Line 1: f returns nothing."),
    "return nothing": ("def f(x):\n    if x: return x\n    return", "Line 3: f returns nothing."),
    "return None": ("def f(x):\n    return None", "Line 2: f returns nothing."),
    "return inside": ("def f(x):\n    def g(): return x", "Line 1: f returns nothing."),
    "yield": ("def f(x):\n    yield x", "Line 2: a block returns its outputs"),
    "starred return": ("def f(x): return *x, x", r"Line 1: how many outputs the \* stands for"),
    "one in a tuple": ("def f(x): return (x,)", "Line 1: return the tensor itself"),
    "other number": ("def f(x) -> tuple[A, A, A]: return x, x", "Line 1: 2 outputs are returned, where 3 are"),
    "many outputs": (f"def f(x): return {'x, ' * (MOST_OUTPUTS + 1)}", f"{MOST_OUTPUTS + 1} outputs are returned"),
    "many inputs": (f"def f({', '.join(f'a{i}' for i in range(MOST_INPUTS + 1))}): return a0", "more inputs or"),
    "many parameters": (f"def f({', '.join(f'a{i}=1' for i in range(MOST_PARAMS + 1))}): return a0", "more inputs or"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_every_rule_is_said_with_its_line(name: str) -> None:
    text, sentence = REFUSED[name]
    for _ in range(2):  # also from memory
        with pytest.raises(Refused, match=sentence) as caught:
            read(text)
        assert str(caught.value.sentence).isprintable()


def test_warnings_about_the_text_are_nobodys() -> None:
    assert read("def f(x):\n    assert x is 3\n    return '\\d', x").outputs == ("output1", "x")


WORDS = """def f class A nn.Module torch.autograd.Function ( ) : , = * ** / [ ] { } @ . -> lambda return yield import
from x y self ctx forward backward __init__ None True 1 2.5 1e999 'a' f'{x}' \"\"\" # \\ ; async await int str
tuple[int,int] |"""
SPACES = ["\n", "\n    ", "\n        ", " ", "\t", "\r\n", "\f", "\0", "é", "\ud800", "\u2028"]
PIECES = st.lists(st.sampled_from([*WORDS.split(), *SPACES]), max_size=60).map("".join)


@settings(max_examples=300)
@given(st.one_of(st.text(), PIECES, PIECES.map(lambda tail: f"def f(x, {tail}): return x"), PIECES.map(_class)))
@example("def f(x, a=" + "(" * 150 + ")" * 150 + "): return x")
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        found = read(text)
    except Refused:
        return
    names = [*found.inputs, *found.outputs, *(param.name for param in found.params), found.name]
    assert all(name.isascii() and name.isidentifier() for name in names)
    again = read("\n".join([*found.imports, found.body]))
    assert (again.inputs, again.outputs, again.params, again.name) == (
        found.inputs, found.outputs, found.params, found.name
    )  # fmt: skip


TOUCH = "__import__('pathlib').Path({path!r}).touch()"
RUNNING = [
    "{touch}\ndef f(x): return x",
    "A = {touch}\ndef f(x): return x",
    "def f(x, a={touch}): return x",
    "def f(x: {touch}, a: {touch} = 3) -> {touch}: return x",
    "@{touch}\ndef f(x): return x",
    "class A(nn.Module, a={touch}):\n    b = {touch}\n    def forward(self, x, y={touch}): return x, {touch}",
    "def f(x): return f'{{{touch}}}'",
    "[{touch} for _ in [1]]",
]


@pytest.mark.parametrize("text", RUNNING)
def test_nothing_is_ever_run(text: str, tmp_path: Path) -> None:
    path = tmp_path / "was here"
    touch = TOUCH.format(path=str(path))
    exec(touch)
    path.unlink()  # the touch works
    with contextlib.suppress(Refused):
        read(text.format(touch=touch))
    assert list(tmp_path.iterdir()) == []
