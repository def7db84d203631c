"""Layers that bring numbers to a common mean and spread."""

from __future__ import annotations

from netbuilder.blocks.block import Block, Category, Follows, Param, Port
from netbuilder.blocks.torch_params import take

_CHANNELS = (2, 3, 4, 5)  # numbers of dimensions with channels in the second
_EPS = {"help": "Added to the variance so that nothing is divided by zero."}
_OFFSET = {"help": "Learn the offset as well; off, only the scale is learned."}


def _competing(name: str, least: int) -> tuple[Param, ...]:
    """The parameters of what makes neighbouring channels compete, at least `least` of them."""
    return take(
        name,
        size={"default": 5, "help": "How many neighbouring channels compete.", "low": least},
        alpha={"help": "How much the squares of the neighbours count."},
        beta={"help": "The power to which the divisor is raised."},
        k={"help": "Added to the squares, so that quiet places stay as they are."},
    )


def _batch(
    name: str,
    dims: tuple[int, ...],
    use: str,
    sample: str,
    *,
    does: str = "Brings each channel to mean 0 and spread 1 over the batch, then rescales it as learned.",
    more: str = "While training it uses the mean and variance of the batch; afterwards those it remembers, if it does.",
    cost: str = (
        "Parameters: 2 · num_features. The means and variances it remembers are as many again, but not learned. For "
        "the gradient it keeps its input."
    ),
    without: tuple[str, ...] = (),
) -> Block:
    """Batch normalization over everything but the channels."""
    return Block(
        name,
        Category.NORMALIZATION,
        "norm",
        does,
        more=more,
        formula="out = weight[c] · (in − mean[c]) / √(variance[c] + eps) + bias[c]",
        shape_rule="The shape does not change. num_features is the number of channels.",
        cost=cost,
        use=use,
        inputs=(Port("input", dims=dims, dtype="float32"),),
        params=take(
            f"nn.{name}",
            without=without,
            eps=_EPS,
            momentum={"none": "plain mean of all batches so far"},
            bias=_OFFSET,
        ),
        module=f"nn.{name}",
        summary="{num_features} channels",
        sample=(sample,),
    )


def _instance(name: str, whole: str, dims: int, use: str, sample: str) -> Block:
    """Normalization of each channel of each sample by itself: over a `whole` sequence, picture or volume."""
    return Block(
        name,
        Category.NORMALIZATION,
        "norm",
        f"Brings each channel of each sample to mean 0 and spread 1, over the whole {whole}.",
        more="Samples do not see each other, so it does the same in training and after it, unless it remembers means.",
        formula=(
            "out = weight[c] · (in − mean[n, c]) / √(variance[n, c] + eps) + bias[c]\n"
            f"mean and variance run over the {whole}; weight and bias are there with affine only"
        ),
        shape_rule=(
            f"The shape does not change. num_features is the number of channels; the {whole} must have more than one "
            "place."
        ),
        cost="It has no parameters, or 2 · num_features with affine. For the gradient it keeps its input.",
        use=use,
        inputs=(Port("input", dims=(dims,), dtype="float32"),),
        params=take(
            f"nn.{name}",
            eps=_EPS,
            momentum={"help": "How fast the running mean and variance follow, if they are remembered."},
            bias={"help": "Learn the offset as well; it has no effect without affine."},
        ),
        module=f"nn.{name}",
        summary="{num_features} channels",
        sample=(sample,),
    )


