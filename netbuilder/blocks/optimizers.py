"""What moves the weights: the optimizers of torch.optim, and how any recipe for a training is written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from netbuilder.blocks.block import PAGES, Param, Value, Values
from netbuilder.blocks.torch_params import take

WHOLE_RUN = "the whole run"


@dataclass(frozen=True)
class Recipe:
    """An optimizer or a scheduler of the learning rate.

    `help`, `more`, `formula` and `use` are as a block's; in formulas w are weights, g their gradient, t is the number
    of the step from 1. `needs` says in a sentence what it asks of the network or the loop; mostly nothing.
    The step of an optimizer with a `closure` is given a function that works out the loss anew.
    A scheduler steps `every` epoch or step; one that `watches_validation` is given the validation loss each time.
    """

    name: str
    help: str
    more: str
    formula: str
    use: str
    params: tuple[Param, ...]
    module: str
    needs: str = ""
    every: Literal["", "epoch", "step"] = ""
    watches_validation: bool = False
    closure: bool = False

    @property
    def link(self) -> str:
        """The address of torch's own page about it."""
        return f"{PAGES}torch.{self.module}.html"

    def spans(self, values: Values) -> bool:
        """Whether one of its parameters is the length of the whole run."""
        return any(p.none == WHOLE_RUN and values.get(p.name, p.default) is None for p in self.params)


def recipe_call(recipe: Recipe, values: Values, length: str = "") -> str:
    """The arguments behind the first: `lr=0.01, momentum=0.9`; what is torch's default is left out, but never `lr`.

    `length` is the text for a parameter that spans the whole run; without one it is `epochs` or `steps`.
    """
    found: list[str] = []
    for param in recipe.params:
        value = values.get(param.name, param.default)
        if value is None and param.none == WHOLE_RUN:
            found.append(f"{param.name}={length or recipe.every + 's'}")
        elif value is not None and (param.required or param.name == "lr" or value != param.default):
            found.append(f"{param.name}={param.wrap.format(value=value) if param.wrap else _literal(value)}")
    return ", ".join(found)


def _literal(value: Value) -> str:
    return f'"{value}"' if isinstance(value, str) else repr(value)  # the texts are names out of `choices`


def _optimizer(
    name: str,
    help: str,
    *,
    more: str,
    formula: str,
    use: str,
    needs: str = "",
    closure: bool = False,
    without: tuple[str, ...] = (),
    **own: Mapping[str, Any],
) -> Recipe:
    params = take(f"optim.{name}", without=without, **own)
    return Recipe(name, help, more, formula, use, params, f"optim.{name}", needs, closure=closure)


_BETAS = {"high": 0.999999}
_KEPT = {"help": "How much of the past is kept in the mean of the squares.", "low": 0, "high": 1}
_MOMENTUM = {"help": "How much of the last step is kept in the next one.", "low": 0, "high": 1}
_DECOUPLED = {"help": "Pull the weights themselves towards zero, not by way of the gradient."}
_AMSGRAD = {"help": "Divide by the greatest mean of squares so far, so that steps only get shorter."}

