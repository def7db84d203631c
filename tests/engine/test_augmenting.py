"""Augmentation: the functions by themselves, what is said where they do not suit, and runs that use them."""

from __future__ import annotations

import ast
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest
import torch
from torch import Tensor

from netbuilder.blocks.augmentations import AUGMENTATIONS
from netbuilder.engine.analysis import Analyst, analyse
from netbuilder.engine.checks import augmenting as checks
from netbuilder.engine.loaders import augmenting
from netbuilder.graph import commands
from netbuilder.graph.augmenting import set_augmentations
from netbuilder.graph.graph import Graph
from netbuilder.graph.records import Augmentation
from tests.drawings import assert_formatted, draw, run_text
from tests.engine.runs import DIGITS, assert_as_exported, train

OWN = [name for name, one in AUGMENTATIONS.items() if not one.library]
PICTURES = [name for name in OWN if AUGMENTATIONS[name].takes == "pictures"]
X = torch.rand(32, 3, 12, 10, generator=torch.Generator().manual_seed(1))


def augmented(graph: Graph, *augmentations: Augmentation, node: str = "digits") -> Graph:
    return graph.apply(set_augmentations(graph, node, augmentations))


def said(analyst: Analyst) -> list[str]:
    return [str(problem.sentence) for problem in analyst.all_problems]


def change(name: str, x: Tensor = X, seed: int = 0) -> Tensor:
    torch.manual_seed(seed)
    given = (torch.arange(len(x)) % 10, 10) if AUGMENTATIONS[name].mixes else ()
    made = getattr(augmenting, AUGMENTATIONS[name].function)(x, *given)
    return made[0] if given else made


def test_every_function_is_there() -> None:
    assert all(hasattr(augmenting, one.function) for one in AUGMENTATIONS.values())


@pytest.mark.parametrize("name", OWN)
def test_a_seed_gives_the_same_and_another_one_something_else(name: str) -> None:
    before = X.clone()
    made = change(name)
    assert made.shape == X.shape and made.dtype == X.dtype and made.isfinite().all()
    assert torch.equal(made, change(name))
    assert not torch.equal(made, change(name, seed=1))
    assert not torch.equal(made, X)
    assert torch.equal(X, before), "the samples themselves stay as they are"


@pytest.mark.parametrize("name", PICTURES)
def test_each_picture_is_changed_by_itself(name: str) -> None:
    same = X[:1].repeat(64, 1, 1, 1)
    assert len(torch.unique(change(name, same), dim=0)) > 1


def test_a_picture_is_mirrored_or_not() -> None:
    made = augmenting.random_flip(X, 0.5, 0.0)
    kept = [torch.equal(a, b) for a, b in zip(made, X, strict=True)]
    turned = [torch.equal(a, b.flip(-1)) for a, b in zip(made, X, strict=True)]
    assert all(a != b for a, b in zip(kept, turned, strict=True)) and any(kept) and any(turned)
    assert torch.equal(augmenting.random_flip(X, 0.0, 1.0), X.flip(-2))
    assert torch.equal(augmenting.random_flip(X, 0.0, 0.0), X)


def test_a_crop_shows_the_picture_moved() -> None:
    made = augmenting.random_crop(X, 2, "constant")
    for one, whole in zip(made, X, strict=True):
        padded = torch.nn.functional.pad(whole, [2] * 4)
        cuts = [padded[:, i : i + 12, j : j + 10] for i in range(5) for j in range(5)]
        assert any(torch.equal(one, cut) for cut in cuts)


def test_a_turn_by_nothing_changes_nothing_and_a_half_turn_does() -> None:
    assert torch.allclose(augmenting.random_rotation(X, 0.0), X, atol=1e-5)
    corner = torch.zeros(200, 1, 9, 9)
    corner[:, :, 4, 7] = 1.0
    torch.manual_seed(0)
    turned = augmenting.random_rotation(corner, 90.0)
    places = torch.arange(9.0) - 4
    weight = turned.sum((1, 2, 3)).clamp_min(1e-6)
    right, down = (turned.sum((1, 2)) @ places) / weight, (turned.sum((1, 3)) @ places) / weight
    assert torch.allclose((right**2 + down**2).sqrt(), torch.tensor(3.0), atol=0.35), "as far from the middle"
    assert down.min() < -2 and down.max() > 2 and right.min() > -1


def test_light_is_measured_against_the_picture() -> None:
    torch.manual_seed(0)
    made = augmenting.random_color(X)
    torch.manual_seed(0)
    scaled = augmenting.random_color(255 * X - 7)
    assert torch.allclose(scaled, 255 * made - 7, atol=1e-2)
    assert torch.allclose(augmenting.random_color(X, 0, 0, 0), X, atol=1e-6)


def test_a_rectangle_is_covered() -> None:
    made = augmenting.random_erasing(X, 1.0, 0.1, 0.3)
    covered = (made != X).all(1)
    assert covered.flatten(1).any(1).all()
    for inside in covered:
        rows, columns = inside.any(1).nonzero(), inside.any(0).nonzero()
        assert inside[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1].all(), "all of a rectangle"
    assert 0.05 < covered.float().mean() < 0.35
    assert torch.equal(augmenting.random_erasing(X, 0.0), X)


def test_classes_are_mixed_as_the_samples_are() -> None:
    labels = torch.arange(32) % 10
    x = torch.nn.functional.one_hot(labels, 10).float()
    torch.manual_seed(0)
    mixed, chances = augmenting.mixup(x, labels, 10, 1.0)
    assert torch.allclose(chances.sum(1), torch.ones(32))
    assert torch.allclose(mixed, chances), "the samples are their classes here"
    assert (chances > 0).sum(1).max() == 2


