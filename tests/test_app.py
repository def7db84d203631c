"""The command line: what is printed, what is written, and the exit codes."""

from __future__ import annotations

import importlib.util
import itertools
import json
import os
import re
import signal
import struct
import subprocess
import sys
import time
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

from netbuilder import __version__
from netbuilder.app import main
from netbuilder.bridge.run_folder import RunReader
from netbuilder.engine.analysis import analyse
from netbuilder.graph import commands
from netbuilder.graph.files import load, save
from tests.drawings import CLASSIFIER, EXAMPLES, ROOT, draw, example
from tests.long import LONG

Capture = pytest.CaptureFixture[str]
COMMANDS = {
    "": ["PROJECT", "--version", "demo", "check", "export", "render", "train", "runs", "doctor"],
    "demo": ["--no-window"],
    "check": ["PROJECT", "--json", "--trust", "--try", "--device", "exit code"],
    "export": ["PROJECT", "-o", "--output", "FILE", "--to", "--trust", "module", "script"],
    "render": [
        "PROJECT",
        "-o",
        "--output",
        "FILE",
        "--theme",
        "light",
        "dark",
        "--transparent",
        "--scale",
        "--no-shapes",
        "--trust",
    ],
    "train": [
        "PROJECT",
        "--device",
        "--epochs",
        "--steps",
        "--seed",
        "--run-dir",
        "--resume",
        "--overfit",
        "--find-rate",
        "--batch-size",
        "--set",
        "--processes",
        "--trust",
        "exit code",
        "Ctrl+C",
    ],
    "runs": ["--json", "newest"],
    "doctor": ["versions", "devices"],
}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    path = tmp_path / "net.netb"
    save(draw(CLASSIFIER, epochs=1), path)
    return path


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    """A drawing with a problem."""
    path = tmp_path / "broken.netb"
    save(draw("relu ReLU"), path)
    return path


def _environment(**changed: str) -> dict[str, str]:
    gone = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    kept = {name: value for name, value in os.environ.items() if name not in gone}
    return {**kept, "PYTHONPATH": str(ROOT), **changed}


def _run(*arguments: str, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-W", "error", "-m", "netbuilder", *arguments],
        cwd=cwd,
        env=_environment(**environment),
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=300,
        check=False,
    )


@pytest.mark.parametrize("command", COMMANDS)
def test_help_tells_of_everything(command: str, capsys: Capture) -> None:
    with pytest.raises(SystemExit) as ended:
        main([*command.split(), "--help"])
    assert ended.value.code == 0
    text = capsys.readouterr().out
    assert text.startswith(f"usage: netbuilder {command}".rstrip())
    assert all(word in text for word in COMMANDS[command])
    lines = [*text.splitlines(), ""]
    options = [(line, after) for line, after in itertools.pairwise(lines) if line.startswith("  -")]
    assert len(options) == len([word for word in COMMANDS[command] if word.startswith("--")]) + 1
    for line, after in options:
        assert re.search(r"\S {2,}\S", line.strip()) or re.match(r" {8,}\S", after), line


def test_the_version(capsys: Capture) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--version"])
    assert ended.value.code == 0
    assert capsys.readouterr().out == f"Netbuilder {__version__}\n"


def test_check_prints_a_table(capsys: Capture) -> None:
    assert main(["check", str(EXAMPLES / "two_layer_net.netb")]) == 0
    assert (
        capsys.readouterr().out
        == """\
name     block          output       parameters
───────────────────────────────────────────────
random   RandomTensors  N×1000 N×10
linear1  Linear         N×100           100,100
clamp    Clamp          N×100
linear2  Linear         N×10              1,010
loss     MSELoss

5 blocks, 101,110 parameters
No problems.
"""
    )


