"""The learner's command: the board, and what checks, hints, compares and resets. See README.md beside it."""

import sys

from tests.grading.commands import main

if __name__ == "__main__":
    sys.exit(main())
