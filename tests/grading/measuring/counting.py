"""From records to figures: how often the diagnosis is right about learners' programs, as tables and lists."""

import datetime
import platform
import statistics
from collections import Counter

from tests.grading.finding import CERTAINTIES, PASSED, STAGES, SURE
from tests.grading.measuring.running import placed

HEADS = {"single": "one mistake", "double": "two mistakes", "hopeless": "beyond mending", "right": "right"}


def near(line, fault):
    """Tell whether a line is at fault, or the neighbour of one that is."""
    return bool(line) and any(abs(line - other) <= 1 for other in fault)


def verdict(record):
    """Return where the first finding points: "exact", "near" (a neighbour), "astray" or "silent"."""
    line = record["findings"][0]["line"] if record["findings"] else None
    if line is None:
        return "silent"
    if line in record["fault"]:
        return "exact"
    return "near" if near(line, record["fault"]) else "astray"


def both(record):
    """Tell whether two findings name two places at fault; the second may be any of the others."""
    lines, fault = [finding["line"] for finding in record["findings"]], record["fault"]
    pairs = [(a, b) for a in lines for b in lines if a is not None and b is not None and a != b]
    return any(
        near(a, [one]) and near(b, [other])
        for a, b in pairs
        for one in fault
        for other in fault
        if one != other
    )


def certain(record):
    """Return the findings that call themselves sure."""
    return [finding for finding in record["findings"] if finding["certainty"] == SURE]


def shown(record):
    """Tell whether any finding shows a change."""
    return any(finding["change"] for finding in record["findings"])


def figures(records):
    """Return {figure: number} of programs of one kind; those of places are about the first findings."""
    verdicts = [(verdict(record), record) for record in records]
    astray = [record for where, record in verdicts if where == "astray"]
    first = [record["findings"][0] for record in records if record["findings"]]
    return {
        "programs": len(records),
        "refused": sum(record["status"] != PASSED for record in records),
        "with findings": len(first),
        "sure": sum(bool(certain(record)) for record in records),
        "exact": sum(where == "exact" for where, _ in verdicts),
        "near": sum(where in ("exact", "near") for where, _ in verdicts),
        "astray": len(astray),
        "astray, sure": sum(record["findings"][0]["certainty"] == SURE for record in astray),
        "silent": sum(where == "silent" for where, _ in verdicts),
        "named": sum(bool(finding["mistake"] or finding["change"]) for finding in first),
        "both": sum(map(both, records)),
        "changed": sum(map(shown, records)),
        "as mended": sum(record["as_mended"] is True for record in records),
    }


WRONG = ("single", "double", "hopeless")
ROWS = {  # by figure: what the table calls it, and of which kinds it is told
    "programs": ("programs", HEADS),
    "refused": ("refused", HEADS),
    "exact": ("the first finding names a line at fault", WRONG),
    "near": ("the same, or its neighbour", WRONG),
    "astray": ("it names another line", WRONG),
    "astray, sure": ("another line, and calls that sure", WRONG),
    "silent": ("it names no line", WRONG),
    "named": ("it names the mistake or shows a change", WRONG),
    "both": ("two findings name two places at fault", ("double",)),
    "changed": ("a change is shown", HEADS),
    "as mended": ("which is the teacher's", WRONG),
    "with findings": ("anything is said", HEADS),
    "sure": ("anything is called sure", HEADS),
}


