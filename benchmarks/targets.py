"""The targets: the most that each comparison may take, and whether a run meets it."""

from typing import NamedTuple

from .timing import ratio, spread
from .workloads import MINI_BATCH, WORKLOADS

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
UNSTEADY = 0.2  # above this spread (interquartile range / median of the rounds) nothing is judged


class Target(NamedTuple):
    """A target and its outcome; if it was not measured, ``measured`` is None and the rest is empty."""

    what: str
    where: str
    most: float
    measured: float | None = None
    range: str = ""
    verdict: str = ""  # "yes", "no", or why it cannot be judged
    part: str = ""  # this and the next two: the comparison it belongs to, if it belongs to one
    workload: str = ""
    contender: str = ""


def targets(parts):
    """Yield each Target that concerns this run."""
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
    """Return the outcome of a target's comparison: measured, range, verdict."""
    found = ratio(ours, theirs)
    judgement = verdict(found.value, most, found.spread, floor=floor)
    return found.value, f"{found.low:.2f}-{found.high:.2f}", judgement


def verdict(measured, most, spread, *, floor=False):
    """Return "yes" if a figure is at most ``most``, otherwise "no", or say why the measurement is not sound.

    spread: that of the rounds, None if there are too few. floor: True if the figure is a ratio to the least
    possible work, so that it cannot be below 1.
    """
    if spread is None:
        return "too few rounds"
    if spread > UNSTEADY:
        return f"spread {100 * spread:.0f} %"
    if floor and measured < 1:
        return "below floor"
    return "yes" if measured <= most else "no"


def shortfall(target, parts):
    """Return in words by how much a target is missed, and which part of the time cannot be saved."""
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
