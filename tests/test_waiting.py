"""An exercise waits only for what is wrong now, and nobody is blamed for another's mistake."""

import re
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.grading import ROOT
from tests.grading.course.exercises import EXERCISES, LESSONS
from tests.grading.course.skeletons import skeletons
from tests.grading.course.sources import Sources
from tests.grading.course.textbook import textbook
from tests.grading.desk import commands, watching
from tests.grading.desk.progress import Progress
from tests.grading.finding import FAILING
from tests.grading.judging.plugin import EXERCISE
from tests.grading.judging.runner import Grading


@pytest.fixture
def folder(tmp_path):
    """A package in which all is right but step_decay, which is not written: the trainings wait."""
    package = tmp_path / "mine"
    package.mkdir()
    for name, text in textbook(set(EXERCISES) - {"step_decay"}).items():
        (package / name).write_text(text, encoding="utf-8")
    return package


@pytest.fixture
def begun(folder):
    """The package with lessons 1 to 3 alone, whose tests are quick."""
    solved = {name for name, exercise in EXERCISES.items() if exercise.lesson <= 3}
    for name, text in textbook(solved).items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def kata(folder, capsys):
    """Return a function that runs the learner's command in this process and returns what it prints."""

    def run(*arguments):
        commands.main(["--impl", str(folder), *arguments])
        return capsys.readouterr().out

    return run


def spoil(folder, name, code):
    """Write a function anew at the end of its module, in which the last of a name is valid."""
    path = folder / f"{EXERCISES[name].module}.py"
    before = path.read_text(encoding="utf-8")
    path.write_text(f"{before}\n\n{code}\n", encoding="utf-8")
    return lambda: path.write_text(before, encoding="utf-8")


HALVED = """def softmax_cross_entropy(logits, targets):
    n, k = logits.shape
    p = softmax(as_floating(logits))
    y = np.eye(k)[targets] if np.asarray(targets).ndim == 1 else targets
    return float(-(y * np.log(p)).sum() / n / 2), (p - y) / n
"""


def test_what_is_fixed_holds_nobody_up(folder, kata):
    """A mistake of one's own is told at once: softmax was wrong before, and is right now."""
    fix = spoil(folder, "softmax", "def softmax(z):\n    return np.exp(z)")
    assert "softmax: not right yet" in kata("check", "softmax")
    fix()
    losses = folder / "losses.py"
    losses.write_text(
        losses.read_text(encoding="utf-8") + "\n\nfrom .activations import softmax\n\n\n" + HALVED,
        encoding="utf-8",
    )
    told = kata("check", "softmax_cross_entropy")
    assert "softmax_cross_entropy: not right yet" in told, told
    assert "waits" not in told


def test_what_is_spoilt_is_found_before_its_user_is_blamed(folder, kata):
    """Nobody has checked sigmoid since it was changed: what calls it waits all the same."""
    assert "passed" in kata("check", "sigmoid")
    spoil(folder, "sigmoid", "def sigmoid(z):\n    return 1 / (1 + np.exp(as_floating(z)))")
    told = kata("check", "binary_cross_entropy")
    assert told.startswith("binary_cross_entropy: waiting\n  waits for sigmoid\n"), told
    assert re.search(r"failing +sigmoid\n", kata())


YARDSTICKS = {  # what is wrong, and what is right but tested with it
    "EarlyStopping.update": (
        "EarlyStopping.restore",
        "EarlyStopping.update = lambda self, loss, params: False",
    ),
}


def test_a_right_function_waits_for_the_wrong_one_that_its_tests_call(folder, kata):
    """Check and board agree, before and after; once the wrong ones are fixed, the right ones have passed."""
    fix = [spoil(folder, wrong, code) for wrong, (_, code) in YARDSTICKS.items()]
    for wrong, (right, _) in YARDSTICKS.items():
        told = kata("check", right)
        assert told.startswith(f"{right}: waiting\n  waits for {wrong}\n"), told
    told, board = kata("check", "8"), kata()
    for wrong, (right, _) in YARDSTICKS.items():
        assert re.search(rf"^  {right} +waiting +\d+/\d+  waits for {wrong}$", told, re.MULTILINE), told
        assert re.search(rf"^    waiting  .*\b{right}\b.* \(for {wrong}\)", board, re.MULTILINE), board
    for fix_one in fix:
        fix_one()
    kata("check", *YARDSTICKS)
    board = kata()
    assert "failing" not in board, "the right ones were graded again"
    assert "Next: write step_decay" in board


