"""Losses for classes beyond the usual one: margins, several labels at once, sequences, and very many classes."""

from __future__ import annotations

from typing import Any

from netbuilder.blocks.block import Block, Category, Follows, Port
from netbuilder.blocks.losses import CLASS_WEIGHT, IGNORED, SCORES, class_weighted, loss_params
from netbuilder.blocks.torch_params import take

_ROWS = Port("input", dims=(2,), dtype="float32")
_ONE_EACH = Port("target", dims=(1,), dtype="int64", target=True)
_MARGIN = "How far the right score should lie above the others."
# The layer holds its weights of classes itself: they move to the device with it.
_HELD: dict[str, Any] = {**CLASS_WEIGHT, "wrap": "torch.tensor({value}, dtype=torch.float32)"}


def _classes(help: str) -> dict[str, Any]:
    return {"low": 2, "follows": Follows("target", "classes"), "help": help}


BLOCKS: tuple[Block, ...] = (
    Block(
        "NLLLoss",
        Category.LOSS,
        "loss",
        "How surprised the network is by the right class; takes logarithms of probabilities.",
        more="It only picks out the right class and turns the sign: behind a LogSoftmax it is the CrossEntropyLoss.",
        formula=(
            "loss[n] = −w[n] · in[n, target[n]]\nw[n] = class_weight of target[n]\n"
            "mean: Σ loss[n] / Σ w[n], without the ignored"
        ),
        shape_rule=(
            "The input is N × classes, the target one whole number for each sample. With further sizes behind the "
            "classes, the target has one number for each place. The result is one number."
        ),
        cost="It has no parameters and costs next to nothing: one number is picked out for each sample.",
        use="Behind a LogSoftmax, when the logarithms of the probabilities are needed elsewhere too.",
        inputs=SCORES,
        params=loss_params("nn.NLLLoss", weight=CLASS_WEIGHT, ignore_index=IGNORED),
        outputs=(),
        role="loss",
        module="nn.NLLLoss",
        function="F.nll_loss({input}, {target}{args})",
        summary="{reduction}",
        sample=("N,5", "N:int64<5"),
    ),
    Block(
        "MultiMarginLoss",
        Category.LOSS,
        "loss",
        "Wants the right class to lead every other class by a margin.",
        more="Once it leads by the margin, nothing is left to learn from that sample, unlike with probabilities.",
        formula=(
            "loss[n] = w · Σ max(0, margin − in[n, t] + in[n, c])^p / classes\n"
            "t = target[n], w = class_weight[t]\nΣ runs over the classes c other than t"
        ),
        shape_rule="The input is N × classes, the target one whole number for each sample. The result is one number.",
        cost="It has no parameters and costs next to nothing: one comparison for each score.",
        use="For a classifier in the manner of support vector machines, where only the lead matters.",
        inputs=(_ROWS, _ONE_EACH),
        params=loss_params(
            "nn.MultiMarginLoss",
            p={"kind": "int", "help": "What a missing lead is raised to: 1 or 2.", "low": 1, "high": 2},
            margin={"help": _MARGIN},
            weight=CLASS_WEIGHT,
        ),
        outputs=(),
        role="loss",
        module="nn.MultiMarginLoss",
        function="F.multi_margin_loss({input}, {target}{args})",
        summary="margin {margin}",
        sample=("N,5", "N:int64<5"),
    ),
    Block(
        "MultiLabelMarginLoss",
        Category.LOSS,
        "loss",
        "Wants each right class to lead each wrong one by 1, where several may be right.",
        more="The target lists the right classes of each sample and ends with −1; what follows the −1 is not read.",
        formula=(
            "loss[n] = Σ max(0, 1 − in[n, r] + in[n, c]) / classes\n"
            "Σ runs over the right classes r of sample n and its wrong classes c"
        ),
        shape_rule=(
            "Input and target are both N × classes, the target of whole numbers: a list filled up to that length. "
            "The result is one number."
        ),
        cost="It has no parameters. Right and wrong classes are compared in pairs, so very many labels take time.",
        use="For samples with several labels, when the order of the scores is what matters.",
        inputs=(_ROWS, Port("target", dims=(2,), dtype="int64", target=True)),
        params=loss_params("nn.MultiLabelMarginLoss"),
        outputs=(),
        role="loss",
        module="nn.MultiLabelMarginLoss",
        function="F.multilabel_margin_loss({input}, {target}{args})",
        summary="{reduction}",
        sample=("N,5", "N,5:int64<5"),
    ),
    Block(
        "MultiLabelSoftMarginLoss",
        Category.LOSS,
        "loss",
        "A question of yes or no for each class, averaged over the classes; takes raw scores.",
        more="It is BCEWithLogitsLoss with the mean over the classes taken first, also where the batch is summed.",
        formula=(
            "p = 1 / (1 + exp(−in))\nloss[n] = −mean of w[c] · (y · log p + (1 − y) · log(1 − p))\n"
            "y = target[n, c], w = class_weight, mean over the classes c"
        ),
        shape_rule=(
            "Input and target are both N × classes, the target 1 where a class is right and 0 elsewhere. The result "
            "is one number."
        ),
        cost="It has no parameters and costs next to nothing: a sigmoid and two logarithms for each score.",
        use="For samples with several labels at once, such as the things that are seen in a photograph.",
        inputs=(_ROWS, Port("target", dims=(2,), dtype="float32", target=True)),
        params=loss_params("nn.MultiLabelSoftMarginLoss", weight=CLASS_WEIGHT),
        outputs=(),
        role="loss",
        module="nn.MultiLabelSoftMarginLoss",
        function="F.multilabel_soft_margin_loss({input}, {target}{args})",
        summary="{reduction}",
        sample=("N,5", "N,5"),
    ),
    Block(
        "SoftMarginLoss",
        Category.LOSS,
        "loss",
        "Wants scores of the same sign as the target, which is 1 or −1.",
        more="The farther a score lies on the right side, the less it counts, yet it always counts a little.",
        formula="loss = mean of log(1 + exp(−target · in))",
        shape_rule="Input and target have the same shape. The result is one number.",
        cost="It has no parameters and costs next to nothing. Scores far on the wrong side make exp overflow.",
        use="For choosing between two sides that are written as 1 and −1.",
        inputs=(Port("input", dtype="float32"), Port("target", target=True)),
        params=loss_params("nn.SoftMarginLoss"),
        outputs=(),
        role="loss",
        module="nn.SoftMarginLoss",
        function="F.soft_margin_loss({input}, {target}{args})",
        summary="{reduction}",
        sample=("N,5", "N,5:int64"),
    ),
    Block(
        "CTCLoss",
        Category.LOSS,
        "loss",
        "Compares what is said step by step with a shorter text, without being told which step says what.",
        more="It adds up all ways to spread the text over the steps, where a blank may stand between two letters.",
        formula=(
            "loss[n] = −log Σ exp(Σ in[t, n, way[t]])\nouter Σ: all ways that give target n once repeats\n"
            "and blanks are dropped; mean: each loss[n] is first divided by its target's length"
        ),
        shape_rule=(
            "The input is steps × N × classes, logarithms of probabilities; the targets are N × longest text, and "
            "both lengths one whole number for each sample. The result is one number."
        ),
        cost=(
            "It has no parameters. Time and memory grow with the steps times the length of the text, which is more "
            "than other losses take."
        ),
        use="For speech and handwriting: long signals, short texts, and nobody who marked where a letter begins.",
        # Targets are padded rows here: several texts in one long row would have no batch dimension.
        inputs=(
            Port("log_probs", dims=(3,), dtype="float32"),
            Port("targets", dims=(2,), dtype="int64", target=True),
            Port("input_lengths", dims=(1,), dtype="int64"),
            Port("target_lengths", dims=(1,), dtype="int64", target=True),
        ),
        params=loss_params(
            "nn.CTCLoss",
            blank={"help": "The class that stands for nothing at all.", "low": 0},
            zero_infinity={"help": "Count texts that do not fit into the steps as 0, not as infinite."},
        ),
        outputs=(),
        role="loss",
        module="nn.CTCLoss",
        small=True,
        function="F.ctc_loss({log_probs}, {targets}, {input_lengths}, {target_lengths}{args})",
        summary="blank {blank}",
        sample=("12,N,7", "N,4:int64<7", "N:int64<12", "N:int64<4"),
    ),
    Block(
        "LinearCrossEntropyLoss",
        Category.LOSS,
        "loss",
        "A Linear layer for the scores and the cross entropy behind it, in one block.",
        more="Its weights are learned with the network; what it gives is a loss, so it needs a Loss block behind it.",
        formula=(
            "s[n, c] = Σ weight[c, k] · in[n, k] + bias[c]\nloss[n] = −log of exp(s[n, t]) / Σ exp(s[n, c])\n"
            "t = target[n]; label_smoothing as in CrossEntropyLoss"
        ),
        shape_rule=(
            "The input is N × in_features, the target one whole number for each sample, or with out_features N × "
            "out_features of them. The output is one number, without a dimension."
        ),
        cost=(
            "Parameters: num_classes · (in_features + 1 with bias), times the product of out_features. The scores "
            "never leave the block."
        ),
        use="For the last layer of a network with very many classes, such as the words of a language.",
        inputs=(_ROWS, Port("target", dims=(1, 2, 3, 4), dtype="int64", target=True)),
        # `options`, which cuts the work into chunks, is an object that no form can hold.
        params=class_weighted(
            "nn.LinearCrossEntropyLoss",
            without=("options",),
            num_classes=_classes("How many classes there are to choose from."),
            out_features={"kind": "shape", "help": "Sizes of the target per sample, where it has any.", "low": 1},
            weight=_HELD,
            ignore_index={**IGNORED, "none": "-100"},
            label_smoothing={"help": "Share of belief spread over the other classes.", "low": 0, "high": 1},
        ),
        module="nn.LinearCrossEntropyLoss",
        summary="{in_features}→{num_classes}",
        sample=("N,8", "N:int64<5"),
    ),
    Block(
        "AdaptiveLogSoftmaxWithLoss",
        Category.LOSS,
        "loss",
        "Scores very many classes cheaply: frequent ones at once, rare ones in groups that are opened when needed.",
        more="Classes must be numbered by how frequent they are, 0 the most; cutoffs say where each group begins.",
        formula=(
            "out[n] = log p(target[n])\np(c) = p in the head for c below the first of cutoffs\n"
            "p(c) = p(group) · p(c in its group) elsewhere\nloss = −mean of out"
        ),
        shape_rule=(
            "The input is N × in_features, the target one whole number for each sample. The outputs are one number "
            "for each sample, and the loss, one number without a dimension."
        ),
        cost=(
            "The head has in_features weights for each frequent class and each group; group i works with in_features "
            "/ div_value^i features, so rare classes cost much less."
        ),
        use="For language models with tens of thousands of words, most of which hardly ever occur.",
        inputs=(_ROWS, _ONE_EACH),
        outputs=(Port("output"), Port("loss")),
        params=take(
            "nn.AdaptiveLogSoftmaxWithLoss",
            n_classes=_classes("How many classes there are to choose from."),
            cutoffs={
                "kind": "shape",
                "default": (100,),
                "help": "The classes at which a new group of rarer ones begins, rising.",
                "low": 1,
            },
            div_value={"help": "How many times fewer features each group gets than the one before.", "low": 1},
            head_bias={"help": "Add a learned offset to the scores of the head."},
        ),
        module="nn.AdaptiveLogSoftmaxWithLoss",
        small=True,
        summary="{in_features}→{n_classes}",
        sample=("N,16", "N:int64<2000"),
    ),
)
