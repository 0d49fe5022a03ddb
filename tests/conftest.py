"""Fixtures of the reference's own tests."""

import pytest


@pytest.fixture(scope="session")
def digits():
    """scikit-learn's digits, as the reference loads them."""
    from nn.app.data import load

    return load("digits")


@pytest.fixture(autouse=True)
def plain_terminal(monkeypatch):
    """80 columns and no wish for colors, for the tests and the commands they start, wherever they run."""
    monkeypatch.setenv("COLUMNS", "80")
    for name in ("FORCE_COLOR", "NO_COLOR", "PY_COLORS", "CLICOLOR_FORCE"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def without_mnist(monkeypatch, tmp_path):
    """Whatever the machine has, the test runs on digits."""
    monkeypatch.delenv("MNIST_DIR", raising=False)
    monkeypatch.setenv("SCIKIT_LEARN_DATA", str(tmp_path / "no-cache"))


@pytest.fixture
def in_an_empty_folder(monkeypatch, tmp_path):
    """What the test writes into its working folder is not left behind."""
    monkeypatch.chdir(tmp_path)


@pytest.fixture(scope="session")
def trained(tmp_path_factory):
    """The results of `train v2 --data digits`, made once."""
    from nn.__main__ import main

    folder = tmp_path_factory.mktemp("results")
    assert main(["train", "v2", "--data", "digits", "--epochs", "40", "--out", str(folder)]) == 0
    return folder


@pytest.fixture(scope="session")
def measured(tmp_path_factory, digits):
    """A folder with the trainings of the tiny study, made once, one after another."""
    from benchmarks.studies import runner
    from tests.studies import TINY

    folder = tmp_path_factory.mktemp("tiny")
    runner.run([TINY], "digits", digits.checksum, folder)
    return folder


@pytest.fixture
def empty(tmp_path):
    """A fresh copy of the skeletons."""
    from tests.grading.course.skeletons import write

    write(tmp_path / "mine")
    return tmp_path / "mine"


@pytest.fixture(scope="session")
def untouched(tmp_path_factory):
    """A copy of the skeletons for tests that change nothing, in a folder that is called ``mine``."""
    from tests.grading.course.skeletons import write

    folder = tmp_path_factory.mktemp("untouched") / "mine"
    write(folder)
    return folder


@pytest.fixture(scope="session")
def remembered():
    """Return a function that grades a package but for the trainings; one with the same files only once."""
    from tests.grading.desk.progress import FILE, Progress

    known = {}

    def grade(folder):
        files = tuple((path.name, path.read_bytes()) for path in sorted(folder.glob("*.py")))
        if files in known:
            (folder / FILE).write_bytes(known[files])
        else:
            progress = Progress(folder)
            progress.refresh([exercise for exercise in progress.stale() if exercise.function], limit=60)
            known[files] = (folder / FILE).read_bytes()
        return folder

    return grade


@pytest.fixture
def seen(empty, remembered):
    """A fresh copy of the skeletons whose board was looked at."""
    return remembered(empty)


@pytest.fixture
def solved(tmp_path):
    """A package in which everything is right."""
    from tests.grading.course.textbook import textbook

    folder = tmp_path / "solved"
    folder.mkdir()
    for name, text in textbook().items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder
