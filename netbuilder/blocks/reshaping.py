"""Tensor operations that change the shape and no number."""

from __future__ import annotations

from collections.abc import Mapping

from netbuilder.blocks.block import Block, Category, Param, Values, Writes
from netbuilder.blocks.spelling import listed, one_or_more, sizes
from netbuilder.blocks.torch_params import take

_FREE = "It has no parameters and costs next to nothing: no number is moved, only the way they are counted changes."
_COUNTED = "out = in, the same numbers in the same order"
_SAMPLE = (
    Param(
        "shape",
        "shape",
        (-1,),
        "The new sizes behind the batch dimension; one may be −1, and is then worked out from the others.",
        low=-1,
    ),
    Param("keep_batch", "bool", True, "Keep N in front; off makes shape the whole shape, the batch dimension too."),
)
_SAMPLE_RULE = (
    "The output is N × shape, or just shape without keep_batch. A size of −1 is what is left over; the product of all "
    "sizes must stay."
)


def _dim(name: str, default: int, help: str, *, high: int = 8) -> Param:
    return Param(name, "int", default, help, low=-8, high=high, required=True, positional=True)


def _sized(method: str) -> Writes:
    def writes(values: Values, inputs: Mapping[str, str]) -> str:
        given = sizes(values, "shape")
        batch = [f"{inputs['input']}.size(0)"] if values["keep_batch"] else []
        return f"{inputs['input']}.{method}({listed([*batch, *given]) or '()'})"

    return writes


def _several(method: str, name: str) -> Writes:
    """The method with one number or a tuple of them."""

    def writes(values: Values, inputs: Mapping[str, str]) -> str:
        return f"{inputs['input']}.{method}({one_or_more(sizes(values, name))})"

    return writes


def _permute(values: Values, inputs: Mapping[str, str]) -> str:
    return f"{inputs['input']}.permute({listed(sizes(values, 'dims')) or '()'})"


def _roll(values: Values, inputs: Mapping[str, str]) -> str:
    return f"{inputs['input']}.roll({one_or_more(sizes(values, 'shifts'))}, {one_or_more(sizes(values, 'dims'))})"


