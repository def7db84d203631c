"""From a drawing to a run and its end: whatever happens on the way becomes a sentence at its node."""

from __future__ import annotations

import contextlib
import errno
import traceback
from collections.abc import Callable
from pathlib import Path

from netbuilder.blocks.sentence import Refused, Sentence, say
from netbuilder.bridge.messages import Check, Checked, Ended, Preparing, Progress, Starting
from netbuilder.bridge.reports import Preflight, Problem
from netbuilder.bridge.run_folder import RunReader, RunWriter
from netbuilder.codegen import make_plan
from netbuilder.engine.analysis import Analyst
from netbuilder.engine.beginning import PLAIN, Asked, adapted, make_wish, narrowed
from netbuilder.engine.control import Control
from netbuilder.engine.data import Data, DataError, Samples, data_nodes, out_of_memory, with_absolute_folders
from netbuilder.engine.devices import check_device
from netbuilder.engine.execute import Program, execute
from netbuilder.engine.loading import Tell
from netbuilder.engine.preflight import preflight
from netbuilder.engine.run import Run
from netbuilder.engine.searching import RateSearch
from netbuilder.engine.team import ALONE, Team
from netbuilder.engine.telemetry import NotFinite
from netbuilder.engine.variants import PARTS, best, planned_steps, time_variants, timing_line, with_timings
from netbuilder.graph.files import build, save, write
from netbuilder.graph.graph import Graph
from netbuilder.graph.training import set_training

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class Unsound(Refused):
    """A drawing with a problem cannot be trained."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        super().__init__(problem.sentence.text, **problem.sentence.values)


class StoppedLoading(Exception):
    """A person stopped a run whose samples were still being loaded."""


def _loading(starting: Callable[[Starting], None], control: Control) -> Tell:
    """What tells how far the loading is, and ends it where the run is to stop."""

    def tell(doing: Sentence, share: float | None) -> None:
        if control.stop:
            raise StoppedLoading
        starting(Starting("data", doing, share))

    return tell


class Trainer:
    """Prepares and runs trainings, one at a time; a run reuses the samples that were loaded before it."""

    def __init__(self, team: Team = ALONE) -> None:
        """Run them with a team of processes, each of which has a trainer of its own."""
        self._team = team
        self._analyst = Analyst()
        self._data = Data()

    def prepare(self, graph: Graph, folder: Path) -> None:
        """Load the samples that a run of this drawing will want. What fails here will be said by the run."""
        with contextlib.suppress(Refused, DataError):
            absolute = with_absolute_folders(graph, folder)
            self._data.load(self._program(absolute, folder), data_nodes(absolute))

    def run(
        self,
        graph: Graph,
        folder: Path,
        run: Path,
        device: str,
        control: Control,
        tell: Callable[[Progress], None],
        trusted: bool = False,
        asked: Asked = PLAIN,
        starting: Callable[[Starting], None] = lambda _: None,
    ) -> Ended:
        """Train until the end, a stop or a failure, and say which; this raises nothing.

        A drawing with Python code is trained if it is `trusted`. `asked` says what for, and what it begins with. What
        comes before the first step is told to `starting`.
        """
        program: Program | None = None
        writer: RunWriter | None = None
        try:
            writer = self._team.writer(run)
            absolute = adapted(with_absolute_folders(graph, folder), asked.task)
            self._keep_drawing(graph, absolute, run)
            chosen = check_device(device)
            program = self._program(absolute, folder, trusted)
            starting(Starting("data"))
            samples = self._data.load(program, data_nodes(absolute), _loading(starting, control))
            starting(Starting("speed"))
            way = self._team.agree(self._way(absolute, program, samples[0], chosen.id, asked, writer))
            if way != absolute.training.variant:
                absolute = absolute.apply(set_training(absolute, variant=way))
                self._keep_drawing(graph, absolute, run)
                program = self._program(absolute, folder, trusted)
            if self._team.first:
                write(self._analyst.module.text, run / "model.py")
                write(program.source.text, run / "train.py")
            plan = make_plan(absolute)
            wish = make_wish(asked, plan, writer)
            kind = RateSearch if asked.task == "find_rate" else Run
            given = narrowed(samples, plan, asked.task)
            ended = kind(program, plan, given, chosen, writer, control, tell, wish, self._team).go()
        except BaseException as error:
            if self._team.begins_again(error):
                raise
            sentence, node = _explain(error, graph, program, device, run)
            ended = Ended("stopped" if isinstance(error, StoppedLoading) else "failed", sentence, node)
            if writer is not None and ended.state == "failed":
                with contextlib.suppress(OSError):
                    writer.log("".join(traceback.format_exception(error)).rstrip())
        if writer is not None:
            with contextlib.suppress(OSError, Refused):
                writer.log(str(ended.sentence))
                writer.state(ended.state, str(ended.sentence))
            with contextlib.suppress(OSError):
                writer.close()
        return ended

    def _keep_drawing(self, graph: Graph, absolute: Graph, run: Path) -> None:
        if self._team.first:
            save(_to_keep(graph, absolute), run / "project.netb")

    def _way(
        self, graph: Graph, program: Program, train: Samples, device: str, asked: Asked, writer: RunWriter
    ) -> tuple[str, ...]:
        """In which way the arithmetic is done: the quickest, where that is asked for and not yet known.

        A run that goes on from a checkpoint does it as before, or its numbers would be others.
        """
        training = graph.training
        if training.speed == "exact" or asked.task != "train":
            return training.variant
        if asked.resume is not None:
            about = RunReader(asked.resume.parent.parent).about
            return training.variant if about is None else tuple(name for name in about.variant if name in PARTS)
        if training.variant:
            return training.variant
        timings = time_variants(program, make_plan(graph), train, device)
        for timing in timings:
            writer.log(timing_line(timing))
        return best(timings, planned_steps(training, len(train[0]))).names

    def check(self, graph: Graph, folder: Path, asked: Check, send: Callable[[Checked | Preparing], None]) -> None:
        """Try one batch on each of the devices, and say what it showed; this raises nothing."""

        def tell(doing: Sentence | None, share: float | None = None) -> None:
            send(Preparing(asked.ask, doing, share))

        for number, name in enumerate(asked.devices, 1):
            found = self._preflight(graph, folder, name, asked.trusted, tell)
            send(Checked(asked.ask, found, number == len(asked.devices)))

    def _preflight(
        self,
        graph: Graph,
        folder: Path,
        device: str,
        trusted: bool,
        tell: Callable[[Sentence | None, float | None], None],
    ) -> Preflight:
        program: Program | None = None
        try:
            absolute = with_absolute_folders(graph, folder)
            program = self._program(absolute, folder, trusted)
            samples, _ = self._data.load(program, data_nodes(absolute), tell)
            tell(None, None)
            plan, chosen = make_plan(absolute), check_device(device)
            found = preflight(program, plan, samples, chosen)
            if absolute.training.speed == "exact":
                return found
            return with_timings(found, time_variants(program, plan, samples, chosen.id), absolute.training, samples)
        except Exception as error:
            sentence, node = _explain(error, graph, program, device, Path())
            problems = () if node is None else (Problem(node, sentence),)
            return Preflight(device, refused=sentence, problems=problems)

    def _program(self, graph: Graph, folder: Path, trusted: bool = False) -> Program:
        self._analyst.open(graph, folder, trusted=trusted)
        self._analyst.write()
        self._analyst.close()
        for problem in self._analyst.all_problems:
            if problem.level == "error":
                raise Unsound(problem)
        for sentence in self._analyst.obstacles:
            raise Refused(sentence.text, **sentence.values)
        script = self._analyst.script if self._team.size == 1 else self._analyst.shared()
        return execute(script, self._analyst.tables, self._analyst.classes)


def _to_keep(graph: Graph, absolute: Graph) -> Graph:
    """The drawing that goes with the run: it finds its data from there too, unless no project can hold such paths."""
    try:
        return build(list(absolute.records.values()))
    except Refused:
        return graph


def _explain(
    error: BaseException, graph: Graph, program: Program | None, device: str, run: Path
) -> tuple[Sentence, str | None]:
    """What went wrong, in words, and the node where it did."""
    if isinstance(error, Refused):
        return error.sentence, error.problem.node if isinstance(error, Unsound) else None
    if isinstance(error, DataError):
        node = error.node
        if node is None:
            return say("{reason}.", reason=error.reason), None
        return say("{node} cannot be loaded: {reason}.", node=node.name, reason=error.reason), node.id
    if isinstance(error, StoppedLoading):
        return say("Stopped while the samples were being loaded."), None
    if isinstance(error, NotFinite):
        return _not_finite(error, graph), error.node
    if isinstance(error, OSError) and error.errno in _FULL:
        if any((run / "checkpoints").glob("step-*")):
            return say("The disk is full, so the run ended. Its last checkpoint is whole."), None
        return say("The disk is full, so the run ended. It left no checkpoint."), None
    if isinstance(error, KeyboardInterrupt):
        return say("Stopped."), None
    key = program.node_of(error) if program is not None else None
    if out_of_memory(error):
        text = "{device} ran out of memory: a smaller batch or a smaller network needs less."
        return say(text, device=device), key
    reason = str(error).strip().split("\n")[0][:300] or type(error).__name__
    if key is not None and key in graph.nodes:
        return say("{node} failed: {reason}", node=graph.nodes[key].name, reason=reason), key
    return say("The training failed: {reason}", reason=reason), None


def _not_finite(error: NotFinite, graph: Graph) -> Sentence:
    hint = "A smaller learning rate often helps."
    if error.node is None or error.node not in graph.nodes:
        return say("The loss was not a finite number at step {step}, so the run ended. " + hint, step=error.step)
    return say(
        "Not a number: at step {step} the gradient of {node} was not finite, "
        "the first such layer counted back from the loss. The run ended. " + hint,
        step=error.step,
        node=graph.nodes[error.node].name,
    )
