"""The measurement counts what it says it counts, and the diagnosis stays as good as it was on a sample."""

import json
import tomllib
from dataclasses import replace

import pytest

from tests.grading import ROOT, measure
from tests.grading.finding import FAILING, PASSED, Change, Finding, Place
from tests.grading.judging import runner
from tests.grading.judging.results import Result
from tests.grading.measuring import counting
from tests.grading.measuring.running import Learner, as_mended, changed_by, digest, findings, placed
from tests.learners import kata
from tests.solutions.learners import Program, programs

SAMPLE = tomllib.loads((ROOT / "tests/solutions/learners/floors.toml").read_text(encoding="utf-8"))
PROGRAMS = {program.id: program for program in programs()}
PATIENCE = 300.0  # seconds: a busy machine is no mistake
TANH = Program(
    id="wrong_tanh",
    exercise="tanh",
    kinds="single",
    source="def tanh(z):\n    a = np.sinh(z)\n    return a",
    truth="The quotient is missing.",
    lines=(2,),
    mended="def tanh(z):\n    a = np.tanh(as_floating(z))\n    return a",
)


def _finding(line, certainty="sure", mistake=None, change=None):
    return {
        "line": line,
        "stage": "edit",
        "certainty": certainty,
        "sentence": f"It is line {line}.",
        "mistake": mistake,
        "change": change,
    }


def _record(*lines, kinds="single", fault=(10,), **fields):
    found = [line if isinstance(line, dict) else _finding(line) for line in lines]
    return {
        "id": "one",
        "kinds": kinds,
        "status": FAILING,
        "waits_for": "",
        "seconds": 1.0,
        "processor": 0.5,
        "fault": list(fault),
        "findings": found,
        "as_mended": None,
        "read": "",
    } | fields


@pytest.mark.parametrize(
    ("lines", "expected"),
    [([10], "exact"), ([9], "near"), ([11], "near"), ([12], "astray"), ([None], "silent"), ([], "silent")],
)
def test_the_first_finding_is_where_a_program_is_judged(lines, expected):
    assert counting.verdict(_record(*lines)) == expected
    assert counting.verdict(_record(*lines, 10)) == (expected if lines else "exact")


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ([10, 20], True),
        ([21, 10], True),
        ([10, 11], False),
        ([10], False),
        ([10, None], False),
        ([1, 10, 20], True),
    ],
)
def test_two_findings_must_name_two_places(lines, expected):
    assert counting.both(_record(*lines, fault=(10, 20), kinds="double")) is expected


def test_figures_count_every_program_once():
    records = [
        _record(10, as_mended=True),
        _record(_finding(9, "likely", mistake="a_mistake")),
        _record(_finding(30, "sure", change={"line": 30, "before": "a", "after": "b"}), as_mended=False),
        _record(_finding(31, "hint")),
        _record(None),
        _record(status=PASSED),
    ]
    assert counting.figures(records) == {
        "programs": 6,
        "refused": 5,
        "with findings": 5,
        "sure": 3,
        "exact": 1,
        "near": 2,
        "astray": 2,
        "astray, sure": 1,
        "silent": 2,
        "named": 2,
        "both": 0,
        "changed": 1,
        "as mended": 1,
    }


def test_the_table_has_a_column_for_each_kind_that_is_there():
    records = [_record(10), _record(12), _record(kinds="right", status=PASSED), _record(10, kinds="right")]
    lines = list(counting.tables(records))
    assert "| | one mistake | right |" in lines
    assert "| refused | 2 | 1 |" in lines
    assert "| the same, or its neighbour | 1 |  |" in lines
    assert "| seconds: median, 95 %, longest | 1.00, 1.00, 1.00 | 1.00, 1.00, 1.00 |" in lines
    assert "| of the processor: median, 95 %, longest | 0.50, 0.50, 0.50 | 0.50, 0.50, 0.50 |" in lines
    assert "| sure | 1 | 0 | 1 | 0 |" in lines
    assert not [line for line in lines if "two places" in line], "no program has two mistakes"
    assert lines[lines.index("Refused, and right (1):") + 2].startswith("- one: line 10")
    assert lines[lines.index("Astray (1):") + 2] == "- one: line 12, at fault [10], sure: It is line 12."


