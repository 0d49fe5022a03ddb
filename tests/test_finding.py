"""A finding is data: it survives JSON whole, and every report renders the same one."""

import json
from dataclasses import fields
from xml.etree import ElementTree

import numpy as np
import pytest

from tests.grading.desk import reports, telling
from tests.grading.finding import (
    CERTAINTIES,
    HINT,
    KINDS,
    LIKELY,
    STAGES,
    SURE,
    TODO,
    UNKNOWN,
    WAITING,
    Change,
    Comparison,
    Finding,
    Place,
    Remark,
    as_data,
    file_to_fix,
    from_data,
)
from tests.grading.judging.results import Result
from tests.grading.show import render
from tests.grading.terminal import PLAIN, width

NUMBERS = np.array([np.nan, np.inf, -np.inf, 0.0, -0.0, 1e-300])
COMPARISONS = {
    "floats": (NUMBERS, NUMBERS[::-1]),
    "float32": (np.float32([[0.1, np.nan]]), np.float32([[np.inf, 2]])),
    "integers": (np.arange(3), np.uint8([255, 1, 2])),
    "booleans": (np.array([True, False]), np.array([False, False])),
    "a number": (1.5, np.float64("nan")),
    "large": (np.zeros((20, 30)), np.full((20, 30), np.inf)),
    "empty": (np.zeros((0, 2)), np.zeros((0, 2))),
}


def full(kind):
    """Return a finding of a kind that has something to say in every field."""
    said = {field.name: f"the {field.name}" for field in fields(Finding)}
    return Finding(
        **said
        | {
            "status": TODO,
            "kind": kind,
            "typable": True,
            "hidden": True,
            "place": Place("losses.py", 12, "return loss", "softmax_cross_entropy", 8, 12, 12),
            "comparison": Comparison.of("grad", *COMPARISONS["floats"], np.array([1, 1, 1, 0, 1, 1], bool)),
            "besides": (Remark("first"), Remark("second", Place("losses.py", 2, "x"))),
            "quote": ("a line", "    ^"),
            "printed": ("nan",),
            "stage": "edits",
            "certainty": LIKELY,
            "change": Change(12, "return loss", "return loss, grad", 15),
            "more": (Finding(sentence="another", change=Change(3, "", "a line\nand one", 15)), Finding()),
        }
    )


FINDINGS = {
    **{kind or "of no kind": full(kind) for kind in (*KINDS, "world", "refused", "")},
    "file": file_to_fix("losses.py", 3, "SyntaxError: invalid syntax", ("def f(:", "      ^")),
    "waiting": Finding(status=WAITING, waits_for="softmax"),
    "not run": Finding(status=UNKNOWN, sentence="changed since it was checked"),
    "nothing said": Finding(),
    **{
        name: Finding(comparison=Comparison.of("dW", *pair, ~np.equal(*pair)))
        for name, pair in COMPARISONS.items()
    },
}


@pytest.mark.parametrize("name", FINDINGS)
def test_a_finding_survives_json(name):
    """Nothing is lost on the way from the process that grades to the one that tells, nan and inf included."""
    finding = FINDINGS[name]
    again = from_data(json.loads(json.dumps(as_data(finding))))
    assert repr(again) == repr(finding), "repr: a nan equals nothing"
    assert render(again) == render(finding)


def test_the_finding_that_says_all_has_every_field():
    """A new field is tested on the way through JSON, too."""
    plain, said = Finding(), full("values")
    same = [
        field.name for field in fields(Finding) if getattr(plain, field.name) == getattr(said, field.name)
    ]
    assert same == []


def test_what_is_not_said_is_no_claim():
    """A place without an expression, a finding without a stage: an older record reads as it was meant."""
    data = json.loads(json.dumps({"place": ["losses.py", 12, "return loss", "f"], "sentence": "wrong"}))
    finding = from_data(data)
    assert finding.place[4:] == (0, 0, 0)
    assert (finding.change, finding.more, finding.stage) == (None, (), "")
    assert finding.sure == HINT
    assert Finding(stage="bank").sure == SURE
    assert Finding(stage="bank", certainty=LIKELY).sure == LIKELY


def test_the_words_for_stages_and_certainties_are_known():
    finding = full("values")
    assert finding.stage in STAGES
    assert finding.certainty in CERTAINTIES


@pytest.mark.parametrize("name", [name for name, finding in FINDINGS.items() if finding != Finding()])
def test_every_report_renders_the_same_finding(name, tmp_path, capsys):
    """Terminal, JUnit and Gradescope differ in their frames alone."""
    finding = FINDINGS[name]
    result = Result("softmax", finding.status, finding, tests=3)
    reports.junit([result], tmp_path / "junit.xml")
    reports.gradescope([result], tmp_path / "results.json")
    failure = ElementTree.parse(tmp_path / "junit.xml").getroot().find(".//failure")
    (test,) = json.loads((tmp_path / "results.json").read_text(encoding="utf-8"))["tests"]
    assert (failure.text or "", test["output"]) == (render(finding), render(finding) or finding.status)
    assert failure.get("message") in (finding.status, *render(finding, 10_000).splitlines())
    if result.blocked or finding.status == WAITING:
        return  # the board says these in the terminal
    options = type("Options", (), {"folder": tmp_path, "paint": PLAIN, "command": "python -m kata"})
    telling.tell(result, options)
    shown = [line.strip() for line in capsys.readouterr().out.splitlines()]
    for line in render(finding, width() - 2).splitlines():
        assert line.strip() in shown
