"""Sizes as arguments of a class: whatever a person gives for them by hand, the class builds and runs."""

from __future__ import annotations

import inspect
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch

from netbuilder.engine.analysis import analyse
from tests.drawings import draw, run_text


def _classes(text: str, types: bool = False) -> tuple[SimpleNamespace, str]:
    analyst = analyse(draw(text), Path())
    assert analyst.module.complete, [str(problem.sentence) for problem in analyst.all_problems]
    return run_text(analyst.module), analyst.module.text


def _arguments(made: type) -> dict[str, object]:
    parameters = list(inspect.signature(made).parameters.values())
    return {one.name: None if one.default is inspect.Parameter.empty else one.default for one in parameters}


def test_an_argument_goes_wherever_its_size_goes() -> None:
    names, text = _classes("""
        network Net2 hidden=32
          input Input shape=10
          fc1 Linear out_features=$hidden
          act ReLU
          norm BatchNorm1d
          fc2 Linear out_features=$hidden
          join Concat
          fc3 Linear out_features=3
          output Output
          input > fc1 > act > norm > fc2 > join > fc3 > output
          input > join.input2
        main
          in0 Input shape=10
          a Network of=Net2
          b Network of=Net2 hidden=8
          in0 > a
          in0 > b
    """)
    assert "nn.Linear(10, hidden)" in text and "nn.BatchNorm1d(hidden)" in text
    assert "nn.Linear(hidden + 10, 3)" in text or "nn.Linear(10 + hidden, 3)" in text
    for hidden in (1, 7, 32, 100):
        assert names.Net2(hidden=hidden)(torch.randn(4, 10)).shape == (4, 3)


def test_a_flattened_picture_is_a_product() -> None:
    names, text = _classes("""
        network Body channels=16
          input Input shape=3,8,8
          conv Conv2d out_channels=$channels kernel_size=4
          flat Flatten
          fc Linear out_features=10
          output Output
          input > conv > flat > fc > output
        main
          in0 Input shape=3,8,8
          body Network of=Body
          in0 > body
    """)
    assert "nn.Linear(25 * channels, 10)" in text
    for channels in (1, 4, 16, 33):
        assert names.Body(channels)(torch.randn(2, 3, 8, 8)).shape == (2, 10)


def test_sizes_that_differ_from_place_to_place_are_arguments_nobody_asked_for() -> None:
    names, text = _classes("""
        network Block
          input Input shape=4
          fc Linear out_features=8
          skip Linear out_features=8
          add Add
          output Output
          input > fc > add > output
          input > skip > add.input2
        main
          in0 Input shape=4
          in1 Input shape=6
          a Network of=Block
          b Network of=Block
          c Network of=Block
          in0 > a > b
          in1 > c
    """)
    assert list(_arguments(names.Block)) == ["in_features"]
    assert "Block(4)" in text and "Block(8)" in text and "Block(6)" in text
    for size in (1, 5, 64):
        assert names.Block(size)(torch.randn(3, size)).shape == (3, 8)


def test_an_argument_goes_through_networks_in_networks() -> None:
    names, _ = _classes("""
        network Inner width=4
          input Input shape=4
          fc Linear out_features=$width
          act ReLU
          output Output
          input > fc > act > output
        network Middle size=4
          input Input shape=4
          one Network of=Inner width=$size
          two Network of=Inner width=$size
          head Linear out_features=2
          output Output
          input > one > two > head > output
        network Outer features=4
          input Input shape=4
          middle Network of=Middle size=$features
          output Output
          input > middle > output
        main
          in0 Input shape=4
          outer Network of=Outer features=12
          in0 > outer
    """)
    for size in (1, 4, 12, 50):
        model = names.Outer(features=size)
        assert model(torch.randn(2, 4)).shape == (2, 2)
        shapes = {name: tuple(p.shape) for name, p in model.named_parameters()}
        assert shapes["middle.two.fc.weight"] == (size, size) and shapes["middle.head.weight"] == (2, size)


