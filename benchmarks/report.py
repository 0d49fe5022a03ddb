"""The report: one run as a Markdown page with its plots, measured figures beside the targets.

Every time is the least of its rounds and every ratio that of two such times, in tables, pictures and the
README alike; all text that holds a figure is made here from the run.
"""

import json
import textwrap
from pathlib import Path
from typing import NamedTuple

from nn.files import replacing

from . import ROOT, doctor
from .timing import ratio, spread
from .workloads import MINI_BATCH, WORKLOADS

REPORTS, NAME = Path(__file__).parent / "reports", "comparison"  # where the published one is
README = ROOT / "README.md"
BEGIN, END = "<!-- made by: python -m benchmarks report --publish -->", "<!-- end of what is made -->"
SMALL, MIDDLE, WIDE = MINI_BATCH
NICKNAMES = {SMALL: "small", MIDDLE: "middle", WIDE: "wide"}
FUSED, SKLEARN, KERAS, JAX = "PyTorch eager, fused Adam", "scikit-learn", "Keras", "JAX, jit per step"
FLOOR, REGULARIZED = "bare matrix products", "nn, dropout + L2 + clipping"
EPOCHS, PASSES = "epochs, one thread", "forward and backward, one thread"
RECOMMENDED = "epochs, recommended kernel"
TARGETS = [  # part, workload, contender, at most; all on one thread, where threads do not wait for each other
    *(
        (EPOCHS, workload, name, most)
        for name, limits in (
            (FUSED, (0.50, 0.65, 0.85)),
            (SKLEARN, (0.50, 0.50, 0.50)),
            (KERAS, (0.40, 0.40, 0.80)),
            (JAX, (1.0, 1.0, 1.3)),
        )
        for workload, most in zip((SMALL, MIDDLE, WIDE), limits, strict=True)
    ),
    (PASSES, SMALL, FLOOR, 1.40),
    (PASSES, WIDE, FLOOR, 1.15),
]
UNSTEADY = 0.2  # a spread (interquartile range / median of the rounds) above which nothing is judged
UNJUDGED = "too unsteady to judge"
LEVEL = 0.05  # two contenders this close are called level


class Target(NamedTuple):
    """A target and what came of it; ``measured`` is None, and the rest empty, if it was not measured.

    verdict: "yes", "no", or why it cannot be judged. part, workload, contender: what it is about, if it is
    one of the comparisons.
    """

    what: str
    where: str
    most: float
    measured: float | None = None
    range: str = ""
    verdict: str = ""
    part: str = ""
    workload: str = ""
    contender: str = ""


def make(record, folder, name=None):
    """Write a page and its pictures into a folder, named by the date or as asked; return the page's path."""
    record, folder = _rounded(record), Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    name = name or record["date"].split()[0]
    epochs, growth = folder / f"{name}-epochs.png", folder / f"{name}-growth.png"
    for path in (epochs, growth):
        path.unlink(missing_ok=True)  # one that this run does not make would be another run's
    part = _epoch_part(record["parts"])
    if part:
        _epoch_bars(record["parts"][part], epochs)
    if "growth" in record["parts"]:
        _growth_plot(record["parts"]["growth"], growth)
    page = folder / f"{name}.md"
    _write(page, "\n".join(page_lines(record, name)) + "\n")
    return page


def publish(record, folder=REPORTS, readme=README):
    """Write the page, the record that it can be made from again, and the README's table; return the page."""
    record, folder, readme = _rounded(record), Path(folder), Path(readme)
    page = make(record, folder, NAME)
    _write(folder / f"{NAME}.json", json.dumps(record) + "\n")
    text = readme.read_text(encoding="utf-8")
    before, rest = text.split(BEGIN)
    _, after = rest.split(END)
    _write(readme, before + "\n".join([BEGIN, "", *headline(record), END]) + after)
    return page


def _write(path, text):
    with replacing(path, "w", encoding="utf-8") as file:
        file.write(text)


