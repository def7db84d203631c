"""What a person uses: blocks placed lately, favourites, folded headings; kept from one start to the next."""

from __future__ import annotations

from PySide6.QtCore import QObject, QSettings, Signal

from netbuilder.blocks import CATALOG

_MOST = 12


class Usage(QObject):
    """Reads and writes the settings at each call, so that several windows agree; `changed` tells this one's panels."""

    changed = Signal()

    def __init__(self, settings: QSettings, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._settings = settings

    def note(self, block: str) -> None:
        """A block was placed."""
        self._write("recent", [block, *(name for name in self.recent() if name != block)][:_MOST])

    def recent(self) -> list[str]:
        """The blocks placed lately, the last one first."""
        return [name for name in self._read("recent") if name in CATALOG][:_MOST]

    def favourites(self) -> list[str]:
        """The blocks with a star, in the order in which they got it."""
        return [name for name in self._read("favourites") if name in CATALOG]

    def set_favourite(self, block: str, on: bool) -> None:
        """Give a block its star, or take it away."""
        others = [name for name in self.favourites() if name != block]
        self._write("favourites", [*others, block] if on else others)

    def folded(self) -> set[str]:
        """The headings that are folded."""
        return set(self._read("folded"))

    def set_folded(self, category: str, on: bool) -> None:
        """Fold a heading, or unfold it."""
        others = self.folded() - {category}
        self._write("folded", sorted(others | {category} if on else others))

    def _read(self, key: str) -> list[str]:
        """A list of different names, whatever the file holds: Qt gives a list of one as a string."""
        found = self._settings.value(f"usage/{key}")
        found = [found] if isinstance(found, str) else found if isinstance(found, list) else []
        return list(dict.fromkeys(name for name in found if isinstance(name, str) and name))

    def _write(self, key: str, names: list[str]) -> None:
        if names != self._read(key):
            self._settings.setValue(f"usage/{key}", names)
            self.changed.emit()
