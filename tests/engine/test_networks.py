"""Repeats and recurrent networks against loops written by hand; and every edit against looking anew."""

from __future__ import annotations

import random
import time
from pathlib import Path

import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from torch import Tensor, nn

from netbuilder.bridge.messages import Analysis
from netbuilder.engine.analysis import Analyst, analyse
from netbuilder.graph.document import Document
from tests.drawings import draw, run_text
from tests.graph.work import any_work, project

CELL = """
    network Cell
      data Input shape=4
      last Input shape=6
      cat Concat
      fc Linear out_features=6
      act Tanh
      next Output state=last
      out Output
      data > cat > fc > act > next
      last > cat.input2
      fc > out
    main
      seq Input shape={shape}
      rnn Recurrent of=Cell {words}
      seq > rnn.data
      {more}
"""


def _made(text: str) -> tuple[Analyst, nn.Module]:
    analyst = analyse(draw(text), Path())
    assert analyst.module.complete, [str(problem.sentence) for problem in analyst.all_problems]
    torch.manual_seed(0)
    model: nn.Module = run_text(analyst.module).Net()
    return analyst, model.eval()


def _cell(model: nn.Module, x: Tensor, h: Tensor) -> tuple[Tensor, Tensor]:
    """A step by hand."""
    out = nn.functional.linear(torch.cat((x, h), 1), model.rnn.fc.weight, model.rnn.fc.bias)  # type: ignore
    return torch.tanh(out), out


@pytest.mark.parametrize("length", ["5", "?"])
@pytest.mark.parametrize("gives", ["last", "stacked", "each"])
@pytest.mark.parametrize("reverse", [False, True])
@pytest.mark.parametrize("initial", ["zero", "learned", "wired"])
def test_a_recurrent_network_is_the_loop_by_hand(length: str, gives: str, reverse: bool, initial: str) -> None:
    words = f"gives={gives} reverse={reverse}" + (" initial=learned" if initial == "learned" else "")
    more = "start Input shape=6\n      start > rnn.last\n      " if initial == "wired" else ""
    more += "end Output\n      state Output\n      rnn.out > end\n      rnn.next > state"
    analyst, model = _made(CELL.format(shape=f"{length},4", words=words, more=more))
    steps = 5 if length == "5" else "T"
    wanted = ("N", 6) if gives == "last" else ("N", steps, 6)
    outputs = list(analyst.reports["rnn"].outputs.values())
    assert [spec.shape for spec in outputs] == [("N", 6), wanted]
    assert [spec.stepped for spec in outputs] == [False, gives == "each"]
    count = 5 if length == "5" else 7
    x, h = torch.randn(3, count, 4), torch.zeros(3, 6)
    given = [x]
    if initial == "wired":
        h = torch.randn(3, 6)
        given.append(h)
    if initial == "learned":
        names = [name for name, _ in model.named_parameters() if "." not in name]
        with torch.no_grad():
            model.get_parameter(names[0]).copy_(torch.randn(6))
        h = model.get_parameter(names[0]).expand(3, -1)
    assert sum(p.numel() for p in model.parameters()) == sum(r.parameters for r in analyst.reports.values()) - 66
    outs: dict[int, Tensor] = {}
    order = list(range(count))[:: -1 if reverse else 1]
    for t in order:
        h, outs[t] = _cell(model, x[:, t], h)
    out = outs[order[-1]] if gives == "last" else torch.stack([outs[t] for t in range(count)], 1)
    found = model(*given)
    assert len(found) == 2
    assert {tuple(one.shape) for one in found} == {tuple(h.shape), tuple(out.shape)}
    assert any(torch.equal(one, h) for one in found) and any(torch.equal(one, out) for one in found)


def test_a_recurrent_network_over_steps_takes_the_same_input_each_time() -> None:
    text = CELL.format(shape="4", words="over=steps steps=4", more="end Output\nrnn.next > end")
    analyst, model = _made(text)
    x, h = torch.randn(3, 4), torch.zeros(3, 6)
    for _ in range(4):
        h, _ = _cell(model, x, h)
    assert torch.equal(model(x), h)
    work = analyst.reports["rnn"].multiply_adds
    assert work == 4 * 10 * 6


