"""Arrays in NumPy's own files: one array in an .npy, several with names in an .npz."""

import zipfile

import torch

from netbuilder.engine.loaders.columns import (
    as_target,
    describe_columns,
    split_columns,
)


def open_array(file, name, place, megabytes):
    """Return an array: what is large and alone in its file stays on the disk."""
    import numpy

    try:
        if not str(file).lower().endswith(".npz"):
            return numpy.lib.format.open_memmap(file, mode="r")
        with zipfile.ZipFile(file) as archive:
            names = [found.removesuffix(".npy") for found in archive.namelist()]
            if name is None and place < len(names):
                name = names[place]
            if name not in names:
                raise ValueError(f"{file} has no {name or 'second array'}: {names}")
            size = archive.getinfo(archive.namelist()[names.index(name)]).file_size
        if size > megabytes * 10**6:
            problem = (
                f"{name} takes {size // 10**6} MB in memory; an .npy can be larger"
            )
            raise ValueError(problem)
        with numpy.load(file, allow_pickle=False) as arrays:
            return arrays[name]
    except OSError as error:
        reason = error.strerror or error
        raise OSError(f"{file} cannot be read: {reason}.") from None
    except (ValueError, EOFError, KeyError, zipfile.BadZipFile) as error:
        reason = str(error).split("\n")[0].rstrip(".")
        raise ValueError(
            f"{file} holds no arrays that can be used: {reason}."
        ) from None


def array_columns(file, target_file, x, y, megabytes):
    """Return the samples, a function that reads one of them, and the targets."""
    inputs = open_array(file, x, 0, megabytes)
    goal = open_array(target_file or file, y, 0 if target_file else 1, megabytes)
    for found in (inputs, goal):
        if found.dtype.kind not in "biuf" or not found.ndim:
            raise ValueError(f"{file} holds {found.dtype}, which are no numbers.")

    def read(i):
        return torch.tensor(inputs[i], dtype=torch.float32)

    whole = goal.astype("float32" if goal.dtype.kind == "f" else "int64")
    return inputs, read, as_target(target_file or file, torch.from_numpy(whole))


def load_numpy_arrays(
    file,
    target_file=None,
    x=None,
    y=None,
    scale=False,
    validation=0.2,
    split="random",
    folds=None,
    fold=1,
    seed=0,
    memory=2000,
):
    """Return (x, y) to train on and (x, y) kept aside."""
    inputs, read, goal = array_columns(file, target_file, x, y, memory)
    how = validation, split, folds, fold, seed
    return split_columns(file, len(inputs), read, goal, scale, memory, how)


def describe_numpy_arrays(file, target_file, x, y, memory, **_):
    """Say what `load_numpy_arrays` gives."""
    inputs, read, goal = array_columns(file, target_file, x, y, memory)
    return describe_columns(file, len(inputs), read(0), goal)
