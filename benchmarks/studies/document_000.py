"""The studies of document 000, "Neural Network from Scratch on MNIST": v1, v2 and what it leaves open."""

from dataclasses import replace
from statistics import mean

from nn.app.markdown import paragraph
from nn.app.recipes import RECIPES

from .claims import NEAR, Answer, Claim, confused_pairs, difference, in_percent, is_higher, names_the_best
from .metrics import best_row, plus_minus, reading
from .study import Printed, Row, Study

V1, V2 = RECIPES["v1"], RECIPES["v2"]
V1_CHANGES = {  # these turn v2, the base of the study, back into v1
    name: getattr(RECIPES["v1"], name)
    for name in ("hidden", "epochs", "batch_size", "lr", "optimizer", "activation", "initializer")
} | {"l2": 0.0, "dropout": 0.0, "patience": None}


def v1_needs_1000(measured):
    """Answer: v1 has about 88 % after 1,000 epochs and not earlier."""
    rows = measured.rows("baseline-vs-improved")
    some, many = rows["v1, 100 epochs"], rows["v1, 1000 epochs"]
    curves = [history["validation_accuracy"] for history in many.histories]
    halfway = mean(curve[499] for curve in curves)
    return Answer(
        abs(many.mean("accuracy") - 0.88) < 0.01 and some.mean("accuracy") < 0.87,
        f"v1 has {in_percent(some)} after 100 epochs and {in_percent(many)} after 1,000. It classifies "
        f"{100 * halfway:.1f} % of the validation images correctly after 500 epochs and "
        f"{100 * mean(curve[-1] for curve in curves):.1f} % after 1,000.",
    )


def v2_has_97(measured):
    """Answer: all runs of v2 have 97 % after ten epochs."""
    row = measured.rows("baseline-vs-improved")["v2, batch 32, 10 epochs"]
    curves = [history["validation_accuracy"] for history in row.histories]
    first = [next((i for i, value in enumerate(curve, 1) if value >= 0.97), None) for curve in curves]
    worst = min(row.values("accuracy"))
    when = f"in epoch {mean(first):.1f} on average" if None not in first else "not in every run"
    return Answer(
        worst >= 0.97,
        f"the worst of {len(curves)} runs classifies {100 * worst:.2f} % of the test images correctly. The "
        f"validation accuracy first reaches 97 % {when}.",
    )


def small_batches_are_best(measured):
    """Answer: of a grid, batches of 32 or 64 at a rate of 0.001 have the best accuracy."""
    return names_the_best("v2-batch-and-rate", "batch 32, rate 0.001", "batch 64, rate 0.001")(measured)


def early_stopping_helps(measured):
    """Answer: the test loss is lower with early stopping than at the end."""
    rows = measured.rows("early-stopping")
    stopped, end = rows["early stopping"], rows["to the end"]
    bare_stopped, bare_end = rows["no L2, no dropout, early stopping"], rows["no L2, no dropout, to the end"]

    def told(row):
        return f"{plus_minus(row, 'loss', 1, 3)} and {in_percent(row)}"

    lower = is_higher(end, stopped, "loss")
    return Answer(
        lower,
        f"with early stopping, v2 trains for {stopped.mean('epochs'):.1f} epochs and has a test "
        f"cross-entropy and accuracy of {told(stopped)}; after all 50 epochs, they are {told(end)}. Without "
        f"L2 and dropout, they are {told(bare_stopped)} with early stopping and {told(bare_end)} at the end.",
    )


