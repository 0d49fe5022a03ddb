"""Saved models: they come back as they were, take raw pixels, and refuse damaged or foreign files."""

import json
import zipfile

import numpy as np
import pytest

import nn
from nn.app.experiment import Experiment
from nn.app.files import replacing
from nn.app.model import VERSION, Model
from nn.app.recipes import RECIPES
from nn.network import Network


@pytest.fixture
def model(rng):
    network = Network((4, 5, 3), activation="tanh", dropout=0.2, l2=0.1, rng=rng)
    low, span = rng.normal(size=4), rng.uniform(1, 2, size=4)
    return Model(
        network, classes=(2, 5, 7), low=low, span=span, image_shape=(2, 2), pixel_max=16, about={"seed": 3}
    )


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_model_comes_back_as_it_was(tmp_path, rng, dtype):
    network = Network((4, 5, 3), rng=rng, dtype=dtype)
    model = Model(network, classes=(0, 1, 2), low=1.0, span=3.0, about={"seed": 3})
    model.save(tmp_path / "model.npz")
    again = nn.load(tmp_path / "model.npz")
    X = rng.normal(size=(20, 4))
    assert again.network.dtype == dtype
    assert np.array_equal(again.predict_proba(X), model.predict_proba(X))
    assert again.about == {"seed": 3}


def test_settings_travel_with_the_model(tmp_path, model):
    model.save(tmp_path / "model.npz")
    again = nn.load(tmp_path / "model.npz")
    for name in ("sizes", "activation", "output", "loss", "initializer", "dropout", "l2"):
        assert getattr(again.network, name) == getattr(model.network, name)
    assert (again.image_shape, again.pixel_max) == ((2, 2), 16.0)
    assert np.array_equal(again.low, model.low)
    assert np.array_equal(again.span, model.span)


def test_scaling_is_part_of_the_model(model, rng):
    """Raw pixels in, labels out: the network sees (x - low) / span, the caller sees the classes' names."""
    X = rng.integers(16, size=(30, 4)).astype(np.uint8)
    scaled = (X.astype(np.float64) - model.low) / model.span
    expected = model.network.predict_proba(scaled.astype(np.float32))
    assert np.allclose(model.predict_proba(X), expected, rtol=1e-5)
    assert model.predict(X).tolist() == [
        (2, 5, 7)[i] for i in model.network.predict(scaled.astype(np.float32))
    ]
    assert X.dtype == np.uint8, "the pixels are left as they were"


def test_two_classes_have_two_probabilities(rng):
    model = Model(Network((4, 3, 1), loss="binary_cross_entropy", rng=rng), classes=(5, 8))
    probabilities = model.predict_proba(rng.normal(size=(10, 4)))
    assert probabilities.shape == (10, 2)
    assert np.allclose(probabilities.sum(axis=1), 1)
    assert set(model.predict(rng.normal(size=(50, 4))).tolist()) <= {5, 8}


@pytest.mark.parametrize("scaling", ["divide", "min_max"])
def test_a_trained_model_takes_pixels_as_they_come(tmp_path, digits, scaling):
    from dataclasses import replace

    recipe = replace(RECIPES["v2"], epochs=30, scaling=scaling)
    experiment = Experiment(recipe, digits)
    for _ in experiment.run():
        pass
    experiment.keep()
    experiment.model.save(tmp_path / "model.npz")
    answers = nn.load(tmp_path / "model.npz").predict(digits.X_test)
    assert np.mean(answers == digits.y_test) == experiment.metrics().accuracy > 0.9


def rewrite(path, **changes):
    """Replace entries of a saved model's archive."""
    with np.load(path) as archive:
        entries = {name: archive[name] for name in archive.files}
    with open(path, "wb") as file:
        np.savez(file, **(entries | changes))


def header_of(path):
    with np.load(path) as archive:
        return json.loads(str(archive["header"]))


@pytest.mark.parametrize("damage", ["empty", "text", "truncated", "garbled"])
def test_damaged_files_are_refused(tmp_path, model, damage):
    path = tmp_path / "model.npz"
    model.save(path)
    content = path.read_bytes()
    at = content.index(b"params.npy") + 200
    path.write_bytes(
        {
            "empty": b"",
            "text": b"this is no model",
            "truncated": content[: len(content) // 2],
            "garbled": content[:at] + b"\xff" * 8 + content[at + 8 :],
        }[damage]
    )
    with pytest.raises(ValueError, match=r"model\.npz: (not a model saved by this package, or )?damaged"):
        nn.load(path)


def test_foreign_archives_are_refused(tmp_path):
    path = tmp_path / "other.npz"
    np.savez(path, weights=np.zeros(3))
    with pytest.raises(ValueError, match=r"other\.npz: not a model saved by this package"):
        nn.load(path)
    np.save(tmp_path / "array.npy", np.zeros(3))
    with pytest.raises(ValueError, match=r"array\.npy: not a model"):
        nn.load(tmp_path / "array.npy")
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("readme.txt", "hello")
    with pytest.raises(ValueError, match="not a model"):
        nn.load(path)


def test_pickled_objects_are_never_opened(tmp_path, model):
    path = tmp_path / "model.npz"
    model.save(path)
    rewrite(path, params=np.array([{"a": 1}], dtype=object))
    with pytest.raises(ValueError, match="not a model"):
        nn.load(path)


def test_a_newer_format_is_named(tmp_path, model):
    path = tmp_path / "model.npz"
    model.save(path)
    rewrite(path, header=json.dumps(header_of(path) | {"version": VERSION + 1}))
    with pytest.raises(
        ValueError, match=f"format version {VERSION + 1}, but this package reads version {VERSION}"
    ):
        nn.load(path)


@pytest.mark.parametrize(
    "changes",
    [
        {"params": np.zeros(7, np.float32)},
        {"params": np.full(4 * 5 + 5 + 5 * 3 + 3, np.nan, np.float32)},
        {"params": np.zeros(4 * 5 + 5 + 5 * 3 + 3, np.int64)},
        {"classes": np.arange(2)},
        {"low": np.zeros(9)},
        {"span": np.zeros((2, 2))},
    ],
)
def test_contents_that_do_not_fit_are_refused(tmp_path, model, changes):
    path = tmp_path / "model.npz"
    model.save(path)
    rewrite(path, **changes)
    with pytest.raises(ValueError, match=r"model\.npz: damaged model"):
        nn.load(path)


def test_settings_that_do_not_fit_are_refused(tmp_path, model):
    path = tmp_path / "model.npz"
    model.save(path)
    header = header_of(path)
    header["network"]["activation"] = "arctan"
    rewrite(path, header=json.dumps(header))
    with pytest.raises(ValueError, match=r"damaged model .*activation must be one of"):
        nn.load(path)


def test_a_failed_write_leaves_the_old_file(tmp_path):
    path = tmp_path / "file.txt"
    path.write_text("old")

    def write_half():
        with replacing(path, "w") as file:
            file.write("half of the new")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        write_half()
    assert path.read_text() == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["file.txt"], "no temporary file is left"
