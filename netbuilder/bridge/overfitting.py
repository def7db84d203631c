"""Whether one batch was learned by heart: what the losses of such a run say, and what to look at where it was not."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from netbuilder.blocks.sentence import Sentence, SentenceValue, say
from netbuilder.graph.graph import Graph

BY_HEART, PARTLY = 0.05, 0.5  # of the loss at the start
_ENDS = 5  # steps that the loss at either end is the mean of
_SQUASHING = ("Softmax", "Sigmoid", "Softmax2d")
_LOGITS = ("CrossEntropyLoss", "BCEWithLogitsLoss", "MultiLabelSoftMarginLoss")
_SMALL = 1e-4


@dataclass(frozen=True)
class Verdict:
    """`learned` is True, False, or None for partly; `hints` are what to look at."""

    learned: bool | None
    sentence: Sentence
    hints: tuple[Sentence, ...] = ()


def judge(losses: Sequence[float], graph: Graph) -> Verdict:
    """What a run that saw the same batch again and again tells about the drawing."""
    finite = [loss for loss in losses if math.isfinite(loss)]
    if len(finite) < 2 * _ENDS:
        return Verdict(False, say("Too few steps were done to tell."))
    first, last = finite[0], sum(finite[-_ENDS:]) / _ENDS
    values: dict[str, SentenceValue] = {"first": f"{first:.3g}", "last": f"{last:.3g}", "steps": len(losses)}
    if first > 0 and last <= BY_HEART * first:
        text = (
            "Learned by heart: the loss of one batch fell from {first} to {last} in {steps} steps. Data, network, loss "
            "and optimizer work together."
        )
        return Verdict(True, say(text, **values))
    if first > 0 and last <= PARTLY * first:
        text = (
            "Learned in part: the loss of one batch fell from {first} to {last} in {steps} steps, and it should go on."
        )
        return Verdict(None, say(text, **values), _hints(graph))
    text = (
        "Not learned: the loss of one batch went from {first} to {last} in {steps} steps. A network that cannot learn "
        "one batch by heart will not learn the rest."
    )
    return Verdict(False, say(text, **values), (*_hints(graph), *_more()))


def _hints(graph: Graph) -> tuple[Sentence, ...]:
    """What in the drawing may hold it back."""
    live, training, found = graph.live, graph.training, []
    losses = [node for node in live.nodes.values() if node.block in _LOGITS]
    for loss in losses:
        wire = live.wires_into(loss.id).get("input")
        before = live.nodes.get(wire.source) if wire is not None else None
        if before is not None and before.block in _SQUASHING:
            text = "{loss} wants scores as they come, and {node} squashes them first: take {node} out."
            found.append(say(text, loss=loss.name, node=before.name))
        elif before is not None and before.entry.category.name == "ACTIVATION":
            text = "{node} stands right before {loss}: scores that it cuts off cannot be learned."
            found.append(say(text, loss=loss.name, node=before.name))
    dropped = [node.name for node in live.nodes.values() if "Dropout" in node.block]
    if dropped:
        text = "{names} drops numbers at random, so one batch is not the same twice: bypass it for this test."
        found.append(say(text, names=", ".join(dropped[:3])))
    if any(node.augmentations for node in live.nodes.values()):
        found.append(say("The samples are changed at random, so one batch is not the same twice."))
    if training.learning_rate < _SMALL:
        text = "The learning rate, {rate}, is very small: “Find the Learning Rate” suggests one."
        found.append(say(text, rate=f"{training.learning_rate:g}"))
    return tuple(found)


def _more() -> tuple[Sentence, ...]:
    return (
        say("Find the learning rate: one that is far too large or too small looks just like this."),
        say("Check that the targets belong to the samples and are of the kind that the loss wants."),
        say("Look at the gradient bars beside the cards: where they end, nothing is learned."),
    )
