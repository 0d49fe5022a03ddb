"""Data: what is loaded, how it is split and scaled, and how damaged files are refused."""

import gzip
import struct

import numpy as np
import pytest

from nn.app import data
from nn.app.readers import read_csv, read_idx


def idx_bytes(array, magic=None):
    """Return an array of bytes in the IDX format."""
    header = struct.pack(f">{1 + array.ndim}I", magic or 0x0800 + array.ndim, *array.shape)
    return header + array.astype(np.uint8).tobytes()


@pytest.fixture
def images(rng):
    return rng.integers(256, size=(5, 28, 28)).astype(np.uint8)


@pytest.mark.parametrize("suffix", ["", ".gz"])
def test_idx_files_are_read(tmp_path, images, suffix):
    path = tmp_path / f"train-images-idx3-ubyte{suffix}"
    content = idx_bytes(images)
    path.write_bytes(gzip.compress(content) if suffix else content)
    assert np.array_equal(read_idx(path, dimensions=3), images)


def test_truncated_idx_is_refused(tmp_path, images):
    path = tmp_path / "images"
    path.write_bytes(idx_bytes(images)[:-7])
    with pytest.raises(
        ValueError, match=r"images: the header promises 5 x 28 x 28 bytes .* 3920 .* found 3913"
    ):
        read_idx(path, dimensions=3)
    path.write_bytes(b"\0\0\x08\x03\0")
    with pytest.raises(ValueError, match="images: 5 bytes are too few for the header of 16"):
        read_idx(path, dimensions=3)


def test_wrong_magic_number_is_refused(tmp_path, images):
    path = tmp_path / "images"
    path.write_bytes(idx_bytes(images))
    with pytest.raises(ValueError, match="images: magic number 2051 at byte 0; expected 2049"):
        read_idx(path, dimensions=1)


@pytest.mark.parametrize("damage", ["truncated", "no gzip", "garbled"])
def test_damaged_gzip_is_refused(tmp_path, images, damage):
    path = tmp_path / "images.gz"
    content = gzip.compress(idx_bytes(images))
    half = len(content) // 2
    path.write_bytes(
        {
            "truncated": content[:half],
            "no gzip": b"hello",
            "garbled": content[:half] + b"\0" * 20 + content[half + 20 :],
        }[damage]
    )
    with pytest.raises(ValueError, match=r"images\.gz: damaged gzip file"):
        read_idx(path, dimensions=3)


def test_altered_file_is_refused(tmp_path, images):
    path = tmp_path / "images"
    path.write_bytes(idx_bytes(images))
    with pytest.raises(ValueError, match=r"images: MD5 .* expected 0{32}: the file was altered"):
        read_idx(path, dimensions=3, md5="0" * 32)


def test_mnist_needs_all_four_files(tmp_path, monkeypatch):
    monkeypatch.setenv("MNIST_DIR", str(tmp_path))
    assert data.choose() == ("digits", f"MNIST_DIR={tmp_path} lacks MNIST's four IDX files")
    with pytest.raises(FileNotFoundError, match="has no train-images-idx3-ubyte") as failure:
        data.load("mnist")
    assert "MNIST_DIR" in str(failure.value)
    assert "internet" in str(failure.value)


@pytest.fixture
def small_mnist(tmp_path, monkeypatch, rng):
    """Four IDX files of a few images, with their MD5 taken for right."""
    import hashlib

    files = {}
    for name, n in (("train", 60), ("t10k", 20)):
        pixels = rng.integers(256, size=(n, 28, 28)).astype(np.uint8)
        for kind, array in (("images-idx3", pixels), ("labels-idx1", np.arange(n) % 10)):
            content = idx_bytes(array)
            files[f"{name}-{kind}-ubyte"] = array.ndim, hashlib.md5(content).hexdigest()
            (tmp_path / f"{name}-{kind}-ubyte").write_bytes(content)
    monkeypatch.setattr(data, "MNIST_FILES", files)
    monkeypatch.setenv("MNIST_DIR", str(tmp_path))


