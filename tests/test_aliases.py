"""The contract of ``out``: it is filled and returned, it may be the argument that a docstring names, and
without it a result shares no memory with an argument.
"""

import importlib
import inspect

import numpy as np
import pytest

MODULES = ("activations", "layers", "regularization")
BACKWARD = [
    np.array([[0.5, -2.0, 3.0], [1.5, -0.25, 4.0]]),
    np.array([[0.25, 0.5, -0.75], [0.125, 0.9, -0.5]]),
]
SUMS = [np.array([[0.5, -2.0, 3.0], [-0.75, 1.25, -4.0]])]
X = np.array([[1.0, 2.0, 3.0], [0.5, -1.0, 1.0]])
W = np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 7.0]])
GRAD = np.array([[1.0, 2.0], [-3.0, 0.5]])

# What each function is called with, and which arguments (by place) may be its `out`, or a part of that.
CALLS = {
    "dense": ([X, W, np.array([10.0, -20.0])], {}),
    "dense_backward": ([GRAD, X, W], {}),
    "parameter_gradients": ([GRAD, X], {}),
    "l2_penalty": ([[W, X], 0.5], {}),
    "dropout": ([X, 0.5, None], {0: 0}),  # part 0 of `out`, which is y, may be argument 0, which is x
    "dropout_backward": ([X, np.array([[2.0, 0.0, 2.0], [0.0, 2.0, 0.0]])], {None: 0}),
}


FUNCTIONS = [  # all that take `out`: one that joins a module is tested without being named here
    pytest.param(function, id=name)
    for module in MODULES
    for name, function in inspect.getmembers(importlib.import_module(f"nn.{module}"), inspect.isfunction)
    if function.__module__ == f"nn.{module}" and "out" in inspect.signature(function).parameters
]


def call_of(function):
    """Return fresh arguments and the allowed aliases of a function."""
    name = function.__name__
    if name in CALLS:
        arguments, aliases = CALLS[name]
    elif name.endswith("_backward"):
        arguments, aliases = BACKWARD, {None: 1}
    else:
        arguments, aliases = SUMS, {None: 0}
    return [_copied(argument) for argument in arguments], aliases


def _copied(argument):
    if isinstance(argument, list):
        return [part.copy() for part in argument]
    if argument is None:
        return np.random.default_rng(0)
    return argument.copy() if isinstance(argument, np.ndarray) else argument


def arrays_in(value):
    """Return the arrays of a result or an argument, in order."""
    if isinstance(value, np.ndarray):
        return [value]
    return [array for part in value for array in arrays_in(part)] if isinstance(value, tuple | list) else []


def buffers_for(function, arrays):
    """Return ``out`` in the form that the function takes, full of NaN, and its arrays as a list."""
    buffers = [np.full_like(array, np.nan) for array in arrays]
    return (tuple(buffers) if len(buffers) > 1 else buffers[0]), buffers


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_result_shares_no_memory_with_an_argument(function):
    arguments, _ = call_of(function)
    before = [array.copy() for array in arrays_in(arguments)]
    result = function(*arguments)
    for array in arrays_in(result):
        assert not any(np.shares_memory(array, argument) for argument in arrays_in(arguments)), (
            f"{function.__name__} hands back its argument: whoever writes into the result changes both"
        )
    assert all(map(np.array_equal, arrays_in(arguments), before))


@pytest.mark.parametrize("function", FUNCTIONS)
def test_out_is_filled_and_returned(function):
    wanted = arrays_in(function(*call_of(function)[0]))
    out, buffers = buffers_for(function, wanted)
    check_call(function, call_of(function)[0], out, buffers, wanted, may_change=())


@pytest.mark.parametrize("function", FUNCTIONS)
def test_out_may_be_the_argument_that_the_docstring_names(function):
    wanted = arrays_in(function(*call_of(function)[0]))
    for part, place in call_of(function)[1].items():
        arguments, _ = call_of(function)
        out, buffers = buffers_for(function, wanted)
        buffers[part or 0] = arguments[place]
        out = arguments[place] if part is None else tuple(buffers)
        check_call(function, arguments, out, buffers, wanted, may_change=(place,))


def check_call(function, arguments, out, buffers, wanted, may_change):
    before = [[array.copy() for array in arrays_in(argument)] for argument in arguments]
    got = arrays_in(function(*arguments, out=out))
    assert [id(array) for array in got] == [id(buffer) for buffer in buffers], "`out` itself must come back"
    assert all(map(np.array_equal, got, wanted)), "with `out` the values must be those without"
    for place, argument in enumerate(arguments):
        if place not in may_change:
            assert all(map(np.array_equal, arrays_in(argument), before[place])), (
                f"argument {place} has changed"
            )
