"""The command: ``python -m benchmarks study``."""

from concurrent.futures import BrokenExecutor
from pathlib import Path

from . import others
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
        "--out",
        type=Path,
        default=RESULTS,
        metavar="FOLDER",
        help="of trainings (default: benchmarks/results/studies)",
    )
    study.add_argument("--pages", type=Path, metavar="FOLDER", help="default: pages in the folder of --out")
    study.set_defaults(command=run)


def run(options):
    """Run studies and write their pages, or list them; return the exit status."""
    known = [*STUDIES, *others.OTHERS]
    unknown = [name for name in options.names if name not in known]
    if unknown:
        raise ValueError(f"there is no study {unknown[0]!r}; the studies are {', '.join(known)}")
    if options.list:
        return _list()
    if bool(options.names) == options.all:
        raise ValueError("name the studies to run, or give --all; --list shows them")
    from nn import data

    names = known if options.all else options.names
    name, reason = (options.data, "as asked") if options.data else data.choose()
    print(f"Data: {name} ({reason})", flush=True)
    dataset = data.load(name)
    pages = options.pages or options.out / "pages"
    if not options.stored:
        for option, folder in (("--out", options.out), ("--pages", pages)):
            _make(option, folder)
        _measure(names, name, dataset, options)
    for page in _write_pages(names, name, dataset, options, pages):
        print(page)
    return 0


def _make(option, folder):
    """Make a folder before anything is measured for it."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except (FileExistsError, NotADirectoryError):
        raise ValueError(f"{option} must be a folder; {folder} is a file, or in one") from None


def _measure(names, data, dataset, options):
    """Measure what is not stored yet."""
    from . import runner

    n_jobs = options.jobs or _cores()
    studies = [STUDIES[name] for name in names if name in STUDIES]
    arguments = {"runs": options.runs, "n_jobs": n_jobs, "scheduler": options.scheduler}
    try:
        if studies:
            runner.run(studies, data, dataset.checksum, options.out, **arguments)
        for name in names:
            if name in others.OTHERS:
                others.measure(name, dataset, options.out, runs=options.runs, n_jobs=n_jobs)
    except BrokenExecutor as error:
        raise ValueError(f"{error}; what was trained is kept: run the command again") from error


def _write_pages(names, data, dataset, options, folder):
    """Write the pages of studies, and the index of all that have a page in the folder; return the paths.

    Studies that have one from an earlier command stand in the index with their own number of runs.
    """
    from . import pages, summary

    written, gathered, beside = [], [], []
    for study in STUDIES.values():
        runs = options.runs if study.name in names else None
        found = summary.settings(study, options.out, data, dataset.checksum, runs)
        if any(setting.records for setting in found):
            if study.name in names:
                written.append(pages.write_study(study, found, folder, dataset))
            if (folder / f"{study.name}.md").exists():
                gathered.append((study, found))
    for name in others.OTHERS:
        record = others.read(name, dataset, options.out, runs=options.runs)
        if record is not None and name in names:
            written.append(others.write_page(name, record, dataset, folder))
        if (folder / f"{name}.md").exists():
            beside.append((name, others.module(name).TITLE))
    if not written:
        runs = f" with {options.runs} runs" if options.runs else ""
        raise ValueError(
            f"nothing of these studies is stored in {options.out}{runs}; train them without --stored"
        )
    return [*written, pages.write_index(gathered, folder, dataset, beside)]


def _cores():
    from joblib import cpu_count

    return cpu_count()


def _list():
    from . import runner

    print(f"{'name':<28} {'document':<9} {'rows':>4} {'runs':>4}  {'minutes':>7}  (a guess: MNIST, one core)")
    for study in STUDIES.values():
        minutes = runner.estimate(study) / 60
        about = f"{study.document or '-':<9} {len(study.rows):>4} {study.runs:>4}"
        print(f"{study.name:<28} {about}  {minutes:>7.1f}")
    for name in others.OTHERS:
        print(f"{name:<28} {others.module(name).TITLE}")
    return 0
