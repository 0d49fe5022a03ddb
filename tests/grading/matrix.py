"""The kill matrix: which tests refuse which wrong solutions, and how wide the tolerances between are.

    python -m tests.grading.matrix    # grades the whole bank and rewrites tests/README.md

Every comparison with a tolerance reports its error as a share of that tolerance. A right variant must stay
below 1, a wrong solution must get beyond; how far both stay away from 1 is the margin.
"""

import argparse
import os
import re
import sys
from collections import defaultdict

from tests.grading import ROOT
from tests.grading.course.exercises import EXERCISES, LESSONS
from tests.grading.files import write
from tests.grading.finding import PASSED
from tests.grading.judging.package import Package
from tests.grading.judging.solutions import grade, grade_solution
from tests.lessons import checks
from tests.solutions import RIGHT, WRONG

README = ROOT / "tests" / "README.md"
BEGIN, END = "<!-- the tables are written by python -m tests.grading.matrix -->", "<!-- end of the tables -->"


class Margins:
    """Watches comparisons: the largest error of right variants and the smallest that refused a wrong one."""

    def __init__(self):
        self.right = defaultdict(float)
        self.wrong, self.strongest = {}, {}
        self._now = defaultdict(float)

    def observe(self, share):
        """Take one comparison of the current test."""
        test = os.environ["PYTEST_CURRENT_TEST"].rsplit(" ", 1)[0]
        self._now[test] = max(self._now[test], share)

    def of_right(self):
        """Book what was observed since the last time for a right variant."""
        for test, share in self._now.items():
            self.right[_name(test)] = max(self.right[_name(test)], share)
        self._now.clear()

    def of_wrong(self, solution, outcomes):
        """Book what was observed since the last time for a wrong solution, where a comparison refused it."""
        for test, share in self._now.items():
            if outcomes.get(test) == "failed" and share > 1:
                name = _name(test)
                self.wrong[name] = min(self.wrong.get(name, (float("inf"), "")), (share, solution.name))
                self.strongest[solution.name] = max(self.strongest.get(solution.name, 0.0), share)
        self._now.clear()


def main(arguments=None):
    """Grade the bank and write the tables; return 1 if the lessons judge a solution wrongly, else 0."""
    argparse.ArgumentParser(
        prog="python -m tests.grading.matrix",
        description="Grade the whole bank, which takes minutes, and rewrite the tables in tests/README.md.",
    ).parse_args(arguments)
    from tqdm import tqdm

    margins, kills, passes = Margins(), {}, {}
    checks.OBSERVERS.append(margins.observe)
    names = [name for name, exercise in EXERCISES.items() if exercise.function]
    bar = tqdm(names, ncols=79, leave=False, disable=None)  # None: only on a terminal
    for name in bar:
        bar.set_description_str(f"{name:<23}")
        grade(Package("nn"), EXERCISES[name])
        margins.of_right()
        passes[name] = []
        for solution in RIGHT[name]:
            results = grade_solution(solution)
            margins.of_right()
            passes[name].append(results.all()[name].status == PASSED)
        for solution in WRONG[name]:
            outcomes = grade_solution(solution).outcomes()
            margins.of_wrong(solution, outcomes)
            kills[solution] = sum(outcome == "failed" for outcome in outcomes.values()), len(outcomes)
    text = README.read_text(encoding="utf-8")
    tables = "\n".join([BEGIN, "", *_kills(names, kills, passes), "", *_margins(margins), "", END])
    write(README, re.sub(f"{re.escape(BEGIN)}.*{re.escape(END)}", lambda _: tables, text, flags=re.DOTALL))
    survivors = [solution.name for solution, (killed, _) in kills.items() if not killed]
    if survivors or not all(map(all, passes.values())):
        print(f"not refused: {survivors}; a right variant fails: {not all(map(all, passes.values()))}")
        return 1
    return 0


def _kills(names, kills, passes):
    total = len(kills), sum(map(len, passes.values()))
    yield f"{total[0]} wrong solutions, {total[1]} right variants."
    yield ""
    yield "| exercise | tests | wrong solutions refused | by how many tests each | right variants passed |"
    yield "|---|---|---|---|---|"
    for name in names:
        own = [kills[solution] for solution in WRONG[name]]
        refused = sum(killed > 0 for killed, _ in own)
        few, many = min(killed for killed, _ in own), max(killed for killed, _ in own)
        span = f"{few}" if few == many else f"{few} to {many}"
        yield (
            f"| `{name}` | {own[0][1]} | {refused} of {len(own)} | {span} | "
            f"{sum(passes[name])} of {len(passes[name])} |"
        )
    yield ""
    yield "<details><summary>Each wrong solution, with the number of tests that refuse it</summary>"
    yield ""
    for name in names:
        cells = [f"{solution.name} {kills[solution][0]}" for solution in WRONG[name]]
        tests = kills[WRONG[name][0]][1]
        yield f"- `{name}` ({tests} test{'s' if tests > 1 else ''}): {', '.join(cells)}"
    yield ""
    yield "</details>"


def _margins(margins):
    rights = [share for name, share in margins.right.items() if name in margins.wrong]
    weakest = min(margins.strongest, key=margins.strongest.get)
    yield from (
        "Margins: the error of the worst right variant, and of the nearest wrong solution that a test",
        "refuses, both as a multiple of the test's tolerance. The worst right variant of all comes to",
        f"{_figure(max(rights))}.",
        "A wrong solution may come near the tolerance of one test as long as another refuses it clearly:",
        f"each is beyond some tolerance by a factor of {_figure(margins.strongest[weakest])} or more",
        f"(`{weakest}`), or refused by another kind of check.",
    )
    yield ""
    yield "<details><summary>Each test with a tolerance</summary>"
    yield ""
    yield "| lesson | test | worst right | nearest wrong | which |"
    yield "|---|---|---|---|---|"
    for name in sorted(margins.right, key=lambda name: (_lesson(name), name)):
        share, solution = margins.wrong.get(name, (None, ""))
        wrong = "" if share is None else _figure(share)
        test = name.split("::")[1].removeprefix("test_")
        yield f"| {_lesson(name)} | {test} | {_figure(margins.right[name])} | {wrong} | {solution} |"
    yield ""
    yield "</details>"


def _name(test):
    return test.split("[")[0]


def _lesson(name):
    lesson = int(re.search(r"test_(\d)_", name)[1])
    return f"{lesson} {LESSONS[lesson]}"


def _figure(value):
    if value == 0:
        return "0"
    return "infinite" if value == float("inf") else f"{value:.2g}"


if __name__ == "__main__":
    sys.exit(main())