_ALL = (
    _optimizer(
        "SGD",
        "Moves every weight against its gradient.",
        more="With momentum it keeps some of its last direction, which carries it through noise and over flat places.",
        formula=(
            "g = g + weight_decay · w\nv = momentum · v + (1 − dampening) · g, at first v = g\nw = w − lr · v\n"
            "nesterov: w = w − lr · (g + momentum · v)"
        ),
        use="The usual one for networks that see, with a momentum of 0.9 and a learning rate that falls.",
        momentum=_MOMENTUM,
        dampening={"help": "How much of the new gradient the momentum leaves out.", "low": 0, "high": 1},
        nesterov={"help": "Look ahead along the momentum; needs a momentum and no dampening."},
    ),
    _optimizer(
        "Adam",
        "Moves every weight by about the same amount, however large or small its gradients are.",
        more="It remembers a mean of the gradient and of its square: two more numbers for each weight.",
        formula=(
            "m = β1 · m + (1 − β1) · g, v = β2 · v + (1 − β2) · g²\nM = m / (1 − β1^t), V = v / (1 − β2^t)\n"
            "w = w − lr · M / (√V + eps)\nβ1 and β2 are the betas"
        ),
        use="A good first choice for almost any network, mostly with a learning rate of 0.001.",
        betas=_BETAS,
        amsgrad=_AMSGRAD,
        decoupled_weight_decay=_DECOUPLED,
    ),
    _optimizer(
        "AdamW",
        "Adam with a pull towards zero that works on the weights themselves.",
        more="In Adam it is a part of the gradient, where large gradients drown it; here all weights feel it alike.",
        formula="w = w − lr · weight_decay · w\nw = w − lr · M / (√V + eps)\nM and V as in Adam",
        use="The usual one for transformers, and for large networks that should not learn by heart.",
        betas=_BETAS,
        amsgrad=_AMSGRAD,
    ),
    _optimizer(
        "RMSprop",
        "Divides every gradient by how large such gradients have been of late.",
        more="It remembers a mean of the squares, so weights with small gradients move as well.",
        formula=(
            "v = alpha · v + (1 − alpha) · g²\nw = w − lr · g / (√v + eps)\n"
            "centered: v less the square of the mean of g"
        ),
        use="For recurrent networks and for learning from rewards.",
        alpha=_KEPT,
        momentum=_MOMENTUM,
        centered={"help": "Take the mean gradient off before squaring, as a variance does."},
    ),
    _optimizer(
        "Adagrad",
        "Gives every weight a learning rate of its own, which falls the more it has moved.",
        more="Rare features keep long steps while frequent ones settle; the rates never rise again.",
        formula="s = s + g²\nw = w − r · g / (√s + eps)\nr = lr / (1 + (t − 1) · lr_decay)",
        use="For texts and other data in which most features are zero most of the time.",
        lr_decay={"help": "How fast the learning rate falls with the number of steps.", "low": 0, "high": 1e3},
        initial_accumulator_value={"help": "Where the sum of squares begins.", "low": 0, "high": 1e6},
    ),
    _optimizer(
        "Adadelta",
        "Chooses the length of each step by the lengths of its last steps.",
        more="It remembers a mean of the squares of gradients and of steps; the learning rate only scales the result.",
        formula=(
            "v = rho · v + (1 − rho) · g²\nd = √(u + eps) / √(v + eps) · g\nu = rho · u + (1 − rho) · d²\n"
            "w = w − lr · d"
        ),
        use="When nobody wants to look for a learning rate, and slow first steps do not matter.",
        lr={"help": "What each step is multiplied by, mostly 1."},
        rho=_KEPT,
    ),
    _optimizer(
        "Adamax",
        "Adam that divides by the largest recent gradient rather than by their mean square.",
        more="A single wild gradient shortens the steps for a while, and small ones do not lengthen them at once.",
        formula=(
            "m = β1 · m + (1 − β1) · g\nu = max(β2 · u, |g| + eps)\nw = w − lr / (1 − β1^t) · m / u\n"
            "β1 and β2 are the betas"
        ),
        use="For embeddings, and where Adam is unsteady because gradients vary wildly.",
        betas=_BETAS,
    ),
    _optimizer(
        "NAdam",
        "Adam that looks one step ahead along its momentum.",
        more="The new gradient counts more at once, not only from the next step on, so it often learns faster.",
        formula=(
            "m and v as in Adam, b = β1 · (1 − 0.96^(t·c) / 2)\n"
            "M = next b · m / (1 − Π b, the next too) + (1 − b) · g / (1 − Π b)\n"
            "w = w − lr · M / (√V + eps)\nc is momentum_decay"
        ),
        use="In place of Adam, mostly with the same settings.",
        betas=_BETAS,
        momentum_decay={"help": "How fast the momentum rises to its full size.", "low": 0, "high": 1e3},
        decoupled_weight_decay=_DECOUPLED,
    ),
    _optimizer(
        "RAdam",
        "Adam that is careful in its first steps, while it cannot yet trust its mean of squares.",
        more="At first it moves like SGD with momentum, then goes over to Adam by itself: no warm-up is needed.",
        formula=(
            "w = w − lr · r · M / (√V + eps)\nin the first steps w = w − lr · M\n"
            "M and V as in Adam; r rises from 0 to 1 with the number of steps that V sees"
        ),
        use="In place of Adam, when the first steps of a training go wild.",
        betas=_BETAS,
        decoupled_weight_decay=_DECOUPLED,
    ),
    _optimizer(
        "Adafactor",
        "Like Adam, with hardly any memory: of each matrix it keeps one number for each row and each column.",
        more="Steps are measured in parts of the weights' own size, and shortened where they would be too long.",
        formula=(
            "v from the mean of g² by row and by column\nu = g / √v, r = size of w · min(lr, 1/√t)\n"
            "w = w − r · u / max(1, size of u / d)\nsize: root of the mean of squares"
        ),
        use="For networks so large that Adam's two numbers for each weight do not fit.",
        # The first of its two numbers may be None, torch's own choice; no list of numbers can hold that.
        without=("eps",),
        lr={"help": "The longest step, in parts of the weights' own size."},
        beta2_decay={
            "help": "How soon the past stops to count: the share of the new is t to this power.",
            "low": -10,
            "high": 0,
        },
        d={"help": "Steps larger than this, on average, are shortened to it.", "low": 1, "high": 1e6},
    ),
    _optimizer(
        "Muon",
        "Turns the step of each weight matrix so that it moves as much in every direction.",
        more="Steps are made nearly orthogonal by a few products of matrices, so that no direction drowns the others.",
        formula=(
            "m = momentum · m + (1 − momentum) · g\nO = m made orthogonal, with nesterov a mixture of m and g\n"
            "w = w − lr · weight_decay · w\nw = w − lr · √max(1, rows / columns) · O"
        ),
        use="For the hidden matrices of transformers, next to an AdamW for everything else.",
        needs="Every weight must be a matrix: no biases, no convolutions, no normalization with weights.",
        # Constants of the method by which it makes matrices orthogonal, not something to tune.
        without=("ns_coefficients", "eps"),
        momentum=_MOMENTUM,
        nesterov={"help": "Mix the new gradient into the momentum once more."},
        ns_steps={"help": "How often the step is brought nearer to orthogonal.", "low": 1, "high": 99},
        adjust_lr_fn={
            "kind": "choice",
            "choices": ("original", "match_rms_adamw"),
            "none": "original",
            "help": "How steps depend on the shape: as first described, or as long as AdamW's.",
        },
    ),
    _optimizer(
        "Rprop",
        "Looks only at the sign of each gradient and keeps a step length of its own for each weight.",
        more="The length grows while the sign stays and shrinks when it turns; the size of gradients does not matter.",
        formula=(
            "s = s · etas[1] where g keeps its sign\ns = s · etas[0], and no step, where it turns\n"
            "w = w − s · sign of g, at first s = lr"
        ),
        use="For small networks that see all samples in every step; with batches the signs are too noisy.",
        lr={"help": "Length of the very first step."},
        etas={
            "help": "What a step is multiplied by when the sign turns (below 1) and when it stays (above 1).",
            "low": 1e-6,
            "high": 1e3,
        },
        step_sizes={"help": "The shortest and the longest step.", "low": 0, "high": 1e6},
    ),
    _optimizer(
        "ASGD",
        "SGD with a falling learning rate that also keeps the mean of the weights.",
        more="The mean begins at step t0 and lies in the optimizer's state; the network itself keeps its last weights.",
        formula="w = (1 − lambd · r) · w − r · g\nr = lr / (1 + lambd · lr · t)^alpha, lr at first",
        use="For simple networks and noisy gradients; rare today.",
        lambd={"help": "How fast the learning rate falls, and how strongly weights shrink.", "low": 0, "high": 1e3},
        alpha={"help": "The power with which the learning rate falls.", "low": 0, "high": 10},
        t0={"help": "The step at which the mean of the weights begins.", "low": 0},
    ),
    _optimizer(
        "LBFGS",
        "Guesses the curvature from its last steps and jumps to where the ground should be lowest.",
        more="Each step runs network and loss several times, on the same samples; it needs few steps and much memory.",
        formula="w = w − lr · H · g\nH: the curvature's inverse, guessed from the last history_size steps",
        use="For small smooth problems that see all samples in every step, such as fitting a curve.",
        needs="The step must be given a function that works out the loss anew each time it is called.",
        closure=True,
        max_iter={"help": "Most jumps within one step.", "low": 1, "high": 10000},
        max_eval={"help": "How often the loss may be worked out within one step.", "low": 1, "none": "5/4 of max_iter"},
        tolerance_grad={"help": "It stops once no gradient is larger than this.", "low": 0},
        tolerance_change={"help": "It stops once a jump changes less than this.", "low": 0},
        history_size={"help": "How many past jumps the curvature is guessed from.", "low": 1, "high": 1000},
        line_search_fn={
            "kind": "choice",
            "choices": ("strong_wolfe",),
            "none": "no search",
            "help": "Look for a good length along each jump; without it a jump may go astray.",
        },
    ),
    _optimizer(
        "SparseAdam",
        "Adam for embeddings with sparse gradients: only rows that were looked up move.",
        more="The means of the other rows stay as they are, which saves much time with large tables.",
        formula="as in Adam, for the rows of w that have a gradient\nall other rows, m and v stay",
        use="For embeddings of very many words, of which each batch sees few.",
        needs="Every weight must have sparse gradients, as only embeddings with sparse on have them.",
        lr={"low": 1e-12},
        betas=_BETAS,
        eps={"low": 1e-12},
    ),
)

OPTIMIZERS: dict[str, Recipe] = {recipe.name: recipe for recipe in _ALL}
