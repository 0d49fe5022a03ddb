"""Lesson 1: solutions of the activations, wrong and right."""

import functools
import math

import numpy as np

from nn.activations import as_floating, log_softmax, relu, sigmoid, softmax

from .bank import (
    OUT,
    N,
    call,
    copying,
    drawn,
    of_integers,
    probe,
    race,
    right,
    script,
    with_overflow_shown,
    wrong,
)

Z = np.array([[-1.5, 0.5], [3.0, -0.25]])  # sums on both sides of the kinks
GRAD = np.array([[2.0, -1.0], [0.5, -3.0]])
SINGLE = np.array([-2.0, -0.5, 1.5], np.float32)
WHOLE = np.array([-2, 3])
BYTES = np.array([5, 1, 130], np.uint8)
TRANSPOSED = np.array([[-1.5, 3.0], [0.5, -0.25]]).T
WHOLE_GRAD = np.array([3, -2])


# sigmoid


@race("sigmoid", "tanh", "relu", "leaky_relu", "elu", "softmax", "log_softmax")
def timed_on_sums(function):
    (z,) = drawn((N, OUT))
    return lambda: function(z), copying(z)


@race(
    "sigmoid_backward",
    "tanh_backward",
    "relu_backward",
    "leaky_relu_backward",
    "elu_backward",
)
def timed_on_outputs(backward):
    grad, a = drawn((N, OUT), (N, OUT))
    return lambda: backward(grad, a), copying(a)


@probe("sigmoid")
def sigmoid_values(sigmoid):
    yield call(sigmoid, np.array([2.0, -1.0]))
    yield call(sigmoid, Z)
    yield from of_integers(sigmoid, WHOLE)
    yield call(sigmoid, SINGLE)
    yield with_overflow_shown(call(sigmoid, np.array([-1000.0])))
    yield with_overflow_shown(call(sigmoid, np.array([1000.0])))
    yield with_overflow_shown(call(sigmoid, np.array([-1000.0, 1000.0])))
    # exp(200) is beyond float32, and well within float64
    yield with_overflow_shown(call(sigmoid, np.array([-200.0], np.float32)))
    yield from of_integers(sigmoid, BYTES)
    yield call(sigmoid, np.array([-60.0, 60.0]), rtol=0, atol=1e-15)
    yield script(f"sigmoid(array({TRANSPOSED.T.tolist()}).T)", lambda: sigmoid(TRANSPOSED.copy(order="K")))


@wrong(
    "sigmoid",
    "Your formula is right, but for sums far below 0 exp(-z) overflows: exp must never be given a large "
    "positive number.",
)
def sigmoid_overflowing_below_zero(z):
    return 1 / (1 + np.exp(-as_floating(z)))


@wrong(
    "sigmoid",
    "Your formula is right, but for sums far above 0 exp(z) overflows: exp must never be given a large "
    "positive number.",
)
def sigmoid_overflowing_above_zero(z):
    e = np.exp(as_floating(z))
    return e / (1 + e)


@wrong(
    "sigmoid",
    "It overflows far from 0, on both sides. If you choose between two forms with np.where, remember that "
    "it computes both of them for every entry. Keep the argument of exp from growing large.",
)
def sigmoid_with_both_branches_computed(z):
    z = as_floating(z)
    return np.where(z >= 0, 1 / (1 + np.exp(-z)), np.exp(z) / (1 + np.exp(z)))


@wrong(
    "sigmoid",
    "It looks as if you limit the sums to a range that is safe in float64, but in float32 exp already "
    "overflows above 88. Choose the limit to suit the dtype, or use a form that needs none.",
)
def sigmoid_clipped_for_float64_only(z):
    return 1 / (1 + np.exp(-np.clip(as_floating(z), -500, 500)))


@wrong(
    "sigmoid",
    "You cut the sums off too early: sigmoid(-60) is 9e-27, but where you cut, it is still much larger. In "
    "float64, exp(-z) does not overflow before z = -709, so the limit can be far out.",
)
def sigmoid_clipped_too_early(z):
    return 1 / (1 + np.exp(-np.clip(as_floating(z), -30, 30)))


@wrong(
    "sigmoid",
    "Your results exceed 1: this is 1 + exp(-z). Parentheses are missing, because / binds more tightly "
    "than +.",
)
def sigmoid_without_parentheses(z):
    return 1 / 1 + np.exp(-as_floating(z))


@wrong("sigmoid", "Your curve falls where it should rise: the sign in the exponent is wrong.")
def sigmoid_falling(z):
    return 1 / (1 + np.exp(as_floating(z)))


@wrong(
    "sigmoid",
    "The values are right, but float32 sums come back as float64. An array that you create, with np.zeros "
    "for instance, is float64 unless you give it the dtype of z.",
)
def sigmoid_filled_into_float64(z):
    z = as_floating(z)
    a = np.zeros(z.shape)
    positive = z >= 0
    a[positive] = 1 / (1 + np.exp(-z[positive]))
    e = np.exp(z[~positive])
    a[~positive] = e / (1 + e)
    return a


@wrong(
    "sigmoid",
    "For integers every result is 0: np.zeros_like(z) and np.empty_like(z) take the dtype of z, and an array "
    "of integers cuts the fractions off. Convert z to float first.",
)
def sigmoid_filled_into_an_array_like_z(z):
    a = np.zeros_like(z)
    positive = z >= 0
    a[positive] = 1 / (1 + np.exp(-z[positive]))
    e = np.exp(z[~positive])
    a[~positive] = e / (1 + e)
    return a


@wrong(
    "sigmoid",
    "It is right unless z is a transposed array: a.ravel() is then a copy of a, and what you write into it "
    "is lost. a.flat is not a copy.",
)
def sigmoid_filled_through_ravel(z):
    z = as_floating(z)
    a = np.zeros_like(z)
    flat = a.ravel()
    for i, value in enumerate(z.ravel()):
        e = math.exp(-abs(value))
        flat[i] = 1 / (1 + e) if value >= 0 else e / (1 + e)
    return a


@wrong(
    "sigmoid",
    "It is wrong for uint8: such an array has no room for -z, and NumPy's exp of it is only float16. "
    "Convert z to float first.",
)
def sigmoid_of_bytes_as_they_come(z):
    e = np.exp(-np.abs(z))
    return np.where(z >= 0, 1 / (1 + e), e / (1 + e))


@wrong(
    "sigmoid",
    "The values are right, but you cut off sums far from 0 in the caller's own z, which may still be "
    "needed: let np.clip make a new array.",
)
def sigmoid_limiting_the_sums_in_place(z):
    z = as_floating(z)
    np.clip(z, -80, 80, out=z)
    return 1 / (1 + np.exp(-z))


@right("sigmoid")
def sigmoid_by_two_branches(z):
    z = as_floating(z)
    e = np.exp(-np.abs(z))
    return np.where(z >= 0, 1, e) / (1 + e)


@right("sigmoid")
def sigmoid_by_tanh(z):
    return 0.5 * (1 + np.tanh(as_floating(z) / 2))


@right("sigmoid")
def sigmoid_of_limited_sums(z):
    return 1 / (1 + np.exp(-np.clip(as_floating(z), -80, 80)))


@right("sigmoid")
def sigmoid_by_masks(z):
    z = as_floating(z)
    a = np.empty_like(z)
    positive = z > 0
    a[positive] = 1 / (1 + np.exp(-z[positive]))
    e = np.exp(z[~positive])
    a[~positive] = e / (1 + e)
    return a


