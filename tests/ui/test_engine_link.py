"""The window's end of the engine, with its real children."""

from __future__ import annotations

from pathlib import Path

from pytestqt.qtbot import QtBot

from netbuilder.bridge.messages import Tried
from netbuilder.bridge.reports import TensorSpec
from netbuilder.ui.engine_link import EngineLink
from tests.drawings import CLASSIFIER, draw

PATIENCE = 60_000


def test_blocks_are_tried_and_each_answer_carries_its_number(qtbot: QtBot) -> None:
    link = EngineLink()
    answers: list[Tried] = []
    link.tried.connect(answers.append)
    assert link.try_blocks(None, ["Digits"]) == 1  # nobody is there yet to answer
    link.open(draw(CLASSIFIER), Path())
    link.start()
    try:
        first = link.try_blocks(TensorSpec(("N", 1, 8, 8)), ["Flatten", "Conv2d", "CrossEntropyLoss"])
        second = link.try_blocks(None, ["Digits", "ReLU"])
        assert (first, second) == (2, 3)
        qtbot.waitUntil(lambda: len(answers) == 2, timeout=PATIENCE)
    finally:
        link.close()
    assert answers == [
        Tried(
            first,
            {
                "Flatten": TensorSpec(("N", 64)),
                "Conv2d": TensorSpec(("N", 16, 6, 6)),
                "CrossEntropyLoss": TensorSpec(()),
            },
        ),
        Tried(second, {"Digits": TensorSpec(("N", 1, 8, 8))}),
    ]
