"""The entry point of ``python -m nn``; the command line itself is in ``app/command_line.py``."""

import sys

from .app.command_line import main

if __name__ == "__main__":
    sys.exit(main())
