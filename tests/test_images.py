"""Images: photographs of digits become the pixels that a model knows."""

import matplotlib.image
import numpy as np
import pytest

from nn.__main__ import main
from nn.app.images import read_digit


def save(path, pixels):
    """Write pixels, 0 to 1, as a gray PNG."""
    rgb = np.repeat(np.asarray(pixels, float)[..., None], 3, axis=2)
    matplotlib.image.imsave(path, rgb)
    return path


def seven(height=90, width=60):
    """Return a drawing of a seven, 1 where the ink is."""
    image = np.zeros((height, width))
    image[15:23, 12:48] = 1
    for row in range(23, 75):
        left = 42 - (row - 23) // 2
        image[row, left : left + 8] = 1
    return image


@pytest.mark.parametrize("dark_on_light", [False, True])
def test_an_image_of_the_right_size_is_taken_as_it_is(tmp_path, rng, dark_on_light):
    pixels = np.zeros((28, 28))
    pixels[4:24, 9:19] = rng.integers(1, 256, size=(20, 10))
    pixels[10, 10] = 255
    path = save(tmp_path / "digit.png", 1 - pixels / 255 if dark_on_light else pixels / 255)
    read = read_digit(path, (28, 28), 255)
    assert read.shape == (1, 784)
    assert np.abs(read - pixels.ravel()).max() < 1.01


@pytest.mark.parametrize("dark_on_light", [False, True])
@pytest.mark.parametrize("scale", [1, 4])
def test_other_sizes_are_boxed_and_centred(tmp_path, dark_on_light, scale):
    image = np.kron(np.pad(seven(), ((0, 60), (100, 0))), np.ones((scale, scale)))  # far off the middle
    path = save(tmp_path / "digit.png", 1 - image if dark_on_light else image)
    digit = read_digit(path, (28, 28), 255).reshape(28, 28)
    rows, columns = np.flatnonzero(digit.max(axis=1) > 50), np.flatnonzero(digit.max(axis=0) > 50)
    assert rows[-1] - rows[0] + 1 == 20, "the longer side fills MNIST's box of 20"
    assert columns[-1] - columns[0] + 1 <= 20
    centre = [(digit.sum(axis=1 - axis) @ np.arange(28)) / digit.sum() for axis in (0, 1)]
    assert np.allclose(centre, 13.5, atol=0.8), "the centre of mass lies in the middle"
    assert digit.max() == pytest.approx(255)
    assert digit[0, 0] == 0


def test_size_and_polarity_do_not_matter(tmp_path):
    reads = [
        read_digit(save(tmp_path / "a.png", seven()), (28, 28), 255),
        read_digit(save(tmp_path / "b.png", 1 - np.kron(seven(), np.ones((5, 5)))), (28, 28), 255),
        read_digit(save(tmp_path / "c.png", 0.3 + 0.4 * np.pad(seven(), 30)), (28, 28), 255),
    ]
    assert np.abs(reads[0] - reads[1]).max() < 3
    assert np.abs(reads[0] - reads[2]).max() < 3


def test_transparent_background_is_paper(tmp_path):
    rgba = np.zeros((90, 60, 4))
    rgba[..., 3] = seven()  # black ink, everything else transparent
    matplotlib.image.imsave(tmp_path / "clear.png", rgba)
    opaque = read_digit(save(tmp_path / "opaque.png", 1 - seven()), (28, 28), 255)
    assert np.abs(read_digit(tmp_path / "clear.png", (28, 28), 255) - opaque).max() < 3


def test_errors_name_the_file(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"nothing\.png: no such file"):
        read_digit(tmp_path / "nothing.png", (28, 28), 255)
    (tmp_path / "text.png").write_text("hello", encoding="utf-8")
    with pytest.raises(ValueError, match=r"text\.png: not a readable image"):
        read_digit(tmp_path / "text.png", (28, 28), 255)
    with pytest.raises(ValueError, match=r"blank\.png: no digit found"):
        read_digit(save(tmp_path / "blank.png", np.full((40, 40), 0.7)), (28, 28), 255)


def test_the_command_reads_images(tmp_path, digits, capsys):
    """Test digits saved as pictures, in both polarities and two sizes, are told as the model tells them."""
    assert main(["train", "v2", "--data", "digits", "--epochs", "60", "--out", str(tmp_path)]) == 0
    capsys.readouterr()
    chosen = [int(np.flatnonzero(digits.y_test == digit)[0]) for digit in (0, 3, 6)]
    paths = []
    for i in chosen:
        pixels = digits.X_test[i].reshape(8, 8) / 16
        paths.append(save(tmp_path / f"{i}-small.png", pixels))
        paths.append(save(tmp_path / f"{i}-dark.png", 1 - pixels))
    model, *_ = [str(tmp_path / "model.npz")]
    assert main(["predict", model, *map(str, paths)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split(": ")[1][0] for line in lines] == ["0", "0", "3", "3", "6", "6"]
    assert all(line.count("%") == 3 for line in lines)