@right("sigmoid")
def sigmoid_by_logaddexp(z):
    z = as_floating(z)
    return np.exp(-np.logaddexp(z.dtype.type(0), -z))


# sigmoid_backward


@probe("sigmoid_backward")
def sigmoid_slopes(sigmoid_backward):
    yield call(sigmoid_backward, np.array([1.0]), np.array([0.8]))
    yield call(sigmoid_backward, np.array([10.0, -3.0]), np.array([0.25, 0.9]))
    yield call(sigmoid_backward, GRAD, np.array([[0.1, 0.5], [0.75, 0.999]]))
    yield call(sigmoid_backward, SINGLE, np.array([0.25, 0.5, 0.9], np.float32))
    yield from of_integers(sigmoid_backward, WHOLE_GRAD, np.array([0.25, 0.9]))
    yield from of_integers(sigmoid_backward, WHOLE_GRAD, np.array([1, 0]))


@wrong(
    "sigmoid_backward",
    "You treat `a` as the sum and apply the sigmoid to it once more. It is already the output: the slope "
    "needs no exp at all.",
)
def sigmoid_backward_squashing_twice(grad, a):
    grad, a = as_floating(grad), as_floating(a)
    s = 1 / (1 + np.exp(-a))
    return grad * s * (1 - s)


@wrong(
    "sigmoid_backward",
    "You return the slope alone: by the chain rule, it must be multiplied by the upstream gradient `grad`.",
)
def sigmoid_backward_without_grad(grad, a):
    grad, a = as_floating(grad), as_floating(a)
    return a * (1 - a)


@wrong(
    "sigmoid_backward",
    "1 - a**2 is the slope of tanh. The slope of the sigmoid is different: where a is 1/2, it is 1/4.",
)
def sigmoid_backward_with_the_slope_of_tanh(grad, a):
    grad, a = as_floating(grad), as_floating(a)
    return grad * (1 - a**2)


@wrong(
    "sigmoid_backward",
    "For a `grad` of integers the fractions are lost: an array made like grad also holds integers. Convert "
    "grad and a to float first.",
)
def sigmoid_backward_filled_into_an_array_like_grad(grad, a):
    result = np.empty_like(grad)
    for place in np.ndindex(grad.shape):
        result[place] = grad[place] * a[place] * (1 - a[place])
    return result


@wrong(
    "sigmoid_backward",
    "If grad and a are both integers, so is your result. Anything but floats is computed in float64 here, "
    "so convert them first.",
)
def sigmoid_backward_of_integers_in_integers(grad, a):
    return grad * a * (1 - a)


@wrong(
    "sigmoid_backward",
    "You return grad * a - a: without parentheses around 1 - a, * binds more tightly than -.",
)
def sigmoid_backward_without_parentheses(grad, a):
    grad, a = as_floating(grad), as_floating(a)
    return grad * a * 1 - a


@right("sigmoid_backward")
def sigmoid_backward_by_a_product(grad, a):
    grad, a = as_floating(grad), as_floating(a)
    return grad * a * (1 - a)


@right("sigmoid_backward")
def sigmoid_backward_by_a_difference(grad, a):
    grad, a = as_floating(grad), as_floating(a)
    return grad * (a - a**2)


# tanh


@probe("tanh")
def tanh_values(tanh):
    yield call(tanh, np.array([1.0, -0.5]))
    yield call(tanh, np.array([0.3, -0.7]), rtol=1e-10)
    yield call(tanh, Z)
    yield from of_integers(tanh, WHOLE)
    yield call(tanh, SINGLE)
    yield with_overflow_shown(call(tanh, np.array([1000.0])))
    yield with_overflow_shown(call(tanh, np.array([-1000.0])))
    yield call(tanh, np.array([-15.0, 15.0]), rtol=1e-13, atol=0)
    yield from of_integers(tanh, BYTES)

    def after_another_call():
        first = tanh(np.array([1.0, -0.5]))
        tanh(np.array([2.0, 0.25]))
        return first

    yield script("what tanh([1.0, -0.5]) has returned, after a call of tanh([2.0, 0.25])", after_another_call)


@wrong(
    "tanh",
    "Your formula is right, but far from 0, on both sides, exp overflows and inf / inf is nan. NumPy has a "
    "tanh that does not overflow; or give exp only negative numbers.",
)
def tanh_overflowing_on_both_sides(z):
    z = as_floating(z)
    return (np.exp(z) - np.exp(-z)) / (np.exp(z) + np.exp(-z))


@wrong(
    "tanh",
    "Your formula is right, but for sums far above 0 exp overflows. NumPy has a tanh that does not "
    "overflow; or give exp only negative numbers.",
)
def tanh_overflowing_above_zero(z):
    e = np.exp(2 * as_floating(z))
    return (e - 1) / (e + 1)


@wrong(
    "tanh",
    "Your formula is right, but for sums far below 0 exp overflows. NumPy has a tanh that does not "
    "overflow; or give exp only negative numbers.",
)
def tanh_overflowing_below_zero(z):
    e = np.exp(-2 * as_floating(z))
    return (1 - e) / (1 + e)


@wrong(
    "tanh",
    "Your curve runs from -1 to 1, but is too flat: this is tanh(z / 2). If you build it from the sigmoid, "
    "you must also give the sigmoid a steeper argument.",
)
def tanh_half_as_steep(z):
    return 2 * sigmoid(z) - 1


@wrong(
    "tanh",
    "Your values are right to only seven digits: some step is computed in float32, although the sums are "
    "float64. A floating input keeps its dtype in every step.",
)
def tanh_computed_in_float32(z):
    z = as_floating(z)
    return np.tanh(z.astype(np.float32)).astype(z.dtype)


@wrong(
    "tanh",
    "Each call is right by itself, but the next one overwrites its result: you reuse one array for all "
    "calls with the same shape. The way back needs the outputs of every layer, so make a new array in each "
    "call.",
)
def tanh_in_one_array_for_all_calls(z):
    z = as_floating(z)
    return np.tanh(z, out=_kept_array(z.shape, z.dtype))


@functools.cache
def _kept_array(shape, dtype):
    return np.empty(shape, dtype)


@wrong(
    "tanh",
    "NumPy's tanh of a uint8 array is only float16: anything but floats is computed in float64 here, so "
    "convert z first.",
)
def tanh_of_bytes_as_they_come(z):
    return np.tanh(z)


@wrong(
    "tanh",
    "The values are right, but you cut off sums far from 0 in the caller's own z, which may still be "
    "needed: let np.clip make a new array.",
)
def tanh_limiting_the_sums_in_place(z):
    z = as_floating(z)
    np.clip(z, -20, 20, out=z)
    return (np.exp(z) - np.exp(-z)) / (np.exp(z) + np.exp(-z))


@wrong(
    "tanh",
    "Your result is float32, whatever came in: float64 sums lose more than half of their digits. A floating "
    "input keeps its dtype.",
)
def tanh_always_in_float32(z):
    return np.tanh(as_floating(z)).astype(np.float32)


@wrong(
    "tanh",
    "Your result is float32, whatever came in: float64 sums lose more than half of their digits. A floating "
    "input keeps its dtype. (And NumPy's tanh of a uint8 array is only float16: convert z first.)",
)
def tanh_always_in_float32_of_bytes_as_they_come(z):
    return np.tanh(z).astype(np.float32)


