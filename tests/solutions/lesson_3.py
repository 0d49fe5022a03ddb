"""Lesson 3: solutions of the dense layer, wrong and right."""

import functools

import numpy as np

from nn.activations import as_floating

from .bank import IN, OUT, N, call, drawn, of_integers, probe, race, right, script, wrong

X = np.array([[1.0, 2.0, 3.0], [0.0, -1.0, 1.0], [2.0, 0.5, -1.0], [-3.0, 1.0, 4.0]])
W = np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 7.0]])
GRAD = np.array([[1.0, 2.0], [-3.0, 0.5], [0.25, -1.0], [4.0, 1.5]])
SQUARE = np.array([[1.0, 2.0], [3.0, 5.0]])

PARTS = ("dx", "dW", "db")


@race("dense")
def timed_product(dense):
    x, W, b = drawn((N, IN), (IN, OUT), OUT)
    return lambda: dense(x, W, b), lambda: x @ W


@race("dense_backward")
def timed_products(dense_backward):
    grad, x, W = drawn((N, OUT), (N, IN), (IN, OUT))
    return lambda: dense_backward(grad, x, W), lambda: (grad @ W.T, x.T @ grad)


@probe("dense")
def sums(dense):
    yield call(dense, np.array([[1.0, 2.0]]), np.array([[3.0], [5.0]]), np.array([10.0]))
    yield call(dense, SQUARE, SQUARE + 1, np.array([10.0, -20.0]))
    yield call(dense, X[:2], W, np.array([10.0, -20.0]))
    yield call(dense, X, W, np.array([0.5, -1.0]))
    yield call(dense, X.astype(np.float32), W.astype(np.float32), np.ones(2, np.float32))
    yield from of_integers(dense, np.array([[1, 2]]), np.array([[3], [5]]), np.array([10]))
    yield from of_integers(
        dense, np.array([[200, 100]], np.uint8), np.array([[2], [3]], np.uint8), np.array([9], np.uint8)
    )

    def after_another_call():
        first = dense(SQUARE.copy(), SQUARE + 1, np.array([10.0, -20.0]))
        dense(SQUARE - 3, SQUARE + 1, np.array([10.0, -20.0]))
        return first

    yield script("the result of a call of dense, after another one", after_another_call)


@probe("dense_backward")
def gradients(dense_backward):
    yield call(
        dense_backward, np.array([[3.0]]), np.array([[2.0, 5.0]]), np.array([[7.0], [-1.0]]), parts=PARTS
    )
    yield call(
        dense_backward, np.array([[3.0], [1.0]]), np.array([[2.0], [5.0]]), np.array([[7.0]]), parts=PARTS
    )
    yield call(dense_backward, GRAD[:2], SQUARE, SQUARE + 1, parts=PARTS)
    yield call(dense_backward, GRAD[:2], X[:2], W, parts=PARTS)
    yield call(dense_backward, GRAD, X, W, parts=PARTS)
    yield call(
        dense_backward, GRAD.astype(np.float32), X.astype(np.float32), W.astype(np.float32), parts=PARTS
    )
    yield from of_integers(
        dense_backward, np.array([[3]]), np.array([[2.0, 5.0]]), np.array([[7.0], [-1.0]]), parts=PARTS
    )
    yield from of_integers(
        dense_backward, np.array([[3]]), np.array([[2, 5]]), np.array([[7], [-1]]), parts=PARTS
    )

    def after_another_call():
        first = dense_backward(GRAD[:2].copy(), SQUARE.copy(), SQUARE + 1)
        dense_backward(GRAD[2:].copy(), SQUARE - 3, SQUARE + 1)
        return first

    yield script("the result of a call of dense_backward, after another one", after_another_call, parts=PARTS)


@wrong("dense", "Your weighted sums are right, but the bias is missing: b has to be added to every row.")
def dense_without_bias(x, W, b):
    return as_floating(x) @ as_floating(W)


@wrong(
    "dense",
    "You add b down the samples, as a column, but it holds one number for each output, so it belongs to "
    "the columns. Leave it 1-D, and broadcasting adds it to every row.",
)
def dense_with_the_bias_as_a_column(x, W, b):
    return as_floating(x) @ as_floating(W) + b.reshape(-1, 1)


@wrong(
    "dense",
    "Your result is transposed, outputs by samples: that is the convention of texts in which samples are "
    "columns. Here samples are rows, going in and coming out.",
)
def dense_with_samples_as_columns(x, W, b):
    return as_floating(W).T @ as_floating(x).T + b[:, np.newaxis]


