"""The claims: what a document says in words beside its numbers, each answered by figures measured here.

A ``Claim`` holds the document's words and a function of the figures, which says whether they hold here and
with what numbers, so that the answer may come out either way.
"""

import math
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from itertools import combinations, pairwise
from statistics import mean, median, stdev, variance

from .summary import FEWEST, NotMeasuredError, best_setting, reading

CLEAR = 2.0  # standard errors: a smaller difference is not decided
NEAR = 0.005  # of accuracy: rows so near to the best count as equally good


@dataclass(frozen=True)
class Answer:
    """Whether a claim holds here, None if the figures cannot tell, and the numbers, as sentences."""

    holds: bool | None
    numbers: str


@dataclass(frozen=True)
class Claim:
    """words: the document's. answer: a function of ``summary.Measured`` that returns an ``Answer``."""

    words: str
    answer: Callable


def answers(study, measured):
    """Return pairs of words and Answer for all claims of a study whose figures have been measured."""
    found = []
    for claim in study.claims:
        try:
            found.append((claim.words, claim.answer(measured)))
        except NotMeasuredError:
            continue
    return found


def spread(setting, name="accuracy", scale=100, digits=2):
    """Return the mean of a figure with its standard deviation; of two runs with their range."""
    value, deviation = setting.mean(name), setting.deviation(name)
    text = f"{scale * value:.{digits}f}"
    if deviation is not None:
        return f"{text} ± {scale * deviation:.{digits}f}"
    values = sorted(setting.values(name))
    if len(values) == 1:
        return text
    return f"{text} ({scale * values[0]:.{digits}f} to {scale * values[-1]:.{digits}f})"


def difference(first, second, name="accuracy"):
    """Return the difference of two Settings' means, and whether it is clear: more than two standard errors.

    With fewer than three runs on a side, no difference is clear.
    """
    return gap(first.values(name), second.values(name))


def gap(first, second):
    """Return the difference of the means of two lists, and whether it is more than two standard errors."""
    away = mean(first) - mean(second)
    if min(len(first), len(second)) < FEWEST:
        return away, False
    error = math.sqrt(sum(variance(values) / len(values) for values in (first, second)))
    return away, abs(away) > CLEAR * error


def is_higher(first, second, name="accuracy"):
    """Return whether the first Setting has the higher figure; None if the difference is not clear."""
    away, clear = difference(first, second, name)
    return away > 0 if clear else None


def both(*verdicts):
    """Return True if all hold, False if one does not, None if the others cannot tell."""
    if False in verdicts:
        return False
    return None if None in verdicts else True


def _test_accuracy(setting):
    return f"{spread(setting)} %"


def _best(settings):
    return max(settings, key=lambda setting: setting.mean("accuracy"))


def names_the_best(study, *labels):
    """Return the answer to a claim that rows of a study have the best accuracy."""

    def answer(measured):
        rows = measured.rows(study)
        named = _best([rows[label] for label in labels])
        others = [setting for label, setting in rows.items() if label not in labels]
        other = _best(others)
        numbers = (
            f"{_test_accuracy(named)} for {named.row.label}; {_test_accuracy(other)} for the best of the "
            f"others, {other.row.label}."
        )
        return Answer(is_higher(named, other), numbers)

    return answer


# Document 000


def v1_needs_1000(measured):
    """Answer: v1 has about 88 % after 1,000 epochs, and not earlier."""
    rows = measured.rows("baseline-vs-improved")
    some, many = rows["v1, 100 epochs"], rows["v1, 1000 epochs"]
    curves = [history["validation_accuracy"] for history in many.histories]
    halfway = mean(curve[499] for curve in curves)
    return Answer(
        abs(many.mean("accuracy") - 0.88) < 0.01 and some.mean("accuracy") < 0.87,
        f"after 100 epochs v1 has {_test_accuracy(some)}, after 1,000 {_test_accuracy(many)}. Of the "
        f"validation images it has {100 * halfway:.1f} % right after 500 epochs and "
        f"{100 * mean(curve[-1] for curve in curves):.1f} % after 1,000.",
    )


def v2_has_97(measured):
    """Answer: all runs of v2 have 97 % after ten epochs."""
    setting = measured.rows("baseline-vs-improved")["v2, batch 32, 10 epochs"]
    curves = [history["validation_accuracy"] for history in setting.histories]
    first = [next((i for i, value in enumerate(curve, 1) if value >= 0.97), None) for curve in curves]
    worst = min(setting.values("accuracy"))
    when = f"in epoch {mean(first):.1f} on average" if None not in first else "not in every run"
    return Answer(
        worst >= 0.97,
        f"the worst of {len(curves)} runs has {100 * worst:.2f} % of the test images right. The validation "
        f"accuracy first reaches 97 % {when}.",
    )


