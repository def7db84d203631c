"""What the viewing child says of samples: pages, surveys, what is wrong, and that it never runs more than data."""

from __future__ import annotations

import math
from array import array
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import pytest
import torch
from torch import Tensor

from netbuilder.blocks.augmentations import AUGMENTATIONS
from netbuilder.bridge.messages import path_text
from netbuilder.bridge.viewing import Column, FromViewer, Page, Survey, Surveyed, Unviewed, View, Viewed, Viewing
from netbuilder.engine import surveying
from netbuilder.engine.showing import POINTS, SIDE, Output, column
from netbuilder.engine.surveying import describe, survey
from netbuilder.engine.viewer import Viewer
from netbuilder.graph import commands
from netbuilder.graph.augmenting import set_augmentations
from netbuilder.graph.graph import Graph
from netbuilder.graph.records import Augmentation
from tests.drawings import draw, write_pictures
from tests.engine.runs import DIGITS

OUTPUT = Output("d", "data", "x", "x", False)
LABEL = Output("d", "data", "label", "label", True, 3, ("cat", "dog", "cow"))


class Asked:
    """A viewer, and what it said."""

    def __init__(self, newer: Any = lambda: False) -> None:
        self.said: list[FromViewer] = []
        self.viewer = Viewer(self.said.append, newer)

    def ask(self, graph: Graph, folder: Path = Path(), **more: Any) -> list[FromViewer]:
        self.said.clear()
        self.viewer.answer(View(1, list(graph.records.values()), path_text(folder), **more))
        return list(self.said)

    def page(self, graph: Graph, **more: Any) -> Page:
        (found,) = [one.page for one in self.ask(graph, **more) if isinstance(one, Viewed)]
        return found

    def survey(self, graph: Graph, **more: Any) -> Survey:
        (found,) = [one.survey for one in self.ask(graph, **more) if isinstance(one, Surveyed)]
        return found


def floats(of: Column) -> array[float]:
    return array("f", of.data)


def whole(of: Column) -> list[int]:
    return list(array("i", of.data))


def augmented(*names: str) -> Graph:
    return DIGITS.apply(set_augmentations(DIGITS, "digits", [Augmentation(name) for name in names]))


def test_a_page_of_pictures() -> None:
    page = Asked().page(DIGITS, first=100, count=5)
    assert (page.part, page.first, page.count, page.totals) == (
        "training",
        100,
        5,
        {"training": 1438, "validation": 359},
    )
    image, label = page.columns
    assert (image.kind, image.shape, image.sent, len(image.data)) == ("picture", (1, 8, 8), (8, 8, 1), 5 * 64)
    assert (image.low, image.high) == (-1, 1)
    assert (label.kind, label.target, len(whole(label))) == ("class", True, 5)
    assert not page.augmentable and not page.streamed


def test_pages_fit_the_part() -> None:
    asked = Asked()
    last = asked.page(DIGITS, part="validation", first=340)
    assert (last.first, last.count) == (340, 19)
    assert asked.page(DIGITS, first=10**6).first == 1437
    few = draw("random RandomTensors samples=3 input_shape=2")
    page = asked.page(few, part="validation")
    assert (page.part, page.count, page.totals) == ("training", 3, {"training": 3})


def test_augmented_samples_go_by_the_seed_and_keep_their_labels() -> None:
    asked, graph = Asked(), augmented("Crop", "Rotate")
    plain = asked.page(graph)
    once, twice = (asked.page(graph, augmented=True, seed=3) for _ in range(2))
    other = asked.page(graph, augmented=True, seed=4)
    assert once == twice and once.augmented and once.augmentable
    assert once.columns[0].data not in (plain.columns[0].data, other.columns[0].data)
    assert once.columns[1] == plain.columns[1]
    assert not asked.page(graph, augmented=True, part="validation").augmented


def test_mixed_classes_are_chances() -> None:
    label = Asked().page(augmented("Mixup"), augmented=True, count=4).columns[1]
    assert (label.kind, label.sent) == ("chances", (10,))
    assert all(math.isclose(sum(floats(label)[10 * i : 10 * i + 10]), 1, abs_tol=1e-5) for i in range(4))


def test_what_cannot_be_augmented_is_shown_as_it_is() -> None:
    library = next(name for name, one in AUGMENTATIONS.items() if one.library)
    asked, graph = Asked(), augmented(library)
    graph = graph.apply(set_augmentations(graph, "digits", [Augmentation("Crop", {"padding": 8, "mode": "reflect"})]))
    assert not asked.page(graph).augmentable
    (refused,) = [one for one in asked.ask(graph, augmented=True) if isinstance(one, Unviewed)]
    assert "mirrors 8 pixels" in str(refused.sentence)