def test_what_waits_leads_to_what_comes_first(folder, kata):
    """A lesson of which nothing can be judged ends with what to do before."""
    spoil(folder, "dense", "def dense(x, W, b):\n    return as_floating(x) @ W")
    for what in ("Network.forward", "5"):
        told = kata("check", what)
        assert "not right yet" not in told
        assert "Next: fix dense (2 points)\n" in told, told


def test_the_file_that_lacks_a_name_is_the_one_to_fix(folder, kata):
    """network.py imports dense; whoever wrote Dense must look into layers.py."""
    path = folder / "layers.py"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("def dense(", "def Dense("), encoding="utf-8")
    line = text[: text.index("def dense(")].count("\n") + 1
    for told in (kata("check", "Network.forward"), kata("hint"), kata()):
        assert re.search(
            rf"mine.layers\.py:{line}\n  there is no dense, which network\.py imports\n", told
        ), told
        assert "    def Dense(x, W, b):\n" in told
    assert "Next: fix layers.py\n" in told
    assert "Your points come back as soon as the file is fixed.\n" in told
    path.write_text(text, encoding="utf-8")
    assert "Next: write step_decay" in kata()


def watched(monkeypatch, kata, *saves):
    """Return what ``watch`` prints of each of these saves; the first is made once it has begun, each of the
    others when it next rests, and Ctrl-C follows.
    """
    saves = iter(saves)

    def rest(_):
        print("<rest>")
        save = next(saves, None)
        if save is None:
            raise KeyboardInterrupt
        save()

    monkeypatch.setattr(watching, "time", SimpleNamespace(sleep=rest, monotonic=time.monotonic))
    return kata("watch").split("<rest>\n")[1:-1]


def once_before(monkeypatch, owner, name, save):
    """Let ``save`` run once, before the next call of a function."""
    original, left = getattr(owner, name), [save]

    def called(*arguments, **options):
        if left:
            left.pop()()
        return original(*arguments, **options)

    monkeypatch.setattr(owner, name, called)


WRONG_DENSE = "def dense(x, W, b):\n    return as_floating(x) @ W"
WRONG_ERROR = "def mean_squared_error(predictions, targets):\n    return 0.0, predictions"
WRONG_SIGMOID = "def sigmoid(z):\n    return as_floating(z)"
WRONG_TANH = "def tanh(z):\n    return np.tanh(as_floating(z)) + 1"
PLAIN_TANH = "def tanh(z):\n    return np.tanh(np.asarray(as_floating(z)))"
BINARY = """def binary_cross_entropy(logits, targets):
    logits = as_floating(logits)
    if logits.shape != np.shape(targets):
        raise ValueError("the shapes differ")
    loss = np.mean(np.logaddexp(0, logits) - logits * targets)
    return float(loss), ((sigmoid(logits) - targets) / logits.size).astype(logits.dtype)
"""


@pytest.mark.parametrize("moment", ["refresh", "current"])
def test_watch_tells_of_a_file_that_is_saved_while_others_are_checked(begun, kata, monkeypatch, moment):
    """The sigmoid is wrong by the time at which the loss that calls it is run: its failing screen comes."""

    def save():
        spoil(begun, "binary_cross_entropy", BINARY)
        once_before(monkeypatch, Progress, moment, lambda: spoil(begun, "sigmoid", WRONG_SIGMOID))

    told = "".join(watched(monkeypatch, kata, save, lambda: None))
    assert "sigmoid: not right yet" in told, told
    assert told.count("Smallest failing call: sigmoid(") == 1, told


def test_watch_tells_of_what_was_checked_while_a_file_was_broken(begun, kata, monkeypatch):
    """Both were saved at once: first the broken file is named, then how the other fails."""
    fixes = []

    def save():
        fixes.append(spoil(begun, "mean_squared_error", "def mean_squared_error(predictions:"))
        spoil(begun, "dense", WRONG_DENSE)

    broken, fixed, again = watched(monkeypatch, kata, save, lambda: fixes.pop()(), lambda: None)
    assert "Next: fix losses.py" in broken, broken
    assert "dense: not right yet" in fixed, fixed
    assert "Smallest failing call: dense(" in fixed
    assert again == "", "nothing has changed"


