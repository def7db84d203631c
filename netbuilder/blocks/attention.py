"""Attention: every step looks at all others and takes from those that matter to it."""

from __future__ import annotations

from collections.abc import Mapping

from netbuilder.blocks.block import Block, Category, Follows, Param, Port, Values
from netbuilder.blocks.torch_params import take


def _causal_mask(values: Values, inputs: Mapping[str, str]) -> str:
    x, dim = inputs["input"], values["dim"]
    dtype = ", dtype=torch.bool" if values["dtype"] == "bool" else ""
    return f"nn.Transformer.generate_square_subsequent_mask({x}.size({dim}), device={x}.device{dtype})"


def _dot_product(values: Values, inputs: Mapping[str, str]) -> str:
    found = [inputs["query"], inputs["key"], inputs["value"]]
    if "attn_mask" in inputs:
        found.append(f"attn_mask={inputs['attn_mask']}")
    if values["dropout_p"] != 0:  # the function does not know whether the network is being trained
        found.append(f"dropout_p={values['dropout_p']} if self.training else 0.0")
    defaults = {"is_causal": False, "scale": None, "enable_gqa": False}
    found += [f"{name}={values[name]}" for name, default in defaults.items() if values[name] != default]
    return f"F.scaled_dot_product_attention({', '.join(found)})"


BLOCKS: tuple[Block, ...] = (
    Block(
        "MultiheadAttention",
        Category.SEQUENCE,
        "attention",
        "For each query, blends the values, weighted by how well their keys match it.",
        more="Several heads do so side by side, each with its own learned view; a last linear layer joins them.",
        formula=(
            "head = softmax(Q·Kᵀ / √d + mask)·V\nQ, K, V = learned rows of query, key, value\n"
            "d = embed_dim / num_heads\nout = W·(all heads side by side) + b"
        ),
        shape_rule=(
            "From N × steps × embed_dim to the same shape; only the query's number of steps counts. The weights are "
            "N × query steps × key steps, with a dimension for the heads if average_attn_weights is off."
        ),
        cost=(
            "Parameters: 4 · embed_dim · (embed_dim + 1). Time grows with the square of the number of steps, and so "
            "does memory where the weights are kept."
        ),
        use=(
            "To let parts of a sequence, or of two, take note of each other. Wire one tensor to query, key and value "
            "for self-attention."
        ),
        inputs=(
            Port("query", dims=(3,), dtype="float32"),
            Port("key", dims=(3,), dtype="float32"),
            Port("value", dims=(3,), dtype="float32"),
            Port("key_padding_mask", dims=(2,), dtype="bool", optional=True),
            Port("attn_mask", dims=(2, 3), optional=True),
        ),
        outputs=(Port("output"), Port("weights", when="need_weights")),
        params=(
            *take(
                "nn.MultiheadAttention",
                embed_dim={
                    "kind": "int",
                    "help": "Features of each step; the heads share them.",
                    "low": 1,
                    "follows": Follows("query", -1),
                },
                num_heads={
                    "kind": "int",
                    "default": 4,
                    "help": "How many heads look side by side; the features are divided among them.",
                    "low": 1,
                },
                dropout={"help": "How likely each attention weight is to become zero."},
                bias={"help": "Add learned offsets to what is made of the inputs and to the output."},
                add_bias_kv={"help": "Add one learned key and value to every sequence."},
                add_zero_attn={"help": "Add one key and value of zeros, so that a query may look at nothing."},
                kdim={"kind": "int", "help": "Features of each key.", "low": 1, "none": "same as embed dim"},
                vdim={"kind": "int", "help": "Features of each value.", "low": 1, "none": "same as embed dim"},
                batch_first={"required": True, "default": True},
            ),
            # torch's default is True, which keeps its faster ways shut: here it is on only where a wire wants it.
            Param("need_weights", "bool", False, "Give the weights too; slower.", required=True, in_forward=True),
            Param(
                "average_attn_weights",
                "bool",
                True,
                "Give the mean of the heads' weights rather than those of each head.",
                in_forward=True,
            ),
            Param(
                "is_causal",
                "bool",
                False,
                "Promise that attn_mask is the causal mask, so that faster ways can be taken.",
                in_forward=True,
            ),
        ),
        module="nn.MultiheadAttention",
        result="{output}, {weights}",
        summary="{num_heads} heads · {embed_dim}",
        sample=("N,7,8", "N,5,8", "N,5,8", "-", "-"),
    ),
    Block(
        "ScaledDotProductAttention",
        Category.SEQUENCE,
        "attention",
        "For each query, blends the values, weighted by how well their keys match it, with nothing learned.",
        more="A yes-or-no mask says where to look, the opposite of MultiheadAttention's; one of floats is added.",
        formula="out = softmax(scale·Q·Kᵀ + mask)·V\nthe softmax runs over the keys",
        shape_rule=(
            "Query: N × … × steps × features; key and value have the same features but may have other steps. "
            "The output has the query's steps and the value's features."
        ),
        cost=(
            "It has no parameters. Time grows with the square of the number of steps; where torch has a fused way, "
            "memory does not."
        ),
        use="For attention of your own making: cut linear layers' outputs into heads, attend, and join them again.",
        inputs=(
            Port("query", dims=(3, 4), dtype="float32"),
            Port("key", dims=(3, 4), dtype="float32"),
            Port("value", dims=(3, 4), dtype="float32"),
            Port("attn_mask", dims=(2, 3, 4), optional=True),
        ),
        params=(
            Param("dropout_p", "float", 0.0, "How likely each weight is to become zero while training.", low=0, high=1),
            Param("is_causal", "bool", False, "Let each step look at itself and earlier ones only; takes no mask."),
            Param("scale", "float", None, "What the matches are multiplied by.", low=0, none="1 / √features"),
            Param("enable_gqa", "bool", False, "Let several heads of the query share one head of key and value."),
        ),
        writes=_dot_product,
        sample=("N,2,7,6", "N,2,5,6", "N,2,5,3", "-"),
        page="torch.nn.functional.scaled_dot_product_attention",
    ),
    Block(
        "CausalMask",
        Category.SEQUENCE,
        "mask",
        "Makes the mask that hides from each step all that come after it.",
        more="Of the sequence it takes the length alone; the same mask serves every sample and head.",
        formula="mask[t, s] = −∞ where s > t, else 0\nwith dtype bool: True where s > t",
        shape_rule="From N × T × … to T × T, where T is the size of dimension dim.",
        cost="It has no parameters; the mask holds T · T numbers and is made anew each time.",
        use=(
            "For networks that predict what comes next and must not see it. Wire it to a mask input; "
            "ScaledDotProductAttention needs none, it has a switch for it."
        ),
        inputs=(Port("input", dims=(2, 3, 4)),),
        outputs=(Port("mask"),),
        params=(
            Param("dim", "int", 1, "The dimension that counts the steps.", low=-8, high=8),
            Param(
                "dtype",
                "choice",
                "float32",
                "Numbers to be added, or True for what is hidden; beside a padding mask, take bool.",
                choices=("float32", "bool"),
            ),
        ),
        writes=_causal_mask,
        sample=("N,7,6",),
        page="torch.nn.Transformer",
    ),
)
