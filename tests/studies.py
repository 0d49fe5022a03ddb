"""What the tests of the studies share: a tiny study, its jobs and outcomes, and a study as a process."""

import json
import subprocess
import sys
from dataclasses import replace

from benchmarks import ROOT
from benchmarks.studies import (
    catalogue,
    store,
)
from benchmarks.studies.study import Printed, Row, Study
from benchmarks.studies.summary import Measured
from nn.app.data import load
from nn.app.recipes import Recipe

STUDIES = {name: study for name, study in catalogue.STUDIES.items() if isinstance(study, Study)}
BASE = Recipe("tiny", "", "000", hidden=(8,), epochs=6, batch_size=64, lr=0.01)


TINY = Study(
    name="tiny",
    title="A tiny study",
    document="000",
    base=BASE,
    rows=(
        Row("early", Printed(accuracy=0.2), after=2),
        Row("late", Printed(accuracy=0.99, f1=0.5, loss=2.0, epochs=6.0, seconds=3.0)),
        Row("wide", Printed(accuracy=0.5, accuracy_to=0.999), {"hidden": (16,)}, remark="It is wide."),
    ),
    runs=2,
    best=("late",),
    show=("confusion", "log", "by digit", "ratio"),
    summed_over=128,
)


FAILING = replace(
    TINY, name="failing", rows=(Row("steep", changes={"optimizer": "sgd", "lr": 1e30}), Row("calm"))
)


def job(**changes):
    recipe = replace(BASE, **changes)
    study = replace(TINY, base=recipe, rows=(Row("only"),))
    return study.jobs("digits", "sum", 1)[0, 0]


def known(study, folder, **options):
    return Measured({study.name: study}, store.stored(folder), load("digits").checksum, **options)


def found(study, folder, **options):
    return known(study, folder, **options).table(study.name)


def outcomes(folder):
    """Return what repeats of every stored training, by key."""
    records = [json.loads(path.read_text(encoding="utf-8")) for path in folder.glob("trainings/*.json")]
    return {record["key"]: record["outcome"] for record in records}


def study(*arguments):
    """Start a study on digits as a process of its own."""
    command = [sys.executable, "-m", "benchmarks", "study", "--data", "digits", *map(str, arguments)]
    return subprocess.Popen(command, cwd=ROOT, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
