"""One process or several that do a run together: who writes, who decides, and what each tells the others.

A run asks its team wherever processes might differ. All of them ask at the same steps, since a question to the others
is answered only when all of them ask: so where one process goes by the clock, several go by the count of their steps.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

import torch
import torch.distributed as dist
from torch import Tensor, nn
from torch.nn.parallel import DistributedDataParallel

from netbuilder.blocks.sentence import Refused
from netbuilder.bridge.about import About
from netbuilder.bridge.messages import RunState
from netbuilder.bridge.process import Identity, alive
from netbuilder.bridge.run_folder import RunWriter, asked
from netbuilder.engine.checkpoints import random_state, restore_random
from netbuilder.engine.data import DataError
from netbuilder.engine.telemetry import INTERVAL, NotFinite, Telemetry

_Answer = TypeVar("_Answer")
_FASTER = 4  # times as many steps until the next reading as until the last one, at the most


class Team:
    """A process that does a run alone. It asks nobody."""

    rank = 0
    size = 1

    @property
    def first(self) -> bool:
        """Whether this is the process that writes and decides."""
        return self.rank == 0

    def writer(self, folder: Path) -> RunWriter:
        """What writes the run's folder."""
        return RunWriter(folder)

    def telemetry(self, model: nn.Module, norms: bool) -> Telemetry:
        """What records the steps."""
        return Telemetry(model, norms)

    def prepared(self, model: nn.Module) -> nn.Module:
        """The model, fit for what is to come."""
        return model

    def together(self, model: nn.Module, unused: bool) -> nn.Module:
        """The model as it is called in training. `unused`: some of its weights may take no part in a step."""
        return model

    def agree(self, answer: _Answer) -> _Answer:
        """The answer of the first process."""
        return answer

    def wish(self, folder: Path) -> str | None:
        """What was asked of the run since this was asked last."""
        return asked(folder)

    def draw_apart(self, seed: int) -> None:
        """Have each process draw numbers of its own from here on."""

    def random_states(self) -> Sequence[Mapping[str, Any]]:
        """The states of what draws numbers in the other processes."""
        return ()

    def restore_random(self, state: Mapping[str, Any]) -> None:
        """Draw on from where a checkpoint's process was that was in this one's place."""
        restore_random(state)

    def begins_again(self, error: BaseException) -> bool:
        """Whether this failure is for the team's keeper, who lets all begin again from the last checkpoint."""
        return False


class Together(Team):
    """One process of several, which have found each other already."""

    def __init__(self, keeper: Identity) -> None:
        """The run is stopped when its `keeper`, the process that shows it, is gone."""
        self.rank, self.size = dist.get_rank(), dist.get_world_size()
        self._keeper = keeper
        self._seed = 0

    def writer(self, folder: Path) -> RunWriter:
        """What writes the run's folder, or nothing."""
        return RunWriter(folder) if self.first else NoWriter(folder)

    def telemetry(self, model: nn.Module, norms: bool) -> Telemetry:
        """What records the steps of all."""
        return SharedTelemetry(model, norms)

    def prepared(self, model: nn.Module) -> nn.Module:
        """The model, whose batch norm measures the whole batch where torch can do that."""
        on_gpu = any(parameter.is_cuda for parameter in model.parameters())
        return nn.SyncBatchNorm.convert_sync_batchnorm(model) if on_gpu else model  # type: ignore[no-untyped-call]

    def together(self, model: nn.Module, unused: bool) -> nn.Module:
        """The model, whose gradients are the mean of all processes'."""
        return DistributedDataParallel(model, find_unused_parameters=unused)

    def agree(self, answer: _Answer) -> _Answer:
        """The answer of the first process."""
        found = [answer]
        dist.broadcast_object_list(found)
        return found[0]

    def wish(self, folder: Path) -> str | None:
        """What was asked of the run; nobody is left to ask where the keeper is gone."""
        found = None
        if self.first:
            found = asked(folder) or ("stop" if alive(self._keeper) is False else None)
        return self.agree(found)

    def draw_apart(self, seed: int) -> None:
        """Have each process draw numbers of its own; Python's, which decide on layers, stay the same for all."""
        self._seed = seed
        if not self.first:
            torch.manual_seed(seed + self.rank)

    def random_states(self) -> Sequence[Mapping[str, Any]]:
        """The states of the others, which the first process is told."""
        found: list[Any] = [None] * self.size
        dist.all_gather_object(found, random_state())
        return found[1:]

    def restore_random(self, state: Mapping[str, Any]) -> None:
        """Draw on from where the process in this one's place was, or anew where there was none."""
        restore_random(state)
        if self.first:
            return
        others = state.get("others", ())
        if len(others) == self.size - 1:
            restore_random(others[self.rank - 1])
        else:
            torch.manual_seed(self._seed + state["step"] * self.size + self.rank)

    def begins_again(self, error: BaseException) -> bool:
        """Whether another try may do better: not where the drawing, the data or the disk are at fault."""
        return not isinstance(error, Refused | DataError | NotFinite | OSError)


class SharedTelemetry(Telemetry):
    """Records the loss of the whole batch, of which each process has seen a part: the parts are added up when read."""

    def __init__(self, model: nn.Module, norms: bool = True) -> None:
        super().__init__(model, norms)
        self._wait = self._left = 1

    def due(self, now: float) -> bool:
        """Whether it is time to read. Called once a step, it says the same in every process."""
        self._left -= 1
        return self._left <= 0

    def _together(self, rows: Tensor) -> Tensor:
        if not len(rows):
            return rows
        size = dist.get_world_size()
        told = torch.cat([rows[:, 0], torch.tensor([self._seconds], dtype=rows.dtype)])
        dist.all_reduce(told)
        rows[:, 0] = told[:-1] / size
        per_step = float(told[-1]) / size / len(rows)
        wanted = INTERVAL / per_step if per_step > 0 else 1.0
        self._wait = self._left = max(1, min(round(wanted), _FASTER * self._wait))
        return rows


class NoWriter(RunWriter):
    """Writes nothing: what there is to write is written by another process."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def about(self, about: About) -> None:
        """Say nothing."""

    def append(self, table: str, rows: bytes) -> None:
        """Append nothing."""

    def steps(self, rows: bytes) -> None:
        """Append nothing."""

    def truncate(self, step: int) -> None:
        """Forget nothing."""

    def epoch(self, step: int, values: Sequence[float]) -> None:
        """Append nothing."""

    def state(self, state: RunState, sentence: str = "") -> None:
        """Say nothing."""

    def log(self, line: str) -> None:
        """Say nothing."""

    def close(self) -> None:
        """Close nothing."""


ALONE = Team()
