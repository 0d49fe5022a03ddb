"""Every mistake on the command line of nn is one line and a non-zero exit."""

import subprocess
import sys
from pathlib import Path

import pytest

from nn.__main__ import main
from tests.grading import ROOT

pytestmark = pytest.mark.usefixtures("without_mnist", "in_an_empty_folder")


def fails_in_one_line(capsys, arguments, message, status=1):
    __tracebackhide__ = True
    try:
        code = main(arguments)
    except SystemExit as stop:
        code = stop.code
    captured = capsys.readouterr()
    assert code == status
    assert captured.err.startswith("error: ")
    assert captured.err.count("\n") == 1, captured.err
    assert message in captured.err


def test_help_is_there(capsys):
    with pytest.raises(SystemExit) as stop:
        main(["train", "--help"])
    assert stop.value.code == 0
    assert "--batch-size" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "required: COMMAND"),
        (["train"], "required: RECIPE"),
        (["train", "v3"], "expected one of v1, v2"),
        (["train", "v2", "--epochs", "0"], "expected a whole number from 1; got '0'"),
        (["train", "v2", "--batch-size", "-3"], "expected"),
        (["train", "v2", "--lr", "fast"], "expected a number above 0; got 'fast'"),
        (["train", "v2", "--lr", "0"], "expected a number above 0; got '0'"),
        (["train", "v2", "--dropout", "1"], "expected a number from 0 and below 1; got '1'"),
        (["train", "v2", "--max-grad-norm", "0"], "expected a number above 0; got '0'"),
        (["train", "v2", "--decay-every", "often"], "expected a whole number from 1; got 'often'"),
        (["train", "v2", "--min-delta", "-1"], "expected a number from 0; got '-1'"),
        (["train", "v2", "--monitor", "norm"], "invalid choice: 'norm'"),
        (["train", "v2", "--scaling", "unit"], "invalid choice: 'unit'"),
        (["train", "v2", "--validation", "0"], "expected a number between 0 and 1; got '0'"),
        (["train", "v2", "--validation", "nan"], "expected a number between 0 and 1; got 'nan'"),
        (["train", "v2", "--dtype", "float16"], "invalid choice: 'float16'"),
        (["compare", "v1", "v9"], "got 'v9'"),
        (["compare", "--runs", "0"], "expected a whole number from 1"),
        (["dance"], "invalid choice: 'dance'"),
    ],
)
def test_usage_errors_are_one_line(capsys, arguments, message):
    fails_in_one_line(capsys, arguments, message, status=2)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["train", "v2", "--data", "nothing.csv"], "nothing.csv"),
        (["train", "v2", "--data", "cifar"], "data must be digits, mnist or the path of a .csv file"),
        (["train", "v2", "--data", "digits", "--optimizer", "sgd", "--lr", "1e12"], "the loss became"),
        (["train", "v2", "--data", "digits", "--validation", "0.001"], "cannot hold out 0.001 of 1437"),
        (["train", "v2", "--data", "digits", "--validation", "0.999"], "cannot hold out 0.999 of 1437"),
        (["train", "best", "--data", "digits", "--decay-every", "3"], "--decay-every needs a rate that"),
        (["train", "v2", "--data", "digits", "--impl", "nowhere"], "--impl must be a package"),
        (
            ["train", "v2", "--data", "digits", "--out", "file.txt"],
            "--out must be a folder; file.txt is a file",
        ),
        (["evaluate", "nothing.npz"], "nothing.npz"),
        (["evaluate", "file.txt"], "file.txt: not a model"),
        (["predict", "nothing.npz", "a.png"], "error: nothing.npz: No such file"),
        (
            ["train", "v2", "--data", "digits", "--hidden", "99999999999"],
            "not enough memory: Unable to allocate",
        ),
    ],
)
def test_other_errors_are_one_line(capsys, arguments, message):
    Path("file.txt").write_text("no model", encoding="utf-8")
    fails_in_one_line(capsys, arguments, message)


def test_a_model_for_other_images_is_refused(trained, tmp_path, capsys):
    rows = [",".join(map(str, [i % 10, *[0] * 784])) for i in range(200)]
    header = ",".join(["label", *(f"pixel{i}" for i in range(784))])
    path = tmp_path / "train.csv"
    path.write_text("\n".join([header, *rows]), encoding="utf-8")
    fails_in_one_line(
        capsys,
        ["evaluate", str(trained / "model.npz"), "--data", str(path)],
        "the model takes images of (8, 8)",
    )


def test_module_runs_as_a_command():
    done = subprocess.run(
        [sys.executable, "-m", "nn", "evaluate", "nowhere.npz"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
