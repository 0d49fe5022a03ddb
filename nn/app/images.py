"""Images: they turn a photograph or drawing of a digit into pixels like those a model was trained on."""

from pathlib import Path

import numpy as np

INK = 0.2  # a pixel with more than this share of the full contrast belongs to the digit


def read_digit(path, image_shape, pixel_max):
    """Return an image file as one row of raw pixels (1, rows * columns), from 0 (background) to pixel_max.

    path: PNG (or any format that Pillow reads), of any size, gray or color, dark on light or light on dark.
    An image that already has the size that the model takes is only turned to light on dark. In any other, the
    digit is cut out, scaled and centered as the makers of MNIST did it: it fits into a box of 20 x 20, and
    its center of mass lies in the middle of 28 x 28.
    Raises FileNotFoundError if there is no such file, and ValueError, naming the file, if it cannot be read
    or shows nothing.
    """
    ink = _ink(path)
    if ink.shape != tuple(image_shape):
        ink = _fit(ink, image_shape)
    return (ink * pixel_max).reshape(1, -1)


def _ink(path):
    """Read the picture as ink from 0 (background) to 1 (the strongest stroke)."""
    from PIL import Image, UnidentifiedImageError

    if not Path(path).is_file():
        raise FileNotFoundError(f"{path}: no such file")
    try:
        with Image.open(path) as image:
            brightness = _brightness(image)
    except UnidentifiedImageError as error:
        raise ValueError(f"{path}: not a readable image (its format is unknown)") from error
    except Exception as error:  # each decoder has its own exceptions
        raise ValueError(f"{path}: not a readable image ({str(error).splitlines()[0]})") from error
    border = np.concatenate([brightness[0], brightness[-1], brightness[:, 0], brightness[:, -1]])
    ink = np.abs(brightness - np.median(border))
    if ink.max() < 0.1:
        raise ValueError(f"{path}: no digit found; the whole image has almost one shade")
    return ink / ink.max()


def _brightness(image):
    """Return a Pillow image as numbers from 0 (black) to 1 (white); transparent pixels are white."""
    from PIL import Image

    if image.mode.startswith("I"):  # 16 bits for each pixel, which Pillow's conversions would clip at 255
        return np.asarray(image, float) / 65535
    picture = image.convert("RGBA")
    paper = Image.new("RGBA", picture.size, "white")
    return np.asarray(Image.alpha_composite(paper, picture).convert("RGB"), float).mean(axis=2) / 255


def _fit(ink, image_shape):
    """Scale the digit to its box and center it in an image of the given shape."""
    from PIL import Image

    height, width = image_shape
    box = 20 / 28 if image_shape == (28, 28) else 1  # sklearn's small digits fill their image
    rows, columns = np.flatnonzero((ink > INK).any(axis=1)), np.flatnonzero((ink > INK).any(axis=0))
    digit = ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    scale = min(height * box / digit.shape[0], width * box / digit.shape[1])
    size = [max(1, round(side * scale)) for side in digit.shape]
    # Whatever the sizes, Hamming comes nearest to the mean of the pixels that a new pixel covers.
    resized = Image.fromarray(digit.astype(np.float32)).resize(size[::-1], Image.Resampling.HAMMING)
    digit = np.asarray(resized, float)
    digit = digit / digit.max()
    image = np.zeros(image_shape)
    mass = digit.sum()
    top = height / 2 - 0.5 - digit.sum(axis=1) @ np.arange(size[0]) / mass
    left = width / 2 - 0.5 - digit.sum(axis=0) @ np.arange(size[1]) / mass
    top = int(np.clip(round(top), 0, height - size[0]))
    left = int(np.clip(round(left), 0, width - size[1]))
    image[top : top + size[0], left : left + size[1]] = digit
    return image
