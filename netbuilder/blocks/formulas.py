"""Formulas that a person types: arithmetic over one variable, checked before it becomes a part of a program.

Nothing is run to read one, and what it works out is worked out with floats, so that no power takes for ever.
"""

from __future__ import annotations

import ast
import math
import operator
import warnings
from collections.abc import Callable

from netbuilder.blocks.sentence import Refused

LONGEST = 200
DEEPEST = 40
_TRIED = (0, 1, 2, 10, 100)
_SIGNS: dict[type[ast.AST], str] = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.Div: "/",
    ast.FloorDiv: "//",
    ast.Mod: "%",
    ast.Pow: "**",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.Eq: "==",
    ast.NotEq: "!=",
}
_DONE: dict[str, Callable[[float, float], float]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "//": operator.floordiv,
    "%": operator.mod,
    "**": operator.pow,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "==": operator.eq,
    "!=": operator.ne,
}
_FUNCTIONS: dict[str, Callable[..., float]] = {
    "min": min,
    "max": max,
    "abs": abs,
    **{f"math.{name}": getattr(math, name) for name in ("cos", "sin", "exp", "log", "sqrt", "floor", "ceil")},
}
_NAMES = {"math.pi": math.pi, "math.e": math.e}


def check_formula(text: str, variable: str, label: str) -> str:
    """Return the formula as a formatter would write it; Refused, in words, where it is none."""
    if len(text) > LONGEST:
        raise Refused("{param} is a text of at most {most} characters.", param=label, most=LONGEST)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what is odd, as in 1if 2, is refused or written anew
            tree = ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise Refused("{param}: {text} is no formula.", param=label, text=text[:40]) from None
    formula = _Formula(variable, label)
    written = formula.write(tree, 0)[0]
    for value in _TRIED:
        formula.try_at(tree, value)
    return written


class _Formula:
    """Writes and works out the parts of a formula that are allowed."""

    def __init__(self, variable: str, label: str) -> None:
        self._variable, self._label = variable, label

    def write(self, node: ast.expr, depth: int) -> tuple[str, int]:
        """The text of a part, and how firmly it holds together: 0 the least (if), 9 the most (a number)."""
        if depth > DEEPEST:
            raise Refused("{param}: the formula is too deeply nested.", param=self._label)
        deeper = depth + 1
        if isinstance(node, ast.Constant) and type(node.value) in (int, float):
            return repr(node.value), 9
        if isinstance(node, ast.Name | ast.Attribute) and (name := ast.unparse(node)) in (self._variable, *_NAMES):
            return name, 9
        if isinstance(node, ast.Call) and ast.unparse(node.func) in _FUNCTIONS and node.args and not node.keywords:
            parts = [self.write(part, deeper)[0] for part in node.args]
            return f"{ast.unparse(node.func)}({', '.join(parts)})", 9
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub | ast.UAdd):
            sign = "-" if isinstance(node.op, ast.USub) else "+"
            return sign + self._within(node.operand, 4, deeper), 4
        if isinstance(node, ast.BinOp) and type(node.op) in _SIGNS:
            return self._pair(node.left, _SIGNS[type(node.op)], node.right, deeper)
        if isinstance(node, ast.Compare) and len(node.ops) == 1 and type(node.ops[0]) in _SIGNS:
            return self._pair(node.left, _SIGNS[type(node.ops[0])], node.comparators[0], deeper)
        if isinstance(node, ast.IfExp):
            then, test = self._within(node.body, 1, deeper), self._within(node.test, 1, deeper)
            return f"{then} if {test} else {self._within(node.orelse, 0, deeper)}", 0
        what = ast.unparse(node)[:40]
        text = "{param}: {what} cannot stand there; a formula has numbers, {variable}, + - * / **, math.cos and such."
        raise Refused(text, param=self._label, what=what, variable=self._variable)

    def _pair(self, left: ast.expr, sign: str, right: ast.expr, depth: int) -> tuple[str, int]:
        if sign == "**":
            base, power = self._within(left, 6, depth), self._within(right, 4, depth)
            next_to_it = right.left if isinstance(right, ast.BinOp) and not power.startswith("(") else right
            simple = _simple(left) and _simple(next_to_it) and not base.startswith("(")
            return (f"{base}**{power}" if simple else f"{base} ** {power}"), 5
        level = 1 if sign[0] in "<>=!" else 2 if sign in "+-" else 3
        return f"{self._within(left, level, depth)} {sign} {self._within(right, level + 1, depth)}", level

    def _within(self, node: ast.expr, least: int, depth: int) -> str:
        text, level = self.write(node, depth)
        return text if level >= least else f"({text})"

    def try_at(self, node: ast.expr, value: int) -> None:
        """Refused where the formula gives no number there."""
        try:
            found = self._value(node, float(value))
        except (ArithmeticError, ValueError, TypeError):
            found = math.nan
        if isinstance(found, complex) or not math.isfinite(found):
            text = "{param} gives no number where {variable} is {value}."
            raise Refused(text, param=self._label, variable=self._variable, value=value)

    def _value(self, node: ast.expr, value: float) -> float:
        if isinstance(node, ast.Constant):
            return float(node.value)  # type: ignore[arg-type]
        if isinstance(node, ast.Name | ast.Attribute):
            name = ast.unparse(node)
            return value if name == self._variable else _NAMES[name]
        if isinstance(node, ast.Call):
            return float(_FUNCTIONS[ast.unparse(node.func)](*(self._value(part, value) for part in node.args)))
        if isinstance(node, ast.UnaryOp):
            inner = self._value(node.operand, value)
            return -inner if isinstance(node.op, ast.USub) else inner
        if isinstance(node, ast.BinOp):
            return _DONE[_SIGNS[type(node.op)]](self._value(node.left, value), self._value(node.right, value))
        if isinstance(node, ast.Compare):
            sides = (self._value(node.left, value), self._value(node.comparators[0], value))
            return _DONE[_SIGNS[type(node.ops[0])]](*sides)
        assert isinstance(node, ast.IfExp)
        return self._value(node.body if self._value(node.test, value) else node.orelse, value)


def _simple(node: ast.expr) -> bool:
    """Whether a formatter writes a power of it without spaces: a name or a number, with a sign or without."""
    if isinstance(node, ast.UnaryOp):
        return _simple(node.operand)
    return isinstance(node, ast.Name | ast.Constant | ast.Attribute)
