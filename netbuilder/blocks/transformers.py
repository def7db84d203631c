"""The Transformer and its layers: attention and a small network for each step, again and again."""

from __future__ import annotations

from typing import Any

from netbuilder.blocks.block import Block, Category, Follows, Param, Port, Values
from netbuilder.blocks.torch_params import take

_NHEAD = "How many heads look side by side; the features are divided among them."
_BOTH = "Wire memory to what an encoder made of the other sequence."


def _params(name: str, port: str, without: tuple[str, ...] = (), **own: dict[str, Any]) -> tuple[Param, ...]:
    """The parameters that a layer of a Transformer has, whichever it is."""
    words: dict[str, dict[str, Any]] = {
        "d_model": {
            "help": "Features of each step; they stay as many all through.",
            "low": 1,
            "follows": Follows(port, -1),
            "positional": True,
        },
        "nhead": {"help": _NHEAD, "low": 1, "positional": True},
        "dim_feedforward": {"help": "Numbers between the two linear layers that each step goes through.", "low": 1},
        "activation": {"kind": "choice", "choices": ("relu", "gelu"), "help": "What bends the numbers between them."},
        "layer_norm_eps": {"help": "Added in the normalizations so that nothing is divided by zero.", "low": 0},
        "batch_first": {"required": True, "default": True},
        "norm_first": {
            "help": "Normalize before attention and linear layers, not after: deep stacks learn more easily."
        },
        "bias": {"help": "Add learned offsets in linear layers and normalizations."},
    }
    return take(name, without=without, **{key: words.get(key, {}) | own.get(key, {}) for key in {**words, **own}})


def _causal(name: str, mask: str, required: bool = False) -> Param:
    """A promise about a mask; where torch would look into the mask to find out, it is `required`, so always written.

    Looking needs the numbers, and shapes are found without any; a False costs a little time and is never wrong.
    """
    text = f"Promise that {mask} is the causal mask, so that faster ways can be taken."
    return Param(name, "bool", False, text, required=required, in_forward=True)


def _port(name: str) -> Port:
    return Port(name, dims=(3,), dtype="float32")


def _mask(name: str) -> Port:
    return Port(name, dims=(2, 3), optional=True)


def _padding(name: str) -> Port:
    return Port(name, dims=(2,), dtype="bool", optional=True)


_ENCODER_LAYER = _params("nn.TransformerEncoderLayer", "src", nhead={"default": 4})
_DECODER_LAYER = _params("nn.TransformerDecoderLayer", "tgt", nhead={"default": 4})
_DECODER_INPUTS = (
    _port("tgt"),
    _port("memory"),
    _mask("tgt_mask"),
    _mask("memory_mask"),
    _padding("tgt_key_padding_mask"),
    _padding("memory_key_padding_mask"),
)
_SWITCHES = {
    "enable_nested_tensor": {"help": "After training, skip what a padding mask hides, where torch can."},
    "mask_check": {"help": "Look whether the padding is all at the end before skipping it."},
}


def _layer(name: str, params: tuple[Param, ...], values: Values) -> str:
    """The constructor of a layer: size and heads by place, the others by name where they are not torch's default."""
    found = [str(values[param.name]) for param in params if param.positional]
    for param in params:
        value = values[param.name]
        if not param.positional and (param.required or value != param.default):
            found.append(f'{param.name}="{value}"' if value in param.choices else f"{param.name}={value}")
    return f"nn.{name}({', '.join(found)})"


def _encoder(values: Values) -> str:
    layer = _layer("TransformerEncoderLayer", _ENCODER_LAYER, values)
    off = "".join(f", {name}={values[name]}" for name in _SWITCHES if values[name] is not True)
    return f"nn.TransformerEncoder({layer}, {values['num_layers']}{off})"


def _decoder(values: Values) -> str:
    return f"nn.TransformerDecoder({_layer('TransformerDecoderLayer', _DECODER_LAYER, values)}, {values['num_layers']})"


