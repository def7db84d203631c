"""Train VAE and print how well it does."""

import math

import torch
import torch.nn.functional as F
from torch import nn

BATCH_SIZE = 64
EPOCHS = 5
SEED = 0
DEVICE = "cuda" if torch.cuda.is_available() else "cpu"


class Encoder(nn.Module):
    """Maps (N, 1, 8, 8) to (N, 4) and (N, 4)."""

    def __init__(self):
        super().__init__()
        self.hidden = nn.Sequential(nn.Flatten(), nn.Linear(64, 64), nn.ReLU())
        self.to_mean = nn.Linear(64, 4)
        self.to_log_var = nn.Linear(64, 4)

    def forward(self, x):
        hidden = self.hidden(x)
        mean = self.to_mean(hidden)
        log_var = self.to_log_var(hidden)
        return mean, log_var


class VAE(nn.Module):
    """Maps (N, 1, 8, 8) to (N, 1, 8, 8) and (N)."""

    def __init__(self):
        super().__init__()
        self.encoder = Encoder()
        self.decoder = nn.Sequential(
            nn.Linear(4, 64),
            nn.ReLU(),
            nn.Linear(64, 64),
            nn.Tanh(),
            nn.Unflatten(1, (1, 8, 8)),
        )

    def forward(self, x):
        mean, log_var = self.encoder(x)
        x = log_var * 0.5
        std = torch.exp(x)
        noise = torch.randn_like(std)
        x = std * noise
        z = mean + x
        decoder = self.decoder(z)
        mean_squared = mean**2
        var = torch.exp(log_var)
        x = mean_squared + var
        x = x - log_var
        x = x - 1
        x = x.sum(1)
        kl = x * 0.5
        return decoder, kl


GLYPHS = (
    "011101000110001100011000101110",
    "001000110000100001000010001110",
    "011101000100010001000100011111",
    "111100000101110000010000111110",
    "000100011001010111110001000010",
    "111111000011110000010000111110",
    "011101000011110100011000101110",
    "111110000100010001000100001000",
    "011101000101110100011000101110",
    "011101000101111000010000101110",
)


def draw_digits(count=1797):
    """Draw digits, shifted and noisy, for where scikit-learn is not installed."""
    random = torch.Generator().manual_seed(0)
    glyphs = torch.tensor([[float(dot) for dot in glyph] for glyph in GLYPHS])
    labels = torch.randint(10, (count,), generator=random)
    images = torch.zeros(count, 8, 8)
    images[:, 1:7, 1:6] = 16 * glyphs[labels].view(count, 6, 5)
    for i, (down, right) in enumerate(
        torch.randint(-1, 2, (count, 2), generator=random)
    ):
        images[i] = images[i].roll((int(down), int(right)), (0, 1))
    images += 3 * torch.randn(images.shape, generator=random)
    return images.clamp(0, 16), labels


def load_digits(validation=0.2):
    """Return (images, labels) to train on and (images, labels) to validate on."""
    try:
        from sklearn import datasets
    except ImportError:
        images, labels = draw_digits()
    else:
        digits = datasets.load_digits()
        images = torch.tensor(digits.images, dtype=torch.float32)
        labels = torch.tensor(digits.target, dtype=torch.int64)
    images = (images.unsqueeze(1) - 8) / 8
    order = torch.randperm(len(images), generator=torch.Generator().manual_seed(0))
    aside = max(1, round(validation * len(images)))
    train, kept = order[aside:], order[:aside]
    return (images[train], labels[train]), (images[kept], labels[kept])


def load_data():
    """Return the tensors to train on and those to validate on."""
    return load_digits()


def predict(model, batch):
    """Run the model on a batch; return what objective and metrics take."""
    image, _ = batch
    decoder, kl = model(image)
    return decoder, kl, image


def objective(decoder, kl, image):
    """Return the loss that training makes small."""
    reconstruction = F.mse_loss(decoder, image)
    kl_loss = kl.mean()
    return reconstruction + 0.01 * kl_loss


def metrics(decoder, kl, image):
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
    return torch.optim.Adam(model.parameters(), lr=0.001)


def main():
    """Train the network, saying now and then how well it does."""
    torch.manual_seed(SEED)
    model = VAE().to(DEVICE)
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
