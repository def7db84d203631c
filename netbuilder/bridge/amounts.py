"""Times and sizes as a person reads them, in units that every language has."""

from __future__ import annotations

_UNITS = ("KiB", "MiB", "GiB", "TiB")


def time_text(seconds: float) -> str:
    """0.42 ms, 12 ms, 3.4 s, 2 min 5 s, 1 h 20 min, 3 d."""
    if seconds < 1:
        milliseconds = 1000 * seconds
        return f"{milliseconds:.2g} ms" if milliseconds < 10 else f"{milliseconds:.0f} ms"
    if seconds < 60:
        return f"{seconds:.1f} s" if seconds < 10 else f"{seconds:.0f} s"
    whole = round(seconds)
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    if whole < 2 * 86400:
        return f"{whole // 3600} h {whole // 60 % 60} min"
    return f"{round(whole / 86400)} d"


def size_text(count: int) -> str:
    """512 B, 3.4 MiB, 12 GiB."""
    if count < 1024:
        return f"{count} B"
    value, unit = count / 1024, 0
    while value >= 999.5 and unit < len(_UNITS) - 1:
        value, unit = value / 1024, unit + 1
    return f"{value:.1f} {_UNITS[unit]}" if value < 10 else f"{value:.0f} {_UNITS[unit]}"


def whole_run(step: float, epoch: float, steps: int, epochs: int, minutes: float) -> float:
    """Seconds that a run takes whose steps and epochs take so long; the first limit that is reached ends it."""
    seconds = steps * step if steps else epochs * epoch
    return min(seconds, 60 * minutes) if minutes else seconds
