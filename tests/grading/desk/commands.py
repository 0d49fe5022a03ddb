"""The learner's command line, `python -m kata`: its commands, their options, and what each calls."""

import argparse
import os
import re
import sys
from difflib import get_close_matches
from pathlib import Path

from tests.grading.desk import checking, helping, race, renewing, watching
from tests.grading.desk.asked import OWN, CommandError, folder_of
from tests.grading.judging.runner import LIMIT
from tests.grading.terminal import Painter, cut


def main(arguments=None):
    """Run one command; return the exit status: 0 only where everything asked for passes."""
    parser = _parser()
    options = parser.parse_args(arguments)
    if hasattr(sys.stdout, "reconfigure"):  # a console that lacks a character shows another in its place
        sys.stdout.reconfigure(errors="replace")
        sys.stderr.reconfigure(errors="replace")
    try:
        options.folder = folder_of(options.impl)
        options.paint = Painter(_color())
        options.command = "python -m kata" + (f" --impl {options.impl}" if options.impl else "")
        return options.run(options)
    except CommandError as error:
        print(cut(f"kata: {error}"), file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:  # whoever reads has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return 1


class _Parser(argparse.ArgumentParser):
    """Tells of a mistake in one line, without the usage."""

    def error(self, message):
        message = message.removeprefix("argument ")
        # Python 3.15 makes a guess of its own before the choices.
        choice = r"(.*?): invalid choice: ('.*?'|[^\s,]+)(?:, maybe you meant .*\?)? \(choose from (.*)\)"
        if match := re.match(choice, message):
            argument, got, known = match[1], match[2].strip("'"), re.findall(r"[\w-]+", match[3])
            near = get_close_matches(got, known, n=1)
            meant = f"did you mean {near[0]}?" if near else f"it must be one of {', '.join(known)}"
            message = f"{argument}: there is no {got!r}; {meant}"
            if argument == "COMMAND":
                message = f"there is no command {got!r}; " + (meant if near else "see python -m kata --help")
        self.exit(2, cut(f"kata: {message}") + "\n")


def _common():
    """Return a parser of the options that may stand before or behind the command."""
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument(
        "--impl",
        default=argparse.SUPPRESS,
        metavar="FOLDER",
        help=f"the package to work on (default: {OWN} if it exists, else kata)",
    )
    common.add_argument(
        "--limit",
        type=_positive,
        default=argparse.SUPPRESS,
        metavar="SECONDS",
        help=f"time that an exercise may take (default: {LIMIT:g})",
    )
    common.add_argument(
        "--no-changes",
        action="store_true",
        default=argparse.SUPPRESS,
        help="never show the line that mends a mistake; KATA_NO_CHANGES=1 does the same",
    )
    return common


def _parser():
    parser = _Parser(
        prog="python -m kata",
        parents=[_common()],
        description="Your board: what is done, and what to write next.",
        epilog="A lesson is a number, a name, or several (1, activations, 1-4); an exercise is a function's "
        "name.",
    )
    withheld = os.environ.get("KATA_NO_CHANGES", "") not in ("", "0")
    parser.set_defaults(run=checking.show_board, impl=None, limit=LIMIT, no_changes=withheld)
    commands = parser.add_subparsers(metavar="COMMAND")

    def add(name, run, purpose, more=""):
        description = purpose[0].upper() + purpose[1:] + "." + more
        command = commands.add_parser(name, parents=[_common()], help=purpose, description=description)
        command.set_defaults(run=run)
        return command

    command = add("check", checking.check, "run the tests of lessons or exercises, of all if none is named")
    command.add_argument("what", nargs="*", metavar="LESSON|EXERCISE")
    command.add_argument(
        "--traceback", action="store_true", help="also show the lines of code at which a test failed"
    )
    command.add_argument(
        "--seed", type=_seed, default=0, metavar="N", help="seed for the tests' random numbers (default: 0)"
    )
    command.add_argument(
        "--json", action="store_true", help="print the outcome as JSON, and nothing else on standard output"
    )
    command.add_argument(
        "--junitxml", type=_file, metavar="FILE", help="write the outcome in JUnit's format, for other tools"
    )
    command.add_argument("--results", type=_file, metavar="FILE", help="write the outcome for Gradescope")
    add(
        "watch",
        watching.watch,
        "check again whenever a file is saved, and move on when an exercise passes",
        " On a terminal, h shows the next hint, r runs the exercise again, and q quits.",
    )
    command = add(
        "hint",
        helping.hint,
        "show one more step of help with an exercise",
        " If your code fails, this is a question about your own line, and next the change that mends it, if"
        " they are known. Otherwise, it is one of three written hints: the idea, the formula, an outline in"
        " words.",
    )
    command.add_argument(
        "exercise", nargs="?", metavar="EXERCISE", help="exercise to hint at (default: the next one)"
    )
    which = command.add_mutually_exclusive_group()
    which.add_argument("--step", type=int, choices=(1, 2, 3), help="show this one of the written hints")
    which.add_argument(
        "--level",
        type=int,
        choices=(2, 3),
        help="show the question (2) or the change (3) for code that fails; level 1 is what check says",
    )
    command = add("solution", helping.solution, "compare a function that passes with a plain solution")
    command.add_argument("exercise", metavar="EXERCISE")
    command.add_argument(
        "--fast", action="store_true", help="compare with the reference, and say what makes it fast"
    )
    command.add_argument(
        "--force", action="store_true", help="show the solution even if yours does not pass yet"
    )
    command = add("reset", renewing.reset, "put back the skeletons of exercises or lessons, keeping a backup")
    command.add_argument("what", nargs="+", metavar="LESSON|EXERCISE")
    command = add("new", renewing.new, "make a fresh copy of the skeletons, to work in")
    command.add_argument("target", nargs="?", type=Path, metavar="FOLDER", help=f"default: {OWN}")
    command = add("race", race.race, "time what passes, beside the reference and the least work possible")
    command.add_argument("what", nargs="*", metavar="LESSON|EXERCISE")
    return parser


def _file(text):
    path = Path(text)
    if not text or path.is_dir() or not path.parent.is_dir():
        raise argparse.ArgumentTypeError(f"cannot write {text!r}")
    return path


def _seed(text):
    try:
        value = int(text)
    except ValueError:
        value = -1
    if value < 0:
        raise argparse.ArgumentTypeError(f"must be a whole number, 0 or more; got {text!r}")
    return value


def _positive(text):
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0 < value < float("inf"):
        raise argparse.ArgumentTypeError(f"must be a positive number of seconds; got {text!r}")
    return value


def _color():
    """Tell whether the terminal takes colors and nobody objects (https://no-color.org)."""
    if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb" or not sys.stdout.isatty():
        return False
    if os.name == "nt":
        os.system("")  # switches the escape sequences of a Windows console on
    return True
