"""The runner: grades a package in a process of its own, which may hang, die or be killed without harm.

The process writes down what it does, line by line. Where it ends early or takes too long, the exercise at
hand fails with one sentence, and another process takes over with the exercises that are left. Nothing counts
as passed that was not reported, and this module imports neither pytest nor NumPy: it starts at once.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.grading import ROOT
from tests.grading.course.exercises import EXERCISES
from tests.grading.judging.results import Results

LIMIT = 10.0  # seconds for an exercise; each epoch of a training has the factor below
EPOCH = 12
EXPLAINING = 8.0  # seconds at most for what is found of an exercise beyond its tests
MEMORY = 4 * 2**30  # bytes beyond what NumPy and pytest take themselves
PAUSE = 0.005


class Events:
    """The graded process's side: one JSON object a line, written at once."""

    def __init__(self, path):
        self._file = open(path, "a", encoding="utf-8")  # noqa: SIM115 - open as long as the process lives
        limit_memory()

    def write(self, event, **fields):
        """Write an event down."""
        self._file.write(json.dumps({"event": event, **fields}) + "\n")
        self._file.flush()


def limit_memory():
    """Let the process have MEMORY bytes beyond what it has, on platforms that know such a limit."""
    try:
        import resource

        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    except (ImportError, OSError):
        return
    wanted = pages * os.sysconf("SC_PAGE_SIZE") + MEMORY
    _, most = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (wanted if most < 0 else min(wanted, most), most))


class Grading:
    """Grades a package by some tests or exercises; iterating yields the events as they come.

    folder: the package. tests: node ids; exercises: names; all of both where neither is given. limit: seconds
    for each exercise. options: for pytest. ``results`` has the outcome so far.
    """

    def __init__(self, folder, *, tests=None, exercises=None, limit=LIMIT, options=()):
        self.folder, self.limit, self.options = Path(folder), limit, list(options)
        self.results = None
        self._tests, self._exercises = tests, exercises
        self._process = None

    def run(self):
        """Grade to the end; return the results."""
        for _ in self:
            pass
        return self.results

    def close(self):
        """Stop at once."""
        if self._process is not None and self._process.poll() is None:
            self._process.kill()
            self._process.wait()

    def __iter__(self):
        left = None  # the tests still to be run, once the first process has told which there are
        with tempfile.TemporaryDirectory() as folder:
            for attempt in range(2 * len(EXERCISES)):
                try:
                    current, problem = yield from self._watch(Path(folder), attempt, left)
                finally:
                    self.close()
                if problem is None:
                    return
                if self.results is None:
                    raise RuntimeError(problem)
                left = list(self.results.plan) if left is None else left
                current = current or left[0]
                exercise = self.results.plan[current]
                if problem:
                    yield self._report(current, problem)
                after = left[left.index(current) + 1 :]
                left = []
                for test in after:
                    other = self.results.plan[test]
                    if other == exercise:
                        yield self._report(test, "not run: see the exercise's other test", "skipped")
                    elif EXERCISES[other].function:
                        left.append(test)
                    else:  # a training would meet the same fault, and needs minutes to say so
                        yield self._report(test, f"waits for {exercise}", "skipped", waits_for=exercise)
                if not left:
                    return

    def _watch(self, folder, attempt, left):
        """Run one process and yield its events; return the current test and the problem, if there was one.

        The problem is "" if the process ended while it was explaining an exercise: its tests are done, and
        what they say stands.
        """
        events, output = folder / f"events{attempt}", folder / f"output{attempt}"
        events.touch()
        with output.open("wb") as sink:
            self._process = subprocess.Popen(
                self._command(events, folder, left),
                cwd=ROOT,
                # small products gain nothing from several threads, and lose much on a busy machine
                env={"OPENBLAS_NUM_THREADS": "1"} | os.environ | {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
                stdin=subprocess.DEVNULL,
                stdout=sink,
                stderr=subprocess.STDOUT,
            )
        current = exercise = None
        explaining, begun = False, time.monotonic()
        with events.open(encoding="utf-8") as lines:
            pending = ""
            while True:
                ended = self._process.poll() is not None  # asked before reading, so that nothing is missed
                pending += lines.read()
                *complete, pending = pending.split("\n")
                for event in map(json.loads, complete):
                    if event["event"] == "plan" and self.results is None:
                        self.results = Results(event["tests"], self.folder)
                    elif event["event"] == "begin":
                        current = event["test"]
                        if self.results.plan[current] != exercise:
                            exercise, begun = self.results.plan[current], time.monotonic()
                    elif event["event"] == "epoch":
                        begun = time.monotonic()
                    elif event["event"] == "report":
                        self.results.add(event["report"])
                    elif event["event"] == "explaining":
                        explaining, begun = True, time.monotonic()
                    elif event["event"] == "explained":
                        explaining, begun = False, time.monotonic()
                        self.results.explain(event["exercise"], event["findings"])
                    elif event["event"] == "complete":
                        if event["status"] in (0, 1, 5):  # passed, some failed, none were left to run
                            return None, None
                        if self.results is not None and current:
                            return current, f"{exercise} broke off the whole run: a function must return"
                    yield event
                if ended:
                    break
                if explaining:
                    if time.monotonic() - begun > min(EXPLAINING, self.limit):
                        return current, ""
                elif exercise and time.monotonic() - begun > self._limit(exercise):
                    what = exercise if EXERCISES[exercise].function else f"An epoch of {exercise}"
                    return current, (
                        f"{what} did not come to an end within {self._limit(exercise):g} seconds: "
                        "is there a loop that never stops?"
                    )
                if not complete:
                    time.sleep(PAUSE)
        if explaining:
            return current, ""
        if self.results is None:
            return None, output.read_text(encoding="utf-8", errors="replace").strip()
        status = self._process.returncode
        how = f"exit status {status}" if status >= 0 else f"signal {-status}"
        return current, (
            f"{exercise or 'The code'} ended the whole process ({how}) before its tests were done: "
            "a function must return, not exit"
        )

    def _command(self, events, folder, left):
        lessons = {EXERCISES[name].lesson for name in self._exercises or ()}
        chosen = sorted(lessons) or range(1, 10)
        files = [str(next((ROOT / "tests/lessons").glob(f"test_{lesson}_*.py"))) for lesson in chosen]
        options = [
            f"--impl={self.folder}",
            f"--events={events}",
            "-q",
            "-p",
            "no:cacheprovider",
            *self.options,
        ]
        tests = left if left is not None else self._tests
        if tests is not None:
            listed = folder / "tests"
            listed.write_text("\n".join(tests), encoding="utf-8")
            options.append(f"--tests={listed}")
        options += [f"--exercise={name}" for name in self._exercises or ()]
        return [sys.executable, "-m", "pytest", *files, *options]

    def _limit(self, name):
        return self.limit * (1 if EXERCISES[name].function else EPOCH)

    def _report(self, test, sentence, outcome="failed", **properties):
        """Return the event of a test that could not report for itself."""
        file = test.split("::")[0]
        report = {
            "$report_type": "TestReport",
            "nodeid": test,
            "location": [file, 0, test.split("::")[-1]],
            "keywords": {},
            "outcome": outcome,
            "longrepr": sentence if outcome == "failed" else [file, 0, sentence],
            "when": "call",
            "user_properties": [["exercise", self.results.plan[test]], *map(list, properties.items())],
            "sections": [],
            "duration": 0.0,
            "start": 0.0,
            "stop": 0.0,
        }
        self.results.add(report)
        return {"event": "report", "report": report}
