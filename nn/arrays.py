"""Arrays: which dtype a function computes in."""

import numpy as np


def as_floating(x):
    """Return ``x`` as an array: floating dtypes are kept, anything else becomes float64."""
    x = np.asarray(x)
    return x if x.dtype.kind == "f" else x.astype(np.float64)