def test_mnist_comes_from_the_folder(small_mnist):
    assert data.choose()[0] == "mnist"
    dataset = data.load("mnist")
    assert dataset.X_train.shape == (60, 784)
    assert dataset.X_test.shape == (20, 784)
    assert dataset.y_test.tolist() == [*range(10), *range(10)]
    assert dataset.image_shape == (28, 28)
    assert dataset.pixel_max == 255


def test_mnist_comes_from_openml_otherwise(monkeypatch, rng):
    """OpenML gives floats and labels as text, in the order of training and then test images."""
    X = rng.integers(256, size=(60_010, 784)).astype(np.float64)
    y = np.array([str(i % 10) for i in range(60_010)])
    asked = {}

    def fetch(name, **options):
        asked.update(name=name, **options)
        return X, y

    monkeypatch.delenv("MNIST_DIR", raising=False)
    monkeypatch.setattr("sklearn.datasets.fetch_openml", fetch)
    dataset = data.load("mnist")
    assert (asked["name"], asked["version"], asked["as_frame"]) == ("mnist_784", 1, False)
    assert dataset.X_train.dtype == np.uint8
    assert np.array_equal(dataset.X_test, X[60_000:])
    assert dataset.y_test.tolist() == list(range(10))


def test_without_files_and_network_the_error_says_both_ways(monkeypatch):
    def fetch(name, **options):
        raise OSError("no route")

    monkeypatch.delenv("MNIST_DIR", raising=False)
    monkeypatch.setattr("sklearn.datasets.fetch_openml", fetch)
    with pytest.raises(OSError, match=r"set MNIST_DIR .* or connect to the internet .*no route"):
        data.load("mnist")


def test_the_download_is_asked_for_as_scikit_learn_wants_it(monkeypatch, tmp_path):
    """The real function takes our arguments, tries, finds no network, and the error is ours."""
    from urllib.error import URLError

    def urlopen(*arguments, **options):
        raise URLError("no network here")

    monkeypatch.delenv("MNIST_DIR", raising=False)
    monkeypatch.setenv("SCIKIT_LEARN_DATA", str(tmp_path))
    monkeypatch.setattr("sklearn.datasets._openml.urlopen", urlopen)
    with pytest.raises(OSError, match=r"MNIST was not found.*no network here"):
        data.load("mnist")


def test_choice_looks_into_scikit_learns_cache(tmp_path, monkeypatch):
    monkeypatch.delenv("MNIST_DIR", raising=False)
    monkeypatch.setenv("SCIKIT_LEARN_DATA", str(tmp_path))
    assert data.choose()[0] == "digits"
    cached = tmp_path / "openml" / "openml.org" / "data" / "v1" / "download" / "52667" / "mnist_784.arff.gz"
    cached.parent.mkdir(parents=True)
    cached.write_bytes(b"")
    assert data.choose() == ("mnist", "scikit-learn has it in its cache")


def test_digits_are_split_the_same_way_every_time():
    first, second = data.load("digits"), data.load("digits")
    assert len(first.X_train) == 1437
    assert len(first.X_test) == 360
    assert first.X_train.dtype == np.uint8
    assert first.X_train.max() == first.pixel_max == 16
    assert np.bincount(first.y_test).min() >= 33, "the split is stratified"
    assert first.checksum == second.checksum


def test_only_two_digits():
    dataset = data.load("digits")
    pair = dataset.only((5, 8))
    assert pair.classes == (5, 8)
    assert set(pair.y_train.tolist()) == {0, 1}
    eights = dataset.X_test[dataset.y_test == 8]
    assert np.array_equal(pair.X_test[pair.y_test == 1], eights), "8 is class 1"


def test_a_split_takes_a_number_of_samples_as_well(rng):
    y = np.arange(200) % 10
    X = rng.random((200, 3))
    X_rest, X_part, _, y_part = data.split(X, y, 50, 0)
    assert (len(X_rest), len(X_part)) == (150, 50)
    assert np.bincount(y_part).tolist() == [5] * 10
    with pytest.raises(ValueError, match="cannot hold out 9 of 200 samples"):
        data.split(X, y, 9, 0)


