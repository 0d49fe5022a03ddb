"""Help in levels: the marked line in `check`, the question and then the change in `hint`, and no more."""

import json
import re
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from tests.grading.desk import commands, progress, reports
from tests.grading.finding import PASSED, Change, Comparison, Finding, Place
from tests.grading.judging.results import Result
from tests.grading.marking import around, before_and_after, where
from tests.grading.show import changes, headline, questions, render
from tests.grading.terminal import Painter

LINE = "    return e / e.sum(axis=0, keepdims=True)"
SUM = Finding(
    kind="values",
    sentence="The sums are those of the columns, and each row needs its own.",
    stage="edit",
    certainty="sure",
    place=Place("activations.py", 118, LINE, "softmax", 16, 118, 44),
    value="an array (1, 2)",
    call="softmax(array([[1.0, 2.0], [3.0, 5.0]]))",
    typable=True,
    comparison=Comparison.of("the result", np.eye(2), np.ones((2, 2)), ~np.eye(2, dtype=bool)),
    test="test_softmax_has_known_values",
    question="Which entries does a sum along axis 0 add up?",
    change=Change(118, LINE, LINE.replace("axis=0", "axis=-1"), 17),
    think="What would be divided by what without keepdims?",
)
SHIFT = Finding(
    sentence="The largest of all rows is taken from each.",
    place=Place("activations.py", 117, "    e = np.exp(z - z.max())", "softmax", 20, 117, 27),
    value="5; 2 and 5 are needed",
    question="What is left of a row that is far below the others?",
    change=Change(117, "    e = np.exp(z - z.max())", "    e = np.exp(z - z.max(axis=-1))", 17),
    think="Which number may be taken from a row without changing it?",
)
BOTH = replace(SUM, more=(SHIFT,))


def test_a_screen_says_what_is_wrong_then_where_then_the_evidence():
    assert render(SUM, 77, folder="mine").replace("\\", "/") == (
        "The sums are those of the columns, and each row needs its own.\n"
        "mine/activations.py:118\n"
        "  return e / e.sum(axis=0, keepdims=True)\n"
        "             ^^^^^^^^^^^^^^^^^^^^^^^^^^^^\n"
        "Its value in the call below: an array (1, 2)\n"
        "Smallest failing call: softmax(array([[1.0, 2.0], [3.0, 5.0]]))\n"
        "the result:\n"
        "  expected    got  (* differs)\n"
        "  1 0         1  1*\n"
        "  0 1         1* 1\n"
        "\n"
        "Test: test_softmax_has_known_values"
    )


def test_two_mistakes_are_numbered_on_one_screen():
    """Each with its line and its value; the call that shows them stands below, once."""
    shown = render(BOTH, 77)
    assert "\n   activations.py:118\n     return e / e.sum(axis=0, keepdims=True)\n" in shown
    assert shown.startswith("1. The sums are")
    assert "\n2. The largest of all rows is taken from each.\n   activations.py:117\n" in shown
    assert (
        "\n     e = np.exp(z - z.max())\n                    ^^^^^^^\n   Its value in the call below: 5"
        in shown
    )
    assert shown.count("Smallest failing call") == 1
    assert shown.count("\n") < 22


@pytest.mark.parametrize("finding", [SUM, BOTH])
def test_check_and_the_reports_keep_to_the_first_level(finding, tmp_path):
    """The question, the change and the thought are what `hint` is for."""
    result = Result("softmax", "failing", finding, tests=17)
    reports.junit([result], tmp_path / "junit.xml")
    reports.gradescope([result], tmp_path / "results.json")
    texts = [(tmp_path / name).read_text(encoding="utf-8") for name in ("junit.xml", "results.json")]
    for text in [*texts, render(finding), headline(finding)]:
        assert "The sums are those of the columns" in text
        assert not re.search(r"Which|axis=-1|keepdims\?|tests pass|far below", text), text


