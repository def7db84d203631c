"""Layers that slide learned filters over a signal, a picture or a volume."""

from __future__ import annotations

from netbuilder.blocks.block import Block, Category, Param
from netbuilder.blocks.sliding import PICTURE, SIGNAL, VOLUME, Space, sizes, windows
from netbuilder.blocks.torch_params import take

_SUMMARY = "{in_channels}→{out_channels} · {kernel_size}"


def _params(space: Space) -> tuple[Param, ...]:
    rows = {1: "places", 2: "rows and columns", 3: "layers, rows and columns"}[space.rank]
    about = sizes(
        space,
        kernel_size={"default": 3, "help": f"{space.sides} of each filter."},
        stride={"help": "How far the filter moves each time."},
        dilation={"help": "Distance between the points of the filter."},
    )
    # Also for a signal no plain number: it may be a word.
    padding = {
        "help": f"{space.added}; same keeps the size, valid adds none.",
        "choices": ("valid", "same"),
        "rank": space.rank,
    }
    return take(
        f"nn.Conv{space.rank}d",
        **about,
        padding=padding,
        bias={"help": "Add a learned number to each channel."},
        padding_mode={"help": f"What the added {rows} hold."},
    )


def _transposed_params(space: Space) -> tuple[Param, ...]:
    rows, end = {
        1: ("Places cut off at both ends of the result.", "Places added at the end of the result"),
        2: ("Rows and columns cut off around the result.", "Rows and columns added at the bottom and the right"),
        3: ("Layers, rows and columns cut off around the result.", "Layers, rows and columns added at one end each"),
    }[space.rank]
    about = sizes(
        space,
        kernel_size={"default": 3, "help": f"{space.sides} of each filter."},
        stride={"help": "How far apart neighbours of the input land in the output."},
        padding={"help": rows},
        output_padding={"help": f"{end}; it must be less than the stride or the dilation.", "low": 0},
        dilation={"help": "Distance between the points of the filter."},
    )
    return take(
        f"nn.ConvTranspose{space.rank}d",
        # torch knows only zeros here.
        without=("padding_mode",),
        **about,
        bias={"help": "Add a learned number to each channel."},
    )


def _formula(space: Space) -> str:
    return (
        f"out[n, c, {space.at}] = bias[c] + Σ weight[c, k, {', '.join(space.inner)}] · in[n, k, {space.seen()}]\n"
        f"Σ runs over the channels k and the filter's {space.inside}"
    )


def _transposed_formula(space: Space) -> str:
    return (
        f"out[n, c, {space.seen()}] is bias[c] + Σ in[n, k, {space.at}] · weight[k, c, {', '.join(space.inner)}]\n"
        "Σ runs over the channels k and all that lands there"
    )


def _shape(space: Space) -> str:
    rule = windows(space, "size + 2·padding − dilation·(kernel_size − 1) − 1")
    return f"{rule}. The channels become out_channels."


def _transposed_shape(space: Space) -> str:
    return (
        f"{space.become} (size − 1)·stride − 2·padding + dilation·(kernel_size − 1) + output_padding + 1. "
        "The channels become out_channels."
    )


