"""The exercises, in the order in which they are solved: read from the records beside this file.

``lesson_N.toml`` is the record of a lesson. At its top stand

    title        the lesson's name; the functions of its exercises are written in the module of that name
    closing      a line to end the lesson with
    given        what else of that module learners get ready-made (skeletons.py finds most of it by itself)

and then, for each ``[[exercise]]``,

    name         as learners type it, ``function`` or ``Class.method``
    points       of 100 in all; an exercise may have 0
    purpose      a sentence about what it does, without its subject and its full stop
    idea         the first hint, a paragraph
    formula      the second, line by line as it stands here, with an example
    outline      the third, numbered steps; a line that begins with spaces goes on with the step above it
    remark       what the reference does differently: `solution --fast` prints it

These keys are for exceptions:

    module       where the function is written, if not in the lesson's module
    function     the function or method to write, if its name is not the exercise's
    training     true: there is no function to write, all of them together must learn
    tested_with  exercises that its tests call and its function itself need not
    given_before the name of a variable: the body's lines above its assignment stay in the skeleton
    note         what a learner must know that the docstring, which is the reference's, cannot say
"""

import re
import tomllib
from difflib import get_close_matches
from pathlib import Path
from typing import NamedTuple


class Exercise(NamedTuple):
    """One function or method to write; the last lesson's exercises are trainings, and have none.

    module, function: where it is written; ``function`` may be ``Class.method``. hints: the idea, the formula,
    the outline. The other fields are the record's.
    """

    name: str
    lesson: int
    points: int
    purpose: str
    module: str | None
    function: str | None
    hints: tuple[str, str, str]
    remark: str = ""
    tested_with: tuple[str, ...] = ()
    given_before: str = ""
    note: str = ""


class Lesson(NamedTuple):
    """A lesson, as its record describes it; ``given`` names functions, and methods as ``Class.method``."""

    number: int
    title: str
    closing: str
    given: tuple[str, ...]
    exercises: tuple[Exercise, ...]


OF_A_LESSON = {"title": str, "closing": str, "exercise": list[dict], "given": list[str]}
OF_AN_EXERCISE = {
    "name": str,
    "points": int,
    "purpose": str,
    "idea": str,
    "formula": str,
    "outline": str,
    "remark": str,
    "module": str,
    "function": str,
    "training": bool,
    "tested_with": list[str],
    "given_before": str,
    "note": str,
}
OPTIONAL = {"given", "remark", "module", "function", "training", "tested_with", "given_before", "note"}
IN_WORDS = {
    str: "a text that is not empty",
    int: "a whole number, 0 or more",
    bool: "true or false",
    list[str]: "a list of texts",
    list[dict]: "tables, [[exercise]]",
}


def read(path):
    """Return the Lesson that a record describes.

    Raises ValueError, in one line that names the file, the exercise and the key, if something is wrong in it.
    """
    try:
        record = tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise ValueError(f"{path.name}: {error}") from None
    _check(record, OF_A_LESSON, path.name)
    number, title = int(path.stem.removeprefix("lesson_")), record["title"]
    exercises = []
    for i, entry in enumerate(record["exercise"], 1):
        place = f"{path.name}: {entry.get('name', f'exercise {i}')}"
        _check(entry, OF_AN_EXERCISE, place)
        exercises.append(_exercise(entry, number, title, place))
    return Lesson(number, title, record["closing"], tuple(record.get("given", ())), tuple(exercises))


def _check(table, keys, place):
    """Raise ValueError if a table lacks a key, or has one that is unknown or of another type."""
    for key in table:
        if key not in keys:
            near = get_close_matches(key, keys, n=1)
            meant = f"did you mean {near[0]}?" if near else f"it must be one of {', '.join(keys)}"
            raise ValueError(f"{place}: there is no key {key!r}; {meant}")
    for key, kind in keys.items():
        if key not in table and key not in OPTIONAL:
            raise ValueError(f"{place}: the key {key!r} is missing")
        if key in table and not _is(table[key], kind):
            raise ValueError(f"{place}: {key} must be {IN_WORDS[kind]}; got {table[key]!r:.60}")


def _is(value, kind):
    """Return True if the value of a key has the type that IN_WORDS describes."""
    if kind in (list[str], list[dict]):
        return isinstance(value, list) and all(_is(one, *kind.__args__) for one in value)
    return (
        type(value) is kind and (kind is not int or value >= 0) and (kind is not str or value.strip() != "")
    )


