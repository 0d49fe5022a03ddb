"""One allocation for many arrays: a list whose entries are views of a single vector.

A network keeps its weights and biases in one such list and their gradients in another. Code that works on a
layer uses the list. Code that treats all numbers alike (an optimizer, clipping, saving) uses the vector and
needs one call instead of many.
"""

import math

import numpy as np

BLOCK = 262_144  # floats: blocks of parameter, gradient and state stay in cache between passes


class ParameterList(list):
    """A list of arrays laid end to end in ``vector``; writing to either writes to both.

    shapes: the arrays' shapes. vector: 1-D, as long as all the arrays together. Assigning to an entry copies
    the values into its view, so that list and vector always agree.
    """

    def __init__(self, shapes, vector):
        self.shapes = tuple(tuple(shape) for shape in shapes)
        self.vector = vector
        ends = np.cumsum([math.prod(shape) for shape in self.shapes]).tolist()
        super().__init__(
            vector[end - math.prod(shape) : end].reshape(shape)
            for shape, end in zip(self.shapes, ends, strict=True)
        )

    @classmethod
    def zeros(cls, shapes, dtype):
        """Allocate a list of arrays of these shapes, all 0."""
        return cls(shapes, np.zeros(sum(math.prod(shape) for shape in shapes), dtype))

    def __setitem__(self, index, value):
        self[index][...] = value

    def __reduce__(self):  # a copied or unpickled list must again be views of one vector
        return type(self), (self.shapes, self.vector)


def joined(*lists):
    """Return every list as [vector] if all have the same layout; otherwise return them unchanged."""
    layouts = {getattr(arrays, "shapes", None) for arrays in lists}
    if len(layouts) == 1 and None not in layouts:
        return [[arrays.vector] for arrays in lists]
    return list(lists)


def in_blocks(*arrays):
    """Yield blocks of all arrays that fit into the cache together, with scratch space of the same size."""
    if arrays[0].size <= BLOCK or not all(a.flags.c_contiguous for a in arrays):
        yield *arrays, np.empty_like(arrays[0])  # whole: flattening a strided array would copy it
        return
    flat = [a.reshape(-1) for a in arrays]
    scratch = np.empty(BLOCK, arrays[0].dtype)
    for start in range(0, flat[0].size, BLOCK):
        blocks = [a[start : start + BLOCK] for a in flat]
        yield *blocks, scratch[: blocks[0].size]
