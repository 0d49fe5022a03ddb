"""`python -m benchmarks study`: it lists what there is, and refuses mistakes before any training."""

import pytest

from benchmarks.__main__ import main
from benchmarks.studies import (
    catalogue,
)

pytestmark = pytest.mark.usefixtures("without_mnist")


def test_list_names_every_study(capsys):
    assert main(["study", "--list"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert max(map(len, lines)) < 80
    lines = lines[1:]
    assert [line.split()[0] for line in lines] == list(catalogue.STUDIES)
    assert all(float(line.split()[4]) > 0 for line in lines), "each has an estimate"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nonsense"], "there is no study 'nonsense'; the studies are baseline-vs-improved,"),
        ([], "name the studies to run, or give --all"),
        (["binary", "--all"], "name the studies to run, or give --all"),
        (["binary", "--runs", "0"], "must be a whole number above 0; got '0'"),
        (["binary", "--jobs", "none"], "must be a whole number above 0; got 'none'"),
        (["binary", "--data", "cats"], "data must be digits, mnist or the path of a .csv file"),
        (["binary", "--data", "digits", "--stored"], "nothing of these studies is stored"),
    ],
)
def test_mistakes_are_one_line(capsys, tmp_path, arguments, message):
    try:
        status = main(["study", *arguments, "--out", str(tmp_path)])
    except SystemExit as stop:
        status = stop.code
    error = capsys.readouterr().err
    assert status == 2
    assert message in error
    assert len(error.splitlines()) == 1


@pytest.mark.parametrize("option", ["--out", "--pages"])
def test_a_folder_that_is_a_file_is_refused_before_any_training(capsys, tmp_path, option):
    path = tmp_path / "file"
    path.write_text("mine", encoding="utf-8")
    folders = ["--out", str(tmp_path / "out"), option, str(path)]
    assert main(["study", "binary", "--data", "digits", *folders]) == 2
    assert f"{option} must be a folder; {path}" in capsys.readouterr().err
    assert path.read_text(encoding="utf-8") == "mine"
    assert not list(tmp_path.glob("out/trainings/*"))
