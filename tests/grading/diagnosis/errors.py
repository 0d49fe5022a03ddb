"""Errors in plain words: what an exception of Python or NumPy means, and which line raised it.

Messages differ between versions of Python and NumPy, so patterns look for the words that they all share. An
exception that no pattern fits is left to speak for itself.
"""

import linecache
import re
from difflib import get_close_matches
from pathlib import Path

import numpy as np

from tests.grading.finding import Place


def line_of(error, file=None, folder=None):
    """Return the innermost place in ``file`` on the way to an error, else that in ``folder``; None if
    neither was reached.
    """
    steps, step = [], error.__traceback__
    while step is not None:
        steps.append(step)
        step = step.tb_next
    for belongs in (
        lambda path: file is not None and path == Path(file),
        lambda path: folder is not None and Path(folder) in path.parents,
    ):
        for step in reversed(steps):
            code = step.tb_frame.f_code
            if belongs(Path(code.co_filename)):
                text = linecache.getline(code.co_filename, step.tb_lineno).strip()
                return Place(Path(code.co_filename).name, step.tb_lineno, text, code.co_qualname)
    return None


def in_words(error, source=""):
    """Return what an exception means, in a sentence or two; None if no pattern fits.

    source: the line on which it arose; some messages mean different things on different lines.
    """
    message = " ".join(str(error).split())
    for kind, pattern, words in PATTERNS:
        if isinstance(error, kind) and (found := re.search(pattern, message)):
            return words if isinstance(words, str) else words(found, source)
    return None


def _truth(_, source):
    if re.search(r"(?<![\w.])(max|min)\(", source):
        return (
            "Python's own max and min compare whole arrays and need one yes or no. np.maximum and np.minimum "
            "compare entry by entry."
        )
    if re.search(r"(?<![\w.])(if|while|elif)\b", source):
        return (
            "An `if` decides once, for everything, but this condition has an answer for each entry. np.where "
            "chooses for each entry."
        )
    return (
        "One yes or no is needed here, and an array has one for each entry. `and`, `or` and `not` take no "
        "arrays; between arrays, they are written &, | and ~."
    )


def _shapes(text):
    """Write shapes as Python prints them: NumPy leaves the blanks out in (2,3)."""
    return [re.sub(r",(?=\d)", ", ", shape) for shape in re.findall(r"\([\d,]*\)", text)]


def _broadcast(found, _):
    shapes = " and ".join(_shapes(found[0])[:2])
    return (
        f"The shapes {shapes} do not fit together entry by entry. They are compared from their last number "
        "to the first: two numbers must be equal, or one of them 1."
    )


def _written_into(found, _):
    first, second, *_ = _shapes(found[0])
    return f"Values of the shape {first} are written into a place of the shape {second}."


def _in_place(found, _):
    return (
        f"`+=` and the like write into the array on their left, and the result has another shape, "
        f"{_shapes(found[0])[-1]}."
    )


def _matmul(found, _):
    rows, columns = found[1], found[2]
    return (
        "`@` needs as many columns on its left as there are rows on its right; here it has "
        f"{columns} and {rows}."
    )


def _dot(found, _):
    return (
        f"A matrix product needs as many columns on its left as there are rows on its right; here it has "
        f"{found[1]} and {found[2]}."
    )


def _none(*_):
    return (
        "One of the values on this line is None. A function without `return` returns None, and so does a "
        "function that works in place."
    )


def _unpacked(found, _):
    return (
        f"The names on the left of `=` are not as many as the values on its right (expected {found[1]}). "
        "Look at what the function on the right returns."
    )


def _local(found, _):
    return (
        f"`{found[1]}` is used before this function has given it a value. Is it assigned in one branch of an "
        "`if` only, or further down?"
    )


def _missing(found, _):
    return f"{found[1]} is called without {found[2]}: compare the call with the `def` line."


def _count(found, _):
    numbers = [*map(int, re.findall(r"\d+", found[2].replace("exactly one", "1")))]
    if "at most" not in found[2] and int(found[3]) < min(numbers):
        return f"{found[1]} is called with fewer arguments than it needs: {found[3]}, not {min(numbers)}."
    return f"{found[1]} is called with more arguments than it takes: {found[3]}, not {max(numbers)}."


def _unexpected(found, _):
    return f"No argument of this function is called `{found[1] or found[2]}`."


def _undefined(found, _):
    name = found[1]
    if hasattr(np, name):
        return f"Nothing here is called `{name}`. If NumPy's is meant, it is np.{name}."
    return f"Nothing here is called `{name}`: it is misspelt, or never assigned, or not imported."


def _not_in_numpy(found, _):
    near = get_close_matches(found[2], dir(np), n=1) if found[1] == "numpy" else []
    return f"{found[1]} has nothing called {found[2]}." + (f" It has {near[0]}." if near else "")