def test_what_is_not_refused_is_listed():
    lines = list(counting.tables([_record(status=PASSED), _record(status="waiting", waits_for="dense")]))
    assert lines[lines.index("Accepted, and wrong (1):") + 2] == "- one"
    assert lines[lines.index("Not refused by its own tests (1):") + 2] == "- one: dense"


def _told(tmp_path, finding):
    (tmp_path / "layers.py").write_text("a\n" * 9, encoding="utf-8")
    (tmp_path / "network.py").write_text("a\n" * 9, encoding="utf-8")
    return findings(Result("dense", FAILING, finding), tmp_path, "layers.py")


def test_findings_are_those_of_the_json(tmp_path):
    own = Finding(sentence="A.", place=Place("layers.py", 7, column=5), stage="edit", certainty="likely")
    more = Finding(sentence="B.", mistake="b", stage="bank", change=Change(3, "a", "b", 4))
    first, second = _told(tmp_path, replace(own, more=(more,)))
    assert (first["line"], first["certainty"], first["change"]) == (7, "likely", None)
    assert (second["line"], second["certainty"], second["mistake"]) == (None, "sure", "b")
    assert second["change"] == {"line": 3, "before": "a", "after": "b"}
    assert findings(Result("dense", PASSED), tmp_path, "layers.py") == []


def test_a_line_of_another_file_is_astray(tmp_path):
    """Its number may be that of a line at fault."""
    found = _told(tmp_path, Finding(sentence="A.", place=Place("network.py", 7)))
    assert (
        counting.verdict(_record(*found, fault=[7]))
        == counting.verdict(_record(*found, fault=[1]))
        == "astray"
    )


def test_changes_count_lines_as_they_stood():
    text = "a\nb\nc\nd"
    changes = [
        {"line": 1, "before": "a", "after": "A1\nA2"},
        {"line": 3, "before": "", "after": "new"},
        {"line": 4, "before": "d", "after": ""},
    ]
    assert changed_by(text, changes) == "A1\nA2\nb\nnew\nc"
    with pytest.raises(ValueError, match="line 2 must read 'x'"):
        changed_by(text, [{"line": 2, "before": "x", "after": "y"}])


def test_a_change_is_the_teachers_if_it_makes_the_same_code():
    spot = placed(TANH)
    line = spot.numbers[2]
    written = Change(line, "    a = np.sinh(z)", "    a = np.tanh( as_floating(z) )  # the quotient", 5)
    for after, expected in ((written.after, True), ("    a = np.tan(z)", False), ("    a = (", False)):
        found = _finding(line, change=written._replace(after=after)._asdict())
        assert as_mended(spot, [found]) is expected
    misfit = _finding(line, change=written._replace(before="    a = np.cosh(z)")._asdict())
    assert as_mended(spot, [misfit]) == ""
    listed = list(counting.tables([_record(misfit, as_mended="")]))
    assert "Changes that do not fit the file, or one another (1):" in listed
    assert not [each for each in listed if each.startswith("Changes unlike")]
    assert as_mended(spot, [_finding(line)]) is None
    assert as_mended(spot._replace(mended=""), [found]) is None


def test_a_program_is_checked_as_its_learner_would(tmp_path):
    """Also the lines at fault are counted as the learner's file counts them."""
    right = replace(TANH, id="right_tanh", kinds="right", source=TANH.mended, lines=(), truth="", mended="")
    learner = Learner(tmp_path, ["tanh"], PATIENCE)
    record, passing = learner.check(TANH), learner.check(right)
    assert (record["status"], record["kinds"], record["exercise"]) == (FAILING, "single", "tanh")
    text = placed(TANH).text.split("\n")
    assert [text[line - 1] for line in record["fault"]] == ["    a = np.sinh(z)"]
    assert "tanh(" in record["read"]
    assert json.loads(json.dumps(record)) == record
    assert (passing["status"], passing["findings"], passing["read"]) == (PASSED, [], "")
    assert passing["passed"] == passing["tests"] > 1
    assert [path.name for path in tmp_path.iterdir()] == ["solved"]


