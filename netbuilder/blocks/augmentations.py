"""Random changes of the samples that a network is trained on, so that it sees each of them a little otherwise."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from netbuilder.blocks.block import Param

LIBRARY = "torchvision"
TAKES_CHANCES = "CrossEntropyLoss"  # the one loss whose target may be the chances of the classes


@dataclass(frozen=True)
class Augmenter:
    """A kind of change. `help`, `more` and `use` are as a block's.

    It is done by the `function` of that name in `engine/loaders/augmenting.py`; what is torchvision's, by the class of
    its own name there, which is given to that function. It takes `pictures` (N × channels × height × width) or any
    `numbers`. What `moves` things in a picture leaves a target where it is. One that `mixes` changes the target too.
    """

    name: str
    help: str
    more: str
    use: str
    function: str
    params: tuple[Param, ...] = ()
    takes: Literal["pictures", "numbers"] = "pictures"
    moves: bool = False
    mixes: bool = False
    library: str = ""

    @property
    def by_name(self) -> dict[str, Param]:
        """The parameters by name."""
        return {param.name: param for param in self.params}


def _part(name: str, default: float, help: str, low: float = 0, high: float = 1) -> Param:
    return Param(name, "float", default, help, low=low, high=high)


_BINS = Param("num_magnitude_bins", "int", 31, "Into how many degrees the strength is divided.", low=2, high=1000)

_ALL = (
    Augmenter(
        "Flip",
        "Mirrors pictures: left to right, and if wanted top to bottom.",
        "Each picture is mirrored or not by the toss of a coin of its own.",
        "Where a mirrored picture could be a real one: animals and clothes, but not letters and digits.",
        "random_flip",
        (
            _part("horizontal", 0.5, "How likely left and right are exchanged."),
            _part("vertical", 0.0, "How likely top and bottom are exchanged."),
        ),
        moves=True,
    ),
    Augmenter(
        "Crop",
        "Widens pictures on every side and cuts the old size out at a random place.",
        "What is in the picture so moves by up to that many pixels in each direction.",
        "For nearly all pictures; 4 is usual at 32×32 pixels.",
        "random_crop",
        (
            Param("padding", "int", 4, "Pixels added on every side.", low=1, high=512),
            Param(
                "mode",
                "choice",
                "replicate",
                "What is added: the pixels of the edge again, the picture mirrored, or zeros.",
                choices=("replicate", "reflect", "constant"),
            ),
        ),
        moves=True,
    ),
    Augmenter(
        "Rotate",
        "Turns pictures by a random angle around their middle.",
        "The corners that come into sight are filled with the pixels of the edge.",
        "Where the camera was not held level; more than 15 degrees seldom helps with letters and digits.",
        "random_rotation",
        (Param("degrees", "float", 15, "The largest angle, to the left or to the right.", low=0, high=180),),
        moves=True,
    ),
    Augmenter(
        "Color",
        "Changes brightness, contrast and saturation of pictures at random.",
        "All three are measured against the picture itself, so it does not matter how its pixels were scaled. "
        "Grey pictures have no saturation.",
        "For photographs: the light is never the same twice.",
        "random_color",
        (
            _part(
                "brightness", 0.2, "How much lighter or darker at most, in parts of the picture's own spread.", 0, 10
            ),
            _part("contrast", 0.2, "How much more or less contrast at most."),
            _part("saturation", 0.2, "How much more or less colour at most."),
        ),
    ),
    Augmenter(
        "Erase",
        "Covers a random rectangle of pictures with their mean colour.",
        "The network cannot rely on a single detail, since that may be the one that is covered.",
        "When a network learns its pictures by heart, and where things hide each other.",
        "random_erasing",
        (
            _part("chance", 0.5, "How likely a picture has a part covered."),
            _part("smallest", 0.02, "The smallest part of the picture that is covered."),
            _part("largest", 0.33, "The largest part of the picture that is covered."),
        ),
    ),
    Augmenter(
        "Noise",
        "Adds random numbers to every number of the samples.",
        "They are drawn from a normal distribution, as wide as you say in parts of the samples' own spread.",
        "For measurements, sounds and tables as well as pictures: no measurement is exact.",
        "add_noise",
        (_part("amount", 0.1, "How strong the noise is beside the samples' own spread.", 0, 10),),
        takes="numbers",
    ),
    Augmenter(
        "Mixup",
        "Mixes each sample with another one, and their classes in the same proportion.",
        "A target becomes the chances of all classes: 0.8 cat and 0.2 dog. Only CrossEntropyLoss takes such targets.",
        "For classifiers that are too sure of themselves; train longer with it.",
        "mixup",
        (
            Param(
                "alpha",
                "float",
                0.2,
                "Small: mostly one of the two samples. 1: every proportion is as likely.",
                low=0.01,
                high=100,
            ),
        ),
        takes="numbers",
        mixes=True,
    ),
    Augmenter(
        "RandAugment",
        "Does several random changes out of a long list to each picture, all of the same strength.",
        "Turning, shearing, shifting, brightness, contrast, sharpness, fewer colours and others.",
        "For photographs, when Flip and Crop are not enough.",
        "transform_each",
        (
            Param("num_ops", "int", 2, "How many changes each picture gets.", low=1, high=14),
            Param("magnitude", "int", 9, "How strong they are.", low=0, high=30),
        ),
        moves=True,
        library=LIBRARY,
    ),
    Augmenter(
        "TrivialAugmentWide",
        "Does one random change out of a long list to each picture, with a random strength.",
        "It has nothing to be tuned and does as well as methods that have.",
        "For photographs, when you want one line that works.",
        "transform_each",
        (_BINS,),
        moves=True,
        library=LIBRARY,
    ),
    Augmenter(
        "AugMix",
        "Mixes each picture with several chains of random changes of itself.",
        "The mixture still looks like the picture, with the grain of what bad cameras and weather do.",
        "When the network will meet pictures that are worse than those it learns from.",
        "transform_each",
        (
            Param("severity", "int", 3, "How strong the changes are.", low=1, high=10),
            Param("mixture_width", "int", 3, "How many chains are mixed.", low=1, high=10),
        ),
        moves=True,
        library=LIBRARY,
    ),
)

AUGMENTATIONS: dict[str, Augmenter] = {augmenter.name: augmenter for augmenter in _ALL}