BLOCKS: tuple[Block, ...] = (
    Block(
        "TransformerEncoderLayer",
        Category.SEQUENCE,
        "encoder",
        "Lets every step look at all steps, then sends each through two linear layers.",
        more="What came in is added again after both, so the layer only has to learn what to change.",
        formula=(
            "a = norm(in + attention(in, in, in))\nout = norm(a + W2·f(W1·a + b1) + b2)\nf is the activation\n"
            "with norm_first, norm is inside the brackets"
        ),
        shape_rule="The shape does not change: N × steps × d_model, and nhead must divide d_model.",
        cost=(
            "Parameters: about d_model · (4 · d_model + 2 · dim_feedforward). Attention's time grows with the square "
            "of the number of steps."
        ),
        use="To build an encoder layer by layer. Order is not seen: add what tells positions before the first.",
        inputs=(_port("src"), _mask("src_mask"), _padding("src_key_padding_mask")),
        params=(*_ENCODER_LAYER, _causal("is_causal", "src_mask")),
        module="nn.TransformerEncoderLayer",
        summary="{nhead} heads · {d_model}",
        sample=("N,7,8", "-", "-"),
    ),
    Block(
        "TransformerDecoderLayer",
        Category.SEQUENCE,
        "decoder",
        "Lets every step look at its own sequence, then at another, then sends it through two linear layers.",
        more=f"{_BOTH[:-1]}; what came in is added again after each part.",
        formula=(
            "a = norm(tgt + attention(tgt, tgt, tgt))\nb = norm(a + attention(a, memory, memory))\n"
            "out = norm(b + W2·f(W1·b + b1) + b2)\nf is the activation"
        ),
        shape_rule="Both inputs are N × steps × d_model; their steps may differ. The output has the shape of tgt.",
        cost=(
            "Parameters: about d_model · (8 · d_model + 2 · dim_feedforward). Attention's time grows with the product "
            "of both numbers of steps."
        ),
        use="To build a decoder layer by layer. A CausalMask on tgt_mask hides what a step should predict.",
        inputs=_DECODER_INPUTS,
        params=(*_DECODER_LAYER, _causal("tgt_is_causal", "tgt_mask"), _causal("memory_is_causal", "memory_mask")),
        module="nn.TransformerDecoderLayer",
        summary="{nhead} heads · {d_model}",
        sample=("N,5,8", "N,7,8", "-", "-", "-", "-"),
    ),
    Block(
        "TransformerEncoder",
        Category.SEQUENCE,
        "encoder",
        "Several encoder layers on each other, each letting every step look at all steps.",
        more="The layers are copies that start with the same weights and learn different ones.",
        # torch's norm is left out: a LayerNorm wired behind does the same.
        formula="out = layer(layer(… layer(in)))\nwith num_layers layers",
        shape_rule="The shape does not change: N × steps × d_model, and nhead must divide d_model.",
        cost=(
            "Parameters: num_layers times those of a layer, about d_model · (4 · d_model + 2 · dim_feedforward). Time "
            "grows with the square of the number of steps."
        ),
        use=(
            "To understand sequences as a whole: texts, patches of pictures, series. With a CausalMask it can predict "
            "what comes next, too."
        ),
        inputs=(_port("src"), _mask("mask"), _padding("src_key_padding_mask")),
        params=(
            *_ENCODER_LAYER,
            *take(
                "nn.TransformerEncoder",
                without=("encoder_layer", "norm"),
                num_layers={"default": 2, "positional": False},
                **_SWITCHES,
            ),
            _causal("is_causal", "mask", required=True),
        ),
        module="nn.TransformerEncoder",
        repeated=("num_layers",),
        construct=_encoder,
        summary="{num_layers} × {nhead} heads · {d_model}",
        sample=("N,7,8", "-", "-"),
    ),
    Block(
        "TransformerDecoder",
        Category.SEQUENCE,
        "decoder",
        "Several decoder layers on each other, each looking at its own sequence and at another.",
        more=f"{_BOTH[:-1]}; every layer gets the same memory.",
        # torch's norm is left out: a LayerNorm wired behind does the same.
        formula="out = layer(… layer(tgt, memory) …, memory)\nwith num_layers layers",
        shape_rule="Both inputs are N × steps × d_model; their steps may differ. The output has the shape of tgt.",
        cost=(
            "Parameters: num_layers times those of a layer, about d_model · (8 · d_model + 2 · dim_feedforward). Time "
            "grows with the product of both numbers of steps."
        ),
        use="To write one sequence while reading another, as in translation. Wire a CausalMask to tgt_mask.",
        inputs=_DECODER_INPUTS,
        params=(
            *_DECODER_LAYER,
            *take(
                "nn.TransformerDecoder",
                without=("decoder_layer", "norm"),
                num_layers={"default": 2, "positional": False},
            ),
            _causal("tgt_is_causal", "tgt_mask", required=True),
            _causal("memory_is_causal", "memory_mask"),
        ),
        module="nn.TransformerDecoder",
        repeated=("num_layers",),
        construct=_decoder,
        summary="{num_layers} × {nhead} heads · {d_model}",
        sample=("N,5,8", "N,7,8", "-", "-", "-", "-"),
    ),
    Block(
        "Transformer",
        Category.SEQUENCE,
        "transformer",
        "An encoder that reads one sequence and a decoder that makes another of it.",
        more="Both end with a normalization, and neither sees order: positions are told by what is added before.",
        formula="memory = encoder(src)\nout = decoder(tgt, memory)",
        shape_rule="Both inputs are N × steps × d_model; their steps may differ. The output has the shape of tgt.",
        cost=(
            "At its defaults and 512 features 44 million parameters. Time grows with the square of the number of "
            "steps, in every layer."
        ),
        use="For translation and its like: one sequence in, another out. A CausalMask belongs on tgt_mask.",
        inputs=(
            _port("src"),
            _port("tgt"),
            _mask("src_mask"),
            _mask("tgt_mask"),
            _mask("memory_mask"),
            _padding("src_key_padding_mask"),
            _padding("tgt_key_padding_mask"),
            _padding("memory_key_padding_mask"),
        ),
        params=(
            *_params(
                "nn.Transformer",
                "src",
                without=("custom_encoder", "custom_decoder"),  # modules of one's own are wired, not given
                num_encoder_layers={"help": "How many layers read the first sequence.", "low": 1, "high": 1000},
                num_decoder_layers={"help": "How many layers make the second.", "low": 1, "high": 1000},
            ),
            _causal("src_is_causal", "src_mask", required=True),
            _causal("tgt_is_causal", "tgt_mask", required=True),
            _causal("memory_is_causal", "memory_mask"),
        ),
        module="nn.Transformer",
        repeated=("num_encoder_layers", "num_decoder_layers"),
        summary="{num_encoder_layers} + {num_decoder_layers} layers · {d_model}",
        sample=("N,7,16", "N,5,16", "-", "-", "-", "-", "-", "-"),
    ),
)
