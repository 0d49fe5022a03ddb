"""Passages of the READMEs that follow from the records: what is asked, what each lesson counts, a line."""

import ast
import re

from tests.grading import ROOT
from tests.grading.course.exercises import COURSE, EXERCISES, GRADED_MODULES
from tests.grading.course.skeletons import skeleton

LINE = re.compile(r"( mine/activations\.py:)\d+|(^ +\"(?:end_)?line\": )\d+", re.MULTILINE)
READMES = ("README.md", "kata/README.md", "tests/README.md")


def readmes():
    """Return the READMEs' texts by path, with these passages as the records have them now."""
    texts = {path: (ROOT / path).read_text(encoding="utf-8") for path in READMES}
    for path, text in texts.items():
        text = LINE.sub(_line_shown, text)
        for name, table in {"what is asked": _asked(), "the lessons in numbers": _counted()}.items():
            begin, end = f"<!-- {name}: python -m tests.grading.skeletons -->", f"<!-- end of {name} -->"
            passage = "\n".join([begin, "", *table, "", end])
            text = re.sub(f"{begin}.*?{end}", lambda _, passage=passage: passage, text, flags=re.DOTALL)
        texts[path] = text
    return texts


def _line_shown(match):
    """Return the number of the line that is wrong in the READMEs' softmax: the last of three lines that stand
    where the skeleton raises.
    """
    lines = skeleton("activations").splitlines()
    begin = lines.index("def softmax(z):")
    raises = next(i for i in range(begin, len(lines)) if lines[i].startswith("    raise "))
    return f"{match[1] or match[2]}{raises + 3}"


def _asked():
    """Yield a table of the modules with the signatures of everything that the lessons call."""
    yield "| module | names |"
    yield "|---|---|"
    for module in GRADED_MODULES:
        yield f"| `{module}` | {', '.join(_signatures(ast.parse(skeleton(module)), module))} |"


def _signatures(tree, module):
    """Yield the signatures of a skeleton's public functions, and of its classes with their methods."""
    graded = {exercise.function for exercise in EXERCISES.values() if exercise.module == module}
    own = {name.partition(".")[0] for name in graded}
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and node.name in own:
            yield f"`{node.name}({ast.unparse(node.args)})`"
        elif isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            methods = {part.name: part for part in node.body if isinstance(part, ast.FunctionDef)}
            public = [_method(*item) for item in methods.items() if not item[0].startswith("_")]
            yield _method(node.name, methods["__init__"]) + (f" with {', '.join(public)}" if public else "")


def _method(name, node):
    arguments = ast.unparse(node.args).removeprefix("self").removeprefix(", ")
    return f"`{name}({arguments})`"


def _counted():
    """Yield a table of the lessons: how many exercises each has, and how many points."""
    rows = {
        "lesson": list(COURSE),
        "exercises": [len(lesson.exercises) for lesson in COURSE.values()],
        "points": [sum(exercise.points for exercise in lesson.exercises) for lesson in COURSE.values()],
    }
    for name, cells in rows.items():
        yield f"| {' | '.join(map(str, [name, *cells]))} |"
        if name == "lesson":
            yield "|---" * (len(cells) + 1) + "|"