def test_splits_are_stratified_and_seeded(rng):
    X, y = rng.normal(size=(200, 3)), np.repeat([0, 1], [150, 50])
    seed = int(rng.integers(1000))
    X_rest, X_part, _, y_part = data.split(X, y, 0.2, seed)
    assert (len(X_rest), len(X_part), y_part.sum()) == (160, 40, 10)
    assert np.array_equal(X_part, data.split(X, y, 0.2, seed)[1])
    assert not np.array_equal(X_part, data.split(X, y, 0.2, seed + 1)[1])


@pytest.mark.parametrize("name", ["cifar", "", "digits.png"])
def test_unknown_data_is_refused(name):
    with pytest.raises(ValueError, match=r"data must be digits, mnist or the path of a \.csv file"):
        data.load(name)


HEADER = "label," + ",".join(f"pixel{i}" for i in range(784))


def write_csv(path, rows, header=HEADER):
    path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    return path


def row(label, pixels=(0,) * 784):
    return ",".join(map(str, (label, *pixels)))


def test_csv_is_read(tmp_path, rng):
    pixels = rng.integers(256, size=(30, 784))
    path = write_csv(tmp_path / "train.csv", [row(i % 10, pixels[i]) for i in range(30)])
    X, y = read_csv(path)
    assert np.array_equal(X, pixels)
    assert X.dtype == np.uint8
    assert y.tolist() == [i % 10 for i in range(30)]
    moved = HEADER.removeprefix("label,") + ",label"
    path = write_csv(tmp_path / "moved.csv", [",".join(map(str, (*pixels[0], 7)))], moved)
    X, y = read_csv(path)
    assert np.array_equal(X[0], pixels[0]), "the label column is found by its name"
    assert y.tolist() == [7]


def test_csv_holds_out_a_test_set(tmp_path):
    path = write_csv(tmp_path / "train.csv", [row(i % 10, [i] * 784) for i in range(200)])
    dataset = data.load(str(path))
    assert (len(dataset.X_train), len(dataset.X_test)) == (160, 40)
    assert np.bincount(dataset.y_test).tolist() == [4] * 10


def test_csv_needs_some_of_each_digit(tmp_path):
    path = write_csv(tmp_path / "train.csv", [row(i % 9) for i in range(200)])
    with pytest.raises(ValueError, match=r"train\.csv: 0 samples of the digit 9; each needs 20 or more"):
        data.load(str(path))


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([row(1), row(2, [0] * 783)], "line 3: 784 values; expected 785"),
        ([row(1), row(2, [0] * 785)], "line 3: 786 values; expected 785"),
        ([row(1, ["x"] + [0] * 783)], "line 2, column 2: 'x' is not a whole number"),
        ([row(1), row("")], "line 3, column 1: '' is not a whole number"),
        ([row(1, ["0.5"] + [0] * 783)], "line 2, column 2: '0.5' is not a whole number"),
        ([row(1), row(10)], "row 2: label 10; expected 0..9"),
        ([row(-1)], "row 1: label -1; expected 0..9"),
        ([row(1, [0, 256] + [0] * 782)], "row 1: pixel 1 is 256; expected 0..255"),
        ([], "no rows below the header"),
    ],
)
def test_bad_csv_rows_are_named(tmp_path, rows, message):
    path = write_csv(tmp_path / "train.csv", rows)
    with pytest.raises(ValueError, match=message) as failure:
        read_csv(path)
    assert str(path) in str(failure.value)


@pytest.mark.parametrize("header", ["", "a,b,c", HEADER.replace("label", "digit"), HEADER + ",label"])
def test_bad_csv_header_is_named(tmp_path, header):
    path = write_csv(tmp_path / "train.csv", [row(1)], header)
    with pytest.raises(ValueError, match="line 1: expected a 'label' column and 784 pixel columns"):
        read_csv(path)


def test_a_file_that_is_no_text_is_refused(tmp_path):
    path = tmp_path / "train.csv"
    path.write_bytes(b"\xff\xfe\x00\x81" * 100)
    with pytest.raises(ValueError, match="not a CSV text file"):
        read_csv(path)


def test_missing_csv_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"nothing\.csv"):
        data.load(str(tmp_path / "nothing.csv"))
