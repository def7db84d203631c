"""Layers that look at pictures through a window: convolution and pooling."""

from __future__ import annotations

from netbuilder.blocks.block import Block, Category, Follows, Param, Port

_IMAGES = (Port("input", dims=(4,), dtype="float32"),)


def _pool_params(extra: tuple[Param, ...]) -> tuple[Param, ...]:
    return (
        Param("kernel_size", "size", 2, "Height and width of the window.", low=1, required=True, positional=True),
        Param(
            "stride",
            "size",
            None,
            "How far the window moves each time.",
            low=1,
            positional=True,
            none="same as kernel size",
        ),
        Param("padding", "size", 0, "Rows and columns added around the picture.", low=0),
        *extra,
    )


BLOCKS = (
    Block(
        "Conv2d",
        Category.CONVOLUTION,
        "conv",
        "Slides learned filters over the picture and adds up what each finds.",
        more="Each filter looks at one small window after another, so it finds its pattern wherever that is.",
        formula=(
            "out[n, c, y, x] = bias[c] + Σ weight[c, k, i, j] · in[n, k, y·stride + i·dilation − padding, "
            "x·stride + j·dilation − padding]\nΣ runs over the channels k and the filter's rows i and columns j"
        ),
        shape_rule=(
            "Height and width become ⌊(size + 2·padding − dilation·(kernel_size − 1) − 1) / stride⌋ + 1. The "
            "channels become out_channels."
        ),
        use=(
            "To find edges, textures and shapes in pictures: the usual first layers of a network that sees. A "
            "padding of half the kernel size keeps height and width."
        ),
        inputs=_IMAGES,
        params=(
            Param(
                "in_channels",
                "int",
                None,
                "Channels that come in.",
                low=1,
                follows=Follows("input", 1),
                required=True,
                positional=True,
            ),
            Param(
                "out_channels",
                "int",
                16,
                "How many filters, and so channels that go out.",
                low=1,
                required=True,
                positional=True,
            ),
            Param("kernel_size", "size", 3, "Height and width of each filter.", low=1, required=True, positional=True),
            Param("stride", "size", 1, "How far the filter moves each time.", low=1),
            Param("padding", "size", 0, "Rows and columns added around the picture.", low=0),
            Param("dilation", "size", 1, "Distance between the points of the filter.", low=1),
            Param("groups", "int", 1, "Groups of channels that do not see each other.", low=1),
            Param("bias", "bool", True, "Add a learned number to each channel."),
            Param(
                "padding_mode",
                "choice",
                "zeros",
                "What the added rows and columns hold.",
                choices=("zeros", "reflect", "replicate", "circular"),
            ),
        ),
        module="nn.Conv2d",
        summary="{in_channels}→{out_channels} · {kernel_size}",
    ),
    Block(
        "MaxPool2d",
        Category.POOLING,
        "pool",
        "Keeps the largest value of each window.",
        more="What was found in a window is kept, exactly where it was is forgotten.",
        formula=(
            "out[n, c, y, x] = max in[n, c, y·stride + i·dilation − padding, x·stride + j·dilation − padding]\n"
            "max runs over the window's rows i and columns j"
        ),
        shape_rule=(
            "Height and width become ⌊(size + 2·padding − dilation·(kernel_size − 1) − 1) / stride⌋ + 1; with "
            "ceil_mode the quotient is rounded up, unless the last window would then begin behind the picture. The"
            " channels stay."
        ),
        use="After a convolution, to make the picture smaller: what follows sees more of it and costs less.",
        inputs=_IMAGES,
        params=_pool_params(
            (
                Param("dilation", "size", 1, "Distance between the points of the window.", low=1),
                Param("ceil_mode", "bool", False, "Keep the last window even when it sticks out."),
            )
        ),
        module="nn.MaxPool2d",
        function="F.max_pool2d({input}{args})",
        summary="{kernel_size} · stride {stride}",
    ),
    Block(
        "AvgPool2d",
        Category.POOLING,
        "pool",
        "Keeps the mean of each window.",
        more=(
            "The sum is divided by all places of the window, or without count_include_pad by those inside the picture."
        ),
        formula=(
            "out[n, c, y, x] = Σ in[n, c, y·stride + i − padding, x·stride + j − padding] / (height·width)\n"
            "Σ runs over the window's rows i and columns j"
        ),
        shape_rule=(
            "Height and width become ⌊(size + 2·padding − kernel_size) / stride⌋ + 1; with ceil_mode the "
            "quotient is rounded up, unless the last window would then begin behind the picture. The channels "
            "stay."
        ),
        use=(
            "To make the picture smaller and smoother, or to sum up what the last convolution found before the scores."
        ),
        inputs=_IMAGES,
        params=_pool_params(
            (
                Param("ceil_mode", "bool", False, "Keep the last window even when it sticks out."),
                Param("count_include_pad", "bool", True, "Count the added zeros in the mean."),
            )
        ),
        module="nn.AvgPool2d",
        function="F.avg_pool2d({input}{args})",
        summary="{kernel_size} · stride {stride}",
    ),
)
