"""Journeys in a real window under Xvfb; their pictures are kept in .artifacts/."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("name", ["first_use"])
def test_a_journey_leads_where_it_should(name: str, tmp_path: Path) -> None:
    assert shutil.which("xvfb-run"), "xvfb is missing; tests/run.sh installs it"
    assert shutil.which("xdotool"), "xdotool is missing; tests/run.sh installs it"
    folder = ROOT / ".artifacts" / name
    shutil.rmtree(folder, ignore_errors=True)
    environment = {**os.environ, "QT_QPA_PLATFORM": "xcb"}
    command = [
        "xvfb-run",
        "-a",
        "-s",
        "-screen 0 1280x800x24",
        sys.executable,
        f"tests/journeys/{name}.py",
        str(folder),
    ]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert len(list(folder.glob("*.png"))) >= 5
