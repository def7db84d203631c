"""A child of the window, `python -P -m netbuilder.engine analysis|training|viewing`: a message a line, in and out."""

from __future__ import annotations

import contextlib
import gc
import os
import sys
import threading
from collections.abc import Callable, Iterator
from queue import SimpleQueue
from typing import BinaryIO

from netbuilder.blocks.sentence import Refused
from netbuilder.bridge.messages import (
    Adjust,
    Change,
    Check,
    FromChild,
    Open,
    Order,
    Prepare,
    Ready,
    Share,
    Shared,
    Show,
    Start,
    ToChild,
    Tried,
    Try,
    Warm,
    decode_to_child,
    encode,
    text_path,
)
from netbuilder.bridge.viewing import Look, ToViewer, View
from netbuilder.graph.files import build
from netbuilder.graph.graph import Graph

Send = Callable[[FromChild], None]


def _messages(lines: BinaryIO) -> Iterator[ToChild]:
    for line in lines:
        yield decode_to_child(line)


def analysis(lines: BinaryIO, send: Send) -> None:
    """Answer edits until the window goes."""
    import torch

    from netbuilder.engine.analysis import Analyst
    from netbuilder.engine.devices import devices

    gc.collect()
    gc.freeze()  # torch's own objects stay: looking through them again and again would take longer than most edits
    send(Ready(torch.__version__.partition("+")[0], devices()))
    analyst = Analyst()
    waiting: SimpleQueue[ToChild | Exception | None] = SimpleQueue()

    def read() -> None:
        try:
            for message in _messages(lines):
                waiting.put(message)
        except Exception as error:  # what is no message ends this process, not only the thread
            waiting.put(error)
        waiting.put(None)

    threading.Thread(target=read, name="messages", daemon=True).start()
    revision = 0
    while (message := waiting.get()) is not None:
        if isinstance(message, Exception):
            raise message
        if isinstance(message, Open):
            graph, folder = Graph({r.id: r for r in message.records}), text_path(message.folder)
            send(analyst.open(graph, folder, message.revision, message.trusted))
            revision = message.revision
        elif isinstance(message, Change):
            send(analyst.change(message.edit, message.revision))
            revision = message.revision
        elif isinstance(message, Show):
            send(analyst.show(message.path, revision))
            continue
        elif isinstance(message, Share):
            from netbuilder.engine.terminal import code  # seldom asked for, and it brings all of training along

            try:
                send(Shared(code(analyst, "torchrun")))
            except Refused as refused:
                send(Shared(None, refused.sentence))
            continue
        elif isinstance(message, Try):
            send(Tried(message.ask, analyst.try_blocks(message.spec, message.blocks)))
            continue
        if waiting.empty():  # the text of a drawing that is already another one is of use to nobody
            send(analyst.write(revision))
    analyst.close()


def training(lines: BinaryIO, send: Send) -> None:
    """Warm up, load samples ahead, then do one run and end. The window going away stops the run."""
    if hasattr(os, "nice"):
        os.nice(5)  # the window and the analysis come first, while torch is imported too

    from netbuilder.engine.beginning import Asked
    from netbuilder.engine.control import Control
    from netbuilder.engine.trainer import Trainer
    from netbuilder.engine.warm import warm_up

    warm_up()
    send(Warm())
    trainer, messages, control = Trainer(), _messages(lines), Control()

    def follow() -> None:
        try:
            for message in messages:
                if isinstance(message, Order):
                    control.order(message.what)
                elif isinstance(message, Adjust):
                    control.adjust(message)
        finally:  # whether the window went or what it said made no sense: nobody could stop the run from here any more
            control.order("resume" if outlives else "stop")

    outlives = False
    for message in messages:
        if isinstance(message, Prepare):
            trainer.prepare(build(message.records), text_path(message.folder))
        elif isinstance(message, Check):
            trainer.check(build(message.records), text_path(message.folder), message, send)
        elif isinstance(message, Start):
            graph, folder, run = build(message.records), text_path(message.folder), text_path(message.run)
            outlives = graph.training.outlive
            if outlives and hasattr(os, "setsid"):
                os.setsid()  # what ends the window's terminal does not end the run
            threading.Thread(target=follow, name="orders", daemon=True).start()
            resume, weights = (text_path(path) if path else None for path in (message.resume, message.weights))
            asked = Asked(message.task, resume, weights)
            send(trainer.run(graph, folder, run, message.device, control, send, message.trusted, asked, send))
            return


class Newest:
    """The newest question from the window; one that is not begun yet is forgotten when another comes."""

    def __init__(self, lines: BinaryIO) -> None:
        self._lines = lines
        self._question: ToViewer | Exception | None = None
        self._over = False
        self._there = threading.Condition()
        threading.Thread(target=self._read, name="messages", daemon=True).start()

    def newer(self) -> bool:
        """Whether there is a question that nobody has taken, or nobody any more who waits for answers."""
        return self._question is not None or self._over

    def take(self) -> ToViewer | None:
        """Wait for a question; None when the window has gone."""
        with self._there:
            self._there.wait_for(self.newer)
            question, self._question = self._question, None
        if isinstance(question, Exception):
            raise question
        return question

    def _read(self) -> None:
        try:
            for message in _messages(self._lines):
                if isinstance(message, View | Look):
                    self._put(message)
        except Exception as error:  # what is no message ends this process, not only the thread
            self._put(error)
        with self._there:
            self._over = True
            self._there.notify()

    def _put(self, question: ToViewer | Exception) -> None:
        with self._there:
            self._question = question
            self._there.notify()


def viewing(lines: BinaryIO, send: Send) -> None:
    """Show samples until the window goes."""
    if hasattr(os, "nice"):
        os.nice(5)
    newest = Newest(lines)

    from netbuilder.engine.viewer import Viewer

    viewer = Viewer(send, newest.newer)
    while (question := newest.take()) is not None:
        viewer.answer(question)


def main() -> None:
    """Be the child that the command line says."""
    # What libraries print must not get between the messages: it goes to the error output.
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    lock = threading.Lock()

    def send(message: FromChild) -> None:
        # Nobody may be left to hear it; then the input has ended too, and that is what stops a run.
        with lock, contextlib.suppress(OSError):
            out.write(encode(message))
            out.flush()

    {"analysis": analysis, "training": training, "viewing": viewing}[sys.argv[1]](sys.stdin.buffer, send)
    # A thread that still waits for orders would hold the interpreter back.
    sys.stderr.flush()
    os._exit(0)


if __name__ == "__main__":
    main()
