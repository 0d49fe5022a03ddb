"""The store: each finished training in a file of its own, found again by all that decides its outcome; and
the records of a study together, compressed, beside its page.
"""

import gzip
import hashlib
import json
import zlib
from pathlib import Path

from nn.app.files import replacing

# Part of every key. To be raised when the same settings no longer give the same outcome: when a default of
# the recipe or the way of training, sampling or measuring changes.
FORMAT = 2
KEPT = ".jsonl.gz"  # what the name of a study's file of records ends with


def key(job):
    """Return the name of a job: a hash of all that decides its outcome, the same on every machine.

    The name of the data is left out: the checksum says what they are.
    """
    values = {name: value for name, value in job.items() if name != "data"}
    text = json.dumps({"format": FORMAT, **values}, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:24]


def path(folder, job):
    """Return where a job's record is stored."""
    return Path(folder, "trainings", f"{key(job)}.json")


def write(folder, job, record):
    """Store the record of a finished job, whole or not at all."""
    content = {"key": key(job), "job": job, **record, "digest": _digest(job, record)}
    with replacing(path(folder, job), "w", encoding="utf-8") as file:
        json.dump(content, file)


def read(folder, job):
    """Return the record of a job; None if there is none, or only a damaged one."""
    try:
        record = json.loads(path(folder, job).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return record if _is_sound(record) and record["key"] == key(job) else None


def stored(folder):
    """Return the sound records of all trainings in a folder, by key."""
    found = {}
    for file in sorted(Path(folder, "trainings").glob("*.json")):
        try:
            record = json.loads(file.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            continue
        if _is_sound(record):
            found[record["key"]] = record
    return found


def keep(file, records):
    """Write records into a compressed file, one a line: the same records give the same bytes."""
    lines = sorted(json.dumps(record, separators=(",", ":")) for record in records)
    with (
        replacing(file) as target,
        gzip.GzipFile("", "wb", compresslevel=9, fileobj=target, mtime=0) as packed,
    ):
        packed.write("".join(f"{line}\n" for line in lines).encode())


def kept(file):
    """Return the records that ``keep`` wrote; none if the file is missing.

    Raises ValueError for a file that is damaged.
    """
    try:
        with gzip.open(file, "rt", encoding="utf-8") as lines:
            return [json.loads(line) for line in lines]
    except FileNotFoundError:
        return []
    except (OSError, EOFError, ValueError, zlib.error) as error:
        raise ValueError(f"the records in {file} are damaged ({error}); restore the file") from error


def kept_trainings(folder, name):
    """Return the sound records of the trainings that are kept beside a study's page in a folder, by key."""
    records = kept(Path(folder, f"{name}{KEPT}"))
    return {record["key"]: record for record in records if _is_sound(record)}


def _is_sound(record):
    """Return True if a record says what it said when it was written, and its key is that of its job."""
    try:
        return record["digest"] == _digest(record["job"], record) and record["key"] == key(record["job"])
    except (KeyError, TypeError):
        return False


def _digest(job, record):
    """Return a digest of what a record says, so that a file altered by accident is not believed."""
    text = json.dumps([job, record["outcome"], record["cost"]], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()
