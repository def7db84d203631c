"""How classes read: names that a person would give, sizes that follow the arguments of the network around them."""

from __future__ import annotations

from pathlib import Path

import torch

from netbuilder.codegen import make_plan
from netbuilder.engine.analysis import analyse
from tests.drawings import draw, run_text

STEP = """
network Step
  data Input shape=3
  last Input shape=2
  cat Concat
  i2h Linear out_features=2
  hidden Output state=last
  h2o Linear out_features=4
  output Output
  data > cat > i2h > hidden
  last > cat.input2
  i2h > h2o > output
main
  data Input shape=3
  model Recurrent of=Step over=steps
  out Output
  data > model > out
"""
INNER = """
network Inner
  input Input shape=8
  fc Linear out_features=4
  output Output
  input > fc > output
network Block size=8
  input Input shape=3
  fc Linear out_features=$size
  inner Network of=Inner
  output Output
  input > fc > inner > output
main
  data Input shape=3
  block Network of=Block
  data > block
"""


def test_what_is_returned_together_is_called_as_its_outputs_are() -> None:
    text = analyse(draw(STEP), Path()).module.text
    assert "        hidden = self.i2h(x)\n        output = self.h2o(hidden)\n        return hidden, output\n" in text


def test_a_name_that_only_the_program_uses_is_kept_in_a_class() -> None:
    text = analyse(draw(STEP), Path()).module.text
    assert "self.model = Step()" in text
    assert "last, output = self.model(x, last)" in text


def test_a_size_in_an_inner_network_follows_the_argument_of_the_outer_one() -> None:
    module = run_text(analyse(draw(INNER), Path()).module)
    assert module.Block()(torch.randn(2, 3)).shape == (2, 4)
    assert module.Block(size=5)(torch.randn(2, 3)).shape == (2, 4)


def test_a_block_named_like_its_function_does_not_hide_it() -> None:
    graph = draw("""
        data Input shape=3
        gate Python code=tests/examples/gate.py
        fc Linear out_features=3
        add Add
        data > gate > fc > add
        gate > add.input2
    """)
    assert make_plan(graph).names["gate"] == "gate_2"
