"""Random changes of a batch, each sample by itself."""

import math

import torch
import torch.nn.functional as F  # noqa: N812 - torch's own custom


def random_flip(x, horizontal=0.5, vertical=0.0):
    """Mirror pictures with these chances: left to right, and top to bottom."""
    for chance, dim in ((horizontal, -1), (vertical, -2)):
        if chance:
            chosen = torch.rand(len(x), 1, 1, 1, device=x.device) < chance
            x = torch.where(chosen, x.flip(dim), x)
    return x


def random_crop(x, padding=4, mode="replicate"):
    """Widen pictures on every side and cut their size out at a random place."""
    count, _, height, width = x.shape
    top, left = torch.randint(2 * padding + 1, (2, count, 1, 1), device=x.device)
    rows = top + torch.arange(height, device=x.device).view(1, -1, 1)
    columns = left + torch.arange(width, device=x.device).view(1, 1, -1)
    samples = torch.arange(count, device=x.device).view(-1, 1, 1)
    padded = F.pad(x, [padding] * 4, mode)
    return padded[samples, :, rows, columns].permute(0, 3, 1, 2).contiguous()


def random_rotation(x, degrees=15):
    """Turn pictures by an angle of up to so many degrees to either side."""
    angle = math.radians(degrees) * (2 * torch.rand(len(x), device=x.device) - 1)
    cos, sin, zero = angle.cos(), angle.sin(), torch.zeros_like(angle)
    ratio = x.shape[-2] / x.shape[-1]
    turn = torch.stack([cos, -sin * ratio, zero, sin / ratio, cos, zero], 1)
    grid = F.affine_grid(turn.view(-1, 2, 3), x.shape, align_corners=False)
    return F.grid_sample(x, grid, padding_mode="border", align_corners=False)


def random_color(x, brightness=0.2, contrast=0.2, saturation=0.2):
    """Change the light of pictures, measured against each picture's own numbers."""
    light, depth, color = 2 * torch.rand(3, len(x), 1, 1, 1, device=x.device) - 1
    mean, spread = x.mean((1, 2, 3), True), x.std((1, 2, 3), keepdim=True)
    x = mean + (x - mean) * (1 + contrast * depth) + brightness * light * spread
    grey = x.mean(1, True)
    return grey + (x - grey) * (1 + saturation * color)


def random_erasing(x, chance=0.5, smallest=0.02, largest=0.33):
    """Cover a rectangle of pictures with their mean colour."""
    count, _, height, width = x.shape
    draws = torch.rand(5, count, 1, 1, 1, device=x.device)
    area = smallest + (largest - smallest) * draws[0]
    stretch = torch.exp(math.log(3) * (2 * draws[1] - 1))
    tall = (area * stretch).sqrt().clamp(max=1) * height
    wide = (area / stretch).sqrt().clamp(max=1) * width
    rows = torch.arange(height, device=x.device).view(-1, 1)
    columns = torch.arange(width, device=x.device)
    down, along = rows - draws[2] * (height - tall), columns - draws[3] * (width - wide)
    inside = (down >= 0) & (down < tall) & (along >= 0) & (along < wide)
    return torch.where(inside & (draws[4] < chance), x.mean((2, 3), True), x)


def add_noise(x, amount=0.1):
    """Add noise, so wide in parts of the samples' own spread."""
    return x + amount * x.std() * torch.randn_like(x)


def mixup(x, target, classes, alpha=0.2):
    """Mix each sample with another one, and their classes in the same proportion."""
    share = torch.distributions.Beta(alpha, alpha).sample((len(x), 1)).to(x.device)
    other = torch.randperm(len(x), device=x.device)
    chances = F.one_hot(target, classes).float()
    target = share * chances + (1 - share) * chances[other]
    share = share.view(-1, *[1] * (x.dim() - 1))
    return share * x + (1 - share) * x[other], target


def transform_each(x, transform):
    """Change each picture by itself with something made for pixels from 0 to 255."""
    low, high = x.amin(), x.amax()
    scale = (high - low).clamp_min(1e-12) / 255
    pixels = ((x - low) / scale).round().to(torch.uint8).cpu()
    changed = torch.stack([transform(picture) for picture in pixels])
    return low + scale * changed.to(x)
