"""One training run: the exported program's own step, with telemetry, pauses, checkpoints and a sharp eye for NaN."""

from __future__ import annotations

import contextlib
import math
import random
import threading
import time
from array import array
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor, nn

from netbuilder.blocks.optimizers import OPTIMIZERS
from netbuilder.blocks.sentence import Refused, say
from netbuilder.bridge.messages import Ended, Progress, RunState
from netbuilder.bridge.reports import Device
from netbuilder.bridge.run_folder import CONFUSION, About, RunWriter, now
from netbuilder.codegen import Plan
from netbuilder.codegen.loop import chosen_scheduler
from netbuilder.engine.checkpoints import save_checkpoint
from netbuilder.engine.data import Samples, on_device
from netbuilder.engine.execute import Program
from netbuilder.engine.telemetry import Telemetry

TELL_EVERY = 0.2  # seconds
FADING = 60.0  # seconds after which a measured rate counts a third
CHECKPOINT_EVERY = 10.0  # seconds, looked at when an epoch ends


class Control:
    """What the person wants of a run; set on one thread, followed by the run on another."""

    def __init__(self) -> None:
        self.stop = False
        self._going = threading.Event()
        self._going.set()

    @property
    def paused(self) -> bool:
        """Whether the run is to wait."""
        return not self._going.is_set()

    def order(self, what: str) -> None:
        """Follow a `pause`, a `resume` or a `stop`."""
        self.stop = self.stop or what == "stop"
        if what == "pause" and not self.stop:
            self._going.clear()
        else:
            self._going.set()

    def wait(self) -> None:
        """Return when the run may go on."""
        self._going.wait()


class NotFinite(Exception):
    """A loss or a gradient became NaN or infinite: at which step and, counted back from the loss, at which node."""

    def __init__(self, step: int, node: str | None) -> None:
        self.step, self.node = step, node
        super().__init__(f"not finite at step {step}")


@dataclass
class _Clock:
    """Steps per second over the last minute or so: validation and checkpoints count, pauses do not."""

    rate: float = 0.0
    _at: float = field(default_factory=time.perf_counter)
    _step: int = 0
    _steps: float = 0.0
    _seconds: float = 0.0

    def tick(self, step: int, at: float) -> None:
        """Take a measurement."""
        kept = math.exp((self._at - at) / FADING)
        self._steps = kept * self._steps + step - self._step
        self._seconds = kept * self._seconds + at - self._at
        self.rate = self._steps / self._seconds if self._seconds else 0.0
        self.restart(step, at)

    def restart(self, step: int, at: float) -> None:
        """Measure from here on."""
        self._at, self._step = at, step


