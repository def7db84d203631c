"""Pictures of any size and any classes in four IDX files, named as MNIST's are."""

from netbuilder.engine.loaders.describing import Description, Output
from netbuilder.engine.loaders.idx import read_idx


def read_idx_part(folder, part):
    """Return the pictures and labels of one part, as they are in the files."""
    images = read_idx(folder, f"{part}-images-idx3-ubyte", 3)
    labels = read_idx(folder, f"{part}-labels-idx1-ubyte", 1)
    if len(images) != len(labels):
        problem = f"{len(images)} pictures and {len(labels)} labels"
        raise ValueError(f"The {part} files in {folder} do not fit: {problem}.")
    return images, labels.long()


def load_idx_folder(folder, scale=True):
    """Return (images, labels) to train on and (images, labels) to validate on."""
    images, labels = read_idx_part(folder, "train")
    kept, kept_labels = read_idx_part(folder, "t10k")
    images, kept = images.unsqueeze(1) / 255, kept.unsqueeze(1) / 255
    if images.shape[1:] != kept.shape[1:]:
        raise ValueError(f"The train and t10k files in {folder} differ in size.")
    if scale:
        mean, spread = images.mean(), images.std()
        if spread == 0:
            raise ValueError(f"All pictures in {folder} are blank.")
        images, kept = (images - mean) / spread, (kept - mean) / spread
    return (images, labels), (kept, kept_labels)


def describe_idx_folder(folder, **_):
    """Say what `load_idx_folder` gives."""
    images, labels = read_idx_part(folder, "train")
    kept, kept_labels = read_idx_part(folder, "t10k")
    if images.shape[1:] != kept.shape[1:]:
        raise ValueError(f"The train and t10k files in {folder} differ in size.")
    classes = int(max(labels.max(), kept_labels.max())) + 1
    if len(labels.unique()) < 2:
        raise ValueError(f"All labels in {folder} are of one class.")
    facts = [("pictures", f"{len(images):,}"), ("kept aside", f"{len(kept):,}")]
    image = Output((1, *images.shape[1:]))
    return Description({"image": image, "label": Output((), "int64", classes)}, facts)
