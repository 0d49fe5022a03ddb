"""The board: how far a package has come, lesson by lesson, and what is next. Plain ASCII, 80 columns."""

import textwrap
from pathlib import Path

from tests.grading import learned
from tests.grading.exercises import EXERCISES, LESSONS, exercises_of
from tests.grading.results import FAILING, PASSED, TODO, UNKNOWN, WAITING
from tests.grading.sources import Sources

WIDTH = 79
BAR = 20
COLORS = {PASSED: "32", FAILING: "31", TODO: "0", WAITING: "2", UNKNOWN: "2"}


def paint(text, code, color):
    """Wrap text in a terminal color, where colors are wanted."""
    return f"\x1b[{code}m{text}\x1b[0m" if color and code != "0" else text


def render(results, folder, color=False, command="python -m kata"):
    """Return the board for results by exercise name, of the package in a folder."""
    if not all(results[name].status == PASSED for name, exercise in EXERCISES.items() if exercise.function):
        results = {  # trainings are run last of all
            name: result._replace(status=WAITING, message="waits for all the others")
            if EXERCISES[name].function is None and result.status == UNKNOWN
            else result
            for name, result in results.items()
        }
    points = sum(result.points for result in results.values())
    most = sum(exercise.points for exercise in EXERCISES.values())
    score = f"{points} of {most} points"
    lines = [f"{short(folder):<{WIDTH - len(score)}}{score}", ""]
    for lesson in LESSONS:
        lines += _lesson(lesson, results, color)
    if next_exercise(results) is None:
        lines += ["", *learned.numbers(results)]
    return "\n".join([*lines, "", following(results, folder, color, command)])


def _lesson(lesson, results, color):
    """Return the lines of one lesson: its bar and points, then its exercises by status."""
    exercises = exercises_of(lesson)
    own = [results[exercise.name] for exercise in exercises]
    points, most = sum(result.points for result in own), sum(exercise.points for exercise in exercises)
    full = BAR * points // most
    bar = paint("#" * full, "32", color) + "." * (BAR - full)
    counts = f"{sum(result.status == PASSED for result in own)} of {len(own)} exercises"
    lines = [f"{lesson} {LESSONS[lesson]:<15}[{bar}]  {counts:<18}{points:>3} of {most} points"]
    for status in (PASSED, FAILING, TODO, WAITING, UNKNOWN):
        names = _grouped([result for result in own if result.status == status])
        if names and not (status == PASSED and len(names) == len(own)):
            text = textwrap.fill(
                ", ".join(names),
                WIDTH,
                initial_indent=f"    {status:<8} ",
                subsequent_indent=" " * 13,
                break_on_hyphens=False,
            )
            lines.append(paint(text, COLORS[status], color))
    return lines


def _grouped(results):
    """Return the names of results, with what the waiting ones wait for behind the last of them."""
    names = []
    for i, result in enumerate(results):
        last = i + 1 == len(results) or results[i + 1].message != result.message
        note = " (prints)" if result.note else ""
        if result.status == WAITING and last:
            note = f" ({result.message.removeprefix('waits ').split(',')[0]})"
        names.append(result.name + note)
    return names


def next_exercise(results):
    """Return the exercise to work on: the first that is not done and need not wait; None after the last."""
    undone = [exercise for name, exercise in EXERCISES.items() if results[name].status != PASSED]
    for exercise in undone:
        result = results[exercise.name]
        cause = result.message.removeprefix("waits for ").split(",")[0].split(" ")[0]
        waits = result.status == WAITING and not (cause in results and results[cause].status == PASSED)
        if not waits and (exercise.function or len(undone) <= 2):  # the trainings come last
            return exercise
    return undone[0] if undone else None


def following(results, folder, color=False, command="python -m kata"):
    """Say what to do next: the exercise with its place and formula, and the command that checks it."""
    exercise = next_exercise(results)
    if exercise is None:
        return "\n".join(
            [
                paint("All done: your network learns, and every number in it is yours.", "32", color),
                f"  how fast is it?       {command} race",
                f"  its pictures, files:  python -m nn train v2 --impl {short(folder)}",
                "  all that nn trains:   python -m nn recipes",
            ]
        )
    result = results[exercise.name]
    kind = {FAILING: "mend ", TODO: "write ", WAITING: "write "}.get(result.status, "")
    points = f"{exercise.points} point" + ("s" if exercise.points > 1 else "")
    lines = [paint(f"Next: {kind}{exercise.name} ({points})", "1", color)]
    problem = " ".join(result.message.split())
    if " cannot be imported: " in problem:  # nothing in that file can be graded before
        return "\n".join([paint("Next: mend a file", "1", color), *textwrap.wrap(problem, WIDTH)])
    if exercise.function is None:
        lines[0] = paint(
            f"Next: {exercise.name} ({points}), a training: nothing new is to be written", "1", color
        )
    place = Sources(folder).place(exercise)
    if place:
        lines.append(f"  {short(place.path)}:{place.line}")
    lines += textwrap.wrap(exercise.formula, WIDTH, initial_indent="  ", subsequent_indent="    ")
    lines.append(f"  check it:  {command} check {exercise.name}")
    lines.append(f"  a hint:    {command} hint {exercise.name}")
    return "\n".join(lines)


def short(path):
    """Return a path as short as it can be written from the working directory."""
    path = Path(path).resolve()
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return str(path)
