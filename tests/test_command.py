"""The command line: what it prints and writes, and that every mistake is one line and a non-zero exit."""

import ast
import csv
import json
import os
import re
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import nn
from nn.__main__ import main
from nn.app import plots, progress
from nn.app.recipes import RECIPES

ROOT = Path(__file__).parents[1]
PICTURES = ("loss.png", "accuracy.png", "confusion_matrix.png", "predictions.png", "mistakes.png")


@pytest.fixture(autouse=True)
def without_mnist(monkeypatch, tmp_path):
    """Whatever the machine has, these tests run on digits, and leave nothing in the working folder."""
    monkeypatch.delenv("MNIST_DIR", raising=False)
    monkeypatch.setenv("SCIKIT_LEARN_DATA", str(tmp_path / "no-cache"))
    monkeypatch.chdir(tmp_path)


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """The results of `train v2 --data digits`, made once."""
    folder = tmp_path_factory.mktemp("results")
    assert main(["train", "v2", "--data", "digits", "--epochs", "40", "--out", str(folder)]) == 0
    return folder


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


def test_train_writes_everything_there(capsys):
    assert main(["train", "v2", "--epochs", "3", "--seed", "1"]) == 0
    output = capsys.readouterr().out
    assert output.startswith("Data: digits (MNIST_DIR is not set and scikit-learn's cache has no MNIST)\n"), (
        "the first line says which data and why"
    )
    assert "test accuracy" in output
    assert "document 000" not in output, "the document trained for longer: nothing to compare with"
    assert max(map(len, output.splitlines())) <= 80
    folder = Path("results/v2-digits")
    names = {path.name for path in folder.iterdir()}
    assert names == {"history.csv", "summary.json", "model.npz", *PICTURES}


def test_plain_lines_show_each_epoch(capsys):
    main(["train", "v2", "--data", "digits", "--epochs", "4"])
    lines = [line for line in capsys.readouterr().out.splitlines() if line.startswith("Epoch")]
    with open("results/v2-digits/history.csv", newline="", encoding="utf-8") as file:
        rows = [{name: float(value or "nan") for name, value in row.items()} for row in csv.DictReader(file)]
    assert lines == [
        f"Epoch {row['epoch']:3.0f} | Cost {row['loss']:.4f} | Train {row['training_accuracy']:.2%} | "
        f"Validation {row['validation_accuracy']:.2%} | LR {row['learning_rate']:.2e}"
        for row in rows
    ]
    assert max(map(len, lines)) <= 79


@pytest.fixture
def nothing_drawn(monkeypatch):
    """For tests of what is printed alone: the pictures take longer than the training."""
    monkeypatch.setattr("nn.app.report.write_run", lambda *_: ["history.csv"])


def test_a_long_training_prints_ten_lines_or_all(capsys, nothing_drawn):
    train = ["train", "v1", "--data", "digits", "--epochs", "40", "--hidden", "4"]
    counts = []
    for options in ([], ["--log"]):
        main([*train, *options])
        counts.append(capsys.readouterr().out.count("\nEpoch "))
    assert counts == [11, 40], "the first epoch and every fourth; with --log each of them"


def test_the_bar_shows_both_accuracies_and_the_rate(monkeypatch, capsys, nothing_drawn):
    """A bar on a terminal, within its width; --log asks for lines there, too."""
    for stream in (sys.stdout, sys.stderr):
        monkeypatch.setattr(stream, "isatty", lambda: True)
    train = ["train", "optimized", "--data", "digits", "--epochs", "3", "--hidden", "8"]
    main(train)
    captured = capsys.readouterr()
    last = captured.err.replace("\r", "\n").strip().splitlines()[-1]
    assert re.search(r"train \d+\.\d%, val \d+\.\d%, lr 1e-03$", last), last
    assert len(last) <= 79
    assert "Epoch" not in captured.out
    main([*train, "--log"])
    captured = capsys.readouterr()
    assert captured.out.count("\nEpoch ") == 3
    assert captured.err == ""


