"""The catalog of augmentations: words, parameters, names."""

from __future__ import annotations

import pytest

from netbuilder.blocks import CATALOG
from netbuilder.blocks.augmentations import AUGMENTATIONS, TAKES_CHANCES
from netbuilder.blocks.block import Block
from netbuilder.blocks.values import check
from netbuilder.codegen.names import AUGMENTING
from tests.blocks.test_catalog import _is_sentence


@pytest.mark.parametrize("name", AUGMENTATIONS)
def test_it_says_what_it_does_in_sentences(name: str) -> None:
    augmenter = AUGMENTATIONS[name]
    texts = [augmenter.help, augmenter.more, augmenter.use, *(param.help for param in augmenter.params)]
    assert not [text for text in texts if not _is_sentence(text)]


@pytest.mark.parametrize("name", AUGMENTATIONS)
def test_its_defaults_suit_its_parameters(name: str) -> None:
    augmenter = AUGMENTATIONS[name]
    assert augmenter.params, "something can be set"
    assert all(check(param, param.default) == param.default for param in augmenter.params)
    assert augmenter.function in AUGMENTING, "no drawing can take the function's name"


def test_the_loss_that_takes_chances_is_one() -> None:
    loss = CATALOG[TAKES_CHANCES]
    assert isinstance(loss, Block) and loss.role == "loss"
