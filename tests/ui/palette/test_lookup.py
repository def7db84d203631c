"""What is found by what is typed, and what comes first."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings

from netbuilder.blocks import CATALOG
from netbuilder.ui.finder.common import COMMON, FIRST, by_category, place_of
from netbuilder.ui.palette.lookup import Lookup, torch_names
from netbuilder.ui.usage import Usage


@pytest.fixture
def usage(tmp_path: Path) -> Usage:
    return Usage(QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat))


@pytest.fixture
def lookup(usage: Usage) -> Lookup:
    return Lookup(usage)


@pytest.mark.parametrize(
    ("wanted", "best"),
    [
        ("conv", "Conv2d"), ("drop", "Dropout"), ("batch", "BatchNorm2d"), ("lin", "Linear"), ("maxp", "MaxPool2d"),
        ("cat", "Concat"), ("torch.cat", "Concat"), ("cross_ent", "CrossEntropyLoss"), ("max_pool2d", "MaxPool2d"),
        ("nn.Linear(3, 4)", "Linear"), ("F.mse_loss", "MSELoss"), ("torch.nn.functional.relu", "ReLU"),
        ("nn.conv2d", "Conv2d"), ("random tensors", "RandomTensors"), ("bmm", "BatchMatMul"),
        ("F.interpolate", "Interpolate"),
    ],
)  # fmt: skip
def test_the_best_is_first(lookup: Lookup, wanted: str, best: str) -> None:
    assert lookup.find(wanted)[0].block.name == best


@pytest.mark.parametrize(("wanted", "found"), [("squeezes", "Tanh"), ("zero", "ReLU"), ("loss", "MSELoss")])
def test_words_of_the_help_and_the_category_find(lookup: Lookup, wanted: str, found: str) -> None:
    assert found in [hit.block.name for hit in lookup.find(wanted)]


def test_among_equal_hits_the_last_used_come_before_the_common(lookup: Lookup, usage: Usage) -> None:
    def pools() -> list[str]:
        return [hit.block.name for hit in lookup.find("pool")][:2]

    assert pools() == ["MaxPool2d", "AvgPool2d"]
    usage.note("AvgPool2d")
    assert pools() == ["AvgPool2d", "MaxPool2d"]


def test_only_what_torch_calls_otherwise_is_a_name_more(lookup: Lookup) -> None:
    block = CATALOG["Concat"]
    assert torch_names(block) == {"cat": "torch.cat"}
    assert torch_names(replace(block, function="{input}.flip({dims})", page="torch.Tensor.flip")) == {
        "flip": "Tensor.flip"
    }
    assert torch_names(CATALOG["Accuracy"]) == {}
    assert torch_names(replace(block, name="Conv2d", module="nn.Conv2d", function="", page="")) == {}
    assert torch_names(replace(block, module="nn.Upsample", function="", page="torch.nn.Upsample")) == {
        "Upsample": "nn.Upsample"
    }


def test_a_lead_alone_asks_for_everything(lookup: Lookup) -> None:
    assert [hit.block.name for hit in lookup.find("nn.")][: len(FIRST)] == list(FIRST)
    assert len(lookup.find("torch.nn.")) == len(CATALOG)


def test_common_names_are_written_as_the_blocks_are() -> None:
    assert set(COMMON) <= CATALOG.keys()
    assert len(set(COMMON)) == len(COMMON)


def test_categories_keep_the_catalogs_order_after_the_common() -> None:
    for names in by_category(CATALOG.values()).values():
        rest = [name for name in names if place_of(name) == len(COMMON)]
        assert names[len(names) - len(rest) :] == rest
        assert rest == [name for name in CATALOG if name in rest]
