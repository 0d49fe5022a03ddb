"""Augmentation: new training images, made by moving each image a little at random.

A perceptron must learn a stroke separately at every position, so an image moved by one pixel is a new example
of the same digit.
"""

import numpy as np


def shifted(images, image_shape, most, rng, background=0):
    """Return the images, each moved down and across by random numbers of pixels from -most to most.

    All moves are equally likely. images: (n, rows * columns) of any dtype, which is kept. image_shape: rows
    and columns. most: a whole number of pixels, not negative. rng: a Generator. Pixels that leave the picture
    are lost; those that come in have the value ``background``.
    Raises ValueError if the images do not have this shape or ``most`` is not such a number.
    Source: Simard, Steinkraus & Platt 2003, Best Practices for Convolutional Neural Networks, section 2.
    """
    images, (rows, columns) = np.asarray(images), image_shape
    if images.ndim != 2 or images.shape[1] != rows * columns:
        raise ValueError(f"images must have shape (n, {rows * columns}); got {images.shape}")
    if not isinstance(most, int | np.integer) or most < 0:
        raise ValueError(f"most must be a whole number of pixels, not negative; got {most!r}")
    n, frame = len(images), ((0, 0), (most, most), (most, most))
    framed = np.pad(images.reshape(n, rows, columns), frame, constant_values=background)
    # All windows of the old size in the framed image; one is drawn for each image.
    windows = np.lib.stride_tricks.sliding_window_view(framed, (rows, columns), axis=(1, 2))
    down, across = rng.integers(2 * most + 1, size=(2, n))
    return windows[np.arange(n), down, across].reshape(n, rows * columns)
