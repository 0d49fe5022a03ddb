"""Importing: the file and the line to fix if a module of the graded package cannot be imported."""

import linecache
import re
import traceback
from difflib import get_close_matches
from pathlib import Path

from tests.grading import ROOT
from tests.grading.finding import file_to_fix


def why_not(error, package, asked):
    """Return the finding on the file and line of the package in which an import failed.

    asked: the file that was to be imported, if none of the package's is to blame.
    """
    if lacking := _lacking(error, package):
        return lacking
    if isinstance(error, SyntaxError) and error.filename and error.lineno:
        path, line, error_text = Path(error.filename), error.lineno, error.msg
    else:
        frames = traceback.extract_tb(error.__traceback__)
        own = [frame for frame in frames if package.path in Path(frame.filename).parents]
        path = Path(own[-1].filename) if own else asked
        line, error_text = own[-1].lineno if own else 1, str(error)
    source = linecache.getline(str(path), line).strip()
    quote = (source,) if source else ()
    return file_to_fix(path.name, line, f"{type(error).__name__}: {error_text}", quote)


def _lacking(error, package):
    """Return the finding on a file that lacks a name that another imports; None if it is not that.

    A name that the skeletons do not have there, either, is a mistake of the file that imports it.
    """
    wanted = re.match(r"cannot import name '(\w+)'", str(error))
    if not wanted or "circular" in str(error) or not getattr(error, "path", None):
        return None
    path, name = Path(error.path), wanted[1]
    if package.path != path.parent or package.name == error.name:
        return None
    reference = ROOT / "kata" / path.name
    known = reference.read_text(encoding="utf-8") if reference.exists() else ""
    if not re.search(rf"^(def {name}\b|class {name}\b|{name} = )", known, re.MULTILINE):
        return None
    lines = path.read_text(encoding="utf-8").splitlines()
    defined = {}  # by name: the line of its definition
    for number, line in enumerate(lines, 1):
        if match := re.match(r"(?:def|class)\s+(\w+)", line):
            defined[match[1]] = number
    folded = {other.lower(): other for other in reversed(defined)}
    near = get_close_matches(name.lower(), folded, n=1)
    line = defined[folded[near[0]]] if near else 1
    quote = (lines[line - 1].strip(),) if near else ()
    importing = Path(traceback.extract_tb(error.__traceback__)[-1].filename).name
    return file_to_fix(path.name, line, f"there is no {name}, which {importing} imports", quote)
