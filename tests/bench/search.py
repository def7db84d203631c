"""How long the search box takes to answer a key, painting included, over 300 blocks, beside a plain list.

The plain list is Qt's own, with an item for each title, hidden where the title does not hold what was typed.
Run it as `python tests/bench/search.py [repetitions]`, offscreen or on a display.
"""

from __future__ import annotations

import os
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

sys.path.insert(0, str(Path(__file__).parents[2]))

from PySide6.QtCore import QSettings, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QListWidget, QVBoxLayout, QWidget

from netbuilder.blocks import CATALOG
from netbuilder.ui import style
from netbuilder.ui.finder.choices import Choice, find, of_blocks
from netbuilder.ui.finder.finder import HEIGHT, WIDTH, Finder
from netbuilder.ui.theme import DARK
from netbuilder.ui.usage import Usage

NUMBER, LIMIT = 300, 16.0
SUFFIXES = ("", "Lazy", "Quantized", "Sparse", "Causal", "Masked", "Gated", "Tied")
WORDS = ("conv", "relu", "mp2", "learned filters", "btchnrm", "loss", "e", "zzzz")


def catalog() -> list[Choice]:
    """The real blocks again and again under other names, each with its own help."""
    with TemporaryDirectory() as folder:
        usage = Usage(QSettings(str(Path(folder) / "usage.ini"), QSettings.Format.IniFormat))
        real = of_blocks(CATALOG.values(), usage)
    made = []
    for i in range(NUMBER):
        choice, round = real[i % len(real)], i // len(real)
        prefix = SUFFIXES[round % len(SUFFIXES)] + (str(round) if round >= len(SUFFIXES) else "")
        made.append(replace(choice, key=f"{prefix}{choice.key}", title=f"{prefix}{choice.title}"))
    return made


def plain(choices: list[Choice]) -> tuple[QWidget, QLineEdit]:
    """A field over a list of items."""
    widget, field, items = QWidget(), QLineEdit(), QListWidget()
    column = QVBoxLayout(widget)
    column.addWidget(field)
    column.addWidget(items)
    items.addItems([choice.title for choice in choices])

    def show(text: str) -> None:
        for i, choice in enumerate(choices):
            items.item(i).setHidden(text.casefold() not in choice.title.casefold())

    field.textChanged.connect(show)
    widget.resize(WIDTH, HEIGHT)
    return widget, field


def typed(field: QLineEdit, times: int) -> list[float]:
    """Milliseconds of each key, until everything is painted: the words letter by letter, and back again."""
    found = []

    def timed(press: Callable[[], None]) -> None:
        start = time.perf_counter()
        press()
        QApplication.processEvents()
        found.append((time.perf_counter() - start) * 1e3)

    for _ in range(times):
        for word in WORDS:
            for letter in word:
                timed(lambda letter=letter: QTest.keyClick(field, letter))  # type: ignore[misc]
            for _ in word:
                timed(lambda: QTest.keyClick(field, Qt.Key.Key_Backspace))
    return found


def say(name: str, found: list[float], beside: float | None = None) -> float:
    """Print one line; the median."""
    median, worst = statistics.median(found), sorted(found)[int(len(found) * 0.99)]
    ratio = f"   {median / beside:5.2f} × the plain list" if beside else ""
    print(f"{name:16} median {median:6.2f} ms   99 % {worst:6.2f} ms{ratio}")
    return median


def main() -> int:
    """Print the figures; 1 where the 99th percentile of the finder is over a frame of 16 ms."""
    times = int(sys.argv[1]) if len(sys.argv) > 1 else 10
    app = QApplication(sys.argv[:1])
    style.apply(app, DARK)
    choices = catalog()
    print(f"{app.platformName()}, {os.cpu_count()} cores, {len(choices)} choices")
    window, plain_field = plain(choices)
    below = QWidget()
    below.resize(1200, 800)
    finder = Finder(DARK, below)
    for widget in (window, below):
        widget.show()
        QTest.qWaitForWindowExposed(widget)
    window.activateWindow()
    reference = say("plain list", typed(plain_field, times))
    below.activateWindow()
    start = time.perf_counter()
    finder.ask(choices, "Add a block")
    app.processEvents()
    print(f"{'opening':16} {(time.perf_counter() - start) * 1e3:13.2f} ms")
    first = typed(finder.field, 1)
    print(f"{'first key':16} {first[0]:13.2f} ms")
    found = typed(finder.field, times)
    say("finder", found, reference)
    matching = []
    for _ in range(times):
        for word in WORDS:
            for i in range(len(word)):
                start = time.perf_counter()
                find(choices, word[: i + 1])
                matching.append((time.perf_counter() - start) * 1e3)
    say("matching alone", matching)
    finder.hide()
    below.close()
    window.close()
    return int(sorted(found)[int(len(found) * 0.99)] > LIMIT)


if __name__ == "__main__":
    sys.exit(main())
