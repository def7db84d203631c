"""Where an axis has its ticks and how numbers are written on it; plain arithmetic, no Qt."""

from __future__ import annotations

import itertools
import math

_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)


def nice_step(span: float, count: int) -> float:
    """The least round step that divides `span` in at most `count` parts."""
    if not (span > 0 and math.isfinite(span)):
        return 1.0
    rough = span / max(count, 1)
    power = 10.0 ** math.floor(math.log10(rough))
    return next((step * power for step in _STEPS if step * power >= rough * (1 - 1e-9)), 10 * power)


def linear_ticks(low: float, high: float, count: int) -> list[float]:
    """Round numbers from `low` to `high`, about `count` of them."""
    step = nice_step(high - low, count)
    first, last = math.ceil(low / step - 1e-6), math.floor(high / step + 1e-6)
    if last - first > 1000:
        return []
    return [number * step for number in range(first, last + 1)]


def linear_labels(ticks: list[float]) -> list[str]:
    """All with the same number of decimals, and zero as 0."""
    if not ticks:
        return []
    step = min((b - a for a, b in itertools.pairwise(ticks)), default=abs(ticks[0]) or 1.0)
    largest = max(abs(tick) for tick in ticks)
    if largest >= 1e5 or step < 1e-4:
        return ["0" if abs(tick) < step / 1e3 else exponent_label(tick, 3) for tick in ticks]
    decimals = next((n for n in range(7) if abs(round(step, n) - step) < step * 1e-6), 7)
    return ["0" if abs(tick) < step / 1e3 else f"{tick:.{decimals}f}".replace("-", "−") for tick in ticks]


def log_ticks(low: float, high: float, count: int) -> list[float]:
    """Powers of ten as exponents, between the exponents `low` and `high`; 1, 2 and 5 of each where there is room."""
    span = high - low
    if span < 0.7:
        values = [value for value in linear_ticks(10.0**low, 10.0**high, count) if value > 0]
        return [math.log10(value) for value in values]
    if span < 0.3 * count:
        whole = range(math.floor(low), math.ceil(high) + 1)
        inner = [exponent + math.log10(factor) for exponent in whole for factor in (1, 2, 5)]
        return [tick for tick in inner if low - 1e-9 <= tick <= high + 1e-9]
    every = max(math.ceil((span + 1) / max(count + 1, 1)), 1)
    return [float(n) for n in range(math.ceil(low - 1e-9), math.floor(high + 1e-9) + 1) if n % every == 0]


def log_label(exponent: float) -> str:
    """1e-3, 0.01, 0.1, 1, 10, 100, 1000, 1e4."""
    value = 10.0**exponent
    return f"{value:.4g}" if -2.01 <= exponent < 3.99 else exponent_label(value, 1)


def exponent_label(value: float, digits: int = 2) -> str:
    """1e-5, 1.2e6: at most so many digits before the power of ten."""
    mantissa, _, power = f"{value:.{digits - 1}e}".partition("e")
    plain = mantissa.rstrip("0").rstrip(".") if "." in mantissa else mantissa
    return f"{plain}e{int(power)}".replace("-", "−", 1) if value < 0 else f"{plain}e{int(power)}"


def step_label(step: float, largest: float) -> str:
    """1000; 20k and 1.5M where the axis goes so far."""
    for factor, unit in ((1e6, "M"), (1e3, "k")):
        if largest >= max(factor, 1e4) and step:
            return f"{step / factor:.7g}{unit}"
    return f"{step:.7g}"


def number(value: float) -> str:
    """Three digits: 0.342, 12.3, 1.2e-5; nan and inf in words that fit."""
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    if value == 0:
        return "0"
    size = math.floor(math.log10(abs(value)))
    if size < -3 or size > 5:
        return exponent_label(value)
    return f"{value:.{max(2 - size, 0)}f}".replace("-", "−")
