"""Exceptions are told in plain words: each is raised here by the code that a beginner would write."""

import math
import sys
import warnings

import numpy as np
import pytest

from tests.grading.messages.errors import in_words, line_of
from tests.grading.messages.patterns import PATTERNS

SNIPPETS = {  # code: a part of what is said of it
    "if z >= 0: pass": "np.where chooses for each entry",
    "max(z, 0)": "np.maximum and np.minimum compare entry by entry",
    "(z > 0) and (z < 1)": "`and`, `or` and `not` take no arrays",
    "W + x[:, :2]": "The shapes (2, 3) and (2, 2) do not fit together",
    "b = z; b += x": "`+=` and the like write into the array on their left",
    "z[0:2] = W[0]": "shape (3,) are written into a place of the shape (2,)",
    "W @ x": "here it has 3 and 2",
    "np.dot(W, x)": "here it has 3 and 2",
    "z @ 2": "for that, use `*`",
    "np.array([[1, 2], [3]])": "all rows of an array have the same length",
    "z[0] = W[0]": "One entry of an array takes one number",
    "np.arange(6).reshape(4)": "A reshape keeps the number of entries",
    "z.flags.writeable = False; z += 1": "must not be written to",
    "f = 2.0; f[0] = 1": "`x[...] = ...` needs an array",
    "f = np.float64(2); f[0] = 1": "`x[...] = ...` needs an array",
    "t = 1, 2; t[0] = 1": "A tuple cannot be changed",
    "for v in f: pass": "A single number stands where several are needed",
    "for v in np.array(2.0): pass": "A single number stands where several are needed",
    "a, b = f": "A single number stands where several are needed",
    "f[0]": "A single number stands where several are needed",
    "z[0][0]": "A single number has no entries",
    "len(f)": "has no length",
    "a, b = z": "(expected 2)",
    "a, b, c, d = z": "(expected 4)",
    "a, b = nothing": "returns None",
    "nothing * 2.0": "returns None",
    "z * nothing": "returns None",
    "nothing.shape": "returns None",
    "nothing[0]": "returns None",
    "early()": "`q` is used before this function has given it a value",
    "q + 1": "Nothing here is called `q`",
    "exp(z)": "it is np.exp",
    "np.maximun(z, 0)": "It has maximum",
    "z.exp()": "a function, np.exp",
    "[1].shape": "np.asarray makes one",
    "two(1)": "two is called without 'W'",
    "two(1, 2, 3)": "more arguments than it takes: 3, not 2",
    "np.maximum(z)": "fewer arguments than it needs: 1, not 2",
    "np.maximum(z, 0, z, z)": "more arguments than it takes: 4, not 3",
    "rng.normal(0, 1, 2, 3)": "more arguments than it takes: 4, not 3",
    "rng.randn(2, 3)": "A generator has no randn. It has standard_normal",
    "rng.unifrom(0, 1)": "It has uniform",
    "len()": "fewer arguments than it needs: 0, not 1",
    "np.zeros()": "zeros is called without 'shape'",
    "two(x=1, V=2)": "`V`",
    "sum(z, axis=0)": "`axis`",
    "np.zeros(2, 3)": "np.zeros((2, 3))",
    "np.exp(np.array([1000.0]))": "exp is given no large positive numbers",
    "np.exp(np.array([200.0], np.float32))": "exp is given no large positive numbers",
    "np.array([1e300]) * 1e300": "larger than any number that its dtype can hold",
    "np.uint8(200) * np.uint8(2)": "convert them to float first",
    "np.log(np.array([0.0]))": "the logarithm of 0 is minus infinity",
    "np.log(np.array([-1.0]))": "the logarithm of a negative number",
    "np.array([1.0]) / 0": "divided by 0",
    "np.array([0.0]) / 0": "0 / 0",
    "np.float64(0) / 0": "0 / 0",
    "np.array([np.inf]) - np.inf": "inf - inf",
    "np.empty(0).mean()": "A mean of no numbers",
    "1 / 0": "divided by 0",
    "math.exp(1000)": "larger than any float",
    "exit(1)": "end the whole program: a function returns",
    "again()": "calls itself without end",
    "np.empty((10**6, 10**6, 10**6))": "more memory than there is",
    "math.log(0)": "no value there",
    "math.exp(z)": "NumPy's, such as np.exp, take whole arrays",
    "float(z)": "One number is needed here",
    "z.sum(axis=1)": "the array is 1-D here and has axis 0 only",
    "W.sum(axis=2)": "the array is 2-D here and has the axes 0 to 1",
    "z[5]": "the last of 3 is 2",
    "W[:, 3]": "the last of 3 is 2",
    "[1][4]": "counted from 0",
    "z[0, 1]": "1-D, and 2 indices",
    "z[1.5]": "must be an integer or a boolean",
    "z[np.array([0.5])]": "must be an integer or a boolean",
    "z[np.array([True])]": "A mask must have the shape",
    "z ^ 2": "A power is written `**`",
    "f ^ 2": "A power is written `**`",
    "z > 0 & z < 1": "put brackets around both",
    "(z > 0) - (z < 1)": "Booleans cannot be subtracted",
    "i = np.array([1, 2]); i *= 0.5": "holds integers here",
    "np.exp[z]": "not with [ ]",
    "two[z]": "not with [ ]",
    "z(1)": "a `*` is missing",
    "[1, 2] * 2.0": "A list does not compute",
    "[1, 2] - 1": "A list does not compute",
}


def nothing_but_early():
    if not warnings:
        q = 1
    return q


def again_and_again():
    return again_and_again()


@pytest.mark.parametrize("code", SNIPPETS)
def test_exception_is_told_in_plain_words(code):
    names = {
        "np": np,
        "math": math,
        "z": np.array([1.0, -2.0, 3.0]),
        "W": np.ones((2, 3)),
        "x": np.ones((2, 3)),
        "f": 2.0,
        "nothing": None,
        "early": nothing_but_early,
        "again": again_and_again,
        "exit": sys.exit,
        "two": lambda x, W: x,
        "rng": np.random.default_rng(0),
    }
    names["two"].__name__ = names["two"].__qualname__ = "two"
    program = compile(code, "<learner>", "exec")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises((Exception, SystemExit)) as caught:
            exec(program, names)
    words = in_words(caught.value, code)
    assert words is not None, f"{caught.typename}: {caught.value}"
    assert SNIPPETS[code] in words
    assert words.isascii()
    assert words.endswith((".", "?"))


def test_an_unknown_exception_is_left_to_itself():
    assert in_words(ValueError("labels must be 0..3; got 4")) is None
    assert in_words(KeyError("relu")) is None


def test_every_pattern_names_an_exception():
    assert all(issubclass(kind, BaseException) for kind, _, _ in PATTERNS)


def test_the_line_is_the_innermost_of_the_learner_s_file(tmp_path):
    names = {}
    for name, text in {
        "helpers.py": "def fail(z):\n    return z ^ 2\n",
        "losses.py": "def loss(z):\n    z = z + 1\n    return fail(z)\n",
    }.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
        exec(compile(text, tmp_path / name, "exec"), names)
    with pytest.raises(TypeError) as caught:
        names["loss"](1.0)
    own = line_of(caught.value, tmp_path / "losses.py", tmp_path)
    assert own[:4] == ("losses.py", 3, "return fail(z)", "loss")
    anywhere = line_of(caught.value, None, tmp_path)
    assert anywhere[:4] == ("helpers.py", 2, "return z ^ 2", "fail")
    assert line_of(caught.value, None, tmp_path / "other") is None
