"""The command line: opens the window, or checks, exports, renders and trains without one."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from netbuilder import __version__
from netbuilder.blocks.sentence import Refused
from netbuilder.places import examples

_DESCRIPTION = "Draw a neural network, see every mistake at once, train it live, and take its PyTorch code away."
_EPILOG = """\
commands:
  netbuilder [PROJECT]        open the window, on a project if one is named
  netbuilder demo             open an example and train it
  netbuilder check PROJECT    list the blocks with their shapes, and what is wrong
  netbuilder export PROJECT   write the network, or a whole training program, as Python
  netbuilder render PROJECT   write the drawing as SVG, PDF or PNG
  netbuilder train PROJECT    train in the terminal
  netbuilder runs             list what was trained, and what is being trained now
  netbuilder doctor           say what is installed and what is missing

“netbuilder COMMAND --help” tells more about each."""


def main(argv: Sequence[str] | None = None) -> int:
    """Do what the arguments say; the exit code is 0, 1 for problems found, 2 for what cannot be done."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    # Threads of torch that spin while they wait slow a busy computer to a crawl; set before torch is imported.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    try:
        if arguments and arguments[0] in _COMMANDS:
            return _COMMANDS[arguments[0]](arguments[1:])
        return _window(arguments)
    except Refused as refused:
        print(f"netbuilder: {refused}", file=sys.stderr)
        return 2
    except BrokenPipeError:  # the reader, `head` for one, has gone
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return 0


def _parser(command: str, description: str, epilog: str = "") -> argparse.ArgumentParser:
    return argparse.ArgumentParser(
        prog=f"netbuilder {command}".strip(),
        description=description,
        epilog=epilog,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )


def _project(parser: argparse.ArgumentParser, optional: bool = False) -> None:
    nargs = "?" if optional else None
    parser.add_argument("project", metavar="PROJECT", nargs=nargs, type=Path, help="a project file (*.netb)")
    parser.add_argument("--trust", action="store_true", help="run the Python code that the project holds")


def _window(arguments: list[str]) -> int:
    parser = _parser("", _DESCRIPTION, _EPILOG)
    parser.add_argument("--version", action="version", version=f"Netbuilder {__version__}")
    parser.add_argument("project", metavar="PROJECT", nargs="?", type=Path, help="a project file (*.netb) to open")
    project = parser.parse_args(arguments).project
    if project is not None and not project.exists():
        raise Refused("There is no project file and no command {name}: see netbuilder --help.", name=str(project))
    from netbuilder.doctor import window_trouble

    trouble = window_trouble()
    if trouble is not None:
        raise Refused("{trouble} The commands check, export, render and train need none.", trouble=trouble)
    from netbuilder.ui.start import start

    return start(project)


def _demo(arguments: list[str]) -> int:
    parser = _parser(
        "demo",
        "Open the example of handwritten digits and train it.",
        "Where no window can open, train it in the terminal and write its code, digits_demo.py, into this folder.",
    )
    parser.add_argument("--no-window", action="store_true", help="train in the terminal even where a window can open")
    options = parser.parse_args(arguments)
    from netbuilder.doctor import window_trouble

    trouble = None if options.no_window else window_trouble()
    if trouble is None and not options.no_window:
        from netbuilder.ui.start import start

        return start(examples() / "digits.netb", demo=True)
    if trouble is not None:
        print(f"{trouble} Training in the terminal instead.\n")
    return _demo_in_terminal()


def _demo_in_terminal() -> int:
    from netbuilder.engine import terminal
    from netbuilder.engine.analysis import analyse
    from netbuilder.graph.files import load, write

    project = examples() / "digits.netb"
    graph = load(project)
    source = terminal.code(analyse(graph, project.parent), "script")
    target = _not_other(Path("digits_demo.py"), source.text)
    ended = terminal.train(graph, project.parent, _new_run(graph.main.name), "cpu")
    write(source.text, target)
    print(f"The code: {target} (run it with: python {target})")
    return 0 if ended.state == "finished" else 1


def _not_other(target: Path, text: str) -> Path:
    """The path, numbered if need be so that no file with another text is overwritten."""
    number = 1
    found = target
    try:
        while found.exists() and found.read_bytes() != text.encode():
            number += 1
            found = target.with_stem(f"{target.stem}_{number}")
    except OSError as error:
        raise Refused("{file} cannot be written: {reason}.", file=str(found), reason=str(error.strerror)) from None
    return found


def _new_run(name: str) -> Path:
    from netbuilder.bridge.run_folder import new_folder

    try:
        return new_folder(name)
    except OSError as error:
        raise Refused("The run's folder cannot be made: {reason}.", reason=str(error)) from None


