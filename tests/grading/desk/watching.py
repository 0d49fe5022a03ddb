"""The command `watch`: check again whenever a file is saved, until the learner has seen enough."""

import sys
import time
from contextlib import nullcontext
from datetime import datetime

from tests.grading.course.exercises import EXERCISES, LESSONS, exercises_of
from tests.grading.desk import board
from tests.grading.desk.helping import give_hint
from tests.grading.desk.keys import QUIT, keyboard
from tests.grading.desk.progress import Progress
from tests.grading.desk.refreshing import refresh, refresh_due
from tests.grading.desk.telling import close_lessons, tell, tell_all
from tests.grading.finding import FAILING, PASSED
from tests.grading.terminal import fit, shown_as

INTERVAL = 0.2  # seconds between two looks at the files
KEYS = (("h", "hint"), ("r", "run again"), ("q", "quit"))


def watch(options):
    """Grade what is due after each change of a file, and tell of what is new; q or Ctrl-C ends it.

    Returns 0. Keys are taken only from a terminal.
    """
    keys = keyboard()
    with keys or nullcontext():
        watched = Watched(options, keys is not None)
        watched.begin()
        while True:
            key = rest(INTERVAL, keys)
            if key == QUIT:
                return 0
            watched.look()  # so that the other keys are about the code as it stands
            if key == "h":
                watched.hint()
            elif key == "r":
                watched.run_again()


def rest(seconds, keys):
    """Wait; return the key that was pressed meanwhile, "" if none was."""
    if keys:
        return keys.wait(seconds)
    time.sleep(seconds)
    return ""


class Watched:
    """A package that is watched, and what of it is on the screen."""

    def __init__(self, options, has_keys):
        self._options, self._has_keys = options, has_keys
        self._seen = _stamps(options.folder)  # before the files are read, so that no change is missed
        self._progress = Progress(options.folder)
        self._current = {}
        self._told = {}  # the results of failing exercises that were told in full
        self._subject = None  # the exercise on the screen, None after the last

    def begin(self):
        """Print the board."""
        refresh_due(self._progress, self._options)
        self._current = self._progress.current()
        self._subject = board.next_exercise(self._current)
        print(board.render(self._current, self._options.folder, self._options.paint, self._options.command))
        print("\nWatching: save a file and it is checked" + ("." if self._has_keys else "; Ctrl-C ends it."))
        self._end_screen()

    def look(self):
        """Grade and tell if a file was saved."""
        now, graded, judged = _stamps(self._options.folder), set(), dict(self._progress.results)
        if now == self._seen:
            return
        while now != self._seen:  # what is saved while the tests run is run, too, before anything is told
            self._seen = now
            graded.update(refresh_due(self._progress, self._options))
            now = _stamps(self._options.folder)
        before, self._current = self._current, self._progress.current()
        if graded or self._current != before:
            self._tell(graded, before, judged)

    def hint(self):
        """Print the next step of the help with the exercise on the screen."""
        self._begin_screen()
        if self._subject is None or self._current[self._subject.name].blocked:
            self._follow()
        else:
            give_hint(self._subject, self._progress, self._options)
        self._end_screen()

    def run_again(self):
        """Grade the exercise on the screen once more, or all if there is none; tell of it."""
        exercises = [self._subject] if self._subject else list(EXERCISES.values())
        judged, before = dict(self._progress.results), self._current
        graded = refresh(self._progress, exercises, self._options)
        self._current = self._progress.current()
        self._tell(set(graded), before, judged)

    def _tell(self, graded, before, judged):
        """Say what is new.

        graded: the names of what was graded now. before: the results that held before; judged: the last that
        each exercise has had, which hold no longer if its code has changed, or while a file is broken.
        """
        current, options = self._current, self._options
        self._begin_screen()
        right = {name for name, result in current.items() if result.status == PASSED}
        gained = [current[name] for name in EXERCISES if name in right and judged[name].status != PASSED]
        kept = right - {result.name for result in gained}
        for result in gained:
            tell(result, options)
        if again := {name for name in kept if before[name].blocked}:
            print(fit(f"Right again: {', '.join(_in_short(again))}"))
        wrong = [current[name] for name in EXERCISES if name in graded and current[name].status == FAILING]
        expected = board.next_exercise(before)
        wrong.sort(key=lambda result: expected is None or result.name != expected.name)
        blocked = any(result.blocked for result in current.values())
        if wrong and not blocked:
            self._subject = EXERCISES[wrong[0].name]
            tell_all(wrong, options) if len(wrong) > 1 else tell(wrong[0], options)
            self._told[wrong[0].name] = wrong[0]
        else:
            still = [name for name in EXERCISES if name in kept & graded - again]
            if still and not gained:
                print(fit(f"Still right: {', '.join(still)}"))
            close_lessons([EXERCISES[result.name] for result in gained], current, options)
            self._follow()
            # It was graded while a file was broken, or behind another: nobody has seen how it fails.
            untold = current[self._subject.name] if self._subject and not blocked else None
            if untold and untold.status == FAILING and self._told.get(untold.name) != untold:
                print()
                tell(untold, options)
                self._told[untold.name] = untold
        self._end_screen()

    def _follow(self):
        """Say what to do next."""
        options = self._options
        self._subject = board.next_exercise(self._current)
        print(board.following(self._current, options.folder, options.paint, options.command))

    def _begin_screen(self):
        print(self._options.paint(f"\n-- {datetime.now():%H:%M:%S} " + "-" * 30, "faint"))

    def _end_screen(self):
        if self._has_keys:
            separator = shown_as(" · ", "  ")
            print(self._options.paint(separator.join(f"{key} {what}" for key, what in KEYS), "faint"))
        sys.stdout.flush()


def _in_short(names):
    """Return exercises in the order of the lessons; one word for a whole lesson."""
    for lesson in LESSONS:
        own = [exercise.name for exercise in exercises_of(lesson)]
        yield from [f"lesson {lesson}"] if names.issuperset(own) else [name for name in own if name in names]


def _stamps(folder):
    """Return the times and sizes of the package's files, to see when one is saved.

    Two saves within one tick of the file system's clock have the same time.
    """
    stamps = {}
    for path in folder.glob("*.py"):
        try:
            stat = path.stat()
            stamps[path] = stat.st_mtime_ns, stat.st_size
        except OSError:  # an editor may be just replacing it
            continue
    return stamps