def test_nothing_is_said_twice():
    """A value in the sentence needs no line of its own, nor does an exception that the sentence names."""
    told = replace(SUM, sentence="`e.sum(axis=0)` is an array (1, 2), where each row needs a sum.")
    assert "Its value" not in render(told)
    raised = replace(
        told, raised="ValueError", error="shapes differ", sentence="ValueError: shapes differ here"
    )
    assert render(raised).count("shapes differ") == 1


def test_an_exception_that_no_sentence_explains_comes_before_its_line():
    place = Place("layers.py", 7, "    return x @ W.T + b", "dense", 12, 7, 19)
    finding = Finding(
        kind="exception",
        raised="ValueError",
        error="matmul: wrong",
        place=place,
        call="dense(x, W, b)",
        words="The inner sizes differ.",
    )
    assert render(finding).splitlines() == [
        "It raises ValueError: matmul: wrong",
        "layers.py:7",
        "  return x @ W.T + b",
        "         ^^^^^^^",
        "In plain words: The inner sizes differ.",
        "What fails: dense(x, W, b)",
    ]


@pytest.mark.parametrize(
    ("source", "span", "shown"),
    [
        ("    return a + b", (12, 5, 17), ["return a + b", "       ^^^^^"]),
        ("\treturn\ta + b", (9, 5, 14), ["return a + b", "       ^^^^^"]),  # a tab counts as a character
        ("    loss = sum(", (12, 7, 6), ["loss = sum(", "       ^^^^"]),  # of several lines, the first
        ("    f('中文', b)", (13, 5, 14), ["f('中文', b)", "          ^"]),  # wide characters
        ("    return a", (0, 0, 0), ["return a"]),
        ("    return a", (40, 5, 60), ["return a"]),  # no such column
    ],
)
def test_the_part_that_is_meant_is_marked(source, span, shown):
    column, end_line, end_column = span
    place = Place("f.py", 5, source, "f", column, end_line, end_column)
    assert where(place) == ["f.py:5", *(f"  {line}" for line in shown)]


@pytest.mark.parametrize("room", [57, 77])
@pytest.mark.parametrize("length", [1, 20, 90])
def test_a_long_line_is_cut_around_the_part_that_is_meant(room, length):
    """The part stays visible, as much of it as fits, and the marks stand under its own characters."""
    line = "".join(chr(33 + i % 90) for i in range(200))
    for begin in range(201 - length):
        end = begin + length
        text, first, last = around(line, begin, end, room)
        part = text[first:last].strip("…")
        assert len(text) <= room
        assert part == line[begin:end] if length <= room - 2 else line[begin:end].startswith(part)
        assert len(part) >= min(length, room - 2)


def test_the_marks_are_painted_where_there_are_colors():
    shown = where(SUM.place, paint=Painter(True))
    assert shown[2].strip() == "\x1b[31m" + "^" * 28 + "\x1b[0m"


def test_the_question_stands_below_its_line():
    assert questions(SUM)[-2:] == ["             " + "^" * 28, SUM.question]
    assert [line[:2] for line in questions(BOTH) if line[0] != " "] == ["1.", "2."]
    assert "axis=-1" not in "\n".join(questions(BOTH))


def test_a_change_is_shown_as_the_lines_before_and_after():
    assert changes(SUM) == [
        "activations.py:118",
        "  118 - return e / e.sum(axis=0, keepdims=True)",
        "  118 + return e / e.sum(axis=-1, keepdims=True)",
        "With this change all 17 tests pass.",
        SUM.think,
    ]
    shown = changes(BOTH)
    assert "   117 - e = np.exp(z - z.max())" in [line[2:] for line in shown]
    assert "With both changes all 17 tests pass." in shown
    assert shown[-2:] == [SUM.think, SHIFT.think]


def test_one_change_that_mends_both_is_shown_once():
    change = Change(117, "    e = f(z)\n    return e", "    e = g(z)\n    return -e", 17)
    shown = changes(
        replace(SUM, change=change, think="Why?", more=(replace(SHIFT, change=change, think="Why?"),))
    )
    assert [line[:7] for line in shown[1:5]] == ["  117 -", "  118 -", "  117 +", "  118 +"]
    assert shown[5:] == ["With this change all 17 tests pass.", "Why?"]


