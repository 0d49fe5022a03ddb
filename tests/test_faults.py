"""The grader survives its users: whatever an exercise does, it ends with one line and the rest is graded."""

import sys
from textwrap import dedent

import pytest

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


FAULTS = {  # name: code that replaces tanh, what is said of it
    "endless loop": (
        """
        def tanh(z):
            while True:
                pass
        """,
        "tanh did not come to an end within 2 seconds",
    ),
    "endless loop that catches everything": (
        """
        def tanh(z):
            while True:
                try:
                    while True:
                        pass
                except BaseException:
                    pass
        """,
        "tanh did not come to an end within 2 seconds",
    ),
    "endless loop for some inputs": (
        """
        def tanh(z):
            while np.abs(z).max() > 100:
                pass
            return np.tanh(as_floating(z))
        """,
        "tanh did not come to an end within 2 seconds",
    ),
    "os._exit(0)": (
        """
        def tanh(z):
            import os
            os._exit(0)
        """,
        "tanh ended the whole process (exit status 0)",
    ),
    "sys.exit()": (
        """
        def tanh(z):
            import sys
            sys.exit()
        """,
        "exit() and the like end the whole program",
    ),
    "raise KeyboardInterrupt": (
        """
        def tanh(z):
            raise KeyboardInterrupt
        """,
        "tanh broke off the whole run",
    ),
    "recursion without end": (
        """
        def tanh(z):
            return tanh(z)
        """,
        "The function calls itself without end",
    ),
    "an error of NumPy's own code": (
        """
        def tanh(z):
            return np.random.default_rng(0).uniform(0.5, -np.inf, size=np.shape(z))
        """,
        "It raises OverflowError",
    ),
    "an assert of the code's own": (
        """
        def tanh(z):
            assert np.abs(z).max() < 5000
            return np.tanh(as_floating(z))
        """,
        "It raises AssertionError",
    ),
    "a list returned": (
        """
        def tanh(z):
            return np.tanh(as_floating(z)).tolist()
        """,
        "must be a plain NumPy array; got list",
    ),
    "a string returned": (
        """
        def tanh(z):
            return "tanh"
        """,
        "must be a plain NumPy array; got str",
    ),
    "None returned": (
        """
        def tanh(z):
            np.tanh(as_floating(z))
        """,
        "is None. Is a `return` missing?",
    ),
    "argument modified": (
        """
        def tanh(z):
            z = as_floating(z)
            return np.tanh(z, out=z)
        """,
        "It changes its argument z",
    ),
    "global seed set": (
        """
        def tanh(z):
            np.random.seed(0)
            return np.tanh(as_floating(z))
        """,
        "NumPy's global generator was seeded or drawn from",
    ),
    "global generator drawn from": (
        """
        def tanh(z):
            np.random.rand()
            return np.tanh(as_floating(z))
        """,
        "NumPy's global generator was seeded or drawn from",
    ),
    "Python's seed set": (
        """
        def tanh(z):
            import random
            random.seed(1)
            return np.tanh(as_floating(z))
        """,
        "Python's global random state was changed",
    ),
    "the test skipped": (
        """
        def tanh(z):
            if z.size != 6:
                raise np.testing.SkipTest
            return np.tanh(as_floating(z))
        """,
        "tanh ends the test by skipping it",
    ),
    "np.seterr": (
        """
        def tanh(z):
            np.seterr(all="ignore")
            return np.tanh(as_floating(z))
        """,
        "np.seterr was called and left changed: hiding an overflow does not fix it, so change",
    ),
    "warnings silenced": (
        """
        def tanh(z):
            import warnings
            warnings.simplefilter("ignore")
            return np.tanh(as_floating(z))
        """,
        "The warning filters were changed",
    ),
    "thread left running": (
        """
        def tanh(z):
            import threading, time
            threading.Thread(target=time.sleep, args=(60,), name="sleeper").start()
            return np.tanh(as_floating(z))
        """,
        "A thread was left running (sleeper",
    ),
    "a class that equals everything": (
        """
        class Right:
            shape, dtype = (6,), np.dtype(np.float64)
            def __eq__(self, other):
                return True
            __hash__ = None

        def tanh(z):
            return Right()
        """,
        "must be a plain NumPy array; got Right",
    ),
    "an array that equals everything": (
        """
        class Right(np.ndarray):
            def __array_ufunc__(self, ufunc, method, *inputs, **kwargs):
                return True
            def __array_function__(self, function, types, args, kwargs):
                return np.zeros(self.shape)

        def tanh(z):
            return np.zeros(np.shape(z)).view(Right)
        """,
        "must be a plain NumPy array; got Right",
    ),
    "nn imported": (
        """
        def tanh(z):
            from nn.activations import tanh
            return tanh(z)
        """,
        "imports nn.activations",
    ),
    "SciPy's ready-made function": (
        """
        def tanh(z):
            import scipy.special
            return 2 * scipy.special.expit(2 * z) - 1
        """,
        "imports scipy.special",
    ),
    "torch imported": (
        """
        def tanh(z):
            import torch
            return torch.tanh(torch.from_numpy(z)).numpy()
        """,
        "imports torch",
    ),
    "a package found by name": (
        """
        def tanh(z):
            import importlib
            return importlib.import_module("nn.activations").tanh(z)
        """,
        "imports importlib",
    ),
    "the reference's source executed": (
        """
        def tanh(z):
            names = {}
            exec(open("nn/activations.py").read(), names)
            return names["tanh"](z)
        """,
        "calls exec",
    ),
    "numpy.testing replaced": (
        """
        def tanh(z):
            np.testing.assert_allclose = lambda *args, **kwargs: None
            return z
        """,
        "The code replaced numpy.testing.assert_allclose",
    ),
    "np.isclose replaced": (
        """
        def tanh(z):
            np.isclose = lambda a, b, **kwargs: np.ones(np.shape(b), bool)
            return np.zeros_like(as_floating(z))
        """,
        "The code replaced numpy.isclose",
    ),
    "a check of the lessons replaced": (
        """
        def tanh(z):
            import sys
            lesson = sys.modules["tests.lessons.test_1_activations"]
            lesson.require_close = lesson.require_array = lambda *args, **kwargs: None
        """,
        "reaches into sys.modules",
    ),
    "a check replaced by way of the callers": (
        """
        def tanh(z):
            import sys
            names = sys._getframe(2).f_globals
            names["require_close"] = names["require_array"] = lambda *args, **kwargs: None
        """,
        "The code replaced tests.lessons.test_1_activations.require_",
    ),
    "a check's code replaced": (
        """
        def tanh(z):
            import sys
            check = sys._getframe(2).f_globals["require_close"]
            check.__code__ = (lambda actual, expected, *, what, look, rtol=0, atol=0: None).__code__
            return np.zeros_like(as_floating(z))
        """,
        "The code replaced tests.lessons.checks.require_close",
    ),
}


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
