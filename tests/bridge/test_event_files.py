"""TensorBoard's own reader finds in our event files what the run's tables hold."""

from __future__ import annotations

import math
from array import array
from pathlib import Path

import pytest

from netbuilder.blocks.sentence import Refused
from netbuilder.bridge.event_files import write_event_file
from netbuilder.bridge.run_folder import RunReader, RunWriter
from tests.bridge.run_folders import ABOUT, write_run

accumulator = pytest.importorskip("tensorboard.backend.event_processing.event_accumulator")


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_all_scalars_are_found(tmp_path: Path) -> None:
    folder = write_run(tmp_path / "run", steps=10_000)
    writer = RunWriter(folder)
    writer.steps(array("d", [math.nan, math.inf, 1e300]).tobytes())
    pulse = [10_000, *[0.5] * (len(ABOUT.pulse_columns) - 1)]
    writer.append("pulse.bin", array("d", pulse).tobytes())
    writer.append("layers.bin", array("d", [7, 1, 2, 3, 4]).tobytes())
    writer.close()
    target = write_event_file(folder)
    assert write_event_file(folder) == target and len(list(target.iterdir())) == 1
    found = accumulator.EventAccumulator(str(target), {"scalars": 0})
    found.Reload()
    rows, epochs = RunReader(folder).news()
    loss = found.Scalars("loss/train")
    assert [event.step for event in loss] == list(range(1, 10_002))
    assert [event.value for event in loss[:-1]] == pytest.approx([row[0] for row in rows[:-1]], rel=1e-6)
    assert math.isnan(loss[-1].value)
    assert found.Scalars("gradient_norm/fc1.bias")[300].value == pytest.approx(0.2)
    assert [(event.step, event.value) for event in found.Scalars("metric/accuracy")] == [(5000, 0.5), (10_000, 0.75)]
    assert found.Scalars("pulse/samples_per_second")[0].value == 0.5
    tags = [f"{what}/fc1.{part}" for part in ("weight", "bias") for what in ("norm", "update")]
    assert [found.Scalars(tag)[0].value for tag in tags] == [1, 2, 3, 4]
    assert len(epochs) == 2


def test_a_folder_without_a_run_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="does not say"):
        write_event_file(tmp_path)
