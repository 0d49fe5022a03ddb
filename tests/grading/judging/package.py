"""The package under test, imported module by module, so that one broken file fails its own lesson alone."""

import importlib
import importlib.util
import linecache
import re
import sys
import traceback
from contextlib import contextmanager, suppress
from difflib import get_close_matches
from pathlib import Path

import pytest

from tests.grading import ROOT
from tests.grading.diagnosis.calls import recorded
from tests.grading.finding import Finding, file_to_fix
from tests.lessons.checks import CheckFailed


class Package:
    """A package given by its importable name or by its folder; attributes are its modules.

    name, path: what the header prints. Nothing is imported before a test asks for it.
    """

    def __init__(self, name_or_folder):
        spec = _find(name_or_folder) if name_or_folder.isidentifier() else None
        if spec is None:
            spec = _locate(Path(name_or_folder).resolve())
        if spec is None:
            raise pytest.UsageError(
                "--impl must be an importable package or a folder with an __init__.py; "
                f"got {name_or_folder!r}"
            )
        self.name, self.path = spec.name, Path(spec.submodule_search_locations[0])
        self._spec = spec
        self._watched = None

    def __getattr__(self, name):
        return Module(self, name)

    @contextmanager
    def watched(self, exercise, calls):
        """Within the block, append the calls of an exercise's function to the list ``calls``."""
        self._watched = exercise, calls
        try:
            yield
        finally:
            self._watched = None

    def seen(self, module, attribute, value):
        """Return what a test is given as an attribute of a module: in the form that notes its calls, if these
        are watched.
        """
        if self._watched is None:
            return value
        exercise, calls = self._watched
        if (module, attribute) != (exercise.module, (exercise.function or "").split(".")[0]):
            return value
        return recorded(value, exercise.function, calls)

    def load(self, name):
        """Import the module of this name and return it."""
        if self.name not in sys.modules:
            package = sys.modules[self.name] = importlib.util.module_from_spec(self._spec)
            with suppress(Exception, SystemExit):  # the modules are graded one by one: the broken one tells
                self._spec.loader.exec_module(package)
        return importlib.import_module(f"{self.name}.{name}")


class Refused(CheckFailed):
    """A failure that needs no diagnosis: it says all there is to say."""


class Blocked(Refused):
    """A file that cannot be imported, or may not: its exercises wait until it is fixed."""


def refuse(sentence):
    """Fail the test with one clear sentence."""
    __tracebackhide__ = True
    raise Refused(Finding(kind="refused", sentence=sentence))


class Module:
    """A module of the graded package, whose missing names fail one test each, in one line."""

    def __init__(self, package, name):
        self._package, self._name = package, name

    def __getattr__(self, attribute):
        __tracebackhide__ = True
        where = f"{self._package.name}.{self._name}"
        try:
            module = self._package.load(self._name)
        except NotImplementedError:
            raise
        except (Exception, SystemExit) as error:
            path = self._package.path / f"{self._name}.py"
            if path.exists() or not isinstance(error, ModuleNotFoundError):
                raise Blocked(self._why_not(error)) from None
            problem = f"{where} is not there yet: {path}"
        else:
            if hasattr(module, attribute):
                return self._package.seen(self._name, attribute, getattr(module, attribute))
            problem = f"{where} has no {attribute}: {module.__file__}"
        return refuse(problem)

    def _why_not(self, error):
        """Return the finding on the file and line of the package in which an import failed."""
        if lacking := self._lacking(error):
            return lacking
        if isinstance(error, SyntaxError) and error.filename and error.lineno:
            path, line, error_text = Path(error.filename), error.lineno, error.msg
        else:
            frames = traceback.extract_tb(error.__traceback__)
            own = [frame for frame in frames if self._package.path in Path(frame.filename).parents]
            path = Path(own[-1].filename) if own else self._package.path / f"{self._name}.py"
            line, error_text = own[-1].lineno if own else 1, str(error)
        source = linecache.getline(str(path), line).strip()
        quote = (source,) if source else ()
        return file_to_fix(path.name, line, f"{type(error).__name__}: {error_text}", quote)

    def _lacking(self, error):
        """Return the finding on a file that lacks a name that another imports; None if it is not that.

        A name that the skeletons do not have there, either, is a mistake of the file that imports it.
        """
        wanted = re.match(r"cannot import name '(\w+)'", str(error))
        if not wanted or "circular" in str(error) or not getattr(error, "path", None):
            return None
        path, name = Path(error.path), wanted[1]
        if self._package.path != path.parent or self._package.name == error.name:
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


class Altered(Package):
    """The reference with one function or class replaced: how a single solution of the bank is graded."""

    def __init__(self, module, attribute, replacement):
        super().__init__("nn")
        self._altered = module, attribute, replacement

    def __getattr__(self, name):
        return _AlteredModule(self, name)


class _AlteredModule(Module):
    def __getattr__(self, attribute):
        module, altered, replacement = self._package._altered
        if (self._name, attribute) == (module, altered):
            return self._package.seen(module, altered, replacement)
        return super().__getattr__(attribute)


class Changed(Package):
    """A package made of the modules in several folders, with other texts for some of them.

    folder: an empty one, for the texts. folders: where the other modules are; the first has the package.
    """

    count = 0

    def __init__(self, folder, folders, texts):
        for name, text in texts.items():
            (folder / f"{name}.py").write_text(text, encoding="utf-8")
        Changed.count += 1
        self.name, self.path = f"{folders[0].name}_changed_{Changed.count}", folder
        self._spec = importlib.util.spec_from_file_location(
            self.name,
            folders[0] / "__init__.py",
            submodule_search_locations=[str(one) for one in (folder, *folders)],
        )
        self._watched = None

    def forget(self):
        """Take what was imported of it out of Python's list of modules."""
        for name in [name for name in sys.modules if f"{name}.".startswith(f"{self.name}.")]:
            del sys.modules[name]


GRADED = pytest.StashKey[Package]()


def _find(name):
    """Return the spec of an importable package; None where there is none."""
    try:
        spec = importlib.util.find_spec(name)
    except (ImportError, ValueError):
        return None
    return spec if spec is not None and spec.origin and spec.submodule_search_locations else None


def _locate(folder):
    """Return a spec for the package in a folder, under a name that no other package has."""
    if not (folder / "__init__.py").is_file():
        return None
    other = _find(folder.name) if folder.name.isidentifier() else None
    name = f"{folder.name}_copy" if other and Path(other.origin).parent != folder else folder.name
    return importlib.util.spec_from_file_location(
        name, folder / "__init__.py", submodule_search_locations=[str(folder)]
    )
