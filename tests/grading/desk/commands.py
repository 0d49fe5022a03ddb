"""The learner's command line: `python -m kata`."""

import argparse
import ast
import os
import re
import sys
import textwrap
import time
from datetime import datetime
from difflib import get_close_matches
from pathlib import Path

from tests.grading import ROOT
from tests.grading.course.exercises import EXERCISES, LESSONS, exercises_of, find
from tests.grading.course.sources import Sources
from tests.grading.desk import board, learned, reports
from tests.grading.desk.progress import Progress
from tests.grading.files import write
from tests.grading.finding import FAILING, PASSED, TODO, WAITING
from tests.grading.judging.runner import LIMIT
from tests.grading.show import render
from tests.grading.terminal import command as typed
from tests.grading.terminal import cut, fit, paint, short, width

INTERVAL = 0.2  # seconds between two looks at the files
OWN = "mine"  # the folder that `new` makes: git ignores it, and where it is, it is the one to work on


class CommandError(Exception):
    """What the learner asked for cannot be done; the message is one line."""


def main(arguments=None):
    """Run one command; return the exit status: 0 only where everything asked for passes."""
    parser = _parser()
    options = parser.parse_args(arguments)
    if hasattr(sys.stdout, "reconfigure"):  # a console that lacks a character shows another in its place
        sys.stdout.reconfigure(errors="replace")
        sys.stderr.reconfigure(errors="replace")
    try:
        options.folder = _folder(options.impl)
        options.color = _color()
        options.command = "python -m kata" + (f" --impl {options.impl}" if options.impl else "")
        return options.run(options)
    except CommandError as error:
        print(cut(f"kata: {error}"), file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:  # whoever reads has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return 1


class _Parser(argparse.ArgumentParser):
    """Tells of a mistake in one line, without the usage."""

    def error(self, message):
        message = message.removeprefix("argument ")
        # Python 3.15 makes a guess of its own before the choices.
        choice = r"(.*?): invalid choice: ('.*?'|[^\s,]+)(?:, maybe you meant .*\?)? \(choose from (.*)\)"
        if match := re.match(choice, message):
            argument, got, known = match[1], match[2].strip("'"), re.findall(r"[\w-]+", match[3])
            near = get_close_matches(got, known, n=1)
            meant = f"did you mean {near[0]}?" if near else f"it must be one of {', '.join(known)}"
            message = f"{argument}: there is no {got!r}; {meant}"
            if argument == "COMMAND":
                message = f"there is no command {got!r}; " + (meant if near else "see python -m kata --help")
        self.exit(2, cut(f"kata: {message}") + "\n")


def _common():
    """Return a parser of the options that may stand before or behind the command."""
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument(
        "--impl",
        default=argparse.SUPPRESS,
        metavar="FOLDER",
        help=f"the package to work on (default: {OWN} if it exists, else kata)",
    )
    common.add_argument(
        "--limit",
        type=_positive,
        default=argparse.SUPPRESS,
        metavar="SECONDS",
        help=f"time that an exercise may take (default: {LIMIT:g})",
    )
    return common


def _parser():
    parser = _Parser(
        prog="python -m kata",
        parents=[_common()],
        description="Your board: what is done, and what to write next.",
        epilog="A lesson is a number, a name, or several (1, activations, 1-4); an exercise is a function's "
        "name.",
    )
    parser.set_defaults(run=_board, impl=None, limit=LIMIT)
    commands = parser.add_subparsers(metavar="COMMAND")

    def add(name, run, purpose):
        description = purpose[0].upper() + purpose[1:] + "."
        command = commands.add_parser(name, parents=[_common()], help=purpose, description=description)
        command.set_defaults(run=run)
        return command

    check = add("check", _check, "run the tests of lessons or exercises, of all if none is named")
    check.add_argument("what", nargs="*", metavar="LESSON|EXERCISE")
    check.add_argument("--traceback", action="store_true", help="show where in the code a test failed, too")
    check.add_argument(
        "--seed", type=_seed, default=0, metavar="N", help="of the tests' random numbers (default: 0)"
    )
    check.add_argument("--junitxml", type=_file, metavar="FILE", help="write the outcome for other tools")
    check.add_argument("--results", type=_file, metavar="FILE", help="write the outcome for Gradescope")
    add("watch", _watch, "check again whenever a file is saved, and move on when an exercise passes")
    hint = add("hint", _hint, "show the next of three steps, from the idea to an outline in words")
    hint.add_argument("exercise", nargs="?", metavar="EXERCISE", help="default: the next one to do")
    hint.add_argument(
        "--step", type=int, choices=(1, 2, 3), help="show this step (default: one further each time)"
    )
    solution = add("solution", _solution, "compare a function that passes with a plain solution")
    solution.add_argument("exercise", metavar="EXERCISE")
    solution.add_argument("--fast", action="store_true", help="with the reference, and what makes it fast")
    solution.add_argument("--force", action="store_true", help="even if it does not pass yet")
    reset = add("reset", _reset, "put back the skeletons of exercises or lessons, keeping a backup")
    reset.add_argument("what", nargs="+", metavar="LESSON|EXERCISE")
    new = add("new", _new, "make a fresh copy of the skeletons, to work in")
    new.add_argument("target", nargs="?", type=Path, metavar="FOLDER", help=f"default: {OWN}")
    race = add("race", _race, "time what passes against the reference and against the floor")
    race.add_argument("what", nargs="*", metavar="LESSON|EXERCISE")
    return parser


def _board(options):
    progress = Progress(options.folder)
    _refresh(progress, _due(progress), options)
    current = progress.current()
    print(board.render(current, options.folder, options.color, options.command))
    return 0 if all(result.status == PASSED for result in current.values()) else 1


def _check(options):
    progress = Progress(options.folder)
    chosen = _find(*options.what) if options.what else list(EXERCISES.values())
    extra = [f"--seed={options.seed}", *(["--tb=short"] if options.traceback else [])]
    begun = time.monotonic()
    _refresh(progress, chosen, options, extra)
    current = progress.current()
    results = [current[exercise.name] for exercise in chosen]
    for path, report in ((options.junitxml, reports.junit), (options.results, reports.gradescope)):
        if path:
            try:
                report(results, path)
            except OSError as error:
                raise CommandError(f"cannot write {path}: {error.strerror}") from None
    if len(results) == 1:
        _tell(results[0], options)
    else:
        _tell_all(results, options)
        print(f"({time.monotonic() - begun:.1f} s)")
    passed = all(result.status == PASSED for result in results)
    if passed:
        _settle(progress, options)
        current = progress.current()
        _close(chosen, current, options)
        print("\n" + board.following(current, options.folder, options.color, options.command))
    elif all(result.status in (PASSED, WAITING) and not result.blocked for result in results):
        _settle(progress, options)  # nothing of it can be judged yet: what comes before it?
        print("\n" + board.following(progress.current(), options.folder, options.color, options.command))
    return 0 if passed else 1


def _watch(options):
    seen = _stamps(options.folder)  # before the files are read, so that no change is missed
    progress = Progress(options.folder)
    _refresh(progress, _due(progress), options)
    current = progress.current()
    print(board.render(current, options.folder, options.color, options.command))
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
            graded.update(_refresh(progress, _due(progress), options))
            now = _stamps(options.folder)
        before, current = current, progress.current()
        if not graded and current == before:
            continue
        print(paint(f"\n-- {datetime.now():%H:%M:%S} " + "-" * 30, "2", options.color))
        results = [current[name] for name in EXERCISES if name in graded]
        right = [result for result in results if result.status == PASSED]
        gained = [result for result in right if before[result.name].status != PASSED]
        for result in gained:
            _tell(result, options)
        wrong = [result for result in results if result.status == FAILING]
        expected = board.next_exercise(before)
        wrong.sort(key=lambda result: expected is None or result.name != expected.name)
        following = board.next_exercise(current)
        blocked = any(result.blocked for result in current.values())
        if wrong and not blocked:
            _tell_all(wrong, options) if len(wrong) > 1 else _tell(wrong[0], options)
            shown[wrong[0].name] = wrong[0]
        else:
            if right and not gained:
                print(fit(f"Still right: {', '.join(result.name for result in right)}"))
            _close([EXERCISES[result.name] for result in gained], current, options)
            print(board.following(current, options.folder, options.color, options.command))
            # It was graded while a file was broken, or behind another: nobody has seen how it fails.
            untold = current[following.name] if following and not blocked else None
            if untold and untold.status == FAILING and shown.get(untold.name) != untold:
                print()
                _tell(untold, options)
                shown[untold.name] = untold
        sys.stdout.flush()


def _hint(options):
    progress = Progress(options.folder)
    if options.exercise:
        exercise = _one(options.exercise)
    else:
        _settle(progress, options)
        current = progress.current()
        exercise = board.next_exercise(current)
        if exercise is None:
            raise CommandError("nothing is left to do, so there is nothing to hint at")
        if current[exercise.name].blocked:
            print(board.following(current, options.folder, options.color, options.command))
            return 1
    step = options.step or min(progress.hints.get(exercise.name, 0) + 1, 3)
    progress.hints[exercise.name] = max(step, progress.hints.get(exercise.name, 0))
    progress.save()
    _show_hint(exercise, step, options)
    return 0


def _show_hint(exercise, step, options):
    """Print one of the three steps of an exercise's hint."""
    title = ("the idea", "the formula", "an outline in words")[step - 1]
    print(paint(f"{exercise.name}, hint {step} of 3: {title}", "1", options.color))
    for line in exercise.hints[step - 1].splitlines():
        indent = "  " if step == 1 else "     "  # numbered steps, and formulas that go on
        print(textwrap.fill(line, width(), initial_indent="  ", subsequent_indent=indent))
    if step < 3:
        print(typed("More: ", f"{options.command} hint {exercise.name} --step {step + 1}"))


def _solution(options):
    exercise = _one(options.exercise)
    if exercise.function is None:
        raise CommandError(f"{exercise.name} is a training: there is no function to compare")
    progress = Progress(options.folder)
    if not options.force and not progress.passed(exercise):
        _refresh(progress, [exercise], options)
        if not progress.passed(exercise):
            raise CommandError(f"{exercise.name} does not pass yet; --force shows it all the same")
    yours = Sources(options.folder).text(exercise)
    if yours is None:
        raise CommandError(f"there is no {exercise.function} in {short(options.folder)}/{exercise.module}.py")
    if options.fast:
        _show_reference(exercise, yours, progress, options)
    else:
        _show_plain(exercise, yours, progress, options)
    return 0


def _show_plain(exercise, yours, progress, options):
    """Show how a textbook would write an exercise, as the difference to the learner's function."""
    from tests.grading.course.textbook import textbook

    text = textbook([exercise.name])[f"{exercise.module}.py"]
    plain = Sources(ROOT, {exercise.module: text})
    _compare(yours, plain.text(exercise), exercise, "plain", options)
    if not _given_away(exercise, progress):
        print("\n" + typed("Faster: ", f"{options.command} solution {exercise.name} --fast"))


def _given_away(exercise, progress):
    """Return the exercises of later lessons that the reference's function would show too early."""
    sources, current = Sources(ROOT / "nn"), progress.current()
    return [
        other
        for name, other in EXERCISES.items()
        if other.lesson > exercise.lesson
        and (other.function == exercise.function or name in sources.needs(exercise))
        and current[name].status != PASSED
    ]


def _show_reference(exercise, yours, progress, options):
    """Show the reference's function as the difference to the learner's, and what makes it fast."""
    sources, ahead = Sources(ROOT / "nn"), _given_away(exercise, progress)
    if ahead and not options.force:
        raise CommandError(
            f"it would give {ahead[0].name} away, of lesson {ahead[0].lesson}; --force shows it"
        )
    own = Sources(options.folder).module(exercise.module)[0]
    parts = [sources.text(exercise), *(text for text in sources.helpers(exercise) if text not in own)]
    _compare(yours, "\n\n\n".join(parts), exercise, "nn", options)
    print("\n" + textwrap.fill(exercise.remark, width()))


def _compare(yours, other, exercise, name, options):
    """Print what must change in the learner's function to make the other of it.

    A docstring that stays as it is is left out, and code is never wrapped.
    """
    import difflib

    files = f"yours/{exercise.module}.py", f"{name}/{exercise.module}.py"
    if (docstring := _docstring(yours)) and docstring in other:
        yours, other = (text.replace(docstring, "", 1) for text in (yours, other))
    lines = list(difflib.unified_diff(yours.splitlines(), other.splitlines(), *files, lineterm="", n=10))
    for line in lines:
        code = "32" if line.startswith("+") else "31" if line.startswith("-") else "0"
        print(paint(cut(line), code, options.color))
    if not lines:
        print("Yours is the same, letter for letter.")


def _docstring(text):
    """Return the lines of a function's docstring as they stand in its source; "" if it has none."""
    try:
        first = ast.parse(textwrap.dedent(text)).body[0].body[0]
    except SyntaxError:
        return ""
    if not (isinstance(first, ast.Expr) and isinstance(getattr(first.value, "value", None), str)):
        return ""
    return "".join(text.splitlines(keepends=True)[first.lineno - 1 : first.end_lineno])


def _reset(options):
    from tests.grading.course.skeletons import modules, skeleton

    texts, single = {}, set()
    for found in map(_find, options.what):
        lessons = [lesson for lesson in LESSONS if set(exercises_of(lesson)) <= set(found)]
        texts |= {
            LESSONS[n]: (skeleton(LESSONS[n]), "the whole file") for n in lessons if LESSONS[n] in modules()
        }
        single |= set() if lessons else {exercise for exercise in found if exercise.function}
    for module in modules():
        own = [
            exercise for exercise in EXERCISES.values() if exercise in single and exercise.module == module
        ]
        if own and module not in texts:
            names = ", ".join(dict.fromkeys(exercise.function for exercise in own))
            texts[module] = _with_skeletons(own, options.folder, skeleton(module)), names
    if not texts:
        raise CommandError("lesson 9 has no functions of its own")
    for module, (text, what) in texts.items():
        path = options.folder / f"{module}.py"
        try:
            if path.exists():
                print(f"backup: {short(_backup(path))}")
            write(path, text)
        except OSError as error:
            raise CommandError(f"cannot write {short(path)}: {error.strerror}") from None
        print(f"{short(path)}: back to the skeleton: {what}")
    return 0


def _new(options):
    from tests.grading.course.skeletons import skeletons

    target = options.target or Path(OWN)
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise CommandError(f"{target} is there already; name a folder that is not, or an empty one")
    if not target.name.isidentifier():
        raise CommandError(f"the folder's name must be letters, digits and _; got {target.name!r}")
    try:
        target.mkdir(parents=True, exist_ok=True)
        for name, text in skeletons().items():
            write(target / name, text)
        if str(target) != OWN and ROOT in target.resolve().parents:  # git shall ignore it, as it does OWN
            write(target / ".gitignore", "*\n")
    except OSError as error:
        raise CommandError(f"cannot write {target}: {error.strerror}") from None
    print(f"{short(target)}: {len(EXERCISES)} exercises, nothing written yet")
    print(f"Your board: python -m kata{'' if str(target) == OWN else f' --impl {target}'}")
    return 0


def _race(options):
    from tests.grading.desk.race import race
    from tests.solutions import RACES

    progress = Progress(options.folder)
    chosen = _find(*options.what) if options.what else list(EXERCISES.values())
    chosen = [exercise for exercise in chosen if exercise.name in RACES]
    if not chosen:
        raise CommandError(f"{' '.join(options.what)} has no arrays to be fast with")
    current = progress.current()
    _refresh(progress, [e for e in chosen if current[e.name].status != PASSED], options)
    current = progress.current()
    ready = [exercise for exercise in chosen if current[exercise.name].status == PASSED]
    if not ready:
        raise CommandError("nothing passes yet: being right comes before being fast")
    return race([exercise.name for exercise in ready], options.folder, options.color)


def _tell(result, options):
    """Say how one exercise fared, message first."""
    if result.status == PASSED:
        points = f"{result.points} point" + ("" if result.points == 1 else "s")
        tests = (
            f"{result.passed} of {result.tests} tests"
            if result.passed < result.tests
            else f"{result.tests} tests"
        )
        print(
            paint(f"{result.name}: passed, {points} ({tests}, {result.seconds:.2f} s)", "32", options.color)
        )
        if result.note:
            print(textwrap.indent(fit(result.note, width() - 2), "  "))
        return
    if result.blocked:
        print(paint(f"{result.name}: waits for {result.waits_for}", "1", options.color))
        print(board.blocked(result, options.folder))
        return
    heads = {
        FAILING: f"not right yet, {result.passed} of {result.tests} tests pass",
        TODO: "to do",
        WAITING: "waiting",
    }
    head = f"{result.name}: {heads.get(result.status, result.status)}"
    print(paint(head, "31" if result.status == FAILING else "1", options.color))
    if result.finding:
        print(textwrap.indent(render(result.finding, width() - 2), "  "))
    place = Sources(options.folder).place(EXERCISES[result.name])
    if place and result.status == FAILING:
        print(f"Yours: {short(place.path)}:{_line(result, place)}")
    if result.status in (FAILING, TODO):
        print(typed("A hint: ", f"{options.command} hint {result.name}"))


def _tell_all(results, options):
    """List several exercises in a line each, and tell of the first that fails in full."""
    for lesson in LESSONS:
        if results == [r for r in results if EXERCISES[r.name].lesson == lesson]:
            print(f"  read first:  {board.introduction(lesson)}\n")
    for result in results:
        code = {PASSED: "32", FAILING: "31"}.get(result.status, "2")
        count = f"{result.passed}/{result.tests}" if result.tests else ""
        line = f"  {result.name:<23} {result.status:<8} {count:>7}"
        if result.status == WAITING:
            line += f"  waits for {result.waits_for}"
        print(paint(cut(line), code, options.color))
        if result.note and EXERCISES[result.name].function is None:
            print(textwrap.indent(fit(result.note, width() - 4), "    "))
    first = next((r for r in results if r.blocked), None) or next(
        (r for status in (FAILING, TODO) for r in results if r.status == status), None
    )
    if first:
        print()
        _tell(first, options)


def _line(result, place):
    """Return the line to look at: where the error arose, if that is in the exercise's file."""
    at = result.finding.place if result.finding else None
    return at.line if at and at.file == place.path.name else place.line


def _close(exercises, current, options):
    """Print a line for each lesson that is done with these exercises."""
    for lesson in sorted({exercise.lesson for exercise in exercises}):
        if line := board.closing(lesson, current):
            print(paint(fit(line), "32", options.color))


def _due(progress):
    """Return what to run again: what has changed; the trainings only once everything else is right."""
    due = progress.stale()
    trainings = [exercise for exercise in due if exercise.function is None]
    others = [exercise for exercise in due if exercise.function]
    current = progress.current()
    done = all(current[e.name].status == PASSED for e in EXERCISES.values() if e.function)
    return trainings if done and not others else others


def _settle(progress, options):
    """Grade what has changed, but for the trainings, so that all commands agree on what is next."""
    _refresh(progress, [exercise for exercise in progress.stale() if exercise.function], options)


def _refresh(progress, exercises, options, extra=()):
    """Grade exercises, showing the current one on a status line of the terminal; return the names of all that
    were graded.
    """
    if not exercises:
        return []
    shown = sys.stderr.isatty()
    last, due, end = "", 0.0, 0.0  # the line, when it may change again, and when the trainings should be done

    def show(line):
        if shown:
            print(f"\r{cut(line):<{width()}}\r", end="", file=sys.stderr, flush=True)

    def watch(event, name):
        nonlocal last, due, end
        now = time.monotonic()
        if event["event"] == "estimate":
            end = now + event["seconds"]
            show("")
            print(learned.estimate(event, width()), flush=True)
        elif event["event"] == "epoch" and now >= due:
            due = now + INTERVAL
            show(learned.status(event, left=end - now))
        elif event["event"] == "begin" and name != last:
            last = name
            show(f"checking {name}")

    try:
        graded = progress.refresh(exercises, limit=options.limit, options=extra, watch=watch)
    except RuntimeError as error:
        lines = str(error).splitlines() or ["the lessons could not be run"]
        reason = next((line for line in reversed(lines) if line.strip()), lines[-1])
        if missing := re.search(r"No module named '?(numpy|pytest)'?", str(error)):
            reason = f"{missing[1]} is not installed here: python -m pip install numpy pytest"
        raise CommandError(reason) from None
    finally:
        show("")
    trainings = [exercise for exercise in EXERCISES.values() if exercise.function is None]
    if options.run in (_board, _watch) and exercises[0].function and _due(progress) == trainings:
        if shown:
            print("Everything else passes: now the trainings", file=sys.stderr)
        graded += _refresh(progress, trainings, options, extra)
    return graded


def _with_skeletons(exercises, folder, skeleton):
    """Return a module's text with functions of it replaced by their skeletons."""
    module = exercises[0].module
    sources, fresh = Sources(folder), Sources(folder, {module: skeleton})
    lines, places = sources.module(module)[0].splitlines(), []
    for exercise in exercises:
        place = sources.place(exercise)
        if place is None:
            raise CommandError(
                f"there is no {exercise.function} in {module}.py; `reset {module}` renews the file"
            )
        places.append((place, exercise))
    for place, exercise in sorted(places, reverse=True):  # from the end: the places above stay as they are
        lines[place.line - 1 : place.end] = fresh.text(exercise).splitlines()
    return "\n".join(lines) + "\n"


def _backup(path):
    """Copy a file into the folder ``backup`` beside it, under a new name; return the copy's path."""
    folder = path.parent / "backup"
    folder.mkdir(exist_ok=True)
    stamp = f"{datetime.now():%Y-%m-%d-%H%M%S}"
    for number in range(1000):
        copy = folder / f"{path.stem}-{stamp}{f'-{number}' if number else ''}.py"
        if not copy.exists():
            write(copy, path.read_text(encoding="utf-8"))
            return copy
    raise CommandError(f"too many backups in {folder}")


def _folder(impl):
    """Return the folder of the package to work on: the one named, else the learner's own, else ``kata``."""
    for name in (impl,) if impl else (OWN, "kata"):
        for folder in (Path(name), ROOT / name):
            if (folder / "__init__.py").is_file():
                return folder.resolve()
    raise CommandError(f"--impl must be a folder with an __init__.py; got {impl}")


def _find(*texts):
    """Return the exercises that words on the command line mean, each once, in the order of the lessons."""
    try:
        found = {exercise.name for text in texts for exercise in find(text)}
    except ValueError as error:
        raise CommandError(str(error)) from None
    return [exercise for name, exercise in EXERCISES.items() if name in found]


def _one(text):
    found = _find(text)
    if len(found) > 1:
        raise CommandError(f"{text} is several exercises; name one of them, such as {found[0].name}")
    return found[0]


def _file(text):
    path = Path(text)
    if not text or path.is_dir() or not path.parent.is_dir():
        raise argparse.ArgumentTypeError(f"cannot write {text!r}")
    return path


def _seed(text):
    try:
        value = int(text)
    except ValueError:
        value = -1
    if value < 0:
        raise argparse.ArgumentTypeError(f"must be a whole number, 0 or more; got {text!r}")
    return value


def _positive(text):
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0 < value < float("inf"):
        raise argparse.ArgumentTypeError(f"must be a positive number of seconds; got {text!r}")
    return value


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


def _color():
    """Tell whether the terminal takes colors and nobody objects (https://no-color.org)."""
    if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb" or not sys.stdout.isatty():
        return False
    if os.name == "nt":
        os.system("")  # switches the escape sequences of a Windows console on
    return True
