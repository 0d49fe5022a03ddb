"""The report: one run as a Markdown page with plots, and its figures compared with the targets.

Every time is the shortest of its rounds, and every ratio is that of two such times, in tables, pictures and
the README alike. All text that contains a figure is made here from the run.
"""

import json
from pathlib import Path

from nn.app import markdown
from nn.app.files import replacing
from nn.app.markdown import item, markdown_table, paragraph

from . import ROOT, charts, doctor, sections
from .run import PARTS
from .saving import save
from .targets import EPOCHS, NICKNAMES, PASSES, RECOMMENDED, REGULARIZED, UNSTEADY, shortfall, targets
from .timing import ratio
from .workloads import MINI_BATCH

REPORTS, NAME = Path(__file__).parent / "reports", "comparison"  # of the published page
README = ROOT / "README.md"
BEGIN, END = "<!-- made by: python -m benchmarks report --publish -->", "<!-- end of what is made -->"
UNJUDGED = "too unsteady to judge"
FEWEST = 3  # rounds whose ratios have a spread
ON_THE_PAGE = ("anatomy", "growth", "time to 97 %")  # parts that have no table on the terminal
LEVEL = 0.05  # contenders whose ratio is this close to 1 are called level


def make(record, folder, name=None):
    """Write a page and its pictures into a folder, named by the date or ``name``; return the page's path."""
    record, folder = _rounded(record), Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    name = name or record["date"].split()[0]
    epochs, growth = folder / f"{name}-epochs.png", folder / f"{name}-growth.png"
    for path in (epochs, growth):
        path.unlink(missing_ok=True)  # one that this run does not make would be another run's
    part = _epoch_part(record["parts"])
    if part:
        save(charts.epoch_bars(record["parts"][part], _title(record)), epochs)
    if "growth" in record["parts"]:
        save(charts.growth(record["parts"]["growth"]), growth)
    page = folder / f"{name}.md"
    _write(page, markdown.page(page_blocks(record, name)))
    return page


def publish(record, folder=REPORTS, readme=README):
    """Write the page, the record that it is made from, and the README's table; return the page's path."""
    record, folder, readme = _rounded(record), Path(folder), Path(readme)
    page = make(record, folder, NAME)
    _write(folder / f"{NAME}.json", json.dumps(record) + "\n")
    text = readme.read_text(encoding="utf-8")
    before, rest = text.split(BEGIN)
    _, after = rest.split(END)
    _write(readme, before + "\n\n".join([BEGIN, *headline(record), END]) + after)
    return page


def _write(path, text):
    with replacing(path, "w", encoding="utf-8") as file:
        file.write(text)


