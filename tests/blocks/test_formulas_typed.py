"""Formulas that a person types: only arithmetic gets through, it means the same, and a formatter leaves it alone."""

from __future__ import annotations

import math
import subprocess

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from netbuilder.blocks.formulas import check_formula
from netbuilder.blocks.schedulers import SCHEDULERS
from netbuilder.blocks.sentence import Refused
from netbuilder.blocks.values import parse
from tests.drawings import RUFF

LEAVES = st.sampled_from(["epoch", "2", "0.5", "math.pi", "-3"])
TEXTS = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.builds("({} {} {})".format, inner, st.sampled_from("+ - * / // % **".split()), inner),
        st.builds("{} {} {}".format, inner, st.sampled_from("+ - *".split()), inner),
        st.builds("-({})".format, inner),
        st.builds("max({}, {})".format, inner, inner),
        st.builds("({} if {} < {} else {})".format, inner, inner, inner, inner),
    ),
    max_leaves=6,
)


@settings(max_examples=30, deadline=None)
@given(st.lists(TEXTS, min_size=5, max_size=20))
def test_a_formula_means_what_was_typed_and_is_written_as_a_formatter_does(texts: list[str]) -> None:
    lines = []
    for text in texts:
        try:
            written = check_formula(text, "epoch", "It")
        except Refused:
            continue
        assert check_formula(written, "epoch", "It") == written
        for epoch in (0, 1, 7):
            there = {"epoch": epoch, "math": math}
            try:
                wanted = eval(text, there)
            except (ArithmeticError, TypeError):
                continue
            assert eval(written, there) == wanted
        lines.append(f"x = {written}\n")
    source = "".join(lines)
    command = [RUFF, "format", "--isolated", "--no-cache", "--line-length", "320", "-"]
    assert subprocess.run(command, input=source, capture_output=True, text=True, check=True).stdout == source


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "It:  is no formula."),
        ("1 +", "It: 1 + is no formula."),
        ("print(1)", "It: print(1) cannot stand there"),
        ("__import__('os')", "It: __import__('os') cannot stand there"),
        ("epoch.real", "It: epoch.real cannot stand there"),
        ("math.inf", "It: math.inf cannot stand there"),
        ("max(1, key=epoch)", "It: max(1, key=epoch) cannot stand there"),
        ("(lambda: 1)()", "It: (lambda: 1)() cannot stand there"),
        ("[1][0]", "It: [1][0] cannot stand there"),
        ("True", "It: True cannot stand there"),
        ("x + 1", "It: x cannot stand there"),
        ("1 / epoch", "It gives no number where epoch is 0."),
        ("9**9**9**9", "It gives no number where epoch is 0."),
        ("2**epoch**epoch", "It gives no number where epoch is 10."),
        ("(-1) ** 0.5", "It gives no number where epoch is 0."),
        ("-" * 60 + "1", "It: the formula is too deeply nested."),
        ("1" * 300, "It is a text of at most 200 characters."),
    ],
)
def test_what_is_no_arithmetic_is_refused(text: str, sentence: str) -> None:
    with pytest.raises(Refused) as refused:
        check_formula(text, "epoch", "It")
    assert str(refused.value).startswith(sentence) and str(refused.value).endswith(".")


def test_a_form_reads_the_formula_of_a_scheduler() -> None:
    (param,) = SCHEDULERS["LambdaLR"].params
    assert parse(param, " 0.9 **epoch ") == "0.9**epoch"
    with pytest.raises(Refused, match=r"Lr lambda: a cannot stand there"):
        parse(param, "a")