@wrong(
    "tanh",
    "You cut the sums off too early: tanh(10) is still 4e-9 below 1, which float64 can tell. From 20 on, "
    "tanh is 1 to the last digit.",
)
def tanh_clipped_too_early(z):
    z = np.clip(as_floating(z), -10, 10)
    return (np.exp(z) - np.exp(-z)) / (np.exp(z) + np.exp(-z))


@right("tanh")
def tanh_by_numpy(z):
    return np.tanh(as_floating(z))


@right("tanh")
def tanh_by_sigmoid(z):
    return 2 * sigmoid(2 * as_floating(z)) - 1


@right("tanh")
def tanh_by_negative_exponents(z):
    z = as_floating(z)
    e = np.exp(-2 * np.abs(z))
    return np.sign(z) * (1 - e) / (1 + e)


# tanh_backward


@probe("tanh_backward")
def tanh_slopes(tanh_backward):
    yield call(tanh_backward, np.array([1.0]), np.array([0.5]))
    yield call(tanh_backward, np.array([10.0, -3.0]), np.array([0.2, -0.8]))
    yield call(tanh_backward, GRAD, np.array([[-0.5, 0.1], [0.75, 0.99]]))
    yield call(tanh_backward, SINGLE, np.array([0.25, -0.5, 0.9], np.float32))
    yield from of_integers(tanh_backward, WHOLE_GRAD, np.array([0.5, -0.8]))
    yield from of_integers(tanh_backward, WHOLE_GRAD, np.array([0, 1]))


@wrong(
    "tanh_backward",
    "You treat `a` as the sum and apply tanh to it once more. It is already the output: only its square is "
    "needed.",
)
def tanh_backward_squashing_twice(grad, a):
    grad, a = as_floating(grad), as_floating(a)
    return grad * (1 - np.tanh(a) ** 2)


@wrong(
    "tanh_backward",
    "You return the slope alone: by the chain rule, it must be multiplied by the upstream gradient `grad`.",
)
def tanh_backward_without_grad(grad, a):
    grad, a = as_floating(grad), as_floating(a)
    return 1 - a**2


@wrong(
    "tanh_backward",
    "Your slope is 1 - a: the square is missing. For negative outputs it is even above 1.",
)
def tanh_backward_without_the_square(grad, a):
    grad, a = as_floating(grad), as_floating(a)
    return grad * (1 - a)


@wrong(
    "tanh_backward",
    "You square the whole difference, (1 - a)**2. The square belongs to the output alone: 1 - a**2.",
)
def tanh_backward_with_the_difference_squared(grad, a):
    grad, a = as_floating(grad), as_floating(a)
    return grad * (1 - a) ** 2


@wrong(
    "tanh_backward",
    "a * (1 - a) is the slope of the sigmoid. The slope of tanh is different: where a is 0, it is 1.",
)
def tanh_backward_with_the_slope_of_sigmoid(grad, a):
    grad, a = as_floating(grad), as_floating(a)
    return grad * a * (1 - a)


@wrong(
    "tanh_backward",
    "For a `grad` of integers the fractions are lost: an array made like grad also holds integers. Convert "
    "grad and a to float first.",
)
def tanh_backward_filled_into_an_array_like_grad(grad, a):
    result = np.empty_like(grad)
    for place in np.ndindex(grad.shape):
        result[place] = grad[place] * (1 - a[place] ** 2)
    return result


@wrong(
    "tanh_backward",
    "If grad and a are both integers, so is your result. Anything but floats is computed in float64 here, "
    "so convert them first.",
)
def tanh_backward_of_integers_in_integers(grad, a):
    return grad * (1 - a**2)


@right("tanh_backward")
def tanh_backward_by_the_square(grad, a):
    grad, a = as_floating(grad), as_floating(a)
    return grad * (1 - a**2)


@right("tanh_backward")
def tanh_backward_by_two_factors(grad, a):
    grad, a = as_floating(grad), as_floating(a)
    return grad * (1 - a) * (1 + a)


# relu


@probe("relu")
def relu_values(relu):
    yield call(relu, np.array([2.0, -3.0]))
    yield call(relu, Z)
    yield call(relu, SINGLE)
    yield from of_integers(relu, WHOLE)
    yield call(relu, np.array([-1e4, 1e4]))


@wrong("relu", "Negative sums come out positive, as their absolute value: they must become 0.")
def relu_as_absolute_value(z):
    return np.abs(as_floating(z))


@wrong(
    "relu",
    "Large sums are cut off at 1. ReLU has no upper limit: only the negative sums are changed.",
)
def relu_cut_off_at_one(z):
    return np.clip(as_floating(z), 0, 1)


@wrong(
    "relu",
    "Your result is 0 or 1, a step: this is the slope of ReLU. The function itself lets the positive sums "
    "through as they are.",
)
def relu_as_a_step(z):
    z = as_floating(z)
    return (z > 0).astype(z.dtype)


@wrong(
    "relu",
    "The values are right, but you write the zeros into the caller's z, which may still be needed: make a "
    "new array.",
)
def relu_in_place(z):
    z = as_floating(z)
    z[z < 0] = 0
    return z


@wrong(
    "relu",
    "The values are right, but an array of integers stays an array of integers: the rule here is that "
    "anything but floats is computed in float64.",
)
def relu_of_integers_in_integers(z):
    return np.maximum(z, 0)


@wrong(
    "relu",
    "The values are right, but float32 sums come back as float64. np.zeros and the like make float64 by "
    "default; the plain number 0 adapts itself to z.",
)
def relu_in_float64(z):
    return np.maximum(z, np.zeros(np.shape(z)))


@wrong(
    "relu",
    "The values are right, but you write the zeros into the caller's z, which may still be needed: make a "
    "new array. (Integers come next: they are computed in float64.)",
)
def relu_in_place_and_in_integers(z):
    z[z < 0] = 0
    return z


@wrong(
    "relu",
    "np.max(z, 0) is the largest number along axis 0: it treats the 0 as an axis. np.maximum(z, 0) "
    "compares each entry with 0.",
)
def relu_by_the_largest_entry(z):
    return np.max(as_floating(z), 0)


@right("relu")
def relu_by_the_maximum(z):
    return np.maximum(as_floating(z), 0)


@right("relu")
def relu_by_a_product(z):
    z = as_floating(z)
    return z * (z > 0)


@right("relu")
def relu_by_where(z):
    z = as_floating(z)
    return np.where(z > 0, z, 0)


@right("relu")
def relu_by_two_halves(z):
    z = as_floating(z)
    return 0.5 * z + 0.5 * np.abs(z)


@right("relu")
def relu_on_a_copy(z):
    a = as_floating(z).copy()
    a[a < 0] = 0
    return a


# relu_backward


@probe("relu_backward")
def relu_slopes(relu_backward):
    yield call(relu_backward, np.array([5.0, 7.0]), np.array([3.0, 0.0]))
    yield call(relu_backward, GRAD, np.array([[0.5, 2.0], [0.0, 0.0]]))
    yield call(relu_backward, SINGLE, np.array([0.25, 0.0, 2.0], np.float32))
    yield from of_integers(relu_backward, WHOLE_GRAD, np.array([0.5, 0.0]))
    yield from of_integers(relu_backward, WHOLE_GRAD, np.array([4, 0]))


@wrong(
    "relu_backward",
    "You let every gradient pass, even where the output is 0. An output of ReLU is never negative, so a "
    "comparison such as `a >= 0` is always true.",
)
def relu_backward_passing_everything(grad, a):
    grad, a = as_floating(grad), as_floating(a)
    return grad * (a >= 0)


