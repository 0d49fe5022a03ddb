"""The trace: the first wrong value in a learner's own function, and state that survives a call."""

from .locating import locate, program_of
from .records import Call, Suspect

__all__ = ["Call", "Suspect", "locate", "program_of"]
