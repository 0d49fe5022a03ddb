"""Lesson 9 in words and numbers: how long it will take, how far it is, and what the network has learned."""

import textwrap

COLUMNS = 66  # of the curves, where the terminal has room for them
LEVELS = (0.0, 0.2, 0.4, 0.6, 0.8, 0.9, 0.95, 0.97, 0.99)  # the row of a share is the highest not above it


def estimate(event, width=79):
    """Return a sentence that says how long the trainings will take."""
    names = [name.removeprefix("the ") for name in event["trainings"]]
    listed = names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
    return textwrap.fill(
        f"Training {listed}: about {_duration(event['seconds'])} on this machine, judging by a few steps.",
        width,
    )


def status(event, left=0.0):
    """Return a line that says how far a training is; left: seconds until all are done, 0 if unknown."""
    network = f", network {event['network']} of {event['networks']}" if event["networks"] > 1 else ""
    time = f", {_duration(left)} left" if left > 0 else ""
    return (
        f"{event['training'].removeprefix('the ')}{network}: epoch {event['epoch']} of {event['epochs']}, "
        f"{event['accuracy']:.1%} right{time}"
    )


def numbers(results, width=79):
    """Return the lines that show what the trainings have reached; none where nothing was measured.

    results: by exercise name, as the board has them.
    """
    trainings = [training for result in results.values() for training in result.trainings]
    if not trainings:
        return []
    lines = ["Accuracy on test digits that it had never seen:"]
    for training in trainings:
        mean = f"  (mean of {training['networks']})" if training["networks"] > 1 else ""
        lines.append(f"  {training['name'].removeprefix('the '):<27} {training['accuracy']:7.2%}{mean}")
    curves = {mark: _on_digits(results, name) for mark, name in (("1", "v1"), ("2", "v2"))}
    if all(curves.values()):
        lines += ["", "While it learned digits, % right after each epoch: 1 is v1, 2 is v2"]
        lines += _drawn({mark: training["curve"] for mark, training in curves.items()}, width)
    last = trainings[-1]
    pairs = [f"{shown} read as {answer} ({count})" for shown, answer, count in last["confusions"]]
    if pairs:
        told = f"Its most common mistakes ({last['name'].removeprefix('the ')}): {', '.join(pairs)}"
        lines += ["", *textwrap.wrap(told, width, subsequent_indent="  ")]
    return lines


def _on_digits(results, name):
    """Return what a network reached on scikit-learn's digits, None where that was not measured."""
    found = [training for training in results[name].trainings if training["name"].endswith("digits")]
    return found[0] if found else None


def _drawn(curves, width):
    """Return several curves of shares, by their mark, as lines of text; the later covers the earlier."""
    epochs = max(map(len, curves.values()))
    columns = min(epochs, COLUMNS, width - 7)
    grid = [[" "] * columns for _ in LEVELS]
    for mark, curve in curves.items():
        for column in range(columns):
            epoch = column * (epochs - 1) // max(columns - 1, 1)
            if epoch < len(curve):
                row = max(i for i, level in enumerate(LEVELS) if curve[epoch] >= level)
                grid[row][column] = mark
    rows = [f"{100 * level:5.0f} |{''.join(row)}".rstrip() for level, row in zip(LEVELS, grid, strict=True)]
    axis = f"{'1':<{columns - len(str(epochs))}}{epochs}"
    return [*reversed(rows), f"      +{'-' * columns}", f"       {axis}"]


def _duration(seconds):
    """Return a duration in words."""
    if seconds < 90:
        whole = max(1, round(seconds))
        return f"{whole} second{'s' * (whole > 1)}"
    return f"{seconds / 60:.0f} minutes"
