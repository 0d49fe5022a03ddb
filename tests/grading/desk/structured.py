"""Results as JSON, for editors and for those who grade: one object for each exercise, with what was found."""

import json
from dataclasses import replace

from tests.grading.course.exercises import EXERCISES
from tests.grading.course.sources import Sources
from tests.grading.finding import PASSED, UNKNOWN, WAITING, Finding
from tests.grading.show import digits, headline, number
from tests.grading.terminal import short


def text(results, folder, *, with_changes):
    """Return results as a JSON array, in ASCII; with_changes: whether to say what mends a mistake."""
    objects = [_object(result, Sources(folder), with_changes) for result in results]
    return json.dumps(objects, indent=1, allow_nan=False)


def _object(result, sources, with_changes):
    """Return a result as an object: its fields are those of the table in kata/README.md."""
    several = _findings(result.finding) if result.finding and result.status != PASSED else []
    own = f"{EXERCISES[result.name].module}.py" if EXERCISES[result.name].function else ""
    return {
        "exercise": result.name,
        # What was not run (a test that was skipped, a file that was saved meanwhile) cannot be judged yet.
        "status": WAITING if result.status == UNKNOWN else result.status,
        "tests": result.tests,
        "passed": result.passed,
        "points": result.points,
        "seconds": round(result.seconds, 3),
        "findings": [_finding(finding, own, sources, with_changes) for finding in several],
    }


def _findings(finding):
    """Return a finding, further mistakes that were proven, and remarks, the most important first."""
    remarks = [Finding(sentence=remark.sentence, place=remark.place) for remark in finding.besides]
    return [finding, *finding.more, *remarks]


def _finding(finding, own, sources, with_changes):
    """Return a finding as an object; own: the exercise's file, "" if it has none."""
    stage = finding.stage or ("bank" if finding.mistake else "evidence")
    change = finding.change._asdict() if finding.change and with_changes else {}
    change.pop("tests", None)
    return {
        "sentence": finding.sentence if finding.kind == "file" else headline(finding),
        **_place(finding.place, own, sources),
        "stage": stage,
        "certainty": replace(finding, stage=stage).sure,
        "mistake": finding.mistake,
        "change": change or None,
        "call": finding.call or None,
        "expected": finding.expected or _side(finding.comparison, "expected"),
        "got": finding.got or _side(finding.comparison, "got") or _raised(finding),
    }


def _place(place, own, sources):
    """Return the fields on the line at fault: null, but for the file, if it is no line of the learner's."""
    claimed = place is not None and (sources.folder / place.file).is_file()
    file = place.file if claimed else own
    line, source = (place.line, place.source) if claimed else (None, None)
    if claimed:
        lines = sources.module(place.file.removesuffix(".py"))[0].split("\n")
        source = lines[line - 1] if line <= len(lines) else source
    marked = claimed and place.column > 0
    return {
        "line": line,
        "column": place.column if marked else None,
        "end_line": place.end_line if marked else None,
        "end_column": place.end_column if marked else None,
        "file": short(sources.folder / file) if file else None,
        "source": source,
    }


def _raised(finding):
    """Return what was raised as text, None if nothing was."""
    if not finding.raised:
        return None
    return f"{finding.raised}: {finding.error}" if finding.error else finding.raised


def _side(comparison, side):
    """Return one of two arrays as text, of a large one the entries that are shown; None if there are none."""
    if comparison is None:
        return None
    precision = digits(comparison.entries)
    numbers = [number(getattr(entry, side), precision) for entry in comparison.entries]
    if len(numbers) < comparison.size:
        places = [
            f"{[*entry.index]}: {value}" for entry, value in zip(comparison.entries, numbers, strict=True)
        ]
        return f"{', '.join(places)} ({comparison.differing} of {comparison.size} entries differ)"
    for length in reversed(comparison.shape):  # the innermost brackets first
        groups = max(len(numbers) // max(length, 1), 1)
        numbers = [f"[{', '.join(numbers[i * length : (i + 1) * length])}]" for i in range(groups)]
    return numbers[0] if len(numbers) == 1 else "[]"
