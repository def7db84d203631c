"""Tables: what each column holds, and the numbers that a network gets of it."""

import math
from array import array

import torch

from netbuilder.engine.loaders.describing import Description, Output
from netbuilder.engine.loaders.scaling import standardise
from netbuilder.engine.loaders.splitting import split_samples

MISSING = {"", "?", "-", "na", "n/a", "nan", "null", "none"}
MOST_WORDS = 100


class Column:
    """The cells of a column: numbers and words; what is missing is neither."""

    def __init__(self):
        self.numbers, self.codes, self.words = array("d"), array("q"), {}

    def append(self, cell):
        """Add a cell as it stands in the file."""
        number, code = math.nan, -1
        cell = cell.strip()
        if cell.lower() not in MISSING:
            try:
                number = float(cell)
            except ValueError:
                code = self.words.setdefault(cell, len(self.words))
        self.numbers.append(number if math.isfinite(number) else math.nan)
        self.codes.append(code)

    def as_numbers(self):
        """Return the numbers as a tensor, NaN where there is none."""
        return torch.frombuffer(self.numbers, dtype=torch.float64)

    def missing(self):
        """Return by row whether there is nothing."""
        codes = torch.frombuffer(self.codes, dtype=torch.int64)
        return self.as_numbers().isnan() & (codes < 0)

    def texts(self):
        """Return by row the word, or the number as one."""
        words = [*self.words, ""]
        pairs = zip(self.numbers, self.codes, strict=True)
        return [words[code] if code >= 0 else f"{n:.15g}" for n, code in pairs]

    def indices(self, words):
        """Return by row which of the words it is, -1 for none of them."""
        place = {word: i for i, word in enumerate(words)}
        return torch.tensor([place.get(text, -1) for text in self.texts()])

    def features(self, words):
        """Return the numbers, or a 1 in the place of the word and 0 in all others."""
        if words is None:
            return self.as_numbers().float().unsqueeze(1)
        return (self.indices(words).unsqueeze(1) == torch.arange(len(words))).float()


class Table:
    """The columns of a file by name, and where in it each row stands."""

    def __init__(self, file, names, unit):
        names = [name.strip() or f"column{i + 1}" for i, name in enumerate(names)]
        if len(set(names)) < len(names):
            raise ValueError(f"{file}: two columns have the same name.")
        self.file, self.unit, self.places = file, unit, array("q")
        self.columns = {name: Column() for name in names}

    def append(self, place, cells):
        """Add a row."""
        if len(cells) != len(self.columns):
            problem = f"{len(cells)} cells for {len(self.columns)} columns"
            raise ValueError(f"{self.file}, {self.unit} {place}: {problem}.")
        for column, cell in zip(self.columns.values(), cells, strict=True):
            column.append(cell)
        self.places.append(place)

    def at(self, row):
        """Say where a row is."""
        return f"{self.file}, {self.unit} {self.places[row]}"

    def column(self, name):
        """Return a column."""
        if name not in self.columns:
            raise ValueError(f"{self.file} has no column {name}.")
        return self.columns[name]

    def chosen(self, names):
        """Return the names in a text, which are separated by commas."""
        found = [name.strip() for name in names.split(",") if name.strip()]
        for name in found:
            if name not in self.columns:
                there = ", ".join(list(self.columns)[:20])
                raise ValueError(f"{self.file} has no column {name}, only {there}.")
        return found

    def words(self, name):
        """Return the words of a column in order, None when it holds numbers."""
        column = self.columns[name]
        rows = torch.frombuffer(column.codes, dtype=torch.int64) >= 0
        if not rows.any():
            return None
        if rows.sum() < (~column.as_numbers().isnan()).sum():
            row = int(rows.nonzero()[0])
            word = list(column.words)[column.codes[row]]
            raise ValueError(f"{self.at(row)}: {name} is {word!r}, which is no number.")
        return sorted(set(column.texts()) - {"nan"})

    def classes(self, name, target_is):
        """Return the classes in a column, None when it is a number to be met."""
        words = self.words(name)
        if target_is == "number":
            if words is not None:
                raise ValueError(f"{self.file}: {name} holds words, not numbers.")
            return None
        if words is None:
            column = self.columns[name].as_numbers()
            values = column[~column.isnan()].unique()
            whole = bool((values == values.round()).all())
            if target_is == "guess" and not (whole and len(values) <= 20):
                return None
            words = [f"{value:.15g}" for value in values.tolist()]
        if len(words) < 2:
            raise ValueError(f"{self.file}: {name} is the same in every {self.unit}.")
        return words

    def targets(self, names, target_is):
        """Return the classes of each column to be found out, None for numbers."""
        if not self.places:
            raise ValueError(f"{self.file} has no rows.")
        found = [list(self.columns)[-1]] if names is None else self.chosen(names)
        if len(found) > 1:
            target_is = "number"
        return {name: self.classes(name, target_is) for name in found}


