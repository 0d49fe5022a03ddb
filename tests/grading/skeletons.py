"""The command that derives the learner's package from nn: see tests/grading/course/skeletons.py."""

import sys

from tests.grading.course.skeletons import main

if __name__ == "__main__":
    sys.exit(main())
