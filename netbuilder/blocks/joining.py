"""Tensor operations that join tensors and take them apart."""

from __future__ import annotations

from collections.abc import Mapping

from netbuilder.blocks.block import Block, Category, Param, Values
from netbuilder.blocks.spelling import one_or_more, sizes


def _dim(help: str) -> Param:
    return Param("dim", "int", 1, help, low=-8, high=8)


def _parts(help: str) -> Param:
    return Param("parts", "int", 2, help, low=2, high=16, written=False)


def _joined(help: str) -> Param:
    return Param("inputs", "int", 2, help, low=2, high=16, written=False)


def _split(values: Values, inputs: Mapping[str, str]) -> str:
    split_size = sizes(values, "split_size")
    if len(split_size) not in (1, values["parts"]):
        raise ValueError(f"There are {values['parts']} parts, but {len(split_size)} sizes.")
    return f"{inputs['input']}.split({one_or_more(split_size)}, {values['dim']})"


BLOCKS: tuple[Block, ...] = (
    Block(
        "Concat",
        Category.SHAPE,
        "concat",
        "Puts its inputs one after another along a dimension.",
        more="No number is changed, and none are mixed: the layer that follows can do that.",
        formula="out = input1, then input2, then … along dim",
        shape_rule="The sizes along dim are added up. All other sizes must be equal, and stay.",
        cost="It has no parameters. All numbers are copied once; the layer that follows gets more to do.",
        use="To bring branches together when each should keep its own channels.",
        params=(_joined("How many tensors are joined."), _dim("The dimension along which they are joined.")),
        function="torch.cat(({inputs}), {dim})",
        count="inputs",
        summary="along dim {dim}",
        sample=("N,4,5", "N,3,5"),
        page="torch.cat",
    ),
    Block(
        "Stack",
        Category.SHAPE,
        "stack",
        "Lays its inputs on each other, along a new dimension.",
        more="Concat makes a dimension longer; this one puts a new one in.",
        formula="out[…, i, …] = input i\nwhere i counts along dim, from 0",
        shape_rule="All inputs must have the same shape. The number of inputs comes in as a new size at dim.",
        cost="It has no parameters. All numbers are copied once.",
        use="To collect the steps of a sequence, or the results of several branches before a mean over them.",
        params=(_joined("How many tensors are stacked."), _dim("Where the new dimension comes in.")),
        function="torch.stack(({inputs}), {dim})",
        count="inputs",
        summary="along dim {dim}",
        sample=("N,4,5", "N,4,5"),
        page="torch.stack",
    ),
    Block(
        "Chunk",
        Category.SHAPE,
        "chunk",
        "Cuts the tensor into equal parts along a dimension.",
        more="Where the size cannot be divided evenly, the last part is smaller.",
        formula="output1, then output2, then … = in along dim",
        shape_rule="The size along dim is divided by chunks, rounded up. All others stay.",
        cost="It has no parameters and costs nothing: all parts look at the same memory.",
        use="To part what one linear layer made at once: query, key and value, or a mean and a variance.",
        params=(
            Param("chunks", "int", 2, "Into how many parts it is cut.", low=2, high=16),
            _dim("The dimension along which it is cut."),
        ),
        function="{input}.chunk({chunks}, {dim})",
        parts="chunks",
        summary="{chunks} along dim {dim}",
        sample=("N,6,5",),
        page="torch.chunk",
    ),
    Block(
        "Split",
        Category.SHAPE,
        "split",
        "Cuts the tensor along a dimension into parts of given sizes.",
        more="One number is the size of every part, the last may be smaller; several are the size of one part each.",
        formula="output1, then output2, then … = in along dim",
        shape_rule="The size along dim is cut into those of split_size, which must use all of it. All others stay.",
        cost="It has no parameters and costs nothing: all parts look at the same memory.",
        use=(
            "To part features of unequal number, as positions from colors, or what is passed on from what is worked on."
        ),
        params=(
            _parts("How many parts there are."),
            Param("split_size", "shape", (4,), "The size of each part, or one number for all.", low=0),
            _dim("The dimension along which it is cut."),
        ),
        writes=_split,
        parts="parts",
        summary="{split_size} along dim {dim}",
        sample=("N,7,5",),
        page="torch.split",
    ),
    Block(
        "Unbind",
        Category.SHAPE,
        "unbind",
        "Takes a dimension apart: each of its places becomes a tensor of its own.",
        more="It undoes a Stack. There must be as many parts as the dimension is long.",
        formula="output i = in[…, i, …]\nwhere i counts along dim",
        shape_rule="The dimension dim is gone from each output. All others stay.",
        cost="It has no parameters and costs nothing: all parts look at the same memory.",
        use="To part query, key and value that were worked out together, or the coordinates of points.",
        params=(_parts("How many parts there are: the size of dim."), _dim("The dimension that is taken apart.")),
        function="{input}.unbind({dim})",
        parts="parts",
        summary="{parts} along dim {dim}",
        sample=("N,2,5",),
        page="torch.unbind",
    ),
)
