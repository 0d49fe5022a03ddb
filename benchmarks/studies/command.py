"""The command ``python -m benchmarks study``."""

import json
from concurrent.futures import BrokenExecutor
from pathlib import Path

from . import index, recipes, runner, store, summary, times
from .catalogue import STUDIES

RESULTS = Path(__file__).parents[1] / "results" / "studies"
REPORTS = (
    Path(__file__).parents[1] / "reports" / "studies"
)  # the committed pages, and the records beside them


def add(commands, positive):
    """Add the command to ``python -m benchmarks``. positive: converts an argument to a number."""
    study = commands.add_parser(
        "study",
        help="reproduce the tables of the documents",
        description="Train the settings of the documents' tables again, and write a page for each table.",
    )
    study.add_argument("names", nargs="*", metavar="NAME", help="studies to run; --list shows them")
    study.add_argument("--all", action="store_true", help="run every study")
    study.add_argument("--list", action="store_true", help="list the studies and exit")
    study.add_argument(
        "--runs",
        type=positive,
        metavar="N",
        help="number of seeds to average over (default: the study's own)",
    )
    study.add_argument(
        "--jobs", type=positive, metavar="N", help="training runs at a time (default: one per core)"
    )
    study.add_argument(
        "--data",
        metavar="digits|mnist|FILE.csv",
        help="data set (default: mnist if available, otherwise digits)",
    )
    study.add_argument("--scheduler", metavar="ADDRESS", help="train on a Dask cluster: tcp://HOST:PORT")
    study.add_argument(
        "--stored", action="store_true", help="train nothing; make the pages from stored or committed records"
    )
    study.add_argument(
        "--times",
        action="store_true",
        help="time an epoch of each row in turn; skip studies without 'ratio' in their field show",
    )
    study.add_argument(
        "--table",
        action="store_true",
        help="print the table of recipes in README.md, made from the committed tables",
    )
    study.add_argument(
        "--out",
        type=Path,
        default=RESULTS,
        metavar="FOLDER",
        help="folder for the records (default: benchmarks/results/studies)",
    )
    study.add_argument(
        "--pages", type=Path, metavar="FOLDER", help="folder for the pages (default: pages inside --out)"
    )
    study.set_defaults(command=run)


def run(options):
    """Run studies and write their pages, or list them; return the exit status."""
    unknown = [name for name in options.names if name not in STUDIES]
    if unknown:
        raise ValueError(f"there is no study {unknown[0]!r}; the studies are {', '.join(STUDIES)}")
    if options.list:
        return _list()
    if options.table:
        print(recipes.table(REPORTS))
        return 0
    if bool(options.names) == options.all:
        raise ValueError("name the studies to run, or give --all; --list shows them")
    studies = [study for name, study in STUDIES.items() if options.all or name in options.names]
    if options.times:
        _check_times(studies, options)
    pages = options.pages or options.out / "pages"
    if options.stored:
        data, checksum = _stored(options)
    else:
        data, dataset = _load(options.data)
        checksum = dataset.checksum
        for option, folder in (("--out", options.out), ("--pages", pages)):
            _make(option, folder)
        _measure(studies, data, dataset, options)
    for page in _write_pages(studies, data, checksum, options, pages):
        print(page)
    return 0


def _check_times(studies, options):
    """Say which studies are timed; raises ValueError if there is nothing to time."""
    if options.stored:
        raise ValueError("--times measures and --stored does not; give one of them")
    timed = [study.name for study in studies if "ratio" in study.show]
    skipped = [study.name for study in studies if "ratio" not in study.show]
    if not timed:
        others = ", ".join(name for name, study in STUDIES.items() if "ratio" in study.show)
        raise ValueError(
            f"--times is for studies whose show has 'ratio' ({others}); got {', '.join(skipped)}"
        )
    print(f"Timing {', '.join(timed)}", flush=True)
    if skipped:
        print(f"Not timed, since their show lacks 'ratio': {', '.join(skipped)}", flush=True)


def _load(name):
    """Load the data and print which they are; return name and Dataset."""
    from nn.app import data

    name, reason = (name, "as asked") if name else data.choose()
    print(f"Data: {name} ({reason})", flush=True)
    return name, data.load(name)


