"""A child process that speaks messages: started apart from the user's files, told to stop, then made to."""

from __future__ import annotations

import contextlib
import os
import queue
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Literal

import msgspec

from netbuilder.bridge.messages import FromChild, ToChild, decode_from_child, encode

Role = Literal["analysis", "training", "viewing"]


def environment(role: Role) -> dict[str, str]:
    """The environment of a child: threads that wait without spinning, one core left for the window."""
    cores = os.cpu_count() or 1
    threads = "1" if role == "analysis" else str(max(1, cores - 1))
    wanted = {"OMP_WAIT_POLICY": "PASSIVE", "OMP_NUM_THREADS": threads, "MKL_NUM_THREADS": threads}
    # An empty or relative entry would mean whatever folder the child happens to be in.
    path = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    absolute = os.pathsep.join(entry for entry in path if os.path.isabs(entry))
    return {**wanted, **os.environ, "PYTHONUNBUFFERED": "1", "PYTHONPATH": absolute}


class Child:
    """A running child. `on_message` and `on_exit` are called with it on a thread of their own."""

    def __init__(
        self,
        role: Role,
        on_message: Callable[[Child, FromChild], None],
        on_exit: Callable[[Child, int, str], None],
    ) -> None:
        """Start it. `on_exit` gets the exit code (negative: a signal's number) and the end of its error output."""
        self._on_message, self._on_exit = on_message, on_exit
        self._complaints = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the child
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "netbuilder.engine", role],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._complaints,
            cwd=Path(__file__).parent,
            env=environment(role),
        )
        self._outgoing: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        # A pipe holds little: whoever wrote into it directly would wait for a child that is busy.
        self._writer = threading.Thread(target=self._write, name=f"netbuilder-to-{role}", daemon=True)
        self._reader = threading.Thread(target=self._read, name=f"netbuilder-from-{role}", daemon=True)
        self._writer.start()
        self._reader.start()

    @property
    def pid(self) -> int:
        """The process's id."""
        return self._process.pid

    @property
    def alive(self) -> bool:
        """Whether it still runs."""
        return self._process.poll() is None

    def send(self, message: ToChild) -> None:
        """Send a message without waiting; to a child that died it goes nowhere, and `on_exit` tells of the death."""
        self._outgoing.put(encode(message))

    def close(self, patience: float = 3.0) -> bool:
        """End it: its input closes, which tells it to stop; after `patience` seconds it is killed.

        Whether it ended by itself.
        """
        self._outgoing.put(None)
        try:
            self._process.wait(patience)
            by_itself = True
        except subprocess.TimeoutExpired:
            self.kill()
            by_itself = False
        self._writer.join(2)
        self._reader.join(2)
        return by_itself

    def leave(self) -> None:
        """Let it go on alone: its input closes, and nobody waits for it."""
        self._outgoing.put(None)
        self._writer.join(2)

    def kill(self) -> None:
        """End it now."""
        self._process.kill()
        self._process.wait()

    def _write(self) -> None:
        assert self._process.stdin is not None
        with contextlib.suppress(OSError), self._process.stdin as lines:
            while (line := self._outgoing.get()) is not None:
                lines.write(line)
                lines.flush()

    def _read(self) -> None:
        assert self._process.stdout is not None
        with self._process.stdout as lines:
            for line in lines:
                with contextlib.suppress(msgspec.MsgspecError):
                    self._on_message(self, decode_from_child(line))
        code = self._process.wait()
        self._outgoing.put(None)
        with self._complaints as file:
            end = file.seek(0, os.SEEK_END)
            file.seek(max(0, end - 4000))
            tail = file.read().decode("utf-8", "replace")
        self._on_exit(self, code, tail)


def death(code: int) -> str:
    """An exit code in words: `was killed (SIGKILL)`, `ended with code 3`."""
    if code >= 0:
        return f"ended with code {code}"
    with contextlib.suppress(ValueError):
        return f"was killed ({signal.Signals(-code).name})"
    return f"was killed (signal {-code})"
