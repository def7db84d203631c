"""Losses for networks that give a distribution rather than an answer: how likely is the target under it."""

from __future__ import annotations

from netbuilder.blocks.block import Block, Category, Port
from netbuilder.blocks.losses import ALIKE, loss_params

BLOCKS: tuple[Block, ...] = (
    Block(
        "PoissonNLLLoss",
        Category.LOSS,
        "loss",
        "How surprised the network is by a count, when it says how many are to be expected.",
        more="Counts scatter the more the greater they are, so a miss of 5 counts less at 100 than at 10.",
        formula=(
            "loss = mean of exp(in) − target · in\nwithout log_input: in − target · log(in + eps)\n"
            "full adds target · log target − target + log(2π · target)/2 where target is above 1"
        ),
        shape_rule="Input and target have the same shape. The result is one number.",
        cost="It has no parameters and costs next to nothing: an exponential or a logarithm for each number.",
        use="For predicting how often something happens: visitors, calls, accidents, photons.",
        inputs=ALIKE,
        params=loss_params(
            "nn.PoissonNLLLoss",
            log_input={"help": "The input is the logarithm of the expected count, not the count."},
            full={"help": "Add the part that does not depend on the network."},
            eps={"help": "Added so that there is no logarithm of zero."},
        ),
        outputs=(),
        role="loss",
        module="nn.PoissonNLLLoss",
        function="F.poisson_nll_loss({input}, {target}{args})",
        summary="{reduction}",
        sample=("N,5", "N,5"),
    ),
    Block(
        "GaussianNLLLoss",
        Category.LOSS,
        "loss",
        "How surprised the network is by a number, when it gives an answer and how unsure it is of it.",
        more="An error costs less where the variance is great, yet a great variance has its price as well.",
        formula="v = max(var, eps)\nloss = mean of (log v + (in − target)²/v) / 2\nfull adds log(2π) / 2",
        shape_rule=(
            "Input and target have the same shape, and so has var; it may also lack the last dimension or have it "
            "of size 1. The result is one number."
        ),
        cost="It has no parameters. It looks whether any variance is negative, for which a GPU has to be waited for.",
        use="For predicting numbers together with how far off they may be. A Softplus keeps the variance positive.",
        inputs=(*ALIKE, Port("var", dtype="float32")),
        params=loss_params(
            "nn.GaussianNLLLoss",
            full={"help": "Add the part that does not depend on the network."},
            eps={"help": "Smaller variances count as this one."},
        ),
        outputs=(),
        role="loss",
        module="nn.GaussianNLLLoss",
        small=True,
        function="F.gaussian_nll_loss({input}, {target}, {var}{args})",
        summary="{reduction}",
        sample=("N,5", "N,5", "N,5"),
    ),
    Block(
        "KLDivLoss",
        Category.LOSS,
        "loss",
        "How far one distribution is from another; takes logarithms of probabilities.",
        more="It is zero only where both agree. With batchmean as reduction it is what books mean by this name.",
        formula=(
            "loss = mean of target · (log target − in)\nwith log_target: exp(target) · (target − in)\n"
            "batchmean: Σ of these / N"
        ),
        shape_rule="Input and target have the same shape. The result is one number.",
        cost="It has no parameters and costs next to nothing: a logarithm and a product for each number.",
        use="To teach a small network the probabilities of a large one, and for targets that are distributions.",
        inputs=ALIKE,
        params=loss_params(
            "nn.KLDivLoss",
            reduction={
                "help": "Mean over all numbers, sum, or the sum divided by the samples.",
                "choices": ("mean", "sum", "batchmean"),
            },
            log_target={"help": "The target holds logarithms of probabilities too."},
        ),
        outputs=(),
        role="loss",
        module="nn.KLDivLoss",
        function="F.kl_div({input}, {target}{args})",
        summary="{reduction}",
        sample=("N,5", "N,5"),
    ),
)
