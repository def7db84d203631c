"""Layers that sum up one window after another, and those that put back what was found."""

from __future__ import annotations

from netbuilder.blocks.block import Block, Category, Param, Port
from netbuilder.blocks.sliding import INDICES, PICTURE, SIGNAL, VOLUME, Space, rounded, sizes, window

_SUMMARY = "{kernel_size} · stride {stride}"
_MAX_ROOM = "size + 2·padding − dilation·(kernel_size − 1) − 1"


def _max_params(space: Space) -> tuple[Param, ...]:
    own = sizes(space, padding={"help": f"{space.added}."}, dilation={})
    indices = {"help": "Also give the place of each maximum, as unpooling needs it."}
    return window(f"nn.MaxPool{space.rank}d", space, **own, return_indices=indices)


def _avg_params(space: Space) -> tuple[Param, ...]:
    about = sizes(space, padding={"help": f"{space.added}."})
    about["count_include_pad"] = {"help": "Count the added zeros in the mean."}
    if space.rank > 1:  # torch has none for signals
        places = "number of places in the window"
        about["divisor_override"] = {"help": "What the sum is divided by.", "low": 1, "none": places}
    return window(f"nn.AvgPool{space.rank}d", space, **about)


def _lp_params(space: Space) -> tuple[Param, ...]:
    power = {"default": 2, "help": "The power to which each number is raised.", "low": 0.1, "high": 100}
    return window(f"nn.LPPool{space.rank}d", space, norm_type=power)


def _unpool_params(space: Space) -> tuple[Param, ...]:
    own = sizes(space, padding={"help": "The padding that the pooling had."})
    # Given at the call: several sizes are pooled to the same one, so the layer cannot know it. torch takes no single
    # number here.
    size = Param(
        "output_size",
        "shape",
        None,
        f"{space.sides} to come back to, where the window does not fit in evenly.",
        low=1,
        none="as the windows give it",
        in_forward=True,
    )
    return (*window(f"nn.MaxUnpool{space.rank}d", space, **own), size)


def _max_formula(space: Space) -> str:
    return f"out[n, c, {space.at}] = max in[n, c, {space.seen()}]\nmax runs over the window's {space.inside}"


def _avg_formula(space: Space) -> str:
    number = {1: "kernel_size", 2: "(height·width)", 3: "(depth·height·width)"}[space.rank]
    return (
        f"out[n, c, {space.at}] = Σ in[n, c, {space.seen(dilation=False)}] / {number}\n"
        f"Σ runs over the window's {space.inside}"
    )


def _lp_formula(space: Space) -> str:
    return (
        f"out[n, c, {space.at}] = (Σ in[n, c, {space.seen(dilation=False, padding=False)}]^p)^(1/p)\n"
        f"Σ runs over the window's {space.inside}\np is norm_type"
    )


def _unpool_formula(space: Space) -> str:
    counted = {1: "", 2: ", counted row by row", 3: ", counted layer by layer and row by row"}[space.rank]
    at = space.at
    return f"out[n, c, p] = in[n, c, {at}] where p is indices[n, c, {at}]{counted}\nout = 0 at all other places"


def _max_pool(space: Space, more: str, cost: str, use: str, sample: str) -> Block:
    return Block(
        f"MaxPool{space.rank}d",
        Category.POOLING,
        "pool",
        "Keeps the largest value of each window.",
        more=more,
        formula=_max_formula(space),
        shape_rule=rounded(space, _MAX_ROOM),
        cost=cost,
        use=use,
        inputs=space.inputs(),
        outputs=(Port("output"), INDICES),
        params=_max_params(space),
        module=f"nn.MaxPool{space.rank}d",
        function=f"F.max_pool{space.rank}d({{input}}{{args}})",
        summary=_SUMMARY,
        sample=(sample,),
    )


def _avg_pool(space: Space, more: str, cost: str, use: str, sample: str) -> Block:
    return Block(
        f"AvgPool{space.rank}d",
        Category.POOLING,
        "pool",
        "Keeps the mean of each window.",
        more=more,
        formula=_avg_formula(space),
        shape_rule=rounded(space, "size + 2·padding − kernel_size"),
        cost=cost,
        use=use,
        inputs=space.inputs(),
        params=_avg_params(space),
        module=f"nn.AvgPool{space.rank}d",
        function=f"F.avg_pool{space.rank}d({{input}}{{args}})",
        summary=_SUMMARY,
        sample=(sample,),
    )


def _lp_pool(space: Space, use: str, sample: str) -> Block:
    return Block(
        f"LPPool{space.rank}d",
        Category.POOLING,
        "pool",
        "Raises the numbers of each window to a power, adds them up and takes the root.",
        more=(
            "A norm_type of 1 gives the sum, a large one nearly the maximum; negative numbers need a norm_type of 1 or "
            "an even one."
        ),
        formula=_lp_formula(space),
        shape_rule=rounded(space, "size − kernel_size"),
        cost=(
            "It has no parameters. Powers and roots make it somewhat slower than the other pools, and it keeps the "
            "powers of all numbers for the gradient."
        ),
        use=use,
        inputs=space.inputs(),
        params=_lp_params(space),
        module=f"nn.LPPool{space.rank}d",
        function=f"F.lp_pool{space.rank}d({{input}}{{args}})",
        summary="power {norm_type} · {kernel_size}",
        sample=(sample,),
    )