def small_batches_are_best(measured):
    """Answer: of a grid, batches of 32 or 64 at a rate of 0.001 have the best accuracy."""
    return names_the_best("v2-batch-and-rate", "batch 32, rate 0.001", "batch 64, rate 0.001")(measured)


def early_stopping_helps(measured):
    """Answer: the test loss is lower with early stopping than at the end."""
    rows = measured.rows("early-stopping")
    stopped, end = rows["early stopping"], rows["to the end"]
    bare_stopped, bare_end = rows["no L2, no dropout, early stopping"], rows["no L2, no dropout, to the end"]

    def told(setting):
        return f"{spread(setting, 'loss', 1, 3)} and {_test_accuracy(setting)}"

    lower = is_higher(end, stopped, "loss")
    return Answer(
        lower,
        f"with early stopping, v2 trains {stopped.mean('epochs'):.1f} epochs and has a test cross-entropy "
        f"and accuracy of {told(stopped)}; after all 50 epochs, {told(end)}. Without L2 and dropout it is "
        f"{told(bare_stopped)} with early stopping, {told(bare_end)} at the end.",
    )


def confuses(*pairs):
    """Return the answer to a claim that mistakes are mostly between some digits: each pair is among the five
    most confused.
    """

    def answer(measured):
        study = measured.studies["baseline-vs-improved"]
        counts = confused_pairs(best_setting(study, list(measured.rows(study.name).values())))
        order = [pair for pair, _ in counts.most_common()]
        total, even = sum(counts.values()), 1 / len(counts)
        told = [
            f"{a} and {b} are taken for each other in {100 * (counts[a, b] / total):.1f} % of the "
            f"mistakes, rank {order.index((a, b)) + 1} of {len(counts)} pairs"
            for a, b in pairs
        ]
        return Answer(
            all(order.index(pair) < 5 for pair in pairs),
            f"{'; '.join(told)}. An even share is {100 * even:.1f} %; all other pairs have "
            f"{100 * (1 - sum(counts[pair] for pair in pairs) / total):.0f} % together.",
        )

    return answer


def confused_pairs(setting):
    """Return how often each pair of digits was taken for each other, in all runs of a row together."""
    counts = Counter()
    for outcome in setting.good:
        confusion, classes = reading(setting.row, outcome)["confusion"], outcome["classes"]
        for i, j in combinations(range(len(classes)), 2):
            counts[classes[i], classes[j]] += confusion[i][j] + confusion[j][i]
    return counts


def underfits(measured):
    """Answer: v1 after ten epochs is bad on its training images, too."""
    setting = measured.rows("baseline-vs-improved")["v1, 10 epochs"]
    return Answer(
        setting.mean("training_accuracy") < 0.5,
        f"it has {spread(setting, 'training_accuracy')} % of the training images right and "
        f"{_test_accuracy(setting)} of the test images.",
    )


def some_confusion(measured):
    """Answer: v1 after 100 epochs knows some digits much better than others."""
    setting = measured.rows("baseline-vs-improved")["v1, 100 epochs"]
    recalls = {
        digit: mean(reading(setting.row, outcome)["per_class"][digit]["recall"] for outcome in setting.good)
        for digit in reading(setting.row, setting.good[0])["per_class"]
    }
    worst, best = min(recalls, key=recalls.get), max(recalls, key=recalls.get)
    return Answer(
        recalls[best] - recalls[worst] > 0.2,
        f"it recognizes {100 * recalls[best]:.0f} % of the images of {best} and {100 * recalls[worst]:.0f} "
        f"% of those of {worst}.",
    )


def converges_well(measured):
    """Answer: v1 gains little in its last hundred epochs."""
    setting = measured.rows("baseline-vs-improved")["v1, 1000 epochs"]
    gains = [h["validation_accuracy"][-1] - h["validation_accuracy"][-101] for h in setting.histories]
    return Answer(
        mean(gains) < NEAR,
        f"the last 100 epochs bring {100 * mean(gains):.2f} points of validation accuracy (under half a "
        "point counts).",
    )


