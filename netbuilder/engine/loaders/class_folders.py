"""Folders in a folder, one for each class, with the class's files in it."""

import os

import torch


def list_classes(folder, endings):
    """Return the classes by name, all files of those kinds, and the class of each."""
    try:
        entries = [e for e in os.scandir(folder) if e.is_dir() and e.name[0] != "."]
    except OSError as error:
        raise OSError(f"{folder} cannot be read: {error.strerror}.") from None
    classes = sorted(entry.name for entry in entries)
    if not classes:
        raise ValueError(f"{folder} has no folders in it, one for each class.")
    if len(classes) == 1:
        raise ValueError(f"{folder} has one class only: {classes[0]}.")
    files, labels = [], []
    for label, name in enumerate(classes):
        inner = os.path.join(folder, name)
        found = [os.path.join(at, f) for at, _, fs in os.walk(inner) for f in fs]
        found = sorted(path for path in found if path.lower().endswith(endings))
        if not found:
            raise ValueError(f"{inner} has no files of the kind {', '.join(endings)}.")
        files += found
        labels += [label] * len(found)
    return classes, files, torch.tensor(labels)


def same_classes(folder, endings, classes):
    """Return the files of another folder with these classes, and the class of each."""
    others, files, labels = list_classes(folder, endings)
    if others != classes:
        raise ValueError(f"{folder} has other classes: {', '.join(others[:10])}.")
    return files, labels
