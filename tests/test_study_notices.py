"""What a study leaves out, it says: claims elsewhere than on MNIST, times, stored runs, documents."""

import re
from dataclasses import replace

import numpy as np
import pytest

from benchmarks.__main__ import main
from benchmarks.studies import catalogue, command, index, pages, pictures, sections, store, tables
from benchmarks.studies.claims import Answer, Claim
from benchmarks.studies.document_003 import STUDIES as OF_003
from benchmarks.studies.metrics import MeasuredRow
from benchmarks.studies.study import SHOW, Row, Study
from benchmarks.studies.summary import Measured
from nn.app import plots
from nn.app.recipes import Recipe

PARTS = ("training", "validation", "test")
MACHINE = dict.fromkeys(("python", "numpy", "scikit-learn", "matplotlib", "processor", "platform"), "x")
OWN = Study(
    name="own",
    title="A study of one's own",
    document="",
    base=Recipe("own", "", "000", hidden=(8,), epochs=3, batch_size=64, lr=0.01),
    rows=(Row("narrow"), Row("wide", changes={"hidden": (16,)})),
)
CLAIM = Claim("Wide is better.", lambda measured: Answer(True, "It is."))


def made_up(study, seeds, confusion=None):
    """Return records of a study's runs, all of them equal."""
    confusion = np.full((10, 10), 3) if confusion is None else confusion
    scores = dict.fromkeys(("accuracy", "loss", "precision", "recall", "f1"), 0.5)
    read = {"epoch": 3, "cost": 0.1, "learning_rate": 0.01, "confusion": confusion.tolist()}
    read |= dict.fromkeys(PARTS, scores)
    names = ("loss", *(f"{part}_{what}" for part in PARTS for what in ("loss", "accuracy")))
    outcome = {
        "error": None,
        "epochs": 3,
        "kept_epoch": 3,
        "samples": [1, 2, 3],
        "classes": list(range(len(confusion))),
        "readings": dict.fromkeys(("end", *(str(row.after) for row in study.rows if row.after)), read),
        "history": {"learning_rate": [0.01] * 3} | {name: [0.9, 0.5, 0.4] for name in names},
    }
    cost = {"seconds": 1.0, "seconds_in_all": 2.0, "date": "2026-01-01", "machine": MACHINE | {"blas": ["x"]}}
    jobs = study.jobs("digits", "sum", seeds).values()
    return {
        store.key(job): {"key": store.key(job), "job": job, "outcome": outcome, "cost": cost} for job in jobs
    }


def measured(study, seeds=2, runs=None, **options):
    return Measured({study.name: study}, made_up(study, seeds), "sum", runs=runs, **options)


@pytest.mark.parametrize("about", [{"claims": (CLAIM,)}, {"finding": lambda known: ["Found."]}])
def test_a_page_without_mnist_says_that_claims_are_not_judged(about):
    study = replace(OWN, **about)
    on_mnist = "\n".join(pages.blocks(study, measured(study), "mnist", {}))
    elsewhere = "\n".join(pages.blocks(study, measured(study), "digits", {}))
    assert pages.ONLY in elsewhere
    assert "It is." not in elsewhere
    assert "Found." not in elsewhere
    assert pages.ONLY not in on_mnist
    assert "It is." in on_mnist or "Found." in on_mnist
    assert pages.ONLY not in "\n".join(pages.blocks(OWN, measured(OWN), "digits", {})), "it claims nothing"


def test_an_unknown_document_is_refused():
    with pytest.raises(ValueError, match=r"own: document must be '' or a number .*000.*; got '005'") as error:
        replace(OWN, document="005")
    assert "\n" not in str(error.value)


def test_an_unknown_section_is_refused():
    with pytest.raises(ValueError, match=r"own: show must name confusion, .*; got 'confusions'"):
        replace(OWN, show=("log", "confusions"))
    assert all(set(study.show) <= SHOW.keys() for study in catalogue.STUDIES.values())


