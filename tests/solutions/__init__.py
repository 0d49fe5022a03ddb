"""The bank of solutions: mistakes, each with a teacher's sentence, right variants, probes and races."""

import importlib

from .bank import PROBES, RACES, RIGHT, WRONG, Solution

for _lesson in range(1, 9):
    importlib.import_module(f"{__name__}.lesson_{_lesson}")

__all__ = ["PROBES", "RACES", "RIGHT", "WRONG", "Solution"]
