"""Tables by exercise, filled when they are asked: whoever checks one exercise needs one lesson's bank."""

import importlib
from collections.abc import Iterator, Mapping

MODULES = (  # of the reference, in the order of the lessons
    *("activations", "losses", "layers", "initializers", "network"),
    *("optimizers", "regularization", "training"),
)
LATER = {"Network": (7,)}  # its penalty and its dropout are asked when they are taught


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


def lessons_of(exercise):
    """Return the numbers of the lessons that may enter something for an exercise."""
    return lesson_of(exercise), *LATER.get(exercise.split(".")[0], ())


class Table(Mapping):
    """What the modules ``lesson_1`` to ``lesson_8`` of a package enter. Going through it reads them all."""

    def __init__(self, package):
        self.entries, self._package, self._read = {}, package, set()

    def __getitem__(self, exercise):
        if exercise not in self._read:
            self._of(*lessons_of(exercise))
            self._read.add(exercise)
        return self.entries[exercise]

    def __iter__(self) -> Iterator[str]:
        self._of(*range(1, len(MODULES) + 1))
        return iter(sorted(self.entries, key=lesson_of))

    def __len__(self):
        return sum(1 for _ in self)

    def _of(self, *lessons):
        for number in lessons:
            importlib.import_module(f"{self._package}.lesson_{number}")