def _check(arguments: list[str]) -> int:
    parser = _parser(
        "check",
        "List the blocks with their output shapes and parameters, and everything that is wrong.",
        "The exit code is 1 when there is an error. A warning (a data folder that is not there) leaves it at 0.",
    )
    _project(parser)
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    parser.add_argument(
        "--try",
        dest="trial",
        action="store_true",
        help="try one batch instead: memory, times, the loss at the start, and what is wrong, on every device",
    )
    parser.add_argument("--device", default="", help="with --try: on this device only")
    options = parser.parse_args(arguments)
    if options.trial:
        from netbuilder.engine.trying import try_out
        from netbuilder.graph.files import load

        return try_out(load(options.project), options.project.resolve().parent, options.device, options.trust)
    from netbuilder.engine import terminal

    return terminal.check(options.project, options.json, options.trust)


def _export(arguments: list[str]) -> int:
    parser = _parser("export", "Write the drawing as Python that needs torch and nothing of Netbuilder.")
    _project(parser)
    parser.add_argument("-o", "--output", metavar="FILE", type=Path, required=True, help="the file to write")
    parser.add_argument(
        "--to",
        choices=("module", "script", "torchrun"),
        default="module",
        help="module: the class alone (the default); script: the class and a complete training program; "
        "torchrun: the same program for many processes",
    )
    options = parser.parse_args(arguments)
    from netbuilder.engine import terminal

    terminal.export(options.project, options.output, options.to, options.trust)
    return 0


def _render(arguments: list[str]) -> int:
    parser = _parser(
        "render",
        "Write the drawing as a picture. The file's ending says which: .svg, .pdf or .png. No display is needed.",
        "The same drawing gives the same picture, byte for byte (a PDF: but for its date), so it can be committed.",
    )
    _project(parser)
    parser.add_argument("-o", "--output", metavar="FILE", type=Path, required=True, help="the file to write")
    parser.add_argument("--theme", choices=("light", "dark"), default="light", help="its colours (default: light)")
    parser.add_argument("--transparent", action="store_true", help="leave the background out")
    parser.add_argument("--scale", type=int, default=1, metavar="N", help="pixels of a PNG for each point (1 to 8)")
    parser.add_argument("--no-shapes", action="store_true", help="do not look for shapes and problems: this is quicker")
    options = parser.parse_args(arguments)
    kind = options.output.suffix.lower().removeprefix(".")
    if kind not in ("svg", "pdf", "png"):
        text = "{file} must end in .svg, .pdf or .png: that says what kind of picture it is."
        raise Refused(text, file=str(options.output))
    if not 1 <= options.scale <= 8:
        raise Refused("The scale is from 1 to 8, not {scale}.", scale=options.scale)
    from netbuilder.graph.files import load

    graph = load(options.project)
    if os.path.realpath(options.output) == os.path.realpath(options.project):
        text = "{file} is the project itself: the picture would overwrite the project."
        raise Refused(text, file=str(options.output))
    os.environ["QT_QPA_PLATFORM"] = "offscreen"  # whatever a desktop has set: no window is wanted
    from netbuilder.doctor import window_trouble

    trouble = window_trouble()
    if trouble is not None:
        raise Refused("Pictures are made with the libraries of the window. {trouble}", trouble=trouble)
    reports = {}
    if not options.no_shapes:
        from netbuilder.engine import terminal
        from netbuilder.engine.analysis import analyse

        analyst = analyse(graph, options.project.resolve().parent, options.trust)
        analyst.close()
        reports = analyst.reports
        if sentence := terminal.untrusted(graph, options.trust):
            print(sentence, file=sys.stderr)
    from netbuilder.ui import theme
    from netbuilder.ui.picture import picture

    colours = theme.DARK if options.theme == "dark" else theme.LIGHT
    picture.render(graph, reports, picture.Wish(kind, colours, options.transparent, options.scale), options.output)
    print(f"{options.output}: {options.output.stat().st_size:,} bytes")
    return 0


