"""Parameters that only mean more of the same are not run as often as they say, and priced right all the same."""

from __future__ import annotations

from pathlib import Path

import pytest
from torch import nn

from netbuilder.engine.analysis import analyse
from tests.drawings import draw


@pytest.mark.parametrize(
    ("block", "shape", "made", "sizes"),
    [
        ("LSTM num_layers=11 bidirectional=True", "7,6", nn.LSTM(6, 32, 11, bidirectional=True), ["N×7×64", "22×N×32"]),
        ("GRU num_layers=9", "7,6", nn.GRU(6, 32, 9), ["N×7×32", "9×N×32"]),
        (
            "TransformerEncoder num_layers=10 dim_feedforward=8",
            "7,8",
            nn.TransformerEncoder(nn.TransformerEncoderLayer(8, 4, 8, batch_first=True), 10),
            ["N×7×8"],
        ),
    ],
    ids=["LSTM", "GRU", "TransformerEncoder"],
)
def test_many_layers_are_priced_like_real_ones(block: str, shape: str, made: nn.Module, sizes: list[str]) -> None:
    analyst = analyse(draw(f"x Input shape={shape}\nit {block}\nx > it"), Path())
    report = analyst.reports["it"]
    assert not analyst.all_problems
    assert [str(spec) for spec in report.outputs.values()][: len(sizes)] == sizes
    assert report.parameters == sum(p.numel() for p in made.parameters())


def test_what_is_gigantic_is_priced_at_once() -> None:
    text = "a Input shape=5\nb Input shape=6\nit Bilinear out_features=1000000000\na > it\nb > it.input2"
    report = analyse(draw(text), Path()).reports["it"]
    assert str(report.outputs["output"]) == "N×1000000000" and report.parameters == 31 * 10**9


def test_no_gradient_goes_back_through_whole_numbers() -> None:
    analyst = analyse(
        draw("""
            data RandomTensors input_shape=5 target_shape=1
            fc Linear out_features=3
            most ArgMax dim=1 keepdim=True
            number ToFloat
            loss MSELoss
            data.x > fc > most > number > loss
            data.y > loss.target
        """),
        Path(),
    )
    assert [str(sentence) for sentence in analyst.obstacles] == [
        "No loss depends on a layer with weights: wire the network's output to a loss."
    ]
