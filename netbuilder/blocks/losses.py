"""The losses of most networks, and what all losses share: what training makes small.

Losses for choosing among classes, for comparing pairs and for chances stand in files of their own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from netbuilder.blocks.block import Block, Category, Param, Port, Values
from netbuilder.blocks.torch_params import take

COUNTS = Param("weight", "float", 1, "How much this loss counts in the sum.", low=0, written=False)
CLASS_WEIGHT: dict[str, Any] = {
    "kind": "numbers",
    "rank": 0,
    "low": 0,
    "none": "all the same",
    "help": "How much each class counts, one number for each.",
    "wrap": "{input}.new_tensor({value})",
}
IGNORED: dict[str, Any] = {"low": -(10**6), "help": "Places with this number as target do not count."}
ALIKE = (Port("input", dtype="float32"), Port("target", dtype="float32", target=True))
SCORES = (
    Port("input", dims=(2, 3, 4, 5), dtype="float32"),
    Port("target", dims=(1, 2, 3, 4), dtype="int64", target=True),
)


def class_weighted(name: str, without: tuple[str, ...] = (), **own: Mapping[str, Any]) -> tuple[Param, ...]:
    """torch's parameters, with its `weight` under the name that says whose weight it is."""
    found = take(name, without=without, **own)
    return tuple(replace(p, name="class_weight", argument="weight") if p.name == "weight" else p for p in found)


def loss_params(name: str, without: tuple[str, ...] = (), **own: Mapping[str, Any]) -> tuple[Param, ...]:
    """These parameters, and how much the loss counts."""
    return (*class_weighted(name, without, **own), COUNTS)


def _reduced(values: Values, inputs: Mapping[str, str]) -> str:
    return f"{inputs['input']}.{'sum' if values['reduction'] == 'sum' else 'mean'}()"


