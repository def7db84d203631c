"""How the value of a metric is read: every block's own name says whether it is a part of all."""

from __future__ import annotations

import pytest

from netbuilder.blocks import CATALOG
from netbuilder.ui.plots.loss_plot import metric_text


@pytest.mark.parametrize("name", [block.name for block in CATALOG.values() if block.role == "metric"])
def test_what_is_a_part_of_all_is_a_percentage(name: str) -> None:
    block = CATALOG[name]
    if not block.table:
        assert metric_text(block.stem, 0.25).endswith(" %") == block.share