def _rounded(value):
    """Return a record with its figures rounded to six digits, which is more than can be measured."""
    if isinstance(value, dict):
        return {key: _rounded(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_rounded(item) for item in value]
    return float(f"{value:.6g}") if isinstance(value, float) else value


def page_blocks(record, name):
    """Yield the blocks of the page; name: what its pictures' names begin with."""
    parts = record["parts"]
    yield f"# Benchmarks of {record['date']}"
    yield _machine(record)
    yield paragraph(
        "Contenders are timed in turn, round by round: on one thread in seconds of processor time, otherwise "
        "by the clock. A time is the shortest of its rounds, since other programs can only make a round "
        "slower. A ratio is ours / theirs of these times: below 1, ours is faster. The brackets show the "
        f"smallest and the largest ratio of single rounds. {_trust(record)}"
    )
    if _epoch_part(parts):
        yield "## In short"
        yield from headline(record)
    yield from _targets(parts)
    for part, title in (
        (EPOCHS, "An epoch of 60,000 images on one thread"),
        ("epochs", "An epoch with each library's own choice of threads"),
        (RECOMMENDED, "An epoch on one thread with the BLAS kernel that the doctor recommends"),
        ("step", "A training step on one batch"),
        ("step, float64", "A training step in float64"),
        (PASSES, "Forward and backward pass of one batch on one thread"),
        ("forward and backward", "Forward and backward pass of one batch"),
        ("forward", "Forward pass of one batch"),
        ("prediction of 10,000", "Prediction of 10,000 images"),
    ):
        if any(row["times"] for row in parts.get(part, {}).values()):
            yield from _comparison(title, parts[part])
        if part == _epoch_part(parts):
            yield f"![Epoch times]({name}-epochs.png)"
            several = any(len(each) > 1 for row in parts[part].values() for each in row["times"].values())
            yield f"Bars end at the fastest round{', the lines on them at the slowest' * several}."
    if parts.get("time to 97 %"):
        yield from sections.to_accuracy(parts["time to 97 %"])
    if "memory" in parts:
        yield from sections.memory(parts["memory"])
    if "adam" in parts:
        yield from sections.adam(parts["adam"])
    if "anatomy" in parts:
        yield from sections.anatomy(parts["anatomy"])
    if "growth" in parts:
        yield from sections.growth(parts["growth"], f"{name}-growth.png")


def _trust(record):
    """Return the sentence that says which ratios cannot be relied on."""
    if record["machine"]["rounds"] < FEWEST:
        return f"Do not rely on the ratios: fewer than {FEWEST} rounds cannot show how much they differ."
    return (
        f"Do not rely on a ratio with a {_MARK}: the middle half of its rounds spans more than "
        f"{100 * UNSTEADY:.0f} %."
    )


def _title(record):
    """Return the title of the picture of epochs: threads and date."""
    part = _epoch_part(record["parts"])
    threads = "one thread" if part == EPOCHS else f"threads: {_threads(record['machine'])}"
    return f"An epoch of 60,000 images; {threads}; {record['date'].split()[0]}"


def _epoch_part(parts):
    """Return the part that the headline and the bars show; None if no epoch was timed."""
    return next((part for part in (EPOCHS, "epochs") if parts.get(part)), None)


def headline(record):
    """Yield the table that the README also shows, and what it means in a sentence."""
    machine, part = record["machine"], _epoch_part(record["parts"])
    rows = {workload: row["times"] for workload, row in record["parts"][part].items()}
    alone = part == EPOCHS
    threads = "one thread" if alone else f"threads: {_threads(machine)}"
    seconds = "seconds of processor time" if alone else "seconds"
    about = [machine["processor"], f"Python {machine['python']}", f"NumPy {machine['versions']['numpy']}"]
    about += [
        f"{pool['library']} {pool['version']} with {pool['kernel']} kernels" for pool in machine["blas"]
    ]
    yield paragraph(
        f"An epoch of Adam over 60,000 images of 28 x 28; {threads}; {', '.join(about)}; "
        f"{record['date'].split()[0]}. The first row is in {seconds}, the others are ours / theirs: below 1, "
        "`nn` is faster."
    )
    others = [name for name in _names(rows.values()) if name not in ("nn", REGULARIZED)]
    lines = [["nn", *(sections.in_units(min(times["nn"])) for times in rows.values())]]
    lines += ([name, *(_ratio_cell(times, name) for times in rows.values())] for name in others)
    yield markdown_table(["", *rows], lines)
    yield paragraph(" ".join(_outcomes(rows, others)))


def _outcomes(rows, others):
    """Yield sentences that say which contenders ours is faster than, and on which networks."""
    outcomes = {
        name: {workload: _outcome(times, name) for workload, times in rows.items() if name in times}
        for name in others
    }
    for outcome, sentence in (
        ("faster", "`nn` is faster than {} on all of these networks."),
        ("level", "`nn` is level with {} on all of them."),
        ("slower", "`nn` is slower than {} on all of them."),
        (UNJUDGED, f"Compared with {{}}, the rounds were {UNJUDGED} on all of them."),
    ):
        names = [name for name in others if set(outcomes[name].values()) == {outcome}]
        if names:
            yield sentence.format(_listed([_spoken(name) for name in names]))
    for name in others:
        if len(set(outcomes[name].values())) > 1:
            places = {}
            for place, outcome in outcomes[name].items():
                places.setdefault(outcome, []).append(place)
            phrases = [f"{outcome} on {_listed(where)}" for outcome, where in places.items()]
            yield f"Compared with {_spoken(name)}, `nn` is {_listed(phrases)}."


def _outcome(times, name):
    found = ratio(times["nn"], times[name])
    if found.spread is None or found.spread > UNSTEADY:
        return UNJUDGED
    return "level" if abs(found.value - 1) <= LEVEL else "faster" if found.value < 1 else "slower"


def _spoken(name):
    """Return a name in brackets instead of a comma, so that it fits into a sentence."""
    return name.replace(", ", " (", 1) + ")" * (", " in name)


def _listed(words):
    """Return words listed as in a sentence: a, b and c."""
    return " and ".join(filter(None, [", ".join(words[:-1]), words[-1]]))


def _targets(parts):
    found = list(targets(parts))
    yield "## Targets"
    yield paragraph(
        "All targets are judged on one thread, and only if the measurement is sound. It is not sound if its "
        "rounds differ too much (their spread, the interquartile range of the ratios over the median, is "
        f"above {100 * UNSTEADY:.0f} %), or if the time is below the floor, which is impossible unless the "
        "floor was disturbed."
    )
    rows = []
    for target in found:
        if target.measured is None:
            rows.append([target.what, target.where, "not measured", f"{target.most:g}", ""])
            continue
        bracket = f" ({target.range})" if target.range else ""
        met = target.verdict if target.verdict in ("yes", "no") else f"not judged: {target.verdict}"
        figure = f"{target.measured:.2f}{bracket}"
        rows.append([target.what, target.where, figure, f"{target.most:g}", met])
    yield markdown_table(["what", "where", "measured", "at most", "met"], rows)
    missed = [target for target in found if target.verdict == "no"]
    if missed:
        yield "### What the missed ones would take"
        yield from (item(shortfall(target, parts)) for target in missed)


def _machine(record):
    """Return the machine and the versions that the figures come from, as a list."""
    machine = record["machine"]
    versions = ", ".join(f"{name} {version}" for name, version in machine["versions"].items())
    lines = [
        f"- {machine['processor']}, {machine['cores']} cores, {machine['system']}",
        f"- Python {machine['python']}, {versions}",
    ]
    for pool in machine["blas"]:
        lines.append(f"- NumPy's BLAS: {pool['library']} {pool['version']}, kernel {pool['kernel']}")
    settings = ", ".join(f"{name}={value}" for name, value in machine["settings"].items()) or "none"
    lines.append(f"- threads, unless a table says one: {_threads(machine)}; {machine['rounds']} rounds")
    lines.append(f"- settings of the environment: {settings}")
    if "doctor" in record["parts"]:
        lines.append(f"- {doctor.tell(record['parts']['doctor'])}")
    return "\n".join(lines)


def _threads(machine):
    return machine["threads"] or f"each library's own choice, up to {machine['cores']}"


def table(record, names=()):
    """Return the lines of the tables that a run prints: the ratios of an epoch, the targets if any was
    measured, and the seconds and ratios of the other parts named.
    """
    machine, parts = record["machine"], record["parts"]
    part = _epoch_part(parts) if not names or set(names) & {EPOCHS, "epochs"} else None
    lines = ["Networks: " + ", ".join(f"{nick} {name}" for name, nick in NICKNAMES.items())]
    if part:
        threads = 1 if part == EPOCHS else _threads(machine)
        lines += [f"Threads: {threads}; least of {machine['rounds']} rounds (range of single rounds)", ""]
        lines.append(
            f"{'ours / theirs, an epoch':<25}" + "".join(f"{nick:>18}" for nick in NICKNAMES.values())
        )
        rows = parts[part]
        others = [name for row in rows.values() for name in (*row["times"], *row["absent"]) if name != "nn"]
        for name in dict.fromkeys(others):
            line = f"{name.replace(' + ', '+'):<25.25}"
            for workload in MINI_BATCH:
                times = rows.get(workload, {"times": {}})["times"]
                line += f"{_ratio_cell(times, name) if name in times else 'absent':>18}"
            lines.append(line)
        lines.append("")
    for name in names:
        if name != part and PARTS[name].workloads and name in parts and name != "memory":
            lines += [*_lines(name, parts[name]), ""]
        elif name == "doctor":
            lines += [doctor.tell(parts[name]), ""]
        elif name in ON_THE_PAGE:
            lines += [f"{name}: its figures are on the page.", ""]
    found = list(targets(parts))
    if all(target.measured is None for target in found):
        return lines if lines[-1] else lines[:-1]
    lines.append(f"{'target':<39}{'where':<9}{'measured':>9}{'at most':>8}  met")
    for target in found:
        figure = "-" if target.measured is None else f"{target.measured:.2f}"
        place = NICKNAMES.get(target.where, target.where.removesuffix(" parameters"))
        line = f"{target.what:<39.38}{place:<9}{figure:>9}{target.most:>8g}  {target.verdict}"
        lines.append(line.rstrip())
    return lines


def _lines(title, rows):
    """Return the lines of a part: a line for each contender and network."""
    lines = [f"{title:<49}{'least round':>11}{'ours / theirs':>19}"]
    for workload, row in rows.items():
        for name, seconds in row["times"].items():
            compared = "" if name == "nn" else _ratio_cell(row["times"], name)
            lines.append(
                f"{name:<27.26}{workload:<23.22}{sections.in_units(min(seconds)):>10}{compared:>19}".rstrip()
            )
        lines += [f"{name:<27.26}{workload:<23.22}{'absent':>10}" for name in row["absent"]]
    return lines


_MARK = "†"


def _ratio_cell(times, name):
    """Return a ratio with its range, marked if the rounds differ much; empty if a contender is absent."""
    if name not in times or "nn" not in times:
        return ""
    found = ratio(times["nn"], times[name])
    mark = _MARK if found.spread is not None and found.spread > UNSTEADY else ""
    return f"{_short(found.value)} ({_short(found.low)}-{_short(found.high)}){mark}"


def _short(ratio):
    return f"{ratio:.2f}" if ratio < 10 else f"{ratio:.0f}"


def _names(rows):
    """Return the names that have a time in any of the rows, in order."""
    return list(dict.fromkeys(name for times in rows for name in times))


def _comparison(title, rows):
    yield f"## {title}"
    lines = []
    for name in _names(row["times"] for row in rows.values()):
        cells = []
        for row in rows.values():
            cell = row["times"].get(name)
            seconds = sections.in_units(min(cell)) if cell else ""
            compared = "" if name == "nn" else _ratio_cell(row["times"], name)
            cells.append(", ".join(filter(None, (seconds, compared))))
        lines.append([name, *cells])
    yield markdown_table(["", *rows], lines)
    absent = {
        name: reason
        for row in rows.values()
        for name, reason in row["absent"].items()
        if "has no" not in reason
    }
    for name, reason in absent.items():
        yield f"{name} did not take part: {reason}."
