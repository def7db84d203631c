"""Layers that leave numbers out at random while training."""

from __future__ import annotations

from netbuilder.blocks.block import Block, Category, Param, Port
from netbuilder.blocks.torch_params import take

_KEEP = "keep is 0 with probability p, else 1"
_CHANNEL = f"out = in · keep[n, c] / (1 − p) while training\nout = in afterwards\n{_KEEP}"
_ALPHA = "a = 1 / √((1 − p) · (1 + 1.7581² · p))\nb = 1.7581 · a · p"


def _p(name: str, words: str) -> tuple[Param, ...]:
    return take(f"nn.{name}", p={"help": words, "positional": True})


def _channels(name: str, what: str, place: str, dims: int, use: str, sample: str) -> Block:
    """Dropout of whole channels: `what` a channel is, and what the numbers of one `place` after another make up."""
    return Block(
        name,
        Category.NORMALIZATION,
        "dropout",
        f"While training, sets whole channels to zero at random: each is {what}.",
        more=(
            f"Neighbours in {place} are much alike, so single numbers left out would hardly be missed. Afterwards "
            "everything is let through."
        ),
        formula=_CHANNEL,
        shape_rule="The shape does not change.",
        cost="It has no parameters. Only one random number is drawn for each channel of each sample.",
        use=use,
        inputs=(Port("input", dims=(dims,), dtype="float32"),),
        params=_p(name, "How likely each channel is to become zero."),
        module=f"nn.{name}",
        function=f"F.{name.lower()}({{input}}{{args}}, training=self.training)",
        summary="p = {p}",
        sample=(sample,),
    )


BLOCKS: tuple[Block, ...] = (
    Block(
        "Dropout",
        Category.NORMALIZATION,
        "dropout",
        "While training, sets numbers to zero at random so that none is relied on too much.",
        more=(
            "What is left is made larger so that the mean stays; after training, everything is let through as it is."
        ),
        formula=f"out = in · keep / (1 − p) while training\nout = in afterwards\n{_KEEP}",
        shape_rule="The shape does not change.",
        cost="It has no parameters. While training it draws a random number for each number; afterwards it is free.",
        use="When the training loss falls but the validation loss does not: mostly before the last linear layers.",
        inputs=(Port("input", dtype="float32"),),
        params=_p("Dropout", "How likely each number is to become zero."),
        module="nn.Dropout",
        function="F.dropout({input}{args}, training=self.training)",
        summary="p = {p}",
        sample=("N,3,5",),
    ),
    _channels(
        "Dropout1d",
        "one row of steps",
        "a sequence",
        3,
        "Between one-dimensional convolutions, when the training loss falls but the validation loss does not.",
        "N,3,5",
    ),
    _channels(
        "Dropout2d",
        "one picture of what a filter found",
        "a picture",
        4,
        "Between convolutions over pictures, when the training loss falls but the validation loss does not.",
        "N,3,5,6",
    ),
    _channels(
        "Dropout3d",
        "one volume of what a filter found",
        "a volume",
        5,
        "Between convolutions over volumes or films, when the training loss falls but the validation loss does not.",
        "N,3,4,5,6",
    ),
    Block(
        "AlphaDropout",
        Category.NORMALIZATION,
        "dropout",
        "While training, replaces numbers at random so that mean and spread of all stay the same.",
        more=(
            "What is left out becomes the lowest number that SELU gives, and all are then scaled and moved. Afterwards "
            "everything is let through."
        ),
        formula=f"out = a · (in · keep − 1.7581 · (1 − keep)) + b\n{_ALPHA}\n{_KEEP}",
        shape_rule="The shape does not change.",
        cost="It has no parameters. While training it draws a random number for each number; afterwards it is free.",
        use="After SELU, whose mean 0 and spread 1 a plain dropout would spoil.",
        inputs=(Port("input", dtype="float32"),),
        params=_p("AlphaDropout", "How likely each number is to be replaced."),
        module="nn.AlphaDropout",
        function="F.alpha_dropout({input}{args}, training=self.training)",
        summary="p = {p}",
        sample=("N,3,5",),
    ),
    Block(
        "FeatureAlphaDropout",
        Category.NORMALIZATION,
        "dropout",
        "While training, replaces whole channels at random so that mean and spread of all stay the same.",
        more=(
            "A channel left out becomes the lowest number that SELU gives, and all are then scaled and moved. "
            "Afterwards everything is let through."
        ),
        formula=f"out = a · (in · keep[n, c] − 1.7581 · (1 − keep[n, c])) + b\n{_ALPHA}\n{_KEEP}",
        shape_rule="The shape does not change. The second dimension is that of the channels.",
        cost="It has no parameters. Only one random number is drawn for each channel of each sample.",
        use="After convolutions with SELU, where neighbours are so alike that AlphaDropout has little effect.",
        inputs=(Port("input", dims=(2, 3, 4, 5), dtype="float32"),),
        params=_p("FeatureAlphaDropout", "How likely each channel is to be replaced."),
        module="nn.FeatureAlphaDropout",
        function="F.feature_alpha_dropout({input}{args}, training=self.training)",
        summary="p = {p}",
        sample=("N,3,5,6",),
    ),
)