def test_times_without_a_study_to_time_are_refused(capsys, tmp_path):
    timed = [name for name, study in catalogue.STUDIES.items() if "ratio" in study.show]
    assert main(["study", "binary", "--times", "--data", "digits", "--out", str(tmp_path)]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert ", ".join(timed) in line
    assert line.endswith("got binary")
    assert main(["study", timed[0], "--times", "--stored", "--out", str(tmp_path)]) == 2
    assert "--times measures and --stored does not" in capsys.readouterr().err


def test_times_say_which_studies_they_are_of(capsys, tmp_path, monkeypatch):
    monkeypatch.setattr(command.times, "measure", lambda study, dataset: {"study": study.name})
    names = ["rates-adam", "binary", "optimized"]
    assert main(["study", *names, "--times", "--data", "digits", "--out", str(tmp_path)]) == 0
    printed = capsys.readouterr().out
    assert "Timing rates-adam\n" in printed
    assert re.search(r"Not timed, .*: (binary, optimized|optimized, binary)\n", printed)


def test_times_of_a_study_without_a_document_are_shown():
    study = replace(OWN, show=("ratio",))
    taken = {"cpu": {"narrow": [1.0, 1.0, 1.0], "wide": [2.0, 2.0, 2.0]}, "epochs": 2}
    text = "\n".join(sections.time(study, measured(study, times={"own": taken})))
    assert "| wide | 2.0000 | 2.00 (2.00 to 2.00) | 3.0 | 2.00 | 6.00 |" in text
    assert "document" not in text


def test_a_page_with_fewer_runs_than_are_stored_says_so(capsys, tmp_path, monkeypatch):
    monkeypatch.setattr(command, "STUDIES", {"own": OWN})
    monkeypatch.setattr(command, "REPORTS", tmp_path / "reports")
    for record in made_up(OWN, 3).values():
        store.write(tmp_path, record["job"], {"outcome": record["outcome"], "cost": record["cost"]})
    stored = ["study", "own", "--stored", "--out", str(tmp_path), "--runs"]
    assert main([*stored, "1"]) == 0
    assert "own: the page leaves out 4 of the stored runs: --runs is 1" in capsys.readouterr().out
    assert main([*stored, "3"]) == 0
    assert "leaves out" not in capsys.readouterr().out


def test_the_index_describes_what_it_lists(tmp_path):
    def page(*studies):
        for study in studies:
            tables.write(tmp_path, study, measured(study).table(study.name))
        return " ".join(
            index.write({s.name: s for s in studies}, tmp_path, "digits").read_text("utf-8").split()
        )

    own = page(OWN)
    assert own.startswith("# Studies These are studies, trained with `nn` on digits.")
    assert "documents" not in own
    one = page(OF_003[0], OWN)
    assert "These are tables of the documents, and studies of our own, trained" in one
    assert "- 003: " in one
    assert "- 000: " not in one
    every = page(*(study for study in catalogue.STUDIES.values() if study.document))
    assert "These are all tables of the documents, trained" in every
    assert "- 000: " in every


def test_equal_runs_are_drawn_as_several_dots():
    axes = pictures.errors(OWN, measured(OWN, seeds=2).table("own")).axes[0]
    (first, second) = (line for line in axes.lines if line.get_label() == "a run here")
    assert first.get_xdata().tolist() == [50, 50]
    assert len(set(first.get_ydata())) == 2, "equal runs lie next to each other"
    assert max(first.get_ydata()) < 0.5 < 1 < min(second.get_ydata()), "and within their row"


def test_no_curve_looks_more_important_than_another():
    figure = pictures.curves(OWN, measured(OWN).table("own"), "accuracy")
    lines = figure.axes[0].lines
    assert len({line.get_linewidth() for line in lines}) == 1
    assert len({str(line.get_linestyle()) for line in lines}) == len(lines) == 2
    assert "error during training" in figure.get_suptitle()
    assert len(set(pictures.LINES)) == len(plots.SEVERAL) >= pictures.MOST_LINES


def test_a_confusion_picture_names_study_data_row_and_seed():
    found = measured(OWN).table("own")
    failed = MeasuredRow(found[0].definition, 2, found[0].records, {1: found[0].metrics[1]})
    title = pictures.confusions(OWN, [failed], "digits").axes[0].get_title()
    assert title.startswith("A study of one's own on digits\nnarrow\nthe run with seed 1\nmost confused: ")
    assert "\nthe best row, narrow\n" in pictures.confusions(OWN, found, "digits").axes[0].get_title()
    named = replace(OWN, best=("wide",))
    title = pictures.confusions(named, found, "digits").axes[0].get_title()
    assert "\nthe row that the document calls the best, wide\n" in title


def test_counts_can_be_read_on_dark_cells():
    axes = plots.new_figure(2, 2)[1][0, 0]
    plots.draw_confusion(axes, np.array([[9, 60], [1, 9]]), (5, 8), most=40)
    colors = {text.get_text(): text.get_color() for text in axes.texts}
    assert colors["60"] == "white"
    assert colors["1"] == "black"


def test_the_page_says_that_its_picture_is_of_one_run():
    study = replace(OWN, show=("confusion",))
    for seeds, said in ((2, "the mean of 2 runs; the picture counts one run"), (1, "(images)")):
        text = "\n".join(sections.confused(study, measured(study, seeds, seeds).table("own")))
        assert said in text
