"""Fuzzy matching: what is found, in which letters, and what is better than what."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netbuilder.ui.finder.matching import EXACT, INSIDE, PREFIX, SCATTERED, START, Match, fold, match, mention

NAMES = st.text(st.sampled_from("aAbBcC2×é _"), max_size=16)


def found(wanted: str, text: str) -> Match:
    hit = match(wanted, text)
    assert hit is not None
    return hit


@pytest.mark.parametrize(
    ("wanted", "text", "quality", "letters"),
    [
        ("relu", "ReLU", EXACT, "ReLU"),
        ("conv", "Conv2d", PREFIX, "Conv"),
        ("pool", "MaxPool2d", START, "Pool"),
        ("mp2", "MaxPool2d", START, "MP2"),
        ("cel", "CrossEntropyLoss", START, "CEL"),
        ("loss", "MSELoss", START, "Loss"),
        ("size", "kernel_size", START, "size"),
        ("inear", "Linear", INSIDE, "inear"),
        ("cnv", "Conv2d", SCATTERED, "Cnv"),
        ("drpout", "Dropout", SCATTERED, "Drpout"),
        ("20x8x8", "N×20×8×8", START, "20×8×8"),
        ("cafe", "Café", EXACT, "Café"),
        ("STRASSE", "Straße", EXACT, "Straße"),
        ("pool max", "MaxPool2d", PREFIX, "MaxPool"),
    ],
)
def test_what_is_found(wanted: str, text: str, quality: int, letters: str) -> None:
    hit = found(wanted, text)
    assert "".join(text[i] for i in hit.at) == letters
    if " " not in wanted:
        assert hit.quality == quality


@pytest.mark.parametrize(
    ("wanted", "text"),
    [
        ("relu", "Linear"),
        ("elu2", "ReLU"),
        ("conv pool", "Conv2d"),
        ("cd", "Conv2d"),  # two letters anywhere say nothing
        ("o", "Conv2d"),  # nor does one inside
        ("onv2x", "Conv2d"),
        ("conv", "CrossEntropyLossWithAVery"),  # too far apart
        ("ax2", "MaxPool2d"),  # scattered letters begin where a word does
    ],
)
def test_what_is_not_found(wanted: str, text: str) -> None:
    assert match(wanted, text) is None


@pytest.mark.parametrize(
    ("wanted", "better", "worse"),
    [
        ("relu", "ReLU", "LeakyReLU"),
        ("conv", "Conv2d", "ConvTranspose2d"),
        ("lin", "Linear", "Bilinear"),
        ("add", "Add", "AdaptiveAvgPool2d"),
        ("max", "MaxPool2d", "Climax"),
        ("bn", "BatchNorm2d", "Carbon"),
        ("drpout", "Dropoutxxxx", "Dxrxpxoxuxt"),
    ],
)
def test_what_is_better(wanted: str, better: str, worse: str) -> None:
    rival = match(wanted, worse)
    assert rival is None or found(wanted, better)[:2] > rival[:2]


def test_nothing_wanted_finds_everything_and_marks_nothing() -> None:
    assert found("", "Conv2d").at == ()
    assert found("  ", "").at == ()
    assert match("a", "") is None


def test_prose_is_met_where_a_word_begins() -> None:
    text = fold("How surprised the network is")
    assert mention("surp", text) is not None
    assert mention("prised", text) is None


@given(NAMES, NAMES)
def test_marked_letters_are_in_order_and_those_that_were_typed(wanted: str, text: str) -> None:
    hit = match(wanted, text)
    if hit is None:
        return
    assert list(hit.at) == sorted(set(hit.at))
    assert all(0 <= place < len(text) for place in hit.at)
    typed = fold(wanted).text.split()
    marked = fold("".join(text[place] for place in hit.at)).text
    assert all(set(word) <= set(marked) for word in typed)


@given(NAMES, st.integers(0, 16), st.integers(1, 16))
def test_every_piece_at_the_start_of_a_word_is_found(text: str, start: int, length: int) -> None:
    folded = fold(text)
    piece = folded.text[start : start + length]
    if piece and " " not in piece and folded.begins(start):
        assert found(piece, text).quality >= START


@given(st.text(max_size=30), st.text(max_size=60))
def test_any_text_can_be_typed(wanted: str, text: str) -> None:
    hit = match(wanted, text)
    assert hit is None or all(0 <= place < len(text) for place in hit.at)


@given(st.text(max_size=30))
def test_a_text_finds_itself(text: str) -> None:
    folded = fold(text)
    assert folded.origin is None or len(folded.origin) == len(folded.text)
    if len(folded.text.split()) == 1 and not any(letter.isspace() for letter in folded.text):
        assert found(text, text).quality == EXACT
