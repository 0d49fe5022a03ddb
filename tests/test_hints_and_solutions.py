"""Hints go from idea to outline; a solution is shown once it passes, and gives nothing else away."""

import ast
import re
import textwrap

import pytest

from tests.grading import ROOT
from tests.grading.course.exercises import EXERCISES
from tests.grading.course.skeletons import skeletons
from tests.grading.course.sources import Sources
from tests.grading.course.textbook import textbook
from tests.grading.desk import commands
from tests.learners import kata, solve


def test_hints_go_from_idea_to_outline(seen):
    """Each call goes one step further, up to the third."""
    for step, title in (
        (1, "the idea"),
        (2, "the formula"),
        (3, "an outline in words"),
        (3, "an outline in words"),
    ):
        done = kata("--impl", seen, "hint", "softmax", expected=0)
        assert f"softmax, hint {step} of 3: {title}\n" in done.stdout
        assert " ".join(EXERCISES["softmax"].hints[step - 1].split()) in " ".join(done.stdout.split())
    assert "hint 1 of 3" in kata("--impl", seen, "hint", "softmax", "--step", "1", expected=0).stdout
    assert kata("--impl", seen, "hint", expected=0).stdout.startswith("sigmoid, hint 1")


def test_solution_is_shown_once_it_passes(seen):
    """First as a textbook has it, and what makes the reference fast only if somebody asks."""
    done = kata("--impl", seen, "solution", "tanh", expected=2)
    assert done.stderr == "kata: tanh does not pass yet; --force shows it anyway\n"
    assert done.stdout == ""
    forced = kata("--impl", seen, "solution", "tanh", "--force", expected=0)
    assert forced.stdout.startswith("--- yours/activations.py\n+++ plain/activations.py\n")
    assert "-    raise NotImplementedError" in forced.stdout
    assert "+    return np.tanh(as_floating(z))\n" in forced.stdout
    assert "out=" not in forced.stdout, "that is for speed"
    assert '"""' not in forced.stdout, "a docstring that stays as it is is no difference"
    solve(seen, "tanh")
    assert "Yours is the same" in kata("--impl", seen, "solution", "tanh", expected=0).stdout
    done = kata("--impl", seen, "solution", "tanh", "--fast", expected=0)
    assert "+    return np.tanh(as_floating(z), out=out)" in done.stdout
    assert " ".join(EXERCISES["tanh"].remark.split()) in " ".join(done.stdout.split())
    helpers = kata("--impl", seen, "solution", "he_normal", "--fast", "--force", expected=0).stdout
    assert "+def _normal(" in helpers, "a reference that calls a helper is shown with it"


def test_solution_never_wraps_code(empty, monkeypatch, capsys):
    """A line of code or a comment that goes on in the next line is another program: it is cut."""
    monkeypatch.setenv("COLUMNS", "60")
    long = "    return 'a string that is too long for a line' * 0 or np.tanh(z)  # and a comment behind it"
    with (empty / "activations.py").open("a", encoding="utf-8") as file:
        file.write(f"\n\ndef tanh(z):\n{long}\n")
    assert commands.main(["--impl", str(empty), "solution", "tanh", "--force"]) == 0
    assert f"\n-{long[:57]}…\n+" in capsys.readouterr().out


def test_solution_gives_nothing_of_later_lessons_away(seen):
    """Lesson 5 comes before dropout and the penalty, whose places in the reference are beside it."""
    shown = kata("--impl", seen, "solution", "Network.loss_and_grads", "--force", expected=0).stdout
    assert not re.search(r"^\+.*(l2|dropout|mask|penalty)", shown, re.MULTILINE), shown
    assert "--fast" not in shown, "it would be refused"
    for name in EXERCISES:
        if EXERCISES[name].lesson <= 5:
            solve(seen, name)
    for name in ("Network.loss_and_grads", "Network.forward"):
        done = kata("--impl", seen, "solution", name, "--fast", expected=2)
        assert re.match(r"kata: it would give away .* of lesson 7", done.stderr), done.stderr


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
