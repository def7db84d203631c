"""The check before a run shows how far the samples are, then what it tries."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from netbuilder.blocks.sentence import say
from netbuilder.bridge.reports import Device
from netbuilder.graph.records import Training
from netbuilder.ui.control.preflight_card import PreflightCard
from netbuilder.ui.theme import DARK


def test_loading_is_shown_in_numbers_until_the_batch_is_tried(qtbot: QtBot) -> None:
    canvas = QWidget()
    qtbot.addWidget(canvas)
    card = PreflightCard(DARK, canvas)
    card.begin([Device("cpu", "AMD EPYC")], Training(), {})
    assert card.status.text() == "Trying one batch on AMD EPYC …" and card.bar.maximum() == 0
    card.show_loading(say("Loading {file}: {done} of {total} rows", file="t.parquet", done="500", total="2,000"), 0.25)
    assert card.status.text() == "Loading t.parquet: 500 of 2,000 rows"
    assert card.bar.maximum() == 1000 and card.bar.value() == 250
    card.show_loading(say("Unpacking {what}: {done}", what="arrays", done="3 MiB"), None)
    assert card.status.text() == "Unpacking arrays: 3 MiB" and card.bar.maximum() == 0
    card.show_loading(None, None)
    assert card.status.text() == "Trying one batch on AMD EPYC …" and card.bar.maximum() == 0