def test_check_prints_json(capsys: Capture) -> None:
    assert main(["check", "--json", str(EXAMPLES / "two_layer_net.netb")]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["network"] == "TwoLayerNet"
    assert found["parameters"] == 101_110
    assert (found["problems"], found["to_train"]) == ([], [])
    assert [node["name"] for node in found["nodes"]] == ["random", "linear1", "clamp", "linear2", "loss"]
    assert found["nodes"][1] == {
        "id": "linear1",
        "name": "linear1",
        "block": "Linear",
        "bypassed": False,
        "outputs": {"output": {"shape": ["N", 100], "dtype": "float32"}},
        "parameters": 100_100,
        "multiply_adds": 100_000,
    }


def test_check_tells_problems_by_its_exit_code(broken: Path, tmp_path: Path, capsys: Capture) -> None:
    assert main(["check", str(broken)]) == 1
    assert "error: relu: the input “input” has no wire.\n" in capsys.readouterr().out
    assert main(["check", "--json", str(broken)]) == 1
    (problem,) = json.loads(capsys.readouterr().out)["problems"]
    assert problem == {
        "node": "relu",
        "level": "error",
        "message": "relu: the input “input” has no wire.",
        "detail": "",
    }
    warned = tmp_path / "warned.netb"
    save(draw(CLASSIFIER.replace("Digits", "MNIST")), warned)
    assert main(["check", str(warned)]) == 0
    assert f"warning: digits: the folder {tmp_path / 'data/mnist'} is not there." in capsys.readouterr().out


@pytest.mark.parametrize("kind", ["module", "script"])
def test_export_writes_what_the_window_shows(kind: str, tmp_path: Path, capsys: Capture) -> None:
    analyst = analyse(example("digits"), EXAMPLES)
    wanted = (analyst.module if kind == "module" else analyst.script).text
    target = tmp_path / "out.py"
    target.write_text("something old", "utf-8")
    to = ["--to", kind] if kind == "script" else []
    assert main(["export", str(EXAMPLES / "digits.netb"), "-o", str(target), *to]) == 0
    assert target.read_text("utf-8") == wanted
    assert capsys.readouterr().out == f"{target}: {len(wanted.splitlines())} lines\n"
    assert [path.name for path in tmp_path.iterdir()] == ["out.py"]


def _refused(capsys: Capture, arguments: list[str], sentence: str) -> None:
    """The command ends with 2 and says this on its error output, and nothing else anywhere."""
    assert main(arguments) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err == f"netbuilder: {sentence}\n"


def test_export_refuses_what_is_not_whole(broken: Path, tmp_path: Path, capsys: Capture) -> None:
    for kind in ("module", "script"):
        target = tmp_path / f"{kind}.py"
        arguments = ["export", str(broken), "-o", str(target), "--to", kind]
        _refused(capsys, arguments, "relu: the input “input” has no wire.")
        assert not target.exists()
    lonely = tmp_path / "lonely.netb"
    save(draw("in0 Input shape=3\nfc Linear\nin0 > fc"), lonely)
    assert main(["export", str(lonely), "-o", str(tmp_path / "lonely.py")]) == 0
    capsys.readouterr()
    arguments = ["export", str(lonely), "-o", str(tmp_path / "whole.py"), "--to", "script"]
    _refused(capsys, arguments, "There is no data: add a data block and wire it to the network.")
    save(draw(""), lonely)
    _refused(capsys, ["export", str(lonely), "-o", str(tmp_path / "no.py")], "There is nothing to export yet.")


def test_export_never_writes_over_a_project(project: Path, tmp_path: Path, capsys: Capture) -> None:
    other = tmp_path / "other.NETB"
    link = tmp_path / "link.py"
    link.symlink_to(project)
    before = project.read_bytes()
    for target in (project, link):
        sentence = f"{target} is the project itself: the code would overwrite the project."
        _refused(capsys, ["export", str(project), "-o", str(target)], sentence)
    sentence = f"{other} is named like a project: give the code a name that ends in .py."
    _refused(capsys, ["export", str(project), "-o", str(other)], sentence)
    assert project.read_bytes() == before and not other.exists()


needs_qt = pytest.mark.skipif(importlib.util.find_spec("PySide6") is None, reason="PySide6 is not installed")


def _svg_texts(path: Path) -> list[str | None]:
    return [text.text for text in ElementTree.parse(path).getroot().iter("{http://www.w3.org/2000/svg}text")]


@needs_qt
def test_render_needs_no_display_and_no_fonts_of_the_system(tmp_path: Path) -> None:
    project = str(EXAMPLES / "digits.netb")
    (tmp_path / "fonts.conf").write_text("<fontconfig></fontconfig>")
    bare = {"FONTCONFIG_FILE": str(tmp_path / "fonts.conf")}
    for kind, start in (("svg", b"<?xml"), ("pdf", b"%PDF"), ("png", b"\x89PNG")):
        shapes = () if kind == "svg" else ("--no-shapes",)  # torch takes its time
        done = _run("render", project, "-o", f"a.{kind}", *shapes, cwd=tmp_path)
        size = (tmp_path / f"a.{kind}").stat().st_size
        assert (done.returncode, done.stdout, done.stderr) == (0, f"a.{kind}: {size:,} bytes\n", "")
        assert (tmp_path / f"a.{kind}").read_bytes().startswith(start)
        # Other hashes, and none but our fonts: the same picture.
        again = _run("render", project, "-o", f"b.{kind}", *shapes, cwd=tmp_path, PYTHONHASHSEED="7", **bare)
        assert again.returncode == 0, again.stderr
        if kind != "pdf":
            assert (tmp_path / f"a.{kind}").read_bytes() == (tmp_path / f"b.{kind}").read_bytes()
    assert {"conv1", "Conv2d", "N×32×8×8"} <= set(_svg_texts(tmp_path / "a.svg"))


@needs_qt
@pytest.mark.parametrize("platform", ["xcb", "wayland", "nonsense"])
def test_render_opens_no_window_whatever_the_desktop_has_set(platform: str, tmp_path: Path) -> None:
    arguments = ("render", str(EXAMPLES / "digits.netb"), "--no-shapes", "-o", "a.svg")
    done = _run(*arguments, cwd=tmp_path, QT_QPA_PLATFORM=platform)
    assert (done.returncode, done.stderr) == (0, "")
    assert (tmp_path / "a.svg").read_bytes().startswith(b"<?xml")


@needs_qt
def test_render_does_what_is_asked(tmp_path: Path) -> None:
    project = str(EXAMPLES / "digits.netb")
    code = "import sys; sys.modules['torch'] = None; from netbuilder.app import main; sys.exit(main(sys.argv[1:]))"
    environment = {**_environment(), "PYTHONPATH": str(ROOT)}

    def render(*arguments: str) -> Path:
        command = [sys.executable, "-W", "error", "-c", code, "render", project, "--no-shapes", "-o", *arguments]
        done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stderr) == (0, "")
        return tmp_path / arguments[0]

    plain = render("a.svg")
    assert not any("N×" in (text or "") for text in _svg_texts(plain))
    assert "#f2f4f7" in plain.read_text("utf-8")
    dark = render("dark.SVG", "--theme", "dark", "--transparent").read_text("utf-8")
    assert "#22262e" in dark and '<rect x="0" y="0"' not in dark
    sizes = [struct.unpack(">II", render(f"{n}.png", "--scale", n).read_bytes()[16:24]) for n in ("1", "3")]
    assert sizes[1] == (3 * sizes[0][0], 3 * sizes[0][1])


