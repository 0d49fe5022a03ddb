"""The trace: values are recorded in order, each rule finds its mistake, and right programs are left alone."""

import ast
import importlib
import random
import textwrap

import numpy as np
import pytest

from tests.grading.course.exercises import EXERCISES
from tests.grading.trace import locate
from tests.grading.trace.oracle import Oracle, oracle
from tests.grading.trace.records import HINT, LIKELY, SURE, Match
from tests.grading.trace.relations import Pair, related
from tests.grading.trace.right import RightValues
from tests.grading.trace.running import Program
from tests.solutions import RIGHT

WRITTEN = [name for name, exercise in EXERCISES.items() if exercise.function]


def traced(source, call, target="f"):
    """Run a source; return the run and its values as (text, kind, value), in order."""
    program = Program(textwrap.dedent(source).strip("\n"), target, {"np": np})
    run = program.run(call)
    sites = [program.sites[event.site] for event in run.events]
    return run, [(s.text, s.kind, e.value) for s, e in zip(sites, run.events, strict=True)]


def values_of(seen, text, kind=None):
    return [value for t, k, value in seen if t == text and kind in (None, k)]


class TestRecording:
    def test_every_subexpression_is_seen_in_order(self):
        _, seen = traced("def f(x):\n    return (x + 1) * 2\n", lambda f: {"result": f(3)})
        assert [(text, value) for text, kind, value in seen if kind == "BinOp"] == [
            ("x + 1", 4),
            ("(x + 1) * 2", 8),
        ]

    def test_loops_comprehensions_and_generators_give_one_value_a_round(self):
        source = """
            def f(n):
                total = 0
                for i in range(n):
                    total += i * i
                return total, [k + 1 for k in range(n)], list(g(n))
            def g(n):
                for j in range(n):
                    yield j * 10
        """
        run, seen = traced(source, lambda f: {"result": f(3)})
        assert run.parts["result"] == (5, [1, 2, 3], [0, 10, 20])
        assert values_of(seen, "i * i") == [0, 1, 4]
        assert values_of(seen, "k + 1") == [1, 2, 3]
        assert values_of(seen, "j * 10") == [0, 10, 20]
        assert values_of(seen, "total += i * i", "Store") == [0, 1, 5]

    def test_values_are_copies_and_the_last_write_counts(self):
        source = "def f(x):\n    y = x * 1\n    y[0] = 5\n    np.negative(y, out=y)\n    return y\n"
        run, seen = traced(source, lambda f: {"result": f(np.array([1.0, 2.0]))})
        assert values_of(seen, "x * 1")[0].tolist() == [1, 2]
        assert values_of(seen, "y[0] = 5", "Store")[0].tolist() == [5, 2]
        last = run.maker[id(run.parts["result"])]
        assert last > run.writer[id(run.parts["result"])]
        assert run.events[last].value.tolist() == [-5, -2]

    def test_methods_helpers_and_lambdas_are_seen(self):
        source = """
            def helper(x):
                return x - 1
            class C:
                def f(self, x):
                    g = lambda v: v * 3
                    return g(helper(x))
        """
        run, seen = traced(source, lambda C: {"result": C().f(5)}, "C.f")
        assert run.parts["result"] == 12
        assert values_of(seen, "x - 1") == [4]
        assert values_of(seen, "v * 3") == [12]

    def test_new_arrays_without_entries_hold_nan(self):
        run, _ = traced("def f():\n    return np.empty(3)\n", lambda f: {"result": f()})
        assert np.isnan(run.parts["result"]).all()

    def test_a_loop_without_an_end_is_stopped_and_no_except_holds_it_up(self):
        source = """
            def f():
                while True:
                    try:
                        pass
                    except Exception:
                        pass
        """
        run, _ = traced(source, lambda f: f())
        assert type(run.error).__name__ == "Endless"

    @pytest.mark.parametrize(
        "body",
        [
            "match x:\n        case 1:\n            return x + 1\n        case _:\n            return 0",
            "with np.errstate(all='ignore'):\n        return x + 1",
            "a, *b = [x, 2, 3]\n    return a + 1",
            "x: int = x + 1\n    return x",
            "return (y := x + 1)",
            "return f'{x}' and x + 1",
            "z = {'a': [x]}\n    z['a'][0] += 1\n    return z['a'][0]",
            "m = np.eye(2)\n    return int(m[0, :][0]) + x",
            "def inner():\n        nonlocal x\n        x += 1\n    inner()\n    return x",
        ],
    )  # fmt: skip
    def test_the_program_does_what_it_did(self, body):
        run, _ = traced(f"def f(x):\n    {body}\n", lambda f: {"result": f(1)})
        assert run.error is None
        assert run.parts["result"] == 2

    def test_a_value_knows_what_it_was_computed_from(self):
        program = Program("def f(x):\n    n = len(x)\n    return n / 2\n", "f", {})
        run = program.run(lambda f: {"result": f([1, 2, 3])})
        texts = {i: program.sites[event.site].text for i, event in enumerate(run.events)}
        read = next(i for i, text in texts.items() if text == "n")
        assert [texts[i] for i in run.events[read].inputs] == ["len(x)"]


def pool(*values):
    """Return the RightValues of a program that computes these values."""
    names = ", ".join(f"v{i} * 1" for i in range(len(values)))
    program = Program(
        f"def f({', '.join(f'v{i}' for i in range(len(values)))}):\n    return {names},\n", "f", {}
    )
    return RightValues([(0, program.run(lambda f: {"result": f(*values)}))])


