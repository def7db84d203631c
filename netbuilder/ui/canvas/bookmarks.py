"""Nine views of a drawing that a person keeps, by digit. They belong to the window, never to the document."""

from __future__ import annotations

import hashlib
from math import isfinite
from pathlib import Path
from typing import NamedTuple

from PySide6.QtCore import QPointF, QSettings

from netbuilder.graph.records import MAIN
from netbuilder.ui.actions import VIEWS
from netbuilder.ui.canvas.camera import FARTHEST, NEAREST

DIGITS = tuple(int(view) for view in VIEWS)
GROUP = "views"
FARTHEST_PLACE = 1.5e6


class Kept(NamedTuple):
    """Where to look, at which scale, and in which network."""

    center: QPointF
    scale: float
    network: str = MAIN


def _group(path: Path) -> str:
    """The place of a project's views in the settings; whatever its path is made of, a short plain name."""
    return f"{GROUP}/{hashlib.sha256(str(path).encode('utf-8', 'surrogatepass')).hexdigest()[:24]}"


def _read(value: object) -> Kept | None:
    """A view as it was written; None for anything else."""
    try:
        place, _, network = str(value).partition(";")
        x, y, scale = (float(word) for word in place.split())
    except ValueError:
        return None
    known = all(map(isfinite, (x, y, scale))) and max(abs(x), abs(y)) <= FARTHEST_PLACE
    return Kept(QPointF(x, y), scale, network or MAIN) if known and FARTHEST <= scale <= NEAREST else None


class Bookmarks:
    """The views of the project that is open: in the settings if it has a path, else in memory."""

    def __init__(self, settings: QSettings) -> None:
        self._settings = settings
        self._path: Path | None = None
        self._kept: dict[int, Kept] = {}

    def open(self, path: Path | None) -> None:
        """Another project is open: take its views."""
        self._path = path
        self._kept = {}
        if path is not None:
            found = {digit: _read(self._settings.value(f"{_group(path)}/{digit}", "")) for digit in DIGITS}
            self._kept = {digit: kept for digit, kept in found.items() if kept is not None}

    def move(self, path: Path) -> None:
        """The same project has a path now, or another one: its views go along."""
        if path == self._path:
            return
        self._path = path
        self._settings.remove(_group(path))
        for digit in self._kept:
            self._write(digit)

    def keep(self, digit: int, center: QPointF, scale: float, network: str = MAIN) -> None:
        """Keep a view under a digit from 1 to 9."""
        if digit not in DIGITS:
            raise ValueError(f"views are kept under 1 to 9, not under {digit}")
        self._kept[digit] = Kept(QPointF(center), scale, network)
        self._write(digit)

    def get(self, digit: int) -> Kept | None:
        """The view under a digit, if one was kept."""
        return self._kept.get(digit)

    def _write(self, digit: int) -> None:
        if self._path is not None:
            center, scale, network = self._kept[digit]
            place = f"{center.x()!r} {center.y()!r} {scale!r}"
            text = place if network == MAIN else f"{place};{network}"
            self._settings.setValue(f"{_group(self._path)}/{digit}", text)
