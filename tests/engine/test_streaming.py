"""Samples that stay on the disk train as those in memory do, and a file that goes away ends the run in words."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from netbuilder.engine import data
from netbuilder.graph.graph import Graph
from tests.data_files import write_image_folder
from tests.drawings import draw
from tests.engine.runs import train


def _drawing(folder: Path, memory: int, size: int = 120) -> Graph:
    text = f"""
        images ImageFolder folder={folder} size={size} memory={memory}
        pool AdaptiveAvgPool2d output_size=4
        flatten Flatten
        fc Linear out_features=3
        loss CrossEntropyLoss
        accuracy Accuracy
        images.image > pool > flatten > fc > loss
        fc > accuracy
        images.label > loss.target
        images.label > accuracy.target
    """
    return draw(text, batch_size=4, epochs=3)


def test_the_losses_are_those_of_samples_in_memory(tmp_path: Path) -> None:
    folder = write_image_folder(tmp_path / "pictures")
    far = train(_drawing(folder, memory=1), tmp_path / "far")
    near = train(_drawing(folder, memory=1000), tmp_path / "near")
    assert far.sentence == near.sentence == "Finished after 12 steps."
    assert far.steps == near.steps


def test_a_picture_that_vanishes_in_the_middle_ends_the_run_in_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = write_image_folder(tmp_path / "pictures")
    graph = _drawing(folder, memory=1)
    real = data.Data.load

    def vanish(self: data.Data, *arguments: object) -> object:
        loaded = real(self, *arguments)  # type: ignore[arg-type]
        shutil.rmtree(folder)
        return loaded

    monkeypatch.setattr(data.Data, "load", vanish)
    done = train(graph, tmp_path / "run")
    assert done.ended.state == "failed"
    assert "is not there any more" in done.sentence and "Traceback" not in done.sentence
