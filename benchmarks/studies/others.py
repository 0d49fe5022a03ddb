"""The other studies: measurements that are not a grid of trainings beside a document's table.

Each is a module of this package, listed below by name, with

- ``TITLE``, a line, and ``SETTINGS``, a dict of the plain values that decide the outcome;
- ``measure(dataset, *, runs, n_jobs)``, which returns a dict fit for JSON;
- ``page(result, folder)``, which writes its pictures into the folder and yields the lines of its page.

What was measured is kept beside the trainings and found again by settings, data and runs.
"""

import hashlib
import json
import time
from datetime import datetime
from importlib import import_module
from pathlib import Path

from nn.files import replacing

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
    if read(name, dataset, folder, runs=runs) is None:
        print(f"{name}: measuring", flush=True)
        begun = time.perf_counter()
        result = module(name).measure(dataset, runs=runs, n_jobs=n_jobs)
        record = {"result": result, "digest": _digest(result)}
        record |= {"seconds": time.perf_counter() - begun, "n_jobs": n_jobs}
        record |= {"date": f"{datetime.now():%Y-%m-%d}", "machine": machine()}
        with replacing(_path(name, dataset, folder, runs), "w", encoding="utf-8") as file:
            json.dump(record, file)


def read(name, dataset, folder, *, runs=None):
    """Return the record of what was measured; None where nothing was, or its file is damaged."""
    try:
        record = json.loads(_path(name, dataset, folder, runs or RUNS).read_text(encoding="utf-8"))
        return record if record["digest"] == _digest(record["result"]) else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def write_page(name, record, dataset, folder):
    """Write a study's page into a folder; return its path."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.md"
    lines = [
        f"# {module(name).TITLE}",
        "",
        *module(name).page(record["result"], folder),
        "",
        "## How it was measured",
        "",
        f"- Data: {dataset.name}, checksum {dataset.checksum}.",
        "- float32, one thread for each training.",
        machine_line(record["machine"]),
        f"- Measured {record['date']} in {record['seconds']:.0f} seconds, {record['n_jobs']} at a time.",
    ]
    with replacing(path, "w", encoding="utf-8") as file:
        file.write("\n".join(lines).rstrip() + "\n")
    return path


def _path(name, dataset, folder, runs):
    decisive = {"settings": module(name).SETTINGS, "checksum": dataset.checksum, "runs": runs}
    return Path(folder, "others", f"{name}-{_digest(decisive)}.json")


def _digest(values):
    return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()[:24]
