"""Long statements broken the way `ruff format` breaks them, so that formatting the export changes nothing."""

from __future__ import annotations

import re
import unicodedata

WIDTH = 88
_OPEN, _CLOSE = "([{", ")]}"


def wrap(line: str) -> list[str]:
    """The statement on one line if it fits, else over several. Indentation is the line's own."""
    if width(line) <= WIDTH:
        return [line]
    indent = " " * (len(line) - len(line.lstrip()))
    statement = line.strip()
    if statement.startswith('"'):
        return _entry(indent, statement)
    if statement.startswith("def ") and not statement.endswith("):"):
        return _signature(indent, statement)
    taken = re.fullmatch(r"for (.+) in (\w+\.unbind\(\d+\)):", statement)
    if taken:
        return [f"{indent}for (", f"{indent}    {taken[1]}", f"{indent}) in {taken[2]}:"]
    tail = ":" if statement.endswith(("):", "]:")) else ""
    bare = statement.removesuffix(":") if tail else statement
    chosen = _conditional(bare)
    if chosen:
        head, parts = chosen
        if width(f"{indent}    {' '.join(parts)}") <= WIDTH:
            parts = [" ".join(parts)]
        return [f"{indent}{head}(", *(line for part in parts for line in wrap(f"{indent}    {part}")), f"{indent})"]
    at = _last_group(bare)
    left, _, called = bare.partition(" = ")
    long = at is not None and (width(f"{indent}{bare[: at + 1]}") > WIDTH or bare[at:] == "()")
    if long and called and re.fullmatch(r"[\w., ]+", left):
        if len(f"{indent}{left} = (") <= WIDTH:
            return [f"{indent}{left} = (", *wrap(f"{indent}    {called}"), f"{indent})"]
        first, *others = wrap(f"{indent}_ = {called}")
        return [f"{indent}(", *_each(indent, _split(left, ",")), first.replace("_", ")", 1), *others]
    if at is not None and bare[:at].strip(" =") not in ("return", ""):
        return _group(indent, bare[:at], bare[at:], tail)
    head, _, right = bare.partition(" = ")
    head, right = (f"{head} = ", right) if right else ("return ", bare.removeprefix("return "))
    parts = _split(right, ",")
    if len(parts) > 1:
        return [f"{indent}{head}(", *_each(indent, parts), f"{indent})"]
    inner = f"{indent}    {right}"
    if width(inner) <= WIDTH:
        return [f"{indent}{head}(", inner, f"{indent})"]
    first, *others = _split(right, "+")
    lines = [f"{indent}    {first}", *(f"{indent}    + {part}" for part in others)]
    return [f"{indent}{head}(", *lines, f"{indent})"]


def _signature(indent: str, statement: str) -> list[str]:
    """Break `def name(…) -> type:`; the type too, where it is long by itself."""
    bare, _, result = statement.rpartition(" -> ")
    at = _last_group(bare)
    assert at is not None
    *lines, last = _group(indent, bare[:at], bare[at:], f" -> {result}")
    if width(last) <= WIDTH:
        return [*lines, last]
    head, opened, inside = last.strip().partition("[")
    return [*lines, *_group(indent, head, f"{opened}{inside.removesuffix(':')}", ":")]


def _conditional(statement: str) -> tuple[str, list[str]] | None:
    """`self.a = b if c else d` in its parts, if that is what it is."""
    head, _, value = statement.partition(" = ")
    places = [i for i, depth in _outside(value) if depth == 0 and value[i : i + 4] == " if "]
    others = [i for i, depth in _outside(value) if depth == 0 and value[i : i + 6] == " else "]
    if not places or not others:
        return None
    first, second = places[0], others[0]
    return f"{head} = ", [value[:first], value[first + 1 : second], value[second + 1 :]]


