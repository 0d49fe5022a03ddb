"""Data: handwritten digits, loaded by name or file and split into training, validation and test samples.

Pixels stay unsigned bytes, as the data set has them; scaling is part of the model.
"""

import hashlib
import os
import warnings
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from .readers import find_idx, read_csv, read_idx

MNIST_FILES = {  # name: dimensions, MD5 of the uncompressed file as published
    "train-images-idx3-ubyte": (3, "6bbc9ace898e44ae57da46a324031adb"),
    "train-labels-idx1-ubyte": (1, "a25bea736e30d166cdddb491f175f624"),
    "t10k-images-idx3-ubyte": (3, "2646ac647ad5339dbf082846283269ea"),
    "t10k-labels-idx1-ubyte": (1, "27ae3e4e09519cfbb04c329615203637"),
}
HOW_TO_GET_MNIST = (
    "MNIST was not found: set MNIST_DIR to a folder with its four IDX files, "
    "or connect to the internet once so that scikit-learn can download it (11 MB)"
)
FEWEST = 20  # samples of each digit that are enough for training, validation and test
TEST_SHARE, TEST_SEED = (0.2, 0)  # fixed, so that no saved model is ever tested on its training samples


@dataclass(frozen=True, eq=False)
class Dataset:
    """Samples to train on and samples to test on."""

    name: str
    source: str  # where the samples came from, in words
    X_train: np.ndarray  # uint8 pixels (n, d), 0..pixel_max
    y_train: np.ndarray  # int64 labels (n,), indices into ``classes``
    X_test: np.ndarray
    y_test: np.ndarray
    image_shape: tuple[int, int]  # rows and columns of a picture, d = rows * columns
    pixel_max: int
    classes: tuple[int, ...] = tuple(range(10))  # the digit that each label stands for

    @property
    def checksum(self):
        """MD5 of all pixels and labels, in hex."""
        digest = hashlib.md5(usedforsecurity=False)
        for array in (self.X_train, self.y_train, self.X_test, self.y_test):
            digest.update(array.astype(np.uint8).tobytes())
        return digest.hexdigest()

    def only(self, classes):
        """Return the data set with these digits alone, each labeled by its index in ``classes``."""
        kept = {}
        for part in ("train", "test"):
            X, y = getattr(self, f"X_{part}"), getattr(self, f"y_{part}")
            rows = np.isin(y, classes)
            kept |= {
                f"X_{part}": X[rows],
                f"y_{part}": np.argmax(y[rows, None] == np.asarray(classes), axis=1),
            }
        return replace(self, classes=tuple(classes), **kept)


def load(name):
    """Return the data set called ``name``, which is "digits", "mnist" or the path of a CSV file.

    - digits: 1,797 images of 8 x 8, bundled with scikit-learn; a fifth is held out for the test
    - mnist: 60,000 + 10,000 images of 28 x 28, from the IDX files in the folder MNIST_DIR (an environment
      variable) if it is set; otherwise scikit-learn loads them from its cache or from OpenML
    - CSV: a ``label`` column and 784 pixel columns; a fifth is held out for the test

    Raises ValueError or OSError, with what to do, if the data cannot be found or are damaged.
    """
    if name == "digits":
        from sklearn.datasets import load_digits

        X, y = load_digits(return_X_y=True)
        return _held_out(
            "digits", "scikit-learn's bundled digits", X.astype(np.uint8), y.astype(np.int64), (8, 8), 16
        )
    if name == "mnist":
        return (
            _mnist_from_files(os.environ["MNIST_DIR"])
            if os.environ.get("MNIST_DIR")
            else _mnist_from_openml()
        )
    path = Path(name)
    if path.suffix.lower() != ".csv":
        raise ValueError(f"data must be digits, mnist or the path of a .csv file; got {str(name)!r}")
    return _held_out(path.stem, str(path), *read_csv(path), (28, 28), 255)


def choose():
    """Return ``(name, reason)`` of the default data set: mnist if its files are found, otherwise digits."""
    if folder := os.environ.get("MNIST_DIR"):
        if all(find_idx(folder, name) for name in MNIST_FILES):
            return "mnist", f"its files are in MNIST_DIR={folder}"
        return "digits", f"MNIST_DIR={folder} lacks MNIST's four IDX files"
    if _mnist_in_cache():
        return "mnist", "scikit-learn has it in its cache"
    return "digits", "MNIST_DIR is not set and scikit-learn's cache has no MNIST"


def split(X, y, share, seed):
    """Draw a stratified part of the samples with ``seed``; return ``(X_rest, X_part, y_rest, y_part)``.

    share: the size of the part, a share between 0 and 1 or a number of samples. Raises ValueError if the part
    or the rest would lack a class.
    """
    from sklearn.model_selection import train_test_split

    try:
        return train_test_split(X, y, test_size=share, stratify=y, random_state=seed)
    except ValueError as error:
        raise ValueError(f"cannot hold out {share:g} of {len(y)} samples: {error}") from None


def _held_out(name, source, X, y, image_shape, pixel_max):
    counts = np.bincount(y, minlength=10)
    if counts.min() < FEWEST:
        digit = int(counts.argmin())
        raise ValueError(
            f"{source}: {counts[digit]} samples of the digit {digit}; each needs {FEWEST} or more"
        )
    X_train, X_test, y_train, y_test = split(X, y, TEST_SHARE, TEST_SEED)
    return Dataset(name, source, X_train, y_train, X_test, y_test, image_shape, pixel_max)


def _mnist_from_files(folder):
    arrays = []
    for name, (dimensions, md5) in MNIST_FILES.items():
        path = find_idx(folder, name)
        if path is None:
            raise FileNotFoundError(f"MNIST_DIR={folder} has no {name} or {name}.gz; {HOW_TO_GET_MNIST}")
        arrays.append(read_idx(path, dimensions=dimensions, md5=md5))
    return _mnist(f"IDX files in {folder}", *arrays)


def _mnist_from_openml():
    from sklearn.datasets import fetch_openml

    try:
        with warnings.catch_warnings():  # the retry prints a warning; the error below says enough
            warnings.simplefilter("ignore")
            # The default parser needs pandas; this one is slower but comes with scikit-learn.
            options = {"as_frame": False, "parser": "liac-arff", "return_X_y": True, "n_retries": 1}
            X, y = fetch_openml("mnist_784", version=1, **options)
    except (OSError, ValueError) as error:  # no network, or a damaged download
        raise OSError(f"{HOW_TO_GET_MNIST} ({error})") from error
    X, y = X.astype(np.uint8), y.astype(np.uint8)
    return _mnist("OpenML mnist_784 version 1", X[:60_000], y[:60_000], X[60_000:], y[60_000:])


def _mnist(source, X_train, y_train, X_test, y_test):
    return Dataset(
        "mnist",
        source,
        X_train.reshape(-1, 784),
        y_train.astype(np.int64),
        X_test.reshape(-1, 784),
        y_test.astype(np.int64),
        (28, 28),
        255,
    )


def _mnist_in_cache():
    home = Path(os.environ.get("SCIKIT_LEARN_DATA", "~/scikit_learn_data")).expanduser()
    return any((home / "openml").rglob("mnist_784*.gz"))
