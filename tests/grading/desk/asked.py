"""What the learner asks for: the package and the exercises that words on the command line mean."""

from pathlib import Path

from tests.grading import ROOT
from tests.grading.course.exercises import EXERCISES, find

OWN = "mine"  # the folder that `new` makes: git ignores it, and where it is, it is the one to work on


class CommandError(Exception):
    """What the learner asked for cannot be done; the message is one line."""


def folder_of(impl):
    """Return the folder of the package to work on: the one named, else the learner's own, else ``kata``."""
    for name in (impl,) if impl else (OWN, "kata"):
        for folder in (Path(name), ROOT / name):
            if (folder / "__init__.py").is_file():
                return folder.resolve()
    raise CommandError(f"--impl must be a folder with an __init__.py; got {impl}")


def exercises_of_words(*texts):
    """Return the exercises that words on the command line mean, each once, in the order of the lessons."""
    try:
        found = {exercise.name for text in texts for exercise in find(text)}
    except ValueError as error:
        raise CommandError(str(error)) from None
    return [exercise for name, exercise in EXERCISES.items() if name in found]


def one_exercise(text):
    """Return the one exercise that a word means."""
    found = exercises_of_words(text)
    if len(found) > 1:
        raise CommandError(f"{text} is several exercises; name one of them, such as {found[0].name}")
    return found[0]