def _unpool(space: Space, cost: str, use: str, sample: tuple[str, str]) -> Block:
    dims = (space.rank + 2,)
    return Block(
        f"MaxUnpool{space.rank}d",
        Category.POOLING,
        "unpool",
        "Puts each maximum back where the pooling found it, and zeros everywhere else.",
        more=(
            f"It takes the indices of a MaxPool{space.rank}d with the same window; what was not the largest is lost "
            "all the same."
        ),
        formula=_unpool_formula(space),
        shape_rule=(
            f"{space.become} (size − 1)·stride − 2·padding + kernel_size, or the output_size that is given. The "
            "channels stay."
        ),
        cost=cost,
        use=use,
        inputs=space.inputs(Port("indices", dims=dims, dtype="int64")),
        params=_unpool_params(space),
        module=f"nn.MaxUnpool{space.rank}d",
        function=f"F.max_unpool{space.rank}d({{input}}, {{indices}}{{args}})",
        summary=_SUMMARY,
        sample=sample,
    )


BLOCKS: tuple[Block, ...] = (
    _max_pool(
        SIGNAL,
        "What was found in a window is kept, exactly when it was is forgotten.",
        "It has no parameters and costs next to nothing. With a stride of 2, what follows has half the numbers to "
        "handle.",
        "After a convolution along a signal, to make it shorter: what follows sees a longer stretch and costs less.",
        "N,3,9",
    ),
    _max_pool(
        PICTURE,
        "What was found in a window is kept, exactly where it was is forgotten.",
        "It has no parameters and costs next to nothing. With a stride of 2, what follows has a quarter of the numbers "
        "to handle.",
        "After a convolution, to make the picture smaller: what follows sees more of it and costs less.",
        "N,3,9,8",
    ),
    _max_pool(
        VOLUME,
        "What was found in a window is kept, exactly where in the volume it was is forgotten.",
        "It has no parameters. With a stride of 2, what follows has an eighth of the numbers to handle, which volumes "
        "mostly need to fit into memory.",
        "After a convolution through a volume, early and often: depth, height and width all become smaller.",
        "N,3,7,8,6",
    ),
    _avg_pool(
        SIGNAL,
        "The sum is divided by the length of the window, or without count_include_pad by the places inside the signal.",
        "It has no parameters and costs next to nothing. With a stride of 2, what follows has half the numbers to "
        "handle.",
        "To make a series shorter and calmer: a mean over neighbouring steps takes out the noise.",
        "N,3,9",
    ),
    _avg_pool(
        PICTURE,
        "The sum is divided by all places of the window, or without count_include_pad by those inside the picture.",
        "It has no parameters and costs next to nothing. With a stride of 2, what follows has a quarter of the numbers "
        "to handle.",
        "To make the picture smaller and smoother, or to sum up what the last convolution found before the scores.",
        "N,3,9,8",
    ),
    _avg_pool(
        VOLUME,
        "The sum is divided by all places of the window, or without count_include_pad by those inside the volume.",
        "It has no parameters. With a stride of 2, what follows has an eighth of the numbers to handle.",
        "To make scans and videos smaller and smoother, where a maximum would pick out the noise.",
        "N,3,7,8,6",
    ),
    _lp_pool(
        SIGNAL,
        "For the strength of a signal in each stretch: with a norm_type of 2, the root of its energy.",
        "N,3,9",
    ),
    _lp_pool(
        PICTURE,
        "Between sum and maximum: to count all of a window of the picture, but the strong places more.",
        "N,3,9,8",
    ),
    _lp_pool(
        VOLUME,
        "Between sum and maximum: to count all of a block of the volume, but the strong places more.",
        "N,3,7,8,6",
    ),
    _unpool(
        SIGNAL,
        "It has no parameters and only moves numbers. The indices have to be kept until then, 8 bytes for each number.",
        "In decoders of signals, to bring peaks back to the very step at which the encoder saw them.",
        ("N,3,4", "N,3,4:int64<8"),
    ),
    _unpool(
        PICTURE,
        "It has no parameters and only moves numbers. The indices have to be kept until then, 8 bytes for each number, "
        "and the result is four times as large.",
        "To mark things in pictures sharply: the decoder puts edges back where the encoder saw them.",
        ("N,3,4,5", "N,3,4,5:int64<80"),
    ),
    _unpool(
        VOLUME,
        "It has no parameters and only moves numbers. The indices have to be kept until then, 8 bytes for each number, "
        "and the result is eight times as large.",
        "To mark things in scans sharply: the decoder puts borders back where the encoder saw them.",
        ("N,3,2,4,3", "N,3,2,4,3:int64<192"),
    ),
)
