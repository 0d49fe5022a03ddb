"""Every command explains itself: --help of each, and of each subcommand, prints and fits the terminal."""

import argparse
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
WORKERS = {  # which other commands start, and nobody else
    "benchmarks.race_to_accuracy",
    "benchmarks.worker",
    "tests.grading.desk.race",
}


def modules():
    """Return the names of all modules that python -m can run."""
    for folder in ("nn", "kata", "benchmarks", "tests"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            if '\nif __name__ == "__main__":' in path.read_text(encoding="utf-8"):
                yield ".".join(path.relative_to(ROOT).with_suffix("").parts)


COMMANDS = sorted({*modules()} - WORKERS)


@pytest.fixture
def parsers(monkeypatch):
    """The parsers that have printed their help, in turn."""
    printed = []
    original = argparse.ArgumentParser.print_help

    def print_help(self, file=None):
        printed.append(self)
        original(self, file)

    monkeypatch.setattr(argparse.ArgumentParser, "print_help", print_help)
    return printed


def explained(main, words, parsers, capsys):
    """Yield the words of a command and of each of its subcommands, with their help."""
    with pytest.raises(SystemExit) as stop:
        main([*words, "--help"])
    captured = capsys.readouterr()
    assert stop.value.code == 0, f"{words}: {captured.err}"
    assert not captured.err, words
    yield words, captured.out
    for action in parsers[-1]._actions:
        if isinstance(action, argparse._SubParsersAction):
            for name in action.choices:
                yield from explained(main, [*words, name], parsers, capsys)


@pytest.mark.parametrize("module", COMMANDS)
def test_each_help_prints_and_fits_the_terminal(module, parsers, capsys):
    main = import_module(module).main
    for words, text in explained(main, [], parsers, capsys):
        assert text.startswith("usage: "), (module, words)
        assert parsers[-1].description, f"{module} {words}: --help must say what the command does"
        assert max(map(len, text.splitlines())) < 80, (module, words, text)


def test_subcommands_are_found(parsers, capsys):
    main = import_module("nn.__main__").main
    found = [words for words, _ in explained(main, [], parsers, capsys)]
    assert [] in found
    assert ["train"] in found
    assert ["recipes"] in found


def test_the_suites_own_options_are_explained():
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "--help"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "--impl" in done.stdout
    assert "--seed=N" in done.stdout
