"""`train`: what it prints and writes, and that each setting of a recipe is an option."""

import csv
import json
import re
import sys
from pathlib import Path

import numpy as np
import pytest

import nn
from nn.__main__ import main
from nn.app.recipes import RECIPES

pytestmark = pytest.mark.usefixtures("without_mnist", "in_an_empty_folder")
PICTURES = ("loss.png", "accuracy.png", "confusion_matrix.png", "predictions.png", "mistakes.png")


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
