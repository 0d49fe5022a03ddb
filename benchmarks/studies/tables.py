"""The tables of a study as CSV files: a line for each run, and a line for each row."""

import csv
from pathlib import Path

from nn.app.report import write_table

from .metrics import METRICS, MeasuredRow


def write(folder, study, found):
    """Write a row for each run and a row for each row of the study as CSV files; return their names."""
    runs = [
        {"row": row.label, "seed": seed, "error": record["outcome"]["error"] or ""}
        | row.metrics.get(seed, dict.fromkeys(METRICS, ""))
        for row in found
        for seed, record in row.records.items()
    ]
    rows = []
    for row in found:
        printed = row.printed
        cells = {
            "row": row.label,
            "part": row.part,
            "runs": len(row.records),
            "failed": len(row.failed),
        }
        for name in METRICS:
            cells |= {name: row.mean(name), f"{name}_std": row.deviation(name)}
        for name in vars(printed):
            cells[f"document_{name}"] = getattr(printed, name)
        cells["document_cross_entropy"] = study.cross_entropy(row.definition)
        rows.append(cells | {"difference": row.difference})
    write_table(folder / f"{study.name}-runs.csv", runs)
    write_table(folder / f"{study.name}.csv", rows)
    return [f"{study.name}.csv", f"{study.name}-runs.csv"]


def read(folder, study):
    """Return the MeasuredRows of a study from the table of its runs in a folder, without their curves.

    If a row or the table is missing, the row has no runs.
    """
    path, runs = Path(folder, f"{study.name}-runs.csv"), []
    if path.exists():
        with open(path, newline="", encoding="utf-8") as file:
            runs = list(csv.DictReader(file))
    found = []
    for row in study.rows:
        own = {int(run["seed"]): run for run in runs if run["row"] == row.label}
        records = {seed: {"outcome": {"error": run["error"] or None}} for seed, run in own.items()}
        metrics = {
            seed: {name: float(run[name]) if run[name] else None for name in METRICS}
            for seed, run in own.items()
            if not run["error"]
        }
        found.append(MeasuredRow(row, study.runs_of(row), records, metrics))
    return found
