"""`check --json` prints one JSON array, whatever happens, with a line only where one is known."""

import json

import numpy as np
import pytest

from tests.grading.desk import structured
from tests.grading.finding import (
    HINT,
    LIKELY,
    SURE,
    UNKNOWN,
    Change,
    Comparison,
    Finding,
    Place,
    Remark,
)
from tests.grading.judging.results import Result, waiting
from tests.learners import kata, solve

TYPES = {  # of each field
    "exercise": str,
    "status": str,
    "tests": int,
    "passed": int,
    "points": int,
    "seconds": float,
    "findings": list,
}
OF_A_FINDING = {
    "sentence": (str,),
    "line": (int, type(None)),
    "column": (int, type(None)),
    "end_line": (int, type(None)),
    "end_column": (int, type(None)),
    "file": (str, type(None)),
    "source": (str, type(None)),
    "stage": (str,),
    "certainty": (str,),
    "mistake": (str, type(None)),
    "change": (dict, type(None)),
    "call": (str, type(None)),
    "expected": (str, type(None)),
    "got": (str, type(None)),
}


def refuse(constant):
    raise AssertionError(f"{constant} is no JSON")


def checked(text):
    """Return what a JSON text says, after a look at its form."""
    objects = json.loads(text, parse_constant=refuse)
    assert text.isascii()
    for one in objects:
        assert list(one) == list(TYPES)
        assert all(type(one[name]) is kind for name, kind in TYPES.items()), one
        assert one["status"] in ("passed", "failing", "to do", "waiting")
        for finding in one["findings"]:
            assert list(finding) == list(OF_A_FINDING)
            assert all(type(finding[name]) in kinds for name, kinds in OF_A_FINDING.items()), finding
            assert finding["sentence"]
            assert (finding["line"] is None) == (finding["source"] is None)
            assert (finding["column"] is None) == (finding["end_column"] is None)
            if finding["change"]:
                assert list(finding["change"]) == ["line", "before", "after"]
    return objects


@pytest.fixture
def folder(tmp_path):
    """A package with one file of four lines."""
    (tmp_path / "losses.py").write_text("import numpy as np\n\ndef f(z):\n    return z\n", encoding="utf-8")
    return tmp_path


def said(finding, folder, name="mean_squared_error", **options):
    """Return what JSON says of one finding."""
    result = Result(name, finding.status, finding, passed=2, tests=5, seconds=0.25)
    (one,) = checked(structured.text([result], folder, **{"with_changes": True} | options))
    return one["findings"][0]


HERE = Place("losses.py", 4, "    return z", "f", 12, 4, 13)


def test_a_line_is_the_learner_s_own_line(folder):
    """With its columns if a part of it is meant; the source is the file's own, indented as it is."""
    one = said(Finding(sentence="wrong", place=HERE, stage="edit", certainty=LIKELY), folder)
    place = {name: one[name] for name in ("line", "column", "end_line", "end_column", "source")}
    assert place == {"line": 4, "column": 12, "end_line": 4, "end_column": 13, "source": "    return z"}
    assert one["source"][one["column"] - 1 : one["end_column"] - 1] == "z"
    assert one["file"].replace("\\", "/").endswith("/losses.py")
    assert (one["stage"], one["certainty"]) == ("edit", LIKELY)
    of_an_exception = said(Finding(raised="ValueError", place=Place(*HERE[:4])), folder)
    assert (of_an_exception["line"], of_an_exception["column"]) == (4, None)
    assert of_an_exception["sentence"] == "It raises ValueError"


@pytest.mark.parametrize("place", [None, Place("test_2_losses.py", 90, "assert f(z)")])
def test_no_line_is_claimed_if_none_of_the_learner_s_is_known(folder, place):
    one = said(Finding(sentence="wrong", place=place), folder)
    assert [one[name] for name in ("line", "column", "end_line", "end_column", "source")] == [None] * 5
    assert one["file"].replace("\\", "/").endswith("/losses.py"), "the exercise's own file"


def test_stage_and_certainty_are_always_said(folder):
    assert [said(Finding(sentence="wrong"), folder)[name] for name in ("stage", "certainty")] == [
        "evidence",
        HINT,
    ]
    named = said(Finding(sentence="wrong", mistake="f_of_nothing"), folder)
    assert (named["stage"], named["certainty"], named["mistake"]) == ("bank", SURE, "f_of_nothing")


def test_changes_are_shown_unless_they_are_kept_away(folder):
    finding = Finding(sentence="wrong", place=HERE, change=Change(4, "    return z", "    return -z", 5))
    assert said(finding, folder)["change"] == {"line": 4, "before": "    return z", "after": "    return -z"}
    assert said(finding, folder, with_changes=False)["change"] is None