def generalizes(measured):
    """Answer: v2 is nearly as good on test as on training images."""
    setting = measured.rows("baseline-vs-improved")["v2, batch 64, 10 epochs"]
    less = setting.mean("training_accuracy") - setting.mean("accuracy")
    return Answer(
        less < 0.02,
        f"it has {spread(setting, 'training_accuracy')} % of the training images right and "
        f"{_test_accuracy(setting)} of the test images, {100 * less:.1f} points fewer (under two counts).",
    )


def stable_over_longer(measured):
    """Answer: with up to 50 epochs v2 is no worse than with 10."""
    rows = measured.rows("baseline-vs-improved")
    long, short = rows["v2, batch 32, 50 epochs"], rows["v2, batch 32, 10 epochs"]
    away, clear = difference(long, short)
    return Answer(
        not (clear and away < 0),
        f"it has {_test_accuracy(long)}, {100 * away:+.2f} points against 10 epochs; early stopping ends it "
        f"after {long.mean('epochs'):.1f}.",
    )


# Document 001


def training_99(measured):
    """Answer: the training accuracy is about 99 %."""
    rows = measured.rows("optimized")
    ends = [rows[label] for label in ("at the end", "at the end, without dropout")]
    return Answer(
        all(round(100 * setting.mean("training_accuracy")) >= 99 for setting in ends),
        f"with dropout it is {spread(ends[0], 'training_accuracy')} %, without "
        f"{spread(ends[1], 'training_accuracy')} %.",
    )


def stable_after_20(measured):
    """Answer: from epoch 20 on the validation accuracy stays within half a point."""
    setting = measured.rows("optimized")["at the end"]
    late = [history["validation_accuracy"][19:] for history in setting.histories]
    late = [values for values in late if len(values) > 1]
    if not late:
        raise NotMeasuredError("no run has trained for 21 epochs")
    ranges = [max(values) - min(values) for values in late]
    return Answer(
        max(ranges) <= NEAR,
        f"the validation accuracy comes within half a point of its best in epoch "
        f"{setting.mean('converged'):.1f}, and from epoch 20 on it moves by {100 * max(ranges):.2f} points "
        f"at most in a run ({len(late)} of {len(setting.good)} trained so long).",
    )


def baseline_has_20(measured):
    """Answer: 20 % is within a deviation of the baseline's accuracy."""
    setting = measured.rows("optimized")["baseline"]
    values = setting.values("accuracy")
    return Answer(
        abs(setting.mean("accuracy") - 0.2) <= setting.width("accuracy"),
        f"it is {_test_accuracy(setting)} over {len(values)} runs, from {100 * min(values):.1f} % to "
        f"{100 * max(values):.1f} %: after ten steps the initial weights still decide.",
    )


def baseline_is_unstable(measured):
    """Answer: the baseline's loss rises in some epochs."""
    setting = measured.rows("optimized")["baseline"]
    share = mean(_rises(history["loss"]) for history in setting.histories)
    return Answer(
        share > 0,
        f"the training loss rises from one epoch to the next in {100 * share:.0f} % of the cases: it is slow "
        "rather than unstable."
        if not share
        else f"the training loss rises from one epoch to the next in {100 * share:.0f} % of the cases.",
    )


def reliable(measured):
    """Answer: the runs of the optimized network agree."""
    rows = measured.rows("optimized")
    values = rows["at the end"].values("accuracy")
    return Answer(
        max(values) - min(values) < 0.01 and min(values) > 0.97,
        f"{len(values)} runs have between {100 * min(values):.2f} % and {100 * max(values):.2f} %.",
    )


def _rises(values):
    """Return the share of steps at which a curve goes up."""
    steps = [later > earlier for earlier, later in pairwise(values)]
    return sum(steps) / len(steps) if steps else 0.0


# Document 002


def fastest(study, *labels):
    """Return the answer to a claim that rows of a study have the shortest training."""

    def answer(measured):
        seconds = training_seconds(measured, study)
        named, first = min(labels, key=seconds.get), min(seconds, key=seconds.get)
        ratio = seconds[named] / seconds[first]
        others = [name for name in seconds if name != named]
        second = min(others, key=seconds.get)
        return Answer(
            None if 1 < ratio < 1.1 else first in labels,
            f"the training takes {seconds[named]:.1f} seconds for {named}; for the fastest of the others, "
            f"{second}, {seconds[second]:.1f}.",
        )

    return answer


