"""The pictures of a study show what was measured: every run, the means, the document."""

from dataclasses import replace
from statistics import stdev

import numpy as np
import pytest

from benchmarks.__main__ import main
from benchmarks.studies import (
    pictures,
    runner,
)
from benchmarks.studies.study import Row
from nn.app.data import load
from nn.app.experiment import Experiment
from tests.studies import BASE, STUDIES, TINY, found, known

pytestmark = pytest.mark.usefixtures("without_mnist")


def marks(axes, label):
    return [line.get_xdata().tolist() for line in axes.lines if line.get_label() == label]


def test_errors_show_every_run_the_mean_and_the_document(measured):
    settings_found = found(TINY, measured)
    errors, epochs = pictures.errors(TINY, settings_found).axes
    runs = [[100 * (1 - value) for value in setting.values("accuracy")] for setting in settings_found]
    assert [sorted(line) for line in marks(errors, "a run here")] == [
        pytest.approx(sorted(run)) for run in runs
    ]
    means = [container.lines[0].get_xdata()[0] for container in errors.containers]
    assert means == pytest.approx([100 * (1 - setting.mean("accuracy")) for setting in settings_found])
    assert marks(errors, "document") == [
        pytest.approx([80]), pytest.approx([1]), pytest.approx([50, 0.1])
    ], "a range is drawn from end to end"  # fmt: skip
    assert errors.get_xscale() == "log", "errors of 1 and 80 % do not fit on a linear axis"
    assert marks(epochs, "document") == [[6]]
    assert marks(epochs, "a run here") == [[2, 2], [6, 6], [6, 6]]


def test_curves_show_the_means(measured):
    settings_found = found(TINY, measured)
    for what, convert in (("loss", lambda values: values), ("accuracy", lambda values: 100 * (1 - values))):
        figure = pictures.curves(TINY, settings_found, what)
        validation, training = figure.axes
        for axes, part in ((validation, "validation"), (training, "training")):
            lines = {line.get_label(): line.get_ydata() for line in axes.lines}
            expected = np.mean([h[f"{part}_{what}"] for h in settings_found[1].histories], axis=0)
            assert lines["late"] == pytest.approx(convert(expected))
            assert "early" not in lines, "rows of one training share a curve"
            assert axes.get_legend() is None, "a legend inside would hide the curves"
        assert validation.get_ylim() == training.get_ylim()
        title = figure.get_suptitle()
        assert title.startswith("A tiny study\nrelu, he_normal, adam, rate 0.01, batches of 64"), title
        assert "hidden" not in title, "a row varies it"
        assert figure.legends


def test_a_run_that_has_stopped_counts_with_what_it_keeps():
    outcomes = [
        {"epochs": 3, "kept_epoch": 3, "history": {"loss": [1.0, 2.0, 3.0]}},
        {"epochs": 2, "kept_epoch": 1, "history": {"loss": [5.0, 6.0]}},
    ]
    middle, deviation = pictures._band(outcomes, "loss")
    assert middle.tolist() == [3, 4, 4]
    assert deviation.tolist() == pytest.approx([stdev([1, 5]), stdev([2, 6]), stdev([3, 5])])


def test_panels_share_their_axes_and_show_the_test_curve(tmp_path, digits):
    study = replace(TINY, name="panels", show=("panels",), also=("test", "scores"), best=("late",))
    runner.run([study], "digits", digits.checksum, tmp_path, runs=1)
    settings_found = known(study, tmp_path, runs=1).table("panels")
    figure = pictures.curves(study, settings_found, "accuracy")
    drawn = [axes for axes in figure.axes if axes.lines]
    assert len(drawn) == 2
    assert len({(axes.get_xlim(), axes.get_ylim()) for axes in drawn}) == 1
    for axes in drawn:
        assert axes.get_title().endswith("rate 0.01")
        assert [line.get_label() for line in axes.lines] == list(pictures.NAMES.values())
    (outcome,) = settings_found[1].good
    reached = outcome["history"]["test_accuracy"][-1]
    assert reached == pytest.approx(settings_found[1].mean("accuracy"), rel=1e-5), "the last epoch is the end"
    (axes,) = pictures.scores(study, settings_found).axes
    assert [line.get_label() for line in axes.lines] == ["precision", "recall", "F1"]
    assert axes.lines[2].get_ydata() == pytest.approx([100 * value for value in outcome["history"]["f1"]])
    experiment = Experiment(BASE, digits, seed=0)
    for _ in experiment.run():
        pass
    figures = experiment.metrics("validation")
    for name in ("precision", "recall", "f1"):
        assert outcome["history"][name][-1] == pytest.approx(getattr(figures, name), rel=1e-5)


def test_the_grid_of_rates_is_drawn_against_the_ratio(tmp_path, digits):
    rows = tuple(
        Row(f"{batch} {lr}", changes={"batch_size": batch, "lr": lr})
        for batch in (32, 64)
        for lr in (0.1, 0.01)
    )
    study = replace(TINY, name="grid", rows=rows, base=replace(BASE, epochs=1), show=("against the ratio",))
    runner.run([study], "digits", digits.checksum, tmp_path, runs=1)
    (axes,) = pictures.against_ratio(study, found(study, tmp_path, runs=1)).axes
    assert axes.get_xscale() == "log"
    drawn = [container.lines[0].get_xdata().tolist() for container in axes.containers]
    assert drawn == [pytest.approx([320, 640]), pytest.approx([3200, 6400])]


def test_the_binary_page_has_its_nine_images(tmp_path, capsys):
    assert (
        main(["study", "binary", "--data", "digits", "--runs", "1", "--jobs", "1", "--out", str(tmp_path)])
        == 0
    )
    assert str(tmp_path / "pages" / "binary.md") in capsys.readouterr().out
    page = (tmp_path / "pages" / "binary.md").read_text(encoding="utf-8")
    assert "| 99.09 |" in page
    assert "| 0.0252 |" in page
    assert (tmp_path / "pages" / "binary-digits.png").read_bytes().startswith(b"\x89PNG")
    (setting,) = found(STUDIES["binary"], tmp_path, runs=1)
    figure = pictures.digits(STUDIES["binary"], [setting])
    drawn = [axes.images[0].get_array() for axes in figure.axes if axes.images]
    assert len(drawn) == 9
    shown = setting.good[0]["readings"]["end"]["shown"]
    expected = load("digits").only((5, 8)).X_test[shown]
    assert np.array_equal(np.array(drawn).reshape(9, -1), expected), "the pixels are those of the test images"
    index = (tmp_path / "pages" / "README.md").read_text(encoding="utf-8")
    assert "(binary.md)" in index
    pages_before = {path.name for path in (tmp_path / "pages").iterdir()}
    again = ["study", "binary", "--stored", "--data", "digits", "--runs", "1", "--out", str(tmp_path)]
    assert main([*again, "--pages", str(tmp_path / "elsewhere")]) == 0
    assert {path.name for path in (tmp_path / "elsewhere").iterdir()} == pages_before
