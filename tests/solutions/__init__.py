"""The bank of solutions: mistakes, each with a teacher's sentence, right variants, probes and races."""

from .bank import PROBES, RACES, RIGHT, WRONG, Solution

__all__ = ["PROBES", "RACES", "RIGHT", "WRONG", "Solution"]
