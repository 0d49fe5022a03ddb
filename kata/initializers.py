"""Initializers: the random weights that a layer starts from, scaled so that signals neither fade nor explode.

All have the form ``name(rng, fan_in, fan_out, dtype=np.float32)``:

- rng: a NumPy Generator, from which every entry is drawn separately
- fan_in, fan_out: positive integers
- dtype: float32 or float64, given as np.float64 or as np.dtype("float64")

Each returns a new array (fan_in, fan_out) in the full precision of that dtype: float64 weights that were
drawn in float32 are wrong.

Here the numbers are drawn in float64 and then rounded, so that a seed gives the same network in either dtype.
The lessons do not ask for that: they test the distribution, not the numbers that a seed gives.
"""

import math

import numpy as np


def xavier_normal(rng, fan_in, fan_out, dtype=np.float32):
    """Draw from a normal distribution of variance 2 / (fan_in + fan_out): for tanh and sigmoid layers.

    The mean is 0. Returns a new array (fan_in, fan_out) in the full precision of ``dtype``, drawn from
    ``rng`` alone.
    Source: Glorot & Bengio 2010, Understanding the Difficulty of Training Deep Feedforward Networks, eq. 12.
    """
    raise NotImplementedError


def xavier_uniform(rng, fan_in, fan_out, dtype=np.float32):
    """Draw uniformly from [-limit, limit], limit = sqrt(6 / (fan_in + fan_out)): xavier_normal's variance.

    Returns a new array (fan_in, fan_out) in the full precision of ``dtype``, drawn from ``rng`` alone.
    Source: Glorot & Bengio 2010, eq. 16.
    """
    raise NotImplementedError


def he_normal(rng, fan_in, fan_out, dtype=np.float32):
    """Draw from a normal distribution of variance 2 / fan_in: for ReLU layers, which lose half the signal.

    The mean is 0. Returns a new array (fan_in, fan_out) in the full precision of ``dtype``, drawn from
    ``rng`` alone.
    Source: He, Zhang, Ren & Sun 2015, Delving Deep into Rectifiers, eq. 10.
    """
    raise NotImplementedError


def he_uniform(rng, fan_in, fan_out, dtype=np.float32):
    """Draw uniformly from [-limit, limit], limit = sqrt(6 / fan_in): he_normal's variance.

    Returns a new array (fan_in, fan_out) in the full precision of ``dtype``, drawn from ``rng`` alone.
    Source: He et al. 2015, eq. 10, with the uniform distribution's variance limit**2 / 3.
    """
    raise NotImplementedError


def random_normal(rng, fan_in, fan_out, dtype=np.float32, std=0.05):
    """Draw from a normal distribution of a fixed standard deviation, whatever the widths: the naive start.

    std: the standard deviation; the mean is 0. Returns a new array (fan_in, fan_out) in the full precision of
    ``dtype``, drawn from ``rng`` alone.
    """
    raise NotImplementedError


def random_uniform(rng, fan_in, fan_out, dtype=np.float32, low=-0.5, high=0.5):
    """Draw uniformly from [low, high), whatever the widths: the naive start.

    Returns a new array (fan_in, fan_out) in the full precision of ``dtype``, drawn from ``rng`` alone. After
    rounding to float32, a number may be ``high`` itself.
    """
    raise NotImplementedError


def zeros(rng, fan_in, fan_out, dtype=np.float32):
    """Return zeros: right for biases, useless for weights, since equal units stay equal.

    Returns a new array (fan_in, fan_out) of ``dtype`` at each call; ``rng`` is not used.
    """
    raise NotImplementedError


INITIALIZERS = {
    "xavier_normal": xavier_normal,
    "xavier_uniform": xavier_uniform,
    "he_normal": he_normal,
    "he_uniform": he_uniform,
    "random_normal": random_normal,
    "random_uniform": random_uniform,
    "zeros": zeros,
}