@wrong(
    "relu_backward",
    "You return the slope alone, 1 or 0: by the chain rule, it must be multiplied by the upstream gradient "
    "`grad`.",
)
def relu_backward_without_grad(grad, a):
    grad, a = as_floating(grad), as_floating(a)
    return (a > 0).astype(a.dtype)


@wrong(
    "relu_backward",
    "The values are right, but you write the zeros into the caller's grad: make a new array instead.",
)
def relu_backward_in_place(grad, a):
    grad, a = as_floating(grad), as_floating(a)
    grad[a <= 0] = 0
    return grad


@wrong(
    "relu_backward",
    "You multiply by the output itself. The slope on the positive side is 1, however large the output is.",
)
def relu_backward_times_the_output(grad, a):
    grad, a = as_floating(grad), as_floating(a)
    return grad * np.maximum(a, 0)


@wrong(
    "relu_backward",
    "You look at the sign of `grad`, but the output `a` decides where the gradient passes, and a negative "
    "gradient passes like any other.",
)
def relu_backward_by_the_sign_of_grad(grad, a):
    grad, a = as_floating(grad), as_floating(a)
    return np.maximum(grad, 0)


@wrong(
    "relu_backward",
    "The values are right, but float32 becomes float64: an array that you create, with np.zeros or with "
    "np.where of two Python numbers, is not float32. A comparison such as a > 0 can be multiplied as it is.",
)
def relu_backward_in_float64(grad, a):
    grad, a = as_floating(grad), as_floating(a)
    return grad * np.where(a > 0, 1, 0)


@wrong(
    "relu_backward",
    "The values are right, but a `grad` of integers gives integers: the rule here is that anything but "
    "floats is computed in float64.",
)
def relu_backward_of_integers_in_integers(grad, a):
    return grad * (a > 0)


@wrong(
    "relu_backward",
    "You return the slope alone, 1 or 0, and as integers: by the chain rule, it must be multiplied by the "
    "upstream gradient `grad`.",
)
def relu_backward_without_grad_in_integers(grad, a):
    return np.where(a > 0, 1, 0)


@right("relu_backward")
def relu_backward_by_a_product(grad, a):
    grad, a = as_floating(grad), as_floating(a)
    return grad * (a > 0)


@right("relu_backward")
def relu_backward_by_where(grad, a):
    grad, a = as_floating(grad), as_floating(a)
    return np.where(a > 0, grad, 0)


@right("relu_backward")
def relu_backward_wherever_the_output_is_not_zero(grad, a):
    return as_floating(grad) * (a != 0)


@right("relu_backward")
def relu_backward_on_a_copy(grad, a):
    result = np.array(as_floating(grad))
    result[a <= 0] = 0
    return result


@right("relu_backward")
def relu_backward_by_sign(grad, a):
    return as_floating(grad) * np.sign(as_floating(a))


# leaky_relu


@probe("leaky_relu")
def leaky_relu_values(leaky_relu):
    yield call(leaky_relu, np.array([2.0, -3.0]))
    yield call(leaky_relu, Z)
    yield call(leaky_relu, Z.ravel(), slope=0.2)
    yield call(leaky_relu, Z.ravel(), slope=2.0)
    yield call(leaky_relu, SINGLE)
    yield from of_integers(leaky_relu, WHOLE)
    yield from of_integers(leaky_relu, WHOLE, slope=2)


@wrong(
    "leaky_relu",
    "It is right for the slope of 0.01 and wrong for any other: the code holds a fixed number where the "
    "argument `slope` belongs.",
)
def leaky_relu_with_a_fixed_slope(z, slope=0.01):
    z = as_floating(z)
    return np.where(z > 0, z, 0.01 * z)


@wrong(
    "leaky_relu",
    "Every negative sum becomes the number `slope` itself. The slope is a factor: what leaks through is "
    "slope times the sum.",
)
def leaky_relu_returning_the_slope(z, slope=0.01):
    z = as_floating(z)
    return np.where(z > 0, z, slope)


@wrong(
    "leaky_relu",
    "You shrink the positive sums and let the negative ones pass: the two sides are swapped.",
)
def leaky_relu_with_the_sides_exchanged(z, slope=0.01):
    z = as_floating(z)
    return np.where(z > 0, slope * z, z)


@wrong(
    "leaky_relu",
    "Negative sums come out positive: you multiply by -slope. The slope is positive, so a negative sum stays "
    "negative.",
)
def leaky_relu_with_the_sign_turned(z, slope=0.01):
    z = as_floating(z)
    return np.where(z > 0, z, -slope * z)


@wrong(
    "leaky_relu",
    "Negative sums become 0: this is plain ReLU, and nothing leaks through. Multiply by `slope` there.",
)
def leaky_relu_without_a_leak(z, slope=0.01):
    return np.maximum(as_floating(z), 0)


@wrong(
    "leaky_relu",
    "The values are right, but you shrink the entries of the caller's z in place: make a new array.",
)
def leaky_relu_in_place(z, slope=0.01):
    z = as_floating(z)
    z[z < 0] *= slope
    return z


@wrong(
    "leaky_relu",
    "The values are right, but float32 becomes float64. An array that you create, with np.zeros or with "
    "np.where of two Python numbers, is float64 unless you give it the dtype of z.",
)
def leaky_relu_in_float64(z, slope=0.01):
    z = as_floating(z)
    return z * np.where(z > 0, 1, slope)


@wrong(
    "leaky_relu",
    "It is right only while the slope is below 1: for a larger slope, slope * z is the larger of the two "
    "above 0, and the smaller below 0. The sign of z decides, not which of them is larger.",
)
def leaky_relu_by_the_maximum(z, slope=0.01):
    z = as_floating(z)
    return np.maximum(z, slope * z)


@wrong(
    "leaky_relu",
    "Integers stay integers if the slope is a whole number such as 2: only a slope like 0.01 makes your "
    "result floating. Anything but floats is computed in float64 here, so convert z first.",
)
def leaky_relu_of_integers_by_a_whole_slope(z, slope=0.01):
    return np.where(z > 0, z, slope * z)


@right("leaky_relu")
def leaky_relu_by_where(z, slope=0.01):
    z = as_floating(z)
    return np.where(z > 0, z, slope * z)


@right("leaky_relu")
def leaky_relu_by_the_slope_of_each(z, slope=0.01):
    z = as_floating(z)
    return z * ((z > 0) + slope * (z <= 0)).astype(z.dtype)


@right("leaky_relu")
def leaky_relu_by_two_relus(z, slope=0.01):
    z = as_floating(z)
    return relu(z) - slope * relu(-z)


# leaky_relu_backward


@probe("leaky_relu_backward")
def leaky_relu_slopes(leaky_relu_backward):
    yield call(leaky_relu_backward, np.array([5.0, 7.0]), np.array([3.0, -0.5]))
    yield call(leaky_relu_backward, GRAD, Z)
    yield call(leaky_relu_backward, GRAD.ravel(), Z.ravel(), slope=0.2)
    yield call(leaky_relu_backward, GRAD.ravel(), Z.ravel(), slope=2.0)
    yield call(leaky_relu_backward, SINGLE, np.array([-0.02, 0.5, 2.0], np.float32))
    yield from of_integers(leaky_relu_backward, WHOLE_GRAD, np.array([-0.5, 3.0]))
    yield from of_integers(leaky_relu_backward, WHOLE_GRAD, np.array([-4, 3]))
    yield from of_integers(leaky_relu_backward, WHOLE_GRAD, np.array([-4, 3]), slope=2)


