"""One training run: the exported program's own step, with telemetry, pauses, checkpoints and a sharp eye for NaN."""

from __future__ import annotations

import contextlib
import math
import random
import time
from array import array
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec
import torch
from torch import Tensor, nn

from netbuilder.blocks.sentence import Refused, Sentence, say
from netbuilder.bridge.carrying import carry_over
from netbuilder.bridge.messages import Adjust, Ended, Progress, RunState, Task
from netbuilder.bridge.reports import Device
from netbuilder.bridge.run_folder import CONFUSION, About, RunWriter
from netbuilder.bridge.run_folder import now as time_now
from netbuilder.codegen import Plan
from netbuilder.codegen.loop import less_is_better, watched_metric, watches, ways
from netbuilder.codegen.optimizing import chosen_scheduler, own_groups, scheduled_every, spans_run
from netbuilder.engine.checkpoints import load_checkpoint, save_best, save_checkpoint
from netbuilder.engine.clock import Clock
from netbuilder.engine.control import Control
from netbuilder.engine.data import Samples, on_device
from netbuilder.engine.devices import check_device
from netbuilder.engine.execute import Program
from netbuilder.engine.observing import Observer
from netbuilder.engine.probes import Probes, watched
from netbuilder.engine.stepping import Step, Stepper
from netbuilder.engine.team import ALONE, Team

__all__ = ["Control", "NotFinite", "Run", "Wish"]

TELL_EVERY = 0.2  # seconds
CHECKPOINT_EVERY = 10.0  # seconds, looked at when an epoch ends, where nobody asked for another cadence
LOOK_EVERY = 0.5  # seconds, while paused, for what other windows ask
WITHIN_EPOCH_EVERY = 30.0  # seconds, where epochs are long
_DEARER = 50.0  # times as long as a checkpoint takes: so seldom is it written within epochs


class NotFinite(Exception):
    """A loss or a gradient became NaN or infinite: at which step and, counted back from the loss, at which node."""

    def __init__(self, step: int, node: str | None) -> None:
        self.step, self.node = step, node
        super().__init__(f"not finite at step {step}")


@dataclass(frozen=True)
class Wish:
    """What a run is to be beyond its drawing: where it goes on from, whose weights it begins with, what it is for."""

    task: Task = "train"
    resume: Path | None = None
    begin: Callable[[nn.Module], str] | None = None
    parent: Path | None = None
    parent_step: int = 0


