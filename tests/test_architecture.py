"""The plan of the house: imports point one way, files are short, and each says its idea first."""

import ast
from graphlib import TopologicalSorter

import pytest

from tests.grading import ROOT

FOLDERS = ("nn", "kata", "tests", "benchmarks")
FILES = {
    path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8")
    for path in [ROOT / "conftest.py", *(p for folder in FOLDERS for p in (ROOT / folder).rglob("*.py"))]
}
TREES = {file: ast.parse(text) for file, text in FILES.items()}

GRADER = "tests.grading"
# What all rooms stand on; each may import those before it.
FOUNDATION = [
    GRADER,
    *(f"{GRADER}.{leaf}" for leaf in ("files", "world", "finding", "terminal", "marking", "show")),
]
OF_LESSONS = {GRADER, f"{GRADER}.finding", f"{GRADER}.show"}  # what a failing check needs to speak
COURSE = f"{GRADER}.course.exercises"  # what there is to solve
ROOMS = [
    "course",
    "messages",
    "trace",
    "repair",
    "diagnosis",
    "judging",
    "desk",
    "measuring",
]  # each may import those before it
DOORS = {
    f"{GRADER}.{door}" for door in ("matrix", "measure", "mutants", "skeletons")
}  # commands, which nobody imports


def _module(file):
    return file.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


MODULES = {_module(file): file for file in FILES}


def _imports(module, tree=None):
    """Return the modules of the repository that a module imports, wherever in it, late imports included."""
    file, found = MODULES.get(module, ""), set()
    for node in ast.walk(tree or TREES[file]):
        if isinstance(node, ast.Import):
            found |= {name.name for name in node.names}
        elif isinstance(node, ast.ImportFrom):
            parts = module.split(".") if file.endswith("__init__.py") else module.split(".")[:-1]
            base = parts[: len(parts) - node.level + 1] if node.level else []
            source = ".".join([*base, *([node.module] if node.module else [])])
            inner = {f"{source}.{name.name}" for name in node.names} & MODULES.keys()
            whole = {source} if len(inner) < len(node.names) else set()
            found |= inner | whole
    return found & MODULES.keys()


def _room(module):
    """Return the room of a module of the grader, None for what is in none."""
    name = module.removeprefix(f"{GRADER}.").split(".")[0]
    return name if name in ROOMS else None


def _refused(module, other):
    """Return why a module may not import another one, "" if it may."""
    grader = other == GRADER or other.startswith(f"{GRADER}.")
    if module.startswith(("tests.lessons", "tests.solutions")):
        return "only what a finding is and how it is shown" if grader and other not in OF_LESSONS else ""
    if module.startswith("nn.") or module == "nn":
        return "" if other.split(".")[0] == "nn" else "the reference stands alone"
    if not grader or not module.startswith(GRADER):
        return "doors are for the command line" if other in DOORS and module.startswith(GRADER) else ""
    if module in FOUNDATION:
        below = FOUNDATION[: FOUNDATION.index(module)]
        return "" if other in below else "the foundation imports only what it stands on"
    if other in DOORS:
        return "doors are for the command line"
    if module in DOORS or other in FOUNDATION:
        return ""
    return "" if ROOMS.index(_room(other)) <= ROOMS.index(_room(module)) else "rooms import one way"


def test_every_module_of_the_grader_has_its_place():
    placed = {*FOUNDATION} | DOORS
    assert [m for m in MODULES if m.startswith(GRADER) and m not in placed and not _room(m)] == []
    assert {_room(module) for module in MODULES if module.startswith(GRADER)} - {None} == set(ROOMS)


def test_imports_point_one_way():
    """What is told never decides what is judged."""
    wrong = [
        f"{module} imports {other}: {why}"
        for module in MODULES
        for other in _imports(module)
        if (why := _refused(module, other))
    ]
    assert wrong == [], "\n".join(wrong)


def test_no_module_of_the_grader_needs_itself():
    """A circle of imports could be read from no end."""
    graph = {module: _imports(module) - {module, GRADER} for module in MODULES if module.startswith(GRADER)}
    TopologicalSorter(graph).prepare()  # raises CycleError


@pytest.mark.parametrize(
    ("module", "line"),
    [
        ("tests.grading.course.exercises", "from tests.grading.diagnosis import readings"),
        ("tests.grading.show", "from tests.grading.judging import runner"),
        ("tests.grading.trace.raising", "from tests.grading.diagnosis.readings import shown"),
        ("tests.grading.judging.results", "from ..desk import board"),
        ("tests.grading.judging.results", "def late():\n    import tests.grading.desk.board"),
        ("tests.grading.finding", "from tests.grading.terminal import cut"),
        ("tests.grading.desk.board", "from tests.grading import matrix"),
        ("tests.lessons.conftest", "from tests.grading.judging.package import GRADED"),
        ("tests.solutions.bank", "from tests.grading.world import World"),
        ("nn.network", "import tests.grading"),
    ],
)
def test_the_walk_sees_an_import_that_points_the_other_way(module, line):
    assert any(_refused(module, other) for other in _imports(module, ast.parse(line)))


LIMITS = {"nn/": 250, "tests/grading/": 300}  # lines of a file; elsewhere MOST
MOST = 400
DATA = ("tests/solutions/", "tests/lessons/")  # as long as there is to tell


@pytest.mark.parametrize("file", FILES)
def test_a_file_is_short_and_says_its_idea_first(file):
    assert ast.get_docstring(TREES[file]), f"{file} must begin with a docstring: its one idea"
    if not file.startswith(DATA):
        limit = next((n for folder, n in LIMITS.items() if file.startswith(folder)), MOST)
        lines = FILES[file].count("\n")
        assert lines <= limit, f"{file} must have at most {limit} lines; got {lines}"