def optimal(study, *labels):
    """Return the answer to a claim that rows of a study are the optimal option, by the rule that the fastest
    row within half a point of the best accuracy is it.
    """

    def answer(measured):
        rows, seconds = measured.rows(study), training_seconds(measured, study)
        best = _best(rows.values())
        near = [name for name in rows if rows[name].mean("accuracy") >= best.mean("accuracy") - NEAR]
        chosen = min(near, key=seconds.get)
        told = [
            f"{name} is {100 * (best.mean('accuracy') - rows[name].mean('accuracy')):.2f} points below the "
            f"best and takes {seconds[name] / seconds[best.row.label]:.2f} times its time"
            for name in labels
            if name != best.row.label
        ]
        also = f" ({'; '.join(told)})" if told else ""
        return Answer(
            chosen in labels,
            "the document gives no rule; the fastest row within half a point of the best accuracy is "
            f"{chosen}{also}.",
        )

    return answer


def training_seconds(measured, study):
    """Return by row the seconds of one training: processor time of an epoch times the mean epochs."""
    rows, times = measured.rows(study), measured.epoch_times(study)
    return {name: median(times[name]) * rows[name].mean("epochs") for name in rows}


# Document 003


def _by_activation(measured):
    """Return by activation, for all runs from all three starts: test accuracy, training less test accuracy,
    epochs until convergence, and the share of epochs in which the validation loss rises.
    """
    rows = measured.rows("initializers-and-activations")
    found = {}
    for activation in ("ReLU", "sigmoid", "tanh"):
        cells = [setting for label, setting in rows.items() if label.endswith(f" + {activation}")]
        runs = [figures for cell in cells for figures in cell.figures.values()]
        found[activation] = {
            "accuracy": [run["accuracy"] for run in runs],
            "gap": [run["training_accuracy"] - run["accuracy"] for run in runs],
            "converged": [run["converged"] for run in runs],
            "rises": [_rises(history["validation_loss"]) for cell in cells for history in cell.histories],
        }
    return found


def _least(found, activation, name, sign=1):
    """Return whether an activation has the least of a figure (with sign -1 the greatest) among all."""
    verdicts = []
    for other in found.keys() - {activation}:
        away, clear = gap(found[activation][name], found[other][name])
        verdicts.append(sign * away < 0 if clear else None)
    return both(*verdicts)


def _told(found, name, form):
    return ", ".join(f"{activation} {form(mean(values[name]))}" for activation, values in found.items())


def _in_points(share):
    return f"{100 * share:.2f}"


def _in_percent(share):
    return f"{100 * share:.0f} %"


def _in_percent_exactly(share):
    return f"{100 * share:.2f} %"


def sigmoid_is_steady(measured):
    """Answer: sigmoid overfits less than the others, its loss rises less often, and it is less accurate."""
    found = _by_activation(measured)
    return Answer(
        both(*(_least(found, "sigmoid", name) for name in ("gap", "rises", "accuracy"))),
        f"training less test accuracy, in points: {_told(found, 'gap', _in_points)}; epochs in which the "
        f"validation loss rises: {_told(found, 'rises', _in_percent)}; test accuracy: "
        f"{_told(found, 'accuracy', _in_percent_exactly)}.",
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
        f"epochs in which the validation loss rises: {_told(found, 'rises', _in_percent)}.",
    )


def high_for_most_digits(measured):
    """Answer: precision and recall of nearly all digits are high."""
    report = report_by_digit(_only(measured, "multiclass"))
    low = {name: min(report, key=lambda digit: report[digit][name]) for name in ("precision", "recall")}
    return Answer(
        all(report[low[name]][name] > 0.95 for name in low),
        f"the lowest precision is {report[low['precision']]['precision']:.3f} (of {low['precision']}), the "
        f"lowest recall {report[low['recall']]['recall']:.3f} (of {low['recall']}).",
    )


def lower_for(figure, digit):
    """Return the answer to a claim that a figure, "recall" or "f1-score", is lower for a digit: than the mean
    of the other digits, in the same run.
    """

    def answer(measured):
        setting = _only(measured, "multiclass")
        reports = [reading(setting.row, outcome)["per_class"] for outcome in setting.good]
        own = [report[digit][figure] for report in reports]
        others = [mean(report[name][figure] for name in report if name != digit) for report in reports]
        less = [theirs - ours for ours, theirs in zip(own, others, strict=True)]
        clear = len(less) >= FEWEST and abs(mean(less)) > CLEAR * stdev(less) / math.sqrt(len(less))
        all_digits = report_by_digit(setting)
        order = sorted(all_digits, key=lambda name: all_digits[name][figure])
        name = {"f1-score": "F1"}.get(figure, figure)
        return Answer(
            mean(less) > 0 if clear else None,
            f"{digit} has {name} {mean(own):.3f}, the mean of the other digits is {mean(others):.3f}; the "
            f"lowest is that of {order[0]}, {all_digits[order[0]][figure]:.3f}.",
        )

    return answer