BLOCKS: tuple[Block, ...] = (
    Block(
        "Flatten",
        Category.SHAPE,
        "flatten",
        "Lays the dimensions of each sample out in one row.",
        more="No number is changed; only the way in which they are counted is.",
        formula=_COUNTED,
        shape_rule="The dimensions from start_dim to end_dim become one, as large as their product. All others stay.",
        cost="It has no parameters and costs nothing, unless the numbers lie out of order in memory and are copied.",
        use="Between convolutions, which give pictures, and linear layers, which take rows of numbers.",
        params=(
            Param("start_dim", "int", 1, "First dimension that is laid out.", low=-8, high=8, positional=True),
            Param("end_dim", "int", -1, "Last dimension that is laid out.", low=-8, high=8),
        ),
        module="nn.Flatten",
        function="torch.flatten({input}, {start_dim}{args})",
        summary="from dim {start_dim}",
        sample=("N,3,4,5",),
    ),
    Block(
        "Unflatten",
        Category.SHAPE,
        "unflatten",
        "Breaks one dimension up into several.",
        more="It undoes a Flatten; no number is changed.",
        formula=_COUNTED,
        shape_rule=(
            "The dimension dim becomes those of unflattened_size, whose product must be its size; one of them may be "
            "−1. All others stay."
        ),
        cost=_FREE,
        use="To make pictures of rows of numbers in a decoder, or to part features into the heads of an attention.",
        params=take(
            "nn.Unflatten",
            dim={"kind": "int", "default": 1, "help": "The dimension that is broken up."},
            unflattened_size={
                "kind": "shape",
                "default": (2, -1),
                "low": -1,
                "help": "The sizes that it becomes; one may be −1, and is then worked out from the others.",
            },
        ),
        module="nn.Unflatten",
        function="{input}.unflatten({arguments})",
        summary="dim {dim} → {unflattened_size}",
        sample=("N,6,5",),
    ),
    Block(
        "Reshape",
        Category.SHAPE,
        "reshape",
        "Gives each sample another shape with as many numbers.",
        more="The numbers keep their order. Where View cannot, it copies them.",
        formula=_COUNTED,
        shape_rule=_SAMPLE_RULE,
        cost="It has no parameters and costs nothing, unless the numbers lie out of order in memory and are copied.",
        use="Between layers that want different shapes: rows and pictures, heads and features.",
        params=_SAMPLE,
        writes=_sized("reshape"),
        summary="{shape}",
        sample=("N,3,4,5",),
        page="torch.reshape",
    ),
    Block(
        "View",
        Category.SHAPE,
        "view",
        "Looks at the same numbers as at a tensor of another shape.",
        more=(
            "It never copies, so it fails after a Transpose or Permute, where the numbers lie out of order: take "
            "Reshape."
        ),
        formula=_COUNTED,
        shape_rule=_SAMPLE_RULE,
        cost=_FREE,
        use="As in many tutorials, to flatten pictures before the first linear layer. Reshape does the same and more.",
        params=_SAMPLE,
        writes=_sized("view"),
        summary="{shape}",
        sample=("N,3,4,5",),
        page="torch.Tensor.view",
    ),
    Block(
        "Permute",
        Category.SHAPE,
        "permute",
        "Puts the dimensions in another order.",
        more="The first number says which dimension comes first, and so on; 0 is the batch, and mostly stays in front.",
        formula="size of out at i = size of in at dims[i]",
        shape_rule="The sizes change places as dims says. Each dimension must be named once.",
        cost="It has no parameters and moves no number; a layer behind it that wants them in order copies them.",
        use="Between channels first (N×C×H×W) and channels last, or N×steps×features and N×features×steps.",
        params=(
            Param("dims", "shape", (0, 2, 1), "All dimensions in their new order, from 0, the batch.", low=-8, high=8),
        ),
        writes=_permute,
        summary="{dims}",
        sample=("N,3,5",),
        page="torch.permute",
    ),
    Block(
        "Transpose",
        Category.SHAPE,
        "transpose",
        "Lets two dimensions change places.",
        more="Rows become columns and columns rows; no number is changed.",
        formula="out[…, j, …, i, …] = in[…, i, …, j, …]",
        shape_rule="The sizes of dim0 and dim1 change places. All others stay.",
        cost="It has no parameters and moves no number; a layer behind it that wants them in order copies them.",
        use="Between layers that want channels first and those that want features last, and before a matrix product.",
        params=(_dim("dim0", 1, "One of the two dimensions."), _dim("dim1", 2, "The other one.")),
        function="{input}.transpose({arguments})",
        summary="{dim0} ↔ {dim1}",
        sample=("N,3,5",),
        page="torch.transpose",
    ),
    Block(
        "Squeeze",
        Category.SHAPE,
        "squeeze",
        "Drops dimensions of size 1.",
        more=(
            "A dimension of another size stays as it is. They must be named, so that a batch of one sample stays a "
            "batch."
        ),
        formula=_COUNTED,
        shape_rule="The dimensions in dim are gone where their size is 1. All others stay.",
        cost=_FREE,
        use="After a layer with a single output, to make N×1 the N that a target has, or after global pooling.",
        params=(Param("dim", "shape", (-1,), "Which dimensions are dropped: one or several.", low=-8, high=8),),
        writes=_several("squeeze", "dim"),
        summary="dim {dim}",
        sample=("N,5,1",),
        page="torch.squeeze",
    ),
    Block(
        "Unsqueeze",
        Category.SHAPE,
        "unsqueeze",
        "Puts in a dimension of size 1.",
        more="It is there to be stretched: operations with several tensors repeat what has size 1.",
        formula=_COUNTED,
        shape_rule="A size of 1 comes in at dim, and what was there moves on. −1 puts it at the end.",
        cost=_FREE,
        use="To add the one channel of gray pictures, or to weigh channels: N×C becomes N×C×1.",
        params=(_dim("dim", 1, "Where the new dimension comes in."),),
        function="{input}.unsqueeze({arguments})",
        summary="at dim {dim}",
        sample=("N,3,5",),
        page="torch.unsqueeze",
    ),
    Block(
        "Roll",
        Category.SHAPE,
        "roll",
        "Pushes everything along; what falls out at the end comes in again at the front.",
        more="A negative shift pushes towards the front; several dimensions may be pushed at once.",
        formula="out[…, i, …] = in[…, (i − shift) mod size, …]",
        shape_rule="The shape does not change.",
        cost="It has no parameters. All numbers are copied once.",
        use="To shift the windows of a Swin transformer, or to compare each step of a sequence with the one before.",
        params=(
            Param("shifts", "shape", (1,), "How far, one number for each of dims.", low=-(10**6), high=10**6),
            Param("dims", "shape", (1,), "Which dimensions are pushed along.", low=-8, high=8),
        ),
        writes=_roll,
        summary="by {shifts} along dim {dims}",
        sample=("N,4,5",),
        page="torch.roll",
    ),
    Block(
        "Flip",
        Category.SHAPE,
        "flip",
        "Turns the order around along one or several dimensions.",
        more="The last comes first and the first last; no number is changed.",
        formula="out[…, i, …] = in[…, size − 1 − i, …]",
        shape_rule="The shape does not change.",
        cost="It has no parameters. All numbers are copied once.",
        use="To mirror pictures (dim 3), or to read a sequence from its end (dim 1).",
        params=(Param("dims", "shape", (-1,), "Which dimensions are turned around.", low=-8, high=8),),
        writes=_several("flip", "dims"),
        summary="dim {dims}",
        sample=("N,4,5",),
        page="torch.flip",
    ),
)
