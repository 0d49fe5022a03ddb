"""The learner's package and command, used as a learner uses them: in processes of their own."""

import ast
import json
import os
import re
import subprocess
import sys
import threading
from xml.etree import ElementTree

import pytest

from tests.grading import board
from tests.grading.exercises import EXERCISES, find
from tests.grading.hints import HINTS
from tests.grading.progress import Progress
from tests.grading.runner import ROOT
from tests.grading.skeletons import MODULES, skeletons
from tests.solutions import RIGHT
from tests.solutions.textbook import filled, textbook

WRONG_TANH = "\n\ndef tanh(z):\n    return -np.tanh(as_floating(z))\n"
RIGHT_TANH = "\n\ndef tanh(z):\n    return np.tanh(as_floating(z))\n"


def kata(*arguments, expected=None, **environment):
    """Run the learner's command; return the finished process."""
    done = subprocess.run(
        [sys.executable, "-m", "kata", *map(str, arguments)],
        cwd=ROOT,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Traceback" not in done.stderr, done.stderr
    if expected is not None:
        assert done.returncode == expected, f"exit status {done.returncode}\n{done.stdout}{done.stderr}"
    return done


@pytest.fixture
def empty(tmp_path):
    """A fresh copy of the skeletons."""
    kata("new", tmp_path / "mine", expected=0)
    return tmp_path / "mine"


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
    for module in MODULES:
        reference = dict(_signatures(ROOT / "nn" / f"{module}.py"))
        for name, arguments in _signatures(empty / f"{module}.py"):
            expected = re.sub(r", \*, out=(None|\(.*?\))", "", reference[name])
            assert arguments == expected, f"{module}.{name}({arguments})"
    written = {name for module in MODULES for name, _ in _signatures(empty / f"{module}.py")}
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
    names = ", ".join(f"kata.{module}" for module in MODULES)
    code = f"import sys; old = set(sys.modules); import numpy; own = set(sys.modules); import {names}; " + (
        "print([n for n in set(sys.modules) - own if not n.startswith('kata') "
        "and n.split('.')[0] not in sys.stdlib_module_names | {'numpy'}])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_board_of_an_empty_kata(empty):
    """Nothing written, nothing scored; the board fits a terminal and says what to do first."""
    done = kata("--impl", empty, expected=1)
    assert "0 of 100 points" in done.stdout
    assert done.stdout.isascii()
    assert "\x1b" not in done.stdout, "colors belong on terminals"
    wide = [line for line in done.stdout.splitlines() if len(line) > 79 and str(empty) not in line]
    assert not wide, wide
    assert re.search(r"passed|failing", done.stdout) is None
    assert re.search(
        r"Next: write sigmoid \(1 point\)\n  .*activations\.py:\d+\n.*check it:.* check sigmoid\n",
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
    painted = board.render(progress.results, empty, color=True)
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
    assert "Reading: the sign is turned round" in done.stdout
    assert "expected" in done.stdout
    assert "Traceback" not in done.stdout
    assert "def test_" not in done.stdout, "a traceback is for those who ask"
    assert re.search(r"Yours: .*activations\.py:\d+", done.stdout)
    assert "check tanh --traceback" not in done.stdout
    traced = kata("--impl", empty, "check", "tanh", "--traceback", expected=1)
    assert "require_close(" in traced.stdout
    path.write_text(skeleton + RIGHT_TANH, encoding="utf-8")
    done = kata("--impl", empty, "check", "tanh", expected=0)
    assert re.match(r"tanh: passed, 1 point \(\d+ tests", done.stdout), done.stdout
    assert "Next: sigmoid (1 point)" in done.stdout


def test_check_of_a_lesson_lists_its_exercises(empty):
    solve(empty, "dense")
    done = kata("--impl", empty, "check", "3", expected=1)
    assert re.search(r"dense +passed +(\d+)/\1\n +dense_backward +to do", done.stdout), done.stdout
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
    assert "Next: mend dense_backward" in done.stdout
    assert "waits for dense_backward" in kata("--impl", empty, "check", "5").stdout


def test_a_broken_file_is_named_and_mended(solved):
    """What stands at the top of a file spoils all of it; put right again, everything is graded again."""
    path = solved / "activations.py"
    text = path.read_text(encoding="utf-8")
    kata("--impl", solved, "check", "1", expected=0)
    path.write_text(text + "\nimport mathh\n", encoding="utf-8")
    done = kata("--impl", solved, expected=1)
    assert "Next: mend a file" in done.stdout
    assert "No module named 'mathh'" in " ".join(done.stdout.split())
    assert "0 of 14 points" in done.stdout
    path.write_text(text, encoding="utf-8")
    done = kata("--impl", solved, "check", "1", expected=0)
    assert len(re.findall(r" passed ", done.stdout)) == 12
    names = [exercise.name for exercise in Progress(solved).stale()]
    assert "sigmoid" not in names


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
    told = kata("--impl", empty, "check", "tanh", expected=1).stdout
    assert "Printed in that test:" in told
    assert "z is (6,)" in told
    assert re.search(r"activations\.py:\d+: return z / undefined", told), told


def test_hints_go_from_idea_to_outline(empty):
    """Each call goes one step further, up to the third."""
    for step, title in ((1, "the idea"), (2, "the formula"), (3, "an outline"), (3, "an outline")):
        done = kata("--impl", empty, "hint", "softmax", expected=0)
        assert f"softmax, hint {step} of 3: {title}" in done.stdout
        assert " ".join(HINTS["softmax"][step - 1].split()) in " ".join(done.stdout.split())
    assert "hint 1 of 3" in kata("--impl", empty, "hint", "softmax", "--step", "1", expected=0).stdout
    assert kata("--impl", empty, "hint", expected=0).stdout.startswith("sigmoid, hint 1")


def test_solution_is_shown_once_it_passes(empty):
    done = kata("--impl", empty, "solution", "tanh", expected=2)
    assert done.stderr == "kata: tanh does not pass yet; --force shows the reference all the same\n"
    assert done.stdout == ""
    forced = kata("--impl", empty, "solution", "tanh", "--force", expected=0)
    assert "-    raise NotImplementedError" in forced.stdout
    assert "+    return np.tanh(as_floating(z), out=out)" in forced.stdout
    solve(empty, "tanh")
    done = kata("--impl", empty, "solution", "tanh", expected=0)
    assert done.stdout.startswith("--- yours/activations.py\n+++ nn/activations.py\n")
    assert "reference" in done.stdout.splitlines()[-1] or "reference" in done.stdout.splitlines()[-2]
    helpers = kata("--impl", empty, "solution", "he_normal", "--force", expected=0).stdout
    assert "+def _normal(" in helpers, "a reference that calls a helper is shown with it"


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
    assert "`reset activations` puts the whole file back" in done.stderr
    kata("--impl", empty, "reset", "1", expected=0)
    assert path.read_text(encoding="utf-8") == skeleton
    assert len(list((empty / "backup").iterdir())) == 3


def test_reset_of_a_class_leaves_the_rest_of_the_file(solved):
    path = solved / "training.py"
    kata("--impl", solved, "reset", "EarlyStopping", expected=0)
    text = path.read_text(encoding="utf-8")
    assert text.count("raise NotImplementedError") == 2
    assert kata("--impl", solved, "check", "one_hot", expected=0)


def test_new_does_not_overwrite(empty):
    (empty / "notes.txt").write_text("mine", encoding="utf-8")
    done = kata("new", empty, expected=2)
    assert "is there already" in done.stderr
    assert kata("new", empty.parent / "not-a-name", expected=2).stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("check", "softmaxx"), "did you mean softmax"),
        (("check", "predict_prob"), "did you mean Network.predict_proba"),
        (("check", "10"), "no lesson (1 to 9, or its name) and no exercise is called '10'"),
        (("hint", "3"), "3 is a whole lesson; name one of its exercises: dense, dense_backward"),
        (("solution", "v1"), "v1 is a training"),
        (("reset", "9"), "lesson 9 has no functions of its own"),
        (("--impl", "nowhere"), "--impl must be the folder of a package"),
        (("--limit", "0", "check", "tanh"), "must be a positive number of seconds"),
        (("race", "tanh"), "nothing passes yet"),
        (("race", "v1"), "v1 has no arrays to be fast with"),
        (("check", "tanh", "--results", "nowhere/results.json"), "cannot write nowhere"),
    ],
)
def test_mistakes_on_the_command_line_are_told_in_one_line(empty, arguments, said):
    arguments = arguments if arguments[0] == "--impl" else ("--impl", empty, *arguments)
    done = kata(*arguments, expected=2)
    assert said in done.stderr.splitlines()[-1], done.stderr