def test_no_more_is_promised_than_was_tried():
    """If only one of two mistakes has a change, nobody has run the tests with that alone."""
    shown = "\n".join(changes(replace(BOTH, more=(replace(SHIFT, change=None),))))
    assert "118 +" in shown
    assert "tests pass" not in shown
    assert changes(replace(SUM, change=None)) == []
    assert questions(replace(SUM, question="")) == []


@pytest.mark.parametrize(
    ("before", "after", "shown"),
    [
        ("", "    a = b", ["9 + a = b"]),
        ("    a = b", "", ["9 - a = b"]),
        ("  if a:\n    b\n  c", "  b\n  c", [" 9 - if a:", "10 -   b", " 9 + b", "10   c"]),
    ],
)
def test_a_change_may_add_or_take_away_lines(before, after, shown):
    lines = before_and_after(Change(9, before, after, 3))
    assert [line.strip() for line in lines] == [line.strip() for line in shown]


def test_a_long_change_is_cut_around_the_difference():
    line = "        loss = " + " + ".join(f"term_{i}" for i in range(30))
    lines = before_and_after(Change(9, line, line.replace("term_20", "other"), 3), 57)
    assert max(map(len, lines)) <= 57
    assert "term_20" in lines[0]
    assert "other" in lines[1]


class Graded:
    """Stands in for a process that grades: every exercise that is run has the result at hand."""

    result = runs = None

    def __init__(self, folder, exercises, **_):
        type(self).runs.append(exercises)
        own = type(self).result
        fresh = {name: own._replace(name=name) for name in exercises}
        self.results = SimpleNamespace(all=lambda earlier: earlier | fresh)

    def __iter__(self):
        return iter(())


@pytest.fixture
def graded(monkeypatch):
    monkeypatch.setattr(progress, "Grading", Graded)
    Graded.result, Graded.runs = Result("softmax", "failing", SUM, passed=7, tests=17), []
    return Graded


WRITTEN = "\n\ndef softmax(z):\n    e = np.exp(z - z.max())\n    return e / e.sum(axis=0, keepdims=True)\n"


@pytest.fixture
def written(empty):
    """A package in which softmax is written."""
    with (empty / "activations.py").open("a", encoding="utf-8") as file:
        file.write(WRITTEN)
    return empty


@pytest.fixture
def kata(empty, capsys):
    """Return a function that runs the learner's command here and returns its status, output and errors."""

    def run(*arguments):
        try:
            status = commands.main(["--impl", str(empty), *arguments])
        except SystemExit as stop:
            status = stop.code
        return status, *capsys.readouterr()

    return run


def titles(kata, *arguments, times):
    return [kata("hint", "softmax", *arguments)[1].splitlines()[0] for _ in range(times)]


QUESTION, CHANGE = "softmax, level 2: a question", "softmax, level 3: the change"


def test_hints_on_failing_code_go_deeper_step_by_step(written, kata, graded):
    """The question, then the change, which stays; the written hints have their own way in."""
    first = kata("hint", "softmax")[1]
    assert first.startswith(QUESTION + "\n")
    assert SUM.question in first
    assert "axis=-1" not in first
    assert first.rstrip().endswith("hint softmax --level 3")
    second = kata("hint", "softmax")[1]
    assert second.startswith(CHANGE + "\n")
    assert "118 + return e / e.sum(axis=-1, keepdims=True)" in second
    assert "With this change all 17 tests pass." in second
    assert second.rstrip().endswith("hint softmax --step 1")
    assert titles(kata, times=1) == [CHANGE]
    assert titles(kata, "--level", "2", times=2) == [QUESTION, QUESTION]
    assert titles(kata, "--step", "1", times=1) == ["softmax, hint 1 of 3: the idea"]
    assert titles(kata, times=1) == [CHANGE]
    assert len(graded.runs) == 1, "the code has not changed"


