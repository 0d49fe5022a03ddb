"""The studies by name, one record for each table of the documents. To add one, add a record."""

from dataclasses import replace
from statistics import mean

from nn.app.recipes import RECIPES

from . import claims, tables_002
from .best import BEST
from .claims import Claim
from .records import Printed, Row, Study

V2, OPTIMIZED, BINARY = RECIPES["v2"], RECIPES["optimized"], RECIPES["binary"]
V1_CHANGES = {  # from v2, the base of its study, back to v1
    name: getattr(RECIPES["v1"], name)
    for name in ("hidden", "epochs", "batch_size", "lr", "optimizer", "activation", "initializer")
} | {"l2": 0.0, "dropout": 0.0, "patience": None}
PLAIN = {"optimizer": "sgd", "batch_size": None, "l2": 0.0, "dropout": 0.0, "max_grad_norm": None}

INITIALIZERS = {
    "random normal": "random_normal",
    "He normal": "he_normal",
    "Glorot uniform": "xavier_uniform",
}
ACTIVATIONS = {"ReLU": "relu", "sigmoid": "sigmoid", "tanh": "tanh"}
BATCHES = (4, 16, 32, 64)
RATES = {"0.01": 0.01, "0.001": 0.001, "0.0001": 0.0001, "0.00001": 0.00001}

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
            remark="Far from done, it still depends on the initial weights; the document shows one run.",
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
    note="The document says Xavier for v1, which names several rules: here the variance is 1 / inputs. For "
    "v2 it names L2 and dropout without their strengths: here 0.00001 and 0.05. The choices have a page "
    "each: [rules called Xavier](v1-start.md), [strengths](v2-regularization.md).",
    show=("confusion", "scores"),
    claims=(
        Claim("NN v1 struggles: needs 1000 epochs to reach ~88% test accuracy", claims.v1_needs_1000),
        Claim("NN v2 reaches 97%+ test accuracy within just 10 epochs", claims.v2_has_97),
        Claim(
            "Smaller batch sizes (32/64) and lr=0.001 gave the best results", claims.small_batches_are_best
        ),
        Claim("Early stopping helped avoid overfitting", claims.early_stopping_helps),
        Claim(
            "Misclassifications mostly between visually similar digits (e.g., 3 vs 5, 4 vs 9)",
            claims.confuses((3, 5), (4, 9)),
        ),
        Claim("v1, 10 epochs: Underfits badly", claims.underfits),
        Claim("v1, 100 epochs: Learns features, some confusion", claims.some_confusion),
        Claim("v1, 1000 epochs: Converges well", claims.converges_well),
        Claim("v2, batch 64, 10 epochs: Strong generalization", claims.generalizes),
        Claim("v2, batch 32, 50 epochs: Stable over longer epochs", claims.stable_over_longer),
        Claim(
            "v2, batch 32, 10 epochs: Best run",
            claims.names_the_best("baseline-vs-improved", "v2, batch 32, 10 epochs"),
        ),
    ),
)

OPTIMIZED_STUDY = Study(
    name="optimized",
    title="The optimized network: Adam, L2, clipping, early stopping",
    document="001",
    base=OPTIMIZED,
    also=("test",),
    rows=(
        *(
            Row(
                f"log, epoch {epoch}",
                Printed(accuracy=test, training_accuracy=training, cost=cost),
                {"dropout": 0.0},
                after=epoch,
            )
            for epoch, cost, training, test in (
                (5, 0.0910, 0.9946, 0.9780),
                (10, 0.0523, 0.9972, 0.9805),
                (15, 0.0401, 0.9985, 0.9815),
            )
        ),
        Row("at the end"),
        Row(
            "at the end, without dropout",
            Printed(accuracy=0.975, accuracy_to=0.982, training_accuracy=0.99),
            {"dropout": 0.0},
        ),
        Row(
            "baseline",
            Printed(accuracy=0.20),
            PLAIN | {"patience": None, "lr": 0.01, "epochs": 10},
            runs=10,
            remark="The document says ~20 %; after ten steps the initial weights still decide: see the "
            "deviation over the seeds.",
        ),
    ),
    note="The document's example and its log are without dropout, which it calls optional: its "
    "dropout_keep is 1.0. The recipe's 0.2 is ours, and both are here. Its baseline is described as basic "
    "gradient descent with unstable training and ~20 %: here it is the same network under ten steps of "
    "plain full-batch gradient descent at a rate of 0.01, document 000's. In the log, Cost is the mean "
    "over the epoch's batches with the penalty; Train and Test are accuracies with the weights of that "
    "epoch.",
    show=("log", "confusion", "panels"),
    claims=(
        Claim("Training accuracy: ~99%", claims.training_99),
        Claim("Convergence: Stable after 20–30 epochs", claims.stable_after_20),
        Claim("Baseline: ~20% accuracy", claims.baseline_has_20),
        Claim("Baseline: unstable training", claims.baseline_is_unstable),
        Claim("Optimized: reliable convergence and high accuracy", claims.reliable),
    ),
)

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
    note="The document prints the accuracy of its best combination alone. Random normal has Keras's standard "
    "deviation of 0.05.",
    show=("confusion",),
    claims=(
        Claim(
            "Best accuracy (~99.3%) from Normal + ReLU",
            claims.names_the_best("initializers-and-activations", "random normal + ReLU"),
        ),
        Claim(
            "Sigmoid performed more steadily (robust to overfitting), but less accurately",
            claims.sigmoid_is_steady,
        ),
        Claim("ReLU led to fast learning", claims.relu_is_fast),
        Claim("but occasional instability", claims.relu_is_unstable),
    ),
)

