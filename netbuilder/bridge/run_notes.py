"""What a person thinks of a run, a star and a note, kept in its folder; and folders of runs that lie elsewhere."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path

import msgspec

from netbuilder.blocks.sentence import Refused
from netbuilder.bridge.messages import path_text, text_path
from netbuilder.bridge.run_folder import data_folder
from netbuilder.graph.files import write

NOTES = "notes.json"
ELSEWHERE = "runs_elsewhere.jsonl"
MOST_ELSEWHERE = 1000
LONGEST_NOTE = 10_000


class Notes(msgspec.Struct, frozen=True):
    """A star, and a note in a person's own words."""

    starred: bool = False
    note: str = ""


def read_notes(folder: Path) -> Notes:
    """What was noted of a run; nothing where that cannot be read."""
    try:
        return msgspec.json.decode((folder / NOTES).read_bytes(), type=Notes)
    except (OSError, ValueError, RecursionError):
        return Notes()


def write_notes(folder: Path, notes: Notes) -> None:
    """Note this of a run. Refused where the folder does not take it."""
    if len(notes.note) > LONGEST_NOTE:
        raise Refused("A note has at most {most} characters.", most=f"{LONGEST_NOTE:,}")
    if not folder.is_dir():
        raise Refused("{folder} is gone.", folder=str(folder))
    write(json.dumps(msgspec.to_builtins(notes), ensure_ascii=False) + "\n", folder / NOTES)


def remember_elsewhere(folder: Path) -> None:
    """Remember that a run lies in this folder, away from the others. What cannot be written is left."""
    path = data_folder() / ELSEWHERE
    line = json.dumps(path_text(folder.absolute()))
    with contextlib.suppress(OSError, Refused):
        path.parent.mkdir(parents=True, exist_ok=True)
        known = _lines(path)
        if line in known:
            return
        if len(known) >= MOST_ELSEWHERE:
            kept = [other for other in known if _folder(other)][1 - MOST_ELSEWHERE :]
            write("".join(f"{other}\n" for other in [*kept, line]), path)
        else:
            with path.open("a", encoding="utf-8") as file:  # two at a time do not lose each other's
                file.write(line + "\n")


def elsewhere() -> list[Path]:
    """The folders that were remembered and are still there."""
    found = (_folder(line) for line in _lines(data_folder() / ELSEWHERE))
    return [folder for folder in found if folder is not None]


def _lines(path: Path) -> list[str]:
    try:
        return list(dict.fromkeys(path.read_text("utf-8").splitlines()))
    except (OSError, ValueError):
        return []


def _folder(line: str) -> Path | None:
    try:
        found = json.loads(line)
        folder = text_path(found) if isinstance(found, str) else None
        return folder if folder is not None and folder.is_dir() else None
    except (OSError, ValueError, RecursionError):
        return None
