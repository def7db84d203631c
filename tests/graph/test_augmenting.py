"""The list of augmentations: what it may hold, undo, files."""

from __future__ import annotations

import pytest

from netbuilder.blocks.augmentations import AUGMENTATIONS
from netbuilder.blocks.sentence import Refused
from netbuilder.graph.augmenting import MOST, augmentation_values, set_augmentations
from netbuilder.graph.clipboard import copy, paste
from netbuilder.graph.files import from_text, to_text
from netbuilder.graph.graph import Graph
from netbuilder.graph.records import Augmentation
from tests.drawings import CLASSIFIER, draw
from tests.graph.helpers import check_edit

GRAPH = draw(CLASSIFIER)


def augmented(*augmentations: Augmentation) -> Graph:
    return check_edit(GRAPH, set_augmentations(GRAPH, "digits", augmentations))


def test_what_is_a_default_is_not_kept() -> None:
    graph = augmented(Augmentation("Crop", {"padding": 4, "mode": "reflect"}), Augmentation("Flip"))
    assert graph.nodes["digits"].augmentations == (Augmentation("Crop", {"mode": "reflect"}), Augmentation("Flip"))
    assert augmentation_values(graph.nodes["digits"].augmentations[0]) == {"padding": 4, "mode": "reflect"}
    assert set_augmentations(graph, "digits", graph.nodes["digits"].augmentations) == {}


def test_every_one_goes_into_a_file_and_comes_out_of_it() -> None:
    graph = augmented(*map(Augmentation, AUGMENTATIONS))
    assert from_text(to_text(graph)) == graph
    assert check_edit(graph, set_augmentations(graph, "digits", [])) == GRAPH


def test_a_copy_has_them_too() -> None:
    graph = augmented(Augmentation("Flip"))
    pasted = graph.apply(paste(graph, copy(graph, ["digits"])))
    (new,) = set(pasted.nodes) - set(graph.nodes)
    assert pasted.nodes[new].augmentations == (Augmentation("Flip"),)


@pytest.mark.parametrize(
    ("wanted", "why"),
    [
        ([Augmentation("Blur")], "There is no augmentation Blur"),
        ([Augmentation("Crop", {"depth": 3})], "has no parameter depth"),
        ([Augmentation("Crop", {"padding": 0})], "at least 1"),
        ([Augmentation("Crop", {"mode": "wild"})], "is one of"),
        ([Augmentation("Flip", {"horizontal": 2.0})], "at most 1"),
        ([Augmentation("Erase", {"smallest": 0.5})], "cannot be larger"),
        ([Augmentation("Flip")] * (MOST + 1), str(MOST)),
    ],
)
def test_what_cannot_be_is_refused(wanted: list[Augmentation], why: str) -> None:
    with pytest.raises(Refused, match=why):
        set_augmentations(GRAPH, "digits", wanted)


def test_only_data_is_augmented() -> None:
    with pytest.raises(Refused, match="fc1 gives no samples"):
        set_augmentations(GRAPH, "fc1", [Augmentation("Flip")])
    with pytest.raises(Refused, match="no block nothing"):
        set_augmentations(GRAPH, "nothing", [])


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [('"Flip"', '"Blur"', "no augmentation Blur"), ('{"name": "Flip"}', '{"name": "Flip", "params": {"p": 1}}', "p")],
)
def test_a_file_with_others_is_refused(old: str, new: str, why: str) -> None:
    text = to_text(augmented(Augmentation("Flip")))
    assert old in text
    with pytest.raises(Refused, match=f"digits.*{why}"):
        from_text(text.replace(old, new))
