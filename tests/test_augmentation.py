"""Shifted images: each is an old one moved as a whole, and training sees new ones in each epoch."""

import re
from dataclasses import replace

import numpy as np
import pytest

from nn.app.augmentation import shifted
from nn.app.data import split
from nn.app.experiment import Experiment
from nn.app.recipes import RECIPES
from nn.training import evaluate


def moved(image, down, across, background):
    """The image moved by loops, pixel by pixel."""
    result = np.full_like(image, background)
    rows, columns = image.shape
    for row in range(rows):
        for column in range(columns):
            if 0 <= row - down < rows and 0 <= column - across < columns:
                result[row, column] = image[row - down, column - across]
    return result


def all_moves(image, most, background=0):
    steps = range(-most, most + 1)
    return {
        moved(image, down, across, background).tobytes(): (down, across) for down in steps for across in steps
    }


@pytest.mark.parametrize(("most", "background"), [(0, 0), (1, 0), (2, 7), (6, 1)])
def test_each_image_is_the_old_one_moved(rng, most, background):
    images = rng.integers(10, 256, size=(40, 5 * 4), dtype=np.uint8)
    results = shifted(images, (5, 4), most, rng, background)
    for image, result in zip(images, results, strict=True):
        assert result.tobytes() in all_moves(image.reshape(5, 4), most, background), (
            f"no move by up to {most} pixels makes {result.reshape(5, 4)} of {image.reshape(5, 4)}"
        )


def test_all_moves_are_equally_likely(rng):
    image = np.arange(1, 13).reshape(4, 3)
    n, moves = 20_000, all_moves(image, 1)
    results = shifted(np.tile(image.reshape(-1), (n, 1)), (4, 3), 1, rng)
    drawn = [moves[result.tobytes()] for result in results]
    counts = {move: drawn.count(move) for move in moves.values()}
    deviation = np.sqrt(n / 9 * 8 / 9)
    assert max(abs(count - n / 9) for count in counts.values()) < 5 * deviation, (
        f"each of the nine moves should come up some {n / 9:.0f} times; got {counts}"
    )


@pytest.mark.parametrize("dtype", [np.uint8, np.float32, np.float64])
def test_arguments_and_dtype_stay(rng, dtype):
    images = rng.integers(0, 17, size=(6, 64)).astype(dtype)
    before = images.copy()
    result = shifted(images, (8, 8), 2, np.random.default_rng(1))
    assert result.dtype == dtype, "shifting must not change the dtype"
    assert result.shape == images.shape
    assert np.array_equal(images, before), "shifting must leave the images it was given alone"
    assert not np.shares_memory(result, images)
    again = shifted(images, (8, 8), 2, np.random.default_rng(1))
    assert np.array_equal(result, again), "the same generator must give the same moves"


def test_wrong_arguments_are_named(rng):
    with pytest.raises(ValueError, match=re.escape("images must have shape (n, 64); got (3, 60)")):
        shifted(np.zeros((3, 60)), (8, 8), 1, rng)
    for most in (-1, 1.5):
        with pytest.raises(
            ValueError, match=f"most must be a whole number of pixels, not negative; got {most}"
        ):
            shifted(np.zeros((3, 64)), (8, 8), most, rng)


@pytest.mark.parametrize("scaling", ["divide", "min_max"])
def test_training_sees_new_images_in_each_epoch(digits, scaling, monkeypatch):
    recipe = replace(RECIPES["v2"], shift=1, epochs=3, patience=None, scaling=scaling, batch_size=None)
    experiment = Experiment(recipe, digits)
    originals, seen = experiment.X.copy(), []
    learn = experiment.model.network.loss_and_grads

    def watched(X, y, rng):
        seen.append(X.copy())
        return learn(X, y, rng)

    monkeypatch.setattr(experiment.model.network, "loss_and_grads", watched)
    for row in experiment.run():
        assert row["training_loss"] == evaluate(experiment.model.network, *experiment._sample)[0]
    assert len(seen) == 3
    X, *_ = split(digits.X_train, digits.y_train, recipe.validation, 0)
    moves = all_moves(X[0].reshape(8, 8), 1)
    possible = [experiment.model.scale(np.frombuffer(move, np.uint8)[None])[0] for move in moves]
    for X in seen:
        assert any(np.array_equal(X[0], image) for image in possible), "the pixels are moved, then scaled"
        assert 0.75 < np.mean((originals != X).any(axis=1)) < 0.97, "eight of nine moves change an image"
    assert not np.array_equal(seen[0], seen[1]), "each epoch draws its own moves"
    assert np.array_equal(experiment.X, originals), "the experiment keeps the images as they are"


def test_shifted_experiments_repeat_themselves(digits):
    recipe = replace(RECIPES["v2"], shift=2, epochs=2)
    runs = [[row["loss"] for row in Experiment(recipe, digits, seed=seed).run()] for seed in (3, 3, 4)]
    assert runs[0] == runs[1] != runs[2]


def test_shifts_make_a_network_proof_against_them(digits):
    test = shifted(digits.X_test, digits.image_shape, 1, np.random.default_rng(0))
    accuracies = []
    for shift in (0, 1):
        experiment = Experiment(replace(RECIPES["v2"], shift=shift, epochs=40), digits)
        for _ in experiment.run():
            pass
        accuracies.append(np.mean(experiment.model.predict(test) == digits.y_test))
    assert accuracies[1] > accuracies[0] + 0.1, f"without and with shifts: {accuracies}"
