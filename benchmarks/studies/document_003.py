"""The studies of document 003, "Exploring Neural Networks: Architecture, Activation & Optimization
Techniques".
"""

import math
from dataclasses import replace
from statistics import mean, stdev

from nn.app.recipes import RECIPES

from .claims import CLEAR, Answer, Claim, both, gap, names_the_best, rises, scores_by_digit
from .metrics import FEWEST, reading
from .study import Printed, Row, Study

BINARY = RECIPES["binary"]
INITIALIZERS = {
    "random normal": "random_normal",
    "He normal": "he_normal",
    "Glorot uniform": "xavier_uniform",
}
ACTIVATIONS = {"ReLU": "relu", "sigmoid": "sigmoid", "tanh": "tanh"}
BATCHES = (4, 16, 32, 64)
RATES = {"0.01": 0.01, "0.001": 0.001, "0.0001": 0.0001, "0.00001": 0.00001}


def _by_activation(measured):
    """Return what is known about each activation, over all runs with all three initializers.

    It is the test accuracy, training minus test accuracy, the epochs until convergence, and the share of
    epochs in which the validation loss rises.
    """
    rows = measured.rows("initializers-and-activations")
    found = {}
    for activation in ("ReLU", "sigmoid", "tanh"):
        cells = [row for label, row in rows.items() if label.endswith(f" + {activation}")]
        runs = [run for cell in cells for run in cell.metrics.values()]
        found[activation] = {
            "accuracy": [run["accuracy"] for run in runs],
            "gap": [run["training_accuracy"] - run["accuracy"] for run in runs],
            "converged": [run["converged"] for run in runs],
            "rises": [rises(history["validation_loss"]) for cell in cells for history in cell.histories],
        }
    return found


def _least(found, activation, name, sign=1):
    """Return True if an activation has the smallest of all figures (with sign -1, the largest)."""
    verdicts = []
    for other in found.keys() - {activation}:
        away, clear = gap(found[activation][name], found[other][name])
        verdicts.append(sign * away < 0 if clear else None)
    return both(*verdicts)


def _told(found, name, form):
    return ", ".join(f"{activation} {form(mean(values[name]))}" for activation, values in found.items())


def _in_points(share):
    return f"{100 * share:.2f}"


def _percent(share):
    return f"{100 * share:.0f} %"


def _percent_exactly(share):
    return f"{100 * share:.2f} %"


def sigmoid_is_steady(measured):
    """Answer: sigmoid overfits less than the others, its loss rises less often, and it is less accurate."""
    found = _by_activation(measured)
    return Answer(
        both(*(_least(found, "sigmoid", name) for name in ("gap", "rises", "accuracy"))),
        f"training minus test accuracy, in points: {_told(found, 'gap', _in_points)}; epochs in which the "
        f"validation loss rises: {_told(found, 'rises', _percent)}; test accuracy: "
        f"{_told(found, 'accuracy', _percent_exactly)}.",
    )


def relu_is_fast(measured):
    """Answer: ReLU converges first."""
    found = _by_activation(measured)
    return Answer(
        _least(found, "ReLU", "converged"),
        "epochs until the validation accuracy is within half a point of its best: "
        f"{_told(found, 'converged', '{:.1f}'.format)}.",
    )


def relu_is_unstable(measured):
    """Answer: ReLU's validation loss rises most often."""
    found = _by_activation(measured)
    return Answer(
        _least(found, "ReLU", "rises", -1),
        f"epochs in which the validation loss rises: {_told(found, 'rises', _percent)}.",
    )


def high_for_most_digits(measured):
    """Answer: precision and recall of nearly all digits are high."""
    report = scores_by_digit(_only(measured, "multiclass"))
    low = {name: min(report, key=lambda digit: report[digit][name]) for name in ("precision", "recall")}
    return Answer(
        all(report[low[name]][name] > 0.95 for name in low),
        f"the lowest precision is {report[low['precision']]['precision']:.3f} (of {low['precision']}), the "
        f"lowest recall {report[low['recall']]['recall']:.3f} (of {low['recall']}).",
    )


def lower_for(figure, digit):
    """Return the answer to a claim that "recall" or "f1-score" is lower for a digit than for the others.

    It is compared with the mean of the other digits in the same run.
    """

    def answer(measured):
        row = _only(measured, "multiclass")
        reports = [reading(row.definition, outcome)["per_class"] for outcome in row.good]
        own = [report[digit][figure] for report in reports]
        others = [mean(report[name][figure] for name in report if name != digit) for report in reports]
        less = [theirs - ours for ours, theirs in zip(own, others, strict=True)]
        clear = len(less) >= FEWEST and abs(mean(less)) > CLEAR * stdev(less) / math.sqrt(len(less))
        all_digits = scores_by_digit(row)
        order = sorted(all_digits, key=lambda name: all_digits[name][figure])
        name = {"f1-score": "F1"}.get(figure, figure)
        return Answer(
            mean(less) > 0 if clear else None,
            f"the {name} of {digit} is {mean(own):.3f}, the mean of the other digits {mean(others):.3f}; "
            f"{order[0]} has the lowest, {all_digits[order[0]][figure]:.3f}.",
        )

    return answer


def no_overfitting(measured):
    """Answer: the validation loss hardly rises, and the test accuracy is close to the training accuracy."""
    row = _only(measured, "multiclass")
    losses = [history["validation_loss"] for history in row.histories]
    rise = mean(values[-1] / min(values) - 1 for values in losses)
    less = row.mean("training_accuracy") - row.mean("accuracy")
    return Answer(
        less < 0.02 and rise < 0.05,
        f"training minus test accuracy is {100 * less:.2f} points, and while early stopping waits, the "
        f"validation loss rises by {100 * rise:.0f} %; then the best weights are restored. Less than 2 "
        "points and less than 5 % count as no overfitting.",
    )


