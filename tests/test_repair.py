"""The search for one edit: what it finds, what it never returns, and that it leaves everything as it was."""

import ast
import inspect
import subprocess
import sys
import textwrap

import numpy as np
import pytest

from nn.activations import ACTIVATIONS
from tests.grading import ROOT
from tests.grading.course.exercises import EXERCISES
from tests.grading.repair import LIKELY, SURE, choice, judge, search, searched
from tests.grading.repair.edits import applied
from tests.grading.repair.program import Program
from tests.grading.repair.scope import explore
from tests.grading.repair.statements import edits_of
from tests.grading.trace.loading import TooLong
from tests.grading.trace.outcomes import Array, drawn, fixed, outcome, right
from tests.solutions import RIGHT

SMALL = 1200  # tries: enough for a slip in a function of a few lines
FUNCTIONS = [
    name for name, exercise in EXERCISES.items() if exercise.function and "." not in exercise.function
]


def source(text):
    return textwrap.dedent(text).strip("\n")


# By what is wrong: the exercise, the program, the line, and what must stand there in the first change.
SLIPS = {
    "operator": ("mean_squared_error", """
        def mean_squared_error(predictions, targets):
            p = as_floating(predictions)
            t = np.asarray(targets, p.dtype)
            if p.shape != t.shape:
                raise ValueError("shapes")
            d = p - t
            return float(np.mean(d ^ 2)), 2 * d / d.size
        """, 7, "d ** 2"),
    "sign": ("tanh_backward", """
        def tanh_backward(grad, a):
            grad, a = as_floating(grad), as_floating(a)
            return -grad * (1 - a ** 2)
        """, 3, "grad"),
    "brackets": ("nesterov_step", """
        def nesterov_step(param, grad, velocity, *, lr, momentum=0.9):
            velocity[...] = momentum * velocity + grad
            param -= lr * grad + momentum * velocity
        """, 3, "lr * (grad + momentum * velocity)"),
    "axis and keepdims": ("softmax", """
        def softmax(z):
            z = as_floating(z)
            z = z - np.max(z)
            e = np.exp(z)
            return e / e.sum(axis=-1, keepdims=True)
        """, 3, "np.max(z, axis=-1, keepdims=True)"),
    "transpose": ("dense", """
        def dense(x, W, b):
            return as_floating(x) @ as_floating(W).T + b
        """, 2, "as_floating(W)"),
    "another name": ("relu_backward", """
        def relu_backward(grad, a):
            grad = as_floating(grad)
            return np.where(grad > 0, grad, 0)
        """, 3, "a"),
    "a factor too many": ("dense_backward", """
        def dense_backward(grad, x, W):
            grad, x, W = as_floating(grad), as_floating(x), as_floating(W)
            return grad @ W.T, x.T @ grad / len(x), grad.sum(axis=0)
        """, 3, "x.T @ grad"),
    "function": ("sigmoid", """
        def sigmoid(z):
            z = as_floating(z)
            e = np.exp(-np.abs(z))
            return np.where(z >= 0, 1 / (1 + e), e / (1 - e))
        """, 4, "1 + e"),
    "constant": ("he_uniform", """
        def he_uniform(rng, fan_in, fan_out, dtype=np.float32):
            limit = math.sqrt(2 / fan_in)
            return rng.uniform(-limit, limit, (fan_in, fan_out)).astype(dtype)
        """, 2, "6"),
    "statements exchanged": ("momentum_step", """
        def momentum_step(param, grad, velocity, *, lr, momentum=0.9):
            param -= lr * velocity
            velocity *= momentum
            velocity += grad
        """, 2, "velocity"),
    "in place": ("rmsprop_step", """
        def rmsprop_step(param, grad, square_avg, *, lr, rho=0.9, eps=1e-8):
            square_avg = rho * square_avg + (1 - rho) * grad ** 2
            param -= lr * grad / (np.sqrt(square_avg) + eps)
        """, 2, "square_avg[...]"),
    "copy": ("elu", """
        def elu(z, alpha=1.0):
            a = as_floating(z)
            negative = a < 0
            a[negative] = alpha * (np.exp(a[negative]) - 1)
            return a
        """, 2, "copy()"),
    "dtype": ("sigmoid", """
        def sigmoid(z):
            a = np.zeros_like(z)
            e = np.exp(-np.abs(as_floating(z)))
            a[...] = np.where(z >= 0, 1 / (1 + e), e / (1 + e))
            return a
        """, 2, "z"),
    "range": ("step_decay", """
        def step_decay(epoch, lr, factor=0.5, every=30):
            for _ in range(1, epoch // every):
                lr = lr * factor
            return lr
        """, 2, "range(epoch // every)"),
    "return": ("dropout_backward", """
        def dropout_backward(grad, mask):
            grad * mask
        """, 2, "return grad * mask"),
    "written into entries": ("elu", """
        def elu(z, alpha=1.0):
            a = as_floating(z).copy()
            negative = a < 0
            a = alpha * (np.exp(a[negative]) - 1)
            return a
        """, 4, "a[negative]"),
    "a result that is not returned": ("l2_penalty", """
        def l2_penalty(weights, strength):
            penalty = strength / 2 * sum(float(np.sum(np.square(W, dtype=np.float64))) for W in weights)
            penalty, [strength * W for W in weights]
        """, 3, "return (penalty"),
    "missing check": ("one_hot", """
        def one_hot(labels, n_classes, dtype=np.float32):
            labels = np.asarray(labels)
            if np.any(labels >= n_classes):
                raise ValueError("labels")
            rows = np.zeros((len(labels), n_classes), dtype)
            rows[np.arange(len(labels)), labels] = 1
            return rows
        """, 3, "labels < 0"),
}  # fmt: skip


