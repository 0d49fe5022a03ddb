"""The store: each finished training in a file of its own, found again by all that decides its outcome."""

import hashlib
import json
from pathlib import Path

from nn.files import replacing

# Part of every key. To be raised when the same settings no longer give the same outcome: when a default of
# the recipe or the way of training, sampling or measuring changes.
FORMAT = 1


def key(job):
    """Return the name of a job: a hash of all that decides its outcome, the same on every machine.

    The name of the data is left out: the checksum says what they are.
    """
    values = {name: value for name, value in job.items() if name != "data"}
    text = json.dumps({"format": FORMAT, **values}, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:24]


def path(folder, job):
    """Return where a job's record is kept."""
    return Path(folder, "trainings", f"{key(job)}.json")


def write(folder, job, record):
    """Keep the record of a finished job, whole or not at all."""
    content = {"key": key(job), "job": job, **record, "digest": _digest(job, record)}
    with replacing(path(folder, job), "w", encoding="utf-8") as file:
        json.dump(content, file)


def read(folder, job):
    """Return the record of a job; None where there is none, or only a damaged one."""
    try:
        record = json.loads(path(folder, job).read_text(encoding="utf-8"))
        if record["key"] == key(job) and record["digest"] == _digest(record["job"], record):
            return record
    except (OSError, ValueError, KeyError, TypeError):
        pass
    return None


def _digest(job, record):
    """Return a digest of what a record says, so that a file altered by accident is not believed."""
    text = json.dumps([job, record["outcome"], record["cost"]], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()
