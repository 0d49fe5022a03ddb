"""The trace: the first wrong value in a learner's own function, and state that survives a call."""

from .locating import locate
from .records import Call, Suspect

__all__ = ["Call", "Suspect", "locate"]
