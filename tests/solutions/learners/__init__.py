"""Programs as learners write them, wrong and right, each with what a teacher says about it.

The bank of mistakes next door has one mistake in each function, which is otherwise the reference's. These
programs have names and ways of their own, and some have two mistakes. Their authors had never seen the
diagnosis. It is measured on them (``python -m tests.grading.measure``), so it must never be fitted to them.

Each ``lesson_N.toml`` is a list of programs. Where a program is a class, it holds only the methods that the
learner wrote otherwise than the plain solution; the others stand in the class as that has them. ``mended`` in
turn holds only the methods that the teacher changed.
"""

import runpy
import tomllib
from dataclasses import dataclass
from pathlib import Path

from .placing import laid_over

KINDS = ("single", "double", "hopeless", "right")


@dataclass(frozen=True, kw_only=True)
class Program:
    """A learner's program for one exercise.

    id: its name, a valid file name. source: a function or class, or a whole module if ``whole``.
    kinds: how many mistakes it has, "single" or "double"; "hopeless" if no small change mends it; "right".
    truth: what is wrong, in a teacher's words. lines: those at fault, counted from 1 within source; for what
    is missing, the line where it belongs. mended: the source as the teacher mends it, "" if nobody has.
    """

    id: str
    exercise: str
    kinds: str
    source: str
    truth: str = ""
    lines: tuple[int, ...] = ()
    mended: str = ""
    whole: bool = False

    @property
    def wrong(self):
        """Whether the lessons must refuse it."""
        return self.kinds != "right"


def programs():
    """Return all programs of this folder, lesson by lesson."""
    return [program for path in sorted(Path(__file__).parent.glob("lesson_*.toml")) for program in read(path)]


def read(path):
    """Return the programs of a file: TOML as in this folder, or Python with the lists MISTAKES and RIGHT.

    The entries of these lists are dicts with the fields of a Program; those of RIGHT need no kinds. Whatever
    else they have is left out.
    """
    path = Path(path)
    if path.suffix == ".toml":
        return [_program(entry) for entry in tomllib.loads(path.read_text(encoding="utf-8"))["program"]]
    bank = runpy.run_path(str(path))
    right = [entry | {"kinds": "right"} for entry in bank.get("RIGHT", ())]
    return [_program(entry) for entry in [*bank.get("MISTAKES", ()), *right]]


def _program(entry):
    source, mended = entry["source"].strip("\n"), (entry.get("mended") or "").strip("\n")
    return Program(
        id=entry["id"],
        exercise=entry["exercise"],
        kinds=entry["kinds"],
        source=source,
        truth=" ".join(entry.get("truth", "").split()),
        lines=tuple(entry.get("lines", ())),
        mended="\n".join(line for line, _ in laid_over(source, mended)) if mended else "",
        whole=bool(entry.get("whole")),
    )
