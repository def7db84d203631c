"""Tensor operations that compare, that combine yes and no, and that change the type of numbers."""

from __future__ import annotations

from collections.abc import Mapping

from netbuilder.blocks.arithmetic import BROADCAST
from netbuilder.blocks.block import Block, Category, Param, Port, Values

_BOOL = (Port("input", dtype="bool"),)
_INPUTS = (Param("inputs", "int", 2, "How many tensors are combined.", low=2, high=16, written=False),)


def _compare(values: Values, inputs: Mapping[str, str]) -> str:
    return f"{inputs['input']} {values['operator']} {inputs.get('other', repr(values['constant']))}"


BLOCKS: tuple[Block, ...] = (
    Block(
        "Compare",
        Category.MATH,
        "compare",
        "Says for every number whether it is equal to, less than or greater than another.",
        more="The result is true or false at every place; no gradient gets through it.",
        formula="out = input operator other\nWithout a wire, other is the constant.",
        shape_rule=f"{BROADCAST} The result is of type bool.",
        cost="It has no parameters and costs next to nothing; the result takes one byte for each place.",
        use="To make masks: for Where and MaskedFill, or as numbers through ToFloat.",
        inputs=(Port("input"), Port("other", optional=True)),
        params=(
            Param("operator", "choice", ">", "How they are compared.", choices=("==", "!=", "<", "<=", ">", ">=")),
            Param("constant", "float", 0, "What is compared with where other has no wire."),
        ),
        writes=_compare,
        summary="{operator} other or {constant}",
        sample=("N,4,5", "5"),
    ),
    Block(
        "LogicalAnd",
        Category.MATH,
        "both",
        "Is true where all inputs are true.",
        more="It takes what Compare gives; no gradient gets through it.",
        formula="out = input1 and input2 and …",
        shape_rule=BROADCAST,
        cost="It has no parameters and costs next to nothing.",
        use="To bring masks together: a place counts only where every mask lets it count.",
        inputs=_BOOL,
        params=_INPUTS,
        writes=lambda values, inputs: " & ".join(inputs.values()),
        count="inputs",
        summary="{inputs} masks",
        sample=("N,4,5:bool", "5:bool"),
        page="torch.logical_and",
    ),
    Block(
        "LogicalOr",
        Category.MATH,
        "either",
        "Is true where at least one input is true.",
        more="It takes what Compare gives; no gradient gets through it.",
        formula="out = input1 or input2 or …",
        shape_rule=BROADCAST,
        cost="It has no parameters and costs next to nothing.",
        use="To bring masks together: a place counts where any of the masks lets it count.",
        inputs=_BOOL,
        params=_INPUTS,
        writes=lambda values, inputs: " | ".join(inputs.values()),
        count="inputs",
        summary="{inputs} masks",
        sample=("N,4,5:bool", "5:bool"),
        page="torch.logical_or",
    ),
    Block(
        "LogicalNot",
        Category.MATH,
        "invert",
        "Makes true false and false true.",
        more="It takes what Compare gives; no gradient gets through it.",
        formula="out = not in",
        shape_rule="The shape does not change.",
        cost="It has no parameters and costs next to nothing.",
        use="To turn a mask around: some layers want the places that count, others those that do not.",
        inputs=_BOOL,
        function="~{input}",
        sample=("N,4,5:bool",),
        page="torch.logical_not",
    ),
    Block(
        "ToFloat",
        Category.MATH,
        "to_float",
        "Turns whole numbers, or true and false, into numbers of type float32.",
        more="True becomes 1 and false 0; what is float32 already passes as it is.",
        formula="out = in, as float32",
        shape_rule="The shape does not change. The result is of type float32.",
        cost="It has no parameters. The result takes four bytes for each number.",
        use="Before layers and losses that take no whole numbers, and to multiply by a mask.",
        function="{input}.float()",
        summary="float32",
        sample=("N,4,5:int64",),
        page="torch.Tensor.float",
    ),
    Block(
        "ToInt",
        Category.MATH,
        "to_int",
        "Turns numbers into whole numbers of type int64 by cutting off what follows the point.",
        more="It rounds towards zero, so 2.9 becomes 2 and −2.9 becomes −2; no gradient gets through it.",
        formula="out = in without its fraction, as int64",
        shape_rule="The shape does not change. The result is of type int64.",
        cost="It has no parameters. The result takes eight bytes for each number.",
        use="Where indices or classes are wanted: for Gather, for an Embedding, or as the target of a loss.",
        function="{input}.long()",
        summary="int64",
        sample=("N,4,5",),
        page="torch.Tensor.long",
    ),
)
