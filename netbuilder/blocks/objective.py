"""Losses and metrics: what training makes small, and what a person watches."""

from __future__ import annotations

from netbuilder.blocks.block import Block, Category, Param, Port

_WEIGHT = Param("weight", "float", 1, "How much this loss counts in the sum.", low=0, written=False)
_REDUCTION = Param("reduction", "choice", "mean", "Mean or sum over all numbers of the batch.", choices=("mean", "sum"))

BLOCKS = (
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
        shape_rule="The input is N × classes, the target one whole number for each sample. The result is one number.",
        use="For choosing one class out of several.",
        inputs=(Port("input", dims=(2,), dtype="float32"), Port("target", dims=(1,), dtype="int64", target=True)),
        params=(
            _REDUCTION,
            Param("label_smoothing", "float", 0.0, "Share of belief spread over the other classes.", low=0, high=1),
            _WEIGHT,
        ),
        outputs=(),
        role="loss",
        module="nn.CrossEntropyLoss",
        function="F.cross_entropy({input}, {target}{args})",
        summary="{reduction}",
    ),
    Block(
        "MSELoss",
        Category.LOSS,
        "loss",
        "Squared distance between output and target.",
        more="Large errors count much more than small ones.",
        formula="loss = mean of (in − target)²",
        shape_rule="Input and target have the same shape. The result is one number.",
        use="For predicting numbers: prices, positions, pixels.",
        inputs=(Port("input", dtype="float32"), Port("target", dtype="float32", target=True)),
        params=(_REDUCTION, _WEIGHT),
        outputs=(),
        role="loss",
        module="nn.MSELoss",
        function="F.mse_loss({input}, {target}{args})",
        summary="{reduction}",
    ),
    Block(
        "Accuracy",
        Category.METRIC,
        "accuracy",
        "Part of the samples whose highest score is the right class.",
        more="It is measured, not learned from: a small change of the weights mostly leaves it as it is.",
        formula="accuracy = mean of (argmax in[n, …] = target[n])",
        shape_rule=(
            "The input is N × classes, the target one whole number for each sample. The result is one number from "
            "0 to 1."
        ),
        use="To see how well a classifier does in words that everybody understands.",
        inputs=(Port("input", dims=(2,), dtype="float32"), Port("target", dims=(1,), dtype="int64", target=True)),
        outputs=(),
        role="metric",
        function="({input}.argmax(1) == {target}).float().mean()",
    ),
)