def test_watch_lists_all_that_is_right_again_once_a_file_is_mended(begun, kata, monkeypatch):
    """Also what need not be run again; and what passed before the file broke has gained nothing."""
    path = begun / "activations.py"
    text = path.read_text(encoding="utf-8")
    other = text.replace("return np.tanh(as_floating(z))", "return np.tanh(np.asarray(as_floating(z)))")
    assert other != text
    saves = [lambda new=new: path.write_text(new, encoding="utf-8") for new in (text + "\nx = (\n", other)]
    broken, mended, nothing = watched(monkeypatch, kata, *saves, lambda: None)
    assert "Next: fix activations.py" in broken
    assert "Right again: lesson 1, lesson 2, lesson 3\nNext: write " in mended, mended
    assert "passed" not in mended
    assert nothing == ""


def test_watch_shows_the_second_failure_when_the_first_is_fixed(begun, kata, monkeypatch):
    """Of several that fail, only the first was told in full."""
    fixes = []

    def save():
        fixes.append(spoil(begun, "mean_squared_error", WRONG_ERROR))
        spoil(begun, "dense", WRONG_DENSE)

    both, fixed, again = watched(monkeypatch, kata, save, lambda: fixes.pop()(), lambda: None)
    assert "mean_squared_error: not right yet" in both, both
    assert "dense: not right yet" not in both
    assert "mean_squared_error: passed" in fixed, fixed
    assert "dense: not right yet" in fixed
    assert again == ""


def test_a_result_does_not_count_for_code_that_was_saved_during_the_tests(begun, kata, monkeypatch):
    """The tests may have read the new file: what they found is not said of the old one."""
    assert "passed" in kata("check", "tanh")
    fixes = [spoil(begun, "tanh", PLAIN_TANH)]
    once_before(monkeypatch, Grading, "__iter__", lambda: fixes.append(spoil(begun, "tanh", WRONG_TANH)))
    kata("check", "tanh")
    fixes.pop()()  # back to what was saved when the check began
    assert Progress(begun).current()["tanh"].status != FAILING
    assert "tanh: passed" in kata("check", "tanh")


class Calls:
    """A plugin of pytest that notes which functions of a package run in an exercise's tests.

    all: by exercise, every function; direct: those that the tests call themselves. A function is a pair of
    module and name.
    """

    def __init__(self, folder):
        self._folder, self.all, self.direct = str(folder), {}, {}

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self, item):
        exercise, before = item.stash[EXERCISE], sys.getprofile()

        def note(frame, event, _):
            code = frame.f_code
            if event == "call" and code.co_filename.startswith(self._folder):
                called = Path(code.co_filename).stem, code.co_qualname
                self.all.setdefault(exercise, set()).add(called)
                if not frame.f_back.f_code.co_filename.startswith(self._folder):
                    self.direct.setdefault(exercise, set()).add(called)

        sys.setprofile(note)
        try:
            return (yield)
        finally:
            sys.setprofile(before)


FUNCTIONS = [name for name, exercise in EXERCISES.items() if exercise.function]


def _exercises(called):
    """Return the exercises that are written in these functions, of several in one the first."""
    first = {}
    for name in FUNCTIONS:
        first.setdefault((EXERCISES[name].module, EXERCISES[name].function), name)
    return {first[pair] for pair in called if pair in first}


def test_an_exercise_is_judged_with_all_that_its_tests_call(tmp_path, monkeypatch):
    """No function is missing in tested_with, whatever the functions themselves call, and none is too much."""
    package = tmp_path / "textbook"
    package.mkdir()
    for name, text in textbook().items():
        (package / name).write_text(text, encoding="utf-8")
    calls = Calls(package.resolve())
    lessons = [f"{ROOT}/tests/lessons/test_{n}_{title}.py" for n, title in LESSONS.items() if n < 9]
    options = ["-q", "-p", "no:cacheprovider", "--in-process", f"--impl={package}", f"--rootdir={ROOT}"]
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    assert pytest.main([*lessons, *options, f"-c={ROOT}/pyproject.toml"], plugins=[calls]) == 0
    empty = Sources(tmp_path, {Path(file).stem: text for file, text in skeletons().items()})
    solved = Sources(package)
    for name in FUNCTIONS:
        exercise = EXERCISES[name]
        own = _exercises([(exercise.module, exercise.function)]) | {name}
        direct, everything = (_exercises(called[name]) - own for called in (calls.direct, calls.all))
        listed = set(exercise.tested_with)
        assert not direct - empty.judged_with(exercise), f"the tests of {name} call them"
        assert not everything - solved.judged_with(exercise), f"they run in the tests of {name}"
        assert not listed - everything, f"they never run in the tests of {name}"