BLOCKS: tuple[Block, ...] = (
    _batch(
        "BatchNorm1d",
        (2, 3),
        "Between a linear layer or a convolution over a sequence and its activation. Batches should not be tiny.",
        "N,5,7",
    ),
    _batch(
        "BatchNorm2d",
        (4,),
        "Between a convolution and its activation: deep networks learn faster and mind the learning rate less.",
        "N,3,5,6",
    ),
    _batch(
        "BatchNorm3d",
        (5,),
        "Between a convolution over volumes or films and its activation. With tiny batches GroupNorm is steadier.",
        "N,3,4,5,6",
    ),
    _batch(
        "SyncBatchNorm",
        _CHANNELS,
        "When training runs on several GPUs, each with a batch so small that its own mean would be a poor guess.",
        "N,3,5,6",
        does="Batch normalization over the batches of all devices that train together.",
        more="On one device alone it does what the usual batch normalization does.",
        cost=(
            "Parameters: 2 · num_features. With several devices, all wait for each other's means and variances at "
            "every step."
        ),
        without=("process_group",),  # an object that a running program makes
    ),
    Block(
        "GroupNorm",
        Category.NORMALIZATION,
        "norm",
        "Brings groups of channels of each sample to mean 0 and spread 1, then rescales each channel as learned.",
        more="Samples do not see each other, so it does the same for any batch size, in training and after it.",
        formula=(
            "out = weight[c] · (in − mean[n, g]) / √(variance[n, g] + eps) + bias[c]\n"
            "g is the group of channel c; mean and variance run over its channels and all places"
        ),
        shape_rule="The shape does not change. num_channels must be a multiple of num_groups.",
        cost="Parameters: 2 · num_channels. For the gradient it keeps its input.",
        use="In place of batch normalization when only few samples fit into a batch. Often with 8 to 32 groups.",
        inputs=(Port("input", dims=_CHANNELS, dtype="float32"),),
        params=take(
            "nn.GroupNorm",
            # 1 suits any number of channels.
            num_groups={"default": 1, "help": "How many groups the channels are divided into.", "low": 1},
            num_channels={
                "default": None,
                "help": "Channels that come in.",
                "low": 1,
                "follows": Follows("input", 1),
            },
            eps=_EPS,
            bias=_OFFSET,
        ),
        module="nn.GroupNorm",
        summary="{num_channels} channels · groups: {num_groups}",
        sample=("N,6,5,4",),
    ),
    _instance(
        "InstanceNorm1d",
        "sequence",
        3,
        "For sequences such as sound, whose loudness should not matter.",
        "N,3,5",
    ),
    _instance(
        "InstanceNorm2d",
        "picture",
        4,
        "In networks that make pictures or change their style: contrast and colour of the one that comes in are lost.",
        "N,3,5,6",
    ),
    _instance(
        "InstanceNorm3d",
        "volume",
        5,
        "For volumes such as scans, whose brightness differs from one device to another.",
        "N,3,4,5,6",
    ),
    Block(
        "LayerNorm",
        Category.NORMALIZATION,
        "norm",
        "Brings each row of features to mean 0 and spread 1, then rescales each feature as learned.",
        more="Every row is looked at by itself: neither the batch nor the other steps of a sequence matter.",
        formula=(
            "out[…, j] = weight[j] · (in[…, j] − mean[…]) / √(variance[…] + eps) + bias[j]\n"
            "mean and variance run over the last dimension"
        ),
        shape_rule="The shape does not change. normalized_shape is the size of the last dimension.",
        cost="Parameters: 2 · normalized_shape. For the gradient it keeps its input and two numbers for each row.",
        use="Before or after attention and linear layers in transformers, and in recurrent networks.",
        inputs=(Port("input", dtype="float32"),),
        params=take(
            "nn.LayerNorm",
            normalized_shape={
                "default": None,
                "kind": "shape",
                "help": "Size of the last dimension, which is normalized, or those of the last few.",
                "low": 1,
                "follows": Follows("input", -1),
            },
            eps=_EPS,
            elementwise_affine={"help": "Learn a scale and an offset for each place of the last dimension."},
            bias=_OFFSET,
        ),
        module="nn.LayerNorm",
        summary="{normalized_shape} features",
        sample=("N,3,5",),
    ),
    Block(
        "RMSNorm",
        Category.NORMALIZATION,
        "norm",
        "Divides each row of features by its size, the root of its mean square, then rescales it as learned.",
        more="Unlike LayerNorm it leaves the mean where it is, and learns no offset.",
        formula=(
            "out[…, j] = weight[j] · in[…, j] / √(square[…] + eps)\nsquare is the mean of in² over the last dimension"
        ),
        shape_rule="The shape does not change. normalized_shape is the size of the last dimension.",
        cost="Parameters: normalized_shape, half of LayerNorm's, and one sum less for each row.",
        use="In place of LayerNorm in large language models: it does as well there and takes less time.",
        inputs=(Port("input", dtype="float32"),),
        params=take(
            "nn.RMSNorm",
            normalized_shape={
                "default": None,
                "kind": "shape",
                "help": "Size of the last dimension, which is normalized, or those of the last few.",
                "low": 1,
                "follows": Follows("input", -1),
            },
            eps={
                "help": "Added to the mean square so that nothing is divided by zero.",
                "none": "smallest step of the number type",
            },
            elementwise_affine={"help": "Learn a scale for each place of the last dimension."},
        ),
        module="nn.RMSNorm",
        summary="{normalized_shape} features",
        sample=("N,3,5",),
    ),
    Block(
        "LocalResponseNorm",
        Category.NORMALIZATION,
        "norm",
        "Makes a number smaller where the same place is strong in neighbouring channels.",
        more="Channels compete: the one that answers most keeps most. Nothing is learned.",
        formula=(
            "out[n, c, …] = in[n, c, …] / (k + alpha / size · Σ in[n, i, …]²)^beta\n"
            "Σ runs over the channels i from c − ⌊size / 2⌋ to c + ⌊(size − 1) / 2⌋"
        ),
        shape_rule="The shape does not change.",
        cost="It has no parameters, but keeps several tensors as large as its input on the way.",
        use="To rebuild early networks for pictures such as AlexNet. Newer ones use batch normalization.",
        inputs=(Port("input", dims=(3, 4, 5), dtype="float32"),),
        params=_competing("nn.LocalResponseNorm", least=1),
        module="nn.LocalResponseNorm",
        function="F.local_response_norm({input}{args})",
        summary="{size} channels",
        sample=("N,7,5,6",),
    ),
    Block(
        "CrossMapLRN2d",
        Category.NORMALIZATION,
        "norm",
        "An older form of local response normalization, for pictures only.",
        more="As torch makes it, channel 0 counts among the neighbours of all, and the gradient is not quite exact.",
        formula=(
            "out[n, c, y, x] = in[n, c, y, x] / (k + alpha / size · Σ in[n, i, y, x]²)^beta\n"
            "Σ runs over channel 0 and the channels i from c − h to c + h; h = ⌊(size − 1) / 2⌋"
        ),
        shape_rule="The shape does not change.",
        cost=(
            "It has no parameters. It takes one channel after another, and for the gradient one sample after another "
            "too, so it is very slow."
        ),
        use="Only to run networks that were made with it; for new ones, LocalResponseNorm is the better choice.",
        inputs=(Port("input", dims=(4,), dtype="float32"),),
        params=_competing("nn.CrossMapLRN2d", least=2),  # for 1, torch has no gradient
        module="nn.CrossMapLRN2d",
        summary="{size} channels",
        sample=("N,7,5,6",),
    ),
)
