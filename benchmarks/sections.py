"""The sections of a report about what is not a comparison of contenders: race, memory, passes, growth."""

from nn.app.markdown import markdown_table, paragraph


def to_accuracy(rows):
    """Yield the section of the race to 97 %."""
    yield "## From the first import to 97 % of MNIST's test images"
    yield "784-128-10, batch 64, Adam, a new process for each run, medians of three seeds."
    lines = []
    for name, row in rows.items():
        if "absent" in row:
            lines.append([name, f"absent: {row['absent']}", "", "", ""])
        else:
            seconds = f"{row['seconds']:.1f}", f"{row['training']:.1f}"
            lines.append([name, *seconds, f"{row['epochs']:g}", f"{row['accuracy']:.2%}"])
    yield markdown_table(["", "seconds in all", "of these training", "epochs", "accuracy"], lines)


def memory(rows):
    """Yield the section of the memory of an epoch."""
    yield "## Memory of an epoch"
    yield paragraph(
        "MB at the peak, not counting the data. The parameters with Adam's state and the activations of one "
        "batch must be held."
    )
    head = ["peak", "parameters and state", "activations", "beyond"]
    lines = [[workload, *(f"{row[name] / 1e6:.2f}" for name in head)] for workload, row in rows.items()]
    yield markdown_table(["", "peak", "parameters and state", "one batch", "beyond"], lines)


def adam(figures):
    """Yield the section of the time of Adam's step."""
    yield "## Adam's step"
    lines = [[f"{int(size):,}", f"{min(rounds):.2f}"] for size, rounds in figures.items()]
    yield markdown_table(["parameters", "ns for each"], lines)


def anatomy(figures):
    """Yield where a step's time goes, and what each of Adam's passes costs."""
    yield "## Where a step's time goes"
    yield "Microseconds on one thread; each part is measured separately, as the shortest of many calls."
    steps = figures["steps"]
    parts = next(iter(steps.values()))
    lines = [[part, *(f"{1e6 * row[part]:.0f}" for row in steps.values())] for part in parts]
    yield markdown_table(["", *steps], lines)
    yield paragraph(
        "Nanoseconds per number for a pass over an array in the cache. Adam makes ten passes: four "
        "multiplications by a number, one of an array by itself, three sums and differences, a division and "
        "a square root."
    )
    passes = figures["passes"]
    yield markdown_table(list(passes), [[f"{value:.3f}" for value in passes.values()]])


def growth(results, picture):
    """Yield the section of growth. picture: the name of its file."""
    yield "## Growth"
    yield paragraph(
        "One thread, float32, 784-128-10 with a batch of 64 unless the row says otherwise. Slopes are taken "
        "over the last three points of the log-log plot: 1 means proportional growth, 0 means no growth."
    )
    lines = []
    for name, row in results.items():
        values, seconds, sizes = row["values"], row["seconds per sample"], row["bytes"]
        time = in_units(seconds[0]), in_units(seconds[-1]), f"{row['slope of time']:z.2f}"
        memory = *(f"{sizes[place] / 1e6:.1f} MB" for place in (0, -1)), f"{row['slope of memory']:z.2f}"
        lines.append([name, values[0], values[-1], *time, *memory])
    time = ["time per sample, from", "to", "slope"]
    yield markdown_table(["with", "from", "to", *time, "memory, from", "to", "slope"], lines)
    yield f"![Growth]({picture})"


def in_units(value):
    """Return seconds in the unit that suits them."""
    if value >= 0.1:
        return f"{value:.3g} s"
    return f"{1e3 * value:.3g} ms" if value >= 1e-3 else f"{1e6 * value:.3g} us"
