"""What a run that goes on from another one's checkpoint takes over of what that one had measured."""

from __future__ import annotations

import shutil
from pathlib import Path

from netbuilder.bridge.about import STEPS, TABLES, About
from netbuilder.bridge.run_folder import read_about


def carry_over(parent: Path, folder: Path, about: About) -> None:
    """Give the run in `folder`, which is yet to be described as `about`, the tables of its parent that are alike.

    Where it goes on in its own folder, tables that are not alike any more are put aside. OSError when a file cannot be
    copied.
    """
    before = read_about(parent)
    same_place = parent.resolve() == folder.resolve()
    for table in TABLES:
        source, target = parent / table, folder / table
        if not source.is_file():
            continue
        alike = before is not None and before.columns(table) == about.columns(table)
        if not same_place and alike:
            shutil.copyfile(source, target)  # into the file that may be open for appending already
        elif same_place and not alike and table != STEPS:
            source.write_bytes(b"")
