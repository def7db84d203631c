"""Tries the code of Python blocks in a process of its own, so that a mistake in it does not end the analysis.

`python -P -m netbuilder.engine.sandbox fork|alone` is a server: it imports torch once and then forks for each trial.
Where forking is not safe (only Linux does it) it runs the trials itself and is replaced after one that went wrong.
These limits are against mistakes: endless loops, crashes, all memory, processes left behind. They are no protection
against code that means harm, which can do here whatever its user can; so nothing runs in a project nobody trusts.
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
import os
import re
import select
import signal
import subprocess
import sys
import tempfile
import threading
import time
import types
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

import msgspec
import torch
import torch.nn as nn
import torch.nn.functional as F  # noqa: N812 - torch's own custom
from torch.utils.flop_counter import FlopCounterMode

from netbuilder.blocks import Value
from netbuilder.blocks.sentence import Sentence, say
from netbuilder.bridge.child import environment
from netbuilder.graph.python_code import FILE, Definition, plain

FORKS = sys.platform == "linux"
SECONDS = 1.5  # for the code
IMPORTING = 6  # for what it imports, which may be large and is no mistake
STARTING = 60.0  # for the server's own torch, on a computer that has much else to do
GIGABYTES = 4
LONGEST_ANSWER = 100_000
LARGEST_FILE = 2**20

Spec = tuple[tuple[int, ...], str]


@dataclass(frozen=True)
class Outcome:
    """What the code made of its inputs: shape and type of each output, its parameters, floating point operations."""

    # It comes as JSON from the process of the trial: what the code has touched must never be unpickled.
    outputs: list[Spec] = field(default_factory=list)
    parameters: int = 0
    flops: int = 0
    refusal: Sentence | None = None


class _Trial(msgspec.Struct, frozen=True):
    text: str
    definition: Definition
    values: dict[str, Value]
    inputs: tuple[Spec | None, ...]


_READY, _STARTED = b"ready\n", b"started\n"


class Sandbox:
    """Tries code, one trial at a time. Its server starts at `warm` or the first trial and ends with this process."""

    def __init__(self, forks: bool = FORKS) -> None:
        self._forks = forks
        self._server: subprocess.Popen[bytes] | None = None
        self._ready = False
        self._lock = threading.Lock()

    def warm(self) -> None:
        """Start the server without waiting for it."""
        with self._lock:
            self._start()

    def run(
        self, text: str, definition: Definition, values: Mapping[str, Value], inputs: Sequence[Spec | None]
    ) -> Outcome:
        """What the code makes of inputs of these shapes and types, None for an optional one without a wire.

        `values` are over the defaults. Whatever goes wrong is the outcome's refusal.
        """
        filled = {param.name: values.get(param.name, param.default) for param in definition.params}
        padded = (*inputs, *[None] * len(definition.inputs))[: len(definition.inputs)]
        trial = _Trial(plain(text), definition, filled, padded)
        with self._lock:
            return self._ask(msgspec.json.encode(trial) + b"\n")

    def close(self) -> None:
        """End the server and what it runs."""
        with self._lock:
            self._end(patience=0.5 if self._ready else 0)

    def _start(self) -> subprocess.Popen[bytes] | None:
        if self._server is not None and self._server.poll() is None:
            return self._server
        self._end()
        one = dict.fromkeys(
            ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1"
        )  # forking wants no more
        with contextlib.suppress(OSError):  # `run` says so
            self._server = subprocess.Popen(
                [sys.executable, "-P", "-m", "netbuilder.engine.sandbox", "fork" if self._forks else "alone"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                cwd=Path(__file__).parent,
                env={**environment("analysis"), **one},
                start_new_session=True,
            )
        return self._server

    def _end(self, patience: float = 0) -> None:
        server, self._server, self._ready = self._server, None, False
        if server is None:
            return
        assert server.stdin is not None and server.stdout is not None
        with contextlib.suppress(OSError, subprocess.TimeoutExpired):
            server.stdin.close()
            server.wait(patience)
        _kill(server)
        server.wait()
        server.stdout.close()

    def _ask(self, request: bytes) -> Outcome:
        """Let the server do it. Whenever it does not answer in time it is killed, and a new one is started."""
        server = self._start()
        self._ready = server is not None and (self._ready or _line(server, STARTING)[0] == _READY)
        if server is None or not self._ready:
            self._end()
            return Outcome(refusal=say("The process that tries the code of blocks could not be started."))
        slack = 4 if self._forks else 0  # a server that forks keeps the time itself, and cleans up
        assert server.stdin is not None
        with contextlib.suppress(OSError):
            server.stdin.write(request)
            server.stdin.flush()
        said, late = _line(server, IMPORTING + slack)
        started = said == _STARTED
        if started:
            said, late = _line(server, SECONDS + slack)
        with contextlib.suppress(msgspec.MsgspecError):
            return msgspec.json.decode(said, type=Outcome)
        _kill(server)
        code = server.wait()
        self._start()
        return Outcome(refusal=_not_finished(started) if late else _died(code))


def _line(server: subprocess.Popen[bytes], seconds: float) -> tuple[bytes, bool]:
    """The next line, and whether the time ran out before it; the server is killed then, which ends the reading."""
    assert server.stdout is not None
    start = time.monotonic()
    timer = threading.Timer(seconds, _kill, [server])
    timer.start()
    said = server.stdout.readline(2 * LONGEST_ANSWER)
    timer.cancel()
    timer.join()
    return said, time.monotonic() - start >= seconds


def _kill(server: subprocess.Popen[bytes]) -> None:
    if sys.platform == "win32":
        server.kill()
    elif server.poll() is None:
        os.killpg(server.pid, signal.SIGKILL)  # it leads a session of its own


def _not_finished(started: bool) -> Sentence:
    return say("It did not finish within {seconds} seconds.", seconds=SECONDS if started else IMPORTING)


def _died(code: int) -> Sentence:
    """How a process ended that did not answer: a negative code is a signal's number."""
    if code >= 0:
        return say("It ended the process.")
    name = signal.Signals(-code).name if -code in set(signal.Signals) else str(-code)
    if name in ("SIGKILL", "SIGXCPU"):
        return say("It used up what a trial is given: time, or memory.")
    return say("It crashed the process ({signal}).", signal=name)


