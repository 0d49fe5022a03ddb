"""Telling results: one exercise in full, several in a line each, and the lessons that are done."""

import textwrap

from tests.grading.course.exercises import EXERCISES, LESSONS
from tests.grading.course.sources import Sources
from tests.grading.desk import board
from tests.grading.finding import FAILING, PASSED, TODO, WAITING
from tests.grading.show import render
from tests.grading.terminal import cut, fit, short, to_type, width


def tell(result, options):
    """Say how one exercise fared, message first."""
    if result.status == PASSED:
        points = f"{result.points} point" + ("" if result.points == 1 else "s")
        tests = (
            f"{result.passed} of {result.tests} tests"
            if result.passed < result.tests
            else f"{result.tests} tests"
        )
        head = f"{result.name}: passed, {points} ({tests}, {result.seconds:.2f} s)"
        print(options.paint(head, "green"))
        if result.note:
            print(textwrap.indent(fit(result.note, width() - 2), "  "))
        return
    if result.blocked:
        print(options.paint(f"{result.name}: waits for {result.waits_for}", "bold"))
        print(board.blocked(result, options.folder))
        return
    heads = {
        FAILING: f"not right yet, {result.passed} of {result.tests} tests pass",
        TODO: "to do",
        WAITING: "waiting",
    }
    head = f"{result.name}: {heads.get(result.status, result.status)}"
    print(options.paint(head, "red" if result.status == FAILING else "bold"))
    if result.finding:
        folder = short(options.folder)
        told = render(result.finding, width() - 2, folder=folder, paint=options.paint)
        print(textwrap.indent(told, "  "))
    place = Sources(options.folder).place(EXERCISES[result.name])
    if place and result.status == FAILING and not (result.finding and result.finding.place):
        print(f"Yours: {short(place.path)}:{place.line}")
    if result.status in (FAILING, TODO):
        print(to_type("A hint: ", f"{options.command} hint {result.name}"))


def tell_all(results, options):
    """List several exercises in a line each, and tell of the first that fails in full."""
    for lesson in LESSONS:
        if results == [r for r in results if EXERCISES[r.name].lesson == lesson]:
            print(f"  read first:  {board.introduction(lesson)}\n")
    for result in results:
        style = {PASSED: "green", FAILING: "red"}.get(result.status, "faint")
        count = f"{result.passed}/{result.tests}" if result.tests else ""
        line = f"  {result.name:<23} {result.status:<8} {count:>7}"
        if result.status == WAITING:
            line += f"  waits for {result.waits_for}"
        print(options.paint(cut(line), style))
        if result.note and EXERCISES[result.name].function is None:
            print(textwrap.indent(fit(result.note, width() - 4), "    "))
    first = next((r for r in results if r.blocked), None) or next(
        (r for status in (FAILING, TODO) for r in results if r.status == status), None
    )
    if first:
        print()
        tell(first, options)


def close_lessons(exercises, current, options):
    """Print a line for each lesson that is done with these exercises."""
    for lesson in sorted({exercise.lesson for exercise in exercises}):
        if line := board.closing(lesson, current):
            print(options.paint(fit(line), "green"))
