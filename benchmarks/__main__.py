"""The command line of the benchmarks: `python -m benchmarks`."""

import argparse
import sys
from pathlib import Path

from . import doctor, regressions, report
from .contenders import identifier
from .run import PARTS, RESULTS, SHORT, WORDS, Run, read
from .studies import command as studies


class _OneLineParser(argparse.ArgumentParser):
    def error(self, message):
        self.exit(2, f"benchmarks: {message} (see {self.prog} --help)\n")


def main(arguments=None):
    """Run one command; return the exit status."""
    parser = _OneLineParser(
        prog="python -m benchmarks",
        description="Time nn against other libraries, and reproduce the tables of the documents.",
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    run = commands.add_parser(
        "run",
        help="time all contenders in turn and print the table of ratios",
        description="Time all contenders in turn and print the table of ratios.",
    )
    run.add_argument(
        "parts", nargs="*", metavar="PART", help=f"what to measure: {' '.join(WORDS)} (default: all)"
    )
    run.add_argument(
        "--short",
        action="store_true",
        help=f"measure only what has a target: {' '.join(map(identifier, SHORT))}",
    )
    run.add_argument(
        "--rounds", type=_positive, default=7, metavar="N", help="rounds of each comparison (default: 7)"
    )
    run.add_argument(
        "--threads", type=_positive, metavar="N", help="threads of every contender (default: its own choice)"
    )
    run.add_argument("--impl", metavar="NAME", help="a package of yours that also takes part")
    results = f"default: {RESULTS.parent.name}/{RESULTS.name}"  # short, wherever the project lies
    run.add_argument(
        "--out",
        type=Path,
        default=RESULTS / "last.json",
        metavar="FILE",
        help=f"file for the results ({results}/last.json)",
    )
    run.add_argument("--fresh", action="store_true", help="discard what an earlier run has measured")
    run.set_defaults(command=_run)
    page = commands.add_parser(
        "report",
        help="turn the last run into a Markdown page with plots",
        description="Turn the last run into a Markdown page with plots.",
    )
    page.add_argument(
        "--run",
        type=Path,
        default=RESULTS / "last.json",
        metavar="FILE",
        help=f"file with the results of a run ({results}/last.json)",
    )
    page.add_argument(
        "--out", type=Path, default=RESULTS, metavar="FOLDER", help=f"folder for the page ({results})"
    )
    page.add_argument(
        "--publish",
        action="store_true",
        help="write into benchmarks/reports instead, and update the table in README.md",
    )
    page.set_defaults(command=_report)
    slower = commands.add_parser(
        "regressions",
        help="check whether nn is slower than in an earlier revision",
        description="Check whether nn is slower than in an earlier revision.",
    )
    slower.add_argument(
        "revision",
        nargs="?",
        default="HEAD~1",
        help="revision to compare with, as git names it (default: %(default)s)",
    )
    slower.add_argument(
        "-k",
        dest="words",
        nargs="+",
        default=(),
        metavar="WORD",
        help="time only cases with a WORD in their name",
    )
    slower.set_defaults(command=_regressions)
    commands.add_parser(
        "doctor",
        help="check whether better BLAS kernels are available for this processor",
        description="Check whether better BLAS kernels are available for this processor.",
    ).set_defaults(command=_doctor)
    studies.add(commands, _positive)
    options = parser.parse_args(arguments)
    try:
        return options.command(options)
    except (OSError, ValueError) as error:
        print(f"benchmarks: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("benchmarks: interrupted; what has been measured is kept", file=sys.stderr)
        return 130


def _run(options):
    parts = [WORDS.get(part, part) for part in options.parts]  # the names in the tables will do, too
    unknown = [part for part in parts if part not in PARTS]
    if unknown:
        raise ValueError(f"there is no part {unknown[0]!r}; the parts are {', '.join(WORDS)}")
    if options.fresh:
        options.out.unlink(missing_ok=True)
    run = Run(options.out, rounds=options.rounds, impl=options.impl, threads=options.threads)
    record = run.measure(parts or (SHORT if options.short else None))
    print("\n".join(report.table(record, parts)))
    print(f"\nEverything measured: {options.out}\nAs a page: python -m benchmarks report")
    return 0


def _report(options):
    if not options.run.exists():
        raise ValueError(f"there is no run in {options.run}; python -m benchmarks run makes one")
    record = read(options.run)
    print(report.publish(record) if options.publish else report.make(record, options.out))
    return 0


def _regressions(options):
    slower = regressions.compare(options.revision, options.words)
    if not slower:
        return 0
    print("\n".join(["", "Slower by a quarter or more, in four measurements:", *slower]))
    return 1


def _doctor(options):
    print(doctor.tell(doctor.examine()))
    return 0


def _positive(text):
    value = int(text) if text.isdecimal() else 0
    if value < 1:
        raise argparse.ArgumentTypeError(f"must be a whole number above 0; got {text!r}")
    return value


if __name__ == "__main__":
    sys.exit(main())
