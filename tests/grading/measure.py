"""The command that measures the diagnosis on programs as learners write them.

    python -m tests.grading.measure                       # tests/solutions/learners, which takes minutes
    python -m tests.grading.measure --out said.jsonl      # goes on where it was stopped

Every program takes the place of its namesake in a folder where all else is solved, and its exercise is
checked there as by ``python -m kata check``. What is then said is compared with what a teacher says.
"""

import argparse
import json
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path

from tests.grading.judging import runner
from tests.grading.measuring import counting
from tests.grading.measuring.running import Learner, digest
from tests.solutions.learners import programs, read


def main(arguments=None):
    """Measure, print the tables and what is to be read; return 0."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.grading.measure",
        description="Check programs as learners write them, and count what is said of them.",
    )
    parser.add_argument(
        "--bank",
        nargs="+",
        action="extend",
        type=Path,
        metavar="FILE",
        help="programs, as TOML or Python, instead of tests/solutions/learners",
    )
    parser.add_argument("--only", nargs="+", metavar="ID", help="only these programs")
    parser.add_argument("--jobs", type=int, default=1, metavar="N", help="how many at once (default: 1)")
    parser.add_argument(
        "--limit",
        type=float,
        default=runner.LIMIT,
        metavar="SECONDS",
        help="time for the tests of an exercise, and for what is found beyond them (default: %(default)g)",
    )
    parser.add_argument(
        "--out",
        type=Path,
        metavar="FILE.jsonl",
        help="keep the records; what it has of this code is not run again",
    )
    parser.add_argument(
        "--read", type=Path, metavar="FILE.md", help="write what learners read beside the truth, to be judged"
    )
    options = parser.parse_args(arguments)
    chosen = [program for path in options.bank for program in read(path)] if options.bank else programs()
    if options.only:
        chosen = [program for program in chosen if program.id in options.only]
    records = measure(chosen, options.jobs, options.out, options.limit)
    print("\n".join(counting.tables(records)))
    if options.read:
        text = "\n".join(counting.to_be_read(chosen, records))
        options.read.write_text(text, encoding="utf-8")
    return 0


def measure(chosen, jobs=1, out=None, limit=runner.LIMIT):
    """Return a record of each program, in their order; out: a file that keeps them."""
    from tqdm import tqdm

    if limit > runner.LIMIT:
        runner.EXPLAINING = limit  # a busy machine must not change what is found
    records = {record["digest"]: record for record in _kept(out)}
    left = [program for program in chosen if digest(program) not in records]
    if left:
        with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(jobs) as pool:
            learner = Learner(folder, {program.exercise for program in left}, limit)
            running = [pool.submit(learner.check, program) for program in left]
            for done in tqdm(as_completed(running), total=len(left), ncols=79, leave=False, disable=None):
                record = done.result() | ({"processor": None} if jobs > 1 else {})
                records[record["digest"]] = record
                if out:
                    with out.open("a", encoding="utf-8") as file:
                        file.write(json.dumps(record) + "\n")
    return [records[digest(program)] for program in chosen]


def _kept(out):
    if not out or not out.exists():
        return []
    return [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]


if __name__ == "__main__":
    sys.exit(main())
