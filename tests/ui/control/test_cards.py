"""The cards over the canvas, each by itself on an empty one: what they show, what their buttons and keys give."""

from __future__ import annotations

import math
from pathlib import Path

import msgspec
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QCheckBox, QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from netbuilder.blocks.sentence import say
from netbuilder.bridge.messages import Adjust, Ended, Start
from netbuilder.bridge.overfitting import Verdict, judge
from netbuilder.bridge.rate_search import STEPS, rate_at, suggest
from netbuilder.bridge.reports import Device, Fix, Preflight, Problem, Timing
from netbuilder.graph.records import Training
from netbuilder.ui import style
from netbuilder.ui.control.adjust_card import AdjustCard
from netbuilder.ui.control.card import Card
from netbuilder.ui.control.job import Job
from netbuilder.ui.control.more_card import MoreCard
from netbuilder.ui.control.overfit_card import OverfitCard
from netbuilder.ui.control.preflight_card import PreflightCard
from netbuilder.ui.control.queue import Queue
from netbuilder.ui.control.queue_card import QueueCard
from netbuilder.ui.control.rate_card import RateCard
from netbuilder.ui.engine_link import EngineLink
from netbuilder.ui.run_control import RunControl
from netbuilder.ui.theme import DARK, LIGHT
from tests.drawings import CLASSIFIER, draw
from tests.ui.control.control_help import LEFT, press

KEYS, ALT = Qt.Key, Qt.KeyboardModifier.AltModifier
CPU, GPU = Device("cpu", "CPU · 2 cores"), Device("cuda:0", "A large GPU")


@pytest.fixture
def canvas(qtbot: QtBot) -> QWidget:
    """Something that cards lie on, in the style of the window."""
    application = QApplication.instance()
    assert isinstance(application, QApplication)
    style.load_fonts()
    style.apply(application, DARK)
    made = QWidget()
    qtbot.addWidget(made)
    made.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    made.resize(900, 700)
    with qtbot.waitActive(made):
        made.show()
        made.activateWindow()
    return made


class Recorder(EngineLink):
    """An engine that starts nothing, and says what the test wants."""

    def __init__(self) -> None:
        super().__init__()
        self.started: list[Start] = []

    def train(self, start: Start) -> None:
        """Note it."""
        self.started.append(start)

    def stop(self) -> None:
        """End at once."""
        self.ended.emit(Ended("stopped", say("Stopped.")))


def said(card: Card) -> str:
    """All that a card says at the moment."""
    return "\n".join(one.text() for one in card.findChildren(QLabel) if one.isVisible())


def buttons(card: Card) -> dict[str, QPushButton]:
    return {one.text(): one for one in card.findChildren(QPushButton) if one.isVisible()}


def whole(card: Card) -> None:
    """Nothing that is shown in a card reaches over its edge, and no text is cut."""
    for _ in range(3):  # what was put in is laid out then, from the inside to the card
        QApplication.processEvents()
    for one in card.findChildren(QWidget):
        if one.isVisible() and one.parentWidget() is card:
            assert card.rect().contains(one.geometry()), one
        if isinstance(one, QLabel) and one.isVisible() and one.wordWrap():
            assert one.height() >= one.heightForWidth(one.width()), one.text()
        if isinstance(one, QPushButton) and one.isVisible():
            assert one.width() >= one.minimumSizeHint().width(), one.text()


# The queue.


def queued(canvas: QWidget) -> tuple[QueueCard, Queue, Recorder]:
    engine = Recorder()
    runs = RunControl(engine, canvas)
    queue = Queue(runs, canvas)
    card = QueueCard(DARK, canvas, queue, lambda key: {"cpu": "", "cuda:0": GPU.name}[key])
    card.open()
    return card, queue, engine


def job(canvas: QWidget, seed: int, device: str = "cpu", **given: object) -> Job:
    return Job(draw(CLASSIFIER, seed=seed, **given), Path(), device)


def waiting(card: QueueCard) -> list[str]:
    """The seeds of the rows."""
    rows = [card.list.item(at).text() for at in range(card.list.count())]
    return [row.split("seed ")[1].split(" ")[0] for row in rows]