def test_a_survey_counts_classes_and_numbers() -> None:
    found = Asked().survey(DIGITS)
    image, label = found.columns
    assert (found.total, found.looked, found.troubles) == (1438, 1438, ())
    assert len(label.classes) == 10 and sum(label.classes) == 1438 and label.numbers is None
    assert image.numbers is not None and image.numbers.count == 1438 * 64 == sum(image.numbers.bins)
    assert (image.numbers.low, image.numbers.high, image.features) == (-1, 1, ())


def test_rows_have_a_survey_for_each_feature() -> None:
    graph = draw("random RandomTensors samples=50 input_shape=4 target=classes classes=3")
    asked = Asked()
    assert [one.kind for one in asked.page(graph).columns] == ["row", "class"]
    x = asked.survey(graph).columns[0]
    assert len(x.features) == 4 and all(sum(one.bins) == 50 for one in x.features)


def test_sequences_and_curves() -> None:
    asked = Asked()
    tokens = asked.page(draw("r RandomTensors samples=9 input_shape=300 input=indices"), count=2).columns[0]
    assert (tokens.kind, tokens.shape, tokens.sent, tokens.shortened) == ("tokens", (300,), (256,), True)
    curve = asked.page(draw("r RandomTensors samples=9 input_shape=3000"), count=2).columns[0]
    assert curve.kind == "curve" and curve.sent[0] == 1 and curve.sent[1] <= POINTS
    numbers = floats(curve)
    assert (min(numbers), max(numbers)) == (curve.low, curve.high), "peaks are kept"