@pytest.mark.parametrize("slip", SLIPS)
def test_a_slip_is_mended_where_it_was_made(slip):
    exercise, text, line, after = SLIPS[slip]
    changes = search(source(text), exercise, SMALL)
    assert changes, "nothing mends it"
    best = changes[0]
    assert line in best.lines, best
    assert any(after in edit.after for edit in best.edits), best
    assert best.shown, best.why
    assert best.sure in (SURE, LIKELY)
    assert best.mends
    assert not best.note


def test_a_change_is_said_in_places_of_the_text():
    exercise, text, *_ = SLIPS["operator"]
    (edit,) = search(source(text), exercise, SMALL)[0].edits
    lines = source(text).split("\n")
    assert edit.line == edit.end_line
    assert lines[edit.line - 1][edit.column : edit.end_column] == edit.before == "d ^ 2"


def test_two_slips_are_joined():
    changes = search(source("""
        def softmax(z):
            z = as_floating(z)
            e = np.exp(z - z.min(axis=-1, keepdims=True))
            return e / np.sum(e, axis=0)
        """), "softmax", SMALL)  # fmt: skip
    assert changes[0].lines == [3, 4]
    assert changes[0].sure == LIKELY


@pytest.mark.parametrize("exercise", FUNCTIONS)
def test_a_right_program_gets_no_change(exercise):
    code = RIGHT[exercise][0].code
    text = inspect.getsource(code).replace(f"def {code.__name__}", f"def {exercise}", 1)
    text = text[text.index("def ") :]
    changes, found = searched(text, exercise, SMALL)
    assert changes == []
    assert found.judge.tried == 0


def test_what_passes_the_fixed_asks_alone_is_never_returned(monkeypatch):
    """With equal sizes, several wrong products have the right shape and, for symmetric arrays, the right
    values.
    """
    exercise, text = "dense_backward", source("""
        def dense_backward(grad, x, W):
            grad, x, W = as_floating(grad), as_floating(x), as_floating(W)
            return grad @ W.T, x @ grad + 1, grad.sum(axis=0)
        """)  # fmt: skip
    known = [e for e in fixed(exercise) if "twice" in e.ask.label]
    same = np.array([[2.0, 1], [1, 2]])

    def symmetric(subject):
        for i, part in enumerate(subject(same, same, same)):
            yield f"result[{i}]", part

    ask = known[0].ask._replace(label="symmetric", script=symmetric)
    subject = RIGHT[exercise][0].code
    expected = {name: Array.of(value) for name, value in outcome(ask, subject).items()}
    fooled = (known[0]._replace(ask=ask, outcomes=(expected,)),)
    monkeypatch.setattr(judge, "fixed", lambda _: fooled)
    changes, found = searched(text, exercise, SMALL)
    assert found.judge.refuted > 0, "no candidate was right on the symmetric arrays alone"
    for change in changes:
        program = Program(change.source, exercise)
        assert all(right(outcome(e.ask, program.subject), e.outcomes) for e in drawn(exercise))


def test_every_change_loads_and_passes_all_asks():
    for exercise, text, *_ in list(SLIPS.values())[:4]:
        for change in search(source(text), exercise, SMALL):
            program = Program(change.source, exercise)
            for expected in (*fixed(exercise), *drawn(exercise)):
                assert right(outcome(expected.ask, program.subject), expected.outcomes), change


