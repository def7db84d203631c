"""What metrics say, against scikit-learn's: over unequal batches, and by counts that can be added up anywhere."""

from __future__ import annotations

import inspect
import math
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics as sk
from torch import Tensor, nn

from netbuilder.bridge.about import CONFUSION
from netbuilder.bridge.run_folder import RunReader
from netbuilder.codegen.names import COUNTING
from netbuilder.engine.analysis import analyse
from netbuilder.engine.measures import counting
from netbuilder.graph.commands import set_params
from tests.drawings import CLASSIFIER, assert_formatted, draw, run_alone, run_text, write_pictures
from tests.engine.runs import train

CLASSES = 4
OF_CLASSES = """
    accuracy Accuracy
    seen Accuracy ignore_index=0
    padded Accuracy ignore_index=-100
    top TopKAccuracy k=2
    top_seen TopKAccuracy k=2 ignore_index=0
    precision Precision
    recall Recall average=weighted
    f1 F1Score
    f1_micro F1Score average=micro
    f1_weighted F1Score average=weighted
    f1_seen F1Score ignore_index=0
    recall_2 Recall of_class=2
    confusion ConfusionMatrix
    perplexity Perplexity
"""
OF_PAIRS = """
    mae MeanAbsoluteError
    mse MeanSquaredError
    r2 R2Score
    r2_weighted R2Score average=weighted
"""
OF_ANSWERS = """
    accuracy BinaryAccuracy
    precision BinaryPrecision threshold=0.5
    recall BinaryRecall
    f1 BinaryF1Score
    confusion BinaryConfusionMatrix
"""


def with_metrics(base: str, lines: str, source: str, target: str) -> str:
    """A drawing with these metrics besides."""
    names = [line.split()[0] for line in lines.strip().splitlines()]
    return "\n".join(
        [base, lines, *(f"{source} > {name}" for name in names), *(f"{target} > {name}.target" for name in names)]
    )


NO_ACCURACY = "\n".join(line for line in CLASSIFIER.splitlines() if "accuracy" not in line)
PAIRS = "digits Digits\nflatten Flatten\nfc Linear out_features=64\nloss MSELoss\ndigits.image > flatten > fc > loss\n"
PAIRS += "flatten > loss.target"


def program(text: str) -> SimpleNamespace:
    """The program of a drawing, whose `evaluate` takes scores and targets in place of samples."""
    analyst = analyse(draw(text), Path())
    assert analyst.script.complete, [str(problem.sentence) for problem in analyst.all_problems]
    found = run_text(analyst.script)
    found.predict.__globals__.update(predict=lambda model, batch: batch, DEVICE="cpu")
    return found


CLASSWISE = program(with_metrics(NO_ACCURACY, OF_CLASSES, "fc2", "digits.label"))
PAIRWISE = program(with_metrics(PAIRS, OF_PAIRS, "fc", "flatten"))
ANSWERS = program(with_metrics(PAIRS, OF_ANSWERS, "fc", "flatten"))


def measured(found: SimpleNamespace, batch: int, *samples: Any) -> dict[str, Any]:
    """What `evaluate` says, in batches of that size."""
    found.predict.__globals__["BATCH_SIZE"] = batch
    return dict(found.evaluate(nn.Identity(), samples))


@st.composite
def scores(draw: st.DrawFn) -> tuple[Tensor, Tensor, int]:
    """Scores, class numbers, and a batch size that mostly leaves a smaller last batch."""
    count = draw(st.integers(1, 30))
    generator = torch.Generator().manual_seed(draw(st.integers(0, 10**6)))
    there = draw(st.lists(st.integers(0, CLASSES - 1), min_size=1, max_size=CLASSES))
    target = torch.tensor(there)[torch.randint(len(there), (count,), generator=generator)]
    return torch.randn(count, CLASSES, generator=generator), target, draw(st.integers(1, count + 1))


