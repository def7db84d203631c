"""Pools that are told what should come out, and choose their windows so that it does."""

from __future__ import annotations

from netbuilder.blocks.block import Block, Category, Port
from netbuilder.blocks.sliding import INDICES, PICTURE, SIGNAL, VOLUME, Space, sizes
from netbuilder.blocks.torch_params import take

_RETURN_INDICES = {"help": "Also give the place of each maximum, counted from the first."}


def _formula(space: Space, what: str) -> str:
    """The windows' borders are stated for the first of the dimensions; the others have the same."""
    axis, inner = space.axes[0], space.inner[0]
    others = {1: "", 2: "\nj likewise, from x", 3: "\ni and j likewise, from y and x"}[space.rank]
    return (
        f"out[n, c, {space.at}] = {what} in[n, c, {', '.join(space.inner)}]\n"
        f"{inner} from ⌊{axis} · size / output_size⌋\nto ⌈({axis} + 1) · size / output_size⌉ − 1{others}"
    )


def _shape(space: Space) -> str:
    return f"{space.become} output_size, whatever came in. The channels stay."


def _avg(space: Space, cost: str, use: str, sample: str) -> Block:
    name = f"AdaptiveAvgPool{space.rank}d"
    come = "comes" if space.rank == 1 else "come"
    return Block(
        name,
        Category.POOLING,
        "pool",
        f"Divides the {space.thing} into as many windows as are asked for, and keeps the mean of each.",
        more="The windows are as large as they have to be, and overlap where the division leaves a rest.",
        formula=_formula(space, "mean of"),
        shape_rule=_shape(space),
        cost=cost,
        use=use,
        inputs=space.inputs(),
        params=take(f"nn.{name}", **sizes(space, output_size=_output_size(space, come))),
        module=f"nn.{name}",
        function=f"F.adaptive_avg_pool{space.rank}d({{input}}{{args}})",
        summary="to {output_size}",
        sample=(sample,),
    )


def _max(space: Space, cost: str, use: str, sample: str) -> Block:
    name = f"AdaptiveMaxPool{space.rank}d"
    come = "comes" if space.rank == 1 else "come"
    return Block(
        name,
        Category.POOLING,
        "pool",
        f"Divides the {space.thing} into as many windows as are asked for, and keeps the largest value of each.",
        more="The windows are as large as they have to be, and overlap where the division leaves a rest.",
        formula=_formula(space, "max of"),
        shape_rule=_shape(space),
        cost=cost,
        use=use,
        inputs=space.inputs(),
        outputs=(Port("output"), INDICES),
        params=take(
            f"nn.{name}",
            **sizes(space, output_size=_output_size(space, come)),
            return_indices=_RETURN_INDICES,
        ),
        module=f"nn.{name}",
        function=f"F.adaptive_max_pool{space.rank}d({{input}}{{args}})",
        summary="to {output_size}",
        sample=(sample,),
    )


def _output_size(space: Space, come: str) -> dict[str, object]:
    return {"default": 1, "help": f"{space.sides} that {come} out.", "low": 1}


def _fractional(space: Space, cost: str, use: str, sample: str) -> Block:
    name = f"FractionalMaxPool{space.rank}d"
    starts = ", ".join(f"s({axis}) + {inner}" for axis, inner in zip(space.axes, space.inner, strict=True))
    return Block(
        name,
        Category.POOLING,
        "pool",
        f"Makes the {space.thing} smaller by any ratio, and keeps the largest value of each window.",
        more=(
            "Where the windows lie is drawn by lot for each sample and channel, even after training, so the same input "
            "can give different results."
        ),
        formula=(
            f"out[n, c, {space.at}] = max in[n, c, {starts}]\n"
            "s(y) = ⌊(y + u)·a⌋ − ⌊u·a⌋ with a random u from 0 to 1\n"
            "a = (size − kernel_size) / (output_size − 1)"
        ),
        shape_rule=(
            f"{space.become} output_size, or ⌊size · output_ratio⌋. Each must be at most size − kernel_size + 1. The "
            "channels stay."
        ),
        cost=cost,
        use=use,
        inputs=space.inputs(),
        outputs=(Port("output"), INDICES),
        params=take(
            f"nn.{name}",
            # Random numbers that torch's own tests pass in.
            without=("_random_samples",),
            **sizes(
                space,
                kernel_size={"default": 2, "help": f"{space.sides} of the window."},
                output_size={
                    "help": f"{space.sides} that come out, in place of a ratio.",
                    "low": 1,
                    "none": "as the ratio gives it",
                },
            ),
            # torch wants one of the two, so the ratio is always written unless it is taken out.
            output_ratio={
                "kind": "numbers",
                "rank": space.rank,
                "required": True,
                "default": (0.7,) * space.rank,
                "help": f"{space.sides} that come out, as parts of those that come in.",
                "low": 0.01,
                "high": 0.99,
                "none": "as the output size gives it",
            },
            return_indices=_RETURN_INDICES,
        ),
        module=f"nn.{name}",
        function=f"F.fractional_max_pool{space.rank}d({{input}}{{args}})",
        summary="{kernel_size} · ratio {output_ratio}",
        sample=(sample,),
    )


BLOCKS: tuple[Block, ...] = (
    _max(
        SIGNAL,
        "It has no parameters and looks at each step about once. All that follows costs the same for every length.",
        "For series of any length before a linear layer: an output size of 1 says whether something came at all.",
        "N,3,9",
    ),
    _max(
        PICTURE,
        "It has no parameters and looks at each place about once. All that follows costs the same for every picture.",
        "For pictures of any size before a linear layer: with an output size of 1 it says whether something is there.",
        "N,3,9,8",
    ),
    _max(
        VOLUME,
        "It has no parameters and looks at each place about once. All that follows costs the same for every volume.",
        "For scans or videos of any size before a linear layer, where one strong finding should be enough.",
        "N,3,7,8,6",
    ),
    _avg(
        SIGNAL,
        "It has no parameters and looks at each step about once. All that follows costs the same for every length.",
        "For series of any length before a linear layer: with an output size of 1 it is the mean over all steps.",
        "N,3,9",
    ),
    _avg(
        PICTURE,
        "It has no parameters. After it, the first linear layer needs channels · output area weights for each of its "
        "outputs, mostly far fewer than without it.",
        "Before the last linear layer of a network that sees: with an output size of 1 it is the mean of each channel, "
        "for pictures of any size.",
        "N,3,9,8",
    ),
    _avg(
        VOLUME,
        "It has no parameters and looks at each place about once. All that follows costs the same for every volume.",
        "Before the last linear layer of a network for scans or videos, so that their size does not matter.",
        "N,3,7,8,6",
    ),
    _fractional(
        PICTURE,
        "It has no parameters, and draws two random numbers for each sample and channel. Smaller steps than a half "
        "mean more layers, and so more time.",
        "For networks with many layers that make the picture smaller little by little; the chance in it works against "
        "overfitting.",
        "N,3,9,8",
    ),
    _fractional(
        VOLUME,
        "It has no parameters, and draws three random numbers for each sample and channel. A ratio of 0.7 in all three "
        "directions leaves a third of the numbers.",
        "For networks through volumes that should become smaller more slowly than by halves; the chance in it works "
        "against overfitting.",
        "N,3,7,8,6",
    ),
)
