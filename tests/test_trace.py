"""The trace: each rule finds its mistake, right programs are left alone, and nothing else is changed."""

import random
import textwrap

import numpy as np
import pytest

from tests.grading.course.exercises import EXERCISES
from tests.grading.trace import locate
from tests.grading.trace.records import HINT, LIKELY, SURE

WRITTEN = [name for name, exercise in EXERCISES.items() if exercise.function]


def definition(source):
    return textwrap.dedent(source).strip("\n")


STOPPING = """
class EarlyStopping:
    def __init__(self, patience, min_delta=0.0):
        self.patience, self.min_delta = patience, min_delta
        self.best_loss, self.best_epoch, self.epoch, self.best = math.inf, None, -1, None

    def update(self, loss, params):
        self.epoch += 1
        if loss < self.best_loss - self.min_delta:
            self.best_loss, self.best_epoch = loss, self.epoch
            self.best = [p.copy() for p in params]
        return self.epoch - (-1 if self.best_epoch is None else self.best_epoch) >= self.patience

    def restore(self, params):
        if self.best is None:
            raise ValueError("no best yet")
        for param, best in zip(params, self.best):
            param[...] = best
"""

# The exercise, the line, the rule and the certainty of the first suspect, and the source.
WRONG = {
    "path and substitution": (
        "tanh_backward",
        3,
        SURE,
        """
def tanh_backward(grad, a):
    slope = 1 - a
    return grad * slope ** 2
""",
    ),
    "path": (
        "sigmoid_backward",
        2,
        LIKELY,
        """
def sigmoid_backward(grad, a):
    s = 1 / (1 + np.exp(-a))
    return grad * s * s
""",
    ),
    "error": (
        "dense",
        3,
        LIKELY,
        """
def dense(x, W, b):
    z = x @ W
    return z + c
""",
    ),
    "origin of the error": (
        "dense",
        2,
        LIKELY,
        """
def dense(x, W, b):
    column = b.reshape(-1, 1)
    z = x @ W
    return z + column
""",
    ),
    "warning": (
        "sigmoid",
        3,
        LIKELY,
        """
def sigmoid(z):
    z = as_floating(z)
    return 1 / (1 + np.exp(-z))
""",
    ),
    "refusal": (
        "one_hot",
        2,
        HINT,
        """
def one_hot(labels, n_classes, dtype=np.float32):
    if np.any(labels < 1) or np.any(labels >= n_classes):
        raise ValueError('out of range')
    return np.eye(n_classes, dtype=dtype)[labels]
""",
    ),
    "guard": (
        "one_hot",
        2,
        HINT,
        """
def one_hot(labels, n_classes, dtype=np.float32):
    if np.any(labels >= n_classes):
        raise ValueError('out of range')
    return np.eye(n_classes, dtype=dtype)[labels]
""",
    ),
    "no guard": (
        "one_hot",
        2,
        HINT,
        """
def one_hot(labels, n_classes, dtype=np.float32):
    out = np.zeros((len(labels), n_classes), dtype)
    out[np.arange(len(labels)), labels] = 1
    return out
""",
    ),
    "dtype": (
        "relu",
        3,
        SURE,
        """
def relu(z):
    z = as_floating(z)
    low = np.zeros(z.shape)
    return np.where(z > 0, z, low)
""",
    ),
    "integers": (
        "sigmoid",
        2,
        SURE,
        """
def sigmoid(z):
    a = np.zeros_like(z)
    a[...] = 0.5 * (1 + np.tanh(0.5 * z))
    return a
""",
    ),
    "form": (
        "dense",
        3,
        SURE,
        """
def dense(x, W, b):
    columns = W.T @ x.T + b[:, None]
    return columns
""",
    ),
    "not returned": (
        "dense",
        3,
        SURE,
        """
def dense(x, W, b):
    z = x @ W
    z = z + b
""",
    ),
    "nothing returned": (
        "dense",
        2,
        HINT,
        """
def dense(x, W, b):
    pass
""",
    ),
    "other parts": (
        "dense_backward",
        2,
        LIKELY,
        """
def dense_backward(grad, x, W):
    return grad @ W.T, x.T @ grad
""",
    ),
    "misplaced": (
        "dense_backward",
        4,
        SURE,
        """
def dense_backward(grad, x, W):
    dW = x.T @ grad
    dx = grad @ W.T
    return dW, dx, grad.sum(axis=0)
""",
    ),
    "written": (
        "relu",
        2,
        SURE,
        """
def relu(z):
    z[z < 0] = 0
    return z
""",
    ),
    "alias": (
        "relu_backward",
        2,
        SURE,
        """
def relu_backward(grad, a):
    out = grad
    return out
""",
    ),
    "not delivered": (
        "sgd_step",
        2,
        SURE,
        """
def sgd_step(param, grad, *, lr):
    new = param - lr * grad
    return new
""",
    ),
    "rebound": (
        "sgd_step",
        2,
        SURE,
        """
def sgd_step(param, grad, *, lr):
    param = param - lr * grad / 2
""",
    ),
    "replaced": (
        "clip_by_global_norm",
        5,
        SURE,
        """
def clip_by_global_norm(grads, max_norm):
    norm = float(np.sqrt(sum(np.sum(g.astype(np.float64) ** 2) for g in grads)))
    if norm > max_norm:
        for i in range(len(grads)):
            grads[i] = grads[i] * (max_norm / norm / 2)
    return norm
""",
    ),
    "branch": (
        "relu",
        5,
        SURE,
        """
def relu(z):
    z = as_floating(z)
    a = np.array(z)
    for i in np.ndindex(z.shape):
        if z[i] < 1:
            a[i] = 0
    return a
""",
    ),
    "default": (
        "l2_penalty",
        1,
        SURE,
        """
def l2_penalty(weights, strength, total=[]):
    grads = []
    for W in weights:
        total.append(strength / 2 * float(np.sum(np.square(W, dtype=float))))
        grads.append(strength * W)
    return sum(total), grads
""",
    ),
    "iterator": (
        "l2_penalty",
        2,
        SURE,
        """
def l2_penalty(weights, strength):
    squares = (np.sum(W ** 2) for W in weights)
    count = len(list(squares))
    return strength / 2 * float(sum(squares)), [strength * W for W in weights]
""",
    ),
    "kept": (
        "softmax",
        4,
        SURE,
        """
SHIFT = {}
def softmax(z):
    z = as_floating(z)
    if 'm' not in SHIFT:
        SHIFT['m'] = z.max(axis=-1, keepdims=True)
    e = np.exp(z - z.max(axis=-1, keepdims=True))
    if len(SHIFT) > 0 and z.shape[:-1] + (1,) == SHIFT['m'].shape:
        e = np.exp(z - SHIFT['m'])
    return e / e.sum(axis=-1, keepdims=True) + SHIFT['m'] * 0
""",
    ),
    "shared": (
        "EarlyStopping.update",
        10,
        SURE,
        STOPPING.replace("[p.copy() for p in params]", "list(params)"),
    ),
    "used up": ("EarlyStopping.restore", 18, SURE, STOPPING.rstrip() + "\n        self.best = None\n"),
    "surplus": (
        "l2_penalty",
        3,
        SURE,
        """
def l2_penalty(weights, strength):
    total, grads = 0.0, []
    for W in [*weights, np.ones(3)]:
        total += strength / 2 * float(np.sum(np.square(W, dtype=float)))
    for W in weights:
        grads.append(strength * W)
    return total, grads
""",
    ),
}