@dataclass
class _Place:
    """Where a run is. `order` is that of the epoch under way, of which `position` samples have been used."""

    step: int = 0
    epoch: int = 0
    position: int = 0
    order: Tensor = field(default_factory=lambda: torch.empty(0, dtype=torch.int64))
    best: float | None = None
    waiting: int = 0
    measured: int = 0  # the step of the last validation


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
        wish: Wish = Wish(),
        team: Team = ALONE,
    ) -> None:
        self._program, self._names, self._plan, self._device = program, program.names, plan, device
        self._writer, self._control, self._tell_window, self._wish = writer, control, tell, wish
        self._team = team
        self._training = settings = plan.graph.training
        self._samples, self._validation = samples
        self._names["DEVICE"] = device.id
        self._ways = ways(settings)
        self._set_modes()
        torch.manual_seed(settings.seed)
        random.seed(settings.seed)
        layout = {"memory_format": torch.channels_last} if "channels_last" in self._ways else {}
        self._model: nn.Module = team.prepared(self._names[plan.class_name]().to(device.id, **layout))
        team.draw_apart(settings.seed)
        started = wish.begin(self._model) if wish.begin is not None else ""
        if "freeze" in self._names:
            self._names["freeze"](self._model)
        self._optimizer: torch.optim.Optimizer = self._names["make_optimizer"](self._model)
        self._scaler = torch.amp.GradScaler(torch.device(device.id).type) if "fp16" in self._ways else None
        self._shuffle = torch.Generator().manual_seed(settings.seed)
        self._place = _Place()
        self._plan_length()
        self._recipe = chosen_scheduler(settings)
        self._every = scheduled_every(settings)
        self._scheduler = self._made_scheduler()
        self._clock = Clock()
        self._told_at = self._saved_at = time.perf_counter()
        self._saving = 0.0
        self._tensors = tuple(name for name, _ in self._model.named_parameters())
        # The key of what a recurrent node learns to start with begins with the node's.
        by_attribute = {name: key.partition("/")[0] for key, name in plan.names.items()}
        self._nodes = tuple(by_attribute[name.partition(".")[0]] for name in self._tensors)
        self._metrics = tuple(plan.names[node.id] for node in plan.metrics) if self._validation else ()
        self._tables = dict(program.tables) if self._validation else {}
        if wish.resume is not None:
            self._restore(wish.resume)
        self._prepare_steps()
        self._observer = Observer(self._names, self._validation, self._writer)
        self._introduce(started)

    # Before the first step.

    def _set_modes(self) -> None:
        """What holds for all of torch in this process."""
        torch.use_deterministic_algorithms(self._training.deterministic)
        torch.set_float32_matmul_precision("high" if "tf32" in self._ways else "highest")

    def _plan_length(self) -> None:
        """How many steps there are in all, from where the run is and with the batch size there is now."""
        settings, place = self._training, self._place
        size = self._size
        self._per_epoch = math.ceil(len(self._samples[0]) / size)
        if settings.steps:
            self._steps = settings.steps
        else:
            whole = settings.epochs - place.epoch
            rest = math.ceil((len(place.order) - place.position) / size) if place.position else 0
            self._steps = place.step + (rest + (whole - 1) * self._per_epoch if rest else whole * self._per_epoch)
        self._epochs = settings.epochs if not settings.steps else math.ceil(self._steps / self._per_epoch)

    @property
    def _size(self) -> int:
        """Samples a step."""
        return self._training.batch_size * self._training.accumulate

    def _made_scheduler(self) -> Any:
        """What the exported program makes; torch has no type that all schedulers share."""
        settings = self._training
        if self._recipe is None:
            return None
        length: tuple[int, ...] = ()
        if spans_run(settings):
            one = self._steps if self._every == "step" else self._epochs
            length = (self._epochs, self._steps) if settings.stages else (one,)
        made = self._names["make_scheduler"](self._optimizer, *length)
        self._check_planned(made)
        return made

    def _check_planned(self, scheduler: Any) -> None:
        planned = getattr(scheduler, "total_steps", self._steps)
        if planned < self._steps:
            text = "{scheduler} is planned for {planned} steps, and the run has {steps}."
            assert self._recipe is not None
            raise Refused(text, scheduler=self._recipe.name, planned=planned, steps=self._steps)

    def _restore(self, checkpoint: Path) -> None:
        """Be exactly where the run was that wrote the checkpoint."""
        state = load_checkpoint(checkpoint, self._model)
        try:
            self._take_state(state)
        except (KeyError, TypeError, ValueError, RuntimeError) as error:
            text = "The checkpoint {path} does not suit these settings: {reason}"
            raise Refused(text, path=str(checkpoint), reason=str(error)[:200]) from None

    def _take_state(self, state: dict[str, Any]) -> None:
        self._place = _Place(
            state["step"],
            state["epoch"],
            state["position"],
            state["order"],
            state["best"],
            state["waiting"],
            state["measured"],
        )
        self._optimizer.load_state_dict(state["optimizer"])
        if self._scheduler is not None:
            if state["scheduler"] is None:
                raise ValueError("it was trained without a scheduler")
            self._scheduler.load_state_dict(state["scheduler"])
        if self._scaler is not None and state["scaler"] is not None:
            self._scaler.load_state_dict(state["scaler"])
        self._shuffle.set_state(state["shuffle"])
        self._clock.seconds = state["seconds"]
        if state["batch_size"] != self._training.batch_size and self._wish.task == "train":
            self._training = msgspec.structs.replace(self._training, batch_size=state["batch_size"])
        self._plan_length()
        if self._scheduler is not None:
            self._check_planned(self._scheduler)
        self._team.restore_random(state)

    def _prepare_steps(self) -> None:
        """Make what the loop calls for every batch, on the device there is now."""
        # Where numbers decide on layers, or a person's own code, some weights may take no part in a step.
        unused = "random" in self._names or bool(self._plan.definitions())
        trained: Callable[..., Any] = self._team.together(self._model, unused)
        if self._ways & {"compile", "graphs"}:
            trained = torch.compile(trained, mode="reduce-overhead" if "graphs" in self._ways else None)
        self._train = on_device(self._samples, self._device.id)
        self._telemetry = self._team.telemetry(self._model, self._training.telemetry != "loss")
        stepper = Stepper(
            self._names,
            self._training,
            self._model,
            trained,
            self._optimizer,
            self._telemetry,
            self._train,
            self._device.id,
            self._scaler,
        )
        self._step_once: Step = stepper.make()
        self._probes = Probes(
            self._model,
            self._program,
            self._plan,
            self._optimizer,
            self._writer,
            self._device.id,
            self._place.step,
            self._clock.seconds,
        )
        self._watched_step = stepper.watched(self._probes)

    def _introduce(self, started: str) -> None:
        groups = [group.target for group, _ in own_groups(self._plan) if not group.frozen]
        about = self._about = About(
            name=self._plan.class_name,
            created=time_now(),
            device=self._device.id,
            device_name=self._device.name,
            torch=str(torch.__version__),
            threads=torch.get_num_threads(),
            seed=self._training.seed,
            steps=self._steps,
            epochs=self._epochs,
            tensors=self._tensors,
            nodes=self._nodes,
            metrics=self._metrics,
            confusions=self._tables,
            task=self._wish.task,
            groups=(*groups, "") if groups else ("",),
            variant=tuple(sorted(self._ways)),
            watched=watched(self._program, self._plan) if self._training.telemetry == "all" else (),
            parent=self._wish.parent.name if self._wish.parent is not None else "",
            parent_step=self._wish.parent_step,
            processes=self._team.size,
            observed=self._observer.observed,
        )
        if self._wish.resume is not None and self._team.first:
            carry_over(self._wish.resume.parent.parent, self._writer.folder, about)
        self._writer.about(about)
        if self._wish.resume is not None:
            self._writer.truncate(self._place.step)
        self._writer.state("running")
        self._writer.log(
            f"{about.name}: {about.steps} steps in {about.epochs} epochs on {about.device_name} ({about.device}), "
            f"torch {about.torch}, {about.threads} threads, seed {about.seed}"
        )
        if started:
            self._writer.log(started)
        if self._place.step:
            self._writer.log(f"goes on from step {self._place.step}")

    # The loop.

    def go(self) -> Ended:
        """Train to the end or to a stop."""
        self._tell("running")
        why: Sentence | None = None
        while why is None and self._place.step < self._steps and not self._control.stop:
            why = self._epoch()
        self._checkpoint()
        place = self._place
        if why is not None:
            state: RunState = "finished"
            sentence = why
        else:
            state = "finished" if place.step >= self._steps else "stopped"
            text = "Finished after {steps} steps." if state == "finished" else "Stopped at step {steps} of {total}."
            sentence = say(text, steps=place.step, total=self._steps)
        self._tell(state)
        return Ended(state, sentence)

    def _epoch(self) -> Sentence | None:
        """Go through the samples once, or through the rest of them. Returns why the run is over, if it is."""
        place = self._place
        if place.position == 0:
            place.order = torch.randperm(len(self._train[0]), generator=self._shuffle)
        if not self._model.training:  # an epoch may be one short step: setting it anew would show
            self._model.train()
        columns = self._train[0]
        order = place.order.to(columns.device) if isinstance(columns, Tensor) else place.order
        control, telemetry = self._control, self._telemetry
        step_once, probed = self._step_once, self._probed
        per_step = self._every == "step" and self._scheduler is not None
        between = self._training.validate_every if self._training.validate_unit == "steps" else 0
        saving = self._training.checkpoint_every if self._training.checkpoint_unit == "steps" else 0
        deadline = 60 * self._training.minutes
        for indices in torch.split(order[place.position :], self._size):
            if place.step + 1 == probed:
                self._probe(indices)
                probed = self._probed
            else:
                step_once(indices)
            place.step += 1
            place.position += len(indices)
            if per_step:
                self._scheduler.step()
            if telemetry.due(time.perf_counter()):
                self._flush()
                self._tell_sometimes()
                self._look_for_wishes()
                if deadline and self._team.agree(self._clock.seconds > deadline):
                    return say("Ended by the clock at step {step} of {total}.", step=place.step, total=self._steps)
                if not self._training.checkpoint_every:
                    self._checkpoint_if_older(max(WITHIN_EPOCH_EVERY, _DEARER * self._saving))
            whole = place.position >= len(order)
            if between and not whole and place.step % between == 0:
                why = self._measure()
                self._model.train()
                if why is not None:
                    return why
            if saving and place.step % saving == 0:
                self._checkpoint()
            if whole or place.step >= self._steps:
                break
            if control.paused and self._pause():
                return None
            if control.stop:
                break
        return self._end_epoch() if place.position >= len(order) or place.step >= self._steps else None

    @property
    def _probed(self) -> int:
        """The next step that is looked at closely; only the process that writes looks."""
        return self._probes.next_step if self._team.first else -1

    def _probe(self, indices: Tensor) -> None:
        """A step that is looked at closely."""
        self._probes.begin()
        self._watched_step(indices)
        self._probes.end(self._place.step + 1, len(indices))

    def _look_for_wishes(self) -> None:
        """What other windows asked of this run."""
        wish = self._team.wish(self._writer.folder)
        if wish is not None:
            self._control.order(wish)

    def _end_epoch(self) -> Sentence | None:
        place, settings = self._place, self._training
        if place.position >= len(place.order):
            place.epoch, place.position = place.epoch + 1, 0
            if self._every == "epoch" and self._recipe is not None and not self._recipe.watches_validation:
                self._scheduler.step()
        by_epochs = settings.validate_unit == "epochs" and place.epoch % settings.validate_every == 0
        by_steps = settings.validate_unit == "steps" and place.step % settings.validate_every == 0
        why = self._measure() if by_epochs or by_steps or place.step >= self._steps else None
        if settings.checkpoint_every and settings.checkpoint_unit == "epochs":
            if place.epoch % settings.checkpoint_every == 0:
                self._checkpoint()
        elif not settings.checkpoint_every:
            self._checkpoint_if_older(CHECKPOINT_EVERY)
        if why is None and self._control.paused:
            self._pause()
        return why

    def _measure(self) -> Sentence | None:
        """Validation, and what follows from it. Returns why the run is over, if it is."""
        place = self._place
        if self._validation is None or place.measured == place.step:
            return None
        place.measured = place.step
        self._flush()
        with self._as_exported():
            values = self._names["evaluate"](self._model, self._validation)
        if self._recipe is not None and self._recipe.watches_validation:
            self._scheduler.step(values["loss"])
        self._writer.epoch(place.step, [values["loss"], *(values[name] for name in self._metrics)])
        if self._tables:
            counts = [count for name in self._tables for count in values.pop(name).flatten().tolist()]
            self._writer.append(CONFUSION, array("d", [place.step, *counts]).tobytes())
        if self._team.first:
            self._observer.observe(place.step, self._model)
        text = ", ".join(f"{name} {value:.4g}" for name, value in values.items())
        self._writer.log(f"step {place.step}: validation {text}")
        self._tell_sometimes()  # epochs may be too short for the readings within them
        self._look_for_wishes()
        return self._compare(values[watched_metric(self._plan)])

    def _compare(self, value: float) -> Sentence | None:
        """Keep the best weights, and end where nothing has become better for long."""
        place, settings = self._place, self._training
        if not (settings.patience or settings.keep_best):
            return None
        less = less_is_better(self._plan)
        better = value == value and (place.best is None or (value < place.best if less else value > place.best))
        if better:
            place.best, place.waiting = value, 0
            if settings.keep_best and self._team.first:
                save_best(self._writer.folder / "checkpoints", place.step, self._model, value)
            return None
        place.waiting += 1
        if settings.patience and place.waiting >= settings.patience:
            text = "Ended early at step {step}: {name} has not become better than {best} for {times} measurements."
            name = watched_metric(self._plan)
            best = "nan" if place.best is None else f"{place.best:.4g}"
            return say(text, step=place.step, name=name, best=best, times=place.waiting)
        return None

    @contextlib.contextmanager
    def _as_exported(self) -> Iterator[None]:
        """Where the exported program measures nothing, take back the random numbers that a network draws even then."""
        step = self._place.step
        report = self._per_epoch * max(1, self._steps // self._per_epoch // 20)
        if watches(self._training) or step % report == 0 or step == self._steps:
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
        if reading.bad_row is not None and (reading.bad_tensor is None or self._scaler is None):
            node = None if reading.bad_tensor is None else self._nodes[reading.bad_tensor]
            raise NotFinite(self._place.step - reading.count + reading.bad_row + 1, node)

    # Checkpoints and pauses.

    def _checkpoint(self) -> None:
        self._flush()  # first, so that weights which are no longer finite are never kept
        start = time.perf_counter()
        place = self._place
        state = {
            "optimizer": self._optimizer.state_dict(),
            "scheduler": None if self._scheduler is None else self._scheduler.state_dict(),
            "scaler": None if self._scaler is None else self._scaler.state_dict(),
            "epoch": place.epoch,
            "order": place.order,  # of the epoch under way
            "position": place.position,
            "best": place.best,
            "waiting": place.waiting,
            "measured": place.measured,
            "shuffle": self._shuffle.get_state(),
            "seconds": self._clock.seconds,
            "batch_size": self._training.batch_size,
            "others": self._team.random_states(),
        }
        folder = self._writer.folder / "checkpoints"
        if self._team.first:
            save_checkpoint(folder, place.step, self._model, state, self._training.keep_checkpoints)
        self._saved_at = time.perf_counter()
        self._saving = self._saved_at - start

    def _checkpoint_if_older(self, seconds: float) -> None:
        if self._team.agree(time.perf_counter() - self._saved_at > seconds):
            self._checkpoint()

    def _pause(self) -> bool:
        """Wait until the run is to go on. Returns whether the loop must begin anew, since something has changed."""
        self._checkpoint()
        self._writer.state("paused")
        self._writer.log(f"paused at step {self._place.step}")
        self._tell("paused")
        start = time.perf_counter()
        while not self._control.wait(LOOK_EVERY):
            self._look_for_wishes()
        changed = False
        while not self._control.adjustments.empty():
            self._adjust(self._control.adjustments.get())
            changed = True
        self._writer.state("running")
        self._writer.log("resumed")
        now = time.perf_counter()
        self._clock.restart(self._place.step, now)
        self._probes.rested(now - start)
        self._tell("running")
        return changed

    def _adjust(self, changes: Adjust) -> None:
        """Go on with another learning rate, batch size or device."""
        said = ", ".join(
            f"{name.replace('_', ' ')} {value}"
            for name, value in msgspec.structs.asdict(changes).items()
            if value is not None
        )
        self._writer.log(f"goes on with {said}")
        if changes.learning_rate is not None:
            self._set_rate(changes.learning_rate)
        if changes.batch_size is not None:
            self._training = msgspec.structs.replace(self._training, batch_size=changes.batch_size)
            self._names["BATCH_SIZE"] = changes.batch_size
            self._plan_length()
        if changes.device is not None:
            self._device = check_device(changes.device)
            self._names["DEVICE"] = self._device.id
            self._model.to(self._device.id)
            self._optimizer.load_state_dict(self._optimizer.state_dict())  # which takes its state along
        self._prepare_steps()
        name, device = self._device.name, self._device.id
        self._about = msgspec.structs.replace(
            self._about, steps=self._steps, epochs=self._epochs, device=device, device_name=name
        )
        self._writer.about(self._about)

    def _set_rate(self, rate: float) -> None:
        """Have this learning rate where the settings' own held until now; the groups keep their proportion to it."""
        before = self._training.learning_rate
        factor = rate / before if before else 0.0
        self._training = msgspec.structs.replace(self._training, learning_rate=rate)
        for group in self._optimizer.param_groups:
            group["lr"] = group["lr"] * factor if before else rate
            if "initial_lr" in group:
                group["initial_lr"] = group["initial_lr"] * factor if before else rate
        for scheduler in (self._scheduler, *getattr(self._scheduler, "_schedulers", ())):
            if hasattr(scheduler, "base_lrs"):
                scheduler.base_lrs = [group.get("initial_lr", rate) for group in self._optimizer.param_groups]

    # Telling.

    def _tell_sometimes(self) -> None:
        if time.perf_counter() - self._told_at >= TELL_EVERY:
            self._tell("running")

    def _tell(self, state: RunState) -> None:
        self._told_at = time.perf_counter()
        step = self._place.step
        self._clock.tick(step, self._told_at)
        left = (self._steps - step) / self._clock.rate if self._clock.rate else 0.0
        epoch = self._place.epoch + (1 if self._place.position or not step else 0)
        self._tell_window(Progress(state, step, self._steps, max(1, epoch), self._epochs, self._clock.rate, left))
