"""The trace: the first wrong value in a learner's own function, and state that survives a call."""

from .locating import locate, program_of
from .records import Suspect

__all__ = ["Suspect", "locate", "program_of"]
