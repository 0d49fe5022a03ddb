"""What the lessons have in common: the modules of the package under test, ``graded``, as fixtures."""

import pytest


def _module_fixture(name):
    @pytest.fixture(name=name)
    def module(graded):
        return getattr(graded, name)

    module.__doc__ = f"The module ``{name}`` of the package under test."
    return module


activations = _module_fixture("activations")
losses = _module_fixture("losses")
layers = _module_fixture("layers")
initializers = _module_fixture("initializers")
network = _module_fixture("network")
optimizers = _module_fixture("optimizers")
regularization = _module_fixture("regularization")
training = _module_fixture("training")
