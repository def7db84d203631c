"""How long one waits: for the window after the start of the program, and for the first step after Train is pressed.

Window: `netbuilder` is started as from a shell, its clock running from just before the process is made until the first
paint of the window's central part has been handed to the screen. On an empty drawing and on an example, on a virtual
X display (Xvfb, started here) and offscreen, beside `python -c "import torch"` of the same interpreter in turn with
it. Whether torch had been imported by then is printed too. Every window starts in a home of its own, without state.

Train: the clock runs from just before Start is sent to a training child, and stops when the first optimizer step is
done by the child's own clock: the child is started through a module that notes the time when `Telemetry.record` was
called first and when it was called again, since the first step ends in between. Rows and progress come up to a reading
later, because losses are read late. A warm child has said Warm and was given Prepare before, as the window does it; a
fresh one is started at the press.

Run it as `python tests/bench/start.py [--quick] [--times N] [--only window|train]`.
"""

from __future__ import annotations

import argparse
import contextlib
import dataclasses
import json
import os
import queue
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from netbuilder.bridge.child import Child, environment
from netbuilder.bridge.messages import Ended, FromChild, Order, Prepare, Start, Warm, encode
from netbuilder.bridge.run_folder import RunReader
from netbuilder.graph.files import load

EXAMPLES = ROOT / "examples"
TRAINED = ("digits", "mnist_convnet", "two_layer_net")
WINDOW_GOAL, TRAIN_GOAL = 1.0, 0.2  # seconds

# Runs in the window's process: the program as it is, and a look at its first paint.
WINDOW = """
import json, os, sys, time
from netbuilder import app
real = app.window_trouble if hasattr(app, "window_trouble") else None
from netbuilder.ui import start as start_module
imported = time.time()
from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QApplication

class Eye(QObject):
    seen = False
    def eventFilter(self, watched, event):
        if event.type() == QEvent.Type.Paint and not self.seen:
            self.seen = True
            QTimer.singleShot(0, self.tell)  # after every widget's paint and the flush to the screen
        return False
    def tell(self):
        loaded = sorted({name.partition(".")[0] for name in sys.modules} & {"torch", "sklearn", "scipy", "pyqtgraph"})
        print(json.dumps({"imported": imported, "shown": time.time(), "loaded": loaded}), flush=True)
        os._exit(0)

class Watched(QApplication):
    def __init__(self, arguments):
        super().__init__(arguments)
        self.eye = Eye()
        self.installEventFilter(self.eye)

start_module.QApplication = Watched
sys.exit(app.main(sys.argv[1:]))
"""
