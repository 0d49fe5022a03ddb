"""Neural networks from scratch in NumPy: multilayer perceptrons trained on handwritten digits.

Importing this package loads NumPy alone. Functions that draw, measure or download import their libraries
when they are called.
"""

from .app.model import Model, load
from .network import Network

__all__ = ["Model", "Network", "load"]
