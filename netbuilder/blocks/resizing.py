"""Layers that change the resolution: upsampling, shuffling, folding."""

from __future__ import annotations

from typing import Any

from netbuilder.blocks.block import Block, Category, Port
from netbuilder.blocks.sliding import PICTURE, sizes
from netbuilder.blocks.torch_params import take

_MODES = ("nearest", "nearest-exact", "linear", "bilinear", "bicubic", "trilinear", "area")

# torch wants a factor or a size, so the factor is always written unless it is taken out.
_FACTOR: dict[str, Any] = {
    "required": True,
    "default": 2,
    "help": "How many times as large each side becomes.",
    "low": 0.001,
    "high": 1000,
    "none": "as the size gives it",
}
_SIZE: dict[str, Any] = {
    "help": "Height and width that come out, in place of a scale factor.",
    "low": 1,
    "none": "as the scale factor gives it",
}
_UPSAMPLED = (
    "Height and width become ⌊size · scale_factor⌋, or the size that is given in its place. Samples and channels stay."
)
_WINDOW = sizes(
    PICTURE,
    kernel_size={"default": 3, "help": "Height and width of each window."},
    dilation={"help": "Distance between the points of a window."},
    padding={"help": "Rows and columns that the picture has around it."},
    stride={"help": "How far each window is from the one before."},
)
_LISTED = "k counts c, i and j, the last fastest\nw counts the windows row by row, so it stands for y and x"
_SEEN = PICTURE.seen()
_PICTURES = (Port("input", dims=(4,), dtype="float32"),)