def test_the_queue_is_put_in_order_by_mouse_and_keys(canvas: QWidget, qtbot: QtBot) -> None:
    card, queue, engine = queued(canvas)
    assert "Nothing waits" in said(card) and not buttons(card)
    for seed in range(4):
        queue.add(job(canvas, seed, "cuda:0" if seed == 3 else "cpu", steps=1 if seed == 2 else 0))
    assert len(engine.started) == 1 and waiting(card) == ["1", "2", "3"]  # the first began at once
    texts = [card.list.item(at).text() for at in range(3)]
    assert texts[0] == "1.  Net · Adam 0.001 · batch 64 · seed 1 · 5 epochs"
    assert texts[1].endswith("· 1 step") and texts[2].endswith(GPU.name)
    whole(card)
    assert list(buttons(card)) == ["Up", "Down", "Remove", "Clear"]
    assert not card.up.isEnabled() and card.down.isEnabled()
    press(card.down)
    assert waiting(card) == ["2", "1", "3"] and card.list.currentRow() == 1
    card.list.setFocus()
    QTest.keyClick(card.list, KEYS.Key_Down, ALT)
    assert waiting(card) == ["2", "3", "1"] and not card.down.isEnabled()
    QTest.keyClick(card.list, KEYS.Key_Down, ALT)
    assert waiting(card) == ["2", "3", "1"]
    QTest.keyClick(card.list, KEYS.Key_Up)
    QTest.keyClick(card.list, KEYS.Key_Up, ALT)
    assert waiting(card) == ["3", "2", "1"]
    QTest.keyClick(card.list, KEYS.Key_Delete)
    assert waiting(card) == ["2", "1"] and card.list.currentRow() == 0
    QTest.mouseClick(card.list.viewport(), LEFT, pos=card.list.visualItemRect(card.list.item(1)).center())
    press(card.remove)
    assert waiting(card) == ["2"]
    press(card.clear)
    assert not queue.jobs and "Nothing waits" in said(card)
    assert len(engine.started) == 1


def test_one_run_follows_another_however_it_ends_but_for_a_stop_by_hand(canvas: QWidget, qtbot: QtBot) -> None:
    card, queue, engine = queued(canvas)
    runs = queue._runs
    for seed in range(5):
        queue.add(job(canvas, seed))
    for state in ("finished", "failed"):
        count = len(engine.started)
        engine.ended.emit(Ended(state, say("It ended.")))
        qtbot.waitUntil(lambda n=count: len(engine.started) == n + 1)  # type: ignore[misc]
    assert waiting(card) == ["3", "4"] and runs.state == "starting"
    runs.stop()
    assert queue.held and "Held" in said(card) and len(engine.started) == 3
    whole(card)
    QTest.qWait(20)
    assert len(engine.started) == 3
    press(card.start)
    assert len(engine.started) == 4 and waiting(card) == ["4"] and "Start Next" not in buttons(card)
    runs.stop()
    press(card.clear)
    assert not queue.held
    queue.add(job(canvas, 9))
    assert len(engine.started) == 5


