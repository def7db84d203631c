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
        inputs=(Port("input", dims=(2,), dtype="float32"), Port("target", dims=(1,), dtype="int64", target=True)),
        outputs=(),
        role="metric",
        function="({input}.argmax(1) == {target}).float().mean()",
    ),
)
