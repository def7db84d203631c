"""Symbols to be remembered over a long silence, and then said again."""

import torch

from netbuilder.engine.loaders.splitting import keep_first


def load_copy_task(
    samples=1000, symbols=8, length=10, delay=20, validation=0.2, seed=0
):
    """Return (sequences, what to say) to train on, and the same kept aside.

    0 is silence, the symbols are 1 to `symbols`, and one more asks for the answer.
    """
    random = torch.Generator().manual_seed(seed)
    words = torch.randint(1, symbols + 1, (samples, length), generator=random)
    silence = torch.zeros(samples, length + delay, dtype=torch.int64)
    given = torch.cat((words, silence), 1)
    given[:, -length - 1] = symbols + 1
    return keep_first((given, torch.cat((silence, words), 1)), validation)
