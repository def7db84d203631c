"""Tests for whoever has the time: they run where NETBUILDER_LONG_TESTS is 1."""

from __future__ import annotations

import os

import pytest

LONG = pytest.mark.skipif(os.environ.get("NETBUILDER_LONG_TESTS") != "1", reason="takes long")
