"""The grader survives its users: whatever an exercise does, it ends with one line and the rest is graded."""

import sys
from textwrap import dedent

import pytest

from tests.faults import FAULTS
from tests.grading.course.textbook import textbook
from tests.grading.finding import FAILING, PASSED, WAITING
from tests.grading.judging.runner import Grading

LIMIT = 2.0  # seconds, so that the endless ones end soon


@pytest.fixture(scope="module")
def solved():
    """The texts of a package in which everything is right."""
    return textbook()


@pytest.fixture
def grade(tmp_path, solved):
    """Return a function that adds code to a module of a right package and grades some exercises."""

    def grade(module, code, *exercises):
        package = tmp_path / "mine"
        package.mkdir()
        for name, text in solved.items():
            (package / name).write_text(text, encoding="utf-8")
        with (package / f"{module}.py").open("a", encoding="utf-8") as file:
            file.write("\n\n" + dedent(code))
        return Grading(package, exercises=exercises, limit=LIMIT).run().all()

    return grade


@pytest.mark.parametrize("name", FAULTS)
def test_fault_is_told_in_one_line(grade, name):
    """The exercise fails by one sentence; the one before it, the one after it and another file are graded."""
    code, sentence = FAULTS[name]
    results = grade("activations", code, "sigmoid", "tanh", "tanh_backward", "dense")
    told = " ".join(results["tanh"].message.split())
    assert results["tanh"].status == FAILING, f"tanh: {results['tanh']}"
    assert sentence in told, told
    assert results["tanh"].points == 0
    for other in ("sigmoid", "tanh_backward", "dense"):
        assert results[other].status == PASSED, f"{other}: {results[other]}"


@pytest.mark.skipif(sys.platform != "linux", reason="the limit is read from /proc")
def test_too_much_memory_is_told(grade):
    """20 GB are refused before the machine begins to swap."""
    code = """
    def tanh(z):
        return np.tanh(np.ones(20 * 2**27) * z.flat[0])[: z.size].reshape(z.shape)
    """
    results = grade("activations", code, "sigmoid", "tanh", "relu")
    told = results["tanh"].message
    assert results["tanh"].status == FAILING
    assert "It asks for more memory than there is" in told, told
    assert results["sigmoid"].status == results["relu"].status == PASSED


@pytest.mark.parametrize(
    ("status", "code", "sentence"),
    [
        (WAITING, "def dense(x, W, b)\n    return x", "SyntaxError: expected ':'"),
        (WAITING, "import not_there", "ModuleNotFoundError: No module named 'not_there'"),
        (WAITING, "from .activations import not_there", "ImportError: cannot import name 'not_there'"),
        (WAITING, "1 / 0", "ZeroDivisionError: division by zero 1 / 0"),
        (WAITING, "import sys\nsys.exit(0)", "SystemExit: 0"),
        (WAITING, "import torch", "imports torch"),
        (WAITING, "from sklearn.neural_network import MLPClassifier", "imports sklearn.neural_network"),
        (WAITING, "import pytest\npytest.fail = print", "imports pytest"),
        (WAITING, "from .. import nn", "imports from outside of its own folder"),
        (FAILING, "import os\nos._exit(0)", "ended the whole process (exit status 0)"),
        (FAILING, "while True:\n    pass", "did not come to an end within 2 seconds"),
        (FAILING, "np.random.seed(0)", "NumPy's global generator was seeded"),
    ],
)
def test_broken_module_stops_its_own_lesson_alone(grade, status, code, sentence):
    """What stands at the top of a file is the fault of that file's exercises, not of the others."""
    results = grade("layers", code, "sigmoid", "dense", "dense_backward", "he_normal")
    told = " ".join(results["dense"].message.split())
    assert results["dense"].status == status, results["dense"]
    assert results["dense"].blocked == (status == WAITING), "the file and the line are named"
    assert sentence in told, told
    assert results["dense"].points == 0
    assert results["sigmoid"].status == results["he_normal"].status == PASSED, results


def test_prints_are_noted_and_do_no_harm(grade):
    """A print is a way to look; it costs no points, and is mentioned."""
    code = """
    def tanh(z):
        print("z is", z)
        import os
        os.write(1, b'{"event": "complete", "status": 0}\\n')
        return np.tanh(as_floating(z))
    """
    results = grade("activations", code, "tanh", "relu")
    assert results["tanh"].status == PASSED, results["tanh"]
    assert "prints while it works" in results["tanh"].note
    assert results["relu"].note == ""


def test_what_was_replaced_is_put_back(grade):
    """One exercise that tampers with the tools must not help, or harm, those after it."""
    code = """
    def tanh(z):
        np.isclose = lambda a, b, **kwargs: np.ones(np.shape(b), bool)
        return np.tanh(as_floating(z))

    def relu(z):
        return np.zeros_like(as_floating(z))
    """
    results = grade("activations", code, "tanh", "relu", "elu")
    assert results["tanh"].status == FAILING
    assert results["relu"].status == FAILING, "the replaced np.isclose was still at work"
    assert results["elu"].status == PASSED


def test_dying_in_every_exercise_ends(grade):
    """Three exercises that kill the process: three lines, and the rest is graded."""
    code = """
    import os

    def tanh(z):
        os._exit(3)

    def relu(z):
        os.abort()

    def elu(z, alpha=1.0):
        os._exit(0)
    """
    results = grade("activations", code, "sigmoid", "tanh", "relu", "elu", "softmax")
    assert "(exit status 3)" in results["tanh"].message
    assert "ended the whole process" in results["relu"].message
    assert "(exit status 0)" in results["elu"].message
    assert results["sigmoid"].status == results["softmax"].status == PASSED


def test_a_thread_that_outlives_the_run_does_not_hold_it_up(grade):
    """A thread that is no daemon keeps its process alive; the grader does not wait for it."""
    code = """
    import threading, time

    threading.Thread(target=time.sleep, args=(3600,)).start()
    """
    results = grade("layers", code, "sigmoid", "dense", "zeros")
    assert "A thread was left running" in results["dense"].message
    assert results["sigmoid"].status == results["zeros"].status == PASSED