@wrong(
    "leaky_relu_backward",
    "It is right for the slope of 0.01 and wrong for any other: the code holds a fixed number where the "
    "argument `slope` belongs.",
)
def leaky_relu_backward_with_a_fixed_slope(grad, a, slope=0.01):
    grad, a = as_floating(grad), as_floating(a)
    return np.where(a > 0, grad, 0.01 * grad)


@wrong(
    "leaky_relu_backward",
    "Where the output is negative, you turn the sign of the gradient: the slope there is `slope`, which is "
    "positive.",
)
def leaky_relu_backward_with_the_sign_turned(grad, a, slope=0.01):
    grad, a = as_floating(grad), as_floating(a)
    return np.where(a > 0, grad, -slope * grad)


@wrong(
    "leaky_relu_backward",
    "Where the output is negative, you stop the gradient, as plain ReLU does: leaky ReLU lets a small "
    "share of it pass.",
)
def leaky_relu_backward_without_a_leak(grad, a, slope=0.01):
    grad, a = as_floating(grad), as_floating(a)
    return grad * (a > 0)


@wrong(
    "leaky_relu_backward",
    "You return the slope alone, 1 or `slope`: by the chain rule, it must be multiplied by the upstream "
    "gradient `grad`.",
)
def leaky_relu_backward_without_grad(grad, a, slope=0.01):
    grad, a = as_floating(grad), as_floating(a)
    return np.where(a > 0, 1.0, slope)


@wrong(
    "leaky_relu_backward",
    "On the negative side you return `slope` itself, whatever came from above: there, too, the slope must "
    "be multiplied by `grad`.",
)
def leaky_relu_backward_returning_the_slope(grad, a, slope=0.01):
    grad, a = as_floating(grad), as_floating(a)
    return np.where(a > 0, grad, slope)


@wrong(
    "leaky_relu_backward",
    "The values are right, but float32 becomes float64. An array that you create, with np.zeros or with "
    "np.where of two Python numbers, is float64 unless you give it the dtype of grad.",
)
def leaky_relu_backward_in_float64(grad, a, slope=0.01):
    grad, a = as_floating(grad), as_floating(a)
    return grad * np.where(a > 0, 1, slope)


@wrong(
    "leaky_relu_backward",
    "For a `grad` of integers the fractions are lost: a copy of grad also holds integers. Convert grad and "
    "a to float first.",
)
def leaky_relu_backward_filled_into_an_array_like_grad(grad, a, slope=0.01):
    result = np.array(grad)
    result[a < 0] = slope * grad[a < 0]
    return result


@wrong(
    "leaky_relu_backward",
    "For a `grad` of integers it raises an error: NumPy does not write the fractions that `*=` makes into an "
    "array of integers. Convert grad and a to float first.",
)
def leaky_relu_backward_shrinking_a_copy_of_integers(grad, a, slope=0.01):
    result = np.array(grad)
    result[a < 0] *= slope
    return result


@wrong(
    "leaky_relu_backward",
    "It is right only while the slope is below 1: you take the larger of the two slopes on one side and "
    "the smaller on the other, but the sign of `a` decides.",
)
def leaky_relu_backward_by_the_larger_slope(grad, a, slope=0.01):
    grad = as_floating(grad)
    return np.where(a > 0, max(1.0, slope) * grad, min(1.0, slope) * grad)


@wrong(
    "leaky_relu_backward",
    "Integers stay integers if the slope is a whole number such as 2: only a slope like 0.01 makes your "
    "result floating. Anything but floats is computed in float64 here, so convert grad first.",
)
def leaky_relu_backward_of_integers_by_a_whole_slope(grad, a, slope=0.01):
    return np.where(a > 0, grad, slope * grad)


@right("leaky_relu_backward")
def leaky_relu_backward_by_where(grad, a, slope=0.01):
    grad, a = as_floating(grad), as_floating(a)
    return np.where(a > 0, grad, slope * grad)


@right("leaky_relu_backward")
def leaky_relu_backward_with_the_slope_of_one_at_zero(grad, a, slope=0.01):
    grad = as_floating(grad)
    return np.where(a >= 0, grad, slope * grad)


@right("leaky_relu_backward")
def leaky_relu_backward_on_a_copy(grad, a, slope=0.01):
    result = np.array(as_floating(grad))
    result[a < 0] *= slope
    return result


@right("leaky_relu_backward")
def leaky_relu_backward_by_two_masks(grad, a, slope=0.01):
    grad = as_floating(grad)
    return grad * (a > 0) + slope * grad * (a <= 0)


# elu


@probe("elu")
def elu_values(elu):
    yield call(elu, np.array([2.0, -1.0]))
    yield call(elu, Z)
    yield call(elu, Z.ravel(), alpha=0.5)
    yield call(elu, Z.ravel(), alpha=2.0)
    yield call(elu, SINGLE)
    yield from of_integers(elu, WHOLE)
    yield from of_integers(elu, np.array([5, 1, 10], np.uint8))
    yield with_overflow_shown(call(elu, np.array([-1000.0, 1000.0])))


@wrong(
    "elu",
    "Your formula is right, but large positive sums overflow: np.where computes both branches for every "
    "entry, including the exp that it then throws away. exp must not see the positive sums.",
)
def elu_overflowing_in_the_unused_branch(z, alpha=1.0):
    z = as_floating(z)
    return np.where(z > 0, z, alpha * (np.exp(z) - 1))


@wrong(
    "elu",
    "It is right for alpha = 1 and wrong for any other: on the negative side the argument `alpha` is "
    "missing.",
)
def elu_with_a_fixed_alpha(z, alpha=1.0):
    z = as_floating(z)
    return np.where(z > 0, z, np.exp(np.minimum(z, 0)) - 1)


@wrong(
    "elu",
    "It is right for alpha = 1; for any other, the curve jumps at 0: `alpha` multiplies exp(z) alone, where "
    "it should multiply exp(z) - 1.",
)
def elu_with_alpha_on_the_exponential_alone(z, alpha=1.0):
    z = as_floating(z)
    return np.where(z > 0, z, alpha * np.exp(np.minimum(z, 0)) - 1)


@wrong(
    "elu",
    "Negative sums come out positive: this is alpha * exp(z), from which something must be subtracted so "
    "that the curve passes through 0.",
)
def elu_without_minus_one(z, alpha=1.0):
    z = as_floating(z)
    return np.where(z > 0, z, alpha * np.exp(np.minimum(z, 0)))


@wrong(
    "elu",
    "Negative sums come out positive: this is alpha * exp(z), from which something must be subtracted so "
    "that the curve passes through 0. (Large positive sums overflow as well: np.where computes both "
    "branches.)",
)
def elu_without_minus_one_overflowing(z, alpha=1.0):
    z = as_floating(z)
    return np.where(z > 0, z, alpha * np.exp(z))


@wrong(
    "elu",
    "It is right for alpha = 1 and wrong for any other: on the negative side the argument `alpha` is "
    "missing. (Large positive sums overflow as well: np.where computes both branches.)",
)
def elu_with_a_fixed_alpha_overflowing(z, alpha=1.0):
    z = as_floating(z)
    return np.where(z > 0, z, np.exp(z) - 1)


