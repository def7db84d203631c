"""Run folders as a training would leave them, healthy or with a sickness: for tests, benchmarks and to look at."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from netbuilder.bridge.about import ACTIVATIONS, BINS, CONFUSION, LAYERS, PULSE, WEIGHTS, About
from netbuilder.bridge.run_folder import RunWriter


@dataclass(frozen=True)
class Made:
    """What a made run is like. `factor` is how much larger a layer's gradients are than those of the next one."""

    steps: int = 1200
    layers: int = 4
    factor: float = 1.0
    epochs: int = 6
    loss: float = 2.3
    end: float = 0.15
    gap: float = 0.05
    overfit: bool = False
    update: float = 1e-3
    dead: float = 0.02
    saturated: float = 0.02
    bad_step: int = 0
    classes: int = 10
    named: bool = False
    planned: int = 0


def about(made: Made) -> About:
    """What such a run says of itself."""
    layers = [f"layer{index + 1}" for index in range(made.layers)]
    tensors = tuple(f"{layer}.{kind}" for layer in layers for kind in ("weight", "bias"))
    return About(
        name="Made",
        created="2026-01-01 10:00:00",
        device="cpu",
        device_name="CPU",
        torch="2.13",
        threads=1,
        seed=0,
        steps=made.planned or made.steps,
        epochs=made.epochs,
        tensors=tensors,
        nodes=tuple(name.partition(".")[0] for name in tensors),
        metrics=("accuracy", "f1"),
        shares=("accuracy", "f1"),
        watched=tuple(f"{layer}.output" for layer in layers),
        confusions={"confusion": made.classes} if made.classes else {},
        classes={"confusion": tuple("abcdefghijklmnopqrstuvwxyz"[: made.classes])} if made.named else {},
    )


def write(folder: Path, made: Made) -> Path:
    """Write it into an existing folder."""
    generator = np.random.default_rng(0)
    told, writer = about(made), RunWriter(folder)
    writer.about(told)
    at = np.arange(made.steps)
    part = at / max(made.steps, 1)
    loss = made.end + (made.loss - made.end) * np.exp(-6 * part)
    loss = loss * generator.lognormal(0, 0.12, made.steps)
    depth = made.factor ** -np.arange(made.layers, dtype=float)[::-1]
    norms = 0.3 * np.exp(-2 * part)[:, None] * np.repeat(depth, 2) * generator.lognormal(0, 0.3, (made.steps, 1))
    norms = norms * generator.lognormal(0, 0.2, norms.shape)
    if made.bad_step:
        loss[made.bad_step - 1 :] = np.nan
        norms[made.bad_step - 1 :] = np.nan
    writer.steps(np.column_stack([loss, norms]).tobytes())
    for epoch in range(1, made.epochs + 1):
        done = epoch / made.epochs
        value = made.end + (made.loss - made.end) * np.exp(-6 * done) + made.gap
        if made.overfit:
            value += 1.2 * max(done - 0.3, 0)
        right = 1 - value / (made.loss + made.gap + 0.1)
        step = round(made.steps * done)
        writer.epoch(step, [value, right, right * 0.97])
        if made.classes:
            writer.append(CONFUSION, _doubles([step, *_confusion(generator, made.classes, right).ravel()]))
    for step in np.unique(np.linspace(1, made.steps, 60).round()) if made.steps else ():
        _measure(writer, told, made, float(step), generator)
    writer.state("finished")
    writer.close()
    return folder


def _measure(writer: RunWriter, told: About, made: Made, step: float, generator: np.random.Generator) -> None:
    part, count = step / made.steps, len(told.tensors)
    phases = np.array([0.3, 1.1, 2.2, 0.5, 0.1]) * 1e-3 * generator.lognormal(0, 0.1, 5)
    pulse = [
        step,
        40 * part,
        1e-3 * (1 - part) + 1e-6,
        64 / phases.sum(),
        *phases,
        150,
        420 + 80 * part,
        np.nan,
        np.nan,
    ]
    writer.append(PULSE, _doubles(pulse))
    moves = np.stack([np.full(count, 3 + part), made.update * generator.lognormal(0, 0.3, count) * (1.2 - part)], 1)
    writer.append(LAYERS, _doubles([step, *moves.ravel()]))
    weights = [[*_histogram(generator, 0, 0.1 + 0.2 * part), *_histogram(generator, 0, 1e-2)] for _ in told.tensors]
    writer.append(WEIGHTS, _doubles([step, *np.ravel(weights)]))
    units = [
        [0.4, 1.0 + part, made.dead, made.saturated, *_histogram(generator, 0.4 + part, 1.0 + part)]
        for _ in told.watched
    ]
    writer.append(ACTIVATIONS, _doubles([step, *np.ravel(units)]))


def _histogram(generator: np.random.Generator, mean: float, spread: float) -> list[float]:
    numbers = generator.normal(mean, spread, 2000)
    counts, edges = np.histogram(numbers, BINS)
    return [edges[0], edges[-1], *counts]


def _confusion(generator: np.random.Generator, classes: int, right: float) -> np.ndarray:
    counts = generator.poisson(max(1 - right, 0.01) * 8, (classes, classes)).astype(float)
    counts[np.arange(classes), np.arange(classes)] += round(80 * max(right, 0))
    return counts


def _doubles(numbers: list[float]) -> bytes:
    return np.array(numbers, "<f8").tobytes()


HEALTHY = Made()
SICK = {
    "vanishing": replace(HEALTHY, layers=8, factor=8.0),
    "exploding": replace(HEALTHY, layers=6, factor=1 / 8),
    "overfitting": replace(HEALTHY, overfit=True),
    "not learning": replace(HEALTHY, end=2.3),
    "dead": replace(HEALTHY, dead=0.8),
    "saturated": replace(HEALTHY, saturated=0.9),
    "not a number": replace(HEALTHY, bad_step=700),
    "too high": replace(HEALTHY, update=0.6),
    "too low": replace(HEALTHY, update=2e-6, end=2.0),
}
