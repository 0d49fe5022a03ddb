"""The benchmarks: timings against other libraries and a floor, and the reports made from them."""

from pathlib import Path

ROOT = Path(__file__).parents[1]  # of the project: worker processes start here
