"""What holds for every test: nothing of the user's is touched, Qt is there or says why not, nothing is left running.

pytest-qt ends the whole run where Qt's system libraries are missing, so pyproject.toml keeps it out and it
is loaded here once Qt has been imported. Without Qt the tests in tests/ui are not collected and the end
of the run says so; tests/run.sh sets NETBUILDER_GUI_TESTS=1, and then a Qt that cannot be imported fails the run.
"""

from __future__ import annotations

import atexit
import gc
import multiprocessing
import os
import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

HOME = Path(tempfile.mkdtemp(prefix="netbuilder-tests-"))
atexit.register(shutil.rmtree, HOME, ignore_errors=True)


def _move_home() -> None:
    """Point everything that finds a person's folders at an empty one; before Qt is imported."""
    folders = {
        "HOME": "",
        "USERPROFILE": "",
        "APPDATA": "roaming",
        "LOCALAPPDATA": "local",
        "XDG_DATA_HOME": "data",
        "XDG_CONFIG_HOME": "config",
        "XDG_CACHE_HOME": "cache",
        "XDG_STATE_HOME": "state",
        "XDG_RUNTIME_DIR": "runtime",
    }
    for variable, name in folders.items():
        folder = HOME / name
        folder.mkdir(mode=0o700, exist_ok=True)
        os.environ[variable] = str(folder)
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")


_move_home()
# Before torch is imported: threads that spin while they wait take the other worker's core.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

try:
    import PySide6.QtWidgets  # noqa: F401 - whether it can be imported is the question
    import pytestqt  # noqa: F401
    from PySide6.QtCore import QSettings
except ImportError as error:
    NO_QT = str(error)
    pytest_plugins: list[str] = []
else:
    NO_QT = ""
    from netbuilder.ui.garbage import collect_due

    gc.disable()  # as in the program: a thread must not free what is Qt's
    pytest_plugins = ["pytestqt.plugin"]
    for form in (QSettings.Format.NativeFormat, QSettings.Format.IniFormat):
        QSettings.setPath(form, QSettings.Scope.UserScope, os.environ["XDG_CONFIG_HOME"])

# The same examples in every run, so that a commit is not judged by luck; NETBUILDER_HYPOTHESIS=wild looks further.
settings.register_profile("steady", derandomize=True, deadline=None, database=None, print_blob=False)
settings.register_profile("wild", deadline=None, max_examples=1000, stateful_step_count=80)
settings.load_profile(os.environ.get("NETBUILDER_HYPOTHESIS", "steady"))


def pytest_addoption(parser: pytest.Parser) -> None:
    if NO_QT:  # else the settings of pytest-qt in pyproject.toml would be unknown
        for name in ("qt_api", "qt_log_level_fail", "qt_log_ignore"):
            parser.addini(name, "pytest-qt is not loaded", type="args")


def pytest_configure() -> None:
    if NO_QT and os.environ.get("NETBUILDER_GUI_TESTS") == "1":
        raise pytest.UsageError(f"The tests of the window are wanted, but Qt cannot be used: {NO_QT}")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if NO_QT:  # the header would be the place, but -q leaves it out
        terminalreporter.write_line(f"tests/ui is left out, Qt cannot be used: {NO_QT}")


def pytest_ignore_collect(collection_path: Path) -> bool | None:
    return True if NO_QT and Path(__file__).parent / "ui" in (collection_path, *collection_path.parents) else None


def _threads() -> set[threading.Thread]:
    return {thread for thread in threading.enumerate() if thread.is_alive() and not thread.daemon}


def _children() -> set[int]:
    """The processes that this one started and that still run; multiprocessing's own helper apart."""
    if not sys.platform.startswith("linux"):
        return {child.pid for child in multiprocessing.active_children() if child.pid is not None}
    found = set()
    for task in Path("/proc/self/task").iterdir():
        try:
            found |= {int(pid) for pid in (task / "children").read_text().split()}
        except OSError:
            continue
    return {pid for pid in found if _runs(pid)}


def _runs(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        command = Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False
    return state not in "ZX" and b"multiprocessing.resource_tracker" not in command


def _what_is(pid: int) -> str:
    try:
        return f"{pid} ({Path(f'/proc/{pid}/cmdline').read_bytes().replace(bytes(1), b' ').decode()[:80].strip()})"
    except OSError:
        return str(pid)


@pytest.fixture(autouse=True)
def nothing_left_running() -> Iterator[None]:
    """Fail a test that leaves a thread or a process behind; both get two seconds to end."""
    threads, children = _threads(), _children()
    yield
    until = time.monotonic() + 2
    while (_threads() - threads or _children() - children) and time.monotonic() < until:
        time.sleep(0.02)
    left = [f"the thread {thread.name}" for thread in _threads() - threads]
    left += [f"the process {_what_is(pid)}" for pid in _children() - children]
    if not NO_QT:
        collect_due()
    assert not left, "left running: " + ", ".join(left)