def report_by_digit(setting):
    """Return precision, recall, F1 and number of images for each digit, means over the runs of a row."""
    reports = [reading(setting.row, outcome)["per_class"] for outcome in setting.good]
    return {
        digit: {name: mean(report[digit][name] for report in reports) for name in reports[0][digit]}
        for digit in reports[0]
    }


def no_overfitting(measured):
    """Answer: the validation loss hardly rises while it is watched, and the test accuracy is near that of
    training.
    """
    setting = _only(measured, "multiclass")
    losses = [history["validation_loss"] for history in setting.histories]
    rise = mean(values[-1] / min(values) - 1 for values in losses)
    less = setting.mean("training_accuracy") - setting.mean("accuracy")
    return Answer(
        less < 0.02 and rise < 0.05,
        f"training less test accuracy is {100 * less:.2f} points (under 2 counts), and while early stopping "
        f"waits, the validation loss rises by {100 * rise:.0f} % (under 5 % counts), before the best "
        "weights come back.",
    )


def _only(measured, study):
    (setting,) = measured.rows(study).values()
    return setting


BATCHES, RATES = (4, 16, 32, 64), ("0.01", "0.001", "0.0001", "0.00001")


def slow_at_small_rates(measured):
    """Answer: at a rate of 0.00001 every batch size converges later than at 0.001."""
    rows = measured.rows("batch-and-rate")
    slow = {batch: rows[f"batch {batch}, rate 0.00001"] for batch in BATCHES}
    usual = {batch: rows[f"batch {batch}, rate 0.001"] for batch in BATCHES}
    told = [
        f"batch {batch}: epoch {slow[batch].mean('converged'):.1f} against "
        f"{usual[batch].mean('converged'):.1f}, {100 * (slow[batch].mean('accuracy')):.1f} % against "
        f"{100 * (usual[batch].mean('accuracy')):.1f} %"
        for batch in BATCHES
    ]
    return Answer(
        all(slow[batch].mean("converged") > usual[batch].mean("converged") for batch in BATCHES),
        f"first epoch near the best validation accuracy, and test accuracy, at 0.00001 against 0.001: "
        f"{'; '.join(told)}.",
    )


def large_batches_are_smooth(measured):
    """Answer: with batches of 64 and small rates the validation loss rises in fewer epochs than elsewhere."""
    rows = measured.rows("batch-and-rate")
    share = {
        (batch, rate): mean(
            _rises(history["validation_loss"]) for history in rows[f"batch {batch}, rate {rate}"].histories
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


# Document 004


def random_is_slower(measured):
    """Answer: after as many epochs, random weights have learned less than He's."""
    rows = measured.rows("initialization-and-depth")
    random, he = rows["784-10-10, uniform [-0.5, 0.5]"], rows["784-10-10, He"]
    curves = {
        name: [history["validation_accuracy"] for history in setting.histories]
        for name, setting in (("random", random), ("He", he))
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
        f"after 200 epochs random weights have {100 * mean(after['random']):.1f} % of the validation "
        "images right, He's "
        f"{100 * mean(after['He']):.1f} %; 60 % takes them {first['random']:.0f} and {first['He']:.0f} "
        "epochs (medians).",
    )


def he_reaches(measured):
    """Answer: at some rate, He's weights have the accuracy that is printed."""
    rows = [setting for label, setting in measured.rows("rates-of-004").items() if label.startswith("He")]
    printed = 0.6046
    nearest = min(rows, key=lambda setting: abs(setting.mean("accuracy") - printed))
    told = ", ".join(f"{setting.row.label.split()[-1]}: {spread(setting)} %" for setting in rows)
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
        f"at a rate of 0.1 it brings {100 * away:+.2f} points, from {spread(shallow)} to {spread(deep)} %, "
        "where the document prints +22.17. The deep network is wider, too.",
    )


def deep_is_best(measured):
    """Answer: the deepest network is the best of the document's three."""
    rows = measured.rows("initialization-and-depth")
    three = [setting for label, setting in rows.items() if not label.endswith("rate 0.01")]
    best = _best(three)
    return Answer(
        best.row.label == "784-128-64-32-10, He",
        f"the best row is {best.row.label} with {spread(best)} % of the validation images.",
    )
