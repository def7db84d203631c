"""What a run writes of single samples: the same ones at every validation, the hardest and the easiest."""

from __future__ import annotations

import math
from pathlib import Path

import torch
import torch.nn.functional as F  # noqa: N812 - torch's own custom

from netbuilder.bridge.about import EXTREMES, OBSERVED, OUTPUTS, PREDICTIONS
from netbuilder.bridge.run_folder import RunReader
from netbuilder.engine.observing import chosen, sample_losses
from netbuilder.graph import commands
from tests.drawings import draw, run_text
from tests.engine.runs import DIGITS, Done, assert_as_exported, train


def rows(done: Done) -> list[dict[str, float]]:
    reader = RunReader(done.folder)
    assert reader.about is not None
    columns = reader.about.columns(PREDICTIONS)
    return [dict(zip(columns, row, strict=True)) for row in reader.rows(PREDICTIONS)]


def test_samples_are_chosen_from_all_over() -> None:
    assert chosen((range(100),), 4) == (0, 25, 50, 75)
    assert chosen((range(3),), 16) == (0, 1, 2)
    assert chosen(None, 16) == ()


def test_losses_of_single_samples() -> None:
    output, label = torch.randn(9, 4), torch.arange(9) % 4
    each = F.cross_entropy(output, label, reduction="none").double()
    assert torch.allclose(sample_losses(F.cross_entropy, [output, label], 9), each)

    def stubborn(output: torch.Tensor, label: torch.Tensor) -> torch.Tensor:
        return F.cross_entropy(output, label) if output.sum().item() < 1e9 else output.sum()

    assert torch.allclose(sample_losses(stubborn, [output, label], 9), each)
    assert sample_losses(F.cross_entropy, [output, label[:3]], 9).isnan().all()


def test_each_validation_leaves_a_row(tmp_path: Path) -> None:
    done = train(DIGITS, tmp_path / "run")
    assert_as_exported(done)
    found = rows(done)
    assert [row["step"] for row in found] == [23, 46]
    assert done.about is not None and len(done.about.observed) == OBSERVED
    names = run_text((done.folder / "train.py").read_text("utf-8"))
    model = names.Net()
    model.load_state_dict(done.weights())
    model.eval()
    image, label = names.load_data()[1]
    with torch.no_grad():
        output = model(image)
    last, first = found[-1], done.about.observed[3]
    kept = torch.tensor([last[f"sample{first} output{j}"] for j in range(OUTPUTS)])
    assert torch.allclose(kept[:10], output[first], atol=1e-5) and kept[10:].isnan().all()
    losses = F.cross_entropy(output, label, reduction="none").double()
    worst = losses.argsort(descending=True)[:EXTREMES]
    assert [last[f"worst{i} loss"] for i in range(EXTREMES)] == sorted(
        (last[f"worst{i} loss"] for i in range(EXTREMES)), reverse=True
    )
    assert torch.allclose(
        torch.tensor([last[f"worst{i} loss"] for i in range(3)]).double(), losses[worst[:3]], atol=1e-4
    )
    assert int(last["worst0"]) == int(worst[0])
    assert last["best0 loss"] <= losses.min() + 1e-4


def test_without_samples_aside_there_is_none(tmp_path: Path) -> None:
    graph = draw(
        """
        random RandomTensors input_shape=8 target_shape=4
        fc Linear out_features=4
        loss MSELoss
        random.x > fc > loss
        random.y > loss.target
        """,
        epochs=2,
    )
    done = train(graph, tmp_path / "run")
    assert done.ended.state == "finished" and not (done.folder / PREDICTIONS).exists()
    assert done.about is not None and done.about.observed == ()


def test_looking_draws_no_random_numbers(tmp_path: Path) -> None:
    """The network draws some even when it is evaluated; the run still ends as the exported program does."""
    graph = DIGITS.apply(commands.set_params(DIGITS, "dropout", {"p": 0.5}))
    assert_as_exported(train(graph, tmp_path / "run"))
    assert math.isfinite(rows(train(graph, tmp_path / "again"))[0]["best0 loss"])
