"""The small tables that come with scikit-learn."""

import torch

from netbuilder.engine.loaders.describing import Description, Output
from netbuilder.engine.loaders.scaling import standardise
from netbuilder.engine.loaders.splitting import split_samples


def load_sklearn_table(
    dataset="iris",
    scale=True,
    scale_target=True,
    validation=0.2,
    split="stratified",
    folds=None,
    fold=1,
    seed=0,
):
    """Return (features, targets) to train on and (features, targets) kept aside."""
    try:
        from sklearn import datasets
    except ImportError:
        raise ImportError("This needs scikit-learn: pip install scikit-learn") from None
    table = getattr(datasets, f"load_{dataset}")()
    features = torch.tensor(table.data, dtype=torch.float32)
    classes = "target_names" in table and len(table.target.shape) == 1
    target = torch.tensor(table.target)
    target = target.long() if classes else target.float().view(len(features), -1)
    train, kept = split_samples(target, validation, split, folds, fold, seed)
    x, kept_x = features[train], features[kept]
    y, kept_y = target[train], target[kept]
    if scale:
        x, kept_x = standardise(x, kept_x)
    if scale_target and not classes:
        y, kept_y = standardise(y, kept_y)
    return (x, y), (kept_x, kept_y)


def describe_sklearn_table(dataset, **_):
    """Say what the features and classes that `load_sklearn_table` gives are called."""
    from sklearn import datasets

    table = getattr(datasets, f"load_{dataset}")()
    targets = tuple(map(str, table.get("target_names", ())))
    names = tuple(map(str, table.feature_names))
    target = Output((len(targets) or 1,), names=targets)
    if targets and len(table.target.shape) == 1:
        target = Output((), "int64", len(targets), targets)
    return Description(
        {"features": Output((len(names),), names=names), "target": target}, []
    )
