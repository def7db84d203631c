"""How long one waits: for the window after the start of the program, and for the first step after Train is pressed.

Window: `netbuilder` is started as from a shell; the clock runs from just before its process is made until its first
paint has gone to the screen. On an empty drawing and on an example, on a virtual X display (Xvfb, started here) and
offscreen, in turn with `python -c "import torch"` and with Qt's widgets alone. Every window has a home of its own
without any state. Whether torch was imported in the window's process, by then and after the analysis was shown, is
printed too.

Train: the clock runs from just before Start is sent to a training child until the child, by the same clock, has done
its first optimizer step: the child is the ordinary one, started through a line that notes when the first step of its
run returns. Rows and progress come up to a reading and a telling later, since losses are read late: `news` is the first
Progress heard with a step in it. A warm child has said Warm and was given Prepare before, as the window does it; a
fresh one is started at the press.

Run it as `python tests/bench/start.py [--quick] [--times N] [--only window|train]`.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from netbuilder.bridge.child import death, environment
from netbuilder.bridge.messages import Ended, FromChild, Order, Prepare, Progress, Start, ToChild, Warm, encode
from netbuilder.bridge.messages import decode_from_child as decode
from netbuilder.graph.files import load

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "examples"
TRAINED = ("digits", "mnist_convnet", "two_layer_net")
WINDOW_GOAL, TRAIN_GOAL = 1.0, 0.2  # seconds

# In the window's process: the program as it is, and a look at the window's first paint.
WINDOW = """
import json, os, sys, time
from PySide6.QtCore import QTimer
from netbuilder.app import main
from netbuilder.ui import start

imported = time.time()
wait = sys.argv.pop(1) == "wait"

class Watched(start.Window):
    painted = False

    def paintEvent(self, event):
        super().paintEvent(event)
        if not self.painted:
            self.painted = True
            QTimer.singleShot(0, self.tell)

    def tell(self):
        shown = time.time()
        if wait and not self.findings.known:
            QTimer.singleShot(50, self.tell)
            return
        loaded = [name for name in ("torch", "sklearn", "scipy", "numpy", "pyqtgraph") if name in sys.modules]
        print(json.dumps({"imported": imported, "shown": shown, "loaded": loaded}), flush=True)
        time.sleep(60)  # until it is killed

start.Window = Watched
sys.exit(main(sys.argv[1:]))
"""

# In the training child: the child as it is, and a note when the first step of the run has returned.
CHILD = """
import sys, time
from pathlib import Path
from netbuilder.engine import __main__ as child, run

note = Path(sys.argv.pop())
make = run.Run._train_step

def noted(self):
    step = make(self)
    waiting = True

    def first(indices):
        nonlocal waiting
        step(indices)
        if waiting:
            waiting = False
            note.write_text(repr(time.time()))

    return first

