"""How a study was measured: the facts at the end of its page, and the records that lie next to it."""

from nn.app.markdown import item

from .summary import distinct


def facts(study, measured, data):
    """Return the facts about a study's training runs as a list: settings, data, seeds, machines, dates."""
    found = measured.table(study.name)
    records = [record for row in found for record in row.records.values()]
    base, default = study.base, vars(study.base)
    shown = (
        "hidden",
        "optimizer",
        "lr",
        "batch_size",
        "epochs",
        "activation",
        "initializer",
        "l2",
        "dropout",
    )
    shown += ("scaling", "patience", "min_delta", "monitor", "max_grad_norm", "decay_every")
    changed = {name for row in found for name in row.definition.changes}
    shown += tuple(name for name in ("schedule", "warmup", "shift") if name in changed)
    lines = [item(f"Base: {', '.join(f'{name} {_plain(default[name])}' for name in shown)}.")]
    for row in found:
        if row.definition.changes:
            changes = ", ".join(f"{name} {_plain(value)}" for name, value in row.definition.changes.items())
            after = f", read after epoch {row.definition.after}" if row.definition.after else ""
            lines.append(item(f"{row.label}: {changes}{after}."))
    sizes = " or ".join(sorted({" / ".join(f"{n:,}" for n in r["outcome"]["samples"]) for r in records}))
    digits = "" if len(base.digits) == 10 else f" of the digits {' and '.join(map(str, base.digits))}"
    text = f"{sizes} images{digits} for training, validation and test"
    lines.append(item(f"Data: {data}, checksum {measured.checksum}; {text}."))
    seeds = sorted({seed for row in found for seed in row.records})
    lines.append(f"- Seeds: {seeds[0]} and up, one for each run. float32; each run trained on one thread.")
    lines += map(machine_line, distinct(record["cost"]["machine"] for record in records))
    dates = sorted({record["cost"]["date"] for record in records})
    seconds = sum(record["cost"]["seconds_in_all"] for record in trainings(found))
    lasted = f"{seconds / 60:.1f} minutes" if seconds > 60 else f"{seconds:.1f} seconds"
    days = " to ".join(dict.fromkeys((dates[0], dates[-1])))
    lines.append(f"- Trained {days}: {lasted} for all training runs together.")
    return "\n".join(lines)


def computed_facts(record, checksum, data):
    """Return the facts of a computed study's record, as ``facts``."""
    cost = record["cost"]
    lines = [
        f"- Data: {data}, checksum {checksum}.",
        "- float32, one thread for each training run.",
        machine_line(cost["machine"]),
        f"- Measured {cost['date']} in {cost['seconds']:.0f} seconds, {cost.get('n_jobs', 1)} at a time.",
    ]
    return "\n".join(lines)


def machine_line(machine):
    """Return the versions and the processor that figures come from, as an item of a list."""
    versions = ", ".join(f"{name} {machine[name]}" for name in ("numpy", "scikit-learn", "matplotlib"))
    blas, place = ", ".join(machine["blas"]), f"{machine['processor']}, {machine['platform']}"
    return item(f"Python {machine['python']}, {versions}, {blas}; {place}.")


def trainings(found):
    """Return the records of a study's rows, each training run once."""
    records = (record for row in found for record in row.records.values())
    return list({record["key"]: record for record in records}.values())


def _plain(value):
    if value is None:
        return "none"
    if isinstance(value, tuple):
        return "-".join(map(str, value))
    return f"{value:g}" if isinstance(value, float) else str(value)
