"""The learner's package and command, used as a learner uses them: in processes of their own."""

import ast
import json
import os
import re
import subprocess
import sys
import textwrap
import threading
from contextlib import suppress
from xml.etree import ElementTree

import numpy as np
import pytest

from tests.grading import ROOT
from tests.grading.course.exercises import COURSE, EXERCISES, LESSONS, find
from tests.grading.course.skeletons import modules, skeletons, write
from tests.grading.course.sources import Sources
from tests.grading.course.textbook import filled, textbook
from tests.grading.desk import board, commands, race, renewing
from tests.grading.desk.progress import Progress
from tests.grading.judging.package import Package
from tests.grading.judging.results import Result, waiting
from tests.grading.terminal import Painter
from tests.solutions import RACES, RIGHT, WRONG
from tests.solutions.bank import IN, OUT

WRONG_TANH = "\n\ndef tanh(z):\n    return -np.tanh(as_floating(z))\n"
RIGHT_TANH = "\n\ndef tanh(z):\n    return np.tanh(as_floating(z))\n"


def kata(*arguments, expected=None, cwd=ROOT, **environment):
    """Run the learner's command; return the finished process."""
    done = subprocess.run(
        [sys.executable, "-m", "kata", *map(str, arguments)],
        cwd=cwd,
        env=os.environ | {"PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"} | environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert "Traceback" not in done.stderr, done.stderr
    if expected is not None:
        assert done.returncode == expected, f"exit status {done.returncode}\n{done.stdout}{done.stderr}"
    return done


@pytest.fixture
def empty(tmp_path):
    """A fresh copy of the skeletons."""
    write(tmp_path / "mine")
    return tmp_path / "mine"


@pytest.fixture(scope="module")
def untouched(tmp_path_factory):
    """A copy of the skeletons for tests that change nothing, in a folder that is called ``mine``."""
    folder = tmp_path_factory.mktemp("untouched") / "mine"
    write(folder)
    return folder


@pytest.fixture
def solved(tmp_path):
    """A package in which everything is right."""
    folder = tmp_path / "solved"
    folder.mkdir()
    for name, text in textbook().items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def solve(folder, name):
    """Write the textbook's body of one exercise into a package."""
    exercise = EXERCISES[name]
    path = folder / f"{exercise.module}.py"
    text = filled(path.read_text(encoding="utf-8"), exercise.function, RIGHT[name][0].code)
    path.write_text(text, encoding="utf-8")


@pytest.mark.parametrize("name", skeletons())
def test_the_kata_has_not_drifted_from_the_reference(name):
    """What is not yet filled in must be what `python -m tests.grading.skeletons` derives from nn."""
    found, derived = ((ROOT / "kata" / name).read_text(encoding="utf-8"), skeletons()[name])
    if found == derived:
        return
    found, derived = (dict(_parts(ast.parse(text))) for text in (found, derived))
    for place, (head, body) in derived.items():
        assert place in found, f"kata/{name} has no {place}"
        assert found[place][0] == head, f"the signature or docstring of {place} in kata/{name} has drifted"
        if "NotImplementedError" not in body:
            assert found[place][1] == body, f"{place} in kata/{name} is plumbing and has drifted"


def _parts(tree, prefix=""):
    """Yield (name, (head, body)) of every definition, as text that comments and blank lines do not change."""
    for node in tree.body:
        if isinstance(node, ast.ClassDef):
            yield f"{prefix}{node.name}", (ast.get_docstring(node), "")
            yield from _parts(node, f"{prefix}{node.name}.")
        elif isinstance(node, ast.FunctionDef):
            head = ast.unparse(node.args) + str(ast.get_docstring(node))
            yield f"{prefix}{node.name}", (head, "\n".join(map(ast.unparse, node.body[1:] or node.body)))
        elif isinstance(node, ast.Assign):
            yield ast.unparse(node.targets[0]), ("", ast.unparse(node))


def test_skeletons_have_the_reference_s_signatures(empty):
    """Same names, same arguments; those that exist for speed are gone."""
    for module in modules():
        files = [module, "arrays"] if module == "activations" else [module]  # a learner's first file has both
        reference = dict(pair for file in files for pair in _signatures(ROOT / "nn" / f"{file}.py"))
        for name, arguments in _signatures(empty / f"{module}.py"):
            expected = re.sub(r", \*, out=(None|\(.*?\))", "", reference[name])
            assert arguments == expected, f"{module}.{name}({arguments})"
    written = {name for module in modules() for name, _ in _signatures(empty / f"{module}.py")}
    missing = {exercise.function for exercise in EXERCISES.values()} - {None} - written
    assert not missing, missing


def _signatures(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        owners = [node] if isinstance(node, ast.ClassDef) else []
        for owner in owners:
            for method in owner.body:
                if isinstance(method, ast.FunctionDef):
                    yield f"{owner.name}.{method.name}", ast.unparse(method.args)
        if isinstance(node, ast.Module):
            for function in node.body:
                if isinstance(function, ast.FunctionDef):
                    yield function.name, ast.unparse(function.args)


def test_kata_imports_numpy_only():
    """The learner's package needs nothing but NumPy, and never the reference."""
    names = ", ".join(f"kata.{module}" for module in modules())
    code = f"import sys; old = set(sys.modules); import numpy; own = set(sys.modules); import {names}; " + (
        "print([n for n in set(sys.modules) - own if not n.startswith('kata') "
        "and n.split('.')[0] not in sys.stdlib_module_names | {'numpy'}])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


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


def test_check_tells_what_is_wrong_and_then_that_it_is_right(empty):
    """The message leads; the way on follows the success."""
    path = empty / "activations.py"
    skeleton = path.read_text(encoding="utf-8")
    path.write_text(skeleton + WRONG_TANH, encoding="utf-8")
    done = kata("--impl", empty, "check", "tanh", expected=1)
    lines = done.stdout.splitlines()
    assert re.match(r"tanh: not right yet, \d+ of \d+ tests pass", lines[0]), lines[0]
    assert "Smallest failing call: tanh(" in done.stdout
    assert "Reading: the sign is reversed" in done.stdout
    assert "expected" in done.stdout
    assert "Traceback" not in done.stdout
    assert "def test_" not in done.stdout, "a traceback is for those who ask"
    assert re.search(r"Yours: .*activations\.py:\d+", done.stdout)
    traced = kata("--impl", empty, "check", "tanh", "--traceback", expected=1)
    assert "require_close(" in traced.stdout
    path.write_text(skeleton + RIGHT_TANH, encoding="utf-8")
    done = kata("--impl", empty, "check", "tanh", expected=0)
    assert re.match(r"tanh: passed, 1 point \(\d+ tests", done.stdout), done.stdout
    assert "Next: write sigmoid (1 point)" in done.stdout


def test_the_readmes_show_what_check_prints(empty):
    """The failure that both READMEs print is that of softmax over the columns, character by character."""
    path = empty / "activations.py"
    (mistake,) = (solution for solution in WRONG["softmax"] if solution.name == "softmax_over_the_columns")
    path.write_text(filled(path.read_text(encoding="utf-8"), "softmax", mistake.code), encoding="utf-8")
    printed = kata("--impl", "mine", "check", "softmax", expected=1, cwd=empty.parent).stdout
    for readme in (ROOT / "README.md", ROOT / "kata" / "README.md"):
        (shown,) = re.findall(r"^```\n(softmax: .*?)^```$", readme.read_text(encoding="utf-8"), re.M | re.S)
        assert shown == printed.replace(" --impl mine", "").replace("\\", "/"), f"{readme}\n{printed}"


def test_check_of_a_lesson_lists_its_exercises(empty):
    solve(empty, "dense")
    done = kata("--impl", empty, "check", "3", expected=1)
    assert re.search(r"dense +passed +\d+/\d+\n +dense_backward +to do", done.stdout), done.stdout
    assert "dense_backward is not written yet" in done.stdout
    assert (
        kata("--impl", empty, "check", "layers", expected=1).stdout.split("(")[0] == done.stdout.split("(")[0]
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


def test_a_broken_file_is_named_and_fixed(solved):
    """What stands at the top of a file spoils all of it; put right again, everything is graded again."""
    path = solved / "activations.py"
    text = path.read_text(encoding="utf-8")
    kata("--impl", solved, "check", "1", expected=0)
    path.write_text(text + "\nimport mathh\n", encoding="utf-8")
    done = kata("--impl", solved, expected=1)
    assert "Next: fix activations.py" in done.stdout
    assert "No module named 'mathh'" in " ".join(done.stdout.split())
    assert "0 of 14 points" in done.stdout
    path.write_text(text, encoding="utf-8")
    names = [exercise.name for exercise in Progress(solved).stale()]
    assert "sigmoid" not in names, "what has passed once need not be run again"


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
    assert kata("--impl", empty, "hint", expected=0).stdout.startswith("Network.forward, hint 1")
    (empty / "network.py").write_text(text.replace("last = len(", "last = 0 + len("), "utf-8")
    assert kata("--impl", empty, "hint", expected=0).stdout.startswith("sgd_step, hint 1")
    assert "Lesson 5 is done" in kata("--impl", empty, "check", "5", expected=0).stdout


BROKEN = {  # what stands at the top of activations.py, and what is said of it
    "bracket": ("values = (1, 2\n", "SyntaxError: '(' was never closed", "^"),
    "indentation": ("def helper():\nreturn 1\n", "IndentationError: expected an indented block", "^"),
    "return": ("return 1\n", "SyntaxError: 'return' outside function", "^"),
    "name": ("limit = undefined\n", "NameError: name 'undefined' is not defined", "limit = undefined"),
    "import": ("import torch\n", "imports torch", ""),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_file_makes_its_exercises_wait_and_nothing_else(empty, name):
    """The line and a caret, no hint; what was known before holds again once the file is as it was."""
    top, sentence, shown = BROKEN[name]
    path = empty / "activations.py"
    solve(empty, "tanh")
    with (empty / "activations.py").open("a", encoding="utf-8") as file:
        file.write("\n\ndef relu(z):\n    return z\n")
    solve(empty, "zeros")
    kata("--impl", "mine", expected=1, cwd=empty.parent)
    before, text = Progress(empty).current(), path.read_text(encoding="utf-8")
    assert before["relu"].status == "failing"
    path.write_text(text.replace("\n\n\ndef as_floating", f"\n\n{top}\n\ndef as_floating"), encoding="utf-8")
    line = path.read_text(encoding="utf-8").split(top)[0].count("\n") + 1
    told = [kata("--impl", "mine", expected=1, cwd=empty.parent).stdout]
    after = Progress(empty).current()
    for exercise in EXERCISES.values():
        if exercise.module == "activations":
            assert after[exercise.name].status == "waiting", exercise.name
        elif exercise.module in ("initializers", "optimizers"):
            assert after[exercise.name] == before[exercise.name], "this file does not need the broken one"
    if name != "import":  # a forbidden import stops nothing from running
        assert after["dense"].message.startswith("waits for activations.py, line "), after["dense"]
    told.append(kata("--impl", "mine", "check", "tanh", expected=1, cwd=empty.parent).stdout)
    told.append(kata("--impl", "mine", "hint", expected=1, cwd=empty.parent).stdout)
    for text_told in told:
        assert sentence in text_told, text_told
        assert shown in text_told, text_told
        assert re.search(rf"^  mine.activations\.py:({line}|{line + 1})$", text_told, re.MULTILINE), text_told
        assert "hint" not in text_told, "there is nothing to hint at"
    path.write_text(text, encoding="utf-8")
    assert Progress(empty).current() == before, "nothing has changed, so nothing need be run again"


def test_watch_tells_of_a_broken_file(empty):
    """A file saved half-way is named at once, and what was next is next again when it is whole."""
    path = empty / "activations.py"
    text = path.read_text(encoding="utf-8")
    process = watching(empty)
    try:
        _read_until(process, "Watching: save a file")
        path.write_text(text + "\nvalues = (1, 2\n", encoding="utf-8")
        told = _read_until(process, "^")
        assert "Next: fix activations.py" in told
        path.write_text(text, encoding="utf-8")
        assert "Next: write sigmoid" in _read_until(process, "a hint:")
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def test_several_lessons_and_exercises_at_once(empty):
    """Whatever takes one lesson or exercise takes several; each is run once, in the lessons' order."""
    solve(empty, "dense")
    done = kata("--impl", empty, "check", "dense", "2-3", "layers", expected=1)
    names = re.findall(r"^  (\w+) +(?:passed|to do|waiting)", done.stdout, re.MULTILINE)
    assert names == [name for name, exercise in EXERCISES.items() if exercise.lesson in (2, 3)]
    solve(empty, "tanh")
    solve(empty, "relu")
    done = kata("--impl", empty, "reset", "tanh", "relu", "3", expected=0)
    assert "activations.py: back to the skeleton: tanh, relu\n" in done.stdout
    assert "the whole file" in done.stdout
    assert {path.name: path.read_text(encoding="utf-8") for path in empty.glob("*.py")} == skeletons()
    for name in ("Network.l2", "dropout", "tanh", "zeros"):
        solve(empty, name)
    kata("--impl", empty, "reset", "1-4", "7", expected=0)
    left = {path.name: path.read_text(encoding="utf-8") for path in empty.glob("*.py")}
    changed = [name for name, text in skeletons().items() if left[name] != text]
    assert changed == ["network.py"], "a lesson's reset leaves what it shares with another lesson"


def test_lessons_are_introduced_and_closed(empty):
    """Who begins a lesson is shown where its introduction stands, who ends it gets a line of its own."""
    for lesson in LESSONS:
        text = (ROOT / board.introduction(lesson)).read_text(encoding="utf-8")
        assert text.startswith(f'"""Lesson {lesson}: ')
        assert len(ast.get_docstring(ast.parse(text))) > 200, "that is no introduction"
        assert len(COURSE[lesson].closing) <= 79
    solve(empty, "dense")
    told = kata("--impl", empty, "check", "3", expected=1).stdout
    assert "tests/lessons/test_3_layers.py" in told.splitlines()[0]
    assert COURSE[3].closing not in told
    solve(empty, "dense_backward")
    told = kata("--impl", empty, "check", "dense_backward", expected=0).stdout
    assert COURSE[3].closing in told.splitlines()


def test_the_skeleton_says_what_its_lesson_leaves_out(untouched):
    """The docstring is the reference's and asks for everything; lesson 5 asks for less."""
    text = Sources(untouched).text(EXERCISES["Network.loss_and_grads"])
    assert "In lesson 5, leave out the penalty and dropout" in text
    stopping = (untouched / "training.py").read_text(encoding="utf-8")
    assert "self._epoch, self._best = -1, None  # the last epoch seen" in stopping


def test_next_says_what_it_is_and_leaves_the_formula_to_the_docstring():
    for exercise in EXERCISES.values():
        assert len(exercise.purpose) <= 75, exercise
        assert not re.search(r"[=*/@]", exercise.purpose), exercise
        assert exercise.purpose.isascii()


@pytest.mark.parametrize("columns", [80, 60])
def test_everything_printed_fits_the_terminal(empty, columns, monkeypatch, capsys):
    """Board, check, hint, solution, reset, errors, help: no line is longer than the terminal is wide."""
    with (empty / "activations.py").open("a", encoding="utf-8") as file:
        file.write(
            "\n\ndef relu(z):\n    return np.maximum(as_floating(z), 0) + "
            + " + ".join(f"undefined_{i}" for i in range(20))
            + "\n\n\ndef tanh(z):\n    print('z' * 200)\n    return z.reshape(1, -1)\n"
            "\n\ndef softmax(z):\n    return np.exp(z) / np.exp(z).sum(axis=0)\n"
            "\n\ndef leaky_relu(z, slope=0.01):\n    raise ValueError('no' * 100)\n"
        )
    with (empty / "network.py").open("a", encoding="utf-8") as file:
        file.write(f"\nlong = {'1 + ' * 50}(2\n")
    runs = [
        *("", "check", "check 1", "check relu", "check tanh", "check softmax", "check leaky_relu", "check 5"),
        *("hint", "hint Network.loss_and_grads", "hint Network.loss_and_grads", "hint dropout --step 3"),
        *("solution softmax_cross_entropy --force", "solution adam_step --force --fast"),
        *("solution clip_by_global_norm --force --fast", "reset relu", "race relu", "check " + "x" * 200),
        *("nothing", "--help", "check --help", "solution --help", "--impl " + "y" * 200),
    ]
    monkeypatch.chdir(empty.parent)
    monkeypatch.setenv("COLUMNS", str(columns))
    for run in runs:
        with suppress(SystemExit):  # argparse ends with it
            commands.main(run.split())
        lines = "".join(capsys.readouterr()).splitlines()
        assert lines
        wide = [line for line in lines if len(line) >= columns]
        assert not wide, (run, wide)


def test_a_mistake_beside_another_is_not_called_right(empty):
    """Two mistakes at once: no sentence may say that the numbers are right while they are not."""
    with (empty / "losses.py").open("a", encoding="utf-8") as file:
        file.write(
            "\n\ndef mean_squared_error(p, t):\n"
            "    return float(np.mean((p - t) ** 2) / 2), (p - t) / p.size\n"
        )
    told = kata("--impl", empty, "check", "mean_squared_error", expected=1).stdout
    assert "are right" not in told, told
    assert "Reading: it is 1/2 times what it should be" in told, told
    assert "loss" in told


def test_prints_and_the_place_of_an_error_are_shown(empty):
    with (empty / "activations.py").open("a", encoding="utf-8") as file:
        file.write("\n\ndef tanh(z):\n    print('z is', z.shape)\n    return z / undefined\n")
    told = kata("--impl", "mine", "check", "tanh", expected=1, cwd=empty.parent).stdout
    assert "Printed in that test:" in told
    assert "z is (6,)" in told
    assert re.search(r"activations\.py:\d+: return z / undefined", told), told


def test_hints_go_from_idea_to_outline(empty):
    """Each call goes one step further, up to the third."""
    for step, title in (
        (1, "the idea"),
        (2, "the formula"),
        (3, "an outline in words"),
        (3, "an outline in words"),
    ):
        done = kata("--impl", empty, "hint", "softmax", expected=0)
        assert f"softmax, hint {step} of 3: {title}\n" in done.stdout
        assert " ".join(EXERCISES["softmax"].hints[step - 1].split()) in " ".join(done.stdout.split())
    assert "hint 1 of 3" in kata("--impl", empty, "hint", "softmax", "--step", "1", expected=0).stdout
    assert kata("--impl", empty, "hint", expected=0).stdout.startswith("sigmoid, hint 1")


def test_solution_is_shown_once_it_passes(empty):
    """First as a textbook has it, and what makes the reference fast only if somebody asks."""
    done = kata("--impl", empty, "solution", "tanh", expected=2)
    assert done.stderr == "kata: tanh does not pass yet; --force shows it anyway\n"
    assert done.stdout == ""
    forced = kata("--impl", empty, "solution", "tanh", "--force", expected=0)
    assert forced.stdout.startswith("--- yours/activations.py\n+++ plain/activations.py\n")
    assert "-    raise NotImplementedError" in forced.stdout
    assert "+    return np.tanh(as_floating(z))\n" in forced.stdout
    assert "out=" not in forced.stdout, "that is for speed"
    assert '"""' not in forced.stdout, "a docstring that stays as it is is no difference"
    solve(empty, "tanh")
    assert "Yours is the same" in kata("--impl", empty, "solution", "tanh", expected=0).stdout
    done = kata("--impl", empty, "solution", "tanh", "--fast", expected=0)
    assert "+    return np.tanh(as_floating(z), out=out)" in done.stdout
    assert " ".join(EXERCISES["tanh"].remark.split()) in " ".join(done.stdout.split())
    helpers = kata("--impl", empty, "solution", "he_normal", "--fast", "--force", expected=0).stdout
    assert "+def _normal(" in helpers, "a reference that calls a helper is shown with it"


def test_solution_never_wraps_code(empty, monkeypatch, capsys):
    """A line of code or a comment that goes on in the next line is another program: it is cut."""
    monkeypatch.setenv("COLUMNS", "60")
    long = "    return 'a string that is too long for a line' * 0 or np.tanh(z)  # and a comment behind it"
    with (empty / "activations.py").open("a", encoding="utf-8") as file:
        file.write(f"\n\ndef tanh(z):\n{long}\n")
    assert commands.main(["--impl", str(empty), "solution", "tanh", "--force"]) == 0
    assert f"\n-{long[:57]}…\n+" in capsys.readouterr().out


def test_solution_gives_nothing_of_later_lessons_away(empty):
    """Lesson 5 comes before dropout and the penalty, whose places in the reference are beside it."""
    shown = kata("--impl", empty, "solution", "Network.loss_and_grads", "--force", expected=0).stdout
    assert not re.search(r"^\+.*(l2|dropout|mask|penalty)", shown, re.MULTILINE), shown
    assert "--fast" not in shown, "it would be refused"
    for name in EXERCISES:
        if EXERCISES[name].lesson <= 5:
            solve(empty, name)
    for name in ("Network.loss_and_grads", "Network.forward"):
        done = kata("--impl", empty, "solution", name, "--fast", expected=2)
        assert re.match(r"kata: it would give .* away, of lesson 7", done.stderr), done.stderr


@pytest.mark.parametrize("name", [name for name, exercise in EXERCISES.items() if exercise.function])
def test_plain_solutions_use_what_comes_before(name):
    """The first right variant in the bank is the one that learners are shown."""
    exercise = EXERCISES[name]
    text = textbook([name])[f"{exercise.module}.py"]
    source = Sources(ROOT, {exercise.module: text}).text(exercise)
    assert "NotImplementedError" not in source
    statements = ast.parse(textwrap.dedent(source)).body[0].body[1:]
    given = skeletons()[f"{exercise.module}.py"].splitlines()
    wide = [line for line in source.splitlines() if len(line) > 78 and line not in given]
    assert not wide, "with its sign, a line must fit the terminal"
    called = {
        node.func.id
        for statement in statements
        for node in ast.walk(statement)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }
    later = {other.function for other in EXERCISES.values() if other.lesson > exercise.lesson} - {
        other.function for other in EXERCISES.values() if other.lesson <= exercise.lesson
    }
    assert not called & later, f"{name} shows {called & later}"


def test_reset_puts_the_skeleton_back_and_keeps_a_backup(empty):
    path = empty / "activations.py"
    skeleton = path.read_text(encoding="utf-8")
    solve(empty, "tanh")
    solve(empty, "relu")
    both = path.read_text(encoding="utf-8")
    done = kata("--impl", empty, "reset", "tanh", expected=0)
    backup = re.search(r"backup: (.*)\n", done.stdout)[1]
    assert (ROOT / backup).read_text(encoding="utf-8") == both
    now = path.read_text(encoding="utf-8")
    assert now != both
    assert "np.maximum" in now or "relu" in now
    kata("--impl", empty, "reset", "relu", expected=0)
    assert path.read_text(encoding="utf-8") == skeleton
    path.write_text("def broken(:\n", encoding="utf-8")
    done = kata("--impl", empty, "reset", "tanh", expected=2)
    assert done.stderr == "kata: there is no tanh in activations.py; `reset activations` renews the file\n"
    kata("--impl", empty, "reset", "1", expected=0)
    assert path.read_text(encoding="utf-8") == skeleton
    assert len(list((empty / "backup").iterdir())) == 3


@pytest.mark.parametrize(
    "broken",
    [
        "    return np.tanh((z)\n",
        "    return np.tanh(z))\n",
        "return np.tanh(z)\n",
        '    """Not closed\n',
        "    text = 'not closed\n",
        "  if z:\n",
    ],
)
def test_reset_finds_a_function_in_a_file_that_cannot_be_read(empty, broken):
    """The very function that breaks the file must be the one that can be put back."""
    path = empty / "activations.py"
    skeleton = path.read_text(encoding="utf-8")
    for function in ("tanh", "log_softmax"):
        place = Sources(empty).place(EXERCISES[function])
        lines = skeleton.splitlines(keepends=True)
        lines[place.end - 1] = broken
        path.write_text("".join(lines), encoding="utf-8")
        with pytest.raises(SyntaxError):
            compile("".join(lines), function, "exec")
        commands.main(["--impl", str(empty), "reset", function])
        assert path.read_text(encoding="utf-8") == skeleton
    path = empty / "network.py"
    skeleton = path.read_text(encoding="utf-8")
    place = Sources(empty).place(EXERCISES["Network.forward"])
    lines = skeleton.splitlines(keepends=True)
    lines[place.end - 1] = broken
    path.write_text("".join(lines), encoding="utf-8")
    commands.main(["--impl", str(empty), "reset", "forward"])
    assert path.read_text(encoding="utf-8") == skeleton


def test_reset_of_a_class_leaves_the_rest_of_the_file(solved):
    path = solved / "training.py"
    kata("--impl", solved, "reset", "EarlyStopping", expected=0)
    text = path.read_text(encoding="utf-8")
    assert text.count("raise NotImplementedError") == 2
    assert kata("--impl", solved, "check", "one_hot", expected=0)


def test_new_makes_the_folder_that_the_command_then_works_on(tmp_path):
    """`new` without a name makes `mine`, which is then the package; git and ruff leave it alone."""
    done = kata("new", expected=0, cwd=tmp_path)
    assert done.stdout == "mine: 49 exercises, nothing written yet\nYour board: python -m kata\n"
    solve(tmp_path / "mine", "tanh")
    done = kata("check", "tanh", expected=0, cwd=tmp_path)
    assert "Next: write sigmoid (1 point)\n  mine" in done.stdout
    assert "check it:    python -m kata check sigmoid\n" in done.stdout, "no --impl is needed"
    done = kata("new", expected=2, cwd=tmp_path)
    assert done.stderr == "kata: mine is there already; name a folder that is not, or an empty one\n"
    assert "/mine/" in (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()
    assert 'extend-exclude = ["mine"]' in (ROOT / "pyproject.toml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("check", "softmaxx"), "nothing is called 'softmaxx'; did you mean softmax?"),
        (("check", "predict_prob"), "did you mean Network.predict_proba?"),
        (("check", "1", "10"), "there is no lesson 10; lessons are 1 to 9, or several, as in 1-4"),
        (("check", "5-4"), "5-4 runs backwards; write 4-5"),
        (("reset", "1", "3-2"), "3-2 runs backwards; write 2-3"),
        (("check", ""), "nothing is called ''"),
        (("check", "loses"), "nothing is called 'loses'; did you mean losses?"),
        (("check", "activation"), "did you mean activations?"),
        (("check", "lesson1"), "did you mean 1?"),
        (("check", "mine/losses.py"), "did you mean losses?"),
        (("chekc",), "there is no command 'chekc'; did you mean check?"),
        (("xyz",), "there is no command 'xyz'; see python -m kata --help"),
        (("hint", "3"), "3 is several exercises; name one of them, such as dense"),
        (("hint", "tanh", "--step", "4"), "--step: there is no '4'; it must be one of 1, 2, 3"),
        (("solution",), "the following arguments are required: EXERCISE"),
        (("solution", "v1"), "v1 is a training"),
        (("reset", "9"), "lesson 9 has no functions of its own"),
        (("--impl", "nowhere"), "--impl must be a folder with an __init__.py; got nowhere"),
        (("--limit", "0", "check", "tanh"), "must be a positive number of seconds"),
        (("race", "tanh"), "nothing passes yet"),
        (("race", "v1"), "v1 has nothing to time"),
        (("check", "tanh", "--seed", "-1"), "--seed: must be a whole number, 0 or more; got '-1'"),
        (("check", "tanh", "--results", "nowhere/results.json"), "--results: cannot write 'nowhere/results"),
        (("check", "tanh", "--results", ""), "--results: cannot write ''"),
        (("check", "tanh", "--junitxml", ""), "--junitxml: cannot write ''"),
        (("check", "tanh", "--junitxml", "."), "--junitxml: cannot write '.'"),
        (("new", "not-a-name"), "the folder's name must be letters, digits and _; got 'not-a-name'"),
    ],
)
def test_mistakes_on_the_command_line_are_told_in_one_line(untouched, arguments, said):
    arguments = arguments if arguments[0] == "--impl" else ("--impl", "mine", *arguments)
    done = kata(*arguments, expected=2, cwd=untouched.parent)
    assert done.stderr.startswith("kata: ")
    assert said in done.stderr, done.stderr
    assert done.stderr.count("\n") == 1, "one line, and no usage"
    assert len(done.stderr) <= 80, done.stderr
    assert done.stdout == ""


def test_pytest_names_the_nearest_exercise():
    """Forty-nine names on a line would be no help."""
    command = [sys.executable, "-m", "pytest", "--impl=kata", "--exercise", "softmaxx"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 4, done.stdout
    assert "--exercise must be an exercise's name; got 'softmaxx'; did you mean softmax?" in done.stderr


def test_names_may_be_short_and_qualified():
    assert [exercise.name for exercise in find("forward")] == ["Network.forward"]
    assert [exercise.name for exercise in find("losses.mean_squared_error")] == ["mean_squared_error"]
    assert [exercise.name for exercise in find("dropout")] == ["dropout"], "the function, not the network's"
    assert [exercise.name for exercise in find("Network.dropout")] == ["Network.dropout"]
    assert len(find("5")) == len(find("network")) == 5
    assert len(find("1-3")) == 17
    assert len(find("EarlyStopping")) == 2
    with pytest.raises(ValueError, match=r"did you mean .*relu"):
        find("rellu")


def test_reports_for_graders(empty):
    """JUnit and Gradescope files hold every exercise, with points and the diagnosis."""
    solve(empty, "dense")
    with (empty / "layers.py").open("a", encoding="utf-8") as file:
        file.write(
            "\n\ndef dense_backward(grad, x, W):\n    return grad @ W.T, x.T @ grad, grad.mean(axis=0)\n"
        )
    junit, results = empty / "junit.xml", empty / "results.json"
    kata("--impl", empty, "check", "3", "--junitxml", junit, "--results", results, expected=1)
    cases = ElementTree.parse(junit).getroot().findall(".//testcase")
    assert [case.get("name") for case in cases] == ["dense", "dense_backward"]
    assert cases[0].find("failure") is None
    assert "mean" in cases[1].find("failure").text
    report = json.loads(results.read_text(encoding="utf-8"))
    assert report["score"] == 2
    assert [(test["score"], test["max_score"], test["status"]) for test in report["tests"]] == [
        (2, 2, "passed"),
        (0, 4, "failed"),
    ]
    assert "mean" in report["tests"][1]["output"]
    assert sorted(path.name for path in empty.glob("*.tmp")) == []


def test_the_recipe_for_classes_has_the_true_counts():
    """Teachers copy these numbers into their assignments."""
    text = (ROOT / "kata" / "README.md").read_text(encoding="utf-8")
    rows = {
        row[1]: [int(cell) for cell in row[2].split("|")]
        for row in re.finditer(r"^\| (lesson|exercises|points) \|([ \d|]+)\|$", text, re.MULTILINE)
    }
    lessons = [[e for e in EXERCISES.values() if e.lesson == lesson] for lesson in LESSONS]
    assert rows == {
        "lesson": list(LESSONS),
        "exercises": [len(own) for own in lessons],
        "points": [sum(exercise.points for exercise in own) for own in lessons],
    }
    assert len(EXERCISES) == 49, "the number is in words at the top: Forty-nine exercises in nine lessons"
    assert "Forty-nine exercises\nin nine lessons" in text
    for file in ("README.md", "kata/README.md"):
        for status in ("passed", "failing", "to do", "waiting", "not run"):
            assert file == "README.md" or f"*{status}*" in text, status
        shown = (ROOT / file).read_text(encoding="utf-8")
        assert "python -m kata new" in shown


def test_grading_never_trusts_what_lies_in_the_folder(empty):
    """Points come from tests that ran, not from a file that says so."""
    (empty / ".progress.json").write_text('{"results": {"tanh": ["tanh", "passed"]}}', encoding="utf-8")
    kata("--impl", empty, "check", "tanh", expected=1)
    kata("--impl", empty, expected=1)


def test_watch_checks_what_is_saved_and_moves_on(empty):
    """Saved, checked, told, and on to the next; nothing is run while nothing changes."""
    process = watching(empty)
    try:
        _read_until(process, "Watching: save a file")
        path = empty / "activations.py"
        skeleton = path.read_text(encoding="utf-8")
        path.write_text(skeleton.replace("raise NotImplementedError", "return 2 * z", 1), encoding="utf-8")
        told = _read_until(process, "A hint:")
        assert "sigmoid: not right yet" in told
        assert "tanh" not in told, "only what changed is checked"
        solve(empty, "sigmoid")
        told = _read_until(process, "a hint:")
        assert "sigmoid: passed" in told
        assert "Next: write sigmoid_backward" in told
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def test_watch_announces_what_is_gained(empty):
    """What has passed before and passes again is no news, least of all if something else breaks."""
    solve(empty, "dense")
    solve(empty, "dense_backward")
    path = empty / "layers.py"
    right = path.read_text(encoding="utf-8") + "\n\ndef helper():\n    pass\n"
    process = watching(empty)
    try:
        _read_until(process, "Watching: save a file")
        path.write_text(right.replace("def helper", "def other"), encoding="utf-8")
        told = _read_until(process, "a hint:")
        assert "Still right: dense, dense_backward\n" in told
        assert "points (" not in told.split("Next:")[0], told
        wrong = "\n\ndef dense_backward(grad, x, W):\n    return grad @ W.T, x.T @ grad, grad\n"
        path.write_text(right + wrong, encoding="utf-8")
        told = _read_until(process, "A hint:")
        assert "dense_backward: not right yet" in told
        assert "passed" not in told, told
        path.write_text(right, encoding="utf-8")
        told = _read_until(process, "a hint:")
        assert "dense_backward: passed, 4 points" in told
        assert "dense: passed" not in told
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def watching(folder):
    """Return the process of a watch that has begun."""
    return subprocess.Popen(
        [sys.executable, "-u", "-m", "kata", "--impl", str(folder), "watch"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def _read_until(process, text):
    """Return what a process prints up to the line that holds a text; it is killed where none comes."""
    lines, alarm = [], threading.Timer(60, process.kill)
    alarm.start()
    try:
        while text not in (line := process.stdout.readline()):
            lines.append(line)
            assert line, f"{text!r} did not come: {''.join(lines)}"
    finally:
        alarm.cancel()
    return "".join([*lines, line])


def test_race_prints_ratios(solved):
    """Each line has the time and three ratios, all of them numbers above zero."""
    done = kata("--impl", solved, "race", "3", expected=0)
    rows = re.findall(r"^(dense\w*) +([\d.]+) +([\d.]+) +([\d.]+) +([\d.]+)$", done.stdout, re.MULTILINE)
    assert [row[0] for row in rows] == ["dense", "dense_backward"], done.stdout
    assert all(float(figure) > 0 for row in rows for figure in row[1:])


def test_every_exercise_that_handles_arrays_has_a_race():
    """All but step_decay, which computes a single number."""
    assert sorted(RACES) == sorted({name for name, e in EXERCISES.items() if e.function} - {"step_decay"})


@pytest.mark.parametrize("name", RACES)
def test_the_floor_writes_no_more_than_the_result(name, monkeypatch):
    """A floor that does more than is needed is none: results could lie below it."""
    copied = []
    copy = np.copyto
    monkeypatch.setattr(
        np, "copyto", lambda target, source: (copied.append(target.nbytes), copy(target, source))
    )
    call, floor = race.prepare(name, Package("nn"))
    returned = floor()
    if name == "zeros":
        assert np.array_equal(returned, np.zeros((IN, OUT)))
    if not copied or name == "train_epoch":  # whose batches are gathered
        return
    arrays = _arrays([cell.cell_contents for cell in call.__closure__ or ()])
    if name == "EarlyStopping.restore":  # to bring something back that is no longer there
        for array in arrays:
            array += 1
    before = [array.copy() for array in arrays]
    made = [array for array in _arrays([call()]) if not any(array is other for other in arrays)]
    changed = [array for array, old in zip(arrays, before, strict=True) if not np.array_equal(array, old)]
    if name == "EarlyStopping.update":  # what it writes are the copies that it keeps
        made = changed = arrays
    assert sum(copied) <= sum(array.nbytes for array in (*made, *changed)), name


def _arrays(value):
    """Return the arrays in nested lists, tuples and packages of closures."""
    if isinstance(value, np.ndarray):
        return [value]
    return [array for part in value for array in _arrays(part)] if isinstance(value, list | tuple) else []


def test_pytest_grades_a_learner_s_package_and_ends_with_the_board(empty):
    """The same grading by pytest's own command, endless loops and all, and where only ASCII can be shown."""
    with (empty / "activations.py").open("a", encoding="utf-8") as file:
        file.write(RIGHT_TANH + "\n\ndef relu(z):\n    import os\n    os._exit(0)\n")
    command = [sys.executable, "-m", "pytest", "tests/lessons/test_1_activations.py", f"--impl={empty}"]
    done = subprocess.run(
        [*command, "-q", "-p", "no:cacheprovider"],
        cwd=ROOT,
        env=os.environ | {"PYTHONIOENCODING": "ascii"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1, done.stdout
    assert "relu ended the whole process (exit status 0)" in done.stdout
    assert "the board" in done.stdout
    assert re.search(r"passed +tanh\n", done.stdout)
    assert re.search(r"failing +relu\n", done.stdout)
    assert "1 of 100 points" in done.stdout


def test_the_board_after_a_part_of_the_lessons_knows_the_rest(empty):
    """pytest ran one exercise; what the command has graded before still holds, and trainings wait for all."""
    for name in ("sigmoid", "tanh"):
        solve(empty, name)
    kata("--impl", empty, "check", "1", expected=1)
    command = [sys.executable, "-m", "pytest", "--exercise=tanh", "--in-process", f"--impl={empty}"]
    lessons = ["tests/lessons/test_1_activations.py", "tests/lessons/test_9_convergence.py"]
    done = subprocess.run(
        [*command, *lessons, "-q", "-p", "no:cacheprovider"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "2 of 100 points" in done.stdout, done.stdout
    assert "Next: write sigmoid_backward" in done.stdout


def test_the_board_says_the_same_of_trainings_that_wait(untouched):
    """Whether they were skipped or not asked for, they wait for all the others."""
    results = Progress(untouched).results
    skipped = results | {"v1": waiting("v1", "momentum_step")}
    assert board.render(skipped, untouched) == board.render(results, untouched)


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


def test_new_hides_other_folders_of_the_project_from_git(tmp_path, monkeypatch):
    """Inside of the repository they would stand in the way of the next pull; elsewhere they are nobody's."""
    monkeypatch.setattr(renewing, "ROOT", tmp_path / "project")
    write(tmp_path / "project" / "kata")
    for folder in ("project", "elsewhere"):
        (tmp_path / folder).mkdir(exist_ok=True)
        monkeypatch.chdir(tmp_path / folder)
        assert commands.main(["new", "other"]) == 0
        assert (tmp_path / folder / "other" / ".gitignore").exists() == (folder == "project")
    assert (tmp_path / "project" / "other" / ".gitignore").read_text(encoding="utf-8") == "*\n"


def test_pytest_collects_the_lessons_alone_for_a_learner(empty):
    """A learner has NumPy and pytest: nothing else may be imported on the way."""
    command = [
        sys.executable,
        "-m",
        "pytest",
        f"--impl={empty}",
        "--collect-only",
        "-q",
        "-p",
        "no:cacheprovider",
    ]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    files = {line.split("::")[0] for line in done.stdout.splitlines() if "::" in line}
    assert len(files) == 9
    assert all(file.startswith("tests/lessons/") for file in files), files


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


def test_pytest_passes_a_solved_package(solved):
    lessons = ["tests/lessons/test_3_layers.py", "tests/lessons/test_9_convergence.py"]
    command = [sys.executable, "-m", "pytest", *lessons, f"--impl={solved}", "-k", "not mnist", "-q"]
    done = subprocess.run(
        [*command, "-p", "no:cacheprovider"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout
    assert re.search(r"3 layers .* 6 of 6 points", done.stdout), done.stdout
    assert re.search(r"9 convergence .* 3 of 3 points", done.stdout), done.stdout
