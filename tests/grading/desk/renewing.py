"""The commands `new` and `reset`: fresh skeletons for a whole package, or in place of what is written."""

from datetime import datetime
from pathlib import Path

from tests.grading import ROOT
from tests.grading.course.completing import completed
from tests.grading.course.exercises import EXERCISES, LESSONS, exercises_of
from tests.grading.course.sources import Sources
from tests.grading.desk.asked import OWN, CommandError, exercises_of_words
from tests.grading.files import write
from tests.grading.terminal import prose, short


def new(options):
    """Write all skeletons into a folder that is not there yet, or empty; return 0."""
    from tests.grading.course.skeletons import skeletons

    target = options.target or Path(OWN)
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise CommandError(f"{target} already exists; name a new or an empty folder")
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


def reset(options):
    """Put skeletons in the place of files or functions, after a backup; return 0."""
    from tests.grading.course.skeletons import modules, skeleton

    texts, single = {}, set()
    for found in map(exercises_of_words, options.what):
        lessons = [lesson for lesson in LESSONS if set(exercises_of(lesson)) <= set(found)]
        texts |= {
            LESSONS[n]: (skeleton(LESSONS[n]), "back to the skeleton: the whole file", [])
            for n in lessons
            if LESSONS[n] in modules()
        }
        single |= set() if lessons else {exercise for exercise in found if exercise.function}
    for module in modules():
        own = [
            exercise for exercise in EXERCISES.values() if exercise in single and exercise.module == module
        ]
        if own and module not in texts:
            names = ", ".join(dict.fromkeys(exercise.function for exercise in own))
            texts[module] = _with_skeletons(own, options.folder, skeleton(module), names)
    if not texts:
        raise CommandError("lesson 9 has no functions of its own")
    for module, (text, what, added) in texts.items():
        path = options.folder / f"{module}.py"
        try:
            if path.exists():
                print(f"backup: {short(_backup(path))}")
            write(path, text)
        except OSError as error:
            raise CommandError(f"cannot write {short(path)}: {error.strerror}") from None
        print(f"{short(path)}: {what}")
        if added:
            print("\n".join(prose(f"added, since your copy did not have it yet: {', '.join(added)}")))
    return 0


def _with_skeletons(exercises, folder, skeleton, names):
    """Return a module's text with functions of it replaced by their skeletons, what to say of it, and
    the names of what was added.

    A copy from before an exercise, a class or a row of a table was added gets that, too.
    """
    module = exercises[0].module
    if not (folder / f"{module}.py").exists():
        return skeleton, "the whole file, which was missing", []
    text, added = completed(Sources(folder).module(module)[0], skeleton)
    sources, fresh = Sources(folder, {module: text}), Sources(folder, {module: skeleton})
    lines, places = text.splitlines(), []
    for exercise in exercises:
        place = sources.place(exercise)
        if place is None:
            raise CommandError(f"{exercise.function} is missing: `reset {module}` renews its file")
        places.append((place, exercise))
    for place, exercise in sorted(places, reverse=True):  # from the end: the places above stay as they are
        lines[place.line - 1 : place.end] = fresh.text(exercise).splitlines()
    return "\n".join(lines) + "\n", f"back to the skeleton: {names}", added


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
