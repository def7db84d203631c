"""A process is told apart from a later one with its number, and known to be gone when it is."""

from __future__ import annotations

import os
import subprocess
import sys

import msgspec

from netbuilder.bridge.process import Identity, alive, identity


def _sleeper() -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-c", "import sys; sys.stdin.read()"], stdin=subprocess.PIPE)


def test_a_process_lives_until_it_is_gone() -> None:
    with _sleeper() as child:
        who = identity(child.pid)
        assert who.pid == child.pid and who.started > who.booted > 0
        assert alive(who)
        child.kill()
        os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
        assert alive(who) is False  # dead, though nobody has asked after it yet
        child.wait()
        assert alive(who) is False
    assert identity(who.pid).started != who.started


def test_a_later_process_with_the_same_number_is_another() -> None:
    who = identity()
    assert alive(msgspec.structs.replace(who, started=who.started - 60)) is False


def test_a_clock_that_was_set_changes_nothing() -> None:
    who = identity()
    assert alive(msgspec.structs.replace(who, started=who.started - 3600, booted=who.booted - 3600))


def test_of_another_computer_nothing_is_known() -> None:
    assert alive(msgspec.structs.replace(identity(), host="elsewhere")) is None


def test_numbers_that_no_process_has() -> None:
    assert alive(Identity(-1)) is False
    assert alive(Identity(2**80)) is False
