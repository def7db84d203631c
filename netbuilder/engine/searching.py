"""The search for a learning rate: a short run in which the rate rises at every step."""

from __future__ import annotations

import torch
from torch import Tensor

from netbuilder.blocks.sentence import say
from netbuilder.bridge.messages import Ended
from netbuilder.bridge.rate_search import hopeless, rate_at, suggest
from netbuilder.engine.run import Run
from netbuilder.engine.stepping import Step
from netbuilder.engine.telemetry import NotFinite


class RateSearch(Run):
    """Trains a few steps with ever higher rates and suggests one; the weights are of no use afterwards."""

    def go(self) -> Ended:
        """Search. The sentence has the rate as its value `rate`, where one was found."""
        self._tell("running")
        losses = self._losses()
        rate = suggest(losses, self._steps)
        self._tell("finished")
        if self._control.stop:
            return Ended("stopped", say("Stopped at step {steps} of {total}.", steps=len(losses), total=self._steps))
        if rate is None:
            text = "No learning rate made the loss fall clearly: the network or the data may not allow it."
            return Ended("finished", say(text))
        return Ended("finished", say("Suggested learning rate: {rate}.", rate=float(f"{rate:.2g}")))

    def _losses(self) -> list[float]:
        losses: list[float] = []
        step_once: Step = self._step_once
        self._model.train()
        count = len(self._train[0])
        indices: list[Tensor] = []
        while len(losses) < self._steps and not self._control.stop and not hopeless(losses):
            if not indices:
                indices = list(torch.split(torch.randperm(count, generator=self._state.shuffle), self._state.step_size))
            for group in self._state.optimizer.param_groups:
                group["lr"] = rate_at(len(losses) + 1, self._steps)
            step_once(indices.pop(0))
            self._place.step += 1
            reading = self._telemetry.read()
            assert reading is not None
            losses.append(reading.last_loss)
            self._writer.steps(reading.rows)
            self._tell_sometimes()
            if reading.bad_row is not None:
                if len(losses) < 2:
                    raise NotFinite(1, None)
                break
        return losses
