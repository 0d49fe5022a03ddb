"""The catalogue of edits: kinds of slip that need an edit of their own, each found in a tiny program."""

import ast
import textwrap

import pytest

from tests.grading.repair import searched
from tests.grading.repair.differences import Text, as_text, hunks
from tests.grading.repair.entries import without_loops

SMALL = 1500  # tries: enough for a slip in a function of a few lines

# By the kind of slip: the exercise, the program, and the line that must stand there in the first change.
SLIPS = {
    "entry by entry": ("relu", """
        def relu(z):
            a = as_floating(z).copy()
            for i in range(len(a)):
                if a[i] < 0:
                    a[i] = 0
            return a
        """, "a = np.where(a < 0, 0, a)"),
    "loop over rows": ("l2_penalty", """
        def l2_penalty(weights, strength):
            total = 0.0
            for W in weights:
                for w in W:
                    total += w ** 2
            return float(strength / 2 * total), [strength * W for W in weights]
        """, "for w in W.ravel():"),
    "range": ("one_hot", """
        def one_hot(labels, n_classes, dtype=np.float32):
            if labels.min() < 0 or labels.max() >= n_classes:
                raise ValueError("labels")
            rows = np.zeros((len(labels), n_classes), dtype)
            for n in range(n_classes):
                rows[n, labels[n]] = 1
            return rows
        """, "for n in range(len(labels)):"),
    "index of its neighbour": ("momentum_step", """
        def momentum_step(param, grad, velocity, *, lr, momentum=0.9):
            for k in range(len(param)):
                velocity[k] = momentum * velocity[k] + grad
                param[k] -= lr * velocity[k]
        """, "velocity[k] = momentum * velocity[k] + grad[k]"),
    "names exchanged": ("momentum_step", """
        def momentum_step(param, grad, velocity, *, lr, momentum=0.9):
            velocity[...] = momentum * grad + velocity
            param -= lr * velocity
        """, "velocity[...] = momentum * velocity + grad"),
    "operands exchanged": ("dense_backward", """
        def dense_backward(grad, x, W):
            grad, x, W = as_floating(grad), as_floating(x), as_floating(W)
            back = W @ grad.T
            return back, x.T @ grad, grad.sum(axis=0)
        """, "back = grad @ W.T"),
    "numerator": ("sigmoid", """
        def sigmoid(z):
            z = as_floating(z)
            small = np.exp(-np.abs(z))
            return np.where(z < 0, 1 / (1 + small), 1 / (1 + small))
        """, "return np.where(z < 0, small / (1 + small), 1 / (1 + small))"),
    "root of a quotient": ("he_normal", """
        def he_normal(rng, fan_in, fan_out, dtype=np.float32):
            deviation = 2.0 / fan_in
            return (deviation * rng.standard_normal((fan_in, fan_out))).astype(dtype)
        """, "deviation = np.sqrt(2.0 / fan_in)"),
    "column": ("min_max_scale", """
        def min_max_scale(train, *others):
            low = as_floating(train).min(axis=0)
            span = as_floating(train).max(axis=0) - low
            flat = span == 0
            span = np.where(flat, 1, span).astype(low.dtype)
            scaled = [(as_floating(x) - low) / span for x in (train, *others)]
            for x in scaled:
                x[flat] = 0
            return tuple(scaled)
        """, "x[:, flat] = 0"),
    "brackets": ("step_decay", """
        def step_decay(epoch, lr, factor=0.5, every=30):
            rate = lr * factor ** epoch // every
            return rate
        """, "rate = lr * factor ** (epoch // every)"),
    "span": ("random_uniform", """
        def random_uniform(rng, fan_in, fan_out, dtype=np.float32, low=-0.5, high=0.5):
            drawn = rng.random((fan_in, fan_out))
            return (low + high * drawn).astype(dtype)
        """, "return (low + (high - low) * drawn).astype(dtype)"),
    "the other entries": ("sigmoid", """
        def sigmoid(z):
            z = as_floating(z)
            a, small, up = np.empty_like(z), np.exp(-np.abs(z)), z > 0
            a[up] = 1 / (1 + small[up])
            a[~up] = small[~up] / (1 + small[up])
            return a
        """, "a[~up] = small[~up] / (1 + small[~up])"),
    "limit left out": ("leaky_relu", """
        def leaky_relu(z, slope=0.01):
            z = as_floating(z)
            return np.maximum(z, 0) + slope * np.minimum(z)
        """, "return np.maximum(z, 0) + slope * np.minimum(z, 0)"),
    "dtype": ("one_hot", """
        def one_hot(labels, n_classes, dtype=np.float32):
            if (labels < 0).any() or (labels >= n_classes).any():
                raise ValueError("labels")
            table = np.zeros((labels.size, n_classes))
            table[range(labels.size), labels] = 1
            return table
        """, "table = np.zeros((labels.size, n_classes), dtype=dtype)"),
    "factor in the other part": ("dropout", """
        def dropout(x, rate, rng):
            if not 0 <= rate < 1:
                raise ValueError("rate")
            x = as_floating(x)
            share = 1 - rate
            kept = (rng.random(x.shape) < share).astype(x.dtype)
            return x * kept / share, kept
        """, "return (x * kept / share, kept / share)"),
}  # fmt: skip