@wrong(
    "elu",
    "For an alpha other than 1 the curve jumps at 0: `alpha` multiplies exp(z) alone, where it should "
    "multiply exp(z) - 1. (Large positive sums overflow as well: np.where computes both branches.)",
)
def elu_with_alpha_on_the_exponential_alone_overflowing(z, alpha=1.0):
    z = as_floating(z)
    return np.where(z > 0, z, alpha * np.exp(z) - 1)


@wrong(
    "elu",
    "It is right only while alpha is at most 1: for a larger alpha, the curve lies above the line z on "
    "part of the negative side. The sign of z decides, not which of the two is larger.",
)
def elu_by_the_maximum(z, alpha=1.0):
    z = as_floating(z)
    return np.maximum(z, alpha * (np.exp(np.minimum(z, 0)) - 1))


@wrong(
    "elu",
    "For integers the fractions are lost: a copy of z also holds integers, and everything written into it "
    "is cut off to an integer. Convert z to float first.",
)
def elu_filled_into_an_array_like_z(z, alpha=1.0):
    a = np.array(z)
    a[z < 0] = alpha * (np.exp(z[z < 0]) - 1)
    return a


@wrong(
    "elu",
    "NumPy's exp of a uint8 array is only float16: anything but floats is computed in float64 here, so "
    "convert z first.",
)
def elu_of_bytes_as_they_come(z, alpha=1.0):
    return np.where(z > 0, z, alpha * (np.exp(np.minimum(z, 0)) - 1))


@right("elu")
def elu_by_where(z, alpha=1.0):
    z = as_floating(z)
    return np.where(z > 0, z, alpha * (np.exp(np.minimum(z, 0)) - 1))


@right("elu")
def elu_by_a_sum(z, alpha=1.0):
    z = as_floating(z)
    return np.maximum(z, 0) + alpha * np.expm1(np.minimum(z, 0))


@right("elu")
def elu_by_masks(z, alpha=1.0):
    a = as_floating(z).copy()
    negative = a < 0
    a[negative] = alpha * (np.exp(a[negative]) - 1)
    return a


# elu_backward


@probe("elu_backward")
def elu_slopes(elu_backward):
    yield call(elu_backward, np.array([5.0, 7.0]), np.array([3.0, -0.5]))
    yield call(elu_backward, GRAD, np.array([[-0.75, 0.5], [3.0, -0.125]]))
    yield call(elu_backward, GRAD.ravel(), np.array([-0.4, 0.5, 3.0, -0.125]), alpha=0.5)
    yield call(elu_backward, GRAD.ravel(), np.array([-1.75, 0.5, 3.0, -0.125]), alpha=2.0)
    yield call(elu_backward, SINGLE, np.array([-0.75, -0.25, 2.0], np.float32))
    yield from of_integers(elu_backward, WHOLE_GRAD, np.array([-0.75, 3.0]))
    yield from of_integers(elu_backward, WHOLE_GRAD, np.array([-1, 3]))
    yield from of_integers(elu_backward, WHOLE_GRAD, np.array([-1, 3]), alpha=2)


@wrong(
    "elu_backward",
    "It is right for alpha = 1 and wrong for any other: on the negative side you add 1 to `a`, which undoes "
    "a subtraction that was of another number.",
)
def elu_backward_with_a_fixed_alpha(grad, a, alpha=1.0):
    grad, a = as_floating(grad), as_floating(a)
    return grad * np.where(a > 0, 1, a + 1)


@wrong(
    "elu_backward",
    "It is right for alpha = 1 and wrong for any other: you return alpha * (a + 1). The output already "
    "contains the factor alpha, and only the constant still needs it.",
)
def elu_backward_with_alpha_twice(grad, a, alpha=1.0):
    grad, a = as_floating(grad), as_floating(a)
    return grad * np.where(a > 0, 1, alpha * (a + 1))


@wrong(
    "elu_backward",
    "You treat `a` as the sum: alpha * exp(z) is the slope, but you are given the output, and can write "
    "the slope in terms of it, without exp.",
)
def elu_backward_with_the_exponential_of_the_output(grad, a, alpha=1.0):
    grad, a = as_floating(grad), as_floating(a)
    return grad * np.where(a > 0, 1, alpha * np.exp(np.minimum(a, 0)))


@wrong(
    "elu_backward",
    "You return the slope alone: by the chain rule, it must be multiplied by the upstream gradient `grad`.",
)
def elu_backward_without_grad(grad, a, alpha=1.0):
    grad, a = as_floating(grad), as_floating(a)
    return np.where(a > 0, 1, a + alpha)


@wrong(
    "elu_backward",
    "On the negative side you return grad * a + alpha: without parentheses around a + alpha, * binds more "
    "tightly than +.",
)
def elu_backward_without_parentheses(grad, a, alpha=1.0):
    grad, a = as_floating(grad), as_floating(a)
    return np.where(a > 0, grad, grad * a + alpha)


@wrong(
    "elu_backward",
    "Where the output is negative, you return `a + alpha` without `grad`: on that side, too, the slope "
    "must be multiplied by it.",
)
def elu_backward_without_grad_on_the_negative_side(grad, a, alpha=1.0):
    grad, a = as_floating(grad), as_floating(a)
    return np.where(a > 0, grad, a + alpha)


@wrong(
    "elu_backward",
    "For a `grad` of integers the fractions are lost: a copy of grad also holds integers. Convert grad and "
    "a to float first.",
)
def elu_backward_filled_into_an_array_like_grad(grad, a, alpha=1.0):
    result = np.array(grad)
    result[a < 0] = (grad * (a + alpha))[a < 0]
    return result


@wrong(
    "elu_backward",
    "Integers stay integers if alpha is a whole number such as 2: only an alpha like 1.0 makes your result "
    "floating. Anything but floats is computed in float64 here, so convert grad and a first.",
)
def elu_backward_of_integers_by_a_whole_alpha(grad, a, alpha=1.0):
    return np.where(a > 0, grad, grad * (a + alpha))


@right("elu_backward")
def elu_backward_by_where(grad, a, alpha=1.0):
    grad, a = as_floating(grad), as_floating(a)
    return np.where(a > 0, grad, grad * (a + alpha))


@right("elu_backward")
def elu_backward_by_the_minimum(grad, a, alpha=1.0):
    grad, a = as_floating(grad), as_floating(a)
    return grad * ((a > 0) + (a <= 0) * (a + alpha))


@right("elu_backward")
def elu_backward_by_masks(grad, a, alpha=1.0):
    grad, a = as_floating(grad), as_floating(a)
    slope = np.ones_like(a)
    slope[a < 0] = a[a < 0] + alpha
    return grad * slope


# softmax


@probe("softmax", "log_softmax")
def scores(softmax):
    yield call(softmax, np.array([[1.0, 2.0], [3.0, 5.0]]))
    yield call(softmax, np.array([[0.3, -0.7, 1.1]]), rtol=1e-10)
    yield call(softmax, np.array([[1.0, 2.0, 3.0], [2.0, -3.0, 1.0]]))
    yield call(softmax, np.array([1.0, 2.0, 4.0]))
    yield from of_integers(softmax, np.array([[1, 2], [2, 0]]))
    yield call(softmax, np.array([[1.0, 2.0], [0.5, -1.0]], np.float32))
    for z in ([[1000.0, 1001.0]], [[1000.0, 0.0]], [1000.0, 0.0], [[1.0, 2.0], [2000.0, 2001.0]]):
        yield with_overflow_shown(call(softmax, np.array(z)))
    yield call(softmax, np.array([[1e15, 1e15]]))
    yield from of_integers(softmax, np.array([[1, 2], [2, 0]], np.uint8))


