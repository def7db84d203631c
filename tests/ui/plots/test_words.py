"""Ticks, numbers and colours: what a person reads off the plots."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netbuilder.ui.plots import ticks
from netbuilder.ui.plots.colours import _to_lab, curve_style, mix, ramp
from netbuilder.ui.theme import DARK, LIGHT, Theme


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.3421, "0.342"),
        (12.34, "12.3"),
        (1234.5, "1234"),
        (1.23e-5, "1.2e-5"),
        (0.05, "0.0500"),
        (3e8, "3e8"),
        (0, "0"),
        (-0.5, "−0.500"),
        (-1.23e-5, "−1.2e-5"),
        (math.nan, "NaN"),
        (math.inf, "∞"),
    ],
)
def test_numbers(value: float, text: str) -> None:
    assert ticks.number(value) == text


def test_labels_of_powers_of_ten() -> None:
    labels = [ticks.log_label(exponent) for exponent in range(-4, 6)]
    assert labels == ["1e-4", "1e-3", "0.01", "0.1", "1", "10", "100", "1000", "1e4", "1e5"]


def test_labels_of_steps() -> None:
    assert [ticks.step_label(step, 5000) for step in (0, 1000, 5000)] == ["0", "1000", "5000"]
    assert [ticks.step_label(step, 20000) for step in (0, 5000, 20000)] == ["0", "5k", "20k"]
    assert ticks.step_label(1.5e6, 2e6) == "1.5M"


def test_linear_labels_have_the_same_decimals() -> None:
    assert ticks.linear_labels(ticks.linear_ticks(0, 1, 4)) == ["0", "0.25", "0.50", "0.75", "1.00"]
    assert ticks.linear_labels(ticks.linear_ticks(-1, 1, 2)) == ["−1", "0", "1"]
    assert ticks.linear_labels([]) == []


@given(st.floats(-1e12, 1e12), st.floats(1e-9, 1e12), st.integers(2, 12))
def test_linear_ticks_are_few_and_inside(low: float, span: float, count: int) -> None:
    high = low + span
    found = ticks.linear_ticks(low, high, count)
    assert len(found) <= count + 1
    assert len(ticks.linear_labels(found)) == len(found)
    assert all(low - span * 1e-3 <= tick <= high + span * 1e-3 for tick in found if abs(low) < 1e6 * span)


@given(st.floats(-30, 10), st.floats(0.05, 30), st.integers(2, 12))
def test_log_ticks_are_inside_and_can_be_written(low: float, span: float, count: int) -> None:
    for tick in ticks.log_ticks(low, low + span, count):
        assert low - 0.01 <= tick <= low + span + 0.01
        assert ticks.log_label(tick)


@pytest.mark.parametrize("theme", [DARK, LIGHT])
def test_the_ramp_runs_one_way_in_lightness(theme: Theme) -> None:
    lightness = [_to_lab(colour)[0] for colour in ramp(theme, 64)]
    assert lightness in (sorted(lightness), sorted(lightness, reverse=True))


def test_mixing() -> None:
    assert mix("#123456", "#abcdef", 0) == "#123456"
    assert mix("#123456", "#abcdef", 1) == "#abcdef"


def test_twenty_curves_differ() -> None:
    assert len({curve_style(DARK, index) for index in range(20)}) == 20
