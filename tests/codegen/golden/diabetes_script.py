"""Train DiabetesNet and print how well it does."""

import math

import torch
import torch.nn.functional as F
from torch import nn

BATCH_SIZE = 32
EPOCHS = 40
SEED = 0
DEVICE = "cuda" if torch.cuda.is_available() else "cpu"


class DiabetesNet(nn.Module):
    """Maps (N, 10) to (N, 1)."""

    def __init__(self):
        super().__init__()
        self.fc1 = nn.Linear(10, 32)
        self.relu = nn.ReLU()
        self.dropout = nn.Dropout(0.2)
        self.fc2 = nn.Linear(32, 1)

    def forward(self, x):
        x = self.fc1(x)
        x = self.relu(x)
        x = self.dropout(x)
        x = self.fc2(x)
        return x


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


def standardise(train, kept):
    """Shift and scale each column to mean 0 and spread 1 where it is trained on."""
    mean, spread = train.mean(0), train.std(0, correction=0)
    spread[spread == 0] = 1
    return (train - mean) / spread, (kept - mean) / spread


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


def load_data():
    """Return the tensors to train on and those to validate on."""
    return load_sklearn_table("diabetes")


def predict(model, batch):
    """Run the model on a batch; return what objective and metrics take."""
    features, target = batch
    output = model(features)
    return output, target


def objective(output, target):
    """Return the loss that training makes small."""
    loss = F.mse_loss(output, target)
    return loss


def metrics(output, target):
    """Return what is worth watching besides the loss."""
    return {}


@torch.no_grad()
def evaluate(model, samples):
    """Return the mean of the loss and of each metric over the samples."""
    model.eval()
    totals = {}
    for batch in zip(*(tensor.split(BATCH_SIZE) for tensor in samples)):
        results = predict(model, [tensor.to(DEVICE) for tensor in batch])
        for name, value in {"loss": objective(*results), **metrics(*results)}.items():
            totals[name] = totals.get(name, 0.0) + value.item() * len(batch[0])
    return {name: total / len(samples[0]) for name, total in totals.items()}


def make_optimizer(model):
    """Return what moves the weights along the gradient."""
    return torch.optim.AdamW(model.parameters(), lr=0.001, weight_decay=0.1)


def main():
    """Train the network, saying now and then how well it does."""
    torch.manual_seed(SEED)
    model = DiabetesNet().to(DEVICE)
    print(model)
    optimizer = make_optimizer(model)
    train, validation = load_data()
    shuffle = torch.Generator().manual_seed(SEED)
    steps_per_epoch = math.ceil(len(train[0]) / BATCH_SIZE)
    steps = EPOCHS * steps_per_epoch
    report = steps_per_epoch * max(1, steps // steps_per_epoch // 20)
    for step in range(steps):
        if step % steps_per_epoch == 0:
            order = torch.randperm(len(train[0]), generator=shuffle).split(BATCH_SIZE)
            model.train()
        indices = order[step % steps_per_epoch]
        batch = [tensor[indices].to(DEVICE) for tensor in train]
        loss = objective(*predict(model, batch))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        if (step + 1) % report == 0 or step + 1 == steps:
            values = {"loss": loss.item()}
            measured = evaluate(model, validation)
            values.update({f"validation {key}": measured[key] for key in measured})
            text = ", ".join(f"{name} {value:.4g}" for name, value in values.items())
            print(f"step {step + 1} of {steps}: {text}")


if __name__ == "__main__":
    main()
