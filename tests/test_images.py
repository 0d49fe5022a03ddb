"""Images: photographs of digits become the pixels that a model knows."""

import numpy as np
import pytest
from PIL import Image

from nn.__main__ import main
from nn.app.images import read_digit


def save(path, pixels):
    """Write pixels, 0 to 1, as a gray PNG."""
    Image.fromarray((np.asarray(pixels, float) * 255).round().astype(np.uint8)).save(path)
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
    assert np.abs(reads[0] - reads[1]).max() < 4, "of 255: the filter rounds off edges a little differently"
    assert np.abs(reads[0] - reads[2]).max() < 3


def in_mode(mode):
    """Return a black seven on white, written in one of the ways of PNG."""
    ink = (255 * seven()).astype(np.uint8)
    if mode == "16 bits":
        return Image.fromarray(65535 - 257 * ink.astype(np.uint16))
    if mode in ("RGBA", "LA"):  # black everywhere, transparent where there is no ink
        alpha = Image.fromarray(ink)
        return Image.merge(mode, [*[Image.new("L", alpha.size)] * (len(mode) - 1), alpha])
    gray = Image.fromarray(255 - ink)
    if mode == "palette, transparent":
        return gray.convert("RGB").quantize(4)
    return gray.convert("RGB").convert(mode)


@pytest.mark.parametrize("mode", ["16 bits", "P", "palette, transparent", "RGB", "RGBA", "LA", "1"])
def test_every_kind_of_png_is_read_alike(tmp_path, mode):
    """16 bits a pixel, palettes, one bit, and transparency, which means paper."""
    plain = read_digit(save(tmp_path / "plain.png", 1 - seven()), (28, 28), 255)
    image, options = in_mode(mode), {}
    if mode == "palette, transparent":
        options["transparency"] = image.getpixel((0, 0))
    image.save(tmp_path / "image.png", **options)
    with Image.open(tmp_path / "image.png") as written:
        assert written.mode == {"16 bits": "I;16", "palette, transparent": "P"}.get(mode, mode)
    assert np.abs(read_digit(tmp_path / "image.png", (28, 28), 255) - plain).max() < 3


def test_16_bits_keep_their_shades(tmp_path):
    """Half of the ink is half of the brightness, in the small image that is taken as it is."""
    pixels = np.zeros((8, 8), np.uint16)
    pixels[2:6, 3], pixels[2:6, 4] = 65535, 32768
    Image.fromarray(pixels).save(tmp_path / "deep.png")
    read = read_digit(tmp_path / "deep.png", (8, 8), 16).reshape(8, 8)
    assert read[2:6, 3].tolist() == [16] * 4
    assert read[2:6, 4] == pytest.approx(8, abs=0.01)


def test_a_broken_picture_is_told_in_one_line(tmp_path):
    save(tmp_path / "whole.png", seven())
    content = (tmp_path / "whole.png").read_bytes()
    (tmp_path / "half.png").write_bytes(content[: len(content) // 2])
    with pytest.raises(ValueError, match=r"half\.png: not a readable image \(") as caught:
        read_digit(tmp_path / "half.png", (28, 28), 255)
    assert "\n" not in str(caught.value)


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