BLOCKS: tuple[Block, ...] = (
    Block(
        "Conv1d",
        Category.CONVOLUTION,
        "conv",
        "Slides learned filters along the signal and adds up what each finds.",
        more="Each filter looks at a few neighbouring steps at a time, so it finds its pattern whenever that comes.",
        formula=_formula(SIGNAL),
        shape_rule=_shape(SIGNAL),
        cost=(
            "Parameters: out_channels · (in_channels / groups · kernel_size + 1). Each of them is used once at every "
            "step of the output, so long signals cost most."
        ),
        use=(
            "For sound, sensors and other series, channels before steps: it finds short patterns wherever they are. "
            "A padding of half the kernel size keeps the length."
        ),
        inputs=SIGNAL.inputs(),
        params=_params(SIGNAL),
        module="nn.Conv1d",
        summary=_SUMMARY,
        sample=("N,4,9",),
    ),
    Block(
        "Conv2d",
        Category.CONVOLUTION,
        "conv",
        "Slides learned filters over the picture and adds up what each finds.",
        more="Each filter looks at one small window after another, so it finds its pattern wherever that is.",
        formula=_formula(PICTURE),
        shape_rule=_shape(PICTURE),
        cost=(
            "Parameters: out_channels · (in_channels / groups · kernel area + 1). Each of them is used once at every "
            "place of the output, so large pictures cost most."
        ),
        use=(
            "To find edges, textures and shapes in pictures: the usual first layers of a network that sees. A "
            "padding of half the kernel size keeps height and width."
        ),
        inputs=PICTURE.inputs(),
        params=_params(PICTURE),
        module="nn.Conv2d",
        summary=_SUMMARY,
        sample=("N,4,9,8",),
    ),
    Block(
        "Conv3d",
        Category.CONVOLUTION,
        "conv",
        "Slides learned filters through the volume and adds up what each finds.",
        more=(
            "Each filter is a small block that looks in all three directions at once, so it finds bodies in space or "
            "movements in time."
        ),
        formula=_formula(VOLUME),
        shape_rule=_shape(VOLUME),
        cost=(
            "Parameters: out_channels · (in_channels / groups · kernel volume + 1). Each of them is used once at every "
            "place of the output: of all convolutions, it takes most time and memory."
        ),
        use="For scans of a body, simulations and short videos: depth or time matters as much as height and width.",
        inputs=VOLUME.inputs(),
        params=_params(VOLUME),
        module="nn.Conv3d",
        summary=_SUMMARY,
        sample=("N,4,7,8,6",),
    ),
    Block(
        "ConvTranspose1d",
        Category.CONVOLUTION,
        "deconv",
        "Lays a learned filter down at every step of a longer signal, as strongly as the input says.",
        more="It undoes what a convolution does to the length, not to the numbers: a stride of 2 about doubles it.",
        formula=_transposed_formula(SIGNAL),
        shape_rule=_transposed_shape(SIGNAL),
        cost=(
            "Parameters: out_channels · (in_channels / groups · kernel_size + 1). Each weight is used once at every "
            "step of the input; the longer output takes the memory."
        ),
        use="In networks that make sound or other series out of a short code: each such layer makes the signal longer.",
        inputs=SIGNAL.inputs(),
        params=_transposed_params(SIGNAL),
        module="nn.ConvTranspose1d",
        summary=_SUMMARY,
        sample=("N,4,9",),
    ),
    Block(
        "ConvTranspose2d",
        Category.CONVOLUTION,
        "deconv",
        "Lays a learned filter down at every place of a larger picture, as strongly as the input says.",
        more=(
            "It undoes what a convolution does to height and width, not to the numbers: a stride of 2 about doubles "
            "them."
        ),
        formula=_transposed_formula(PICTURE),
        shape_rule=_transposed_shape(PICTURE),
        cost=(
            "Parameters: out_channels · (in_channels / groups · kernel area + 1). Each weight is used once at every "
            "place of the input; the larger output takes the memory."
        ),
        use=(
            "In decoders and in networks that draw, to get back to a full picture. A kernel size that is a multiple "
            "of the stride helps against checkerboard patterns."
        ),
        inputs=PICTURE.inputs(),
        params=_transposed_params(PICTURE),
        module="nn.ConvTranspose2d",
        summary=_SUMMARY,
        sample=("N,4,6,5",),
    ),
    Block(
        "ConvTranspose3d",
        Category.CONVOLUTION,
        "deconv",
        "Lays a learned block down at every place of a larger volume, as strongly as the input says.",
        more=(
            "It undoes what a convolution does to the sizes, not to the numbers: a stride of 2 about doubles all three "
            "of them."
        ),
        formula=_transposed_formula(VOLUME),
        shape_rule=_transposed_shape(VOLUME),
        cost=(
            "Parameters: out_channels · (in_channels / groups · kernel volume + 1). A stride of 2 makes the output "
            "eight times as large as the input, which soon fills the memory."
        ),
        use="To mark every point of a scan, or to make volumes: it brings back the sizes that pooling took away.",
        inputs=VOLUME.inputs(),
        params=_transposed_params(VOLUME),
        module="nn.ConvTranspose3d",
        summary=_SUMMARY,
        sample=("N,4,3,5,4",),
    ),
)
