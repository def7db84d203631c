"""The runs as rows of a table: filtered, sorted, and changed in place, so that a selection stays where it is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from time import perf_counter

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, QTimer, Signal

from netbuilder.bridge.run_settings import Key, Settings, compare, value_text
from netbuilder.bridge.runs import News, Run
from netbuilder.ui.parts import tip
from netbuilder.ui.runs import columns
from netbuilder.ui.runs.columns import Column
from netbuilder.ui.runs.wanted import Wanted

AnyIndex = QModelIndex | QPersistentModelIndex
Order = Qt.SortOrder
NOWHERE = QModelIndex()
_PLAIN = Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemNeverHasChildren
_EDITABLE = _PLAIN | Qt.ItemFlag.ItemIsEditable
_MANY = 200  # rows that come or go at once from which on the table is laid out anew
_SOON = 250
_TURN = 0.008  # seconds


class RunsModel(QAbstractTableModel):
    """All runs; `shown` are those that are wanted, in their order. `counted` says that their number changed.

    `noted` gives a run and the note that was typed for it.
    """

    counted = Signal()
    noted = Signal(object, str)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.runs: dict[Path, Run] = {}
        self.shown: list[Run] = []
        self.wanted = Wanted()
        self.sorted_by, self.order = "created", Order.DescendingOrder
        self.columns: list[Column] = []
        self.differing: list[Key] = []
        self._differs: dict[Path, str] = {}
        self._compared: dict[
            str, tuple[frozenset[Settings], list[Key]]
        ] = {}  # by name: the settings, in what they differ
        self._make_columns()
        self._soon = QTimer(self, singleShot=True, interval=_SOON)
        self._soon.timeout.connect(self._compare)
        self._comparing: Iterator[None] = iter(())
        self._turn = QTimer(self, singleShot=True, interval=0)
        self._turn.timeout.connect(self._go_on_comparing)

    # What comes from outside.

    def take(self, news: News) -> None:
        """Follow what is new."""
        for folder in news.gone:
            self.runs.pop(folder, None)
        for run in news.changed:
            self.runs[run.folder] = run
        self._make_columns()
        self._arrange({run.folder for run in news.changed})
        self._soon.start()

    def want(self, wanted: Wanted) -> None:
        """Show what is wanted."""
        if wanted != self.wanted:
            self.wanted = wanted
            self._arrange()
            self._soon.start()

    def sort(self, column: int, order: Order = Order.AscendingOrder) -> None:
        """Sort by a column; runs that have nothing there come last either way."""
        if 0 <= column < len(self.columns):
            self.sorted_by, self.order = self.columns[column].key, order
            self._arrange()

    def run(self, row: int) -> Run:
        """The run in a row."""
        return self.shown[row]

    def row(self, folder: Path) -> int:
        """The row of a run; −1 where it is not shown."""
        return next((row for row, run in enumerate(self.shown) if run.folder == folder), -1)

    def place(self, key: str) -> int:
        """Where a column is; −1 where there is none."""
        return next((at for at, column in enumerate(self.columns) if column.key == key), -1)

    # What Qt asks.

    def rowCount(self, parent: AnyIndex = NOWHERE) -> int:
        """How many runs are shown."""
        return 0 if parent.isValid() else len(self.shown)

    def columnCount(self, parent: AnyIndex = NOWHERE) -> int:
        """How many columns there are, hidden ones among them."""
        return 0 if parent.isValid() else len(self.columns)

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """What is in a cell; for the user's role the run itself."""
        if not index.isValid():
            return None
        run, column = self.shown[index.row()], self.columns[index.column()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole):
            return column.text(run)
        if role == Qt.ItemDataRole.UserRole:
            return run
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._tip(run, column)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{column.title}: {column.text(run)}" if column.key != "star" else self._star_words(run)
        return None

    def flags(self, index: AnyIndex) -> Qt.ItemFlag:
        """Notes can be edited."""
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        return _EDITABLE if self.columns[index.column()].key == "note" else _PLAIN

    def setData(self, index: AnyIndex, value: object, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """A note was typed; it is shown when it was read again from where it is kept."""
        if role != Qt.ItemDataRole.EditRole or not index.isValid():
            return False
        run, text = self.shown[index.row()], str(value).strip()
        if text != self.columns[index.column()].text(run):
            self.noted.emit(run, text)
        return True

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """The titles of the columns."""
        if orientation != Qt.Orientation.Horizontal or not 0 <= section < len(self.columns):
            return None
        column = self.columns[section]
        if role == Qt.ItemDataRole.DisplayRole:
            return column.title
        if role == Qt.ItemDataRole.ToolTipRole:
            return tip(column.help)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if column.numeric else Qt.AlignmentFlag.AlignLeft
            return int(side | Qt.AlignmentFlag.AlignVCenter)
        return None

    def _tip(self, run: Run, column: Column) -> str:
        if column.kind == "star":
            return tip(self._star_words(run))
        if column.key == "state":
            return tip(columns.why(run) or columns.state_text(run))
        if column.key == "note":
            return tip(run.notes.note)
        if column.key == "differs":
            return tip(*_lines(self._differences(run)))
        if column.key == "name":
            return tip(run.name, str(run.folder))
        if column.kind == "steps" and run.about is not None:
            return tip(
                self.tr("{done} of {planned} steps").format(done=f"{run.steps:,}", planned=f"{run.about.steps:,}")
            )
        return tip(column.text(run))

    def _star_words(self, run: Run) -> str:
        return self.tr("Starred") if run.notes.starred else self.tr("Not starred")

    # The columns.

    def _make_columns(self) -> None:
        """Have a column for everything that the runs have."""
        first, last = columns.fixed(self._differences)
        made = [*first, *columns.metrics(list(self.runs.values())), *last, *map(columns.setting, self.differing)]
        if [column.key for column in made] != [column.key for column in self.columns]:
            self.beginResetModel()
            self.columns = made
            self.endResetModel()

    # The rows.

    def _arrange(self, changed: Iterable[Path] = ()) -> None:
        """Have exactly the wanted runs in their order, with as little stir as possible."""
        test = self.wanted.test()
        new = self._in_order([run for run in self.runs.values() if test(run)])
        before = len(self.shown)
        old = {run.folder for run in self.shown}
        if abs(len(new) - before) > _MANY or not old:
            self.beginResetModel()
            self.shown = new
            self.endResetModel()
        else:
            self._remove({run.folder for run in new})
            self._move([run for run in new if run.folder in old])
            self._insert(new)
            self.shown = new
            self._tell(set(changed))
        if len(new) != before:
            self.counted.emit()

    def _in_order(self, runs: list[Run]) -> list[Run]:
        """Runs as they are sorted; where that does not tell them apart, the newest come first."""
        column = self.columns[max(self.place(self.sorted_by), 0)]
        runs = sorted(runs, key=lambda run: (run.created, str(run.folder)), reverse=True)
        keys = [(column.sort(run), run) for run in runs]
        known = [(key, run) for key, run in keys if key is not None]
        rest = [run for key, run in keys if key is None]
        back = self.order == Order.DescendingOrder
        known.sort(key=lambda pair: (isinstance(pair[0], str), pair[0]), reverse=back)
        return [run for _, run in known] + rest

    def _remove(self, kept: set[Path]) -> None:
        for row in range(len(self.shown) - 1, -1, -1):
            if self.shown[row].folder not in kept:
                self.beginRemoveRows(NOWHERE, row, row)
                del self.shown[row]
                self.endRemoveRows()

    def _move(self, kept: list[Run]) -> None:
        """Put the rows that stay into their order."""
        if [run.folder for run in kept] == [run.folder for run in self.shown]:
            return
        self.layoutAboutToBeChanged.emit()
        places = {run.folder: row for row, run in enumerate(kept)}
        before = self.persistentIndexList()
        after = [self.index(places[self.shown[index.row()].folder], index.column()) for index in before]
        self.shown = kept
        self.changePersistentIndexList(before, after)
        self.layoutChanged.emit()

    def _insert(self, new: Sequence[Run]) -> None:
        there = {run.folder for run in self.shown}
        row = 0
        while row < len(new):
            end = row
            while end < len(new) and new[end].folder not in there:
                end += 1
            if end > row:
                self.beginInsertRows(NOWHERE, row, end - 1)
                self.shown[row:row] = new[row:end]
                self.endInsertRows()
            row = end + 1

    def _tell(self, changed: set[Path]) -> None:
        """Say which rows are to be painted again."""
        last, first = len(self.columns) - 1, -1
        told = [run.folder in changed for run in self.shown] if changed else []
        for row, on in enumerate([*told, False]):
            if on and first < 0:
                first = row
            elif not on and first >= 0:  # rows that follow each other are told of together
                self.dataChanged.emit(self.index(first, 0), self.index(row - 1, last))
                first = -1

    # In what they differ.

    def _compare(self) -> None:
        self._comparing = self._comparison()
        self._go_on_comparing()

    def _go_on_comparing(self) -> None:
        """Compare for a moment, and then let the window do what it has to."""
        until = perf_counter() + _TURN
        for _ in self._comparing:
            if perf_counter() > until:
                self._turn.start()
                return

    def _comparison(self) -> Iterator[None]:
        """Find in which settings the shown runs of each name differ; groups in which nothing changed are left."""
        groups: dict[str, list[tuple[Path, Settings]]] = {}
        for run in self.shown:
            if run.settings is not None:
                groups.setdefault(run.name, []).append((run.folder, run.settings))
        keys: dict[Key, None] = {}
        changed: set[Path] = set()
        for name, group in groups.items():
            stamp = frozenset(settings for _, settings in group)
            before, found = self._compared.get(name, (None, []))
            if before != stamp:
                found = []
                for key in compare([settings for _, settings in group]):
                    found += [] if key is None else [key]
                    yield
                self._compared[name] = stamp, found
                for folder, _ in group:
                    self._differs.pop(folder, None)
                    changed.add(folder)
            keys |= dict.fromkeys(found)
        self.differing = [key for key in keys if key.name != "wires"]
        self._make_columns()
        self._tell(changed)

    def _differences(self, run: Run) -> str:
        """How a run differs from the others of its name, put in words when it is looked at."""
        if run.folder not in self._differs:
            _, keys = self._compared.get(run.name, (None, []))
            self._differs[run.folder] = _difference(run.settings, keys) if run.settings is not None else ""
        return self._differs[run.folder]


def _difference(settings: Settings, keys: Sequence[Key]) -> str:
    """What a run has where others have something else: `learning rate 0.01 · fc1 out features 32`."""
    return "  ·  ".join(text for key in keys if (text := _said(settings, key)))


def _said(settings: Settings, key: Key) -> str:
    value = settings.value(key)
    if key.name == "wires":
        return ""
    if key.of and key.name and Key(key.of, "") not in settings.given:
        return ""
    name = " ".join(filter(None, (key.of, key.name.replace("_", " "))))
    return f"{name} {value_text(value)}"


def _lines(text: str) -> tuple[str, str]:
    first, *rest = text.split("  ·  ")
    return first, "\n".join(rest)