def _no_method(found, _):
    kind, name = found[1].removeprefix("numpy."), found[2]
    if kind == "ndarray" and hasattr(np, name):
        return f"An array has no {name} of its own; NumPy has a function, np.{name}."
    if kind in ("list", "tuple", "int", "float"):
        return f"A {kind} has no {name}. If an array is meant, np.asarray makes one."
    if kind == "random._generator.Generator":
        drawn = {"randn": "standard_normal", "rand": "random", "randint": "integers"}.get(name)
        near = [drawn] if drawn else get_close_matches(name, dir(np.random.Generator), n=1)
        return f"A generator has no {name}." + (f" It has {near[0]}: rng.{near[0]}(...)." if near else "")
    return f"A {kind} has no {name}: it is misspelt, or was never assigned."


def _overflow(found, _):
    if "exp" in found[1]:
        return (
            "exp was given too large a number: the result is more than a float can hold beyond 709 in "
            "float64, beyond 88 in float32, and beyond 11 for uint8, whose exp is a float16. Convert to a "
            "floating array first, and write the formula so that exp is given no large positive numbers."
        )
    text = f"The result of {found[1]} is larger than any number that its dtype can hold."
    if "scalar" in found[0]:  # NumPy is silent on arrays of integers
        text += " If these are bytes or other integers, convert them to float first."
    return text


def _invalid(found, _):
    meanings = {
        "divide": "0 / 0, or inf / inf",
        "true_divide": "0 / 0, or inf / inf",
        "log": "the logarithm of a negative number",
        "log1p": "the logarithm of a negative number",
        "sqrt": "the root of a negative number",
        "subtract": "inf - inf",
        "add": "inf - inf",
        "multiply": "0 * inf",
        "power": "a power of a negative number that is not whole",
        "cast": "a nan or an inf turned into an integer",
    }
    meaning = meanings.get(found[1], f"{found[1]} of a number that has no such value")
    return f"Somewhere in the array stands {meaning}, which makes nan."


def _axis(found, _):
    axis, dimensions = int(found[1]), int(found[2])
    axes = "axis 0 only" if dimensions == 1 else f"the axes 0 to {dimensions - 1}"
    if dimensions == 0:
        return f"There is no axis {axis}: this is a single number."
    return f"There is no axis {axis}: the array is {dimensions}-D here and has {axes}. -1 is always the last."


def _index(found, _):
    size = int(found[2])
    if size == 0:
        return "The array is empty, so it has no entry to look at."
    return f"There is no place {found[1]}: counted from 0, the last of {size} is {size - 1}."


def _too_many_indices(found, _):
    return f"The array is {found[1]}-D, and {found[2]} indices are given."


def _in_integers(*_):
    return (
        "`+=` and the like write into the array on their left, which holds integers here, and the result is "
        "floating. Make the array floating first, in a new one."
    )


def _one_number(_, source):
    if "math." in source:
        return "The functions of `math` take one number. NumPy's, such as np.exp, take whole arrays."
    return "One number is needed here (by float or int, perhaps), and an array is given."


