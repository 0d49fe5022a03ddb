"""The studies of document 004, "Classification Model for MNIST using only Python and NumPy"."""

from statistics import mean, median

from nn.app.recipes import RECIPES

from .claims import Answer, Claim, difference, highest
from .metrics import plus_minus
from .study import Printed, Row, Study


def random_is_slower(measured):
    """Answer: after the same number of epochs, random weights have learned less than He's."""
    rows = measured.rows("initialization-and-depth")
    random, he = rows["784-10-10, uniform [-0.5, 0.5]"], rows["784-10-10, He"]
    curves = {
        name: [history["validation_accuracy"] for history in row.histories]
        for name, row in (("random", random), ("He", he))
    }
    after = {name: [curve[199] for curve in values] for name, values in curves.items()}
    first = {
        name: median(
            next((i for i, value in enumerate(curve, 1) if value >= 0.6), len(curve)) for curve in values
        )
        for name, values in curves.items()
    }
    return Answer(
        mean(after["random"]) < mean(after["He"]) and first["random"] > first["He"],
        f"after 200 epochs, random weights classify {100 * mean(after['random']):.1f} % of the validation "
        f"images correctly and He's {100 * mean(after['He']):.1f} %; to reach 60 %, they take "
        f"{first['random']:.0f} and {first['He']:.0f} epochs (medians).",
    )


def he_reaches(measured):
    """Answer: at some rate, He's weights have the accuracy that the document prints."""
    rows = [row for label, row in measured.rows("rates-of-004").items() if label.startswith("He")]
    printed = 0.6046
    nearest = min(rows, key=lambda row: abs(row.mean("accuracy") - printed))
    told = ", ".join(f"{row.label.split()[-1]}: {plus_minus(row)} %" for row in rows)
    return Answer(
        abs(nearest.mean("accuracy") - printed) < 0.01,
        f"by rate, after 400 epochs: {told} ([page](rates-of-004.md)).",
    )


def depth_helps(measured):
    """Answer: three hidden layers are better than one."""
    rows = measured.rows("initialization-and-depth")
    deep, shallow = rows["784-128-64-32-10, He"], rows["784-10-10, He"]
    away, clear = difference(deep, shallow)
    return Answer(
        away > 0 if clear else None,
        f"at a rate of 0.1, it adds {100 * away:+.2f} points, from {plus_minus(shallow)} to "
        f"{plus_minus(deep)} %, while the document prints +22.17. The deep network is also wider.",
    )


def deep_is_best(measured):
    """Answer: the deepest network is the best of the document's three."""
    rows = measured.rows("initialization-and-depth")
    three = [row for label, row in rows.items() if not label.endswith("rate 0.01")]
    best = highest(three)
    return Answer(
        best.label == "784-128-64-32-10, He",
        f"the best row is {best.label} with {plus_minus(best)} % of the validation images.",
    )


INITIALIZATION_AND_DEPTH = Study(
    name="initialization-and-depth",
    title="Initialization and depth",
    document="004",
    base=RECIPES["tiny-random"],
    rows=(
        Row(
            "784-10-10, uniform [-0.5, 0.5]",
            Printed(accuracy=0.753),
            part="validation",
            runs=10,
            remark="The document shows one run, and from this start, runs differ by several points: see "
            "the deviation over the seeds.",
        ),
        Row(
            "784-10-10, He",
            Printed(accuracy=0.6046),
            {"initializer": "he_normal", "epochs": 400},
            part="validation",
            remark="The document expects He to help and prints a drop of 15 points; it does not say at which "
            "rate. With one rate for both, He's weights learn faster from the first epochs on: see the "
            "curves.",
        ),
        Row(
            "784-128-64-32-10, He",
            Printed(accuracy=0.8263),
            {"initializer": "he_normal", "epochs": 400, "hidden": (128, 64, 32)},
            part="validation",
            remark="At a rate of 0.01, the next row, it comes nearer to the document's figure.",
        ),
        Row(
            "784-128-64-32-10, He, rate 0.01",
            changes={"initializer": "he_normal", "epochs": 400, "hidden": (128, 64, 32), "lr": 0.01},
            part="validation",
        ),
    ),
    note="The document gives no learning rate: here it is 0.1, and 0.01 in an extra row; "
    "[other rates](rates-of-004.md) have their own page. The document trains its first model for 200 epochs "
    "and the others for 400.",
    best=("784-128-64-32-10, He",),
    claims=(
        Claim(
            "Random weight initialization resulted in slower convergence and suboptimal accuracy",
            random_is_slower,
        ),
        Claim(
            "Replacing random initialization with He initialization achieved an accuracy of 60.46%",
            he_reaches,
        ),
        Claim("Adding two more hidden layers boosted the accuracy to 82.63%", depth_helps),
        Claim("Best-Performing Model: 3 Hidden Layers with He Initialization", deep_is_best),
    ),
)


RATES_OF_004 = Study(
    name="rates-of-004",
    title="Learning rates for document 004",
    document="",
    base=RECIPES["tiny-random"],
    rows=(
        *(
            Row(f"uniform, rate {rate:g}", changes={"lr": rate}, part="validation", runs=10)
            for rate in (0.1, 0.2)
        ),
        *(
            Row(
                f"He, rate {rate:g}",
                changes={"lr": rate, "initializer": "he_normal", "epochs": 400},
                part="validation",
            )
            for rate in (0.01, 0.03, 0.1)
        ),
    ),
    note="Document 004 gives no learning rate. It prints 75.3 % for uniform weights after 200 epochs and "
    "60.46 % for He's after 400, both with ten hidden units.",
)

STUDIES = (INITIALIZATION_AND_DEPTH, RATES_OF_004)