@pytest.mark.parametrize("kind", SLIPS)
def test_the_slip_is_found_and_mended_as_a_teacher_would(kind):
    exercise, text, line = SLIPS[kind]
    changes, _ = searched(textwrap.dedent(text).strip("\n"), exercise, SMALL)
    shown = [change for change in changes if change.shown]
    assert shown, "no change may be shown"
    written = {ast.unparse(node) for node in _statements(shown[0].source)}
    assert line in written or any(text.startswith(line + "\n") for text in written), shown[0].edits


def _statements(source):
    return [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.stmt)]


def test_two_mistakes_of_which_one_is_a_missing_check():
    source = textwrap.dedent("""
        def mean_squared_error(predictions, targets):
            p = as_floating(predictions)
            t = np.asarray(targets, dtype=p.dtype)
            difference = p - t
            return float(np.mean(difference ** 2)), difference / difference.size
        """).strip("\n")
    changes, _ = searched(source, "mean_squared_error", 3000)
    assert changes[0].shown
    guard, factor = changes[0].edits
    assert "raise ValueError" in guard.after
    assert guard.line == 4 < factor.line, "a check stands in front of what it protects"
    assert "2" in factor.after


@pytest.mark.parametrize(
    ("loops", "line"),
    [
        ("for i in range(n):\n for j in range(k):\n  y[i, j] = max(x[i, j], 0)", "y = np.maximum(x, 0)"),
        ("for i in range(n):\n y[i] = math.exp(x[i])", "y = np.exp(x)"),
        (
            "for i in range(n):\n if x[i] > 0:\n  y[i] = x[i]\n else:\n  y[i] = c * x[i]",
            "y = np.where(x > 0, x, c * x)",
        ),
        ("for i in range(n):\n if x[i] > 0:\n  y[i] *= c", "y = np.where(x > 0, y * c, y)"),
    ],
)
def test_a_loop_over_entries_becomes_a_line(loops, line):
    [made] = without_loops(ast.parse(loops).body[0])
    assert ast.unparse(ast.fix_missing_locations(made)) == line


@pytest.mark.parametrize(
    "loops",
    [
        "for i in range(n):\n y[i] = x[i - 1]",
        "for i in range(n):\n total += i",
        "for x in y:\n x[0] = 1",
        "for i in range(n):\n if x[i] > 0:\n  y[i] = 1\n else:\n  z[i] = 1",
    ],
)
def test_a_loop_that_is_no_loop_over_entries_stays(loops):
    assert without_loops(ast.parse(loops).body[0]) is None


def test_an_index_of_several_axes_is_written_with_its_array():
    old, new = "def f(x):\n    x[rows] = 0", "def f(x):\n    x[:, rows] = 0"
    trees = [ast.parse(text) for text in (old, new)]
    [edit] = as_text(old, hunks(*(tree.body[0].body for tree in trees)), trees[1])
    assert (edit.before, edit.after) == ("x[rows]", "x[:, rows]")


@pytest.mark.parametrize("rest", ["", "\n    return x"])
def test_a_line_moves_rather_than_the_block_behind_it(rest):
    old = "def f(x):\n    use(x)\n    if x > limit:\n        shrink(x)" + rest
    new = "def f(x):\n    if x > limit:\n        shrink(x)\n    use(x)" + rest
    trees = [ast.parse(text) for text in (old, new)]
    found = hunks(*(tree.body[0].body for tree in trees))
    assert [[ast.unparse(s) for s in part.old] for part in found] == [["use(x)"], []]
    edits = as_text(old, found, trees[1])
    assert edits is not None
    assert ast.dump(ast.parse(Text(old).changed(edits))) == ast.dump(trees[1])
