"""Recipes: the models that this project reproduces, as plain records, each with its document's results.

The documents are reports of other projects, all on MNIST:

- 000 "Neural Network from Scratch on MNIST"
- 001 "Neural Network from Scratch - Optimized Version"
- 003 "Exploring Neural Networks: Architecture, Activation & Optimization Techniques"
- 004 "Classification Model for MNIST using only Python and NumPy"

The recipe ``best`` is our own: the best network that we know how to train in minutes.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Expected:
    """A result on MNIST that a document prints; numbers that it does not print are None."""

    epochs: int  # after which the result is measured
    accuracy: float | None  # this and the next three are shares, 0 to 1
    batch_size: int | None = None  # None: the recipe's own
    f1: float | None = None
    precision: float | None = None
    recall: float | None = None
    loss: float | None = None
    part: str = "test"  # the samples it is measured on: "test" or "validation"


@dataclass(frozen=True)
class Recipe:
    """Everything that decides a training run, except the data and the seed."""

    name: str
    summary: str
    document: str | None  # its number; None for a recipe of our own
    hidden: tuple[int, ...]  # widths of the hidden layers
    epochs: int
    batch_size: int | None  # None: the whole training set
    lr: float
    optimizer: str = "adam"
    activation: str = "relu"
    initializer: str = "he_normal"
    l2: float = 0.0
    dropout: float = 0.0
    scaling: str = "divide"  # "divide" by the brightest pixel, or "min_max" for each feature
    validation: float = 0.1  # share of the training samples that is held out for validation
    patience: int | None = None  # epochs without a new best, after which to stop and go back; None: never
    monitor: str = "loss"  # what patience watches on the validation samples: "loss" or "accuracy"
    min_delta: float = 0.0  # a result is a new best only if it is better by more than this
    decay_every: int | None = None  # the rate is halved after every so many epochs; None: never
    max_grad_norm: float | None = None
    digits: tuple[int, ...] = tuple(range(10))  # to tell apart; for two, the network has one output
    schedule: str = "step"  # "step": see decay_every; "cosine": the rate falls until the last epoch
    warmup: int = 0  # epochs in which the rate climbs before it follows the cosine
    shift: int = 0  # most pixels by which a training image is moved, anew in each epoch
    expected: tuple[Expected, ...] = ()


RECIPES = {
    recipe.name: recipe
    for recipe in (
        Recipe(
            name="v1",
            summary="the baseline: tanh, Xavier, full-batch gradient descent",
            document="000",
            hidden=(128,),
            epochs=1000,
            batch_size=None,
            lr=0.01,
            optimizer="sgd",
            activation="tanh",
            initializer="lecun_normal",  # one of several rules called Xavier: see the study v1-start
            expected=(
                Expected(epochs=10, accuracy=0.1526, f1=0.118, precision=0.120, recall=0.149),
                Expected(epochs=100, accuracy=0.7008, f1=0.666, precision=0.719, recall=0.692),
                Expected(epochs=1000, accuracy=0.8809, f1=0.878, precision=0.880, recall=0.879),
            ),
        ),
        Recipe(
            name="v2",
            summary="the improvement: ReLU, He, mini-batches, Adam, L2, dropout, early stopping",
            document="000",
            hidden=(64,),
            epochs=10,
            batch_size=32,
            lr=0.001,
            # The document gives no strengths; the study v2-regularization compares these with others.
            l2=1e-5,
            dropout=0.05,
            patience=5,
            expected=(
                Expected(epochs=10, batch_size=64, accuracy=0.9748, f1=0.975, precision=0.975, recall=0.975),
                Expected(epochs=10, batch_size=32, accuracy=0.9756, f1=0.975, precision=0.976, recall=0.975),
                Expected(epochs=50, batch_size=32, accuracy=0.9743, f1=0.974, precision=0.974, recall=0.974),
            ),
        ),
        Recipe(
            name="optimized",
            summary="deep and wide: Adam, L2, dropout, clipping, early stopping",
            document="001",
            hidden=(512, 256, 128),
            epochs=30,
            batch_size=128,
            lr=0.001,
            l2=1e-4,
            dropout=0.2,  # ours: the document's example has dropout_keep=1.0; the study optimized has both
            scaling="min_max",
            patience=8,
            monitor="accuracy",
            decay_every=30,
            max_grad_norm=5.0,
            expected=(
                Expected(epochs=5, accuracy=0.9780),
                Expected(epochs=10, accuracy=0.9805),
                Expected(epochs=15, accuracy=0.9815),
            ),
        ),
        Recipe(
            name="binary",
            summary="5 against 8: one output, binary cross-entropy",
            document="003",
            hidden=(128, 64),
            epochs=100,
            batch_size=1000,
            lr=0.001,
            scaling="min_max",
            validation=0.2,
            patience=3,
            digits=(5, 8),
            expected=(Expected(epochs=100, accuracy=0.9909, loss=0.0252),),
        ),
        Recipe(
            name="multiclass",
            summary="three narrowing layers, early stopping",
            document="003",
            hidden=(128, 64, 32),
            epochs=100,
            batch_size=128,
            lr=0.001,
            validation=0.2,
            patience=3,
            expected=(Expected(epochs=100, accuracy=0.9746),),
        ),
        Recipe(
            name="tiny-random",
            summary="ten hidden units, weights drawn from [-0.5, 0.5]",
            document="004",
            hidden=(10,),
            epochs=200,
            batch_size=None,
            lr=0.1,
            optimizer="sgd",
            initializer="random_uniform",
            validation=0.2,
            expected=(Expected(epochs=200, accuracy=0.753, part="validation"),),
        ),
        Recipe(
            name="tiny-he",
            summary="ten hidden units, He initialization",
            document="004",
            hidden=(10,),
            epochs=400,
            batch_size=None,
            lr=0.1,
            optimizer="sgd",
            validation=0.2,
            expected=(Expected(epochs=400, accuracy=0.6046, part="validation"),),
        ),
        Recipe(
            name="deep-he",
            summary="three hidden layers, He initialization",
            document="004",
            hidden=(128, 64, 32),
            epochs=400,
            batch_size=None,
            lr=0.1,
            optimizer="sgd",
            validation=0.2,
            expected=(Expected(epochs=400, accuracy=0.8263, part="validation"),),
        ),
        Recipe(
            name="best",
            summary="the best perceptron in minutes: wide, dropout, moved images, a cosine schedule",
            document=None,
            hidden=(1024, 1024),
            epochs=40,
            batch_size=128,
            lr=0.001,
            dropout=0.1,  # moved images leave it little to do: see the study best
            schedule="cosine",
            warmup=1,
            shift=2,
            expected=(Expected(epochs=40, accuracy=None),),  # no document reports it
        ),
    )
}
