"""`compare`, `evaluate` and `recipes`: each figure is that of the model, beside its document's."""

import csv
import json
from dataclasses import replace
from pathlib import Path

import pytest

from nn.__main__ import main
from nn.app import plots
from nn.app.recipes import RECIPES

pytestmark = pytest.mark.usefixtures("without_mnist", "in_an_empty_folder")


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
