"""Ctrl-C ends a command, wherever it comes, and keeps what was trained."""

import ast
import csv
import json
import os
import signal
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

import nn
from nn.__main__ import main
from nn.app import progress
from nn.app.recipes import RECIPES
from tests.grading import ROOT

pytestmark = pytest.mark.usefixtures("without_mnist", "in_an_empty_folder")


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