def test_the_program_changes_batches_and_keeps_labels(tmp_path: Path) -> None:
    graph = augmented(DIGITS, *map(Augmentation, PICTURES), Augmentation("Noise", {"amount": 0.2}))
    analyst = analyse(graph, Path())
    assert said(analyst) == []
    assert_formatted({"train.py": analyst.script.text}, tmp_path / "ruff")
    program = run_text(analyst.script)
    image, label = torch.randn(8, 1, 8, 8), torch.arange(8)
    changed, kept = program.augment(image, label)
    assert torch.equal(kept, label) and changed.shape == image.shape and not torch.equal(changed, image)
    names = {node.name for node in ast.walk(ast.parse(analyst.script.text)) if isinstance(node, ast.FunctionDef)}
    assert not names & {"mixup", "transform_each"}, "only what is used"
    lines = analyst.script.text.split("\n")
    marked = [lines[line - 1].strip() for line, node in analyst.script.lines.items() if node == "digits"]
    assert "image = random_flip(image)" in marked and "image = add_noise(image, amount=0.2)" in marked


def test_a_program_without_augmentation_says_nothing_of_it() -> None:
    assert "augment" not in analyse(DIGITS, Path()).script.text


@pytest.mark.parametrize("optimizer", ["Adam", "LBFGS"])
def test_a_run_is_the_exported_program(tmp_path: Path, optimizer: str) -> None:
    graph = augmented(DIGITS, Augmentation("Crop", {"padding": 1}), Augmentation("Mixup"))
    steps = 3 if optimizer == "LBFGS" else 0
    graph = graph.apply(commands.set_training(graph, optimizer=optimizer, steps=steps, epochs=1))
    done = train(graph, tmp_path / "run")
    assert_as_exported(done)
    plain = train(DIGITS.apply(commands.set_training(DIGITS, optimizer=optimizer, steps=steps)), tmp_path / "plain")
    assert not torch.equal(done.weights()["fc.weight"], plain.weights()["fc.weight"])


def test_one_tensor_alone_is_a_batch_too() -> None:
    graph = draw(
        """
        random RandomTensors input_shape=8 target_shape=4
        fc Linear out_features=4
        loss MSELoss
        random.x > fc > loss
        random.y > loss.target
        """
    )
    program = run_text(analyse(augmented(graph, Augmentation("Noise"), node="random"), Path()).script)
    x, y = torch.randn(4, 8), torch.randn(4, 4)
    changed, kept = program.augment(x, y)
    assert torch.equal(kept, y) and not torch.equal(changed, x)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ([Augmentation("Crop", {"padding": 8, "mode": "reflect"})], "mirrors 8 pixels"),
        ([Augmentation("Mixup"), Augmentation("Mixup")], "can be there once"),
    ],
)
def test_what_does_not_suit_is_said_at_the_block(changes: list[Augmentation], words: str) -> None:
    (problem,) = analyse(augmented(DIGITS, *changes), Path()).all_problems
    assert problem.node == "digits" and problem.level == "error" and words in str(problem.sentence)


def test_rows_of_numbers_are_no_pictures() -> None:
    graph = draw(
        """
        random RandomTensors input_shape=8 target=classes classes=3
        fc Linear out_features=3
        loss MultiMarginLoss
        random.x > fc > loss
        random.y > loss.target
        """
    )
    flipped = said(analyse(augmented(graph, Augmentation("Flip"), node="random"), Path()))
    assert flipped == ["random: Flip takes pictures (N × channels × height × width), and x is N×8."]
    mixed = said(analyse(augmented(graph, Augmentation("Mixup"), node="random"), Path()))
    assert mixed == ["random: Mixup makes chances of the classes, which loss does not take: CrossEntropyLoss does."]
    words = graph.apply(commands.set_params(graph, "random", {"input": "indices"}))
    assert any(
        "x is indices" in text for text in said(analyse(augmented(words, Augmentation("Noise"), node="random"), Path()))
    )


def test_torchvision_is_asked_for_where_it_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    graph = augmented(DIGITS, Augmentation("RandAugment"))
    monkeypatch.setattr(checks, "find_spec", lambda name: None)
    (words,) = said(analyse(graph, Path()))
    assert words == "digits: RandAugment is torchvision's, which is not installed. pip install torchvision adds it."


def test_what_torchvision_does_is_done_to_each_picture(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A stand-in that turns pixels around: the real one needs not be installed here."""
    monkeypatch.setattr(checks, "find_spec", lambda name: object())
    analyst = analyse(augmented(DIGITS, Augmentation("RandAugment", {"num_ops": 1})), Path())
    assert said(analyst) == []
    assert_formatted({"train.py": analyst.script.text}, tmp_path / "ruff")
    made: list[dict[str, int]] = []

    def rand_augment(**params: int) -> object:
        made.append(params)
        return lambda picture: 255 - picture

    library = ModuleType("torchvision.transforms")
    vars(library)["v2"] = SimpleNamespace(RandAugment=rand_augment)
    for name in ("torchvision", "torchvision.transforms"):
        monkeypatch.setitem(__import__("sys").modules, name, library)
    image = torch.linspace(-1, 1, 128).view(2, 1, 8, 8)
    changed, _ = run_text(analyst.script).augment(image, torch.zeros(2))
    assert made == [{"num_ops": 1}]
    assert torch.allclose(changed, -image, atol=0.01)
