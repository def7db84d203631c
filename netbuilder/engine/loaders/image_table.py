"""Pictures whose names stand in a table, each beside what is to be found out of it."""

import os
from functools import partial

from netbuilder.engine.loaders.csv_table import read_csv
from netbuilder.engine.loaders.describing import FEW, Description, Output
from netbuilder.engine.loaders.pictures import load_pictures, read_picture
from netbuilder.engine.loaders.scaling import standardise
from netbuilder.engine.loaders.tables import encode_targets


def list_pictures(table, folder, name):
    """Return the paths of the pictures in a column of a table."""
    name = next(iter(table.columns)) if name is None else name
    files = [os.path.join(folder, text) for text in table.column(name).texts()]
    for row, file in enumerate(files):
        if not os.path.isfile(file):
            raise ValueError(f"{table.at(row)}: there is no picture {file}.")
    return files


def load_image_table(
    file,
    folder,
    name=None,
    target=None,
    target_is="guess",
    size=64,
    color="color",
    fit="crop",
    scale=True,
    scale_target=True,
    validation_file=None,
    validation=0.2,
    split="random",
    folds=None,
    fold=1,
    seed=0,
    memory=2000,
):
    """Return (images, targets) to train on and (images, targets) kept aside."""
    table, kept = read_csv(file, True), None
    targets = table.targets(target, target_is)
    if validation_file is not None:
        other = read_csv(validation_file, True)
        kept = list_pictures(other, folder, name), encode_targets(other, targets)
    read = partial(read_picture, size=size, color=color, fit=fit)
    files, labels = list_pictures(table, folder, name), encode_targets(table, targets)
    how = validation, split, folds, fold, seed
    train, kept = load_pictures(files, labels, kept, read, scale, memory, how)
    (x, y), (kept_x, kept_y) = train, kept
    if scale_target and y.is_floating_point():
        y, kept_y = standardise(y, kept_y)
    return (x, y), (kept_x, kept_y)


def describe_image_table(file, folder, name, target, target_is, size, color, fit, **_):
    """Say what `load_image_table` gives, by the table and one of the pictures."""
    table = read_csv(file, True, FEW)
    targets = table.targets(target, target_is)
    y = encode_targets(table, targets)
    files = list_pictures(table, folder, name)
    image = read_picture(files[0], size, color, fit)
    (words,) = targets.values() if len(targets) == 1 else (None,)
    goal = Output(tuple(y.shape[1:]))
    if words is not None:
        goal = Output((), "int64", len(words), tuple(words))
    facts = [("pictures", f"{len(files):,}")]
    facts += [(n, f"{len(w)} words" if w else "number") for n, w in targets.items()]
    return Description({"image": Output(tuple(image.shape)), "target": goal}, facts)