BLOCKS: tuple[Block, ...] = (
    Block(
        "CrossEntropyLoss",
        Category.LOSS,
        "loss",
        "How surprised the network is by the right class; takes raw scores, no softmax before it.",
        more="It is small when the right class has a much higher score than the others.",
        formula=(
            "loss[n] = −Σ q[n, c] · log p[n, c]\np[n, c] = exp(in[n, c]) / Σ exp(in[n, k])\nq[n, c] = "
            "label_smoothing / classes, and 1 − label_smoothing more where c is target[n]"
        ),
        shape_rule=(
            "The input is N × classes, the target one whole number for each sample. The result is one number. With "
            "further sizes behind the classes, as in a picture, the target has one number for each place."
        ),
        cost=(
            "It has no parameters. It keeps one probability for each score for the way back, which is felt only with "
            "very many classes or with a class for each pixel."
        ),
        use="For choosing one class out of several.",
        inputs=SCORES,
        params=loss_params(
            "nn.CrossEntropyLoss",
            weight=CLASS_WEIGHT,
            ignore_index=IGNORED,
            label_smoothing={"help": "Share of belief spread over the other classes.", "low": 0, "high": 1},
        ),
        outputs=(),
        role="loss",
        module="nn.CrossEntropyLoss",
        function="F.cross_entropy({input}, {target}{args})",
        summary="{reduction}",
        sample=("N,5", "N:int64<5"),
    ),
    Block(
        "MSELoss",
        Category.LOSS,
        "loss",
        "Squared distance between output and target.",
        more="Large errors count much more than small ones.",
        formula="loss = mean of (in − target)²",
        shape_rule="Input and target have the same shape. The result is one number.",
        cost="It has no parameters and costs next to nothing: one difference and one square for each number.",
        use="For predicting numbers: prices, positions, pixels.",
        inputs=ALIKE,
        params=loss_params("nn.MSELoss"),
        outputs=(),
        role="loss",
        module="nn.MSELoss",
        function="F.mse_loss({input}, {target}{args})",
        summary="{reduction}",
        sample=("N,5", "N,5"),
    ),
    Block(
        "L1Loss",
        Category.LOSS,
        "loss",
        "Plain distance between output and target, whichever is larger.",
        more="Every error counts as much as it is large, so a few wild targets do not drag everything along.",
        formula="loss = mean of |in − target|",
        shape_rule="Input and target have the same shape. The result is one number.",
        cost="It has no parameters and costs next to nothing. Its gradient keeps its size down to an error of zero.",
        use="For predicting numbers when some targets are far off, and for pictures that should stay sharp.",
        inputs=ALIKE,
        params=loss_params("nn.L1Loss"),
        outputs=(),
        role="loss",
        module="nn.L1Loss",
        function="F.l1_loss({input}, {target}{args})",
        summary="{reduction}",
        sample=("N,5", "N,5"),
    ),
    Block(
        "SmoothL1Loss",
        Category.LOSS,
        "loss",
        "Squares small errors and takes large ones as they are.",
        more="Below beta the gradient shrinks with the error, above it the gradient has the same size everywhere.",
        formula=(
            "d = |in − target|\nloss = mean of d² / (2·beta) where d is below beta\nloss = mean of d − beta/2 elsewhere"
        ),
        shape_rule="Input and target have the same shape. The result is one number.",
        cost="It has no parameters and costs next to nothing. With a beta of 0 it is the L1Loss.",
        use="For the corners of boxes in pictures, and for rewards: numbers with a wild one now and then.",
        inputs=ALIKE,
        params=loss_params("nn.SmoothL1Loss", beta={"help": "Errors below this are squared.", "low": 0}),
        outputs=(),
        role="loss",
        module="nn.SmoothL1Loss",
        function="F.smooth_l1_loss({input}, {target}{args})",
        summary="beta {beta}",
        sample=("N,5", "N,5"),
    ),
    Block(
        "HuberLoss",
        Category.LOSS,
        "loss",
        "Squared error close to the target, straight error far from it.",
        more="It is delta times the SmoothL1Loss with that beta, so far off the gradient is delta.",
        formula=(
            "d = |in − target|\nloss = mean of d²/2 where d is below delta\n"
            "loss = mean of delta·(d − delta/2) elsewhere"
        ),
        shape_rule="Input and target have the same shape. The result is one number.",
        cost="It has no parameters and costs next to nothing. With a very large delta it is half the MSELoss.",
        use="For predicting numbers when most targets can be trusted and some cannot.",
        inputs=ALIKE,
        params=loss_params("nn.HuberLoss", delta={"help": "Errors above this no longer get squared.", "low": 1e-6}),
        outputs=(),
        role="loss",
        module="nn.HuberLoss",
        function="F.huber_loss({input}, {target}{args})",
        summary="delta {delta}",
        sample=("N,5", "N,5"),
    ),
    Block(
        "BCEWithLogitsLoss",
        Category.LOSS,
        "loss",
        "How surprised the network is by answers of yes or no; takes raw scores, no sigmoid before it.",
        more="Each number is a question of its own. A target of 1 means yes, 0 means no, and between them lies doubt.",
        formula=(
            "p = 1 / (1 + exp(−in))\nloss = mean of −class_weight · (pos_weight · target · log p + (1 − target) · "
            "log(1 − p))"
        ),
        shape_rule="Input and target have the same shape, and so one answer for each score. The result is one number.",
        cost=(
            "It has no parameters. Sigmoid and logarithm are worked out together, so no score is too large or too "
            "small for it."
        ),
        use="For one question of yes or no, and for labels of which several may be right at once.",
        inputs=ALIKE,
        params=loss_params(
            "nn.BCEWithLogitsLoss",
            weight={**CLASS_WEIGHT, "help": "How much each place of the last dimension counts."},
            pos_weight={**CLASS_WEIGHT, "help": "How much a yes counts, for each place of the last dimension."},
        ),
        outputs=(),
        role="loss",
        module="nn.BCEWithLogitsLoss",
        function="F.binary_cross_entropy_with_logits({input}, {target}{args})",
        summary="{reduction}",
        sample=("N,5", "N,5"),
    ),
    Block(
        "BCELoss",
        Category.LOSS,
        "loss",
        "How surprised the network is by answers of yes or no; takes probabilities, as a sigmoid gives them.",
        more="Each number is a question of its own. Logarithms are cut off at −100, so that a sure error stays finite.",
        formula="loss = mean of −class_weight · (target · log in + (1 − target) · log(1 − in))",
        shape_rule=(
            "Input and target have the same shape, and their numbers lie between 0 and 1. The result is one number."
        ),
        cost="It has no parameters and costs next to nothing. BCEWithLogitsLoss, without the sigmoid, is more exact.",
        use="Where the network gives probabilities anyway, as the older drawings of autoencoders and GANs do.",
        inputs=ALIKE,
        params=loss_params(
            "nn.BCELoss", weight={**CLASS_WEIGHT, "help": "How much each place of the last dimension counts."}
        ),
        outputs=(),
        role="loss",
        module="nn.BCELoss",
        function="F.binary_cross_entropy({input}, {target}{args})",
        summary="{reduction}",
        sample=("N,5", "N,5"),
    ),
    Block(
        "Loss",
        Category.LOSS,
        "loss",
        "Counts any tensor as a loss: training makes its mean or its sum small.",
        more="It is for losses that are drawn from operations, and for layers that give a loss themselves.",
        formula="loss = mean of in\nor Σ in, as reduction says",
        shape_rule="Any shape is taken, also that of a single number. The result is one number.",
        cost="It has no parameters and costs next to nothing: what it looks at has been worked out before it.",
        use="For the second part of an autoencoder's loss, for penalties, and behind layers with a loss as output.",
        inputs=(Port("input", dtype="float32"),),
        params=(
            Param("reduction", "choice", "mean", "Mean or sum over all numbers.", choices=("mean", "sum")),
            COUNTS,
        ),
        outputs=(),
        role="loss",
        writes=_reduced,
        summary="{reduction}",
        sample=("N,5",),
    ),
)