def _exercise(entry, lesson, title, place):
    """Return the Exercise of a table whose keys and types are right."""
    name, training = entry["name"], entry.get("training", False)
    if training == ("remark" in entry):
        problem = "is missing" if not training else "is about a function, and a training has none"
        raise ValueError(f"{place}: the key 'remark' {problem}")
    outline = re.sub(r"\n +", " ", entry["outline"].strip()).splitlines()
    for number, step in enumerate(outline, 1):
        if not step.startswith(f"{number}. "):
            raise ValueError(f"{place}: outline must be steps, numbered from 1; step {number} is {step!r}")
    return Exercise(
        name=name,
        lesson=lesson,
        points=entry["points"],
        purpose=entry["purpose"],
        module=None if training else entry.get("module", title),
        function=None if training else entry.get("function", name),
        hints=(_paragraph(entry["idea"]), entry["formula"].strip("\n"), "\n".join(outline)),
        remark=_paragraph(entry.get("remark", "")),
        tested_with=tuple(entry.get("tested_with", ())),
        given_before=entry.get("given_before", ""),
        note=_paragraph(entry.get("note", "")),
    )


def _paragraph(text):
    return " ".join(text.split())


def load(folder):
    """Return by number the Lessons whose records are in a folder; no two exercises have one name."""
    lessons, places = {}, {}
    for path in sorted(folder.glob("lesson_*.toml")):
        lesson = lessons[int(path.stem.removeprefix("lesson_"))] = read(path)
        for exercise in lesson.exercises:
            if exercise.name in places:
                raise ValueError(
                    f"{path.name}: {exercise.name}: {places[exercise.name]} already describes it"
                )
            places[exercise.name] = path.name
    for lesson in lessons.values():
        for exercise in lesson.exercises:
            for other in exercise.tested_with:
                if other not in places:
                    raise ValueError(
                        f"{places[exercise.name]}: {exercise.name}: tested_with must name exercises; "
                        f"got {other!r}"
                    )
    return lessons


COURSE = load(Path(__file__).parent)
LESSONS = {number: lesson.title for number, lesson in COURSE.items()}
EXERCISES = {exercise.name: exercise for lesson in COURSE.values() for exercise in lesson.exercises}
GRADED_MODULES = [*dict.fromkeys(exercise.module for exercise in EXERCISES.values() if exercise.function)]


def exercises_of(lesson):
    """Return the exercises of a lesson, in order."""
    return list(COURSE[lesson].exercises)


def find(text):
    """Return the exercises that a word on the command line means.

    text: a lesson's number or name, several lessons as in ``1-4``, an exercise, or a class (all its methods).
    Raises ValueError, with what is close, for anything else.
    """
    if match := re.fullmatch(r"([1-9])-([1-9])", text):
        first, last = map(int, match.groups())
        if first > last:
            raise ValueError(f"{text} runs backwards; write {last}-{first}")
        return [exercise for exercise in EXERCISES.values() if first <= exercise.lesson <= last]
    for lesson, title in LESSONS.items():
        if text.lower() in (str(lesson), title):
            return exercises_of(lesson)
    word = text.replace("-", "_").lower()
    exact = [exercise for name, exercise in EXERCISES.items() if name.lower() == word]
    loose = [exercise for exercise in EXERCISES.values() if word in exercise.name.lower().split(".")]
    qualified = [
        exercise for exercise in EXERCISES.values() if word == f"{exercise.module}.{exercise.name}".lower()
    ]
    found = exact or qualified or loose
    if len(found) == 1 or (found and all(exercise.name.lower().startswith(f"{word}.") for exercise in found)):
        return found  # one, or all the methods of a class
    near = [exercise.name for exercise in found] or _nearest_lesson(text)
    near = near or [exercise.name for exercise in nearest(text)]
    if near:
        raise ValueError(f"nothing is called {text!r}; did you mean {' or '.join(near)}?")
    if re.fullmatch(r"[\d-]+", text):
        raise ValueError(f"there is no lesson {text}; lessons are 1 to {len(LESSONS)}, or several, as in 1-4")
    raise ValueError(f"nothing is called {text!r}")


def _nearest_lesson(text):
    """Return the lesson that a number, a title or a file's name is close to, in a list; empty if none is."""
    if match := re.fullmatch(r"lesson[ _-]?([1-9])", text.lower()):
        return [match[1]]
    stem = re.split(r"[/\\]", text.lower())[-1].removesuffix(".py")
    return get_close_matches(re.sub(r"^test_\d_", "", stem), LESSONS.values(), n=1, cutoff=0.75)


def nearest(text):
    """Return up to two exercises whose names are close to a word."""
    word = text.replace("-", "_").lower()
    names = {exercise.name.lower(): exercise for exercise in EXERCISES.values()}
    parts = {name.rpartition(".")[2]: exercise for name, exercise in names.items()}
    close = get_close_matches(word, [*names, *parts], n=4)
    within = [name for name in names if len(word) > 2 and word in name]
    return list(dict.fromkeys((names | parts)[name] for name in close[:1] or within))[:2]
