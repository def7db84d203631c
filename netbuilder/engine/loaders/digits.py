"""Handwritten digits of 8×8 pixels."""

import torch

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