@settings(max_examples=80, deadline=None)
@given(scores())
def test_metrics_of_classes_are_scikit_learns(given: tuple[Tensor, Tensor, int]) -> None:
    output, target, batch = given
    found = measured(CLASSWISE, batch, output, target)
    said, y = output.argmax(1).numpy(), target.numpy()
    labels, seen = range(CLASSES), y != 0
    second = np.asarray([t in order[-2:] for t, order in zip(y, output.argsort(1).numpy(), strict=True)])
    nothing = {"zero_division": 0}
    wanted = {
        "loss": nn.functional.cross_entropy(output, target).item(),
        "accuracy": sk.accuracy_score(y, said),
        "padded": sk.accuracy_score(y, said),
        "seen": sk.accuracy_score(y[seen], said[seen]) if seen.any() else math.nan,
        "top": second.mean(),
        "top_seen": second[seen].mean() if seen.any() else math.nan,
        "precision": sk.precision_score(y, said, average="macro", **nothing),
        "recall": sk.recall_score(y, said, average="weighted", **nothing),
        "f1": sk.f1_score(y, said, average="macro", **nothing),
        "f1_micro": sk.f1_score(y, said, average="micro", **nothing),
        "f1_weighted": sk.f1_score(y, said, average="weighted", **nothing),
        "f1_seen": sk.f1_score(y[seen], said[seen], average="macro", **nothing) if seen.any() else math.nan,
        "recall_2": sk.recall_score(y, said, labels=[2], average="macro", **nothing),
        "perplexity": math.exp(nn.functional.cross_entropy(output.double(), target).item()),
    }
    table = found.pop("confusion")
    assert table.tolist() == sk.confusion_matrix(y, said, labels=labels).tolist()
    assert found == pytest.approx(wanted, rel=1e-6, nan_ok=True)


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 20), st.integers(0, 3), st.floats(-100, 100), st.integers(0, 10**6), st.integers(1, 21))
def test_metrics_of_numbers_are_scikit_learns(count: int, columns: int, far: float, seed: int, batch: int) -> None:
    torch.manual_seed(seed)
    shape = (count, columns) if columns else (count,)
    target = far + torch.randn(shape)
    if columns == 3:
        target[:, 1] = 2.5  # all the same
    output = target + 0.5 * torch.randn(shape)
    if count == 1:
        output[0] = target[0]
    found = measured(PAIRWISE, batch, output, target)
    y, said = target.double().numpy(), output.double().numpy()
    wanted = {
        "loss": sk.mean_squared_error(y, said),
        "mae": sk.mean_absolute_error(y, said),
        "mse": sk.mean_squared_error(y, said),
        "r2": sk.r2_score(y, said) if count > 1 else 1.0,
        "r2_weighted": sk.r2_score(y, said, multioutput="variance_weighted") if count > 1 else 1.0,
    }
    assert found == pytest.approx(wanted, rel=1e-5, abs=1e-6)


def test_the_variance_of_numbers_that_are_far_from_zero_is_not_lost() -> None:
    torch.manual_seed(0)
    target = 10_000 + torch.randn(500)
    output = target + 0.3 * torch.randn(500)
    wanted = sk.r2_score(target.double().numpy(), output.double().numpy())
    assert measured(PAIRWISE, 64, output, target)["r2"] == pytest.approx(wanted, rel=1e-6)


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 30), st.integers(0, 10**6), st.integers(1, 31), st.floats(0, 1))
def test_metrics_of_answers_are_scikit_learns(count: int, seed: int, batch: int, rare: float) -> None:
    torch.manual_seed(seed)
    output, target = torch.randn(count, 1), (torch.rand(count, 1) < rare).float()
    found = measured(ANSWERS, batch, output, target)
    y, said, sure = target.flatten().numpy(), (output > 0).flatten().numpy(), (output > 0.5).flatten().numpy()
    assert found["accuracy"] == pytest.approx(sk.accuracy_score(y, said))
    assert found["precision"] == pytest.approx(sk.precision_score(y, sure, zero_division=0))
    assert found["recall"] == pytest.approx(sk.recall_score(y, said, zero_division=0))
    assert found["f1"] == pytest.approx(sk.f1_score(y, said, zero_division=0))
    assert found["confusion"].tolist() == sk.confusion_matrix(y, said, labels=[0, 1]).tolist()


