"""Looks into a run: its hardest samples, what it said over time, kernels, feature maps; and that it runs no file."""

from __future__ import annotations

import shutil
from array import array
from pathlib import Path
from typing import Any

import pytest
import torch
import torch.nn.functional as F  # noqa: N812 - torch's own custom

from netbuilder.bridge.messages import path_text
from netbuilder.bridge.viewing import FromViewer, Group, Look, Looked, Unviewed
from netbuilder.engine.viewer import Viewer
from netbuilder.graph import commands
from netbuilder.graph.graph import Graph
from tests.drawings import draw, run_text
from tests.engine.runs import DIGITS, Done, train


def functions(graph: Graph) -> Graph:
    """The same, with layers written as functions."""
    return graph.apply(commands.set_project(graph, layers="function"))


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Done:
    graph = functions(DIGITS).apply(commands.set_training(DIGITS, epochs=3, keep_checkpoints=2, checkpoint_every=1))
    return train(graph, tmp_path_factory.mktemp("look") / "run")


def ask(folder: Path, what: Any, **more: Any) -> FromViewer:
    said: list[FromViewer] = []
    Viewer(said.append, lambda: False).answer(Look(1, path_text(folder), what, **more))
    return said[-1]


def look(folder: Path, what: Any, **more: Any) -> Looked:
    found = ask(folder, what, **more)
    assert isinstance(found, Looked), found
    return found


def floats(group: Group, title: str) -> list[float]:
    return list(array("f", next(one for one in group.columns if one.title == title).data))


def test_the_hardest_samples_are_those_with_the_greatest_loss(done: Done) -> None:
    found = look(done.folder, "worst")
    assert found.checkpoints == ("step-00000046", "step-00000069") and found.checkpoint == "step-00000069"
    (group,) = found.groups
    names = run_text((done.folder / "train.py").read_text("utf-8"))
    model = names.Net()
    model.load_state_dict(done.weights())
    model.eval()
    image, label = names.load_data()[1]
    with torch.no_grad():
        losses = F.cross_entropy(model(image), label, reduction="none")
    assert list(group.numbers[:5]) == losses.argsort(descending=True)[:5].tolist()
    assert [one.title for one in group.columns] == ["image", "label", "predicted", "loss"]
    shown = torch.tensor(floats(group, "loss"))
    assert torch.allclose(shown, losses.sort(descending=True).values[: len(shown)], atol=1e-4)
    chances = torch.tensor(floats(group, "predicted")).view(-1, 10)
    assert torch.allclose(chances.sum(1), torch.ones(len(chances)), atol=1e-4)
    (best,) = look(done.folder, "best").groups
    assert floats(best, "loss")[0] == pytest.approx(losses.min().item(), abs=1e-5)


def test_another_checkpoint_has_other_weights(done: Done) -> None:
    new, old = (look(done.folder, "kernels", checkpoint=name) for name in ("", "step-00000046"))
    assert (new.checkpoint, old.checkpoint) == ("step-00000069", "step-00000046")
    assert new.groups[0].columns[0].sent == (3, 3, 1) and len(new.groups[0].names) == 4
    assert new.groups[0].columns[0].data != old.groups[0].columns[0].data
    assert look(done.folder, "kernels", checkpoint="../../else").checkpoint == "step-00000069"


def test_predictions_over_time(done: Done) -> None:
    samples, curves = look(done.folder, "epochs").groups
    assert len(samples.names) == len(curves.names) == 16 and curves.title == "23 – 69"
    shown = curves.columns[0]
    assert shown.kind == "curve" and shown.sent == (4, 64)
    chances = torch.tensor(list(array("f", shown.data))).view(16, 4, 64)
    assert (chances >= 0).all() and (chances.sum(1) <= 1 + 1e-4).all()
    assert chances[:, 0, -1].mean() > chances[:, 0, 0].mean(), "the right class became likelier"


def test_feature_maps_of_every_layer(done: Done) -> None:
    """Of those that are written as functions too."""
    first, *maps = look(done.folder, "maps", sample=5).groups
    assert first.numbers == (5,)
    assert [group.node for group in maps] == ["conv1", "relu", "flatten", "dropout", "fc"]
    assert [group.columns[0].kind for group in maps[:3]] == ["picture", "picture", "curve"]
    assert maps[0].title == "conv1 · 4×6×6" and len(maps[0].names) == 4
    assert look(done.folder, "maps", sample=6).groups[1].columns[0].data != maps[0].columns[0].data


def test_feature_maps_of_what_is_no_layer(tmp_path: Path) -> None:
    graph = draw(
        """
        digits Digits
        conv1 Conv2d out_channels=3 padding=1
        conv2 Conv2d out_channels=3 padding=1
        relu ReLU
        add Add
        cat Concat
        flatten Flatten
        fc Linear
        loss CrossEntropyLoss
        digits.image > conv1 > relu > conv2 > add
        relu > add.input2
        add > cat
        conv2 > cat.input2
        cat > flatten > fc > loss
        digits.label > loss.target
        """,
        epochs=1,
    )
    _, *maps = look(train(graph, tmp_path).folder, "maps").groups
    assert [group.title for group in maps] == [
        "conv1 · 3×8×8",
        "relu · 3×8×8",
        "conv2 · 3×8×8",
        "add · 3×8×8",
        "cat · 6×8×8",
        "flatten · 384",
        "fc · 10",
    ]


def test_a_linear_layer_looks_for_pictures(tmp_path: Path) -> None:
    graph = draw(
        """
        digits Digits
        flatten Flatten
        fc Linear
        loss CrossEntropyLoss
        digits.image > flatten > fc > loss
        digits.label > loss.target
        """,
        epochs=1,
    )
    folder = train(graph, tmp_path / "run").folder
    (group,) = look(folder, "kernels").groups
    assert group.node == "fc" and group.columns[0].sent == (8, 8, 1) and len(group.names) == 10


def test_nothing_of_the_folder_is_executed(done: Done, tmp_path: Path) -> None:
    copy, left = tmp_path / "run", tmp_path / "left"
    shutil.copytree(done.folder, copy)
    for name in ("train.py", "model.py"):
        (copy / name).write_text(f"open({str(left)!r}, 'w')\n", "utf-8")
    assert look(copy, "worst").groups
    assert not left.exists()


def test_what_is_not_there_is_said(done: Done, tmp_path: Path) -> None:
    def said(folder: Path, what: Any) -> str:
        found = ask(folder, what)
        assert isinstance(found, Unviewed)
        return str(found.sentence)

    assert "no checkpoint yet" in said(tmp_path, "worst")
    copy = tmp_path / "run"
    shutil.copytree(done.folder, copy)
    (copy / "predictions.bin").unlink()
    assert "not measured any samples" in said(copy, "epochs")
    (copy / "checkpoints" / "step-00000069" / "model.safetensors").write_bytes(b"no")
    assert "cannot be read" in said(copy, "worst")
    (copy / "project.netb").write_text("{", "utf-8")
    assert "project.netb" in said(copy, "worst")
