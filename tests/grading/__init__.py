"""The grader: the exercises, how a package is judged by the lessons, and what a learner is told."""

from pathlib import Path

ROOT = Path(__file__).parents[2]  # of the repository
