"""What can be drawn over the steps of a run beside its loss: for each, where it comes from and how it is shown."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QCoreApplication

from netbuilder.bridge.about import PHASES
from netbuilder.ui.plots import ticks
from netbuilder.ui.plots.run_data import STATISTICS, RunData
from netbuilder.ui.plots.series import Source

Scale = Literal["log", "linear", "part"]
translate = QCoreApplication.translate

HEALTHY = (3e-4, 3e-3)
"""Of updates over weights: about a thousandth a step is what trains well (A. Karpathy, "Yes you should understand
backprop" and CS231n, "Ratio of weights:updates"); half a decade to either side."""


@dataclass(frozen=True)
class Quantity:
    """Several curves of one kind. On a scale that is a `part` they go from 0 to 1; a `band` is where they do well.

    `smooth`: a smoothed curve is drawn over each. `text` writes a value, `axis` one at a tick, where a plain
    number would not do.
    """

    title: str
    source: Callable[[RunData], Source]
    names: Callable[[RunData], tuple[str, ...]]
    scale: Scale
    help: str = ""
    band: tuple[float, float] | None = None
    smooth: bool = True
    text: Callable[[float], str] = ticks.number
    axis: Callable[[float], str] | None = None


def percent(value: float) -> str:
    """A part as a percentage."""
    return f"{100 * value:.3g} %" if value == value else ticks.number(value)


def _gigabytes(value: float) -> str:
    return f"{ticks.number(value / 1024)} GiB" if value >= 1024 else f"{ticks.number(value)} MiB"


def gradients() -> Quantity:
    """The norm of each layer's gradient."""
    return Quantity(
        translate("Plots", "Gradient norms"),
        lambda run: run.layers,
        lambda run: run.names,
        "log",
        translate("Plots", "How long the gradient of a layer's weights is, all of them taken as one vector."),
    )


def tensors() -> Quantity:
    """The norm of each tensor's gradient."""
    return Quantity(
        translate("Plots", "Gradient norm by layer and step"),
        lambda run: run.tensors,
        lambda run: run.about.tensors,
        "log",
        translate("Plots", "How long the gradient of each tensor is."),
    )


def norms() -> Quantity:
    """The norm of each layer's weights."""
    return Quantity(
        translate("Plots", "Weight norms"),
        lambda run: run.moves.some(slice(0, len(run.nodes))),
        lambda run: run.names,
        "log",
        translate("Plots", "How long a layer's weights are, all of them taken as one vector."),
        smooth=False,
    )


def updates() -> Quantity:
    """How far a step moves each layer's weights, over their norm."""
    return Quantity(
        translate("Plots", "Update ÷ weights"),
        lambda run: run.moves.some(slice(len(run.nodes), None)),
        lambda run: run.names,
        "log",
        translate("Plots", "How far one step moves a layer's weights, over their norm. About 1e-3 trains well."),
        band=HEALTHY,
        smooth=False,
    )


def activations(kind: str) -> Quantity:
    """One of STATISTICS of each watched output."""
    at = STATISTICS.index(kind)
    titles = {
        "mean": (translate("Plots", "Activation mean"), translate("Plots", "The mean of what a layer gives.")),
        "spread": (
            translate("Plots", "Activation spread"),
            translate("Plots", "The standard deviation of what a layer gives."),
        ),
        "dead": (
            translate("Plots", "Dead units"),
            translate("Plots", "The part of a layer's units that gave zero for every sample."),
        ),
        "saturated": (
            translate("Plots", "Saturated units"),
            translate("Plots", "The part of a layer's units that lie where their function is flat."),
        ),
    }
    part = kind in ("dead", "saturated")
    return Quantity(
        titles[kind][0],
        lambda run: run.activity.some(slice(at, None, len(STATISTICS))),
        lambda run: run.watched_names(),
        "part" if part else "linear",
        titles[kind][1],
        smooth=False,
        text=percent if part else ticks.number,
        axis=percent if part else None,
    )


def of_layers() -> tuple[Quantity, ...]:
    """What can be asked of every layer."""
    return (gradients(), updates(), norms(), *(activations(kind) for kind in ("dead", "saturated", "mean", "spread")))


def _pulse(run: RunData, first: str, count: int = 1) -> Source:
    at = run.pulse_names.index(first)
    return run.pulse.some(slice(at, at + count))


def rates() -> Quantity:
    """The learning rate of every group of parameters."""
    return Quantity(
        translate("Plots", "Learning rate"),
        lambda run: run.pulse.some(slice(1, 1 + len(run.about.groups))),
        lambda run: tuple(name or translate("Plots", "learning rate") for name in run.about.groups),
        "log",
        smooth=False,
    )


def speed() -> Quantity:
    """Samples a second."""
    return Quantity(
        translate("Plots", "Speed"),
        lambda run: _pulse(run, "samples_per_second"),
        lambda run: (translate("Plots", "samples a second"),),
        "linear",
        smooth=False,
    )


def phases() -> Quantity:
    """Seconds a step in each phase."""
    names = {
        "data": translate("Plots", "data"),
        "forward": translate("Plots", "forward"),
        "backward": translate("Plots", "backward"),
        "update": translate("Plots", "update"),
        "telemetry": translate("Plots", "telemetry"),
    }
    return Quantity(
        translate("Plots", "Time per step"),
        lambda run: run.pulse.some(run.phases()),
        lambda run: tuple(names[phase] for phase in PHASES),
        "linear",
        smooth=False,
        text=lambda value: f"{ticks.number(1e3 * value)} ms",
        axis=lambda value: f"{1e3 * value:.4g} ms",
    )


def load() -> Quantity:
    """How busy processor and graphics processor are, in percent."""
    return Quantity(
        translate("Plots", "Load"),
        lambda run: run.pulse.some(slice(run.pulse_names.index("cpu_percent"), None, 2)),
        lambda run: (translate("Plots", "CPU"), translate("Plots", "GPU")),
        "linear",
        smooth=False,
        text=lambda value: f"{value:.0f} %" if value == value else ticks.number(value),
        axis=lambda value: f"{value:.0f} %",
    )


def memory() -> Quantity:
    """Memory of the process and on the GPU, in MiB."""
    return Quantity(
        translate("Plots", "Memory, MiB"),
        lambda run: run.pulse.some(slice(run.pulse_names.index("memory"), None, 2)),
        lambda run: (translate("Plots", "process"), translate("Plots", "GPU")),
        "linear",
        smooth=False,
        text=_gigabytes,
    )
