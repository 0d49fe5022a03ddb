"""Fixtures of the reference's own tests."""

import pytest


@pytest.fixture(scope="session")
def digits():
    """scikit-learn's digits, as the reference loads them."""
    from nn.data import load

    return load("digits")
