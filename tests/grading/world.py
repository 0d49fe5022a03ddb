"""The world around graded code: global state that it must leave as it was."""

import random
import threading
import warnings

import numpy as np


class World:
    """The state that a test must leave as it was: taken before, compared and put back afterwards."""

    def __init__(self):
        self.numpy_random = np.random.get_state()  # noqa: NPY002 - only watched
        self.python_random = random.getstate()
        self.errors = np.geterr()
        self.filters = warnings.filters[:]
        self.threads = set(threading.enumerate())

    def touched(self):
        """Return the names of the global generators that were drawn from or seeded."""
        now = np.random.get_state()  # noqa: NPY002 - only watched
        numpy_s = now[2:4] != self.numpy_random[2:4] or not np.array_equal(now[1], self.numpy_random[1])
        python_s = random.getstate() != self.python_random
        return ("np.random",) * numpy_s + ("random",) * python_s

    def changes(self):
        """Put everything back; return a sentence for each thing that was changed."""
        found, touched = [], self.touched()
        if "np.random" in touched:
            np.random.set_state(self.numpy_random)  # noqa: NPY002
            found.append(
                "NumPy's global generator was seeded or drawn from: draw from the `rng` that is passed in, "
                "and never call np.random.seed"
            )
        if "random" in touched:
            random.setstate(self.python_random)
            found.append("Python's global random state was changed: draw from the `rng` that is passed in")
        if np.geterr() != self.errors:
            np.seterr(**self.errors)
            found.append(
                "np.seterr was called and left changed: hiding an overflow does not fix it, so change the "
                "computation"
            )
        if warnings.filters != self.filters:
            warnings.filters[:] = self.filters
            found.append(
                "The warning filters were changed: a warning tells of a mistake, so fix that instead"
            )
        left = [
            thread for thread in threading.enumerate() if thread not in self.threads and thread.is_alive()
        ]
        if left:
            names = ", ".join(thread.name for thread in left)
            found.append(f"A thread was left running ({names}): join what you start before you return")
        return found
