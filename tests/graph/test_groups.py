"""Settings of the training that single blocks or networks have: they go with what they are about, in the same edit."""

from __future__ import annotations

import pytest

from netbuilder.blocks.sentence import Refused
from netbuilder.graph import clipboard, commands, grouping, networks
from netbuilder.graph.files import from_text, to_text
from netbuilder.graph.graph import Graph
from netbuilder.graph.groups import group_of, remove_groups, set_group
from netbuilder.graph.records import ParameterGroup, Stage
from netbuilder.graph.training import set_as_typed, set_training
from tests.drawings import CLASSIFIER, draw
from tests.graph.helpers import check_edit

PLACED = """
    network Block
    in Input shape=8
    inner Linear
    out Output
    in > inner > out
    main
    x Input shape=8
    one Block
    x > one
"""


def frozen(graph: Graph, *keys: str) -> Graph:
    for key in keys:
        graph = check_edit(graph, set_group(graph, key, frozen=True))
    return graph


def targets(graph: Graph) -> list[str]:
    return [group.target for group in graph.training.groups]


def test_settings_of_one_block_are_set_changed_and_taken_away() -> None:
    graph = draw(CLASSIFIER)
    graph = check_edit(graph, set_group(graph, "fc1", learning_rate=0.1))
    graph = check_edit(graph, set_group(graph, "fc1", weight_decay=0.0))
    assert graph.training.groups == (ParameterGroup("fc1", 0.1, 0.0),)
    assert from_text(to_text(graph)) == graph
    assert set_group(graph, "fc1", learning_rate=0.1) == {}
    graph = frozen(graph, "fc2")
    graph = check_edit(graph, remove_groups(graph, ["fc1"]))
    assert targets(graph) == ["fc2"] and group_of(graph, "fc1") is None


@pytest.mark.parametrize(
    ("key", "changes", "sentence"),
    [
        ("nobody", {}, "There is no block nobody."),
        ("main", {}, "There is no block main."),
        ("relu", {}, "relu has no weights."),
        ("loss", {}, "loss has no weights."),
        ("fc2", {}, "fc2 uses the layer of another block: say it of that one."),
        ("fc1", {"learning_rate": -1.0}, "Learning rate is at least 0."),
    ],
)
def test_what_cannot_be_is_refused(key: str, changes: dict[str, object], sentence: str) -> None:
    graph = draw(CLASSIFIER.replace("fc2 Linear", "fc2 Linear layer=fc1"))
    with pytest.raises(Refused) as refused:
        set_group(graph, key, **changes)
    assert str(refused.value) == sentence


def test_they_go_with_their_block_and_come_back_with_it() -> None:
    graph = frozen(draw(CLASSIFIER, watch="accuracy"), "fc1", "fc2")
    after = check_edit(graph, commands.delete(graph, ["fc1"]))
    assert targets(after) == ["fc2"] and after.training.watch == "accuracy"
    after = check_edit(after, commands.delete(after, ["accuracy", "fc2"]))
    assert targets(after) == [] and after.training.watch == ""
    renamed = check_edit(graph, commands.rename(graph, "fc1", "first"))
    assert targets(renamed) == ["fc1", "fc2"]


def test_who_inherits_a_layer_inherits_its_settings() -> None:
    graph = frozen(draw(CLASSIFIER.replace("fc2 Linear", "fc2 Linear layer=fc1")), "fc1")
    assert targets(check_edit(graph, commands.delete(graph, ["fc1"]))) == ["fc2"]


def test_copies_have_them_too() -> None:
    graph = frozen(draw(CLASSIFIER), "fc1")
    pasted = check_edit(graph, clipboard.paste(graph, clipboard.copy(graph, ["fc1", "relu", "fc2"]), shift=32))
    assert targets(pasted) == ["fc1", "fc3"] and pasted.nodes["fc3"].params == graph.nodes["fc1"].params
    moved = check_edit(graph, clipboard.duplicate(graph, clipboard.copy(graph, ["fc1"]), 10, 20))
    assert len(targets(moved)) == 2
    other = draw(CLASSIFIER)
    assert targets(check_edit(other, clipboard.paste(other, clipboard.copy(graph, ["fc1"])))) == ["fc3"]
    assert targets(check_edit(other, clipboard.paste(other, clipboard.copy(graph, ["fc2"])))) == []