@wrong(
    "softmax",
    "Your formula is right, but exp(1000) overflows. The shares do not change if you subtract a number "
    "from the whole row: choose one that leaves no large scores.",
)
def softmax_without_a_shift(z):
    e = np.exp(as_floating(z))
    return e / e.sum(axis=-1, keepdims=True)


@wrong(
    "softmax",
    "The columns of your result sum to 1, not the rows, although each sample is a row.",
)
def softmax_over_the_columns(z):
    z = as_floating(z)
    e = np.exp(z - z.max(axis=0, keepdims=True))
    return e / e.sum(axis=0, keepdims=True)


@wrong(
    "softmax",
    "The columns of your result sum to 1, not the rows: you add up over the samples instead of the classes. "
    "(And each row needs its own maximum.)",
)
def softmax_over_the_columns_with_one_maximum(z):
    z = as_floating(z)
    e = np.exp(z - z.max())
    return e / e.sum(axis=0)


@wrong(
    "softmax",
    "You subtract each row's maximum, but then divide by the sums of the columns: each row needs a "
    "sum of its own, too.",
)
def softmax_summed_over_the_columns(z):
    z = as_floating(z)
    e = np.exp(z - z.max(axis=-1, keepdims=True))
    return e / e.sum(axis=0)


@wrong(
    "softmax",
    "The columns of your result sum to 1, not the rows: sum over the last axis. (And exp overflows for "
    "large scores: that comes next.)",
)
def softmax_over_the_columns_without_a_shift(z):
    e = np.exp(as_floating(z))
    return e / e.sum(axis=0)


@wrong(
    "softmax",
    "You subtract one maximum for the whole batch. Next to a row of large scores, a whole row of small "
    "ones underflows to 0, and 0 / 0 is nan: each row needs its own maximum.",
)
def softmax_shifted_by_the_maximum_of_the_batch(z):
    z = as_floating(z)
    e = np.exp(z - z.max())
    return e / e.sum(axis=-1, keepdims=True)


@wrong(
    "softmax",
    "You subtract one maximum for the whole batch. Next to a row of large scores, a whole row of small ones "
    "underflows to 0, and 0 / 0 is nan: each row needs its own maximum. (And uint8 has no room for negative "
    "numbers: convert z to float first.)",
)
def softmax_shifted_by_the_maximum_of_the_batch_of_bytes(z):
    e = np.exp(z - z.max())
    return e / e.sum(axis=-1, keepdims=True)


@wrong(
    "softmax",
    "Your whole batch sums to 1, but each row should: max and sum without an axis run over everything.",
)
def softmax_over_the_whole_batch(z):
    z = as_floating(z)
    e = np.exp(z - z.max())
    return e / e.sum()


@wrong(
    "softmax",
    "Your whole batch sums to 1, but each row should: a sum without an axis runs over everything. (And exp "
    "overflows for large scores: that comes next.)",
)
def softmax_over_the_whole_batch_without_a_shift(z):
    e = np.exp(as_floating(z))
    return e / e.sum()


@wrong(
    "softmax",
    "The maximum and the sum of each row come as 1-D arrays, which NumPy lines up with the columns: a "
    "square batch silently gives wrong numbers, and any other gives an error. `keepdims` keeps them as "
    "columns.",
)
def softmax_without_keepdims(z):
    z = as_floating(z)
    e = np.exp(z - z.max(axis=-1))
    return e / e.sum(axis=-1)


@wrong(
    "softmax",
    "You divide by the sums of the rows as one row, which NumPy lines up with the columns: a square batch "
    "silently gives wrong numbers, and any other gives an error. The sums must form a column: `keepdims` "
    "keeps them as one.",
)
def softmax_without_keepdims_in_the_sum(z):
    z = as_floating(z)
    e = np.exp(z - z.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1)


@wrong(
    "softmax",
    "The sums of the rows come as a 1-D array, which NumPy lines up with the columns: a square batch "
    "silently gives wrong numbers, and any other gives an error. `keepdims` keeps it as a column. (And exp "
    "overflows for large scores.)",
)
def softmax_without_keepdims_and_shift(z):
    e = np.exp(as_floating(z))
    return e / e.sum(axis=-1)


@wrong(
    "softmax",
    "It works for a batch only: a single sample, a 1-D array, has no axis 1. Count the axes from the end, "
    "and one number serves for both.",
)
def softmax_of_a_batch_only(z):
    z = as_floating(z)
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


@wrong(
    "softmax",
    "Your rows do not sum to 1: you divide by the sum of the shifted scores instead of the sum of their "
    "exponentials.",
)
def softmax_without_exp_in_the_denominator(z):
    z = as_floating(z)
    z = z - z.max(axis=-1, keepdims=True)
    return np.exp(z) / z.sum(axis=-1, keepdims=True)


@wrong(
    "softmax",
    "The values are right, but `z -= ...` changes the caller's scores, which the loss may still need: "
    "subtract into a new array.",
)
def softmax_in_place(z):
    z = as_floating(z)
    z -= z.max(axis=-1, keepdims=True)
    e = np.exp(z)
    return e / e.sum(axis=-1, keepdims=True)


@wrong(
    "softmax",
    "For a batch of moderate scores it is right. A single sample, a 1-D array, has no axis 1: count from "
    "the end. And exp(1000) overflows: subtract the maximum of each row first.",
)
def softmax_of_a_batch_only_without_a_shift(z):
    e = np.exp(as_floating(z))
    return e / e.sum(axis=1, keepdims=True)


@wrong(
    "softmax",
    "Your values are right to only seven digits: some step is computed in float32, although the scores are "
    "float64. A floating input keeps its dtype in every step.",
)
def softmax_computed_in_float32(z):
    z = as_floating(z)
    shifted = (z - z.max(axis=-1, keepdims=True)).astype(np.float32)
    e = np.exp(shifted)
    return (e / e.sum(axis=-1, keepdims=True)).astype(z.dtype)


@wrong(
    "softmax",
    "It is right for a batch, but a single sample, a 1-D array, is not shifted, and exp(1000) overflows. "
    "Subtract its maximum as well.",
)
def softmax_shifting_a_batch_only(z):
    z = as_floating(z)
    e = np.exp(z - z.max(axis=-1, keepdims=True) if z.ndim == 2 else z)
    return e / e.sum(axis=-1, keepdims=True)


