"""Tables: what each column holds, as far as a network has to know it."""

import math
from array import array

import torch

MISSING = {"", "?", "-", "na", "n/a", "nan", "null", "none"}
MOST_VALUES = 50_000
CHUNK = 512


class Column:
    """The cells of a column: numbers and words; what is missing is neither."""

    def __init__(self):
        self.numbers, self.codes, self.words = array("d"), array("q"), {}
        self.counted, self.first, self.many = (0, 0), None, False
        self.values = torch.empty(0, dtype=torch.float64)

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
        if not self.numbers:
            return torch.empty(0, dtype=torch.float64)
        return torch.frombuffer(self.numbers, dtype=torch.float64)

    def as_codes(self):
        """Return by row the number of its word, -1 where there is none."""
        if not self.codes:
            return torch.empty(0, dtype=torch.int64)
        return torch.frombuffer(self.codes, dtype=torch.int64)

    def missing(self):
        """Return by row whether there is nothing."""
        return self.as_numbers().isnan() & (self.as_codes() < 0)

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

    def counts(self):
        """Return how many numbers and how many words there have been."""
        numbers, words = self.counted
        numbers += int((~self.as_numbers().isnan()).sum())
        return numbers, words + int((self.as_codes() >= 0).sum())

    def first_word(self, places):
        """Return the first word that there has been, and where."""
        found = (self.as_codes() >= 0).nonzero()
        if self.first is None and len(found):
            row = int(found[0])
            self.first = places[row], list(self.words)[self.codes[row]]
        return self.first

    def different(self):
        """Return the different numbers that there have been, None for very many."""
        for part in self.as_numbers().split(MOST_VALUES + 1):
            if len(self.values) <= MOST_VALUES:
                self.values = torch.cat((self.values, part[~part.isnan()])).unique()
        return None if len(self.values) > MOST_VALUES else self.values

    def forget(self, places):
        """Let go of the cells, but for what they are like."""
        self.counted, _, _ = self.counts(), self.first_word(places), self.different()
        self.numbers, self.codes = array("d"), array("q")
        if len(self.words) > MOST_VALUES:
            self.many, self.words = True, {}


class Table:
    """The columns of a file by name, and where in it each row stands."""

    def __init__(self, file, unit, names):
        names = [name.strip() or f"column{i + 1}" for i, name in enumerate(names)]
        if len(set(names)) < len(names):
            raise ValueError(f"{file}: two columns have the same name.")
        self.file, self.unit, self.places, self.forgotten = file, unit, array("q"), 0
        self.columns = {name: Column() for name in names}

    def append(self, place, cells):
        """Add a row."""
        if len(cells) != len(self.columns):
            problem = f"{len(cells)} cells for {len(self.columns)} columns"
            raise ValueError(f"{self.file}, {self.unit} {place}: {problem}.")
        for column, cell in zip(self.columns.values(), cells, strict=True):
            column.append(cell)
        self.places.append(place)

    def forget(self):
        """Let go of the rows, but for what the columns are like."""
        for column in self.columns.values():
            column.forget(self.places)
        self.forgotten += len(self.places)
        self.places = array("q")

    def __len__(self):
        return self.forgotten + len(self.places)

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
        numbers, words = column.counts()
        if not words:
            return None
        if words < numbers:
            place, word = column.first_word(self.places)
            problem = f"{name} is {word!r}, which is no number"
            raise ValueError(f"{self.file}, {self.unit} {place}: {problem}.")
        if column.many or len(column.words) > MOST_VALUES:
            problem = f"holds more than {MOST_VALUES:,} words: too many"
            raise ValueError(f"{self.file}: {name} {problem}.")
        return sorted({*column.words, *self.as_words(name)})

    def as_words(self, name):
        """Return the different numbers of a column as words."""
        values = self.columns[name].different()
        if values is None:
            problem = f"holds more than {MOST_VALUES:,} different numbers: too many"
            raise ValueError(f"{self.file}: {name} {problem}.")
        return [f"{value:.15g}" for value in values.tolist()]

    def classes(self, name, target_is):
        """Return the classes in a column, None when it is a number to be met."""
        words = self.words(name)
        if target_is == "number":
            if words is not None:
                raise ValueError(f"{self.file}: {name} holds words, not numbers.")
            return None
        if words is None:
            values = self.columns[name].different()
            few = values is not None and len(values) <= 20
            if target_is == "guess" and not (few and (values == values.round()).all()):
                return None
            words = self.as_words(name)
        if len(words) < 2:
            raise ValueError(f"{self.file}: {name} is the same in every {self.unit}.")
        return words

    def targets(self, names, target_is):
        """Return the classes of each column to be found out, None for numbers."""
        if not len(self):
            raise ValueError(f"{self.file} has no rows.")
        found = [list(self.columns)[-1]] if names is None else self.chosen(names)
        if len(found) > 1:
            target_is = "number"
        return {name: self.classes(name, target_is) for name in found}


def read_table(file, unit, read, megabytes=None):
    """Return the table whose names and rows `read` yields.

    Of one that takes more memory than that, only what its columns are like is kept.
    """
    rows = read()
    _, names = next(rows)
    table, most = Table(file, unit, names), math.inf
    if megabytes is not None:
        most = megabytes * 10**6 // (16 * len(names) + 8)
    for place, cells in rows:
        table.append(place, cells)
        if len(table.places) > most:
            table.forget()
            most = CHUNK
    if table.forgotten:
        table.forget()
    return table


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
