"""Lesson 9's trainings: what they require, what they tell while they run, and how the board shows it."""

import json
import re
from types import SimpleNamespace

import numpy as np
import pytest

import nn.training
from nn import losses, network, optimizers, training
from tests.grading.course.exercises import EXERCISES
from tests.grading.course.reaching import Reach
from tests.grading.desk import board, learned
from tests.grading.desk.progress import Progress
from tests.grading.finding import FAILING, PASSED
from tests.grading.judging import runner
from tests.grading.judging.results import Result, waiting
from tests.grading.judging.runner import Grading
from tests.lessons.trainings import Outcome, Training, Watch, cross_entropy, require_success, summary, train

SMALL = Training(
    "small", 1, 60, 20, 2, epochs=12, lr=0.5, accuracy=0.9, loss=(2, 1.0), optimizer="SGD", patience=3
)


@pytest.fixture
def parts(rng):
    """Two clouds of points, as training, validation and test samples."""

    def cloud(n):
        y = np.arange(n) % 2
        return rng.normal(size=(n, 2)) + 4 * y[:, None], y

    return [cloud(n) for n in (60, 20, 20)]


def package(**changed):
    """Return the reference's modules, with some names of ``training`` changed."""
    own = SimpleNamespace(**vars(nn.training) | changed)
    return SimpleNamespace(network=network, optimizers=optimizers, losses=losses, training=own)


def outcome(accuracy=0.9, losses=(1.0,), confusion=None):
    return Outcome(accuracy, np.zeros((10, 10), int) if confusion is None else confusion, losses, [0.5])


def refused(outcomes, requirement=SMALL):
    kept = {}
    with pytest.raises(pytest.fail.Exception) as failure:
        require_success(requirement, outcomes, kept.__setitem__)
    assert "training" in kept, "what was reached is told in any case"
    return str(failure.value)


def test_cross_entropy_by_hand():
    scores = np.log([[1, 2, 1], [2, 2, 4]]).astype(np.float32)  # shares 1/4 1/2 1/4 and 1/4 1/4 1/2
    assert cross_entropy(scores, np.array([1, 0])) == pytest.approx((np.log(2) + np.log(4)) / 2, rel=1e-6)
    assert cross_entropy(np.array([[1e4, 0.0]]), np.array([1])) == 1e4


def test_a_training_must_reach_its_accuracy_and_in_time():
    """The limits hold for means over the networks, and each kind of failure says where to look."""
    require_success(SMALL, [outcome(0.88), outcome(0.92)], lambda *_: None)
    assert "learns, but too slowly" in refused([outcome(0.8)])
    assert "small: 90.0% of the test digits must be right; 89.00% were (the mean of 2 networks)" in refused(
        [outcome(0.88), outcome(0.90)]
    )
    assert "nearly there" in refused([outcome(0.89)])
    assert "nothing was learned" in refused([outcome(0.1, [2.3])])
    told = refused([outcome(0.95, [3.0, 1.5, 0.1]), outcome(0.95, [3.0, 0.9, 0.1])])
    assert "after 2 epochs the loss on the validation samples must be at most 1; it was 1.200" in told
    stopped_before = [outcome(0.95, [0.7])]  # its last loss counts
    require_success(SMALL, stopped_before, lambda *_: None)


def test_summary_has_the_worst_confusions_first():
    confusion = np.diag(np.full(10, 90))
    confusion[4, 9], confusion[7, 2], confusion[2, 7] = 5, 8, 1
    found = summary(SMALL, [outcome(0.5, confusion=confusion), outcome(0.7, confusion=confusion)])
    assert found["accuracy"] == pytest.approx(0.6)
    assert found["confusions"] == [[7, 2, 16], [4, 9, 10], [2, 7, 2]]
    assert json.loads(json.dumps(found)) == found


def test_a_network_is_measured_after_each_epoch(parts, rng):
    told = []
    result = train(package(), SMALL, parts, rng, lambda *progress: told.append(progress))
    assert [epoch for epoch, _ in told] == list(range(1, len(told) + 1))
    assert [accuracy for _, accuracy in told] == result.accuracies
    assert result.accuracy > 0.7
    assert result.confusion.sum() == 20