MULTICLASS = Study(
    name="multiclass",
    title="Ten classes, three narrowing layers",
    document="003",
    base=RECIPES["multiclass"],
    rows=(Row("784-128-64-32-10", Printed(accuracy=0.9746)),),
    runs=5,
    show=("confusion", "report"),
    claims=(
        Claim("High precision and recall across most digits", claims.high_for_most_digits),
        Claim("Slightly lower recall on digit 5", claims.lower_for("recall", "5")),
        Claim("and slightly lower F1 on digit 9", claims.lower_for("f1-score", "9")),
        Claim(
            "Loss and accuracy trends indicated good generalization without overfitting",
            claims.no_overfitting,
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
    "ones. It leaves the epochs open: here up to 20, with the patience of 3 of its other models.",
    show=("against the ratio",),
    claims=(
        Claim(
            "Low learning rates like 1e-5 led to slow convergence even with small batches",
            claims.slow_at_small_rates,
        ),
        Claim(
            "Larger batches (64) combined with smaller learning rates led to smoother generalization",
            claims.large_batches_are_smooth,
        ),
        Claim(
            "Best generalization: batch_size=16 with learning_rate=0.001",
            claims.names_the_best("batch-and-rate", "batch 16, rate 0.001"),
        ),
    ),
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
            remark="The document shows one run, and with this start the runs differ by several points: see "
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
    note="The document gives no learning rate: here 0.1, and one row more at 0.01; "
    "[others](rates-of-004.md) have a page of their own. Its first model has 200 epochs, the others 400.",
    best=("784-128-64-32-10, He",),
    claims=(
        Claim(
            "Random weight initialization resulted in slower convergence and suboptimal accuracy",
            claims.random_is_slower,
        ),
        Claim(
            "Replacing random initialization with He initialization achieved an accuracy of 60.46%",
            claims.he_reaches,
        ),
        Claim("Adding two more hidden layers boosted the accuracy to 82.63%", claims.depth_helps),
        Claim("Best-Performing Model: 3 Hidden Layers with He Initialization", claims.deep_is_best),
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
            setting = rows[f"{name}, {epochs} epochs"]
            away.append((printed - setting.mean("accuracy")) / setting.width("accuracy"))
        told.append(f"{name} {away[0]:+.1f} and {away[1]:+.1f}")
        if max(map(abs, away)) < 2:
            possible.append(name)
    verdict = {0: "None of them gives both.", 1: f"Only {possible[0]} gives both." if possible else ""}
    several = (
        f"Both figures are within two deviations of {len(possible)} rules: they do not tell which it was."
    )
    return (
        f"In standard deviations of one run, the document's two figures lie from ours at: {'; '.join(told)}. "
        f"{verdict.get(len(possible), several)} The recipe v1 takes the first."
    )


V1_START = Study(
    name="v1-start",
    title="Three rules called Xavier, on v1",
    document="",
    base=replace(RECIPES["v1"], epochs=100),
    also=("scores",),  # as in the study whose trainings it shares
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
    "five epochs without a lower validation loss and goes back to the best weights; without it, all 50 "
    "epochs count. The answer stands on [the page of v1 and v2](baseline-vs-improved.md).",
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
    "no others. The answer stands on [the page of v1 and v2](baseline-vs-improved.md).",
)


def which_strengths(measured):
    """Return how the strengths of the recipe compare with the others."""
    rows = measured.rows("v2-regularization")
    ours = rows[f"L2 {V2.l2:g}, dropout {V2.dropout:g}"]
    order = sorted(rows.values(), key=lambda setting: -setting.mean("accuracy"))
    losses = sorted(rows.values(), key=lambda setting: setting.mean("loss"))
    error = mean(setting.width("accuracy") for setting in order) / ours.wanted**0.5
    bare = rows["L2 0, dropout 0"]
    return (
        f"The recipe's strengths, {ours.row.label}, have rank {order.index(ours) + 1} of {len(order)} by "
        "accuracy "
        f"and {losses.index(ours) + 1} by loss; the best accuracy is that of {order[0].row.label}. A mean of "
        f"{ours.wanted} runs has a standard error of {100 * error:.2f} points, so that neighbours are not "
        "told "
        f"apart. With neither, v2 has {claims.spread(bare)} % and a loss of {bare.mean('loss'):.3f}, with "
        f"the recipe's {claims.spread(ours)} % and {ours.mean('loss'):.3f}."
    )


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
    note="Document 000 names L2 and dropout without their strengths. The recipe's were chosen on "
    "validation images, where all rows are measured.",
    finding=which_strengths,
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

STUDIES = {
    study.name: study
    for study in (
        BASELINE_VS_IMPROVED,
        V1_START,
        EARLY_STOPPING,
        V2_BATCH_AND_RATE,
        V2_REGULARIZATION,
        OPTIMIZED_STUDY,
        *tables_002.TABLES,
        tables_002.FROM_ALL,
        BINARY_STUDY,
        INITIALIZERS_AND_ACTIVATIONS,
        MULTICLASS,
        BATCH_AND_RATE,
        INITIALIZATION_AND_DEPTH,
        RATES_OF_004,
        BEST,
    )
}
