"""The package under test, imported module by module, so that one broken file fails its own lesson alone."""

import importlib
import importlib.util
import sys
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from tests.grading.course.exercises import EXERCISES
from tests.grading.diagnosis.calls import recorded
from tests.grading.finding import Finding
from tests.grading.judging.importing import why_not
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
                raise Blocked(why_not(error, self._package, path)) from None
            problem = f"{where} is not there yet"
        else:
            if hasattr(module, attribute):
                return self._package.seen(self._name, attribute, getattr(module, attribute))
            problem = f"{where} has no {attribute}"
        return refuse(f"{problem}: {self._remedy(attribute)}")

    def _remedy(self, attribute):
        """Return what to do about a name that is missing: a copy may be older than the exercise."""
        asked = {
            (exercise.module, (exercise.function or "").split(".")[0]) for exercise in EXERCISES.values()
        }
        if (self._name, attribute) in asked:
            return f"`reset {attribute}` adds its skeleton to {self._name}.py"
        return self._package.path / f"{self._name}.py"


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
