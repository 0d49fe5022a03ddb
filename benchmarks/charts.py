"""The charts of a report: the seconds of an epoch, and growth with batch, width and depth.

Each function draws one picture and returns matplotlib's Figure.
"""

from nn.app import plots


def epoch_bars(rows):
    """Draw the seconds of an epoch as bars, each with a line from the fastest round to the slowest.

    rows: by workload, each with the "times" of every contender by round.
    """
    names = list(dict.fromkeys(name for row in rows.values() for name in row["times"]))
    figure, grid = plots.new_figure(12, 0.42 * len(names) + 1.3, 1, len(rows))
    for axes, (workload, row) in zip(grid[0], rows.items(), strict=True):
        for place, name in enumerate(names):
            seconds = row["times"].get(name)
            if seconds is None:
                axes.text(0, place, " absent", va="center", color="gray")
                continue
            axes.barh(place, min(seconds), color=plots.TRAINING if name.startswith("nn") else "lightgray")
            axes.plot([min(seconds), max(seconds)], [place, place], color="black", linewidth=1)
        bars = [min(seconds) for seconds in row["times"].values()]
        plots.finish(axes, "seconds per epoch", "", workload, whole=False)
        axes.set_xlim(0, 1.5 * max(bars, default=1))  # a single disturbed round would dwarf the bars
        axes.set_axisbelow(True)
        axes.set_ylim(len(names) - 0.5, -0.5)
        axes.set_yticks(range(len(names)), names if axes is grid[0, 0] else [])
    return figure


def growth(results):
    """Draw time per sample and memory against batch, width and depth, on logarithmic axes.

    results: by series, as ``growth.measure`` returns them.
    """
    figure, grid = plots.new_figure(11, 6, 2, len(results))
    for column, (name, row) in zip(grid.T, results.items(), strict=True):
        for axes, values, slope in (
            (column[0], [1e6 * value for value in row["seconds per sample"]], row["slope of time"]),
            (column[1], [value / 1e6 for value in row["bytes"]], row["slope of memory"]),
        ):
            axes.loglog(row["values"], values, color=plots.TRAINING, marker="o", markersize=4)
            plots.finish(axes, name, "", f"slope at the end {slope:z.2f}")
    for axes, label in zip(grid[:, 0], ("microseconds per sample", "MB of network and step"), strict=True):
        axes.set_ylabel(label)
    for line in grid:
        low, high = (pick(axes.get_ylim()[end] for axes in line) for end, pick in ((0, min), (1, max)))
        for axes in line:
            axes.set_ylim(low, high)
    return figure
