"""`watch` checks what is saved, tells what is gained or broken, and moves on."""

import subprocess
import sys
import threading

from tests.grading import ROOT
from tests.learners import solve


def test_watch_checks_what_is_saved_and_moves_on(seen):
    """Saved, checked, told, and on to the next; nothing is run while nothing changes."""
    process = watching(seen)
    try:
        _read_until(process, "Watching: save a file")
        path = seen / "activations.py"
        skeleton = path.read_text(encoding="utf-8")
        path.write_text(skeleton.replace("raise NotImplementedError", "return 2 * z", 1), encoding="utf-8")
        told = _read_until(process, "A hint:")
        assert "sigmoid: not right yet" in told
        assert "tanh" not in told, "only what changed is checked"
        solve(seen, "sigmoid")
        told = _read_until(process, "a hint:")
        assert "sigmoid: passed" in told
        assert "Next: write sigmoid_backward" in told
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def test_watch_announces_what_is_gained(seen):
    """What has passed before and passes again is no news, least of all if something else breaks."""
    solve(seen, "dense")
    solve(seen, "dense_backward")
    path = seen / "layers.py"
    right = path.read_text(encoding="utf-8") + "\n\ndef helper():\n    pass\n"
    process = watching(seen)
    try:
        _read_until(process, "Watching: save a file")
        path.write_text(right.replace("def helper", "def other"), encoding="utf-8")
        told = _read_until(process, "a hint:")
        assert "Still right: dense, dense_backward\n" in told
        assert "points (" not in told.split("Next:")[0], told
        wrong = "\n\ndef dense_backward(grad, x, W):\n    return grad @ W.T, x.T @ grad, grad\n"
        path.write_text(right + wrong, encoding="utf-8")
        told = _read_until(process, "A hint:")
        assert "dense_backward: not right yet" in told
        assert "passed" not in told, told
        path.write_text(right, encoding="utf-8")
        told = _read_until(process, "a hint:")
        assert "dense_backward: passed, 4 points" in told
        assert "dense: passed" not in told
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def test_watch_tells_of_a_broken_file(seen):
    """A file saved half-way is named at once, and what was next is next again when it is whole."""
    path = seen / "activations.py"
    text = path.read_text(encoding="utf-8")
    process = watching(seen)
    try:
        _read_until(process, "Watching: save a file")
        path.write_text(text + "\nvalues = (1, 2\n", encoding="utf-8")
        told = _read_until(process, "^")
        assert "Next: fix activations.py" in told
        path.write_text(text, encoding="utf-8")
        assert "Next: write sigmoid" in _read_until(process, "a hint:")
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def watching(folder):
    """Return the process of a watch that has begun."""
    return subprocess.Popen(
        [sys.executable, "-u", "-m", "kata", "--impl", str(folder), "watch"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def _read_until(process, text):
    """Return what a process prints up to the line that holds a text; it is killed where none comes."""
    lines, alarm = [], threading.Timer(60, process.kill)
    alarm.start()
    try:
        while text not in (line := process.stdout.readline()):
            lines.append(line)
            assert line, f"{text!r} did not come: {''.join(lines)}"
    finally:
        alarm.cancel()
    return "".join([*lines, line])
