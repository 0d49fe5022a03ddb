"""The entry of ``python -m nn``, whose command line is in ``app/command_line.py``."""

import sys

from .app.command_line import main

if __name__ == "__main__":
    sys.exit(main())
