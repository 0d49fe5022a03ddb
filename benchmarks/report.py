"""The report: one run as a Markdown page with its plots, measured figures beside the targets."""

from pathlib import Path

from tests.grading.progress import write

from . import doctor
from .workloads import MINI_BATCH

SMALL, MIDDLE, WIDE = MINI_BATCH
NICKNAMES = {SMALL: "small", MIDDLE: "middle", WIDE: "wide"}
FUSED, SKLEARN, KERAS, JAX = "PyTorch eager, fused Adam", "scikit-learn", "Keras", "JAX, jit per step"
FLOOR = "bare matrix products"
RECOMMENDED = "epochs, recommended kernel"
TARGETS = [  # what, part, workload, contender, at most
    *(
        ("epoch, ours / " + name, "epochs", workload, name, most)
        for name, limits in (
            (FUSED, (0.50, 0.65, 0.85)),
            (SKLEARN, (0.50, 0.50, 0.50)),
            (KERAS, (0.40, 0.40, 0.80)),
            (JAX, (1.0, 1.0, 1.3)),
        )
        for workload, most in zip((SMALL, MIDDLE, WIDE), limits, strict=True)
    ),
    ("forward, backward, ours / " + FLOOR, "forward and backward", SMALL, FLOOR, 1.40),
    ("forward, backward, ours / " + FLOOR, "forward and backward", WIDE, FLOOR, 1.15),
]


def make(record, folder):
    """Write a page and its pictures into a folder; return the page's path."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    date = record["date"].split()[0]
    page = folder / f"{date}.md"
    pictures = []
    if "epochs" in record["parts"]:
        pictures.append(_epoch_bars(record["parts"]["epochs"], folder / f"{date}-epochs.png"))
    if "growth" in record["parts"]:
        pictures.append(_growth_plot(record["parts"]["growth"], folder / f"{date}-growth.png"))
    write(page, "\n".join(page_lines(record, [path.name for path in pictures])) + "\n")
    return page


def page_lines(record, pictures=()):
    """Yield the lines of the page."""
    parts = record["parts"]
    yield f"# Benchmarks of {record['date']}"
    yield ""
    yield from _machine(record)
    yield "Every ratio is the median over rounds of ours / theirs, both timed in that round; in brackets the"
    yield "smallest and the largest. Below 1, ours is faster. A wide range means that two threads waited for"
    yield "one another, which happens on busy and on virtual machines: those on one thread are steadier."
    yield ""
    yield from _targets(parts)
    for part, title in (
        ("epochs", "An epoch of 60,000 images"),
        ("epochs, one thread", "An epoch on one thread"),
        ("epochs, recommended kernel", "An epoch with the BLAS kernel that the doctor recommends"),
        ("step", "A training step on one batch"),
        ("step, float64", "A training step in float64"),
        ("forward and backward", "Forward and backward pass of one batch"),
        ("forward and backward, one thread", "Forward and backward pass of one batch on one thread"),
        ("forward", "Forward pass of one batch"),
        ("prediction of 10,000", "Prediction of 10,000 images"),
    ):
        if any(row["times"] for row in parts.get(part, {}).values()):
            yield from _comparison(title, parts[part])
        if part == "epochs" and pictures:
            yield f"![Epoch times]({pictures[0]})"
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
        yield from _growth(parts["growth"], pictures[-1] if pictures else None)


def targets(parts):
    """Yield (what, where, measured or None, spread, at most) for each target that this run has measured."""
    for what, part, workload, name, most in TARGETS:
        if (name, workload) == (JAX, WIDE) and parts.get(RECOMMENDED, {}).get(WIDE, {}).get("times"):
            what, part = f"{what}, best kernel", RECOMMENDED
        row = parts.get(part, {}).get(workload, {}).get("times", {}).get(name)
        ratio = row and row["ratio"]
        yield what, workload, ratio and ratio[0], ratio, most
    times = parts.get("epochs", {}).get(MIDDLE, {}).get("times", {})
    if "nn, dropout + L2 + clipping" in times:
        inverse = times["nn, dropout + L2 + clipping"]["ratio"]
        ratio = [1 / inverse[0], 1 / inverse[2], 1 / inverse[1]]
        yield "epoch with dropout, L2, clipping / plain", MIDDLE, ratio[0], ratio, 1.6
    if "adam" in parts:
        for size in (50_890, 101_770, 567_434):
            figure = parts["adam"].get(str(size), parts["adam"].get(size))
            yield "Adam, ns per parameter, one thread", f"{size:,} parameters", figure, None, 0.9
    for workload, row in parts.get("memory", {}).items():
        yield "memory beyond what must be held, MB", workload, row["beyond"] / 1e6, None, 10


def _targets(parts):
    yield "## Targets"
    yield ""
    yield "| what | where | measured | target | |"
    yield "|---|---|---|---|---|"
    for what, where, measured, spread, most in targets(parts):
        if measured is None:
            yield f"| {what} | {where} | not measured | {most:g} | |"
            continue
        spread = f" ({spread[1]:.2f}-{spread[2]:.2f})" if spread else ""
        met = "yes" if measured <= most else "no"
        yield f"| {what} | {where} | {measured:.2f}{spread} | {most:g} | {met} |"
    yield ""


def _machine(record):
    machine = record["machine"]
    versions = ", ".join(f"{name} {version}" for name, version in machine["versions"].items())
    yield f"- {machine['processor']}, {machine['cores']} cores, {machine['system']}"
    yield f"- Python {machine['python']}, {versions}"
    for pool in machine["blas"]:
        yield f"- NumPy's BLAS: {pool['library']} {pool['version']}, kernel {pool['kernel']}"
    settings = machine["settings"] or "none"
    yield f"- threads: {_threads(machine)}; rounds: {machine['rounds']}; settings: {settings}"
    if "doctor" in record["parts"]:
        yield f"- {doctor.tell(record['parts']['doctor'])}"
    yield ""


def _threads(machine):
    return machine["threads"] or f"each library's own choice, up to {machine['cores']}"


def table(record):
    """Return the lines of the table that a run prints: the ratios of an epoch, and the targets."""
    machine = record["machine"]
    lines = [f"{nick} {name}" for name, nick in NICKNAMES.items()]
    lines = ["Networks: " + ", ".join(lines)]
    lines += [f"Threads: {_threads(machine)}; {machine['rounds']} rounds, medians (range)", ""]
    lines.append(f"{'ours / theirs, an epoch':<27}" + "".join(f"{nick:>17}" for nick in NICKNAMES.values()))
    rows = record["parts"].get("epochs", {})
    names = [name for row in rows.values() for name in (*row["times"], *row["absent"]) if name != "nn"]
    for name in dict.fromkeys(names):
        line = f"{name:<27.27}"
        for workload in MINI_BATCH:
            cell = rows.get(workload, {"times": {}})["times"].get(name)
            figure = "absent" if cell is None else "{:.2f} ({:.2f}-{:.2f})".format(*cell["ratio"])
            line += f"{figure:>17}"
        lines.append(line)
    lines += ["", f"{'target':<47}{'where':<11}{'measured':>9}{'at most':>8}{'':>4}"]
    for what, where, measured, _, most in targets(record["parts"]):
        figure = "-" if measured is None else f"{measured:.2f}"
        met = "" if measured is None else "yes" if measured <= most else "no"
        place = NICKNAMES.get(where, where.removesuffix(" parameters"))
        lines.append(f"{what:<47.46}{place:<11}{figure:>9}{most:>8g}{met:>4}")
    return lines


def _comparison(title, rows):
    names = list(dict.fromkeys(name for row in rows.values() for name in row["times"]))
    yield f"## {title}"
    yield ""
    yield "| | " + " | ".join(rows) + " |"
    yield "|---" * (len(rows) + 1) + "|"
    for name in names:
        cells = []
        for row in rows.values():
            cell = row["times"].get(name)
            if cell is None:
                cells.append("")
                continue
            low, high = cell["ratio"][1:]
            ratio = "" if name == "nn" else f", {cell['ratio'][0]:.2f} ({low:.2f}-{high:.2f})"
            cells.append(_seconds(cell["seconds"]) + ratio)
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
    yield "MB at the peak, beyond the data; what must be held are the parameters with Adam's state, and the"
    yield "activations of one batch."
    yield ""
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
    for size, figure in figures.items():
        yield f"| {int(size):,} | {figure:.2f} |"
    yield ""


def _anatomy(figures):
    """Tell where a step's time goes, and what the passes cost that Adam is made of."""
    yield "## Where a step's time goes"
    yield ""
    yield "Microseconds on one thread, each part measured by itself."
    yield ""
    yield "| | " + " | ".join(figures["steps"]) + " |"
    yield "|---" * (len(figures["steps"]) + 1) + "|"
    for part in next(iter(figures["steps"].values())):
        cells = (f"{1e6 * row[part]:.0f}" for row in figures["steps"].values())
        yield f"| {part} | " + " | ".join(cells) + " |"
    yield ""
    yield "A pass over an array in the cache, nanoseconds for each number (Adam makes ten passes: four times"
    yield "by a number, once by itself, three sums and differences, a division, a square root):"
    yield ""
    yield "| " + " | ".join(figures["passes"]) + " |"
    yield "|---" * len(figures["passes"]) + "|"
    yield "| " + " | ".join(f"{value:.3f}" for value in figures["passes"].values()) + " |"
    yield ""