run.Run._train_step = noted
child.main()
"""


def shown(project: Path | None, extra: dict[str, str], wait: bool = False) -> tuple[float, float, list[str]]:
    """Start the program; seconds to its imports and to its first paint, and what it had imported."""
    with tempfile.TemporaryDirectory() as home:
        places = {"HOME": home, "XDG_CONFIG_HOME": home, "XDG_DATA_HOME": home, "XDG_RUNTIME_DIR": home}
        arguments = [] if project is None else [str(project)]
        start = time.time()
        process = subprocess.Popen(
            [sys.executable, "-c", WINDOW, "wait" if wait else "first", *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=ROOT,
            env={**os.environ, **places, **extra},
            start_new_session=True,
        )
        assert process.stdout is not None
        line = process.stdout.readline()
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)  # its children as well, so that they disturb nobody
        _, complaint = process.communicate()
    if not line:
        raise SystemExit(f"the window did not open: {complaint.decode('utf-8', 'replace')}")
    found = json.loads(line)
    return found["imported"] - start, found["shown"] - start, found["loaded"]


def took(code: str) -> float:
    """Seconds that a fresh interpreter takes for the code."""
    start = time.time()
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)
    return time.time() - start


@contextlib.contextmanager
def display() -> Iterator[str | None]:
    """A virtual X display and its name; None where there is no Xvfb."""
    if shutil.which("Xvfb") is None:
        yield None
        return
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", "1", "-screen", "0", "1920x1200x24", "-nolisten", "tcp", "-noreset"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    assert server.stdout is not None
    try:
        yield f":{int(server.stdout.readline())}"
    finally:
        server.terminate()
        server.wait()
        server.stdout.close()


def windows(times: int) -> None:
    """Print how long the window takes."""
    with display() as name:
        platforms = {"offscreen": {"QT_QPA_PLATFORM": "offscreen"}}
        if name is not None:
            platforms = {"Xvfb": {"QT_QPA_PLATFORM": "xcb", "DISPLAY": name}, **platforms}
        projects = {"empty": None, "mnist_convnet": EXAMPLES / "mnist_convnet.netb"}
        found: dict[str, list[float]] = {}
        imports: dict[str, list[float]] = {}
        for turn in range(times + 1):  # the first fills the disk's cache and does not count
            for label, code in (("import torch", "import torch"), ("Qt alone", "import PySide6.QtWidgets")):
                seconds = took(code)
                if turn:
                    found.setdefault(label, []).append(seconds)
            for platform, extra in platforms.items():
                for project, path in projects.items():
                    imported, painted, _ = shown(path, extra)
                    label = f"{platform}, {project}"
                    if turn:
                        found.setdefault(label, []).append(painted)
                        imports.setdefault(label, []).append(imported)
        early = shown(projects["mnist_convnet"], next(iter(platforms.values())))[2]
        late = shown(projects["mnist_convnet"], next(iter(platforms.values())), wait=True)[2]
    torch = statistics.median(found["import torch"])
    print(f"Start to window, seconds, median of {times} (goal {WINDOW_GOAL})")
    print(f"  {'':26} {'median':>7} {'least':>7} {'most':>7} {'imports':>8} {'of import torch':>16}")
    for label, taken in found.items():
        middle = statistics.median(taken)
        part = f"{statistics.median(imports[label]):8.2f}" if label in imports else f"{'':8}"
        print(f"  {label:26} {middle:7.2f} {min(taken):7.2f} {max(taken):7.2f} {part} {middle / torch:16.2f}")
    for when, loaded in (("at the first paint", early), ("after the analysis", late)):
        print(f"  torch in the window's process {when}: {'YES' if 'torch' in loaded else 'no'} ({', '.join(loaded)})")


class Training:
    """A training child, spoken to directly."""

    def __init__(self, folder: Path) -> None:
        self._note = folder / "first"
        self._run = folder / "run"
        self._run.mkdir()
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-c", CHILD, "training", str(self._note)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=tempfile.gettempdir(),
            env={**environment("training"), "PYTHONPATH": str(ROOT)},
        )

    def _send(self, message: ToChild) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(encode(message))
        self._process.stdin.flush()

    def _hear(self) -> FromChild:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise SystemExit(f"the training child {death(self._process.wait())}")
        return decode(line)

    def prepare(self, project: Path) -> None:
        """Wait until it is warm and has loaded the project's samples."""
        while not isinstance(self._hear(), Warm):
            pass
        self._send(Prepare(list(load(project).records.values()), str(project.parent)))
        used = -1.0
        while used != (used := self._used()):  # it does not say when it has them: it then rests
            time.sleep(0.5)

    def _used(self) -> float:
        """Its processor time."""
        try:
            fields = Path(f"/proc/{self._process.pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            time.sleep(3)
            return 0.0
        return float(fields[11]) + float(fields[12])

    def start(self, project: Path) -> tuple[float, float]:
        """Have it train, then end it; the times of its first step and of the first news of a step."""
        self._send(Start(list(load(project).records.values()), str(project.parent), str(self._run), "cpu"))
        news = 0.0
        while not isinstance(message := self._hear(), Ended):
            if isinstance(message, Progress) and message.step and not news:
                news = time.time()
                self._send(Order("stop"))
        self._process.communicate()
        if not self._note.exists():
            raise SystemExit(f"the training failed: {message.sentence}")
        return float(self._note.read_text()), news or time.time()


def trainings(times: int) -> None:
    """Print how long the first step takes."""
    print(f"Train to first step, seconds, median of {times} (goal {TRAIN_GOAL})")
    print(f"  {'':26} {'warm':>7} {'least':>7} {'most':>7} {'news':>7} {'fresh':>7} {'of fresh':>9}")
    for name in TRAINED:
        project = EXAMPLES / f"{name}.netb"
        found: dict[bool, list[tuple[float, float]]] = {True: [], False: []}
        for _ in range(times):
            for warm in (True, False):
                with tempfile.TemporaryDirectory() as folder:
                    start = time.time()
                    child = Training(Path(folder))
                    if warm:
                        child.prepare(project)
                        start = time.time()
                    first, news = child.start(project)
                    found[warm].append((first - start, news - start))
        warm_first = [first for first, _ in found[True]]
        middle, fresh = statistics.median(warm_first), statistics.median(first for first, _ in found[False])
        news = statistics.median(news for _, news in found[True])
        print(
            f"  {name:26} {middle:7.3f} {min(warm_first):7.3f} {max(warm_first):7.3f} {news:7.3f} {fresh:7.3f}"
            f" {middle / fresh:9.3f}"
        )


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="two of each")
    parser.add_argument("--times", type=int, help="how often each is done (7 windows, 5 trainings)")
    parser.add_argument("--only", choices=("window", "train"), help="one half")
    options = parser.parse_args()
    print(f"{os.cpu_count()} cores, load {', '.join(f'{value:.1f}' for value in os.getloadavg())}")
    if options.only != "train":
        windows(options.times or (2 if options.quick else 7))
    if options.only != "window":
        trainings(options.times or (2 if options.quick else 5))


if __name__ == "__main__":
    main()
