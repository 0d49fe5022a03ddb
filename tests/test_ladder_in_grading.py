"""The ladder inside of a grading: the lesson's tests try its changes, and nothing it meets does harm."""

from textwrap import dedent

import pytest

from tests.grading.course.textbook import textbook
from tests.grading.finding import FAILING, PASSED, SURE, WAITING
from tests.grading.judging.runner import Grading

LIMIT = 3.0  # seconds


@pytest.fixture(scope="module")
def solved():
    """The texts of a package in which everything is right."""
    return textbook()


@pytest.fixture
def grade(tmp_path, solved):
    """Return a function that adds code to modules of a right package and grades some exercises."""

    def grade(added, *exercises, limit=10.0):
        package = tmp_path / "mine"
        package.mkdir()
        for name, text in solved.items():
            (package / name).write_text(text, encoding="utf-8")
        for module, code in added.items():
            with (package / f"{module}.py").open("a", encoding="utf-8") as file:
                file.write("\n\n" + dedent(code))
        return Grading(package, exercises=exercises, limit=limit).run().all()

    return grade


WRONG_TANH_BACKWARD = """
def tanh_backward(grad, a):
    grad, a = as_floating(grad), as_floating(a)
    return grad * (1 - a ** 3)
"""


def test_a_change_is_shown_after_all_tests_of_the_exercise_have_passed_with_it(grade):
    results = grade({"activations": WRONG_TANH_BACKWARD}, "tanh_backward", "relu_backward")
    result = results["tanh_backward"]
    finding = result.finding
    assert (result.status, finding.certainty) == (FAILING, SURE)
    assert "a ** 3" in finding.place.source
    assert finding.change.before == "    return grad * (1 - a ** 3)"
    assert finding.change.after == "    return grad * (1 - a ** 2)"
    assert finding.change.tests == result.tests, "every test has passed, and was counted"
    assert result.passed < result.tests, "the result is that of the learner's own code"
    assert results["relu_backward"].status == PASSED


def test_the_reports_of_the_second_run_go_nowhere(grade):
    results = grade({"activations": WRONG_TANH_BACKWARD}, "tanh_backward")
    result = results["tanh_backward"]
    assert result.points == 0
    assert 0 < result.passed < result.tests


def test_a_package_imports_the_changed_module_by_the_dot(grade):
    """The tests of a loss see the changed activations: the package of the second run is a whole one."""
    code = """
    def dense_backward(grad, x, W):
        dx, dW, db = grad @ W.T, x.T @ grad, grad.sum(axis=1)
        return dx, dW, db
    """
    finding = grade({"layers": code}, "dense_backward")["dense_backward"].finding
    assert finding.change, finding
    assert finding.place.source == "    dx, dW, db = grad @ W.T, x.T @ grad, grad.sum(axis=1)"


def test_another_exercise_at_fault_is_waited_for(grade):
    """Only the loss is graded, so nothing has shown before that the logarithm in it is wrong."""
    wrong = """
    def log_softmax(z):
        return as_floating(z)
    """
    right = """
    _by_hand = softmax_cross_entropy

    def softmax_cross_entropy(logits, targets):
        loss, grad = _by_hand(logits, targets)
        labels = np.asarray(targets)
        if labels.ndim == 1:
            loss = -float(np.mean(log_softmax(logits)[np.arange(len(labels)), labels]))
        return loss, grad
    """
    results = grade({"activations": wrong, "losses": right}, "softmax_cross_entropy")
    result = results["softmax_cross_entropy"]
    assert (result.status, result.waits_for) == (WAITING, "log_softmax"), result


COUNTING = """
calls = []

def tanh(z):
    calls.append(1)
    if len(calls) > {many}:
        {then}
    return 2 * np.tanh(as_floating(z))
"""
MANY = 300  # calls: more than the tests make


@pytest.mark.parametrize(
    "then",
    [
        "sum(iter(int, 1))",  # no step of Python's: nothing but another process can end it
        "__import__ = None; import os; os._exit(0)",
        "raise KeyboardInterrupt",
        "np.tanh = np.sin",
        "np.testing.assert_allclose = print",
        "raise SystemExit",
    ],
)
def test_what_happens_in_the_search_leaves_the_results_of_the_tests(grade, then):
    """The code behaves while the tests run, and does what it likes as soon as the search calls it."""
    code = COUNTING.format(many=MANY, then=then)
    results = grade({"activations": code}, "sigmoid", "tanh", "tanh_backward", "relu", limit=LIMIT)
    assert results["tanh"].status == FAILING
    assert results["tanh"].passed < results["tanh"].tests
    assert "tanh(" in results["tanh"].finding.call, results["tanh"].finding
    if any(end in then for end in ("iter(int, 1)", "_exit", "KeyboardInterrupt")):
        assert results["tanh"].finding.stage == "", "nothing is told of a search that broke off"
    for other in ("sigmoid", "tanh_backward", "relu"):
        assert results[other].status == PASSED, results[other]


def test_a_program_that_is_right_in_the_second_run_gains_nothing(grade):
    """What was reported stands: a function that turns right after many calls fails."""
    code = COUNTING.format(many=MANY, then="return np.tanh(as_floating(z))")
    result = grade({"activations": code}, "tanh")["tanh"]
    assert (result.status, result.points) == (FAILING, 0)


def test_a_refused_file_is_not_explained(grade):
    result = grade({"activations": "import torch\n" + dedent(WRONG_TANH_BACKWARD)}, "tanh_backward")
    finding = result["tanh_backward"].finding
    assert (finding.stage, finding.change) == ("", None)


def test_the_same_package_is_told_the_same_again(grade, tmp_path):
    first = grade({"activations": WRONG_TANH_BACKWARD}, "tanh_backward")["tanh_backward"]
    again = Grading(tmp_path / "mine", exercises=["tanh_backward"]).run().all()["tanh_backward"]
    assert again.finding == first.finding