BLOCKS: tuple[Block, ...] = (
    Block(
        "Upsample",
        Category.SHAPE,
        "up",
        "Makes a signal, a picture or a volume larger by repeating or mixing its numbers.",
        more=(
            "The mode says how: linear is for signals, bilinear and bicubic are for pictures, trilinear is for "
            "volumes, and the others are for all."
        ),
        formula=(
            "out[n, c, …, x] = in[n, c, …, s(x)] with mode nearest\ns(x) = ⌊x / scale_factor⌋, for each side\n"
            "the other modes add up several neighbours, the nearer ones with more weight"
        ),
        shape_rule=(
            "Every side behind the channels becomes ⌊size · scale_factor⌋, or the size that is given in its place. "
            "Samples and channels stay."
        ),
        cost=(
            "It has no parameters. With a factor of 2, a picture and all that follows take four times the memory; "
            "bicubic reads 16 numbers for each new one, nearest only one."
        ),
        use=(
            "In decoders, mostly followed by a convolution: together they do what a transposed convolution does, "
            "without its checkerboard patterns."
        ),
        inputs=(Port("input", dims=(3, 4, 5), dtype="float32"),),
        params=take(
            "nn.Upsample",
            # No single number: how many are wanted depends on what comes in.
            size={
                **_SIZE,
                "kind": "shape",
                "help": "Sizes that come out, one for each side, in place of a scale factor.",
            },
            scale_factor=_FACTOR,
            mode={"choices": _MODES, "help": "How the new numbers are made of the old ones."},
            align_corners={
                "kind": "bool",
                "none": "off",
                "help": "Let the outermost points stay at the edge, with the modes that end in linear or cubic.",
            },
            recompute_scale_factor={
                "kind": "bool",
                "none": "off",
                "help": "Stretch so that the rounded sizes are met exactly, when the scale factor is not whole.",
            },
        ),
        module="nn.Upsample",
        function="F.interpolate({input}{args})",
        summary="× {scale_factor} · {mode}",
        sample=("N,3,4,5",),
    ),
    Block(
        "UpsamplingNearest2d",
        Category.SHAPE,
        "up",
        "Makes the picture larger by repeating each pixel.",
        more="With a factor of 2, each pixel becomes a square of four; no new numbers arise.",
        formula="out[n, c, y, x] = in[n, c, ⌊y / scale_factor⌋, ⌊x / scale_factor⌋]",
        shape_rule=_UPSAMPLED,
        cost="It has no parameters and only copies. With a factor of 2, all that follows handles four times as much.",
        use="In decoders before a convolution, and for masks or labels that must not be mixed.",
        inputs=_PICTURES,
        params=take("nn.UpsamplingNearest2d", size=_SIZE, scale_factor=_FACTOR),
        module="nn.UpsamplingNearest2d",
        function='F.interpolate({input}{args}, mode="nearest")',
        summary="× {scale_factor}",
        sample=("N,3,4,5",),
    ),
    Block(
        "UpsamplingBilinear2d",
        Category.SHAPE,
        "up",
        "Makes the picture larger and smooth by mixing the four pixels around each new one.",
        more="The pixels in the corners stay in the corners, and those between them are spread out evenly.",
        formula=(
            "out[n, c, y, x] = Σ in[n, c, i, j] · near(v − i) · near(u − j)\nnear(d) = max(0, 1 − |d|)\n"
            "v = y · (in height − 1) / (out height − 1)\nu = x · (in width − 1) / (out width − 1)"
        ),
        shape_rule=_UPSAMPLED,
        cost=(
            "It has no parameters and reads four numbers for each new one. With a factor of 2, all that follows "
            "handles four times as much."
        ),
        use="To bring coarse maps, such as scores for each place, to the size of the picture without steps.",
        inputs=_PICTURES,
        params=take("nn.UpsamplingBilinear2d", size=_SIZE, scale_factor=_FACTOR),
        module="nn.UpsamplingBilinear2d",
        function='F.interpolate({input}{args}, mode="bilinear", align_corners=True)',
        summary="× {scale_factor}",
        sample=("N,3,4,5",),
    ),
    Block(
        "PixelShuffle",
        Category.SHAPE,
        "shuffle",
        "Lays several channels out side by side as the pixels of one larger channel.",
        more="No number is lost or made: only where the numbers stand changes, from depth to height and width.",
        formula=(
            "out[…, c, r·y + i, r·x + j] = in[…, r·r·c + r·i + j, y, x]\nr is upscale_factor\ni and j run from 0 to "
            "r − 1"
        ),
        shape_rule=(
            "Height and width are multiplied by upscale_factor, and the channels are divided by its square, which must "
            "divide them."
        ),
        cost=(
            "It has no parameters and copies its input once. A convolution before it works at the small size, which is "
            "why the two together are cheap."
        ),
        use="To make pictures sharper or larger: a convolution computes all pixels of a square as channels first.",
        inputs=(Port("input", dims=(4, 5)),),
        params=take(
            "nn.PixelShuffle",
            upscale_factor={"default": 2, "low": 1, "help": "How many times as high and wide the picture becomes."},
        ),
        module="nn.PixelShuffle",
        function="F.pixel_shuffle({input}{args})",
        summary="× {upscale_factor}",
        sample=("N,8,3,5",),
    ),
    Block(
        "PixelUnshuffle",
        Category.SHAPE,
        "unshuffle",
        "Takes the pixels of each small square apart into channels of a smaller picture.",
        more="No number is lost, as pooling would lose some: height and width become depth.",
        formula=(
            "out[…, r·r·c + r·i + j, y, x] = in[…, c, r·y + i, r·x + j]\nr is downscale_factor\ni and j run from 0 to "
            "r − 1"
        ),
        shape_rule=(
            "Height and width are divided by downscale_factor, which must divide them, and the channels are multiplied "
            "by its square."
        ),
        cost=(
            "It has no parameters and copies its input once. The next convolution has more channels to read, at fewer "
            "places."
        ),
        use="At the start of a network that works on large pictures, to compute at a smaller size without loss.",
        inputs=(Port("input", dims=(4, 5)),),
        params=take(
            "nn.PixelUnshuffle",
            downscale_factor={"default": 2, "low": 1, "help": "How many times less high and wide the picture becomes."},
        ),
        module="nn.PixelUnshuffle",
        function="F.pixel_unshuffle({input}{args})",
        summary="÷ {downscale_factor}",
        sample=("N,3,4,6",),
    ),
    Block(
        "ChannelShuffle",
        Category.SHAPE,
        "shuffle",
        "Changes the order of the channels so that each group gets some from every other.",
        more="The channels are dealt out like cards: first one of each group, then the next of each.",
        formula=(
            "out[n, groups·k + g, …] = in[n, (channels / groups)·g + k, …]\ng counts the groups, k the channels within "
            "one"
        ),
        shape_rule="The shape does not change. The groups must divide the channels.",
        cost="It has no parameters and copies its input once.",
        use="Between two convolutions with groups, which otherwise would never learn from each other's channels.",
        inputs=(Port("input", dims=(3, 4, 5)),),
        params=take("nn.ChannelShuffle", groups={"default": 2, "help": "How many groups of channels are mixed."}),
        module="nn.ChannelShuffle",
        function="F.channel_shuffle({input}{args})",
        summary="{groups} groups",
        sample=("N,6,3,5",),
    ),
    Block(
        "Unfold",
        Category.SHAPE,
        "unfold",
        "Cuts the picture into windows, and lists the numbers of each as one column.",
        more="It is the first half of a convolution: multiplied by weights, the columns become what a filter finds.",
        formula=f"out[n, k, w] = in[n, c, {_SEEN}]\n{_LISTED}",
        shape_rule=(
            "It becomes N × channels·kernel area × windows; a side has "
            "⌊(size + 2·padding − dilation·(kernel_size − 1) − 1) / stride⌋ + 1 of them."
        ),
        cost=(
            "It has no parameters, but a number is copied into every window that holds it: with a kernel size of 3 and "
            "a stride of 1, it takes nine times the memory."
        ),
        use="To cut pictures into patches for attention, or to do with each window what no convolution does.",
        inputs=_PICTURES,
        params=take("nn.Unfold", **_WINDOW),
        module="nn.Unfold",
        function="F.unfold({input}{args})",
        summary="{kernel_size} · stride {stride}",
        sample=("N,3,7,6",),
    ),
    Block(
        "Fold",
        Category.SHAPE,
        "fold",
        "Lays columns of numbers down as windows of a picture, and adds up where they overlap.",
        more="It reads what an Unfold with the same windows gives; a number comes back as often as it was cut.",
        formula=f"out[n, c, {_SEEN}] = Σ in[n, k, w] over all that lands there\n{_LISTED}",
        shape_rule=(
            "N × channels·kernel area × windows becomes N × channels × output_size. There must be just as many windows "
            "as such a picture has."
        ),
        cost="It has no parameters, and one addition for each number that comes in; it needs little memory of its own.",
        use="To put patches together to a picture again; divide by a fold of ones where the windows overlap.",
        inputs=(Port("input", dims=(3,), dtype="float32"),),
        params=take(
            "nn.Fold",
            **sizes(
                PICTURE, output_size={"default": 8, "help": "Height and width of the picture that comes out.", "low": 1}
            ),
            **_WINDOW,
        ),
        module="nn.Fold",
        function="F.fold({input}{args})",
        summary="to {output_size} · {kernel_size}",
        sample=("N,18,36",),
    ),
)
