"""The parts of the trace: values are recorded in order, compared with right ones, and related to them."""

import textwrap

import numpy as np
import pytest

from tests.grading.trace.records import Match
from tests.grading.trace.relations import Pair, related
from tests.grading.trace.right import RightValues
from tests.grading.trace.running import Program


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
