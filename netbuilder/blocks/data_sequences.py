"""Blocks of data that are sequences in files: text and sound."""

from __future__ import annotations

from netbuilder.blocks.block import Block, Category, Param, Port, TensorType, Values
from netbuilder.blocks.data_params import MEMORY, aside, path, scale, split, whole


def _text(values: Values) -> dict[str, TensorType]:
    token = TensorType((whole(values, "length"),), "int64")
    return {"given": token, "next": token}


def _audio(values: Values) -> dict[str, TensorType]:
    return {"audio": TensorType((1, whole(values, "length"))), "label": TensorType((), "int64")}


BLOCKS = (
    Block(
        "TextFile",
        Category.DATA,
        "text",
        "A text cut into pieces of characters or words, each with what comes one place later.",
        more="Each character or word has a number. Words beyond the most frequent ones share the number 0.",
        formula="next[t] = given[t + 1]",
        shape_rule="Both are as many whole numbers as you say for each piece, below the number of different ones.",
        use="For a small language model, with an Embedding first.",
        inputs=(),
        outputs=(Port("given"), Port("next", target=True)),
        params=(
            path("file", "data/text.txt", "The text, in UTF-8."),
            Param("tokens", "choice", "characters", "What is counted as one step.", choices=("characters", "words")),
            Param("length", "int", 64, "How many steps a piece has.", low=1, high=10**5),
            Param("most_words", "int", 10_000, "How many different words are told apart.", low=1, high=10**6),
            *split("last"),
            MEMORY,
        ),
        role="data",
        summary="{length} {tokens}",
        loader="text_file",
        described=True,
        gives=_text,
    ),
    Block(
        "WavFolder",
        Category.DATA,
        "sounds",
        "Sounds in WAV files, in a folder that has one folder for each class.",
        more="Several channels are mixed to one. Longer sounds are cut off, shorter ones end in silence.",
        formula="audio = sample / 2^(bits − 1)",
        shape_rule="The audio is 1 × length for each sample. The label is the number of the folder, from 0.",
        cost="Sounds are kept in memory as float32, or read anew for each batch where they take more than you allow.",
        use="To tell spoken words, birds or engines apart, with convolutions over time.",
        inputs=(),
        outputs=(Port("audio"), Port("label", target=True)),
        params=(
            path("folder", "data/sounds", "Where the folders of the classes are."),
            Param("length", "int", 16_000, "How many samples of each sound are taken.", low=1, high=10**7),
            scale(False, "all sounds"),
            aside("folder", "Another folder with the same classes"),
            *split(),
            MEMORY,
        ),
        role="data",
        summary="{length} samples",
        loader="wav_folder",
        described=True,
        gives=_audio,
    ),
)
