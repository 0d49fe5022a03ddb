"""`check` tells what is wrong and where, then that it is right; a broken file is named, not judged."""

import ast
import json
import re
from xml.etree import ElementTree

import pytest

from tests.grading import ROOT
from tests.grading.course.exercises import COURSE, EXERCISES, LESSONS
from tests.grading.course.skeletons import skeletons
from tests.grading.course.sources import Sources
from tests.grading.desk import board
from tests.grading.desk.progress import Progress
from tests.learners import RIGHT_TANH, kata, solve

WRONG_TANH = "\n\ndef tanh(z):\n    return -np.tanh(as_floating(z))\n"


def test_check_tells_what_is_wrong_and_then_that_it_is_right(empty):
    """The message leads; the way on follows the success."""
    path = empty / "activations.py"
    skeleton = path.read_text(encoding="utf-8")
    path.write_text(skeleton + WRONG_TANH, encoding="utf-8")
    done = kata("--impl", empty, "check", "tanh", expected=1)
    lines = done.stdout.splitlines()
    assert re.match(r"tanh: not right yet, \d+ of \d+ tests pass", lines[0]), lines[0]
    assert "Smallest failing call: tanh(" in done.stdout
    assert "sign" in done.stdout
    assert "expected" in done.stdout
    assert "Traceback" not in done.stdout
    assert "def test_" not in done.stdout, "a traceback is for those who ask"
    own = "return -np.tanh(as_floating(z))"
    assert re.search(rf"activations\.py:\d+\n +{re.escape(own)}\n +\^+\n", done.stdout), done.stdout
    traced = kata("--impl", empty, "check", "tanh", "--traceback", expected=1)
    assert "require_close(" in traced.stdout
    path.write_text(skeleton + RIGHT_TANH, encoding="utf-8")
    done = kata("--impl", empty, "check", "tanh", expected=0)
    assert re.match(r"tanh: passed, 1 point \(\d+ tests", done.stdout), done.stdout
    assert "Next: write sigmoid (1 point)" in done.stdout


SUM_OF_COLUMNS = """    z = as_floating(z)
    e = np.exp(z - z.max(axis=-1, keepdims=True))
    return e / e.sum(axis=0, keepdims=True)
"""


def test_the_readmes_show_what_the_commands_print(empty):
    """A softmax with a wrong sum: its check, its first hint and its JSON, character by character."""
    path, sources = empty / "activations.py", Sources(empty)
    place, (text, _) = sources.place(EXERCISES["softmax"]), sources.module("activations")
    lines = text.splitlines(keepends=True)
    path.write_text("".join([*lines[: place.end - 1], SUM_OF_COLUMNS, *lines[place.end :]]), encoding="utf-8")

    def printed(*words, expected):
        done = kata("--impl", "mine", *words, expected=expected, cwd=empty.parent)
        return done.stdout.replace(" --impl mine", "").replace("\\\\", "/").replace("mine\\", "mine/")

    def shown(readme, language=""):
        text = readme.read_text(encoding="utf-8")
        return re.findall(rf"^```{language}\n(softmax[:,] .*?|\[\n.*?)^```$", text, re.M | re.S)

    check, hint = printed("check", "softmax", expected=1), printed("hint", "softmax", expected=0)
    assert shown(ROOT / "README.md") == [check]
    assert shown(ROOT / "kata" / "README.md") == [check, hint]
    (example,) = shown(ROOT / "kata" / "README.md", "json")
    told = printed("check", "softmax", "--json", expected=1)
    seconds = r'"seconds": [\d.]+'
    assert re.sub(seconds, "", example) == re.sub(seconds, "", told)


def test_check_of_a_lesson_lists_its_exercises(empty):
    solve(empty, "dense")
    done = kata("--impl", empty, "check", "3", expected=1)
    assert re.search(r"dense +passed +\d+/\d+\n +dense_backward +to do", done.stdout), done.stdout
    assert "dense_backward is not written yet" in done.stdout
    assert (
        kata("--impl", empty, "check", "layers", expected=1).stdout.split("(")[0] == done.stdout.split("(")[0]
    )


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
    assert re.search(r"mine.activations\.py:\d+\n +return z / undefined\n", told), told
    assert told.count("activations.py") == 1, told


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
