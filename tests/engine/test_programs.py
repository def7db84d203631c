"""Trainings of larger programs: nested networks, random loops, several data blocks and losses of every form."""

from __future__ import annotations

import random
import re
from pathlib import Path

import pytest
import torch

from netbuilder.engine.analysis import analyse
from netbuilder.engine.loaders.random_tensors import load_random_tensors
from netbuilder.graph import commands
from netbuilder.graph.files import from_text, to_text
from tests.drawings import draw
from tests.engine.runs import Done, assert_as_exported, train

DYNAMIC = """
    network Middle
      input Input shape=8
      fc Linear out_features=8
      relu ReLU
      output Output
      input > fc > relu > output
    main
      digits Digits
      flatten Flatten
      fc1 Linear out_features=8
      middle Repeat of=Middle weights={weights} repeats=0 most=3
      fc2 Linear
      loss CrossEntropyLoss
      digits.image > flatten > fc1 > middle > fc2 > loss
      digits.label > loss.target
"""
RECURRENT = """
    network Rnn
      data Input shape=6
      last Input shape=4
      cat Concat
      i2h Linear out_features=4
      h2o Linear out_features=3
      hidden Output state=last
      output Output
      data > cat > i2h > hidden
      last > cat.input2
      i2h > h2o > output
    main
      random RandomTensors input_shape=6 target_shape=3
      rnn Recurrent of=Rnn over=steps steps=5 gives=each initial=learned
      loss MSELoss
      random.x > rnn > loss
      random.y > loss.target
"""
LANGUAGE = """
    network Inner
      input Input shape=8,16
      fc Linear out_features=16
      output Output
      input > fc > output
    network Block
      input Input shape=8,16
      inner Network of=Inner
      add Add
      output Output
      input > inner > add > output
      input > add.input2
    main
      random RandomTensors input=indices input_shape=8 indices=30 target=sequence target_shape=8 classes=30
      embedding Embedding num_embeddings=30 embedding_dim=16
      blocks Repeat of=Block repeats=2
      scale Parameter shape=16
      multiply Multiply
      head Linear out_features=30 bias=False layer=embedding
      swap Transpose
      loss CrossEntropyLoss
      random.x > embedding > blocks > multiply > head > swap > loss
      scale > multiply.input2
      random.y > loss.target
"""


def _nodes(done: Done) -> dict[str, str]:
    assert done.about is not None
    return dict(zip(done.about.tensors, done.about.nodes, strict=True))


@pytest.mark.parametrize("weights", ["same", "own"])
def test_random_loops_are_the_same_in_window_and_program(weights: str, tmp_path: Path) -> None:
    # With more than 40 epochs the program measures in some only, and what measuring draws must not show in others.
    graph = draw(DYNAMIC.format(weights=weights), epochs=42, batch_size=1000, optimizer="SGD")
    done = train(graph, tmp_path / "run")
    assert_as_exported(done)
    text = (done.folder / "train.py").read_text("utf-8")
    assert "\nimport random\n" in text and "    random.seed(SEED)\n" in text
    tensors = list(_nodes(done))
    middle = [i for i, name in enumerate(tensors, 1) if name.startswith("middle.")]
    assert {_nodes(done)[tensors[i - 1]] for i in middle} == {"middle"}
    norms = [[row[i] > 0 for i in middle] for row in done.steps]
    assert {any(row) for row in norms} == {True, False}  # in some steps the loop runs zero times
    assert all(norm > 0 for row in done.steps for i, norm in enumerate(row) if i and i not in middle)
    random.random()
    again = train(graph, tmp_path / "again")
    assert (again.folder / "steps.bin").read_bytes() == (done.folder / "steps.bin").read_bytes()
    kept = torch.load(done.checkpoints[-1] / "training.pt", weights_only=True)["python_random"]
    random.setstate(kept)


def test_a_program_that_draws_nothing_does_not_speak_of_random(tmp_path: Path) -> None:
    assert "random.seed" not in analyse(draw(RECURRENT), tmp_path).script.text


def test_every_weight_of_nested_networks_belongs_to_a_node_of_the_main_one(tmp_path: Path) -> None:
    done = train(draw(LANGUAGE, epochs=2), tmp_path)
    assert_as_exported(done)
    assert _nodes(done) == {
        "embedding.weight": "embedding",
        "blocks.0.inner.fc.weight": "blocks",
        "blocks.0.inner.fc.bias": "blocks",
        "blocks.1.inner.fc.weight": "blocks",
        "blocks.1.inner.fc.bias": "blocks",
        "scale": "scale",
    }
    weights = done.weights()
    assert torch.equal(weights["head.weight"], weights["embedding.weight"])  # tied: measured once, kept under both


def test_what_a_state_learns_to_start_with_belongs_to_its_node(tmp_path: Path) -> None:
    done = train(draw(RECURRENT, epochs=2), tmp_path)
    assert_as_exported(done)
    assert set(_nodes(done).values()) == {"rnn"}
    assert "rnn_last" in _nodes(done)


# Data


