"""One training run: the exported program's own step, with telemetry, pauses, checkpoints and a sharp eye for NaN."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import torch
from torch import Tensor, nn

from netbuilder.blocks.sentence import Refused, Sentence, say
from netbuilder.bridge.about import About
from netbuilder.bridge.carrying import carry_over
from netbuilder.bridge.messages import Adjust, Ended, Progress, RunState, Task
from netbuilder.bridge.reports import Device
from netbuilder.bridge.run_folder import CHECKPOINTS, RunWriter
from netbuilder.bridge.run_folder import now as time_now
from netbuilder.codegen import Plan
from netbuilder.codegen.distributed import may_leave_out
from netbuilder.codegen.loop import ways
from netbuilder.codegen.optimizing import own_groups
from netbuilder.engine.control import Control
from netbuilder.engine.data import Samples, on_device
from netbuilder.engine.devices import check_device
from netbuilder.engine.execute import Program
from netbuilder.engine.probes import Probes, watched
from netbuilder.engine.state import Place, State
from netbuilder.engine.stepping import Step, Stepper
from netbuilder.engine.team import ALONE, Team
from netbuilder.engine.telemetry import NotFinite
from netbuilder.engine.validating import Validation
from netbuilder.graph.records import Training

TELL_EVERY = 0.2  # seconds
CHECKPOINT_EVERY = 10.0  # seconds, looked at when an epoch ends, where nobody asked for another cadence
LOOK_EVERY = 0.5  # seconds, while paused, for what other windows ask
WITHIN_EPOCH_EVERY = 30.0  # seconds, where epochs are long
_DEARER = 50.0  # times as long as a checkpoint takes: so seldom is it written within epochs


@dataclass(frozen=True)
class Wish:
    """What a run is to be beyond its drawing: where it goes on from, whose weights it begins with, what it is for."""

    task: Task = "train"
    resume: Path | None = None
    begin: Callable[[nn.Module], str] | None = None
    parent: Path | None = None
    parent_step: int = 0


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
        self._team, self._samples = team, samples[0]
        settings = plan.graph.training
        self._names["DEVICE"] = device.id
        self._ways = ways(settings)
        self._set_modes(settings)
        layout = {"memory_format": torch.channels_last} if "channels_last" in self._ways else {}
        self._model: nn.Module = team.prepared(self._names[plan.class_name]().to(device.id, **layout))
        team.draw_apart(settings.seed)
        started = [wish.begin(self._model)] if wish.begin is not None else []
        if "freeze" in self._names:
            self._names["freeze"](self._model)
        self._state = State(self._names, settings, self._model, len(self._samples[0]), device.id, team)
        self._told_at = self._saved_at = time.perf_counter()
        self._saving = 0.0
        self._tensors = tuple(name for name, _ in self._model.named_parameters())
        # The key of what a recurrent node learns to start with begins with the node's.
        by_attribute = {name: key.partition("/")[0] for key, name in plan.names.items()}
        self._nodes = tuple(by_attribute[name.partition(".")[0]] for name in self._tensors)
        if wish.resume is not None:
            anew = self._state.restore(wish.resume, batch_size=wish.task == "train")
            self._names["BATCH_SIZE"] = self._training.batch_size
            started += [f"goes on from step {self._place.step}", *([_anew(self._state)] if anew else [])]
        self._prepare_steps()
        self._validation = Validation(program, plan, samples[1], self._state, writer, team.first)
        self._introduce(started)

    @property
    def _training(self) -> Training:
        """The settings, as they were changed on the way."""
        return self._state.training

    @property
    def _place(self) -> Place:
        return self._state.place

    @property
    def _steps(self) -> int:
        return self._state.length.steps

    # Before the first step.

    def _set_modes(self, settings: Training) -> None:
        """What holds for all of torch in this process, and where its random numbers begin."""
        torch.use_deterministic_algorithms(settings.deterministic)
        torch.set_float32_matmul_precision("high" if "tf32" in self._ways else "highest")
        torch.manual_seed(settings.seed)
        random.seed(settings.seed)

    def _prepare_steps(self) -> None:
        """Make what the loop calls for every batch, on the device there is now."""
        unused = may_leave_out(self._plan, seeded="random" in self._names)
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
            self._state.optimizer,
            self._telemetry,
            self._train,
            self._device.id,
            self._state.scaler,
        )
        self._step_once: Step = stepper.make()
        self._probes = Probes(
            self._model,
            self._program,
            self._plan,
            self._state.optimizer,
            self._writer,
            self._device.id,
            self._place.step,
            self._state.clock.seconds,
        )
        self._watched_step = stepper.watched(self._probes)

    def _introduce(self, started: list[str]) -> None:
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
            epochs=self._state.length.epochs,
            tensors=self._tensors,
            nodes=self._nodes,
            metrics=self._validation.metrics,
            shares=self._validation.shares,
            confusions=self._validation.tables,
            classes=dict(self._program.classes),
            task=self._wish.task,
            groups=(*groups, "") if groups else ("",),
            variant=tuple(sorted(self._ways)),
            watched=watched(self._program, self._plan) if self._training.telemetry == "all" else (),
            parent=self._wish.parent.name if self._wish.parent is not None else "",
            parent_step=self._wish.parent_step,
            processes=self._team.size,
            observed=self._validation.observed,
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
        for line in started:
            self._writer.log(line)

    # The loop.

    def go(self) -> Ended:
        """Train to the end or to a stop."""
        self._tell("running")
        why: Sentence | None = None
        while why is None and (self._place.step < self._steps or self._place.used_up) and not self._control.stop:
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
            place.order = torch.randperm(len(self._train[0]), generator=self._state.shuffle)
        if not self._model.training:  # an epoch may be one short step: setting it anew would show
            self._model.train()
        columns = self._train[0]
        order = place.order.to(columns.device) if isinstance(columns, Tensor) else place.order
        control, telemetry = self._control, self._telemetry
        step_once, probed = self._step_once, self._probed
        schedule = self._state.schedule
        per_step = schedule.per_step
        between = self._training.validate_every if self._training.validate_unit == "steps" else 0
        saving = self._training.checkpoint_every if self._training.checkpoint_unit == "steps" else 0
        deadline = 60 * self._training.minutes
        rest = () if place.used_up else torch.split(order[place.position :], self._state.step_size)
        for indices in rest:
            if place.step + 1 == probed:
                self._probe(indices)
                probed = self._probed
            else:
                step_once(indices)
            place.step += 1
            place.position += len(indices)
            if per_step:
                schedule.step()
            if telemetry.due(time.perf_counter()):
                self._flush()
                self._tell_sometimes()
                self._look_for_wishes()
                if deadline and self._team.agree(self._state.clock.seconds > deadline):
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
        return self._end_epoch() if place.used_up or place.step >= self._steps else None

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
            self._state.schedule.epoch_over()
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
        """Measure on the samples kept aside, if that is due. Returns why the run is over, if it is."""
        if not self._validation.due:
            return None
        self._flush()
        why = self._validation.measure()
        self._tell_sometimes()  # epochs may be too short for the readings within them
        self._look_for_wishes()
        return why

    def _flush(self) -> None:
        """Write down what was recorded; NotFinite when something in it is not."""
        reading = self._telemetry.read()
        if reading is None:
            return
        self._writer.steps(reading.rows)
        if reading.bad_row is not None and (reading.bad_tensor is None or self._state.scaler is None):
            node = None if reading.bad_tensor is None else self._nodes[reading.bad_tensor]
            raise NotFinite(self._place.step - reading.count + reading.bad_row + 1, node)

    # Checkpoints and pauses.

    def _checkpoint(self) -> None:
        self._flush()  # first, so that weights which are no longer finite are never kept
        start = time.perf_counter()
        self._state.save(self._writer.folder / CHECKPOINTS)
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
        self._state.clock.restart(self._place.step, now)
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
            self._state.set_rate(changes.learning_rate)
        if changes.batch_size is not None:
            self._set_batch_size(changes.batch_size)
        if changes.device is not None:
            self._device = check_device(changes.device)
            self._names["DEVICE"] = self._device.id
            self._state.move(self._device.id)
        self._prepare_steps()
        name, device = self._device.name, self._device.id
        self._about = msgspec.structs.replace(
            self._about, steps=self._steps, epochs=self._state.length.epochs, device=device, device_name=name
        )
        self._writer.about(self._about)

    def _set_batch_size(self, size: int) -> None:
        try:
            anew = self._state.set_batch_size(size)
        except Refused as refused:
            self._writer.log(f"keeps its batch size: {refused.sentence}")
            return
        self._names["BATCH_SIZE"] = size
        if anew:
            self._writer.log(_anew(self._state))

    # Telling.

    def _tell_sometimes(self) -> None:
        if time.perf_counter() - self._told_at >= TELL_EVERY:
            self._tell("running")

    def _tell(self, state: RunState) -> None:
        self._told_at = time.perf_counter()
        step, clock, length = self._place.step, self._state.clock, self._state.length
        clock.tick(step, self._told_at)
        left = (length.steps - step) / clock.rate if clock.rate else 0.0
        epoch = self._place.epoch + (1 if self._place.position or not step else 0)
        self._tell_window(Progress(state, step, length.steps, max(1, epoch), length.epochs, clock.rate, left))


def _anew(state: State) -> str:
    """What the run's log says where the schedule was planned for less than there is to do now."""
    first, last = state.place.step + 1, state.length.steps
    return f"the schedule of the learning rate begins anew, for the steps {first} to {last}"
