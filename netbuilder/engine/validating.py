"""What a run measures on the samples kept aside, and what follows from it."""

from __future__ import annotations

import contextlib
import random
from array import array
from collections.abc import Iterator

import torch

from netbuilder.blocks.sentence import Sentence, say
from netbuilder.bridge.about import CONFUSION
from netbuilder.bridge.run_folder import CHECKPOINTS, RunWriter
from netbuilder.codegen import Plan
from netbuilder.codegen.loop import less_is_better, watched_metric, watches
from netbuilder.engine.checkpoints import save_best
from netbuilder.engine.data import Samples
from netbuilder.engine.execute import Program
from netbuilder.engine.observing import Observer
from netbuilder.engine.state import State


class Validation:
    """Measures a network in training. Only the `first` of several processes looks at samples and keeps weights."""

    def __init__(
        self, program: Program, plan: Plan, samples: Samples | None, state: State, writer: RunWriter, first: bool
    ) -> None:
        self._names, self._plan, self._samples = program.names, plan, samples
        self._state, self._writer, self._first = state, writer, first
        self._observer = Observer(program.names, samples, writer)
        self.metrics = tuple(plan.names[node.id] for node in plan.metrics) if samples else ()
        self.shares = tuple(plan.names[node.id] for node in plan.metrics if node.entry.share) if samples else ()
        self.tables = dict(program.tables) if samples else {}

    @property
    def observed(self) -> tuple[int, ...]:
        """The numbers of the samples that are watched all through the run."""
        return self._observer.observed

    @property
    def due(self) -> bool:
        """Whether there is anything to measure that was not measured at this step."""
        return self._samples is not None and self._state.place.measured != self._state.place.step

    def measure(self) -> Sentence | None:
        """Measure, write it down and let the schedule and the settings draw their conclusions.

        Returns why the run is over, if it is.
        """
        state, writer = self._state, self._writer
        step = state.place.measured = state.place.step
        with self._as_exported():
            values = self._names["evaluate"](state.model, self._samples)
        state.schedule.measured(values["loss"])
        writer.epoch(step, [values["loss"], *(values[name] for name in self.metrics)])
        if self.tables:
            counts = [count for name in self.tables for count in values.pop(name).flatten().tolist()]
            writer.append(CONFUSION, array("d", [step, *counts]).tobytes())
        if self._first:
            self._observer.observe(step, state.model)
        text = ", ".join(f"{name} {value:.4g}" for name, value in values.items())
        writer.log(f"step {step}: validation {text}")
        return self._compare(values[watched_metric(self._plan)])

    @contextlib.contextmanager
    def _as_exported(self) -> Iterator[None]:
        """Where the exported program measures nothing, take back the random numbers that a network draws even then."""
        step, length = self._state.place.step, self._state.length
        report = length.per_epoch * max(1, length.steps // length.per_epoch // 20)
        if watches(self._state.training) or step % report == 0 or step == length.steps:
            yield
            return
        before, device = random.getstate(), str(self._names["DEVICE"])
        with torch.random.fork_rng([device] if device.startswith("cuda") else []):
            yield
        random.setstate(before)

    def _compare(self, value: float) -> Sentence | None:
        """Keep the best weights, and end where nothing has become better for long."""
        place, settings = self._state.place, self._state.training
        if not (settings.patience or settings.keep_best):
            return None
        less = less_is_better(self._plan)
        if value == value and (place.best is None or (value < place.best if less else value > place.best)):
            place.best, place.waiting = value, 0
            if settings.keep_best and self._first:
                save_best(self._writer.folder / CHECKPOINTS, place.step, self._state.model, value)
            return None
        place.waiting += 1
        if settings.patience and place.waiting >= settings.patience:
            text = "Ended early at step {step}: {name} has not become better than {best} for {times} measurements."
            name = watched_metric(self._plan)
            best = "nan" if place.best is None else f"{place.best:.4g}"
            return say(text, step=place.step, name=name, best=best, times=place.waiting)
        return None