def _train(arguments: list[str]) -> int:
    parser = _parser(
        "train",
        "Train a project in the terminal. Ctrl+C stops it after the step under way; nothing measured is lost.",
        "The exit code is 0 when the run finished or was stopped, 1 when it failed.",
    )
    _project(parser, optional=True)
    parser.add_argument("--device", default="cpu", help="cpu (the default), cuda:0, cuda:1 … or mps")
    length = parser.add_mutually_exclusive_group()
    length.add_argument("--epochs", type=int, help="go through the samples this often; else as the project says")
    length.add_argument("--steps", type=int, help="end after this many steps")
    parser.add_argument("--batch-size", type=int, metavar="N", help="samples per step")
    parser.add_argument("--seed", type=int, help="another seed gives other weights at the start")
    help = "any other setting: clip=norm, optimizer.momentum=0.9; may be said again and again"
    parser.add_argument("--set", metavar="NAME=VALUE", action="append", default=[], help=help)
    parser.add_argument("--processes", type=int, default=1, metavar="N", help="share each batch among N processes")
    parser.add_argument("--run-dir", metavar="DIR", type=Path, help="write the run's folder here (it must be empty)")
    kind = parser.add_mutually_exclusive_group()
    kind.add_argument("--resume", metavar="RUN_DIR", type=Path, help="go on with this run, in its folder; no PROJECT")
    kind.add_argument("--overfit", action="store_true", help="learn one batch by heart, which shows that all fits")
    kind.add_argument("--find-rate", action="store_true", help="search for a learning rate")
    options = parser.parse_args(arguments)
    if (options.project is None) == (options.resume is None):
        parser.error("name either a PROJECT or, with --resume, the folder of a run")
    if options.resume is not None and (options.run_dir is not None or options.seed is not None):
        parser.error("a run that goes on keeps its folder and its seed")
    if options.processes > 1 and (options.resume is not None or options.overfit or options.find_rate):
        parser.error("--processes is for a training from its beginning")
    return _train_it(options)


def _train_it(options: argparse.Namespace) -> int:
    from netbuilder.engine import terminal
    from netbuilder.engine.beginning import Asked
    from netbuilder.engine.devices import check_device
    from netbuilder.graph.files import load
    from netbuilder.graph.training import set_as_typed, set_training

    project: Path = options.project if options.resume is None else options.resume / "project.netb"
    graph = load(project)
    graph = graph.apply(set_as_typed(graph, options.set))
    changes = {name: getattr(options, name) for name in ("epochs", "steps", "batch_size", "seed")}
    changes = {name: value for name, value in changes.items() if value is not None}
    if options.epochs is not None:
        changes["steps"] = 0
    graph = graph.apply(set_training(graph, **changes))
    if sentence := terminal.untrusted(graph, options.trust):
        print(f"netbuilder: {sentence}", file=sys.stderr)
        return 1
    check_device(options.device)
    if options.processes < 1:
        raise Refused("There is at least one process, not {number}.", number=options.processes)
    if options.resume is not None:
        run, asked = options.resume, Asked(resume=terminal.newest_checkpoint(options.resume))
    else:
        run = _new_run(graph.main.name) if options.run_dir is None else _empty(options.run_dir)
        asked = Asked("overfit" if options.overfit else "find_rate" if options.find_rate else "train")
    if options.run_dir is not None:
        from netbuilder.bridge.run_notes import remember_elsewhere

        remember_elsewhere(run)
    folder = project.resolve().parent
    if options.processes > 1:
        from netbuilder.engine.spreading import train_together

        ended = train_together(graph, folder, run, options.device, options.processes, options.trust)
    else:
        ended = terminal.train(graph, folder, run, options.device, options.trust, asked)
    return 1 if ended.state == "failed" else 0


def _empty(folder: Path) -> Path:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if any(folder.iterdir()):
            raise Refused("{folder} is not empty: a run needs a folder of its own.", folder=str(folder))
    except OSError as error:
        raise Refused("{folder} cannot be used: {reason}.", folder=str(folder), reason=str(error.strerror)) from None
    return folder


def _runs(arguments: list[str]) -> int:
    parser = _parser("runs", "List all runs, the newest first: those of windows and of terminals, live ones too.")
    parser.add_argument("--json", action="store_true", help="print all that is known of them as JSON")
    options = parser.parse_args(arguments)
    from netbuilder.bridge import run_table
    from netbuilder.bridge.runs import Index

    found = Index().runs()
    print(run_table.as_json(found) if options.json else run_table.table(found))
    return 0


def _doctor(arguments: list[str]) -> int:
    parser = _parser("doctor", "Say which versions and devices are here, and what is missing for a window.")
    parser.parse_args(arguments)
    from netbuilder.doctor import report

    lines, well = report()
    width = max(len(name) for name, _ in lines)
    print(f"{'Netbuilder':<{width}}  {__version__}")
    for name, value in lines:
        print(f"{name:<{width}}  {value}")
    return 0 if well else 1


_COMMANDS = {
    "demo": _demo,
    "check": _check,
    "export": _export,
    "render": _render,
    "train": _train,
    "runs": _runs,
    "doctor": _doctor,
}

if __name__ == "__main__":
    sys.exit(main())
