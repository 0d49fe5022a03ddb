"""Images: a photograph or drawing of a digit turned into the pixels that a model was trained on."""

from pathlib import Path

import numpy as np

INK = 0.2  # share of full contrast from which a pixel counts as part of the digit


def read_digit(path, image_shape, pixel_max):
    """Return an image file as one row of raw pixels (1, rows * columns), bright ink on 0, 0..pixel_max.

    path: PNG (or any format that matplotlib reads), of any size, gray or color, dark on light or light on
    dark. An image that has the model's own size is only turned to light on dark; another is cut out, scaled
    and centred as MNIST's makers did: the digit in a box of 20 x 20, its centre of mass in the middle of 28 x
    28.
    Raises ValueError, naming the file, where it cannot be read or shows nothing.
    """
    ink = _ink(path)
    if ink.shape != tuple(image_shape):
        ink = _fit(ink, image_shape)
    return (ink * pixel_max).reshape(1, -1)


def _ink(path):
    """Read the picture as ink from 0 (background) to 1 (the strongest stroke)."""
    from matplotlib.image import imread

    if not Path(path).is_file():
        raise FileNotFoundError(f"{path}: no such file")
    try:
        image = imread(path)
    except Exception as error:  # each decoder has exceptions of its own
        raise ValueError(f"{path}: not a readable image ({str(error).splitlines()[0]})") from error
    image = image / (255 if image.dtype == np.uint8 else 1)
    if image.ndim == 3:
        if image.shape[2] in (2, 4):  # transparent means paper, and paper is white
            alpha = image[..., -1:]
            image = image[..., :-1] * alpha + (1 - alpha)
        image = image.mean(axis=2)
    border = np.concatenate([image[0], image[-1], image[:, 0], image[:, -1]])
    ink = np.abs(image - np.median(border))
    if ink.max() < 0.1:
        raise ValueError(f"{path}: no digit found, the image is all of one shade")
    return ink / ink.max()


def _fit(ink, image_shape):
    """Scale the digit to its box and centre it in an image of the given shape."""
    height, width = image_shape
    box = 20 / 28 if image_shape == (28, 28) else 1  # sklearn's small digits fill their image
    rows, columns = np.flatnonzero((ink > INK).any(axis=1)), np.flatnonzero((ink > INK).any(axis=0))
    digit = ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    scale = min(height * box / digit.shape[0], width * box / digit.shape[1])
    size = [max(1, round(side * scale)) for side in digit.shape]
    digit = _averaging(digit.shape[0], size[0]) @ digit @ _averaging(digit.shape[1], size[1]).T
    digit /= digit.max()
    image = np.zeros(image_shape)
    mass = digit.sum()
    top = height / 2 - 0.5 - digit.sum(axis=1) @ np.arange(size[0]) / mass
    left = width / 2 - 0.5 - digit.sum(axis=0) @ np.arange(size[1]) / mass
    top = int(np.clip(round(top), 0, height - size[0]))
    left = int(np.clip(round(left), 0, width - size[1]))
    image[top : top + size[0], left : left + size[1]] = digit
    return image


def _averaging(n_from, n_to):
    """Return the matrix (n_to, n_from) that resamples a line of pixels: each new one averages the old ones it
    covers.
    """
    edges = np.linspace(0, n_from, n_to + 1)
    pixels = np.arange(n_from)
    overlap = np.minimum(edges[1:, None], pixels + 1) - np.maximum(edges[:-1, None], pixels)
    overlap = np.maximum(overlap, 0)
    return overlap / overlap.sum(axis=1, keepdims=True)
