"""The command line: ``python -m nn train|compare|evaluate|predict|recipes``."""

import argparse
import math
import os
import sys

from ..activations import ACTIVATIONS
from ..initializers import INITIALIZERS
from ..optimizers import OPTIMIZERS
from . import commands
from .recipes import RECIPES


def main(arguments=None):
    """Run one command; return the exit status: 0, 1 after an error (printed in a line), 130 after Ctrl-C."""
    options = _parser().parse_args(arguments)
    try:
        options.command(options)
    except BrokenPipeError:  # the program that reads our output has ended, as `head` does
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except (ValueError, OSError, FloatingPointError, MemoryError) as error:
        print(f"error: {_in_one_line(error)}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:  # what was worth keeping has been saved
        print("interrupted", file=sys.stderr)
        return 130
    return 0


def _in_one_line(error):
    if isinstance(error, OSError) and error.filename is not None:
        return f"{error.filename}: {error.strerror}"
    if isinstance(error, MemoryError):
        return f"not enough memory: {error}"
    return " ".join(str(error).split())


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
            help="data set (default: mnist if its files are found, otherwise digits)",
        )
        sub.add_argument(
            "--seed", type=_whole(0), default=0, metavar="N", help="seed for all random numbers (default: 0)"
        )
        sub.add_argument(
            "--dtype",
            choices=("float32", "float64"),
            default="float32",
            help="type of all numbers (default: float32)",
        )
        sub.add_argument(
            "--out",
            metavar="DIR",
            help="folder for the results (default: results/RECIPE-DATA or results/compare-DATA)",
        )
        sub.add_argument(
            "--log", action="store_true", help="print a line for each epoch instead of a progress bar"
        )

    sub = add(commands.train)
    sub.add_argument("recipe", type=_recipe, metavar="RECIPE", help=f"one of {', '.join(RECIPES)}")
    add_run_options(sub)
    sub.add_argument(
        "--impl", metavar="FOLDER", help="package that trains instead of nn, by its folder or its name"
    )
    sub.add_argument("--epochs", type=_whole(1), metavar="N", help="number of epochs, at most")
    sub.add_argument(
        "--batch-size", type=_batch_size, metavar="N", help="samples in a batch, or 'full' for all of them"
    )
    sub.add_argument("--lr", type=_positive, metavar="RATE", help="learning rate")
    sub.add_argument(
        "--hidden", type=_whole(1), nargs="+", metavar="WIDTH", help="widths of the hidden layers"
    )
    activations = [name for name in ACTIVATIONS if name != "identity"]
    sub.add_argument(
        "--activation",
        choices=activations,
        metavar="NAME",
        help=f"activation of the hidden layers: {', '.join(activations)}",
    )
    sub.add_argument(
        "--optimizer",
        choices=OPTIMIZERS,
        metavar="NAME",
        help=f"rule that updates the weights: {', '.join(OPTIMIZERS)}",
    )
    sub.add_argument(
        "--initializer",
        choices=INITIALIZERS,
        metavar="NAME",
        help=f"distribution of the initial weights: {', '.join(INITIALIZERS)}",
    )
    sub.add_argument("--l2", type=_strength, metavar="STRENGTH", help="strength of the L2 penalty")
    sub.add_argument("--dropout", type=_share, metavar="RATE", help="share of the hidden units to drop")
    sub.add_argument(
        "--max-grad-norm",
        type=_or_none(_positive),
        metavar="NORM",
        help="clip the gradients to this joint norm; 'none' switches clipping off",
    )
    sub.add_argument(
        "--decay-every",
        type=_or_none(_whole(1)),
        metavar="N",
        help="halve the learning rate after every N epochs; 'none' keeps it constant",
    )
    sub.add_argument(
        "--scaling",
        choices=("divide", "min_max"),
        help="divide all pixels by the brightest value, or scale each by its own range",
    )
    sub.add_argument(
        "--validation",
        type=_part,
        metavar="SHARE",
        help="share of the training samples to hold out for validation",
    )
    sub.add_argument(
        "--patience",
        type=_or_none(_whole(1)),
        metavar="N",
        help="stop after N epochs without improvement; 'none' never stops early",
    )
    sub.add_argument(
        "--monitor", choices=("loss", "accuracy"), help="what must improve on the validation samples"
    )
    sub.add_argument(
        "--min-delta", type=_strength, metavar="D", help="an improvement must be larger than this"
    )

    sub = add(commands.compare)
    sub.add_argument(
        "recipes",
        type=_recipe,
        nargs="*",
        default=["v1", "v2"],
        metavar="RECIPE",
        help="recipes to compare (default: v1 v2)",
    )
    add_run_options(sub)
    sub.add_argument(
        "--runs", type=_whole(1), default=1, metavar="N", help="number of seeds to average over (default: 1)"
    )

    sub = add(commands.evaluate)
    sub.add_argument("model", metavar="MODEL", help="path of a model.npz")
    sub.add_argument(
        "--data",
        metavar="digits|mnist|FILE.csv",
        help="data set (default: mnist if its files are found, otherwise digits)",
    )

    sub = add(commands.predict)
    sub.add_argument("model", metavar="MODEL", help="path of a model.npz")
    sub.add_argument("images", nargs="+", metavar="IMAGE.png", help="pictures that show one digit each")

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


def _number(wanted, is_fine):
    def convert(text):
        try:
            value = float(text)
        except ValueError:
            value = math.nan
        if not is_fine(value):
            raise argparse.ArgumentTypeError(f"expected {wanted}; got {text!r}")
        return value

    return convert


_positive = _number("a number above 0", lambda value: 0 < value < math.inf)
_strength = _number("a number from 0", lambda value: 0 <= value < math.inf)
_part = _number("a number between 0 and 1", lambda value: 0 < value < 1)
_share = _number("a number from 0 and below 1", lambda value: 0 <= value < 1)


def _or_none(convert):
    return lambda text: text if text == "none" else convert(text)


def _batch_size(text):
    return "full" if text == "full" else _whole(1)(text)
