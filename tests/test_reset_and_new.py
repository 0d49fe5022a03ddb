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
