"""Whatever a Python block's code does: a sentence comes in time, nothing is left over, the next trial works."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from netbuilder.blocks import Value
from netbuilder.engine.sandbox import FORKS, GIGABYTES, LARGEST_FILE, SECONDS, Outcome, Sandbox
from netbuilder.graph.python_code import read

X = ((2, 3), "float32")
GOOD = "def double(x, factor=2.0):\n    return x * factor"


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    made = Sandbox()
    made.warm()
    made.run(GOOD, read(GOOD), {}, [X])
    yield made
    made.close()


def _run(sandbox: Sandbox, text: str, *inputs: tuple[tuple[int, ...], str] | None, **values: Value) -> Outcome:
    return sandbox.run(text, read(text), values, list(inputs) or [X])


def _body(lines: str, imports: str = "") -> str:
    """A function of these lines, the first of which is the second line of the text, or the third behind imports."""
    inner = "\n".join(f"    {line}" for line in lines.split("\n"))
    return f"{imports}\n" * bool(imports) + f"def broken(x):\n{inner}\n    return x"


def test_a_function_is_called_with_its_inputs_and_parameters(sandbox: Sandbox) -> None:
    assert _run(sandbox, GOOD) == Outcome([X])
    text = "def join(a, b, dim=0, c=None, sizes=(1, 2)):\n    assert type(sizes) is tuple\n"
    text += "    return torch.cat([a, b] if c is None else [a, b, c], dim), a.long()"
    assert _run(sandbox, text, X, X, dim=1).outputs == [((2, 6), "float32"), ((2, 3), "int64")]
    assert _run(sandbox, text, X, X, X).outputs[0] == ((6, 3), "float32")


MODULE = """
    import math

    class Net(nn.Module):
        def __init__(self, hidden: int, *, bias=True):
            super().__init__()
            self.first = nn.Linear(3, hidden, bias)
            self.scale = math.sqrt(hidden)
            self.second = nn.LazyLinear(5)

        def forward(self, x, shift=None, power: int = 1):
            assert self.training and x.is_meta
            h = self.first(x) / self.scale
            h = h if shift is None else h + shift
            return self.second(h ** power)
"""


def test_a_modules_parameters_and_operations_are_counted(sandbox: Sandbox) -> None:
    found = _run(sandbox, MODULE, X, hidden=7)
    assert found == Outcome([((2, 5), "float32")], 3 * 7 + 7 + 7 * 5 + 5, 2 * 2 * (3 * 7 + 7 * 5))
    assert _run(sandbox, MODULE, X, ((1,), "float32"), hidden=7, bias=False, power=2).parameters == 3 * 7 + 7 * 5 + 5


MY_RELU = """
class MyRelu(torch.autograd.Function):
    @staticmethod
    def forward(ctx, input, floor: float = 0.0):
        ctx.save_for_backward(input)
        return input.clamp(min=floor)

    @staticmethod
    def backward(ctx, grad_output):
        (input,) = ctx.saved_tensors
        return grad_output * (input > 0), None
