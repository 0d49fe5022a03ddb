"""The command that derives the learner's package from nn, and the tables of the READMEs from the records.

python -m tests.grading.skeletons            # write kata/ and the tables
python -m tests.grading.skeletons --check    # only tell whether all of them are as they should be
"""

import argparse
import sys

from tests.grading import ROOT
from tests.grading.course.skeletons import skeletons
from tests.grading.course.tables import readmes
from tests.grading.files import write


def main(arguments=None):
    """Write what is derived, or check it."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.grading.skeletons",
        description="The skeletons: the learner's package, derived from the reference function by function.",
    )
    parser.add_argument("--check", action="store_true", help="change nothing; fail if a skeleton differs")
    check = parser.parse_args(arguments).check
    derived = {f"kata/{name}": text for name, text in skeletons().items()} | readmes()
    differing = [path for path, text in derived.items() if not _holds(ROOT / path, text)]
    if not check:
        for path in differing:
            write(ROOT / path, derived[path])
        return 0
    if differing:
        print(f"no longer what python -m tests.grading.skeletons makes of nn: {', '.join(differing)}")
    return 1 if differing else 0


def _holds(path, text):
    return path.is_file() and path.read_text(encoding="utf-8") == text


if __name__ == "__main__":
    sys.exit(main())