def test_two_states_and_two_sequences_go_side_by_side() -> None:
    _, model = _made("""
        network Cell
          a Input shape=4
          b Input shape=4
          h Input shape=4
          c Input shape=4
          sum Add inputs=3
          mix Multiply
          h2 Output state=h
          c2 Output state=c
          a > sum
          b > sum.input2
          h > sum.input3
          sum > mix
          c > mix.input2
          sum > c2
          mix > h2
        main
          one Input shape=5,4
          two Input shape=5,4
          start Input shape=4
          rnn Recurrent of=Cell
          end Output
          one > rnn.a
          two > rnn.b
          start > rnn.c
          rnn.h2 > end
          end2 Output
          rnn.c2 > end2
    """)
    one, two, c = torch.randn(3, 5, 4), torch.randn(3, 5, 4), torch.randn(3, 4)
    h, start = torch.zeros(3, 4), c
    for t in range(5):
        total = one[:, t] + two[:, t] + h
        h, c = total * c, total
    found = model(one, two, start)
    assert torch.equal(found[0], h) and torch.equal(found[1], c)


STACK = """
    network Block width=4
      input Input shape=4
      fc Linear out_features=$width
      act Tanh
      output Output
      input > fc > act > output
    main
      in0 Input shape=4
      body Repeat of=Block {words}
      in0 > body
"""


def test_a_stack_has_weights_of_its_own_for_each_repeat() -> None:
    analyst, model = _made(STACK.format(words="repeats=3"))
    x = value = torch.randn(2, 4)
    for i in range(3):
        layer = model.get_submodule(f"body.{i}.fc")
        value = torch.tanh(layer(value))
    assert torch.equal(model(x), value)
    assert analyst.reports["body"].parameters == 3 * 20 == sum(p.numel() for p in model.parameters())


def test_a_loop_has_weights_once() -> None:
    analyst, model = _made(STACK.format(words="repeats=3 weights=same"))
    x = value = torch.randn(2, 4)
    for _ in range(3):
        value = torch.tanh(model.get_submodule("body.fc")(value))
    assert torch.equal(model(x), value)
    assert analyst.reports["body"].parameters == 20
    assert analyst.reports["body"].multiply_adds == 3 * 16


@pytest.mark.parametrize("weights", ["own", "same"])
def test_a_random_range_is_drawn_each_time(weights: str) -> None:
    _, model = _made(STACK.format(words=f"repeats=0 most=3 weights={weights}"))
    x = torch.randn(2, 4)
    random.seed(3)
    found = [model(x) for _ in range(8)]
    random.seed(3)
    for one in found:
        value = x
        for i in range(random.randint(0, 3)):
            name = f"body.{i}.fc" if weights == "own" else "body.fc"
            value = torch.tanh(model.get_submodule(name)(value))
        assert torch.equal(one, value)


def test_an_argument_may_change_from_repeat_to_repeat() -> None:
    analyst, model = _made(STACK.format(words="repeats=3 changing=width values=16,32,64"))
    assert [tuple(p.shape) for name, p in model.named_parameters() if "weight" in name] == [(16, 4), (32, 16), (64, 32)]
    assert analyst.reports["body"].outputs.popitem()[1].shape == ("N", 64)
    assert model(torch.randn(2, 4)).shape == (2, 64)


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ("repeats=2 changing=none values=1,2", "its network has no argument none"),
        ("repeats=2 changing=width values=1,2 weights=same", "the same weights each time"),
        ("repeats=2 changing=width values=1,2,3", "runs 2 times, and there are 3 values"),
        ("repeats=2 width=7 weights=same", "must stay"),
        ("repeats=0 most=2 width=7", "must stay"),
    ],
)
def test_a_repeat_that_cannot_be_is_said(words: str, why: str) -> None:
    analyst = analyse(draw(STACK.format(words=words)), Path())
    said = [str(problem.sentence) for problem in analyst.all_problems if problem.node == "body"]
    assert said and why in said[0]
    assert not analyst.module.complete


def test_a_state_that_changes_its_shape_is_said_with_a_fix() -> None:
    text = CELL.replace("last Input shape=6", "last Input shape=5").format(shape="5,4", words="", more="")
    (problem,) = [p for p in analyse(draw(text), Path()).all_problems if p.node == "rnn"]
    assert "its next value is" in str(problem.sentence)


