"""Wordings: what an exception means where its message has to be read for names, shapes and numbers.

Each takes the match of a pattern in the message, and the line of code on which the exception arose.
"""

import re
from difflib import get_close_matches

import numpy as np


def truth(_, source):
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
        "One yes or no is needed here, but an array has one for each entry. `and`, `or` and `not` take no "
        "arrays; between arrays, they are written &, | and ~."
    )


def _shapes(text):
    """Write shapes as Python prints them: NumPy leaves the blanks out in (2,3)."""
    return [re.sub(r",(?=\d)", ", ", shape) for shape in re.findall(r"\([\d,]*\)", text)]


def broadcast(found, _):
    shapes = " and ".join(_shapes(found[0])[:2])
    return (
        f"The shapes {shapes} do not fit together entry by entry. They are compared from their last number "
        "to the first: two numbers must be equal, or one of them 1."
    )


def written_into(found, _):
    first, second, *_ = _shapes(found[0])
    return f"Values of the shape {first} are written into a place of the shape {second}."


def in_place(found, _):
    return (
        f"`+=` and the like write into the array on their left, and the result has another shape, "
        f"{_shapes(found[0])[-1]}."
    )


def matmul(found, _):
    rows, columns = found[1], found[2]
    return (
        "`@` needs as many columns on its left as there are rows on its right; here it has "
        f"{columns} and {rows}."
    )


def dot(found, _):
    return (
        f"A matrix product needs as many columns on its left as there are rows on its right; here it has "
        f"{found[1]} and {found[2]}."
    )


def none(*_):
    return (
        "One of the values on this line is None. A function without `return` returns None, and so does a "
        "function that works in place."
    )


def unpacked(found, _):
    return (
        "The number of names on the left of `=` is not that of the values on its right (expected "
        f"{found[1]}). Look at what the function on the right returns."
    )


def local(found, _):
    return (
        f"`{found[1]}` is used before this function has given it a value. Is it assigned in one branch of an "
        "`if` only, or further down?"
    )


def missing(found, _):
    return f"{found[1]} is called without {found[2]}: compare the call with the `def` line."


def count(found, _):
    numbers = [*map(int, re.findall(r"\d+", found[2].replace("exactly one", "1")))]
    if "at most" not in found[2] and int(found[3]) < min(numbers):
        return f"{found[1]} is called with fewer arguments than it needs: {found[3]}, not {min(numbers)}."
    return f"{found[1]} is called with more arguments than it takes: {found[3]}, not {max(numbers)}."


def unexpected(found, _):
    return f"No argument of this function is called `{found[1] or found[2]}`."


def undefined(found, _):
    name = found[1]
    if hasattr(np, name):
        return f"Nothing here is called `{name}`. If NumPy's is meant, it is np.{name}."
    return f"Nothing here is called `{name}`: it is misspelt, or never assigned, or not imported."


def not_in_numpy(found, _):
    near = get_close_matches(found[2], dir(np), n=1) if found[1] == "numpy" else []
    return f"{found[1]} has nothing called {found[2]}." + (f" It has {near[0]}." if near else "")


def no_method(found, _):
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


def overflow(found, _):
    if "exp" in found[1]:
        return (
            "exp was given too large a number: beyond 709 in float64 and 88 in float32, the result is more "
            "than a float can hold. Write the formula so that exp is given no large positive numbers."
        )
    text = f"The result of {found[1]} is larger than any number that its dtype can hold."
    if "scalar" in found[0]:  # NumPy is silent on arrays of integers
        text += " If these are bytes or other integers, convert them to float first."
    return text


def invalid(found, _):
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
    return f"An entry of the array would be {meaning}: that is not a number (nan)."


def axis(found, _):
    axis, dimensions = int(found[1]), int(found[2])
    axes = "axis 0 only" if dimensions == 1 else f"the axes 0 to {dimensions - 1}"
    if dimensions == 0:
        return f"There is no axis {axis}: this is a single number."
    return f"There is no axis {axis}: the array is {dimensions}-D here and has {axes}. -1 is always the last."


def index(found, _):
    size = int(found[2])
    if size == 0:
        return "The array is empty, so it has no entry to look at."
    return f"There is no index {found[1]}: counting from 0, the last of {size} is {size - 1}."


def too_many_indices(found, _):
    return f"The array is {found[1]}-D, and {found[2]} indices are given."


def in_integers(*_):
    return (
        "`+=` and the like write into the array on their left, which holds integers here, and the result is "
        "floating. Make the array floating first, in a new one."
    )


def one_number(_, source):
    if "math." in source:
        return "The functions of `math` take one number. NumPy's, such as np.exp, take whole arrays."
    return "One number is needed here (by float or int, perhaps), and an array is given."
