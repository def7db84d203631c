"""A text as a row of characters or words, cut into pieces: what comes next?"""

import re
from array import array
from collections import Counter
from itertools import chain

import torch

from netbuilder.engine.loaders.describing import Description, Output
from netbuilder.engine.loaders.splitting import split_samples
from netbuilder.engine.loaders.streaming import Streamed, to_memory
from netbuilder.engine.loaders.text_lines import text_lines


def tokenise(file, tokens, most_words):
    """Return the vocabulary, and the text as places in it; 0 is a rare word."""
    parts = list if tokens == "characters" else split_words
    counts = Counter(chain.from_iterable(map(parts, text_lines(file))))
    vocabulary = sorted(counts)
    if tokens == "words":
        vocabulary = ["<rare>", *(word for word, _ in counts.most_common(most_words))]
    place = {token: i for i, token in enumerate(vocabulary)}
    found = array("i")
    for line in text_lines(file):
        found.extend(place.get(part, 0) for part in parts(line))
    if not found:
        raise ValueError(f"{file} is empty.")
    return vocabulary, torch.frombuffer(found, dtype=torch.int32)


def split_words(line):
    """Return the words and signs of a line."""
    return re.findall(r"\w+|[^\w\s]", line.lower())


def load_text_file(
    file,
    tokens="characters",
    length=64,
    most_words=10_000,
    validation=0.2,
    split="last",
    folds=None,
    fold=1,
    seed=0,
    memory=2000,
):
    """Return (pieces, what comes next) to train on, and the same kept aside."""
    _, text = tokenise(file, tokens, most_words)
    starts = torch.arange(0, len(text) - length, length)
    parts = []
    for indices in split_samples(starts, validation, split, folds, fold, seed):
        items = starts[indices].tolist()
        given = Streamed(items, lambda i: text[i : i + length].long())
        after = Streamed(items, lambda i: text[i + 1 : i + length + 1].long())
        parts.append((to_memory(given, memory), to_memory(after, memory)))
    return parts[0], parts[1]


def describe_text_file(file, tokens, length, most_words, **_):
    """Say what `load_text_file` gives."""
    vocabulary, text = tokenise(file, tokens, most_words)
    pieces = max(0, len(text) - 1) // length
    if pieces < 2:
        kinds = f"{len(text)} {tokens}"
        raise ValueError(f"{file} has {kinds}: too few for two pieces of {length}.")
    if len(vocabulary) < 2:
        raise ValueError(f"{file} is made of one character only.")
    facts = [(tokens, f"{len(text):,}"), ("different ones", f"{len(vocabulary):,}")]
    token = Output((length,), "int64", len(vocabulary), tuple(vocabulary[:1000]))
    return Description(
        {"given": token, "next": token}, [*facts, ("pieces", f"{pieces:,}")]
    )
