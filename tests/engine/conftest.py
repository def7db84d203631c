"""Shared runs; torch's threads wait without spinning; Fashion-MNIST's tests go where its files are not.

tests/run.sh installs the files and sets NETBUILDER_FASHION_TESTS=1: then the tests run, come what may.
"""

from __future__ import annotations

import os
from pathlib import Path

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # before torch is imported

import pytest

from tests.engine.runs import DIGITS, Done, train

FASHION = Path("/usr/share/datasets/fashion-mnist")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if os.environ.get("NETBUILDER_FASHION_TESTS") == "1" or FASHION.is_dir():
        return
    gone = [item for item in items if item.get_closest_marker("needs_fashion")]
    config.hook.pytest_deselected(items=gone)
    items[:] = [item for item in items if item not in gone]


@pytest.fixture(scope="session")
def digits_run(tmp_path_factory: pytest.TempPathFactory) -> Done:
    """Two epochs of a small network on the digits."""
    return train(DIGITS, tmp_path_factory.mktemp("runs") / "digits")
