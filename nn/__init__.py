"""Neural networks from scratch in NumPy: multilayer perceptrons trained on handwritten digits.

Importing this package loads NumPy alone; what draws, measures or fetches imports its libraries itself.
"""

from .app.model import Model, load
from .network import Network

__all__ = ["Model", "Network", "load"]
