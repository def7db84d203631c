"""Event files for TensorBoard, made of a run's tables; the format is plain enough to be written without its library.

A file is a sequence of records: length, its checksum, the event, its checksum. An event is a protocol buffer of a time,
a step and a summary, and that a list of names and values (tensorflow's event.proto and summary.proto). All events of a
table are equally long, their steps as numbers of five bytes, so that many are made at once.
"""

from __future__ import annotations

import os
import re
import struct
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO

import numpy as np
from numpy.typing import NDArray

from netbuilder.blocks.sentence import Refused
from netbuilder.bridge.about import EPOCHS, LAYERS, PULSE, STEPS, About
from netbuilder.bridge.run_folder import read_about

FOLDER = "tensorboard"
_AT_ONCE = 4096
_DOUBLE, _VARINT, _BYTES, _FLOAT = 1, 0, 2, 5
_STEP_BYTES = 5

Bytes = NDArray[np.uint8]
Checks = NDArray[np.uint32]


def write_event_file(folder: Path) -> Path:
    """Write the scalars of the run in a folder; the folder they lie in. Refused when that cannot be done.

    What was written before gives way to it.
    """
    about = read_about(folder)
    if about is None:
        raise Refused("{folder} does not say what was trained there.", folder=str(folder))
    target = folder / FOLDER
    began = (folder / STEPS).stat().st_mtime if (folder / STEPS).exists() else time.time()
    partial = target / ".events.part"
    try:
        target.mkdir(exist_ok=True)
        with partial.open("wb") as file:
            _write(file, folder, about, began)
        for old in target.glob("events.out.tfevents.*"):
            old.unlink()
        os.replace(partial, target / f"events.out.tfevents.{int(began)}.netbuilder")
    except OSError as error:
        partial.unlink(missing_ok=True)
        raise Refused(
            "{folder} cannot be written: {reason}.", folder=str(target), reason=error.strerror or ""
        ) from None
    return target


def _write(file: IO[bytes], folder: Path, about: About, began: float) -> None:
    version = _field(1, _DOUBLE, struct.pack("<d", began)) + _field(3, _BYTES, b"brain.Event:2")
    file.write(_records(np.frombuffer(version, np.uint8).reshape(1, -1)).tobytes())
    for table, names in _tables(about):
        columns = about.columns(table)
        stepless = table == STEPS
        for first, rows in _rows(folder / table, len(columns)):
            steps = np.arange(first + 1, first + 1 + len(rows)) if stepless else rows[:, 0].astype(np.int64)
            values = rows if stepless else rows[:, 1:]
            file.write(_records(_events(names, steps, values, began)).tobytes())


def _tables(about: About) -> Iterator[tuple[str, list[str]]]:
    """The tables that hold plain numbers, and what their columns are called there: groups are named before a slash."""
    yield STEPS, ["loss/train", *(f"gradient_norm/{_tag(name)}" for name in about.tensors)]
    yield EPOCHS, ["loss/validation", *(f"metric/{_tag(name)}" for name in about.metrics)]
    yield PULSE, [f"pulse/{_tag(name)}" for name in about.pulse_columns[1:]]
    yield LAYERS, [f"{name.rpartition(' ')[2]}/{_tag(name.rpartition(' ')[0])}" for name in about.layer_columns[1:]]


def _tag(name: str) -> str:
    return re.sub(r"[^\w./-]", "_", name)


def _rows(path: Path, width: int) -> Iterator[tuple[int, NDArray[np.float64]]]:
    """The rows of a table, some at a time, and the number of the first of them."""
    if not path.exists():
        return
    at = 0
    with path.open("rb") as file:
        while data := file.read(8 * width * _AT_ONCE):
            rows = np.frombuffer(data[: len(data) // (8 * width) * 8 * width], "<f8").reshape(-1, width)
            if len(rows):
                yield at, rows
            at += len(rows)


def _events(names: Sequence[str], steps: NDArray[np.int64], values: NDArray[np.float64], at: float) -> Bytes:
    """Events with these values (rows × names) at these steps, as bytes: one row each."""
    parts = [_field(1, _BYTES, name.encode()) + _field(2, _FLOAT, bytes(4)) for name in names]
    summary = b"".join(_field(1, _BYTES, part) for part in parts)
    head = _field(1, _DOUBLE, struct.pack("<d", at)) + _key(2, _VARINT)
    event = head + bytes(_STEP_BYTES) + _field(5, _BYTES, summary)
    found = np.tile(np.frombuffer(event, np.uint8), (len(steps), 1))
    for place in range(_STEP_BYTES):
        more = 0x80 if place < _STEP_BYTES - 1 else 0
        found[:, len(head) + place] = ((steps >> 7 * place) & 0x7F) | more
    end = len(event) - len(summary)
    with np.errstate(over="ignore"):  # what is too large for a single is infinite there
        singles = np.ascontiguousarray(values, "<f4")
    singles_bytes = singles.view(np.uint8).reshape(len(steps), len(names), 4)
    for column, part in enumerate(parts):
        end += len(_field(1, _BYTES, part))
        found[:, end - 4 : end] = singles_bytes[:, column]
    return found


def _key(number: int, kind: int) -> bytes:
    return bytes([number << 3 | kind])


def _field(number: int, kind: int, data: bytes) -> bytes:
    """A field of a protocol buffer."""
    return _key(number, kind) + (_varint(len(data)) if kind == _BYTES else b"") + data


def _varint(number: int) -> bytes:
    found = bytearray()
    while number > 0x7F:
        found.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*found, number])


def _records(events: Bytes) -> Bytes:
    """Equally long events (one a row) as records, with their checksums."""
    length = np.frombuffer(struct.pack("<Q", events.shape[1]), np.uint8)
    head = np.concatenate([length, _check(length.reshape(1, -1)).view(np.uint8)])
    checks = _check(events).view(np.uint8).reshape(len(events), 4)
    return np.concatenate([np.tile(head, (len(events), 1)), events, checks], axis=1)


def _table() -> Checks:
    found = np.arange(256, dtype=np.uint32)
    for _ in range(8):
        found = np.where(found & 1, (found >> 1) ^ np.uint32(0x82F63B78), found >> 1).astype(np.uint32)
    return found


_CRC = _table()


def _check(rows: Bytes) -> Checks:
    """The masked CRC-32C of each row (Castagnoli's polynomial; the mask is TensorFlow's)."""
    crc = np.full(len(rows), 0xFFFFFFFF, np.uint32)
    for column in np.ascontiguousarray(rows.T):
        crc = _CRC[(crc ^ column) & 0xFF] ^ (crc >> np.uint32(8))
    crc = crc ^ np.uint32(0xFFFFFFFF)
    return ((crc >> np.uint32(15) | crc << np.uint32(17)) + np.uint32(0xA282EAD8)).astype("<u4")