def plan_table(table, chosen, target_is):
    """Return the words of each feature and of each target, None for numbers."""
    target, columns = chosen
    targets = table.targets(target, target_is)
    names = list(table.columns) if columns is None else table.chosen(columns)
    features = {name: table.words(name) for name in names if name not in targets}
    for name, words in features.items():
        if words and len(words) > MOST_WORDS:
            raise ValueError(
                f"{table.file}: {name} holds {len(words)} words: too many."
            )
    if not features:
        raise ValueError(f"{table.file}: there is no column besides the target.")
    return features, targets


def encode_table(table, features, targets, missing):
    """Return features and target as tensors; what is to be filled in is NaN."""
    keep = torch.ones(len(table.places), dtype=torch.bool)
    for name in (*features, *targets):
        empty = table.column(name).missing()
        if missing == "skip":
            keep &= ~empty
        elif empty.any() and (missing == "refuse" or name in targets):
            raise ValueError(f"{table.at(int(empty.nonzero()[0]))}: {name} is missing.")
    x = torch.cat([table.columns[n].features(features[n]) for n in features], 1)
    y = encode_targets(table, targets, keep)
    return x[keep], y[keep]


def encode_targets(table, targets, keep=True):
    """Return the classes, or the numbers of all the columns."""
    for name, words in targets.items():
        column = table.column(name)
        wrong = (
            column.missing() if words is None else column.indices(words) < 0
        ) & keep
        if wrong.any():
            problem = "is missing" if words is None else "is of no known class"
            raise ValueError(f"{table.at(int(wrong.nonzero()[0]))}: {name} {problem}.")
        if words is not None:
            return column.indices(words)
    return torch.cat([table.columns[n].features(None) for n in targets], 1)


def finish_table(table, kept, chosen, target_is, missing, scale, how):
    """Return (features, target) to train on and (features, target) kept aside."""
    features, targets = plan_table(table, chosen, target_is)
    x, y = encode_table(table, features, targets, missing)
    if kept is None:
        train, aside = split_samples(y, *how)
        x, y, kept_x, kept_y = x[train], y[train], x[aside], y[aside]
    else:
        kept_x, kept_y = encode_table(kept, features, targets, missing)
    if missing == "fill":
        mean = x.nanmean(0).nan_to_num()
        x, kept_x = x.where(~x.isnan(), mean), kept_x.where(~kept_x.isnan(), mean)
    scale_features, scale_target = scale
    if scale_features:
        plain = [words is None for words in features.values() for _ in words or [0]]
        scaled, kept_scaled = standardise(x, kept_x)
        numbers = torch.tensor(plain)
        x, kept_x = scaled.where(numbers, x), kept_scaled.where(numbers, kept_x)
    if scale_target and y.is_floating_point():
        y, kept_y = standardise(y, kept_y)
    return (x, y), (kept_x, kept_y)


def describe_table(table, kept, chosen, target_is, missing):
    """Say what `finish_table` gives, and what it takes each column for."""
    features, targets = plan_table(table, chosen, target_is)
    x, y = encode_table(table, features, targets, missing)
    if not len(x):
        raise ValueError(f"{table.file}: no row is left.")
    if kept is not None:
        encode_table(kept, features, targets, missing)
    facts = [("rows", f"{len(x):,}")]
    for name, found in (*features.items(), *targets.items()):
        facts.append((name, "number" if found is None else f"{len(found)} words"))
    (words,) = targets.values() if len(targets) == 1 else (None,)
    goal = Output(tuple(y.shape[1:]))
    if words is not None:
        goal = Output((), "int64", len(words), tuple(words))
    return Description({"features": Output(tuple(x.shape[1:])), "target": goal}, facts)
