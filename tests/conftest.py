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