def confuses(*pairs):
    """Return the answer to a claim that some pairs are confused most: each is among the first five."""

    def answer(measured):
        study = measured.studies["baseline-vs-improved"]
        counts = confused_pairs(best_row(study, list(measured.rows(study.name).values())))
        order = [pair for pair, _ in counts.most_common()]
        total, even = sum(counts.values()), 1 / len(counts)
        told = [
            f"confusing {a} and {b} accounts for {100 * (counts[a, b] / total):.1f} % of the mistakes, rank "
            f"{order.index((a, b)) + 1} of {len(counts)} pairs"
            for a, b in pairs
        ]
        return Answer(
            all(order.index(pair) < 5 for pair in pairs),
            f"{'; '.join(told)}. If all pairs were confused equally often, each would have "
            f"{100 * even:.1f} %; all other pairs together have "
            f"{100 * (1 - sum(counts[pair] for pair in pairs) / total):.0f} %.",
        )

    return answer


def underfits(measured):
    """Answer: after ten epochs, v1 is also bad on its training images."""
    row = measured.rows("baseline-vs-improved")["v1, 10 epochs"]
    return Answer(
        row.mean("training_accuracy") < 0.5,
        f"it classifies {plus_minus(row, 'training_accuracy')} % of the training images correctly, and "
        f"{in_percent(row)} of the test images.",
    )


def some_confusion(measured):
    """Answer: v1 after 100 epochs knows some digits much better than others."""
    row = measured.rows("baseline-vs-improved")["v1, 100 epochs"]
    recalls = {
        digit: mean(reading(row.definition, outcome)["per_class"][digit]["recall"] for outcome in row.good)
        for digit in reading(row.definition, row.good[0])["per_class"]
    }
    worst, best = min(recalls, key=recalls.get), max(recalls, key=recalls.get)
    return Answer(
        recalls[best] - recalls[worst] > 0.2,
        f"it recognizes {100 * recalls[best]:.0f} % of the images of {best}, but {100 * recalls[worst]:.0f} "
        f"% of those of {worst}.",
    )


def converges_well(measured):
    """Answer: v1 gains little in its last hundred epochs."""
    row = measured.rows("baseline-vs-improved")["v1, 1000 epochs"]
    gains = [h["validation_accuracy"][-1] - h["validation_accuracy"][-101] for h in row.histories]
    return Answer(
        mean(gains) < NEAR,
        f"the last 100 epochs add {100 * mean(gains):.2f} points of validation accuracy (less than half a "
        "point counts as converged).",
    )


def generalizes(measured):
    """Answer: v2 is nearly as good on test as on training images."""
    row = measured.rows("baseline-vs-improved")["v2, batch 64, 10 epochs"]
    less = row.mean("training_accuracy") - row.mean("accuracy")
    return Answer(
        less < 0.02,
        f"it classifies {plus_minus(row, 'training_accuracy')} % of the training images correctly, and "
        f"{in_percent(row)} of the test images, {100 * less:.1f} points fewer (under two counts as good).",
    )


def stable_over_longer(measured):
    """Answer: with up to 50 epochs v2 is no worse than with 10."""
    rows = measured.rows("baseline-vs-improved")
    long, short = rows["v2, batch 32, 50 epochs"], rows["v2, batch 32, 10 epochs"]
    away, clear = difference(long, short)
    return Answer(
        not (clear and away < 0),
        f"it has {in_percent(long)}, {100 * away:+.2f} points compared with 10 epochs; early stopping ends "
        f"it after {long.mean('epochs'):.1f} epochs.",
    )


