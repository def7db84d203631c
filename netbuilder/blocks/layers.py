"""Layers and tensor operations: what a network's `forward` is made of."""

from __future__ import annotations

from netbuilder.blocks.block import Block, Category, Follows, Param, Port, TensorType, Values

_FLOAT = (Port("input", dtype="float32"),)
_IMAGES = (Port("input", dims=(4,), dtype="float32"),)


def _input(values: Values) -> dict[str, TensorType]:
    shape, dtype = values["shape"], values["dtype"]
    assert isinstance(shape, tuple)
    return {"output": TensorType(shape, "int64" if dtype == "int64" else "float32")}


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
        "Input",
        Category.ENDS,
        "input",
        "A tensor that comes from outside, where the drawing has no data.",
        inputs=(),
        params=(
            Param("shape", "shape", (1, 28, 28), "Shape of one sample, without the batch dimension.", low=1),
            Param("dtype", "choice", "float32", "Type of the numbers.", choices=("float32", "int64")),
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
        outputs=(),
        role="output",
    ),
    Block(
        "Conv2d",
        Category.CONVOLUTION,
        "conv",
        "Slides learned filters over the picture and adds up what each finds.",
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
    Block(
        "Linear",
        Category.LINEAR,
        "fc",
        "Every output is a learned weighted sum of all inputs.",
        inputs=_FLOAT,
        params=(
            Param(
                "in_features",
                "int",
                None,
                "Numbers that come in per sample.",
                low=1,
                follows=Follows("input", -1),
                required=True,
                positional=True,
            ),
            Param("out_features", "int", 10, "Numbers that go out per sample.", low=1, required=True, positional=True),
            Param("bias", "bool", True, "Add a learned number to each output."),
        ),
        module="nn.Linear",
        summary="{in_features}→{out_features}",
    ),
    Block(
        "ReLU",
        Category.ACTIVATION,
        "relu",
        "Lets positive numbers through and makes negative ones zero.",
        inputs=_FLOAT,
        module="nn.ReLU",
        function="F.relu({input})",
    ),
    Block(
        "Sigmoid",
        Category.ACTIVATION,
        "sigmoid",
        "Squeezes every number between 0 and 1.",
        inputs=_FLOAT,
        module="nn.Sigmoid",
        function="torch.sigmoid({input})",
    ),
    Block(
        "Tanh",
        Category.ACTIVATION,
        "tanh",
        "Squeezes every number between −1 and 1.",
        inputs=_FLOAT,
        module="nn.Tanh",
        function="torch.tanh({input})",
    ),
    Block(
        "Clamp",
        Category.ACTIVATION,
        "clamp",
        "Cuts off numbers below the least and above the greatest.",
        params=(
            Param("min", "float", 0, "Smaller numbers become this one.", none="no limit", required=True),
            Param("max", "float", None, "Greater numbers become this one.", none="no limit"),
        ),
        function="{input}.clamp({arguments})",
        summary="{min} to {max}",
    ),
    Block(
        "Dropout",
        Category.NORMALIZATION,
        "dropout",
        "While training, sets numbers to zero at random so that none is relied on too much.",
        inputs=_FLOAT,
        params=(Param("p", "float", 0.5, "How likely each number is to become zero.", low=0, high=1, positional=True),),
        module="nn.Dropout",
        function="F.dropout({input}{args}, training=self.training)",
        summary="p = {p}",
    ),
    Block(
        "BatchNorm2d",
        Category.NORMALIZATION,
        "norm",
        "Brings each channel to mean 0 and spread 1 over the batch, then rescales it as learned.",
        inputs=_IMAGES,
        params=(
            Param(
                "num_features",
                "int",
                None,
                "Channels that come in.",
                low=1,
                follows=Follows("input", 1),
                required=True,
                positional=True,
            ),
            Param("eps", "float", 1e-05, "Added to the variance so that nothing is divided by zero.", low=0),
            Param("momentum", "float", 0.1, "How fast the running mean and variance follow.", low=0, high=1),
            Param("affine", "bool", True, "Learn a scale and an offset for each channel."),
            Param("track_running_stats", "bool", True, "Remember mean and variance for use after training."),
        ),
        module="nn.BatchNorm2d",
        summary="{num_features} channels",
    ),
    Block(
        "Flatten",
        Category.SHAPE,
        "flatten",
        "Lays the dimensions of each sample out in one row.",
        params=(
            Param("start_dim", "int", 1, "First dimension that is laid out.", low=-8, high=8, positional=True),
            Param("end_dim", "int", -1, "Last dimension that is laid out.", low=-8, high=8),
        ),
        module="nn.Flatten",
        function="torch.flatten({input}, {start_dim}{args})",
        summary="from dim {start_dim}",
    ),
    Block(
        "Add",
        Category.SHAPE,
        "add",
        "Adds its inputs number by number.",
        params=(Param("inputs", "int", 2, "How many tensors are added.", low=2, high=16, written=False),),
        function="{sum}",
        count="inputs",
        summary="{inputs} tensors",
    ),
    Block(
        "Concat",
        Category.SHAPE,
        "concat",
        "Puts its inputs one after another along a dimension.",
        params=(
            Param("inputs", "int", 2, "How many tensors are joined.", low=2, high=16, written=False),
            Param("dim", "int", 1, "The dimension along which they are joined.", low=-8, high=8),
        ),
        function="torch.cat(({inputs}), {dim})",
        count="inputs",
        summary="along dim {dim}",
    ),
)
