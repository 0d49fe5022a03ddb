"""The other studies: measurements that are not a grid of trainings beside a document's table.

Each is a module of this package, listed below by name, with

- ``TITLE``, a line, and ``SETTINGS``, a dict of the plain values that decide the outcome;
- ``measure(dataset, *, runs, n_jobs)``, which returns a dict fit for JSON;
- ``page(result, folder)``, which writes its pictures into the folder and yields the lines of its page.

What was measured is kept beside the trainings and found again by settings, data and runs.
"""

import contextlib
import hashlib
import json
import time
from datetime import datetime
from importlib import import_module
from pathlib import Path

from nn.app.files import replacing

from . import store
from .pages import machine_line
from .training import machine

OTHERS = {"range-test": "range_test", "gradient-flow": "gradient_flow"}  # name: module of this package
RUNS = 3  # where --runs does not say


def module(name):
    """Return the module of a study."""
    return import_module(f".{OTHERS[name]}", __package__)


def measure(name, dataset, folder, *, runs=None, n_jobs=1):
    """Measure a study that is not in the folder yet."""
    runs = runs or RUNS
    if find(name, dataset.checksum, [folder], runs=runs) is None:
        print(f"{name}: measuring", flush=True)
        begun = time.perf_counter()
        result = module(name).measure(dataset, runs=runs, n_jobs=n_jobs)
        record = {"key": _key(name, dataset.checksum, runs), "result": result, "digest": _digest(result)}
        record |= {"seconds": time.perf_counter() - begun, "n_jobs": n_jobs}
        record |= {"date": f"{datetime.now():%Y-%m-%d}", "machine": machine()}
        with replacing(_path(name, folder, record["key"]), "w", encoding="utf-8") as file:
            json.dump(record, file)


def find(name, checksum, folders, *, runs=None):
    """Return the first sound record of a study in some folders, stored there or kept beside a page; None if
    there is none.
    """
    key = _key(name, checksum, runs or RUNS)
    for folder in folders:
        records = store.kept(Path(folder, f"{name}{store.KEPT}"))
        with contextlib.suppress(OSError, ValueError):
            records.append(json.loads(_path(name, folder, key).read_text(encoding="utf-8")))
        for record in records:
            with contextlib.suppress(KeyError, TypeError):
                if record["key"] == key and record["digest"] == _digest(record["result"]):
                    return record
    return None


def write_page(name, record, checksum, folder, data):
    """Write a study's page and its record into a folder; return the page's path. data: their name."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    path, kept = folder / f"{name}.md", f"{name}{store.KEPT}"
    store.keep(folder / kept, [record])
    lines = [
        f"# {module(name).TITLE}",
        "",
        *module(name).page(record["result"], folder),
        "",
        "## How it was measured",
        "",
        f"- Data: {data}, checksum {checksum}.",
        "- float32, one thread for each training.",
        machine_line(record["machine"]),
        f"- Measured {record['date']} in {record['seconds']:.0f} seconds, {record['n_jobs']} at a time.",
        "",
        f"All records: [{kept}]({kept}).",
    ]
    with replacing(path, "w", encoding="utf-8") as file:
        file.write("\n".join(lines).rstrip() + "\n")
    return path


def _path(name, folder, key):
    return Path(folder, "others", f"{name}-{key}.json")


def _key(name, checksum, runs):
    return _digest({"settings": module(name).SETTINGS, "checksum": checksum, "runs": runs})


def _digest(values):
    return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()[:24]
