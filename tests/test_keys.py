"""`watch` takes single keys on a terminal, and gives it back as it was, however it ends."""

import os
import re
import select
import shutil
import subprocess
import sys
import time
from contextlib import nullcontext
from types import SimpleNamespace

import pytest

from tests.grading import ROOT
from tests.grading.desk import commands, keys, watching
from tests.grading.terminal import shown_as
from tests.learners import kata, solve

pty = pytest.importorskip("pty", reason="this system has no pseudo-terminals") if os.name == "posix" else None
on_a_terminal = pytest.mark.skipif(pty is None, reason="this system has no pseudo-terminals")

WRONG_RELU = "\n\ndef relu(z):\n    return -as_floating(z)\n"
LINE = "h hint · r run again · q quit"

# A shell with one job: it says when the job has stopped or ended, and whether the terminal is as before.
# A job that has stopped goes on at once.
SHELL = """
import fcntl, os, signal, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
signal.signal(signal.SIGTTOU, signal.SIG_IGN)
job = os.fork()
if job == 0:
    os.setpgid(0, 0)
    os.tcsetpgrp(0, os.getpid())
    signal.signal(signal.SIGTTOU, signal.SIG_DFL)
    os.execv(sys.executable, [sys.executable, *sys.argv[1:]])
print(f"<job {job}>", flush=True)
while True:
    _, status = os.waitpid(job, os.WUNTRACED)
    os.tcsetpgrp(0, os.getpgrp())
    flags = termios.tcgetattr(0)[3]
    how = "as it was" if flags & termios.ICANON and flags & termios.ECHO else "spoilt"
    if not os.WIFSTOPPED(status):
        break
    print(f"<stopped, {how}>", flush=True)
    os.tcsetpgrp(0, job)
    os.killpg(job, signal.SIGCONT)
print(f"<ended {os.waitstatus_to_exitcode(status)}, {how}>", flush=True)
"""


class Screen:
    """A command on a pseudo-terminal: what it prints is read, and keys are pressed."""

    def __init__(self, *command, **environment):
        self._terminal, other = pty.openpty()
        self._process = subprocess.Popen(
            [sys.executable, "-c", SHELL, *map(str, command)],
            cwd=ROOT,
            stdin=other,
            stdout=other,
            stderr=other,
            start_new_session=True,
            env=os.environ | {"PYTHONIOENCODING": "utf-8", "NO_COLOR": "1"} | environment,
        )
        os.close(other)
        self._text = ""

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self._process.kill()
        self._process.wait()
        os.close(self._terminal)

    def press(self, key):
        """Press a key."""
        os.write(self._terminal, key.encode())

    def until(self, pattern):
        """Return what is printed up to a pattern; fail if it does not come."""
        end = time.monotonic() + 60
        while not (found := re.search(pattern, self._text)):
            ready = select.select([self._terminal], [], [], max(end - time.monotonic(), 0))[0]
            try:
                data = os.read(self._terminal, 4096) if ready else b""
            except OSError:  # what Linux says at the end
                data = b""
            assert data, f"{pattern!r} did not come: {self._text}"
            self._text += data.decode("utf-8", "replace").replace("\r\n", "\n")
        told, self._text = self._text[: found.end()], self._text[found.end() :]
        return told


@pytest.fixture(scope="module")
def known(tmp_path_factory):
    """A package of which all is known: relu is wrong, dense is right, the rest is not written."""
    from tests.grading.course.skeletons import write

    folder = tmp_path_factory.mktemp("known") / "mine"
    write(folder)
    solve(folder, "dense")
    for name in ("sigmoid", "sigmoid_backward", "tanh", "tanh_backward"):
        solve(folder, name)
    with (folder / "activations.py").open("a", encoding="utf-8") as file:
        file.write(WRONG_RELU)
    kata("--impl", folder, expected=1)
    return folder


@pytest.fixture
def mine(known, tmp_path):
    return shutil.copytree(known, tmp_path / "mine")


def watching_on_a_terminal(folder):
    return Screen("-m", "kata", "--impl", folder, "watch")


@on_a_terminal
def test_keys_need_no_enter(mine):
    """h goes one step further each time, r checks again, another key does nothing, q ends it."""
    with watching_on_a_terminal(mine) as screen:
        told = screen.until(LINE)
        assert "Watching: save a file and it is checked.\n" in told
        assert "Next: fix relu" in told
        screen.press("x\x1b[A")  # and the arrow upwards
        screen.press("h")
        first = screen.until(LINE)
        assert re.search(r"relu, (hint 1 of 3|level 2): ", first), first
        screen.press("H")
        second = screen.until(LINE)
        assert re.search(r"relu, (hint 2 of 3|level 3): ", second), second
        screen.press("r")
        assert "relu: not right yet" in screen.until(LINE)
        screen.press("q")
        assert screen.until("<ended .*>").endswith("<ended 0, as it was>")


@on_a_terminal
@pytest.mark.parametrize(("key", "status"), [("\x03", 130), ("\x04", 0)])
def test_the_terminal_is_given_back_after_ctrl_c_and_ctrl_d(mine, key, status):
    with watching_on_a_terminal(mine) as screen:
        screen.until(LINE)
        screen.press(key)
        assert screen.until("<ended .*>").endswith(f"<ended {status}, as it was>")


@on_a_terminal
def test_ctrl_z_gives_the_terminal_back_until_it_goes_on(mine):
    with watching_on_a_terminal(mine) as screen:
        screen.until(LINE)
        for _ in range(2):
            screen.press("\x1a")
            assert screen.until("<stopped.*>").endswith("<stopped, as it was>")
            screen.press("h")
            assert "relu, " in screen.until(LINE)
        screen.press("q")
        assert screen.until("<ended .*>").endswith("<ended 0, as it was>")