def test_weights_that_are_not_brought_back_are_noticed(parts, rng):
    """After the fifth epoch all is lost: whoever does not go back to the best weights keeps the worst."""
    calls = []

    def train_epoch(net, *arguments, **options):
        calls.append(training.train_epoch(net, *arguments, **options))
        if len(calls) > 5:
            for param in net.params:
                param[...] = 0

    class Forgetful(training.EarlyStopping):
        def restore(self, params):
            pass

    assert train(package(train_epoch=train_epoch), SMALL, parts, rng, lambda *_: None).accuracy > 0.7
    calls.clear()
    message = r"after epoch \d; with the weights that EarlyStopping restored"
    with pytest.raises(pytest.fail.Exception, match=message):
        train(package(train_epoch=train_epoch, EarlyStopping=Forgetful), SMALL, parts, rng, lambda *_: None)


def test_dropout_that_stays_on_is_noticed(parts, rng):
    """The loss of the weights brought back differs then, too, but it is not early stopping that is wrong."""
    calls = []

    class Restless(network.Network):
        def forward(self, X):
            calls.append(1)
            return super().forward(X) + 10.0 * len(calls) * np.eye(10)[9]  # surer of a wrong class each time

    graded = package()
    graded.network = SimpleNamespace(Network=Restless)
    with pytest.raises(pytest.fail.Exception, match="forward gives different numbers each time"):
        train(graded, SMALL._replace(epochs=40, patience=40), parts, rng, lambda *_: None)


def test_the_duration_is_estimated_once_and_beforehand():
    events = []
    watch = Watch(lambda event, **fields: events.append((event, fields)), [SMALL, SMALL._replace(name="b")])
    for _ in range(2):
        watch.begin(package())
    ((event, fields),) = events
    assert (event, fields["trainings"]) == ("estimate", ["small", "b"])
    assert 0 < fields["seconds"] < 60
    watch.tell(SMALL, 1, 3, 0.5)
    assert events[-1][1] | {"accuracy": 0} == {
        "training": "small",
        "network": 1,
        "networks": 1,
        "epoch": 3,
        "epochs": 12,
        "accuracy": 0,
    }


def test_an_estimate_is_in_proportion_to_the_work():
    """Forty times the samples, epochs and networks take about that much longer."""
    short = SMALL._replace(samples=2000, watched=200, inputs=50, patience=None)
    long = short._replace(samples=8000, watched=800, epochs=24, networks=5)
    ratio = long.seconds(package()) / short.seconds(package())
    assert 4 < ratio < 400


def test_a_broken_package_has_no_estimate():
    """Nothing is said of how long it takes; the training itself shows what is wrong."""

    def train_epoch(*arguments, **options):
        raise NotImplementedError

    Watch(pytest.fail, [SMALL]).begin(package(train_epoch=train_epoch))


def test_the_lines_fit_a_terminal():
    event = {"training": "the optimized network on MNIST", "network": 3, "networks": 5}
    event |= {"epoch": 999, "epochs": 1000, "accuracy": 1.0}
    assert learned.status(event, left=5000) == (
        "optimized network on MNIST, network 3 of 5: epoch 999 of 1000, 100.0% right, 83 minutes left"
    )
    assert learned.status(event | {"networks": 1}).endswith("epoch 999 of 1000, 100.0% right")
    told = learned.estimate({"trainings": ["v1 on digits", "v2 on digits", "the third"], "seconds": 100.4})
    assert "Training v1 on digits, v2 on digits and third: about 2 minutes" in " ".join(told.split())
    assert "about 1 second " in learned.estimate({"trainings": ["v1"], "seconds": 0.01})
    assert max(map(len, told.splitlines())) <= 79


@pytest.fixture
def everything():
    """Results with 100 points, and what the trainings measured."""
    results = {name: Result(name, PASSED, passed=1, tests=1) for name in EXERCISES}
    v1 = {"name": "v1 on digits", "networks": 5, "accuracy": 0.9371, "curve": [0.1, 0.5, 0.85, 0.92]}
    v2 = {"name": "v2 on digits", "networks": 5, "accuracy": 0.9734, "curve": [0.7, 0.96, 0.98]}
    results["v1"] = results["v1"]._replace(trainings=(v1 | {"confusions": []},))
    results["v2"] = results["v2"]._replace(trainings=(v2 | {"confusions": [[8, 1, 11], [3, 8, 9]]},))
    return results


def test_the_board_ends_with_what_was_learned(everything):
    text = board.render(everything, "mine")
    assert text.isascii()
    assert "  v1 on digits                 93.71%  (mean of 5)\n" in text
    assert "  v2 on digits                 97.34%  (mean of 5)\n" in text
    assert "(v2 on digits): 8 read as 1 (11), 3 read as 8 (9)" in text
    assert "every number in it is yours" in text
    assert "python -m nn train v2 --impl mine" in text
    assert max(map(len, text.splitlines())) <= 79
    less = everything | {"tanh": Result("tanh", FAILING)}
    assert "97.34%" not in board.render(less, "mine"), "the numbers come at the end"