def slow_at_small_rates(measured):
    """Answer: at a rate of 0.00001 every batch size converges later than at 0.001."""
    rows = measured.rows("batch-and-rate")
    slow = {batch: rows[f"batch {batch}, rate 0.00001"] for batch in BATCHES}
    usual = {batch: rows[f"batch {batch}, rate 0.001"] for batch in BATCHES}
    told = [
        f"batch {batch}: epoch {slow[batch].mean('converged'):.1f} and "
        f"{usual[batch].mean('converged'):.1f}, {100 * (slow[batch].mean('accuracy')):.1f} % and "
        f"{100 * (usual[batch].mean('accuracy')):.1f} %"
        for batch in BATCHES
    ]
    return Answer(
        all(slow[batch].mean("converged") > usual[batch].mean("converged") for batch in BATCHES),
        f"first epoch near the best validation accuracy, and test accuracy, at rates of 0.00001 and 0.001: "
        f"{'; '.join(told)}.",
    )


def large_batches_are_smooth(measured):
    """Answer: with batches of 64 and small rates the validation loss rises in fewer epochs than elsewhere."""
    rows = measured.rows("batch-and-rate")
    share = {
        (batch, rate): mean(
            rises(history["validation_loss"]) for history in rows[f"batch {batch}, rate {rate}"].histories
        )
        for batch in BATCHES
        for rate in RATES
    }
    told = [
        f"at {rate} {', '.join(f'{100 * share[batch, rate]:.0f} %' for batch in BATCHES)}" for rate in RATES
    ]
    small = ("0.0001", "0.00001")
    return Answer(
        all(share[64, rate] <= share[batch, rate] for batch in BATCHES for rate in small)
        and max(share[64, rate] for rate in small) < min(share[64, rate] for rate in ("0.01", "0.001")),
        f"epochs in which the validation loss rises, for batches of {', '.join(map(str, BATCHES))}: "
        f"{'; '.join(told)}.",
    )


def _only(measured, study):
    (row,) = measured.rows(study).values()
    return row


BINARY_STUDY = Study(
    name="binary",
    title="5 against 8",
    document="003",
    base=BINARY,
    also=("images",),
    rows=(Row("784-128-64-1", Printed(accuracy=0.9909, loss=0.0252)),),
    runs=10,
    show=("confusion", "digits"),
)

INITIALIZERS_AND_ACTIVATIONS = Study(
    name="initializers-and-activations",
    title="Initializers and activations, 5 against 8",
    document="003",
    base=replace(BINARY, hidden=(128, 64, 32)),
    rows=tuple(
        Row(
            f"{start} + {activation}",
            Printed(accuracy=0.993) if (start, activation) == ("random normal", "ReLU") else Printed(),
            {"initializer": initializer, "activation": function},
        )
        for start, initializer in INITIALIZERS.items()
        for activation, function in ACTIVATIONS.items()
    ),
    runs=5,
    best=("random normal + ReLU",),
    note="The document prints only the accuracy of its best combination. Random normal has Keras's standard "
    "deviation of 0.05.",
    show=("confusion",),
    claims=(
        Claim(
            "Best accuracy (~99.3%) from Normal + ReLU",
            names_the_best("initializers-and-activations", "random normal + ReLU"),
        ),
        Claim(
            "Sigmoid performed more steadily (robust to overfitting), but less accurately",
            sigmoid_is_steady,
        ),
        Claim("ReLU led to fast learning", relu_is_fast),
        Claim("but occasional instability", relu_is_unstable),
    ),
)

MULTICLASS = Study(
    name="multiclass",
    title="Ten classes, three narrowing layers",
    document="003",
    base=RECIPES["multiclass"],
    rows=(Row("784-128-64-32-10", Printed(accuracy=0.9746)),),
    runs=5,
    show=("confusion", "by digit"),
    claims=(
        Claim("High precision and recall across most digits", high_for_most_digits),
        Claim("Slightly lower recall on digit 5", lower_for("recall", "5")),
        Claim("and slightly lower F1 on digit 9", lower_for("f1-score", "9")),
        Claim(
            "Loss and accuracy trends indicated good generalization without overfitting",
            no_overfitting,
        ),
    ),
)

BATCH_AND_RATE = Study(
    name="batch-and-rate",
    title="Batch size and learning rate",
    document="003",
    base=replace(RECIPES["multiclass"], hidden=(32, 16), epochs=20),
    rows=tuple(
        Row(f"batch {batch}, rate {label}", changes={"batch_size": batch, "lr": rate})
        for batch in BATCHES
        for label, rate in RATES.items()
    ),
    best=("batch 16, rate 0.001",),
    note="The document prints no figures for this grid; it names the best setting and describes the slow "
    "ones. It does not give the number of epochs: here it is up to 20, with a patience of 3 as in its other "
    "models.",
    show=("against the ratio",),
    claims=(
        Claim(
            "Low learning rates like 1e-5 led to slow convergence even with small batches",
            slow_at_small_rates,
        ),
        Claim(
            "Larger batches (64) combined with smaller learning rates led to smoother generalization",
            large_batches_are_smooth,
        ),
        Claim(
            "Best generalization: batch_size=16 with learning_rate=0.001",
            names_the_best("batch-and-rate", "batch 16, rate 0.001"),
        ),
    ),
)

STUDIES = (BINARY_STUDY, INITIALIZERS_AND_ACTIVATIONS, MULTICLASS, BATCH_AND_RATE)