# What follows runs in the server and in the processes of the trials.


def serve(forks: bool) -> None:
    """Answer requests until nobody is left to make them."""
    requests, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb", buffering=0)
    with open(os.devnull, "r+b", buffering=0) as null:
        for stream in (0, 1):  # what the code reads and prints must not get between the messages
            os.dup2(null.fileno(), stream)
    os.chdir(tempfile.gettempdir())
    sys.dont_write_bytecode = True
    warnings.simplefilter("ignore")
    with torch.device("meta"), FlopCounterMode(display=False):
        nn.Linear(1, 1)(torch.empty(1, 1))  # the first time imports as much again as torch itself
    if forks:
        ctypes.CDLL(None).prctl(
            36, 1
        )  # PR_SET_CHILD_SUBREAPER: whatever a trial leaves behind becomes this process's child
        gc.freeze()
    answers.write(_READY)
    for request in requests:
        trial = msgspec.json.decode(request, type=_Trial)
        if forks:
            answers.write(msgspec.json.encode(_fork(trial, requests, answers)) + b"\n")
        else:
            answers.write(_import(trial))
            answers.write(msgspec.json.encode(_try(trial)) + b"\n")


def _fork(trial: _Trial, requests: IO[bytes], answers: IO[bytes]) -> Outcome:
    """Run a trial in a child, which nothing outlives."""
    mine, its = os.pipe()
    server = os.getpid()
    child = os.fork()
    if child == 0:
        try:
            for stream in (requests.fileno(), answers.fileno(), mine):
                os.close(stream)
            _limit(server)
            os.write(its, _import(trial))
            said = msgspec.json.encode(_try(trial)) + b"\n"
            while said:
                said = said[os.write(its, said) :]
        finally:
            os._exit(0)
    os.close(its)
    try:
        return _follow(child, mine, answers)
    finally:
        os.close(mine)
        _sweep(child)


def _follow(child: int, pipe: int, answers: IO[bytes]) -> Outcome:
    """What the child says, as long as it keeps to its time and to the length of an answer."""
    said, started, until = b"", False, time.monotonic() + IMPORTING
    code: int | None = None
    poll = select.poll()
    poll.register(pipe, select.POLLIN)
    while time.monotonic() < until and len(said) < LONGEST_ANSWER:
        more = os.read(pipe, 65536) if poll.poll(10) else b""
        said += more
        if not more and code is not None:
            return Outcome(refusal=_died(code))
        if not started and said.startswith(_STARTED):
            said, started, until = said.removeprefix(_STARTED), True, time.monotonic() + SECONDS
            answers.write(_STARTED)
        if started and b"\n" in said:
            with contextlib.suppress(msgspec.MsgspecError):
                return msgspec.json.decode(said.partition(b"\n")[0], type=Outcome)
            return Outcome(refusal=_died(0))
        # The child is not waited for yet: as long as it is not, its number stays its own.
        end = os.waitid(os.P_PID, child, os.WEXITED | os.WNOHANG | os.WNOWAIT)
        if end is not None:
            code = end.si_status if end.si_code == os.CLD_EXITED else -end.si_status
    return Outcome(refusal=_not_finished(started))


def _sweep(child: int) -> None:
    """End the child and whatever it started, also what has left its group; the kernel gave such orphans to us."""
    with contextlib.suppress(OSError):
        os.kill(child, signal.SIGKILL)
        os.killpg(child, signal.SIGKILL)
    os.waitpid(child, 0)
    until = time.monotonic() + 2
    held = set[int]()
    while (found := _descendants()) and time.monotonic() < until:
        # What multiplies is held still first: one that is ended alone has long been replaced.
        fresh, held = found - held, found
        for pid in fresh or found:
            with contextlib.suppress(OSError):
                os.kill(pid, signal.SIGSTOP if fresh else signal.SIGKILL)
        with contextlib.suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass


def _descendants() -> set[int]:
    found, waiting = set[int](), [os.getpid()]
    while waiting:
        for file in Path(f"/proc/{waiting.pop()}/task").glob("*/children"):
            with contextlib.suppress(OSError):
                waiting += (children := [int(pid) for pid in file.read_text().split()])
                found.update(children)
    return found


def _limit(server: int) -> None:
    """Keep this process, which a trial is for alone, from taking the computer with it."""
    import resource  # which Windows does not have

    prctl = ctypes.CDLL(None).prctl
    os.setsid()
    os.nice(5)  # whoever follows it comes first
    prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG
    if os.getppid() != server:
        os._exit(0)
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000")  # where memory ends, this process is the first to go
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    # All threads of the computer bound those of its user, whose number is what the limit on processes is about.
    threads = int(Path("/proc/loadavg").read_text().split()[3].partition("/")[2])
    limits = {
        resource.RLIMIT_AS: pages * os.sysconf("SC_PAGE_SIZE") + GIGABYTES * 2**30,
        resource.RLIMIT_NPROC: threads + 32,
        resource.RLIMIT_CPU: int(IMPORTING + SECONDS) + 2,
        resource.RLIMIT_FSIZE: LARGEST_FILE,
        resource.RLIMIT_NOFILE: 256,
    }
    for what, most in limits.items():
        with contextlib.suppress(ValueError, OSError):  # there is a limit that is tighter
            resource.setrlimit(what, (most, most))
    prctl(4, 0)  # PR_SET_DUMPABLE: writing a core file takes longer than all the rest


def _import(trial: _Trial) -> bytes:
    """Import ahead what the code imports. What cannot be imported fails again in the code, where the line is known."""
    for line in trial.definition.imports:
        with contextlib.suppress(BaseException):
            exec(line, {})
    return _STARTED


def _try(trial: _Trial) -> Outcome:
    try:
        with torch.device("meta"):
            return _run(trial)
    except BaseException as error:  # also SystemExit and KeyboardInterrupt
        return Outcome(refusal=_complaint(error))


def _run(trial: _Trial) -> Outcome:
    names: dict[str, Any] = {"__name__": "block", "torch": torch, "nn": nn, "F": F}
    exec(compile(trial.text, FILE, "exec", dont_inherit=True), names)
    about, call = trial.definition, names[trial.definition.name]
    specs = dict(zip(about.inputs, trial.inputs, strict=True))
    tensors = {name: spec and torch.empty(spec[0], dtype=getattr(torch, spec[1])) for name, spec in specs.items()}
    called = dict(trial.values)
    if about.kind == "module":
        call = call(**{param.name: called.pop(param.name) for param in about.params if not param.in_forward})
    with FlopCounterMode(display=False) as counter:
        if about.kind == "autograd":
            result = call.apply(*tensors.values(), *called.values())
        else:
            wired = {name: tensor for name in about.optional if (tensor := tensors.pop(name)) is not None}
            result = call(*tensors.values(), **called, **wired)
    results = result if len(about.outputs) > 1 and isinstance(result, tuple | list) else (result,)
    if len(results) != len(about.outputs):
        text = "The outputs returned are {found}, but the text names {count}."
        return Outcome(refusal=say(text, found=len(results), count=len(about.outputs)))
    for other in {type(one).__name__ for one in results if not isinstance(one, torch.Tensor)}:
        return Outcome(refusal=say("It returned {what}, not a tensor.", what=other))
    # A layer that is lazy has its parameters only now.
    parameters = sum(p.numel() for p in call.parameters()) if isinstance(call, nn.Module) else 0
    outputs = [(tuple(one.shape), str(one.dtype).removeprefix("torch.")) for one in results]
    return Outcome(outputs, min(parameters, 2**62), min(counter.get_total_flops(), 2**62))


def _complaint(error: BaseException) -> Sentence:
    """What the code raised, in words, with the innermost of its own lines."""
    line = error.lineno or 0 if isinstance(error, SyntaxError) and error.filename == FILE else 0
    trace: types.TracebackType | None = error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == FILE:
            line = trace.tb_lineno
        trace = trace.tb_next
    message = ""
    with contextlib.suppress(Exception):  # the error may be one of the code's own
        message = str(error).strip().split("\n")[0][:500]
    text = "{error}: {message}" if message else "{error}."
    if isinstance(error, SystemExit):
        text = "It ended the process."
    elif isinstance(error, MemoryError) or "allocate memory" in message:
        text = "It needs more memory than the {most} GB that a trial is given."
    elif isinstance(error, RuntimeError | TypeError) and re.search("meta(?! and cpu|!)", message):
        text = "This needs the numbers in a tensor, but while you draw there are only shapes ({message})"
    text = "Line {line}: " + text if line else text
    kind = type(error).__name__[:100]
    values: dict[str, str | int] = {"line": line, "error": kind, "message": message, "most": GIGABYTES}
    return say(text, **{name: value for name, value in values.items() if f"{{{name}}}" in text})


if __name__ == "__main__":
    try:
        serve(sys.argv[1] == "fork")
    finally:
        os._exit(0)
