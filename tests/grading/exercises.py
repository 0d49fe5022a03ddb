"""The exercises, in the order in which they are solved: points, and the formula that each asks for."""

from typing import NamedTuple

LESSONS = {
    1: "activations",
    2: "losses",
    3: "layers",
    4: "initializers",
    5: "network",
    6: "optimizers",
    7: "regularization",
    8: "training",
    9: "convergence",
}


class Exercise(NamedTuple):
    """One function or method to write; the last lesson's exercises are trainings, and have none.

    module, function: where it is written; ``function`` may be ``Class.method``. points: of 100 in all.
    """

    name: str
    lesson: int
    points: int
    formula: str
    module: str | None
    function: str | None


def _exercises():
    lesson = 0
    for line in _TABLE.strip().splitlines():
        if line.startswith("#"):
            lesson += 1
            continue
        name, points, formula = (cell.strip() for cell in line.split("|"))
        module, function = LESSONS[lesson], name
        if name in ("Network.l2", "Network.dropout"):
            module, function = "network", "Network.loss_and_grads"
        if lesson == 9:
            module = function = None
        yield Exercise(name, lesson, int(points), formula, module, function)


_TABLE = """
# activations
sigmoid                | 1 | a = 1 / (1 + exp(-z)), without overflow for any z
sigmoid_backward       | 1 | dL/dz = grad * a * (1 - a)
tanh                   | 1 | a = tanh(z)
tanh_backward          | 1 | dL/dz = grad * (1 - a**2)
relu                   | 1 | a = max(z, 0)
relu_backward          | 1 | dL/dz = grad where a > 0, else 0
leaky_relu             | 1 | a = z where z > 0, else slope * z
leaky_relu_backward    | 1 | dL/dz = grad where a > 0, else slope * grad
elu                    | 1 | a = z where z > 0, else alpha * (exp(z) - 1)
elu_backward           | 1 | dL/dz = grad where a > 0, else grad * (a + alpha)
softmax                | 2 | p_i = exp(z_i) / sum_j exp(z_j), over the last axis
log_softmax            | 2 | log p_i = z_i - log(sum_j exp(z_j)), over the last axis
# losses
softmax_cross_entropy  | 4 | L = mean(-log p[right class]); dL/dz = (p - targets) / n
binary_cross_entropy   | 3 | L = mean(-log p(target)), p = sigmoid(z); dL/dz = (p - targets) / size
mean_squared_error     | 3 | L = mean((p - t)**2); dL/dp = 2 * (p - t) / size
# layers
dense                  | 2 | z = x @ W + b
dense_backward         | 4 | dx = grad @ W.T; dW = x.T @ grad; db = sum of grad over the samples
# initializers
xavier_normal          | 1 | normal, variance 2 / (fan_in + fan_out)
xavier_uniform         | 1 | uniform in +-sqrt(6 / (fan_in + fan_out))
he_normal              | 1 | normal, variance 2 / fan_in
he_uniform             | 1 | uniform in +-sqrt(6 / fan_in)
random_normal          | 1 | normal, standard deviation std
random_uniform         | 1 | uniform in [low, high)
zeros                  | 1 | an array of zeros
# network
Network.__init__       | 3 | params = [W1, b1, W2, b2, ...], W from the initializer, b = 0
Network.forward        | 4 | x -> activation(x @ W + b), layer after layer
Network.loss_and_grads | 8 | the loss, and dL/dW, dL/db of each layer by the chain rule
Network.predict_proba  | 2 | softmax or sigmoid of the output, as the loss has it
Network.predict        | 2 | the class with the largest score; 1 above a probability of 1/2
# optimizers
sgd_step               | 1 | p <- p - lr * g
momentum_step          | 2 | v <- mu * v + g; p <- p - lr * v
nesterov_step          | 2 | v <- mu * v + g; p <- p - lr * (g + mu * v)
rmsprop_step           | 2 | s <- rho * s + (1 - rho) * g**2; p <- p - lr * g / (sqrt(s) + eps)
adam_step              | 4 | p <- p - lr * m_hat / (sqrt(v_hat) + eps), m_hat = m / (1 - beta1**t)
# regularization
l2_penalty             | 2 | strength/2 * sum of W**2 over all arrays; strength * W for each
dropout                | 3 | mask = 0 or 1 / (1 - rate); y = x * mask
dropout_backward       | 1 | dL/dx = grad * mask
clip_by_global_norm    | 3 | if norm > max_norm: every grad *= max_norm / norm
Network.l2             | 2 | loss += penalty; dW += strength * W; biases stay out of it
Network.dropout        | 4 | x = dropout(activation(z)) in hidden layers, where rng is given
# training
one_hot                | 2 | row i has 1 in column labels[i], 0 elsewhere
min_max_scale          | 2 | (x - min) / (max - min), both of each column of train
minibatches            | 2 | a permutation of 0..n-1, cut into pieces of batch_size
step_decay             | 1 | lr * factor ** floor(epoch / every)
EarlyStopping.update   | 3 | stop after patience epochs without loss < best - min_delta
EarlyStopping.restore  | 1 | param[...] = the best parameters, in place
train_epoch            | 4 | for each batch: gradients, clip, step; mean loss over the samples
# convergence
v1                     | 1 | tanh, Xavier, full-batch gradient descent: 92 % of the digits
v2                     | 2 | ReLU, He, Adam, dropout, L2, early stopping: 97 % on MNIST
"""

EXERCISES = {exercise.name: exercise for exercise in _exercises()}


def exercises_of(lesson):
    """Return the exercises of a lesson, in order."""
    return [exercise for exercise in EXERCISES.values() if exercise.lesson == lesson]


def find(text):
    """Return the exercises that a word on the command line means: a lesson's number or name, or an exercise.

    Raises ValueError with what is close where nothing fits, or several exercises do.
    """
    for lesson, title in LESSONS.items():
        if text.lower() in (str(lesson), title):
            return exercises_of(lesson)
    word = text.replace("-", "_").lower()
    exact = [exercise for name, exercise in EXERCISES.items() if name.lower() == word]
    loose = [exercise for exercise in EXERCISES.values() if word in exercise.name.lower().split(".")]
    qualified = [
        exercise for exercise in EXERCISES.values() if word == f"{exercise.module}.{exercise.name}".lower()
    ]
    found = exact or qualified or loose
    if len(found) == 1 or (found and all(exercise.name.lower().startswith(f"{word}.") for exercise in found)):
        return found  # one, or all the methods of a class
    near = found or [exercise for exercise in EXERCISES.values() if word in exercise.name.lower()]
    if not near:
        from difflib import get_close_matches

        names = get_close_matches(word, [name.lower() for name in EXERCISES], n=3)
        near = [exercise for exercise in EXERCISES.values() if exercise.name.lower() in names]
    raise ValueError(
        f"no lesson (1 to {len(LESSONS)}, or its name) and no exercise is called {text!r}"
        + (f"; did you mean {', '.join(exercise.name for exercise in near)}?" if near else "")
    )
