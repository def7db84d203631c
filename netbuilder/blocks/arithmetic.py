"""Tensor operations number by number: sums, products, powers, greatest and least."""

from __future__ import annotations

from collections.abc import Mapping

from netbuilder.blocks.block import Block, Category, Param, Port, Values, Writes
from netbuilder.blocks.spelling import operand

BROADCAST = (
    "Shapes are compared from the last dimension on: equal sizes stay; where one is 1 or missing, it is repeated to "
    "fit the other."
)
_EITHER = (Port("input", optional=True), Port("other", optional=True))
_SECOND = (Port("input"), Port("other", optional=True))
_TWO = ("N,4,5", "5")


def _infix(sign: str) -> Writes:
    def writes(values: Values, inputs: Mapping[str, str]) -> str:
        _one_wired(inputs)
        constant = operand(values["constant"])
        return f"{inputs.get('input', constant)}{sign}{inputs.get('other', constant)}"

    return writes


def _power(values: Values, inputs: Mapping[str, str]) -> str:
    _one_wired(inputs)
    constant = operand(values["constant"])
    if "input" not in inputs:
        return f"{constant} ** {inputs['other']}" if constant.startswith("(") else f"{constant}**{inputs['other']}"
    return f"{inputs['input']}**{inputs.get('other', repr(values['constant']))}"


def _one_wired(inputs: Mapping[str, str]) -> None:
    if not inputs:
        raise ValueError("At least one of input and other needs a wire.")


def _extreme(function: str, limit: str) -> Writes:
    def writes(values: Values, inputs: Mapping[str, str]) -> str:
        if "other" in inputs:
            return f"torch.{function}({inputs['input']}, {inputs['other']})"
        return f"{inputs['input']}.clamp({limit}={values['constant']!r})"

    return writes


def _multiply(values: Values, inputs: Mapping[str, str]) -> str:
    return " * ".join(inputs.values())


def _shift(values: Values, inputs: Mapping[str, str]) -> str:
    offset = values["offset"]
    assert isinstance(offset, int | float)
    return f"{inputs['input']} - {-offset!r}" if offset < 0 else f"{inputs['input']} + {offset!r}"


def _constant(default: float) -> tuple[Param, ...]:
    return (Param("constant", "float", default, "Stands in for the input that has no wire."),)


def _several(what: str) -> tuple[Param, ...]:
    return (Param("inputs", "int", 2, f"How many tensors are {what}.", low=2, high=16, written=False),)


