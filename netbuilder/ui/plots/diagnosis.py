"""What ails a training, read off what was measured: in a sentence, with the layer and what to do. No Qt here.

Every threshold is far from what healthy trainings show, and what is said rests on many steps: a false alarm costs more
trust than a late one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from netbuilder.blocks.sentence import Sentence, say
from netbuilder.bridge.reports import Fix
from netbuilder.graph.graph import Graph
from netbuilder.graph.records import Training
from netbuilder.ui.plots.run_data import STATISTICS, RunData
from netbuilder.ui.plots.series import Floats

MOST = 4
"""More at once would be read by nobody; the first are the gravest."""
_STEPS = 100  # before that gradients are still those of the random start
_PATIENCE = 200  # before that even a good training may look as if it stood still
_ROWS = 3  # measurements that must agree
_DECADES = 3.0  # between the ends of a network: the one end moves a thousand times more slowly
_ORDERLY = 0.7  # correlation of depth and log norm: it shrinks from layer to layer, not in one odd layer
_GROWN = 2.0  # decades that a norm grew, while healthy ones shrink or stay
_DEAD = 0.5  # of the units: dropout and small batches leave a healthy layer well below
_SATURATED = 0.5
_FAST = 0.05  # of the weights a step: after twenty steps nothing is left of what was learned
_SLOW = 1e-5  # a hundred thousand steps for weights to become others
_STUCK = 0.03  # of the loss at the start
_WORSE = 0.1  # of the best validation loss; less is noise between validations
_MATTERS = 0.05  # of the loss at the start; who is nearly always right loses nothing by being less sure
_WORSE_FOR = 3  # validations
_RECENT = 0.2  # of the run
_SQUASHING = ("Sigmoid", "Tanh", "Hardsigmoid", "Hardtanh", "Softsign", "LogSigmoid")


@dataclass(frozen=True)
class Finding:
    """A sickness: its kind, at which node, and what mends it: settings of the training, or a Fix of the drawing."""

    kind: str
    sentence: Sentence
    node: str | None = None
    label: Sentence | None = None
    settings: dict[str, object] = field(default_factory=dict)
    fix: Fix | None = None


def diagnose(run: RunData, graph: Graph) -> tuple[Finding, ...]:
    """What ails a run, the gravest first; `graph` is the drawing that would be changed."""
    bad = tuple(_not_finite(run, graph))
    if bad:
        return bad
    found = (
        *_explodes(run, graph),
        *_vanishes(run, graph),
        *_units(run, graph),
        *_pace(run, graph),
        *_overfits(run, graph),
    )
    stuck = not any(finding.kind in ("too high", "too low", "cut off") for finding in found)
    return (*found, *(_stands_still(run, graph) if stuck else ()))[:MOST]


# what is done about it


def _rate(run: RunData, graph: Graph, factor: float) -> tuple[Sentence | None, dict[str, object]]:
    """A learning rate that is so many times the one of the run, unless the settings have gone that way already."""
    rates = run.pulse.column(1) if run.pulse else np.empty(0)
    before = float(np.nanmax(rates)) if len(rates) and np.isfinite(rates).any() else graph.training.learning_rate
    after = float(f"{before * factor:.1e}")
    now = graph.training.learning_rate
    if not after or (now <= after * 1.01 if factor < 1 else now >= after * 0.99):
        return None, {}
    return say("Set the learning rate to {rate}", rate=f"{after:g}"), {"learning_rate": after}


def _clip(graph: Graph) -> tuple[Sentence | None, dict[str, object]]:
    if graph.training.clip != "off":
        return None, {}
    return say("Clip the gradients' norm at 1"), {"clip": "norm", "clip_at": 1.0}


def _adam(training: Training) -> tuple[Sentence | None, dict[str, object]]:
    if "Adam" in training.optimizer:
        return None, {}
    return say("Use Adam instead"), {"optimizer": "Adam", "learning_rate": 1e-3}


def _swap(graph: Graph, key: str, block: str) -> Fix | None:
    if key not in graph.whole.nodes:
        return None
    return Fix(say("Use {block} instead", block=block), key, {}, "swap", block)


def _name(run: RunData, graph: Graph, key: str) -> str:
    """What a node is called: in the drawing, else in the run."""
    node = graph.whole.nodes.get(key)
    if node is not None:
        return node.name
    return dict(zip(run.nodes, run.names, strict=True)).get(key, key)


# what is looked for


def _not_finite(run: RunData, graph: Graph) -> Iterator[Finding]:
    step, node = run.first_bad, None
    broken = [node for node, norm in run.gradients.items() if not np.isfinite(norm)]
    if step is None and not broken:
        return
    found = run.layers.at(step) if step is not None else run.layers.at(float(run.step))
    if found is not None:
        step = step or int(found[0])
        bad = np.flatnonzero(~np.isfinite(found[1]))
        if found[0] == step and len(bad):
            node = run.nodes[int(bad[-1])]  # gradients go from the end to the start: the last one was the first
    label, settings = _rate(run, graph, 0.1)
    if label is None:
        label, settings = _clip(graph)
    at = f"{step:,}"
    if node is None:
        yield Finding("not a number", say("The loss is no number from step {step} on.", step=at), None, label, settings)
        return
    text = "From step {step} on {node} has numbers too large to be numbers: the training ran away."
    yield Finding("not a number", say(text, step=at, node=_name(run, graph, node)), node, label, settings)


def _norms(run: RunData, first: float, last: float) -> Floats:
    """The typical log10 of each layer's gradient norm between two steps; -inf where it is mostly zero."""
    middles = run.layers.envelope(64, first, last).middles()
    if not middles.size:
        return np.empty(0)
    return np.sort(np.where(np.isnan(middles), np.inf, middles), axis=1)[:, (middles.shape[1] - 1) // 2]


def _explodes(run: RunData, graph: Graph) -> Iterator[Finding]:
    if run.step < _STEPS or not run.layers:
        return
    label, settings = _clip(graph)
    if label is None:
        label, settings = _rate(run, graph, 0.1)
    early, late = _norms(run, 1, _STEPS / 2), _norms(run, run.step * (1 - _RECENT), run.step)
    if not np.isfinite(late).any():
        return
    with np.errstate(invalid="ignore"):
        grown = np.where(np.isfinite(late) & np.isfinite(early), late - early, 0.0)
    worst = int(grown.argmax())
    if grown[worst] > _GROWN:
        node = run.nodes[worst]
        text = "The gradient of {node} grew {times} times since the start: it explodes."
        sentence = say(text, node=_name(run, graph, node), times=f"{10 ** grown[worst]:,.0f}")
        yield Finding("exploding", sentence, node, label, settings)
        return
    slope, span = _depth(late)
    if slope < -_ORDERLY and span > _DECADES:
        node = run.nodes[int(late.argmax())]
        text = "Gradients grow on their way back: that of {node} is {times} times the smallest."
        sentence = say(text, node=_name(run, graph, node), times=f"{10**span:,.0f}")
        yield Finding("exploding", sentence, node, label, settings)


def _depth(norms: Floats) -> tuple[float, float]:
    """How the log norm goes with depth, as a correlation, and its span in decades; of fewer than three: nothing."""
    known = np.isfinite(norms)
    if known.sum() < 3:
        return 0.0, 0.0
    depth, values = np.flatnonzero(known).astype(float), norms[known]
    if np.ptp(values) < 1e-9:
        return 0.0, 0.0
    return float(np.corrcoef(depth, values)[0, 1]), float(np.ptp(values))


def _vanishes(run: RunData, graph: Graph) -> Iterator[Finding]:
    if run.step < _STEPS or not run.layers:
        return
    late = _norms(run, run.step * (1 - _RECENT), run.step)
    cut = [node for node, norm in zip(run.nodes, late, strict=False) if np.isneginf(norm)]
    if cut and len(cut) == len(late):
        text = "No gradient reaches any layer: the loss does not depend on the weights any more."
        label, settings = _rate(run, graph, 0.1)
        yield Finding("cut off", say(text), cut[-1], label, settings, _squashed(run, graph, "ReLU", "LeakyReLU"))
        return
    slope, span = _depth(late)
    if slope > _ORDERLY and span > _DECADES:
        node = run.nodes[int(np.where(np.isfinite(late), late, np.inf).argmin())]
        text = "Gradients vanish on their way back: that of {node} is {times} times smaller than the largest."
        sentence = say(text, node=_name(run, graph, node), times=f"{10**span:,.0f}")
        fix = next((fix for block in _SQUASHING if (fix := _squashed(run, graph, block, "ReLU"))), None)
        label, settings = (None, {}) if fix is not None else _adam(graph.training)
        yield Finding("vanishing", sentence, node, label, settings, fix)


def _squashed(run: RunData, graph: Graph, block: str, instead: str) -> Fix | None:
    """Another block in the place of the first one of that kind."""
    found = [key for key in graph.whole.nodes if graph.whole.nodes[key].block == block]
    if not found:
        return None
    label = say("Use {block} in place of {node}", block=instead, node=_name(run, graph, found[0]))
    return Fix(label, found[0], {}, "swap", instead)


def _units(run: RunData, graph: Graph) -> Iterator[Finding]:
    """Layers of which most units are dead or saturated; the very last one may be sure of its answers."""
    if len(run.activity) < _ROWS or run.step < _STEPS:
        return
    watched = run.watched_nodes()
    for kind, most in (("dead", _DEAD), ("saturated", _SATURATED)):
        shares = np.stack(
            [run.activity.column(len(STATISTICS) * i + STATISTICS.index(kind))[-_ROWS:] for i in range(len(watched))]
        )
        known = np.where(np.isfinite(shares), shares, 0.0).min(axis=1)
        if kind == "saturated":
            known[-1] = 0.0
        worst = int(known.argmax())
        if known[worst] > most:
            node = watched[worst]
            values = {"node": _name(run, graph, node), "part": f"{100 * known[worst]:.0f}"}
            block = graph.whole.nodes[node].block if node in graph.whole.nodes else ""
            if kind == "dead":
                sentence = say("{part} % of the units of {node} are dead: they give zero for every sample.", **values)
                fix = _swap(graph, node, "LeakyReLU") if block == "ReLU" else None
            else:
                text = "{part} % of the units of {node} are saturated: hardly any gradient gets through them."
                sentence = say(text, **values)
                fix = _swap(graph, node, "ReLU") if block in _SQUASHING else None
            label, settings = (None, {}) if fix is not None else _rate(run, graph, 0.1)
            yield Finding(kind, sentence, node, label, settings, fix)


def _pace(run: RunData, graph: Graph) -> Iterator[Finding]:
    """Whether a step moves the weights far too much, or never moved them enough."""
    count = len(run.nodes)
    if len(run.moves) < _ROWS or run.step < _STEPS or not count:
        return
    updates = np.stack([run.moves.column(count + index) for index in range(count)], axis=1)
    typical = np.array([_middle(row) for row in updates])
    recent = float(_middle(typical[-max(_ROWS, int(len(typical) * _RECENT)) :]))
    if recent > _FAST:
        worst = int(np.nan_to_num(updates[-1], posinf=0.0).argmax())
        text = "Each step moves the weights of {node} by {part} % of their size: the learning rate is too high."
        part = f"{100 * float(np.nan_to_num(updates[-1])[worst]):.0f}"
        label, settings = _rate(run, graph, 0.1)
        sentence = say(text, node=_name(run, graph, run.nodes[worst]), part=part)
        yield Finding("too high", sentence, run.nodes[worst], label, settings)
    fastest = float(np.percentile(typical, 90))
    if 0 < fastest < _SLOW and run.step >= _PATIENCE:
        slowest = int(np.where(updates[-1] > 0, updates[-1], np.inf).argmin())
        text = (
            "A step moves the weights by {part} of their size at most, those of {node} least: "
            "the learning rate is too low."
        )
        label, settings = _rate(run, graph, 10.0)
        sentence = say(text, part=f"{fastest:.0e}", node=_name(run, graph, run.nodes[slowest]))
        yield Finding("too low", sentence, run.nodes[slowest], label, settings)


def _middle(values: Floats) -> float:
    """The median of what is a number and not zero; frozen layers do not move. 0 where there is none."""
    known = values[np.isfinite(values) & (values > 0)]
    return float(np.median(known)) if len(known) else 0.0


def _losses(run: RunData, step: float, half: int) -> float:
    """The mean loss around a step."""
    return float(run.steps.smooth(np.array([max(int(step) - 1, 0)]), half)[0])


def _stands_still(run: RunData, graph: Graph) -> Iterator[Finding]:
    if run.step < _PATIENCE or run.first_bad is not None:
        return
    begin, now = _losses(run, 11, 10), _losses(run, run.step - 20, 20)
    best = min(_losses(run, run.step * part, 20) for part in np.linspace(0.2, 0.95, 6))
    if not begin > 0 or begin - min(now, best) > _STUCK * begin:
        return
    late = _norms(run, run.step * (1 - _RECENT), run.step) if run.layers else np.empty(0)
    node = run.nodes[int(late.argmin())] if len(late) else None
    label, settings = _adam(graph.training)
    if label is None:
        label, settings = _rate(run, graph, 0.1)
    values = {"steps": f"{run.step:,}", "begin": f"{begin:.3g}", "now": f"{now:.3g}"}
    if node is None:
        sentence = say("It does not learn: the loss was {begin} and is {now} after {steps} steps.", **values)
    else:
        text = (
            "It does not learn: the loss was {begin} and is {now} after {steps} steps. {node} gets the least gradient."
        )
        sentence = say(text, **values, node=_name(run, graph, node))
    yield Finding("not learning", sentence, node, label, settings)


def _overfits(run: RunData, graph: Graph) -> Iterator[Finding]:
    steps = run.epoch_steps.view()
    if len(steps) <= _WORSE_FOR:
        return
    losses = run.epochs[0].view()
    if not np.isfinite(losses).all():
        return
    best = int(losses.argmin())
    after = losses[best + 1 :]
    if len(after) < _WORSE_FOR or after[-_WORSE_FOR:].min() < losses[best] * (1 + _WORSE) or losses[best] <= 0:
        return
    if losses[-1] - losses[best] < _MATTERS * _losses(run, 11, 10):
        return
    half = max(run.step // 50, 1)
    if _losses(run, float(steps[-1]) - half, half) > 0.9 * _losses(run, float(steps[best]), half):
        return  # the training loss does not fall: that is something else
    training, label = graph.training, None
    settings: dict[str, object] = {}
    if not (training.patience and training.keep_best):
        label = say("Stop early and keep the best weights")
        settings = {"patience": training.patience or 5, "keep_best": True}
    text = (
        "It overfits: since step {step} the validation loss rose from {best} to {now} while the training loss fell. "
        "{node} and the rest learn the samples by heart."
    )
    node = max(zip(run.nodes, _sizes(run), strict=True), key=lambda pair: pair[1])[0] if run.nodes else None
    values = {"step": f"{steps[best]:,.0f}", "best": f"{losses[best]:.3g}", "now": f"{losses[-1]:.3g}"}
    if node is None:
        text = text.partition(" {node}")[0]
        yield Finding("overfitting", say(text, **values), None, label, settings)
        return
    yield Finding("overfitting", say(text, **values, node=_name(run, graph, node)), node, label, settings)


def _sizes(run: RunData) -> Floats:
    """The latest norm of every layer's weights, where it was measured: the largest is the one with most to learn by."""
    latest = run.moves.at(np.inf)
    if latest is None:
        return np.zeros(len(run.nodes))
    return np.nan_to_num(latest[1][: len(run.nodes)])