BASELINE_VS_IMPROVED = Study(
    name="baseline-vs-improved",
    title="NN v1 against NN v2",
    document="000",
    base=V2,
    also=("scores",),
    rows=(
        Row(
            "v1, 10 epochs",
            Printed(accuracy=0.1526, f1=0.118, precision=0.120, recall=0.149),
            V1_CHANGES | {"epochs": 100},
            after=10,
            runs=10,
            remark="After 10 full-batch steps at a rate of 0.01 the network has hardly left its random "
            "start: the figure is that of the initial weights.",
        ),
        Row(
            "v1, 100 epochs",
            Printed(accuracy=0.7008, f1=0.666, precision=0.719, recall=0.692),
            V1_CHANGES | {"epochs": 100},
            runs=10,
            remark="Training is far from done, so the result still depends on the initial weights; the "
            "document shows one run.",
        ),
        Row(
            "v1, 1000 epochs",
            Printed(accuracy=0.8809, f1=0.878, precision=0.880, recall=0.879),
            V1_CHANGES,
            runs=3,
        ),
        Row(
            "v2, batch 64, 10 epochs",
            Printed(accuracy=0.9748, f1=0.975, precision=0.975, recall=0.975),
            {"batch_size": 64},
        ),
        Row(
            "v2, batch 32, 50 epochs",
            Printed(accuracy=0.9743, f1=0.974, precision=0.974, recall=0.974),
            {"epochs": 50},
        ),
        Row(
            "v2, batch 32, 10 epochs",
            Printed(accuracy=0.9756, f1=0.975, precision=0.976, recall=0.975),
        ),
    ),
    runs=5,
    best=("v2, batch 32, 10 epochs",),
    note="For v1, the document says Xavier, a name for several rules: here the variance is 1 / inputs. For "
    "v2, it names L2 and dropout without their strengths: here they are 0.00001 and 0.05. Each choice has "
    "its own page: [rules called Xavier](v1-start.md), [strengths](v2-regularization.md).",
    show=("confusion", "scores"),
    claims=(
        Claim("NN v1 struggles: needs 1000 epochs to reach ~88% test accuracy", v1_needs_1000),
        Claim("NN v2 reaches 97%+ test accuracy within just 10 epochs", v2_has_97),
        Claim("Smaller batch sizes (32/64) and lr=0.001 gave the best results", small_batches_are_best),
        Claim("Early stopping helped avoid overfitting", early_stopping_helps),
        Claim(
            "Misclassifications mostly between visually similar digits (e.g., 3 vs 5, 4 vs 9)",
            confuses((3, 5), (4, 9)),
        ),
        Claim("v1, 10 epochs: Underfits badly", underfits),
        Claim("v1, 100 epochs: Learns features, some confusion", some_confusion),
        Claim("v1, 1000 epochs: Converges well", converges_well),
        Claim("v2, batch 64, 10 epochs: Strong generalization", generalizes),
        Claim("v2, batch 32, 50 epochs: Stable over longer epochs", stable_over_longer),
        Claim(
            "v2, batch 32, 10 epochs: Best run",
            names_the_best("baseline-vs-improved", "v2, batch 32, 10 epochs"),
        ),
    ),
)


STARTS = {
    "normal, variance 1 / inputs": "lecun_normal",
    "Glorot normal": "xavier_normal",
    "Glorot uniform": "xavier_uniform",
}


def which_start(measured):
    """Return how far the document's figures lie from each rule's, in standard deviations of one run."""
    rows = measured.rows("v1-start")
    told, possible = [], []
    for name in STARTS:
        away = []
        for epochs, printed in ((10, 0.1526), (100, 0.7008)):
            row = rows[f"{name}, {epochs} epochs"]
            away.append((printed - row.mean("accuracy")) / row.width("accuracy"))
        told.append(f"“{name}” {away[0]:+.1f} and {away[1]:+.1f}")
        if max(map(abs, away)) < 2:
            possible.append(name)
    verdict = {
        0: "No rule comes within two deviations of both.",
        1: f"Only “{possible[0]}” comes within two deviations of both." if possible else "",
    }
    several = (
        f"Both figures are within two deviations of {len(possible)} rules, so they do not show which it was."
    )
    text = (
        "How far the document's two figures are from ours, in standard deviations of one run, after 10 and "
        f"after 100 epochs: {'; '.join(told)}. {verdict.get(len(possible), several)} The recipe v1 uses the "
        "first rule."
    )
    return [paragraph(text)]


