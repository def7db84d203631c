"""What can train on this computer, and a sentence for what cannot."""

from __future__ import annotations

import os
import platform
from pathlib import Path

import torch

from netbuilder.blocks.sentence import Refused
from netbuilder.bridge.reports import Device


def devices() -> tuple[Device, ...]:
    """The devices torch can use, with their real names."""
    found = [Device("cpu", f"{_processor()} · {os.cpu_count() or 1} cores")]
    if torch.cuda.is_available():
        found += [Device(f"cuda:{i}", torch.cuda.get_device_name(i)) for i in range(torch.cuda.device_count())]
    if torch.backends.mps.is_available():
        found.append(Device("mps", "Apple GPU"))
    return tuple(found)


def check_device(wanted: str) -> Device:
    """The device of that name; Refused, with the names there are, when torch cannot use it."""
    name = "cuda:0" if wanted == "cuda" else wanted
    there = devices()
    for device in there:
        if device.id == name:
            return device
    raise Refused(
        "The device {device} is not available here: choose one of {there}.",
        device=wanted[:40],
        there=", ".join(device.id for device in there),
    )


def _processor() -> str:
    try:
        for line in Path("/proc/cpuinfo").read_text("utf-8").splitlines():
            if line.startswith("model name"):
                return " ".join(line.partition(":")[2].replace("(R)", "").replace("(TM)", "").split())
    except OSError:
        pass
    return platform.processor() or platform.machine() or "CPU"
