"""The board and the command `check`: grade what was asked for, tell of it, and name what is next."""

import sys
import time
from contextlib import nullcontext, redirect_stdout

from tests.grading.course.exercises import EXERCISES
from tests.grading.desk import board, reports, structured
from tests.grading.desk.asked import CommandError, exercises_of_words
from tests.grading.desk.progress import Progress
from tests.grading.desk.refreshing import refresh, refresh_due, settle
from tests.grading.desk.telling import close_lessons, tell, tell_all
from tests.grading.finding import PASSED, WAITING


def show_board(options):
    """Grade what is due and print the board; return 0 if all passes, else 1."""
    progress = Progress(options.folder)
    refresh_due(progress, options)
    current = progress.current()
    print(board.render(current, options.folder, options.paint, options.command))
    return 0 if all(result.status == PASSED for result in current.values()) else 1


def check(options):
    """Grade the exercises that were asked for and tell how they fared; return 0 if all pass, else 1."""
    progress = Progress(options.folder)
    chosen = exercises_of_words(*options.what) if options.what else list(EXERCISES.values())
    extra = [f"--seed={options.seed}", *(["--tb=short"] if options.traceback else [])]
    begun = time.monotonic()
    with redirect_stdout(sys.stderr) if options.json else nullcontext():  # which then has nothing but JSON
        refresh(progress, chosen, options, extra)
    current = progress.current()
    results = [current[exercise.name] for exercise in chosen]
    for path, report in ((options.junitxml, reports.junit), (options.results, reports.gradescope)):
        if path:
            try:
                report(results, path)
            except OSError as error:
                raise CommandError(f"cannot write {path}: {error.strerror}") from None
    passed = all(result.status == PASSED for result in results)
    if options.json:
        print(structured.text(results, options.folder, with_changes=not options.no_changes))
        return 0 if passed else 1
    if len(results) == 1:
        tell(results[0], options)
    else:
        tell_all(results, options)
        print(f"({time.monotonic() - begun:.1f} s)")
    if passed:
        settle(progress, options)
        current = progress.current()
        close_lessons(chosen, current, options)
        print("\n" + board.following(current, options.folder, options.paint, options.command))
    elif all(result.status in (PASSED, WAITING) and not result.blocked for result in results):
        settle(progress, options)  # nothing of it can be judged yet: what comes before it?
        print("\n" + board.following(progress.current(), options.folder, options.paint, options.command))
    return 0 if passed else 1