def test_a_sequential_in_a_sequential_has_its_own_sizes_at_each_place() -> None:
    names, text = _classes("""
        network Pair sequential
          input Input shape=4
          fc Linear out_features=6
          act ReLU
          output Output
          input > fc > act > output
        network Tower sequential
          input Input shape=4
          one Network of=Pair
          two Network of=Pair
          output Output
          input > one > two > output
        main
          in0 Input shape=4
          in1 Input shape=9
          a Network of=Tower
          b Network of=Tower
          in0 > a
          in1 > b
    """)
    assert "class Pair" not in text and "class Tower" not in text
    model = names.Net()
    assert [tuple(p.shape) for n, p in model.named_parameters() if "weight" in n] == [(6, 4), (6, 6), (6, 9), (6, 6)]
    assert [tuple(out.shape) for out in model(torch.randn(2, 4), torch.randn(2, 9))] == [(2, 6), (2, 6)]


def test_repeats_with_a_changing_argument_are_a_list_of_sizes() -> None:
    names, text = _classes("""
        network Stage channels=16 stride=2
          input Input shape=3,32,32
          conv Conv2d out_channels=$channels kernel_size=3 padding=1 stride=$stride
          norm BatchNorm2d
          act ReLU
          output Output
          input > conv > norm > act > output
        main
          image Input shape=3,32,32
          stages Repeat of=Stage repeats=3 changing=channels values=16,32,64
          pool AdaptiveAvgPool2d output_size=1
          flat Flatten
          fc Linear out_features=10
          image > stages > pool > flat > fc
    """)
    model = names.Net()
    assert [tuple(p.shape)[:2] for n, p in model.named_parameters() if n.endswith("conv.weight")] == [
        (16, 3),
        (32, 16),
        (64, 32),
    ]
    assert model(torch.randn(2, 3, 32, 32)).shape == (2, 10)
    assert "BatchNorm2d(channels)" in text
    made = _arguments(names.Stage)
    assert list(made) == ["in_channels", "channels", "stride"]
    stage = names.Stage(5, channels=7, stride=1)
    assert stage(torch.randn(2, 5, 8, 8)).shape == (2, 7, 8, 8)


def test_heads_must_divide_and_so_does_what_is_tried() -> None:
    names, text = _classes("""
        network Block embed=16 heads=4
          input Input shape=5,16
          attention MultiheadAttention embed_dim=$embed num_heads=$heads
          norm LayerNorm
          fc Linear out_features=$embed
          output Output
          input > attention.query
          input > attention.key
          input > attention.value
          attention > norm > fc > output
        main
          in0 Input shape=5,16
          block Network of=Block
          more Repeat of=Block repeats=2
          in0 > block > more
    """)
    assert text.count("class Block") == 1
    block = names.Block(embed=24, heads=3)
    assert block(torch.randn(2, 5, 24)).shape == (2, 5, 24)
    assert names.Net()(torch.randn(2, 5, 16)).shape == (2, 5, 16)


@pytest.mark.parametrize("types", [False, True])
def test_an_argument_says_whether_a_layer_is_there(types: bool) -> None:
    names, text = _classes("""
        network Block width=4 norm=True
          input Input shape=4
          fc Linear out_features=$width
          norm BatchNorm1d used=$norm
          act ReLU
          output Output
          input > fc > norm > act > output
        main
          in0 Input shape=4
          a Network of=Block
          b Network of=Block norm=False width=7
          in0 > a > b
    """)
    assert "if norm else nn.Identity()" in text
    for width in (1, 9):
        for norm in (True, False):
            block = names.Block(width=width, norm=norm)
            assert block(torch.randn(3, 4)).shape == (3, width)
            assert ("norm.weight" in dict(block.named_parameters())) == norm


def test_what_follows_two_arguments_in_no_simple_way_follows_one_of_them_at_least() -> None:
    names, text = _classes("""
        main Net width=16 kernel=3
        in0 Input shape=3,20,20
        conv Conv2d out_channels=$width kernel_size=$kernel
        flatten Flatten
        fc Linear out_features=7
        in0 > conv > flatten > fc
    """)
    assert "nn.Linear(324 * width, 7)" in text
    assert names.Net(width=5)(torch.randn(2, 3, 20, 20)).shape == (2, 7)


def test_a_size_may_be_a_share_of_an_argument() -> None:
    names, text = _classes("""
        main Net width=16
        in0 Input shape=8
        fc Linear out_features=$width
        heads Unflatten dim=1 unflattened_size=4,-1
        norm LayerNorm
        in0 > fc > heads > norm
    """)
    assert "nn.LayerNorm(width // 4)" in text
    assert names.Net(32)(torch.randn(2, 8)).shape == (2, 4, 8)
