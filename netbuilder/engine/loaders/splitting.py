"""Which samples are trained on, and which are kept aside to measure by."""

import torch


def split_samples(labels, validation=0.2, split="random", folds=None, fold=1, seed=0):
    """Return the numbers of the samples to train on and of those kept aside."""
    count = len(labels)
    if folds and not 1 <= fold <= folds <= count:
        text = f"Fold {fold} of {folds} cannot be made of {count} samples."
        raise ValueError(text)
    if count < 2:
        raise ValueError(f"Of {count} samples none can be kept aside.")
    order = torch.arange(count)
    if split != "last":
        random = torch.Generator().manual_seed(seed)
        order = torch.randperm(count, generator=random)
    if split == "stratified":
        # In the order of their labels, so that of each class as large a part is taken.
        order = order[labels.reshape(count, -1)[order, 0].argsort(stable=True)]
    place = torch.arange(count)
    if folds:
        part = place * folds // count if split == "last" else place % folds
        aside = part == fold - 1
    else:
        number = min(max(1, round(validation * count)), count - 1)
        aside = place >= count - number
        if split != "last":
            aside = (place + 1) * number // count > place * number // count
    return order[~aside].sort().values, order[aside].sort().values


def keep_first(columns, validation):
    """Return columns in no order to train on, and their first samples, kept aside."""
    count = len(columns[0])
    aside = min(max(1, round(validation * count)), count - 1)
    train = tuple(column[aside:] for column in columns)
    return train, tuple(column[:aside] for column in columns)