@wrong(
    "dense",
    "You multiply by W transposed, as if W were (fan_out, fan_in). Here it is (fan_in, fan_out), so x @ W "
    "needs no transposing.",
)
def dense_with_the_weights_transposed(x, W, b):
    return as_floating(x) @ as_floating(W).T + b


@wrong(
    "dense",
    "You compute W @ x, but samples are rows here: each row of x is multiplied by the columns of W, so x "
    "comes first.",
)
def dense_with_the_weights_first(x, W, b):
    return as_floating(W) @ as_floating(x) + b


@wrong(
    "dense",
    "You compute W @ x, but samples are rows here: each row of x is multiplied by the columns of W, so x "
    "comes first. (Then convert both to float: uint8 overflows.)",
)
def dense_with_the_weights_first_in_integers(x, W, b):
    return W @ x + b


@wrong(
    "dense",
    "You multiply x and W entry by entry: `*` is not the matrix product. Each output is a sum over all "
    "inputs, which is what `@` does. (Then convert both to float: uint8 overflows.)",
)
def dense_entry_by_entry_in_integers(x, W, b):
    return x * W + b


@wrong(
    "dense",
    "You multiply x and W entry by entry: `*` is not the matrix product. Each output is a sum over all "
    "inputs, which is what `@` does.",
)
def dense_entry_by_entry(x, W, b):
    return as_floating(x) * as_floating(W) + b


@wrong(
    "dense",
    "Your sums are right, but they are float64 although every argument is float32. It looks as if you "
    "create an array on the way, with np.zeros perhaps, without giving its dtype.",
)
def dense_in_float64(x, W, b):
    W, z = as_floating(W), np.zeros((x.shape[0], W.shape[1]))
    for i in range(len(x)):
        z[i] = x[i] @ W + b
    return z


@wrong(
    "dense",
    "Integers stay integers, and uint8 overflows at 255: anything but floats is computed in float64 here. "
    "Convert x and W first.",
)
def dense_of_integers_in_integers(x, W, b):
    return x @ W + b


@wrong(
    "dense",
    "Numbers in uint8 overflow at 255 before they become float64: convert x and W before the product, not "
    "its result.",
)
def dense_converted_too_late(x, W, b):
    return as_floating(x @ W) + b


@wrong(
    "dense",
    "Each call is right by itself, but the next one overwrites its result: you reuse one array for all "
    "calls with the same shape. Two layers with the same shape need two, so make a new array in each call.",
)
def dense_in_one_array_for_all_calls(x, W, b):
    x, W = as_floating(x), as_floating(W)
    z = _kept_array((len(x), W.shape[1]), np.result_type(x, W))
    np.matmul(x, W, out=z)
    z += b
    return z


@functools.cache
def _kept_array(shape, dtype):
    return np.empty(shape, dtype)


@wrong(
    "dense_backward",
    "Each call is right by itself, but the next one overwrites its dW: you reuse one array for all calls "
    "with the same shape. Two layers with the same shape need two, so make a new array in each call.",
)
def dense_backward_in_one_array_for_all_calls(grad, x, W):
    grad, x, W = as_floating(grad), as_floating(x), as_floating(W)
    dW = np.matmul(x.T, grad, out=_kept_array(W.shape, np.result_type(x, grad)))
    return grad @ W.T, dW, grad.sum(axis=0)


@wrong(
    "dense_backward",
    "If the arguments of a product or a sum are integers, so is your result. Anything but floats is "
    "computed in float64 here. Convert all three arguments first.",
)
def dense_backward_of_integers_in_integers(grad, x, W):
    return grad @ W.T, x.T @ grad, grad.sum(axis=0)


@wrong(
    "dense_backward",
    "dx and dW are right, but your db is the sum of grad as it came: if grad holds integers, so does db. "
    "Convert grad before you sum it.",
)
def dense_backward_with_db_in_integers(grad, x, W):
    return as_floating(grad) @ as_floating(W).T, as_floating(x).T @ as_floating(grad), grad.sum(axis=0)


@wrong(
    "dense_backward",
    "The numbers are right, but they are float64 although every argument is float32. An array that you "
    "create, with np.zeros for instance, is float64 unless you give it a dtype.",
)
def dense_backward_in_float64(grad, x, W):
    grad, x, W = as_floating(grad), as_floating(x), as_floating(W)
    dx, dW, db = np.zeros(x.shape), np.zeros(W.shape), np.zeros(W.shape[1])
    for i in range(len(x)):
        dx[i] = W @ grad[i]
        dW += np.outer(x[i], grad[i])
        db += grad[i]
    return dx, dW, db


