"""The bank of solutions: mistakes that people make, each with a teacher's sentence, and right variants."""

import importlib

from .bank import PROBES, RIGHT, WRONG, Solution

for _lesson in range(1, 9):
    importlib.import_module(f"{__name__}.lesson_{_lesson}")

__all__ = ["PROBES", "RIGHT", "WRONG", "Solution"]
