"""Faults that a learner's code may have: each replaces tanh, and has the sentence that is told of it."""

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
        "OverflowError: high - low range exceeds valid bounds",
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
        "expected an array (2,) of float64, got 2 parts (a Python float, a Python float)",
    ),
    "a string returned": (
        """
        def tanh(z):
            return "tanh"
        """,
        "expected an array (2,) of float64, got a str",
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
        "expected an array (2,) of float64, got a Right",
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
        "What is wrong sits in `np.zeros(np.shape(z)).view(Right)`",
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