PATTERNS = (  # the exception's type, a part of its message, and what it means
    (ValueError, "truth value of an (array|empty array)", _truth),
    (ValueError, r"operands could not be broadcast together with shapes .*", _broadcast),
    (ValueError, r"shape mismatch: objects cannot be broadcast .*", "The shapes do not fit together."),
    (ValueError, r"could not broadcast input array from shape .* into shape .*", _written_into),
    (ValueError, r"non-broadcastable output operand .*", _in_place),
    (ValueError, r"matmul.*size (\d+) is different from (\d+)", _matmul),
    (ValueError, r"not aligned: (\d+) \(dim \d+\) != (\d+) \(dim \d+\)", _dot),
    (
        ValueError,
        r"matmul.*(does not have enough dimensions|operand)",
        "`@` multiplies arrays, and one of its sides is a single number: for that, use `*`.",
    ),
    (
        ValueError,
        "inhomogeneous",
        "The rows of this array would have different lengths: an array holds rows of one length alone.",
    ),
    (
        ValueError,
        "setting an array element with a sequence",
        "One entry of an array takes one number, and several are given to it.",
    ),
    (ValueError, r"cannot reshape array of size (\d+) into shape", "A reshape keeps the number of entries."),
    (ValueError, "read-only", "This array must not be written to: compute in a new one."),
    (ValueError, r"unpack \(expected (\w+)", _unpacked),
    (
        ValueError,
        "math domain error|expected a (positive|nonnegative) input",
        "The function has no value there.",
    ),
    (OverflowError, "range error|too large", "The result is larger than any float can hold."),
    (SystemExit, "", "exit() and the like end the whole program: a function returns instead."),
    (RecursionError, "", "The function calls itself without end."),
    (MemoryError, "", "It asks for more memory than there is: what is the shape of the array to be made?"),
    (ZeroDivisionError, "", "Something is divided by 0."),
    (TypeError, "numpy boolean subtract", "Booleans cannot be subtracted. ~ turns them round."),
    (TypeError, r"bitwise_xor|for \^=?:", "`^` is exclusive or, for integers. A power is written `**`."),
    (
        TypeError,
        r"(bitwise_(and|or)|for [&|]=?:)",
        "`&` and `|` join conditions, and bind more strongly than a comparison: put brackets around both.",
    ),
    (TypeError, r"Cannot cast ufunc .* to dtype\('u?int", _in_integers),
    (TypeError, "only .*(length-1|0-dimensional|size-1) arrays can be converted", _one_number),
    (TypeError, r"(must be real number, not|required, not) \w*ndarray", _one_number),
    (
        TypeError,
        "setting an array element",
        "One entry of an array takes one number, and several are given to it.",
    ),
    (TypeError, "'NoneType'|NoneType object", _none),
    (
        TypeError,
        r"'(?:numpy\.)?(int|float)\d*' object does not support item assignment",
        "Entries are assigned to a single number: `x[...] = ...` needs an array.",
    ),
    (TypeError, "'tuple' object does not support item assignment", "A tuple cannot be changed; a list can."),
    (
        TypeError,
        r"'(?:numpy\.)?(?:int|float|bool)\d*' object is not (iterable|subscriptable)|"
        r"non-iterable (?:numpy\.)?(?:int|float|bool)\d* object|iteration over a 0-d array",
        "A single number stands where several are needed: it cannot be unpacked, indexed or looped over.",
    ),
    (TypeError, r"'(?:numpy\.)?(?:int|float)\d*' has no len|of unsized", "A single number has no length."),
    (
        TypeError,
        r"'(\w*function\w*|method|_ArrayFunctionDispatcher|numpy\.ufunc)' object is not subscriptable",
        "A function is called with round brackets, not with [ ].",
    ),
    (
        TypeError,
        r"'(?:numpy\.)?(ndarray|int|float|float64|float32|list|tuple)' object is not callable",
        "A value stands in front of ( ) as if it were a function: perhaps a `*` is missing, or [ ] is meant.",
    ),
    (TypeError, r"([\w.<>]+)\(\) missing (?:\d+ )?required .*?argument[^']*('[^(]*')", _missing),
    (
        TypeError,
        r"([\w.<>]+)(?:\(\) takes| expected) (.*\d.*|exactly one) arguments?(?: but |, got | \()(\d+)",
        _count,
    ),
    (TypeError, r"unexpected keyword argument '(\w+)'|'(\w+)' is an invalid keyword", _unexpected),
    (
        TypeError,
        "Cannot interpret '.*' as a data type",
        "A number stands where a dtype belongs. A shape has brackets of its own: np.zeros((2, 3)).",
    ),
    (
        TypeError,
        r"can't multiply sequence|for [-+*/@%]+=?: '(list|tuple)'|and '(list|tuple)'|can only concatenate",
        "A list does not compute: + joins lists, and - or * do not go through them. An array does that.",
    ),
    (UnboundLocalError, r"variable '(\w+)'", _local),
    (NameError, r"name '(\w+)' is not defined", _undefined),
    (AttributeError, r"'NoneType' object", _none),
    (AttributeError, r"module '([\w.]+)' has no attribute '(\w+)'", _not_in_numpy),
    (AttributeError, r"'([\w.]+)' object has no attribute '(\w+)'", _no_method),
    (IndexError, r"axis (-?\d+) is out of bounds for array of dimension (\d+)", _axis),
    (ValueError, r"axis (-?\d+) is out of bounds for array of dimension (\d+)", _axis),
    (IndexError, r"index (-?\d+) is out of bounds for axis \d+ with size (\d+)", _index),
    (IndexError, "index out of range", "The place looked for is beyond the end: places are counted from 0."),
    (IndexError, r"too many indices.*is (\d+)-dimensional, but (\d+)", _too_many_indices),
    (IndexError, "invalid index to scalar", "A single number has no entries to look up."),
    (
        IndexError,
        "must be of integer|only integers, slices",
        "An index must be an integer or a boolean, and this one is another kind of value.",
    ),
    (
        IndexError,
        "boolean index did not match",
        "A mask must have the shape of the array that it is used on.",
    ),
    (RuntimeWarning, r"overflow encountered in (?:scalar )?(\w+)", _overflow),
    (
        RuntimeWarning,
        r"divide by zero encountered in log",
        "log is given a 0, and the logarithm of 0 is minus infinity. If this is a probability that has "
        "become 0, simplify its logarithm on paper first: the exp in it cancels.",
    ),
    (RuntimeWarning, "divide by zero", "Something other than 0 is divided by 0, which makes inf."),
    (RuntimeWarning, r"invalid value encountered in (?:scalar )?(\w+)", _invalid),
    (RuntimeWarning, "empty slice|Degrees of freedom", "A mean of no numbers at all is taken."),
    (
        DeprecationWarning,
        "ndim > 0 to a scalar",
        "An array of one entry is used as a number: take its entry, or sum over all of its axes.",
    ),
)