def test_what_is_gigantic_is_priced_and_never_allocated() -> None:
    start = time.monotonic()
    wide = analyse(draw(STACK.format(words=f"repeats=1000 width={10**9}")), Path())
    assert wide.reports["body"].parameters == (4 + 1) * 10**9 + 999 * (10**18 + 10**9)
    loop = analyse(draw(STACK.format(words="repeats=1000")), Path())
    assert loop.reports["body"].multiply_adds == 16_000
    assert len(loop.module.text) < 2000
    towers = ["network A0", "input Input shape=4", "fc Linear", "output Output", "input > fc > output"]
    for i in range(1, 30):  # each holds the one before twice: a thousand million blocks in all
        towers += [f"network A{i}", "input Input shape=4", f"a Network of=A{i - 1}", f"b Network of=A{i - 1}"]
        towers += ["output Output", "input > a > b > output"]
    huge = analyse(draw("\n".join([*towers, "main", "in0 Input shape=10", "top Network of=A29", "in0 > top"])), Path())
    assert huge.reports["top"].parameters == 2**29 * 110
    assert time.monotonic() - start < 30


@pytest.mark.parametrize(
    ("text", "node"),
    [
        ("in0 Input shape=4\nin1 Input shape=5\na Linear\nb Linear layer=a\nin0 > a\nin1 > b", "b"),
        ("in0 Input shape=4\nin1 Input shape=5\na Network of=A\nb Network of=A layer=a\nin0 > a\nin1 > b", "b"),
        ("in0 Input shape=4\nin1 Input shape=7 dtype=int64\na Embedding\nb Linear layer=a\nin0 > b\nin1 > a", "b"),
    ],
)
def test_a_shared_layer_is_made_for_one_size(text: str, node: str) -> None:
    net = "network A\ninput Input shape=4\nfc Linear\noutput Output\ninput > fc > output\nmain\n"
    said = [str(p.sentence) for p in analyse(draw(net + text), Path()).all_problems]
    assert any(f"{node} uses the layer of a, and that is made for other sizes." in one for one in said), said


class _Told:
    """What a window would know that hears only the messages."""

    def __init__(self) -> None:
        self.reports: dict[str, object] = {}
        self.problems: object = ()
        self.module = ""

    def hear(self, message: Analysis) -> None:
        for key in message.removed:
            self.reports.pop(key, None)
        self.reports |= message.changed
        self.problems = message.problems
        if message.module is not None:
            self.module = message.module.text


@settings(max_examples=8, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_edit_by_edit_it_knows_what_it_would_know_from_scratch(data: st.DataObject) -> None:
    document, analyst, told = Document(project()), Analyst(), _Told()
    told.hear(analyst.open(document.graph, Path()))
    told.hear(analyst.write())
    document.watch(lambda edit: told.hear(analyst.change(edit)))
    for _ in range(data.draw(st.integers(2, 8))):
        document.commit(any_work(data.draw, document.graph), "work")
        told.hear(analyst.write())
        fresh = analyse(document.graph, Path())
        assert analyst.reports == fresh.reports == told.reports
        assert analyst.problems == fresh.problems == told.problems
        assert analyst.obstacles == fresh.obstacles
        assert (analyst.module, analyst.script) == (fresh.module, fresh.script)
        assert told.module == fresh.module.text


def test_what_is_told_of_a_network_is_of_the_place_that_one_looks_into() -> None:
    graph = draw("""
        network Block size=8!
        input Input shape=3,9,9
        conv Conv2d out_channels=$size kernel_size=3
        output Output
        input > conv > output
        main
        image Input shape=3,9,9
        first Network of=Block size=8
        second Network of=Block size=16
        third Repeat of=Block size=4 repeats=3
        image > first > second > third
    """)
    analyst = Analyst()
    analyst.open(graph, Path())

    def seen(*path: str) -> tuple[str, str, list[str]]:
        told = analyst.show(path).changed
        report = told.get("net_block_conv", analyst.reports["net_block_conv"])
        spec = report.outputs.get("output")
        return str(report.inputs["input"]), str(spec), [str(problem.sentence) for problem in report.problems]

    assert seen() == ("N×3×9×9", "N×8×7×7", [])
    assert seen("second") == ("N×8×7×7", "N×16×5×5", [])
    assert seen("gone", "second") == ("N×3×9×9", "N×8×7×7", [])
    arriving, _, problems = seen("third")  # the third of its repeats has nothing left to look at
    assert arriving == "N×4×1×1" and "kernel" in problems[0]
    assert seen("first") == ("N×3×9×9", "N×8×7×7", [])
