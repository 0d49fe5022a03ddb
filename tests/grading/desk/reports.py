"""Reports for those who grade: JUnit's XML, and the JSON that Gradescope reads, with the points."""

import json
from xml.etree import ElementTree

from tests.grading.course.exercises import EXERCISES, LESSONS
from tests.grading.files import write
from tests.grading.finding import PASSED
from tests.grading.show import headline


def junit(results, path):
    """Write a JUnit file with a test case for each exercise; what failed carries the diagnosis."""
    suites = ElementTree.Element("testsuites")
    for lesson, title in LESSONS.items():
        own = [result for result in results if EXERCISES[result.name].lesson == lesson]
        if not own:
            continue
        failures = sum(result.status != PASSED for result in own)
        suite = ElementTree.SubElement(
            suites,
            "testsuite",
            name=f"{lesson} {title}",
            tests=str(len(own)),
            failures=str(failures),
            errors="0",
            skipped="0",
            time=f"{sum(result.seconds for result in own):.3f}",
        )
        for result in own:
            case = ElementTree.SubElement(
                suite,
                "testcase",
                classname=f"lesson{lesson}.{title}",
                name=result.name,
                time=f"{result.seconds:.3f}",
            )
            if result.status != PASSED:
                failure = ElementTree.SubElement(
                    case, "failure", message=_printable(_headline(result)), type=result.status
                )
                failure.text = _printable(result.message)
    write(
        path,
        '<?xml version="1.0" encoding="utf-8"?>\n' + ElementTree.tostring(suites, encoding="unicode") + "\n",
    )


def gradescope(results, path):
    """Write Gradescope's results.json: all or nothing for each exercise, the diagnosis as its output."""
    tests = []
    for result in results:
        exercise = EXERCISES[result.name]
        tests.append(
            {
                "name": f"{LESSONS[exercise.lesson]}: {result.name}",
                "number": f"{exercise.lesson}",
                "score": result.points,
                "max_score": exercise.points,
                "status": "passed" if result.status == PASSED else "failed",
                "output": result.message or result.note or result.status,
                "output_format": "text",
                "visibility": "visible",
            }
        )
    done = sum(result.status == PASSED for result in results)
    report = {
        "score": sum(result.points for result in results),
        "output": f"{done} of {len(results)} exercises passed",
        "visibility": "visible",
        "stdout_visibility": "hidden",
        "tests": tests,
    }
    write(path, json.dumps(report, indent=1) + "\n")


def _headline(result):
    """Return what is told in one sentence."""
    return (headline(result.finding) if result.finding else "") or result.status


def _printable(text):
    """Drop the characters that XML cannot hold."""
    return "".join(c for c in text if c in "\t\n\r" or " " <= c < "\ud800" or "\ue000" <= c < "\ufffe")
