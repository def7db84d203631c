"""From what a person calls a block to an identifier that is safe everywhere in the generated text."""

from __future__ import annotations

import builtins
import keyword
import re
import unicodedata
from collections.abc import Collection, Iterable

from netbuilder.codegen.loaded import LOADED

LONGEST = 32
LONGEST_CLASS = 60

# What `torch.nn.Module` already uses; a test compares this with the installed torch.
MODULE_ATTRIBUTES = frozenset(
    """T_destination add_module apply bfloat16 buffers call_super_init children compile cpu cuda double dump_patches
    eval extra_repr float forward get_buffer get_extra_state get_parameter get_submodule half ipu load_state_dict
    modules mtia named_buffers named_children named_modules named_parameters parameters register_backward_hook
    register_buffer register_forward_hook register_forward_pre_hook register_full_backward_hook
    register_full_backward_pre_hook register_load_state_dict_post_hook register_load_state_dict_pre_hook
    register_module register_parameter register_state_dict_post_hook register_state_dict_pre_hook requires_grad_
    set_extra_state set_submodule share_memory state_dict to to_empty train training type xpu zero_grad""".split()
)

# The functions that change samples at random.
AUGMENTING = frozenset(
    """v2 random_flip random_crop random_rotation random_color random_erasing add_noise mixup transform_each""".split()
)
# What metrics count by.
COUNTING = frozenset(
    """tally conclude mean_of in_top top_accuracy count_right share_of count_hits precision_of recall_of f1_of one_class
    macro_mean weighted_mean micro_mean count_classes print_counts sum_squares spread_of r2_of uniform_r2 weighted_r2
    sum_surprise perplexity_of""".split()
)
# What many processes share the work by.
SHARING = frozenset(
    """dist DistributedDataParallel nullcontext CHECKPOINTS take_share add_up newest_checkpoint
    save_checkpoint""".split()
)
# What stands at the top of the written program; a definition of that name would take its place.
PROGRAM = AUGMENTING | COUNTING | LOADED | SHARING
PROGRAM |= frozenset(
    """torch nn F Tensor math os random sys time Iterator Samples metrics objective evaluate train predict report main
    freeze augment make_optimizer make_scheduler load_data BATCH_SIZE ACCUMULATE EPOCHS STEPS MINUTES PATIENCE SEED
    DEVICE LEARNING_RATE STEPS_PER_EPOCH QuickConv2d""".split()
)
# And the names that its functions use.
_USED = PROGRAM | frozenset(
    """self x x_in model output loss validation samples batch order optimizer measured results text key step steps
    steps_per_epoch tensor indices values name value total totals shuffle device closure scheduler epochs counts
    counted part scaler best waiting deadline compiled batches groups group taken stages parameter p
    rank world parallel save start newest saved first weight number last state late buffer drawn""".split()
)

_PYTHON = {*keyword.kwlist, *keyword.softkwlist, *dir(builtins)}
RESERVED = MODULE_ATTRIBUTES | _USED | _PYTHON
# In a class: what its text means by something else, and the names of layers.
IN_FORWARD = frozenset(_PYTHON | {"self", "x", "x_in", "torch", "nn", "F", "math", "random", "Tensor"})
IN_CLASS = IN_FORWARD | MODULE_ATTRIBUTES


def identifier(
    text: str,
    fallback: str,
    taken: Iterable[str] = (),
    longest: int = LONGEST,
    reserved: Collection[str] = RESERVED,
) -> str:
    """An ASCII identifier like `text`, not reserved and not among `taken`.

    Letters are folded to their plain form (full-width, accents); what has none is left out,
    so that two names that merely look alike cannot become two variables that look alike.
    """
    folded = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    plain = re.sub(r"_{2,}", "_", re.sub(r"\W+", "_", folded, flags=re.ASCII)).strip("_")[:longest].rstrip("_")
    if not plain or plain.isdigit():
        plain = f"{fallback}{plain}"
    elif plain[0].isdigit():
        plain = f"{fallback}_{plain}"[:longest]
    found = f"{plain}_" if plain in reserved else plain
    taken = set(taken)
    number = 2
    while found in taken:
        found = f"{plain.rstrip('_')}_{number}"
        number += 1
    return found


def class_name(text: str, taken: Iterable[str] = ()) -> str:
    """An identifier for a class; what is no name at all becomes Net."""
    return identifier(text, "Net", taken, LONGEST_CLASS)