class Run:
    """A run under way. `go` trains; errors come out of it as they are."""

    def __init__(
        self,
        program: Program,
        plan: Plan,
        samples: tuple[Samples, Samples | None],
        device: Device,
        writer: RunWriter,
        control: Control,
        tell: Callable[[Progress], None],
    ) -> None:
        self._names, self._plan, self._device = program.names, plan, device
        self._writer, self._control, self._tell_window = writer, control, tell
        settings = plan.graph.training
        self._names["DEVICE"] = device.id
        torch.manual_seed(settings.seed)
        random.seed(settings.seed)
        self._model: nn.Module = self._names[plan.class_name]().to(device.id)
        self._optimizer: torch.optim.Optimizer = self._names["make_optimizer"](self._model)
        train, self._validation = samples
        self._train = on_device(train, device.id)
        self._shuffle = torch.Generator().manual_seed(settings.seed)
        self._per_epoch = math.ceil(len(train[0]) / settings.batch_size)
        self._steps = settings.steps or settings.epochs * self._per_epoch
        self._epochs = math.ceil(self._steps / self._per_epoch)
        self._recipe = chosen_scheduler(settings)
        self._scheduler = self._made_scheduler()
        self._step = 0
        self._order = torch.empty(0, dtype=torch.int64)
        self._telemetry = Telemetry(self._model)
        self._clock = _Clock()
        self._told_at = self._saved_at = time.perf_counter()
        self._tensors = tuple(name for name, _ in self._model.named_parameters())
        # The key of what a recurrent node learns to start with begins with the node's.
        by_attribute = {name: key.partition("/")[0] for key, name in plan.names.items()}
        self._nodes = tuple(by_attribute[name.partition(".")[0]] for name in self._tensors)
        self._metrics = tuple(plan.names[node.id] for node in plan.metrics) if self._validation else ()
        self._tables = dict(program.tables) if self._validation else {}
        self._introduce()

    def _made_scheduler(self) -> Any:
        """What the exported program makes; torch has no type that all schedulers share."""
        recipe, settings = self._recipe, self._plan.graph.training
        if recipe is None:
            return None
        length = self._steps if recipe.every == "step" else self._epochs
        more = (length,) if recipe.spans(settings.scheduler_params) else ()
        made = self._names["make_scheduler"](self._optimizer, *more)
        if getattr(made, "total_steps", self._steps) < self._steps:
            text = "{scheduler} is planned for {planned} steps, and the run has {steps}."
            raise Refused(text, scheduler=recipe.name, planned=made.total_steps, steps=self._steps)
        return made

    def _introduce(self) -> None:
        about = About(
            name=self._plan.class_name,
            created=now(),
            device=self._device.id,
            device_name=self._device.name,
            torch=str(torch.__version__),
            threads=torch.get_num_threads(),
            seed=self._plan.graph.training.seed,
            steps=self._steps,
            epochs=self._epochs,
            tensors=self._tensors,
            nodes=self._nodes,
            metrics=self._metrics,
            confusions=self._tables,
        )
        self._writer.about(about)
        self._writer.state("running")
        self._writer.log(
            f"{about.name}: {about.steps} steps in {about.epochs} epochs on {about.device_name} ({about.device}), "
            f"torch {about.torch}, {about.threads} threads, seed {about.seed}"
        )

    def go(self) -> Ended:
        """Train to the end or to a stop."""
        self._tell("running")
        train_step = self._train_step()
        while self._step < self._steps and not self._control.stop:
            self._epoch(train_step)
        self._checkpoint()
        state: RunState = "finished" if self._step >= self._steps else "stopped"
        text = "Finished after {steps} steps." if state == "finished" else "Stopped at step {steps} of {total}."
        sentence = say(text, steps=self._step, total=self._steps)
        self._tell(state)
        return Ended(state, sentence)

    def _epoch(self, train_step: Callable[[Tensor], None]) -> None:
        self._order = torch.randperm(len(self._train[0]), generator=self._shuffle)
        if not self._model.training:  # an epoch may be one short step: setting it anew would show
            self._model.train()
        order = self._order.to(self._train[0].device)
        for indices in torch.split(order, self._plan.graph.training.batch_size):
            train_step(indices)
            self._step += 1
            self._advance()
            if self._telemetry.due(time.perf_counter()):
                self._flush()
                self._tell_sometimes()
            if self._control.paused:
                self._pause()
            if self._control.stop or self._step >= self._steps:
                break
        if not self._control.stop:
            self._measure()

    def _advance(self) -> None:
        """Move the scheduler on where the exported program does; one that watches waits for what is measured."""
        recipe = self._recipe
        if recipe is None or recipe.watches_validation:
            return
        if recipe.every == "step" or self._step % self._per_epoch == 0:
            self._scheduler.step()

    def _train_step(self) -> Callable[[Tensor], None]:
        """The step of the exported program, with telemetry between backward and update."""
        predict, objective = self._names["predict"], self._names["objective"]
        augment = self._names.get("augment")
        model, optimizer, record = self._model, self._optimizer, self._telemetry.record
        train, device = self._train, self._device.id
        there = self._train[0].device == torch.empty(0, device=device).device

        def step(indices: Tensor) -> None:
            # The same rows as tensor[indices], several times as fast.
            batch = [tensor.index_select(0, indices) for tensor in train]
            if not there:
                batch = [tensor.to(device) for tensor in batch]
            if augment is not None:
                batch = augment(*batch)
            loss: Tensor = objective(*predict(model, batch))
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            record(loss)
            optimizer.step()

        def step_with_closure(indices: Tensor) -> None:
            batch = [tensor.index_select(0, indices).to(device) for tensor in train]
            if augment is not None:
                batch = augment(*batch)
            recorded = False

            def closure() -> Tensor:
                nonlocal recorded
                optimizer.zero_grad()
                loss: Tensor = objective(*predict(model, batch))
                loss.backward()  # type: ignore[no-untyped-call]
                if not recorded:  # what comes later within the step is where the optimizer only looked
                    record(loss)
                recorded = True
                return loss

            optimizer.step(closure)  # type: ignore[arg-type]

        return step_with_closure if OPTIMIZERS[self._plan.graph.training.optimizer].closure else step

    def _measure(self) -> None:
        """At the end of an epoch: validation, and a checkpoint if the last is old."""
        if self._validation is not None:
            self._flush()
            with self._as_exported():
                values = self._names["evaluate"](self._model, self._validation)
            if self._recipe is not None and self._recipe.watches_validation:
                self._scheduler.step(values["loss"])
            self._writer.epoch(self._step, [values["loss"], *(values[name] for name in self._metrics)])
            if self._tables:
                counts = [count for name in self._tables for count in values.pop(name).flatten().tolist()]
                self._writer.append(CONFUSION, array("d", [self._step, *counts]).tobytes())
            text = ", ".join(f"{name} {value:.4g}" for name, value in values.items())
            self._writer.log(f"step {self._step}: validation {text}")
            self._tell_sometimes()  # epochs may be too short for the readings within them
        if time.perf_counter() - self._saved_at > CHECKPOINT_EVERY:
            self._checkpoint()

    @contextlib.contextmanager
    def _as_exported(self) -> Iterator[None]:
        """Where the exported program measures nothing, take back the random numbers that a network draws even then."""
        report = self._per_epoch * max(1, self._steps // self._per_epoch // 20)
        watching = self._recipe is not None and self._recipe.watches_validation
        if watching or self._step % report == 0 or self._step == self._steps:
            yield
            return
        before = random.getstate()
        with torch.random.fork_rng([self._device.id] if self._device.id.startswith("cuda") else []):
            yield
        random.setstate(before)

    def _flush(self) -> None:
        """Write down what was recorded; NotFinite when something in it is not."""
        reading = self._telemetry.read()
        if reading is None:
            return
        self._writer.steps(reading.rows)
        if reading.bad_row is not None:
            node = None if reading.bad_tensor is None else self._nodes[reading.bad_tensor]
            raise NotFinite(self._step - reading.count + reading.bad_row + 1, node)

    def _checkpoint(self) -> None:
        self._flush()  # first, so that weights which are no longer finite are never kept
        folder = self._writer.folder / "checkpoints"
        state = {
            "optimizer": self._optimizer.state_dict(),
            "scheduler": None if self._scheduler is None else self._scheduler.state_dict(),
            "order": self._order,  # of the epoch under way
            "shuffle": self._shuffle.get_state(),
        }
        save_checkpoint(folder, self._step, self._model, state)
        self._saved_at = time.perf_counter()

    def _pause(self) -> None:
        self._checkpoint()
        self._writer.state("paused")
        self._writer.log(f"paused at step {self._step}")
        self._tell("paused")
        self._control.wait()
        self._writer.state("running")
        self._writer.log("resumed")
        self._clock.restart(self._step, time.perf_counter())
        self._tell("running")

    def _tell_sometimes(self) -> None:
        if time.perf_counter() - self._told_at >= TELL_EVERY:
            self._tell("running")

    def _tell(self, state: RunState) -> None:
        self._told_at = time.perf_counter()
        self._clock.tick(self._step, self._told_at)
        left = (self._steps - self._step) / self._clock.rate if self._clock.rate else 0.0
        epoch = max(1, math.ceil(self._step / self._per_epoch))
        self._tell_window(Progress(state, self._step, self._steps, epoch, self._epochs, self._clock.rate, left))
