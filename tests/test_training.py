"""The training loop beyond the lessons: the generator of epochs, schedules, divergence, errors."""

import inspect
import itertools
import math

import numpy as np
import pytest

from nn import training
from nn.activations import log_softmax, softmax
from nn.losses import softmax_cross_entropy
from nn.network import Network
from nn.optimizers import SGD, Adam
from nn.regularization import clip_by_global_norm, dropout
from nn.training import EarlyStopping, cosine, evaluate, fit, step_decay


@pytest.fixture
def problem(rng):
    X = rng.normal(size=(60, 4))
    return X, (X[:, 0] > 0).astype(int)


def test_fit_is_a_generator_with_a_record_an_epoch(rng, problem):
    X, y = problem
    net, optimizer = Network((4, 8, 2), rng=rng), Adam(lr=0.01)
    epochs = fit(net, optimizer, X, y, epochs=3, batch_size=16, rng=rng, validation=(X, y), max_grad_norm=1.0)
    assert inspect.isgenerator(epochs)
    before = net.params.vector.copy()
    records = [next(epochs)]
    assert not np.array_equal(net.params.vector, before)
    records += epochs
    assert [record.epoch for record in records] == [1, 2, 3]
    for record in records:
        assert record.learning_rate == 0.01
        assert record.gradient_norm > 0
        assert record.seconds > 0
        assert 0 <= record.validation_accuracy <= 1
    assert (records[-1].validation_loss, records[-1].validation_accuracy) == evaluate(net, X, y)


def test_fit_stops_when_the_caller_stops(rng, problem):
    X, y = problem
    net = Network((4, 8, 2), rng=rng)
    for record in fit(net, Adam(), X, y, epochs=100, batch_size=16, rng=rng):
        if record.epoch == 2:
            break
    after_two = net.params.vector.copy()
    assert record.validation_loss is None
    assert record.gradient_norm is None
    assert np.array_equal(net.params.vector, after_two)


def test_fit_trains_on_what_augment_returns(problem):
    """Called before every epoch with X as it was given and the generator; X itself is not trained on."""
    X, y = problem
    pixels = np.round(10 * X).astype(np.int8)
    before, calls, drawn = pixels.copy(), [], []

    def augment(given, generator):
        calls.append(given is pixels and generator is rng)
        drawn.append(given / 10 + generator.normal(size=given.shape))
        return drawn[-1]

    rng = np.random.default_rng(5)
    net, optimizer = Network((4, 8, 2), rng=rng), Adam()
    losses = [
        record.loss
        for record in fit(net, optimizer, pixels, y, epochs=3, batch_size=16, rng=rng, augment=augment)
    ]
    assert calls == [True, True, True], "it gets X itself and the generator of the training"
    assert np.array_equal(pixels, before)

    rng = np.random.default_rng(5)
    by_hand, optimizer = Network((4, 8, 2), rng=rng), Adam()
    for epoch in range(3):
        images = pixels / 10 + rng.normal(size=pixels.shape)
        assert np.array_equal(images, drawn[epoch]), "one draw an epoch, before its batches"
        loss = training.train_epoch(by_hand, optimizer, images, y, batch_size=16, rng=rng)
        assert loss == losses[epoch]
    assert np.array_equal(net.params.vector, by_hand.params.vector)


def test_augment_must_return_a_sample_for_each_target(rng, problem):
    X, y = problem
    net = Network((4, 8, 2), rng=rng)
    with pytest.raises(ValueError, match="X and y must hold the same samples; got 59 and 60"):
        next(fit(net, Adam(), X, y, epochs=1, batch_size=16, rng=rng, augment=lambda X, rng: X[1:]))


def test_fit_and_train_epoch_walk_the_same_way(problem):
    X, y = problem
    results = []
    for by_hand in (True, False):
        rng = np.random.default_rng(5)
        net = Network((4, 8, 2), rng=rng, dropout=0.2, l2=0.01)
        optimizer = Adam()
        if by_hand:
            losses = [training.train_epoch(net, optimizer, X, y, batch_size=7, rng=rng) for _ in range(3)]
        else:
            losses = [r.loss for r in fit(net, optimizer, X, y, epochs=3, batch_size=7, rng=rng)]
        results.append((losses, net.params.vector.tolist()))
    assert results[0] == results[1]


def test_schedule_decides_the_rate_of_each_epoch(rng, problem):
    X, y = problem
    net = Network((4, 2), rng=rng)
    records = fit(net, SGD(), X, y, epochs=4, batch_size=60, rng=rng, schedule=lambda e: 0.1 / (e + 1))
    assert [record.learning_rate for record in records] == [0.1, 0.05, 0.1 / 3, 0.025]