def test_a_run_without_a_folder_holds_the_queue(canvas: QWidget, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    card, queue, engine = queued(canvas)
    for seed in range(3):
        queue.add(job(canvas, seed))

    def no_room(_name: str) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("netbuilder.ui.run_control.new_folder", no_room)
    with qtbot.waitSignal(queue._runs.refused) as refused:
        engine.ended.emit(Ended("finished", say("It ended.")))
    assert "No space left" in str(refused.args[0])
    assert queue.held and waiting(card) == ["2"] and len(engine.started) == 1


# The check before a run.

SIDE = Problem("side", say("No gradient reaches {node}: no loss depends on it.", node="side"), "warning")
MENDED = Problem(
    "fc1", say("{node} is too wide.", node="fc1"), "error", fix=Fix(say("Narrow It"), "fc1", {"out_features": 8})
)


def test_the_check_says_device_by_device_what_it_found(canvas: QWidget, qtbot: QtBot) -> None:
    card = PreflightCard(DARK, canvas)
    card.begin([CPU, GPU], Training(epochs=10), {"fc1": "fc1", "side": "side"})
    card.open()
    assert "Trying one batch on CPU · 2 cores" in said(card) and card.bar.isVisible()
    with qtbot.waitSignal(card.cancelled):
        press(buttons(card)["Cancel"])
    card.take(Preflight("cpu", 3 << 20, 0.02, 0.5, 2.31, 2.3), False)
    assert "Trying one batch on A large GPU" in said(card)
    for text in ("3.0 MiB", "20 ms", "500 ms", "5.0 s", "2.31", "Every parameter gets a gradient.", "gives 2.3."):
        assert text in said(card)
    refused = say("There is not enough memory.")
    card.take(Preflight("cuda:0", problems=(SIDE, MENDED), refused=refused), True)
    assert not card.bar.isVisible() and "Cancel" not in buttons(card)
    assert "There is not enough memory." in said(card) and "no loss depends on it" in said(card)
    assert "Every parameter" not in said(card)
    whole(card)
    with qtbot.waitSignal(card.node_chosen) as chosen:
        press(buttons(card)["Show side"])
    with qtbot.waitSignal(card.fixed) as fixed:
        press(buttons(card)["Narrow It"])
    assert chosen.args == ["side"] and fixed.args == [MENDED.fix]
    with qtbot.waitSignal(card.again):
        press(card.again_button)
    with qtbot.waitSignal(card.automatic) as automatic:
        QTest.mouseClick(card.findChild(QCheckBox), LEFT, pos=QPoint(8, card.always.height() // 2))
    assert automatic.args == [True]
    card.set_theme(LIGHT)
    card.say_old()
    assert "The drawing has changed since." in said(card)
    whole(card)


def test_ways_to_calculate_are_compared_and_one_is_taken(canvas: QWidget, qtbot: QtBot) -> None:
    card = PreflightCard(DARK, canvas)
    card.begin([CPU], Training(speed="fast"), {})
    card.open()
    timings = (
        Timing((), 0.04),
        Timing(("channels_last",), 0.02),
        Timing(("channels_last", "fused"), 0.016),
        Timing(("compile",), 0.0, refused="no compiler"),
    )
    card.take(Preflight("cpu", step=0.016, epoch=1.0, timings=timings, chosen=("channels_last", "fused")), True)
    for text in (
        "exactly as written",
        "channels last",
        "channels last + fused optimizer, the quickest",
        "torch.compile",
    ):
        assert text in said(card).splitlines()
    assert "2.00 ×" in said(card) and "2.50 ×" in said(card) and "no compiler" in said(card)
    uses = [one for one in card.findChildren(QPushButton) if one.text() == "Use This" and one.isVisible()]
    assert len(uses) == 2 and said(card).count("in use") == 1  # what is used, and what is refused, has none
    whole(card)
    with qtbot.waitSignal(card.variant_wanted) as wanted:
        press(uses[1])
    assert wanted.args == [("channels_last", "fused")]
    card.begin_use(Training(speed="fast", variant=("channels_last", "fused")))
    uses = [one for one in card.findChildren(QPushButton) if one.text() == "Use This" and one.isVisible()]
    assert len(uses) == 2
    with qtbot.waitSignal(card.variant_wanted) as wanted:
        press(uses[0])
    assert wanted.args == [()]


# What single runs tell.


def valley() -> list[float]:
    """Losses of a search that fall around a rate of 0.01, and explode where it is much larger."""
    rates = [rate_at(step) for step in range(1, STEPS + 1)]
    return [2.3 - 1.5 / (1 + (0.01 / rate) ** 2) + (5 * rate if rate > 1 else 0) for rate in rates]


def test_the_rate_that_is_found_is_shown_on_its_curve_and_taken(canvas: QWidget, qtbot: QtBot) -> None:
    card, losses = RateCard(DARK, canvas), valley()
    found = suggest(losses)
    assert found is not None
    card.show_search([*losses, math.nan], STEPS, say("Suggested learning rate: {rate}.", rate=f"{found:.2g}"))
    assert card.plot is not None and card.rate == pytest.approx(found, rel=0.05)
    curves = card.plot.graphics.plotItem.listDataItems()
    assert len(curves[0].xData) == len(curves[1].xData) == STEPS  # what is no number has no place on it
    point = curves[-1]
    assert point.getData()[0][0] == pytest.approx(math.log10(card.rate))
    low, high = card.plot.graphics.plotItem.vb.viewRange()[0]
    assert low < math.log10(card.rate) < high
    whole(card)
    card.set_theme(LIGHT)
    assert len(card.plot.graphics.plotItem.listDataItems()) == len(curves)
    with qtbot.waitSignal(card.used) as used:
        press(card.use_button)
    assert used.args == [card.rate] and not card.isVisible()
    card.show_search([2.3] * STEPS, STEPS, say("The loss never fell."))
    assert card.isVisible() and not card.use_button.isVisible() and "The loss never fell." in said(card)
    QTest.mouseClick(card.cross, LEFT)
    assert not card.isVisible()


def test_one_batch_by_heart_is_judged_in_words(canvas: QWidget) -> None:
    card = OverfitCard(DARK, canvas)
    graph = draw(CLASSIFIER.replace("relu ReLU", "relu Dropout"), learning_rate=1e-6)
    signs = set()
    for losses in ([2.3 * 0.9**step for step in range(100)], [2.3] * 100, [2.3 - step / 60 for step in range(100)]):
        verdict = judge(losses, graph)
        card.say(verdict)
        assert card.text.text() == str(verdict.sentence) and card.isVisible()
        for hint in verdict.hints:
            assert str(hint) in said(card)
        whole(card)
        signs.add(card._sign.pixmap().toImage().pixelColor(9, 2).name())
    assert "relu drops numbers at random" in said(card)
    card.say(Verdict(True, say("<b>{name}</b> learned", name="<i>")))
    assert card.text.text() == "<b><i></b> learned" and card.text.textFormat() == Qt.TextFormat.PlainText
    QTest.keyClick(card.cross, KEYS.Key_Escape)
    assert not card.isVisible()


def test_how_much_longer_is_typed(canvas: QWidget, qtbot: QtBot) -> None:
    card = MoreCard(DARK, canvas)
    card.ask(Training(epochs=1))
    assert "after 1 epoch, as" in said(card)
    whole(card)
    QTest.keyClicks(card.number, "12")
    with qtbot.waitSignal(card.wanted) as wanted:
        QTest.keyClick(card.number, KEYS.Key_Return)
    assert wanted.args == [12] and not card.isVisible()
    card.ask(Training(steps=2000))
    assert "after 2,000 steps, as" in said(card) and card.number.accessibleName() == "More steps"
    QTest.keyClick(card.number, KEYS.Key_Up)
    with qtbot.waitSignal(card.wanted) as wanted:
        press(card.go_button)
    assert wanted.args == [2001]
    card.ask(Training())
    with qtbot.assertNotEmitted(card.wanted):
        QTest.keyClick(card.number, KEYS.Key_Escape)
    assert not card.isVisible() and canvas.hasFocus()


def test_changes_while_paused_are_sent_one_by_one(canvas: QWidget, qtbot: QtBot) -> None:
    card = AdjustCard(DARK, canvas)
    sent: list[Adjust] = []
    card.adjusted.connect(sent.append)
    card.show_run(Training(learning_rate=0.01, batch_size=32), [CPU], "cpu")
    card.open()
    whole(card)
    assert not card.device.isVisible()  # there is nothing to choose from
    assert card.form.height() >= card.form.sizeHint().height()
    card.show_run(Training(learning_rate=0.01, batch_size=32), [CPU, GPU], "cpu")
    card.open()
    field = card.findChild(QWidget, "learning_rate")
    assert field is not None and field is not None and card.first().hasFocus()
    QTest.keyClick(field, KEYS.Key_A, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClicks(field, "0.5")
    QTest.keyClick(field, KEYS.Key_Return)
    assert sent == [Adjust(learning_rate=0.5)]
    batch = card.findChild(QWidget, "batch_size")
    batch.setFocus()
    QTest.keyClick(batch, KEYS.Key_A, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClicks(batch, "0")
    QTest.keyClick(batch, KEYS.Key_Return)
    assert len(sent) == 1  # no batch has no samples
    QTest.keyClick(batch, KEYS.Key_A, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClicks(batch, "16")
    QTest.keyClick(batch, KEYS.Key_Return)
    card.device.setFocus()
    QTest.keyClick(card.device, KEYS.Key_Down)
    card.device.activated.emit(card.device.currentIndex())
    assert sent[1] == Adjust(batch_size=16) and sent[-1] == Adjust(device="cuda:0")
    whole(card)
    with qtbot.waitSignals([card.step, card.resume]):
        press(card.step_button)
        press(card.resume_button)


def test_of_all_cards_one_is_shown_and_it_keeps_its_place(canvas: QWidget) -> None:
    more, overfit = MoreCard(DARK, canvas), OverfitCard(DARK, canvas)
    more.ask(Training())
    overfit.say(Verdict(None, say("So so."), (say("Look at it."),)))
    assert overfit.isVisible() and not more.isVisible()
    canvas.resize(300, 200)
    assert canvas.rect().contains(overfit.geometry())
    canvas.resize(900, 700)
    assert overfit.geometry().right() == 900 - 16 - 1
    more.ask(msgspec.structs.replace(Training(), epochs=3))
    seen = set()
    for _ in range(6):
        focus = canvas.focusWidget()
        assert focus is not None and more.isAncestorOf(focus)
        seen.add(focus)
        QTest.keyClick(focus, KEYS.Key_Tab)
    assert len(seen) == 3  # round and round: the cross, the number, the button


def test_loading_is_shown_in_numbers_until_the_batch_is_tried(qtbot: QtBot) -> None:
    canvas = QWidget()
    qtbot.addWidget(canvas)
    card = PreflightCard(DARK, canvas)
    card.begin([Device("cpu", "AMD EPYC")], Training(), {})
    assert card.status.text() == "Trying one batch on AMD EPYC …" and card.bar.maximum() == 0
    card.show_loading(say("Loading {file}: {done} of {total} rows", file="t.parquet", done="500", total="2,000"), 0.25)
    assert card.status.text() == "Loading t.parquet: 500 of 2,000 rows"
    assert card.bar.maximum() == 1000 and card.bar.value() == 250
    card.show_loading(say("Unpacking {what}: {done}", what="arrays", done="3 MiB"), None)
    assert card.status.text() == "Unpacking arrays: 3 MiB" and card.bar.maximum() == 0
    card.show_loading(None, None)
    assert card.status.text() == "Trying one batch on AMD EPYC …" and card.bar.maximum() == 0
