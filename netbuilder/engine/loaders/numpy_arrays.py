"""Arrays in NumPy's own files: one array in an .npy, several with names in an .npz."""

import tempfile
import zipfile

import torch

from netbuilder.engine.loaders.columns import (
    as_target,
    describe_columns,
    split_columns,
)
from netbuilder.engine.loaders.describing import FEW


def read_parts(source, most=None):
    """Yield what can be read of an opened file, or about the first `most` bytes."""
    size = 0
    while (most is None or size < most) and (part := source.read(2**20)):
        size += len(part)
        yield part


def map_member(file, archive, member, most=None):
    """Return an array of an archive, mapped: where it lies, or unpacked into a file.

    Nobody sees that file, and it goes with the array. Behind about `most` bytes it may
    hold nothing but zeros.
    """
    import numpy

    with (
        open(file, "rb") if not member.compress_type else tempfile.TemporaryFile() as f
    ):
        if member.compress_type:
            try:
                with archive.open(member) as packed:
                    for part in read_parts(packed, most):
                        f.write(part)
                f.truncate(member.file_size)
            except OSError as error:
                problem = f"it needs more room in {tempfile.gettempdir()}"
                raise ValueError(f"{problem}: {error.strerror}") from None
            f.seek(0)
        else:  # behind its own header: 30 bytes, its name, and what else there is
            f.seek(member.header_offset + 26)
            sizes = f.read(4)
            lengths = sizes[0] + 256 * sizes[1] + sizes[2] + 256 * sizes[3]
            f.seek(member.header_offset + 30 + lengths)
        if numpy.lib.format.read_magic(f) == (1, 0):
            head = numpy.lib.format.read_array_header_1_0(f)
        else:
            head = numpy.lib.format.read_array_header_2_0(f)
        shape, by_columns, dtype = head
        if dtype.hasobject:
            raise ValueError("it holds Python objects")
        at = f.tell()
        if by_columns:
            return numpy.memmap(f, dtype, "r", at, shape, "F")
        return numpy.memmap(f, dtype, "r", at, shape)


def open_array(file, name, place, megabytes, most=None):
    """Return an array: what is large stays on the disk."""
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
            member = archive.getinfo(archive.namelist()[names.index(name)])
            if member.file_size > megabytes * 10**6:
                return map_member(file, archive, member, most)
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


def array_columns(file, target_file, x, y, megabytes, most=None):
    """Return the samples, a function that reads one of them, and the targets."""
    inputs = open_array(file, x, 0, megabytes, most)
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
    inputs, read, goal = array_columns(file, target_file, x, y, memory, FEW)
    return describe_columns(file, len(inputs), read(0), goal)