def test_what_is_counted_is_what_the_command_prints(tmp_path):
    record = Learner(tmp_path, ["tanh"], PATIENCE).check(TANH)
    spot, folder = placed(TANH), tmp_path / "solved"
    (folder / spot.file).write_text(spot.text, encoding="utf-8")
    [printed] = json.loads(kata("--impl", folder, "check", "tanh", "--json", expected=1).stdout)
    for each in (*printed["findings"], *record["findings"]):
        each.pop("file")
    assert printed["findings"] == record["findings"]
    assert all(printed[key] == record[key] for key in ("exercise", "status", "tests", "passed"))


def test_the_measurement_goes_on_where_it_was_stopped(tmp_path, monkeypatch, capsys):
    """A program that was changed since is run again, and so is all after a change of the grader."""
    bank, out, page = tmp_path / "bank.py", tmp_path / "said.jsonl", tmp_path / "read.md"
    fields = {name: getattr(TANH, name) for name in ("id", "exercise", "kinds", "source", "truth", "lines")}
    bank.write_text(f"MISTAKES = [{fields!r}, {fields | {'id': 'other'}!r}]\nRIGHT = []\n", encoding="utf-8")
    run = []

    class Watched(Learner):
        def __init__(self, folder, exercises, limit):
            run.append(sorted(exercises))

        def check(self, program):
            run.append(program.id)
            said = "It is wrong."
            return _record(_finding(2), id=program.id, digest=digest(program), read=said, fault=[20])

    monkeypatch.setattr(measure, "Learner", Watched)
    command = ["--bank", str(bank), "--out", str(out), "--read", str(page)]
    assert measure.main([*command, "--only", "other"]) == 0
    assert run == [["tanh"], "other"]
    assert measure.main(command) == 0
    assert run[2:] == [["tanh"], "wrong_tanh"]
    assert measure.main(command) == 0
    assert len(run) == 4
    assert "| programs | 2 |" in capsys.readouterr().out
    read = page.read_text(encoding="utf-8")
    assert read.count("It is wrong.") == read.count("- [ ] true") == 2
    assert "The teacher (line 20): The quotient is missing." in read
    bank.write_text(bank.read_text(encoding="utf-8").replace("sinh", "cosh", 1), encoding="utf-8")
    assert measure.main(command) == 0
    assert run[4:] == [["tanh"], "wrong_tanh"]


@pytest.fixture(scope="module")
def sample(tmp_path_factory):
    chosen, folder = [PROGRAMS[name] for name in SAMPLE["programs"]], tmp_path_factory.mktemp("learner")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(runner, "EXPLAINING", PATIENCE)
        learner = Learner(folder, {program.exercise for program in chosen}, PATIENCE)
        return [learner.check(program) for program in chosen]


@pytest.mark.parametrize("kinds", counting.HEADS)
def test_the_diagnosis_is_as_good_as_it_was(sample, kinds):
    """The floors may only rise, and the ceilings only fall."""
    records = [record for record in sample if record["kinds"] == kinds]
    counted = counting.figures(records)
    told = [f"{r['id']}: {counting.verdict(r)}\n{r['read']}" for r in records]
    limits = SAMPLE[kinds]
    assert limits, f"nothing is asked of {kinds}"
    low = {name: counted[name] for name, floor in limits.get("floors", {}).items() if counted[name] < floor}
    high = {name: counted[name] for name, most in limits.get("ceilings", {}).items() if counted[name] > most}
    assert (low, high) == ({}, {}), "\n\n".join([f"it was {limits}", *told])