def test_divergence_is_one_clear_error(rng, problem):
    X, y = problem
    net = Network((4, 8, 2), rng=rng, activation="relu", loss="mean_squared_error")
    with pytest.raises(
        FloatingPointError,
        match=r"the loss became (nan|inf) in epoch \d+; try a smaller learning rate than 1e\+10",
    ):
        list(fit(net, SGD(lr=1e10), X, np.eye(2)[y], epochs=50, batch_size=10, rng=rng))


def test_schedules_have_known_values():
    assert step_decay(60, 0.8) == 0.2
    rates = [cosine(epoch, 1.0, 12, warmup=4) for epoch in range(12)]
    assert np.allclose(rates[:4], [0.2, 0.4, 0.6, 0.8])
    assert rates[4] == 1.0
    assert math.isclose(rates[8], 0.5)
    assert all(a > b > 0 for a, b in itertools.pairwise(rates[4:]))
    assert math.isclose(cosine(5, 1.0, 10), 0.5)


def test_early_stopping_never_takes_nan_for_better():
    stopping = EarlyStopping(patience=2)
    params = [np.zeros(2)]
    assert not stopping.update(math.nan, params)
    with pytest.raises(ValueError, match="nothing to restore"):
        stopping.restore(params)
    assert stopping.update(math.nan, params)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: EarlyStopping(0), "patience must be at least 1; got 0"),
        (lambda: EarlyStopping(3, min_delta=-1), "min_delta must not be negative"),
        (lambda: training.minibatches(5, 0, None), "batch_size must be at least 1; got 0"),
        (lambda: training.one_hot(np.array([0.5]), 3), "labels must be integers"),
        (lambda: clip_by_global_norm([np.ones(2)], 0), "max_norm must be positive"),
        (lambda: dropout(np.ones(2), 1.0, None), r"rate .* must lie in \[0, 1\); got 1.0"),
        (lambda: Adam(lr=-1), "lr must be a finite number"),
        (lambda: Adam(beta1=1.0), r"beta1 must lie in \[0, 1\); got 1.0"),
        (lambda: Network((4,)), "sizes must be two or more"),
        (lambda: Network((4, 0)), "sizes must be two or more"),
        (lambda: Network((4, 2.5)), "sizes must be two or more"),
        (lambda: Network((4, 2), activation="swish"), "activation must be one of .* got 'swish'"),
        (lambda: Network((4, 2), output="softmax"), "output must be one of identity, sigmoid"),
        (lambda: Network((4, 2), loss="hinge"), "loss must be one of"),
        (lambda: Network((4, 2), initializer="ones"), "initializer must be one of"),
        (lambda: Network((4, 2), dropout=1), "dropout must lie in"),
        (lambda: Network((4, 2), l2=-0.1), "l2 must be a finite number"),
        (lambda: Network((4, 2), dtype=np.int32), "dtype must be float32 or float64; got int32"),
        (
            lambda: Network((4, 2)).forward(np.zeros((3, 5))),
            r"X must have shape \(samples, 4\).*got \(3, 5\)",
        ),
        (lambda: Network((4, 2)).forward(np.zeros(4)), "X must have shape"),
        (lambda: softmax_cross_entropy(np.zeros((2, 3)), [0, 3]), r"labels in 0\.\.2; got 0\.\.3"),
        (lambda: softmax_cross_entropy(np.zeros((2, 3)), [-1, 0]), "labels in"),
        (lambda: softmax_cross_entropy(np.zeros((2, 3)), [0.0, 1.0]), "integer labels of shape"),
        (lambda: softmax_cross_entropy(np.zeros(3), 1), "logits must be 2-D"),
    ],
)
def test_bad_arguments_are_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_samples_and_targets_must_match(rng):
    with pytest.raises(ValueError, match="X and y must hold the same samples; got 5 and 4"):
        training.train_epoch(
            Network((3, 2)), Adam(), np.ones((5, 3)), np.zeros(4, int), batch_size=2, rng=rng
        )


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_softmax_survives_the_whole_range_of_the_dtype(dtype):
    """From the lowest finite number to the largest: their difference alone would overflow."""
    largest = np.finfo(dtype).max
    z = np.array([[largest, 0, -largest], [-largest, largest, largest]], dtype)
    assert softmax(z).tolist() == [[1, 0, 0], [0, 0.5, 0.5]]
    assert np.isfinite(log_softmax(z)).all()


def test_exploding_gradients_are_clipped_beyond_the_range_of_their_dtype():
    """Squares of 1e25 do not fit into float32; the norm of the gradients does, and so they are clipped."""
    grads = [np.full((2, 2), 3e25, np.float32), np.array([0.0], np.float32)]
    norm = clip_by_global_norm(grads, 1.0)
    assert math.isclose(norm, 6e25, rel_tol=1e-6)
    assert np.allclose(grads[0], 0.5)


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_gradients_that_are_no_numbers_are_left_for_the_caller_to_see(bad):
    grads = [np.array([1.0, bad])]
    assert not math.isfinite(clip_by_global_norm(grads, 0.1))
    assert grads[0][0] == 1.0