def test_a_network_takes_its_own_along_and_gives_them_on() -> None:
    graph = draw(PLACED.replace("one Block", "one Network of=Block"))
    graph = frozen(graph, "net_block")
    with pytest.raises(Refused):
        networks.delete_network(graph, "net_block")
    apart = check_edit(graph, grouping.ungroup(graph, "one"))
    assert len(targets(apart)) == 1 and apart.nodes[targets(apart)[0]].block == "Linear"
    other = draw("x Input shape=8\nfc Linear\nx > fc")
    brought = check_edit(other, clipboard.paste(other, clipboard.copy(graph, ["one"])))
    assert targets(brought) == ["net_block"]
    gone = graph.apply(commands.delete(graph, ["one"]))
    assert targets(check_edit(gone, networks.delete_network(gone, "net_block"))) == []
    grouped = frozen(draw(CLASSIFIER), "fc1")
    assert targets(check_edit(grouped, grouping.group(grouped, ["fc1", "relu"], "Front"))) == ["fc1"]


def test_a_file_with_settings_for_nobody_is_refused() -> None:
    text = to_text(frozen(draw(CLASSIFIER), "fc1")).replace('"target": "fc1", "frozen"', '"target": "gone", "frozen"')
    with pytest.raises(Refused, match="There is no block gone that settings of the training could be for"):
        from_text(text)


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"stages": (Stage("StepLR"),)}, "None is not made of other schedulers."),
        ({"scheduler": "SequentialLR", "stages": (Stage("OneCycleLR"), Stage("StepLR", begins=3))},
         "Schedulers that move with the epochs do not go together with those that move with the steps."),
        ({"scheduler": "SequentialLR", "stages": (Stage("StepLR"), Stage("StepLR"))},
         "The first scheduler begins at 0, and each of the others later than the one before it."),
        ({"scheduler": "ChainedScheduler", "stages": (Stage("ReduceLROnPlateau"),)},
         "ReduceLROnPlateau cannot be one of several schedulers."),
        ({"scheduler": "ChainedScheduler", "stages": (Stage("SequentialLR"),)},
         "SequentialLR cannot be one of several schedulers."),
        ({"scheduler": "ChainedScheduler", "stages": (Stage("StepLR", {"gamma": -1}),)}, "Gamma is at least 0."),
        ({"groups": (ParameterGroup("fc1"), ParameterGroup("fc1"))},
         "A block or a network has one group of settings of its own, not two."),
    ],
)  # fmt: skip
def test_stages_that_do_not_go_together_are_refused(settings: dict[str, object], sentence: str) -> None:
    with pytest.raises(Refused) as refused:
        set_training(draw(CLASSIFIER), **settings)
    assert str(refused.value) == sentence


def test_a_made_scheduler_begins_with_two_and_keeps_them_until_it_is_another() -> None:
    graph = draw(CLASSIFIER)
    graph = check_edit(graph, set_training(graph, scheduler="SequentialLR"))
    assert [stage.scheduler for stage in graph.training.stages] == ["LinearLR", "CosineAnnealingLR"]
    graph = check_edit(graph, set_training(graph, scheduler="ChainedScheduler"))
    assert len(graph.training.stages) == 2
    graph = check_edit(graph, set_training(graph, scheduler="StepLR"))
    assert graph.training.stages == ()


def test_settings_are_typed_in_a_terminal() -> None:
    graph = draw(CLASSIFIER)
    texts = ["optimizer=SGD", "optimizer.momentum=0.9", "clip = norm", "compile=on", "scheduler=LambdaLR"]
    graph = check_edit(graph, set_as_typed(graph, [*texts, "scheduler.lr_lambda=0.9 ** epoch", "batch_size=7"]))
    training = graph.training
    assert (training.optimizer, training.optimizer_params) == ("SGD", {"momentum": 0.9})
    assert (training.clip, training.compile, training.batch_size) == ("norm", True, 7)
    assert training.scheduler_params == {"lr_lambda": "0.9**epoch"}


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("clip", "clip is not of the form name=value."),
        ("nothing=1", "Training has no setting nothing."),
        ("scheduler.gamma=1", "Training has no setting scheduler.gamma."),
        ("batch_size=many", "Batch size: many is not a whole number."),
        ("clip=hard", "Clip is one of off, norm, value."),
        ("groups=1", "Training has no setting groups."),
    ],
)
def test_what_is_typed_wrong_is_said(text: str, sentence: str) -> None:
    with pytest.raises(Refused) as refused:
        set_as_typed(draw(CLASSIFIER), [text])
    assert str(refused.value) == sentence
