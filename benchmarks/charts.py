"""The charts of a report: the seconds of an epoch, and growth with batch, width and depth.

Each function draws one picture and returns matplotlib's Figure.
"""

from nn.app import plots

OURS, OTHERS = plots.TRAINING, "lightgray"


def epoch_bars(rows, title=""):
    """Draw the seconds of an epoch as bars, each with its number and a line from the fastest round to the
    slowest.

    rows: by workload, each with the "times" of every contender by round. title: what all of them share.
    """
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    names = list(dict.fromkeys(name for row in rows.values() for name in row["times"]))
    figure, grid = plots.new_figure(12, 0.42 * len(names) + 1.9, 1, len(rows))
    several = False
    for axes, (workload, row) in zip(grid[0], rows.items(), strict=True):
        right = 1.5 * max(
            map(min, row["times"].values()), default=1
        )  # one disturbed round would dwarf the bars
        for place, name in enumerate(names):
            seconds = row["times"].get(name)
            if seconds is None:
                axes.text(0, place, " absent", va="center", color="gray")
                continue
            axes.barh(place, min(seconds), color=OURS if name.startswith("nn") else OTHERS)
            if len(seconds) > 1:
                several = True
                reach = [min(seconds), min(max(seconds), right)]
                axes.plot(reach, [place, place], color="black", linewidth=1)
            # In a column of its own, which no line crosses.
            axes.text(1.2 * right, place, f"{min(seconds):.3g}", va="center", ha="right", fontsize=8)
        plots.finish(axes, "seconds per epoch", "", workload, whole=False)
        axes.set_xlim(0, 1.22 * right)
        axes.set_axisbelow(True)
        axes.set_ylim(len(names) - 0.5, -0.5)
        axes.set_yticks(range(len(names)), names if axes is grid[0, 0] else [])
    entries = [Patch(color=OURS, label="nn"), Patch(color=OTHERS, label="others")]
    if several:
        entries.append(
            Line2D([], [], color="black", linewidth=1, label="from the fastest round to the slowest")
        )
    figure.legend(handles=entries, loc="outside lower center", ncols=3, frameon=False, fontsize=9)
    figure.suptitle(title, fontsize=11)
    return figure


def growth(results):
    """Draw time per sample and memory against batch, width and depth, on logarithmic axes.

    results: by series, as ``growth.measure`` returns them.
    """
    figure, grid = plots.new_figure(11, 6.5, 2, len(results))
    for column, (name, row) in zip(grid.T, results.items(), strict=True):
        for axes, what, values, slope in (
            (column[0], "Time", [1e6 * value for value in row["seconds per sample"]], row["slope of time"]),
            (column[1], "Memory", [value / 1e6 for value in row["bytes"]], row["slope of memory"]),
        ):
            axes.loglog(row["values"], values, color=plots.TRAINING, marker="o", markersize=4)
            plots.finish(axes, name, "", f"{what} against {name}\nslope at the end {slope:z.2f}")
    for axes, label in zip(grid[:, 0], ("microseconds per sample", "MB of network and step"), strict=True):
        axes.set_ylabel(label)
    for line in grid:
        low, high = (pick(axes.get_ylim()[end] for axes in line) for end, pick in ((0, min), (1, max)))
        for axes in line:
            axes.set_ylim(low, high)
    return figure
