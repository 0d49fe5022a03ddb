"""The commands `hint` and `solution`: help in steps, and another's code as the difference to one's own."""

import ast
import hashlib
import json
import textwrap

from tests.grading import ROOT
from tests.grading.course.exercises import EXERCISES
from tests.grading.course.sources import Sources
from tests.grading.desk import board
from tests.grading.desk.asked import CommandError, one_exercise
from tests.grading.desk.progress import Progress
from tests.grading.desk.refreshing import refresh, settle
from tests.grading.finding import FAILING, PASSED
from tests.grading.show import changes, questions
from tests.grading.terminal import cut, short, to_type, width

DEEPER = {2: ("a question", questions), 3: ("the change", changes)}  # by level, beyond what `check` says


def hint(options):
    """Print the next step of the help with an exercise, or the one that was asked for; return the status.

    It is the help with the learner's own code if that fails and something is known of it; else, the hint
    that is written for the exercise.
    """
    progress = Progress(options.folder)
    if options.exercise:
        exercise = one_exercise(options.exercise)
    else:
        settle(progress, options)
        current = progress.current()
        exercise = board.next_exercise(current)
        if exercise is None:
            raise CommandError("everything passes, so there is nothing left to hint at")
        if current[exercise.name].blocked:
            print(board.following(current, options.folder, options.paint, options.command))
            return 1
    give_hint(exercise, progress, options, step=options.step, level=options.level)
    return 0


def give_hint(exercise, progress, options, *, step=None, level=None):
    """Print a step of the help with an exercise: one further each time.

    step: of the written hint, if that is asked for; level: of the help with code that fails.
    """
    finding = None if step else _failing(exercise, progress, options)
    levels = [n for n, (_, lines) in DEEPER.items() if finding and lines(finding)]
    if options.no_changes and 3 in levels:
        levels.remove(3)
    if level and level not in levels:
        raise CommandError(_why_not(exercise, level, finding, options))
    if levels:
        _show_deeper(exercise, finding, levels, level, progress, options)
        return
    step = step or min(progress.hints.get(exercise.name, 0) + 1, 3)
    progress.hints[exercise.name] = max(step, progress.hints.get(exercise.name, 0))
    progress.save()
    show_hint(exercise, step, options)


def _failing(exercise, progress, options):
    """Return the finding on code that is written and fails, as it stands now; None on any other."""
    if "NotImplementedError" in (Sources(options.folder).text(exercise) or "NotImplementedError"):
        return None
    if not progress.is_to_the_letter(exercise):
        refresh(progress, [exercise], options)
    result = progress.current()[exercise.name]
    return result.finding if result.status == FAILING else None


def _why_not(exercise, level, finding, options):
    """Return why there is no help of a level."""
    if finding is None:
        return f"--level is for failing code; {exercise.name} passes, waits or is not written"
    if level == 3 and options.no_changes:
        return "changes are not shown here (--no-changes)"
    return f"of this mistake, {DEEPER[level][0]} is not known; --step 1 begins the written hints"


def _show_deeper(exercise, finding, levels, level, progress, options):
    """Print one level of the help with code that fails, the next if none is asked for."""
    about = hashlib.sha256(json.dumps(_without_lines(finding)).encode()).hexdigest()
    known, shown = progress.deeper.get(exercise.name, (None, 0))
    shown = shown if known == about else 0
    level = level or levels[min(shown, len(levels) - 1)]
    progress.deeper[exercise.name] = about, max(shown, levels.index(level) + 1)
    progress.save()
    title, lines = DEEPER[level]
    print(options.paint(f"{exercise.name}, level {level}: {title}", "bold"))
    for line in lines(finding, width() - 2, short(options.folder), options.paint):
        print(f"  {line}")
    command = f"{options.command} hint {exercise.name}"
    if level == 2 and 3 in levels:
        print(to_type("If you need the change: ", f"{command} --level 3"))
    else:
        print(to_type("The written hints: ", f"{command} --step 1"))


def _without_lines(finding):
    """Return what makes a finding another one: what is said of the code, wherever that stands."""
    change = finding.change and (finding.change.before, finding.change.after)
    own = finding.sentence, finding.value, finding.question, finding.place and finding.place.source, change
    return [own, *map(_without_lines, finding.more)]


def show_hint(exercise, step, options):
    """Print one of the three steps of an exercise's hint."""
    title = ("the idea", "the formula", "an outline in words")[step - 1]
    print(options.paint(f"{exercise.name}, hint {step} of 3: {title}", "bold"))
    for line in exercise.hints[step - 1].splitlines():
        indent = "  " if step == 1 else "     "  # numbered steps, and formulas that go on
        print(textwrap.fill(line, width(), initial_indent="  ", subsequent_indent=indent))
    if step < 3:
        print(to_type("More: ", f"{options.command} hint {exercise.name} --step {step + 1}"))
    else:
        print("This was the last hint.")


def solution(options):
    """Print how a plain solution, or the reference's, differs from the learner's function; return 0."""
    exercise = one_exercise(options.exercise)
    if exercise.function is None:
        raise CommandError(f"{exercise.name} is a training run: there is no function to compare")
    progress = Progress(options.folder)
    if not options.force and not progress.passed(exercise):
        refresh(progress, [exercise], options)
        if not progress.passed(exercise):
            raise CommandError(f"{exercise.name} does not pass yet; --force shows it anyway")
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
        print("\n" + to_type("Faster: ", f"{options.command} solution {exercise.name} --fast"))


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
            f"it would give away {ahead[0].name} of lesson {ahead[0].lesson}; --force shows it"
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
        style = {"+": "green", "-": "red"}.get(line[:1], "plain")
        print(options.paint(cut(line), style))
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
