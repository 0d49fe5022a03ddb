"""Files: written whole or not at all."""

import os
from pathlib import Path


def write(path, text):
    """Write a text file under a temporary name and move it into its place."""
    path = Path(path)
    temporary = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    try:
        temporary.write_text(text, encoding="utf-8")
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