def test_random_tensors_give_what_they_always_gave() -> None:
    made = torch.Generator().manual_seed(0)
    (x, y), kept = load_random_tensors()
    assert torch.equal(x, torch.randn(64, 1000, generator=made)) and torch.equal(y, torch.randn(64, 10, generator=made))
    (_, y), _ = load_random_tensors(5, (2,), "classes", (3,), 4, 1)
    made = torch.Generator().manual_seed(1)
    torch.randn(5, 2, generator=made)
    assert torch.equal(y, torch.randint(4, (5,), generator=made)) and kept is None


def test_indices_and_sequences_are_as_the_analysis_says() -> None:
    graph = draw(
        "random RandomTensors input=indices input_shape=8,2 indices=5 target=sequence target_shape=3 classes=4"
    )
    outputs = analyse(graph, Path()).reports["random"].outputs
    (x, y), _ = load_random_tensors(
        64, (8, 2), input="indices", indices=5, target="sequence", target_shape=(3,), classes=4
    )
    for tensor, spec, values in ((x, outputs["x"], 5), (y, outputs["y"], 4)):
        assert (tuple(tensor.shape[1:]), str(tensor.dtype)) == (spec.shape[1:], f"torch.{spec.dtype}")
        assert spec.classes == values == int(tensor.max()) + 1


TWO = """
    {first}
    {second}
    add Add
    flatten Flatten
    fc Linear
    loss CrossEntropyLoss
    accuracy Accuracy
    one.image > add > flatten > fc > loss
    fc > accuracy
    one.label > loss.target
    one.label > accuracy.target
    two > add.input2
"""


def test_several_data_blocks_are_trained_on_together(tmp_path: Path) -> None:
    done = train(draw(TWO.format(first="one Digits", second="two Digits"), epochs=1), tmp_path)
    assert_as_exported(done)
    assert done.about is not None and done.about.metrics == ("accuracy",) and len(done.epochs) == 1


def test_samples_are_kept_aside_only_where_all_data_do(tmp_path: Path) -> None:
    second = "two RandomTensors samples=1438 input_shape=1,8,8"
    graph = draw(TWO.format(first="one Digits", second=second), epochs=1)
    done = train(graph, tmp_path)
    assert_as_exported(done)
    assert (done.about and done.about.metrics, done.epochs) == ((), [])
    (problem,) = analyse(graph, tmp_path).all_problems
    words = "accuracy is measured on samples kept aside, and two keeps none: it will not be shown."
    assert (str(problem.sentence), problem.level) == (words, "warning")


def test_data_that_do_not_go_together_are_a_sentence(tmp_path: Path) -> None:
    done = train(draw(TWO.format(first="one Digits", second="two Digits validation=0.3")), tmp_path / "run")
    assert done.sentence == "All data must have equally many samples, not {'one': 1438, 'two': 1258}."
    graph = draw(TWO.format(first="one MNIST folder=no", second="two RandomTensors input_shape=1,28,28"))
    done = train(graph, tmp_path / "other", tmp_path)
    assert done.ended.node == "one" and done.sentence.startswith("one cannot be loaded: There is no train-images")


# Losses


def test_an_image_may_be_its_own_target_and_losses_are_weighed(tmp_path: Path) -> None:
    graph = draw(
        """
        digits Digits
        flatten Flatten
        code Linear out_features=8
        back Linear out_features=64
        picture Unflatten unflattened_size=1,8,8
        near MSELoss weight=0.5
        sharp L1Loss weight=2
        small Loss
        extra Output
        digits.image > flatten > code > back > picture > near
        digits.image > near.target
        picture > sharp
        digits.image > sharp.target
        code > small
        back > extra
        """,
        epochs=1,
    )
    done = train(graph, tmp_path)
    assert_as_exported(done)
    text = (done.folder / "train.py").read_text("utf-8")
    assert "    return 0.5 * near + 2 * sharp + small\n" in text
    found = re.search(r"    (\w+, \w+, \w+) = model\(image\)\n    return \1, image\n", text)
    assert found and f"def objective({found[1]}, image):\n" in text


def test_a_loss_may_look_at_samples_alone_beside_one_that_learns(tmp_path: Path) -> None:
    text = """
        random RandomTensors input_shape=3 target_shape=3
        fc Linear out_features=3
        loss MSELoss
        level L1Loss
        random.x > fc > loss
        random.y > loss.target
        random.x > level
        random.y > level.target
    """
    done = train(draw(text, epochs=2), tmp_path)
    assert_as_exported(done)
    assert done.steps[-1][0] != done.steps[0][0]


# Settings of older files


def test_a_drawing_of_the_first_formats_trains_as_it_did(tmp_path: Path) -> None:
    new = draw(RECURRENT, optimizer="SGD", optimizer_params={"momentum": 0.9, "weight_decay": 0.1})
    settings = '"optimizer_params": {"momentum": 0.9, "weight_decay": 0.1}'
    assert settings in to_text(new)
    old = to_text(new).replace(settings, '"momentum": 0.9, "weight_decay": 0.1').replace('"format": 4', '"format": 2')
    assert from_text(old) == new
    text = analyse(from_text(old), tmp_path).script.text
    assert "torch.optim.SGD(model.parameters(), lr=0.001, momentum=0.9, weight_decay=0.1)\n" in text
    adam = old.replace('"SGD"', '"Adam"')
    assert from_text(adam).training.optimizer_params == {"weight_decay": 0.1}
    assert commands.set_training(new, optimizer="Adam")["training"][1] == from_text(adam).training
