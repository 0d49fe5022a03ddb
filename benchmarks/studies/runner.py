"""The runner: it does the jobs of studies, each once, in parallel, and stores each as soon as it is done."""

import shutil
import sys
from concurrent.futures import BrokenExecutor
from contextlib import contextmanager
from typing import NamedTuple

from . import cluster, store
from .study import measure


class Task(NamedTuple):
    """A job of a study, and its place there."""

    study: object
    place: tuple
    job: dict

    @property
    def seconds(self):
        """About how long it takes."""
        return self.study.seconds(self.place, self.job)


def tasks(study, data, checksum, runs=None):
    """Return the Tasks of a study by the keys of their jobs."""
    jobs = study.jobs(data, checksum, runs)
    return {store.key(job): Task(study, place, job) for place, job in jobs.items()}


def estimate(study, runs=None):
    """Return the seconds that a study takes on one core on MNIST, if nothing is stored yet."""
    return sum(task.seconds for task in tasks(study, "mnist", "", runs).values())


def run(studies, data, checksum, folder, *, runs=None, n_jobs=1, scheduler=None):
    """Do the jobs whose records are not in the folder yet, the longest first, and write each record at once.

    Returns ``(found, done)``: how many records were found and how many were added.
    Raises BrokenExecutor if a worker process dies; what has been done until then is kept.
    """
    wanted = {}
    for study in studies:  # a job that several studies need is named by the first
        wanted = tasks(study, data, checksum, runs) | wanted
    missing = {key: task for key, task in wanted.items() if store.read(folder, task.job) is None}
    found = len(wanted) - len(missing)
    print(f"{len(wanted)} training runs: {found} found, {len(missing)} to do", flush=True)
    if not missing:
        return found, 0
    order = sorted(missing, key=lambda key: -missing[key].seconds)
    done = set()
    with _progress(sum(task.seconds for task in missing.values()), len(order)) as advance:
        for key, measured in _results([(key, missing[key].job) for key in order], n_jobs, scheduler):
            if key not in missing or key in done:
                raise BrokenExecutor(f"the training run {key} came back a second time")
            store.write(folder, missing[key].job, measured)
            done.add(key)
            advance(missing[key], measured["outcome"])
    if len(done) != len(missing):
        raise BrokenExecutor(
            f"{len(missing) - len(done)} training runs did not come back; run the command again"
        )
    return found, len(done)


def _results(jobs, n_jobs, scheduler):
    """Yield ``(key, measured)`` in the order in which the jobs end."""
    from joblib import Parallel, delayed, parallel_config

    if scheduler is not None:
        yield from cluster.results(_named, jobs, scheduler)
        return
    n_jobs = min(n_jobs, len(jobs))
    options = {"inner_max_num_threads": 1} if n_jobs > 1 else {}
    with parallel_config("loky" if n_jobs > 1 else "sequential", n_jobs=n_jobs, **options):
        parallel = Parallel(return_as="generator_unordered", batch_size=1)
        yield from parallel(delayed(_named)(key, job) for key, job in jobs)


def _named(key, job):
    return key, measure(job)


@contextmanager
def _progress(total, count):
    """Yield a function to call after each job: it moves a bar, or prints a line if there is no terminal.

    The bar counts estimated seconds, not jobs, so that the remaining time is realistic.
    """
    from tqdm import tqdm

    done, layout = 0, "{desc} {percentage:3.0f}%|{bar}| [{elapsed}<{remaining}]"
    width, watched = shutil.get_terminal_size().columns - 1, sys.stderr.isatty()
    with tqdm(total=total, bar_format=layout, ncols=width, smoothing=0.05, disable=not watched) as bar:
        bar.set_description_str(f"0 of {count} training runs")

        def advance(task, outcome):
            nonlocal done
            done += 1
            bar.set_description_str(f"{done} of {count} training runs", refresh=False)
            bar.update(task.seconds)
            if not watched:
                print(
                    f"[{done}/{count}] {task.study.label(task.place)}: {task.study.told(outcome)}", flush=True
                )

        yield advance
