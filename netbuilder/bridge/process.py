"""Which process does something, told apart from a later one that was given the same number."""

from __future__ import annotations

import functools
import os
import platform

import msgspec

_NEAR = 2.0  # seconds by which a system may round what it says of a process


class Identity(msgspec.Struct, frozen=True):
    """A process: its number, when it began, when its computer had begun (seconds since 1970), and which that is."""

    pid: int
    started: float = 0.0
    booted: float = 0.0
    host: str = ""


@functools.cache
def _host() -> str:
    return platform.node()


def identity(pid: int | None = None) -> Identity:
    """A process that lives, this one if none is named; for one that is gone or hidden only its number is known."""
    import psutil  # here, because the window opens before it is needed

    pid = os.getpid() if pid is None else pid
    try:
        return Identity(pid, psutil.Process(pid).create_time(), psutil.boot_time(), _host())
    except (psutil.Error, OSError):
        return Identity(pid, host=_host())


def alive(who: Identity) -> bool | None:
    """Whether that very process still lives; None where that cannot be known, because it is on another computer.

    The clock may have been set since: then when it began and when the computer had begun are off by the same.
    """
    import psutil

    if who.host and who.host != _host():
        return None
    try:
        process = psutil.Process(who.pid)
        if process.status() == psutil.STATUS_ZOMBIE:
            return False
        started, booted = float(process.create_time()), float(psutil.boot_time())
    except (psutil.Error, OSError, ValueError, OverflowError):
        return False
    if not who.started:
        return True
    late = started - who.started
    return abs(late) < _NEAR or abs(late - (booted - who.booted)) < _NEAR
