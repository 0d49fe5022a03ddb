"""What must hold of an exercise, beyond the readable probes: by these asks a repaired program is judged."""

from .form import ASKED, DRAWN, Ask, Loose, Near, drawn_asks, fixed_asks, references

__all__ = ["ASKED", "DRAWN", "Ask", "Loose", "Near", "drawn_asks", "fixed_asks", "references"]
