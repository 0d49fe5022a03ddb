"""What the trace says: calls that read as calls, questions that fit, and where an index comes from."""

import pytest

from tests.grading.course.exercises import EXERCISES
from tests.grading.diagnosis.phrases import asked_by_trace
from tests.grading.trace import locate
from tests.grading.trace.outcomes import fixed
from tests.grading.trace.words import call_in_words


@pytest.mark.parametrize(
    ("label", "words"),
    [
        ("he_normal of (13, 29) {}", "he_normal(rng, 13, 29)"),
        ("random_normal of (13, 29) {'std': 0.31}", "random_normal(rng, 13, 29), std=0.31"),
        ("sgd_step of float64 (11, 7) {'lr': 0.13}", "sgd_step on float64 (11, 7), lr=0.13"),
        ("dropout of (1009,) 0.71", "dropout of an array (1009,), rate=0.71"),
        ("minibatches of (8, 4)", "minibatches(8, 4, rng)"),
        (
            "forward of (5, 3, 7) elu softmax_cross_entropy identity",
            "forward of a network (5, 3, 7) with elu, softmax_cross_entropy",
        ),
        (
            "early stopping [2.25, 1.98962, 1.5, 1.75] 1 0.25",
            "the losses 2.25, 1.99, 1.5, ... (patience=1, min_delta=0.25)",
        ),
    ],
)
def test_a_label_reads_as_a_call(label, words):
    assert call_in_words(label) == words


@pytest.mark.parametrize("exercise", [name for name, exercise in EXERCISES.items() if exercise.function])
def test_no_call_is_shown_as_a_dictionary_or_a_long_list(exercise):
    for expected in fixed(exercise):
        words = call_in_words(expected.ask.label)
        assert "{" not in words, words
        assert len(words) < 110, words


ERRORS = {
    "IndexError: index 3 is out of bounds for axis 0 with size 3": "An index",
    "IndexError: list index out of range": "An index",
    "KeyError: 'W1'": "A key",
    "NameError: name 'z' is not defined": "A name",
    "UnboundLocalError: cannot access local variable 'z' where it is not ...": "A name",
    "ZeroDivisionError: division by zero": "A division by 0",
    "ValueError: operands could not be broadcast together with shapes (2,) (3,)": "The shapes",
    "TypeError: 'NoneType' object is not iterable": "The type",
    "StopIteration": "An error or a warning",
}


@pytest.mark.parametrize("error", ERRORS)
def test_the_question_fits_the_exception(error):
    for rule in ("error", "origin of the error"):
        question, think = asked_by_trace(rule, "x", error)
        assert question.startswith(ERRORS[error] + ":")
        assert think.endswith("?")


def test_the_question_on_a_warning_speaks_of_no_exception():
    question, _ = asked_by_trace(
        "origin of the warning", "p", "RuntimeWarning: invalid value encountered in log"
    )
    assert question.startswith("A warning:")


def test_an_index_out_of_bounds_is_followed_to_its_loop():
    suspects = locate(
        """
def one_hot(labels, n_classes, dtype=np.float32):
    if labels.min() < 0 or labels.max() >= n_classes:
        raise ValueError("labels")
    rows = np.zeros((len(labels), n_classes), dtype)
    for n in range(n_classes):
        rows[n, labels[n]] = 1
    return rows
""".strip("\n"),
        "one_hot",
    )
    assert suspects[0].line == 5
    assert suspects[0].rules[0] == "origin of the index"
    assert "range(n_classes)" in suspects[0].sentence
    assert "line 6" in suspects[0].sentence
    assert suspects[0].error.startswith("IndexError")


def test_what_a_later_call_hands_back_was_not_kept_from_the_caller():
    """restore puts the kept arrays into the caller's list, and the caller hands them in again."""
    suspects = locate(
        """
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
        for i, best in enumerate(self.best):
            params[i] = best
""".strip("\n"),
        "EarlyStopping.restore",
    )
    assert all(suspect.rules[0] != "shared" for suspect in suspects)
