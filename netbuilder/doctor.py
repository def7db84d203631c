"""What this computer has and lacks for a window: asked without Qt, which aborts instead of telling."""

from __future__ import annotations

import ctypes
import importlib.metadata
import os
import platform
import sys
from collections.abc import Sequence

# What Qt's libraries load from the system, and Debian's and Ubuntu's package of each.
_ALWAYS = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libfontconfig.so.1": "libfontconfig1",
    "libdbus-1.so.3": "libdbus-1-3",
    "libglib-2.0.so.0": "libglib2.0-0",
}
_ON_X11 = {
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
}
_PACKAGES = ("torch", "PySide6-Essentials", "pyqtgraph", "numpy", "msgspec", "safetensors", "scikit-learn")


def missing_libraries() -> dict[str, str]:
    """The system libraries that a window needs and that do not load: their names and Debian packages."""
    if not sys.platform.startswith("linux"):
        return {}
    needed = {**_ALWAYS, **(_ON_X11 if _on_x11() else {})}
    return {name: package for name, package in needed.items() if not _loads(name)}


def window_trouble() -> str | None:
    """Why no window can open, in one sentence with the command that mends it; None when one can."""
    try:
        importlib.metadata.version("PySide6-Essentials")
    except importlib.metadata.PackageNotFoundError:
        return "No window can open: PySide6 is not installed (pip install 'PySide6-Essentials>=6.8,<6.12')."
    missing = missing_libraries()
    packages = list(missing.values())
    if sys.platform.startswith("linux") and not _has_display():
        packages = [*packages, "xvfb", "xauth"]
        return (
            "No window can open: there is no display "
            f"(a virtual one: sudo apt-get install {' '.join(packages)}, then xvfb-run before the command)."
        )
    if missing:
        return f"No window can open: {_names(list(missing))} missing (sudo apt-get install {' '.join(packages)})."
    return None


def report() -> tuple[list[tuple[str, str]], bool]:
    """Lines of what is here, and whether all that is needed is."""
    lines = [("Python", f"{platform.python_version()} on {platform.platform()}")]
    lines += [(name, _version(name)) for name in _PACKAGES]
    devices, well = _devices()
    lines += devices
    missing = missing_libraries()
    if missing:
        lines.append(("Libraries", f"{_names(list(missing))} missing: apt-get install {' '.join(missing.values())}"))
    else:
        lines.append(("Libraries", "all there"))
    trouble = window_trouble()
    lines.append(("Window", trouble or "can open"))
    return lines, well and trouble is None


def _devices() -> tuple[list[tuple[str, str]], bool]:
    try:
        from netbuilder.engine.devices import devices
    except (ImportError, OSError) as error:
        return [("Devices", f"none: torch cannot be imported ({error})")], False
    return [("Device", f"{device.id}: {device.name}") for device in devices()], True


def _version(package: str) -> str:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return "not installed"


def _names(found: Sequence[str]) -> str:
    return f"{found[0]} is" if len(found) == 1 else f"{', '.join(found[:-1])} and {found[-1]} are"


def _loads(name: str) -> bool:
    try:
        ctypes.CDLL(name)
    except OSError:
        return False
    return True


def _platform() -> str:
    return os.environ.get("QT_QPA_PLATFORM", "").partition(":")[0]


def _on_x11() -> bool:
    if _platform():
        return _platform() == "xcb"
    return "WAYLAND_DISPLAY" not in os.environ


def _has_display() -> bool:
    if _platform() not in ("", "xcb", "wayland"):
        return True  # offscreen, vnc and the like need none
    if "WAYLAND_DISPLAY" in os.environ and _platform() != "xcb":
        return True
    return "DISPLAY" in os.environ and _answers()


def _answers() -> bool:
    """Whether the X server that DISPLAY names lets us in; Qt would abort where it does not."""
    try:
        xcb = ctypes.CDLL("libxcb.so.1")
    except OSError:
        return True  # the missing libraries are said elsewhere
    xcb.xcb_connect.restype = ctypes.c_void_p
    connection = ctypes.c_void_p(xcb.xcb_connect(None, None))
    failed = bool(xcb.xcb_connection_has_error(connection))
    xcb.xcb_disconnect(connection)
    return not failed
