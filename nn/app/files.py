"""Files written whole or not at all: to a temporary name first, then moved into place."""

import os
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def replacing(path, mode="wb", **options):
    """Open a file for writing that gets the name ``path`` only if the block ends without an error.

    Missing folders are made. ``options`` are passed to ``open``. A reader sees the old file or the new one,
    never half of either.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with open(temporary, mode, **options) as file:
            yield file
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)
