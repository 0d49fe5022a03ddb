"""The board: how far a package has come, lesson by lesson, and what is next."""

import textwrap
from pathlib import Path

from tests.grading.course.exercises import COURSE, EXERCISES, LESSONS, exercises_of
from tests.grading.course.sources import Sources
from tests.grading.desk import learned
from tests.grading.finding import FAILING, PASSED, TODO, UNKNOWN, WAITING, Finding
from tests.grading.terminal import PLAIN, cut, fit, short, to_type, width

LAST = Finding(status=WAITING, waits_for="all the others")
STYLES = {PASSED: "green", FAILING: "red", TODO: "plain", WAITING: "faint", UNKNOWN: "faint"}


def render(results, folder, paint=PLAIN, command="python -m kata"):
    """Return the board for results by exercise name, of the package in a folder."""
    if not all(results[name].status == PASSED for name, exercise in EXERCISES.items() if exercise.function):
        results = {  # trainings are run last of all
            name: result._replace(status=WAITING, finding=LAST)
            if EXERCISES[name].function is None and result.status in (UNKNOWN, WAITING) and not result.blocked
            else result
            for name, result in results.items()
        }
    points = sum(result.points for result in results.values())
    most = sum(exercise.points for exercise in EXERCISES.values())
    score = f"{points} of {most} points"
    name = short(folder)
    room = width() - len(score) - 1
    name = name if len(name) <= room else "…" + name[1 - room :]
    lines = [f"{name:<{room}} {score}", ""]
    for lesson in LESSONS:
        lines += _lesson(lesson, results, paint)
    if next_exercise(results) is None:
        lines += ["", fit("\n".join(learned.numbers(results, width())))]
    return "\n".join([*lines, "", following(results, folder, paint, command)])


def _lesson(lesson, results, paint):
    """Return the lines of one lesson: its bar and points, then its exercises by status."""
    exercises = exercises_of(lesson)
    own = [results[exercise.name] for exercise in exercises]
    points, most = sum(result.points for result in own), sum(exercise.points for exercise in exercises)
    wide = width() >= 75
    length = 20 if wide else 14
    full = length * points // max(most, 1)
    bar = paint("#" * full, "green") + "." * (length - full)
    counts = f"{sum(result.status == PASSED for result in own)} of {len(own)}"
    counts = f"{counts + ' exercises':<18}" if wide else f"{counts:<8}"
    lines = [f"{lesson} {LESSONS[lesson]:<15}[{bar}]  {counts}{points:>3} of {most} points"]
    for status in (PASSED, FAILING, TODO, WAITING, UNKNOWN):
        names = _grouped([result for result in own if result.status == status])
        if names and not (status == PASSED and len(names) == len(own)):
            text = textwrap.fill(
                ", ".join(names),
                width(),
                initial_indent=f"    {status:<8} ",
                subsequent_indent=" " * 13,
                break_on_hyphens=False,
            )
            lines.append(paint(text, STYLES[status]))
    return lines


def _grouped(results):
    """Return the names of results, with what the waiting ones wait for behind the last of them."""
    names = []
    for i, result in enumerate(results):
        last = i + 1 == len(results) or results[i + 1].waits_for != result.waits_for
        note = " (prints)" if result.note else ""
        if result.status == WAITING and last:
            note = f" (for {result.waits_for})"
        names.append(result.name + note)
    return names


def next_exercise(results):
    """Return the exercise to work on; None after the last.

    A file that Python cannot read comes before everything; then the first exercise that is not done and need
    not wait.
    """
    for name, exercise in EXERCISES.items():
        if results[name].blocked:
            return exercise
    undone = [exercise for name, exercise in EXERCISES.items() if results[name].status != PASSED]
    for exercise in undone:
        result = results[exercise.name]
        cause = results.get(result.waits_for)
        waits = result.status == WAITING and not (cause and cause.status == PASSED)
        if not waits and (exercise.function or len(undone) <= 2):  # the trainings come last
            return exercise
    return undone[0] if undone else None


def following(results, folder, paint=PLAIN, command="python -m kata"):
    """Say what to do next: the exercise, what it is for, its place, and the command that checks it."""
    exercise = next_exercise(results)
    if exercise is None:
        commands = (
            ("How fast is it? ", f"{command} race"),
            ("Its pictures and files: ", f"python -m nn train v2 --impl {short(folder)}"),
            ("All that nn can train: ", "python -m nn recipes"),
        )
        headline = paint("All done: your network learns, and every number in it is yours.", "green")
        return "\n".join([headline, *(to_type(*pair) for pair in commands)])
    result = results[exercise.name]
    if result.blocked:
        back = fit("Your points come back as soon as the file is fixed.")
        return "\n".join([paint(f"Next: fix {result.waits_for}", "bold"), blocked(result, folder), back])
    kind = {FAILING: "fix ", TODO: "write "}.get(result.status, "")
    if exercise.function and result.status == WAITING:
        kind = "write " if "NotImplementedError" in (Sources(folder).text(exercise) or "") else "fix "
    if exercise.function and result.status == UNKNOWN:
        kind = "check "
    points = f"{exercise.points} point" + ("" if exercise.points == 1 else "s")
    lines = [paint(f"Next: {kind}{exercise.name} ({points})", "bold")]
    place = Sources(folder).place(exercise)
    if place:
        lines.append(f"  {short(place.path)}:{place.line}")
    sentence = f"It {exercise.purpose}." + ("" if exercise.function else " There is nothing new to write.")
    lines += textwrap.wrap(sentence, width(), initial_indent="  ", subsequent_indent="  ")
    if not any(results[other.name].status == PASSED for other in exercises_of(exercise.lesson)):
        lines.append(f"  read first:  {introduction(exercise.lesson)}")
    for label, verb in (("check it:", "check"), ("a hint:", "hint")):
        lines.append(to_type(f"  {label:<13}", f"{command} {verb} {exercise.name}"))
    return "\n".join(lines)


def introduction(lesson):
    """Return the path of the file whose first lines introduce a lesson."""
    return f"tests/lessons/test_{lesson}_{LESSONS[lesson]}.py"


def closing(lesson, results):
    """Return a line to end a lesson with; "" while something of it is left to do."""
    done = all(results[exercise.name].status == PASSED for exercise in exercises_of(lesson))
    return COURSE[lesson].closing if done else ""


def blocked(result, folder):
    """Say where a file cannot be read, with the line and a caret under what Python stumbles over."""
    finding = result.finding
    place = f"{short(Path(folder) / finding.waits_for)}:{finding.place.line}"
    told = fit(finding.sentence, width() - 2).splitlines()
    return "\n".join(
        [f"  {place}", *(f"  {text}" for text in told), *(cut(f"    {text}") for text in finding.quote)]
    )
