"""Tensor operations that make a tensor larger by using its numbers several times."""

from __future__ import annotations

from collections.abc import Mapping

from netbuilder.blocks.block import Block, Category, Param, Port, Values
from netbuilder.blocks.spelling import listed, sizes


def _expand(values: Values, inputs: Mapping[str, str]) -> str:
    batch = f"{inputs['like']}.size(0)" if "like" in inputs else -1
    return f"{inputs['input']}.expand({listed([batch, *sizes(values, 'shape')])})"


def _tile(values: Values, inputs: Mapping[str, str]) -> str:
    return f"{inputs['input']}.tile({listed(sizes(values, 'repeats')) or '()'})"


BLOCKS: tuple[Block, ...] = (
    Block(
        "Expand",
        Category.SHAPE,
        "expand",
        "Stretches dimensions of size 1, as if their numbers were there several times.",
        more="The batch dimension is stretched to that of like, where that has a wire, and else stays as it is.",
        formula="out[…, i, …] = in[…, 0, …]\nfor every i along a stretched dimension",
        shape_rule="The output is N × shape, where −1 keeps a size. Only sizes of 1 can be stretched.",
        cost="It has no parameters and no memory: all copies are the same numbers. The gradient is their sum.",
        use="To give each sample its own copy of a learned tensor, as the class token of a vision transformer.",
        inputs=(Port("input"), Port("like", optional=True)),
        params=(Param("shape", "shape", (-1, 4), "The sizes behind the batch dimension; −1 keeps one.", low=-1),),
        writes=_expand,
        summary="{shape}",
        sample=("1,5,1", "N,3"),
        page="torch.Tensor.expand",
    ),
    Block(
        "ExpandAs",
        Category.SHAPE,
        "expand",
        "Stretches dimensions of size 1 until the shape is that of another tensor.",
        more="Operations such as Add and Multiply do this by themselves; a few others do not.",
        formula="out[…, i, …] = in[…, 0, …]\nfor every i along a stretched dimension",
        shape_rule="The output has the shape of other. Each size of the input must be the same there, or 1.",
        cost="It has no parameters and no memory: all copies are the same numbers. The gradient is their sum.",
        use="Before Gather, Concat and the like, which want shapes that fit exactly.",
        inputs=(Port("input"), Port("other")),
        function="{input}.expand_as({other})",
        sample=("N,4,1", "N,4,5"),
        page="torch.Tensor.expand_as",
    ),
    Block(
        "Tile",
        Category.SHAPE,
        "tile",
        "Lays several copies of the tensor side by side, like tiles.",
        more="With 2, a b c becomes a b c a b c. RepeatInterleave keeps equal numbers together instead.",
        formula="out[…, i, …] = in[…, i mod size, …]",
        shape_rule="The last sizes are multiplied by the numbers in repeats, one for each of them. All others stay.",
        cost="It has no parameters. The copies take memory; Expand does without where the size is 1.",
        use="To spread one row over a whole picture or sequence, so that it can be joined with each place of it.",
        params=(
            Param(
                "repeats", "shape", (1, 2), "How often, one number for each of the last dimensions.", low=1, high=10**6
            ),
        ),
        writes=_tile,
        summary="× {repeats}",
        sample=("N,4,5",),
        page="torch.tile",
    ),
    Block(
        "RepeatInterleave",
        Category.SHAPE,
        "repeat",
        "Repeats each number, or each row, several times in place.",
        more="With 2, a b c becomes a a b b c c. Tile lays whole copies side by side instead.",
        formula="out[…, i, …] = in[…, ⌊i / repeats⌋, …]",
        shape_rule="The size of dim is multiplied by repeats. All others stay.",
        cost="It has no parameters. The copies take memory.",
        use="To make a sequence or picture larger in blocks, or to share keys and values between heads of attention.",
        params=(
            Param("repeats", "int", 2, "How often each is there.", low=1, high=10**6, required=True, positional=True),
            Param("dim", "int", 1, "The dimension it works along.", low=-8, high=8, required=True, positional=True),
        ),
        function="{input}.repeat_interleave({arguments})",
        summary="× {repeats} along dim {dim}",
        sample=("N,4,5",),
        page="torch.repeat_interleave",
    ),
)
