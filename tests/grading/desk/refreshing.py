"""Refreshing results: which exercises are due, and the status line while they are graded."""

import re
import sys
import time

from tests.grading.course.exercises import EXERCISES
from tests.grading.desk import learned
from tests.grading.desk.asked import CommandError
from tests.grading.finding import PASSED
from tests.grading.terminal import cut, width

INTERVAL = 0.2  # seconds between two states of the line during a training
TRAININGS = [exercise for exercise in EXERCISES.values() if exercise.function is None]


class StatusLine:
    """The last line of the terminal, which names what is being graded; nothing where there is no terminal."""

    def __init__(self):
        self._shown = sys.stderr.isatty()
        self._name = ""
        self._next = self._end = 0.0  # when the line may change again, and when the trainings should be done

    def show(self, line):
        """Put a line in the place of the one before; "" clears it."""
        if self._shown:
            print(f"\r{cut(line):<{width()}}\r", end="", file=sys.stderr, flush=True)

    def watch(self, event, name):
        """Show an event of the grading; name: the exercise that it belongs to."""
        now = time.monotonic()
        if event["event"] == "estimate":
            self._end = now + event["seconds"]
            self.show("")
            print(learned.estimate(event, width()), flush=True)
        elif event["event"] == "epoch" and now >= self._next:
            self._next = now + INTERVAL
            self.show(learned.status(event, left=self._end - now))
        elif event["event"] == "begin" and name != self._name:
            self._name = name
            self.show(f"checking {name}")

    def tell(self, sentence):
        """Leave a sentence on a terminal."""
        if self._shown:
            print(sentence, file=sys.stderr)


def refresh(progress, exercises, options, extra=()):
    """Grade exercises, naming the current one on the status line; return the names of all that were graded.

    extra: further options for pytest.
    """
    if not exercises:
        return []
    line = StatusLine()
    try:
        return progress.refresh(exercises, limit=options.limit, options=extra, watch=line.watch)
    except RuntimeError as error:
        raise CommandError(_reason(str(error))) from None
    finally:
        line.show("")


def refresh_due(progress, options):
    """Grade what has changed, and the trainings once all the rest is right; return the names of all that were
    graded.
    """
    exercises = _due(progress)
    graded = refresh(progress, exercises, options)
    if exercises and exercises[0].function and _due(progress) == TRAININGS:
        StatusLine().tell("Everything else passes: now the training runs")
        graded += refresh(progress, TRAININGS, options)
    return graded


def settle(progress, options):
    """Grade what has changed, but for the trainings, so that all commands agree on what is next."""
    refresh(progress, [exercise for exercise in progress.stale() if exercise.function], options)


def _due(progress):
    """Return what to run again: what has changed; the trainings only once everything else is right."""
    stale, current = progress.stale(), progress.current()
    trainings = [exercise for exercise in stale if exercise.function is None]
    others = [exercise for exercise in stale if exercise.function]
    done = all(current[e.name].status == PASSED for e in EXERCISES.values() if e.function)
    return trainings if done and not others else others


def _reason(output):
    """Return why the lessons could not be run: a line of what the process has printed."""
    if missing := re.search(r"No module named '?(numpy|pytest)'?", output):
        return f"{missing[1]} is not installed here: python -m pip install numpy pytest"
    lines = [line for line in output.splitlines() if line.strip()]
    return lines[-1] if lines else "the lessons could not be run"