# Ten scores for each row of a picture, and as target its brightest column.
SEQUENCE = """
    digits Digits
    rows Squeeze dim=1
    scores Linear out_features=10
    turned Permute dims=0,2,1
    brightest ArgMax dim=2
    loss CrossEntropyLoss
    digits.image > rows > scores > turned > loss
    rows > brightest > loss.target
"""


@pytest.mark.parametrize(("dim", "source"), [(1, "turned"), (-1, "scores")])
def test_a_sequence_counts_place_by_place(dim: int, source: str) -> None:
    torch.manual_seed(0)
    lines = "\n".join(f"{line} dim={dim}" for line in OF_CLASSES.strip().splitlines())
    found = program(with_metrics(SEQUENCE, lines, source, "brightest"))
    names = inspect.signature(found.metrics).parameters
    found.predict.__globals__.update(
        objective=lambda *results: torch.zeros(()),
        predict=lambda model, batch: [batch[name == "brightest"] for name in names],
    )
    output, target = torch.randn(7, 5, CLASSES), torch.randint(CLASSES, (7, 5))
    given = output if dim == -1 else output.movedim(-1, 1)
    flat = measured(CLASSWISE, 64, output.flatten(0, 1), target.flatten())
    step = measured(found, 3, given, target)
    assert step.pop("confusion").tolist() == flat.pop("confusion").tolist()
    assert step == pytest.approx({**flat, "loss": 0})
    target[2, 3:] = -100  # a sequence that is shorter
    kept = target.flatten() >= 0
    flat = measured(CLASSWISE, 64, output.flatten(0, 1)[kept], target.flatten()[kept])
    step = measured(found, 3, given, target)
    assert step.pop("confusion").tolist() == flat.pop("confusion").tolist()
    plain = ("loss", "accuracy", "top", "seen", "top_seen")  # these are told to count such places, or others
    assert {key: step[key] for key in step if key not in plain} == pytest.approx(
        {key: flat[key] for key in flat if key not in plain}
    )


def test_no_name_of_a_drawing_takes_the_place_of_what_counts() -> None:
    functions = {name for name, found in vars(counting).items() if inspect.isfunction(found)}
    assert functions | {"tally", "conclude"} == COUNTING


class Streamed:
    """A column that is never whole in memory."""

    def __init__(self, column: Tensor) -> None:
        self._column = column

    def __len__(self) -> int:
        return len(self._column)

    def split(self, size: int) -> Iterator[Tensor]:
        yield from (self._column[i : i + size].clone() for i in range(0, len(self), size))


def test_columns_that_stream_are_measured_as_well() -> None:
    torch.manual_seed(0)
    output, target = torch.randn(50, CLASSES), torch.randint(CLASSES, (50,))
    whole, streamed = measured(CLASSWISE, 8, output, target), measured(CLASSWISE, 8, Streamed(output), Streamed(target))
    assert whole.pop("confusion").tolist() == streamed.pop("confusion").tolist()
    assert whole == streamed


@pytest.mark.parametrize("found", [CLASSWISE, PAIRWISE, ANSWERS], ids=["classes", "numbers", "answers"])
def test_the_counts_of_parts_add_up_to_those_of_all(found: SimpleNamespace) -> None:
    torch.manual_seed(0)
    output, target = torch.randn(50, CLASSES), torch.randint(CLASSES, (50,))
    if found is not CLASSWISE:
        target = (torch.rand(50, CLASSES) < 0.5).float()
    parts = [found.tally(output[part], target[part]) for part in (slice(0, 13), slice(13, 50))]
    together = {name: parts[0][name] + parts[1][name] for name in parts[0]}
    whole, added = found.conclude(found.tally(output, target)), found.conclude(together)
    for name in whole:
        assert torch.allclose(torch.as_tensor(added[name]), torch.as_tensor(whole[name]))