@wrong(
    "dense_backward",
    "The numbers are right, but your dW is float64 although every argument is float32: np.zeros makes "
    "float64 unless you give it the dtype of W.",
)
def dense_backward_with_dw_in_float64(grad, x, W):
    grad, x, W = as_floating(grad), as_floating(x), as_floating(W)
    dW = np.zeros(W.shape)
    for i in range(len(x)):
        dW += np.outer(x[i], grad[i])
    return grad @ W.T, dW, grad.sum(axis=0)


@wrong(
    "dense_backward",
    "Your db is the mean over the samples: it must be their sum. The loss has already put its 1/n into grad.",
)
def dense_backward_with_the_mean_for_db(grad, x, W):
    grad, x, W = as_floating(grad), as_floating(x), as_floating(W)
    return grad @ W.T, x.T @ grad, grad.mean(axis=0)


@wrong(
    "dense_backward",
    "Your dW is 1/n of what it should be: you divide by the number of samples, but the loss has already "
    "done that. Its 1/n is in grad.",
)
def dense_backward_with_dw_over_n(grad, x, W):
    grad, x, W = as_floating(grad), as_floating(x), as_floating(W)
    return grad @ W.T, x.T @ grad / len(x), grad.sum(axis=0)


@wrong(
    "dense_backward",
    "Your dW and db are both 1/n of what they should be: you divide by the number of samples, but the loss "
    "has already done that. Its 1/n is in grad.",
)
def dense_backward_divided_by_n_again(grad, x, W):
    grad, x, W = as_floating(grad), as_floating(x), as_floating(W)
    n = x.shape[0]
    return grad @ W.T, x.T @ grad / n, grad.sum(axis=0) / n


@wrong(
    "dense_backward",
    "Your db is grad itself, with a row for each sample. b is shared by all samples, so its gradient is the "
    "sum of theirs, one entry for each output.",
)
def dense_backward_without_a_sum_for_db(grad, x, W):
    grad, x, W = as_floating(grad), as_floating(x), as_floating(W)
    return grad @ W.T, x.T @ grad, grad


@wrong(
    "dense_backward",
    "Your db is a single number: a sum without an axis runs over everything. Sum over the samples only, so "
    "that each output keeps its own gradient.",
)
def dense_backward_with_one_number_for_db(grad, x, W):
    grad, x, W = as_floating(grad), as_floating(x), as_floating(W)
    return grad @ W.T, x.T @ grad, grad.sum()


@wrong(
    "dense_backward",
    "dx and dW are swapped: the first result must have the shape of x, the second that of W.",
)
def dense_backward_with_dx_and_dw_exchanged(grad, x, W):
    grad, x, W = as_floating(grad), as_floating(x), as_floating(W)
    return x.T @ grad, grad @ W.T, grad.sum(axis=0)


@wrong(
    "dense_backward",
    "Your db has one entry for each sample: you sum grad over the outputs. Sum over the samples, the other "
    "axis, so that each output keeps its own gradient.",
)
def dense_backward_with_db_over_the_outputs(grad, x, W):
    grad, x, W = as_floating(grad), as_floating(x), as_floating(W)
    return grad @ W.T, x.T @ grad, grad.sum(axis=1)


@wrong(
    "dense_backward",
    "The numbers of your db are right, but it is a matrix with one row: `keepdims` has kept an axis that b "
    "does not have. db must have the shape of b.",
)
def dense_backward_with_db_as_a_row(grad, x, W):
    grad, x, W = as_floating(grad), as_floating(x), as_floating(W)
    return grad @ W.T, x.T @ grad, np.sum(grad, axis=0, keepdims=True)


@wrong(
    "dense_backward",
    "Your dW is transposed: it has the shape (fan_out, fan_in), and W the shape (fan_in, fan_out).",
)
def dense_backward_with_dw_transposed(grad, x, W):
    grad, x, W = as_floating(grad), as_floating(x), as_floating(W)
    return grad @ W.T, grad.T @ x, grad.sum(axis=0)


@wrong(
    "dense_backward",
    "For dx you multiply grad by W as it is, which fits only if fan_in = fan_out. On the way back, the "
    "outputs lead to the inputs, so W must be transposed.",
)
def dense_backward_without_transposing_the_weights(grad, x, W):
    grad, x, W = as_floating(grad), as_floating(x), as_floating(W)
    return grad @ W, x.T @ grad, grad.sum(axis=0)