@on_a_terminal
def test_the_terminal_is_given_back_when_the_process_is_ended(mine):
    with watching_on_a_terminal(mine) as screen:
        job = int(re.search(r"<job (\d+)>", screen.until("<job .*>"))[1])
        screen.until(LINE)
        os.kill(job, 15)
        assert screen.until("<ended .*>").endswith("<ended 143, as it was>")


@on_a_terminal
def test_the_terminal_is_given_back_after_a_crash(mine):
    code = (
        "import sys\nfrom tests.grading.desk import commands, watching\n"
        "def crash(self): raise ZeroDivisionError\n"
        "watching.Watched.hint = crash\n"
        f"commands.main(['--impl', {str(mine)!r}, 'watch'])"
    )
    with Screen("-c", code) as screen:
        screen.until(LINE)
        screen.press("h")
        assert screen.until("<ended .*>").endswith("ZeroDivisionError\n<ended 1, as it was>")


@on_a_terminal
def test_a_console_without_the_dot_gets_ascii(mine):
    with Screen("-m", "kata", "--impl", mine, "watch", PYTHONIOENCODING="ascii") as screen:
        screen.until("h hint  r run again  q quit\n")
        screen.press("q")
        screen.until("<ended 0")


def test_there_are_no_keys_without_a_terminal(monkeypatch, capsys):
    assert keys.keyboard() is None
    monkeypatch.setattr(sys, "stdin", None)  # as for a program without a console
    assert keys.keyboard() is None


def test_text_gives_way_to_what_the_console_has(monkeypatch):
    for encoding, shown in (
        ("utf-8", "·"),
        ("cp1252", "·"),
        ("ascii", "-"),
        (None, "-"),
        ("unheard of", "-"),
    ):
        monkeypatch.setattr(sys, "stdout", SimpleNamespace(encoding=encoding))
        assert shown_as("·", "-") == shown


def test_the_console_of_windows_hands_over_single_keys(monkeypatch):
    """An arrow is two characters, and none of them a key that was pressed."""
    typed = list("H\xe0Hq\x03")
    module = SimpleNamespace(kbhit=lambda: bool(typed), getwch=lambda: typed.pop(0))
    monkeypatch.setitem(sys.modules, "msvcrt", module)
    with keys.Console() as console:
        assert [console.wait(0) for _ in range(5)] == ["h", "", "q", "q", ""]


def test_the_system_s_own_keyboard_is_taken(monkeypatch):
    """Without termios, it is the console of Windows; without either, there is none."""
    terminal = SimpleNamespace(isatty=lambda: True, fileno=lambda: 0)
    monkeypatch.setattr(sys, "stdin", terminal)
    monkeypatch.setattr(sys, "stdout", terminal)
    monkeypatch.setitem(sys.modules, "termios", None)
    monkeypatch.setitem(sys.modules, "msvcrt", SimpleNamespace())
    assert isinstance(keys.keyboard(), keys.Console)
    monkeypatch.setitem(sys.modules, "msvcrt", None)
    assert keys.keyboard() is None


class Pressed(nullcontext):
    """A keyboard on which each of these is pressed, or saved, in turn; the last key is q."""

    def __init__(self, steps):
        super().__init__(self)
        self._steps = iter(steps)

    def wait(self, seconds):
        print("<rest>")
        step = next(self._steps, keys.QUIT)
        return step if isinstance(step, str) else step() or ""


@pytest.fixture
def watched(mine, monkeypatch, capsys):
    """Return a function that watches here, and returns the screens: the first, and one for each step."""

    def run(*steps):
        monkeypatch.setattr(watching, "keyboard", lambda: Pressed(steps))
        assert commands.main(["--impl", str(mine), "watch"]) == 0
        return capsys.readouterr().out.split("<rest>\n")[:-1]

    return run


def test_keys_are_about_what_is_on_the_screen(mine, watched):
    """Of a save and a key, the save comes first; what is on the screen is what was told of last."""
    path = mine / "layers.py"
    right = path.read_text(encoding="utf-8")
    wrong = right + "\n\ndef dense(x, W, b):\n    return as_floating(x) @ W\n"

    def save_and_press(text, key):
        return lambda: path.write_text(text, encoding="utf-8") and key

    first, saved, again, mended = watched(save_and_press(wrong, "h"), "r", save_and_press(right, "r"))
    assert "Next: fix relu" in first
    assert re.search(r"dense: not right yet.*\n-- [\d:]+ -+\ndense, ", saved, re.S), saved
    assert again.count("dense: not right yet") == 1
    assert "dense: passed" in mended
    assert mended.rstrip().endswith(LINE)
    assert "relu: not right yet" in mended.split("dense: passed")[1]


def test_a_hint_is_about_the_file_if_it_is_broken(mine, watched):
    path = mine / "activations.py"
    text = path.read_text(encoding="utf-8")
    _, broken, hint, again, mended = watched(
        lambda: path.write_text(text + "\nx = (\n", encoding="utf-8") and None,
        "h",
        "r",
        lambda: path.write_text(text, encoding="utf-8") and None,
    )
    assert "Next: fix activations.py" in broken
    assert "Next: fix activations.py" in hint
    assert "Next: fix activations.py" in again
    assert "Right again: sigmoid, sigmoid_backward, tanh, tanh_backward, dense\n" in mended
