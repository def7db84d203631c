"""Pictures that torchvision knows how to fetch."""
# mypy: disable-error-code="import-not-found, import-untyped"

import torch

from netbuilder.engine.loaders.streaming import standardise_channels


def load_torchvision_set(dataset="CIFAR10", folder="data", download=False, scale=True):
    """Return (images, labels) to train on and (images, labels) to validate on."""
    try:
        from torchvision import datasets
    except ImportError:
        raise ImportError("This needs torchvision: pip install torchvision") from None
    parts = []
    for train in (True, False):
        try:
            found = getattr(datasets, dataset)(folder, train=train, download=download)
        except (OSError, RuntimeError) as error:
            reason = str(error).strip().split("\n")[0].rstrip(".")
            hint = "" if download else " With download=True it is fetched."
            problem = f"{dataset} cannot be had from {folder}: {reason}.{hint}"
            raise OSError(problem) from None
        images = torch.as_tensor(found.data).float() / 255
        images = images.unsqueeze(1) if images.dim() == 3 else images.movedim(3, 1)
        parts.append((images, torch.as_tensor(found.targets).long()))
    (images, labels), (kept, kept_labels) = parts
    if scale:
        images, kept = standardise_channels(images, kept)
    return (images, labels), (kept, kept_labels)
