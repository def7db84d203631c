"""The bar above everything says what a run is at, from before its first step on."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from netbuilder.blocks.sentence import say
from netbuilder.bridge.messages import Progress, Starting
from netbuilder.ui.theme import DARK
from netbuilder.ui.top_bar import TopBar


def test_it_says_what_a_start_waits_for_and_then_how_far_the_run_is(qtbot: QtBot) -> None:
    bar = TopBar(DARK)
    qtbot.addWidget(bar)
    bar.show_state("starting")
    bar.show_starting(Starting("data"))
    assert bar.progress_text.strip() == "Loading the data…"
    doing = say("Loading {file}: {rows} rows, {done} of {total}", file="t.csv", rows="512", done="1 MiB", total="4 MiB")
    bar.show_starting(Starting("data", doing, 0.25))
    assert bar.progress_text == "Loading t.csv: 512 rows, 1 MiB of 4 MiB 25%"
    bar.show_starting(Starting("speed"))
    assert bar.progress_text.strip() == "Making ready…"
    bar.show_state("running")
    bar.show_progress(Progress("running", 50, 100, 1, 2, 10.0, 5.0))
    assert bar.progress_text == "Epoch 1 of 2 0:05 left · 10 steps/s"
    bar.show_progress(Progress("finished", 100, 100, 1, 13, 10.0, 0.0), trial=True)
    assert bar.progress_text == "Step 100 of 100 done"
