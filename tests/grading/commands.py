"""The learner's command line: `python -m kata`."""

import argparse
import os
import re
import sys
import textwrap
import time
from datetime import datetime
from pathlib import Path

from tests.grading import board, learned, reports
from tests.grading.board import WIDTH, paint, short
from tests.grading.exercises import EXERCISES, LESSONS, find
from tests.grading.hints import HINTS, REMARKS
from tests.grading.progress import Progress, write
from tests.grading.results import FAILING, PASSED, TODO, WAITING
from tests.grading.runner import LIMIT, ROOT
from tests.grading.sources import Sources

INTERVAL = 0.2  # seconds between two looks at the files


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
        options.command = "python -m kata" + (f" --impl {options.impl}" if options.impl != "kata" else "")
        return options.run(options)
    except CommandError as error:
        print(f"kata: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:  # whoever reads has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return 1


def _common():
    """Return a parser of the options that may stand before or behind the command."""
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument(
        "--impl", default=argparse.SUPPRESS, metavar="FOLDER", help="the package to work on (default: kata)"
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
    parser = argparse.ArgumentParser(
        prog="python -m kata",
        parents=[_common()],
        description="Your board: what is done, and what to write next.",
        epilog="A lesson is a number or a name (1, activations), an exercise the name of a function.",
    )
    parser.set_defaults(run=_board, impl="kata", limit=LIMIT)
    commands = parser.add_subparsers(metavar="COMMAND")

    def add(name, run, purpose):
        description = purpose[0].upper() + purpose[1:] + "."
        command = commands.add_parser(name, parents=[_common()], help=purpose, description=description)
        command.set_defaults(run=run)
        return command

    check = add(
        "check",
        _check,
        "run the tests of a lesson or an exercise, of all that is not done where none is named",
    )
    check.add_argument("what", nargs="?", metavar="LESSON|EXERCISE")
    check.add_argument("--traceback", action="store_true", help="show where in the code a test failed, too")
    check.add_argument(
        "--seed", type=int, default=0, metavar="N", help="of the tests' random numbers (default: 0)"
    )
    check.add_argument("--junitxml", type=Path, metavar="FILE", help="write the outcome for other tools")
    check.add_argument("--results", type=Path, metavar="FILE", help="write the outcome for Gradescope")
    add("watch", _watch, "check again whenever a file is saved, and move on when an exercise passes")
    hint = add("hint", _hint, "show the next of three steps, from the idea to an outline of the code")
    hint.add_argument("exercise", nargs="?", metavar="EXERCISE", help="default: the next one to do")
    hint.add_argument(
        "--step", type=int, choices=(1, 2, 3), help="show this step (default: one further each time)"
    )
    solution = add("solution", _solution, "compare a function that passes with the reference's")
    solution.add_argument("exercise", metavar="EXERCISE")
    solution.add_argument("--force", action="store_true", help="even where it does not pass yet")
    reset = add("reset", _reset, "put back the skeleton of an exercise or a lesson, keeping a backup")
    reset.add_argument("what", metavar="LESSON|EXERCISE")
    new = add("new", _new, "make a fresh copy of the skeletons in another folder")
    new.add_argument("target", type=Path, metavar="FOLDER")
    race = add("race", _race, "time what passes against the reference and against the floor")
    race.add_argument("what", nargs="?", metavar="LESSON|EXERCISE")
    return parser


def _board(options):
    progress = Progress(options.folder)
    _refresh(progress, _due(progress), options)
    print(board.render(progress.current(), options.folder, options.color, options.command))
    return 0 if all(result.status == PASSED for result in progress.results.values()) else 1


def _check(options):
    progress = Progress(options.folder)
    chosen = list(EXERCISES.values()) if options.what is None else _find(options.what)
    extra = [f"--seed={options.seed}", *(["--tb=short"] if options.traceback else [])]
    begun = time.monotonic()
    _refresh(progress, chosen, options, extra)
    results = [progress.results[exercise.name] for exercise in chosen]
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
        print("\n" + board.following(progress.current(), options.folder, options.color, options.command))
    return 0 if passed else 1


def _watch(options):
    seen = _stamps(options.folder)  # before the files are read, so that no change is missed
    progress = Progress(options.folder)
    _refresh(progress, _due(progress), options)
    print(board.render(progress.current(), options.folder, options.color, options.command))
    print("\nWatching: save a file and it is checked; Ctrl-C ends it.", flush=True)
    while True:
        time.sleep(INTERVAL)
        now = _stamps(options.folder)
        if now == seen:
            continue
        seen = now
        due = _due(progress)
        if not due:
            continue
        current = board.next_exercise(progress.current())
        _refresh(progress, due, options)
        print(paint(f"\n-- {datetime.now():%H:%M:%S} " + "-" * 30, "2", options.color))
        results = [progress.results[exercise.name] for exercise in due]
        for result in results:
            if result.status == PASSED:
                _tell(result, options)
        wrong = [result for result in results if result.status == FAILING]
        wrong.sort(key=lambda result: result.name != getattr(current, "name", None))
        if wrong:
            _tell_all(wrong, options) if len(wrong) > 1 else _tell(wrong[0], options)
        else:
            print(board.following(progress.current(), options.folder, options.color, options.command))
        sys.stdout.flush()


def _hint(options):
    progress = Progress(options.folder)
    if options.exercise:
        exercise = _one(options.exercise)
    else:
        exercise = board.next_exercise(progress.current())
        if exercise is None:
            raise CommandError("nothing is left to do, so there is nothing to hint at")
    step = options.step or min(progress.hints.get(exercise.name, 0) + 1, 3)
    progress.hints[exercise.name] = max(step, progress.hints.get(exercise.name, 0))
    progress.save()
    title = ("the idea", "the formula", "an outline of the code")[step - 1]
    print(paint(f"{exercise.name}, hint {step} of 3: {title}", "1", options.color))
    text = HINTS[exercise.name][step - 1]
    if step == 1:
        text = textwrap.fill(text, WIDTH - 2)
    print(textwrap.indent(text, "  "))
    if step < 3:
        print(f"More: {options.command} hint {exercise.name} --step {step + 1}")
    return 0


def _solution(options):
    import difflib

    exercise = _one(options.exercise)
    if exercise.function is None:
        raise CommandError(f"{exercise.name} is a training: there is no function to compare")
    progress = Progress(options.folder)
    if not options.force and not progress.passed(exercise):
        _refresh(progress, [exercise], options)
        if progress.results[exercise.name].status != PASSED:
            raise CommandError(f"{exercise.name} does not pass yet; --force shows the reference all the same")
    yours = Sources(options.folder).text(exercise)
    if yours is None:
        raise CommandError(f"there is no {exercise.function} in {options.folder / exercise.module}.py")
    reference = _reference(exercise, yours=Sources(options.folder).module(exercise.module)[0])
    diff = difflib.unified_diff(
        yours.splitlines(),
        reference.splitlines(),
        f"yours/{exercise.module}.py",
        f"nn/{exercise.module}.py",
        lineterm="",
        n=10,
    )
    lines = list(diff)
    for line in lines:
        code = "32" if line.startswith("+") else "31" if line.startswith("-") else "0"
        print(paint(line, code, options.color))
    if not lines:
        print("Yours is the reference, letter by letter.")
    print("\n" + textwrap.fill(REMARKS[exercise.name], WIDTH))
    return 0


def _reset(options):
    from tests.grading.skeletons import skeleton

    chosen = _find(options.what)
    chosen = [exercise for exercise in chosen if exercise.function]
    if not chosen:
        raise CommandError("lesson 9 has no functions of its own")
    if whole := options.what.lower() in (*map(str, LESSONS), *LESSONS.values()):
        module = LESSONS[chosen[0].lesson]
        texts = {module: skeleton(module)}
    else:
        texts = {chosen[0].module: _with_skeletons(chosen, options.folder, skeleton(chosen[0].module))}
    for module, text in texts.items():
        path = options.folder / f"{module}.py"
        try:
            if path.exists():
                backup = _backup(path)
                print(f"backup: {short(backup)}")
            write(path, text)
        except OSError as error:
            raise CommandError(f"cannot write {path}: {error.strerror}") from None
        what = "the whole file" if whole else ", ".join(exercise.function for exercise in chosen)
        print(f"{short(path)}: {what}: as in the beginning")
    return 0


def _new(options):
    from tests.grading.skeletons import skeletons

    target = options.target
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise CommandError(f"{target} is there already; name a folder that is not, or an empty one")
    if not target.name.isidentifier():
        raise CommandError(
            f"the folder's name must do as a name in Python (letters, digits, _); got {target.name!r}"
        )
    try:
        target.mkdir(parents=True, exist_ok=True)
        for name, text in skeletons().items():
            write(target / name, text)
    except OSError as error:
        raise CommandError(f"cannot write {target}: {error.strerror}") from None
    print(f"{target}: {len(EXERCISES)} exercises, nothing written yet")
    print(f"Your board: python -m kata --impl {target}")
    return 0


def _race(options):
    from tests.grading.race import race

    progress = Progress(options.folder)
    chosen = _find(options.what) if options.what else list(EXERCISES.values())
    chosen = [e for e in chosen if e.function and e.name != "step_decay"]  # the others have something to gain
    if not chosen:
        raise CommandError(f"{options.what} has no arrays to be fast with")
    stale = [exercise for exercise in chosen if not progress.passed(exercise)]
    _refresh(progress, stale, options)
    ready = [exercise for exercise in chosen if progress.results[exercise.name].status == PASSED]
    if not ready:
        raise CommandError("nothing passes yet: being right comes before being fast")
    return race([exercise.name for exercise in ready], options.folder, options.color)


def _tell(result, options):
    """Say how one exercise fared, message first."""
    if result.status == PASSED:
        points = f"{result.points} point" + ("s" if result.points > 1 else "")
        tests = (
            f"{result.passed} of {result.tests} tests"
            if result.passed < result.tests
            else f"{result.tests} tests"
        )
        print(
            paint(f"{result.name}: passed, {points} ({tests}, {result.seconds:.2f} s)", "32", options.color)
        )
        if result.note:
            print(textwrap.indent(result.note, "  "))
        return
    heads = {
        FAILING: f"not right yet, {result.passed} of {result.tests} tests pass",
        TODO: "to do",
        WAITING: "waiting",
    }
    head = f"{result.name}: {heads.get(result.status, result.status)}"
    print(paint(head, "31" if result.status == FAILING else "1", options.color))
    if result.message:
        print(textwrap.indent(result.message, "  "))
    place = Sources(options.folder).place(EXERCISES[result.name])
    if place and result.status == FAILING:
        print(f"Yours: {short(place.path)}:{place.line}")
    if result.status == TODO:
        print(
            "\n".join(
                textwrap.wrap(f"Formula: {EXERCISES[result.name].formula}", WIDTH, subsequent_indent="  ")
            )
        )
    if result.status in (FAILING, TODO):
        print(f"A hint: {options.command} hint {result.name}")


def _tell_all(results, options):
    """List several exercises in a line each, and tell of the first that fails in full."""
    for result in results:
        code = {PASSED: "32", FAILING: "31"}.get(result.status, "2")
        count = f"{result.passed}/{result.tests}" if result.tests else ""
        line = f"  {result.name:<23} {result.status:<8} {count:>7}"
        if result.status == WAITING:
            line += f"  {result.message}"
        print(paint(line[:WIDTH], code, options.color))
        if result.note and EXERCISES[result.name].function is None:
            print(textwrap.indent(result.note, "    "))
    first = next((r for status in (FAILING, TODO) for r in results if r.status == status), None)
    if first:
        print()
        _tell(first, options)


def _due(progress):
    """Return what to run again: what has changed; the trainings only once everything else is right."""
    due = progress.stale()
    trainings = [exercise for exercise in due if exercise.function is None]
    others = [exercise for exercise in due if exercise.function]
    done = all(progress.results[e.name].status == PASSED for e in EXERCISES.values() if e.function)
    return trainings if done and not others else others


def _refresh(progress, exercises, options, extra=()):
    """Grade exercises with a line on the terminal that tells which is at hand."""
    if not exercises:
        return
    shown = sys.stderr.isatty()
    last, due, end = "", 0.0, 0.0  # the line, when it may change again, and when the trainings should be done

    def show(line):
        if shown:
            print(f"\r{line:<{WIDTH}}\r", end="", file=sys.stderr, flush=True)

    def watch(event, name):
        nonlocal last, due, end
        now = time.monotonic()
        if event["event"] == "estimate":
            end = now + event["seconds"]
            show("")
            print(learned.estimate(event), flush=True)
        elif event["event"] == "epoch" and now >= due:
            due = now + INTERVAL
            show(learned.status(event, left=end - now))
        elif event["event"] == "begin" and name != last:
            last = name
            show(f"checking {name}")

    try:
        progress.refresh(exercises, limit=options.limit, options=extra, watch=watch)
    except RuntimeError as error:
        lines = str(error).splitlines() or ["the lessons could not be run"]
        reason = next((line for line in reversed(lines) if line.strip()), lines[-1])
        if missing := re.search(r"No module named '?(numpy|pytest)'?", str(error)):
            reason = f"{missing[1]} is not installed here: {sys.executable} -m pip install numpy pytest"
        raise CommandError(reason) from None
    finally:
        show("")
    trainings = [exercise for exercise in EXERCISES.values() if exercise.function is None]
    if options.run is not _check and exercises[0].function and _due(progress) == trainings:
        if shown:
            print("Everything else passes: now the trainings", file=sys.stderr)
        _refresh(progress, trainings, options, extra)


def _reference(exercise, yours):
    """Return the reference's function, and the helpers that it calls and ``yours`` does not have."""
    sources = Sources(ROOT / "nn")
    parts = [sources.text(exercise)]
    parts += [helper for helper in sources.helpers(exercise) if helper not in yours]
    return "\n\n\n".join(parts)


def _with_skeletons(exercises, folder, skeleton):
    """Return a module's text with functions of it replaced by their skeletons."""
    module = exercises[0].module
    sources, fresh = Sources(folder), Sources(folder, {module: skeleton})
    lines, places = sources.module(module)[0].splitlines(), []
    for exercise in exercises:
        place = sources.place(exercise)
        if place is None:
            raise CommandError(
                f"{exercise.function} cannot be found in {module}.py; "
                f"`reset {LESSONS[exercise.lesson]}` puts the whole file back"
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
    """Return the folder of the package to work on."""
    for folder in (Path(impl), ROOT / impl):
        if (folder / "__init__.py").is_file():
            return folder.resolve()
    raise CommandError(f"--impl must be the folder of a package, with an __init__.py; got {impl}")


def _find(text):
    try:
        return find(text)
    except ValueError as error:
        raise CommandError(str(error)) from None


def _one(text):
    found = _find(text)
    if len(found) > 1:
        names = ", ".join(exercise.name for exercise in found)
        raise CommandError(f"{text} is a whole lesson; name one of its exercises: {names}")
    return found[0]


def _positive(text):
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0 < value < float("inf"):
        raise argparse.ArgumentTypeError(f"must be a positive number of seconds; got {text!r}")
    return value


def _stamps(folder):
    """Return the times of the package's files, to see when one is saved."""
    stamps = {}
    for path in folder.glob("*.py"):
        try:
            stamps[path] = path.stat().st_mtime_ns
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
