"""The command line: ``python -m nn train|compare|evaluate|predict|recipes``."""

import argparse
import math
import sys

from . import commands
from .activations import ACTIVATIONS
from .initializers import INITIALIZERS
from .optimizers import OPTIMIZERS
from .recipes import RECIPES


def main(arguments=None):
    """Run one command; return the exit status: 0, 1 for an error told in one line, 130 after Ctrl-C."""
    options = _parser().parse_args(arguments)
    try:
        options.command(options)
    except (ValueError, OSError, FloatingPointError) as error:
        print(f"error: {' '.join(str(error).split())}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:  # whatever was worth keeping has been kept
        print("interrupted", file=sys.stderr)
        return 130
    return 0


class _OneLineParser(argparse.ArgumentParser):
    def error(self, message):
        self.exit(2, f"error: {message} (see {self.prog} --help)\n")


def _parser():
    parser = _OneLineParser(
        prog="python -m nn", description="Neural networks from scratch, on handwritten digits."
    )
    subparsers = parser.add_subparsers(required=True, metavar="COMMAND")

    def add(command, **options):
        sub = subparsers.add_parser(
            command.__name__, help=command.__doc__, description=command.__doc__, **options
        )
        sub.set_defaults(command=command)
        return sub

    def add_run_options(sub):
        sub.add_argument(
            "--data",
            metavar="digits|mnist|FILE.csv",
            help="default: mnist where its files are found, else digits",
        )
        sub.add_argument("--seed", type=_whole(0), default=0, metavar="N")
        sub.add_argument("--dtype", choices=("float32", "float64"), default="float32")
        sub.add_argument("--out", metavar="DIR", help="folder for the results")

    sub = add(commands.train)
    sub.add_argument("recipe", type=_recipe, metavar="RECIPE", help=", ".join(RECIPES))
    add_run_options(sub)
    sub.add_argument("--epochs", type=_whole(1), metavar="N")
    sub.add_argument("--batch-size", type=_batch_size, metavar="N", help="a number, or 'full'")
    sub.add_argument("--lr", type=_number(0, math.inf), metavar="RATE", help="learning rate")
    sub.add_argument(
        "--hidden", type=_whole(1), nargs="+", metavar="WIDTH", help="widths of the hidden layers"
    )
    sub.add_argument("--activation", choices=[name for name in ACTIVATIONS if name != "identity"])
    sub.add_argument("--optimizer", choices=OPTIMIZERS)
    sub.add_argument("--initializer", choices=INITIALIZERS)
    sub.add_argument("--l2", type=_number(0, math.inf), metavar="STRENGTH")
    sub.add_argument("--dropout", type=_number(0, 1), metavar="RATE", help="share of hidden units dropped")
    sub.add_argument(
        "--patience", type=_whole(1), metavar="N", help="epochs without improvement before stopping"
    )

    sub = add(commands.compare)
    sub.add_argument(
        "recipes", type=_recipe, nargs="*", default=["v1", "v2"], metavar="RECIPE", help="default: v1 v2"
    )
    add_run_options(sub)
    sub.add_argument("--runs", type=_whole(1), default=1, metavar="N", help="seeds to average over")

    sub = add(commands.evaluate)
    sub.add_argument("model", metavar="MODEL", help="a model.npz")
    sub.add_argument(
        "--data",
        metavar="digits|mnist|FILE.csv",
        help="default: mnist where its files are found, else digits",
    )

    sub = add(commands.predict)
    sub.add_argument("model", metavar="MODEL", help="a model.npz")
    sub.add_argument("images", nargs="+", metavar="IMAGE.png")

    add(commands.recipes)
    return parser


def _recipe(text):
    if text not in RECIPES:
        raise argparse.ArgumentTypeError(f"expected one of {', '.join(RECIPES)}; got {text!r}")
    return text


def _whole(least):
    def convert(text):
        if not text.isdecimal() or int(text) < least:
            raise argparse.ArgumentTypeError(f"expected a whole number from {least}; got {text!r}")
        return int(text)

    return convert


def _number(low, below):
    def convert(text):
        try:
            value = float(text)
        except ValueError:
            value = math.nan
        if not low <= value < below:
            limit = "" if below == math.inf else f" and below {below}"
            raise argparse.ArgumentTypeError(f"expected a number from {low}{limit}; got {text!r}")
        return value

    return convert


def _batch_size(text):
    return "full" if text == "full" else _whole(1)(text)


if __name__ == "__main__":
    sys.exit(main())
