"""The store: the record of each finished job, found again by everything that decides its outcome.

A job is a dict of plain values. A record holds its "key", the "job", its "outcome", which can be reproduced,
its "cost", which cannot, and a "digest" of these, which shows whether a file was altered by accident. While a
study is measured, each record is a separate file; next to a study's page, one compressed file holds all of
its records.
"""

import gzip
import hashlib
import json
import zlib
from pathlib import Path

from nn.app.files import replacing

# Part of the key of every training run. Raise it if the same settings no longer give the same outcome,
# because a default of the recipe or the way of training, sampling or measuring has changed.
FORMAT = 2
KEPT = ".jsonl.gz"  # what the name of a study's file of records ends with


def key(job):
    """Return the key of a job: a hash of everything that decides its outcome, the same on every machine.

    The name of the data is left out, since the checksum identifies them. So is the name of a computed study,
    since its settings say what it computes.
    """
    values = {name: value for name, value in job.items() if name not in ("data", "study")}
    return _hash(values if "study" in job else {"format": FORMAT, **values})[:24]


def path(folder, job):
    """Return where a job's record is stored."""
    if "study" in job:
        return Path(folder, "others", f"{job['study']}-{key(job)}.json")
    return Path(folder, "trainings", f"{key(job)}.json")


def write(folder, job, measured):
    """Store the record of a finished job, whole or not at all. measured: its outcome and its cost."""
    write_json(path(folder, job), {"key": key(job), "job": job, **measured, "digest": _digest(job, measured)})


def read(folder, job):
    """Return the record of a job; None if it is missing or damaged."""
    return find(_sound([_load(path(folder, job))]), job)


def stored(folder):
    """Return the undamaged records of all jobs in a folder, by key."""
    return _sound(
        _load(file) for name in ("trainings", "others") for file in Path(folder, name).glob("*.json")
    )


def keep(file, records):
    """Write records into a compressed file, one per line; the same records give the same bytes."""
    lines = sorted(json.dumps(record, separators=(",", ":")) for record in records)
    with (
        replacing(file) as target,
        gzip.GzipFile("", "wb", compresslevel=9, fileobj=target, mtime=0) as packed,
    ):
        packed.write("".join(f"{line}\n" for line in lines).encode())


def kept(file):
    """Return all records that ``keep`` wrote, none if the file is missing.

    Raises ValueError if the file is damaged.
    """
    try:
        with gzip.open(file, "rt", encoding="utf-8") as lines:
            return [json.loads(line) for line in lines]
    except FileNotFoundError:
        return []
    except (OSError, EOFError, ValueError, zlib.error) as error:
        raise ValueError(f"the records in {file} are damaged ({error}); restore the file") from error


def kept_records(folder, name):
    """Return the undamaged records that are kept next to a study's page in a folder, by key."""
    return _sound(kept(Path(folder, f"{name}{KEPT}")))


def find(records, job):
    """Return the record of a job among records by key; None if there is none.

    Earlier versions stored only the result of a computed study, without its job; it is returned as a record.
    """
    record = records.get(key(job))
    if record is None or "job" in record:
        return record
    cost = {name: record[name] for name in ("seconds", "n_jobs", "date", "machine")}
    measured = {"outcome": record["result"], "cost": cost}
    return {"key": key(job), "job": job, **measured, "digest": _digest(job, measured)}


def write_json(file, content):
    """Write a JSON file, whole or not at all."""
    with replacing(file, "w", encoding="utf-8") as target:
        json.dump(content, target)


def _load(file):
    """Return what a JSON file holds; None if it is missing or damaged."""
    try:
        return json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


def _sound(records):
    """Return by key the records that have not been altered."""
    return {record["key"]: record for record in records if _is_sound(record)}


def _is_sound(record):
    try:
        if "result" in record:  # see ``find``
            return "key" in record and record["digest"] == _hash(record["result"])[:24]
        job = record["job"]
        return record["digest"] == _digest(job, record) and record["key"] == key(job)
    except (KeyError, TypeError, AttributeError):
        return False


def _digest(job, measured):
    return _hash([job, measured["outcome"], measured["cost"]])


def _hash(values):
    return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()