@pytest.mark.parametrize(
    ("shape", "kind", "sent"),
    [
        ((1, 28, 28), "picture", (28, 28, 1)),
        ((3, 400, 200), "picture", (SIDE, SIDE // 2, 3)),
        ((5, 9, 9), "picture", (9, 9, 1)),
        ((20, 30), "picture", (20, 30, 1)),
        ((2, 3, 10, 10), "picture", (10, 10, 3)),
        ((2, 100), "curve", (2, 100)),
        ((50, 1), "curve", (1, 50)),
        ((7,), "row", (7,)),
        ((), "number", ()),
    ],
)
def test_shapes_decide_how_samples_look(shape: tuple[int, ...], kind: str, sent: tuple[int, ...]) -> None:
    made = column(OUTPUT, torch.rand(4, *shape))
    size = 1 if kind == "picture" else 4
    assert (made.kind, made.sent, len(made.data)) == (kind, sent, 4 * math.prod(sent) * size)


def test_numbers_that_are_none_do_no_harm() -> None:
    nan = torch.full((2, 1, 4, 4), math.nan)
    assert column(OUTPUT, nan).data == bytes(32)
    found = describe(torch.tensor([1.0, math.nan, math.inf, 3.0]))
    assert (found.low, found.high, found.mean, found.missing, found.infinite, sum(found.bins)) == (1, 3, 2, 1, 1, 2)
    assert describe(torch.tensor([math.nan])).count == 1
    assert sum(describe(torch.ones(5)).bins) == 5


@pytest.mark.parametrize(("dataset", "targets"), [("iris", 3), ("diabetes", 0), ("linnerud", 3)])
def test_the_columns_of_bundled_tables_have_their_names(dataset: str, targets: int) -> None:
    features, target = Asked().page(draw(f"table SklearnTable dataset={dataset}")).columns
    assert len(features.names) == features.shape[0] and len(target.names) == targets
    assert not any(name.startswith("features") for name in features.names)


def test_what_classes_are_called_follows_the_files(tmp_path: Path) -> None:
    file = tmp_path / "animals.csv"
    graph = draw("table CSVTable target=kind", batch_size=2)
    graph = graph.apply(commands.set_params(graph, "table", {"file": str(file)}))
    for kinds in (("cat", "dog"), ("ant", "bee", "cow")):
        file.write_text("size,kind\n" + "".join(f"{i},{kind}\n" for i, kind in enumerate(kinds * 6)), "utf-8")
        assert Asked().page(graph).columns[1].names == kinds


def troubles(*samples: Tensor, outputs: tuple[Output, ...] = (OUTPUT, LABEL)) -> list[str]:
    found = survey("training", samples, outputs, lambda share: None)
    return [str(one.sentence) for one in found.troubles]


def test_what_is_wrong_with_samples_is_said() -> None:
    x, label = torch.rand(60, 4), torch.arange(60) % 3
    assert troubles(x, label) == []
    broken = x.clone()
    broken[7, 2], broken[9, 1] = math.nan, math.inf
    assert troubles(broken, label) == [
        "data: 1 numbers of x are missing (NaN), the first in training sample 7.",
        "data: 1 numbers of x are infinite, the first in training sample 9.",
    ]
    named = replace(OUTPUT, names=("length", "width", "height", "age"))
    assert troubles(broken, label, outputs=(named, LABEL)) == [
        "data: 1 numbers of x are missing (NaN), the first is height of training sample 7.",
        "data: 1 numbers of x are infinite, the first is width of training sample 9.",
    ]
    assert troubles(x, label * 0 + 1) == [
        "data: every label of the training samples is dog: there is nothing to tell apart."
    ]
    assert "1 of 3 classes of label have no training sample" in troubles(x, label % 2)[0]
    rare = torch.zeros(60, dtype=torch.int64)
    rare[:2] = torch.tensor([1, 2])
    assert troubles(x, rare) == ["data: cat is in the training samples 58 times as often as dog."]
    wrong = label.clone()
    wrong[11] = 5
    assert "label of sample 11 is 5, and there are only the classes 0 to 2" in troubles(x, wrong)[0]
    idle = x.clone()
    idle[:, 3] = 2.0
    assert "of no use: 3 of x" in troubles(idle, label)[0]
    assert "every number of x is 0" in troubles(torch.zeros(60, 4), label)[0]


class Streamed:
    """A column that is read as it is needed."""

    def __init__(self, count: int) -> None:
        self.count, self.read = count, 0

    def __len__(self) -> int:
        return self.count

    def __getitem__(self, indices: Tensor) -> Tensor:
        self.read += len(indices)
        return indices[:, None].float().repeat(1, 3)


def test_of_what_streams_a_random_part_is_read() -> None:
    x, told = Streamed(10**6), []
    found = survey("training", (x, torch.zeros(10**6, dtype=torch.int64)), (OUTPUT, LABEL), told.append)
    assert (found.total, found.looked) == (10**6, surveying.MOST_STREAMED)
    assert x.read <= surveying.MOST_STREAMED + 1
    numbers = found.columns[0].numbers
    assert numbers is not None and numbers.low < 10**5 and numbers.high > 9 * 10**5, "from all over"
    assert told == sorted(told) and told[-1] == 1


def test_a_newer_question_ends_the_survey() -> None:
    answers: list[int] = []

    def newer() -> bool:
        answers.append(1)
        return len(answers) > 2

    asked = Asked(newer)
    said = asked.ask(DIGITS)
    assert [type(one) for one in said] == [Viewing, Viewed, Viewing]


def test_a_network_with_problems_is_no_obstacle() -> None:
    broken = DIGITS.apply(commands.set_params(DIGITS, "fc", {"in_features": 3}))
    assert Asked().page(broken).count == 60


def test_code_of_the_project_is_not_run(tmp_path: Path) -> None:
    left = tmp_path / "left"
    graph = DIGITS.apply(commands.add_node(DIGITS, "Python", 0, 0))
    code = f"open({str(left)!r}, 'w')\n\n\ndef double(x):\n    return 2 * x\n"
    (key,) = [node.id for node in graph.nodes.values() if node.block == "Python"]
    node = graph.nodes[key]
    graph = Graph({**graph.records, key: msgspec.structs.replace(node, params={"code": code})})
    Asked().ask(graph)
    assert not left.exists()


def test_files_that_cannot_be_read_are_named(tmp_path: Path) -> None:
    graph = draw("mnist MNIST folder=pictures")
    (nothing,) = [one for one in Asked().ask(graph, tmp_path) if isinstance(one, Unviewed)]
    assert nothing.node == "mnist" and "There is no train-images-idx3-ubyte" in str(nothing.sentence)
    folder = write_pictures(tmp_path / "pictures")
    asked = Asked()
    assert [one.page.count for one in asked.ask(graph, tmp_path) if isinstance(one, Viewed)] == [24]
    whole_file = (folder / "train-images-idx3-ubyte").read_bytes()
    (folder / "train-images-idx3-ubyte").write_bytes(whole_file[:-3])
    (damaged,) = [one for one in Asked().ask(graph, tmp_path) if isinstance(one, Unviewed)]
    assert str(folder / "train-images-idx3-ubyte") in str(damaged.sentence)


def test_without_data_it_says_so() -> None:
    (said,) = Asked().ask(draw("fc Linear"))
    assert isinstance(said, Unviewed) and "no data" in str(said.sentence)