def test_metrics_that_only_count_alike_are_counted_once_and_the_program_is_well_formed(tmp_path: Path) -> None:
    script = analyse(draw(with_metrics(NO_ACCURACY, "f1 F1Score\nrecall Recall", "fc2", "digits.label")), Path()).script
    assert script.text.count("count_hits(") == 2  # where it is defined and where it is used
    assert "precision_of" not in script.text and "print_counts" not in script.text
    texts = [OF_CLASSES, OF_PAIRS, OF_ANSWERS]
    bases = [(NO_ACCURACY, "fc2", "digits.label"), (PAIRS, "fc", "flatten"), (PAIRS, "fc", "flatten")]
    programs = {
        f"a{i}.py": analyse(draw(with_metrics(base, lines, *ends)), Path()).script.text
        for i, (lines, (base, *ends)) in enumerate(zip(texts, bases, strict=True))
    }
    long = " ".join(f"{name}_with_a_name_that_goes_on_and_on" for name in ("fc2", "digits"))
    named = NO_ACCURACY.replace("fc2", long.split()[0]).replace("digits", long.split()[1])
    ends = (long.split()[0], f"{long.split()[1]}.label")
    programs["long.py"] = analyse(draw(with_metrics(named, OF_CLASSES, *ends)), Path()).script.text
    assert_formatted({**programs, "alike.py": script.text}, tmp_path)


@pytest.mark.parametrize("lines", [OF_CLASSES, "confusion ConfusionMatrix"])
def test_a_run_keeps_the_table_and_the_program_alone_prints_it(lines: str, tmp_path: Path) -> None:
    done = train(draw(with_metrics(NO_ACCURACY, lines, "fc2", "digits.label"), epochs=2), tmp_path / "run")
    assert done.about is not None and done.ended.state == "finished", done.sentence
    assert done.about.confusions == {"confusion": 10} and "confusion" not in done.about.metrics
    rows = RunReader(done.folder).rows(CONFUSION)
    assert [row[0] for row in rows] == [23, 46]
    assert all(sum(row[1:]) == 359 for row in rows)
    printed = run_alone(tmp_path / "run" / "train.py", tmp_path / "empty").splitlines()
    at = max(i for i, line in enumerate(printed) if line == "confusion: true classes downwards, predicted ones across")
    table = [[int(cell) for cell in line.split()] for line in printed[at + 1 :]]
    assert table[0] == list(range(10)) and [row[0] for row in table[1:]] == list(range(10))
    assert [count for row in table[1:] for count in row[1:]] == [int(count) for count in rows[-1][1:]]
    assert "validation confusion" not in "\n".join(printed)


def test_a_run_says_what_its_classes_are_called_and_which_values_are_parts_of_all(tmp_path: Path) -> None:
    drawing = """
    table SklearnTable
    fc Linear out_features=3
    loss CrossEntropyLoss
    accuracy Accuracy
    perplexity Perplexity
    confusion ConfusionMatrix
    table.features > fc > loss
    fc > accuracy
    fc > perplexity
    fc > confusion
    table.target > loss.target
    table.target > accuracy.target
    table.target > perplexity.target
    table.target > confusion.target
    """
    about = train(draw(drawing, epochs=1), tmp_path).about
    assert about is not None
    assert about.metrics == ("accuracy", "perplexity") and about.shares == ("accuracy",)
    assert about.classes == {"confusion": ("setosa", "versicolor", "virginica")}


def test_the_clothes_of_fashion_mnist_have_names(tmp_path: Path) -> None:
    folder = write_pictures(tmp_path / "pictures")
    graph = draw(
        """
        clothes FashionMNIST
        flatten Flatten
        fc Linear out_features=10
        loss CrossEntropyLoss
        confusion ConfusionMatrix
        clothes.image > flatten > fc > loss
        fc > confusion
        clothes.label > loss.target
        clothes.label > confusion.target
        """,
        epochs=1,
    )
    graph = graph.apply(set_params(graph, "clothes", {"folder": str(folder)}))
    about = train(graph, tmp_path / "run").about
    assert about is not None and about.classes["confusion"][7] == "Sneaker"
