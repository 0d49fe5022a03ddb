"""`reset` puts a skeleton back and keeps a backup; `new` makes the folder that is worked in."""

import re

import pytest

from tests.grading import ROOT
from tests.grading.course.exercises import EXERCISES
from tests.grading.course.skeletons import write
from tests.grading.course.sources import Sources
from tests.grading.desk import commands, renewing
from tests.learners import kata, solve


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
    assert done.stderr == "kata: tanh is missing: `reset activations` renews its file\n"
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


def test_reset_of_a_class_leaves_the_rest_of_the_file(solved, remembered):
    remembered(solved)
    path = solved / "training.py"
    kata("--impl", solved, "reset", "EarlyStopping", expected=0)
    text = path.read_text(encoding="utf-8")
    assert text.count("raise NotImplementedError") == 2
    assert kata("--impl", solved, "check", "one_hot", expected=0)


@pytest.fixture
def older(empty):
    """A copy from before some exercises: it lacks functions, rows, a class and an import."""
    solve(empty, "sigmoid")
    solve(empty, "adam_step")

    def without(module, *patterns):
        path = empty / f"{module}.py"
        text = path.read_text(encoding="utf-8")
        for pattern in patterns:
            text, count = re.subn(pattern, "", text, count=1, flags=re.MULTILINE | re.DOTALL)
            assert count, pattern
        path.write_text(text, encoding="utf-8")

    def definition(head):
        return rf"\n\n\n{head}\b.*?(?=\n\n\n(?:def|class|[A-Z]+ =))"

    without(
        "activations",
        definition("def elu"),
        definition("def elu_backward"),
        r'^    "elu": [^\n]*\n',
        definition("def softmax"),
    )
    without(
        "optimizers",
        definition("def rmsprop_step"),
        definition("class RMSprop"),
        r'^    "rmsprop": RMSprop,\n',
        r"^import math\n",
    )
    without("training", r"\n\n    def restore.*?(?=\n\n\ndef)")
    (empty / "layers.py").unlink()
    return empty


def test_a_copy_from_before_an_exercise_is_told_what_to_do(older):
    told = " ".join(kata("--impl", older, "check", "rmsprop_step", expected=1).stdout.split())
    assert "optimizers has no rmsprop_step: `reset rmsprop_step` adds its skeleton to optimizers.py" in told
    told = " ".join(kata("--impl", older, "check", "dense", expected=1).stdout.split())
    assert "layers is not there yet: `reset dense` adds its skeleton to layers.py" in told


def test_reset_adds_what_a_copy_lacks(older, tmp_path):
    """Each thing stands where the skeleton has it, what was written stays, and a backup is kept."""
    write(tmp_path / "fresh")
    solve(tmp_path / "fresh", "sigmoid")
    solve(tmp_path / "fresh", "adam_step")
    told = kata("--impl", older, "reset", "elu", expected=0).stdout
    assert "backup: " in told
    told = " ".join(told.split())
    assert "activations.py: back to the skeleton: elu added, since" in told
    assert "your copy did not have it yet: elu, elu_backward, softmax, ACTIVATIONS" in told
    kata("--impl", older, "reset", "rmsprop_step", expected=0)
    kata("--impl", older, "reset", "EarlyStopping.restore", expected=0)
    assert "the whole file, which was missing" in kata("--impl", older, "reset", "dense", expected=0).stdout
    for module in ("activations", "training", "layers"):
        now, then = ((folder / f"{module}.py").read_text("utf-8") for folder in (older, tmp_path / "fresh"))
        assert now == then, module
    now, then = ((folder / "optimizers.py").read_text("utf-8") for folder in (older, tmp_path / "fresh"))
    assert now.replace("import math\n", "") == then.replace("import math\n", ""), "imports stand together"
    assert "elu: to do" in kata("--impl", older, "check", "elu", expected=1).stdout


def test_reset_adds_nothing_that_is_there_in_another_form(empty):
    """A name may be imported or bound under a condition, and a file may import everything of another."""
    path = empty / "activations.py"
    skeleton = path.read_text(encoding="utf-8")
    start = skeleton.index("def elu_backward(")
    elsewhere = skeleton[:start] + "if True:\n    elu_backward = None\n\n\n"
    elsewhere += skeleton[skeleton.index("def softmax(") :]
    path.write_text(elsewhere, encoding="utf-8")
    kata("--impl", empty, "reset", "tanh", expected=0)
    assert path.read_text(encoding="utf-8") == elsewhere
    path.write_text(
        elsewhere.replace("import numpy as np\n", "import numpy as np\nfrom math import *\n"), "utf-8"
    )
    done = kata("--impl", empty, "reset", "elu_backward", expected=2)
    assert done.stderr == "kata: elu_backward is missing: `reset activations` renews its file\n"


def test_new_makes_the_folder_that_the_command_then_works_on(tmp_path):
    """`new` without a name makes `mine`, which is then the package; git and ruff leave it alone."""
    done = kata("new", expected=0, cwd=tmp_path)
    assert (
        done.stdout == f"mine: {len(EXERCISES)} exercises, nothing written yet\nYour board: python -m kata\n"
    )
    solve(tmp_path / "mine", "tanh")
    done = kata("check", "tanh", expected=0, cwd=tmp_path)
    assert "Next: write sigmoid (1 point)\n  mine" in done.stdout
    assert "check it:    python -m kata check sigmoid\n" in done.stdout, "no --impl is needed"
    done = kata("new", expected=2, cwd=tmp_path)
    assert done.stderr == "kata: mine already exists; name a new or an empty folder\n"
    assert "/mine/" in (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()
    assert 'extend-exclude = ["mine"]' in (ROOT / "pyproject.toml").read_text(encoding="utf-8")


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