def _make(option, folder):
    """Make a folder before anything is measured."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except (FileExistsError, NotADirectoryError):
        raise ValueError(f"{option} must be a folder; {folder} is a file, or in one") from None


def _measure(studies, data, dataset, options):
    """Measure what is not stored yet."""
    if options.times:
        for study in studies:
            if "ratio" in study.show:
                print(f"{study.name}: timing", flush=True)
                store.write_json(times.path(options.out, study), times.measure(study, dataset))
        return
    arguments = {"runs": options.runs, "n_jobs": options.jobs or _cores(), "scheduler": options.scheduler}
    try:
        runner.run(studies, data, dataset.checksum, options.out, **arguments)
    except BrokenExecutor as error:
        raise ValueError(f"{error}; what was trained is kept: run the command again") from error


def committed():
    """Return ``summary.Measured`` of the records in the repository."""
    data = _committed_data()
    if "mnist" not in data:
        raise ValueError(f"there are no records on MNIST in {REPORTS}")
    return measured(REPORTS, data["mnist"], committed=True, tables=REPORTS)


def _stored(options):
    """Return name and checksum of the data of stored or committed records; without any, load the data."""
    for found in (_data_of(store.stored(options.out)), _committed_data()):
        name = options.data or ("mnist" if "mnist" in found else next(iter(found), None))
        if name in found:
            return name, found[name]
    name, dataset = _load(options.data)
    return name, dataset.checksum


def _committed_data():
    return {k: v for name in STUDIES for k, v in _data_of(store.kept_records(REPORTS, name)).items()}


def _data_of(records):
    """Return the checksums of the data of records, by name."""
    jobs = [record["job"] for record in records.values() if "job" in record]
    return {job["data"]: job["checksum"] for job in jobs}


def measured(out, checksum, *, runs=None, committed=False, tables=None):
    """Return ``summary.Measured`` of the records in a folder, and also of the committed ones if asked."""
    files = [times.path(out, study) for study in STUDIES.values()]
    taken = [json.loads(file.read_text(encoding="utf-8")) for file in files if file.exists()]
    if committed:
        taken = [r for name in STUDIES for r in store.kept(REPORTS / f"{name}{store.KEPT}")] + taken
    of = {name: r for name, study in STUDIES.items() for r in taken if times.is_of(r, study, checksum)}
    kept = REPORTS if committed else None
    records = store.stored(out)
    return summary.Measured(STUDIES, records, checksum, runs=runs, times=of, kept=kept, tables=tables)


def _write_pages(studies, data, checksum, options, folder):
    """Write the pages of studies, and an index of all pages in the folder; return the paths."""
    known = measured(options.out, checksum, runs=options.runs, committed=options.stored, tables=folder)
    shown = Path(data).stem if data.endswith(".csv") else data
    for study in studies:
        if known.records(study.name) and (left_out := known.left_out(study.name)):
            print(
                f"{study.name}: the page leaves out {left_out} of the stored runs: --runs is {options.runs}"
            )
    written = [study.page(known, folder, shown) for study in studies if known.records(study.name)]
    if not written and options.times:
        return []  # the times are stored until there are training runs
    if not written:
        runs = f" with {options.runs} runs" if options.runs else ""
        raise ValueError(
            f"nothing of these studies is stored in {options.out}{runs}; train them without --stored"
        )
    gathered = {name: study for name, study in STUDIES.items() if (folder / f"{name}.md").exists()}
    return [*written, index.write(gathered, folder, shown)]


def _cores():
    from joblib import cpu_count

    return cpu_count()


def _list():
    print(f"{'name':<28} {'document':<9} {'rows':>4} {'runs':>4}  {'minutes':>7}  (estimate, one core)")
    for study in STUDIES.values():
        minutes, rows = runner.estimate(study) / 60, len(getattr(study, "rows", ())) or "-"
        about = f"{study.document or '-':<9} {rows:>4} {study.runs:>4}"
        print(f"{study.name:<28} {about}  {minutes:>7.1f}")
    return 0
