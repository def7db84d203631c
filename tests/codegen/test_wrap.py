"""Long statements are broken exactly as `ruff format` breaks them."""

from __future__ import annotations

import subprocess

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from netbuilder.codegen.expressions import literal
from netbuilder.codegen.wrap import WIDTH, width, wrap
from tests.drawings import RUFF

NAME = st.builds(lambda stem, length: (stem * 36)[:length], st.sampled_from(["a", "fc1_", "xy"]), st.integers(1, 36))
NAMES = st.lists(NAME, min_size=1, max_size=9)
FOLDER = st.text(st.characters(codec="utf-8", exclude_categories=["C"]), min_size=1, max_size=90)
VALUE = st.one_of(
    st.integers(-(10**9), 10**9),
    st.floats(-1e9, 1e9),
    st.booleans(),
    st.tuples(*[st.integers(0, 10**6)] * 2),
    st.lists(st.integers(1, 10**9), max_size=8).map(tuple),
    st.sampled_from(["zeros", "mean", 'a "b"', "it's", "a, b = (c + [d"]),
)


@st.composite
def arguments(draw: st.DrawFn, first: list[str]) -> str:
    """`x, 2, stride=(1, 2)`."""
    places = [literal(value) for value in draw(st.lists(VALUE, max_size=3))]
    named = [f"{name}{i}={literal(draw(VALUE))}" for i, name in enumerate(draw(st.lists(NAME, max_size=5)))]
    return ", ".join([*first, *places, *named])


@st.composite
def statements(draw: st.DrawFn) -> str:
    """One statement of every shape that is ever written, with its indentation."""
    name, names = draw(NAME), draw(NAMES)
    listed = ", ".join(names)
    shapes = [
        f"        self.{name} = nn.Conv2d({draw(arguments([]))})",
        f"        {name} = self.{draw(NAME)}({listed})",
        f"        {name} = F.max_pool2d({draw(arguments(names[:1]))})",
        f"        {name} = F.dropout({draw(arguments(names[:1]))}, training=self.training)",
        f"        {name} = {names[0]}.clamp({draw(arguments([])) or 'min=0'})",
        f"        {name} = {' + '.join([name, *names])}",
        f"        {name} = torch.cat(({', '.join([name, *names])}), {draw(st.integers(-8, 8))})",
        f"    {name} = F.cross_entropy({draw(arguments([name, names[0]]))})",
        "    image, label = batch",
        f"    {', '.join(f'output{i + 1}' for i in range(draw(st.integers(1, 12))))} = model({listed})",
        f"    return {listed}",
        f"    return {' + '.join(names)}",
        f"    return {' + '.join(f'{literal(abs(draw(st.floats(0, 1e9))))} * {each}' for each in names)}",
        f"    return load_idx({literal(draw(FOLDER))}, padding=2)",
        f"    return load_random_tensors({draw(arguments([]))})",
        f"    return torch.optim.SGD({draw(arguments(['model.parameters()']))})",
    ]
    return draw(st.sampled_from(shapes))


@st.composite
def entries(draw: st.DrawFn) -> str:
    if draw(st.booleans()):
        return f'        "{draw(NAME)}": count_hits({draw(NAME)}.argmax(1), {draw(NAME)}, {draw(NAME)}.size(1)),'
    return f'        "{draw(NAME)}": ({draw(NAME)}.argmax(1) == {draw(NAME)}).float().mean(),'


def _formatted(text: str) -> str:
    done = subprocess.run(
        [RUFF, "format", "--isolated", "--no-cache", "-"],
        input=text,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stderr + text
    return done.stdout


def _file(parts: list[str]) -> str:
    """Each statement in a function of its own."""
    found: list[str] = []
    for part in parts:
        inner = part.startswith(" " * 8)
        found += ["class C:", "    def f():"] if inner else ["def f():"]
        found += [*wrap(part), "", ""]
    return "\n".join(found[:-2]) + "\n"


@settings(max_examples=60, suppress_health_check=list(HealthCheck))
@given(st.lists(statements(), min_size=1, max_size=12))
@example([f"        self.fc = nn.Linear({'1' * 60})", f"        self.fc = nn.Linear({'1' * 61})"])
@example([f"    return {'a' * 77}", f"    return {'a' * 78}", f"    return {'a' * 36}, {'b' * 36}"])
@example([f'    return load_idx("{sign * 9}{"a" * n}")' for sign in "漢é🙂ｆ\u0301\u1161\uac00" for n in range(44, 64)])
def test_statements_are_broken_as_the_formatter_breaks_them(parts: list[str]) -> None:
    text = _file(parts)
    assert text == _formatted(text)


@settings(max_examples=25, suppress_health_check=list(HealthCheck))
@given(st.lists(entries(), min_size=1, max_size=12))
def test_entries_of_metrics_are_broken_as_the_formatter_breaks_them(parts: list[str]) -> None:
    lines = [line for part in parts for line in wrap(part)]
    text = "\n".join(["def metrics():", "    return {", *lines, "    }"]) + "\n"
    assert text == _formatted(text)


@settings(max_examples=25, suppress_health_check=list(HealthCheck))
@given(st.lists(st.tuples(NAMES, st.booleans()), min_size=1, max_size=12))
def test_signatures_are_broken_as_the_formatter_breaks_them(parts: list[tuple[list[str], bool]]) -> None:
    lines: list[str] = []
    for names, method in parts:
        if method:
            lines += ["class C:", *wrap(f"    def forward({', '.join(['self', *names])}):"), "        pass", "", ""]
        else:
            lines += [*wrap(f"def objective({', '.join(names)}):"), "    pass", "", ""]
    text = "\n".join(lines[:-2]) + "\n"
    assert text == _formatted(text)


@given(statements())
def test_a_statement_that_fits_stays_one_line(statement: str) -> None:
    lines = wrap(statement)
    assert (lines == [statement]) == (width(statement) <= WIDTH)
    assert "".join("".join(lines).split()).replace(",)", ")").count("=") == statement.count("=")


def test_literals_are_python_and_formatted() -> None:
    words = ["", "a", 'say "hi"', "it's", "\"'", "'\"'", "\\", "\\'", "\\n", "é🙂", "{x}", "%s", "\u00a0"]
    for word in words:
        assert eval(literal(word)) == word
    text = "\n".join(f"a = {literal(word)}" for word in words) + "\n"
    assert text == _formatted(text)
    assert [literal(value) for value in ((), (1,), (1, 2), 0.1, 1e-05, True, None)] == [
        "()", "(1,)", "(1, 2)", "0.1", "1e-05", "True", "None",
    ]  # fmt: skip
