"""The benchmarks: timings against peers and against the floor, and the reports made of them."""

from pathlib import Path

ROOT = Path(__file__).parents[1]  # of the project: worker processes start here
