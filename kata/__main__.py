"""The learner's command: the board, and what checks, hints, compares and resets. See README.md beside it."""

import sys
from pathlib import Path

try:
    from tests.grading.desk.commands import main
except ModuleNotFoundError as error:
    if not error.name.startswith("tests"):
        raise
    sys.exit(f"kata: run it at the top of the repository: cd {Path(__file__).resolve().parents[1]}")

if __name__ == "__main__":
    sys.exit(main())
