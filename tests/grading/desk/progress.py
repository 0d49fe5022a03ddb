"""Progress: a package's results, remembered in its folder, so that only what has changed is run again."""

import hashlib
import json
import os
import sys
from contextlib import suppress
from pathlib import Path

from tests.grading import ROOT
from tests.grading.course.exercises import EXERCISES, GRADED_MODULES
from tests.grading.course.reaching import Reach
from tests.grading.files import write
from tests.grading.finding import PASSED, UNKNOWN, WAITING, Finding
from tests.grading.judging.results import Result
from tests.grading.judging.runner import Grading

FILE = ".progress.json"
CHANGED = Finding(status=UNKNOWN, sentence="changed since it was checked")


class Progress:
    """The results of the package in a folder; ``refresh`` brings them up to date.

    results: by exercise name. hints: how many steps of an exercise's hint were shown. deeper: by exercise
    name, a digest of what the help with failing code was about, and how many steps of it were shown.
    A result is kept while a file cannot be read or imported, so that it holds again once the file is as it
    was.
    """

    def __init__(self, folder):
        self.folder = Path(folder)
        self._path = self.folder / FILE
        self.results = {name: Result(name, UNKNOWN) for name in EXERCISES}
        self.hints, self.deeper = {}, {}
        self._prints, self._texts = {}, {}
        self._blocked = {}  # by name: the code's fingerprint, and the result that says which file to fix
        self._load()

    def _load(self):
        try:
            saved = json.loads(self._path.read_text(encoding="utf-8"))
            self.hints = dict(saved["hints"])
            self.deeper = {name: (str(what), int(steps)) for name, (what, steps) in saved["deeper"].items()}
            if saved["graded_by"] == _grader():
                results = {name: Result.from_data(data) for name, data in saved["results"].items()}
                self._prints = {name: saved["fingerprints"][name] for name in results}
                self._texts = {name: saved["texts"][name] for name in results}
                blocked = {
                    name: (mark, Result.from_data(data)) for name, (mark, data) in saved["blocked"].items()
                }
                self.results |= {name: results[name] for name in EXERCISES if name in results}
                self._blocked = blocked
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            pass  # nothing remembered, or nothing of use: the lessons are simply run again

    def save(self):
        """Write everything down; a folder that cannot be written to costs no more than the time."""
        saved = {
            "graded_by": _grader(),
            "hints": self.hints,
            "deeper": self.deeper,
            "fingerprints": self._prints,
            "texts": {name: self._texts[name] for name in self._prints},
            "results": {name: self.results[name].as_data() for name in self._prints},
            "blocked": {name: (mark, result.as_data()) for name, (mark, result) in self._blocked.items()},
        }
        with suppress(OSError):
            write(self._path, json.dumps(saved))

    def stale(self):
        """Return the exercises whose code has changed since they were graded, and can be run."""
        return [EXERCISES[name] for name, result in self._known().items() if result is None]

    def _known(self):
        """Return by exercise name the result that holds for the code as it stands, None if none does."""
        sources = Reach(self.folder)
        known = {}
        for name, exercise in EXERCISES.items():
            mark, (blocked_mark, blocked) = self._prints.get(name), self._blocked.get(name, (None, None))
            if problem := sources.problem(exercise):
                known[name] = Result(name, WAITING, problem)
            elif (now := self._fingerprint(sources, exercise)) in (mark, blocked_mark):
                known[name] = blocked if now == blocked_mark else self.results[name]
            else:
                known[name] = None
        return known

    def refresh(self, exercises, *, limit, options=(), watch=None):
        """Grade exercises now and remember the outcome.

        What they are judged with is graded again, too, if its code has changed: nobody shall wait for a
        function that has been fixed. watch: called with each event that says how far it is, and with the
        exercise that it belongs to. Returns the names of all that were graded.
        """
        sources = Reach(self.folder)
        judges = set().union(*(sources.judged_with(exercise) for exercise in exercises))
        changed = [other for other in self.stale() if other.name in judges and other not in exercises]
        earlier = []
        if changed and any(exercise.function is None for exercise in exercises):
            earlier = self.refresh(
                changed, limit=limit, options=options, watch=watch
            )  # none keeps a training from running
        else:
            exercises = [*exercises, *changed]
        names = [exercise.name for exercise in exercises if not sources.problem(exercise)]
        if not names:
            return earlier
        before, text = {name: self._fingerprint(sources, EXERCISES[name]) for name in names}, _text(sources)
        grading = Grading(self.folder, exercises=names, limit=limit, options=options)
        exercise = None
        for event in grading:
            if event["event"] == "begin":
                exercise = grading.results.plan[event["test"]]
            if watch and event["event"] in ("begin", "estimate", "epoch"):
                watch(event, exercise)
        fresh = grading.results.all(earlier=self.current()) if grading.results else {}
        sources = Reach(self.folder)
        for name in names:
            if self._fingerprint(sources, EXERCISES[name]) != before[name]:
                continue  # it was saved meanwhile, and the tests may have read either
            result = fresh.get(name, Result(name, UNKNOWN))
            if result.blocked:
                self._blocked[name] = before[name], result
                continue
            self._blocked.pop(name, None)
            self.results[name], self._prints[name], self._texts[name] = result, before[name], text
            cause = EXERCISES.get(result.waits_for)
            if EXERCISES[name].function is None and result.status == WAITING and cause and cause.function:
                del self._prints[name]  # it was not run, so it is due once nothing is in its way
        self.save()
        return [*earlier, *names]

    def current(self):
        """Return the results as far as they still hold: what has changed since counts as not run."""
        return {name: result or Result(name, UNKNOWN, CHANGED) for name, result in self._known().items()}

    def is_to_the_letter(self, exercise):
        """Tell whether an exercise's result is about the files as they stand, comments and lines included."""
        sources = Reach(self.folder)
        graded = self._prints.get(exercise.name), self._texts.get(exercise.name)
        return graded == (self._fingerprint(sources, exercise), _text(sources))

    def passed(self, exercise):
        """Tell whether an exercise is known to pass as it stands."""
        return self.current()[exercise.name].status == PASSED

    @staticmethod
    def _fingerprint(sources, exercise):
        if exercise.function is None:  # trainings depend on all code, and on the data that are found
            return sources.fingerprint(exercise) + os.environ.get("MNIST_DIR", "")
        parts = [exercise, *(EXERCISES[name] for name in sorted(sources.judged_with(exercise)))]
        return hashlib.sha256("".join(map(sources.fingerprint, parts)).encode()).hexdigest()


def _text(sources):
    """Return a digest of all modules, letter by letter."""
    texts = [sources.module(module)[0] for module in GRADED_MODULES]
    return hashlib.sha256("\0".join(texts).encode(errors="surrogatepass")).hexdigest()


def _grader():
    """Return a digest of the lessons and of what else decides their outcome."""
    digest = hashlib.sha256(sys.version.encode())
    for path in sorted(
        [
            *ROOT.glob("tests/lessons/*.py"),
            *ROOT.glob("tests/grading/**/*.py"),
            *ROOT.glob("tests/grading/**/*.toml"),
            *ROOT.glob("tests/solutions/*.py"),
            *ROOT.glob("tests/solutions/asks/*.py"),
        ]
    ):
        digest.update(path.read_bytes())
    return digest.hexdigest()