"""


def test_an_autograd_function_is_applied(sandbox: Sandbox) -> None:
    assert _run(sandbox, MY_RELU, ((1_000_003, 4), "float64")).outputs == [((1_000_003, 4), "float64")]


FAULTS = {
    "a loop": (_body("while True:\n    pass"), f"It did not finish within {SECONDS} seconds."),
    "sleep": (_body("time.sleep(60)", "import time"), f"It did not finish within {SECONDS} seconds."),
    "an error": (_body("\ny = x.view(5)"), r"Line 3: RuntimeError: shape '\[5\]' is invalid for input of size 6"),
    "no words": (_body("raise KeyboardInterrupt"), r"Line 2: KeyboardInterrupt\."),
    "sys.exit": (_body("sys.exit(3)", "import sys"), r"Line 3: It ended the process\."),
    "os._exit": (_body("os._exit(0)", "import os"), r"It ended the process\."),
    "a crash": (_body("ctypes.string_at(0)", "import ctypes"), r"It crashed the process \(SIGSEGV\)\."),
    "a killing": (_body("os.kill(0, 9)", "import os"), "It used up what a trial is given: time, or memory."),
    "a list": (_body("y = [0] * 10**11"), f"Line 2: It needs more memory than the {GIGABYTES} GB that .*"),
    "a tensor": (_body("torch.empty(10**11, device='cpu')"), "Line 2: It needs more memory than the .*"),
    "recursion": (_body("return broken(x)"), "Line 2: RecursionError: .*"),
    "a number": (_body("x = 3"), r"It returned int, not a tensor\."),
    "nothing": (_body("if x.dim() == 2:\n    return"), r"It returned NoneType, not a tensor\."),
    "too few": ("def two(x):\n    if x.dim():\n        return x\n    return x, x", r"The outputs .* 1, .* names 2\."),
    "too many": ("def two(x):\n    if x.dim():\n        return x, x, x\n    return x, x", r".* 3, but .* names 2\."),
    "devices": (_body("x = x + torch.ones(1, device='cpu').expand(2, 3)"), "Line 2: RuntimeError: .*device.*"),
    "a value": (_body("if x.sum() > 0:\n    x = -x"), "Line 2: This needs the numbers in a tensor, but .*"),
    "no package": (_body("pass", "import no_such_package"), "Line 1: ModuleNotFoundError: No module named .*"),
    "an array": (_body("x.numpy()"), "Line 2: This needs the numbers in a tensor, but .*"),
    "a question": (_body("input()"), "Line 2: EOFError: .*"),
    "a large file": (
        _body(f"with tempfile.TemporaryFile() as file:\n    file.write(bytes({LARGEST_FILE + 1}))", "import tempfile"),
        "Line [34]: OSError: .*File too large",
    ),
    "no pipe": (_body("os.closerange(3, 200)", "import os"), r"It ended the process\."),
    "noise in the pipe": (
        _body("for fd in range(3, 30):\n    try: os.write(fd, b'{}[]\\n' * 99)\n    except OSError: pass", "import os"),
        r"It ended the process\.",
    ),
    "a bad message": (
        _body("class Odd(Exception):\n    def __str__(self): return 3\nraise Odd"),
        r"Line 4: Odd\.",
    ),
    "a long message": (_body("raise ValueError('\\0{x}' * 10**6)"), "Line 2: ValueError: .*"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_said_in_time_and_the_next_trial_works(name: str, sandbox: Sandbox) -> None:
    text, sentence = FAULTS[name]
    start = time.monotonic()
    refusal = _run(sandbox, text).refusal
    assert time.monotonic() - start < 2.5
    assert refusal is not None and re.fullmatch(sentence, str(refusal)), refusal
    assert len(str(refusal)) < 1000
    assert _run(sandbox, GOOD).outputs == [X]


def test_megabytes_of_print_go_nowhere(sandbox: Sandbox, capfd: pytest.CaptureFixture[str]) -> None:
    text = _body("print('x' * 10**7)\nprint('y' * 10**7, file=sys.stderr)\nos.write(1, b'z' * 10**7)", "import os, sys")
    assert _run(sandbox, text).outputs == [X]
    assert capfd.readouterr() == ("", "")


FORKING = """
import os, time
def broken(x):
    for i in range(8):
        if os.fork() == 0:
            if i % 2:
                os.setsid()
            if i % 4 > 1 and os.fork():
                os._exit(0)
            time.sleep(60)
    {last}
    return x
"""


@pytest.mark.skipif(not FORKS, reason="needs Linux")
@pytest.mark.parametrize("last", ["pass", "time.sleep(60)", "os._exit(0)"])
def test_processes_that_the_code_starts_are_gone_afterwards(last: str, sandbox: Sandbox) -> None:
    start = time.monotonic()
    found = _run(sandbox, FORKING.replace("{last}", last))
    assert time.monotonic() - start < 2.5
    assert (found.refusal is None) is (last == "pass")
    assert sandbox._server is not None
    server = sandbox._server.pid
    assert Path(f"/proc/{server}/task/{server}/children").read_text() == ""


@pytest.mark.skipif(not FORKS, reason="needs Linux")
def test_nothing_is_left_open(sandbox: Sandbox) -> None:
    assert sandbox._server is not None
    counted = [Path(f"/proc/{pid}/fd") for pid in (os.getpid(), sandbox._server.pid)]
    before = [len(list(folder.iterdir())) for folder in counted]
    for text in (GOOD, _body("raise ValueError"), FAULTS["os._exit"][0], FAULTS["no pipe"][0]) * 3:
        _run(sandbox, text)
    assert [len(list(folder.iterdir())) for folder in counted] == before


# Code that tells which files its process has open.
TELLS = """
import os
def tells(x):
    found = []
    for fd in range(64):
        try:
            found.append(os.fstat(fd).st_ino)
        except OSError:
            pass
    print("noise")
    raise ValueError(f"{os.getppid()} {found}")