def _growth(results, picture):
    yield "## Growth"
    yield ""
    yield "One thread, float32, 784-128-10 with a batch of 64 where nothing else is said. Slopes are those of"
    yield "the last three points in the log-log plot: 1 is in proportion, 0 is not at all."
    yield ""
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
    if picture:
        yield f"![Growth]({picture})"
        yield ""


def _seconds(value):
    if value >= 0.1:
        return f"{value:.2f} s"
    return f"{1e3 * value:.2f} ms" if value >= 1e-3 else f"{1e6 * value:.1f} us"


def _epoch_bars(rows, path):
    """Draw the seconds of an epoch as bars, the range over the rounds as a line on each."""
    plt = _pyplot()
    names = list(dict.fromkeys(name for row in rows.values() for name in row["times"]))
    figure, axes = plt.subplots(1, len(rows), figsize=(11, 0.42 * len(names) + 1.3), sharey=True)
    for ax, (workload, row) in zip(axes, rows.items(), strict=True):
        for place, name in enumerate(names):
            cell = row["times"].get(name)
            if cell is None:
                ax.text(0, place, " absent", va="center", color="gray")
                continue
            seconds = cell["rounds"]
            color = "tab:blue" if name.startswith("nn") else "lightgray"
            ax.barh(place, cell["seconds"], color=color)
            ax.plot([min(seconds), max(seconds)], [place, place], color="black", linewidth=1)
        ax.set_title(workload, fontsize=10)
        ax.set_xlabel("seconds per epoch")
        ax.spines[["top", "right"]].set_visible(False)
    axes[0].set_yticks(range(len(names)), names)
    axes[0].invert_yaxis()
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
    figure.savefig(path, dpi=90)
    plt.close(figure)
    return path