def test_history_has_a_row_an_epoch(trained):
    with open(trained / "history.csv", newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    summary = json.loads((trained / "summary.json").read_text(encoding="utf-8"))
    assert [int(row["epoch"]) for row in rows] == list(range(1, summary["epochs_run"] + 1))
    best = min(rows, key=lambda row: float(row["validation_loss"]))
    assert int(best["epoch"]) == summary["best_epoch"] == summary["kept_epoch"]


def test_summary_tells_all_that_counts(trained, digits):
    summary = json.loads((trained / "summary.json").read_text(encoding="utf-8"))
    answers = nn.load(trained / "model.npz").predict(digits.X_test)
    right = answers == digits.y_test
    assert summary["test_accuracy"] == pytest.approx(right.mean())
    recalls = [right[digits.y_test == digit].mean() for digit in range(10)]
    precisions = [right[answers == digit].mean() for digit in range(10)]
    assert summary["macro_recall"] == pytest.approx(np.mean(recalls))
    assert summary["macro_precision"] == pytest.approx(np.mean(precisions))
    f1 = [2 * p * r / (p + r) for p, r in zip(precisions, recalls, strict=True)]
    assert summary["macro_f1"] == pytest.approx(np.mean(f1))
    assert summary["per_class"]["7"]["recall"] == pytest.approx(recalls[7])
    probabilities = nn.load(trained / "model.npz").predict_proba(digits.X_test)
    losses = -np.log(probabilities[np.arange(360), digits.y_test])
    assert summary["test_cross_entropy"] == pytest.approx(losses.mean(), rel=1e-4)
    assert summary["data"]["checksum_md5"] == digits.checksum
    assert (summary["data"]["training"], summary["data"]["validation"]) == (1293, 144)
    assert summary["seed"] == 0
    assert summary["training_seconds"] > 0
    assert {"python", "numpy", "scikit-learn", "blas", "threads"} <= summary["environment"].keys()


def test_the_same_seed_gives_the_same_model(trained, tmp_path):
    main(["train", "v2", "--data", "digits", "--epochs", "40", "--out", str(tmp_path)])
    first, second = (nn.load(folder / "model.npz").network for folder in (trained, tmp_path))
    assert np.array_equal(first.params.vector, second.params.vector)


def test_options_replace_the_recipes_own(tmp_path):
    options = "--epochs 2 --batch-size full --lr 0.5 --seed 7 --dtype float64 --hidden 9 8 --activation elu"
    options += " --optimizer momentum --initializer xavier_normal --l2 0.25 --dropout 0.125 --patience 3"
    assert main(["train", "v1", "--data", "digits", *options.split(), "--out", str(tmp_path)]) == 0
    summary = json.loads((tmp_path / "summary.json").read_text(encoding="utf-8"))
    recipe = summary["recipe"]
    assert recipe["batch_size"] is None
    assert (recipe["lr"], recipe["hidden"], recipe["optimizer"]) == (0.5, [9, 8], "momentum")
    assert (recipe["l2"], recipe["dropout"], recipe["patience"]) == (0.25, 0.125, 3)
    assert (summary["epochs_run"], summary["seed"], summary["dtype"]) == (2, 7, "float64")
    network = nn.load(tmp_path / "model.npz").network
    assert network.sizes == (64, 9, 8, 10)
    assert (network.activation, network.initializer) == ("elu", "xavier_normal")


def test_every_setting_has_an_option(tmp_path):
    """Clipping, decay, scaling, the held-out share and what early stopping watches; "none" switches off."""
    options = "--epochs 5 --hidden 8 --max-grad-norm 0.5 --decay-every 2 --scaling min_max --validation 0.25"
    options += " --patience none --monitor accuracy --min-delta 0.125"
    assert main(["train", "v2", "--data", "digits", *options.split(), "--out", str(tmp_path)]) == 0
    summary = json.loads((tmp_path / "summary.json").read_text(encoding="utf-8"))
    recipe = summary["recipe"]
    assert (recipe["max_grad_norm"], recipe["decay_every"], recipe["scaling"]) == (0.5, 2, "min_max")
    assert (recipe["patience"], recipe["monitor"], recipe["min_delta"]) == (None, "accuracy", 0.125)
    assert (summary["data"]["training"], summary["data"]["validation"]) == (1077, 360)
    assert summary["package"] == "nn"
    with open(tmp_path / "history.csv", newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert [float(row["learning_rate"]) for row in rows] == [0.001, 0.001, 0.0005, 0.0005, 0.00025]
    assert all(float(row["gradient_norm"]) > 0 for row in rows)
    options = "--epochs 1 --hidden 8 --max-grad-norm none --decay-every none"
    assert main(["train", "optimized", "--data", "digits", *options.split(), "--out", str(tmp_path)]) == 0
    recipe = json.loads((tmp_path / "summary.json").read_text(encoding="utf-8"))["recipe"]
    assert (recipe["max_grad_norm"], recipe["decay_every"], recipe["patience"]) == (None, None, 8)


@pytest.mark.parametrize("name", RECIPES)
def test_every_recipe_trains_on_digits(name, tmp_path, capsys):
    """A few epochs of each, from the raw pixels to the pictures."""
    assert main(["train", name, "--data", "digits", "--epochs", "2", "--out", str(tmp_path)]) == 0
    assert all((tmp_path / picture).stat().st_size > 5000 for picture in PICTURES)
    assert "test accuracy" in capsys.readouterr().out


def test_a_recipe_as_it_stands_is_set_beside_its_document(tmp_path, capsys):
    assert main(["train", "v2", "--data", "digits", "--out", str(tmp_path)]) == 0
    output = " ".join(capsys.readouterr().out.split())
    assert "document 000 on MNIST: test accuracy 97.48% (10 epochs, batch 64), 97.56% (10 epochs" in output


def test_compare_sets_recipes_beside_their_documents(monkeypatch, capsys):
    short = replace(RECIPES["v1"], expected=RECIPES["v1"].expected[:2])
    monkeypatch.setitem(RECIPES, "v1", short)
    titles, draw = [], plots.comparison
    monkeypatch.setattr(plots, "comparison", lambda *drawn: titles.append(drawn[1]) or draw(*drawn))
    assert main(["compare", "--runs", "2"]) == 0
    assert titles == ["Validation error on digits while training, seed 0"], "one of the runs is drawn"
    output = capsys.readouterr().out
    table = output[output.index("measured on") :]
    assert max(map(len, output.splitlines())) <= 80
    assert "15.26 %" in table
    assert "97.56 %" in table
    folder = Path("results/compare-digits")
    with open(folder / "comparison.csv", newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert [(row["model"], row["batch"], row["epochs"]) for row in rows] == [
        ("v1", "full", "10"),
        ("v1", "full", "100"),
        ("v2", "64", "10"),
        ("v2", "32", "10"),
        ("v2", "32", "50"),
    ]
    assert all(row["runs"] == "2" and float(row["accuracy_std"]) >= 0 for row in rows)
    assert {path.name for path in folder.iterdir() if path.is_dir()} == {
        f"{name}-seed{seed}" for name in ("v1", "v2", "v2-batch64") for seed in (0, 1)
    }
    summary = json.loads((folder / "v2-seed1" / "summary.json").read_text(encoding="utf-8"))
    last = float(rows[-1]["accuracy"])
    other = json.loads((folder / "v2-seed0" / "summary.json").read_text(encoding="utf-8"))
    assert last == pytest.approx((summary["test_accuracy"] + other["test_accuracy"]) / 2)
    assert (folder / "comparison.png").stat().st_size > 5000
    assert "| v2 | 32 | 50 |" in (folder / "comparison.md").read_text(encoding="utf-8")


def test_compare_keeps_validation_figures_apart(monkeypatch, capsys):
    for name in ("tiny-he", "multiclass"):
        short = replace(RECIPES[name], expected=(replace(RECIPES[name].expected[0], epochs=3),))
        monkeypatch.setitem(RECIPES, name, short)
    assert main(["compare", "tiny-he", "multiclass"]) == 0
    output = capsys.readouterr().out
    assert output.index("digits, validation set") < output.index("tiny-he     full      3")
    assert output.index("digits, test set") < output.index("multiclass   128      3")


def test_a_recipe_without_a_document_is_compared_with_nothing(monkeypatch, capsys):
    (expected,) = RECIPES["best"].expected
    monkeypatch.setitem(
        RECIPES, "best", replace(RECIPES["best"], hidden=(16,), expected=(replace(expected, epochs=2),))
    )
    assert main(["compare", "best"]) == 0
    output = capsys.readouterr().out
    with open("results/compare-digits/comparison.csv", newline="", encoding="utf-8") as file:
        (row,) = csv.DictReader(file)
    summary = json.loads(Path("results/compare-digits/best/summary.json").read_text(encoding="utf-8"))
    assert float(row["accuracy"]) == summary["test_accuracy"]
    assert (row["document"], row["document_accuracy"], row["document_f1"]) == ("", "", "")
    assert "None" not in output
    assert main(["recipes"]) == 0
    listed = capsys.readouterr().out
    assert "our own" in listed
    assert "None" not in listed


def test_milestones_are_measured_on_the_way(capsys, monkeypatch):
    """The result after 10 epochs of a training of 50 is that of a training of 10."""
    expected = {e.epochs: e for e in RECIPES["v2"].expected if e.batch_size == 32}
    monkeypatch.setitem(RECIPES, "v2", replace(RECIPES["v2"], expected=(expected[10], expected[50])))
    assert main(["compare", "v2", "--out", "long"]) == 0
    monkeypatch.setitem(RECIPES, "v2", replace(RECIPES["v2"], expected=(expected[10],)))
    assert main(["compare", "v2", "--out", "short"]) == 0
    rows = []
    for name in ("long", "short"):
        with open(Path(name, "comparison.csv"), newline="", encoding="utf-8") as file:
            rows.append(next(csv.DictReader(file)))
    for figure in ("accuracy", "f1", "precision", "recall", "loss"):
        assert rows[0][figure] == rows[1][figure]


def test_evaluate_measures_a_saved_model(trained, capsys):
    assert main(["evaluate", str(trained / "model.npz"), "--data", "digits"]) == 0
    output = capsys.readouterr().out
    summary = json.loads((trained / "summary.json").read_text(encoding="utf-8"))
    assert f"test accuracy {summary['test_accuracy']:.2%}" in output
    assert max(map(len, output.splitlines())) <= 79
    recall = summary["per_class"]["7"]["recall"]
    assert f" {recall:.4f} " in next(line for line in output.splitlines() if line.split()[:1] == ["7"])
    assert len([line for line in output.splitlines() if line.strip()[:1].isdigit()]) == 10


def test_evaluate_takes_only_the_digits_that_the_model_knows(tmp_path, capsys):
    main(["train", "binary", "--data", "digits", "--epochs", "20", "--out", str(tmp_path)])
    capsys.readouterr()
    assert main(["evaluate", str(tmp_path / "model.npz"), "--data", "digits"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines[3:5]] == ["5", "8"], "below the heads"


def test_recipes_lists_them_all(capsys):
    assert main(["recipes"]) == 0
    output = capsys.readouterr().out
    assert all(f"{name}: " in output for name in RECIPES)


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


def test_ctrl_c_keeps_what_was_trained(monkeypatch, tmp_path, capsys):
    original = progress._shown

    def interrupted_after_two(rows, *arguments):
        for row in original(rows, *arguments):
            yield row
            if row["epoch"] == 2:
                raise KeyboardInterrupt

    monkeypatch.setattr(progress, "_shown", interrupted_after_two)
    assert main(["train", "v2", "--data", "digits", "--out", str(tmp_path)]) == 130
    captured = capsys.readouterr()
    assert "Interrupted: keeping what was trained in 2 epochs" in captured.out
    summary = json.loads((tmp_path / "summary.json").read_text(encoding="utf-8"))
    assert summary["epochs_run"] == 2
    assert nn.load(tmp_path / "model.npz").predict(np.zeros((1, 64))).shape == (1,)


def test_ctrl_c_in_a_comparison_keeps_the_rows_so_far(monkeypatch, tmp_path, capsys):
    original = progress._shown

    def interrupted_in_v2(rows, recipe, *arguments):
        for row in original(rows, recipe, *arguments):
            yield row
            if recipe.name == "v2" and row["epoch"] == 3:
                raise KeyboardInterrupt

    short = replace(RECIPES["v1"], expected=RECIPES["v1"].expected[:1])
    monkeypatch.setitem(RECIPES, "v1", short)
    monkeypatch.setattr(progress, "_shown", interrupted_in_v2)
    assert main(["compare", "--data", "digits", "--out", str(tmp_path)]) == 130
    with open(tmp_path / "comparison.csv", newline="", encoding="utf-8") as file:
        assert [row["model"] for row in csv.DictReader(file)] == ["v1"]


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGINT for a single process")
def test_a_real_interrupt_of_a_real_process(tmp_path):
    """Ctrl-C in the middle of an epoch, as a user would press it."""
    command = [sys.executable, "-u", "-m", "nn", "train", "v1", "--data", "digits", "--epochs", "1000000"]
    process = subprocess.Popen(
        [*command, "--out", str(tmp_path)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    for line in process.stdout:
        if line.startswith("Epoch"):
            break
    process.send_signal(signal.SIGINT)
    output, errors = process.communicate(timeout=60)
    assert process.returncode == 130, errors
    assert "Interrupted: keeping what was trained" in output
    assert "Traceback" not in errors
    assert (tmp_path / "model.npz").is_file()


@pytest.mark.parametrize("folder", ["nn", "benchmarks", "tests/grading"])
def test_no_interrupt_gets_past_its_handler(folder):
    """Python 3.13 and 3.14 leave short backward jumps of a loop out of the table of handlers, and a Ctrl-C
    often comes there. A call covers the jumps of the function that it calls.
    """
    for path in sorted((ROOT / folder).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Try) and "KeyboardInterrupt" in str([*map(_caught, node.handlers)]):
                for statement in node.body:
                    loops = [part for part in ast.walk(statement) if isinstance(part, ast.For | ast.While)]
                    assert not loops, f"{path}:{node.lineno}: call a function that has the loop"


def _caught(handler):
    return "" if handler.type is None else ast.unparse(handler.type)


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
