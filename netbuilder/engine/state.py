"""Where a run is: all that a checkpoint holds, so that a run can go on from it as if nothing had happened."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import torch
from torch import Tensor, nn

from netbuilder.blocks.sentence import Refused
from netbuilder.codegen.loop import ways
from netbuilder.engine.checkpoints import load_checkpoint, save_checkpoint
from netbuilder.engine.clock import Clock
from netbuilder.engine.scheduling import Reach, Schedule
from netbuilder.engine.team import Team
from netbuilder.graph.records import Training


class Length(NamedTuple):
    """How long a run is in all."""

    epochs: int
    steps: int
    per_epoch: int  # steps

    @property
    def end(self) -> Reach:
        """Where it ends."""
        return self.epochs, self.steps


@dataclass
class Place:
    """How far a run is. `order` is that of the epoch under way, of which `position` samples have been used."""

    step: int = 0
    epoch: int = 0
    position: int = 0
    order: Tensor = field(default_factory=lambda: torch.empty(0, dtype=torch.int64))
    best: float | None = None  # value on the samples kept aside
    waiting: int = 0  # validations since then
    measured: int = 0  # the step of the last validation

    @property
    def used_up(self) -> bool:
        """Whether the epoch under way has no samples left, and is still to be ended: a checkpoint may be made there."""
        return 0 < len(self.order) <= self.position


class State:
    """A network in training: its weights, what moves them, and how far it is."""

    def __init__(
        self, names: Mapping[str, Any], training: Training, model: nn.Module, samples: int, device: str, team: Team
    ) -> None:
        """The state before the first step; `names` are those of the run's program. Refused as `Schedule` says."""
        self.training, self.model = training, model
        self._samples, self._team = samples, team
        self.place, self.clock = Place(), Clock()
        self.optimizer: torch.optim.Optimizer = names["make_optimizer"](model)
        self.scaler = torch.amp.GradScaler(torch.device(device).type) if "fp16" in ways(training) else None
        self.shuffle = torch.Generator().manual_seed(training.seed)
        self.length = self._length()
        self.schedule = Schedule(training, names, self.optimizer, self.length.end)

    @property
    def step_size(self) -> int:
        """Samples a step."""
        return self.training.batch_size * self.training.accumulate

    def _length(self) -> Length:
        """From where the run is, and with the batch size there is now."""
        settings, place, size = self.training, self.place, self.step_size
        per_epoch = math.ceil(self._samples / size)
        if settings.steps:
            return Length(math.ceil(settings.steps / per_epoch), settings.steps, per_epoch)
        whole = settings.epochs - place.epoch
        left = whole * per_epoch
        if place.position:
            left += math.ceil((len(place.order) - place.position) / size) - per_epoch
        return Length(settings.epochs, place.step + left, per_epoch)

    def save(self, folder: Path) -> None:
        """Write a checkpoint into the folder. OSError when the disk does not take it."""
        state = {
            **{name: value for name, value in vars(self.place).items() if name != "step"},
            "optimizer": self.optimizer.state_dict(),
            **self.schedule.saved(),
            "scaler": None if self.scaler is None else self.scaler.state_dict(),
            "shuffle": self.shuffle.get_state(),
            "seconds": self.clock.seconds,
            "batch_size": self.training.batch_size,
            "others": self._team.random_states(),
        }
        if self._team.first:
            save_checkpoint(folder, self.place.step, self.model, state, self.training.keep_checkpoints)

    def restore(self, checkpoint: Path, batch_size: bool) -> bool:
        """Be exactly where the run was that wrote the checkpoint, with its batch size too if that is asked for.

        Returns whether the schedule begins anew, since the run is longer than it was. Refused when the checkpoint
        cannot be read or is of other settings.
        """
        state = load_checkpoint(checkpoint, self.model)
        try:
            return self._take(state, batch_size)
        except (KeyError, TypeError, ValueError, RuntimeError) as error:
            text = "The checkpoint {path} does not suit these settings: {reason}"
            raise Refused(text, path=str(checkpoint), reason=str(error)[:200]) from None

    def _take(self, state: Mapping[str, Any], batch_size: bool) -> bool:
        self.place = Place(**{name: state[name] for name in (one.name for one in fields(Place))})
        self.schedule.take(state)
        self.optimizer.load_state_dict(state["optimizer"])
        if self.scaler is not None and state["scaler"] is not None:
            self.scaler.load_state_dict(state["scaler"])
        self.shuffle.set_state(state["shuffle"])
        self.clock.seconds = state["seconds"]
        if batch_size:
            self.training = msgspec.structs.replace(self.training, batch_size=state["batch_size"])
        self.length = self._length()
        anew = self.schedule.extend(self._here, self.length.end)
        self._team.restore_random(state)
        return anew

    @property
    def _here(self) -> Reach:
        return self.place.epoch, self.place.step

    # Changes on the way.

    def set_batch_size(self, size: int) -> bool:
        """Go on with batches of this size; whether the schedule begins anew. Refused where it cannot, and unchanged."""
        before = self.training, self.length
        self.training = msgspec.structs.replace(self.training, batch_size=size)
        self.length = self._length()
        try:
            return self.schedule.extend(self._here, self.length.end)
        except Refused:
            self.training, self.length = before
            raise

    def set_rate(self, rate: float) -> None:
        """Have this learning rate where the settings' own held until now; the groups keep their proportion to it."""
        before = self.training.learning_rate
        factor = rate / before if before else 0.0
        self.training = msgspec.structs.replace(self.training, learning_rate=rate)
        for group in self.optimizer.param_groups:
            group["lr"] = group["lr"] * factor if before else rate
            if "initial_lr" in group:
                group["initial_lr"] = group["initial_lr"] * factor if before else rate
        self.schedule.rates_set()

    def move(self, device: str) -> None:
        """Go on with another device."""
        self.model.to(device)
        self.optimizer.load_state_dict(self.optimizer.state_dict())  # which takes its state along
