"""The race to 97 %: from the first import to the epoch after which 97 % of MNIST's test images are right.

Each contender runs in a new process, with three seeds in turn; importing, compiling and evaluating count.
"""

import json
import os
import subprocess
import sys
import time
from statistics import median

from . import ROOT
from .contenders import CONTENDERS

WORKLOAD, GOAL, MOST, SEEDS = "784-128-10/64", 0.97, 20, 3


def measure(tell=lambda text: None):
    """Return {contender: {seconds, epochs, accuracy} or {absent}}; empty if MNIST_DIR is not set."""
    if not os.environ.get("MNIST_DIR"):
        return {}
    results = {name: [] for name in CONTENDERS if {"epoch", "predict"} <= set(CONTENDERS[name].commands)}
    for seed in range(SEEDS):
        for name in results:
            tell(f"time to {GOAL:.0%}: {name}, seed {seed}")
            begun = time.perf_counter()
            done = subprocess.run(
                [sys.executable, "-m", "benchmarks.race_to_accuracy", name, str(seed)],
                cwd=ROOT,
                env=dict(os.environ, TF_CPP_MIN_LOG_LEVEL="3"),
                capture_output=True,
                text=True,
                check=False,
            )
            seconds = time.perf_counter() - begun
            answers = [line for line in done.stdout.splitlines() if line.startswith("{")]
            answer = json.loads(answers[-1]) if answers else {"absent": done.stderr.strip().split("\n")[-1]}
            results[name].append(answer | {"seconds": seconds})
    summary = {}
    for name, runs in results.items():
        absent = next((run["absent"] for run in runs if "absent" in run), None)
        if absent:
            summary[name] = {"absent": absent}
            continue
        summary[name] = {
            key: median(run[key] for run in runs) for key in ("seconds", "epochs", "accuracy", "training")
        }
    return summary


def main(name, seed):
    """Train one contender until it reaches the goal; print what it took."""
    import numpy as np

    from nn.app.data import load

    from .workloads import WORKLOADS

    if absent := CONTENDERS[name].absent():
        print(json.dumps({"absent": absent}))
        return
    dataset = load("mnist")
    X, X_test = (part.astype(np.float32) / 255 for part in (dataset.X_train, dataset.X_test))
    contender = CONTENDERS[name](WORKLOADS[WORKLOAD], seed=int(seed))
    training = 0.0
    epochs = 0
    while epochs < MOST:
        epochs += 1
        begun = time.perf_counter()
        contender.epoch(X, dataset.y_train)
        training += time.perf_counter() - begun
        accuracy = float(np.mean(contender.predict(X_test) == dataset.y_test))
        if accuracy >= GOAL:
            break
    print(json.dumps({"epochs": epochs, "accuracy": accuracy, "training": training}))


if __name__ == "__main__":
    main(*sys.argv[1:])
