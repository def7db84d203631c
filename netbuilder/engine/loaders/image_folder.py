"""Pictures in folders, one folder for each class."""

from functools import partial

from netbuilder.engine.loaders.class_folders import list_classes, same_classes
from netbuilder.engine.loaders.describing import Description, Output
from netbuilder.engine.loaders.pictures import load_pictures, read_picture

PICTURES = (".png", ".jpg", ".jpeg", ".bmp", ".gif", ".webp", ".tif", ".tiff", ".ppm")


def load_image_folder(
    folder,
    size=64,
    color="color",
    fit="crop",
    scale=True,
    validation_folder=None,
    validation=0.2,
    split="stratified",
    folds=None,
    fold=1,
    seed=0,
    memory=2000,
):
    """Return (images, labels) to train on and (images, labels) kept aside."""
    classes, files, labels = list_classes(folder, PICTURES)
    kept = None
    if validation_folder is not None:
        kept = same_classes(validation_folder, PICTURES, classes)
    read = partial(read_picture, size=size, color=color, fit=fit)
    how = validation, split, folds, fold, seed
    return load_pictures(files, labels, kept, read, scale, memory, how)


def describe_image_folder(folder, size, color, fit, validation_folder, **_):
    """Say what `load_image_folder` gives, by the names and one of the pictures."""
    classes, files, labels = list_classes(folder, PICTURES)
    image = read_picture(files[0], size, color, fit)
    facts = [("pictures", f"{len(files):,}")]
    if validation_folder is not None:
        kept, _ = same_classes(validation_folder, PICTURES, classes)
        facts.append(("kept aside", f"{len(kept):,}"))
    counts = labels.bincount().tolist()
    facts += [(name, f"{n:,}") for name, n in zip(classes, counts, strict=True)]
    label = Output((), "int64", len(classes), tuple(classes))
    return Description({"image": Output(tuple(image.shape)), "label": label}, facts)
