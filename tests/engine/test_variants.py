"""The quickest way to do the arithmetic: what is tried, what is chosen, and that the exported program does the same."""

from __future__ import annotations

import copy
import random
from pathlib import Path

import msgspec
import pytest
import torch
from hypothesis import assume, given
from hypothesis import strategies as st
from torch import nn

from netbuilder.bridge.reports import Preflight, Timing
from netbuilder.codegen import make_plan
from netbuilder.engine import trainer, variants
from netbuilder.engine.analysis import analyse
from netbuilder.engine.beginning import Asked
from netbuilder.engine.execute import execute
from netbuilder.engine.quick.convolution import QuickConv2d
from netbuilder.engine.variants import best, planned_steps, time_variants, timing_line, with_timings
from netbuilder.graph.commands import set_training
from netbuilder.graph.files import load
from tests.drawings import assert_formatted, draw
from tests.engine.runs import DIGITS, assert_as_exported, train

FAST = DIGITS.apply(set_training(DIGITS, speed="fast"))
LINEAR = """
    x RandomTensors input_shape=6 target_shape=2
    fc Linear out_features=2
    loss MSELoss
    x.x > fc > loss
    x.y > loss.target
"""


SMALL_MAPS = """
random RandomTensors samples=16 input_shape=3,4,4 target=classes classes=4
pool MaxPool2d kernel_size=2
wide Conv2d out_channels=4 padding=1
one Conv2d out_channels=4 kernel_size=1
apart Conv2d out_channels=4 padding=1 groups=2
flatten Flatten
fc Linear out_features=4
loss CrossEntropyLoss
random.x > pool > wide > one > apart > flatten > fc > loss
random.y > loss.target
"""


def timed(text: str | None = None, **settings: object) -> tuple[Timing, ...]:
    """The ways tried for a drawing."""
    graph = FAST if text is None else draw(text, speed="fast")
    graph = graph.apply(set_training(graph, **settings))
    program = execute(analyse(graph, Path()).script)
    samples, _ = program.names["load_data"]()
    return time_variants(program, make_plan(graph), samples, "cpu")


def test_best() -> None:
    ways = (
        Timing((), 1.0),
        Timing(("channels_last",), 0.98),
        Timing(("fused",), 0.5),
        Timing(("fused", "compile"), 0.25, 100.0),
        Timing(("fused", "bf16"), 0.0, refused="no"),
    )
    assert best(ways[:2], 1000).names == ()  # too little to be different for
    assert best(ways, 100).names == ("fused",)
    assert best(ways, 1000).names == ("fused", "compile")
    assert best((ways[4], ways[0]), 10).names == ()
    with pytest.raises(ValueError, match="nothing"):
        best(ways[4:], 10)


def test_what_is_tried() -> None:
    assert {name for timing in timed() for name in timing.names} == {"channels_last", "fused"}
    assert {name for timing in timed(LINEAR) for name in timing.names} == {"fused"}
    assert {name for timing in timed(LINEAR, speed="fastest") for name in timing.names} == {"fused", "bf16"}
    assert [timing.names for timing in timed(LINEAR, optimizer="Rprop")] == [()]


def test_nothing_is_left_behind() -> None:
    torch.manual_seed(3)
    random.seed(3)
    before = torch.get_rng_state(), random.getstate()
    ways = timed()
    assert ways[0].names == () and all(timing.step > 0 and not timing.refused for timing in ways)
    assert torch.equal(torch.get_rng_state(), before[0]) and random.getstate() == before[1]


def test_a_way_that_torch_refuses_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(variants, "_COMPILING", 0.0)

    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("no compiler\nand more")

    monkeypatch.setattr(torch, "compile", fail)
    found = timed(LINEAR)
    assert found[-1].refused == "no compiler" and "compile" in found[-1].names
    assert "compile" not in best(found, 10**9).names
    assert timing_line(found[-1]).endswith("no compiler")


def test_planned_steps() -> None:
    settings = draw(LINEAR, batch_size=8, accumulate=2, epochs=3).training
    assert planned_steps(settings, 100) == 21
    assert planned_steps(msgspec.structs.replace(settings, steps=5), 100) == 5


