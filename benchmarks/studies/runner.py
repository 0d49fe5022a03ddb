"""The runner: the trainings that studies need, each done once, in parallel, and remembered as soon as it is
done.
"""

import shutil
import sys
from concurrent.futures import BrokenExecutor
from contextlib import contextmanager
from itertools import pairwise

from . import store
from .training import settings, train

MNIST = {"pixels": 784, "training": 60_000, "pair": 11_272}  # sizes that the estimates start from


def jobs(study, data, checksum, runs=None):
    """Return ``{(place of the row, seed): job}`` for a study on the data set that is called so and has this
    checksum.

    Rows that differ only in when they are read share a job.
    """
    recipes = [settings(study.recipe(row)) for row in study.rows]
    found = {}
    for place, (row, recipe) in enumerate(zip(study.rows, recipes, strict=True)):
        same = [other for other, its in zip(study.rows, recipes, strict=True) if its == recipe]
        for seed in range(study.runs_of(row, runs)):
            found[place, seed] = {
                "recipe": recipe,
                "seed": seed,
                "data": data,
                "checksum": checksum,
                "sampling": study.sampling,
                "dtype": "float32",
                "readings": sorted({other.after for other in same} - {None}),
                "also": list(study.also),
            }
    return found


def seconds(job, printed_epochs=None):
    """Return a rough estimate of the seconds that a job takes on one core, on data as large as MNIST."""
    recipe = {"validation": 0.1, "patience": None} | job["recipe"]
    pair = "digits" in recipe
    n = 34_000 if job["sampling"] != "as loaded" else MNIST["pair" if pair else "training"]
    n *= 1 if job["sampling"] != "as loaded" else 1 - recipe["validation"]
    widths = [MNIST["pixels"], *recipe["hidden"], 1 if pair else 10]
    weights = sum(a * b for a, b in pairwise(widths))
    steps = n / (recipe["batch_size"] or n)
    epochs = printed_epochs or (min(recipe["epochs"], 25) if recipe["patience"] else recipe["epochs"])
    # Multiplications, the copying of the pixels, and what a step costs by itself and for each weight.
    return epochs * (6 * n * weights / 9e10 + 2e-9 * n * MNIST["pixels"] + steps * (6e-5 + 1e-9 * weights))


def estimate(study, runs=None):
    """Return the seconds that a study takes on one core on MNIST, if nothing of it is there yet."""
    return sum(_costs(study, jobs(study, "mnist", "", runs)).values())


def _costs(study, grid):
    """Return ``{key: seconds}`` for the jobs of a study."""
    return {
        store.key(job): seconds(job, study.rows[place].printed.epochs) for (place, _), job in grid.items()
    }


def run(studies, data, checksum, folder, *, runs=None, n_jobs=1, scheduler=None):
    """Train what is not in the folder yet, the longest first, each record written as soon as it is done.

    Returns ``(found, done)``: how many of the trainings were there and how many were added.
    Raises BrokenExecutor where a worker process has died; what was done until then is kept.
    """
    wanted, costs, labels = {}, {}, {}
    for study in studies:
        grid = jobs(study, data, checksum, runs)
        for (place, _), job in grid.items():
            labels.setdefault(store.key(job), f"{study.name}, {study.rows[place].label}")
        wanted |= {store.key(job): job for job in grid.values()}
        costs |= _costs(study, grid)
    missing = {name: job for name, job in wanted.items() if store.read(folder, job) is None}
    found = len(wanted) - len(missing)
    print(f"{len(wanted)} trainings: {found} found, {len(missing)} to do", flush=True)
    if not missing:
        return found, 0
    order = sorted(missing, key=lambda name: -costs[name])
    done = set()
    with _progress(sum(costs[name] for name in order), len(order)) as advance:
        for name, record in _results([(name, missing[name]) for name in order], n_jobs, scheduler):
            if name not in missing or name in done:
                raise BrokenExecutor(f"the training {name} came back a second time")
            store.write(folder, missing[name], record)
            done.add(name)
            advance(costs[name], f"{labels[name]}, seed {missing[name]['seed']}", record["outcome"])
    if len(done) != len(missing):
        raise BrokenExecutor(f"{len(missing) - len(done)} trainings did not come back; run the command again")
    return found, len(done)


def _results(tasks, n_jobs, scheduler):
    """Yield ``(name, record)`` in the order in which the trainings end."""
    from joblib import Parallel, delayed, parallel_config

    if scheduler is not None:
        from . import cluster

        yield from cluster.results(_named, tasks, scheduler)
        return
    options = {"inner_max_num_threads": 1} if n_jobs > 1 else {}
    with parallel_config("loky" if n_jobs > 1 else "sequential", n_jobs=n_jobs, **options):
        parallel = Parallel(return_as="generator_unordered", batch_size=1)
        yield from parallel(delayed(_named)(name, job) for name, job in tasks)


def _named(name, job):
    return name, train(job)


@contextmanager
def _progress(total, count):
    """Yield a function to call after each training: it moves a bar, or prints a line where there is no
    terminal.

    The bar counts estimated seconds, not trainings, so that the time left is fair.
    """
    done = 0
    if sys.stderr.isatty():
        from tqdm import tqdm

        layout = "{desc} {percentage:3.0f}%|{bar}| [{elapsed}<{remaining}]"
        width = shutil.get_terminal_size().columns - 1
        with tqdm(total=total, bar_format=layout, ncols=width, smoothing=0.05) as bar:
            bar.set_description_str(f"0 of {count} trainings")

            def advance(cost, label, outcome):
                nonlocal done
                done += 1
                bar.set_description_str(f"{done} of {count} trainings", refresh=False)
                bar.update(cost)

            yield advance
        return

    def advance(cost, label, outcome):
        nonlocal done
        done += 1
        end = outcome["readings"].get("end")
        result = f"test accuracy {end['test']['accuracy']:.2%}" if end else outcome["error"]
        print(f"[{done}/{count}] {label}: {result}", flush=True)

    yield advance