@wrong(
    "softmax",
    "It is wrong for uint8: a score minus the maximum can be negative, but such an array counts down from "
    "255 instead. Convert z to float first.",
)
def softmax_of_bytes_as_they_come(z):
    e = np.exp(z - z.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


@wrong(
    "softmax",
    "The values are right, but you shift large scores in the caller's own z, which the loss may still "
    "need: subtract into a new array.",
)
def softmax_shifting_large_scores_in_place(z):
    z = as_floating(z)
    if np.abs(z).max() > 80:
        z -= z.max(axis=-1, keepdims=True)
    e = np.exp(z)
    return e / e.sum(axis=-1, keepdims=True)


@wrong(
    "softmax",
    "The values are right, but float32 scores come back as float64. An array that you create, with np.zeros "
    "for instance, is float64 unless you give it the dtype of z.",
)
def softmax_in_float64(z):
    z = as_floating(z)
    p = np.zeros(z.shape)
    for i in np.ndindex(z.shape[:-1]):
        e = np.exp(z[i] - max(z[i]))
        p[i] = e / sum(e)
    return p


@right("softmax")
def softmax_by_the_textbook(z):
    z = as_floating(z)
    e = np.exp(z - z.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


@right("softmax")
def softmax_by_log_softmax(z):
    return np.exp(log_softmax(z))


@right("softmax")
def softmax_row_by_row(z):
    z = as_floating(z)
    p = np.empty_like(z)
    for i in np.ndindex(z.shape[:-1]):
        e = np.exp(z[i] - max(z[i]))
        p[i] = e / sum(e)
    return p


@right("softmax")
def softmax_on_the_transpose(z):
    z = as_floating(z).T
    e = np.exp(z - np.max(z, axis=0))
    return (e / np.sum(e, axis=0)).T


# log_softmax


@wrong(
    "log_softmax",
    "Your formula is right, but where a probability has underflowed to 0 its logarithm is -inf. Work the "
    "logarithm out on paper: exp and log cancel, and only the sum is left under a log.",
)
def log_softmax_as_the_log_of_softmax(z):
    return np.log(softmax(z))


@wrong(
    "log_softmax",
    "Your formula is right, but exp overflows for large scores. Subtracting a number from the whole row "
    "does not change the result: subtract the row's maximum first.",
)
def log_softmax_without_a_shift(z):
    z = as_floating(z)
    return z - np.log(np.exp(z).sum(axis=-1, keepdims=True))


@wrong(
    "log_softmax",
    "You shift the scores inside the exp, but not those in front of it: what you subtract inside must be "
    "subtracted outside as well.",
)
def log_softmax_with_the_shift_inside_alone(z):
    z = as_floating(z)
    largest = z.max(axis=-1, keepdims=True)
    return z - np.log(np.exp(z - largest).sum(axis=-1, keepdims=True))


@wrong(
    "log_softmax",
    "The columns of exp(result) sum to 1, not the rows, although each sample is a row.",
)
def log_softmax_over_the_columns(z):
    z = as_floating(z)
    z = z - z.max(axis=0, keepdims=True)
    return z - np.log(np.exp(z).sum(axis=0, keepdims=True))


@wrong(
    "log_softmax",
    "You subtract one maximum for the whole batch. Next to a row of large scores, every exp of a row of "
    "small ones underflows to 0, and log(0) is -inf: each row needs its own maximum.",
)
def log_softmax_shifted_by_the_maximum_of_the_batch(z):
    z = as_floating(z)
    z = z - z.max()
    return z - np.log(np.exp(z).sum(axis=-1, keepdims=True))


@wrong(
    "log_softmax",
    "exp(result) sums to 1 over the whole batch, but each row should: max and sum without an axis run over "
    "everything.",
)
def log_softmax_over_the_whole_batch(z):
    z = as_floating(z)
    z = z - z.max()
    return z - np.log(np.exp(z).sum())


@wrong(
    "log_softmax",
    "The maximum and the sum of each row come as 1-D arrays, which NumPy lines up with the columns: a "
    "square batch silently gives wrong numbers, and any other gives an error. `keepdims` keeps them as "
    "columns.",
)
def log_softmax_without_keepdims(z):
    z = as_floating(z)
    z = z - z.max(axis=-1)
    return z - np.log(np.exp(z).sum(axis=-1))


@wrong(
    "log_softmax",
    "The sums of the rows come as a 1-D array, which NumPy lines up with the columns: a square batch "
    "silently gives wrong numbers, and any other gives an error. `keepdims` keeps the sums as a column.",
)
def log_softmax_without_keepdims_in_the_sum(z):
    z = as_floating(z)
    z = z - z.max(axis=-1, keepdims=True)
    return z - np.log(np.exp(z).sum(axis=-1))


@wrong(
    "log_softmax",
    "The sums of the rows come as a 1-D array, which NumPy lines up with the columns: a square batch "
    "silently gives wrong numbers, and any other gives an error. `keepdims` keeps the sums as a column. (And "
    "exp overflows for large scores.)",
)
def log_softmax_without_keepdims_and_shift(z):
    z = as_floating(z)
    return z - np.log(np.exp(z).sum(axis=-1))


@wrong(
    "log_softmax",
    "You subtract the maximum from the scores in front of the logarithm, but not from those inside the exp: "
    "what is subtracted outside must be subtracted inside as well.",
)
def log_softmax_with_the_shift_outside_alone(z):
    z = as_floating(z)
    return z - z.max(axis=-1, keepdims=True) - np.log(np.exp(z).sum(axis=-1, keepdims=True))


@wrong(
    "log_softmax",
    "You add the logarithm of the sum: the logarithm of a quotient is a difference, so it must be "
    "subtracted.",
)
def log_softmax_with_the_logarithm_added(z):
    z = as_floating(z)
    z = z - z.max(axis=-1, keepdims=True)
    return z + np.log(np.exp(z).sum(axis=-1, keepdims=True))


@wrong(
    "log_softmax",
    "Your formula is right, but very large scores lose digits: added to a large maximum, the small "
    "logarithm is rounded away. Subtract the maximum from the scores first, and the logarithm afterwards.",
)
def log_softmax_losing_digits(z):
    z = as_floating(z)
    largest = z.max(axis=-1, keepdims=True)
    return z - (largest + np.log(np.exp(z - largest).sum(axis=-1, keepdims=True)))


@wrong(
    "log_softmax",
    "It is wrong for uint8: a score minus the maximum can be negative, but such an array counts down from "
    "255 instead. Convert z to float first.",
)
def log_softmax_of_bytes_as_they_come(z):
    shifted = z - z.max(axis=-1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))


@wrong(
    "log_softmax",
    "The values are right, but `z -= ...` changes the caller's scores, which may still be needed: subtract "
    "into a new array.",
)
def log_softmax_in_place(z):
    z = as_floating(z)
    z -= z.max(axis=-1, keepdims=True)
    return z - np.log(np.exp(z).sum(axis=-1, keepdims=True))


@wrong(
    "log_softmax",
    "The values are right, but you shift large scores in the caller's own z, which may still be needed: "
    "subtract into a new array.",
)
def log_softmax_shifting_large_scores_in_place(z):
    z = as_floating(z)
    if np.abs(z).max() > 80:
        z -= z.max(axis=-1, keepdims=True)
    return z - np.log(np.exp(z).sum(axis=-1, keepdims=True))


@wrong(
    "log_softmax",
    "The values are right, but float32 scores come back as float64. An array that you create, with np.zeros "
    "for instance, is float64 unless you give it the dtype of z.",
)
def log_softmax_in_float64(z):
    z = as_floating(z)
    result = np.zeros(z.shape)
    for i in np.ndindex(z.shape[:-1]):
        shifted = z[i] - max(z[i])
        result[i] = shifted - np.log(sum(np.exp(shifted)))
    return result


@right("log_softmax")
def log_softmax_by_logaddexp(z):
    z = as_floating(z)
    z = z - np.max(z, axis=-1, keepdims=True)
    return z - np.logaddexp.reduce(z, axis=-1, keepdims=True)


@right("log_softmax")
def log_softmax_by_the_textbook(z):
    z = as_floating(z)
    shifted = z - z.max(axis=-1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))


@right("log_softmax")
def log_softmax_row_by_row(z):
    z = as_floating(z)
    rows = []
    for row in z.reshape(-1, z.shape[-1]).tolist():
        largest = max(row)
        total = math.log(sum(math.exp(score - largest) for score in row))
        rows.append([score - largest - total for score in row])
    return np.array(rows, z.dtype).reshape(z.shape)
