"""The board: what counts, what waits, what is next, and that all commands agree on it."""

import re

import pytest

from tests.grading.course.exercises import EXERCISES
from tests.grading.desk import board
from tests.grading.desk.progress import Progress
from tests.grading.judging.results import Result, waiting
from tests.grading.terminal import Painter
from tests.learners import kata, solve


def test_board_of_an_empty_kata(empty):
    """Nothing written, nothing scored; the board fits a terminal and says what to do first."""
    done = kata("--impl", "mine", expected=1, cwd=empty.parent)
    assert done.stdout.startswith("mine  "), "the board names its folder"
    assert "0 of 100 points" in done.stdout
    assert done.stdout.isascii()
    assert "\x1b" not in done.stdout, "colors belong on terminals"
    assert re.search(r"passed|failing", done.stdout) is None
    assert re.search(
        r"Next: write sigmoid \(1 point\)\n  .*activations\.py:\d+\n  It squashes.*\n"
        r"  read first:  tests/lessons/test_1_activations\.py\n  check it:.* check sigmoid\n",
        done.stdout,
        re.S,
    )
    line = int(re.search(r"activations\.py:(\d+)", done.stdout)[1])
    assert (
        (empty / "activations.py")
        .read_text(encoding="utf-8")
        .splitlines()[line - 1]
        .startswith("def sigmoid")
    )
    assert "Network.predict (for Network.__init__)" in " ".join(done.stdout.split())
    assert done.stdout.count("waiting") == 4


def test_board_paints_where_it_may(empty):
    """Colors are for terminals alone, and NO_COLOR forbids them."""
    progress = Progress(empty)
    plain = board.render(progress.results, empty)
    painted = board.render(progress.results, empty, paint=Painter(True))
    assert "\x1b[" in painted
    assert re.sub(r"\x1b\[\d+m", "", painted) == plain


def test_board_follows_the_learner(empty):
    """After one exercise the board counts it, and asks for the next; only what changed is run again."""
    kata("--impl", empty, expected=1)
    solve(empty, "sigmoid")
    progress = Progress(empty)
    assert [exercise.name for exercise in progress.stale() if exercise.module == "activations"] == ["sigmoid"]
    done = kata("--impl", empty, expected=1)
    assert "1 of 100 points" in done.stdout
    assert re.search(r"passed +sigmoid\n", done.stdout)
    assert "Next: write sigmoid_backward" in done.stdout
    assert not [e for e in Progress(empty).stale() if e.function], (
        "everything was graded, and nothing has changed"
    )


def test_what_waits_says_for_what(empty):
    """A wrong function spoils those built on it: they wait, and only the cause is told."""
    for name in EXERCISES:
        if EXERCISES[name].lesson <= 5:
            solve(empty, name)
    with (empty / "layers.py").open("a", encoding="utf-8") as file:
        file.write(
            "\n\ndef dense_backward(grad, x, W):\n    return grad @ W.T, x.T @ grad, grad.mean(axis=0)\n"
        )
    done = kata("--impl", empty, expected=1)
    assert re.search(r"failing +dense_backward\n", done.stdout)
    assert "Network.loss_and_grads (for dense_backward)" in " ".join(done.stdout.split())
    assert "Next: fix dense_backward" in done.stdout
    assert "waits for dense_backward" in kata("--impl", empty, "check", "5").stdout


def test_all_commands_agree_on_what_is_next(empty):
    """What has passed is never next: a change of one method makes the class's others stale, not undone."""
    for name in EXERCISES:
        if EXERCISES[name].lesson <= 5 and name != "Network.predict":
            solve(empty, name)
    kata("--impl", empty, expected=1)
    solve(empty, "Network.predict")
    text = (empty / "network.py").read_text(encoding="utf-8")
    stale = [exercise.name for exercise in Progress(empty).stale()]
    assert "Network.__init__" in stale, "the tests of a method call the others"
    told = [
        kata("--impl", empty, "check", "Network.predict", expected=0).stdout,
        kata("--impl", empty, expected=1).stdout,
    ]
    assert all("Next: write sgd_step" in text for text in told), told
    (empty / "network.py").write_text(text.replace("x = activation(", "x = (1 * activation)("), "utf-8")
    assert kata("--impl", empty, "hint", expected=0).stdout.startswith("Network.forward, ")
    (empty / "network.py").write_text(text.replace("last = len(", "last = 0 + len("), "utf-8")
    assert kata("--impl", empty, "hint", expected=0).stdout.startswith("sgd_step, hint 1")
    assert "Lesson 5 is done" in kata("--impl", empty, "check", "5", expected=0).stdout


def test_next_says_what_it_is_and_leaves_the_formula_to_the_docstring():
    for exercise in EXERCISES.values():
        assert len(exercise.purpose) <= 75, exercise
        assert not re.search(r"[=*/@]", exercise.purpose), exercise
        assert exercise.purpose.isascii()


@pytest.mark.parametrize("written", [False, True])
def test_next_says_fix_if_there_is_something_to_fix(empty, written):
    """An exercise that waited may be written already, and one that was not run must be run first."""
    if written:
        solve(empty, "softmax_cross_entropy")
    results = {name: Result(name, "passed") for name in EXERCISES}
    other = waiting("softmax_cross_entropy", "softmax")
    told = board.following(results | {other.name: other}, empty)
    assert told.startswith(f"Next: {'fix' if written else 'write'} softmax_cross_entropy (4 points)\n")
    told = board.following(results | {"tanh": Result("tanh", "not run")}, empty)
    assert told.startswith("Next: check tanh (1 point)\n")


def test_grading_never_trusts_what_lies_in_the_folder(empty):
    """Points come from tests that ran, not from a file that says so."""
    (empty / ".progress.json").write_text('{"results": {"tanh": ["tanh", "passed"]}}', encoding="utf-8")
    kata("--impl", empty, "check", "tanh", expected=1)
    kata("--impl", empty, expected=1)


def test_the_board_says_the_same_of_trainings_that_wait(untouched):
    """Whether they were skipped or not asked for, they wait for all the others."""
    results = Progress(untouched).results
    skipped = results | {"v1": waiting("v1", "momentum_step")}
    assert board.render(skipped, untouched) == board.render(results, untouched)


def test_the_textbook_s_functions_score_everything(solved):
    """The plainest right variants, put together: a package that learns, and a board full of numbers."""
    without_mnist = {"MNIST_DIR": "", "SCIKIT_LEARN_DATA": str(solved / "no-cache")}
    done = kata("--impl", solved, "--limit", "60", expected=0, **without_mnist)
    assert done.stdout.startswith("Training v1 on digits and v2 on digits: about "), done.stdout
    assert "100 of 100 points" in done.stdout
    assert re.search(r"\n  v2 on digits +9[5-9]\.\d\d%  \(mean of 5\)\n", done.stdout), done.stdout
    assert "All done" in done.stdout
    assert done.stderr == "", "the line that tells how far it is belongs on a terminal"
    again = kata("--impl", solved, "check", "dense", expected=0, **without_mnist)
    assert "Next:" not in again.stdout, "what was learned is remembered"
