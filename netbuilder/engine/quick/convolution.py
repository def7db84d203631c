"""A convolution of which little comes out: a matrix product is quicker there."""

# mypy: allow-untyped-defs, allow-untyped-calls, disable-error-code="operator, arg-type"

import torch.nn.functional as F  # noqa: N812 - torch's own custom
from torch import nn


class QuickConv2d(nn.Conv2d):
    """A convolution that is one matrix product where its result has few places."""

    most_places = 4

    def forward(self, x):
        """Return the result, shape (N, out_channels, height, width)."""
        ways = (self.kernel_size, self.dilation, self.padding, self.stride)
        height, width = (
            (size + 2 * padding - dilation * (kernel - 1) - 1) // stride + 1
            for size, kernel, dilation, padding, stride in zip(
                x.shape[2:], *ways, strict=True
            )
        )
        if height * width > self.most_places:
            return super().forward(x)
        places = F.unfold(x, *ways).mT
        results = F.linear(places, self.weight.flatten(1), self.bias)
        return results.mT.reshape(len(x), -1, height, width)