def _entry(indent: str, statement: str) -> list[str]:
    """Break an entry of a dictionary: `"hits": count_hits(a, b),` or, at its calls, `"part": (a == b).mean(),`."""
    key, _, value = statement.partition(": ")
    at = _last_group(value.removesuffix(","))
    if at and re.fullmatch(r"[\w.]+", value[:at]):
        return _group(indent, f"{key}: {value[:at]}", value[at:-1], ",")
    end = next(i for i, depth in _outside(value) if depth == 1 and value[i] in _CLOSE)
    first, inside = f"{indent}{key}: {value[: end + 1]}", value[1:end]
    calls = [f"{indent}.{call}" for call in value[end + 2 :].split(".")]
    if len(first) <= WIDTH:
        return [first, *calls]
    lines = [f"{indent}    {inside}"]
    if len(lines[0]) > WIDTH:
        left, _, right = inside.partition(" == ")
        lines = [f"{indent}    {left}", f"{indent}    == {right}"]
    return [f"{indent}{key}: (", *lines, f"{indent})", *calls]


def _group(indent: str, head: str, group: str, tail: str) -> list[str]:
    """Break `head(…)`: the inside on one line of its own, or one part a line."""
    inside = group[1:-1]
    made = _comprehension(inside)
    tuple_only = not made and (not head or not (head[-1].isalnum() or head[-1] in "_)]"))
    one = f"{indent}    {inside}"
    if width(one) <= WIDTH and not tuple_only:
        return [f"{indent}{head}{group[0]}", one, f"{indent}{group[-1]}{tail}"]
    lines = _each(indent, made or _split(inside, ","))
    if made or (inside.startswith("*(") and len(_split(inside, ",")) == 1):  # no comma stands behind these
        own = re.compile(rf"{indent}    \S")
        lines = [line.removesuffix(",") if own.match(line) else line for line in lines]
    return [f"{indent}{head}{group[0]}", *lines, f"{indent}{group[-1]}{tail}"]


def _comprehension(inside: str) -> list[str]:
    """`Block() for _ in range(2)` in its two parts; nothing if that is not what it is."""
    at = next((i for i, depth in _outside(inside) if depth == 0 and inside[i : i + 5] == " for "), None)
    return [] if at is None else [inside[:at], inside[at + 1 :]]


def _each(indent: str, parts: list[str]) -> list[str]:
    lines: list[str] = []
    for part in parts:
        line = f"{indent}    {part},"
        at = _last_group(part)
        if width(line) <= WIDTH or at is None:
            lines.append(line)
        else:
            broken = _group(f"{indent}    ", part[:at], part[at:], "")
            lines += [*broken[:-1], broken[-1] + ","]
    return lines


def width(text: str) -> int:
    """How many columns the formatter counts: East Asian signs two, marks and the later parts of a Hangul sign none."""
    if text.isascii():
        return len(text)
    none = sum(unicodedata.category(c) in ("Mn", "Me") or "\u1160" <= c <= "\u11ff" for c in text)
    return len(text) - none + sum(unicodedata.east_asian_width(c) in "WF" for c in text)


def _split(text: str, separator: str) -> list[str]:
    """Split at separators that are in no bracket and no string."""
    parts, start = [], 0
    for i, depth in _outside(text):
        if depth == 0 and text[i] == separator:
            parts.append(text[start:i].strip())
            start = i + 1
    parts.append(text[start:].strip())
    return [part for part in parts if part]


def _last_group(text: str) -> int | None:
    """Where the bracket opens that the text's last character closes."""
    if text[-1:] not in tuple(_CLOSE):
        return None
    start = None
    for i, depth in _outside(text):
        if depth == 1 and text[i] in _OPEN:
            start = i
    return start


def _outside(text: str) -> list[tuple[int, int]]:
    """The places that are in no string, with the bracket depth there (a bracket counts to its inside)."""
    found, depth, quote, i = [], 0, "", 0
    while i < len(text):
        c = text[i]
        if quote:
            i += 2 if c == "\\" else 1
            quote = "" if c == quote else quote
            continue
        if c in "\"'":
            quote = c
        elif c in _OPEN:
            depth += 1
            found.append((i, depth))
        elif c in _CLOSE:
            found.append((i, depth))
            depth -= 1
        else:
            found.append((i, depth))
        i += 1
    return found
