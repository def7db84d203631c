"""Train CharGPT and print how well it does."""

import math

import torch
import torch.nn.functional as F
from torch import nn

BATCH_SIZE = 32
EPOCHS = 5
SEED = 0
DEVICE = "cuda" if torch.cuda.is_available() else "cpu"


class CausalSelfAttention(nn.Module):
    """Maps (N, 32, 64) to (N, 32, 64)."""

    def __init__(self, n_embd):
        super().__init__()
        self.query = nn.Linear(n_embd, n_embd)
        self.key = nn.Linear(n_embd, n_embd)
        self.value = nn.Linear(n_embd, n_embd)
        self.proj = nn.Linear(n_embd, n_embd)

    def forward(self, x):
        out = self.query(x)
        out = out.unflatten(2, (4, -1))
        out = out.transpose(1, 2)
        key = self.key(x)
        key = key.unflatten(2, (4, -1))
        key = key.transpose(1, 2)
        value = self.value(x)
        value = value.unflatten(2, (4, -1))
        value = value.transpose(1, 2)
        out = F.scaled_dot_product_attention(out, key, value, is_causal=True)
        out = out.transpose(1, 2)
        out = torch.flatten(out, 2)
        out = self.proj(out)
        return out


class Block(nn.Module):
    """Maps (N, 32, 64) to (N, 32, 64)."""

    def __init__(self, n_embd, hidden):
        super().__init__()
        self.ln_1 = nn.LayerNorm(n_embd)
        self.attn = CausalSelfAttention(n_embd)
        self.ln_2 = nn.LayerNorm(n_embd)
        self.mlp = nn.Sequential(
            nn.Linear(n_embd, hidden),
            nn.GELU(),
            nn.Linear(hidden, n_embd),
            nn.Dropout(0.1),
        )

    def forward(self, x):
        out = self.ln_1(x)
        out = self.attn(out)
        add_1 = x + out
        out = self.ln_2(add_1)
        out = self.mlp(out)
        out = add_1 + out
        return out


class CharGPT(nn.Module):
    """Maps (N, 32) to (N, 65, 32)."""

    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(65, 64)
        self.positions = nn.Parameter(torch.randn(32, 64) * 0.02)
        self.dropout = nn.Dropout(0.1)
        self.blocks = nn.Sequential(*(Block(64, 256) for _ in range(4)))
        self.ln_f = nn.LayerNorm(64)
        self.head = nn.Linear(64, 65, bias=False)
        self.head.weight = self.embedding.weight

    def forward(self, x):
        x = self.embedding(x)
        x = x + self.positions
        x = self.dropout(x)
        x = self.blocks(x)
        x = self.ln_f(x)
        x = x * 0.125
        x = self.head(x)
        x = x.transpose(1, 2)
        return x


def load_random_tensors(
    samples=64,
    input_shape=(1000,),
    target="numbers",
    target_shape=(10,),
    classes=10,
    seed=0,
    input="numbers",
    indices=100,
):
    """Return (x, y) to train on, and None: there is nothing to validate on."""
    random = torch.Generator().manual_seed(seed)
    if input == "indices":
        x = torch.randint(indices, (samples, *input_shape), generator=random)
    else:
        x = torch.randn(samples, *input_shape, generator=random)
    if target == "classes":
        y = torch.randint(classes, (samples,), generator=random)
    elif target == "sequence":
        y = torch.randint(classes, (samples, *target_shape), generator=random)
    else:
        y = torch.randn(samples, *target_shape, generator=random)
    return (x, y), None


def load_data():
    """Return the tensors to train on and those to validate on."""
    return load_random_tensors(
        input_shape=(32,),
        input="indices",
        indices=65,
        target="sequence",
        target_shape=(32,),
        classes=65,
    )


def predict(model, batch):
    """Run the model on a batch; return what objective and metrics take."""
    x_, y = batch
    output = model(x_)
    return output, y


def objective(output, y):
    """Return the loss that training makes small."""
    loss = F.cross_entropy(output, y)
    return loss


def make_optimizer(model):
    """Return what moves the weights along the gradient."""
    return torch.optim.AdamW(model.parameters(), lr=0.001, weight_decay=0.1)


def main():
    """Train the network, saying now and then how well it does."""
    torch.manual_seed(SEED)
    model = CharGPT().to(DEVICE)
    print(model)
    optimizer = make_optimizer(model)
    train, _ = load_data()
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
            text = ", ".join(f"{name} {value:.4g}" for name, value in values.items())
            print(f"step {step + 1} of {steps}: {text}")


if __name__ == "__main__":
    main()