BLOCKS: tuple[Block, ...] = (
    Block(
        "Add",
        Category.MATH,
        "add",
        "Adds its inputs number by number.",
        more="The gradient reaches every input unchanged.",
        formula="out = input1 + input2 + …",
        shape_rule=BROADCAST,
        cost="It has no parameters and costs next to nothing: one addition for each number of each further input.",
        use="For a shortcut around some layers, as in residual networks.",
        params=_several("added"),
        function="{sum}",
        count="inputs",
        summary="{inputs} tensors",
        sample=_TWO,
        page="torch.add",
    ),
    Block(
        "Subtract",
        Category.MATH,
        "subtract",
        "Takes the second input away from the first, number by number.",
        more=(
            "An input without a wire is the constant instead: x − 1 with only the first wired, 1 − x with only the "
            "other."
        ),
        formula="out = input − other",
        shape_rule=BROADCAST,
        cost="It has no parameters and costs next to nothing: one subtraction for each number.",
        use="For differences: an error, a centered tensor, or 1 − x for the other side of a probability or a gate.",
        inputs=_EITHER,
        params=_constant(1),
        writes=_infix(" - "),
        stand_in="constant",
        sample=_TWO,
        page="torch.sub",
    ),
    Block(
        "Multiply",
        Category.MATH,
        "multiply",
        "Multiplies its inputs number by number.",
        more="Each input decides how much of the others gets through, forwards as well as in the gradient.",
        formula="out = input1 · input2 · …",
        shape_rule=BROADCAST,
        cost=(
            "It has no parameters. While training, all inputs are kept in memory, since each gradient needs the others."
        ),
        use="For gates and masks, and to weigh channels or places, as in squeeze-and-excitation.",
        params=_several("multiplied"),
        writes=_multiply,
        count="inputs",
        summary="{inputs} tensors",
        sample=_TWO,
        page="torch.mul",
    ),
    Block(
        "Divide",
        Category.MATH,
        "divide",
        "Divides the first input by the second, number by number.",
        more=(
            "An input without a wire is the constant instead: x / 2 with only the first wired, 2 / x with only the "
            "other."
        ),
        formula="out = input / other",
        shape_rule=BROADCAST,
        cost="It has no parameters. While training, both inputs are kept in memory for the gradient.",
        use="To bring numbers to a common measure: by their sum, their norm or a fixed number. Beware of zeros below.",
        inputs=_EITHER,
        params=_constant(2),
        writes=_infix(" / "),
        stand_in="constant",
        sample=_TWO,
        page="torch.div",
    ),
    Block(
        "Power",
        Category.MATH,
        "power",
        "Raises the first input to the power of the second, number by number.",
        more=(
            "An input without a wire is the constant instead: x² with only the first wired, 2 to the x with only the "
            "other."
        ),
        formula="out = input to the power of other",
        shape_rule=BROADCAST,
        cost="It has no parameters. Powers are slow for single numbers, but seldom matter beside the layers.",
        use="For squares, roots and curves of your own. A negative number to a broken power is no number (NaN).",
        inputs=_EITHER,
        params=_constant(2),
        writes=_power,
        stand_in="constant",
        sample=_TWO,
        page="torch.pow",
    ),
    Block(
        "Shift",
        Category.MATH,
        "shift",
        "Adds the same fixed number everywhere.",
        more="The number is a part of the drawing and is not learned; the gradient passes unchanged.",
        formula="out = in + offset",
        shape_rule="The shape does not change.",
        cost="It has no parameters and costs next to nothing.",
        use="To move the middle of the numbers, or to add a little before a logarithm or a division.",
        params=(Param("offset", "float", 1, "The number that is added; a negative one is taken away."),),
        writes=_shift,
        summary="+ {offset}",
        sample=("N,4,5",),
        page="torch.add",
    ),
    Block(
        "Scale",
        Category.MATH,
        "scale",
        "Multiplies everything by the same fixed number.",
        more="The number is a part of the drawing and is not learned; the gradient is multiplied by it too.",
        formula="out = factor · in",
        shape_rule="The shape does not change.",
        cost="It has no parameters and costs next to nothing.",
        use="To make a branch count less, to set the sharpness of scores before a softmax, or to change units.",
        params=(Param("factor", "float", 0.5, "What everything is multiplied by."),),
        writes=lambda values, inputs: f"{inputs['input']} * {operand(values['factor'])}",
        summary="× {factor}",
        sample=("N,4,5",),
        page="torch.mul",
    ),
    Block(
        "Maximum",
        Category.MATH,
        "maximum",
        "Takes the greater of two numbers, place by place.",
        more="Without a wire at other, everything is compared with the constant; the gradient goes to the greater one.",
        formula="out = max(input, other)",
        shape_rule=BROADCAST,
        cost="It has no parameters. Which of the two was greater is worked out again for the gradient.",
        use="To let the stronger of two branches win, or to keep numbers from falling below a limit.",
        inputs=_SECOND,
        params=_constant(0),
        writes=_extreme("maximum", "min"),
        stand_in="constant",
        sample=_TWO,
        page="torch.maximum",
    ),
    Block(
        "Minimum",
        Category.MATH,
        "minimum",
        "Takes the smaller of two numbers, place by place.",
        more="Without a wire at other, everything is compared with the constant; the gradient goes to the smaller one.",
        formula="out = min(input, other)",
        shape_rule=BROADCAST,
        cost="It has no parameters. Which of the two was smaller is worked out again for the gradient.",
        use="To let the weaker of two branches win, or to keep numbers from rising above a limit.",
        inputs=_SECOND,
        params=_constant(1),
        writes=_extreme("minimum", "max"),
        stand_in="constant",
        sample=_TWO,
        page="torch.minimum",
    ),
)
