"""The race: a learner's functions against the reference's and against the floor, in turn, as ratios.

The floor is what no implementation in NumPy can do without: reading the arguments, writing the result, the
bare matrix products, the bare random numbers. The bank has the calls that are timed, and their floors. Of
each contender the fastest round counts, for whatever else a machine does can only add to a time.
"""

import json
import os
import subprocess
import sys
import tempfile
from operator import attrgetter

from tests.grading import ROOT
from tests.grading.course.exercises import EXERCISES
from tests.grading.desk.asked import CommandError, exercises_of_words
from tests.grading.desk.progress import Progress
from tests.grading.desk.refreshing import refresh
from tests.grading.finding import PASSED
from tests.grading.terminal import PLAIN, cut, fit

SECONDS = 1.0  # of measuring for each exercise, about
SLOT = 5e-4  # of it at a stretch: short enough to be left alone by other programs now and then


def race(options):
    """Time the exercises that were asked for and pass; return the exit status."""
    from tests.solutions import RACES

    progress = Progress(options.folder)
    chosen = exercises_of_words(*options.what) if options.what else list(EXERCISES.values())
    chosen = [exercise for exercise in chosen if exercise.name in RACES]
    if not chosen:
        raise CommandError(f"{' '.join(options.what)} has nothing to time")
    current = progress.current()
    refresh(progress, [e for e in chosen if current[e.name].status != PASSED], options)
    current = progress.current()
    ready = [exercise for exercise in chosen if current[exercise.name].status == PASSED]
    if not ready:
        raise CommandError("nothing passes yet: being right comes before being fast")
    return run([exercise.name for exercise in ready], options.folder, options.paint)


def run(names, folder, paint=PLAIN):
    """Run the race for exercises that pass, print the table line by line; return the exit status."""
    environment = os.environ | {"PYTHONUNBUFFERED": "1"}
    command = [sys.executable, "-m", "tests.grading.desk.race", str(folder), *names]
    print(f"{'':22}{'yours':>9}{'yours /':>10}{'yours /':>8}{'reference':>10}")
    print(f"{'':22}{'us':>9}{'reference':>10}{'floor':>8}{'/ floor':>10}")
    with tempfile.TemporaryFile("w+") as errors:
        process = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=errors, text=True
        )
        done = 0
        for line in process.stdout:
            row = json.loads(line)
            done += 1
            style = "green" if row["reference"] <= 1.1 else "plain"
            figures = f"{row['microseconds']:>9.1f}{row['reference']:>10.2f}{row['floor']:>8.2f}"
            print(paint(f"{row['name']:<22}{figures}{row['best']:>10.2f}", style), flush=True)
        process.wait()
        if process.returncode:
            errors.seek(0)
            reason = (errors.read().strip().splitlines() or [f"exit status {process.returncode}"])[-1]
            missing = names[done] if done < len(names) else "the race"
            print(cut(f"kata: {missing} fell out of the race: {reason}"), file=sys.stderr)
            return 1
    from tests.solutions.bank import IN, OUT, N

    notes = (
        f"float32, {N} samples, {IN} inputs, {OUT} units, one thread; the fastest round of each. The floor "
        "is the work that nobody can avoid: reading the arguments once, writing the result once, the bare "
        "matrix products, the bare random numbers."
    )
    print("\n" + fit(notes))
    return 0


def main(arguments):
    """Time each exercise and print a JSON object for it."""
    os.environ["OPENBLAS_NUM_THREADS"] = os.environ["MKL_NUM_THREADS"] = "1"  # before NumPy is imported
    from tests.grading.judging.package import Package

    folder, *names = arguments
    yours, reference = Package(folder), Package("nn")
    for name in names:
        contenders = [prepare(name, package)[0] for package in (yours, reference)]
        mine, theirs, least = measure([*contenders, prepare(name, reference)[1]])
        row = {"name": name, "microseconds": 1e6 * mine, "reference": mine / theirs}
        print(json.dumps(row | {"floor": mine / least, "best": theirs / least}))


def measure(functions):
    """Time functions in turn, round by round; return the seconds of a call of each in its fastest round."""
    import time

    def once(function, calls):
        begun = time.perf_counter()
        for _ in range(calls):
            function()
        return (time.perf_counter() - begun) / calls

    contenders, seconds = [], 0.0
    for function in functions:
        function()  # imports, first touch of memory
        call = max(once(function, 1), 1e-7)
        calls = max(1, int(SLOT / call))
        contenders.append((function, calls))
        seconds += calls * call
    rounds = max(20, min(200, int(SECONDS / seconds)))
    return [
        min(times) for times in zip(*([once(*one) for one in contenders] for _ in range(rounds)), strict=True)
    ]


def prepare(name, package):
    """Return a call of an exercise's function of a package on arrays of usual size, and the call's floor."""
    from tests.solutions import RACES

    exercise, entry = EXERCISES[name], RACES[name]
    subject = f"{exercise.module}.{exercise.function.split('.')[0]}"
    return entry.prepare(*(attrgetter(place)(package) for place in (subject, *entry.beside)))


if __name__ == "__main__":
    main(sys.argv[1:])
