"""Journeys in a real window under Xvfb; their pictures are kept in .artifacts/."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.long import LONG

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(
    ("name", "screen", "theme", "pictures"),
    [
        ("first_use", "1280x800", "dark", 5),
        pytest.param("keyboard_lenet", "1280x800", "light", 6, marks=LONG),
        pytest.param("hands_on", "1920x1080", "dark", 6, marks=LONG),
    ],
)
def test_a_journey_leads_where_it_should(name: str, screen: str, theme: str, pictures: int, tmp_path: Path) -> None:
    assert shutil.which("xvfb-run"), "xvfb is missing; tests/run.sh installs it"
    assert shutil.which("xdotool"), "xdotool is missing; tests/run.sh installs it"
    folder = ROOT / ".artifacts" / name
    shutil.rmtree(folder, ignore_errors=True)
    environment = {**os.environ, "QT_QPA_PLATFORM": "xcb", "XDG_CONFIG_HOME": str(tmp_path)}
    command = ["xvfb-run", "-a", "-s", f"-screen 0 {screen}x24", sys.executable, "-m", f"tests.journeys.{name}"]
    done = subprocess.run(
        [*command, str(folder), theme], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert len(list(folder.glob("*.png"))) >= pictures