class TestRightValues:
    x = np.array([[1.25, -3.5, 7.75], [0.3, 2.2, -5.1]])

    @pytest.mark.parametrize(
        ("value", "match"),
        [
            (x + 0, Match.EXACT),
            (x.T, Match.FORM),
            (x.reshape(3, 2), Match.FORM),
            (-x, Match.SIGN),
            (x * 0.7, Match.FACTOR),
            (x + 0.7, Match.NONE),
            (np.zeros((2, 3)), Match.NEUTRAL),
            (np.ones(5), Match.NEUTRAL),
            (True, Match.NEUTRAL),
            (7, Match.NEUTRAL),
            (0.77, Match.NONE),
            ([1.25, -3.5, 7.75, 0.3, 2.2, -5.1], Match.FORM),
        ],
    )
    def test_a_value_is_compared_up_to_form_sign_and_factor(self, value, match):
        assert pool(self.x).match(value) == match

    def test_entries_count_only_where_parts_will_do(self):
        row = self.x[1, :2]
        assert pool(self.x).match(row) == Match.NONE
        assert pool(self.x).match(row, partly=True) == Match.ENTRIES


class TestRelations:
    """By hand: two calls, of 2 and of 3 rows."""

    rights = (np.array([[1.5, 2.5, -0.5], [3.25, 0.75, 2.0]]), np.array([[0.2, 1.7], [2.6, 3.1], [4.4, 0.9]]))

    def said(self, *functions, proven=True, given=None, rights=None):
        pairs = [
            Pair(np.asarray(function(right)), right, {"x": given or right})
            for function, right in zip(functions * 2, rights or self.rights, strict=False)
        ]
        return related(pairs, proven)

    @pytest.mark.parametrize(
        ("function", "words"),
        [
            (np.transpose, "it is the transpose of {}"),
            (np.negative, "it is {} with the opposite sign"),
            (lambda x: x[::-1], "it has the entries of {} in reverse order"),
            (lambda x: x[0], "it is a single row of {}"),
            (lambda x: x / 2, "it is half of {}"),
            (lambda x: x / 3, "it is 1/3 of {}"),
            (lambda x: x * 0.37, "it is 0.37 times {}"),
            (lambda x: x * len(x), "it is {} times the number of rows of `x`"),
            (lambda x: x / len(x), "it is {} divided by the number of rows of `x`"),
            (lambda x: 1 / x, "it is 1 divided by {}"),
            (lambda x: 1 - x, "it is 1 minus {}"),
            (np.square, ""),  # the sign of the root is lost: it does not hold everywhere
            (lambda x: x + 1, "it is 1 more than {}"),
            (lambda x: x - 0.3, "it is 0.3 less than {}, in all its entries"),
            (lambda x: x, ""),
            (np.sin, ""),
        ],
    )
    def test_what_holds_in_two_calls_is_said(self, function, words):
        assert self.said(function) == words

    def test_squares_and_roots_of_positive_numbers(self):
        rights = [np.abs(right) for right in self.rights]
        assert self.said(np.square, rights=rights) == "it is the square of {}"
        assert self.said(np.sqrt, rights=rights) == "its square is {}"

    def test_a_reduction_along_the_wrong_axis(self):
        arrays = [np.arange(6.0).reshape(2, 3) ** 2 + 0.3, np.arange(20.0).reshape(4, 5) ** 1.5 + 0.1]
        pairs = [Pair(a.sum(axis=0), a.sum(axis=1), {"x": a}) for a in arrays]
        assert (
            related(pairs, True)
            == "it has one number for each column of an array, and {} has one for each row"
        )

    def test_what_holds_in_one_call_alone_is_not_said(self):
        assert self.said(np.negative, np.sin) == ""
        assert self.said(lambda x: x / 2, lambda x: x / 5) == ""

    def test_one_call_or_one_entry_is_too_little(self):
        right = self.rights[0]
        assert related([Pair(-right, right, {})], True) == ""
        assert related([Pair(-right[0, 0], right[0, 0], {})], True) == ""


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
        HINT,
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


class TestRightPrograms:
    @pytest.mark.parametrize("name", WRITTEN)
    def test_right_variants_are_not_accused(self, name, monkeypatch):
        for solution in RIGHT[name]:
            source, home = as_learner(name, solution)
            monkeypatch.setattr("tests.grading.trace.locating.surroundings", lambda _, home=home: home)
            assert locate(source, name) == [], solution.name

    @pytest.mark.parametrize("name", WRITTEN)
    def test_nor_is_a_variant_that_the_others_do_not_know(self, name, monkeypatch):
        for solution in RIGHT[name]:
            alone = {
                "adam_step_with_one_corrected_rate"
            }  # the only one with epsilon inside of the correction
            if len(RIGHT[name]) > 1 and solution.name not in alone:
                source, home = as_learner(name, solution)
                monkeypatch.setattr("tests.grading.trace.locating.surroundings", lambda _, home=home: home)
                assert locate(source, name, without=(solution.name,)) == [], solution.name

    @pytest.mark.parametrize("name", WRITTEN)
    def test_some_variant_is_right_on_every_call_or_all_refuse_it(self, name):
        known = oracle(name)
        for call in known.calls:
            verdict = known.at(call)
            assert verdict.outcomes or verdict.refusals == {"ValueError"}, call.label
            assert not verdict.refusals - {"ValueError"}, call.label


def as_learner(name, solution):
    """Return a right variant's source under the name of its exercise, and what it finds around it."""
    target = EXERCISES[name].function
    home = dict(vars(importlib.import_module(solution.code.__module__)))
    program = next(p for p in Oracle(name).programs if p.name == solution.name)
    node = program.tree.body[0]
    plain = ast.unparse(program.tree).replace(f"super({node.name}", f"super({target.split('.')[0]}")
    tree = ast.parse(plain)
    tree.body[0].name = target.split(".")[0]
    for base in getattr(tree.body[0], "bases", ()):
        home["Base"], base.id = home[base.id], "Base"
    return ast.unparse(tree), home


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