@wrong(
    "dense_backward",
    "Your three gradients are right, but in the order (dW, db, dx): the caller expects (dx, dW, db).",
)
def dense_backward_in_another_order(grad, x, W):
    grad, x, W = as_floating(grad), as_floating(x), as_floating(W)
    return x.T @ grad, grad.sum(axis=0), grad @ W.T


@wrong(
    "dense_backward",
    "dW and db are swapped: the caller expects (dx, dW, db).",
)
def dense_backward_with_dw_and_db_exchanged(grad, x, W):
    grad, x, W = as_floating(grad), as_floating(x), as_floating(W)
    return grad @ W.T, grad.sum(axis=0), x.T @ grad


@wrong(
    "dense_backward",
    "Your dW holds the last sample alone: `dW = ...` in the loop replaces what the samples before have "
    "given. Add each sample's share with `+=`.",
)
def dense_backward_with_dw_of_the_last_sample(grad, x, W):
    grad, x, W = as_floating(grad), as_floating(x), as_floating(W)
    dx, dW, db = np.zeros_like(x), np.zeros_like(W), np.zeros_like(W[0])
    for i in range(len(x)):
        dx[i] = W @ grad[i]
        dW = np.outer(x[i], grad[i])
        db += grad[i]
    return dx, dW, db


@wrong(
    "dense_backward",
    "Your db holds the last sample alone: `db = ...` in the loop replaces what the samples before have "
    "given. Add each sample's share with `+=`.",
)
def dense_backward_with_db_of_the_last_sample(grad, x, W):
    grad, x, W = as_floating(grad), as_floating(x), as_floating(W)
    dx, dW, db = np.zeros_like(x), np.zeros_like(W), np.zeros_like(W[0])
    for i in range(len(x)):
        dx[i] = W @ grad[i]
        dW += np.outer(x[i], grad[i])
        db = grad[i]
    return dx, dW, db


@wrong(
    "dense_backward",
    "Your dW and db hold the last sample alone: `=` in the loop replaces what the samples before have given. "
    "Add each sample's share with `+=`.",
)
def dense_backward_of_the_last_sample(grad, x, W):
    grad, x, W = as_floating(grad), as_floating(x), as_floating(W)
    dx = np.zeros_like(x)
    for i in range(len(x)):
        dx[i] = W @ grad[i]
        dW = np.outer(x[i], grad[i])
        db = grad[i]
    return dx, dW, db


@right("dense")
def dense_plainly(x, W, b):
    return as_floating(x) @ as_floating(W) + b


@right("dense")
def dense_by_einsum(x, W, b):
    return np.einsum("ni,io->no", as_floating(x), as_floating(W)) + b


@right("dense")
def dense_sample_by_sample(x, W, b):
    x, W = as_floating(x), as_floating(W)
    return np.array([[np.dot(row, column) for column in W.T] for row in x], x.dtype) + b


@right("dense")
def dense_with_the_bias_as_a_weight(x, W, b):
    x, W = as_floating(x), as_floating(W)
    ones = np.ones((len(x), 1), x.dtype)
    return np.dot(np.hstack([x, ones]), np.vstack([W, b]))


@right("dense_backward")
def dense_backward_plainly(grad, x, W):
    grad, x, W = as_floating(grad), as_floating(x), as_floating(W)
    return grad @ W.T, x.T @ grad, grad.sum(axis=0)


@right("dense_backward")
def dense_backward_by_einsum(grad, x, W):
    grad, x, W = as_floating(grad), as_floating(x), as_floating(W)
    dx = np.einsum("no,io->ni", grad, W)
    dW = np.einsum("ni,no->io", x, grad)
    return dx, dW, np.einsum("no->o", grad)


@right("dense_backward")
def dense_backward_sample_by_sample(grad, x, W):
    grad, x, W = as_floating(grad), as_floating(x), as_floating(W)
    dx, dW, db = np.zeros_like(x), np.zeros_like(W), np.zeros_like(W[0])
    for i in range(len(x)):
        dx[i] = W @ grad[i]
        dW += np.outer(x[i], grad[i])
        db += grad[i]
    return dx, dW, db


@right("dense_backward")
def dense_backward_by_products_alone(grad, x, W):
    grad, x, W = as_floating(grad), as_floating(x), as_floating(W)
    return np.dot(W, grad.T).T, np.dot(grad.T, x).T, np.ones(len(grad), grad.dtype) @ grad
