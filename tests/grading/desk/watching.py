"""The command `watch`: check again whenever a file is saved, until the learner has seen enough."""

import sys
import time
from datetime import datetime

from tests.grading.course.exercises import EXERCISES
from tests.grading.desk import board
from tests.grading.desk.progress import Progress
from tests.grading.desk.refreshing import refresh_due
from tests.grading.desk.telling import close_lessons, tell, tell_all
from tests.grading.finding import FAILING, PASSED
from tests.grading.terminal import fit

INTERVAL = 0.2  # seconds between two looks at the files


def watch(options):
    """Grade what is due after each change of a file, and tell of what is new; Ctrl-C ends it."""
    seen = _stamps(options.folder)  # before the files are read, so that no change is missed
    progress = Progress(options.folder)
    refresh_due(progress, options)
    current = progress.current()
    print(board.render(current, options.folder, options.paint, options.command))
    print("\nWatching: save a file and it is checked; Ctrl-C ends it.", flush=True)
    shown = {}  # the results of failing exercises that were told in full
    while True:
        time.sleep(INTERVAL)
        now = _stamps(options.folder)
        if now == seen:
            continue
        graded = set()
        while now != seen:  # what is saved while the tests run is run, too, before anything is told
            seen = now
            graded.update(refresh_due(progress, options))
            now = _stamps(options.folder)
        before, current = current, progress.current()
        if not graded and current == before:
            continue
        print(options.paint(f"\n-- {datetime.now():%H:%M:%S} " + "-" * 30, "faint"))
        results = [current[name] for name in EXERCISES if name in graded]
        right = [result for result in results if result.status == PASSED]
        gained = [result for result in right if before[result.name].status != PASSED]
        for result in gained:
            tell(result, options)
        wrong = [result for result in results if result.status == FAILING]
        expected = board.next_exercise(before)
        wrong.sort(key=lambda result: expected is None or result.name != expected.name)
        following = board.next_exercise(current)
        blocked = any(result.blocked for result in current.values())
        if wrong and not blocked:
            tell_all(wrong, options) if len(wrong) > 1 else tell(wrong[0], options)
            shown[wrong[0].name] = wrong[0]
        else:
            if right and not gained:
                print(fit(f"Still right: {', '.join(result.name for result in right)}"))
            close_lessons([EXERCISES[result.name] for result in gained], current, options)
            print(board.following(current, options.folder, options.paint, options.command))
            # It was graded while a file was broken, or behind another: nobody has seen how it fails.
            untold = current[following.name] if following and not blocked else None
            if untold and untold.status == FAILING and shown.get(untold.name) != untold:
                print()
                tell(untold, options)
                shown[untold.name] = untold
        sys.stdout.flush()


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
