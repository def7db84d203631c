"""The optimizer's two calls of every step, without what torch wraps around them for its profiler and for hooks.

On tiny networks these wrappers take longer than the arithmetic. Where something is hooked in, they stay.
"""

from __future__ import annotations

import functools
from collections.abc import Callable

import torch
from torch.optim import optimizer as torch_optimizer


def update_of(optimizer: torch.optim.Optimizer) -> Callable[[], object]:
    """What `optimizer.step()` does. Asked for when the schedulers are made, before the first step."""
    wrapped = type(optimizer).step
    bare = getattr(wrapped, "__wrapped__", None)
    hooks = (
        optimizer._optimizer_step_pre_hooks,
        optimizer._optimizer_step_post_hooks,
        torch_optimizer._global_optimizer_pre_hooks,
        torch_optimizer._global_optimizer_post_hooks,
    )
    if bare is None or not getattr(wrapped, "hooked", False) or any(hooks):
        return optimizer.step
    optimizer._opt_called = True  # type: ignore[attr-defined]  # else a scheduler says that it came too early
    return functools.partial(bare, optimizer)


def forgetting_of(optimizer: torch.optim.Optimizer) -> Callable[[], None]:
    """What `optimizer.zero_grad()` does. The optimizer's parameters stay the ones there are now."""
    parameters = [p for group in optimizer.param_groups for p in group["params"]]

    def forget() -> None:
        for parameter in parameters:
            parameter.grad = None

    return forget
