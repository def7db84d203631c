"""The samples that the rows of a table are, in memory or in a file beside it."""

import mmap
import tempfile
from array import array

import torch

from netbuilder.engine.loaders.describing import Description, Output
from netbuilder.engine.loaders.scaling import standardise
from netbuilder.engine.loaders.splitting import split_samples
from netbuilder.engine.loaders.tables import (
    CHUNK,
    Table,
    encode_targets,
    read_table,
)

MOST_WORDS = 100


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
    keep = torch.ones(len(table), dtype=torch.bool)
    for name in (*features, *targets):
        empty = table.column(name).missing()
        if missing == "skip":
            keep &= ~empty
        elif empty.any() and (missing == "refuse" or name in targets):
            raise ValueError(f"{table.at(int(empty.nonzero()[0]))}: {name} is missing.")
    parts = []
    for name, words in features.items():
        part = table.columns[name].features(words)
        if part.isinf().any():  # as a float32
            row = int(part.isinf().any(1).nonzero()[0])
            raise ValueError(f"{table.at(row)}: {name} is too large a number.")
        parts.append(part)
    y = encode_targets(table, targets, keep)
    return torch.cat(parts, 1)[keep], y[keep]


def table_chunks(file, unit, read):
    """Yield the rows of a table a few at a time, each few a table too."""
    rows = read()
    _, names = next(rows)
    table = Table(file, unit, names)
    for place, cells in rows:
        table.append(place, cells)
        if len(table) == CHUNK:
            yield table
            table = Table(file, unit, names)
    if len(table):
        yield table


def store_table(file, unit, read, encode):
    """Return features, which lie in a file that nobody sees and that goes with them."""
    goals = []
    with tempfile.TemporaryFile() as stored:
        for chunk in table_chunks(file, unit, read):
            x, y = encode(chunk)
            goals.append(y)
            try:
                array("f", x.flatten().tolist()).tofile(stored)
                stored.flush()
            except OSError as error:
                problem = f"{file} needs more room in {tempfile.gettempdir()}"
                raise OSError(f"{problem}: {error.strerror}.") from None
        y = torch.cat(goals)
        if not len(y):
            raise ValueError(f"{file}: no row is left.")
        memory = mmap.mmap(stored.fileno(), 0)
    return torch.frombuffer(memory, dtype=torch.float32).view(len(y), -1), y


def table_samples(file, unit, read, plan, missing, megabytes):
    """Return features, target, the plan of both, and whether they stay on the disk."""
    table = read_table(file, unit, read, megabytes)
    features, targets = known = plan(table)
    width = sum(len(words or [0]) for words in features.values())
    if table.forgotten or 4 * width * len(table) > megabytes * 10**6:
        del table

        def encode(chunk):
            return encode_table(chunk, features, targets, missing)

        x, y = store_table(file, unit, read, encode)
        return x, y, known, True
    x, y = encode_table(table, features, targets, missing)
    return x, y, known, False


class TableRows:
    """Some rows of stored features, finished when they are asked for."""

    def __init__(self, x, rows, finish):
        self.x, self.rows, self.finish = x, rows, finish

    def __len__(self):
        return len(self.rows)

    def __getitem__(self, indices):
        return self.finish(self.x[self.rows[indices]])

    def split(self, size):
        """Yield the rows in batches."""
        for indices in torch.arange(len(self)).split(size):
            yield self[indices]


def table_part(x, rows, finish, stored):
    """Return some rows of features, at once if they are in memory."""
    return TableRows(x, rows, finish) if stored else finish(x[rows])


def measure_rows(x, rows):
    """Return the mean and spread of each column, once gaps are filled with the mean."""
    count = total = squares = torch.zeros(x.shape[1], dtype=torch.float64)
    for few in rows.split(CHUNK):
        part = x[few].double()
        count = count + (~part.isnan()).sum(0)
        total = total + part.nan_to_num().sum(0)
    mean = total / count.clamp_min(1)
    for few in rows.split(CHUNK):
        squares = squares + (x[few].double() - mean).nan_to_num().square().sum(0)
    return mean.float(), (squares / len(rows)).sqrt().float()


def finish_rows(x, rows, features, missing, scale):
    """Return a function that fills in and scales rows by what these rows are like."""
    if missing != "fill" and not scale:
        return lambda found: found
    mean, spread = measure_rows(x, rows)
    spread[spread == 0] = 1
    plain = [words is None for words in features.values() for _ in words or [0]]
    numbers = torch.tensor(plain)

    def finish(found):
        if missing == "fill":
            found = found.where(~found.isnan(), mean)
        return found.where(~numbers, (found - mean) / spread) if scale else found

    return finish


def load_table(parts, unit, chosen, target_is, missing, scale, how, megabytes):
    """Return (features, target) to train on and (features, target) kept aside."""
    scale_features, scale_target = scale
    (file, read), *others = parts

    def plan(table):
        return plan_table(table, chosen, target_is)

    x, y, known, stored = table_samples(file, unit, read, plan, missing, megabytes)
    if others:
        ((other, reread),) = others
        kept_x, kept_y, _, kept_stored = table_samples(
            other, unit, reread, lambda _: known, missing, megabytes
        )
        rows, aside = torch.arange(len(y)), torch.arange(len(kept_y))
    else:
        rows, aside = split_samples(y, *how)
        kept_x, kept_y, kept_stored, y = x, y[aside], stored, y[rows]
    finish = finish_rows(x, rows, known[0], missing, scale_features)
    if scale_target and y.is_floating_point():
        y, kept_y = standardise(y, kept_y)
    features = table_part(x, rows, finish, stored)
    return (features, y), (table_part(kept_x, aside, finish, kept_stored), kept_y)


def describe_table(table, kept, chosen, target_is, missing):
    """Say what `load_table` gives, and what it takes each column for."""
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
    goal = Output(tuple(y.shape[1:]), names=tuple(targets))
    if words is not None:
        goal = Output((), "int64", len(words), tuple(words))
    names = []
    for name, found in features.items():
        names += [name] if found is None else [f"{name} = {word}" for word in found]
    inputs = Output(tuple(x.shape[1:]), names=tuple(names))
    return Description({"features": inputs, "target": goal}, facts)