class TestRules:
    @pytest.mark.parametrize("rule", WRONG)
    def test_each_rule_names_its_line(self, rule):
        exercise, line, sure, source = WRONG[rule]
        suspects = locate(definition(source), exercise)
        assert suspects, f"nothing is said about {rule}"
        first = suspects[0]
        assert (first.line, first.rules[0], first.sure) == (line, rule, sure), f"{suspects[:3]}"

    @pytest.mark.parametrize("rule", WRONG)
    def test_a_sentence_is_whole_and_names_the_expression(self, rule):
        exercise, *_, source = WRONG[rule]
        for suspect in locate(definition(source), exercise):
            said = suspect.sentence
            assert said[0] == "`" or said[0].isupper()
            assert said.endswith(".")
            assert (
                not {"{", "}"} & set(said.replace(suspect.expression, "").replace("`", "")) or "{" in source
            )
            assert "None in its place" not in said

    def test_a_number_is_compared_with_the_one_that_is_needed(self):
        source = "def he_uniform(rng, fan_in, fan_out, dtype=np.float32):\n    limit = np.sqrt(2 / fan_in)\n"
        source += "    return rng.uniform(-limit, limit, (fan_in, fan_out)).astype(dtype)\n"
        first = locate(source, "he_uniform")[0]
        assert first.relation == "it is 0.5774 times a right value", "1 / sqrt(3)"

    def test_the_module_may_be_whole_and_its_other_exercises_are_not_looked_at(self):
        source = "import numpy as np\nfrom .arrays import as_floating\n\n"
        source += "def sigmoid(z):\n    return np.zeros(3)\n\n"
        source += "def tanh(z):\n    return 1 - 2 * sigmoid(-2 * as_floating(z))\n"
        assert locate(source, "tanh") == [], "sigmoid is nn's here"
        assert locate(source, "sigmoid") != []

    def test_a_source_that_is_no_python_is_refused(self):
        with pytest.raises(SyntaxError):
            locate("def relu(z):\nreturn z\n", "relu")


class TestBehaviour:
    source = definition(WRONG["path"][-1])

    def test_the_same_program_gets_the_same_answer(self):
        one, two = (locate(self.source, "sigmoid_backward") for _ in range(2))
        assert one == two

    def test_unseeded_draws_do_not_change_the_answer(self):
        source = "def random_normal(rng, fan_in, fan_out, dtype=np.float32, std=0.05):\n"
        source += (
            "    rng = np.random.default_rng()\n    return rng.random((fan_in, fan_out)).astype(dtype)\n"
        )
        one, two = (locate(source, "random_normal") for _ in range(2))
        assert one
        assert one == two

    def test_nothing_is_printed_and_nothing_left_changed(self, capsys):
        source = "import random\n" + self.source.replace(
            "    s =",
            "    print('here'); np.random.seed(3); random.seed(3); np.seterr(all='ignore')\n    s =",
        )
        before = np.random.get_state()[1].copy(), random.getstate(), np.geterr()  # noqa: NPY002
        fresh = np.random.default_rng
        assert locate(source, "sigmoid_backward")
        assert capsys.readouterr() == ("", "")
        assert np.array_equal(np.random.get_state()[1], before[0])  # noqa: NPY002
        assert (random.getstate(), np.geterr()) == before[1:]
        assert np.random.default_rng is fresh
