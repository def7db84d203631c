"""Where a network begins and ends: Input and Output."""

from __future__ import annotations

from typing import Literal

from netbuilder.blocks.block import Block, Category, Param, TensorType, Value, Values
from netbuilder.blocks.values import sizes


def _input(values: Values) -> dict[str, TensorType]:
    dtype = values["dtype"]
    types: dict[Value, Literal["int64", "bool"]] = {"int64": "int64", "bool": "bool"}
    return {"output": TensorType(sizes(values["shape"]), types.get(dtype, "float32"))}


BLOCKS: tuple[Block, ...] = (
    Block(
        "Input",
        Category.ENDS,
        "input",
        "A tensor that comes from outside, where the drawing has no data.",
        more="The batch dimension N is not part of its shape: it comes in front by itself.",
        formula="out = what forward is given",
        shape_rule="The output is N × shape: the batch dimension, then the shape of one sample.",
        use="When the drawing is to be exported as a module that other code calls with tensors of its own.",
        inputs=(),
        params=(
            Param(
                "shape",
                "shape",
                (1, 28, 28),
                "Shape of one sample, without the batch dimension; T, or −1, is a length that may vary.",
                low=-1,
            ),
            Param("dtype", "choice", "float32", "Type of the numbers.", choices=("float32", "int64", "bool")),
        ),
        role="input",
        summary="{shape} per sample",
        gives=_input,
    ),
    Block(
        "Output",
        Category.ENDS,
        "output",
        "Marks a tensor as something that the network returns.",
        more="A network may have several; forward then returns them together.",
        formula="forward returns in",
        shape_rule="Any shape is taken, and returned as it is.",
        use=(
            "Where there is no loss to say what the result is, or when something more should be returned than a "
            "loss looks at."
        ),
        outputs=(),
        params=(
            Param(
                "state",
                "text",
                "",
                "The Input that has this value in the next step, where the network runs step by step.",
                pattern=r"[A-Za-z0-9_-]{0,80}",
                written=False,
            ),
        ),
        role="output",
    ),
)