@pytest.mark.parametrize(
    ("expected", "got", "shown"),
    [
        (np.array([[1.0, np.nan], [np.inf, -0.0]]), np.zeros((2, 2)), "[[1, nan], [inf, 0]]"),
        (np.float64(2.5), np.float64(np.inf), "2.5"),
        (np.array([True, False]), np.array([False, False]), "[True, False]"),
        (np.array([1.0, 1.0]), np.array([1.0, 1.0 + 1e-7]), "[1, 1]"),
        (np.zeros((0, 2)), np.zeros((0, 2)), "[]"),
        (np.zeros((1, 3, 2)), np.ones((1, 3, 2)), "[[[0, 0], [0, 0], [0, 0]]]"),
    ],
)
def test_values_are_text(folder, expected, got, shown):
    """NaN and infinities, too, which JSON has no numbers for; of a large array, some entries."""
    one = said(Finding(comparison=Comparison.of("f", expected, got, expected != got)), folder)
    assert one["expected"] == shown
    assert one["got"] is not None
    if expected.size and (expected != got).any():
        assert one["expected"] != one["got"]


def test_of_a_large_array_the_entries_that_differ_are_text(folder):
    expected, got = np.zeros((9, 9)), np.zeros((9, 9))
    got[2, 3] = np.nan
    one = said(Finding(comparison=Comparison.of("f", expected, got, expected != got)), folder)
    assert one["got"] == "[2, 3]: nan (1 of 81 entries differ)"
    assert one["sentence"] == "f: 1 of 81 entries differ"


def test_what_is_no_array_is_text_or_null(folder):
    one = said(Finding(sentence="wrong", expected="shape (2,)", got="a single number", call="f(z)"), folder)
    assert (one["expected"], one["got"], one["call"]) == ("shape (2,)", "a single number", "f(z)")
    one = said(Finding(raised="ValueError", error="no"), folder)
    assert (one["expected"], one["got"], one["call"]) == (None, "ValueError: no", None)


def test_the_most_important_finding_comes_first(folder):
    """Then the other mistake, then remarks."""
    finding = Finding(
        sentence="first",
        place=HERE,
        more=(Finding(sentence="second", place=HERE),),
        besides=(Remark("third", HERE), Remark("fourth")),
    )
    result = Result("mean_squared_error", "failing", finding)
    (one,) = checked(structured.text([result], folder, with_changes=True))
    assert [found["sentence"] for found in one["findings"]] == ["first", "second", "third", "fourth"]
    assert [found["line"] for found in one["findings"]] == [4, 4, 4, None]


def test_what_cannot_be_judged_waits(folder):
    """For another exercise, or since its tests did not run; what passes has no findings."""
    skipped = Result("v1", UNKNOWN, Finding(status=UNKNOWN, sentence="1 skipped: no digits"))
    results = [waiting("softmax", "dense"), skipped, Result("zeros", "passed", tests=3, passed=3)]
    first, second, third = checked(structured.text(results, folder, with_changes=True))
    assert (first["status"], first["findings"][0]["sentence"]) == ("waiting", "waits for dense")
    assert (second["status"], second["findings"][0]["sentence"]) == ("waiting", "1 skipped: no digits")
    assert second["findings"][0]["file"] is None, "a training has none"
    assert (third["status"], third["points"], third["findings"]) == ("passed", 1, [])


def test_the_command_prints_json_alone(empty):
    """One object for each exercise; the exit status is that of `check`."""
    solve(empty, "dense")
    with (empty / "activations.py").open("a", encoding="utf-8") as file:
        file.write(
            "\n\ndef tanh(z):\n    print('x')\n    return z / undefined\n\n\ndef relu(z):\n    return -z\n"
        )
    done = kata("--impl", empty, "check", "dense", "tanh", "relu", "sigmoid", "--json", expected=1)
    found = {one["exercise"]: one for one in checked(done.stdout)}
    assert [(name, one["status"]) for name, one in found.items()] == [
        ("sigmoid", "to do"),
        ("tanh", "failing"),
        ("relu", "failing"),
        ("dense", "passed"),
    ]
    assert found["tanh"]["findings"][0]["source"] == "    return z / undefined"
    assert "NameError" in found["tanh"]["findings"][0]["got"]
    assert found["relu"]["findings"][0]["call"].startswith("relu(")
    assert found["sigmoid"]["findings"][0]["sentence"] == "sigmoid is not written yet"
    assert found["dense"]["tests"] == found["dense"]["passed"] > 0
    done = kata("--impl", empty, "check", "dense", "--json", expected=0)
    assert [one["points"] for one in checked(done.stdout)] == [2]


def test_a_broken_file_is_a_finding_with_its_place(empty):
    path = empty / "losses.py"
    text = path.read_text(encoding="utf-8")
    path.write_text(text + "\nvalues = (1, 2\n", encoding="utf-8")
    done = kata("--impl", empty, "check", "mean_squared_error", "--json", expected=1)
    (one,) = checked(done.stdout)
    assert one["status"] == "waiting"
    (finding,) = one["findings"]
    assert finding["sentence"] == "SyntaxError: '(' was never closed"
    assert finding["line"] == text.count("\n") + 2
    assert (finding["source"], finding["column"], finding["end_column"]) == ("values = (1, 2", 10, 11)


def test_errors_leave_standard_output_empty(untouched):
    done = kata("--impl", "mine", "check", "softmaxx", "--json", expected=2, cwd=untouched.parent)
    assert done.stdout == ""
    assert done.stderr.startswith("kata: ")
