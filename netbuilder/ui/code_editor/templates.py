"""Code to start a Python block from."""

from __future__ import annotations

FUNCTION = """def swish(x, beta: float = 1.0):
    return x * torch.sigmoid(beta * x)
"""

MODULE = """class Scale(nn.Module):
    def __init__(self, features: int = 16):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(features))

    def forward(self, x):
        return x * self.weight
"""

AUTOGRAD = """class MyReLU(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x.clamp(min=0)

    @staticmethod
    def backward(ctx, grad_output):
        (x,) = ctx.saved_tensors
        return grad_output * (x > 0)
"""