def _rounded(value):
    """Return a record with its figures to six digits, which is more than can be measured."""
    if isinstance(value, dict):
        return {key: _rounded(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_rounded(item) for item in value]
    return float(f"{value:.6g}") if isinstance(value, float) else value


def page_lines(record, name):
    """Yield the lines of the page; name: what its pictures' names begin with."""
    parts = record["parts"]
    yield f"# Benchmarks of {record['date']}"
    yield ""
    yield from _machine(record)
    yield from _paragraph(
        "Contenders are timed in turn, round by round: on one thread in seconds of processor time, else by "
        "the clock. A time is the least of its rounds, since other programs can only make one slower; a "
        "ratio is ours / theirs of these times, and below 1 ours is faster. In brackets stand the least and "
        f"the greatest ratio of single rounds. Do not rely on a ratio with a {_MARK}: the middle half of its "
        f"rounds spans more than {100 * UNSTEADY:.0f} %."
    )
    if _epoch_part(parts):
        yield "## In short"
        yield ""
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
            yield ""
            yield "Bars end at the least round, the lines on them at the slowest."
            yield ""
    if parts.get("time to 97 %"):
        yield from _to_accuracy(parts["time to 97 %"])
    if "memory" in parts:
        yield from _memory(parts["memory"])
    if "adam" in parts:
        yield from _adam(parts["adam"])
    if "anatomy" in parts:
        yield from _anatomy(parts["anatomy"])
    if "growth" in parts:
        yield from _growth(parts["growth"], f"{name}-growth.png")


def _epoch_part(parts):
    """Return the part that the headline and the bars are of; None if no epoch was timed."""
    return next((part for part in (EPOCHS, "epochs") if parts.get(part)), None)


def headline(record):
    """Yield the table that stands in the README, too, with what it means in a sentence."""
    machine, part = record["machine"], _epoch_part(record["parts"])
    rows = {workload: row["times"] for workload, row in record["parts"][part].items()}
    alone = part == EPOCHS
    threads = "one thread" if alone else f"threads: {_threads(machine)}"
    seconds = "seconds of processor time" if alone else "seconds"
    about = [machine["processor"], f"Python {machine['python']}", f"NumPy {machine['versions']['numpy']}"]
    about += [
        f"{pool['library']} {pool['version']} with {pool['kernel']} kernels" for pool in machine["blas"]
    ]
    yield from _paragraph(
        f"An epoch of Adam over 60,000 images of 28 x 28; {threads}; {', '.join(about)}; "
        f"{record['date'].split()[0]}. The first row is in {seconds}, the others are ours / theirs: below 1, "
        "`nn` is faster."
    )
    yield "| | " + " | ".join(rows) + " |"
    yield "|---" * (len(rows) + 1) + "|"
    yield "| nn | " + " | ".join(_seconds(min(times["nn"])) for times in rows.values()) + " |"
    others = [name for name in _names(rows.values()) if name not in ("nn", REGULARIZED)]
    for name in others:
        yield f"| {name} | " + " | ".join(_ratio_cell(times, name) for times in rows.values()) + " |"
    yield ""
    yield from _paragraph(" ".join(_outcomes(rows, others)))


def _outcomes(rows, others):
    """Yield sentences: than whom ours is faster, and on which networks."""
    outcomes = {
        name: {workload: _outcome(times, name) for workload, times in rows.items() if name in times}
        for name in others
    }
    for outcome, sentence in (
        ("faster", "`nn` is faster than {} on all of these networks."),
        ("level", "`nn` is level with {} on all of them."),
        ("slower", "`nn` is slower than {} on all of them."),
        (UNJUDGED, f"Beside {{}}, the rounds were {UNJUDGED} on all of them."),
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
            yield f"Beside {_spoken(name)}, `nn` is {_listed(phrases)}."


def _outcome(times, name):
    found = ratio(times["nn"], times[name])
    if found.spread is None or found.spread > UNSTEADY:
        return UNJUDGED
    return "level" if abs(found.value - 1) <= LEVEL else "faster" if found.value < 1 else "slower"


def _spoken(name):
    """Return a name without the comma that a sentence would stumble over."""
    return name.replace(", ", " (", 1) + ")" * (", " in name)


def _listed(words):
    """Return words as a sentence has them: a, b and c."""
    return " and ".join(filter(None, [", ".join(words[:-1]), words[-1]]))


def targets(parts):
    """Yield each Target that this run has to do with."""
    for part, workload, name, most in TARGETS:
        what = "epoch" if part == EPOCHS else "forward and backward"
        what = f"{what} / {'bare products' if name == FLOOR else name}"
        if (name, workload) == (JAX, WIDE) and parts.get(RECOMMENDED, {}).get(WIDE, {}).get("times"):
            what, part = f"{what}, best kernel", RECOMMENDED
        times = parts.get(part, {}).get(workload, {}).get("times", {})
        if "nn" not in times or name not in times:
            yield Target(what, workload, most)
            continue
        found = _judged(times["nn"], times[name], most, floor=name == FLOOR)
        yield Target(what, workload, most, *found, part, workload, name)
    times = parts.get(EPOCHS, {}).get(MIDDLE, {}).get("times", {})
    if "nn" in times and REGULARIZED in times:
        found = _judged(times[REGULARIZED], times["nn"], 1.6)
        yield Target("epoch, dropout + L2 + clipping / plain", MIDDLE, 1.6, *found)
    for size in (50_890, 101_770, 567_434) if "adam" in parts else ():
        rounds = parts["adam"][str(size)]
        found = min(rounds), f"{min(rounds):.2f}-{max(rounds):.2f}", verdict(min(rounds), 0.9, spread(rounds))
        yield Target("Adam, ns per parameter", f"{size:,} parameters", 0.9, *found)
    for workload, row in parts.get("memory", {}).items():
        beyond = row["beyond"] / 1e6
        yield Target("MB beyond what must be held", workload, 10, beyond, "", verdict(beyond, 10, 0.0))


def _judged(ours, theirs, most, floor=False):
    """Return what a target's comparison has come to: measured, range, verdict."""
    found = ratio(ours, theirs)
    judgement = verdict(found.value, most, found.spread, floor=floor)
    return found.value, f"{found.low:.2f}-{found.high:.2f}", judgement


def verdict(measured, most, spread, *, floor=False):
    """Return "yes" or "no" for a figure and the most it may be, or in a few words why it is no measurement.

    spread: of the rounds, None if there were too few. floor: the figure is a ratio to what must be done at
    least, and cannot be below 1.
    """
    if spread is None:
        return "too few rounds"
    if spread > UNSTEADY:
        return f"spread {100 * spread:.0f} %"
    if floor and measured < 1:
        return "below floor"
    return "yes" if measured <= most else "no"


def _targets(parts):
    found = list(targets(parts))
    yield "## Targets"
    yield ""
    yield from _paragraph(
        "All are judged on one thread, and only if the figure is a measurement. It is none if its rounds "
        "differ too much (their spread, the interquartile range of the ratios over the median, is above "
        f"{100 * UNSTEADY:.0f} %), or if it is less than the floor beside it, which no work can be: then the "
        "floor was disturbed."
    )
    yield "| what | where | measured | at most | met |"
    yield "|---|---|---|---|---|"
    for target in found:
        if target.measured is None:
            yield f"| {target.what} | {target.where} | not measured | {target.most:g} | |"
            continue
        bracket = f" ({target.range})" if target.range else ""
        met = target.verdict if target.verdict in ("yes", "no") else f"not judged: {target.verdict}"
        figure = f"{target.measured:.2f}{bracket}"
        yield f"| {target.what} | {target.where} | {figure} | {target.most:g} | {met} |"
    yield ""
    missed = [target for target in found if target.verdict == "no"]
    if missed:
        yield "### What the missed ones would take"
        yield ""
        for target in missed:
            yield from _paragraph(f"- {_shortfall(target, parts)}", indent="  ")


def _shortfall(target, parts):
    """Return in words by how much a target is missed, and what of the time cannot be saved."""
    begin = f"**{target.what}, {target.where}**: {target.measured:.2f}, {target.most:g} at most."
    anatomy = parts.get("anatomy")
    if anatomy and target.what.startswith("Adam"):
        passes = anatomy["passes"]
        least = (
            5 * passes["multiply by a number"] + 3 * passes["add"] + passes["divide"] + passes["square root"]
        )
        root = passes["square root"]
        return (
            f"{begin} Adam's ten passes alone, over arrays in the cache, take {least:.2f} ns, of which the "
            f"square root is {root:.2f}."
        )
    if not anatomy or target.part not in (EPOCHS, PASSES):
        return begin
    times = parts[target.part][target.workload]["times"]
    per_step = 1e6 / (WORKLOADS[target.workload].steps if target.part == EPOCHS else 1)
    ours, theirs = (per_step * min(times[name]) for name in ("nn", target.contender))
    steps = {name: 1e6 * value for name, value in anatomy["steps"][target.workload].items()}
    if target.part == EPOCHS:
        fixed = steps["of it, matrix products"] + steps["Adam"]
        return (
            f"{begin} A step takes {ours:.0f} µs; the target allows {target.most * theirs:.0f}, and the "
            f"matrix products and Adam alone take {fixed:.0f}."
        )
    return (
        f"{begin} It takes {ours:.0f} µs; the target allows {target.most * theirs:.0f}, of which the "
        f"products take {theirs:.0f}. Softmax and loss alone take {steps['of it, softmax and loss']:.0f}."
    )


def _paragraph(text, indent=""):
    """Yield the lines of a paragraph and an empty one; indent: of all lines but the first."""
    yield from textwrap.wrap(text, 110, subsequent_indent=indent, break_long_words=False)
    yield ""


def _machine(record):
    machine = record["machine"]
    versions = ", ".join(f"{name} {version}" for name, version in machine["versions"].items())
    yield f"- {machine['processor']}, {machine['cores']} cores, {machine['system']}"
    yield f"- Python {machine['python']}, {versions}"
    for pool in machine["blas"]:
        yield f"- NumPy's BLAS: {pool['library']} {pool['version']}, kernel {pool['kernel']}"
    settings = ", ".join(f"{name}={value}" for name, value in machine["settings"].items()) or "none"
    yield f"- threads, unless a table says one: {_threads(machine)}; {machine['rounds']} rounds"
    yield f"- settings of the environment: {settings}"
    if "doctor" in record["parts"]:
        yield f"- {doctor.tell(record['parts']['doctor'])}"
    yield ""


def _threads(machine):
    return machine["threads"] or f"each library's own choice, up to {machine['cores']}"


def table(record):
    """Return the lines of the table that a run prints: the ratios of an epoch, and the targets."""
    machine, parts = record["machine"], record["parts"]
    part = _epoch_part(parts)
    lines = ["Networks: " + ", ".join(f"{nick} {name}" for name, nick in NICKNAMES.items())]
    if part:
        threads = 1 if part == EPOCHS else _threads(machine)
        lines += [f"Threads: {threads}; least of {machine['rounds']} rounds (range of single rounds)", ""]
        lines.append(
            f"{'ours / theirs, an epoch':<25}" + "".join(f"{nick:>18}" for nick in NICKNAMES.values())
        )
        rows = parts[part]
        names = [name for row in rows.values() for name in (*row["times"], *row["absent"]) if name != "nn"]
        for name in dict.fromkeys(names):
            line = f"{name.replace(' + ', '+'):<25.25}"
            for workload in MINI_BATCH:
                times = rows.get(workload, {"times": {}})["times"]
                line += f"{_ratio_cell(times, name) if name in times else 'absent':>18}"
            lines.append(line)
        lines.append("")
    lines.append(f"{'target':<39}{'where':<9}{'measured':>9}{'at most':>8}  met")
    for target in targets(parts):
        figure = "-" if target.measured is None else f"{target.measured:.2f}"
        place = NICKNAMES.get(target.where, target.where.removesuffix(" parameters"))
        line = f"{target.what:<39.38}{place:<9}{figure:>9}{target.most:>8g}  {target.verdict}"
        lines.append(line.rstrip())
    return lines


_MARK = "†"


def _ratio_cell(times, name):
    """Return a ratio with its range, marked if the rounds differ much; empty if a contender is absent."""
    if name not in times or "nn" not in times:
        return ""
    found = ratio(times["nn"], times[name])
    mark = _MARK if found.spread is None or found.spread > UNSTEADY else ""
    return f"{_short(found.value)} ({_short(found.low)}-{_short(found.high)}){mark}"


def _short(ratio):
    return f"{ratio:.2f}" if ratio < 10 else f"{ratio:.0f}"


def _names(rows):
    """Return whoever has a time in one of the rows, in order."""
    return list(dict.fromkeys(name for times in rows for name in times))


def _comparison(title, rows):
    yield f"## {title}"
    yield ""
    yield "| | " + " | ".join(rows) + " |"
    yield "|---" * (len(rows) + 1) + "|"
    for name in _names(row["times"] for row in rows.values()):
        cells = []
        for row in rows.values():
            cell = row["times"].get(name)
            seconds = _seconds(min(cell)) if cell else ""
            compared = "" if name == "nn" else _ratio_cell(row["times"], name)
            cells.append(", ".join(filter(None, (seconds, compared))))
        yield f"| {name} | " + " | ".join(cells) + " |"
    absent = {
        name: reason
        for row in rows.values()
        for name, reason in row["absent"].items()
        if "has no" not in reason
    }
    for name, reason in absent.items():
        yield f"\n{name} did not take part: {reason}."
    yield ""


def _to_accuracy(rows):
    yield "## From the first import to 97 % of MNIST's test images"
    yield ""
    yield "784-128-10, batch 64, Adam, a fresh process each, medians of three seeds."
    yield ""
    yield "| | seconds in all | of these training | epochs | accuracy |"
    yield "|---|---|---|---|---|"
    for name, row in rows.items():
        if "absent" in row:
            yield f"| {name} | absent: {row['absent']} | | | |"
        else:
            figures = f"{row['seconds']:.1f} | {row['training']:.1f} | {row['epochs']:g}"
            yield f"| {name} | {figures} | {row['accuracy']:.2%} |"
    yield ""


def _memory(rows):
    yield "## Memory of an epoch"
    yield ""
    yield from _paragraph(
        "MB at the peak, beyond the data; what must be held are the parameters with Adam's state, and the "
        "activations of one batch."
    )
    yield "| | peak | parameters and state | one batch | beyond |"
    yield "|---|---|---|---|---|"
    for workload, row in rows.items():
        cells = (row["peak"], row["parameters and state"], row["activations"], row["beyond"])
        yield f"| {workload} | " + " | ".join(f"{value / 1e6:.2f}" for value in cells) + " |"
    yield ""


def _adam(figures):
    yield "## Adam's step"
    yield ""
    yield "| parameters | ns for each |"
    yield "|---|---|"
    for size, rounds in figures.items():
        yield f"| {int(size):,} | {min(rounds):.2f} |"
    yield ""


def _anatomy(figures):
    """Tell where a step's time goes, and what the passes cost that Adam is made of."""
    yield "## Where a step's time goes"
    yield ""
    yield "Microseconds on one thread, each part measured by itself, the least of many calls."
    yield ""
    yield "| | " + " | ".join(figures["steps"]) + " |"
    yield "|---" * (len(figures["steps"]) + 1) + "|"
    for part in next(iter(figures["steps"].values())):
        cells = (f"{1e6 * row[part]:.0f}" for row in figures["steps"].values())
        yield f"| {part} | " + " | ".join(cells) + " |"
    yield ""
    yield from _paragraph(
        "A pass over an array in the cache, nanoseconds for each number (Adam makes ten passes: four times "
        "by a number, once by itself, three sums and differences, a division, a square root):"
    )
    yield "| " + " | ".join(figures["passes"]) + " |"
    yield "|---" * len(figures["passes"]) + "|"
    yield "| " + " | ".join(f"{value:.3f}" for value in figures["passes"].values()) + " |"
    yield ""


def _growth(results, picture):
    yield "## Growth"
    yield ""
    yield from _paragraph(
        "One thread, float32, 784-128-10 with a batch of 64 unless the row says otherwise. Slopes are those "
        "of the last three points in the log-log plot: 1 is in proportion, 0 is not at all."
    )
    yield "| with | from | to | time for a sample, from | to | slope | memory, from | to | slope |"
    yield "|---|---|---|---|---|---|---|---|---|"
    for name, row in results.items():
        values, seconds, sizes = row["values"], row["seconds per sample"], row["bytes"]
        yield (
            f"| {name} | {values[0]} | {values[-1]} | {_seconds(seconds[0])} | {_seconds(seconds[-1])} | "
            f"{row['slope of time']:z.2f} | {sizes[0] / 1e6:.1f} MB | {sizes[-1] / 1e6:.1f} MB | "
            f"{row['slope of memory']:z.2f} |"
        )
    yield ""
    yield f"![Growth]({picture})"
    yield ""


def _seconds(value):
    if value >= 0.1:
        return f"{value:.3g} s"
    return f"{1e3 * value:.3g} ms" if value >= 1e-3 else f"{1e6 * value:.3g} us"


def _epoch_bars(rows, path):
    """Draw the seconds of an epoch as bars, and a line on each from the least round to the slowest."""
    plt = _pyplot()
    names = _names(row["times"] for row in rows.values())
    figure, axes = plt.subplots(
        1, len(rows), figsize=(12, 0.42 * len(names) + 1.3), sharey=True, squeeze=False
    )
    for ax, (workload, row) in zip(axes[0], rows.items(), strict=True):
        for place, name in enumerate(names):
            cell = row["times"].get(name)
            if cell is None:
                ax.text(0, place, " absent", va="center", color="gray")
                continue
            seconds = cell
            color = "tab:blue" if name.startswith("nn") else "lightgray"
            ax.barh(place, min(seconds), color=color)
            ax.plot([min(seconds), max(seconds)], [place, place], color="black", linewidth=1)
        bars = [min(cell) for cell in row["times"].values()]
        ax.set_xlim(0, 1.5 * max(bars, default=1))  # one round that was disturbed would dwarf the bars
        ax.set_title(workload, fontsize=10)
        ax.set_xlabel("seconds per epoch")
        ax.spines[["top", "right"]].set_visible(False)
    axes[0, 0].set_yticks(range(len(names)), names)
    axes[0, 0].invert_yaxis()
    return _save(figure, path)


def _growth_plot(results, path):
    """Draw time for a sample and memory against batch, width and depth, both axes logarithmic."""
    plt = _pyplot()
    figure, axes = plt.subplots(2, len(results), figsize=(11, 6), sharex="col", sharey="row")
    for column, (name, row) in zip(axes.T, results.items(), strict=True):
        for ax, figures, slope in (
            (column[0], [1e6 * value for value in row["seconds per sample"]], row["slope of time"]),
            (column[1], [value / 1e6 for value in row["bytes"]], row["slope of memory"]),
        ):
            ax.loglog(row["values"], figures, marker="o", markersize=4)
            ax.set_title(f"slope at the end {slope:z.2f}", fontsize=9)
            ax.grid(which="major", alpha=0.3)
        column[1].set_xlabel(name)
    axes[0, 0].set_ylabel("microseconds per sample")
    axes[1, 0].set_ylabel("MB of network and step")
    return _save(figure, path)


def _pyplot():
    import matplotlib as mpl

    mpl.use("agg")
    import matplotlib.pyplot as plt

    return plt


def _save(figure, path):
    import matplotlib.pyplot as plt

    figure.tight_layout()
    figure.savefig(path, dpi=140)
    plt.close(figure)
    return path
