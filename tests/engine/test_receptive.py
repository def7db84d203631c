"""The receptive field against its definition: the places of the input that a number of the output depends on."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from netbuilder.engine.analysis import analyse
from tests.drawings import draw, run_text

STACKS = [
    "c Conv2d kernel_size=3\nlast Conv2d kernel_size=5,3 stride=2,1\nx > c > last",
    "c Conv2d kernel_size=3 dilation=2 padding=2\np AvgPool2d\nrelu Sigmoid\nlast Conv2d kernel_size=3\n"
    "x > c > p > relu > last",
    "a Conv2d kernel_size=3 padding=1\nb Conv2d kernel_size=5 padding=2\nlast Add\nx > a > last\nx > b > last.input2",
    "a Conv2d kernel_size=3 padding=1\nlast Concat\nx > a > last\nx > last.input2",
    "c Conv2d kernel_size=3\np AvgPool2d kernel_size=3 stride=2 padding=1\nlast Tanh\nx > c > p > last",
]
BLOCK = """
network Block
  i Input shape=3,32,32
  c1 Conv2d out_channels=3 kernel_size=3 padding=1
  act Tanh
  c2 Conv2d out_channels=3 kernel_size=3 padding=1 dilation=1
  add Add
  o Output
  i > c1 > act > c2 > add > o
  i > add.input2
main
x Input shape=3,32,32
"""
PLACED = [
    BLOCK + "pool AvgPool2d\none Network of=Block\nlast Conv2d kernel_size=3\nx > pool > one > last",
    BLOCK + "again Repeat of=Block repeats=3\nlast Tanh\nx > again > last",
    BLOCK + "again Repeat of=Block repeats=2 weights=same\nlast Tanh\nx > again > last",
]


def measured(text: str) -> tuple[int, ...]:
    """How far apart the outermost places lie on which the middle number depends."""
    module = run_text(analyse(draw(text), Path()).module).Net().eval()
    given = torch.rand(1, 3, 32, 32, requires_grad=True)
    out = module(given)
    out[0, 0, out.shape[2] // 2, out.shape[3] // 2].backward()
    assert given.grad is not None
    touched = given.grad.abs().sum((0, 1))
    return tuple(int(along.nonzero().max() - along.nonzero().min()) + 1 for along in (touched.sum(1), touched.sum(0)))


@pytest.mark.parametrize("text", [*("x Input shape=3,32,32\n" + stack for stack in STACKS), *PLACED])
def test_a_field_is_what_a_number_depends_on(text: str) -> None:
    found = analyse(draw(text), Path()).reports["last"].field
    assert found == measured(text)


def test_the_fields_of_vgg_blocks_are_those_in_the_books() -> None:
    text = "x Input shape=3,64,64\n"
    chain = "x"
    for block in range(2):
        for conv in range(2):
            text += f"c{block}{conv} Conv2d kernel_size=3 padding=1\n"
            chain += f" > c{block}{conv}"
        text += f"p{block} MaxPool2d\n"
        chain += f" > p{block}"
    reports = analyse(draw(text + chain), Path()).reports
    assert [reports[key].field for key in ("c00", "c01", "p0", "c10", "c11", "p1")] == [
        (3, 3), (5, 5), (6, 6), (10, 10), (14, 14), (16, 16)
    ]  # fmt: skip


@pytest.mark.parametrize(
    "rest",
    ["last AdaptiveAvgPool2d output_size=1", "last Flatten", "last Linear", "last GroupNorm", "last Softmax dim=2"],
)
def test_nothing_is_said_behind_what_mixes_all_places(rest: str) -> None:
    text = f"x Input shape=3,8,8\nc Conv2d\nafter ReLU\n{rest}\nx > c > last > after"
    reports = analyse(draw(text), Path()).reports
    assert reports["c"].field == (3, 3)
    assert reports["last"].field == reports["after"].field == ()