def test_a_preflight_shows_them() -> None:
    training = draw(LINEAR, batch_size=10, steps=100).training
    ways = (Timing((), 1.0), Timing(("fused",), 0.5))
    found = with_timings(Preflight("cpu", step=9.0), ways, training, (torch.empty(95, 6),))
    assert (found.step, found.epoch, found.chosen, found.timings) == (0.5, 5.0, ("fused",), ways)


@pytest.mark.parametrize(
    ("speed", "variant"),
    [
        ("fast", ("channels_last",)),
        ("fast", ("fused",)),
        ("fast", ("channels_last", "fused")),
        ("fast", ("matmul",)),
        ("fastest", ("bf16",)),
    ],
)
def test_each_way_is_the_exported_one(speed: str, variant: tuple[str, ...], tmp_path: Path) -> None:
    graph = DIGITS.apply(set_training(DIGITS, speed=speed, variant=variant, epochs=1))
    done = train(graph, tmp_path / "run")
    assert done.about is not None and done.about.variant == variant
    assert_as_exported(done)


@given(
    st.tuples(st.integers(1, 3), st.integers(1, 3)),
    st.integers(1, 3),
    st.integers(0, 2),
    st.integers(1, 2),
    st.tuples(st.integers(1, 9), st.integers(1, 9)),
    st.booleans(),
)
def test_a_quick_convolution_is_the_plain_one(
    kernel: tuple[int, int], stride: int, padding: int, dilation: int, size: tuple[int, int], bias: bool
) -> None:
    assume(all(n + 2 * padding >= dilation * (k - 1) + 1 for n, k in zip(size, kernel, strict=True)))
    torch.manual_seed(0)
    plain = nn.Conv2d(3, 5, kernel, stride, padding, dilation, bias=bias)
    quick = copy.deepcopy(plain)
    quick.__class__ = QuickConv2d
    x = torch.randn(2, 3, *size, requires_grad=True)
    own = x.detach().clone().requires_grad_()
    wanted, found = plain(x), quick(own)
    torch.testing.assert_close(found, wanted)
    wanted.square().sum().backward()
    found.square().sum().backward()
    torch.testing.assert_close(own.grad, x.grad)
    torch.testing.assert_close(quick.weight.grad, plain.weight.grad)


def test_quick_convolutions_are_tried_and_written_where_maps_are_small(tmp_path: Path) -> None:
    graph = draw(SMALL_MAPS, speed="fast", batch_size=8, steps=4)
    assert "matmul" in {name for timing in timed(SMALL_MAPS) for name in timing.names}
    assert "QuickConv2d" not in analyse(graph, Path()).script.text
    quick = graph.apply(set_training(graph, variant=("matmul",)))
    analyst = analyse(quick, Path())
    text = analyst.script.text
    assert text.count("class QuickConv2d(nn.Conv2d):") == 1
    assert "self.wide = QuickConv2d(3, 4, 3, padding=1)" in text
    assert "self.one = nn.Conv2d(4, 4, 1)" in text and "self.apart = nn.Conv2d(4, 4, 3, padding=1, groups=2)" in text
    assert "QuickConv2d" not in analyst.module.text
    assert_formatted({"quick.py": text}, tmp_path)
    assert_as_exported(train(quick, tmp_path / "run"))


def test_a_run_takes_the_best_and_goes_on_with_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ways = (Timing((), 1.0), Timing(("channels_last",), 0.5))
    monkeypatch.setattr(trainer, "time_variants", lambda *_: ways)
    done = train(FAST, tmp_path / "run")
    assert done.about is not None and done.about.variant == ("channels_last",)
    assert load(tmp_path / "run" / "project.netb").training.variant == ("channels_last",)
    assert "tried channels_last: 500 ms a step" in (tmp_path / "run" / "log.txt").read_text("utf-8")
    assert_as_exported(done)
    monkeypatch.setattr(trainer, "time_variants", lambda *_: pytest.fail("it is known"))
    longer = FAST.apply(set_training(FAST, epochs=3))
    more = train(longer, tmp_path / "more", asked=Asked(resume=done.checkpoints[-1]))
    assert more.about is not None and more.about.variant == ("channels_last",)