V1_START = Study(
    name="v1-start",
    title="Three rules called Xavier, on v1",
    document="",
    base=replace(RECIPES["v1"], epochs=100),
    also=("scores",),  # as in the study whose training runs it shares
    rows=tuple(
        Row(f"{name}, {epochs} epochs", changes={"initializer": start}, after=after)
        for epochs, after in ((10, 10), (100, None))
        for name, start in STARTS.items()
    ),
    runs=10,
    note="Document 000 says that v1 starts from Xavier weights, a name for several rules. It prints 15.26 "
    "% after 10 epochs and 70.08 % after 100.",
    finding=which_start,
)

EARLY_STOPPING = Study(
    name="early-stopping",
    title="v2 with and without early stopping",
    document="",
    base=replace(V2, epochs=50),
    also=("scores",),
    rows=(
        Row("early stopping"),
        Row("to the end", changes={"patience": None}),
        Row("no L2, no dropout, early stopping", changes={"l2": 0.0, "dropout": 0.0}),
        Row("no L2, no dropout, to the end", changes={"l2": 0.0, "dropout": 0.0, "patience": None}),
    ),
    runs=3,
    note="Document 000 says that early stopping helped avoid overfitting. With it, training ends after "
    "five epochs without a lower validation loss and returns to the best weights; without it, all 50 "
    "epochs count. The answer is on [the page of v1 and v2](baseline-vs-improved.md).",
)

V2_BATCH_AND_RATE = Study(
    name="v2-batch-and-rate",
    title="Batch size and learning rate of v2",
    document="",
    base=V2,
    also=("scores",),
    rows=tuple(
        Row(f"batch {batch}, rate {rate:g}", changes={"batch_size": batch, "lr": rate})
        for batch in (32, 64, 128, 256)
        for rate in (0.001, 0.01, 0.0001)
    ),
    note="Document 000 says that batches of 32 and 64 and a rate of 0.001 gave the best results, and shows "
    "no others. The answer is on [the page of v1 and v2](baseline-vs-improved.md).",
)


def which_strengths(measured):
    """Return how the strengths of the recipe compare with others."""
    rows = measured.rows("v2-regularization")
    ours = rows[f"L2 {V2.l2:g}, dropout {V2.dropout:g}"]
    order = sorted(rows.values(), key=lambda row: -row.mean("accuracy"))
    losses = sorted(rows.values(), key=lambda row: row.mean("loss"))
    error = mean(row.width("accuracy") for row in order) / ours.wanted**0.5
    bare = rows["L2 0, dropout 0"]
    text = (
        f"The recipe's strengths, {ours.label}, have rank {order.index(ours) + 1} of {len(order)} by "
        f"accuracy and {losses.index(ours) + 1} by loss; {order[0].label} has the best accuracy. A mean of "
        f"{ours.wanted} runs has a standard error of {100 * error:.2f} points, so neighboring ranks cannot "
        f"be told apart. v2 has {plus_minus(bare)} % and a loss of {bare.mean('loss'):.3f} without L2 and "
        f"dropout, and {plus_minus(ours)} % and {ours.mean('loss'):.3f} with the recipe's strengths."
    )
    return [paragraph(text)]


V2_REGULARIZATION = Study(
    name="v2-regularization",
    title="L2 and dropout of v2, on validation images",
    document="",
    base=V2,
    also=("scores",),
    rows=tuple(
        Row(f"L2 {l2:g}, dropout {dropout:g}", changes={"l2": l2, "dropout": dropout}, part="validation")
        for l2 in (0.0, 1e-5, 1e-4)
        for dropout in (0.0, 0.05, 0.1, 0.2)
    ),
    note="Document 000 names L2 and dropout without their strengths. Those of the recipe were chosen on "
    "validation images, on which all rows are measured.",
    finding=which_strengths,
)

STUDIES = (BASELINE_VS_IMPROVED, V1_START, EARLY_STOPPING, V2_BATCH_AND_RATE, V2_REGULARIZATION)
