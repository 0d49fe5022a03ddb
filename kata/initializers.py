"""Initializers: the random weights that a layer starts from, scaled so that signals neither fade nor explode.

All have the form ``name(rng, fan_in, fan_out, dtype=np.float32)``. rng: a NumPy Generator, from which every
entry is drawn on its own. fan_in, fan_out: whole numbers from 1. dtype: float32 or float64, as np.float64 or
as np.dtype("float64"). They return a new array (fan_in, fan_out) of that dtype, with all of its digits:
float64 weights that were drawn in float32 are wrong.

Here, the numbers are drawn in float64 and then rounded, so that one seed gives one network in either dtype.
The lessons do not ask for that; they look at the distribution, not at the numbers of a seed.
"""

import math

import numpy as np


def xavier_normal(rng, fan_in, fan_out, dtype=np.float32):
    """Draw from a normal distribution of variance 2 / (fan_in + fan_out): for tanh and sigmoid layers.

    The mean is 0. Returns a new array (fan_in, fan_out) of ``dtype``, drawn from ``rng`` alone.
    Source: Glorot & Bengio 2010, Understanding the Difficulty of Training Deep Feedforward Networks, eq. 12.
    """
    # From weights too small a signal fades layer by layer, from weights too large it explodes.
    # Xavier's rule keeps it level, forward and back, for tanh and sigmoid. It gives the variance;
    # the generator wants the standard deviation.
    raise NotImplementedError


def xavier_uniform(rng, fan_in, fan_out, dtype=np.float32):
    """Draw uniformly from [-limit, limit], limit = sqrt(6 / (fan_in + fan_out)): xavier_normal's variance.

    Returns a new array (fan_in, fan_out) of ``dtype``, drawn from ``rng`` alone.
    Source: Glorot & Bengio 2010, eq. 16.
    """
    # The variance of xavier_normal, spread evenly between two limits. A uniform distribution's
    # variance is a third of its squared limit, which is where the 6 comes from. Draw every weight
    # on its own.
    raise NotImplementedError


def he_normal(rng, fan_in, fan_out, dtype=np.float32):
    """Draw from a normal distribution of variance 2 / fan_in: for ReLU layers, which lose half the signal.

    The mean is 0. Returns a new array (fan_in, fan_out) of ``dtype``, drawn from ``rng`` alone.
    Source: He, Zhang, Ren & Sun 2015, Delving Deep into Rectifiers, eq. 10.
    """
    # ReLU switches off half of the units and with them half of the signal; He's rule makes up for
    # it with twice the variance. Only the number of inputs counts here, and that is the number of
    # rows of the weight matrix.
    raise NotImplementedError


def he_uniform(rng, fan_in, fan_out, dtype=np.float32):
    """Draw uniformly from [-limit, limit], limit = sqrt(6 / fan_in): he_normal's variance.

    Returns a new array (fan_in, fan_out) of ``dtype``, drawn from ``rng`` alone.
    Source: He et al. 2015, eq. 10, with the uniform distribution's variance limit**2 / 3.
    """
    # The variance of he_normal, spread evenly between two limits. The limit is not the standard
    # deviation: it lies further out, for all weights stay within it. The generator draws float64;
    # return the dtype you are asked for.
    raise NotImplementedError


def random_normal(rng, fan_in, fan_out, dtype=np.float32, std=0.05):
    """Draw from a normal distribution of a fixed standard deviation, whatever the widths: the naive start.

    std: the standard deviation; the mean is 0. Returns a new array (fan_in, fan_out) of ``dtype``, drawn from
    ``rng`` alone.
    """
    # The naive start: one fixed spread, whatever the widths of the layer, to be compared with
    # Xavier and He. The argument is the standard deviation, not the variance, and it belongs to the
    # caller.
    raise NotImplementedError


def random_uniform(rng, fan_in, fan_out, dtype=np.float32, low=-0.5, high=0.5):
    """Draw uniformly from [low, high), whatever the widths: the naive start.

    Returns a new array (fan_in, fan_out) of ``dtype``, drawn from ``rng`` alone. Rounded to float32, a number
    may be ``high`` itself.
    """
    # The other naive start: every weight lies between two fixed ends, whatever the widths. Draw the
    # whole array at once, since one row or column repeated would make twins of the units.
    raise NotImplementedError


def zeros(rng, fan_in, fan_out, dtype=np.float32):
    """Return zeros: right for biases, useless for weights, since equal units stay equal.

    Returns a new array (fan_in, fan_out) of ``dtype`` at each call; ``rng`` is not used.
    """
    # Zeros are right for biases. For weights they are useless: units that start equal get equal
    # gradients and stay equal for ever. Return a new array at each call, in the shape and dtype you
    # are asked for.
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
