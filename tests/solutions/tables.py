"""Tables by exercise, filled when they are asked: whoever checks one exercise needs one lesson's bank."""

import importlib
from collections.abc import Iterator, Mapping

MODULES = (  # of the reference, in the order of the lessons
    *("activations", "losses", "layers", "initializers", "network"),
    *("optimizers", "regularization", "training"),
)


def subject_of(exercise):
    """Return nn's function of an exercise, or its class for ``Class.method``. Raises KeyError if unknown."""
    return getattr(importlib.import_module(f"nn.{MODULES[lesson_of(exercise) - 1]}"), exercise.split(".")[0])


def lesson_of(exercise):
    """Return the number of the lesson whose module has the exercise. Raises KeyError if none has."""
    name = exercise.split(".")[0]
    for number, module in enumerate(MODULES, 1):
        code = getattr(importlib.import_module(f"nn.{module}"), name, None)
        if getattr(code, "__module__", "") == f"nn.{module}":
            return number
    raise KeyError(exercise)


class Table(Mapping):
    """What the modules ``lesson_1`` to ``lesson_8`` of a package enter. Going through it reads them all."""

    def __init__(self, package):
        self.entries, self._package = {}, package

    def __getitem__(self, exercise):
        if exercise not in self.entries:
            self._read(lesson_of(exercise))
        return self.entries[exercise]

    def __iter__(self) -> Iterator[str]:
        for number in range(1, len(MODULES) + 1):
            self._read(number)
        return iter(sorted(self.entries, key=lesson_of))

    def __len__(self):
        return sum(1 for _ in self)

    def _read(self, number):
        importlib.import_module(f"{self._package}.lesson_{number}")