@needs_qt
def test_render_refuses_in_words(
    project: Path, broken: Path, tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("a.jpg", "a", "a.netb", ".svg"):
        text = f"{tmp_path / name} must end in .svg, .pdf or .png: that says what kind of picture it is."
        _refused(capsys, ["render", str(project), "-o", str(tmp_path / name)], text)
    target = tmp_path / "a.svg"
    arguments = ["render", str(project), "-o", str(target), "--no-shapes"]
    _refused(capsys, [*arguments, "--scale", "9"], "The scale is from 1 to 8, not 9.")
    empty = tmp_path / "empty.netb"
    save(draw(""), empty)
    _refused(capsys, ["render", str(empty), "-o", str(target), "--no-shapes"], "There is nothing drawn yet.")
    (tmp_path / "bad.netb").write_text("{")
    assert main(["render", str(tmp_path / "bad.netb"), "-o", str(target)]) == 2
    assert "bad.netb cannot be opened. It is not valid JSON" in capsys.readouterr().err
    assert main(["render", str(tmp_path / "none.netb"), "-o", str(target)]) == 2
    assert "cannot be read: No such file" in capsys.readouterr().err
    far = tmp_path / "no" / "a.svg"
    words = f"{far} cannot be written: No such file or directory. What was there is unchanged."
    _refused(capsys, ["render", str(project), "-o", str(far), "--no-shapes"], words)
    target.symlink_to(project)
    _refused(capsys, arguments, f"{target} is the project itself: the picture would overwrite the project.")
    target.unlink()
    monkeypatch.setattr("netbuilder.doctor.missing_libraries", lambda: {"libEGL.so.1": "libegl1"})
    assert main(arguments) == 2
    assert "libEGL.so.1 is missing (sudo apt-get install libegl1)" in capsys.readouterr().err
    assert not target.exists()


@pytest.mark.parametrize(("target", "reason"), [("no/such/a.py", "No such file or directory"), ("", "Is a directory")])
def test_export_says_what_cannot_be_written(
    target: str, reason: str, project: Path, tmp_path: Path, capsys: Capture
) -> None:
    path = tmp_path / target
    sentence = f"{path} cannot be written: {reason}. What was there is unchanged."
    _refused(capsys, ["export", str(project), "-o", str(path)], sentence)
    assert [path.name for path in tmp_path.iterdir()] == ["net.netb"]


@pytest.mark.parametrize("command", ["check", "export", "train"])
@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"{", r"broken\.netb cannot be opened\. It is not valid JSON: line 1, column 2: .*\."),
        (b"\xff\xfe", r"broken\.netb is not a Netbuilder project: it is not text\."),
        (b'{"format": 99, "records": []}', r"broken\.netb cannot be opened\. .* newer Netbuilder \(format 99\)\."),
        (b"[]", r"broken\.netb cannot be opened\. .*"),
        (None, r".*broken\.netb cannot be read: No such file or directory\."),
    ],
)
def test_a_project_that_cannot_be_read_is_a_sentence(
    command: str, data: bytes | None, reason: str, tmp_path: Path, capsys: Capture
) -> None:
    path = tmp_path / "broken.netb"
    if data is not None:
        path.write_bytes(data)
    extra = ["-o", str(tmp_path / "out.py")] if command == "export" else []
    assert main([command, str(path), *extra]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert re.fullmatch(f"netbuilder: {reason}\n", captured.err)


@pytest.mark.parametrize(
    "arguments", [["check"], ["export", "x.netb"], ["train", "x", "--epochs", "1", "--steps", "1"], ["a", "b"]]
)
def test_arguments_that_make_no_sense(arguments: list[str], capsys: Capture) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2
    assert capsys.readouterr().err.startswith("usage: netbuilder")


def test_train_follows_its_arguments(project: Path, tmp_path: Path, capsys: Capture) -> None:
    run = tmp_path / "run"
    assert main(["train", str(project), "--steps", "7", "--seed", "3", "--run-dir", str(run)]) == 0
    printed = capsys.readouterr().out
    assert "Finished after 7 steps.\n" in printed and printed.endswith(f"Run folder: {run}\n")
    assert re.search(r"epoch 1/1 █{28} 100% · 0:00 left · .* · loss \S+ · validation \S+ · accuracy \S+", printed)
    reader = RunReader(run)
    assert len(reader.news()[0]) == 7
    assert reader.about is not None and reader.about.seed == 3
    settings = load(run / "project.netb").training
    assert (settings.steps, settings.seed) == (7, 3)
    assert load(project) == draw(CLASSIFIER, epochs=1)
    assert main(["runs"]) == 0  # it knows of the folder, wherever it is
    assert re.search(rf"finished +\S+ .* {re.escape(str(run))}\n", capsys.readouterr().out)
    assert main(["runs", "--json"]) == 0
    assert any(found["folder"] == str(run) and found["steps"] == 7 for found in json.loads(capsys.readouterr().out))


def test_a_run_goes_on_in_its_folder(project: Path, tmp_path: Path, capsys: Capture) -> None:
    run = tmp_path / "run"
    assert main(["train", str(project), "--steps", "7", "--run-dir", str(run)]) == 0
    assert main(["train", "--resume", str(run), "--steps", "10"]) == 0
    assert "Finished after 10 steps." in capsys.readouterr().out
    assert len(RunReader(run).news()[0]) == 10
    _refused(
        capsys,
        ["train", "--resume", str(tmp_path)],
        f"{tmp_path / 'project.netb'} cannot be read: No such file or directory.",
    )
    for wrong in (["train"], ["train", str(project), "--resume", str(run)], ["train", "--resume", "x", "--seed", "1"]):
        with pytest.raises(SystemExit):
            main(wrong)


def test_one_batch_is_learned_by_heart_and_a_rate_is_found(project: Path, tmp_path: Path, capsys: Capture) -> None:
    assert main(["train", str(project), "--overfit", "--run-dir", str(tmp_path / "heart")]) == 0
    assert "Learned by heart: the loss of one batch fell from" in capsys.readouterr().out
    assert main(["train", str(project), "--find-rate", "--run-dir", str(tmp_path / "rate")]) == 0
    assert re.search(r"Suggested learning rate: 0\.\d+\.", capsys.readouterr().out)


def test_a_batch_is_tried_before_a_run(project: Path, tmp_path: Path, capsys: Capture) -> None:
    assert main(["check", str(project), "--try", "--device", "cpu"]) == 0
    head, _, row, *rest = capsys.readouterr().out.splitlines()
    assert head.split("  ")[0] == "device" and row.startswith("cpu ") and row.endswith(" 2.303")  # ln 10
    assert rest == ["Every parameter gets a gradient. No problems."]
    idle = draw(CLASSIFIER + "side Linear\nflatten > side")
    save(idle, tmp_path / "idle.netb")
    assert main(["check", str(tmp_path / "idle.netb"), "--try"]) == 1
    assert capsys.readouterr().out.startswith("cpu: Nothing takes the output of side")


def test_train_goes_by_epochs_where_the_project_goes_by_steps(tmp_path: Path, capsys: Capture) -> None:
    path, run = tmp_path / "net.netb", tmp_path / "run"
    save(draw(CLASSIFIER, steps=3), path)
    assert main(["train", str(path), "--epochs", "2", "--run-dir", str(run)]) == 0
    assert "Finished after 46 steps." in capsys.readouterr().out
    assert [row[0] for row in RunReader(run).news()[1]] == [23, 46]


NOISY = """
import random

import torch


def noisy(input, scale=0.1):
    return input + scale * random.random() * torch.randn_like(input)
"""


@needs_qt
def test_python_code_runs_only_if_it_is_trusted(
    tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "noisy.py").write_text(NOISY)
    graph = draw(
        f"""
        digits Digits
        flatten Flatten
        noisy Python code={tmp_path}/noisy.py
        fc Linear
        loss CrossEntropyLoss
        digits.image > flatten > noisy > fc > loss
        digits.label > loss.target
        """,
        epochs=42,
        batch_size=1000,
    )
    save(graph, tmp_path / "noisy.netb")
    sentence = "The project holds Python code, which runs only with --trust.\n"
    told = [
        (["check", "noisy.netb"], 1),
        (["export", "noisy.netb", "-o", "noisy_net.py"], 2),
        (["render", "noisy.netb", "-o", "noisy.svg"], 0),
        (["train", "noisy.netb", "--run-dir", "run"], 1),
    ]
    with monkeypatch.context() as patched:
        patched.setattr("netbuilder.engine.code.Sandbox", None)  # whoever wants to run code finds nothing to do it
        for arguments, code in told:
            assert main(arguments) == code
            assert capsys.readouterr().err.removeprefix("netbuilder: ") == sentence
    assert {path.name for path in tmp_path.iterdir()} == {"noisy.py", "noisy.netb", "noisy.svg"}
    for arguments, _ in told[2:]:
        assert main([*arguments, "--trust"]) == 0
        assert capsys.readouterr().err == ""
    assert {"N×64", "N×10"} <= set(_svg_texts(tmp_path / "noisy.svg"))
    assert "def noisy(input, scale=0.1):" in (tmp_path / "run" / "model.py").read_text("utf-8")
    assert RunReader(tmp_path / "run").state() == ("finished", "Finished after 84 steps.")


def test_train_makes_a_folder_of_its_own(project: Path, capsys: Capture) -> None:
    assert main(["train", str(project), "--steps", "1"]) == 0
    run = Path(capsys.readouterr().out.rpartition("Run folder: ")[2].strip())
    assert run.parent.name == "runs" and run.name.endswith("-Net")
    assert RunReader(run).state() == ("finished", "Finished after 1 steps.")


def test_train_refuses_before_it_starts(project: Path, tmp_path: Path, capsys: Capture) -> None:
    sentence = f"{tmp_path} is not empty: a run needs a folder of its own."
    _refused(capsys, ["train", str(project), "--run-dir", str(tmp_path)], sentence)
    sentence = f"{project} cannot be used: File exists."
    _refused(capsys, ["train", str(project), "--run-dir", str(project)], sentence)
    _refused(capsys, ["train", str(project), "--epochs", "0"], "Epochs is at least 1.")
    _refused(capsys, ["train", str(project), "--seed", "-1"], "Seed is at least 0.")


def test_train_that_fails_says_why(project: Path, broken: Path, tmp_path: Path, capsys: Capture) -> None:
    assert main(["train", str(project), "--device", "cuda:99", "--run-dir", str(tmp_path / "a")]) == 2
    assert "The device cuda:99 is not available here: choose one of cpu" in capsys.readouterr().err
    assert not (tmp_path / "a").exists()
    assert main(["train", str(broken), "--run-dir", str(tmp_path / "b")]) == 1
    assert "relu: the input “input” has no wire.\n" in capsys.readouterr().out


def test_ctrl_c_stops_a_training_gently(project: Path, tmp_path: Path) -> None:
    graph = load(project)
    save(graph.apply(commands.set_training(graph, epochs=10**6)), project)
    run = tmp_path / "run"
    command = [sys.executable, "-W", "error", "-m", "netbuilder", "train", str(project), "--run-dir", str(run)]
    process = subprocess.Popen(
        command, cwd=tmp_path, env=_environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        reader, until = RunReader(run), time.monotonic() + 120
        while not reader.news()[0] and process.poll() is None and time.monotonic() < until:
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        printed, complaints = process.communicate(timeout=60)
    finally:
        process.kill()
        process.communicate()
    assert complaints == ""
    assert process.returncode == 0
    state = RunReader(run).state()
    assert state is not None and state[0] == "stopped"
    assert f"{state[1]}\nRun folder: {run}\n" in printed
    assert re.fullmatch(r"Stopped at step \d+ of 23000000\.", state[1])


def test_a_training_by_several_processes(tmp_path: Path, capsys: Capture) -> None:
    project, run = EXAMPLES / "digits.netb", tmp_path / "run"
    assert main(["train", str(project), "--steps", "7", "--processes", "2", "--run-dir", str(run)]) == 0
    assert "Finished after 7 steps." in capsys.readouterr().out
    about = RunReader(run).about
    assert about is not None and (about.processes, about.steps) == (2, 7)
    assert len(RunReader(run).news()[0]) == 7
    _refused(capsys, ["train", str(project), "--processes", "0"], "There is at least one process, not 0.")


def _check_demo(printed: str, folder: Path) -> None:
    run = Path(re.search(r"^Run folder: (.*)$", printed, re.MULTILINE)[1])  # type: ignore[index]
    reader = RunReader(run)
    assert reader.state() == ("finished", "Finished after 690 steps.")
    assert reader.news()[1][-1][2] >= 0.97
    assert re.search(r"epoch 30/30 █{28} 100% · 0:00 left", printed)
    code = folder / "digits_demo.py"
    assert code.read_text("utf-8") == analyse(example("digits"), EXAMPLES).script.text
    assert printed.endswith("The code: digits_demo.py (run it with: python digits_demo.py)\n")


def test_the_demo_without_a_display_says_so_and_trains_well(tmp_path: Path) -> None:
    done = _run("demo", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    first = done.stdout.splitlines()[0]
    assert re.fullmatch(
        r"No window can open: there is no display \(a virtual one: sudo apt-get install [a-z0-9 .-]+, "
        r"then xvfb-run before the command\)\. Training in the terminal instead\.",
        first,
    )
    _check_demo(done.stdout, tmp_path)


@LONG
def test_the_demo_without_a_window_trains_and_keeps_what_is_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    monkeypatch.chdir(tmp_path)
    code = tmp_path / "digits_demo.py"
    code.write_text("mine", "utf-8")
    assert main(["demo", "--no-window"]) == 0
    printed = capsys.readouterr().out
    assert "Finished after 690 steps." in printed
    assert printed.endswith("The code: digits_demo_2.py (run it with: python digits_demo_2.py)\n")
    assert code.read_text("utf-8") == "mine"
    assert "class DigitsNet" in (tmp_path / "digits_demo_2.py").read_text("utf-8")


def test_the_demo_says_before_it_trains_that_its_code_cannot_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "digits_demo.py").mkdir()
    _refused(capsys, ["demo", "--no-window"], "digits_demo.py cannot be written: Is a directory.")


def test_a_window_without_a_display_is_refused_in_one_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    assert main([]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert re.fullmatch(
        r"netbuilder: No window can open: there is no display \(.*apt-get install .*\)\. "
        r"The commands check, export, render and train need none\.\n",
        captured.err,
    )


def test_a_display_that_does_not_answer_is_none(monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> None:
    for name in ("WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DISPLAY", ":987")
    assert main([]) == 2
    assert "there is no display" in capsys.readouterr().err


def test_doctor_tells_versions_devices_and_the_window(monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> None:
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    monkeypatch.setattr("netbuilder.doctor.missing_libraries", dict)
    assert main(["doctor"]) == 0
    lines = dict(line.split(maxsplit=1) for line in capsys.readouterr().out.splitlines())
    assert lines["Netbuilder"] == __version__
    assert lines["Device"].startswith("cpu: ")
    assert lines["Window"] == "can open"
    assert {"Python", "torch", "PySide6-Essentials", "scikit-learn"} <= set(lines)
    monkeypatch.setattr(
        "netbuilder.doctor.missing_libraries", lambda: {"libEGL.so.1": "libegl1", "libGL.so.1": "libgl1"}
    )
    assert main(["doctor"]) == 1
    printed = capsys.readouterr().out
    assert "libEGL.so.1 and libGL.so.1 are missing: apt-get install libegl1 libgl1" in printed
    assert (
        "No window can open: libEGL.so.1 and libGL.so.1 are missing (sudo apt-get install libegl1 libgl1)." in printed
    )


def test_check_as_a_program_writes_to_a_pipe_that_closes(project: Path) -> None:
    done = subprocess.run(
        ["bash", "-c", f"set -o pipefail; {sys.executable} -W error -m netbuilder check {project} | true"],
        env=_environment(),
        cwd=project.parent,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_train_goes_on_when_nobody_reads_it_any_more(project: Path, tmp_path: Path) -> None:
    run = tmp_path / "run"
    train = f"{sys.executable} -W error -m netbuilder train {project} --run-dir {run}"
    done = subprocess.run(
        ["bash", "-c", f"set -o pipefail; {train} | true"],
        env=_environment(),
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert RunReader(run).state() == ("finished", "Finished after 23 steps.")
