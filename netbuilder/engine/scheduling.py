"""The schedule of a run's learning rate: what moves it on, and how far it is planned."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch

from netbuilder.blocks.sentence import Refused
from netbuilder.codegen.optimizing import chosen_scheduler, scheduled_every, spans_run
from netbuilder.graph.records import Training

Reach = tuple[int, int]  # epochs and steps, from the start of the run


class Schedule:
    """The scheduler that the exported program makes, if the settings have one; torch has no type that all share.

    One that spans the run is planned from `start` to `end`: the whole run, or what was left when it became longer.
    """

    def __init__(
        self, training: Training, names: Mapping[str, Any], optimizer: torch.optim.Optimizer, end: Reach
    ) -> None:
        """Plan it for all of a run. Refused where the person's own plan is shorter than the run."""
        self._optimizer, self._make = optimizer, names.get("make_scheduler")
        self._recipe = chosen_scheduler(training)
        self._spans, self._staged = spans_run(training), bool(training.stages)
        self._by_steps = scheduled_every(training) == "step"
        self._scheduler: Any = None
        self._begin((0, 0), end)
        self._check(end)

    def _begin(self, start: Reach, end: Reach) -> None:
        self._start, self._end = start, end
        if self._recipe is None or self._make is None:
            return
        epochs, steps = end[0] - start[0], end[1] - start[1]
        one = steps if self._by_steps else epochs
        given = ((epochs, steps) if self._staged else (one,)) if self._spans else ()
        self._scheduler = self._make(self._optimizer, *given)

    def _check(self, end: Reach) -> None:
        planned = self._start[1] + getattr(self._scheduler, "total_steps", end[1])
        if planned < end[1]:
            text = "{scheduler} is planned for {planned} steps, and the run has {steps}."
            assert self._recipe is not None
            raise Refused(text, scheduler=self._recipe.name, planned=planned, steps=end[1])

    def extend(self, here: Reach, end: Reach) -> bool:
        """Let it reach to where the run ends now; whether it therefore begins anew here.

        Refused where the person's own plan is shorter than the run.
        """
        longer = end[1] > self._end[1] if self._by_steps else end[0] > self._end[0]
        if not (self._spans and longer):
            self._check(end)
            return False
        for group in self._optimizer.param_groups:
            group["lr"] = group.get("initial_lr", group["lr"])
        self._begin(here, end)
        return True

    @property
    def per_step(self) -> bool:
        """Whether it moves on at every step."""
        return self._scheduler is not None and self._by_steps

    def step(self) -> None:
        """A step is done."""
        self._scheduler.step()

    def epoch_over(self) -> None:
        """An epoch is done."""
        if self._recipe is not None and not self._by_steps and not self._recipe.watches_validation:
            self._scheduler.step()

    def measured(self, loss: float) -> None:
        """The loss on the samples kept aside is known."""
        if self._recipe is not None and self._recipe.watches_validation:
            self._scheduler.step(loss)

    def rates_set(self) -> None:
        """The optimizer's learning rates were set by hand: go on from those."""
        for scheduler in (self._scheduler, *getattr(self._scheduler, "_schedulers", ())):
            if hasattr(scheduler, "base_lrs"):
                groups = self._optimizer.param_groups
                scheduler.base_lrs = [group.get("initial_lr", group["lr"]) for group in groups]

    def saved(self) -> dict[str, Any]:
        """What a checkpoint keeps of it."""
        state = None if self._scheduler is None else self._scheduler.state_dict()
        return {"scheduler": state, "planned": (self._start, self._end)}

    def take(self, saved: Mapping[str, Any]) -> None:
        """Be as saved. The optimizer's own state must be taken afterwards: a new scheduler changes its rates."""
        if self._scheduler is None:
            return
        if saved["scheduler"] is None:
            raise ValueError("it was trained without a scheduler")
        if self._spans:
            self._begin(*saved["planned"])
        self._scheduler.load_state_dict(saved["scheduler"])