def test_curves_are_drawn_where_they_belong(everything):
    """A column for each epoch, the row of the highest level reached."""
    lines = learned.numbers(everything)
    rows = {line[:5].strip(): line[7:] for line in lines if re.match(r" +\d+ \|", line)}
    assert rows["97"] == "  2"
    assert rows["95"] == " 2"
    assert rows["90"] == "   1"
    assert rows["80"] == "  1"
    assert rows["60"] == "2"
    assert rows["40"] == " 1"
    assert rows["0"] == "1"
    assert rows["99"] == rows["20"] == ""
    long = everything["v1"].trainings[0] | {"curve": [0.5] * 999 + [0.95]}
    everything["v1"] = everything["v1"]._replace(trainings=(long,))
    lines = learned.numbers(everything)
    assert max(map(len, lines)) <= 79
    row = next(line for line in lines if line.startswith("   95 |"))
    assert len(row) == 7 + learned.COLUMNS, "the last epoch stands in the last column"
    assert row.endswith("1")
    assert any(line.rstrip().endswith(" 1000") for line in lines)


@pytest.fixture
def solved(solved, remembered):
    """Return a function that adds code to one module of a right package, which was graded before."""

    def write(module, code):
        with (remembered(solved) / f"{module}.py").open("a", encoding="utf-8") as file:
            file.write(f"\n\n{code}\n")
        return solved

    return write


def test_results_survive_the_progress_file(everything, solved):
    folder = solved("activations", "")
    progress = Progress(folder)
    progress.results = everything
    sources = Reach(folder)
    progress._prints = {
        name: progress._fingerprint(sources, exercise) for name, exercise in EXERCISES.items()
    }
    progress._texts = dict.fromkeys(progress._prints, "")
    progress.save()
    assert learned.numbers(Progress(folder).current()) == learned.numbers(everything)


@pytest.mark.parametrize(
    "code",
    ["def tanh(z):\n    return -np.tanh(z)", "def tanh(z):\n    while True:\n        pass"],
    ids=["a wrong function", "an endless loop"],
)
def test_trainings_wait_for_a_function_that_fails(solved, code):
    """They are not run, they say for what they wait, and they are due again as soon as anything changes."""
    folder = solved("activations", code)
    progress = Progress(folder)
    exercises = [EXERCISES[name] for name in ("sigmoid", "tanh", "dense", "v1", "v2")]
    begun = []
    progress.refresh(exercises, limit=2.0, watch=lambda event, name: begun.append((event["event"], name)))
    results = progress.results
    assert (results["sigmoid"].status, results["tanh"].status) == (PASSED, FAILING)
    assert results["dense"].status == PASSED
    assert results["v1"][:3] == waiting("v1", "tanh")[:3]
    assert results["v2"][:3] == waiting("v2", "tanh")[:3]
    assert not [event for event, _ in begun if event in ("epoch", "estimate")]
    assert {"v1", "v2"} <= {exercise.name for exercise in Progress(folder).stale()}


def test_the_first_training_that_hangs_is_the_last(solved, monkeypatch):
    """Each epoch has its own time, and the second training does not wait for the same loop once more."""
    monkeypatch.setattr(runner, "EPOCH", 1)
    folder = solved("training", "def train_epoch(*args, **options):\n    while True:\n        pass")
    results = Grading(folder, exercises=["v1", "v2"], limit=3.0).run().all()
    assert results["v1"].status == FAILING
    assert "An epoch of v1 did not come to an end within 3 seconds" in results["v1"].message
    assert results["v2"][:3] == waiting("v2", "v1")[:3]


def test_a_training_may_take_longer_than_one_epoch(solved, monkeypatch):
    """The time runs anew with each epoch: the whole training is longer than the limit for one."""
    folder = solved("activations", "")
    grading = Grading(folder, exercises=["v1"], limit=2.0, options=["-k", "not mnist"])
    clock = [0.0]
    monkeypatch.setattr(runner, "time", SimpleNamespace(monotonic=lambda: clock[0], sleep=lambda _: None))
    for event in grading:
        if event["event"] == "epoch":
            clock[0] += 2.0 * runner.EPOCH - 1  # less than an epoch may take, far more for all of them
    assert grading.results.all()["v1"].status == PASSED, grading.results.all()["v1"].message