def test_the_same_program_gets_the_same_answer_in_every_process():
    exercise, text, *_ = SLIPS["axis and keepdims"]
    code = f"from tests.grading.repair import search; print(search({source(text)!r}, {exercise!r}, {SMALL}))"
    answers = set()
    for seed in ("0", "1"):
        done = subprocess.run(
            [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True,
            env={**__import__("os").environ, "PYTHONHASHSEED": seed},
        )  # fmt: skip
        answers.add(done.stdout)
    assert answers == {f"{search(source(text), exercise, SMALL)}\n"}


def test_the_budget_is_a_number_of_tries():
    exercise, text, *_ = SLIPS["another name"]
    _, found = searched(source(text), exercise, 40)
    assert found.judge.tried <= 40 + 3


def test_nothing_is_printed_and_nothing_stays_changed(capsys):
    text = source("""
        import random

        ACTIVATIONS["mine"] = None
        np.seterr(over="raise")

        def relu(z):
            print("here")
            np.random.seed(3)
            random.seed(3)
            return np.maximum(z, 1)
        """)
    state, known, errors, trace = (
        np.random.get_state()[1].copy(),  # noqa: NPY002
        dict(ACTIVATIONS),
        np.geterr(),
        sys.gettrace(),
    )
    search(text, "relu", 100)
    assert capsys.readouterr() == ("", "")
    assert np.array_equal(np.random.get_state()[1], state)  # noqa: NPY002
    assert known == ACTIVATIONS
    assert np.geterr() == errors
    assert sys.gettrace() is trace


@pytest.mark.parametrize(
    "loop", ["while True: pass", "[0 for _ in iter(int, 1)]", "x = sum(range(10 ** 12))"]
)
def test_endless_loops_are_cut_off(loop):
    program = Program(f"def relu(z):\n    {loop}\n    return z\n", "relu")
    assert program.run(lambda subject: subject(np.zeros(2))) is None


def test_a_bare_except_does_not_catch_the_end_of_an_endless_loop():
    text = source("""
        def relu(z):
            while True:
                try:
                    z = z + 1
                except Exception:
                    pass
        """)
    assert Program(text, "relu").run(lambda subject: subject(1)) is None
    assert not issubclass(TooLong, Exception)


def test_a_program_that_cannot_be_loaded_has_no_change():
    assert search("def relu(z:", "relu") == []
    assert search("raise SystemExit", "relu") == []
    assert search("def tanh(z): return z", "relu") == []


def test_other_exercises_of_the_module_are_the_references():
    """A mistake in another exercise's function is another exercise's business."""
    text = source("""
        def sigmoid(z):
            return 0 * z

        def tanh(z):
            return 2 * sigmoid(2 * as_floating(z)) - 1
        """)
    assert search(text, "tanh", SMALL) == []


def test_a_helper_is_mended_too():
    text = source("""
        def slope(a):
            return 1 - a

        def tanh_backward(grad, a):
            grad, a = as_floating(grad), as_floating(a)
            return grad * slope(a)
        """)
    changes = search(text, "tanh_backward", SMALL)
    assert any(change.lines == [2] for change in changes), changes


def test_a_silly_change_is_not_shown():
    """``n = 1`` mends it and says nothing: the place is right, the words are not."""
    text = source("""
        def dense_backward(grad, x, W):
            grad, x, W = as_floating(grad), as_floating(x), as_floating(W)
            n = len(x)
            return grad @ W.T, x.T @ grad / n, grad.sum(axis=0) / n
        """)
    changes = search(text, "dense_backward", SMALL)
    silly = [change for change in changes if [edit.after for edit in change.edits] == ["1"]]
    assert silly, changes
    assert not silly[0].shown
    assert silly[0].why == "a constant in the place of a value"


def test_what_docstrings_alone_promise_is_worth_a_note(monkeypatch):
    """Right floats, wrong integers: if no test asked for integers, it were no finding."""
    promised = tuple(
        e._replace(ask=e.ask._replace(asked=not ("integers" in e.ask.label or "bytes" in e.ask.label)))
        for e in fixed("relu")
    )
    for module in (judge, choice):
        monkeypatch.setattr(module, "fixed", lambda _: promised)
    changes = search("def relu(z):\n    return np.maximum(z, 0)\n", "relu", SMALL)
    assert changes
    assert all(change.note for change in changes)


def test_of_equal_changes_the_trusted_line_comes_first():
    text = source("""
        def tanh_backward(grad, a):
            grad, a = as_floating(grad), as_floating(a)
            slope = (1 - a**2) / 2
            result = grad * slope
            return result
        """)
    places = {trusted: search(text, "tanh_backward", SMALL, [trusted])[0].lines for trusted in (3, 4)}
    assert places == {3: [3], 4: [4]}


def test_a_warning_of_the_text_is_no_warning_of_the_program():
    text = 'def tanh(z):\n    "as in \\s"\n    return np.tanh(as_floating(z)) + 0 * (z is None) - 1\n'
    changes = search(text, "tanh", SMALL)
    assert changes
    assert changes[0].lines == [3]


def test_applied_edits_are_taken_back():
    exercise, text, *_ = SLIPS["missing check"]
    program = Program(source(text), exercise)
    scope, _ = explore(program, exercise, [fixed(exercise)[0].ask])
    before = ast.dump(program.tree)
    kinds = set()
    for edit in edits_of(program.homes[exercise].node, scope):
        with applied([edit]):
            kinds.add(edit.kind)
        assert ast.dump(program.tree) == before, edit.kind
    assert len(kinds) > 30