def test_a_hint_is_about_the_code_as_it_stands(written, kata, graded):
    """A comment moves the lines, so that the exercise is graded again; the next step stays the next."""
    titles(kata, times=1)
    path = written / "activations.py"
    path.write_text("# a comment\n" + path.read_text(encoding="utf-8"), encoding="utf-8")
    moved = replace(SUM, place=SUM.place._replace(line=119), change=SUM.change._replace(line=119))
    graded.result = graded.result._replace(finding=moved)
    told = kata("hint", "softmax")[1]
    assert len(graded.runs) == 2
    assert told.startswith(CHANGE)
    assert "119 +" in told


def test_another_mistake_begins_with_its_question(written, kata, graded):
    titles(kata, times=2)
    path = written / "activations.py"
    path.write_text(path.read_text(encoding="utf-8").replace("axis=0", "axis=1"), encoding="utf-8")
    graded.result = graded.result._replace(finding=SHIFT)
    assert titles(kata, times=2) == [QUESTION, CHANGE]


def test_written_hints_are_for_code_that_is_not_begun_or_of_which_nothing_is_known(empty, kata, graded):
    assert titles(kata, times=2) == [
        f"softmax, hint {n}" for n in ("1 of 3: the idea", "2 of 3: the formula")
    ]
    assert graded.runs == [], "a skeleton needs no tests"
    status, _, error = kata("hint", "softmax", "--level", "2")
    assert (status, error) == (
        2,
        "kata: --level is for failing code; softmax passes, waits or is not written\n",
    )


@pytest.mark.parametrize(
    "result", [Result("softmax", "failing", Finding(sentence="wrong")), Result("", PASSED)]
)
def test_without_question_and_change_the_written_hints_come(written, kata, graded, result):
    graded.result = result
    assert titles(kata, times=1) == ["softmax, hint 1 of 3: the idea"]
    status, output, error = kata("hint", "softmax", "--level", "3")
    assert (status, output) == (2, "")
    assert error.startswith("kata: ")


@pytest.mark.parametrize("way", ["option", "before the command", "environment"])
def test_changes_may_be_kept_away(written, kata, graded, way, monkeypatch):
    """In a class, the third level is the teacher's."""
    option = ["--no-changes"] if way == "option" else []
    if way == "environment":
        monkeypatch.setenv("KATA_NO_CHANGES", "1")
    run = kata if way != "before the command" else lambda *words: kata("--no-changes", *words)
    told = [run("hint", "softmax", *option)[1] for _ in range(3)]
    assert all(text.startswith(QUESTION) and "--level 3" not in text for text in told), told
    status, output, error = run("hint", "softmax", "--level", "3", *option)
    assert (status, output, error) == (2, "", "kata: changes are not shown here (--no-changes)\n")
    _, output, _ = run("check", "softmax", "--json", *option)
    assert json.loads(output)[0]["findings"][0]["change"] is None


@pytest.mark.parametrize("finding", [SUM, BOTH])
@pytest.mark.parametrize("columns", [80, 60])
@pytest.mark.parametrize("color", [False, True])
def test_every_level_fits_the_terminal(written, kata, graded, monkeypatch, finding, columns, color):
    monkeypatch.setenv("COLUMNS", str(columns))
    monkeypatch.setattr(commands, "_color", lambda: color)
    long = f"    return {' + '.join(f'term_{i}' for i in range(30))}"
    place = Place(
        "activations.py", 118, long, "softmax", long.index("term_20") + 1, 118, long.index(" + term_21") + 1
    )
    change = Change(118, long, long.replace("term_20", "term_20.T"), 17)
    for one in (finding, replace(finding, place=place, change=change)):
        graded.result = graded.result._replace(finding=one)
        (written / ".progress.json").unlink(missing_ok=True)
        for words in (["check", "softmax"], ["hint", "softmax"], ["hint", "softmax"]):
            _, output, _ = kata(*words)
            assert ("\x1b[" in output) == color
            plain = re.sub(r"\x1b\[\d+m", "", output).replace(f" --impl {written}", "")
            plain = plain.replace(str(written), "mine")
            wide = [line for line in plain.splitlines() if len(line) >= columns and "python -m" not in line]
            assert not wide, wide
            assert "^" in plain or " + " in plain