def tables(records):
    """Yield the figures as Markdown, and then what is to be read by a person."""
    kinds = {kind: [record for record in records if record["kinds"] == kind] for kind in HEADS}
    counts = {kind: figures(some) for kind, some in kinds.items() if some}
    yield f"Measured on {_today()} with Python {platform.python_version()} and NumPy {_numpy()}."
    yield ""
    yield f"| | {' | '.join(HEADS[kind] for kind in counts)} |"
    yield f"|---|{'---|' * len(counts)}"
    for figure, (name, told) in ROWS.items():
        if counts.keys() & set(told):
            yield f"| {name} | {' | '.join(str(counts[k][figure]) if k in told else '' for k in counts)} |"
    for name, key in (("seconds", "seconds"), ("of the processor", "processor")):
        times = [_times([record[key] for record in kinds[kind]]) for kind in counts]
        yield f"| {name}: median, 95 %, longest | {' | '.join(times)} |"
    wrong = [record for record in records if record["kinds"] != "right" and record["findings"]]
    for head, key, order in (("how sure", "certainty", CERTAINTIES), ("who speaks", "stage", STAGES)):
        yield ""
        yield f"| {head} | exact | near | astray | silent |"
        yield "|---|---|---|---|---|"
        by = Counter((record["findings"][0][key], verdict(record)) for record in wrong)
        for name in dict.fromkeys((*order, *(name for name, _ in by))):
            if any(key == name for key, _ in by):
                cells = (str(by[name, where]) for where in ("exact", "near", "astray", "silent"))
                yield f"| {name or 'not said'} | {' | '.join(cells)} |"
    yield from _lists(records)


def _lists(records):
    """Yield what must be looked at one by one."""
    wrong = [record for record in records if record["kinds"] != "right"]
    right = [record for record in records if record["kinds"] == "right"]
    yield from _list("Accepted, and wrong", (r for r in wrong if r["status"] == PASSED), lambda r: "")
    yield from _list(
        "Not refused by its own tests", (r for r in wrong if r["waits_for"]), lambda r: r["waits_for"]
    )
    yield from _list("Refused, and right", (r for r in right if r["status"] != PASSED), _first)
    yield from _list("Astray", (r for r in wrong if verdict(r) == "astray"), _astray)
    beyond = (r for r in wrong if r["kinds"] == "hopeless" and certain(r))
    yield from _list("Called sure where no small change mends it: is it true?", beyond, _first)
    other = (r for r in wrong if r["as_mended"] is False)
    misfits = (r for r in records if r["as_mended"] == "")
    yield from _list("Changes that do not fit the file, or one another", misfits, _change)
    yield from _list("Changes unlike the teacher's: are they good?", other, _change)


def _list(title, records, words):
    records = list(records)
    if records:
        yield ""
        yield f"{title} ({len(records)}):"
        yield ""
        for record in records:
            yield f"- {record['id']}{': ' if words(record) else ''}{words(record)}"


def _first(record):
    finding = next(iter(certain(record) or record["findings"]), None)
    if finding is None:
        return record["status"]
    line = "no line" if finding["line"] is None else f"line {finding['line'] or 'of another file'}"
    return f"{line}, at fault {record['fault']}, {finding['certainty']}: {finding['sentence']}"


def _astray(record):
    """Return what was said; whoever shows a change has run it, so the mistake may have two places."""
    return f"{_first(record)}{' (with a change)' if shown(record) else ''}"


def _change(record):
    changes = (finding["change"] for finding in record["findings"] if finding["change"])
    return "; ".join(f"{c['before'].strip()!r} becomes {c['after'].strip()!r}" for c in changes)


def to_be_read(programs, records):
    """Yield a Markdown text for a judge: each wrong program, the truth, and what its learner reads."""
    yield "# What learners read"
    yield ""
    yield "Mark what is true (no word of it is false) and what helps (the learner would know where to look)."
    for program, record in zip(programs, records, strict=True):
        if not program.wrong:
            continue
        numbers = placed(program).numbers
        lines = enumerate(program.source.split("\n"), 1)
        numbered = (f"{numbers.get(i, ''):>4}  {line}" for i, line in lines)
        at_fault = f"line {', '.join(map(str, record['fault']))}"
        yield from ("", f"## {program.id}", "", "```", *numbered, "```", "")
        yield from (f"The teacher ({at_fault}): {program.truth}", "", "The learner reads:", "")
        yield from ("```", record["read"] or record["status"], "```", "", "- [ ] true", "- [ ] helpful")
    yield ""


def _times(seconds):
    if None in seconds:
        return "not known"
    seconds = sorted(seconds)
    return (
        f"{statistics.median(seconds):.2f}, {seconds[int(0.95 * (len(seconds) - 1))]:.2f}, {seconds[-1]:.2f}"
    )


def _today():
    today = datetime.date.today()
    return f"{today.day} {today:%B %Y}"


def _numpy():
    from importlib.metadata import version

    return version("numpy")