def test_names_may_be_short_and_qualified():
    assert [exercise.name for exercise in find("forward")] == ["Network.forward"]
    assert [exercise.name for exercise in find("losses.mean_squared_error")] == ["mean_squared_error"]
    assert [exercise.name for exercise in find("dropout")] == ["dropout"], "the function, not the network's"
    assert [exercise.name for exercise in find("Network.dropout")] == ["Network.dropout"]
    assert len(find("5")) == len(find("network")) == 5
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


def test_grading_never_trusts_what_lies_in_the_folder(empty):
    """Points come from tests that ran, not from a file that says so."""
    (empty / ".progress.json").write_text('{"results": {"tanh": ["tanh", "passed"]}}', encoding="utf-8")
    kata("--impl", empty, "check", "tanh", expected=1)
    kata("--impl", empty, expected=1)


def test_watch_checks_what_is_saved_and_moves_on(empty):
    """Saved, checked, told, and on to the next; nothing is run while nothing changes."""
    process = subprocess.Popen(
        [sys.executable, "-u", "-m", "kata", "--impl", str(empty), "watch"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
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


def test_pytest_grades_a_learner_s_package_and_ends_with_the_board(empty):
    """The same grading by pytest's own command, endless loops and all."""
    with (empty / "activations.py").open("a", encoding="utf-8") as file:
        file.write(RIGHT_TANH + "\n\ndef relu(z):\n    import os\n    os._exit(0)\n")
    command = [sys.executable, "-m", "pytest", "tests/lessons/test_1_activations.py", f"--impl={empty}"]
    done = subprocess.run(
        [*command, "-q", "-p", "no:cacheprovider"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1, done.stdout
    assert "relu ended the whole process (exit status 0)" in done.stdout
    assert "the board" in done.stdout
    assert re.search(r"passed +tanh\n", done.stdout)
    assert re.search(r"failing +relu\n", done.stdout)
    assert "1 of 100 points" in done.stdout


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


def test_pytest_passes_a_solved_package(solved):
    command = [sys.executable, "-m", "pytest", "tests/lessons", f"--impl={solved}", "-k", "not mnist", "-q"]
    done = subprocess.run(
        [*command, "-p", "no:cacheprovider"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout
    assert "100 of 100 points" in done.stdout
    assert "All done" in done.stdout
