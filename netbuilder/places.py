"""Where the files lie that come with the program: in the package when installed, beside it in a checkout."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def _find(folder: str) -> Path:
    inside = _PACKAGE / folder
    return inside if inside.is_dir() else _PACKAGE.parent / folder


def resource(*parts: str) -> Path:
    """The path of a resource: `resource("icons", "play.svg")`."""
    return _find("resources").joinpath(*parts)


def examples() -> Path:
    """The folder of the example projects."""
    return _find("examples")
