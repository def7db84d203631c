"""How the learning rate changes while a network learns: the schedulers of torch.optim."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from netbuilder.blocks.block import Param
from netbuilder.blocks.optimizers import WHOLE_RUN, Recipe
from netbuilder.blocks.torch_params import take


def _scheduler(
    name: str,
    help: str,
    *,
    more: str,
    formula: str,
    use: str,
    needs: str = "",
    every: Literal["epoch", "step"] = "epoch",
    watches_validation: bool = False,
    without: tuple[str, ...] = ("last_epoch",),
    **own: Mapping[str, Any],
) -> Recipe:
    params = take(f"lr_scheduler.{name}", without=without, **own)
    module = f"optim.lr_scheduler.{name}"
    return Recipe(name, help, more, formula, use, params, module, needs, every, watches_validation)


_TIMES = {"low": 0, "high": 1e3}
_LOWEST = {"help": "The learning rate never falls below this.", "low": 0, "high": 1e3}
_OF_LR = {"low": 0, "high": 1}
# These write over the optimizer's momentum, which not every optimizer has.
_WITH_MOMENTUM = "The optimizer must have a momentum or betas, unless cycle_momentum is off."
_CYCLE_MOMENTUM = {"help": "Lower the momentum while the learning rate is high."}
_LEAST_MOMENTUM = {"help": "The momentum at the highest learning rate.", "low": 0, "high": 0.999999}
_MOST_MOMENTUM = {"help": "The momentum at the lowest learning rate.", "low": 0, "high": 0.999999}

# What no signature says enough of: a function that a person types, and schedulers that are made of others.
COMPOSED = ("SequentialLR", "ChainedScheduler")


def _by_formula(name: str, help: str, *, more: str, formula: str, use: str, said: str, default: str) -> Recipe:
    param = Param("lr_lambda", "text", default, said, formula="epoch", required=True, wrap="lambda epoch: {value}")
    return Recipe(name, help, more, formula, use, (param,), f"optim.lr_scheduler.{name}", every="epoch")


def _composed(name: str, help: str, *, more: str, formula: str, use: str) -> Recipe:
    needs = "Its schedulers are listed below; all of them move with the epochs, or all with the steps."
    return Recipe(name, help, more, formula, use, (), f"optim.lr_scheduler.{name}", needs, "epoch")


_ALL = (
    _by_formula(
        "LambdaLR",
        "Multiplies the learning rate by what a formula of the epoch gives.",
        more="The formula starts from the learning rate of the optimizer each time, not from the last epoch's.",
        formula="rate = lr · formula(e)\ne is the number of the epoch, from 0",
        use="When you know the curve that you want and none of the others draws it.",
        said="What the learning rate is multiplied by: arithmetic over epoch, as in 1 / (1 + epoch).",
        default="1 / (1 + 0.1 * epoch)",
    ),
    _by_formula(
        "MultiplicativeLR",
        "Multiplies the last learning rate by what a formula of the epoch gives.",
        more="What it gives adds up epoch by epoch: 0.95 each time is what ExponentialLR does.",
        formula="rate = rate · formula(e)\ne is the number of the epoch, from 1",
        use="When the fall itself is to change as the training goes on.",
        said="What the last learning rate is multiplied by: arithmetic over epoch, as in 0.95 if epoch < 20 else 1.",
        default="0.95",
    ),
    _composed(
        "SequentialLR",
        "Lets several schedulers follow each other, each from its epoch or step on.",
        more="Each begins where you say and counts from there.",
        formula="rate = that of the last scheduler that has begun",
        use="For a gentle start and a long fall: a LinearLR first, then a CosineAnnealingLR.",
    ),
    _composed(
        "ChainedScheduler",
        "Lets several schedulers work on the learning rate at the same time.",
        more="Each changes what the one before it has left, so their factors multiply.",
        formula="rate = lr · factor of the first · factor of the second …",
        use="For a curve that is the product of two: a constant warm-up and an even fall, say.",
    ),
    _scheduler(
        "StepLR",
        "Multiplies the learning rate by gamma every few epochs.",
        more="Between two falls it stays the same, so the loss often drops in stairs.",
        formula="rate = lr · gamma^⌊e / step_size⌋\ne is the number of the epoch, from 0",
        use="A simple plan for trainings whose length is known.",
        step_size={"help": "Epochs from one fall to the next.", "low": 1, "default": 10},
    ),
    _scheduler(
        "MultiStepLR",
        "Multiplies the learning rate by gamma at the epochs that you name.",
        more="It is StepLR with falls wherever you want them.",
        formula="rate = lr · gamma^k\nk: how many milestones are behind it",
        use="To repeat a training whose plan was published, as for many networks that see.",
        milestones={"kind": "shape", "help": "The epochs after which it falls, rising.", "low": 1, "default": (30, 80)},
    ),
    _scheduler(
        "ExponentialLR",
        "Multiplies the learning rate by gamma after every epoch.",
        more="It falls fast at first and then ever more slowly, and never reaches zero.",
        formula="rate = lr · gamma^e\ne is the number of the epoch, from 0",
        use="For an even fall without a fixed end.",
        gamma={"default": 0.95},
    ),
    _scheduler(
        "CosineAnnealingLR",
        "Lets the learning rate fall along half a wave of a cosine.",
        more="It stays high for long, falls fastest in the middle and ends gently.",
        formula="rate = low + (lr − low) · (1 + cos(π · e / T_max)) / 2\nlow is eta_min, e is the number of the epoch",
        use="The usual plan today when the length of the training is known.",
        T_max={"help": "Epochs from the highest to the lowest rate.", "low": 1, "none": WHOLE_RUN, "default": None},
        eta_min=_LOWEST,
    ),
    _scheduler(
        "CosineAnnealingWarmRestarts",
        "Lets the learning rate fall along a cosine and jump back up, again and again.",
        more="Each jump throws the network out of where it has settled, and it may settle somewhere better.",
        formula=(
            "rate = low + (lr − low) · (1 + cos(π · e / T)) / 2\nlow is eta_min, e counts from the last jump\n"
            "T = T_0 at first, then T_mult times the last T"
        ),
        use="For long trainings, and to collect several networks from one: one before each jump.",
        T_0={"help": "Epochs until the first jump.", "low": 1, "default": 10},
        T_mult={"help": "How many times longer each fall is than the one before.", "low": 1, "high": 100},
        eta_min=_LOWEST,
    ),
    _scheduler(
        "LinearLR",
        "Leads the learning rate in a straight line from one share of it to another.",
        more="By default it rises from a third to the full rate, and stays there.",
        formula=(
            "rate = lr · (start + (end − start) · min(1, e / total_iters))\n"
            "start and end: the factors, e is the number of the epoch"
        ),
        use="To begin gently, or with an end factor of 0 for a straight fall over the whole run.",
        start_factor={"help": "Share of the learning rate at the beginning.", "low": 1e-6, "high": 1},
        end_factor={"help": "Share of the learning rate at the end.", **_OF_LR},
        total_iters={"help": "Epochs until the end is reached.", "low": 1, "none": WHOLE_RUN},
    ),
    _scheduler(
        "ConstantLR",
        "Uses a fixed share of the learning rate for the first epochs, then all of it.",
        more="It is the plainest way to begin gently.",
        formula="rate = lr · factor where e is below total_iters\nrate = lr later; e is the number of the epoch",
        use="When the first steps of a training go wild.",
        factor={"help": "Share of the learning rate at the beginning.", **_OF_LR},
        total_iters={"help": "Epochs with the smaller rate.", "low": 1},
    ),
    _scheduler(
        "PolynomialLR",
        "Lets the learning rate fall to zero along a power of the time that is left.",
        more="With a power of 1 it is a straight line, with greater ones it falls faster at first.",
        formula="rate = lr · (1 − e / total_iters)^power\nrate = 0 behind that; e is the number of the epoch",
        use="For trainings of known length, often those that mark every pixel of a picture.",
        total_iters={"help": "Epochs until it is zero.", "low": 1, "none": WHOLE_RUN},
        power={"kind": "float", "help": "The power; 1 is a straight line.", "low": 0, "high": 100},
    ),
    _scheduler(
        "ReduceLROnPlateau",
        "Lowers the learning rate when the validation loss has stopped to fall.",
        more="It waits patience epochs for something better before it does, so it adapts to the training.",
        formula="rate = rate · factor\nafter more than patience epochs without a new best",
        use="When nobody knows how long a training should take.",
        needs="Samples must be kept aside for validation: their loss is what it looks at.",
        watches_validation=True,
        without=("mode",),  # it watches a loss, which is to fall
        factor={"help": "What the learning rate is multiplied by.", "low": 0, "high": 0.999999},
        patience={"help": "Epochs without anything better that are put up with.", "low": 0},
        threshold={"help": "A smaller gain than this counts as none.", "low": 0, "high": 1e6},
        threshold_mode={
            "kind": "choice",
            "choices": ("rel", "abs"),
            "help": "Whether the threshold is a part of the best loss so far, or a difference to it.",
        },
        cooldown={"help": "Epochs after a fall during which it does not count.", "low": 0},
        min_lr=_LOWEST,
        eps={"help": "Changes smaller than this are not made.", "high": 1},
    ),
    _scheduler(
        "OneCycleLR",
        "Lets the learning rate rise to its highest and then fall far below where it began, once in a training.",
        more="The high rates in the middle make up for a short training, and momentum moves the other way.",
        formula=(
            "first = max_lr / div_factor\nlast = first / final_div_factor\n"
            "first → max_lr within pct_start of the steps\nmax_lr → last within the others"
        ),
        use="For fast trainings of known length.",
        needs=_WITH_MOMENTUM,
        every="step",
        # The length of the run is known as a number of steps.
        without=("epochs", "steps_per_epoch", "last_epoch"),
        max_lr={"help": "The highest learning rate, in place of the optimizer's own.", "default": 0.01, **_TIMES},
        total_steps={"help": "Steps of the whole cycle.", "low": 1, "none": WHOLE_RUN},
        # torch refuses 0 and 1 as whole numbers here.
        pct_start={"help": "Share of the steps in which it rises.", "low": 0.001, "high": 0.999},
        anneal_strategy={
            "kind": "choice",
            "choices": ("cos", "linear"),
            "help": "Along a cosine or in a straight line.",
        },
        cycle_momentum=_CYCLE_MOMENTUM,
        base_momentum=_LEAST_MOMENTUM,
        max_momentum=_MOST_MOMENTUM,
        div_factor={"help": "How many times smaller the first rate is than the highest.", "low": 1e-3},
        final_div_factor={"help": "How many times smaller the last rate is than the first.", "low": 1e-3},
        three_phase={"help": "Fall to the first rate in as many steps as it rose, and only then further."},
    ),
    _scheduler(
        "CyclicLR",
        "Lets the learning rate rise and fall in a zigzag between two limits.",
        more="High rates shake the network loose and low ones let it settle; the optimizer's own rate is not used.",
        formula=(
            "rate = base_lr + (max_lr − base_lr) · z · s\nz: from 0 to 1 and back\ns: 1, or half after each cycle with "
            "triangular2, or gamma^t with exp_range"
        ),
        use="When no single learning rate is good throughout, and to find out which ones work at all.",
        needs=_WITH_MOMENTUM,
        every="step",
        # A function that scales the cycles cannot stand in a form; `scale_mode` says something only together with it.
        without=("scale_fn", "scale_mode", "last_epoch"),
        base_lr={"help": "The lowest learning rate.", "default": 0.001, **_TIMES},
        max_lr={"help": "The highest learning rate.", "default": 0.01, **_TIMES},
        step_size_up={"help": "Steps in which it rises.", "low": 1},
        step_size_down={"help": "Steps in which it falls.", "low": 1, "none": "as many as it rises"},
        mode={
            "kind": "choice",
            "choices": ("triangular", "triangular2", "exp_range"),
            "help": "Whether the cycles stay as high, are halved each time, or shrink with every step.",
        },
        gamma={"help": "What the height is multiplied by in each step, with exp_range."},
        cycle_momentum=_CYCLE_MOMENTUM,
        base_momentum=_LEAST_MOMENTUM,
        max_momentum=_MOST_MOMENTUM,
    ),
)

SCHEDULERS: dict[str, Recipe] = {recipe.name: recipe for recipe in _ALL}
