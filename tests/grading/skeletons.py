"""The command that derives the learner's package from nn.

python -m tests.grading.skeletons            # write it into kata/
python -m tests.grading.skeletons --check    # only tell whether kata/ holds it as it is
"""

import argparse
import sys

from tests.grading import ROOT
from tests.grading.course.skeletons import skeletons, write


def main(arguments=None):
    """Write the skeletons into kata/, or check them."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.grading.skeletons",
        description="The skeletons: the learner's package, derived from the reference function by function.",
    )
    parser.add_argument("--check", action="store_true", help="change nothing; fail if a skeleton differs")
    if not parser.parse_args(arguments).check:
        write(ROOT / "kata")
        return 0
    differing = [
        name
        for name, text in skeletons().items()
        if not (ROOT / "kata" / name).is_file() or (ROOT / "kata" / name).read_text(encoding="utf-8") != text
    ]
    if differing:
        print(
            f"kata/ is no longer what python -m tests.grading.skeletons makes of nn: {', '.join(differing)}"
        )
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main())
