"""What must hold of an exercise, beyond the readable probes: by these asks a repaired program is judged."""

import importlib

from .form import ASKED, DRAWN, Ask, Loose, Near, drawn_asks, fixed_asks, references

for _lesson in range(1, 9):
    importlib.import_module(f"{__name__}.lesson_{_lesson}")

__all__ = ["ASKED", "DRAWN", "Ask", "Loose", "Near", "drawn_asks", "fixed_asks", "references"]
