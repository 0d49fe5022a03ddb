"""A run of benchmarks hides nothing: what it sets aside, what it measured, how far that can be trusted."""

import json

import pytest

from benchmarks import charts, contenders, report, run, targets
from benchmarks.__main__ import main
from benchmarks.workloads import MINI_BATCH, WORKLOADS

ABSENT = {"Keras": "keras is not installed"}
MACHINE = {
    "processor": "some processor",
    "cores": 2,
    "system": "Linux",
    "python": "3.11",
    "versions": {"numpy": "2.0"},
    "blas": [],
    "settings": {},
    "threads": None,
    "impl": None,
}


def record(rounds, *parts, spread=1.0):
    """A record: ours takes a second, in its last round ``spread`` times that, and JAX half a second."""

    def times(least):
        return [least] * (rounds - 1) + [least * spread]

    seconds = {"nn": times(1.0), "JAX, jit per step": [0.5] * rounds}
    found = {
        part: {name: {"times": seconds, "absent": ABSENT} for name in run.PARTS[part].workloads}
        for part in parts
    }
    machine = {**MACHINE, "rounds": rounds}
    return {"format": run.FORMAT, "date": "2026-01-31 12:00", "machine": machine, "parts": found}


@pytest.fixture
def quick(monkeypatch):
    """Parts that take no time."""
    monkeypatch.setattr(run, "PARTS", {"quick": run.Part(lambda run: {"rounds": run.rounds})})


@pytest.mark.usefixtures("quick")
def test_results_of_other_rounds_are_kept_under_another_name(tmp_path, capsys):
    path = tmp_path / "last.json"
    run.Run(path, rounds=1).measure()
    before, date = path.read_text(encoding="utf-8"), "2026-01-31-12-00"
    path.write_text(json.dumps(json.loads(before) | {"date": "2026-01-31 12:00"}), encoding="utf-8")
    capsys.readouterr()
    run.Run(path, rounds=1).measure()
    assert "not reused" not in capsys.readouterr().err, "the same settings go on"
    path.write_text(json.dumps(json.loads(before) | {"date": "2026-01-31 12:00"}), encoding="utf-8")
    (tmp_path / f"last-{date}.json").write_text("an older one", encoding="utf-8")
    other = run.Run(path, rounds=2)
    assert path.exists(), "nothing is moved before something is measured"
    other.measure()
    notice, measuring = capsys.readouterr().err.split("measuring quick")[:2]
    kept = tmp_path / f"last-{date}-2.json"
    assert "they differ (rounds 1, now 2)" in notice
    assert str(kept) in notice, "it says so before it measures"
    assert not measuring.strip()
    assert json.loads(kept.read_text(encoding="utf-8"))["parts"] == {"quick": {"rounds": 1}}
    assert (tmp_path / f"last-{date}.json").read_text(encoding="utf-8") == "an older one"
    assert json.loads(path.read_text(encoding="utf-8"))["parts"] == {"quick": {"rounds": 2}}


def test_a_part_alone_prints_its_figures():
    lines = report.table(record(3, "forward"), ["forward"])
    for name in WORKLOADS:
        (ours,) = (line.split() for line in lines if line.startswith("nn ") and f" {name[:22]} " in line)
        (theirs,) = (line.split() for line in lines if line.startswith("JAX") and f" {name[:22]} " in line)
        assert ours[-2:] == ["1", "s"]
        assert theirs[-4:] == ["0.5", "s", "2.00", "(2.00-2.00)"]
    assert sum(line.startswith("Keras") and line.endswith("absent") for line in lines) == len(WORKLOADS)
    assert max(map(len, lines)) < 80
    assert not any("at most" in line for line in lines), "no target is about it"


def test_a_run_of_a_part_prints_it(tmp_path, capsys, monkeypatch):
    rows = record(1, "forward")["parts"]["forward"]
    part = run.Part(lambda run, workload: rows[workload], list(WORKLOADS))
    monkeypatch.setitem(run.PARTS, "forward", part)
    assert main(["run", "forward", "--rounds", "1", "--out", str(tmp_path / "run.json")]) == 0
    assert "2.00 (2.00-2.00)" in capsys.readouterr().out


def test_parts_are_typed_without_quotes(tmp_path, capsys):
    assert list(run.WORDS.values()) == list(run.PARTS), "no two parts have the same word"
    assert all(word == contenders.identifier(word) for word in run.WORDS)
    with pytest.raises(SystemExit):
        main(["run", "--help"])
    printed = capsys.readouterr().out.split()
    assert set(run.WORDS) <= set(printed)
    assert main(["run", "nothing", "--out", str(tmp_path / "run.json")]) == 2
    assert f"the parts are {', '.join(run.WORDS)}" in capsys.readouterr().err


@pytest.mark.parametrize("typed", ["epochs-one-thread", "epochs, one thread"])
def test_both_names_of_a_part_select_it(typed, tmp_path, monkeypatch):
    asked = []
    monkeypatch.setattr(run.Run, "measure", lambda self, names: asked.append(names) or record(3, *names))
    assert main(["run", typed, "--out", str(tmp_path / "run.json")]) == 0
    assert asked == [["epochs, one thread"]]


def test_only_a_measured_spread_is_marked():
    """The mark says that the rounds differ, which one or two rounds cannot show."""
    for rounds, spread, marked in ((1, 1.0, False), (2, 9.0, False), (3, 9.0, True), (3, 1.0, False)):
        found = record(rounds, targets.EPOCHS, spread=spread)
        page = "\n".join(report.page_blocks(found, "x"))
        figures = "\n".join(line for line in page.splitlines() if line.startswith("|"))
        assert ("†" in figures) is marked
        assert ("Do not rely on the ratios" in page) is (rounds < 3)
        assert ("the lines on them" in page) is (rounds > 1), "of one round, no line is drawn"


def test_bars_have_their_numbers_and_a_legend():
    rows = record(3, targets.EPOCHS, spread=1.2)["parts"][targets.EPOCHS]
    figure = charts.epoch_bars(rows, "An epoch; one thread; 2026-01-31")
    assert figure.get_suptitle() == "An epoch; one thread; 2026-01-31"
    assert len(figure.axes) == len(MINI_BATCH)
    for axes in figure.axes:
        assert [text.get_text().strip() for text in axes.texts] == ["1", "0.5"]
    (legend,) = figure.legends
    said = [text.get_text() for text in legend.get_texts()]
    assert said == ["nn", "others", "from the fastest round to the slowest"]
    assert legend.get_patches()[0].get_facecolor() == figure.axes[0].patches[0].get_facecolor()
    figure = charts.epoch_bars(record(1, targets.EPOCHS)["parts"][targets.EPOCHS])
    assert not figure.axes[0].lines
    assert len(figure.legends[0].get_texts()) == 2


def test_the_picture_of_epochs_names_threads_and_date():
    assert report._title(record(3, targets.EPOCHS)) == "An epoch of 60,000 images; one thread; 2026-01-31"
    several = report._title(record(3, "epochs"))
    assert "; threads: each library's own choice, up to 2; " in several
