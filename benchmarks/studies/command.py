"""The command: ``python -m benchmarks study``."""

from concurrent.futures import BrokenExecutor
from pathlib import Path

from .definitions import STUDIES

RESULTS = Path(__file__).parents[1] / "results" / "studies"


def add(commands, positive):
    """Add the command to those of ``python -m benchmarks``; positive: a converter of arguments."""
    study = commands.add_parser("study", help="reproduce the tables of the documents, side by side")
    study.add_argument("names", nargs="*", metavar="NAME", help="studies; --list shows them")
    study.add_argument("--all", action="store_true", help="every study")
    study.add_argument("--list", action="store_true", help="list the studies and end")
    study.add_argument(
        "--runs", type=positive, metavar="N", help="seeds to average over (default: the study's own)"
    )
    study.add_argument("--jobs", type=positive, metavar="N", help="trainings at a time (default: the cores)")
    study.add_argument(
        "--data", metavar="digits|mnist|FILE.csv", help="default: mnist where it is at hand, else digits"
    )
    study.add_argument("--scheduler", metavar="ADDRESS", help="train on a Dask cluster: tcp://HOST:PORT")
    study.add_argument(
        "--stored", action="store_true", help="train nothing; make the pages of what is stored"
    )
    study.add_argument(
        "--out", type=Path, default=RESULTS, metavar="FOLDER", help="of trainings (default: %(default)s)"
    )
    study.add_argument("--pages", type=Path, metavar="FOLDER", help="default: pages in the folder of --out")
    study.set_defaults(command=run)


def run(options):
    """Run studies and write their pages, or list them; return the exit status."""
    unknown = [name for name in options.names if name not in STUDIES]
    if unknown:
        raise ValueError(f"there is no study {unknown[0]!r}; the studies are {', '.join(STUDIES)}")
    if options.list:
        return _list()
    if bool(options.names) == options.all:
        raise ValueError("name the studies to run, or give --all; --list shows them")
    from nn import data

    from . import runner

    studies = [STUDIES[name] for name in (STUDIES if options.all else options.names)]
    name, reason = (options.data, "as asked") if options.data else data.choose()
    print(f"Data: {name} ({reason})", flush=True)
    dataset = data.load(name)
    if not options.stored:
        jobs = options.jobs or _cores()
        try:
            runner.run(
                studies,
                name,
                dataset.checksum,
                options.out,
                runs=options.runs,
                n_jobs=jobs,
                scheduler=options.scheduler,
            )
        except (RuntimeError, BrokenExecutor) as error:
            raise ValueError(f"{error}; what was trained is kept: run the command again") from error
    return 0


def _cores():
    from joblib import cpu_count

    return cpu_count()


def _list():
    from . import runner

    print(f"{'name':<28} {'document':<9} {'rows':>4} {'runs':>4}  {'minutes':>7}  (a guess: MNIST, one core)")
    for study in STUDIES.values():
        minutes = runner.estimate(study) / 60
        print(f"{study.name:<28} {study.document:<9} {len(study.rows):>4} {study.runs:>4}  {minutes:>7.1f}")
    return 0
