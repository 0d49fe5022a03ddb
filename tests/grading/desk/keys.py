"""Single keys: read from the terminal without Enter while a command waits, on Linux, macOS and Windows."""

import os
import re
import signal
import sys
import time
from contextlib import suppress

QUIT = "q"
ENDS = {"\x03": QUIT, "\x04": QUIT, "\x1a": QUIT}  # Ctrl-C, -D and -Z, if the terminal passes them on as keys


def keyboard():
    """Return the terminal's keyboard, to be opened by `with`; None unless both input and output are one."""
    try:
        if not (sys.stdin.isatty() and sys.stdout.isatty()):
            return None
    except (AttributeError, ValueError):  # there is none, or it is closed
        return None
    for system in (Terminal, Console):
        with suppress(ImportError):
            return system()
    return None


class Terminal:
    """The keyboard of Linux and macOS: the terminal hands over each key at once, and shows none.

    The terminal gets its own settings back at the end, also after an error, Ctrl-C or a signal that ends the
    process, and for as long as the process is stopped or in the background.
    """

    def __init__(self):
        import select
        import termios

        self._select, self._termios = select.select, termios
        self._input = sys.stdin.fileno()
        self._settings = None  # the terminal's own, as long as ours are in force
        self._handlers = {}
        self._keys = ""

    def __enter__(self):
        for name, handler in (("TSTP", self._stop), ("CONT", self._go_on), ("TERM", self._end)):
            number = getattr(signal, f"SIG{name}")
            if signal.getsignal(number) != signal.SIG_IGN:
                self._handlers[number] = signal.signal(number, handler)
        self._take()
        return self

    def __exit__(self, *error):
        self._give_back()
        for number, handler in self._handlers.items():
            signal.signal(number, handler)

    def wait(self, seconds):
        """Wait for a key so many seconds at most; return it as a small letter, "" if none was pressed."""
        if not self._keys:
            if not self._in_front():  # the keys are for another process, and reading them would stop this one
                time.sleep(seconds)
                return ""
            if not self._select([self._input], [], [], seconds)[0]:
                return ""
            try:
                data = os.read(self._input, 1024)
            except OSError:
                data = b""
            if not data:  # the terminal is gone
                return QUIT
            # An arrow or another special key sends several characters; none of them was pressed.
            self._keys = re.sub(r"\x1b(\[[\d;]*.|O.|.)?", "", data.decode("ascii", "ignore"), flags=re.S)
        key, self._keys = self._keys[:1], self._keys[1:]
        return ENDS.get(key, key.lower())

    def _in_front(self):
        """Tell whether the terminal belongs to this process, and not to one before which it runs."""
        with suppress(OSError):
            return os.tcgetpgrp(self._input) == os.getpgrp()
        return True  # a terminal that controls no processes

    def _take(self):
        """Ask the terminal for single keys."""
        if not self._in_front():
            return
        with suppress(self._termios.error):
            settings = self._termios.tcgetattr(self._input)
            self._settings = self._settings or settings
            own = [*settings[:6], [*settings[6]]]
            own[3] &= ~(self._termios.ICANON | self._termios.ECHO)
            own[6][self._termios.VMIN], own[6][self._termios.VTIME] = 1, 0
            self._termios.tcsetattr(self._input, self._termios.TCSANOW, own)

    def _give_back(self):
        """Give the terminal its own settings back, unless it belongs to another process by now."""
        if self._settings is not None and self._in_front():
            with suppress(self._termios.error):
                self._termios.tcsetattr(self._input, self._termios.TCSANOW, self._settings)
        self._settings = None

    def _stop(self, number, frame):
        """Stop, as Ctrl-Z asks, with the terminal as it was."""
        self._give_back()
        signal.signal(number, signal.SIG_DFL)
        os.kill(os.getpid(), number)  # it goes on here after `fg` or `bg`
        signal.signal(number, self._stop)
        self._take()

    def _go_on(self, number, frame):
        """Take the terminal again after the process was stopped, or brought to the front."""
        self._take()

    def _end(self, number, frame):
        """End as an error does, so that nothing is left behind."""
        sys.exit(128 + number)


class Console:
    """The keyboard of Windows: the console hands over each key at once, and nothing is to be put back."""

    PAUSE = 0.05  # seconds between two looks

    def __init__(self):
        import msvcrt

        self._console = msvcrt

    def __enter__(self):
        return self

    def __exit__(self, *error):
        pass

    def wait(self, seconds):
        """Wait for a key so many seconds at most; return it as a small letter, "" if none was pressed."""
        end = time.monotonic() + seconds
        while not self._console.kbhit():
            left = end - time.monotonic()
            if left <= 0:
                return ""
            time.sleep(min(left, self.PAUSE))
        key = self._console.getwch()
        if key in ("\x00", "\xe0"):  # an arrow or another special key: its second part follows
            self._console.getwch()
            return ""
        return ENDS.get(key, key.lower())