"""
STARTS = """
import os, sys
from netbuilder.graph.python_code import read
from netbuilder.engine.sandbox import Sandbox
text = sys.argv[1] + "    return x"
os.set_inheritable(os.dup(0), True)
said = Sandbox().run(text, read(text), {}, [((1,), "float32")]).refusal
print(said.values["message"].split()[0], [os.fstat(fd).st_ino for fd in (0, 1, 2)], said.values["message"], sep="|")
sys.stdout.flush()
os._exit(0)
"""


@pytest.mark.skipif(not FORKS, reason="needs Linux")
def test_the_pipes_of_the_engine_are_its_own_and_the_server_ends_with_it() -> None:
    command = [sys.executable, "-P", "-c", STARTS, TELLS]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(command, **pipes, cwd=Path(__file__).parent) as child:  # type: ignore[call-overload]
        said, complaints = child.communicate(timeout=60)
    assert complaints == b""
    server, own, trial = said.decode().split("|")
    numbers = [set(re.findall(r"\d+", part.partition("[")[2])) for part in (own, trial)]
    assert len(numbers[0]) == 3 and numbers[1]
    assert not numbers[0] & numbers[1]
    until = time.monotonic() + 2
    while _runs(server) and time.monotonic() < until:
        time.sleep(0.02)
    assert not _runs(server)


def _runs(pid: str) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


@pytest.mark.skipif(not FORKS, reason="needs Linux")
def test_what_replaces_itself_is_held_still_and_ended(sandbox: Sandbox) -> None:
    lines = "for _ in range(6):\n    if os.fork() == 0:\n        while not os.fork():\n            os.setsid()\n"
    text = _body(f"{lines}            time.sleep(0.002)\n        os._exit(0)", "import os, time")
    assert _run(sandbox, text).outputs == [X]
    assert sandbox._server is not None
    server = sandbox._server.pid
    assert Path(f"/proc/{server}/task/{server}/children").read_text() == ""
    assert _run(sandbox, GOOD).outputs == [X]


def test_where_nothing_can_fork_the_server_is_replaced() -> None:
    sandbox = Sandbox(forks=False)
    try:
        assert _run(sandbox, GOOD).outputs == [X]
        assert sandbox._server is not None
        first = sandbox._server.pid
        assert str(_run(sandbox, FAULTS["an error"][0]).refusal).startswith("Line 3: RuntimeError")
        assert str(_run(sandbox, FAULTS["sys.exit"][0]).refusal) == "Line 3: It ended the process."
        assert _run(sandbox, _body("print('noise')")).outputs == [X]
        assert sandbox._server.pid == first
        start = time.monotonic()
        assert str(_run(sandbox, FAULTS["a loop"][0]).refusal) == f"It did not finish within {SECONDS} seconds."
        assert time.monotonic() - start < 2.5
        assert _run(sandbox, GOOD).outputs == [X]
        assert sandbox._server.pid != first
    finally:
        sandbox.close()


@pytest.mark.parametrize("program", ["/bin/false" if os.name == "posix" else "where.exe", "/no/such/program"])
def test_a_server_that_cannot_be_started_is_said(program: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", program)
    sandbox = Sandbox()
    sandbox.warm()
    assert str(_run(sandbox, GOOD).refusal) == "The process that tries the code of blocks could not be started."
    sandbox.close()
    sandbox.close()


def test_a_sandbox_is_closed_while_its_server_starts() -> None:
    sandbox = Sandbox()
    sandbox.warm()
    start = time.monotonic()
    sandbox.close()
    assert time.monotonic() - start < 0.5
